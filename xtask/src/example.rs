//! 예제를 돌리는 명령과 기능: 장의 `Cargo.toml`이 말함.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use rust_lab::lab::Entry;
use serde::Deserialize;

#[derive(Deserialize)]
struct Manifest {
    package: Package,
    #[serde(default)]
    features: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
struct Metadata {
    /// 예제의 이름 → 기능.
    examples: BTreeMap<String, String>,
}

fn manifest(folder: &Path) -> Result<Manifest> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path)
        .with_context(|| format!("{}: 읽지 못함", path.display()))?;
    Ok(toml::from_str(&text)?)
}

/// `cargo run --release --features compiling --example expr_jit`.
pub fn command(root: &Path, entry: &Entry) -> Result<String> {
    Ok(format!("cargo run {}", chosen(root, entry)?.join(" ")))
}

/// 같은 예제를 빌드만 하는 cargo의 인자.
pub fn build(root: &Path, entry: &Entry) -> Result<Vec<String>> {
    let mut all = vec!["build".to_owned()];
    all.extend(chosen(root, entry)?);
    Ok(all)
}

/// `--release --features compiling --example expr_jit`.
fn chosen(root: &Path, entry: &Entry) -> Result<Vec<String>> {
    let manifest = manifest(&root.join("src").join(entry.chapter))?;
    let feature = manifest.package.metadata.examples.get(entry.name);
    let features = feature.into_iter().flat_map(|name| ["--features", name]);
    let example = ["--example", entry.name];
    let all = ["--release"].into_iter().chain(features).chain(example);
    Ok(all.map(str::to_owned).collect())
}

/// 독자가 켤 수 있는 기능 모두: `rust-lab/compiling,benches/nats,…`. 타입
/// 정의를 만드는 기능은 뺌.
pub fn features(root: &Path) -> Result<String> {
    let mut all = Vec::new();
    for (package, folder) in [("rust-lab", ""), ("benches", "benches")] {
        let features = manifest(&root.join(folder))?.features;
        let names = features.into_keys().filter(|name| name != "ts");
        all.extend(names.map(|name| format!("{package}/{name}")));
    }
    Ok(all.join(","))
}

/// 켜고 끄는 기능이 있는 장.
pub fn optional(root: &Path) -> Result<Vec<&'static str>> {
    let mut found = Vec::new();
    for chapter in rust_lab::chapters() {
        if !manifest(&root.join("src").join(chapter))?.features.is_empty() {
            found.push(chapter);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::process::Command;

    use super::*;
    use crate::sh;

    type Features = BTreeMap<String, BTreeSet<String>>;

    /// 크레이트마다 켜진 기능.
    fn resolved(root: &Path, chosen: &[&str]) -> Features {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(root).args(["tree", "--offline", "--prefix=none"]);
        cargo.arg("--format={p}|{f}").args(chosen);
        let text = sh::run("의존성", "cargo tree", &mut cargo).unwrap();
        let mut all = Features::new();
        // 이 책의 크레이트는 길이 붙음: 기능이 달라야 함
        for line in text.lines().filter(|line| !line.contains("(/")) {
            let line = line.trim_end_matches(" (*)");
            // 크레이트 사이의 빈 줄
            let Some((name, features)) = line.split_once('|') else {
                continue;
            };
            let name = name.trim_end_matches(" (proc-macro)");
            all.entry(name.into()).or_default().insert(features.into());
        }
        all
    }

    /// 다르면 xtask/Cargo.toml의 끝에 모자란 기능을 더함.
    #[test]
    fn xtask_and_the_tests_compile_the_same_dependencies() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let features = features(&root).unwrap();
        let own = resolved(&root, &["-e=normal,build", "-p=xtask"]);
        let whole = ["--workspace", "-e=normal,build,dev", "--features"];
        let tests = resolved(&root, &[&whole[..], &[&features]].concat());
        for (name, features) in own {
            assert_eq!(Some(&features), tests.get(&name), "{name}");
        }
    }
}
