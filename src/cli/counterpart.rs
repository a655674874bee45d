//! Python 대응물을 돌림. 옆에 NumPy 판이 있으면 그것이 잰 것도 함께 담음.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use serde::{Deserialize, Serialize};

use lab::measure::{self, PythonTiming};
use lab::report::Answer;
use lab::{Entry, Failure, Report};

/// NumPy가 없을 때 `<이름>_numpy.py`의 종료 코드.
pub const NO_NUMPY: i32 = 3;

/// 독자의 Python.
pub const INTERPRETER: &str = if cfg!(windows) { "python" } else { "python3" };

/// Python 대응물의 출력.
#[derive(Debug, Serialize, Deserialize)]
pub struct Theirs {
    pub answers: BTreeMap<String, Answer>,
    pub checksum: Option<String>,
    #[serde(default)]
    pub timings: Vec<PythonTiming>,
    #[serde(default)]
    pub notes: Vec<String>,
    /// 판과 같은 나머지는 그대로 옮김.
    #[serde(flatten)]
    pub rest: BTreeMap<String, serde_json::Value>,
}

impl Theirs {
    /// 답과 체크섬이 모두 같은가.
    pub fn agrees(&self, report: &Report) -> bool {
        self.checksum == report.checksum
            && self.answers.len() == report.answers.len()
            && report.answers.iter().all(|(key, ours)| {
                self.answers.get(key).is_some_and(|a| ours.agrees(a))
            })
    }

    /// 잰 것과 덧붙인 말을 보고서에 더하고 예측의 정답을 다시 셈함.
    pub fn join(&self, entry: &Entry, report: &mut Report) {
        measure::join_python(&mut report.views, &self.timings);
        report.notes.extend(self.notes.clone());
        entry.judge(report);
    }
}

/// `root`의 대응물을 보고서와 같은 매개변수로 돌림.
pub fn run(
    root: &Path,
    entry: &Entry,
    report: &Report,
    measure: bool,
) -> Result<Theirs, Failure> {
    let folder = Path::new("src").join(entry.chapter);
    let script = folder.join(format!("{}.py", entry.name));
    if !root.join(&script).exists() {
        return Err(Failure::Unavailable(format!(
            "{}: 저장소의 맨 위 폴더에서 실행해야 Python 대응물을 찾음",
            script.display()
        )));
    }
    let flags = entry.table().flags(&report.params);
    let output = python(root, &script, &flags, measure)?;
    let mut theirs = read(&script, &output)?;
    let numpy = folder.join(format!("{}_numpy.py", entry.name));
    if measure && root.join(&numpy).exists() {
        let output = python(root, &numpy, &flags, true)?;
        if output.status.code() == Some(NO_NUMPY) {
            let why = String::from_utf8_lossy(&output.stderr);
            theirs.notes.push(why.trim().to_owned());
        } else {
            let more = read(&numpy, &output)?;
            if more.checksum != report.checksum {
                return Err(Failure::Unavailable(format!(
                    "{}: 체크섬이 Rust와 다름",
                    numpy.display()
                )));
            }
            theirs.timings.extend(more.timings);
            theirs.notes.extend(more.notes);
        }
    }
    Ok(theirs)
}

fn python(
    root: &Path,
    script: &Path,
    flags: &[String],
    measure: bool,
) -> Result<Output, Failure> {
    Command::new(INTERPRETER)
        .arg(script)
        .args(flags)
        .arg("--json")
        .args(measure.then_some("--measure"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(root)
        .output()
        .map_err(|error| Failure::Unavailable(missing(&error)))
}

/// Python이 뜨지 않은 까닭과 고치는 법.
pub fn missing(error: &std::io::Error) -> String {
    format!(
        "{INTERPRETER}를 실행할 수 없음({error}): \
         Python 3.11 이상을 설치해야 함"
    )
}

fn read(script: &Path, output: &Output) -> Result<Theirs, Failure> {
    let script = script.display();
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::Unavailable(format!(
            "{script}: 실패함: {}",
            why.trim()
        )));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| {
        Failure::Unavailable(format!("{script}: 출력을 읽을 수 없음: {error}"))
    })
}
