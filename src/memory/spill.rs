//! 메모리 밖에 내려놓는 자리: 임시 파일, 파일을 사상한 메모리.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::MmapMut;

use super::out_of_core::{BLANK, Disk, blend};
use lab::rng::SplitMix64;
use lab::{Failure, format};

/// 디스크에 이만큼은 남겨 둠.
const MARGIN: u64 = 64 << 20;
/// 바이트와 정수를 이만큼씩 바꿈: 버퍼가 메모리의 몫을 먹지 않게 함.
const PIECE: usize = 1 << 16;

/// 무슨 일이 있어도 남지 않는 파일.
///
/// 유닉스에서는 열자마자 이름을 지움: 프로세스가 죽어도 운영체제가 자리를
/// 돌려받음. 다른 곳에서는 놓을 때 지움.
#[derive(Debug)]
pub struct TempFile {
    pub file: File,
    path: PathBuf,
}

impl TempFile {
    /// `bytes`를 쓸 자리가 있을 때만 만듦.
    pub fn new(bytes: u64) -> Result<Self, Failure> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let folder = std::env::temp_dir();
        if let Some(free) = free_bytes(&folder)
            && free < bytes.saturating_add(MARGIN)
        {
            return Err(Failure::Unavailable(format!(
                "{}: 임시 파일 {}와 여유 {}가 있어야 하는데 {}만 남음",
                folder.display(),
                format::bytes(bytes),
                format::bytes(MARGIN),
                format::bytes(free)
            )));
        }
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("rust-lab-{}-{count}.tmp", std::process::id());
        let path = folder.join(name);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        let file = options.open(&path).map_err(failed)?;
        let made = TempFile { file, path };
        #[cfg(unix)]
        std::fs::remove_file(&made.path).map_err(failed)?;
        Ok(made)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        // 유닉스에서는 이미 없음
        let _ = std::fs::remove_file(&self.path);
    }
}

pub fn failed(error: std::io::Error) -> Failure {
    Failure::Unavailable(format!("임시 파일: {error}"))
}

/// 폴더가 있는 디스크에 남은 바이트. 알 수 없으면 `None`.
#[cfg(target_os = "linux")]
fn free_bytes(folder: &std::path::Path) -> Option<u64> {
    use std::os::unix::ffi::OsStrExt;

    let path = std::ffi::CString::new(folder.as_os_str().as_bytes()).ok()?;
    let mut stat = std::mem::MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: 널로 끝나는 글과, 채워 줄 자리를 넘김.
    let done = unsafe { libc::statvfs(path.as_ptr(), stat.as_mut_ptr()) };
    if done != 0 {
        return None;
    }
    // SAFETY: 0을 돌려주었으면 모두 채워져 있음.
    let stat = unsafe { stat.assume_init() };
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[cfg(not(target_os = "linux"))]
fn free_bytes(_: &std::path::Path) -> Option<u64> {
    None
}

/// 임시 파일로 된 장치.
pub struct FileDisk {
    temp: TempFile,
    piece: Vec<u8>,
}

impl FileDisk {
    /// 구역 둘. 0번 구역에 씨앗의 정수 `n`개를 써 둠.
    pub fn new(n: u64, area: u64, seed: u64) -> Result<Self, Failure> {
        let temp = TempFile::new(2 * area * 8)?;
        let mut disk = FileDisk { temp, piece: vec![0; PIECE] };
        let mut rng = SplitMix64::new(seed);
        let mut items = Vec::with_capacity(PIECE / 8);
        for at in (0..n).step_by(PIECE / 8) {
            let count = (n - at).min(PIECE as u64 / 8);
            items.clear();
            items.extend((0..count).map(|_| rng.next_u64()));
            disk.write(at, &items)?;
        }
        Ok(disk)
    }

    fn seek(&mut self, at: u64) -> Result<(), Failure> {
        let to = SeekFrom::Start(at * 8);
        self.temp.file.seek(to).map(drop).map_err(failed)
    }
}

impl Disk for FileDisk {
    fn read(&mut self, at: u64, to: &mut [u64]) -> Result<(), Failure> {
        self.seek(at)?;
        for part in to.chunks_mut(PIECE / 8) {
            let bytes = &mut self.piece[..part.len() * 8];
            self.temp.file.read_exact(bytes).map_err(failed)?;
            let (words, _) = bytes.as_chunks::<8>();
            for (item, word) in part.iter_mut().zip(words) {
                *item = u64::from_le_bytes(*word);
            }
        }
        Ok(())
    }

    fn write(&mut self, at: u64, from: &[u64]) -> Result<(), Failure> {
        self.seek(at)?;
        for part in from.chunks(PIECE / 8) {
            let bytes = &mut self.piece[..part.len() * 8];
            let (words, _) = bytes.as_chunks_mut::<8>();
            for (item, word) in part.iter().zip(words) {
                *word = item.to_le_bytes();
            }
            self.temp.file.write_all(bytes).map_err(failed)?;
        }
        Ok(())
    }
}

/// 임시 파일을 사상하고 그 자리에서 정렬함. 지문을 돌려줌.
///
/// 어느 쪽을 메모리에 둘지는 운영체제가 정하므로 부르는 쪽은 파일이
/// 메모리보다 큰지 몰라도 됨.
pub fn mapped_sort(n: u64, seed: u64) -> Result<u64, Failure> {
    let temp = TempFile::new(n * 8)?;
    temp.file.set_len(n * 8).map_err(failed)?;
    // SAFETY: 이름을 지운 파일이라 이 프로세스 말고는 고칠 수 없고, 사상이
    // 사는 동안 길이를 바꾸지 않음.
    let mut map = unsafe { MmapMut::map_mut(&temp.file) }.map_err(failed)?;
    // SAFETY: u64는 어떤 비트여도 되고, 사상은 페이지의 처음에서 시작함.
    let (_, items, _) = unsafe { map.align_to_mut::<u64>() };
    let mut rng = SplitMix64::new(seed);
    items.fill_with(|| rng.next_u64());
    items.sort_unstable();
    Ok(blend(BLANK, items))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::out_of_core::{
        Params, all_in_memory, external_sort, in_file, in_ram, inspect,
    };

    #[test]
    fn a_temporary_file_leaves_nothing() {
        let temp = TempFile::new(1_000).unwrap();
        let path = temp.path.clone();
        #[cfg(unix)]
        assert!(!path.exists());
        drop(temp);
        assert!(!path.exists());
    }

    #[test]
    fn a_full_disk_is_refused_before_writing() {
        let refused = TempFile::new(1 << 60);
        if cfg!(target_os = "linux") {
            let message = refused.unwrap_err().to_string();
            assert!(message.contains("EiB") || message.contains("TiB"));
        }
    }

    #[test]
    fn every_device_sorts_the_same() {
        let plan = Params { n: 30_001, ..Params::default() }.plan();
        let print = all_in_memory(plan.n, 9);
        let [ram, file] = [in_ram(&plan, 9), in_file(&plan, 9)];
        let (ram, file) = (ram.unwrap(), file.unwrap());
        assert_eq!((ram.print, file.print), (print, print));
        assert_eq!(ram.tally, file.tally);
        assert!(file.ordered);
        assert_eq!(mapped_sort(plan.n, 9).unwrap(), print);
    }

    /// 정렬하는 사이에 파일이 잘리면 오류임. 그 뒤에 쓴 것이 자리를 채웠으면
    /// 끝까지 가되, 차례가 맞는지는 다시 읽어 말함.
    #[test]
    fn a_truncated_file_never_panics() {
        let plan = Params { n: 20_000, ..Params::default() }.plan();
        let area = plan.blocks() * plan.block;
        let mut rng = SplitMix64::new(5);
        for _ in 0..50 {
            let mut disk = FileDisk::new(plan.n, area, 9).unwrap();
            let file = disk.temp.file.try_clone().unwrap();
            let mut left = rng.below(40_000);
            let length = rng.below(2 * area * 8);
            let sorted = external_sort(&plan, &mut disk, |_| {
                if left == 0 {
                    file.set_len(length).unwrap();
                }
                left = left.wrapping_sub(1);
            });
            let seen =
                sorted.and_then(|(at, _)| inspect(&plan, &mut disk, at));
            if let Err(failure) = seen {
                assert!(failure.to_string().starts_with("임시 파일"));
            }
        }
    }

    /// 센 블록은 운영체제가 이 스레드에서 본 바이트와 같음.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_blocks_are_what_the_system_saw() {
        let seen = || -> Option<[u64; 2]> {
            let text = std::fs::read_to_string("/proc/thread-self/io").ok()?;
            let number = |name: &str| {
                let line = text.lines().find(|line| line.starts_with(name))?;
                line.split_whitespace().nth(1)?.parse::<u64>().ok()
            };
            Some([number("rchar:")?, number("wchar:")?])
        };
        // 블록의 배수라 마지막 블록도 꽉 참
        let plan = Params { n: 64_000, ..Params::default() }.plan();
        let mut disk = FileDisk::new(plan.n, plan.n, 3).unwrap();
        let Some([reads, writes]) = seen() else { return };
        let (_, tally) = external_sort(&plan, &mut disk, |_| {}).unwrap();
        let Some([more_reads, more_writes]) = seen() else { return };
        let block = plan.block * 8;
        assert_eq!(more_writes - writes, tally.writes * block);
        // 장부를 읽은 것도 읽기로 셈
        let own = (more_reads - reads) - tally.reads * block;
        assert!(own < 512, "{own}");
    }
}
