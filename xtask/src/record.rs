//! `cargo book record [--slower] [이름…]`: 이 컴퓨터에서 재어 `data/measured/`에
//! 남김. 바쁜 때의 기록이 조용한 때의 것을 덮지 않게 함.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
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
    /// 이 항목이 생기기 전의 기록에는 없음.
    #[serde(default)]
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

/// 느려졌어도 남기라는 말.
const SLOWER: &str = "--slower";
/// 같은 컴퓨터의 앞 기록보다 이만큼 더 걸리면 컴퓨터가 바쁜 것으로 봄.
const BUSY: f64 = 1.3;

pub fn main(root: &Path, args: &[String]) -> Result<()> {
    let (flags, names): (Vec<_>, Vec<_>) =
        args.iter().partition(|arg| *arg == SLOWER);
    for name in &names {
        if rust_lab::find(name).is_none() {
            bail!("{name}: 등록되지 않은 실험임");
        }
    }
    let mut busy = Vec::new();
    let mut broken = None;
    for entry in rust_lab::entries() {
        if names.is_empty() || names.iter().any(|name| *name == entry.name) {
            let recorded = sh::step(&format!("{} 재기", entry.name), || {
                let record = record(root, entry)?;
                match slowdown(root, entry, &record) {
                    Some(times) if times > BUSY && flags.is_empty() => {
                        busy.push(format!("{} {times:.2}배", entry.name));
                        Ok(())
                    }
                    _ => {
                        write(root, entry, &record)?;
                        asm::record(root, entry)
                    }
                }
            });
            // 지금까지 남기지 않은 것은 말하고 그만둠
            if let Err(error) = recorded {
                broken = Some(error);
                break;
            }
        }
    }
    if busy.is_empty() {
        return broken.map_or(Ok(()), Err);
    }
    if let Some(error) = broken {
        eprintln!("{error:#}");
    }
    bail!(
        "앞의 기록보다 오래 걸려 남기지 않음: {}. 컴퓨터가 조용할 때 다시 잼. \
         코드가 느려진 것이면 {SLOWER}를 붙임",
        busy.join(", ")
    )
}

/// 앞의 기록의 몇 배가 걸렸는가: 두 기록에 다 있는 시간들의 비의 기하 평균.
/// 다른 컴퓨터나 다른 매개변수의 기록과는 견주지 않음.
fn slowdown(root: &Path, entry: &Entry, now: &Record) -> Option<f64> {
    let text = fs::read_to_string(path(root, entry)).ok()?;
    let before: Record = serde_json::from_str(&text).ok()?;
    let same = before.machine == now.machine
        && before.report.params == now.report.params;
    if !same {
        return None;
    }
    ratio(&times(&before.report), &times(&now.report))
}

/// 몇째 표의 어느 줄과 열 → ns.
type Times = BTreeMap<(usize, String), f64>;

fn ratio(old: &Times, new: &Times) -> Option<f64> {
    let logs: Vec<f64> = new
        .iter()
        .filter_map(|(what, time)| Some((time / old.get(what)?).ln()))
        .collect();
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    (!logs.is_empty()).then(|| mean.exp())
}

/// 잰 표에 적힌 시간들.
fn times(report: &Report) -> Times {
    let measured = report.views.iter().filter_map(|view| match view {
        View::Table(table) if table.badge == Badge::Measured => Some(table),
        _ => None,
    });
    let mut all = BTreeMap::new();
    for (i, table) in measured.enumerate() {
        for row in &table.rows {
            let Some(name) = row.first() else { continue };
            for (column, cell) in table.columns.iter().zip(row) {
                let scale = match column.unit.as_deref() {
                    Some("ns") => 1.0,
                    Some("µs") => 1e3,
                    Some("ms") => 1e6,
                    Some("s") => 1e9,
                    _ => continue,
                };
                if let Some(value) = cell.value.filter(|value| *value > 0.0) {
                    let what = format!("{} {}", name.text, column.label);
                    all.insert((i, what), value * scale);
                }
            }
        }
    }
    all
}

fn path(root: &Path, entry: &Entry) -> PathBuf {
    root.join(format!("data/measured/{}.json", entry.name))
}

fn write(root: &Path, entry: &Entry, record: &Record) -> Result<()> {
    let path = path(root, entry);
    fs::create_dir_all(path.parent().context("폴더가 없음")?)?;
    let text = serde_json::to_string_pretty(record)?;
    Ok(fs::write(path, text + "\n")?)
}

fn record(root: &Path, entry: &Entry) -> Result<Record> {
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
    Ok(Record {
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
    })
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
    use rust_lab::lab::report::{Cell, Column, Table};

    use super::*;

    fn measured(unit: &str, times: &[(&str, f64)]) -> Report {
        let rows = times.iter().map(|(name, time)| {
            vec![(*name).into(), Cell::fixed(*time, 1), Cell::from("기준")]
        });
        let columns = vec![
            Column::text("방법"),
            Column::number("중앙값", unit),
            Column::text("첫 방법과의 비"),
        ];
        Report::default().view(View::Table(Table {
            title: "잰 시간".into(),
            badge: Badge::Measured,
            columns,
            rows: rows.collect(),
        }))
    }

    #[test]
    fn times_of_two_records_are_compared_in_one_unit() {
        let old = measured("ns", &[("가", 1000.0), ("나", 500.0)]);
        let new = measured("µs", &[("가", 2.0), ("나", 0.5), ("다", 9.0)]);
        let ratio = super::ratio(&times(&old), &times(&new)).unwrap();
        assert!((ratio - 2f64.sqrt()).abs() < 1e-9, "{ratio}");
        let nothing = times(&Report::default());
        assert_eq!(super::ratio(&nothing, &nothing), None);
    }

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
