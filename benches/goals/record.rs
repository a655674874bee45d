//! 잰 것을 `data/measured/goals.json`에 남김.

use std::path::Path;
use std::process::Command;

use rust_lab::cli::cpu_name;
use serde::Serialize;
use time::OffsetDateTime;

use crate::goal::{Build, Row};
use crate::peer::Peer;

#[derive(Serialize)]
pub struct Record<'a> {
    machine: String,
    compiler: String,
    python: Option<&'a str>,
    numpy: Option<&'a str>,
    /// `2026-11-22`, UTC.
    date: String,
    commit: String,
    command: &'static str,
    build: String,
    goals: &'a [Row],
}

impl<'a> Record<'a> {
    pub fn new(peer: Option<&'a Peer>, goals: &'a [Row]) -> Self {
        let cores = std::thread::available_parallelism();
        Record {
            machine: format!(
                "{}, 논리 코어 {}개, {}",
                cpu_name(),
                cores.map_or(1, usize::from),
                std::env::consts::OS
            ),
            compiler: ask("rustc", &["--version"]),
            python: peer.map(|peer| &*peer.version),
            numpy: peer.and_then(|peer| peer.numpy.as_deref()),
            date: OffsetDateTime::now_utc().date().to_string(),
            commit: ask("git", &["rev-parse", "--short", "HEAD"]),
            command: "cargo book bench",
            build: format!("{:?}", Build::this()).to_lowercase(),
            goals,
        }
    }

    pub fn save(&self) -> Result<(), String> {
        let file = match Build::this() {
            Build::Base => "goals.json",
            Build::Cpu => "goals_cpu.json",
        };
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../data/measured")
            .join(file);
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| error.to_string())?;
        std::fs::write(&path, text + "\n")
            .map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// 알 수 없으면 빈 글.
fn ask(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output();
    output.map_or_else(
        |_| String::new(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}
