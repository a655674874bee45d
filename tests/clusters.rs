//! 한 컴퓨터의 여러 프로세스와, 네트워크 네임스페이스로 나눈 두 호스트.
//!
//! 환경 변수 `LAB_EXAMPLE`이 있으면 이 실행 파일은 그 이름의 예제임: 예제를
//! 따로 빌드하지 않아도 같은 프로그램을 여럿 띄울 수 있음. 기다리는 것은
//! 시간이 아니라 상태임: 이어졌다는 말, 끝난 프로세스.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, ExitCode, Output, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use serde_json::Value;

const EXAMPLE: &str = "LAB_EXAMPLE";

/// 잘못되어 멈춘 시험만 여기에 닿음.
const STUCK: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    if let Ok(name) = std::env::var(EXAMPLE) {
        return rust_lab::cli::main(rust_lab::clusters::ENTRIES, &name);
    }
    let tests: &[(&str, fn())] = &[
        ("every_layout_gives_one_answer", every_layout_gives_one_answer),
        ("a_dead_peer_ends_the_others", a_dead_peer_ends_the_others),
        ("a_stopped_peer_ends_the_others", a_stopped_peer_ends_the_others),
        ("other_parameters_are_refused", other_parameters_are_refused),
        ("a_taken_port_is_named", a_taken_port_is_named),
        ("other_examples_refuse_the_flags", other_examples_refuse_the_flags),
        ("two_hosts_over_a_network", two_hosts_over_a_network),
    ];
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    if std::env::args().any(|arg| arg == "--list") {
        tests.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    let mut passed = 0;
    for (name, test) in tests {
        let chosen = wanted.iter().any(|each| name.contains(each.as_str()));
        if wanted.is_empty() || chosen {
            test();
            println!("test {name} ... ok");
            passed += 1;
        }
    }
    println!("test result: ok. {passed} passed; 0 failed");
    ExitCode::SUCCESS
}

fn example(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(args).env(EXAMPLE, name);
    command.stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// 멈춘 채 남지 않음: 시험이 실패해도 거둠.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    fn start(mut command: Command) -> Self {
        Process(command.spawn().unwrap())
    }

    /// 다른 프로세스와 이어졌다고 말할 때까지 기다림.
    fn joined(&mut self) -> BufReader<ChildStderr> {
        let mut lines = BufReader::new(self.0.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("이어짐") {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0, "말없이 끝남");
        }
        lines
    }

    /// 끝날 때까지 기다려 (종료 코드, 표준 출력, 표준 오류).
    fn finish(mut self, said: Option<BufReader<ChildStderr>>) -> Ended {
        let id = self.0.id();
        let (done, wait) = channel::<()>();
        let guard = thread::spawn(move || {
            if wait.recv_timeout(STUCK).is_err() {
                let _ = Command::new("kill").arg(id.to_string()).status();
            }
        });
        let mut out = String::new();
        let mut err = String::new();
        let mut stdout = self.0.stdout.take().unwrap();
        let reader = thread::spawn(move || {
            stdout.read_to_string(&mut out).unwrap();
            out
        });
        match said {
            Some(mut rest) => rest.read_to_string(&mut err).unwrap(),
            None => {
                let mut stderr = self.0.stderr.take().unwrap();
                stderr.read_to_string(&mut err).unwrap()
            }
        };
        let code = self.0.wait().unwrap().code();
        let _ = done.send(());
        guard.join().unwrap();
        Ended { code, out: reader.join().unwrap(), err }
    }
}

#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ended {
    fn answers(&self) -> (Value, Value) {
        assert_eq!(self.code, Some(0), "{}", self.err);
        let report: Value = serde_json::from_str(&self.out).unwrap();
        (report["answers"].clone(), report["checksum"].clone())
    }
}

/// 프로세스마다 비어 있는 포트 하나씩을 적은 파일.
struct Hosts(PathBuf);

impl Hosts {
    fn loopback(processes: usize) -> Self {
        let listeners: Vec<TcpListener> = (0..processes)
            .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
            .collect();
        let lines: Vec<String> = listeners
            .iter()
            .map(|each| each.local_addr().unwrap().to_string())
            .collect();
        Hosts::write(&lines)
    }

    fn write(lines: &[String]) -> Self {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("rust-lab-{}-{number}.hosts", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, lines.join("\n") + "\n").unwrap();
        Hosts(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Hosts {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// 두 프로세스를 띄움: 0번과 1번.
fn pair(name: &str, hosts: &Hosts, args: &[&str]) -> [Process; 2] {
    ["0", "1"].map(|process| {
        let layout = ["-n", "2", "-p", process, "-h", hosts.path()];
        let args: Vec<&str> = args.iter().copied().chain(layout).collect();
        Process::start(example(name, &args))
    })
}

const SMALL: [&str; 3] = ["--json", "--lines", "3000"];

/// 한 워커, 세 스레드, 두 프로세스 × 두 워커가 같은 답을 냄.
fn every_layout_gives_one_answer() {
    one_answer("dataflow_count", &SMALL);
    one_answer("label_rounds", &["--json", "--nodes", "200"]);
}

fn one_answer(name: &str, args: &[&str]) {
    let run = |more: &[&str]| {
        let args: Vec<&str> = args.iter().chain(more).copied().collect();
        let process = Process::start(example(name, &args));
        process.finish(None).answers()
    };
    let alone = run(&["-w", "1"]);
    assert_eq!(run(&[]), alone);
    assert_eq!(run(&["-w", "3"]), alone);

    let hosts = Hosts::loopback(2);
    let args: Vec<&str> = args.iter().chain(&["-w", "2"]).copied().collect();
    let [first, second] = pair(name, &hosts, &args);
    let first = thread::spawn(|| first.finish(None));
    let second = second.finish(None);
    let first = first.join().unwrap();
    assert_eq!(first.answers(), alone);
    // 보고서는 0번만 냄
    assert_eq!((second.code, second.out.as_str()), (Some(0), ""));
    assert!(second.err.contains("보고서는 프로세스 0번이 냄"));
}

/// 끝나려면 한참 걸리는 일.
const LONG: [&str; 5] = ["--json", "--lines", "10000000", "-w", "2"];

/// 한쪽이 죽으면 다른 쪽도 까닭을 말하고 끝남. 반쯤 쓴 답은 없음.
fn a_dead_peer_ends_the_others() {
    for dead in [0, 1] {
        let hosts = Hosts::loopback(2);
        let [mut a, mut b] = pair("dataflow_count", &hosts, &LONG);
        let said = [a.joined(), b.joined()];
        let [first, second] = said;
        let (mut victim, survivor, said) =
            if dead == 0 { (a, b, second) } else { (b, a, first) };
        victim.0.kill().unwrap();
        let ended = survivor.finish(Some(said));
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        assert_eq!(ended.out, "");
        let want = format!("프로세스 {dead}번과의 연결이 끊김");
        assert!(ended.err.contains(&want), "{}", ended.err);
    }
}

/// 한쪽을 Ctrl-C로 멈추면 다른 쪽이 모자란 답을 내지 않음.
fn a_stopped_peer_ends_the_others() {
    if !cfg!(unix) {
        return println!("건너뜀: SIGINT가 없는 운영체제임");
    }
    let hosts = Hosts::loopback(2);
    let [mut a, mut b] = pair("dataflow_count", &hosts, &LONG);
    let (first, second) = (a.joined(), b.joined());
    let id = b.0.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status();
    assert!(sent.unwrap().success());
    let stopped = b.finish(Some(second));
    assert_eq!((stopped.code, stopped.out.as_str()), (Some(130), ""));
    assert!(stopped.err.contains("중지함"));
    let ended = a.finish(Some(first));
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
}

fn other_parameters_are_refused() {
    let hosts = Hosts::loopback(2);
    let start = |process: &str, lines: &str| {
        let args = ["--lines", lines, "-n", "2", "-p", process, "-h"];
        let mut args = args.to_vec();
        args.push(hosts.path());
        Process::start(example("dataflow_count", &args))
    };
    let (first, second) = (start("0", "3000"), start("1", "3001"));
    let first = thread::spawn(|| first.finish(None));
    for ended in [second.finish(None), first.join().unwrap()] {
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
        assert!(ended.err.contains("다른 매개변수"), "{}", ended.err);
    }
}

fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let hosts = Hosts::write(&[address.clone(), "127.0.0.1:1".into()]);
    let args = ["-n", "2", "-p", "0", "-h", hosts.path()];
    let ended = Process::start(example("dataflow_count", &args)).finish(None);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains(&address), "{}", ended.err);
}

fn other_examples_refuse_the_flags() {
    let args = ["-w", "2"];
    let ended = Process::start(example("dict_probe", &args)).finish(None);
    assert_eq!(ended.code, Some(2));
    let args = ["-w", "0"];
    let ended = Process::start(example("dataflow_count", &args)).finish(None);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("1–64"), "{}", ended.err);
}

fn ip(args: &[&str]) -> Result<Output, String> {
    let out = Command::new("ip")
        .args(args)
        .output()
        .map_err(|why| format!("ip를 실행할 수 없음: {why}"))?;
    if out.status.success() {
        return Ok(out);
    }
    let why = String::from_utf8_lossy(&out.stderr).trim().to_owned();
    Err(format!("ip {}: {why}", args.join(" ")))
}

/// 선으로 이은 네임스페이스 둘. 버리면 지움.
struct TwoHosts([String; 2]);

impl TwoHosts {
    const ADDRESSES: [&str; 2] = ["10.213.7.1", "10.213.7.2"];

    fn build() -> Result<Self, String> {
        let id = std::process::id();
        let hosts = TwoHosts([format!("lab{id}a"), format!("lab{id}b")]);
        let [a, b] = &hosts.0;
        let wires = [format!("la{id}"), format!("lb{id}")];
        ip(&["netns", "add", a])?;
        ip(&["netns", "add", b])?;
        ip(&["netns", "exec", a, "true"])?;
        let [left, right] = &wires;
        ip(&[
            "link", "add", left, "netns", a, "type", "veth", "peer", "name",
            right, "netns", b,
        ])?;
        for ((space, wire), address) in
            hosts.0.iter().zip(&wires).zip(Self::ADDRESSES)
        {
            let address = format!("{address}/24");
            ip(&["-n", space, "addr", "add", &address, "dev", wire])?;
            ip(&["-n", space, "link", "set", wire, "up"])?;
        }
        Ok(hosts)
    }

    /// `at`번 호스트에서 예제를 띄움.
    fn run(&self, at: usize, args: &[&str]) -> Process {
        let inner = example("dataflow_count", args);
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.0[at]]);
        command.arg(inner.get_program()).args(inner.get_args());
        command.env(EXAMPLE, "dataflow_count").stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Process::start(command)
    }
}

impl Drop for TwoHosts {
    fn drop(&mut self) {
        for space in &self.0 {
            let _ = ip(&["netns", "del", space]);
        }
    }
}

/// 주소가 서로 다른 두 호스트: 네트워크가 따로인 네임스페이스 둘로 연습함.
fn two_hosts_over_a_network() {
    let network = match TwoHosts::build() {
        Ok(network) => network,
        Err(why) => {
            return println!("건너뜀: 네임스페이스를 만들 수 없음: {why}");
        }
    };
    let alone = Process::start(example("dataflow_count", &SMALL));
    let alone = alone.finish(None).answers();
    let lines = TwoHosts::ADDRESSES.map(|address| format!("{address}:2101"));
    let hosts = Hosts::write(&lines);
    let start = |process: &'static str| {
        let layout = ["-w", "2", "-n", "2", "-p", process, "-h"];
        let mut args = SMALL.to_vec();
        args.extend(layout);
        args.push(hosts.path());
        network.run(process.parse().unwrap(), &args)
    };
    let (first, second) = (start("0"), start("1"));
    let second = thread::spawn(|| second.finish(None));
    assert_eq!(first.finish(None).answers(), alone);
    assert_eq!(second.join().unwrap().code, Some(0));
}
