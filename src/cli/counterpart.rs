//! Python 대응물을 돌림. 옆에 NumPy 판이 있으면 그것이 잰 것도 함께 담음.

use std::collections::BTreeMap;
use std::io::{self, Read};
#[cfg(unix)]
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use lab::measure::{self, PythonTiming};
use lab::report::Answer;
use lab::{Entry, Failure, Report};

use super::{HEARS, STOP};

/// NumPy가 없을 때 `<이름>_numpy.py`의 종료 코드.
pub const NO_NUMPY: i32 = 3;

/// 독자의 Python.
pub const INTERPRETER: &str = if cfg!(windows) { "python" } else { "python3" };

/// 로캘이 무엇이든 우리말을 쓰고, 저장소에 아무것도 남기지 않음.
pub const ENV: [(&str, &str); 3] = [
    ("PYTHONUTF8", "1"),
    ("PYTHONIOENCODING", "utf-8"),
    ("PYTHONDONTWRITEBYTECODE", "1"),
];

/// 대응물이 쓰는 문법과 라이브러리의 판.
const OLDEST: (u32, u32) = (3, 11);

/// 멈춤을 살피는 간격.
const TICK: Duration = Duration::from_millis(20);

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
    check(&output(Command::new(INTERPRETER).arg("--version"))?)?;
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
    let mut command = Command::new(INTERPRETER);
    command
        .arg(script)
        .args(flags)
        .arg("--json")
        .args(measure.then_some("--measure"))
        .envs(ENV)
        .current_dir(root);
    output(&mut command)
}

/// 끝까지 기다림. 멈추라면 일꾼까지 끝냄.
fn output(command: &mut Command) -> Result<Output, Failure> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let hears = HEARS.load(Ordering::Relaxed);
    // 우리가 받는 신호라면 파이썬은 역추적을 쓰지 않게 받지 않음
    #[cfg(unix)]
    if hears {
        command.process_group(0);
    }
    let failed = |error| Failure::Unavailable(missing(&error));
    let mut child = command.spawn().map_err(failed)?;
    // 파이프가 차면 파이썬이 멈추므로 기다리는 동안에도 읽음
    let (out, err) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let status = loop {
        if STOP.load(Ordering::Relaxed) {
            end(&mut child, hears);
            return Err(Failure::Stopped);
        }
        match child.try_wait().map_err(failed)? {
            Some(status) => break status,
            None => thread::sleep(TICK),
        }
    };
    let bytes =
        |reader: JoinHandle<Vec<u8>>| reader.join().unwrap_or_default();
    Ok(Output { status, stdout: bytes(out), stderr: bytes(err) })
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // 끊긴 데까지만 읽음
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
        bytes
    })
}

/// 자식이 무리를 이끌면 그 일꾼도. 일꾼은 부모를 잃어도 저절로 끝나지 않음.
fn end(child: &mut Child, leads: bool) {
    if cfg!(unix) && leads {
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args(["-TERM", "--", &group]).status();
    }
    // 이미 끝났으면 할 일이 없음
    let _ = child.kill();
    let _ = child.wait();
}

/// `--version`의 답을 봄. 알 수 없는 답은 대응물이 스스로 말하게 둠.
fn check(output: &Output) -> Result<(), Failure> {
    // 2.7은 표준 오류로 답함
    let answer = [&output.stdout[..], &output.stderr].concat();
    let answer = String::from_utf8_lossy(&answer);
    let Some(found) = answer.split_whitespace().nth(1) else {
        return Ok(());
    };
    let mut parts = found.split('.').map_while(|part| part.parse().ok());
    let (major, minor) = OLDEST;
    match (parts.next(), parts.next()) {
        (Some(a), Some(b)) if (a, b) < OLDEST => {
            Err(Failure::Unavailable(format!(
                "Python {major}.{minor} 이상이어야 함: \
                 {INTERPRETER}는 {found}임"
            )))
        }
        _ => Ok(()),
    }
}

/// Python이 뜨지 않은 까닭과 고치는 법.
pub fn missing(error: &io::Error) -> String {
    format!(
        "{INTERPRETER}를 실행할 수 없음({error}): \
         Python 3.11 이상을 설치해야 함"
    )
}

fn read(script: &Path, output: &Output) -> Result<Theirs, Failure> {
    let script = script.display();
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        // 신호로 죽은 것은 아무 말도 남기지 못함
        let why = match why.trim() {
            "" => output.status.to_string(),
            why => why.to_owned(),
        };
        return Err(Failure::Unavailable(format!("{script}: 실패함: {why}")));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| {
        Failure::Unavailable(format!("{script}: 출력을 읽을 수 없음: {error}"))
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str) -> Output {
        output(Command::new("sh").args(["-c", script])).unwrap()
    }

    #[test]
    fn an_old_python_is_named() {
        for text in ["Python 3.11.7", "Python 3.13.0rc1", "없음", ""] {
            assert_eq!(check(&sh(&format!("echo '{text}'"))), Ok(()));
        }
        for (say, found) in [
            ("echo Python 3.8.18", "3.8.18"),
            ("echo Python 2.7.18 >&2", "2.7.18"),
        ] {
            let why = check(&sh(say)).unwrap_err().to_string();
            assert!(why.contains("Python 3.11 이상"), "{why}");
            assert!(why.contains(found), "{why}");
        }
    }

    #[test]
    fn a_death_without_words_says_the_signal() {
        let why = |script| {
            read(Path::new("a.py"), &sh(script)).unwrap_err().to_string()
        };
        assert!(why("kill -9 $$").contains("signal: 9"));
        assert_eq!(why("echo 까닭 >&2; exit 1"), "a.py: 실패함: 까닭");
    }

    /// 파이프보다 큰 출력도 막히지 않음.
    #[test]
    fn a_long_output_is_read_while_waiting() {
        let got = sh("head -c 1000000 /dev/zero");
        assert_eq!(got.stdout.len(), 1_000_000);
    }
}
