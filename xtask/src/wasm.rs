//! WASM 빌드: 한 소스에서 SIMD와 스레드가 켜진 모듈을 만듦.
//!
//! cargo(표준 라이브러리까지 다시 컴파일) → wasm-bindgen. wasm-opt는 쓰지 않음:
//! LTO를 거친 모듈에서는 2 % 작아질 뿐 빨라지지 않고, 장마다 10초가 듦.
//! 원자 연산을 켠 표준 라이브러리는 배포되지 않으므로 직접 빌드해야 함.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use rayon::prelude::*;
use rust_lab::chapters;
use wasm_bindgen_cli_support::Bindgen;

use crate::prepare::{self, WasmTools};
use crate::sh::{self, Failure};

/// 공유 메모리의 선언된 상한. 공유 메모리는 상한 없이 만들 수 없음.
const MAX_MEMORY: u64 = 1 << 30;

/// 공유 메모리와 스레드별 저장소(TLS)가 작동하는 데 필요한 컴파일 선택.
const FLAGS: &[&str] = &[
    "-Ctarget-feature=+atomics,+bulk-memory,+mutable-globals,+simd128",
    // 벡터로 만드는 일은 켠 채 펼쳐 넣기만 줄임: opt-level "s"는 LTO에서
    // 커널의 벡터까지 끔
    "-Cllvm-args=-inline-threshold=75",
    "-Clink-arg=--shared-memory",
    "-Clink-arg=--import-memory",
    // 실행 중에 만든 함수를 함수 표에 더 놓을 수 있게 함
    "-Clink-arg=--growable-table",
    "-Clink-arg=--export=__wasm_init_tls",
    "-Clink-arg=--export=__tls_size",
    "-Clink-arg=--export=__tls_align",
    "-Clink-arg=--export=__tls_base",
];

const BINDGEN: &str = "0.2.130";

/// 장마다 모듈을 빌드해 `out/<장>/`에 `lab.js`, `lab_bg.wasm`, `snippets/`를
/// 놓음.
///
/// 독자는 보는 장의 것만 내려받음. `only`를 말하면 다른 장은 낡았더라도
/// 앞서 만든 것을 씀.
pub fn build(out: &Path, only: Option<&str>) -> Result<()> {
    let tools = prepare::wasm_tools()?;
    // serve와 test가 함께 만들 때 서로의 만들던 것을 지우지 않게 함
    fs::create_dir_all(target())?;
    let lock = fs::File::create(target().join("build.lock"))?;
    lock.lock()?;
    let wanted: Vec<_> = chapters()
        .filter(|name| {
            only.is_none_or(|only| only == *name) || !module(name).exists()
        })
        .collect();
    sh::step("WASM 컴파일", || compile(&tools, &wanted))?;
    let all: Vec<_> = chapters().collect();
    all.par_iter()
        .try_for_each(|name| copy_tree(&package(name)?, &out.join(name)))
}

/// cargo가 놓은 장의 마지막 모듈. 함수의 이름이 남아 있음.
pub fn module(chapter: &str) -> PathBuf {
    let examples = target().join("wasm32-unknown-unknown/wasm/examples");
    examples.join(chapter).with_extension("wasm")
}

fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// 네이티브 빌드와 서로 지우지 않게 하는 따로 된 target 폴더.
fn target() -> PathBuf {
    root().join("target/wasm")
}

/// wasm-bindgen을 거친 결과 폴더. 같은 모듈이면 다시 쓰임.
fn package(chapter: &str) -> Result<PathBuf> {
    let bytes = fs::read(module(chapter))?;
    let mut hasher = DefaultHasher::new();
    (&bytes, BINDGEN).hash(&mut hasher);
    let packages = target().join("packages").join(chapter);
    let done = packages.join(format!("{:016x}", hasher.finish()));
    if done.exists() {
        return Ok(done);
    }
    // 예전 결과와, 만들다 만 결과를 지움
    if packages.exists() {
        fs::remove_dir_all(&packages)?;
    }
    let draft = packages.join("draft");
    bind(bytes, &draft)?;
    quiet_pool(&draft)?;
    fs::rename(&draft, &done)?;
    Ok(done)
}

fn compile(tools: &WasmTools, chapters: &[&str]) -> Result<()> {
    let mut flags: Vec<String> = FLAGS.iter().map(|f| f.to_string()).collect();
    flags.push(format!("-Clink-arg=--max-memory={MAX_MEMORY}"));
    // 패닉 문구에 남는 파일 경로에서 이 컴퓨터의 폴더 이름을 뺌.
    // 그래서 내용 해시도 컴퓨터마다 같음
    let std_source = tools.sysroot.join("lib/rustlib/src/rust");
    for (from, to) in [
        (root().to_owned(), "."),
        (cargo_home(), "cargo"),
        (std_source.canonicalize()?, "rust"),
        (std_source, "rust"),
    ] {
        flags.push(format!("--remap-path-prefix={}={to}", from.display()));
    }

    let mut cargo = Command::new("cargo");
    clear_inherited(&mut cargo);
    cargo
        .current_dir(root())
        .args(["build", "--package", "lab-wasm", "--profile", "wasm"])
        .args(["--target", "wasm32-unknown-unknown"])
        .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features="])
        .arg("--target-dir")
        .arg(target())
        .args(chapters.iter().flat_map(|name| ["--example", name]))
        // 안정판 컴파일러로 -Zbuild-std를 쓰게 함
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC", &tools.rustc)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", &tools.linker)
        // 이 변수는 다른 모든 RUSTFLAGS를 이기고, 이 명령에만 적용됨
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    sh::run(
        "실험을 WASM으로 컴파일",
        "위 오류를 고침. 없는 도구를 말하면 `cargo book prepare`",
        &mut cargo,
    )?;
    Ok(())
}

/// `cargo book` 안에서 물려받은, 다른 빌드를 위한 변수를 지움.
fn clear_inherited(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let for_this_crate = text.starts_with("CARGO_PKG_")
            || text.starts_with("CARGO_MANIFEST_")
            || text.starts_with("CARGO_BUILD_")
            || text.starts_with("CARGO_PROFILE_");
        // cargo run은 동적 라이브러리 경로에 자기 도구를 앞세움:
        // 데비안의 rustc가 rustup의 라이브러리를 읽으면 안 됨
        let misleading = [
            "LD_LIBRARY_PATH",
            "DYLD_FALLBACK_LIBRARY_PATH",
            "RUSTC_WORKSPACE_WRAPPER",
        ];
        if for_this_crate || misleading.contains(&&*text) {
            command.env_remove(name);
        }
    }
}

fn cargo_home() -> PathBuf {
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .unwrap_or_else(|| PathBuf::from(".cargo"))
}

fn bind(bytes: Vec<u8>, out: &Path) -> Result<()> {
    Bindgen::new()
        .input_bytes("lab", bytes)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(true)
                .remove_name_section(true)
                .remove_producers_section(true)
                .generate(out)
        })
        .map_err(|error| {
            Failure::new(
                "WASM과 JavaScript를 잇는 코드 만들기",
                format!("{error:#}"),
                "wasm/Cargo.toml의 wasm-bindgen과 xtask/Cargo.toml의 \
                 wasm-bindgen-cli-support를 같은 판으로 맞춤",
            )
            .into()
        })
}

/// 스레드 풀의 워커가 옛 방식으로 모듈을 열어 콘솔에 경고를 남기지 않게 함.
fn quiet_pool(folder: &Path) -> Result<()> {
    const OLD: &str = "pkg.default(data.module, data.memory)";
    const NEW: &str = "pkg.default({ module_or_path: data.module, \
                       memory: data.memory })";
    for crate_folder in fs::read_dir(folder.join("snippets"))? {
        let helper =
            crate_folder?.path().join("src/workerHelpers.no-bundler.js");
        if let Ok(script) = fs::read_to_string(&helper) {
            fs::write(helper, script.replace(OLD, NEW))?;
        }
    }
    Ok(())
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
