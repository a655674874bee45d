//! 되돌아가는 정규식: 같은 패턴을 되돌아가며 맞추는 기계와, 모든 갈래를 함께
//! 나아가게 하는 기계로 맞추고 글자를 본 횟수를 셈.

use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Series, Shape, Span, Table, TimeLane,
    Timeline, Tone, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 공백 2만 개가 서버를 멈추는가?",
    prediction: Prediction {
        text: "앞뒤의 공백을 떼는 패턴으로, 글자 사이에 공백 2,000개가 든 \
               글을 맞춤. 공백이 4,000개가 되면 글자를 보는 횟수는 몇 배일까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("spaces", 1_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] =
    &[("1", "그대로"), ("2", "2배"), ("4", "4배"), ("16", "16배")];

lab::choices! {
    /// 앞뒤의 공백을 떼는 방법.
    pub enum Method {
        TrimRegex = "trim_regex", "한 패턴, 되돌아감";
        TwoStep = "two_step", "두 패턴으로 나눔, 되돌아감";
        Nfa = "nfa", "한 패턴, 되돌아가지 않음";
        LinearScan = "linear_scan", "양 끝에서 훑음";
    }
}

lab::choices! {
    /// 서버가 살아 있는지 무엇으로 확인하는가.
    pub enum Health {
        Home = "home", "글이 걸린 첫 화면";
        Status = "status", "따로 둔 상태 주소";
    }
}

lab::params! {
    /// 글자 사이에 공백이 든 글 하나.
    pub struct Params {
        spaces: u64 = 2_000, int("공백의 수").unit("개")
            .browser(10, 20_000).native(10, 50_000).log();
        method: Method = Method::TrimRegex, choice("방법");
        at_end: bool = false, flag("공백이 글의 끝에 있음")
            .hint("끄면 공백 뒤에 글자가 하나 더 있음");
        health: Health = Health::Home, choice("상태 검사");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 컴파일한 패턴의 명령.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inst {
    /// 공백 하나.
    Space,
    /// 두 갈래: 앞의 것을 먼저 해 봄.
    Split(usize, usize),
    /// 글의 처음.
    Start,
    /// 글의 끝.
    End,
    Match,
}

/// `^[ ]+`.
pub const LEADING: &[Inst] =
    &[Inst::Start, Inst::Space, Inst::Split(1, 3), Inst::Match];
/// `[ ]+$`.
pub const TRAILING: &[Inst] =
    &[Inst::Space, Inst::Split(0, 2), Inst::End, Inst::Match];
/// `^[ ]+|[ ]+$`.
pub const EITHER: &[Inst] = &[
    Inst::Split(1, 5),
    Inst::Start,
    Inst::Space,
    Inst::Split(2, 4),
    Inst::Match,
    Inst::Space,
    Inst::Split(5, 7),
    Inst::End,
    Inst::Match,
];

/// 한 일. 글자를 본 것과 처음·끝인지 본 것을 따로 셈.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    pub looks: u64,
    pub edges: u64,
}

type Found = Option<(usize, usize)>;

// ANCHOR: kernel
/// 되돌아가는 기계: 갈래를 하나 골라 끝까지 가 보고, 막히면 돌아와 다른
/// 갈래로 감.
pub fn backtrack(
    program: &[Inst],
    text: &[u8],
    from: usize,
    work: &mut Work,
    mut tick: impl FnMut(usize) -> Result<(), Failure>,
) -> Result<Found, Failure> {
    let mut stack = Vec::new();
    for start in from..=text.len() {
        tick(start)?;
        stack.push((0, start));
        while let Some((mut pc, mut at)) = stack.pop() {
            loop {
                let go_on = match program[pc] {
                    Inst::Match => return Ok(Some((start, at))),
                    Inst::Split(first, second) => {
                        stack.push((second, at));
                        pc = first;
                        continue;
                    }
                    Inst::Space => {
                        work.looks += 1;
                        at += 1;
                        text.get(at - 1) == Some(&b' ')
                    }
                    Inst::Start => {
                        work.edges += 1;
                        at == 0
                    }
                    Inst::End => {
                        work.edges += 1;
                        at == text.len()
                    }
                };
                if !go_on {
                    break;
                }
                pc += 1;
            }
        }
    }
    Ok(None)
}

/// 되돌아가지 않는 기계: 모든 갈래를 글자 하나씩 함께 나아가게 함. 갈래는
/// 많아야 명령의 수만큼임.
pub fn advance(
    program: &[Inst],
    text: &[u8],
    from: usize,
    work: &mut Work,
) -> Found {
    // (명령, 시작한 자리): 앞의 것이 먼저 해 볼 갈래
    let mut now: Vec<(usize, usize)> = Vec::new();
    let mut found = None;
    for at in from..=text.len() {
        let mut next = Vec::new();
        let mut seen = 0_u32;
        let mut waiting: Vec<(usize, usize)> = Vec::new();
        if found.is_none() {
            waiting.push((0, at));
        }
        waiting.extend(now.drain(..).rev());
        while let Some((pc, start)) = waiting.pop() {
            // 같은 명령에 이른 갈래는 하나만 남김
            if seen >> pc & 1 == 1 {
                continue;
            }
            seen |= 1 << pc;
            match program[pc] {
                Inst::Match => {
                    found = Some((start, at));
                    // 이보다 나중에 해 볼 갈래는 볼 것이 없음
                    waiting.clear();
                }
                Inst::Split(first, second) => {
                    waiting.push((second, start));
                    waiting.push((first, start));
                }
                Inst::Space => {
                    work.looks += 1;
                    if text.get(at) == Some(&b' ') {
                        next.push((pc + 1, start));
                    }
                }
                Inst::Start | Inst::End => {
                    work.edges += 1;
                    let edge = match program[pc] {
                        Inst::Start => 0,
                        _ => text.len(),
                    };
                    if at == edge {
                        waiting.push((pc + 1, start));
                    }
                }
            }
        }
        if found.is_some() && next.is_empty() {
            break;
        }
        now = next;
    }
    found
}
// ANCHOR_END: kernel

/// 양 끝에서 훑음.
pub fn scan(text: &[u8], work: &mut Work) -> (usize, usize) {
    let mut start = 0;
    while text.get(start) == Some(&b' ') {
        work.looks += 1;
        start += 1;
    }
    work.looks += 1;
    let mut end = text.len();
    while end > start {
        work.looks += 1;
        if text[end - 1] != b' ' {
            break;
        }
        end -= 1;
    }
    (start, end)
}

type Tick<'a> = &'a mut dyn FnMut(usize) -> Result<(), Failure>;

/// 남는 글의 처음과 끝.
pub fn trim(
    method: Method,
    text: &[u8],
    work: &mut Work,
    tick: Tick,
) -> Result<(usize, usize), Failure> {
    let mut kept = (0, text.len());
    match method {
        Method::LinearScan => return Ok(scan(text, work)),
        Method::TwoStep => {
            let found = backtrack(LEADING, text, 0, work, &mut *tick)?;
            cut(&mut kept, found);
            // 처음의 것은 이미 뗐음
            let from = kept.0.max(1);
            let found = backtrack(TRAILING, text, from, work, &mut *tick)?;
            cut(&mut kept, found);
        }
        Method::TrimRegex => {
            let mut from = Some(0);
            while let Some(at) = from {
                let found = backtrack(EITHER, text, at, work, &mut *tick)?;
                from = cut(&mut kept, found);
            }
        }
        Method::Nfa => {
            let mut from = Some(0);
            while let Some(at) = from {
                from = cut(&mut kept, advance(EITHER, text, at, work));
            }
        }
    }
    Ok(kept)
}

/// 맞은 것을 떼고, 다음에 볼 자리를 돌려줌. 처음에 붙은 것이면 앞을 뗌.
fn cut(kept: &mut (usize, usize), found: Found) -> Option<usize> {
    let (from, to) = found?;
    match from {
        0 => kept.0 = to,
        _ => kept.1 = from,
    }
    Some(to)
}

/// `a` + 공백 + `b`. 공백이 끝에 있으면 `b`가 없음.
pub fn sample(spaces: u64, at_end: bool) -> Vec<u8> {
    let mut text = vec![b'a'];
    text.resize(1 + spaces as usize, b' ');
    if !at_end {
        text.push(b'b');
    }
    text
}

/// 한 방법으로 한 일.
fn count(
    method: Method,
    spaces: u64,
    at_end: bool,
    tick: Tick,
) -> Result<(Work, (usize, usize)), Failure> {
    let mut work = Work::default();
    let text = sample(spaces, at_end);
    let kept = trim(method, &text, &mut work, tick)?;
    Ok((work, kept))
}

/// 공백 뒤에 글자가 있을 때 글자를 보는 횟수: 시험이 센 것과 견줌.
fn looks(method: Method, n: u64) -> u64 {
    match method {
        // 시작마다 남은 공백을 모두 보고 글자 하나에 막힘. 공백이 아닌
        // 시작에서도 봄: a에서 둘, b와 끝에서 하나씩
        Method::TrimRegex => n * (n + 1) / 2 + n + 4,
        // a는 앞의 패턴만 봄
        Method::TwoStep => n * (n + 1) / 2 + n + 3,
        Method::Nfa => n + 4,
        Method::LinearScan => 2,
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let total = p.spaces + 2;
    let mut tick = |at: usize| match at % 64 {
        0 => ctx.progress(at as u64, total, p.method.label()),
        _ => Ok(()),
    };
    let (work, kept) = count(p.method, p.spaces, p.at_end, &mut tick)?;
    let small = MEASURED.min(p.spaces);
    let mut rows = Vec::new();
    for method in Method::ALL {
        let (work, kept) = count(method, small, p.at_end, &mut |_| Ok(()))?;
        rows.push((method, work, kept));
    }
    let day = Day::new(work, p.health);
    Ok(Report::default()
        .answer("looks", work.looks)
        .answer("edges", work.edges)
        .answer("start", kept.0 as u64)
        .answer("end", kept.1 as u64)
        .answer("render", day.render)
        .answer("removed_at", day.removed_at.unwrap_or(0))
        .checksum(&[
            work.looks,
            work.edges,
            kept.0 as u64,
            kept.1 as u64,
            day.render,
            day.removed_at.unwrap_or(0),
        ])
        .view(View::Table(methods(small, &rows)))
        .view(View::Chart(growth(p.spaces)))
        .view(View::Timeline(day.timeline())))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let twice = |n: u64| {
        let counted = count(p.method, n, p.at_end, &mut |_| Ok(()));
        counted.map_or(0, |(work, _)| work.looks)
    };
    // 큰 글은 세는 데도 오래 걸리므로 작은 글의 비로 대신함
    let n = p.spaces.min(MEASURED);
    let (one, two) = (twice(n), twice(2 * n));
    let sentence = format!(
        "{}: 공백 {}개에 {}번, {}개에 {}번 봄.",
        p.method.label(),
        format::int(n),
        format::int(one),
        format::int(2 * n),
        format::int(two)
    );
    Verdict::ratio(GUESSES, two as f64 / one.max(1) as f64, sentence)
}

/// 네 방법을 나란히 세고 재는 글의 크기. 이보다 크면 되돌아가는 두 방법을
/// 여러 번 돌리기에 오래 걸림.
const MEASURED: u64 = 2_000;

fn methods(spaces: u64, rows: &[(Method, Work, (usize, usize))]) -> Table {
    let row = |(method, work, kept): &(Method, Work, (usize, usize))| {
        vec![
            method.label().into(),
            work.looks.into(),
            work.edges.into(),
            Cell::fixed(work.looks as f64 / spaces as f64, 2),
            format!("{}–{}", kept.0, kept.1).into(),
        ]
    };
    Table {
        title: format!("공백 {}개에 한 일", format::int(spaces)),
        badge: Badge::Model,
        columns: vec![
            Column::text("방법"),
            Column::number("글자를 봄", "번"),
            Column::number("처음·끝인지 봄", "번"),
            Column::number("공백 하나에", "번"),
            Column::text("남긴 자리"),
        ],
        rows: rows.iter().map(row).collect(),
    }
}

fn growth(most: u64) -> Chart {
    let sizes = [64, 32, 16, 8, 4, 2, 1].map(|by| (most / by).max(1));
    let line = |method: Method| Series {
        name: method.label().into(),
        shape: Shape::Line,
        points: sizes
            .iter()
            .map(|n| (*n as f64, looks(method, *n) as f64).into())
            .collect(),
    };
    Chart {
        title: "공백 뒤에 글자가 있을 때".into(),
        badge: Badge::Model,
        x: Axis::log("공백의 수", "개"),
        y: Axis::log("글자를 봄", "번"),
        // 두 패턴으로 나눈 것은 한 패턴과 겹침
        series: vec![
            line(Method::TrimRegex),
            line(Method::Nfa),
            line(Method::LinearScan),
        ],
        marks: Vec::new(),
    }
}

/// 한 틱에 보는 글자와 끝.
const PER_TICK: u64 = 100_000;
/// 상태 검사를 보내는 간격과 기다리는 시간, 틱.
const EVERY: u64 = 20;
const PATIENCE: u64 = 15;
/// 이만큼 잇달아 답이 늦으면 서버를 뺌.
const STRIKES: u64 = 3;
const SERVERS: u64 = 3;
/// 지켜보는 시간, 틱.
const WATCHED: u64 = 160;

/// 상태 검사가 서버를 빼는 모형.
#[derive(Clone, Copy, Debug)]
struct Day {
    /// 첫 화면 하나를 그리는 데 드는 틱.
    render: u64,
    health: Health,
    /// 마지막 서버가 빠지는 때.
    removed_at: Option<u64>,
}

impl Day {
    fn new(work: Work, health: Health) -> Self {
        let render = 1 + (work.looks + work.edges) / PER_TICK;
        let slow = health == Health::Home && render > PATIENCE;
        let last = (SERVERS - 1) * 2 + STRIKES * EVERY + PATIENCE;
        Day { render, health, removed_at: slow.then_some(last) }
    }

    /// 서버마다 두 틱씩 늦게 검사를 시작함.
    fn removal(&self, server: u64) -> u64 {
        match self.removed_at {
            Some(_) => server * 2 + STRIKES * EVERY + PATIENCE,
            None => WATCHED,
        }
    }

    fn timeline(&self) -> Timeline {
        let cost = match self.health {
            Health::Home => self.render,
            Health::Status => 1,
        };
        let mut lanes = Vec::new();
        for server in 0..SERVERS {
            let out = self.removal(server);
            let asked = (1..).map(|i| server * 2 + i * EVERY);
            let checks = asked.take_while(|at| *at < out).map(|at| {
                let late = cost > PATIENCE;
                let end = at + cost.min(PATIENCE);
                let (label, tone) = match late {
                    true => ("늦음", Tone::Dead),
                    false => ("답함", Tone::Hit),
                };
                Span::new(at as f64, end as f64, label, tone)
            });
            lanes.push(TimeLane {
                label: format!("서버 {} 검사", server + 1),
                spans: checks.collect(),
            });
            let mut spans = vec![Span::new(
                0.0,
                out as f64,
                "다른 화면에 답함",
                Tone::Plain,
            )];
            if out < WATCHED {
                let (out, end) = (out as f64, WATCHED as f64);
                spans.push(Span::new(out, end, "빠짐", Tone::Dead));
            }
            lanes.push(TimeLane {
                label: format!("서버 {}", server + 1),
                spans,
            });
        }
        Timeline {
            title: format!("{}에 살아 있는지 물으면", self.health.label()),
            badge: Badge::Model,
            axis: "시각".into(),
            unit: "틱".into(),
            lanes,
        }
    }
}

/// 재는 방법 하나: 남긴 글의 길이를 돌려줌.
pub fn keep(method: Method, text: &[u8]) -> u64 {
    let mut work = Work::default();
    let kept = trim(method, text, &mut work, &mut |_| Ok(()));
    kept.map_or(0, |(start, end)| end.saturating_sub(start) as u64)
}

/// `regex` 크레이트. 유니코드 표 없이 같은 패턴을 씀.
#[cfg(feature = "lessons")]
pub fn keep_with_crate(regex: &regex::bytes::Regex, text: &[u8]) -> u64 {
    let cut: usize = regex.find_iter(text).map(|found| found.len()).sum();
    (text.len() - cut) as u64
}

/// 한 패턴을 그 크레이트로 컴파일한 것.
#[cfg(feature = "lessons")]
pub fn compiled() -> Result<regex::bytes::Regex, regex::Error> {
    regex::bytes::Regex::new("(?-u)^ +| +$")
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let spaces = p.spaces.min(MEASURED);
    let text = sample(spaces, p.at_end);
    let case = |method: Method| {
        let text = &text;
        Case::new(method.label(), 1, move || keep(method, text))
    };
    #[cfg(feature = "lessons")]
    let regex =
        compiled().map_err(|error| Failure::Unavailable(error.to_string()))?;
    #[cfg_attr(not(feature = "lessons"), expect(unused_mut))]
    let mut cases: Vec<Case> = Method::ALL.into_iter().map(case).collect();
    #[cfg(feature = "lessons")]
    cases.push(Case::new("regex 크레이트", 1, || {
        keep_with_crate(&regex, &text)
    }));
    let title = format!("공백 {}개의 글 하나", format::int(spaces));
    let mut views = compare(ctx, &title, "글 하나", cases)?;
    if !cfg!(feature = "lessons") {
        views
            .push(note("regex 크레이트까지 재려면 --features lessons를 붙임"));
    }
    if spaces < p.spaces {
        views
            .push(note(format!("공백 {}개로 줄여서 잼", format::int(spaces))));
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn work(method: Method, n: u64) -> Work {
        count(method, n, false, &mut |_| Ok(())).unwrap().0
    }

    /// 2만 개면 글자를 보는 횟수의 큰 몫이 20,000 × 20,001 / 2임.
    #[test]
    fn backtracking_looks_at_every_pair() {
        for n in [1, 2, 10, 137, 500] {
            for method in Method::ALL {
                assert_eq!(
                    work(method, n).looks,
                    looks(method, n),
                    "{method:?} {n}"
                );
            }
            // 되돌아가며 끝인지 본 횟수
            let edges = work(Method::TrimRegex, n).edges;
            assert_eq!(edges, n * (n + 1) / 2 + n + 3);
        }
        assert_eq!(looks(Method::TrimRegex, 20_000), 200_030_004);
    }

    #[test]
    fn every_method_keeps_what_str_trim_keeps() {
        let texts = [
            "", " ", "   ", "a", " a", "a ", "  a  b ", "a  b", "   ab   ",
            "a b c  ", "  a",
        ];
        for text in texts {
            let want = text.trim_matches(' ');
            for method in Method::ALL {
                let mut work = Work::default();
                let bytes = text.as_bytes();
                let (start, end) =
                    trim(method, bytes, &mut work, &mut |_| Ok(())).unwrap();
                let end = end.max(start);
                assert_eq!(&text[start..end], want, "{method:?} {text:?}");
            }
        }
    }

    #[test]
    fn the_default_prediction_is_four_times() {
        let report = run_with("case_regex_trim", &[]);
        assert_eq!(report.int("looks"), Some(2_003_004));
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("4"));
        let linear = run_with("case_regex_trim", &[("method", "nfa")]);
        let verdict = linear.verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("2"));
    }

    #[test]
    fn spaces_at_the_end_cost_one_pass() {
        let pairs = [("at_end", "true"), ("spaces", "500")];
        let report = run_with("case_regex_trim", &pairs);
        // a에서 둘, 공백 500개, 끝에서 둘
        assert_eq!(report.int("looks"), Some(504));
        assert_eq!(report.int("end"), Some(1));
    }

    #[test]
    fn a_slow_home_page_takes_every_server_out() {
        let report = run_with("case_regex_trim", &[]);
        assert_eq!(report.int("render"), Some(41));
        assert_eq!(report.int("removed_at"), Some(79));
        for spared in [("health", "status"), ("spaces", "1000")] {
            let report = run_with("case_regex_trim", &[spared]);
            assert_eq!(report.int("removed_at"), Some(0), "{spared:?}");
        }
    }

    #[cfg(feature = "lessons")]
    #[test]
    fn the_crate_keeps_the_same() {
        let regex = compiled().unwrap();
        for at_end in [false, true] {
            let text = sample(300, at_end);
            let want = keep(Method::LinearScan, &text);
            assert_eq!(keep_with_crate(&regex, &text), want);
        }
    }
}
