//! 바깥 명령과 진행 줄. `cargo book`의 모든 단계가 여기를 거침.

use std::fmt;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::Result;

/// 실패를 세 부분으로 말함: 무엇을 못 했나, 왜, 고치는 명령.
#[derive(Debug)]
pub struct Failure {
    pub what: String,
    pub why: String,
    pub fix: String,
}

impl Failure {
    pub fn new(
        what: impl Into<String>,
        why: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { what: what.into(), why: why.into(), fix: fix.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "못 한 일: {}", self.what)?;
        let mut lines = self.why.trim_end().lines();
        writeln!(f, "까닭: {}", lines.next().unwrap_or("알 수 없음"))?;
        for line in lines {
            writeln!(f, "  {line}")?;
        }
        write!(f, "고치는 법: {}", self.fix)
    }
}

impl std::error::Error for Failure {}

/// 명령을 잘못 쓴 것: 종료 코드가 2임.
#[derive(Debug)]
pub struct Misuse(String);

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

pub fn misuse(text: impl Into<String>) -> anyhow::Error {
    Misuse(text.into()).into()
}

/// 커서가 지금 어느 단계의 줄 끝에 있나. 0이면 새 줄의 처음.
static OPEN_LINE: AtomicUsize = AtomicUsize::new(0);
static NEXT_STEP: AtomicUsize = AtomicUsize::new(1);

/// 한 단계를 실행하며 진행 줄을 `▸ 이름 …`에서 `✔ 이름  12.3 s`로 바꿈.
///
/// 단계 안에서 다른 단계를 시작해도 줄이 섞이지 않음.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let id = NEXT_STEP.fetch_add(1, Ordering::Relaxed);
    let rewrite = std::io::stderr().is_terminal();
    let open = if rewrite { id } else { 0 };
    let gap = match OPEN_LINE.swap(open, Ordering::Relaxed) {
        0 => "",
        _ => "\n",
    };
    let end = if rewrite { SAVE } else { "\n" };
    eprint!("{gap}▸ {name} …{end}");
    let _ = std::io::stderr().flush();

    let start = Instant::now();
    let result = work();
    let seconds = start.elapsed().as_secs_f64();

    let gap = match OPEN_LINE.swap(0, Ordering::Relaxed) {
        0 => "",
        line if line == id => "\r\x1b[K",
        _ => "\n",
    };
    match &result {
        Ok(_) => eprintln!("{gap}✔ {name}  {seconds:.1} s"),
        Err(_) => eprintln!("{gap}✘ {name}  {seconds:.1} s"),
    }
    result
}

const COMPILING: &str = "Compiling ";
/// 단말이 커서의 자리를 기억하고, 거기로 돌아가 그 뒤를 지우게 함.
const SAVE: &str = "\x1b7";
const RETURN: &str = "\x1b8\x1b[K";

/// 열려 있는 진행 줄의 끝에 `what`을 냄. 앞서 낸 것은 지워짐.
fn mention(what: &str) {
    if OPEN_LINE.load(Ordering::Relaxed) != 0 {
        eprint!("{RETURN} {what}");
    }
}

/// 명령을 끝까지 실행하고 표준 출력을 돌려줌. 화면에는 cargo가 지금
/// 컴파일하는 것만 냄.
///
/// 실패하면 출력의 마지막 [`TAIL`]줄이 까닭이 됨.
pub fn run(what: &str, fix: &str, command: &mut Command) -> Result<String> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| Failure::new(what, unstartable(command, &e), fix))?;
    let mut stderr = String::new();
    let reader = child.stderr.take().map(BufReader::new);
    let output = thread::scope(|scope| {
        scope.spawn(|| {
            let lines = reader.into_iter().flat_map(|r| r.split(b'\n'));
            for line in lines.map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line);
                if let Some(name) = line.trim_start().strip_prefix(COMPILING) {
                    mention(name);
                }
                stderr += &line;
                stderr.push('\n');
            }
        });
        child.wait_with_output()
    })?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        return Ok(stdout.into_owned());
    }
    let why = format!(
        "`{}` 실패({})\n{}",
        shown(command),
        output.status,
        tail(without_stack(&format!("{stdout}{stderr}")))
    );
    Err(Failure::new(what, why, fix).into())
}

/// 있는지 묻는 짧은 명령. 없거나 실패하면 `None`.
pub fn ask(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

const TAIL: usize = 30;

fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(TAIL)..].join("\n")
}

/// esbuild가 오류를 말한 뒤 Node는 그것을 제 스택과 함께 되풀이함.
fn without_stack(text: &str) -> &str {
    let told = text.find("[ERROR]").unwrap_or(text.len());
    match text[told..].find("node_modules/esbuild/lib/") {
        // 스택의 첫 줄은 그 파일의 경로임
        Some(at) => text[..told + at].trim_end_matches(|c| c != '\n'),
        None => text,
    }
}

fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy().replace('\x1f', " "))
        .collect::<Vec<_>>()
        .join(" ")
}

fn unstartable(command: &Command, error: &std::io::Error) -> String {
    let program = command.get_program().to_string_lossy();
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            format!("`{program}` 명령이 없음")
        }
        _ => format!("`{program}`을(를) 시작하지 못함: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_has_three_parts() {
        let error = run("시험", "다시 실행", &mut Command::new("없는-명령"))
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "못 한 일: 시험\n까닭: `없는-명령` 명령이 없음\n\
             고치는 법: 다시 실행"
        );
    }

    #[test]
    fn tail_keeps_the_last_lines() {
        let text: String = (0..100).map(|i| format!("{i}\n")).collect();
        let kept = tail(&text);
        assert!(kept.starts_with("70\n") && kept.ends_with("\n99"));
    }

    #[test]
    fn the_stack_under_a_told_error_is_left_out() {
        let told = "✘ [ERROR] Unexpected \";\"\n\n    src/a.ts:1:2:\n\n";
        let stack = "/x/node_modules/esbuild/lib/main.js:1\n  throw\n";
        assert_eq!(without_stack(&format!("{told}{stack}")), told);
        // esbuild가 말하지 못한 것은 스택이 말함
        assert_eq!(without_stack(stack), stack);
    }
}
