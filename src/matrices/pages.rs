//! 큰 배열이 놓이는 페이지의 크기.

use std::mem::MaybeUninit;

/// 리눅스에 큰 페이지를 부탁할 수 있는가.
pub const HUGE_PAGES: bool = cfg!(target_os = "linux");

/// 0으로 채운 배열. 모두 한 번 쓰므로 나중에 페이지 폴트가 없음.
pub fn zeroed(len: usize, huge: bool) -> Vec<f64> {
    let mut cells = Vec::with_capacity(len);
    if huge {
        advise(cells.spare_capacity_mut());
    }
    cells.resize(len, 0.0);
    cells
}

/// 큰 페이지의 크기, 바이트: x86-64와 4 KiB 페이지를 쓰는 AArch64.
pub const HUGE: usize = 2 << 20;

/// 빈 공간에서 큰 페이지로 나뉘는 부분에 부탁함. 페이지는 처음 쓸 때
/// 정해지므로 그 전에 부르고, 들어주지 않아도 값은 같음.
#[cfg(target_os = "linux")]
pub fn advise<T>(room: &mut [MaybeUninit<T>]) {
    let skip = room.as_ptr().align_offset(HUGE);
    let bytes = room.len().saturating_sub(skip) * size_of::<T>() / HUGE * HUGE;
    if bytes == 0 {
        return;
    }
    let start = room[skip..].as_mut_ptr();
    // 다시 쓰는 공간이면 이미 받은 작은 페이지를 돌려주어야 함
    for advice in [libc::MADV_DONTNEED, libc::MADV_HUGEPAGE] {
        // SAFETY: `start`부터 `bytes`바이트는 빌려 온 빈 공간임.
        // 아직 아무 값도 없으므로 페이지를 돌려주어 0이 되어도 됨.
        unsafe { libc::madvise(start.cast(), bytes, advice) };
    }
}

#[cfg(not(target_os = "linux"))]
pub fn advise<T>(_: &mut [MaybeUninit<T>]) {}

/// 이 프로세스가 지금 큰 페이지로 받은 메모리, KiB.
pub fn huge_kib() -> u64 {
    let text = std::fs::read_to_string("/proc/self/smaps_rollup");
    let text = text.unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("AnonHugePages:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    kib.and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 부탁해도 하지 않아도 같은 배열임.
    #[test]
    fn huge_pages_hold_the_same_zeros() {
        for len in [0, 1, 1 << 19] {
            assert!(zeroed(len, true) == zeroed(len, false), "{len}");
        }
    }
}
