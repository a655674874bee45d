//! 책을 만듦: mdBook을 프로세스 안에서 부름.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, bail};
use mdbook_driver::MDBook;
use tracing::field::{Field, Visit};
use tracing::span;

use crate::preprocess::Lab;
use crate::render::Pages;
use crate::sh::misuse;
use crate::{lint, sh};

/// `cargo book build [--only <장>] [--base /x/]`의 장과 경로. `--only`는 고치는
/// 동안 그 장의 WASM만 새로 만듦.
pub fn arguments(args: &[String]) -> Result<(Option<&str>, Option<&str>)> {
    let (only, rest) = match args {
        [flag, chapter, rest @ ..] if flag == "--only" => {
            if !rust_lab::chapters().any(|name| name == chapter) {
                return Err(misuse(format!(
                    "--only: `{chapter}` — 없는 장임"
                )));
            }
            (Some(chapter.as_str()), rest)
        }
        _ => (None, args),
    };
    match rest {
        [] => Ok((only, None)),
        [flag, base] if flag == "--base" => Ok((only, Some(checked(base)?))),
        _ => Err(misuse("쓰는 법: cargo book build [--base /x/]")),
    }
}

/// 책을 만들고, 없는 것을 가리키는 글이 있으면 경고함.
pub fn make(root: &Path, out: &Path, base: Option<&str>) -> Result<()> {
    sh::step("책 만들기", || build(root, out, base, Driver::InProcess))?;
    lint::warn(root, &root.join(out))
}

/// 저장소의 뿌리. `cargo`는 하위 폴더에서 불러도 됨.
pub fn root() -> Result<PathBuf> {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = xtask.parent().context("xtask의 부모 폴더")?;
    Ok(root.to_owned())
}

/// 전처리기를 부르는 두 길. 결과는 같아야 함.
#[derive(Clone, Copy, PartialEq)]
pub enum Driver {
    /// `cargo book build`: 프로세스 안에서 부름.
    InProcess,
    /// `mdbook build`: `book.toml`의 명령을 부름.
    Command,
}

/// `root`의 책을 `out`에 만듦. mdBook의 경고는 오류로 봄: 빠진 포함 파일과
/// 어긋난 HTML을 mdBook은 경고만 하고 0으로 끝냄.
///
/// `base`는 책이 놓일 주소의 경로(`/x/`)이고, 없으면 `/`. 404 쪽만 이것을 씀.
pub fn build(
    root: &Path,
    out: &Path,
    base: Option<&str>,
    driver: Driver,
) -> Result<()> {
    no_warnings(|| {
        let mut book = MDBook::load(root)?;
        book.config.build.build_dir = out.to_owned();
        if let Some(base) = base {
            book.config.set("output.html.site-url", base)?;
        }
        if driver == Driver::InProcess {
            book.with_preprocessor(Lab);
            book.with_renderer(Pages);
        }
        book.build()
    })
}

/// mdBook의 경고를 오류로 봄.
pub fn no_warnings(work: impl FnOnce() -> Result<()>) -> Result<()> {
    let warnings = Warnings::default();
    let found = Arc::clone(&warnings.0);
    tracing::subscriber::with_default(warnings, work)?;
    let found = found.lock().expect("경고를 모으는 중 패닉");
    if !found.is_empty() {
        bail!("mdBook의 경고:\n{}", found.join("\n"));
    }
    Ok(())
}

fn checked(base: &str) -> Result<&str> {
    if base.starts_with('/') && base.ends_with('/') {
        return Ok(base);
    }
    Err(misuse(format!(
        "--base: `{base}` — `/`로 시작하고 `/`로 끝나야 함. 예: /notes/"
    )))
}

/// 경고와 오류만 모음.
#[derive(Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Warnings {
    fn enabled(&self, about: &tracing::Metadata<'_>) -> bool {
        *about.level() <= tracing::Level::WARN
            && about.target().starts_with("mdbook")
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let mut text = Message(String::new());
        event.record(&mut text);
        // 검색은 우리 것을 쓰므로 빼고 컴파일함
        if !text.0.contains("search") {
            self.0.lock().expect("경고를 모으는 중 패닉").push(text.0);
        }
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            let _ = write!(self.0, "{value:?}");
        }
    }
}
