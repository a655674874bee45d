//! 로컬 실험실: `cargo book serve`의 카드가 이 컴퓨터에서도 돌게 함.
//!
//! 할 수 있는 일은 하나뿐임: 등록된 실험을, 표로 검사한 매개변수로, 한 번에
//! 하나. 다른 출처의 쪽은 시작하지 못하고, 부른 쪽이 사라지면 프로세스도
//! 사라짐.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{self, HeaderMap};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::stream;
use rust_lab::cli::counterpart::{self, INTERPRETER, NO_NUMPY, Theirs};
use rust_lab::lab::{Entry, Python, Scope, Values};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{sleep, timeout};

use self::tree::Tree;

mod tree;

/// 이 이름이 쪽에 있으면 카드가 실행 버튼을 보임.
pub const META: &str = "<meta name=\"lab-local\" content=\"/_lab/\">\n";

/// 요청은 이름과 매개변수뿐임.
const BODY: usize = 16 << 10;
/// 처음 보는 장을 두 코어로 컴파일하고도 남음.
const BUILD_TIME: Duration = Duration::from_secs(20 * 60);
/// Ctrl-C를 받은 프로세스가 스스로 치울 시간.
const GRACE: Duration = Duration::from_secs(1);
/// 막 멈춘 실행이 자리를 비울 때까지. `GRACE`보다 넉넉해야 함.
const PATIENCE: Duration = Duration::from_secs(3);
/// 실패하면 보이는, 표준 오류의 마지막 줄 수.
const TAIL: usize = 12;

#[derive(Clone, Copy)]
pub struct Limits {
    pub time: Duration,
    /// 프로세스 하나가 쓰는 메모리, 바이트.
    pub memory: u64,
}

pub const LIMITS: Limits =
    Limits { time: Duration::from_secs(3 * 60), memory: 4 << 30 };

/// 예제를 빌드하는 cargo의 인자.
pub type Build = fn(&Path, &Entry) -> Result<Vec<String>>;

pub struct Local {
    root: PathBuf,
    build: Build,
    limits: Limits,
    /// 서버를 켤 때마다 새로 뽑음.
    token: String,
    seat: Arc<Semaphore>,
}

impl Local {
    pub fn new(root: &Path, build: Build, limits: Limits) -> Result<Self> {
        let mut bytes = [0u8; 32];
        getrandom::fill(&mut bytes)?;
        let token = bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let seat = Arc::new(Semaphore::new(1));
        Ok(Local { root: root.to_owned(), build, limits, token, seat })
    }
}

pub fn router(local: Local) -> Router {
    let local = Arc::new(local);
    Router::new()
        .route("/_lab/run", post(start))
        .route_layer(middleware::from_fn_with_state(local.clone(), allowed))
        .route("/_lab/token", get(token))
        .layer(DefaultBodyLimit::max(BODY))
        .with_state(local)
}

// ── 문지기 ─────────────────────────────────────────────────────────────

/// 거절한 까닭.
struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Refusal { status, message: message.into() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let kind = [(header::CONTENT_TYPE, "application/json")];
        let body = serde_json::json!({ "message": self.message }).to_string();
        (self.status, kind, body).into_response()
    }
}

fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> &str {
    let value = headers.get(name).map(HeaderValue::to_str);
    value.and_then(Result::ok).unwrap_or_default()
}

const STRANGE_HOST: &str = "이 서버의 주소는 127.0.0.1과 localhost뿐임";

/// 다른 이름으로 온 요청에는 책도 주지 않음: 남의 이름을 이 컴퓨터로 돌려
/// 놓은(DNS 리바인딩) 쪽은 책과 같은 출처가 되어 토큰을 읽을 수 있음.
pub async fn own_host(request: Request, next: Next) -> Response {
    let host = text(request.headers(), header::HOST);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if !["127.0.0.1", "localhost"].contains(&name) {
        let status = StatusCode::MISDIRECTED_REQUEST;
        return Refusal::new(status, STRANGE_HOST).into_response();
    }
    next.run(request).await
}

/// 다른 출처의 쪽은 브라우저가 답을 읽지 못하게 하지만, 묻지도 못하게 함.
async fn token(
    State(local): State<Arc<Local>>,
    headers: HeaderMap,
) -> Result<String, Refusal> {
    match text(&headers, "sec-fetch-site") {
        "" | "same-origin" => Ok(local.token.clone()),
        _ => Err(Refusal::new(StatusCode::FORBIDDEN, STRANGE_ORIGIN)),
    }
}

const STRANGE_ORIGIN: &str = "다른 출처의 쪽은 실행할 수 없음";
const STRANGE_TOKEN: &str =
    "토큰이 없거나 다름: 서버가 다시 시작되었으면 쪽을 새로 읽으면 됨";

async fn allowed(
    State(local): State<Arc<Local>>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let own = format!("http://{}", text(headers, header::HOST));
    let why = if text(headers, header::ORIGIN) != own {
        STRANGE_ORIGIN
    } else if text(headers, "x-lab-token") != local.token {
        STRANGE_TOKEN
    } else {
        return next.run(request).await;
    };
    Refusal::new(StatusCode::FORBIDDEN, why).into_response()
}

// ── 요청 ───────────────────────────────────────────────────────────────

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Runtime {
    Native,
    Python,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    name: String,
    runtime: Runtime,
    /// 이름 → 폼에 적힌 글.
    params: BTreeMap<String, String>,
}

/// 한 줄에 하나씩 흘려보내는 것.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Event {
    State {
        text: String,
    },
    Progress {
        done: f64,
        label: String,
    },
    /// 빌드하는 동안 cargo가 내는 줄.
    Detail {
        text: String,
    },
    /// `--json`의 글 그대로.
    Result {
        json: String,
    },
    Failed {
        message: String,
    },
}

const BUSY: &str =
    "다른 실행이 아직 돌고 있음: 끝나거나 멈춘 뒤에 다시 하면 됨";

async fn start(
    State(local): State<Arc<Local>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let (entry, runtime, values) = read(body)?;
    let seat = timeout(PATIENCE, local.seat.clone().acquire_owned()).await;
    let Ok(Ok(seat)) = seat else {
        return Err(Refusal::new(StatusCode::CONFLICT, BUSY));
    };
    let (events, listener) = mpsc::channel(64);
    let run = Run { local, entry, values, events };
    tokio::spawn(async move {
        let done = match runtime {
            Runtime::Native => run.native().await,
            Runtime::Python => run.python().await,
        };
        // 듣지 않는 상대를 기다리느라 자리를 차지하지 않음
        drop(seat);
        let last = match done {
            Ok(json) => Event::Result { json },
            Err(message) => Event::Failed { message },
        };
        let _ = run.events.send(last).await;
    });
    let lines = stream::unfold(listener, |mut listener| async {
        let event: Event = listener.recv().await?;
        let line = serde_json::to_string(&event).ok()? + "\n";
        Some((Ok::<_, Infallible>(line), listener))
    });
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok((kind, Body::from_stream(lines)).into_response())
}

/// 프로세스를 시작하기 전에 모두 검사함.
fn read(
    body: Result<Bytes, BytesRejection>,
) -> Result<(&'static Entry, Runtime, Values), Refusal> {
    let body = body.map_err(|error| {
        let message = format!("요청은 {BODY}바이트까지임");
        Refusal::new(error.status(), message)
    })?;
    let wrong =
        |message: String| Refusal::new(StatusCode::BAD_REQUEST, message);
    let Wanted { name, runtime, params } = serde_json::from_slice(&body)
        .map_err(|error| wrong(format!("요청을 읽을 수 없음: {error}")))?;
    let entry = rust_lab::find(&name).ok_or_else(|| {
        let message = format!("{name}: 등록되지 않은 실험임");
        Refusal::new(StatusCode::NOT_FOUND, message)
    })?;
    if let (Runtime::Python, Python::None(why)) =
        (runtime, &entry.experiment.python)
    {
        return Err(wrong(format!("Python 대응물이 없음: {why}")));
    }
    let pairs = params.iter().map(|(name, text)| (&**name, &**text));
    let values = entry.table().parse(pairs, Scope::Native);
    let values = values.map_err(|failure| wrong(failure.to_string()))?;
    Ok((entry, runtime, values))
}

// ── 실행 ───────────────────────────────────────────────────────────────

struct Run {
    local: Arc<Local>,
    entry: &'static Entry,
    values: Values,
    /// 듣는 쪽이 사라지면 닫힘.
    events: mpsc::Sender<Event>,
}

/// 성공하지 못한 까닭: 카드에 그대로 보이는 글.
type Outcome<T> = Result<T, String>;

/// 끝난 프로세스.
struct Ended {
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: String,
}

impl Run {
    /// 예제를 빌드하고 돌림.
    async fn native(&self) -> Outcome<String> {
        let program = self.program().await?;
        self.tell("실행하는 중").await;
        let mut command = Command::new(program);
        command.args(self.entry.table().flags(&self.values)).args([
            "--json",
            "--measure",
            "--progress",
        ]);
        let missing = |error| format!("예제를 시작하지 못함: {error}");
        let ended = self.limited(command, missing).await?;
        let json = String::from_utf8(self.succeeded(ended)?.stdout);
        json.map_err(|_| "예제의 출력이 글이 아님".to_owned())
    }

    /// 빌드한 예제의 자리. 이미 있으면 금방임.
    async fn program(&self) -> Outcome<PathBuf> {
        self.tell("빌드하는 중").await;
        let arguments = (self.local.build)(&self.local.root, self.entry)
            .map_err(|error| format!("{error:#}"))?;
        let mut cargo = Command::new("cargo");
        cargo.args(arguments).arg("--message-format=json-render-diagnostics");
        let missing = |error| format!("cargo를 시작하지 못함: {error}");
        let hear =
            |line: &str| Some(Event::Detail { text: line.trim().to_owned() });
        let ended =
            self.process(cargo, BUILD_TIME, None, missing, hear).await?;
        if !ended.status.success() {
            return Err(format!("빌드하지 못함\n{}", ended.stderr));
        }
        let lines = String::from_utf8_lossy(&ended.stdout);
        let found = lines.lines().find_map(|line| {
            let message: Value = serde_json::from_str(line).ok()?;
            let ours = message["target"]["name"] == self.entry.name;
            let program = message["executable"].as_str().filter(|_| ours)?;
            Some(PathBuf::from(program))
        });
        found.ok_or_else(|| "cargo가 빌드한 예제를 알리지 않음".to_owned())
    }

    /// 대응물을, 옆에 NumPy 판이 있으면 그것도 돌림.
    async fn python(&self) -> Outcome<String> {
        let Entry { chapter, name, .. } = self.entry;
        self.tell(&format!("{INTERPRETER}로 실행하는 중")).await;
        let ended = self.script(&format!("src/{chapter}/{name}.py")).await?;
        let mut theirs = theirs(&self.succeeded(ended)?)?;
        let numpy = format!("src/{chapter}/{name}_numpy.py");
        if self.local.root.join(&numpy).exists() {
            self.tell("NumPy 판을 실행하는 중").await;
            let ended = self.script(&numpy).await?;
            if ended.status.code() == Some(NO_NUMPY) {
                theirs.notes.push(ended.stderr);
            } else {
                let more = self::theirs(&self.succeeded(ended)?)?;
                if more.checksum != theirs.checksum {
                    return Err(format!("{numpy}: 체크섬이 파이썬과 다름"));
                }
                theirs.timings.extend(more.timings);
                theirs.notes.extend(more.notes);
            }
        }
        serde_json::to_string(&theirs).map_err(|error| error.to_string())
    }

    async fn script(&self, path: &str) -> Outcome<Ended> {
        let mut python = Command::new(INTERPRETER);
        python
            .arg(path)
            .args(self.entry.table().flags(&self.values))
            .args(["--json", "--measure"])
            .envs(counterpart::ENV);
        self.limited(python, |error| counterpart::missing(&error)).await
    }

    async fn tell(&self, text: &str) {
        let _ = self.events.send(Event::State { text: text.to_owned() }).await;
    }

    /// 실험의 프로세스: 시간과 메모리의 한도 안에서.
    async fn limited(
        &self,
        mut command: Command,
        missing: impl Fn(io::Error) -> String,
    ) -> Outcome<Ended> {
        let Limits { time, memory } = self.local.limits;
        group::limit(&mut command, memory);
        let hear = |line: &str| {
            #[derive(Deserialize)]
            struct Progress {
                done: f64,
                label: String,
            }
            let Progress { done, label } = serde_json::from_str(line).ok()?;
            Some(Event::Progress { done, label })
        };
        self.process(command, time, Some(memory), missing, hear).await
    }

    /// 프로세스 하나를 끝까지. 듣는 쪽이 사라지거나 한도를 넘으면 멈춤.
    async fn process(
        &self,
        mut command: Command,
        time: Duration,
        memory: Option<u64>,
        missing: impl Fn(io::Error) -> String,
        hear: impl Fn(&str) -> Option<Event>,
    ) -> Outcome<Ended> {
        command
            .current_dir(&self.local.root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        group::lead(&mut command);
        let mut child = command.spawn().map_err(missing)?;
        let mut group = group::Group::of(&child);
        let tree = Tree::of(&child);
        let pipes = (child.stdout.take(), child.stderr.take());
        let finish = async {
            let (Some(stdout), Some(stderr)) = pipes else {
                return Err(io::Error::other("파이프가 없음"));
            };
            let status = async {
                let status = child.wait().await;
                // 남은 자식이 쥔 파이프의 끝을 기다리지 않음
                group.kill();
                status
            };
            let (status, stdout, stderr) = tokio::try_join!(
                status,
                all(stdout),
                self.last_lines(stderr, hear),
            )?;
            Ok(Ended { status, stdout, stderr })
        };
        let why = tokio::select! {
            done = finish => return done.map_err(|error| error.to_string()),
            () = self.events.closed() => "듣는 쪽이 사라져 멈춤".to_owned(),
            () = sleep(time) => {
                format!("시간 한도 {}초를 넘어 멈춤", time.as_secs())
            }
            most = tree.outgrows(memory) => outgrown(most),
        };
        group.interrupt();
        let _ = timeout(GRACE, child.wait()).await;
        Err(why)
    }

    /// 줄마다 알릴 것을 알리고, 진행이 아닌 마지막 줄들을 남김.
    async fn last_lines(
        &self,
        from: impl AsyncRead + Unpin,
        hear: impl Fn(&str) -> Option<Event>,
    ) -> io::Result<String> {
        let mut tail = VecDeque::new();
        let mut lines = BufReader::new(from).split(b'\n');
        while let Some(line) = lines.next_segment().await? {
            let line = String::from_utf8_lossy(&line).into_owned();
            let event = hear(&line);
            if !matches!(event, Some(Event::Progress { .. })) {
                tail.push_back(line);
                tail.drain(..tail.len().saturating_sub(TAIL));
            }
            // 느린 상대에게는 진행을 건너뜀
            let _ = event.map(|event| self.events.try_send(event));
        }
        Ok(Vec::from(tail).join("\n").trim().to_owned())
    }

    fn succeeded(&self, ended: Ended) -> Outcome<Ended> {
        if ended.status.success() {
            return Ok(ended);
        }
        let Ended { status, stderr, .. } = ended;
        let short = ["memory allocation of", "MemoryError"];
        if short.iter().any(|sign| stderr.contains(sign)) {
            return Err(outgrown(self.local.limits.memory));
        }
        if stderr.is_empty() {
            return Err(format!("프로세스가 실패함: {status}"));
        }
        Err(stderr)
    }
}

fn outgrown(memory: u64) -> String {
    format!("메모리 한도 {} MiB를 넘어 멈춤", memory >> 20)
}

async fn all(mut from: impl AsyncRead + Unpin) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).await?;
    Ok(bytes)
}

fn theirs(ended: &Ended) -> Outcome<Theirs> {
    serde_json::from_slice(&ended.stdout)
        .map_err(|error| format!("Python의 출력을 읽을 수 없음: {error}"))
}

/// 프로세스와 그 자식들을 한꺼번에.
#[cfg(unix)]
mod group {
    use rustix::process::{
        Pid, Resource, Rlimit, Signal, getrlimit, kill_process_group,
        setrlimit,
    };

    use super::{Child, Command};

    /// 놓으면 모두 끝남: 서버가 끝날 때도 같음.
    pub struct Group(Option<Pid>);

    impl Group {
        pub fn of(child: &Child) -> Self {
            let id = child.id().and_then(|id| i32::try_from(id).ok());
            Group(id.and_then(Pid::from_raw))
        }

        /// Ctrl-C: 만들던 파일을 스스로 치울 기회.
        pub fn interrupt(&self) {
            self.signal(Signal::INT);
        }

        /// 한 번만: 끝난 뒤에는 남이 그 번호를 쓸 수 있음.
        pub fn kill(&mut self) {
            self.signal(Signal::KILL);
            self.0 = None;
        }

        fn signal(&self, signal: Signal) {
            // 이미 끝났으면 보낼 곳이 없음
            let _ = self.0.map(|id| kill_process_group(id, signal));
        }
    }

    impl Drop for Group {
        fn drop(&mut self) {
            self.kill();
        }
    }

    /// 새 그룹의 우두머리로.
    pub fn lead(command: &mut Command) {
        command.process_group(0);
    }

    /// 쓸 수 있는 자료의 바이트. 주소만 잡아 두는 스레드의 스택은 세지 않음.
    pub fn limit(command: &mut Command, memory: u64) {
        let maximum = getrlimit(Resource::Data).maximum;
        let current = Some(maximum.map_or(memory, |most| most.min(memory)));
        let limit = Rlimit { current, maximum };
        let set = move || Ok(setrlimit(Resource::Data, limit)?);
        // SAFETY: fork와 exec 사이에는 잠금도 할당도 없이 시스템 호출 하나만 함
        unsafe { command.pre_exec(set) };
    }
}

/// 윈도: 죽은 부모의 자식까지 나무에서 찾아 끝냄. 메모리는 나무만 봄.
#[cfg(not(unix))]
mod group {
    use super::{Child, Command, Tree};

    pub struct Group(Tree);

    impl Group {
        pub fn of(child: &Child) -> Self {
            Group(Tree::of(child))
        }

        pub fn interrupt(&self) {}

        pub fn kill(&mut self) {
            self.0.kill();
        }
    }

    impl Drop for Group {
        fn drop(&mut self) {
            self.kill();
        }
    }

    pub fn lead(_: &mut Command) {}
    pub fn limit(_: &mut Command, _: u64) {}
}

#[cfg(test)]
mod tests;
