//! `cargo book serve`: 만들고, 보여 주고, 고치면 다시 만듦.

use std::io::ErrorKind;
use std::num::NonZero;
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, SystemTime};
use std::{fs, mem};

use anyhow::{Context as _, Result, bail};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::watch;
use tower_http::services::{ServeDir, ServeFile};

use crate::book;
use crate::example;
use crate::local::{self, Local};
use crate::sh::{self, Failure};

const PORT: u16 = 3000;
/// 이미 쓰이고 있으면 더 해 보는 포트의 수.
const NEIGHBOURS: u16 = 20;

/// `theme/head.hbs`의 것과 같음. 작업자는 제 응답의 머리에서 정책을 받음.
pub const POLICY: &str = "default-src 'self'; \
    script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
    connect-src 'self'; object-src 'none'; base-uri 'none'; \
    form-action 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // 남의 쪽이 책을 끼워 넣고 실행 버튼을 누르게 하지 못함
    (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
    (header::CACHE_CONTROL, "no-cache"),
];

/// `cargo book serve [--port 3000]`.
pub fn main(args: &[String]) -> Result<()> {
    let ports = match args {
        [] => PORT..=PORT + NEIGHBOURS,
        [flag, port] if flag == "--port" => {
            let port: NonZero<u16> = port.parse().map_err(|_| {
                sh::misuse(format!(
                    "--port: `{port}` — 1에서 65535 사이여야 함"
                ))
            })?;
            port.get()..=port.get()
        }
        _ => {
            return Err(sh::misuse("쓰는 법: cargo book serve [--port 3000]"));
        }
    };
    let root = book::root()?;
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    // 몇 분 동안 만든 뒤에야 포트가 없다고 말하지 않도록 먼저 잡음
    let listener = runtime.block_on(listen(ports))?;
    let port = listener.local_addr()?.port();
    // 만드는 몇 분 동안 고친 것도 놓치지 않음
    let watched = watch_files(&root)?;
    cargo_book(&root, &["prepare"])?;
    let dest = root.join("book");
    book::make(&root, &dest, None)?;

    let (version, changed) = watch::channel(0u32);
    let local = Local::new(&root, example::build, local::LIMITS)?;
    let app = router(&dest, changed, local);
    std::thread::spawn({
        let (root, dest) = (root.clone(), dest.clone());
        move || {
            let (_watcher, events) = watched;
            keep_fresh(&root, &dest, &events, &version);
        }
    });
    eprintln!("▸ http://127.0.0.1:{port} — 끝내려면 Ctrl-C");
    runtime.block_on(until_told(listener, app))?;
    // 로컬 실험실이 돌리던 프로세스는 여기서 끝남
    drop(runtime);
    Ok(())
}

/// 끝내라는 신호가 올 때까지. 신호를 받지 않으면 자식들이 남음.
async fn until_told(listener: TcpListener, app: Router) -> Result<()> {
    let told = told_to_end()?;
    tokio::select! {
        served = async { axum::serve(listener, app).await } => Ok(served?),
        _ = told => Ok(()),
    }
}

/// Ctrl-C, `kill`, 닫힌 터미널.
#[cfg(unix)]
fn told_to_end() -> Result<impl Future> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn told_to_end() -> Result<impl Future> {
    Ok(tokio::signal::ctrl_c())
}

/// 처음으로 비어 있는 포트.
async fn listen(ports: RangeInclusive<u16>) -> Result<TcpListener> {
    let last = *ports.end();
    for port in ports {
        let error = match TcpListener::bind(("127.0.0.1", port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) => error,
        };
        let taken = error.kind() == ErrorKind::AddrInUse;
        if taken && port < last {
            eprintln!("{port}번 포트는 다른 프로그램이 쓰고 있음: 다음 것");
            continue;
        }
        let why = match taken {
            true => "다른 프로그램이 이미 쓰고 있음".to_owned(),
            false => error.to_string(),
        };
        let next = port.checked_add(1).unwrap_or(PORT);
        let fix = format!("cargo book serve --port {next}");
        return Err(
            Failure::new(format!("{port}번 포트 열기"), why, fix).into()
        );
    }
    bail!("열 포트가 없음")
}

// ── 응답 ───────────────────────────────────────────────────────────────

/// `dest`를 머리와 함께 내보내고, `changed`가 늘면 쪽이 다시 읽게 함.
pub fn router(
    dest: &Path,
    changed: watch::Receiver<u32>,
    local: Local,
) -> Router {
    let edition = Edition::new(changed);
    let missing = ServeFile::new(dest.join("404.html"));
    let files = ServeDir::new(dest).not_found_service(missing);
    Router::new()
        .route("/_lab/reload.js", get(reload_script))
        .route("/_lab/edition", get(edition_now))
        .with_state(edition.clone())
        .merge(local::router(local))
        .fallback_service(files)
        .layer(middleware::from_fn_with_state(edition, add_head))
        .layer(middleware::from_fn(local::own_host))
        .layer(middleware::map_response(sign))
}

/// 쪽이 제 판을 알고, 1초마다 지금의 판을 물음. 기다리는 요청을 걸어 두면
/// 탭 여섯 개로 브라우저의 연결이 다 참.
const RELOAD: &str = "\
const { edition } = document.currentScript.dataset;
const look = async () => {
  if (!document.hidden) {
    const ask = fetch('/_lab/edition', { cache: 'no-store' });
    const now = await ask.then(
      (answer) => (answer.ok ? answer.text() : edition),
      () => edition,
    );
    if (now !== edition) return location.reload();
  }
  setTimeout(look, 1000);
};
look();
";

/// 지금의 판: 서버가 뜬 때와, 그 뒤로 다시 만든 횟수.
#[derive(Clone)]
struct Edition {
    born: u128,
    made: watch::Receiver<u32>,
}

impl Edition {
    fn new(made: watch::Receiver<u32>) -> Self {
        let age = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Edition { born: age.unwrap_or_default().as_millis(), made }
    }

    fn name(&self) -> String {
        format!("{}-{}", self.born, *self.made.borrow())
    }
}

async fn reload_script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript")], RELOAD)
}

async fn edition_now(State(edition): State<Edition>) -> String {
    edition.name()
}

async fn sign(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // 원본은 내려받지 않고 그 자리에서 읽음
    let source = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "text/x-rust" || kind == "text/x-python");
    if source {
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, plain);
    }
    response
}

/// 정적 호스트에는 없는 두 줄.
async fn add_head(
    State(edition): State<Edition>,
    request: Request,
    next: Next,
) -> Response {
    // 파일보다 먼저 읽음: 그사이 다시 만들었으면 쪽이 곧 다시 읽음
    let edition = edition.name();
    // 받아 두려고 판의 이름을 붙여 부르는 쪽은 목록의 것과 같아야 함
    let kept = request.uri().query().is_some_and(|q| q.starts_with("b="));
    let response = next.run(request).await;
    if kept {
        return response;
    }
    let kind = response.headers().get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| kind != "text/html") {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Response::from_parts(parts, Body::empty());
    };
    let head = format!(
        "{}<script src=\"/_lab/reload.js\" data-edition=\"{edition}\" \
         defer></script>\n</head>",
        local::META
    );
    let page = String::from_utf8_lossy(&body).replace("</head>", &head);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(page))
}

// ── 다시 만들기 ────────────────────────────────────────────────────────

/// 무엇까지 다시 만들어야 하나. 뒤의 것이 앞의 것을 품음.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stale {
    /// 글, Python, 틀, CSS.
    Book,
    /// TypeScript.
    Page,
    /// 한 장의 Rust: 그 장의 WASM도, 카드를 그리는 이 프로그램도 바뀜.
    Chapter(String),
    /// 모든 장이 함께 쓰는 Rust.
    All,
}

impl Stale {
    /// 둘 다 새로 만들 수 있는 것.
    fn or(self, other: Stale) -> Stale {
        match (&self, &other) {
            (Stale::Chapter(a), Stale::Chapter(b)) if a != b => Stale::All,
            _ => self.max(other),
        }
    }
}

/// 실험의 코드에 들어가는 기록.
const EMBEDDED: [&str; 4] =
    ["sum_builds", "diffusion", "lessons_baseline", "lessons_memory_costs"];

fn stale(root: &Path, path: &Path) -> Option<Stale> {
    const MADE: &[&str] =
        &["_assets", "node_modules", "__pycache__", "target", "book"];
    let path = path.strip_prefix(root).ok()?;
    let mut parts = path.components().map(|part| part.as_os_str());
    if parts.any(|part| MADE.iter().any(|made| part == *made)) {
        return None;
    }
    // 뿌리에서는 책의 설정만
    if path.parent() == Some(Path::new("")) {
        return match path.to_str()? {
            "book.toml" => Some(Stale::Book),
            "Cargo.toml" => Some(Stale::All),
            _ => None,
        };
    }
    if path == Path::new("src/sw.js") {
        return None;
    }
    let stem = path.file_stem()?.to_str()?;
    match path.extension()?.to_str()? {
        "md" | "py" | "hbs" | "css" | "js" | "svg" => Some(Stale::Book),
        "json" if path.starts_with("theme") => Some(Stale::Page),
        "json" if EMBEDDED.contains(&stem) => Some(Stale::All),
        "json" => Some(Stale::Book),
        "ts" | "mjs" => Some(Stale::Page),
        // 실험이 읽는 말의 목록도 코드에 들어감
        "rs" | "txt" => Some(match chapter_of(path) {
            Some(name) if !is_shared(root, &name) => Stale::Chapter(name),
            _ => Stale::All,
        }),
        "toml" => Some(Stale::All),
        _ => None,
    }
}

/// `src/dicts/keys.rs` → `dicts`.
fn chapter_of(path: &Path) -> Option<String> {
    let folder = path.strip_prefix("src").ok()?.parent()?.to_str()?;
    rust_lab::chapters().find(|name| *name == folder).map(str::to_owned)
}

/// 다른 장도 쓰는 장인가.
fn is_shared(root: &Path, name: &str) -> bool {
    let uses = format!("\n{name}.workspace");
    rust_lab::chapters().any(|other| {
        let manifest = root.join("src").join(other).join("Cargo.toml");
        fs::read_to_string(manifest).is_ok_and(|text| text.contains(&uses))
    })
}

/// 고친 것을 알려 올 곳. 앞의 것을 놓으면 알리지 않음.
fn watch_files(root: &Path) -> Result<(RecommendedWatcher, Changes)> {
    let (send, events) = channel();
    let mut watcher = notify::recommended_watcher(send)?;
    let mut watch = |path: &Path, mode| {
        let watched = watcher.watch(path, mode);
        watched.with_context(|| format!("{}를 지켜봄", path.display()))
    };
    // 파일 하나를 지켜보면 편집기가 새 파일로 갈아 끼울 때 놓침
    watch(root, RecursiveMode::NonRecursive)?;
    for name in ["src", "theme", "wasm", "data", "xtask/src"] {
        watch(&root.join(name), RecursiveMode::Recursive)?;
    }
    Ok((watcher, events))
}

fn keep_fresh(
    root: &Path,
    dest: &Path,
    events: &Changes,
    version: &watch::Sender<u32>,
) {
    let (mut owed, mut old) = (None, false);
    while let Some(now) = next_change(root, events) {
        // 만들지 못한 것은 다음에 함께 만듦
        let stale = match owed.take() {
            Some(before) => Stale::or(before, now),
            None => now,
        };
        if matches!(stale, Stale::Chapter(_) | Stale::All)
            && !mem::replace(&mut old, true)
        {
            eprintln!(
                "  새 실험과 바뀐 매개변수를 '내 컴퓨터'에서 돌리려면 서버를 \
                 다시 띄움"
            );
        }
        match remake(root, dest, &stale, old) {
            Ok(()) => version.send_modify(|n| *n += 1),
            // 고치는 중의 오류는 흔함: 서버는 앞의 책을 계속 보여 줌
            Err(error) => {
                eprintln!("{error:#}");
                owed = Some(stale);
            }
        }
    }
}

type Changes = Receiver<notify::Result<notify::Event>>;

/// 잠잠해질 때까지 모은 변화. 편집기는 한 번 저장에 여러 사건을 냄.
fn next_change(root: &Path, events: &Changes) -> Option<Stale> {
    let mut found: Option<Stale> = None;
    loop {
        let event = match &found {
            None => events.recv().ok()?,
            Some(_) => match events.recv_timeout(Duration::from_millis(120)) {
                Ok(event) => event,
                Err(RecvTimeoutError::Timeout) => return found,
                Err(RecvTimeoutError::Disconnected) => return None,
            },
        };
        let Ok(event) = event else { continue };
        if event.kind.is_access() {
            continue;
        }
        for path in &event.paths {
            let Some(what) = stale(root, path) else { continue };
            let all = match found.clone() {
                None => what,
                Some(before) => before.or(what),
            };
            if found.as_ref() != Some(&all) {
                let path = path.strip_prefix(root).unwrap_or(path);
                eprintln!("▸ 바뀜: {}", path.display());
                found = Some(all);
            }
        }
    }
}

/// `old`: Rust를 고쳐 이 프로그램이 지난 것이 되었는가. 그 뒤로는 카드를
/// 그리는 일도 새 프로그램에게 시킴.
fn remake(root: &Path, dest: &Path, stale: &Stale, old: bool) -> Result<()> {
    match stale {
        Stale::Book if !old => book::make(root, dest, None),
        Stale::Chapter(name) => cargo_book(root, &["build", "--only", name]),
        Stale::Book | Stale::All | Stale::Page => cargo_book(root, &["build"]),
    }
}

fn cargo_book(root: &Path, command: &[&str]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["run", "--quiet", "--package", "xtask", "--"])
        .args(command)
        .current_dir(root)
        .status()?;
    // 까닭은 그 명령이 이미 말했음
    if !status.success() {
        bail!("`cargo book {}` 실패", command.join(" "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_change_makes_stale() {
        let root = Path::new("/r");
        let of = |path: &str| stale(root, &root.join(path));
        assert_eq!(of("src/dicts/README.md"), Some(Stale::Book));
        assert_eq!(of("src/dicts/dict_probe.py"), Some(Stale::Book));
        assert_eq!(of("theme/css/base.css"), Some(Stale::Book));
        assert_eq!(of("theme/src/search.ts"), Some(Stale::Page));
        let dicts = Some(Stale::Chapter("dicts".to_owned()));
        assert_eq!(of("src/dicts/dict_probe.rs"), dicts);
        assert_eq!(of("src/lab/rng.rs"), Some(Stale::All));
        let intro = of("src/intro/first_run.rs");
        let both = dicts.zip(intro).map(|(a, b)| a.or(b));
        assert_eq!(both, Some(Stale::All));
        assert_eq!(of("src/_assets/search.json"), None);
        assert_eq!(of("theme/node_modules/x/y.ts"), None);
        assert_eq!(of("data/measured/julia.json"), Some(Stale::Book));
        assert_eq!(of("data/measured/diffusion.json"), Some(Stale::All));
        assert_eq!(of("book.toml"), Some(Stale::Book));
        assert_eq!(of("Cargo.toml"), Some(Stale::All));
        assert_eq!([of("README.md"), of("Cargo.lock")], [None, None]);
    }

    /// 다른 장이 쓰는 장을 고치면 그 장들의 WASM도 낡음.
    #[test]
    fn a_shared_chapter_makes_all_stale() {
        let root = book::root().unwrap();
        let of = |path: &str| stale(&root, &root.join(path));
        assert_eq!(of("src/dicts/dict_probe.rs"), Some(Stale::All));
        let intro = Some(Stale::Chapter("intro".to_owned()));
        assert_eq!(of("src/intro/first_run.rs"), intro);
    }

    /// 코드에 담는 기록이 늘면 여기의 목록도 늘어야 함.
    #[test]
    fn every_embedded_record_is_listed() {
        let root = book::root().unwrap();
        let sources = rust_lab::chapters().flat_map(|chapter| {
            let folder = fs::read_dir(root.join("src").join(chapter)).unwrap();
            folder.map(|file| file.unwrap().path())
        });
        for path in
            sources.filter(|path| path.extension().is_some_and(|e| e == "rs"))
        {
            let text = fs::read_to_string(&path).unwrap();
            for (at, start) in text.match_indices("data/measured/") {
                let name = &text[at + start.len()..];
                let Some((name, _)) = name.split_once(".json\"") else {
                    continue;
                };
                assert!(
                    EMBEDDED.contains(&name),
                    "{}: {name}",
                    path.display()
                );
            }
        }
    }

    #[test]
    fn changes_in_two_chapters_are_all_made_again() {
        let root = Path::new("/r");
        for pair in [["lists", "dicts"], ["dicts", "lists"]] {
            let (send, events) = channel();
            for chapter in pair {
                let path = root.join("src").join(chapter).join("lib.rs");
                let event = notify::Event::new(notify::EventKind::Any);
                send.send(Ok(event.add_path(path))).unwrap();
            }
            assert_eq!(next_change(root, &events), Some(Stale::All));
        }
    }

    #[test]
    fn a_taken_port_gives_way_to_the_next_free_one() {
        let runtime = Builder::new_current_thread().enable_io().build();
        runtime.unwrap().block_on(async {
            // 바로 뒤의 포트들이 있는 번호
            let (taken, port) = loop {
                let any = listen(0..=0).await.unwrap();
                let port = any.local_addr().unwrap().port();
                if port < u16::MAX - NEIGHBOURS {
                    break (any, port);
                }
            };
            let next = listen(port..=port + NEIGHBOURS).await.unwrap();
            assert!(next.local_addr().unwrap().port() > port);
            // 말한 포트가 쓰이고 있으면 다른 것을 열지 않음
            let refused = listen(port..=port).await.unwrap_err().to_string();
            assert!(refused.contains(&format!("{port}번 포트")), "{refused}");
            drop(taken);
        });
    }

    /// 신호를 받지 않고 끝나면 로컬 실험실의 자식들이 남음.
    #[cfg(unix)]
    #[test]
    fn a_signal_ends_the_server_in_order() {
        use rustix::process::{Signal, getpid, kill_process};
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

        let runtime = Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(async {
            for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
                let listener = listen(0..=0).await.unwrap();
                let address = listener.local_addr().unwrap();
                let serving =
                    tokio::spawn(until_told(listener, Router::new()));
                // 답했으면 신호도 기다리는 중임
                let mut client =
                    tokio::net::TcpStream::connect(address).await.unwrap();
                client.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
                client.read_to_end(&mut Vec::new()).await.unwrap();
                kill_process(getpid(), signal).unwrap();
                serving.await.unwrap().unwrap();
            }
        });
    }

    #[test]
    fn page_server_and_worker_state_one_policy() {
        let head = include_str!("../../theme/head.hbs");
        let live = "{{#if live_reload_endpoint}} 'unsafe-inline'{{/if}}";
        assert!(head.replace(live, "").contains(POLICY));
        let worker = include_str!("../../theme/src/sw.ts");
        for directive in POLICY.split("; ") {
            assert!(worker.contains(&format!("\"{directive}\"")));
        }
    }
}
