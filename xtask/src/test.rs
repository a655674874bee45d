//! `cargo book test [--quick]`: 모든 것을 확인하고 한 번에 요약함.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use std::{fs, mem, thread};

use anyhow::{Context, Result, bail};
use rust_lab::lab::{Python, Report, View};
use serde::Deserialize;

use crate::book::{self, Driver};
use crate::cases::{self, Case};
use crate::counterpart::{self, Answers};
use crate::hosts::Hosts;
use crate::{example, golden, lint, page, params, prepare, sh, types, wasm};

/// 실험마다 더 맞춰 보는 무작위 매개변수의 수.
const DRAWN: usize = 2;

const RUST_TESTS: &str = "Rust 시험";
const WASM: &str = "WASM 빌드";
const SCRIPTS: &str = "페이지 스크립트 (tsc, esbuild)";
const BOOK: &str = "책";

/// 확인 하나의 결과.
#[derive(Default)]
struct Outcome {
    passed: usize,
    failures: Vec<String>,
}

impl Outcome {
    fn passed(passed: usize) -> Self {
        Outcome { passed, failures: Vec::new() }
    }

    /// 문제가 없으면 하나 통과.
    fn expect(&mut self, problem: Option<String>) {
        match problem {
            None => self.passed += 1,
            Some(problem) => self.failures.push(problem),
        }
    }
}

struct Row {
    name: &'static str,
    outcome: Outcome,
    seconds: f64,
}

/// 확인 하나: 이름과 할 일, 그리고 언제 할 수 있는가.
struct Check<'a> {
    name: &'static str,
    /// 이 확인들이 끝나야 함. 이번에 하지 않는 것은 기다리지 않음.
    after: &'static [&'static str],
    /// 같은 target 폴더의 cargo는 한 번에 하나만 돎.
    cargo: bool,
    work: Box<dyn FnOnce() -> Result<Outcome> + Send + 'a>,
}

fn check<'a>(
    name: &'static str,
    work: impl FnOnce() -> Result<Outcome> + Send + 'a,
) -> Check<'a> {
    Check { name, after: &[], cargo: false, work: Box::new(work) }
}

impl Check<'_> {
    fn after(self, names: &'static [&'static str]) -> Self {
        Check { after: names, ..self }
    }

    fn cargo(self) -> Self {
        Check { cargo: true, ..self }
    }
}

impl Row {
    /// 확인하고 말함.
    fn new(check: Check) -> Self {
        let Check { name, work, .. } = check;
        eprintln!("▸ {name}");
        let start = Instant::now();
        // 한 확인의 패닉이 다른 확인의 결과를 없애지 않게 함
        let outcome = catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|_| bail!("확인하는 프로그램의 패닉"))
            .unwrap_or_else(|error| Outcome {
                passed: 0,
                failures: vec![format!("{error:#}")],
            });
        let seconds = start.elapsed().as_secs_f64();
        let mark = if outcome.failures.is_empty() { "✔" } else { "✘" };
        eprintln!("{mark} {name}: 통과 {}  {seconds:.1} s", outcome.passed);
        for failure in &outcome.failures {
            eprintln!("    {}", failure.replace('\n', "\n    "));
        }
        Row { name, outcome, seconds }
    }
}

/// 남은 확인들. 앞의 것일수록 먼저 함.
struct Queue<'a> {
    waiting: Vec<Check<'a>>,
    running: Vec<(&'static str, bool)>,
    done: Vec<Row>,
}

impl<'a> Queue<'a> {
    fn next(&mut self) -> Option<Check<'a>> {
        let open = |name: &str| {
            self.waiting.iter().any(|check| check.name == name)
                || self.running.iter().any(|(each, _)| *each == name)
        };
        let cargo = self.running.iter().any(|(_, cargo)| *cargo);
        let blocked = |check: &Check| {
            (check.cargo && cargo) || check.after.iter().any(|n| open(n))
        };
        let ready = self.waiting.iter().position(|check| !blocked(check))?;
        let check = self.waiting.remove(ready);
        self.running.push((check.name, check.cargo));
        Some(check)
    }

    fn end(&mut self, row: Row) {
        self.running.retain(|(name, _)| *name != row.name);
        self.done.push(row);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Suite<'a> {
    /// 하지 않은 것까지 모든 확인의 이름.
    names: Vec<&'static str>,
    rows: Vec<Row>,
    /// 이름에 이 말이 든 확인만 함.
    only: &'a str,
}

impl Suite<'_> {
    fn wants(&self, name: &str) -> bool {
        name.contains(self.only)
    }

    fn check(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<Outcome> + Send,
    ) {
        self.names.push(name);
        if self.wants(name) {
            self.rows.push(Row::new(check(name, work)));
        }
    }

    /// 서로 기다리지 않는 확인은 함께 함. 확인 하나는 저마다 한 코어를 다
    /// 쓰지 못하므로 코어보다 하나 더.
    fn together(&mut self, checks: Vec<Check>) {
        self.names.extend(checks.iter().map(|check| check.name));
        let chosen = self.with_needs(&checks);
        let chosen = |check: &Check| chosen.contains(check.name);
        let waiting: Vec<_> = checks.into_iter().filter(chosen).collect();
        let names: Vec<_> = waiting.iter().map(|check| check.name).collect();
        let (running, done) = (Vec::new(), Vec::new());
        let queue = Mutex::new(Queue { waiting, running, done });
        let changed = Condvar::new();
        let work = || {
            let mut locked = lock(&queue);
            while !locked.waiting.is_empty() {
                if let Some(check) = locked.next() {
                    drop(locked);
                    let row = Row::new(check);
                    locked = lock(&queue);
                    locked.end(row);
                    changed.notify_all();
                } else {
                    let woken = changed.wait(locked);
                    locked = woken.unwrap_or_else(PoisonError::into_inner);
                }
            }
        };
        let cores = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            for _ in 0..=cores {
                scope.spawn(work);
            }
        });
        let mut rows = mem::take(&mut lock(&queue).done);
        rows.sort_by_key(|row| names.iter().position(|n| *n == row.name));
        self.rows.extend(rows);
    }

    /// 고른 확인과 그것이 기다리는 확인: 지난번에 만든 것을 보지 않게 함.
    fn with_needs(&self, checks: &[Check]) -> BTreeSet<&'static str> {
        // 뒤의 것은 앞의 것만 기다림
        checks.iter().rev().fold(BTreeSet::new(), |mut chosen, check| {
            if self.wants(check.name) || chosen.contains(check.name) {
                chosen.insert(check.name);
                chosen.extend(check.after);
            }
            chosen
        })
    }

    /// 고른 확인이 없으면, 고를 수 있는 이름과 함께 말함.
    fn chosen(&self) -> Result<()> {
        if !self.rows.is_empty() {
            return Ok(());
        }
        let names = self.names.join("\n  ");
        bail!("이름에 `{}`이(가) 든 확인이 없음:\n  {names}", self.only)
    }

    /// 요약을 내고, 모두 통과했는지를 돌려줌.
    fn finish(self, start: Instant) -> bool {
        println!("\n요약");
        let (mut passed, mut failed) = (0, 0);
        for row in &self.rows {
            let wrong = row.outcome.failures.len();
            passed += row.outcome.passed;
            failed += wrong;
            println!(
                "  {} {:>5} 통과 {wrong:>3} 실패 {:>7.1} s  {}",
                if wrong == 0 { "✔" } else { "✘" },
                row.outcome.passed,
                row.seconds,
                row.name
            );
        }
        println!("  모두 {:.0} s\n", start.elapsed().as_secs_f64());
        println!("{passed} passed, {failed} failed");
        // 아무것도 확인하지 않은 것은 통과가 아님
        passed > 0 && failed == 0
    }
}

pub fn main(root: &Path, args: &[String]) -> Result<()> {
    let (quick, only) = match args {
        [] => (false, ""),
        [flag] if flag == "--quick" => (true, ""),
        [flag, word] if flag == "--only" => (false, word.as_str()),
        _ => {
            return Err(sh::misuse(
                "쓰는 법: cargo book test [--quick | --only <이름의 일부>]",
            ));
        }
    };
    let start = Instant::now();
    let mut suite = Suite { names: Vec::new(), rows: Vec::new(), only };
    let module = root.join("target/wasm/out");

    suite.check("형식 (rustfmt)", || format(root));
    // 다른 확인이 이 파일들을 새로 쓰기 전에 봄
    suite.check("만들어 두는 파일", || generated(root));
    // WASM의 줄도 apt를 부를 수 있음: 잠금을 다투지 않게 먼저 갖춤
    if suite.wants(RUST_TESTS)
        && let Err(error) = prepare::nats_server()
    {
        eprintln!("  건너뜀: 진짜 작업 큐의 시험, {error:#}");
    }
    let count = if quick { 0 } else { DRAWN };
    // 뒤에 기다리는 것이 긴 확인부터
    let mut checks = vec![
        check(WASM, || {
            wasm::build(&module, None)?;
            Ok(Outcome::passed(1))
        }),
        check("린트 (clippy)", || clippy(root)).cargo(),
        check(SCRIPTS, || scripts(root)).after(&[WASM]),
        check(BOOK, || books(root)).after(&[SCRIPTS]),
    ];
    checks.push(
        check("페이지: Chromium", || chromium(root, quick)).after(&[BOOK]),
    );
    if !quick {
        checks.push(check("페이지: Firefox", || firefox(root)).after(&[BOOK]));
    }
    checks.extend([
        check(RUST_TESTS, || cargo_test(root, quick)).cargo(),
        check("네이티브 = python3", || {
            parity(root, count, |cases| counterpart::python(root, cases))
        }),
        check("모형 = 이 컴퓨터의 CPython", || {
            let mut python = Command::new("python3");
            python.args(["-m", "unittest", "discover", "-s", "tests/reality"]);
            reality(root, python)
        }),
        check("기준 답 = 네이티브", || {
            goldens(root, if quick { 1 } else { usize::MAX })
        }),
        check("네이티브 = WASM", || {
            parity(root, count, |cases| {
                counterpart::wasm(root, &module, cases)
            })
        })
        .after(&[SCRIPTS]),
        check("책 린트와 예산", || lints(root)).after(&[BOOK]),
        check("찾기", || {
            script(root, &["tests/search/run.mjs", "book/_assets/search.json"])
        })
        .after(&[BOOK]),
        check("무작위 입력 (페이지)", || {
            script(root, &["tests/fuzz/run.mjs"])
        })
        .after(&[SCRIPTS]),
    ]);
    if !quick {
        checks.extend([
            check("벤치의 답", || {
                cargo(root, &whole(root, &["test", "--bench", "lab"])?)
            })
            .cargo(),
            check("예제", || examples(root)).cargo(),
            check("새 실험의 뼈대", || scaffold(root)).cargo(),
            // mdbook은 cargo로 xtask를 부름
            check("mdbook의 책", || plain_mdbook(root)).after(&[BOOK]).cargo(),
            check("파이썬에서 부르는 Rust", || rust_from_python(root)),
            // 같은 소스를 다른 판의 CPython에서 또 돌림: 기본값이면 됨
            check("네이티브 = Pyodide", || {
                parity(root, 0, |cases| counterpart::pyodide(root, cases))
            })
            .after(&[SCRIPTS]),
            check("모형 = Pyodide의 CPython 3.14", || {
                let mut node = Command::new("node");
                node.args(["tests/parity/pyodide.mjs", "reality"]);
                reality(root, node)
            })
            .after(&[SCRIPTS]),
            check("Pyodide의 NumPy", || numpy(root)).after(&[SCRIPTS]),
            check("페이지의 가장 큰 실행", || largest(root, &module))
                .after(&[SCRIPTS]),
        ]);
    }
    suite.together(checks);
    suite.chosen()?;
    if suite.finish(start) {
        Ok(())
    } else {
        bail!("실패한 확인이 있음")
    }
}

/// 모든 크레이트를 모든 기능으로 고른 cargo 명령. 확인마다 고르는 것이 같아야
/// 같은 것을 다시 컴파일하지 않음.
pub fn whole(root: &Path, args: &[&str]) -> Result<Vec<String>> {
    let mut all: Vec<String> = args.iter().map(ToString::to_string).collect();
    let rest = ["--workspace", "--features"].map(str::to_owned);
    // `--` 뒤의 것은 cargo의 것이 아님
    let end = args.iter().position(|arg| *arg == "--").unwrap_or(args.len());
    all.splice(end..end, rest.into_iter().chain([example::features(root)?]));
    Ok(all)
}

/// 이 책의 크레이트는 clippy로 컴파일하는 cargo: 린트한 것을 시험이 그대로 씀.
/// `cargo clippy`는 의존성 수백 개를 한 번 더 봄.
fn linting(root: &Path) -> Command {
    let mut command = Command::new("cargo");
    command.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver").current_dir(root);
    command
}

/// 성공하면 하나 통과인 cargo 명령.
fn cargo(root: &Path, args: &[String]) -> Result<Outcome> {
    let fix = format!("cargo {}", args.join(" "));
    sh::run(&args[0], &fix, linting(root).args(args))?;
    Ok(Outcome::passed(1))
}

/// `cargo fmt`는 `chapter!`가 부르는 실험의 파일을 따라가지 못함.
fn format(root: &Path) -> Result<Outcome> {
    let all = ["fmt", "--all", "--check"].map(str::to_owned);
    let mut outcome = cargo(root, &all)?;
    let mut command = Command::new("rustfmt");
    command.args(["--check", "--edition", "2024"]).current_dir(root);
    for entry in rust_lab::entries() {
        command.arg(format!("src/{}/{}.rs", entry.chapter, entry.name));
    }
    let fix = "rustfmt --edition 2024 src/*/*.rs";
    sh::run("실험의 형식", fix, &mut command)?;
    outcome.passed += 1;
    Ok(outcome)
}

/// 시험이 쓸 것을 모두 컴파일하며 린트함.
fn clippy(root: &Path) -> Result<Outcome> {
    // 예제의 독자는 기능을 켜지 않고 빌드함. 돌려 보는 것은 기능을 켠 쪽이므로
    // 기계어까지는 만들지 않음
    let mut plain = vec!["check".to_owned(), "--examples".to_owned()];
    plain.extend(example::optional(root)?.iter().map(|p| format!("-p={p}")));
    let commands = [
        whole(root, &["build", "--bins", "--examples"])?,
        whole(root, &["test", "--no-run"])?,
        whole(root, &["test", "--no-run", "--bench", "*"])?,
        plain,
    ];
    let mut outcome = Outcome::default();
    for args in commands {
        let output = linting(root)
            .args(&args)
            .arg("--message-format=json")
            .stdin(Stdio::null())
            .output()
            .context("cargo를 시작하지 못함")?;
        let mut problems =
            diagnostics(&String::from_utf8_lossy(&output.stdout));
        if !output.status.success() && problems.is_empty() {
            let why = String::from_utf8_lossy(&output.stderr);
            problems.push(format!(
                "cargo {}\n{why}없으면: rustup component add clippy",
                args.join(" ")
            ));
        }
        if problems.is_empty() {
            outcome.passed += 1;
        }
        // 같은 파일이 여러 번 컴파일되면 같은 말을 되풀이함
        for problem in problems {
            if !outcome.failures.contains(&problem) {
                outcome.failures.push(problem);
            }
        }
    }
    Ok(outcome)
}

/// cargo가 JSON으로 말한 경고와 오류의 글.
fn diagnostics(told: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct Line {
        message: Option<Message>,
    }
    #[derive(Deserialize)]
    struct Message {
        level: String,
        rendered: Option<String>,
    }
    let messages = told
        .lines()
        .filter_map(|line| serde_json::from_str::<Line>(line).ok()?.message)
        .filter(|message| ["warning", "error"].contains(&&*message.level));
    messages.filter_map(|message| message.rendered).collect()
}

/// 날마다 볼 때는 문서의 시험과, 모듈 `slow`에 둔 오래 도는 시험을 뺌.
fn cargo_test(root: &Path, quick: bool) -> Result<Outcome> {
    let most = ["--lib", "--bins", "--tests", "--", "--skip", "slow::"];
    let mut args = vec!["test", "--no-fail-fast"];
    args.extend(most.iter().filter(|_| quick));
    let output = linting(root)
        .args(whole(root, &args)?)
        .stdin(Stdio::null())
        .output()
        .context("cargo를 시작하지 못함")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut outcome = Outcome::default();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("test result: ") {
            let count = |word: &str| {
                rest.split([';', '.'])
                    .find_map(|part| part.trim().strip_suffix(word))
                    .and_then(|n| n.trim().parse::<usize>().ok())
            };
            outcome.passed += count("passed").unwrap_or(0);
        } else if line.starts_with("test ") && line.ends_with("FAILED") {
            outcome.failures.push(line.to_owned());
        }
    }
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        let tail: Vec<&str> = errors.lines().rev().take(30).collect();
        let tail: Vec<&str> = tail.into_iter().rev().collect();
        let panics = text.lines().filter(|line| line.contains("panicked"));
        outcome.failures.push(format!(
            "{}\n{}",
            panics.collect::<Vec<_>>().join("\n"),
            tail.join("\n")
        ));
    }
    Ok(outcome)
}

/// Rust 선언에서 만드는 파일이 저장소의 것과 같은가.
fn generated(root: &Path) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let stale = params::stale(root)?;
    outcome.expect((!stale.is_empty()).then(|| {
        let names: Vec<_> = stale
            .iter()
            .filter_map(|(path, _)| path.file_name())
            .map(|name| name.to_string_lossy())
            .collect();
        format!("data/params의 {names:?}: cargo book prepare")
    }));
    outcome.expect(
        types::stale(root)
            .then(|| "theme/src/report.ts: cargo book prepare".to_owned()),
    );
    Ok(outcome)
}

fn scripts(root: &Path) -> Result<Outcome> {
    page::check(root)?;
    page::publish(root, None)?;
    Ok(Outcome::passed(2))
}

/// 우리의 답. 뽑은 경우는 대개 기준 파일에도 있음: 한 번만 셈.
fn ours(case: &Case) -> Result<Answers> {
    static KNOWN: Mutex<BTreeMap<String, Answers>> =
        Mutex::new(BTreeMap::new());
    let key = serde_json::to_string(case)?;
    if let Some(known) = lock(&KNOWN).get(&key) {
        return Ok(known.clone());
    }
    let answers = Answers::from(cases::native(case)?);
    lock(&KNOWN).insert(key, answers.clone());
    Ok(answers)
}

/// 실험마다 기준 파일의 처음 `most`줄. 첫 줄은 기본값임.
fn goldens(root: &Path, most: usize) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    for entry in rust_lab::entries() {
        if matches!(entry.experiment.python, Python::None(_)) {
            continue;
        }
        let rows = golden::read(root, entry.name)?;
        let cases = golden::cases(root, entry)?;
        if rows.is_empty() {
            let empty = format!("{}: 기준 파일이 비어 있음", entry.name);
            outcome.expect(Some(empty));
        }
        for (case, row) in cases.iter().zip(rows).take(most) {
            let ours = ours(case)?;
            outcome.expect(described(case, row.expect.difference(&ours)));
        }
    }
    Ok(outcome)
}

/// Python 대응물이 있는 실험마다 기본값과 무작위 `count`개를 `ask`에게 물어
/// 견줌.
fn parity(
    root: &Path,
    count: usize,
    ask: impl FnOnce(&[Case]) -> Result<Vec<Answers>>,
) -> Result<Outcome> {
    // Python은 data/params를 읽으므로 먼저 맞춰 둠
    params::sync(root)?;
    let mut cases = Vec::new();
    for entry in rust_lab::entries() {
        if !matches!(entry.experiment.python, Python::None(_)) {
            cases.extend(cases::draw(entry, count)?);
        }
    }
    let theirs = ask(&cases)?;
    if theirs.len() != cases.len() {
        bail!("경우 {}개에 답 {}개", cases.len(), theirs.len());
    }
    let mut outcome = Outcome::default();
    for (case, theirs) in cases.iter().zip(theirs) {
        let ours = ours(case)?;
        outcome.expect(described(case, ours.difference(&theirs)));
    }
    Ok(outcome)
}

/// 독자가 복사해 갈 크레이트를 가상 환경에서 만들고 시험함.
fn rust_from_python(root: &Path) -> Result<Outcome> {
    const MISSING: i32 = 3;
    let script = "src/compiling/rust_from_python/check.py";
    let output = Command::new("python3")
        .arg(script)
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .context("python3를 시작하지 못함")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let why = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(MISSING) {
        eprintln!("  건너뜀: {}", why.trim());
        return Ok(Outcome::default());
    }
    let passed = text
        .lines()
        .find_map(|line| line.strip_suffix(" passed")?.trim().parse().ok());
    match passed {
        Some(passed) if output.status.success() => Ok(Outcome::passed(passed)),
        _ => bail!("{script}\n{text}{why}"),
    }
}

/// 시험이 만든 패키지를 받아, 담고, 들여옴.
fn numpy(root: &Path) -> Result<Outcome> {
    let scratch = root.join("target/numpy-test");
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    fs::create_dir_all(&scratch)?;
    let mut node = Command::new("node");
    node.arg("tests/parity/numpy.mjs").arg(&scratch).current_dir(root);
    sh::run("Pyodide의 NumPy", "theme/numpy.mjs를 고침", &mut node)?;
    fs::remove_dir_all(&scratch)?;
    Ok(Outcome::passed(1))
}

/// 기본 실행은 모두의 예산 안, 가장 큰 실행은 카드가 말한 크기 안. 그림은
/// 늘 명세의 한도 안.
fn largest(root: &Path, modules: &Path) -> Result<Outcome> {
    const DEFAULT_MIB: u64 = 64;
    const LARGEST_MIB: u64 = 512;
    let mut cases = Vec::new();
    let mut limits = Vec::new();
    for entry in rust_lab::entries() {
        let stated = u64::from(entry.experiment.memory_mib).min(LARGEST_MIB);
        let largest = cases::largest(entry)?;
        let widest = cases::widest(entry)
            .filter(|widest| widest.params != largest.params);
        cases.extend(cases::draw(entry, 0)?);
        cases.push(largest);
        limits.extend([stated.min(DEFAULT_MIB), stated]);
        limits.extend(widest.iter().map(|_| u64::MAX));
        cases.extend(widest);
    }
    let runs = counterpart::alone(root, modules, &cases)?;
    let mut outcome = Outcome::default();
    for ((case, limit), (report, bytes)) in cases.iter().zip(limits).zip(runs)
    {
        let mib = bytes.div_ceil(1 << 20);
        let heavy = (mib > limit).then(|| format!("{mib} MiB > {limit}"));
        outcome.expect(described(case, heavy.or_else(|| crowded(&report))));
    }
    Ok(outcome)
}

/// 그래프의 점이나 재생의 장면이 너무 많으면 몇인지.
fn crowded(report: &Report) -> Option<String> {
    const POINTS: usize = 5_000;
    const FRAMES: usize = 2_000;
    report.views.iter().find_map(|view| {
        let (title, count, most) = match view {
            View::Chart(chart) => {
                let counts = chart.series.iter().map(|s| s.points.len());
                (&chart.title, counts.max()?, POINTS)
            }
            View::Trace(trace) => (&trace.title, trace.frames.len(), FRAMES),
            _ => return None,
        };
        (count > most).then(|| format!("{title}: {count} > {most}"))
    })
}

fn described(case: &Case, difference: Option<String>) -> Option<String> {
    difference.map(|what| format!("{} {:?}: {what}", case.name, case.params))
}

/// unittest의 마지막 줄에서 센 것.
fn reality(root: &Path, mut command: Command) -> Result<Outcome> {
    let output = command
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{command:?}를 시작하지 못함"))?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let ran = text
        .lines()
        .find_map(|line| line.strip_prefix("Ran "))
        .and_then(|rest| rest.split(' ').next()?.parse().ok());
    match ran {
        Some(ran) if output.status.success() && ran > 0 => {
            Ok(Outcome::passed(ran))
        }
        _ => bail!("{text}"),
    }
}

/// 예제마다 한 번: 기본값으로 끝까지, 잘못된 값에는 코드 2.
fn examples(root: &Path) -> Result<Outcome> {
    cargo(root, &whole(root, &["build", "--examples"])?)?;
    let mut outcome = Outcome::default();
    // 이 프로그램이 있는 target/debug
    let here = std::env::current_exe()?;
    let built = here.parent().context("target의 폴더")?.join("examples");
    for entry in rust_lab::entries() {
        let program = built.join(format!(
            "{}{}",
            entry.name,
            std::env::consts::EXE_SUFFIX
        ));
        let run = |args: &[&str]| {
            Command::new(&program).args(args).current_dir(root).output()
        };
        let plain = run(&["--measure"])?;
        let text = String::from_utf8_lossy(&plain.stdout).into_owned();
        let timed = entry.experiment.measure.is_some();
        let fine = plain.status.success()
            && text.contains(entry.experiment.question)
            && timed == text.contains("디버그 빌드라 시간은 재지 않음");
        outcome.expect((!fine).then(|| format!("{}: {text}", entry.name)));
        let wrong = run(&["--no-such-flag", "1"])?;
        let message = String::from_utf8_lossy(&wrong.stderr).into_owned();
        let refused = wrong.status.code() == Some(2)
            && message.contains("없는 매개변수임");
        outcome
            .expect((!refused).then(|| format!("{}: {message}", entry.name)));
    }
    Ok(outcome)
}

/// 뼈대가 고치지 않고도 돌아가는가: 저장소의 사본에서 확인함.
fn scaffold(root: &Path) -> Result<Outcome> {
    // 다시 컴파일할 것이 가장 적은 장
    const CHAPTER: &str = "intro";
    const NAME: &str = "throw_away";
    let copy = root.join("target/scaffold");
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    let mut list = Command::new("git");
    list.args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root);
    for file in sh::run("파일 목록", "git status", &mut list)?.lines() {
        let (from, to) = (root.join(file), copy.join(file));
        if from.is_file() {
            fs::create_dir_all(to.parent().context("폴더가 없음")?)?;
            fs::copy(&from, &to)?;
            // 고치지 않은 크레이트는 다시 컴파일하지 않게 함
            let time = fs::metadata(from)?.modified()?;
            fs::File::options().write(true).open(to)?.set_modified(time)?;
        }
    }
    crate::new::main(&copy, &[CHAPTER.to_owned(), NAME.to_owned()])?;
    // 판이 다르면 같은 target 폴더에서도 원본의 결과를 덮지 않음
    let manifest = copy.join("src").join(CHAPTER).join("Cargo.toml");
    let text = fs::read_to_string(&manifest)?;
    let (ours, other) =
        ("\nversion.workspace = true", "\nversion = \"0.0.0\"");
    fs::write(&manifest, text.replace(ours, other))?;

    let target = root.join("target");
    let run = |command: &mut Command| {
        command.env("CARGO_TARGET_DIR", &target).current_dir(&copy);
        command.env("REGISTRY_ONLY", NAME);
        sh::run("뼈대 확인", "xtask/template을 고침", command)
    };
    let cargo = |args: &[&str]| -> Result<()> {
        run(linting(&copy).args(whole(root, args)?)).map(drop)
    };
    let mut outcome = Outcome::default();
    cargo(&["build", "--bin", "xtask", "--example", NAME])?;
    let built = |file: &str| {
        let suffix = std::env::consts::EXE_SUFFIX;
        Command::new(target.join(format!("debug/{file}{suffix}")))
    };
    run(built("xtask").args(["golden", NAME]))?;
    run(built(&format!("examples/{NAME}")).arg("--python"))?;
    outcome.passed += 1;
    cargo(&["test", "--test", "registry"])?;
    outcome.passed += 1;
    cargo(&["build", "--bench", "lab"])?;
    outcome.passed += 1;
    fs::remove_dir_all(&copy)?;
    Ok(outcome)
}

fn books(root: &Path) -> Result<Outcome> {
    book::build(root, &root.join("book"), None, Driver::InProcess)?;
    Ok(Outcome::passed(1))
}

/// 보통의 `mdbook build`도 같은 책을 만드는가.
fn plain_mdbook(root: &Path) -> Result<Outcome> {
    let plain = root.join("target/plain-book");
    book::build(root, &plain, None, Driver::Command)?;
    let mut diff = Command::new("diff");
    diff.args(["-rq", "book", "target/plain-book"]).current_dir(root);
    let mut outcome = Outcome::default();
    let same = sh::run("두 책 견주기", "diff -r", &mut diff);
    outcome.expect(same.err().map(|error| error.to_string()));
    Ok(outcome)
}

fn lints(root: &Path) -> Result<Outcome> {
    let report = lint::run(root, &root.join("book"))?;
    Ok(Outcome {
        passed: report.checks,
        failures: report.findings.iter().map(ToString::to_string).collect(),
    })
}

fn chromium(root: &Path, quick: bool) -> Result<Outcome> {
    let program = prepare::chromium()?;
    prepare::korean_font()?;
    pages(root, "chromium", &program, quick)
}

fn firefox(root: &Path) -> Result<Outcome> {
    let program = prepare::firefox()?;
    prepare::korean_font()?;
    pages(root, "firefox", &program, false)
}

/// node로 도는 시험.
fn script(root: &Path, args: &[&str]) -> Result<Outcome> {
    let mut node = Command::new("node");
    node.args(args);
    marks(root, node)
}

/// 확인마다 ✔나 ✘로 시작하는 줄을 내는 프로그램.
fn marks(root: &Path, mut command: Command) -> Result<Outcome> {
    let output = command
        .current_dir(root)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{command:?}를 시작하지 못함"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut outcome = Outcome::default();
    for line in text.lines() {
        if line.starts_with('✔') {
            outcome.passed += 1;
        } else if line.starts_with('✘') {
            outcome.failures.push(line.to_owned());
        }
    }
    if outcome.passed == 0
        || output.status.success() != outcome.failures.is_empty()
    {
        outcome.failures.push(format!("끝까지 가지 못함\n{text}"));
    }
    Ok(outcome)
}

/// 실제 브라우저에서: 격리된 서버와, 머리말 없는 하위 경로의 서버.
fn pages(
    root: &Path,
    browser: &str,
    program: &Path,
    quick: bool,
) -> Result<Outcome> {
    let servers = Hosts::start(root)?;
    let mut node = Command::new("node");
    node.arg("tests/page/run.mjs")
        .args(["--browser", browser])
        .arg("--program")
        .arg(program)
        .args(["--base", &servers.isolated])
        .args(["--plain", &servers.plain])
        .args(quick.then_some("--quick"));
    marks(root, node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_no_check_is_told_with_the_names() {
        let ran = |only| {
            let mut suite =
                Suite { names: Vec::new(), rows: Vec::new(), only };
            suite.check("형식", || Ok(Outcome::passed(1)));
            suite.together(vec![check("책", || Ok(Outcome::passed(1)))]);
            suite.chosen()
        };
        assert!(ran("").is_ok() && ran("책").is_ok());
        let checks = vec![
            check("가", || Ok(Outcome::passed(1))),
            check("나", || Ok(Outcome::passed(1))).after(&["가"]),
            check("다", || Ok(Outcome::passed(1))).after(&["나"]),
            check("라", || Ok(Outcome::passed(1))),
        ];
        let (names, rows) = (Vec::new(), Vec::new());
        let suite = Suite { names, rows, only: "다" };
        assert!(suite.with_needs(&checks).into_iter().eq(["가", "나", "다"]));
        let error = ran("zzz").unwrap_err().to_string();
        assert_eq!(error, "이름에 `zzz`이(가) 든 확인이 없음:\n  형식\n  책");
    }
}
