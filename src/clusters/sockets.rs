//! 여러 프로세스를 잇는 소켓. 다 이으면 Timely에게 넘김.
//!
//! Timely가 스스로 잇게 두면 상대가 올 때까지 끝없이 기다리고, 그동안의 말을
//! 표준 출력에 냄(0.32). 여기서는 기다림에 끝이 있고, 다른 매개변수로 시작한
//! 프로세스와는 잇지 않음.

use std::any::Any;
use std::fmt::Arguments;
use std::io::{ErrorKind, Read, Result as Io, Write, stderr};
use std::net::{TcpListener, TcpStream, ToSocketAddrs};
use std::panic;
use std::process::exit;
use std::sync::Once;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use timely::communication::allocator::ProcessBuilder;
use timely::communication::allocator::zero_copy::initialize as network;
use timely::communication::{AllocatorBuilder, Hooks};
use timely::{CommunicationConfig, Config};

use lab::{Ctx, Failure};

/// 프로세스 하나의 워커 수의 한계.
const THREADS: usize = 64;
/// 워커 모두의 한계: 소켓과 버퍼가 제곱으로 늘어남.
const WORKERS: usize = 256;
/// 다른 프로세스를 기다리는 끝.
const PATIENCE: Duration = Duration::from_secs(60);
/// 이은 뒤 인사를 기다리는 끝.
const GREETING: Duration = Duration::from_secs(5);
/// 한 번의 연결을 해 보는 끝과, 다시 하기까지.
const TRY: Duration = Duration::from_secs(1);
const AGAIN: Duration = Duration::from_millis(20);
/// Ctrl-C로 멈춘 명령의 종료 코드.
const STOPPED: i32 = 130;

/// Timely가 읽은 배치.
pub struct Layout {
    pub config: Config,
    pub threads: usize,
    pub processes: usize,
    pub process: usize,
    pub addresses: Vec<String>,
}

/// 말이 없으면 이 컴퓨터의 스레드만큼, 있으면 Timely가 읽은 대로.
pub fn layout(words: &[String], threads: usize) -> Result<Layout, Failure> {
    let refuse = |what: String| Err(Failure::param("words", what));
    if words.is_empty() {
        let threads = threads.clamp(1, THREADS);
        return Ok(Layout {
            config: Config::process(threads),
            threads,
            processes: 1,
            process: 0,
            addresses: Vec::new(),
        });
    }
    for pair in words.chunks(2) {
        let [flag, value] = pair else { continue };
        let range = match flag.as_str() {
            "-w" => 1..=THREADS,
            "-n" => 1..=WORKERS,
            "-p" => 0..=WORKERS - 1,
            _ => continue,
        };
        let number = value.parse::<usize>();
        if !number.is_ok_and(|number| range.contains(&number)) {
            let (low, high) = (range.start(), range.end());
            return refuse(format!(
                "{flag}의 값 '{value}': {low}–{high} 범위의 정수여야 함"
            ));
        }
    }
    let config = match Config::from_args(words.iter().cloned()) {
        Ok(config) => config,
        Err(why) => {
            let words = words.join(" ");
            return refuse(format!("'{words}': Timely가 읽지 못함: {why}"));
        }
    };
    let (threads, process, addresses) = match &config.communication {
        CommunicationConfig::Thread => (1, 0, Vec::new()),
        CommunicationConfig::Process(threads)
        | CommunicationConfig::ProcessBinary(threads) => {
            (*threads, 0, Vec::new())
        }
        CommunicationConfig::Cluster {
            threads, process, addresses, ..
        } => (*threads, *process, addresses.clone()),
    };
    let processes = addresses.len().max(1);
    if process >= processes {
        let last = processes - 1;
        return refuse(format!(
            "-p의 값 '{process}': 프로세스가 {processes}개(-n)이므로 0–{last} \
             범위여야 함"
        ));
    }
    if threads * processes > WORKERS {
        return refuse(format!(
            "-w {threads} × -n {processes}: 워커는 모두 {WORKERS}개까지임"
        ));
    }
    Ok(Layout { config, threads, processes, process, addresses })
}

/// 다른 프로세스 모두와 잇고, Timely에게 소켓을 넘김.
pub fn join(
    ctx: &Ctx,
    layout: &Layout,
    mark: u64,
) -> Result<(Vec<AllocatorBuilder>, Box<dyn Any + Send>), Failure> {
    cascade();
    let me = layout.process;
    let sockets = meet(ctx, &layout.addresses, me, mark, PATIENCE)?;
    let (processes, threads) = (layout.processes, layout.threads);
    tell(format_args!(
        "프로세스 {processes}개가 이어짐: 여기는 {me}번, 워커는 모두 {}개",
        processes * threads
    ));
    let hooks = Hooks::default;
    let builders =
        ProcessBuilder::new_typed_vector(threads, hooks().refill, None);
    let (builders, guard) = network::initialize_networking_from_sockets(
        builders,
        sockets,
        me,
        threads,
        hooks(),
    )
    .map_err(|why| Failure::Unavailable(format!("소켓을 쓰지 못함: {why}")))?;
    let builders = builders.into_iter().map(AllocatorBuilder::Tcp).collect();
    Ok((builders, Box::new(guard)))
}

/// 작은 번호에게는 잇고, 큰 번호는 기다림. 돌려주는 것은 프로세스마다의
/// 소켓이고 제자리는 비어 있음.
fn meet(
    ctx: &Ctx,
    addresses: &[String],
    me: usize,
    mark: u64,
    patience: Duration,
) -> Result<Vec<Option<TcpStream>>, Failure> {
    let unable = |what: String| Err(Failure::Unavailable(what));
    let address = &addresses[me];
    let listener = TcpListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    let listener = match listener {
        Ok(listener) => listener,
        Err(why) => {
            return unable(format!(
                "프로세스 {me}번의 주소 {address}에서 기다릴 수 없음: {why}"
            ));
        }
    };
    let mut sockets: Vec<Option<TcpStream>> =
        addresses.iter().map(|_| None).collect();
    let start = Instant::now();
    loop {
        let missing = (0..addresses.len())
            .find(|&other| other != me && sockets[other].is_none());
        let Some(missing) = missing else {
            return Ok(sockets);
        };
        ctx.progress(0, 1, "다른 프로세스를 기다림")?;
        if start.elapsed() > patience {
            return unable(format!(
                "{}초를 기다려도 프로세스 {missing}번({})과 이어지지 않음. \
                 같은 -n과 -h로 시작했는지, 그 포트가 열려 있는지 볼 것",
                patience.as_secs(),
                addresses[missing]
            ));
        }
        for other in 0..me {
            if sockets[other].is_none()
                && let Ok(stream) = connect(&addresses[other])
                && let Some((number, stream)) = greet(stream, me, mark)?
                && number == other
            {
                sockets[other] = Some(stream);
            }
        }
        match listener.accept() {
            Ok((stream, _)) => {
                let known = greet(stream, me, mark)?;
                // 모르는 손님은 돌려보내고 계속 기다림
                if let Some((other, stream)) = known
                    && other > me
                    && other < addresses.len()
                    && sockets[other].is_none()
                {
                    sockets[other] = Some(stream);
                }
            }
            Err(why) if why.kind() == ErrorKind::WouldBlock => {
                sleep(AGAIN);
            }
            Err(why) => {
                return unable(format!("연결을 받지 못함: {why}"));
            }
        }
    }
}

/// 서로 번호와 지문을 보내고 받음. 말이 통하지 않는 상대는 없는 것으로 치고,
/// 다른 일을 하는 프로세스이면 오류.
fn greet(
    mut stream: TcpStream,
    me: usize,
    mark: u64,
) -> Result<Option<(usize, TcpStream)>, Failure> {
    let Ok((other, theirs)) = swap(&mut stream, me as u64, mark) else {
        return Ok(None);
    };
    if theirs == mark {
        return Ok(Some((other as usize, stream)));
    }
    Err(Failure::Unavailable(format!(
        "프로세스 {other}번이 다른 매개변수나 배치로 시작함: 모든 프로세스의 \
         명령은 -p만 달라야 함"
    )))
}

const HELLO: [u8; 8] = *b"rust-lab";

fn swap(stream: &mut TcpStream, me: u64, mark: u64) -> Io<(u64, u64)> {
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(GREETING))?;
    let words = [HELLO, me.to_le_bytes(), mark.to_le_bytes()];
    stream.write_all(words.as_flattened())?;
    let mut words = [[0; 8]; 3];
    stream.read_exact(words.as_flattened_mut())?;
    stream.set_read_timeout(None)?;
    let [hello, other, theirs] = words;
    if hello != HELLO {
        return Err(ErrorKind::InvalidData.into());
    }
    Ok((u64::from_le_bytes(other), u64::from_le_bytes(theirs)))
}

/// 잠깐만 해 보는 연결.
fn connect(address: &str) -> Io<TcpStream> {
    let address = address.to_socket_addrs()?.next();
    let address = address.ok_or(ErrorKind::NotFound)?;
    TcpStream::connect_timeout(&address, TRY)
}

/// 상대가 죽으면 Timely의 스레드가 패닉함. 그 스레드만 죽으면 나머지가 답을
/// 기다리며 남을 수 있으므로, 첫 패닉에서 까닭을 말하고 프로세스를 끝냄.
///
/// 보고서는 모두 끝난 뒤 한 번에 내므로 반쯤 쓴 것이 남지 않음.
fn cascade() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let name = thread::current().name().unwrap_or("").to_owned();
            let Some(role) = name.strip_prefix("timely:") else {
                return before(info);
            };
            let peer = role.split_once('-').map(|(_, peer)| peer);
            match (role.starts_with("work"), peer) {
                (false, Some(peer)) => tell(format_args!(
                    "오류: 프로세스 {peer}번과의 연결이 끊김: 상대가 끝나기 \
                     전에 죽었거나 멈춤. 답을 내지 않고 끝냄"
                )),
                _ => tell(format_args!("오류: 워커가 멈춤: {info}")),
            }
            exit(1);
        }));
    });
}

/// 여러 프로세스 가운데 하나가 멈추라는 말을 들음: 남은 프로세스가 모자란
/// 답을 내지 않도록 연결을 끊고 끝냄.
pub fn stop() -> ! {
    tell(format_args!("중지함"));
    exit(STOPPED)
}

/// 표준 오류에 한 줄. 닫혀 있어도 하던 일은 마침.
fn tell(line: Arguments) {
    let _ = writeln!(stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab::Scope;
    use lab::host::Quiet;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    fn refusal(text: &str) -> String {
        layout(&words(text), 1).err().unwrap().to_string()
    }

    #[test]
    fn timely_reads_the_layout() {
        let one = layout(&words("-w 3"), 1).unwrap();
        assert_eq!((one.threads, one.processes, one.process), (3, 1, 0));
        let two = layout(&words("-w 2 -n 3 -p 1"), 1).unwrap();
        assert_eq!((two.threads, two.processes, two.process), (2, 3, 1));
        assert_eq!(two.addresses[2], "localhost:2103");
        assert_eq!(layout(&[], 2).unwrap().threads, 2);
    }

    #[test]
    fn a_wrong_layout_is_refused_with_its_range() {
        assert!(refusal("-w 0").contains("-w의 값 '0': 1–64"));
        assert!(refusal("-w many").contains("-w의 값 'many'"));
        assert!(refusal("-n 2 -p 2").contains("0–1 범위여야 함"));
        assert!(refusal("-n 8 -w 64").contains("256개까지"));
        assert!(refusal("-n 2 -h /no/such/file").contains("Timely가 읽지"));
    }

    /// 오지 않는 상대는 끝없이 기다리지 않음.
    #[test]
    fn patience_ends() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let here = listener.local_addr().unwrap().to_string();
        drop(listener);
        let ctx = Ctx::new(&Quiet, Scope::Native);
        let both = [here, "127.0.0.1:1".to_owned()];
        let why = meet(&ctx, &both, 0, 1, Duration::ZERO).err().unwrap();
        assert!(why.to_string().contains("프로세스 1번(127.0.0.1:1)"));
    }

    /// 다른 매개변수로 시작한 프로세스와는 잇지 않음. 모르는 손님은 돌려보냄.
    #[test]
    fn strangers_and_other_jobs_are_turned_away() {
        let pair = || {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let to = listener.local_addr().unwrap();
            let ours = TcpStream::connect(to).unwrap();
            (ours, listener.accept().unwrap().0)
        };
        let (ours, theirs) = pair();
        let other = thread::spawn(move || greet(theirs, 1, 8).is_err());
        let why = greet(ours, 0, 7).err().unwrap().to_string();
        assert!(why.contains("프로세스 1번이 다른 매개변수"), "{why}");
        assert!(other.join().unwrap());

        let (ours, mut theirs) = pair();
        theirs.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        assert!(greet(ours, 0, 7).unwrap().is_none());

        let (ours, theirs) = pair();
        let other = thread::spawn(move || greet(theirs, 1, 7).unwrap());
        assert_eq!(greet(ours, 0, 7).unwrap().unwrap().0, 1);
        assert_eq!(other.join().unwrap().unwrap().0, 0);
    }
}
