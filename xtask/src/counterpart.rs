//! 다른 실행 환경에게 같은 경우를 물어봄: python3, Pyodide, WASM.

use std::collections::BTreeMap;
use std::io::Write;
use std::panic::resume_unwind;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};
use rust_lab::lab::Report;
use rust_lab::lab::report::Answer;
use serde::{Deserialize, Serialize};

use crate::cases::Case;

/// 한 실행 환경의 답.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    pub answers: BTreeMap<String, Answer>,
    pub checksum: Option<String>,
}

impl From<Report> for Answers {
    fn from(report: Report) -> Self {
        Answers { answers: report.answers, checksum: report.checksum }
    }
}

impl Answers {
    /// 다르면 무엇이 다른지.
    pub fn difference(&self, other: &Answers) -> Option<String> {
        let mut lines = Vec::new();
        for (key, ours) in &self.answers {
            match other.answers.get(key) {
                Some(theirs) if ours.agrees(theirs) => {}
                theirs => {
                    lines.push(format!("{key}: {ours:?} ≠ {theirs:?}"));
                }
            }
        }
        for key in other.answers.keys() {
            if !self.answers.contains_key(key) {
                lines.push(format!("{key}: 한쪽에만 있음"));
            }
        }
        if self.checksum != other.checksum {
            lines.push(format!(
                "체크섬: {:?} ≠ {:?}",
                self.checksum, other.checksum
            ));
        }
        (!lines.is_empty()).then(|| lines.join("; "))
    }
}

/// 이 컴퓨터의 python3.
pub fn python(root: &Path, cases: &[Case]) -> Result<Vec<Answers>> {
    let mut command = Command::new("python3");
    command.arg(root.join("tests/parity/counterpart.py"));
    parse(cases, &pipe(&mut command, cases)?)
}

/// Node 안의 Pyodide. 가장 오래 걸리는 비교라 둘이 나누어 맡음.
pub fn pyodide(root: &Path, cases: &[Case]) -> Result<Vec<Answers>> {
    let ask = |cases: &[Case]| {
        let mut command = Command::new("node");
        command.arg(root.join("tests/parity/pyodide.mjs")).arg("answers");
        parse(cases, &pipe(&mut command, cases)?)
    };
    let (first, second) = cases.split_at(cases.len() / 2);
    let (first, second) = thread::scope(|scope| {
        let other = scope.spawn(|| ask(second));
        (ask(first), other.join())
    });
    let mut answers = first?;
    answers.extend(second.unwrap_or_else(|panic| resume_unwind(panic))?);
    Ok(answers)
}

/// Node 안의 WASM 모듈.
pub fn wasm(
    root: &Path,
    modules: &Path,
    cases: &[Case],
) -> Result<Vec<Answers>> {
    let runs = in_node(root, modules, &[], cases)?;
    Ok(runs.into_iter().map(|(report, _)| report.into()).collect())
}

/// 경우마다 새로 연 WASM 모듈의 보고서와 선형 메모리, 바이트.
pub fn alone(
    root: &Path,
    modules: &Path,
    cases: &[Case],
) -> Result<Vec<(Report, u64)>> {
    in_node(root, modules, &["--fresh"], cases)
}

fn in_node(
    root: &Path,
    modules: &Path,
    options: &[&str],
    cases: &[Case],
) -> Result<Vec<(Report, u64)>> {
    #[derive(Deserialize)]
    struct Outcome {
        ok: Option<Report>,
        error: Option<serde_json::Value>,
    }
    #[derive(Deserialize)]
    struct Run {
        outcome: Outcome,
        memory: u64,
    }
    let mut command = Command::new("node");
    command.arg(root.join("tests/parity/wasm.mjs")).arg(modules).args(options);
    let text = pipe(&mut command, cases)?;
    let runs: Vec<Run> = serde_json::from_str(&text)
        .with_context(|| format!("WASM의 출력을 읽지 못함: {text:.300}"))?;
    runs.into_iter()
        .zip(cases)
        .map(|(Run { outcome, memory }, case)| match outcome.ok {
            Some(report) => Ok((report, memory)),
            None => bail!("{}: WASM 오류 {:?}", case.name, outcome.error),
        })
        .collect()
}

fn pipe(command: &mut Command, cases: &[Case]) -> Result<String> {
    let mut child = command
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{command:?}를 시작하지 못함"))?;
    let input = serde_json::to_vec(cases)?;
    // 표준 입력을 닫아야 상대가 읽기를 끝냄
    let mut stdin = child.stdin.take().context("표준 입력이 없음")?;
    let sent = stdin.write_all(&input);
    drop(stdin);
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("{command:?} 실패\n{}", String::from_utf8_lossy(&output.stderr));
    }
    // 먼저 끝난 상대에게는 다 보내지 못함: 까닭은 상대의 말임
    sent?;
    Ok(String::from_utf8(output.stdout)?)
}

fn parse(cases: &[Case], text: &str) -> Result<Vec<Answers>> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Outcome {
        Failed { error: String },
        Answered(Answers),
    }
    let outcomes: Vec<Outcome> = serde_json::from_str(text)
        .with_context(|| format!("Python의 출력을 읽지 못함: {text:.300}"))?;
    outcomes
        .into_iter()
        .zip(cases)
        .map(|(outcome, case)| match outcome {
            Outcome::Answered(answers) => Ok(answers),
            Outcome::Failed { error } => bail!("{}: {error}", case.name),
        })
        .collect()
}
