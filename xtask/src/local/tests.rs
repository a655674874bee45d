//! 진짜 소켓으로 공격함: 머리글은 클라이언트가 마음대로 적는 것임.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use super::*;
use crate::serve;

/// 가짜 대응물 하나가 있는 저장소와 그것을 보여 주는 서버.
struct Site {
    root: PathBuf,
    port: u16,
    token: String,
    runtime: Option<Runtime>,
    _reload: watch::Sender<u32>,
}

const GENEROUS: Limits =
    Limits { time: Duration::from_secs(60), memory: 4 << 30 };

/// 시험이 멈춰 서지 않게 하는, 넉넉한 기다림.
const LOST: Option<Duration> = Some(Duration::from_secs(60));

impl Site {
    fn new(name: &str, limits: Limits, script: &str) -> Site {
        let id = std::process::id();
        let root = std::env::temp_dir().join(format!("lab-local-{id}-{name}"));
        let book = root.join("book");
        fs::create_dir_all(&book).unwrap();
        fs::create_dir_all(root.join("src/dicts")).unwrap();
        fs::write(book.join("index.html"), "<head></head>책").unwrap();
        fs::write(root.join("src/dicts/dict_probe.py"), script).unwrap();
        let runtime =
            Builder::new_multi_thread().enable_all().build().unwrap();
        let build: Build = |_, _| Ok(vec!["build".to_owned()]);
        let local = Local::new(&root, build, limits).unwrap();
        let token = local.token.clone();
        let (reload, changed) = watch::channel(0);
        let app = serve::router(&book, changed, local);
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            axum::serve(listener, app).await
        });
        let runtime = Some(runtime);
        Site { root, port, token, runtime, _reload: reload }
    }

    /// 보내고, 상대가 닫을 때까지 읽음.
    fn ask(&self, head: &str, body: &str) -> String {
        let mut answer = String::new();
        let mut stream = self.send(head, body);
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn send(&self, head: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(LOST).unwrap();
        let length = body.len();
        let text = format!(
            "{head}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        // 다 읽기도 전에 거절할 수 있음
        let _ = stream.write_all(text.as_bytes());
        stream
    }

    fn get(&self, path: &str, rest: &str) -> String {
        let host = format!("Host: 127.0.0.1:{}\r\n", self.port);
        self.ask(&format!("GET {path} HTTP/1.1\r\n{host}{rest}"), "")
    }

    /// 카드가 보내는 머리글.
    fn head(&self) -> String {
        let own = format!("127.0.0.1:{}", self.port);
        post_head(&own, &format!("http://{own}"), &self.token)
    }

    fn run(&self, body: &str) -> String {
        self.ask(&self.head(), body)
    }

    /// 실험이 시작되었으면 남는 흔적.
    fn started(&self) -> usize {
        let log = fs::read_to_string(self.root.join("started"));
        log.map_or(0, |text| text.lines().count())
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.runtime.take());
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn post_head(host: &str, origin: &str, token: &str) -> String {
    format!(
        "POST /_lab/run HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\n\
         X-Lab-Token: {token}\r\n"
    )
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap_or(answer).parse().unwrap()
}

const GOOD: &str =
    r#"{"name":"dict_probe","runtime":"python","params":{"n":"5000"}}"#;

/// 시작했다고 적고, 받은 인자를 답으로 냄.
const ECHO: &str = r#"
import json, sys
print("x", file=open("started", "a"))
print(json.dumps({"name": "dict_probe", "answers": {"argv": str(sys.argv[1:])},
                  "checksum": "0" * 16, "timings": []}))
"#;

/// 저와 자식이 저마다 시험에게 전화를 걸고, Ctrl-C를 듣지 않으며, 끝나지 않음.
const STUBBORN: &str = r#"
import os, signal, socket
signal.signal(signal.SIGINT, signal.SIG_IGN)
os.fork()
line = socket.create_connection(("127.0.0.1", int(open("port").read())))
line.sendall(b"!")
while True:
    signal.pause()
"#;

/// `STUBBORN`의 두 전화. 끊기면 그 프로세스가 끝난 것임.
struct Lines(TcpListener);

impl Lines {
    fn open(site: &Site) -> Lines {
        let lines = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = lines.local_addr().unwrap().port().to_string();
        fs::write(site.root.join("port"), port).unwrap();
        Lines(lines)
    }

    /// 부모와 자식이 모두 걸 때까지.
    fn both(&self) -> [TcpStream; 2] {
        [(); 2].map(|()| {
            let (mut line, _) = self.0.accept().unwrap();
            line.set_read_timeout(LOST).unwrap();
            line.read_exact(&mut [0]).unwrap();
            line
        })
    }
}

/// 끊긴 전화에서는 더 읽을 것이 없음.
fn all_dead(lines: [TcpStream; 2]) {
    for mut line in lines {
        match line.read(&mut [0]) {
            Ok(n) => assert_eq!(n, 0),
            Err(error) => {
                assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
            }
        }
    }
}

#[test]
fn a_card_runs_with_checked_flags() {
    let site = Site::new("good", GENEROUS, ECHO);
    let answer = site.run(GOOD);
    assert_eq!(status(&answer), 200, "{answer}");
    let flags = r"['--n=5000', '--json', '--measure']";
    assert!(answer.contains(flags), "{answer}");
    assert_eq!(site.started(), 1);
    // 같은 쪽은 토큰을 얻음
    let token = site.get("/_lab/token", "Sec-Fetch-Site: same-origin\r\n");
    assert!(token.ends_with(&site.token), "{token}");
    let page = site.get("/index.html", "");
    assert!(page.contains(META) && !page.contains(&site.token), "{page}");
    assert!(page.contains("x-frame-options: SAMEORIGIN"), "{page}");
}

#[test]
fn a_numpy_version_adds_its_times() {
    let site = Site::new("numpy", GENEROUS, ECHO);
    let path = site.root.join("src/dicts/dict_probe_numpy.py");
    let ns = r#"{"median": 1, "p10": 1, "p90": 1, "samples": 7}"#;
    let timing = format!(r#"[{{"name": "넘파이", "items": 1, "ns": {ns}}}]"#);
    fs::write(&path, ECHO.replace("[]}", &format!("{timing}}}"))).unwrap();
    let answer = site.run(GOOD);
    assert!(answer.contains("넘파이"), "{answer}");
    let missing = "import sys\nsys.stderr.write('NumPy가 없음')\nexit(3)";
    fs::write(&path, missing).unwrap();
    let answer = site.run(GOOD);
    assert!(answer.contains(r#"\"notes\":[\"NumPy가 없음\"]"#), "{answer}");
    fs::write(&path, ECHO.replace("\"0\"", "\"1\"")).unwrap();
    let answer = site.run(GOOD);
    assert!(answer.contains("체크섬이 파이썬과 다름"), "{answer}");
}

#[test]
fn other_origins_and_guessed_tokens_start_nothing() {
    let site = Site::new("origin", GENEROUS, ECHO);
    let own = format!("127.0.0.1:{}", site.port);
    let origin = format!("http://{own}");
    let (other, token) = ("0".repeat(64), site.token.as_str());
    for (origin, token) in [
        ("https://evil.example", token),
        ("null", token),
        ("", token),
        ("http://127.0.0.1:1", token),
        ("http://127.0.0.1", token),
        (&format!("https://{own}"), token),
        (&format!("{origin}.evil.example"), token),
        (&origin, ""),
        (&origin, &other),
        (&origin, &token[1..]),
        (&origin, &format!("{token}0")),
    ] {
        let answer = site.ask(&post_head(&own, origin, token), GOOD);
        assert_eq!(status(&answer), 403, "{origin} {token}: {answer}");
    }
    // 머리글이 아예 없음
    let bare = format!("POST /_lab/run HTTP/1.1\r\nHost: {own}\r\n");
    assert_eq!(status(&site.ask(&bare, GOOD)), 403);
    for place in ["cross-site", "same-site", "none"] {
        let rest = format!("Sec-Fetch-Site: {place}\r\n");
        let answer = site.get("/_lab/token", &rest);
        assert_eq!(status(&answer), 403, "{place}");
        assert!(!answer.contains(&site.token));
    }
    assert_eq!(site.started(), 0);
}

#[test]
fn rebound_names_see_neither_book_nor_token() {
    let site = Site::new("host", GENEROUS, ECHO);
    let port = site.port;
    for host in [
        format!("evil.example:{port}"),
        "evil.example".to_owned(),
        format!("127.0.0.1.evil.example:{port}"),
        format!("localhost.evil.example:{port}"),
        format!("evil.example:127.0.0.1:{port}"),
        format!("0.0.0.0:{port}"),
        String::new(),
    ] {
        for path in ["/", "/index.html", "/_lab/token", "/_lab/reload.js"] {
            let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n");
            let answer = site.ask(&head, "");
            assert_eq!(status(&answer), 421, "{host} {path}: {answer}");
            assert!(!answer.contains(&site.token) && !answer.contains('책'));
        }
        let head = post_head(&host, &format!("http://{host}"), &site.token);
        assert_eq!(status(&site.ask(&head, GOOD)), 421, "{host}");
    }
    assert_eq!(site.started(), 0);
    let own = format!("localhost:{port}");
    let head = post_head(&own, &format!("http://{own}"), &site.token);
    assert_eq!(status(&site.ask(&head, GOOD)), 200);
}

#[test]
fn only_registered_experiments_and_checked_values_run() {
    let site = Site::new("names", GENEROUS, ECHO);
    let ask = |name: &str, runtime: &str, params: &str| {
        let name = serde_json::to_string(name).unwrap();
        site.run(&format!(
            r#"{{"name":{name},"runtime":"{runtime}","params":{params}}}"#
        ))
    };
    for name in [
        "",
        "..",
        "../../../../bin/sh",
        "dicts/../dict_probe",
        "dict_probe.py",
        "dict_probe\0",
        "dict_probe; touch started",
        "/bin/sh",
        "DICT_PROBE",
    ] {
        assert_eq!(status(&ask(name, "python", "{}")), 404, "{name}");
    }
    for (params, why) in [
        (r#"{"n":"0"}"#, "키의 수(n)의 값 '0': 1–100,000,000개"),
        (r#"{"n":"1; touch started"}"#, "정수가 아님"),
        (r#"{"n":"$(touch started)"}"#, "정수가 아님"),
        (r#"{"keys":"../../etc/passwd"}"#, "가운데 하나여야 함"),
        (r#"{"--python":"x"}"#, "없는 매개변수임"),
        (r#"{"json":"x"}"#, "없는 매개변수임"),
        (r#"{"n":5000}"#, "요청을 읽을 수 없음"),
        (r#"["--help"]"#, "요청을 읽을 수 없음"),
    ] {
        let answer = ask("dict_probe", "python", params);
        assert_eq!(status(&answer), 400, "{params}: {answer}");
        assert!(answer.contains(why), "{params}: {answer}");
    }
    let without = ask("bounds_check", "python", "{}");
    assert!(without.contains("Python 대응물이 없음"), "{without}");
    assert_eq!(status(&ask("dict_probe", "sh", "{}")), 400);
    let more = GOOD.replace("{\"name", "{\"program\":\"/bin/sh\",\"name");
    assert_eq!(status(&site.run(&more)), 400);
    for body in ["", "{", "[]", "null", &"[".repeat(10_000)] {
        assert_eq!(status(&site.run(body)), 400, "{body:.20}");
    }
    assert_eq!(site.started(), 0);
}

#[test]
fn paths_lead_nowhere_else() {
    let site = Site::new("paths", GENEROUS, ECHO);
    for path in [
        "/../src/dicts/dict_probe.py",
        "/%2e%2e/src/dicts/dict_probe.py",
        "/..%2fsrc/dicts/dict_probe.py",
        "/_lab/../../src/dicts/dict_probe.py",
        "/..%5csrc%5cdicts%5cdict_probe.py",
        "//etc/passwd",
        "/_lab/run/../token",
        "/_lab/run/dict_probe",
        "/_lab/token%00",
        "/_lab//token",
    ] {
        let answer = site.get(path, "");
        let refused = [400, 404].contains(&status(&answer));
        assert!(refused && !answer.contains(&site.token), "{path}: {answer}");
        assert!(!answer.contains("import"), "{path}: {answer}");
    }
    assert_eq!(status(&site.get("/_lab/run", "")), 403);
    assert_eq!(site.started(), 0);
}

#[test]
fn oversized_bodies_are_refused() {
    let site = Site::new("body", GENEROUS, ECHO);
    let long = format!("{}{GOOD}", " ".repeat(BODY));
    let answer = site.run(&long);
    assert_eq!(status(&answer), 413, "{answer}");
    assert!(answer.contains("16384바이트까지임"), "{answer}");
    // 길이를 말하지 않고 조각으로 보내도 같음
    let mut stream = TcpStream::connect(("127.0.0.1", site.port)).unwrap();
    stream.set_read_timeout(LOST).unwrap();
    let chunk = format!("{:x}\r\n{long}\r\n0\r\n\r\n", long.len());
    let head = site.head() + "Transfer-Encoding: chunked\r\n\r\n";
    let _ = stream.write_all((head + &chunk).as_bytes());
    let mut first = String::new();
    BufReader::new(stream).read_line(&mut first).unwrap();
    assert_eq!(status(&first), 413);
    assert_eq!(site.started(), 0);
    assert_eq!(status(&site.run(GOOD)), 200);
}

#[test]
fn of_200_parallel_requests_one_runs() {
    let wait = "import os, time\nwhile not os.path.exists('go'):\n \
                time.sleep(.01)\n";
    let site = Site::new("parallel", GENEROUS, &(ECHO.to_owned() + wait));
    let (send, answers) = channel();
    thread::scope(|scope| {
        for _ in 0..200 {
            let (send, site) = (send.clone(), &site);
            scope.spawn(move || send.send(site.run(GOOD)).unwrap());
        }
        for _ in 0..199 {
            let answer = answers.recv().unwrap();
            assert_eq!(status(&answer), 409, "{answer}");
            assert!(answer.contains(BUSY), "{answer}");
        }
        fs::write(site.root.join("go"), "").unwrap();
        let answer = answers.recv().unwrap();
        assert!(answer.contains(r#""kind":"result""#), "{answer}");
    });
    assert_eq!(site.started(), 1);
    // 자리가 비었으므로 다음 실행은 됨
    assert_eq!(status(&site.run(GOOD)), 200);
}

#[test]
fn a_vanished_client_takes_its_processes_along() {
    let site = Site::new("vanish", GENEROUS, STUBBORN);
    let lines = Lines::open(&site);
    let client = site.send(&site.head(), GOOD);
    let both = lines.both();
    drop(client);
    all_dead(both);
    fs::write(site.root.join("src/dicts/dict_probe.py"), ECHO).unwrap();
    assert_eq!(status(&site.run(GOOD)), 200);
}

#[test]
fn the_server_takes_its_processes_along() {
    let mut site = Site::new("exit", GENEROUS, STUBBORN);
    let lines = Lines::open(&site);
    let client = site.send(&site.head(), GOOD);
    let both = lines.both();
    drop(site.runtime.take());
    all_dead(both);
    drop(client);
}

#[test]
fn time_runs_out() {
    let limits = Limits { time: Duration::from_secs(1), ..GENEROUS };
    let site = Site::new("time", limits, STUBBORN);
    let lines = Lines::open(&site);
    let client = site.send(&site.head(), GOOD);
    // 한도가 전화보다 먼저 올 수 있으므로 두 전화를 기다리지 않음
    let mut answer = String::new();
    BufReader::new(client).read_to_string(&mut answer).unwrap();
    assert!(answer.contains("시간 한도 1초를 넘어 멈춤"), "{answer}");
    lines.0.set_nonblocking(true).unwrap();
    while let Ok((mut line, _)) = lines.0.accept() {
        line.set_nonblocking(false).unwrap();
        line.set_read_timeout(LOST).unwrap();
        let _ = line.read_to_end(&mut Vec::new());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn memory_runs_out() {
    let limits = Limits { memory: 256 << 20, ..GENEROUS };
    let greedy = "bytearray(1 << 30)";
    let site = Site::new("memory", limits, greedy);
    let answer = site.run(GOOD);
    assert!(answer.contains("메모리 한도 256 MiB를 넘어 멈춤"), "{answer}");
    fs::write(site.root.join("src/dicts/dict_probe.py"), ECHO).unwrap();
    assert!(site.run(GOOD).contains(r#""kind":"result""#));
}

/// 자료의 한도가 세지 않는 함께 쓰는 메모리도, 자식의 것도 넘치면 멈춤.
#[cfg(unix)]
#[test]
fn memory_of_a_child_runs_out() {
    let limits = Limits { memory: 256 << 20, ..GENEROUS };
    let greedy = "import mmap, os, signal\n\
                  if os.fork():\n    signal.pause()\n\
                  shared = mmap.mmap(-1, 1 << 29)\n\
                  for i in range(0, 1 << 29, 4096):\n    shared[i] = 1\n\
                  signal.pause()";
    let site = Site::new("child", limits, greedy);
    let answer = site.run(GOOD);
    assert!(answer.contains("메모리 한도 256 MiB를 넘어 멈춤"), "{answer}");
}

#[test]
fn a_failure_is_told_and_the_next_run_works() {
    let site = Site::new("fail", GENEROUS, "exit('값이 이상함')");
    let answer = site.run(GOOD);
    assert!(answer.contains(r#""kind":"failed","message":"값이 이상함""#));
    // 가짜 저장소에는 Cargo.toml이 없음
    let native = GOOD.replace("python", "native");
    let answer = site.run(&native);
    assert!(answer.contains("빌드하지 못함"), "{answer}");
    // 남은 자식이 파이프를 쥐고 있어도 끝남
    let left = "import subprocess\nsubprocess.Popen(['sleep', '1000'])\n";
    let path = site.root.join("src/dicts/dict_probe.py");
    fs::write(path, left.to_owned() + ECHO).unwrap();
    assert!(site.run(GOOD).contains(r#""kind":"result""#));
}
