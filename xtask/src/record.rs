//! `cargo book record [이름…]`: 이 컴퓨터에서 재어 `data/measured/`에 남김.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use rust_lab::cli::counterpart;
use rust_lab::lab::report::Badge;
use rust_lab::lab::{Entry, Python, Report, View};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{asm, card, example, sh};

/// 기록 하나: 언제, 어디서, 무엇으로 쟀는지와 그 결과.
#[derive(Debug, Serialize, Deserialize)]
pub struct Record {
    pub machine: String,
    /// 이 CPU가 아는 확장 명령: `avx2`. 빌드가 쓴 것은 `report.env.simd`.
    pub cpu_flags: Vec<String>,
    pub compiler: String,
    /// `2026-11-22`, UTC.
    pub date: String,
    pub commit: String,
    /// 그대로 다시 칠 수 있는 명령.
    pub command: String,
    pub report: Report,
    /// Python 대응물의 출력. 없는 실험은 `null`.
    pub python: Option<serde_json::Value>,
    /// NumPy 판을 함께 쟀으면 그 NumPy의 판.
    pub numpy: Option<String>,
}

pub fn main(root: &Path, names: &[String]) -> Result<()> {
    for name in names {
        if rust_lab::find(name).is_none() {
            bail!("{name}: 등록되지 않은 실험임");
        }
    }
    for entry in rust_lab::entries() {
        if names.is_empty() || names.iter().any(|name| name == entry.name) {
            sh::step(&format!("{} 재기", entry.name), || {
                record(root, entry)?;
                asm::record(root, entry)
            })?;
        }
    }
    Ok(())
}

fn record(root: &Path, entry: &Entry) -> Result<()> {
    let start = example::command(root, entry)?;
    let command = format!("{start} -- --measure --json");
    let fix = "위 오류를 고친 뒤 다시 실행";
    let mut cargo = Command::new("cargo");
    cargo.args(command.split(' ').skip(1)).current_dir(root);
    let text = sh::run(entry.name, fix, &mut cargo)?;
    let mut report: Report = serde_json::from_str(&text)?;
    // 정확한 그림과 재생은 페이지가 다시 만들고, 표는 스크립트 없이도 보임
    report.views.retain(|view| match view {
        View::Trace(_) | View::Image(_) => false,
        View::Chart(chart) => chart.badge == Badge::Measured,
        _ => true,
    });

    let python = match entry.experiment.python {
        Python::None(_) => None,
        _ => {
            let theirs = counterpart::run(root, entry, &report, true)?;
            theirs.join(entry, &mut report);
            Some(serde_json::to_value(theirs)?)
        }
    };
    let record = Record {
        machine: format!(
            "{}, 논리 코어 {}개, {}",
            report.env.cpu,
            std::thread::available_parallelism()?,
            std::env::consts::OS
        ),
        cpu_flags: cpu_flags(),
        compiler: sh::ask("rustc", &["--version"]).context("rustc가 없음")?,
        date: OffsetDateTime::now_utc().date().to_string(),
        commit: sh::ask("git", &["rev-parse", "--short", "HEAD"])
            .unwrap_or_default(),
        command,
        report,
        python,
        numpy: numpy_version(root, entry),
    };
    let folder = root.join("data/measured");
    fs::create_dir_all(&folder)?;
    let text = serde_json::to_string_pretty(&record)?;
    fs::write(folder.join(format!("{}.json", entry.name)), text + "\n")?;
    Ok(())
}

fn numpy_version(root: &Path, entry: &Entry) -> Option<String> {
    if !card::numpy_file(root, entry).exists() {
        return None;
    }
    let ask = "import numpy; print(numpy.__version__)";
    sh::ask("python3", &["-c", ask])
}

/// 시간을 바꿀 만한 확장 명령 가운데 이 CPU가 아는 것.
fn cpu_flags() -> Vec<String> {
    // 묻는 매크로는 글자 그대로 적힌 이름만 받음
    macro_rules! known {
        ($detected:ident: $($name:tt)*) => {
            [$(($name, std::arch::$detected!($name))),*]
        };
    }
    #[cfg(target_arch = "x86_64")]
    let all = known!(is_x86_feature_detected:
        "sse3" "ssse3" "sse4.1" "sse4.2" "popcnt" "lzcnt" "bmi1" "bmi2"
        "aes" "pclmulqdq" "sha" "f16c" "fma" "avx" "avx2" "avx512f"
        "avx512bw" "avx512cd" "avx512dq" "avx512vl" "avx512vnni");
    #[cfg(target_arch = "aarch64")]
    let all = known!(is_aarch64_feature_detected:
        "neon" "aes" "sha2" "sha3" "crc" "lse" "dotprod" "fp16" "sve" "sve2");
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let all: [(&str, bool); 0] = [];
    let found = all.into_iter().filter(|(_, found)| *found);
    found.map(|(name, _)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WASM의 SIMD와 견줄 바탕: 지원하는 데스크톱의 CPU에는 모두 있음.
    #[test]
    fn the_flags_of_this_cpu_are_found() {
        let flags = cpu_flags();
        if cfg!(target_arch = "x86_64") {
            assert!(flags.iter().any(|flag| flag == "sse4.2"), "{flags:?}");
        } else if cfg!(target_arch = "aarch64") {
            assert!(flags.iter().any(|flag| flag == "neon"), "{flags:?}");
        }
    }
}
