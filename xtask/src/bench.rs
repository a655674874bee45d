//! `cargo book bench [이름…]`: PERFORMANCE의 목표를 모두 재어 표로 보이고,
//! 이름을 말하지 않았으면 `data/measured/goals*.json`에 남김.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::wasm;

pub fn main(root: &Path, words: &[String]) -> Result<()> {
    wasm::build(&root.join("target/wasm/out"), None)?;
    goals(root, words, false)?;
    goals(root, words, true)
}

/// 한 빌드의 목표. `tuned`면 이 컴퓨터에 맞춘 빌드.
fn goals(root: &Path, words: &[String], tuned: bool) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["bench", "--package", "benches", "--bench", "goals"])
        .args(["--features", "concurrency", "--"])
        .args(words)
        .args(words.is_empty().then_some("--record"))
        .current_dir(root);
    if tuned {
        println!("\n-C target-cpu=native");
        // 기본 빌드를 다시 컴파일하지 않도록 따로 둠
        cargo
            .env("CARGO_TARGET_DIR", root.join("target/cpu"))
            .env("RUSTFLAGS", "-Ctarget-cpu=native");
    }
    if !cargo.status()?.success() {
        bail!("목표를 재지 못함: 위 글을 볼 것");
    }
    Ok(())
}
