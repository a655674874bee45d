//! 진짜 작업 큐: NATS JetStream 서버를 띄우고, 일꾼 프로세스를 부리고, 답을
//! 모음.
//!
//! 서버와 일꾼은 이 프로그램의 자식임. 자식은 표준 입력이 닫히면 스스로
//! 끝나므로, 부모가 어떻게 죽든 남지 않음.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{self, Child, ChildStdin, Command, ExitCode, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use async_nats::ConnectOptions;
use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{self, RetentionPolicy};
use async_nats::jetstream::{self, AckKind, Context, Message};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{sleep, timeout};

use super::jobs_nats::{Crash, Job};
use lab::Failure;

/// 자식에게 할 일을 알리는 환경 변수.
const ROLE: &str = "RUST_LAB_JOBS";
const JOBS: &str = "RUST_LAB_JOBS";
const DONE: &str = "RUST_LAB_DONE";
const JOB: &str = "rust_lab.jobs";
const RESULT: &str = "rust_lab.results";
const PARKED: &str = "rust_lab.parked";
/// 최대 전달을 넘긴 것을 서버가 알리는 주제. 구독자가 없을 때 난 알림도
/// 잃지 않게 스트림에 담음.
const ADVISORY: &str =
    "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.RUST_LAB_JOBS.*";
const WORKERS: &str = "workers";
/// 한꺼번에 답을 기다리는 발행의 수.
const IN_FLIGHT: usize = 256;
/// 서버와 자식이 뜨기를 기다리는 시간.
const PATIENCE: Duration = Duration::from_secs(30);
/// 새 소식이 이만큼 없으면 멈춘 것으로 봄: 확인 기다림에 더함.
const SILENCE: Duration = Duration::from_secs(20);

const MISSING: &str = "nats-server를 찾을 수 없음. 데비안과 우분투는 \
     `sudo apt-get install nats-server`, 다른 곳은 \
     https://github.com/nats-io/nats-server/releases 에서 설치함. 이미 도는 \
     서버가 있으면 --url nats://주소:포트";

type AnyError = Box<dyn std::error::Error + Send + Sync>;

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::Unavailable(format!("작업 큐와 이어지지 않음: {error}"))
}

/// 스레드 하나짜리 실행기.
pub fn runtime() -> Result<Runtime, Failure> {
    Builder::new_current_thread().enable_all().build().map_err(failed)
}

// ───────────────────────── 자식 프로세스

/// 자식을 띄우는 법: 시험은 시험 프로그램을 다시 띄움.
#[derive(Clone, Debug)]
pub struct Launch {
    pub program: PathBuf,
    pub args: Vec<String>,
}

impl Launch {
    /// 이 프로그램 자신.
    pub fn this() -> Result<Launch, Failure> {
        let program = std::env::current_exe().map_err(failed)?;
        Ok(Launch { program, args: Vec::new() })
    }

    fn spawn(&self, role: &Role) -> Result<Kept, Failure> {
        let role = serde_json::to_string(role).map_err(failed)?;
        let mut command = Command::new(&self.program);
        // Ctrl-C는 부모만 받음: 자식은 부모가 차례대로 끝냄
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command
            .args(&self.args)
            .env(ROLE, role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take();
        let (Some(stdin), Some(stdout)) = (stdin, stdout) else {
            return Err(failed("자식의 표준 입출력을 열지 못함"));
        };
        let (tell, lines) = mpsc::channel();
        thread::spawn(move || relay(stdout, &tell));
        Ok(Kept { child, stdin: Some(stdin), lines })
    }
}

/// 자식의 말을 한 줄씩 옮김. 듣는 쪽이 사라지면 끝남.
fn relay(from: impl Read, to: &Sender<String>) {
    // 시험 프로그램도 제 말을 하므로 우리 표시가 있는 줄만
    let lines = BufReader::new(from).lines().map_while(Result::ok);
    for line in lines {
        if let Some((_, said)) = line.split_once(MARK)
            && to.send(said.to_owned()).is_err()
        {
            return;
        }
    }
}

/// 우리 자식이 하는 말의 앞머리.
const MARK: &str = "@jobs ";

fn say(what: impl std::fmt::Display) {
    let mut out = io::stdout().lock();
    // 부모가 끊었으면 들을 쪽이 없음
    let _ = writeln!(out, "{MARK}{what}");
    let _ = out.flush();
}

/// 버리면 끝나는 자식.
struct Kept {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Kept {
    /// 다음 말. 멈추라고 하면 그만 기다림.
    fn hear(&self, alive: Alive) -> Result<String, Failure> {
        let start = Instant::now();
        loop {
            alive()?;
            match self.lines.recv_timeout(Duration::from_millis(50)) {
                Ok(line) => return Ok(line),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(failed("자식이 말없이 끝남"));
                }
                Err(RecvTimeoutError::Timeout) => {
                    if start.elapsed() > PATIENCE {
                        return Err(failed("자식이 답하지 않음"));
                    }
                }
            }
        }
    }

    fn write(&mut self, line: &str) -> Result<(), Failure> {
        let Some(stdin) = &mut self.stdin else { return Ok(()) };
        writeln!(stdin, "{line}").map_err(failed)
    }

    /// 하던 일이 무엇이든 바로 죽임: 리눅스에서는 SIGKILL.
    fn kill(&mut self) {
        // 이미 끝났으면 할 일이 없음
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // 스스로 뒷정리를 하고 끝날 틈을 줌
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            match self.child.try_wait() {
                Ok(None) => thread::sleep(Duration::from_millis(5)),
                _ => return,
            }
        }
        self.kill();
    }
}

/// 아직 계속해도 되는가.
pub type Alive<'a> = &'a dyn Fn() -> Result<(), Failure>;

#[derive(Serialize, Deserialize)]
enum Role {
    /// 서버를 띄우고, 부모가 사라지면 끄고 치움.
    Keeper,
    Worker(Worker),
    /// 큐 없이 제 몫을 바로 셈함.
    Alone {
        n: u64,
        chunk: u64,
        index: u64,
        workers: u64,
    },
}

/// 자식으로 떴으면 그 일을 하고 끝냄.
pub fn child() -> Option<ExitCode> {
    let role = std::env::var(ROLE).ok()?;
    let done =
        serde_json::from_str(&role).map_err(Into::into).and_then(|role| {
            match role {
                Role::Keeper => keep(),
                Role::Worker(worker) => {
                    leave_with_parent();
                    runtime()?.block_on(work(&worker, say, None))
                }
                Role::Alone { n, chunk, index, workers } => {
                    say("ready");
                    io::stdin().read_line(&mut String::new())?;
                    let jobs = Job::split(n, chunk).into_iter();
                    let mine =
                        jobs.skip(index as usize).step_by(workers as usize);
                    say(mine.map(|job| job.sum()).sum::<u64>());
                    io::copy(&mut io::stdin(), &mut io::sink())?;
                    Ok(())
                }
            }
        });
    match done {
        Ok(()) => Some(ExitCode::SUCCESS),
        Err(error) => {
            say(format_args!("error {error}"));
            Some(ExitCode::FAILURE)
        }
    }
}

/// 부모가 끊으면 끝남.
fn leave_with_parent() {
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        process::exit(0);
    });
}

// ───────────────────────── 서버

/// 우리가 띄운 서버. 버리면 꺼지고 저장한 것도 지워짐.
pub struct Server {
    pub url: String,
    pid: u32,
    _keeper: Kept,
}

impl Server {
    /// 빈 포트의 127.0.0.1에 띄움.
    pub fn start(launch: &Launch, alive: Alive) -> Result<Server, Failure> {
        let keeper = launch.spawn(&Role::Keeper)?;
        let said = keeper.hear(alive)?;
        if said == "missing" {
            return Err(Failure::Unavailable(MISSING.to_owned()));
        }
        let url = said
            .split_once(' ')
            .and_then(|(pid, url)| Some((pid.parse().ok()?, url.to_owned())));
        let (pid, url) = url.ok_or_else(|| failed(said))?;
        Ok(Server { url, pid, _keeper: keeper })
    }
}

/// 데비안은 `/usr/sbin`에 두는데, 보통 사용자의 PATH에는 없을 수 있음.
const PLACES: [&str; 3] =
    ["nats-server", "/usr/sbin/nats-server", "/usr/local/bin/nats-server"];

/// nats-server가 이 컴퓨터에 있는가.
pub fn is_installed() -> bool {
    PLACES.iter().any(|program| {
        let version = Command::new(program).arg("--version").output();
        version.is_ok_and(|output| output.status.success())
    })
}

/// 버리면 지워지는 폴더.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> io::Result<Scratch> {
        let stamp = UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
        let name = format!("rust-lab-nats-{}-{stamp}", process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path)?;
        Ok(Scratch(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// 서버 곁을 지키는 자식.
fn keep() -> Result<(), AnyError> {
    // 윈도에서는 Ctrl-C를 함께 받지만, 끝내는 것은 부모의 일임
    let _ = ctrlc::set_handler(|| {});
    let scratch = Scratch::new()?;
    let Some(mut server) = serve(&scratch.0)? else {
        say("missing");
        return Ok(());
    };
    let url = listening(&scratch.0, &mut server);
    match &url {
        Ok(url) => {
            say(format_args!("{} {url}", server.id()));
            // 부모가 살아 있는 동안 여기서 기다림
            io::copy(&mut io::stdin(), &mut io::sink())?;
        }
        Err(error) => say(error),
    }
    let _ = server.kill();
    let _ = server.wait();
    Ok(())
}

fn serve(folder: &Path) -> io::Result<Option<Child>> {
    for program in PLACES {
        let server = Command::new(program)
            .args(["-a", "127.0.0.1", "-p", "-1", "-js", "-sd"])
            .arg(folder.join("store"))
            .arg("--ports_file_dir")
            .arg(folder)
            .arg("-l")
            .arg(folder.join("log"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        match server {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            server => return server.map(Some),
        }
    }
    Ok(None)
}

/// 서버가 고른 포트: 준비를 마치면 파일에 적음.
fn listening(folder: &Path, server: &mut Child) -> Result<String, AnyError> {
    #[derive(Deserialize)]
    struct Ports {
        nats: Vec<String>,
    }
    let start = Instant::now();
    while start.elapsed() < PATIENCE && server.try_wait()?.is_none() {
        for file in fs::read_dir(folder)? {
            let path = file?.path();
            if path.extension().is_some_and(|end| end == "ports") {
                let text = fs::read_to_string(path)?;
                // 아직 다 적지 않았을 수 있음
                if let Ok(ports) = serde_json::from_str::<Ports>(&text)
                    && let Some(url) = ports.nats.into_iter().next()
                {
                    return Ok(url);
                }
            }
        }
        thread::sleep(Duration::from_millis(10));
    }
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    let last = log.lines().last().unwrap_or_default();
    Err(format!("서버가 뜨지 않음: {last}").into())
}

// ───────────────────────── 큐

async fn connect(url: &str) -> Result<Context, AnyError> {
    let client = ConnectOptions::new()
        .name("rust-lab")
        .connection_timeout(Duration::from_secs(10))
        .connect(url)
        .await?;
    Ok(jetstream::new(client))
}

/// 큐의 규칙.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub ack_wait: Duration,
    pub max_deliver: u64,
}

/// 앞선 실행이 남긴 것을 지우고 새로 만듦.
async fn open(js: &Context, rules: Rules) -> Result<(), AnyError> {
    for name in [JOBS, DONE] {
        // 없으면 지울 것이 없음
        let _ = js.delete_stream(name).await;
    }
    js.create_stream(stream::Config {
        name: DONE.to_owned(),
        subjects: [RESULT, PARKED, ADVISORY].map(str::to_owned).into(),
        ..Default::default()
    })
    .await?;
    let jobs = js
        .create_stream(stream::Config {
            name: JOBS.to_owned(),
            subjects: vec![JOB.to_owned()],
            retention: RetentionPolicy::WorkQueue,
            ..Default::default()
        })
        .await?;
    jobs.create_consumer(pull::Config {
        durable_name: Some(WORKERS.to_owned()),
        ack_policy: AckPolicy::Explicit,
        ack_wait: rules.ack_wait,
        max_deliver: rules.max_deliver as i64,
        ..Default::default()
    })
    .await?;
    Ok(())
}

/// 쓰고 난 것을 치움.
async fn close(js: &Context) {
    for name in [JOBS, DONE] {
        let _ = js.delete_stream(name).await;
    }
}

/// 발행할 메시지 하나: 번호와 내용. 번호가 중복을 가리는 이름이 됨.
type Post = (u64, String);

/// 일을 모두 발행하고, 서버가 중복이라 버린 수를 돌려줌.
async fn publish(js: &Context, posts: &[Post]) -> Result<u64, AnyError> {
    let mut duplicates = 0;
    for group in posts.chunks(IN_FLIGHT) {
        let mut acks = Vec::new();
        for (id, text) in group {
            let message = PublishMessage::build()
                .message_id(id.to_string())
                .payload(text.clone().into());
            acks.push(js.send_publish(JOB, message).await?);
        }
        for ack in acks {
            duplicates += u64::from(ack.await?.duplicate);
        }
    }
    Ok(duplicates)
}

/// 일꾼 하나의 설정.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Worker {
    url: String,
    /// 한 번에 당기는 수.
    batch: usize,
    /// 첫 일의 여기에서 멈춰 죽기를 기다림.
    crash: String,
    /// 메시지마다 무엇을 했는지 말함.
    trace: bool,
}

/// 한가하면 이만큼마다 다시 물어봄.
const IDLE: Duration = Duration::from_millis(500);
/// 한가할 때보다 넉넉히, 서버의 답을 기다리는 시간.
const ANSWER: Duration = Duration::from_secs(5);
/// 서버가 답하지 못하면 이만큼 쉬고 다시 해 봄.
const RETRY: Duration = Duration::from_secs(1);

/// 큐에서 당겨 하는 일꾼. 할 일이 없거나 서버가 답하지 못하는 채로
/// `patience`가 지나면 끝남.
async fn work(
    worker: &Worker,
    say: impl Fn(String),
    patience: Option<Duration>,
) -> Result<(), AnyError> {
    let js = connect(&worker.url).await?;
    let queue: PullConsumer =
        js.get_stream(JOBS).await?.get_consumer(WORKERS).await?;
    say("ready".to_owned());
    let mut last = Instant::now();
    loop {
        let idle = last.elapsed();
        match turn(worker, &js, &queue, &say).await {
            Ok(0) if patience.is_some_and(|most| idle > most) => {
                return Ok(());
            }
            Ok(0) => {}
            Ok(_) => last = Instant::now(),
            Err(error) if idle > patience.unwrap_or(PATIENCE) => {
                return Err(error);
            }
            // 서버가 다시 뜨는 중일 수 있음. 확인하지 못한 것은 다시 옴
            Err(_) => sleep(RETRY).await,
        }
    }
}

/// 한 번 당겨 모두 하고, 몇 건이었는지 돌려줌.
async fn turn(
    worker: &Worker,
    js: &Context,
    queue: &PullConsumer,
    say: &impl Fn(String),
) -> Result<usize, AnyError> {
    // 서버가 꺼지면 당기는 쪽은 끝없이 기다림
    let pulled = timeout(ANSWER, pull(queue, worker.batch)).await;
    let hand = pulled.map_err(|_| "서버가 답하지 않음")??;
    for message in &hand {
        handle(worker, js, message, say).await?;
    }
    Ok(hand.len())
}

/// 있는 만큼 한꺼번에, 없으면 하나가 올 때까지 잠깐 기다림.
async fn pull(
    queue: &PullConsumer,
    batch: usize,
) -> Result<Vec<Message>, AnyError> {
    let mut hand = Vec::new();
    let mut ready = queue.fetch().max_messages(batch).messages().await?;
    while let Some(message) = ready.next().await {
        hand.push(message?);
    }
    if hand.is_empty() {
        let one = queue.batch().max_messages(1).expires(IDLE);
        let mut one = one.messages().await?;
        while let Some(message) = one.next().await {
            hand.push(message?);
        }
    }
    Ok(hand)
}

/// 메시지 하나: 답을 저장하고 나서 확인함. 차례를 바꾸면 그 사이에 죽었을
/// 때 일을 잃음.
async fn handle(
    worker: &Worker,
    js: &Context,
    message: &Message,
    say: &impl Fn(String),
) -> Result<(), AnyError> {
    let text = std::str::from_utf8(&message.payload)?;
    let id = text.split(' ').next().unwrap_or_default();
    let tell = |what: &str| {
        if worker.trace {
            let turn = message.info().map_or(0, |info| info.delivered);
            let now = UNIX_EPOCH.elapsed().unwrap_or_default().as_micros();
            say(format!("{what} {id} {turn} {now}"));
        }
    };
    let hold = async |at: Crash| {
        if worker.crash == at.name() {
            tell("hold");
            sleep(Duration::MAX).await;
        }
    };
    tell("start");
    let Some(job) = Job::read(text) else {
        tell("fail");
        message.ack_with(AckKind::Nak(None)).await?;
        return Ok(());
    };
    hold(Crash::BeforeResult).await;
    let answer = format!("{} {}", job.id, job.sum());
    js.publish(RESULT, answer.into()).await?.await?;
    tell("result");
    hold(Crash::BeforeAck).await;
    message.ack().await?;
    tell("ack");
    Ok(())
}

/// 모은 것. 답은 일의 번호마다 하나만 두므로 몇 번을 받아도 같음.
#[derive(Clone, Debug, Default)]
pub struct Store {
    pub effects: BTreeMap<u64, u64>,
    pub parked: BTreeSet<u64>,
    /// 받은 답의 수.
    pub received: u64,
    /// 받을 때마다 더한 합: 멱등하지 않은 쪽.
    pub added: u64,
}

impl Store {
    pub fn sum(&self) -> u64 {
        self.effects.values().sum()
    }
}

/// 모으기를 마칠 때.
#[derive(Clone, Copy, Debug)]
pub struct Until {
    /// 받은 답: 겹친 것까지.
    pub received: u64,
    /// 서로 다른 일의 답.
    pub unique: u64,
    pub parked: u64,
    /// 새 소식이 이만큼 없으면 그만둠.
    pub silence: Duration,
}

/// 답과 격리할 것을 받음.
async fn collect(
    js: &Context,
    until: Until,
    alive: Alive<'_>,
) -> Result<Store, AnyError> {
    let jobs = js.get_stream(JOBS).await?;
    let consumer = js
        .get_stream(DONE)
        .await?
        .create_consumer(pull::Config {
            ack_policy: AckPolicy::None,
            ..Default::default()
        })
        .await?;
    let mut news = consumer.messages().await?;
    let mut store = Store::default();
    let mut last = Instant::now();
    while store.received < until.received
        || (store.effects.len() as u64) < until.unique
        || (store.parked.len() as u64) < until.parked
    {
        alive()?;
        let next = timeout(Duration::from_millis(100), news.next()).await;
        let Ok(Some(message)) = next else {
            if last.elapsed() > until.silence {
                break;
            }
            continue;
        };
        let message = message?;
        last = Instant::now();
        match message.subject.as_str() {
            RESULT => {
                let text = std::str::from_utf8(&message.payload)?;
                let (id, sum) = text.split_once(' ').ok_or("답이 아님")?;
                let (id, sum) = (id.parse()?, sum.parse()?);
                store.received += 1;
                store.added += sum;
                store.effects.insert(id, sum);
            }
            PARKED => {}
            _ => {
                let at = park(js, &jobs, &message.payload).await?;
                store.parked.extend(at);
            }
        }
    }
    Ok(store)
}

/// 최대 전달을 넘긴 메시지를 큐에서 꺼내 격리 목록으로 옮김. 큐는 확인받지
/// 못한 것을 스스로 버리지 않음.
async fn park(
    js: &Context,
    jobs: &stream::Stream,
    advisory: &[u8],
) -> Result<Option<u64>, AnyError> {
    #[derive(Deserialize)]
    struct Advisory {
        stream_seq: u64,
    }
    let Advisory { stream_seq } = serde_json::from_slice(advisory)?;
    // 늦은 확인이 먼저 지웠으면 옮길 것이 없음
    let Ok(message) = jobs.get_raw_message(stream_seq).await else {
        return Ok(None);
    };
    let id = std::str::from_utf8(&message.payload)?;
    let id = id.split(' ').next().unwrap_or_default().parse()?;
    js.publish(PARKED, message.payload).await?.await?;
    jobs.delete_message(stream_seq).await?;
    Ok(Some(id))
}

// ───────────────────────── 한 판

/// 한 판에 할 일.
pub struct Round<'a> {
    pub posts: &'a [Post],
    pub rules: Rules,
    pub workers: u64,
    pub batch: u64,
    pub crash: Crash,
    pub until: Until,
    pub trace: bool,
}

/// 일꾼이 말한 것 하나.
#[derive(Clone, Debug)]
pub struct Event {
    pub worker: usize,
    pub what: String,
    pub job: u64,
    /// 몇 번째 전달인가.
    pub turn: u64,
    /// 발행을 시작한 뒤로, µs.
    pub at: u64,
}

/// 한 판의 결과.
#[derive(Debug)]
pub struct Outcome {
    pub store: Store,
    /// 서버가 버린 중복 발행.
    pub duplicates: u64,
    /// 서버가 센 배달의 수.
    pub deliveries: u64,
    /// 끝난 뒤 큐에 남은 것.
    pub left: u64,
    pub events: Vec<Event>,
    pub spent: Spent,
}

/// 든 시간.
#[derive(Clone, Copy, Debug)]
pub struct Spent {
    pub wall: Duration,
    /// 서버와 모든 일꾼과 이 프로그램의 CPU 시간. 알 수 없으면 `None`.
    pub cpu: Option<Duration>,
}

/// 발행하고, 일꾼들이 하고, 모음. `server`는 우리가 띄운 것일 때만 셈에 넣음.
pub fn run(
    launch: &Launch,
    url: &str,
    server: Option<&Server>,
    round: &Round,
    alive: Alive,
) -> Result<Outcome, Failure> {
    let runtime = runtime()?;
    let js = runtime.block_on(connect(url)).map_err(failed)?;
    let outcome = one_round(launch, url, server, round, alive, &runtime, &js);
    runtime.block_on(close(&js));
    outcome
}

fn one_round(
    launch: &Launch,
    url: &str,
    server: Option<&Server>,
    round: &Round,
    alive: Alive,
    runtime: &Runtime,
    js: &Context,
) -> Result<Outcome, Failure> {
    runtime.block_on(open(js, round.rules)).map_err(failed)?;
    let spawn = |crash: Crash| {
        let worker = launch.spawn(&Role::Worker(Worker {
            url: url.to_owned(),
            batch: round.batch as usize,
            crash: crash.name().to_owned(),
            trace: round.trace,
        }))?;
        match worker.hear(alive)?.as_str() {
            "ready" => Ok(worker),
            other => Err(failed(other)),
        }
    };
    let mut workers = Vec::new();
    // 죽을 일꾼이 손에 가득 쥐려면 다른 일꾼보다 먼저 당겨야 함
    let doomed = round.crash != Crash::Never;
    if !doomed {
        for _ in 0..round.workers {
            workers.push(spawn(Crash::Never)?);
        }
    }
    let pids = |workers: &[Kept]| {
        let ours = workers.iter().map(|worker| worker.child.id());
        ours.chain(server.map(|server| server.pid))
            .chain([process::id()])
            .collect::<Vec<u32>>()
    };
    let before = cpu(&pids(&workers));
    let origin = UNIX_EPOCH.elapsed().unwrap_or_default().as_micros() as u64;
    let start = Instant::now();
    let published = runtime.block_on(publish(js, round.posts));
    let duplicates = published.map_err(failed)?;
    let mut said: Vec<(usize, String)> = Vec::new();
    if doomed {
        let mut victim = spawn(round.crash)?;
        loop {
            let line = victim.hear(alive)?;
            let held = line.starts_with("hold");
            said.push((0, line));
            if held {
                break;
            }
        }
        victim.kill();
        for _ in 0..round.workers {
            workers.push(spawn(Crash::Never)?);
        }
    }
    let collected = runtime.block_on(collect(js, round.until, alive));
    let wall = start.elapsed();
    let spent = cpu(&pids(&workers));
    let spent = since(before, spent);
    let store = collected.map_err(|error| match error.downcast() {
        Ok(failure) => *failure,
        Err(error) => failed(error),
    })?;
    let (deliveries, left) = runtime.block_on(count(js)).map_err(failed)?;
    let first = usize::from(doomed);
    for (at, worker) in workers.iter().enumerate() {
        said.extend(worker.lines.try_iter().map(|line| (at + first, line)));
    }
    let mut events: Vec<Event> = said
        .iter()
        .filter_map(|(worker, line)| Event::read(*worker, line, origin))
        .collect();
    events.sort_by_key(|event| event.at);
    let spent = Spent { wall, cpu: spent };
    Ok(Outcome { store, duplicates, deliveries, left, events, spent })
}

impl Event {
    fn read(worker: usize, line: &str, origin: u64) -> Option<Event> {
        let mut words = line.split(' ');
        let what = words.next()?.to_owned();
        let job = words.next()?.parse().ok()?;
        let turn = words.next()?.parse().ok()?;
        let at: u64 = words.next()?.parse().ok()?;
        let at = at.saturating_sub(origin);
        Some(Event { worker, what, job, turn, at })
    }
}

/// 서버가 센 배달의 수와 큐에 남은 것. 마지막 확인이 처리되기를 잠깐 기다림.
async fn count(js: &Context) -> Result<(u64, u64), AnyError> {
    let mut left = u64::MAX;
    for _ in 0..100 {
        left = js.get_stream(JOBS).await?.cached_info().state.messages;
        if left == 0 {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    let mut queue: PullConsumer =
        js.get_stream(JOBS).await?.get_consumer(WORKERS).await?;
    let deliveries = queue.info().await?.delivered.consumer_sequence;
    Ok((deliveries, left))
}

/// 큐 없이 나눠 하는 같은 일: 합과 든 시간.
pub fn alone(
    launch: &Launch,
    (n, chunk): (u64, u64),
    workers: u64,
    alive: Alive,
) -> Result<(u64, Spent), Failure> {
    let mut children = Vec::new();
    for index in 0..workers {
        let role = Role::Alone { n, chunk, index, workers };
        let child = launch.spawn(&role)?;
        child.hear(alive)?;
        children.push(child);
    }
    let pids: Vec<u32> = children
        .iter()
        .map(|child| child.child.id())
        .chain([process::id()])
        .collect();
    let before = cpu(&pids);
    let start = Instant::now();
    for child in &mut children {
        child.write("go")?;
    }
    let mut sum = 0;
    for child in &children {
        let said = child.hear(alive)?;
        sum += said.parse::<u64>().map_err(failed)?;
    }
    let wall = start.elapsed();
    let spent = cpu(&pids);
    let cpu = since(before, spent);
    Ok((sum, Spent { wall, cpu }))
}

/// 두 때 사이의 CPU 시간. 그 사이에 끝난 스레드의 몫이 더 크면 알 수 없음.
fn since(
    before: Option<Duration>,
    after: Option<Duration>,
) -> Option<Duration> {
    after?.checked_sub(before?)
}

/// 프로세스들이 지금까지 쓴 CPU 시간. 리눅스에서만 앎.
fn cpu(pids: &[u32]) -> Option<Duration> {
    let mut total = 0;
    for pid in pids {
        for thread in fs::read_dir(format!("/proc/{pid}/task")).ok()? {
            let path = thread.ok()?.path().join("schedstat");
            // 그 사이에 끝난 스레드는 건너뜀
            let Ok(text) = fs::read_to_string(path) else { continue };
            total += text.split(' ').next()?.parse::<u64>().ok()?;
        }
    }
    Some(Duration::from_nanos(total))
}

// ───────────────────────── 여러 터미널에서

/// 새 큐를 만들고 일을 발행함. 버려진 중복의 수.
pub fn produce(
    url: &str,
    rules: Rules,
    posts: &[Post],
) -> Result<u64, Failure> {
    let work = async {
        let js = connect(url).await?;
        open(&js, rules).await?;
        publish(&js, posts).await
    };
    runtime()?.block_on(work).map_err(failed)
}

/// 이 프로세스가 일꾼이 됨. 일이 `patience` 동안 없으면 끝나고, 한 일의 수를
/// 돌려줌.
pub fn serve_queue(
    url: &str,
    batch: u64,
    crash: Crash,
    patience: Duration,
    alive: Alive,
) -> Result<u64, Failure> {
    let worker = Worker {
        url: url.to_owned(),
        batch: batch as usize,
        crash: crash.name().to_owned(),
        trace: true,
    };
    let done = std::cell::Cell::new(0);
    let count = |line: String| {
        done.set(done.get() + u64::from(line.starts_with("ack")));
    };
    let stop = async {
        loop {
            if let Err(failure) = alive() {
                return failure;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    runtime()?.block_on(async {
        tokio::select! {
            done = work(&worker, count, Some(patience)) => {
                done.map_err(failed)
            }
            failure = stop => Err(failure),
        }
    })?;
    Ok(done.get())
}

/// 답을 모으기만 함.
pub fn gather(
    url: &str,
    until: Until,
    alive: Alive,
) -> Result<Store, Failure> {
    let work = async { collect(&connect(url).await?, until, alive).await };
    runtime()?.block_on(work).map_err(|error| match error.downcast() {
        Ok(failure) => *failure,
        Err(error) => failed(error),
    })
}

/// 소식을 기다리는 시간: 재전송은 확인 기다림 뒤에야 옴.
pub fn silence(rules: Rules) -> Duration {
    rules.ack_wait * 2 + SILENCE
}

/// 서버가 스스로 정한 값: 확인 기다림, 최대 전달, 중복을 가리는 시간.
pub fn defaults(url: &str) -> Result<(Duration, i64, Duration), Failure> {
    const NAME: &str = "RUST_LAB_DEFAULTS";
    let ask = async {
        let js = connect(url).await?;
        let mut stream = js
            .create_stream(stream::Config {
                name: NAME.to_owned(),
                subjects: vec!["rust_lab.defaults".to_owned()],
                ..Default::default()
            })
            .await?;
        let mut queue: PullConsumer = stream
            .create_consumer(pull::Config {
                durable_name: Some(WORKERS.to_owned()),
                ..Default::default()
            })
            .await?;
        let window = stream.info().await?.config.duplicate_window;
        let config = &queue.info().await?.config;
        let found = (config.ack_wait, config.max_deliver, window);
        js.delete_stream(NAME).await?;
        Ok::<_, AnyError>(found)
    };
    runtime()?.block_on(ask).map_err(failed)
}
