//! `cargo book bench [이름…]`: PERFORMANCE의 목표를 모두 재어 표로 보이고,
//! 이름을 말하지 않았으면 `data/measured/goals*.json`에 남김. 재는 곳은 셋임:
//! 기본 빌드(WASM과 견주는 것까지), 이 컴퓨터에 맞춘 빌드, 진짜 브라우저.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use rust_lab::lab::format::significant;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::book::{self, Driver};
use crate::hosts::Hosts;
use crate::{page, prepare, sh, wasm};

pub fn main(root: &Path, words: &[String]) -> Result<()> {
    if let Some(flag) = words.iter().find(|word| word.starts_with('-')) {
        return Err(sh::misuse(format!("bench: 맞지 않는 인자임: {flag}")));
    }
    wasm::build(&root.join("target/wasm/out"), None)?;
    goals(root, words, false)?;
    goals(root, words, true)?;
    threads(root, words)
}

/// 한 빌드의 목표. `tuned`면 이 컴퓨터에 맞춘 빌드.
fn goals(root: &Path, words: &[String], tuned: bool) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["bench", "--package", "benches", "--bench", "goals"])
        .args(["--features", "concurrency,nats", "--"])
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

/// 페이지에서 스레드 둘의 이득.
#[derive(Serialize, Deserialize)]
struct Threads {
    name: String,
    experiment: String,
    params: Map<String, Value>,
    at_least: f64,
    /// 카드를 돌릴 때마다, 스레드 하나의 시간 / 둘의 시간.
    ratios: Vec<f64>,
}

impl Threads {
    fn range(&self) -> (f64, f64, f64) {
        let mut sorted = self.ratios.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |i: usize| sorted.get(i).copied().unwrap_or(f64::NAN);
        (at(0), at(sorted.len() / 2), at(sorted.len().saturating_sub(1)))
    }

    /// 다른 일이 돌면 둘의 이득이 흔들리므로, 모두 한쪽일 때만 판정함.
    fn verdict(&self) -> &'static str {
        match self.range() {
            (low, _, _) if low >= self.at_least => "달성",
            (_, _, high) if high < self.at_least => "미달",
            _ => "판정 보류: 값이 목표에 걸침",
        }
    }
}

fn threads(root: &Path, words: &[String]) -> Result<()> {
    page::publish(root, None)?;
    let book = root.join("book");
    book::build(root, &book, None, Driver::InProcess)?;
    let servers = Hosts::start(root)?;
    let mut node = Command::new("node");
    node.arg("tests/page/threads.mjs")
        .args(["--base", &servers.isolated])
        .arg("--program")
        .arg(prepare::chromium()?)
        .args(["--words", &words.join(",")])
        .current_dir(root);
    let text = sh::run("페이지의 스레드", "위 오류를 고침", &mut node)?;
    let rows: Vec<Threads> = serde_json::from_str(&text)?;
    println!("\n페이지의 스레드 둘 (Chromium)");
    for row in &rows {
        let (low, median, high) = row.range();
        println!(
            "  threads/{}: {}배 ({}–{}), 목표 {}배 이상: {}",
            row.name,
            significant(median),
            significant(low),
            significant(high),
            row.at_least,
            row.verdict()
        );
    }
    if words.is_empty() {
        let record = json!({
            "machine": rust_lab::cli::cpu_name(),
            "date": OffsetDateTime::now_utc().date().to_string(),
            "commit": sh::ask("git", &["rev-parse", "--short", "HEAD"]),
            "command": "cargo book bench",
            "goals": rows,
        });
        let text = serde_json::to_string_pretty(&record)?;
        let path = root.join("data/measured/goals_browser.json");
        std::fs::write(path, text + "\n")?;
    }
    Ok(())
}
