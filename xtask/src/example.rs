//! 예제를 부르는 명령. 무거운 크레이트를 쓰는 예제의 기능(feature)은
//! Cargo.toml의 `[package.metadata.examples]`가 말함: 없어도 돌지만, 켜야
//! 할 수 있는 것을 다 함.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

#[derive(Deserialize)]
struct Manifest {
    package: Package,
    features: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Package {
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    /// 예제의 이름 → 기능.
    examples: BTreeMap<String, String>,
}

fn manifest(root: &Path) -> Result<Manifest> {
    let path = root.join("Cargo.toml");
    let text = fs::read_to_string(&path)
        .with_context(|| format!("{}: 읽지 못함", path.display()))?;
    Ok(toml::from_str(&text)?)
}

/// `cargo run --release --features compiling --example expr_jit`.
pub fn command(root: &Path, name: &str) -> Result<String> {
    let manifest = manifest(root)?;
    let feature = match manifest.package.metadata.examples.get(name) {
        Some(feature) => format!("--features {feature} "),
        None => String::new(),
    };
    Ok(format!("cargo run --release {feature}--example {name}"))
}

/// 독자가 켤 수 있는 기능 모두: `rust-lab/compiling,…`. 타입 정의를 만드는
/// 기능은 뺌.
pub fn features(root: &Path) -> Result<String> {
    let names: Vec<String> = manifest(root)?
        .features
        .into_keys()
        .filter(|name| name != "ts")
        .map(|name| format!("rust-lab/{name}"))
        .collect();
    Ok(names.join(","))
}
