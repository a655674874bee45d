//! 모든 예제가 부르는 터미널 앞단: 플래그, 도움말, 표와 그래프, 멈춤.
//!
//! 예제는 `cli::main(dicts::ENTRIES, "dict_probe")` 한 줄뿐임.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use lab::measure;
use lab::report::Env;
use lab::{
    Ask, Ctx, Echo, Entry, Failure, Host, Kind, Python, Report, Scope, Values,
};

pub mod counterpart;
mod echo;
pub mod render;

/// 잘못 쓴 명령의 종료 코드.
const USAGE: u8 = 2;
/// Ctrl-C로 멈춘 명령의 종료 코드: 128 + SIGINT.
const STOPPED: u8 = 130;

/// 멈추라는 신호가 왔는가.
static STOP: AtomicBool = AtomicBool::new(false);
/// 그 신호를 이 프로그램이 받는가.
static HEARS: AtomicBool = AtomicBool::new(false);

/// 진행을 알리는 방법.
enum Meter {
    Silent,
    Bar(ProgressBar),
    /// 표준 오류에 한 줄씩. 마지막으로 알린 퍼센트를 기억함.
    Lines(AtomicU8),
}

/// 이 컴퓨터.
pub struct Native {
    start: Instant,
    meter: Meter,
    env: OnceLock<Env>,
    words: Vec<String>,
}

impl Native {
    /// `bar`가 참이고 터미널이면 진행 막대를 보임.
    pub fn new(bar: bool) -> Self {
        let mut meter = Meter::Silent;
        if bar && io::stderr().is_terminal() {
            let bar = ProgressBar::new(1_000);
            let style = "{msg:24} [{bar:30}] {percent:>3} %";
            if let Ok(style) = ProgressStyle::with_template(style) {
                bar.set_style(style.progress_chars("█▌ "));
            }
            meter = Meter::Bar(bar);
        }
        let (start, env) = (Instant::now(), OnceLock::new());
        Native { start, meter, env, words: Vec::new() }
    }

    fn finish(&self) {
        if let Meter::Bar(bar) = &self.meter {
            bar.finish_and_clear();
        }
    }
}

impl Host for Native {
    fn now_ns(&self) -> f64 {
        self.start.elapsed().as_nanos() as f64
    }

    fn threads(&self) -> usize {
        rayon::current_num_threads()
    }

    fn progress(&self, fraction: f64, label: &str) {
        match &self.meter {
            Meter::Silent => {}
            Meter::Bar(bar) => {
                bar.set_message(label.to_owned());
                bar.set_position((fraction * 1_000.0) as u64);
            }
            Meter::Lines(last) => {
                let percent = (fraction * 100.0) as u8;
                if last.swap(percent, Ordering::Relaxed) != percent {
                    let done = f64::from(percent) / 100.0;
                    let line = json!({ "done": done, "label": label });
                    tell(&line.to_string());
                }
            }
        }
    }

    fn stopped(&self) -> bool {
        STOP.load(Ordering::Relaxed)
    }

    fn words(&self) -> &[String] {
        &self.words
    }

    fn echo(&self, wanted: &Echo) -> Result<Vec<f64>, Failure> {
        echo::echo(wanted, || self.stopped())
    }

    fn env(&self) -> Env {
        self.env
            .get_or_init(|| Env {
                runtime: "native".into(),
                version: env!("CARGO_PKG_VERSION").into(),
                cpu: cpu_name(),
                threads: self.threads() as u32,
                simd: simd().into(),
                clock_step_ns: measure::clock_step(self).unwrap_or(0.0),
                build: if cfg!(debug_assertions) {
                    "debug".into()
                } else {
                    "release".into()
                },
            })
            .clone()
    }
}

/// 프로세서의 이름. 알 수 없는 운영체제에서는 구조의 이름.
pub fn cpu_name() -> String {
    let known = if cfg!(target_os = "linux") {
        std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
            let line =
                text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        })
    } else if cfg!(target_os = "macos") {
        Command::new("sysctl")
            .args(["-n", "machdep.cpu.brand_string"])
            .output()
            .ok()
            .filter(|out| out.status.success())
            .map(|out| String::from_utf8_lossy(&out.stdout).trim().into())
    } else {
        std::env::var("PROCESSOR_IDENTIFIER").ok()
    };
    known.unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

/// 이 빌드가 쓰는 벡터 명령.
fn simd() -> &'static str {
    if cfg!(target_feature = "avx512f") {
        "AVX-512"
    } else if cfg!(target_feature = "avx2") {
        "AVX2"
    } else if cfg!(target_feature = "sse2") {
        "SSE2"
    } else if cfg!(target_feature = "neon") {
        "NEON"
    } else {
        "없음"
    }
}

/// 명령줄에서 읽은 것.
pub struct Invocation {
    pub values: Values,
    json: bool,
    measure: bool,
    progress: bool,
    python: bool,
    steps: bool,
    /// 실험에 그대로 건네는 말.
    words: Vec<String>,
}

/// 예제의 `main`: 장의 실험 가운데 `name`.
pub fn main(entries: &'static [Entry], name: &str) -> ExitCode {
    if let Some(code) = echo::child() {
        return code;
    }
    let Some(entry) = lab::find(entries, name) else {
        tell(&format!("{name}: 등록되지 않은 실험임. 장의 lib.rs를 볼 것"));
        return ExitCode::from(USAGE);
    };
    let parsed = match parse(entry, std::env::args_os().skip(1)) {
        Ok(Some(parsed)) => parsed,
        Ok(None) => return exit(print(&help(entry))),
        Err(message) => {
            tell(&format!("오류: {message}"));
            tell(&format!(
                "도움말: cargo run --release --example {name} -- --help"
            ));
            return ExitCode::from(USAGE);
        }
    };
    // 이미 다른 처리기가 있으면 Ctrl-C는 그 처리기를 따름
    let heard = ctrlc::set_handler(stop);
    HEARS.store(heard.is_ok(), Ordering::Relaxed);
    exit(execute(entry, &parsed))
}

/// 멈추라는 말을 살피는 곳이 먼 실험도 있음: 또 말하거나 이만큼 지나면 그
/// 자리에서 끝냄.
const PATIENCE: Duration = Duration::from_secs(3);

fn stop() {
    let quit = || -> ! {
        tell("중지함");
        std::process::exit(STOPPED.into())
    };
    if STOP.swap(true, Ordering::Relaxed) {
        quit();
    }
    thread::spawn(move || {
        thread::sleep(PATIENCE);
        quit()
    });
}

/// 끝난 까닭을 말하고 종료 코드로.
fn exit(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Stopped) => {
            tell("중지함");
            ExitCode::from(STOPPED)
        }
        Err(failure) => {
            tell(&format!("오류: {failure}"));
            let usage = matches!(failure, Failure::Param { .. });
            ExitCode::from(if usage { USAGE } else { 1 })
        }
    }
}

/// 플래그를 읽음. `--help`면 `None`.
pub fn parse(
    entry: &Entry,
    args: impl Iterator<Item = std::ffi::OsString>,
) -> Result<Option<Invocation>, String> {
    use lexopt::prelude::*;

    let table = entry.table();
    let (mut json, mut measure) = (false, false);
    let (mut progress, mut python, mut steps) = (false, false, false);
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let own = table.words.map_or(&[][..], |words| words.flags);
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(arg) = parser.next().map_err(|e| korean(&e))? {
        match arg {
            // 실험의 말이 먼저임: Timely의 -h는 도움말이 아니라 호스트 파일
            Short(flag) if own.contains(&flag) => {
                let missing = format!("-{flag}: 값이 빠짐");
                let value = parser.value().map_err(|_| missing)?;
                let value = value.to_string_lossy().into_owned();
                words.extend([format!("-{flag}"), value]);
            }
            Long("help") | Short('h') => return Ok(None),
            Long("json") => json = true,
            Long("measure") => measure = true,
            Long("progress") => progress = true,
            Long("python") => python = true,
            Long("steps") => steps = true,
            Long(name) => {
                let name = name.to_owned();
                let Some(field) = table.field(&name) else {
                    return Err(table.unknown(&name).to_string());
                };
                // 켜고 끄는 칸은 값을 생략할 수 있음
                let text = if matches!(field.kind, Kind::Bool) {
                    match parser.optional_value() {
                        None => switch(&mut parser),
                        value => value,
                    }
                } else {
                    let missing = format!("--{name}: 값이 빠짐");
                    Some(parser.value().map_err(|_| missing)?)
                };
                let text = text.map_or_else(
                    || "true".to_owned(),
                    |text| text.to_string_lossy().into_owned(),
                );
                pairs.push((name, text));
            }
            other => return Err(korean(&other.unexpected())),
        }
    }
    let pairs = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str()));
    let values = table
        .parse(pairs, Scope::Native)
        .map_err(|failure| failure.to_string())?;
    Ok(Some(Invocation {
        values,
        json,
        measure,
        progress,
        python,
        steps,
        words,
    }))
}

/// 띄어 쓴 값: `--cached false`.
fn switch(parser: &mut lexopt::Parser) -> Option<std::ffi::OsString> {
    let words = ["true", "false", "on", "off", "1", "0"];
    parser.try_raw_args()?.next_if(|text| words.iter().any(|w| text == *w))
}

fn korean(error: &lexopt::Error) -> String {
    match error {
        lexopt::Error::UnexpectedArgument(text) => {
            format!("'{}': 쓸 수 없는 인자임", text.to_string_lossy())
        }
        lexopt::Error::UnexpectedOption(text) => {
            format!("{text}: 없는 플래그임")
        }
        lexopt::Error::UnexpectedValue { option, .. } => {
            format!("{option}: 값을 받지 않는 플래그임")
        }
        other => format!("인자를 읽을 수 없음: {other}"),
    }
}

fn execute(entry: &Entry, parsed: &Invocation) -> Result<(), Failure> {
    let mut host = Native::new(!parsed.json);
    host.words.clone_from(&parsed.words);
    if parsed.progress {
        host.meter = Meter::Lines(AtomicU8::new(u8::MAX));
    }
    let mut ctx = Ctx::new(&host, Scope::Native);
    let outcome = run(entry, parsed, &mut ctx);
    host.finish();
    let mut report = outcome?;
    let words = entry.table().words;
    if words.is_some_and(|words| !(words.reports)(&parsed.words)) {
        tell("끝남: 보고서는 프로세스 0번이 냄");
        return Ok(());
    }
    // 예측의 정답이 Python의 시간도 보게 먼저 돌림
    let theirs = match entry.experiment.python {
        _ if !parsed.python => None,
        Python::None(why) => {
            report.notes.push(format!("Python 대응물 없음: {why}"));
            None
        }
        _ => Some(counterpart::run(
            Path::new("."),
            entry,
            &report,
            parsed.measure,
        )),
    };
    if let Some(Ok(theirs)) = &theirs {
        theirs.join(entry, &mut report);
    }
    if parsed.json {
        print(&to_json(&report)?)?;
    } else {
        print(&render::report(entry, &report, parsed.steps))?;
        if !parsed.measure && entry.experiment.measure.is_some() {
            print("시간까지 재려면 --measure를 붙이면 됨\n")?;
        }
    }
    let Some(theirs) = theirs else {
        return Ok(());
    };
    let theirs = theirs?;
    if parsed.json {
        print(&to_json(&theirs)?)?;
    } else {
        print(&render::comparison(&report, &theirs))?;
    }
    if theirs.agrees(&report) {
        Ok(())
    } else {
        Err(Failure::Unavailable("Python의 답이 Rust와 다름".into()))
    }
}

fn to_json(what: &impl serde::Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string(what).map_err(|error| {
        Failure::Unavailable(format!("JSON을 만들 수 없음: {error}"))
    })?;
    Ok(text + "\n")
}

fn run(
    entry: &Entry,
    parsed: &Invocation,
    ctx: &mut Ctx,
) -> Result<Report, Failure> {
    let mut report = entry.run(&parsed.values, ctx)?;
    if parsed.measure {
        report.views.extend(entry.measure(&parsed.values, ctx)?);
        entry.judge(&mut report);
    }
    Ok(report)
}

fn print(text: &str) -> Result<(), Failure> {
    write(&mut io::stdout(), text)
}

/// 파이프가 먼저 닫혀도 조용히 끝남. 디스크가 차는 것은 실패임.
fn write(out: &mut impl Write, text: &str) -> Result<(), Failure> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let why = format!("표준 출력에 쓸 수 없음: {error}");
            Err(Failure::Unavailable(why))
        }
        _ => Ok(()),
    }
}

/// 표준 오류에 한 줄. 닫혀 있어도 하던 일은 마침.
fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

fn help(entry: &Entry) -> String {
    let name = entry.name;
    let mut out = format!(
        "{}\n\n예측: {}\n",
        entry.experiment.question, entry.experiment.prediction.text
    );
    if let Ask::Choices(items) | Ask::Order(items) =
        entry.experiment.prediction.ask
    {
        let labels: Vec<_> = items.iter().map(|(_, text)| *text).collect();
        out.push_str(&format!("      {}\n", labels.join(" / ")));
    }
    out.push_str(&format!(
        "\n쓰는 법: cargo run --release --example {name} -- [플래그]\n\n\
         매개변수\n"
    ));
    let table = entry.table();
    for field in &table.fields {
        let flag = format!("--{}", field.name.replace('_', "-"));
        out.push_str(&format!(
            "  {flag:<18} {}. 기본 {}\n",
            field.label, field.default
        ));
        let pad = " ".repeat(21);
        match field.kind {
            Kind::Choice { choices } => {
                for choice in choices {
                    out.push_str(&format!(
                        "{pad}{}: {}\n",
                        choice.value, choice.label
                    ));
                }
            }
            _ => {
                let range = field.range_text(Scope::Native);
                out.push_str(&format!("{pad}범위 {range}\n"));
            }
        }
        if !field.hint.is_empty() {
            out.push_str(&format!("{pad}{}\n", field.hint));
        }
    }
    let own = table.words.map_or(&[][..], |words| words.flags);
    out.push_str(table.words.map_or("", |words| words.help));
    out.push_str(
        "\n공통\n  \
         --measure          시간도 잼\n  \
         --steps            단계 재생을 글로 보임\n  \
         --python           Python 대응물을 같은 값으로 돌려 견줌\n  \
         --json             보고서를 JSON으로 냄\n  \
         --progress         진행을 표준 오류에 JSON 한 줄씩 냄\n  ",
    );
    out.push_str(if own.contains(&'h') { "--help    " } else { "-h, --help" });
    out.push_str("         이 도움말\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab::{Value, find};

    fn read(args: &[&str]) -> Result<Option<Invocation>, String> {
        let entry = find(dicts::ENTRIES, "dict_probe").unwrap();
        parse(entry, args.iter().map(Into::into))
    }

    #[test]
    fn flags_accept_dashes_and_underscores() {
        for flag in ["--perturb-shift", "--perturb_shift"] {
            let parsed = read(&[flag, "7"]).unwrap().unwrap();
            let value = &parsed.values["perturb_shift"];
            assert_eq!(value.to_string(), "7");
        }
    }

    /// `Table::flags`가 쓰는 모양도 읽어야 함.
    #[test]
    fn switches_take_a_value_in_every_shape() {
        let entry = find(dicts::ENTRIES, "namespace_lookup").unwrap();
        let shapes: [(&[&str], bool); 4] = [
            (&["--cached"], true),
            (&["--cached", "false"], false),
            (&["--cached=false"], false),
            (&["--cached", "--depth", "2"], true),
        ];
        for (args, want) in shapes {
            let parsed = parse(entry, args.iter().map(Into::into));
            let values = parsed.unwrap().unwrap().values;
            assert_eq!(values["cached"], Value::Bool(want), "{args:?}");
        }
    }

    #[test]
    fn errors_name_parameter_value_and_range() {
        let cases = [
            (["--n", "0"], "키의 수(n)의 값 '0': 1–100,000,000개"),
            (["--n", "-1"], "'-1': 1–100,000,000개 범위를 벗어남"),
            (["--n", "many"], "'many': 정수가 아님"),
            (["--keys", "odd"], "seq, shift, random, few_low_bits"),
            (["--speed", "9"], "speed: 없는 매개변수임"),
        ];
        for (args, want) in cases {
            let got = read(&args).err().unwrap();
            assert!(got.contains(want), "{got}");
        }
    }

    /// Timely의 짧은 플래그는 그 엔진으로 도는 실험만, 손대지 않고 받음.
    #[test]
    fn only_timely_experiments_take_its_flags() {
        let entry = find(clusters::ENTRIES, "dataflow_count").unwrap();
        let args = ["-w", "2", "--lines", "500", "-h", "hosts.txt", "-n3"];
        let parsed = parse(entry, args.iter().map(Into::into));
        let parsed = parsed.unwrap().unwrap();
        assert_eq!(parsed.words, ["-w", "2", "-h", "hosts.txt", "-n", "3"]);
        assert_eq!(parsed.values["lines"], Value::Int(500));
        let short = parse(entry, ["-w".into()].into_iter());
        assert!(short.err().unwrap().contains("-w: 값이 빠짐"));
        assert!(help(entry).contains("-n <수>"));
        assert!(read(&["-w", "2"]).err().unwrap().contains("-w"));
        assert!(read(&["-h"]).unwrap().is_none());
    }

    /// 쓸 때도, 다 쓰고 밀어낼 때도 실패할 수 있음.
    #[test]
    fn only_a_closed_pipe_is_silent() {
        struct Fails(ErrorKind, bool);

        impl Write for Fails {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                if self.1 { Ok(bytes.len()) } else { Err(self.0.into()) }
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(self.0.into())
            }
        }

        for late in [false, true] {
            let closed = &mut Fails(ErrorKind::BrokenPipe, late);
            assert_eq!(write(closed, "글"), Ok(()));
            let full = &mut Fails(ErrorKind::StorageFull, late);
            let why = write(full, "글").unwrap_err().to_string();
            assert!(why.contains("표준 출력에 쓸 수 없음"), "{why}");
        }
    }

    #[test]
    fn help_names_every_parameter_and_range() {
        let text = help(find(dicts::ENTRIES, "dict_probe").unwrap());
        for field in find(dicts::ENTRIES, "dict_probe").unwrap().table().fields
        {
            assert!(text.contains(&field.name.replace('_', "-")));
        }
        assert!(text.contains("1–100,000,000개"));
        assert!(read(&["--help"]).unwrap().is_none());
    }
}
