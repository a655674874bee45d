//! 필요한 도구를 찾고, 없으면 설치함. 다 있으면 0.1초 안에 끝남.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, Once, PoisonError};

use anyhow::Result;

use crate::sh::{self, Failure};

/// 표준 라이브러리 소스까지 갖춘, WASM을 빌드할 수 있는 도구 묶음.
pub struct WasmTools {
    pub rustc: PathBuf,
    /// `rustc`의 뿌리 폴더. 표준 라이브러리 소스가 이 아래에 있음.
    pub sysroot: PathBuf,
    /// `rust-lld`.
    pub linker: PathBuf,
}

const MINIMUM_RUST: u32 = 90;
const MINIMUM_NODE: u32 = 20;
const DEBIAN: &str = "/usr";
const DEBIAN_LLD: &str = "/usr/bin/rust-lld";
const EXE: &str = std::env::consts::EXE_SUFFIX;

/// WASM 빌드 도구를 찾고, 없으면 설치함.
///
/// 순서: 지금 쓰는 Rust → 이미 깔린 데비안의 Rust → `rustup`으로 소스 추가
/// → 데비안의 Rust 설치. 설치가 되었는지는 파일을 다시 찾아 확인함.
pub fn wasm_tools() -> Result<WasmTools> {
    let current = current_sysroot()?;
    if let Some(tools) = installed_tools(&current) {
        return Ok(tools);
    }
    let added =
        sh::step("표준 라이브러리 소스 받기 (rustup)", || {
            let mut rustup = Command::new("rustup");
            rustup.args(["component", "add", "rust-src"]);
            sh::run("rust-src 설치", "네트워크 확인", &mut rustup)
        });
    if let Some(tools) = installed_tools(&current) {
        return Ok(tools);
    }
    if has_apt() {
        install("rustc-web rust-web-src")?;
        if lld_in(&current).is_none() {
            install("rust-web-llvm")?;
            // 이 링크가 가리키는 lld는 의존성이 아니라 따로 깔아야 함
            if let Ok(lld) = fs::read_link(DEBIAN_LLD) {
                install(&lld.to_string_lossy())?;
            }
        }
        if let Some(tools) = installed_tools(&current) {
            return Ok(tools);
        }
    }
    let why = match added {
        Err(error) => error.to_string(),
        Ok(_) => "설치한 뒤에도 소스가 보이지 않음".to_owned(),
    };
    Err(Failure::new(
        "WASM 빌드에 쓸 표준 라이브러리 소스 준비",
        why,
        "네트워크를 확인하고 `rustup component add rust-src`",
    )
    .into())
}

fn current_sysroot() -> Result<PathBuf> {
    let path = sh::run(
        "지금 쓰는 Rust 찾기",
        "https://rustup.rs 를 보고 Rust 설치",
        Command::new("rustc").args(["--print", "sysroot"]),
    )?;
    Ok(PathBuf::from(path.trim()))
}

fn installed_tools(current: &Path) -> Option<WasmTools> {
    let linker = lld_in(current).or_else(|| {
        let lld = PathBuf::from(DEBIAN_LLD);
        lld.exists().then_some(lld)
    })?;
    [current, Path::new(DEBIAN)].into_iter().find_map(|sysroot| {
        let rustc = sysroot.join("bin").join(format!("rustc{EXE}"));
        let source = sysroot.join("lib/rustlib/src/rust/library/std");
        let usable = source.exists() && new_enough(&rustc);
        usable.then(|| WasmTools {
            rustc,
            sysroot: sysroot.to_owned(),
            linker: linker.clone(),
        })
    })
}

fn new_enough(rustc: &Path) -> bool {
    rustc
        .to_str()
        .and_then(|path| sh::ask(path, &["--version"]))
        .and_then(|text| number_after(&text, "rustc 1."))
        .is_some_and(|minor| minor >= MINIMUM_RUST)
}

fn lld_in(sysroot: &Path) -> Option<PathBuf> {
    let targets = fs::read_dir(sysroot.join("lib/rustlib")).ok()?;
    targets.flatten().find_map(|target| {
        let lld = target.path().join("bin").join(format!("rust-lld{EXE}"));
        lld.exists().then_some(lld)
    })
}

fn number_after(text: &str, prefix: &str) -> Option<u32> {
    let rest = text.strip_prefix(prefix)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

fn has_apt() -> bool {
    sh::ask("apt-get", &["--version"]).is_some()
}

/// 데비안 패키지를 설치함. 목록이 낡아 실패하면 한 번 갱신하고 다시 함.
/// 데비안 계열이 아니면 무엇이 없는지와 설치하는 법을 말하고 그만둠.
fn install(packages: &str) -> Result<()> {
    if !has_apt() {
        return Err(Failure::new(
            format!("{packages} 찾기"),
            "없음. 데비안 계열이 아니어서 설치하지 못함",
            by_hand(packages, std::env::consts::OS),
        )
        .into());
    }
    static UPDATED: Once = Once::new();
    // apt는 한 번에 하나만 일함
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let fix =
        format!("sudo apt-get update && sudo apt-get install {packages}");
    let apt = |arguments: &str| {
        let mut command = if sh::ask("id", &["-u"]).as_deref() == Some("0") {
            Command::new("apt-get")
        } else {
            let mut sudo = Command::new("sudo");
            sudo.args(["-n", "apt-get"]);
            sudo
        };
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(arguments.split(' '));
        sh::run(&format!("{packages} 설치"), &fix, &mut command)
    };
    let add = format!("install -y --no-install-recommends {packages}");
    sh::step(&format!("{packages} 설치 (apt-get)"), || {
        let mut result = apt(&add);
        if result.is_err() {
            UPDATED.call_once(|| result = apt("update -qq"));
            result?;
            result = apt(&add);
        }
        result.map(drop)
    })
}

/// 데비안 패키지 `package`에 든 것을 다른 운영체제에서 설치하는 법.
fn by_hand(package: &str, os: &str) -> String {
    let known = match (os, package) {
        ("macos", "chromium") => "brew install --cask google-chrome",
        ("macos", "firefox-esr") => "brew install --cask firefox",
        ("macos", "nats-server") => "brew install nats-server",
        ("windows", "chromium") => "winget install --exact --id Google.Chrome",
        ("windows", "firefox-esr") => {
            "winget install --exact --id Mozilla.Firefox"
        }
        (_, "nats-server") => {
            "https://github.com/nats-io/nats-server/releases 에서 받아 \
             PATH에 둠"
        }
        _ => {
            return format!("데비안의 `{package}`에 해당하는 것을 설치");
        }
    };
    known.to_owned()
}

/// 시험용 크로미엄. 없으면 데비안 것을 설치함.
pub fn chromium() -> Result<PathBuf> {
    browser(
        &[
            "chromium",
            "chromium-browser",
            "google-chrome",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "C:/Program Files/Google/Chrome/Application/chrome.exe",
        ],
        "chromium",
    )
}

/// 시험용 파이어폭스. 없으면 데비안 것을 설치함.
pub fn firefox() -> Result<PathBuf> {
    browser(
        &[
            "firefox-esr",
            "firefox",
            "/Applications/Firefox.app/Contents/MacOS/firefox",
            "C:/Program Files/Mozilla Firefox/firefox.exe",
        ],
        "firefox-esr",
    )
}

/// 진짜 작업 큐. 없으면 데비안 것을 설치함: 그 시험은 없으면 건너뜀.
pub fn nats_server() -> Result<()> {
    let sbin = Path::new("/usr/sbin/nats-server");
    let name = format!("nats-server{EXE}");
    if find_program(&name).is_some() || sbin.is_file() {
        return Ok(());
    }
    install("nats-server")
}

fn browser(names: &[&str], package: &str) -> Result<PathBuf> {
    if let Some(found) = names.iter().find_map(|name| find_program(name)) {
        return Ok(found);
    }
    install(package)?;
    Ok(Path::new("/usr/bin").join(package))
}

/// 한글 글꼴. 없으면 화면 시험의 그림이 네모로 나옴.
pub fn korean_font() -> Result<()> {
    // 두 브라우저의 시험이 함께 물음: 하나만 설치함
    static ASKING: Mutex<()> = Mutex::new(());
    let _asking = ASKING.lock().unwrap_or_else(PoisonError::into_inner);
    let found = sh::ask("fc-list", &[":lang=ko", "family"]);
    if lacks_korean(std::env::consts::OS, found.as_deref(), has_apt) {
        install("fonts-noto-cjk")?;
    }
    Ok(())
}

/// `fonts`는 fontconfig의 답. macOS와 윈도에는 한글 글꼴이 늘 있고, 물어볼
/// fontconfig도 설치할 apt도 없으면 있다고 봄.
fn lacks_korean(os: &str, fonts: Option<&str>, apt: fn() -> bool) -> bool {
    match fonts {
        _ if matches!(os, "macos" | "windows") => false,
        Some(fonts) => fonts.is_empty(),
        None => apt(),
    }
}

fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Node와 npm이 있고 새로운지 확인함.
pub fn node() -> Result<()> {
    let fix = "https://nodejs.org 에서 20 이상을 설치";
    let what = "Node 확인";
    let Some(version) = sh::ask("node", &["--version"]) else {
        return Err(Failure::new(what, "`node` 명령이 없음", fix).into());
    };
    if number_after(&version, "v").is_none_or(|major| major < MINIMUM_NODE) {
        let why = format!("Node {version}: {MINIMUM_NODE} 이상이어야 함");
        return Err(Failure::new(what, why, fix).into());
    }
    if find_program(NPM).is_none() {
        return Err(Failure::new(what, "`npm` 명령이 없음", fix).into());
    }
    Ok(())
}

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// 잠금 파일대로 npm 패키지를 설치함. 이미 그대로이면 아무것도 하지 않음.
pub fn npm_ci(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    // 설치한 잠금 파일의 사본. npm이 폴더를 지우면 같이 사라짐
    let installed = folder.join("node_modules/.installed-lock.json");
    let wanted = fs::read(&lock)?;
    if fs::read(&installed).is_ok_and(|present| present == wanted) {
        return Ok(());
    }
    node()?;
    sh::step("npm 패키지 설치", || {
        let mut npm = Command::new(NPM);
        npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(folder);
        sh::run(
            "페이지를 만드는 npm 패키지 설치",
            "네트워크를 확인하고 theme 폴더에서 `npm ci`",
            &mut npm,
        )
    })?;
    fs::write(installed, wanted)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(number_after("rustc 1.96.0 (a)", "rustc 1."), Some(96));
        assert_eq!(number_after("v20.20.2", "v"), Some(20));
        assert_eq!(number_after("v", "v"), None);
        assert_eq!(number_after("20", "v"), None);
    }

    #[test]
    fn fonts_are_missed_only_where_they_can_be() {
        let (yes, no) = (|| true, || false);
        assert!(lacks_korean("linux", Some(""), no));
        assert!(lacks_korean("linux", None, yes));
        assert!(!lacks_korean("linux", None, no));
        assert!(!lacks_korean("linux", Some("Noto Sans CJK KR"), yes));
        assert!(!lacks_korean("macos", None, no));
        assert!(!lacks_korean("windows", Some(""), no));
    }

    #[test]
    fn each_system_is_told_its_own_way() {
        for (package, os, expected) in [
            ("chromium", "macos", "brew install --cask google-chrome"),
            ("firefox-esr", "windows", "Mozilla.Firefox"),
            ("nats-server", "windows", "/nats-io/nats-server/releases"),
            ("firefox-esr", "linux", "`firefox-esr`에 해당하는 것"),
        ] {
            let told = by_hand(package, os);
            assert!(told.contains(expected), "{told}");
            assert!(!told.contains("apt-get"), "{told}");
        }
    }
}
