//! 예제를 부르는 명령. 무거운 크레이트를 쓰는 예제의 기능(feature)은
//! Cargo.toml이 말함.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    example: Vec<Example>,
    features: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Example {
    name: String,
    #[serde(default, rename = "required-features")]
    features: Vec<String>,
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
    let needed = manifest.example.iter().find(|each| each.name == name);
    let features = match needed {
        Some(example) if !example.features.is_empty() => {
            format!("--features {} ", example.features.join(","))
        }
        _ => String::new(),
    };
    Ok(format!("cargo run --release {features}--example {name}"))
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
