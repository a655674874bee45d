//! 명령 하나가 타입을 배우는 과정: CPython의 적응형 인터프리터(PEP 659).
//!
//! 세는 규칙의 출처는 CPython 3.13 `Include/internal/pycore_backoff.h`와
//! `pycore_code.h`의 `ADAPTIVE_WARMUP_*`, `ADAPTIVE_COOLDOWN_*`.

use lab::report::{
    Axis, Badge, Chart, Column, Frame, Lane, LaneCell, Point, Series, Shape,
    Span, Table, TimeLane, Timeline, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 타입을 섞어 쓰면 느려지는가?",
    prediction: Prediction {
        text: "덧셈 명령 하나에 정수와 실수가 번갈아 1,000번 오면, 명령의 \
               모양은 몇 번 바뀔까?",
        ask: Ask::Number { unit: "번" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: None,
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

lab::choices! {
    /// 명령에 오는 값의 타입.
    pub enum Stream {
        Mono = "mono", "정수만";
        Alternate = "alternate", "정수와 실수가 번갈아";
        Phase = "phase", "정수 k번, 실수 k번을 되풀이";
        Random = "random", "실수가 p%인 무작위";
        Unsupported = "unsupported", "특수화가 없는 타입만";
        Spoil = "spoil", "정수 k번, 그 뒤로 특수화가 없는 타입";
    }
}

lab::params! {
    /// 명령 하나에 값을 차례로 보냄.
    pub struct Params {
        length: u64 = 1_000, int("실행의 수").unit("번").range(1, 5_000).log();
        stream: Stream = Stream::Alternate, choice("오는 타입");
        k: u64 = 100, int("k").unit("번").range(1, 5_000)
            .hint("한 타입이 이어지는 길이. k를 말하는 흐름에만 씀");
        p: u64 = 10, int("p").unit("%").range(0, 100)
            .hint("무작위 흐름에만 씀");
        seed: u64 = 42, int("씨앗").hint("무작위 흐름에만 씀");
        warmup: u32 = 2, int("첫 시도").unit("번째").range(1, 10)
            .hint("CPython 3.12–3.14는 2");
        cooldown: u32 = 53, int("참는 빗나감").unit("번").range(1, 200)
            .hint("이만큼째 빗나가면 다시 배움. CPython 3.12–3.14는 53");
        cost_generic: u64 = 10, int("일반 명령의 값").range(0, 1_000);
        cost_hit: u64 = 3, int("맞은 특수화의 값").range(0, 1_000);
        cost_miss: u64 = 12, int("빗나간 특수화의 값").range(0, 1_000);
        cost_attempt: u64 = 30, int("시도의 값").range(0, 1_000)
            .hint("값은 모두 임의의 단위임");
    }
    check = |_: &Params, _| Ok(());
}

/// 두 피연산자의 타입. 둘은 늘 같음.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Int,
    Float,
    /// 특수화한 덧셈이 없는 타입: 리스트, 복소수.
    Other,
}

/// 명령의 모양.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Generic,
    Int,
    Float,
}

impl Form {
    /// 체크섬에 적는 번호.
    fn code(self) -> u64 {
        match self {
            Form::Generic => 0,
            Form::Int => 1,
            Form::Float => 2,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Form::Generic => "BINARY_OP",
            Form::Int => "BINARY_OP_ADD_INT",
            Form::Float => "BINARY_OP_ADD_FLOAT",
        }
    }

    fn takes(self, kind: Kind) -> bool {
        Form::of(kind) == Some(self)
    }

    /// 이 타입의 특수화.
    fn of(kind: Kind) -> Option<Form> {
        match kind {
            Kind::Int => Some(Form::Int),
            Kind::Float => Some(Form::Float),
            Kind::Other => None,
        }
    }
}

/// 물러나기가 커지는 한도: 4,095번까지 기다림.
const MAX_BACKOFF: u32 = 12;

/// 명령 하나와 그 곁의 16비트 카운터(값 12비트, 물러나기 4비트).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    pub form: Form,
    /// 0이 되면 다음에 시도함.
    pub value: u32,
    pub backoff: u32,
    /// 다시 배운 다음의 카운터.
    cooldown: u32,
}

/// 명령이 지나가는 순간.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// 특수화한 명령이 맞음.
    Hit,
    /// 특수화한 명령이 빗나가 일반 명령으로 감.
    Miss,
    /// 아직 시도할 때가 아님.
    Wait,
    /// 지금 온 타입을 배움.
    Learn,
    /// 배울 것이 없어 더 오래 기다리기로 함.
    BackOff,
}

impl Step {
    fn tag(self) -> &'static str {
        match self {
            Step::Hit => "hit",
            Step::Miss => "miss",
            Step::Wait => "wait",
            Step::Learn => "learn",
            Step::BackOff => "back_off",
        }
    }
}

impl Site {
    /// 처음의 명령: `warmup`번째 실행에서 처음 시도함.
    pub fn new(warmup: u32, cooldown: u32) -> Self {
        Site {
            form: Form::Generic,
            value: warmup - 1,
            backoff: 1,
            cooldown: cooldown - 1,
        }
    }

    // ANCHOR: kernel
    /// 한 번 실행함.
    pub fn execute(&mut self, kind: Kind, mut watch: impl FnMut(Step)) {
        if self.form.takes(kind) {
            return watch(Step::Hit); // step: hit
        }
        if self.form != Form::Generic {
            watch(Step::Miss); // step: miss
        }
        if self.value > 0 {
            self.value -= 1; // step: wait
            return watch(Step::Wait);
        }
        if let Some(form) = Form::of(kind) {
            self.form = form;
            (self.value, self.backoff) = (self.cooldown, 0); // step: learn
            watch(Step::Learn);
            return watch(Step::Hit);
        }
        self.form = Form::Generic;
        self.backoff = MAX_BACKOFF.min(self.backoff + 1);
        // 2^b − 1에서 시작하고, 이번 실행을 마저 하며 하나를 씀
        self.value = (1 << self.backoff) - 2; // step: back_off
        watch(Step::BackOff);
    }
    // ANCHOR_END: kernel

    /// CPython이 명령 곁에 적어 두는 16비트.
    pub fn counter(&self) -> u32 {
        self.value << 4 | self.backoff
    }
}

/// 오는 타입의 열.
pub fn kinds(p: &Params) -> Vec<Kind> {
    let mut rng = SplitMix64::new(p.seed);
    let kind = |i: u64| match p.stream {
        Stream::Mono => Kind::Int,
        Stream::Alternate if i.is_multiple_of(2) => Kind::Int,
        Stream::Phase if (i / p.k).is_multiple_of(2) => Kind::Int,
        Stream::Alternate | Stream::Phase => Kind::Float,
        Stream::Random if rng.below(100) < p.p => Kind::Float,
        Stream::Random => Kind::Int,
        Stream::Spoil if i < p.k => Kind::Int,
        Stream::Unsupported | Stream::Spoil => Kind::Other,
    };
    (0..p.length).map(kind).collect()
}

/// 센 것.
#[derive(Clone, Debug, Default, PartialEq)]
struct Tally {
    /// 특수화한 명령이 끝낸 실행.
    hits: u64,
    /// 특수화한 명령이 빗나간 횟수. 그 자리에서 다시 배웠으면 그 실행은
    /// 맞은 것에도 들어감.
    misses: u64,
    /// 처음부터 일반 명령이 끝낸 실행.
    generic: u64,
    /// 시도한 실행의 번호, 1부터.
    attempts: Vec<u64>,
    /// 모양이 바뀐 실행의 번호와 바뀐 모양.
    changes: Vec<(u64, Form)>,
    cost: u64,
    /// 실행을 마칠 때마다의 비용.
    costs: Vec<u64>,
}

/// 흐름 하나를 끝까지 실행함. `after`는 실행마다 한 순간씩 봄.
fn play(
    p: &Params,
    kinds: &[Kind],
    mut after: impl FnMut(u64, Kind, Step, &Site),
) -> Tally {
    let mut site = Site::new(p.warmup, p.cooldown);
    let mut tally = Tally::default();
    for (at, kind) in (1..).zip(kinds.iter().copied()) {
        let before = site;
        let mut steps = Vec::new();
        site.execute(kind, |step| steps.push(step));
        let missed = steps.contains(&Step::Miss);
        for step in steps {
            match step {
                Step::Hit => {
                    tally.hits += 1;
                    tally.cost += p.cost_hit;
                }
                Step::Miss => {
                    tally.misses += 1;
                    tally.cost += p.cost_miss;
                }
                Step::Learn | Step::BackOff => {
                    tally.attempts.push(at);
                    tally.cost += p.cost_attempt;
                }
                Step::Wait => {}
            }
            let generic = matches!(step, Step::Wait | Step::BackOff);
            if generic && !missed {
                tally.generic += 1;
                tally.cost += p.cost_generic;
            }
            // 빗나간 순간의 명령은 아직 그대로임
            let seen = if step == Step::Miss { &before } else { &site };
            after(at, kind, step, seen);
        }
        if site.form != before.form {
            tally.changes.push((at, site.form));
        }
        tally.costs.push(tally.cost);
    }
    tally
}

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let kinds = kinds(p);
    let mut recorder = Recorder::new(&kinds);
    let tally = play(p, &kinds, |at, kind, step, site| {
        recorder.record(at, kind, step, site);
    });
    let mut words =
        vec![tally.hits, tally.misses, tally.attempts.len() as u64];
    for (at, form) in &tally.changes {
        words.extend([*at, form.code()]);
    }
    Ok(Report::default()
        .answer("hits", tally.hits)
        .answer("misses", tally.misses)
        .answer("generic", tally.generic)
        .answer("attempts", tally.attempts.len() as u64)
        .answer("changes", tally.changes.len() as u64)
        .answer("change_at", joined(&change_times(&tally)).as_str())
        .answer("attempt_at", joined(&tally.attempts).as_str())
        .answer("cost", tally.cost)
        .checksum(&words)
        .view(View::Timeline(strip(p, &tally)))
        .view(View::Table(summary(p, &tally)))
        .view(View::Chart(cost_chart(p, &tally)))
        .view(View::Trace(recorder.trace("카운터의 비트", badge(p))))
        .view(View::Trace(forgetting(p))))
}

fn change_times(tally: &Tally) -> Vec<u64> {
    tally.changes.iter().map(|(at, _)| *at).collect()
}

/// 처음 몇 개: `2, 107, 212`.
const SHOWN: usize = 10;

fn joined(times: &[u64]) -> String {
    let shown = times.iter().take(SHOWN).map(u64::to_string);
    shown.collect::<Vec<_>>().join(", ")
}

fn verdict(report: &Report) -> Verdict {
    let changes = report.int("changes").unwrap_or(0);
    let text = |key: &str| match report.answers.get(key) {
        Some(lab::report::Answer::Exact(text)) => text.as_str(),
        _ => "",
    };
    let more = if changes > SHOWN as u64 { " …" } else { "" };
    let sentence = if changes == 0 {
        "한 번도 배우지 못해 처음의 일반 명령 그대로임.".to_owned()
    } else {
        let times = text("change_at");
        format!("{times}{more}번째 실행에서 바뀜.")
    };
    let headline = format!("{}번", format::int(changes));
    Verdict::number(headline, changes as f64, sentence)
}

fn summary(p: &Params, tally: &Tally) -> Table {
    let row = |label: &str, count: u64, each: u64| {
        vec![label.into(), count.into(), each.into(), (count * each).into()]
    };
    let mut rows = vec![
        row("맞은 특수화", tally.hits, p.cost_hit),
        row("빗나간 특수화", tally.misses, p.cost_miss),
        row("일반 명령", tally.generic, p.cost_generic),
        row("시도", tally.attempts.len() as u64, p.cost_attempt),
    ];
    rows.push(vec!["합".into(), "".into(), "".into(), tally.cost.into()]);
    let plain = p.length * p.cost_generic;
    rows.push(vec![
        "배우지 않았다면".into(),
        p.length.into(),
        p.cost_generic.into(),
        plain.into(),
    ]);
    Table {
        title: "실행과 비용".into(),
        badge: Badge::Model,
        columns: vec![
            Column::text("무엇"),
            Column::number("횟수", "번"),
            Column::number("하나의 값", "임의 단위"),
            Column::number("비용", "임의 단위"),
        ],
        rows,
    }
}

/// 상수가 CPython의 것일 때만 진짜와 비트까지 같음.
fn badge(p: &Params) -> Badge {
    match (p.warmup, p.cooldown) {
        (2, 53) => Badge::Exact,
        _ => Badge::Model,
    }
}

/// 명령의 모양과 시도를 실행의 차례 위에.
fn strip(p: &Params, tally: &Tally) -> Timeline {
    let mut edges = vec![(1, Form::Generic)];
    edges.extend(&tally.changes);
    let ends = change_times(tally).into_iter().chain([p.length + 1]);
    let spans = edges.iter().zip(ends).filter(|((at, _), end)| at < end).map(
        |((at, form), end)| {
            let (label, tone) = match form {
                Form::Generic => ("일반", Tone::Seen),
                Form::Int => ("정수", Tone::Plain),
                Form::Float => ("실수", Tone::Hit),
            };
            Span::new(*at as f64, end as f64, label, tone)
        },
    );
    let learned = change_times(tally);
    let attempts = tally.attempts.iter().map(|at| {
        let (label, tone) = match learned.binary_search(at) {
            Ok(_) => ("바뀜", Tone::Now),
            Err(_) => ("실패", Tone::Dead),
        };
        Span::at(*at as f64, label, tone)
    });
    Timeline {
        title: "명령의 모양".into(),
        badge: badge(p),
        axis: "실행".into(),
        unit: "번째".into(),
        lanes: vec![
            TimeLane { label: "모양".into(), spans: spans.collect() },
            TimeLane { label: "시도".into(), spans: attempts.collect() },
        ],
    }
}

/// 그래프 한 줄의 점.
const POINTS: usize = 500;

fn cost_chart(p: &Params, tally: &Tally) -> Chart {
    let thin = |costs: &[u64]| -> Vec<Point> {
        let stride = costs.len().div_ceil(POINTS);
        (1..=costs.len())
            .filter(|at| at % stride == 0 || *at == costs.len())
            .map(|at| Point::from((at as f64, costs[at - 1] as f64)))
            .collect()
    };
    let line = |name: &str, points| Series {
        name: name.into(),
        shape: Shape::Line,
        points,
    };
    let mono = vec![Kind::Int; p.length as usize];
    let mono = play(p, &mono, |_, _, _, _| {});
    let plain: Vec<u64> =
        (1..=p.length).map(|at| at * p.cost_generic).collect();
    Chart {
        title: "지금까지의 비용".into(),
        badge: Badge::Model,
        x: Axis::linear("실행", "번째"),
        y: Axis::linear("비용", "임의 단위"),
        series: vec![
            line(p.stream.label(), thin(&tally.costs)),
            line("배우지 않음", thin(&plain)),
            line("늘 정수", thin(&mono.costs)),
        ],
        marks: Vec::new(),
    }
}

/// 재생하는 장면의 수와, 한 줄에 보이는 값의 수.
const MAX_FRAMES: usize = 500;
const WINDOW: u64 = 16;

struct Recorder<'a> {
    kinds: &'a [Kind],
    frames: Vec<Frame>,
    full: bool,
}

impl<'a> Recorder<'a> {
    fn new(kinds: &'a [Kind]) -> Self {
        Recorder { kinds, frames: Vec::new(), full: false }
    }

    fn record(&mut self, at: u64, kind: Kind, step: Step, site: &Site) {
        if self.frames.len() >= MAX_FRAMES {
            self.full = true;
            return;
        }
        let value = u64::from(site.value);
        let (waits, later) = (format::int(value), format::int(value + 1));
        let say = match step {
            Step::Hit => format!("{at}번째: {}가 맞음", site.form.name()),
            Step::Miss => {
                format!("{at}번째: 특수화한 타입이 아니라 일반 명령으로 감")
            }
            Step::Wait => {
                format!("{at}번째: 일반 명령이 처리함. 카운터는 {waits}")
            }
            Step::Learn => {
                format!("{at}번째: {}로 바뀜", site.form.name())
            }
            Step::BackOff => format!(
                "{at}번째: 이 타입의 특수화가 없음. {later}번 뒤에 시도함"
            ),
        };
        let counters = vec![
            ("명령".to_owned(), site.form.name().to_owned()),
            ("값".to_owned(), site.value.to_string()),
            ("물러나기".to_owned(), site.backoff.to_string()),
        ];
        self.frames.push(Frame {
            step: step.tag().into(),
            say,
            counters,
            lanes: vec![self.stream(at, kind), bits(site)],
            jumps: Vec::new(),
        });
    }

    /// 지금까지 온 값의 끝부분.
    fn stream(&self, at: u64, now: Kind) -> Lane {
        let first = at.saturating_sub(WINDOW) + 1;
        let cells = (first..=at).map(|each| {
            let kind = self.kinds[each as usize - 1];
            let text = match kind {
                Kind::Int => "int",
                Kind::Float => "float",
                Kind::Other => "?",
            };
            let tone = match each == at {
                true => Tone::Now,
                false if kind == now => Tone::Plain,
                false => Tone::Seen,
            };
            LaneCell { at: each - first, text: text.into(), tone }
        });
        Lane {
            label: format!("온 타입(0번 칸이 {first}번째)"),
            size: WINDOW,
            cells: cells.collect(),
            group: 0,
        }
    }

    fn trace(self, title: &str, badge: Badge) -> Trace {
        let title = match self.full {
            true => format!("{title}: 처음 {MAX_FRAMES}장면"),
            false => title.to_owned(),
        };
        Trace { title, badge, frames: self.frames }
    }
}

/// 정수를 배운 다음 특수화가 없는 타입만 오는 짧은 흐름.
fn forgetting(p: &Params) -> Trace {
    let (k, cooldown) = (u64::from(p.warmup), u64::from(p.cooldown));
    let length = k + cooldown + 15;
    let p = Params { stream: Stream::Spoil, k, length, ..p.clone() };
    let kinds = kinds(&p);
    let mut recorder = Recorder::new(&kinds);
    play(&p, &kinds, |at, kind, step, site| {
        recorder.record(at, kind, step, site);
    });
    let title = "배운 것을 잊기: 정수 다음에 리스트만 올 때";
    recorder.trace(title, badge(&p))
}

/// 카운터의 16비트: 위의 12비트가 값, 아래의 4비트가 물러나기.
fn bits(site: &Site) -> Lane {
    let counter = site.counter();
    let cells = (0..16).map(|at| {
        let one = counter >> (15 - at) & 1 == 1;
        let (text, tone) = match one {
            true => ("1", Tone::Hit),
            false => ("0", Tone::Plain),
        };
        LaneCell { at: at as u64, text: text.into(), tone }
    });
    Lane {
        label: "카운터(값 12비트, 물러나기 4비트)".into(),
        size: 16,
        cells: cells.collect(),
        group: 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn tally(pairs: &[(&str, &str)]) -> Tally {
        let values = Params::table()
            .parse(pairs.iter().copied(), lab::Scope::Native)
            .unwrap();
        let p = Params::read(&values).unwrap();
        play(&p, &kinds(&p), |_, _, _, _| {})
    }

    #[test]
    fn alternating_types_flip_every_105_executions() {
        let tally = tally(&[]);
        let want = [2, 107, 212, 317, 422, 527, 632, 737, 842, 947];
        assert_eq!(change_times(&tally), want);
        let report = run_with("type_specialize", &[]);
        assert_eq!(report.int("changes"), Some(10));
        assert_eq!(report.verdict.unwrap().number, Some(10.0));
    }

    #[test]
    fn failed_attempts_wait_longer() {
        let tally = tally(&[("stream", "unsupported")]);
        assert_eq!(tally.attempts, [2, 5, 12, 27, 58, 121, 248, 503]);
        assert_eq!(tally.changes, []);
        assert_eq!(tally.generic, 1_000);
    }

    #[test]
    fn the_wait_stops_growing_at_4095() {
        let tally = tally(&[("stream", "unsupported"), ("length", "5000")]);
        assert_eq!(tally.attempts.last(), Some(&4_084));
        let mut site = Site::new(2, 53);
        let mut attempts = Vec::new();
        for at in 0..40_000_u32 {
            site.execute(Kind::Other, |step| {
                if step == Step::BackOff {
                    attempts.push(at);
                }
            });
        }
        let gaps: Vec<u32> =
            attempts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(gaps[..3], [3, 7, 15]);
        assert_eq!(gaps[gaps.len() - 2..], [4_095, 4_095]);
    }

    /// 정수로 굳은 다음에는 53번째 빗나감에서 시도하고, 실패하면 1, 3, 7, 15,
    /// 31번 뒤에 다시 함.
    #[test]
    fn the_53rd_miss_tries_again() {
        let tally = tally(&[("stream", "spoil"), ("k", "2")]);
        let since: Vec<u64> =
            tally.attempts[1..7].iter().map(|at| at - 2).collect();
        assert_eq!(since, [53, 54, 57, 64, 79, 110]);
        assert_eq!(tally.changes, [(2, Form::Int), (55, Form::Generic)]);
        assert_eq!(tally.misses, 53);
    }

    #[test]
    fn floats_after_ints_take_53_misses() {
        let tally = tally(&[("stream", "phase"), ("k", "500")]);
        assert_eq!(tally.changes, [(2, Form::Int), (553, Form::Float)]);
        assert_eq!((tally.hits, tally.misses), (999 - 52, 53));
    }

    #[test]
    fn a_single_type_learns_once() {
        let tally = tally(&[("stream", "mono")]);
        assert_eq!(tally.changes, [(2, Form::Int)]);
        assert_eq!((tally.hits, tally.misses, tally.generic), (999, 0, 1));
        assert_eq!(tally.cost, 10 + 30 + 999 * 3);
    }

    #[test]
    fn mixing_costs_more_than_one_type() {
        let mixed = tally(&[]);
        let mono = tally(&[("stream", "mono")]);
        assert!(mixed.cost > 2 * mono.cost);
        assert_eq!((mixed.hits, mixed.misses), (504, 504));
    }

    /// 배우자마자 다른 타입이 오면 배우지 않은 것보다 비쌈.
    #[test]
    fn runs_of_53_are_the_worst_case() {
        let worst = tally(&[("stream", "phase"), ("k", "53")]);
        assert_eq!((worst.hits, worst.misses), (69, 947));
        assert_eq!(worst.cost, 12_121);
    }
}
