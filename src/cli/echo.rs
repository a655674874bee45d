//! 받은 것을 그대로 돌려주는 스레드나 자식 프로세스와 주고받음.
//!
//! 자식 프로세스는 이 프로그램 자신임: 환경 변수를 보고 실험 대신 메아리가 됨.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use memmap2::MmapMut;
use serde::{Deserialize, Serialize};

use lab::{Echo, Failure, Way};

/// 자식에게 길을 알리는 환경 변수: `pipe`, `socket:<포트>`, `memory:<파일>`.
const ROLE: &str = "RUST_LAB_ECHO";
const SAMPLES: usize = 11;
/// 자식이 뜨지 못하면 이만큼만 기다림.
const PATIENCE: Duration = Duration::from_secs(10);

/// 표본마다 한 번 오간 시간, ns.
pub fn echo(
    echo: &Echo,
    stopped: impl Fn() -> bool,
) -> Result<Vec<f64>, Failure> {
    let failed = |error: io::Error| {
        let way = echo.way.label();
        Failure::Unavailable(format!("{way}: 주고받지 못함 ({error})"))
    };
    let mut link = Link::open(echo).map_err(failed)?;
    link.round().map_err(failed)?;
    let mut samples = Vec::with_capacity(SAMPLES);
    let rounds = echo.rounds.max(1);
    for _ in 0..SAMPLES {
        if stopped() {
            return Err(Failure::Stopped);
        }
        let start = Instant::now();
        for _ in 0..rounds {
            link.round().map_err(failed)?;
        }
        let ns = start.elapsed().as_nanos() as f64;
        samples.push(ns / f64::from(rounds));
    }
    Ok(samples)
}

/// 건네는 것.
#[derive(Clone, PartialEq)]
enum Load {
    Bytes(Vec<u8>),
    Items(Vec<Item>),
}

/// 글로 적으면 32바이트쯤 되는 작은 객체.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Item {
    id: u64,
    name: String,
    x: f64,
}

const ITEM_BYTES: u64 = 32;

impl Load {
    fn new(echo: &Echo) -> Load {
        if echo.nested {
            let item = |i: u64| Item {
                id: i % 1_000,
                name: format!("n{}", i % 10),
                x: i as f64 / 4.0,
            };
            Load::Items(
                (0..(echo.bytes / ITEM_BYTES).max(1)).map(item).collect(),
            )
        } else {
            Load::Bytes((0..echo.bytes).map(|i| (i % 251) as u8).collect())
        }
    }

    /// 프로세스를 넘으려면 바이트로 늘어놓아야 함.
    fn write(&self) -> io::Result<Vec<u8>> {
        match self {
            Load::Bytes(bytes) => Ok(bytes.clone()),
            Load::Items(items) => Ok(serde_json::to_vec(items)?),
        }
    }

    fn read(bytes: Vec<u8>, nested: bool) -> io::Result<Load> {
        Ok(if nested {
            Load::Items(serde_json::from_slice(&bytes)?)
        } else {
            Load::Bytes(bytes)
        })
    }
}

/// 이어진 길.
enum Link {
    Channel {
        load: Option<Load>,
        to: mpsc::Sender<Load>,
        from: mpsc::Receiver<Load>,
    },
    Stream {
        load: Load,
        nested: bool,
        to: Box<dyn Write>,
        from: Box<dyn Read>,
        _child: Kept,
    },
    Memory {
        load: Load,
        nested: bool,
        map: MmapMut,
        to: Box<dyn Write>,
        from: Box<dyn Read>,
        _child: Kept,
        _file: Scratch,
    },
}

impl Link {
    fn open(echo: &Echo) -> io::Result<Link> {
        let (load, nested) = (Load::new(echo), echo.nested);
        match echo.way {
            Way::Channel => {
                let (to, inbox) = mpsc::channel::<Load>();
                let (outbox, from) = mpsc::channel();
                // 보내는 쪽이 사라지면 저절로 끝남
                thread::spawn(move || {
                    inbox.into_iter().try_for_each(|load| outbox.send(load))
                });
                Ok(Link::Channel { load: Some(load), to, from })
            }
            Way::Pipe => {
                let (child, to, from) = spawn("pipe")?;
                let (to, from) = (Box::new(to), Box::new(from));
                Ok(Link::Stream { load, nested, to, from, _child: child })
            }
            Way::Socket => {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
                let port = listener.local_addr()?.port();
                let (child, _, _) = spawn(&format!("socket:{port}"))?;
                let stream = accept(&listener)?;
                stream.set_nodelay(true)?;
                let from = Box::new(stream.try_clone()?);
                let to = Box::new(stream);
                Ok(Link::Stream { load, nested, to, from, _child: child })
            }
            Way::SharedMemory => {
                let bytes = load.write()?.len() as u64;
                let file = Scratch::new(bytes)?;
                let map = file.map()?;
                let role = format!("memory:{}", file.0.display());
                let (child, to, from) = spawn(&role)?;
                Ok(Link::Memory {
                    load,
                    nested,
                    map,
                    to: Box::new(to),
                    from: Box::new(from),
                    _child: child,
                    _file: file,
                })
            }
            other => Err(io::Error::other(format!(
                "{}: 페이지에만 있는 길임",
                other.label()
            ))),
        }
    }

    /// 한 번 보내고 같은 것을 돌려받음.
    fn round(&mut self) -> io::Result<()> {
        match self {
            Link::Channel { load, to, from } => {
                let gone = || io::Error::other("메아리 스레드가 끝남");
                let sent = load.take().ok_or_else(gone)?;
                to.send(sent).map_err(|_| gone())?;
                *load = Some(from.recv().map_err(|_| gone())?);
                Ok(())
            }
            Link::Stream { load, nested, to, from, .. } => {
                send(to, &load.write()?)?;
                let back = Load::read(receive(from)?, *nested)?;
                same(&back, load)
            }
            Link::Memory { load, nested, map, to, from, .. } => {
                let bytes = load.write()?;
                map.copy_from_slice(&bytes);
                to.write_all(&[1])?;
                to.flush()?;
                from.read_exact(&mut [0])?;
                if !*nested {
                    // 받는 쪽이 사상한 자리를 그대로 읽으므로 돌려줄 것이 없음
                    return Ok(());
                }
                same(&Load::read(map.to_vec(), true)?, load)
            }
        }
    }
}

fn same(back: &Load, sent: &Load) -> io::Result<()> {
    if back == sent {
        return Ok(());
    }
    Err(io::Error::other("돌아온 것이 보낸 것과 다름"))
}

fn send(to: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(&(bytes.len() as u64).to_le_bytes())?;
    to.write_all(bytes)?;
    to.flush()
}

fn receive(from: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut size = [0; 8];
    from.read_exact(&mut size)?;
    let mut bytes = vec![0; u64::from_le_bytes(size) as usize];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// 버리면 끝나는 자식.
struct Kept(Child);

impl Drop for Kept {
    fn drop(&mut self) {
        // 이미 끝났으면 할 일이 없음
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn spawn(
    role: &str,
) -> io::Result<(Kept, process::ChildStdin, process::ChildStdout)> {
    let mut child = Command::new(std::env::current_exe()?)
        .env(ROLE, role)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take())
    else {
        return Err(io::Error::other("자식의 표준 입출력을 열지 못함"));
    };
    Ok((Kept(child), to, from))
}

/// 자식이 맺기를 기다림.
fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    listener.set_nonblocking(true)?;
    let start = Instant::now();
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false)?;
                return Ok(stream);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if start.elapsed() > PATIENCE {
                    return Err(io::Error::other("자식이 맺지 않음"));
                }
                thread::sleep(Duration::from_millis(1));
            }
            Err(error) => return Err(error),
        }
    }
}

/// 버리면 지워지는 파일.
struct Scratch(PathBuf);

impl Scratch {
    /// 이름이 겹치지 않게 프로세스와 시각으로 지음.
    fn new(bytes: u64) -> io::Result<Scratch> {
        let folder = Path::new("/dev/shm");
        let folder = if folder.is_dir() {
            folder.to_owned()
        } else {
            std::env::temp_dir()
        };
        let stamp = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
        let name = format!("rust-lab-{}-{}", process::id(), stamp.as_nanos());
        let path = folder.join(name);
        let file = File::create_new(&path)?;
        let scratch = Scratch(path);
        file.set_len(bytes.max(1))?;
        Ok(scratch)
    }

    fn map(&self) -> io::Result<MmapMut> {
        map(&self.0)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn map(path: &Path) -> io::Result<MmapMut> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    // SAFETY: 우리가 방금 만든 파일이고, 여는 것은 우리와 자식뿐이며, 한쪽은
    // 신호를 기다리는 동안 건드리지 않음.
    unsafe { MmapMut::map_mut(&file) }
}

/// 메아리로 뜬 자식이면 그 일을 하고 끝냄.
pub fn child() -> Option<ExitCode> {
    let role = std::env::var(ROLE).ok()?;
    // 부모가 끊으면 읽기가 실패하는 것이 보통의 끝임
    let _ = answer(&role);
    Some(ExitCode::SUCCESS)
}

fn answer(role: &str) -> io::Result<()> {
    let (mut stdin, mut stdout) = (io::stdin(), io::stdout());
    let (way, rest) = role.split_once(':').unwrap_or((role, ""));
    match way {
        "socket" => {
            let port = rest.parse().map_err(io::Error::other)?;
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
            stream.set_nodelay(true)?;
            loop {
                let bytes = receive(&mut stream)?;
                send(&mut stream, &bytes)?;
            }
        }
        "memory" => {
            let map = map(Path::new(rest))?;
            let mut signal = [0];
            loop {
                stdin.read_exact(&mut signal)?;
                std::hint::black_box(map.first());
                stdout.write_all(&signal)?;
                stdout.flush()?;
            }
        }
        _ => loop {
            let bytes = receive(&mut stdin)?;
            send(&mut stdout, &bytes)?;
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_gives_back_what_it_got() {
        for nested in [false, true] {
            let wanted =
                Echo { way: Way::Channel, bytes: 4_096, rounds: 3, nested };
            let samples = echo(&wanted, || false).unwrap();
            assert_eq!(samples.len(), SAMPLES);
            let stopped = echo(&wanted, || true);
            assert_eq!(stopped, Err(Failure::Stopped));
        }
    }

    #[test]
    fn a_way_of_the_page_is_refused() {
        let wanted =
            Echo { way: Way::Clone, bytes: 1, rounds: 1, nested: false };
        let why = echo(&wanted, || false).unwrap_err().to_string();
        assert!(why.contains("페이지에만"), "{why}");
    }

    #[test]
    fn objects_survive_being_written() {
        let wanted =
            Echo { way: Way::Pipe, bytes: 3_200, rounds: 1, nested: true };
        let load = Load::new(&wanted);
        let bytes = load.write().unwrap();
        assert!((2_000..6_000).contains(&bytes.len()), "{}", bytes.len());
        assert!(Load::read(bytes, true).unwrap() == load);
    }
}
