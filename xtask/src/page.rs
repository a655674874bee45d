//! 페이지가 내려받는 것: 스크립트, WASM, Pyodide를 한 폴더에.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::preprocess::write_if_changed;
use crate::{licences, prepare, sh, wasm};

/// `src/_assets/<내용 해시>/`를 만들고 `current.json`이 그것을 가리키게 함.
///
/// 폴더의 이름이 내용에서 나오므로 브라우저는 안의 파일을 언제까지나
/// 간직해도 됨. `only`는 WASM을 새로 만들 장.
pub fn publish(root: &Path, only: Option<&str>) -> Result<()> {
    // serve와 build가 함께 돌아도 서로의 만들던 것을 지우지 않게 함
    fs::create_dir_all(root.join("target"))?;
    let lock = fs::File::create(root.join("target/page.lock"))?;
    lock.lock()?;
    let draft = root.join("target/page");
    if draft.exists() {
        fs::remove_dir_all(&draft)?;
    }
    wasm::build(&draft.join("lab"), only)?;
    build(root, &draft)?;
    forget_types(&draft)?;
    let hash = fingerprint(&tree(&draft)?)?;

    let assets = root.join("src/_assets");
    let dest = assets.join(&hash);
    if !dest.exists() {
        forget(&assets)?;
        fs::create_dir_all(&assets)?;
        fs::rename(&draft, &dest)?;
    }
    let licences = licences::text(&licences::shipped(root)?);
    write_if_changed(&assets.join("licences.txt"), licences.as_bytes())?;
    // 서비스 워커는 책의 뿌리에 있어야 책 전체를 맡음
    let worker = fs::read(dest.join("sw.js"))?;
    write_if_changed(&root.join("src/sw.js"), &worker)?;
    let current = serde_json::json!({ "hash": hash }).to_string();
    write_if_changed(&assets.join("current.json"), current.as_bytes())
}

/// `theme/src`를 묶어 `out`에 놓음: main.js, 작업자, Pyodide.
fn build(root: &Path, out: &Path) -> Result<()> {
    let theme = root.join("theme");
    prepare::npm_ci(&theme)?;
    sh::step("페이지 스크립트 묶기", || {
        let mut node = Command::new("node");
        node.arg(theme.join("build.mjs")).arg(out).arg(packages(root));
        let fix = "위에 적힌 theme/src의 파일을 고침";
        sh::run("TypeScript 묶기", fix, &mut node).map(drop)
    })
}

/// 받아 둔 Pyodide 패키지.
fn packages(root: &Path) -> PathBuf {
    root.join("target/pyodide")
}

/// Pyodide의 NumPy를 받아 둠. 주소나 폴더를 말하지 않으면 Pyodide가 받는
/// 곳에서 받음.
pub fn fetch_numpy(root: &Path, from: Option<&str>) -> Result<()> {
    let theme = root.join("theme");
    prepare::npm_ci(&theme)?;
    sh::step("NumPy 패키지 받기", || {
        let mut node = Command::new("node");
        node.arg(theme.join("numpy.mjs")).arg(packages(root)).args(from);
        let fix = "네트워크를 확인하거나, 패키지가 있는 폴더를 말함: \
                   cargo book prepare --numpy <주소나 폴더>";
        sh::run("NumPy 패키지 받기", fix, &mut node).map(drop)
    })
}

/// 지금의 묶음의 이름. 아직 만들지 않았으면 `None`.
pub fn current(assets: &Path) -> Result<Option<String>> {
    let Ok(text) = fs::read_to_string(assets.join("current.json")) else {
        return Ok(None);
    };
    let current: serde_json::Value = serde_json::from_str(&text)?;
    let hash = current["hash"].as_str().context("current.json의 hash")?;
    Ok(Some(hash.to_owned()))
}

/// 지금의 묶음에 NumPy가 들어 있는가.
pub fn has_numpy(root: &Path) -> bool {
    let assets = root.join("src/_assets");
    let hash = current(&assets).ok().flatten();
    let lock = hash.and_then(|hash| {
        let lock = assets.join(hash).join("pyodide/pyodide-lock.json");
        serde_json::from_slice::<serde_json::Value>(&fs::read(lock).ok()?).ok()
    });
    lock.is_some_and(|lock| lock["packages"]["numpy"].is_object())
}

/// 타입을 엄격하게 검사함.
pub fn check(root: &Path) -> Result<()> {
    let theme = root.join("theme");
    prepare::npm_ci(&theme)?;
    sh::step("TypeScript 타입 검사", || {
        for project in ["tsconfig.json", "tsconfig.worker.json"] {
            let mut node = Command::new("node");
            node.arg(theme.join("node_modules/typescript/bin/tsc"))
                .args(["--project", project])
                .current_dir(&theme);
            sh::run("TypeScript 타입 검사", "theme/src를 고침", &mut node)?;
        }
        Ok(())
    })
}

/// 폴더 안의 모든 파일: 상대 경로 → 경로.
pub fn tree(folder: &Path) -> Result<BTreeMap<PathBuf, PathBuf>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(each) = folders.pop() {
        for entry in fs::read_dir(each)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(folder)?.to_owned(), path);
            }
        }
    }
    Ok(files)
}

/// 타입 선언은 내보내지 않음.
fn forget_types(draft: &Path) -> Result<()> {
    for path in tree(draft)?.into_values() {
        if path.to_string_lossy().ends_with(".d.ts") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn fingerprint(files: &BTreeMap<PathBuf, PathBuf>) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for (name, path) in files {
        name.to_string_lossy().replace('\\', "/").hash(&mut hasher);
        fs::read(path)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// 지난 묶음을 지움.
fn forget(assets: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(assets) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}
