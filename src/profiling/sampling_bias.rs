//! 프로파일러도 틀린다: 되풀이되는 일을 표본으로도 추적으로도 재어 봄.
//!
//! 시각은 모두 정수 ns의 가상 시각임. 이 컴퓨터의 시간이 아님.

use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Mark,
    Point, Series, Shape, Span, Table, TimeLane, Timeline, Tone, Trace,
    Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 두 프로파일러가 서로 다른 함수를 범인으로 지목하는가?",
    prediction: Prediction {
        text: "처음 값에서 가장 큰 함수의 실제 몫은 40%임. 일의 주기와 \
               똑같은 간격으로 표본을 모으면, 가장 많이 잡힌 함수의 몫은 \
               얼마일까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: None,
    python: Python::Same,
    bench: Bench::None("가상 시각을 셈하는 모형이라 잴 시간이 없음"),
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("250", "25% (넷이 고르게)"),
    ("400", "40% (실제와 같음)"),
    ("700", "70%쯤"),
    ("1000", "100%"),
];

lab::choices! {
    /// 한 주기를 나눠 쓰는 모양.
    pub enum Shares {
        Even = "even", "넷이 똑같이";
        OneBig = "one_big", "하나가 큼";
        ManySmall = "many_small", "짧은 함수를 95번";
    }
}

lab::choices! {
    /// 부를 때의 비용을 누구의 시간으로 적는가.
    pub enum Side {
        Callee = "callee", "불린 쪽";
        Caller = "caller", "부른 쪽";
    }
}

lab::params! {
    /// 되풀이되는 일 하나와 프로파일러 둘.
    pub struct Params {
        period_us: u64 = 1_000, int("일의 주기").unit("µs")
            .range(100, 20_000).log();
        shares: Shares = Shares::ManySmall, choice("몫의 모양");
        interval_us: u64 = 1_000, int("표본의 간격").unit("µs")
            .range(50, 10_000).log();
        phase_us: u64 = 0, int("첫 표본의 시각").unit("µs").range(0, 20_000);
        jitter_pct: u64 = 0, int("흔들기").unit("%").range(0, 50)
            .hint("표본마다 간격의 이만큼까지 앞뒤로 옮김");
        trace_overhead_ns: u64 = 500, int("추적의 비용").unit("ns")
            .range(0, 5_000).hint("부를 때와 돌아올 때 한 번씩 듦");
        charged: Side = Side::Callee, choice("비용이 붙는 쪽")
            .hint("부를 때의 비용. 돌아올 때의 비용은 늘 부른 쪽에 붙음");
        duration_ms: u64 = 1_000, int("지켜보는 시간").unit("ms")
            .range(10, 10_000).log();
        seed: u64 = 42, int("씨앗").hint("흔들 때만 씀");
    }
    check = check;
}

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    let most = p.duration_ms * 1_000;
    if p.phase_us + p.period_us <= most {
        return Ok(());
    }
    let (title, name, value) = if p.period_us > most {
        ("일의 주기", "period_us", p.period_us)
    } else {
        ("첫 표본의 시각", "phase_us", p.phase_us)
    };
    let most = format::int(most);
    let why = format!(
        "{title}({name})의 값 '{value}': 주기와 첫 시각의 합이 \
         0–{most}µs(지켜보는 시간) 범위여야 함"
    );
    Err(Failure::param(name, why))
}

/// 한 주기 안에서 도는 함수.
#[derive(Clone, Copy, Debug)]
struct Function {
    name: &'static str,
    /// 주기에서 쓰는 몫, 천분율.
    permille: u64,
    /// 한 주기에 부르는 수.
    calls: u64,
}

const NAMES: [&str; 4] = ["읽기", "풀기", "셈하기", "쓰기"];
/// 함수를 부르는 바깥 반복문. 스스로 하는 일은 없음.
const OUTER: &str = "바깥 반복문";

impl Shares {
    fn functions(self) -> [Function; 4] {
        let rows = match self {
            Shares::Even => [(250, 1); 4],
            Shares::OneBig => [(150, 1), (200, 1), (600, 1), (50, 1)],
            Shares::ManySmall => [(150, 1), (380, 95), (400, 1), (70, 1)],
        };
        std::array::from_fn(|i| {
            let (permille, calls) = rows[i];
            Function { name: NAMES[i], permille, calls }
        })
    }
}

/// 되풀이되는 일. 시간은 ns.
struct Job {
    functions: [Function; 4],
    period: u64,
    /// 지켜보는 시간: 온전한 주기만 셈.
    duration: u64,
}

/// 표본을 모으는 계획. 시간은 ns.
struct Plan {
    phase: u64,
    interval: u64,
    jitter: u64,
    seed: u64,
}

impl Params {
    fn job(&self) -> Job {
        let period = self.period_us * 1_000;
        let cycles = self.duration_ms * 1_000 / self.period_us;
        let functions = self.shares.functions();
        Job { functions, period, duration: cycles * period }
    }

    fn plan(&self, interval_us: u64) -> Plan {
        let interval = interval_us * 1_000;
        Plan {
            phase: self.phase_us * 1_000,
            interval,
            jitter: interval * self.jitter_pct / 100,
            seed: self.seed,
        }
    }
}

/// 커널이 지나가는 순간. `at`은 가상 시각, ns.
#[derive(Clone, Copy, Debug)]
enum Step {
    Sample { at: u64, function: usize },
    Call { function: usize },
    Return { function: usize, spent: u64 },
}

// ANCHOR: kernel
impl Job {
    /// 이 시각에 도는 함수.
    fn running(&self, at: u64) -> usize {
        let mut left = at % self.period;
        for (i, function) in self.functions.iter().enumerate() {
            let length = self.period * function.permille / 1_000;
            if left < length {
                return i;
            }
            left -= length;
        }
        self.functions.len() - 1
    }

    /// 표본 프로파일러: 때마다 도는 함수를 엿봄.
    fn sample(&self, plan: &Plan, mut watch: impl FnMut(Step)) -> [u64; 4] {
        let mut rng = SplitMix64::new(plan.seed);
        let mut counts = [0; 4];
        let mut due = plan.phase;
        while due < self.duration + plan.jitter {
            // 흔들면 due - jitter부터 due + jitter까지 가운데 하나
            let late = due + rng.below(2 * plan.jitter + 1);
            due += plan.interval;
            let Some(at) = late.checked_sub(plan.jitter) else { continue };
            if at < self.duration {
                let function = self.running(at);
                counts[function] += 1; // step: sample
                watch(Step::Sample { at, function });
            }
        }
        counts
    }

    /// 결정적 프로파일러: 부를 때의 비용은 `side`에, 돌아올 때의 비용은
    /// 부른 쪽에 붙음. 한 주기의 시간, 마지막 칸은 바깥 반복문.
    fn trace(
        &self,
        overhead: u64,
        side: Side,
        mut watch: impl FnMut(Step),
    ) -> [u64; 5] {
        let mut spent = [0; 5];
        for (i, function) in self.functions.iter().enumerate() {
            let length = self.period * function.permille / 1_000;
            let charged = if side == Side::Callee { i } else { 4 };
            for _ in 0..function.calls {
                spent[charged] += overhead; // step: call
                watch(Step::Call { function: i });
                spent[i] += length / function.calls;
                spent[4] += overhead; // step: return
                watch(Step::Return { function: i, spent: spent[i] });
            }
        }
        spent
    }
}
// ANCHOR_END: kernel

/// 전체에 대한 몫, 천분율의 내림.
fn permille<const N: usize>(parts: [u64; N]) -> [u64; N] {
    let total = parts.iter().sum::<u64>().max(1);
    parts.map(|part| part * 1_000 / total)
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let (job, plan) = (p.job(), p.plan(p.interval_us));
    let counts = job.sample(&plan, |_| {});
    let spent = job.trace(p.trace_overhead_ns, p.charged, |_| {});
    let actual = job.functions.map(|function| function.permille);
    let sampled = permille(counts);
    let traced = permille(spent);
    let slowdown = spent.iter().sum::<u64>() * 1_000 / job.period;
    let words: Vec<u64> =
        actual.into_iter().chain(sampled).chain(traced).collect();
    let samples = counts.iter().sum::<u64>();
    let mut report = Report::default()
        .answer("samples", samples)
        .answer("actual", listed(&actual).as_str())
        .answer("sampled", listed(&sampled).as_str())
        .answer("traced", listed(&traced).as_str())
        .answer("sampled_most", most(&sampled).1)
        .answer("slowdown", slowdown)
        .checksum(&words)
        .view(View::Table(summary(p, &job, counts, traced)))
        .view(View::Chart(bars(&actual, &sampled, &traced)))
        .view(View::Timeline(timeline(&job, &plan)))
        .view(View::Chart(sweep(p, &job, ctx)?));
    if samples > 0 {
        report = report.view(View::Trace(replay_samples(&job, &plan)));
    }
    Ok(report.view(View::Trace(replay_trace(&job, p))))
}

fn listed(parts: &[u64]) -> String {
    let texts: Vec<String> = parts.iter().map(u64::to_string).collect();
    texts.join(" ")
}

/// 정답으로 볼 만큼 가까운 몫, 천분율.
const NEAR: u64 = 50;

/// 실제로 표본이 본 몫에 가장 가까운 선택지. 가까운 것이 없거나, 선택지의
/// 괄호에 적은 말이 이 실행에서 틀리면 없음.
fn nearest(actual: &[u64], sampled: &[u64]) -> Option<&'static str> {
    let seen = most(sampled).1;
    let away = |value: &str| seen.abs_diff(value.parse().unwrap_or(0));
    let (choice, _) =
        GUESSES.iter().min_by_key(|(value, _)| away(value)).copied()?;
    let holds = match choice {
        "250" => sampled.iter().all(|part| part.abs_diff(seen) <= NEAR),
        "400" => {
            let close = actual.iter().zip(sampled);
            close.into_iter().all(|(real, part)| real.abs_diff(*part) <= NEAR)
        }
        _ => true,
    };
    (holds && away(choice) <= NEAR).then_some(choice)
}

/// 가장 큰 몫의 번호와 값. 같으면 앞의 것.
fn most(parts: &[u64]) -> (usize, u64) {
    let ranked = parts.iter().copied().enumerate();
    ranked.rev().max_by_key(|(_, part)| *part).unwrap_or((0, 0))
}

fn percent(permille: u64) -> String {
    format!("{}%", format::fixed(permille as f64 / 10.0, 1))
}

fn verdict(report: &Report) -> Verdict {
    let parts = |key: &str| -> Vec<u64> {
        match report.answers.get(key) {
            Some(lab::report::Answer::Exact(text)) => {
                text.split(' ').filter_map(|n| n.parse().ok()).collect()
            }
            _ => Vec::new(),
        }
    };
    let tell = |key: &str| {
        let parts = parts(key);
        let (_, largest) = most(&parts);
        let names = NAMES.into_iter().chain([OUTER]).zip(&parts);
        let names = names.filter(|(_, part)| **part == largest);
        let names: Vec<&str> = names.map(|(name, _)| name).collect();
        // 여럿이 똑같이 크면 모두 말함
        let each = if names.len() > 1 { "씩" } else { "" };
        format!("{} {}{each}", names.join("·"), percent(largest))
    };
    if report.int("samples") == Some(0) {
        return Verdict {
            headline: "표본이 없음".into(),
            sentence: format!(
                "지켜보는 동안 표본을 하나도 모으지 못함. 가장 큰 함수: \
                 실제로는 {}, 추적으로는 {}.",
                tell("actual"),
                tell("traced")
            ),
            ..Verdict::default()
        };
    }
    let sampled = parts("sampled");
    let (_, seen) = most(&sampled);
    let choice = nearest(&parts("actual"), &sampled);
    Verdict {
        headline: percent(seen),
        sentence: format!(
            "가장 큰 함수: 실제로는 {}, 표본으로는 {}, 추적으로는 {}.",
            tell("actual"),
            tell("sampled"),
            tell("traced")
        ),
        choice: choice.map(str::to_owned),
        number: Some(seen as f64 / 10.0),
        order: None,
    }
}

fn summary(
    p: &Params,
    job: &Job,
    counts: [u64; 4],
    traced: [u64; 5],
) -> Table {
    let samples = counts.iter().sum::<u64>();
    let share = |permille: u64| Cell::fixed(permille as f64 / 10.0, 1);
    // 표본이 없으면 몫도 오차도 없음
    let seen = |cell: Cell| if samples > 0 { cell } else { "".into() };
    let sampled = permille(counts);
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (i, function) in job.functions.iter().enumerate() {
        let part = function.permille as f64 / 1_000.0;
        let error = (part * (1.0 - part) / samples.max(1) as f64).sqrt();
        rows.push(vec![
            function.name.into(),
            function.calls.into(),
            share(function.permille),
            seen(share(sampled[i])),
            share(traced[i]),
            seen(Cell::fixed(error * 200.0, 1)),
        ]);
    }
    let outer = [share(0), seen(share(0)), share(traced[4]), "".into()];
    rows.push([OUTER.into(), 1_u64.into()].into_iter().chain(outer).collect());
    let (samples, interval) =
        (format::int(samples), format::int(p.interval_us));
    Table {
        title: format!("{interval} µs마다 모은 표본 {samples}개와 추적"),
        badge: Badge::Model,
        columns: vec![
            Column::text("함수"),
            Column::number("한 주기에 부름", "번"),
            Column::number("실제", "%"),
            Column::number("표본", "%"),
            Column::number("추적", "%"),
            Column::number("아무 때나 모았다면 ±2표준오차", "%p"),
        ],
        rows,
    }
}

/// 모은 표본이 없으면 그 막대도 없음.
fn bars(actual: &[u64], sampled: &[u64], traced: &[u64]) -> Chart {
    let series = |name: &str, parts: &[u64]| Series {
        name: name.into(),
        shape: Shape::Bar,
        points: parts
            .iter()
            .enumerate()
            .map(|(i, part)| (i as f64, *part as f64 / 10.0).into())
            .collect(),
    };
    Chart {
        title: "같은 일을 본 세 가지 답".into(),
        badge: Badge::Model,
        x: Axis::category("함수", NAMES.into_iter().chain([OUTER])),
        y: Axis::linear("몫", "%"),
        series: [("실제", actual), ("표본", sampled), ("추적", traced)]
            .into_iter()
            .filter(|(_, parts)| parts.iter().any(|part| *part > 0))
            .map(|(name, parts)| series(name, parts))
            .collect(),
        marks: Vec::new(),
    }
}

/// 그리는 주기의 수: 표본 넷은 들어오게, 그러나 너무 길지 않게.
const CYCLES: (u64, u64) = (3, 40);
/// 시간 그림에 놓는 표본의 수.
const SHOWN: usize = 60;

fn timeline(job: &Job, plan: &Plan) -> Timeline {
    let (few, many) = CYCLES;
    let cycles = (4 * plan.interval).div_ceil(job.period).clamp(few, many);
    let end = (cycles * job.period).min(job.duration);
    let mut from = 0;
    let micro = |ns: u64| ns as f64 / 1_000.0;
    let mut lanes: Vec<TimeLane> = Vec::new();
    for function in &job.functions {
        let length = job.period * function.permille / 1_000;
        let spans = (0..end / job.period).map(|cycle| {
            let start = cycle * job.period + from;
            let (start, end) = (micro(start), micro(start + length));
            Span::new(start, end, function.name, Tone::Plain)
        });
        let spans = spans.collect();
        lanes.push(TimeLane { label: function.name.into(), spans });
        from += length;
    }
    let mut samples = Vec::new();
    job.sample(plan, |step| {
        if let Step::Sample { at, .. } = step
            && at < end
            && samples.len() < SHOWN
        {
            samples.push(Span::at(micro(at), "표본", Tone::Hit));
        }
    });
    samples.sort_by(|a, b| a.start.total_cmp(&b.start));
    lanes.push(TimeLane { label: "표본".into(), spans: samples });
    Timeline {
        title: format!("처음 {}주기와 표본", end / job.period),
        badge: Badge::Model,
        axis: "가상 시각".into(),
        unit: "µs(모형)".into(),
        lanes,
    }
}

/// 간격을 주기의 1/4에서 2배까지 바꿔 가며 본, 가장 큰 함수의 몫.
fn sweep(p: &Params, job: &Job, ctx: &Ctx) -> Result<Chart, Failure> {
    let (largest, real) = most(&job.functions.map(|each| each.permille));
    let step = p.period_us as usize / 100;
    let low = p.period_us / 4;
    let mut points: Vec<Point> = Vec::new();
    for interval in (low..=2 * p.period_us).step_by(step) {
        ctx.progress(interval - low, 2 * p.period_us, "간격을 바꿔 보기")?;
        let sampled = permille(job.sample(&p.plan(interval), |_| {}));
        let times = interval as f64 / p.period_us as f64;
        points.push((times, sampled[largest] as f64 / 10.0).into());
    }
    let name = job.functions[largest].name;
    let now = p.interval_us as f64 / p.period_us as f64;
    let mut marks = vec![Mark {
        axis: AxisName::Y,
        at: real as f64 / 10.0,
        label: format!("실제 {}", percent(real)),
    }];
    if (0.25..=2.0).contains(&now) {
        let label = "지금의 간격".into();
        marks.push(Mark { axis: AxisName::X, at: now, label });
    }
    Ok(Chart {
        title: format!("간격을 바꾸면: 표본이 본 {name}의 몫"),
        badge: Badge::Model,
        x: Axis::linear("표본의 간격 ÷ 일의 주기", "배"),
        y: Axis::linear("표본의 몫", "%"),
        series: vec![Series { name: name.into(), shape: Shape::Line, points }],
        marks,
    })
}

/// 재생이 한 주기를 나눠 그리는 칸의 수.
const TILES: u64 = 40;
/// 재생하는 표본과 부름의 수.
const REPLAYED: usize = 24;
const CALLS: usize = 12;

/// 한 주기의 칸마다 도는 함수. `here`는 지금 보는 칸.
fn tiles(job: &Job, here: u64) -> Lane {
    let cells = (0..TILES).map(|at| {
        let function = job.running(at * job.period / TILES);
        let name = job.functions[function].name;
        LaneCell {
            at,
            text: name.chars().take(1).collect(),
            tone: if at == here { Tone::Now } else { Tone::Plain },
        }
    });
    Lane {
        label: "한 주기".into(),
        size: TILES,
        cells: cells.collect(),
        group: 0,
    }
}

fn replay_samples(job: &Job, plan: &Plan) -> Trace {
    let mut frames: Vec<Frame> = Vec::new();
    let mut counts = [0; 4];
    job.sample(plan, |step| {
        let Step::Sample { at, function } = step else { return };
        if frames.len() == REPLAYED {
            return;
        }
        counts[function] += 1;
        let within = at % job.period;
        let name = job.functions[function].name;
        let counters = NAMES
            .iter()
            .zip(counts)
            .map(|(name, count)| ((*name).to_owned(), format!("{count}개")));
        frames.push(Frame {
            step: "sample".into(),
            say: format!(
                "{}번째 주기의 {} µs: {name}",
                at / job.period + 1,
                format::fixed(within as f64 / 1_000.0, 1)
            ),
            counters: counters.collect(),
            lanes: vec![tiles(job, within * TILES / job.period)],
            jumps: Vec::new(),
        });
    });
    Trace {
        title: format!("처음 {}번의 표본", frames.len()),
        badge: Badge::Model,
        frames,
    }
}

fn replay_trace(job: &Job, p: &Params) -> Trace {
    let overhead = p.trace_overhead_ns;
    let mut frames: Vec<Frame> = Vec::new();
    let (mut real, mut seen, mut outer) = (0, [0; 4], 0);
    job.trace(overhead, p.charged, |step| {
        if frames.len() == 2 * CALLS {
            return;
        }
        let micro = |ns: u64| format::fixed(ns as f64 / 1_000.0, 1);
        // µs의 소수 첫째 자리로는 50 ns보다 작은 비용이 0으로 보임
        let cost = format!("{} ns", format::int(overhead));
        let started = real;
        let (tag, say) = match step {
            Step::Call { function } => {
                let name = NAMES[function];
                let charged = match p.charged {
                    Side::Callee => {
                        seen[function] += overhead;
                        name
                    }
                    Side::Caller => {
                        outer += overhead;
                        "바깥"
                    }
                };
                let say = format!("{name}를 부름: {cost}가 {charged}에 붙음");
                ("call", say)
            }
            Step::Return { function, spent } => {
                real += spent - seen[function];
                seen[function] = spent;
                outer += overhead;
                let name = NAMES[function];
                let say = format!("{name}에서 돌아옴: {cost}가 바깥에 붙음");
                ("return", say)
            }
            Step::Sample { .. } => return,
        };
        let mut counters = vec![("진짜 시각".into(), micro(real))];
        let names = NAMES.iter().zip(seen);
        counters.extend(
            names.map(|(name, time)| ((*name).to_owned(), micro(time))),
        );
        counters.push((OUTER.into(), micro(outer)));
        frames.push(Frame {
            step: tag.into(),
            say,
            counters,
            lanes: vec![tiles(job, started * TILES / job.period)],
            jumps: Vec::new(),
        });
    });
    Trace {
        title: format!("추적: 처음 {}번의 부름, µs", frames.len() / 2),
        badge: Badge::Model,
        frames,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;
    use lab::report::Answer;

    fn text(pairs: &[(&str, &str)], key: &str) -> String {
        match &run_with("sampling_bias", pairs).answers[key] {
            Answer::Exact(text) => text.clone(),
            Answer::Near { .. } => unreachable!(),
        }
    }

    /// 셋이 서로 다른 범인을 지목함.
    #[test]
    fn three_views_blame_three_functions() {
        assert_eq!(text(&[], "actual"), "150 380 400 70");
        assert_eq!(text(&[], "sampled"), "1000 0 0 0");
        // 풀기 380 + 95·0.5 = 427.5, 모두 1000 + 98·2·0.5 = 1098
        assert_eq!(text(&[], "traced"), "137 389 364 64 44");
        assert_eq!(text(&[], "slowdown"), "1098");
        let verdict = run_with("sampling_bias", &[]).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("1000"));
        assert_eq!(
            verdict.sentence,
            "가장 큰 함수: 실제로는 셈하기 40.0%, 표본으로는 읽기 100.0%, \
             추적으로는 풀기 38.9%."
        );
    }

    /// 표본이 본 몫에 가까운 선택지가 없으면 정답도 없음.
    #[test]
    fn only_a_near_choice_is_right() {
        for (pairs, choice) in [
            (&[("jitter_pct", "1")][..], None),
            (&[("interval_us", "999")], Some("400")),
            (&[("interval_us", "500")], None),
            (&[("shares", "even"), ("interval_us", "250")], Some("250")),
            (&[("shares", "one_big"), ("interval_us", "999")], None),
        ] {
            let verdict = run_with("sampling_bias", pairs).verdict.unwrap();
            assert_eq!(verdict.choice.as_deref(), choice, "{pairs:?}");
        }
        // 몫은 40%여도 실제와 다른 함수임
        assert_eq!(nearest(&[150, 380, 400, 70], &[400, 380, 150, 70]), None);
    }

    /// 하나도 모으지 못했으면 0%도, 표본 하나의 오차도 적지 않음.
    #[test]
    fn without_samples_there_is_no_share() {
        let pairs = [
            ("duration_ms", "10"),
            ("period_us", "100"),
            ("interval_us", "10000"),
            ("phase_us", "9900"),
            ("jitter_pct", "50"),
            ("seed", "1"),
        ];
        let report = run_with("sampling_bias", &pairs);
        assert_eq!(report.int("samples"), Some(0));
        let View::Table(table) = &report.views[0] else { unreachable!() };
        for row in &table.rows {
            assert_eq!((&*row[3].text, &*row[5].text), ("", ""));
        }
        let View::Chart(chart) = &report.views[1] else { unreachable!() };
        assert_eq!(chart.series.len(), 2);
        let traces = report.views.iter();
        let traces = traces.filter(|view| matches!(view, View::Trace(_)));
        assert_eq!(traces.count(), 1);
    }

    #[test]
    fn equals_are_all_named() {
        let pairs = [("shares", "even"), ("interval_us", "500")];
        let verdict = run_with("sampling_bias", &pairs).verdict.unwrap();
        assert!(
            verdict.sentence.starts_with(
                "가장 큰 함수: 실제로는 읽기·풀기·셈하기·쓰기 25.0%씩, \
                 표본으로는 읽기·셈하기 50.0%씩, "
            ),
            "{}",
            verdict.sentence
        );
    }

    /// 부른 쪽에 붙이면 순위가 그대로이고 반복문이 의심을 받음.
    #[test]
    fn charging_the_caller_keeps_the_ranking() {
        let pairs = [("charged", "caller")];
        // 읽기 150, 풀기 380, 셈하기 400, 쓰기 70, 바깥 98, 모두 1098
        assert_eq!(text(&pairs, "traced"), "136 346 364 63 89");
        assert_eq!(text(&pairs, "slowdown"), "1098");
        // 바깥 196 × 2.05 = 401.8 µs가 셈하기 400을 넘음
        for (overhead, most) in [("2040", 400), ("2050", 401)] {
            let pairs =
                [("charged", "caller"), ("trace_overhead_ns", overhead)];
            let report = run_with("sampling_bias", &pairs);
            let p = Params::read(&report.params).unwrap();
            let spent = p.job().trace(p.trace_overhead_ns, p.charged, |_| {});
            assert_eq!(spent.iter().max().unwrap() / 1_000, most);
        }
    }

    /// 주기와 1 µs 어긋난 간격은 주기를 고르게 훑음.
    #[test]
    fn one_microsecond_off_sweeps_the_period() {
        let pairs = [("interval_us", "999")];
        // 1 µs마다 하나씩 1,000개, 처음과 끝의 자리에 하나씩 더
        assert_eq!(text(&pairs, "samples"), "1002");
        let want = [151, 380, 400, 71].map(|n| n * 1_000 / 1_002);
        assert_eq!(text(&pairs, "sampled"), listed(&want));
    }

    /// 흔드는 폭이 주기를 다 덮어야 치우침이 사라짐.
    #[test]
    fn jitter_helps_only_when_it_covers_the_period() {
        let shake = |pct| {
            let pairs = [("jitter_pct", pct), ("duration_ms", "10000")];
            let parts = text(&pairs, "sampled");
            let parts = parts.split(' ').map(|n| n.parse().unwrap());
            parts.collect::<Vec<u64>>()
        };
        // ±10%: 주기의 처음 100 µs와 끝 100 µs만 봄. 끝의 30 µs는 셈하기
        let near = shake("10");
        assert_eq!(near[1], 0);
        assert!(near[2].abs_diff(150) <= 15, "{near:?}");
        for (part, real) in shake("50").into_iter().zip([150, 380, 400, 70]) {
            assert!(part.abs_diff(real) <= 15, "{part} {real}");
        }
    }

    #[test]
    fn half_the_period_sees_two_places() {
        // 0과 500 µs: 읽기와 풀기
        let pairs = [("interval_us", "500")];
        assert_eq!(text(&pairs, "sampled"), "500 500 0 0");
        // 250, 750 µs로 옮기면 풀기와 셈하기
        let pairs = [("interval_us", "500"), ("phase_us", "250")];
        assert_eq!(text(&pairs, "sampled"), "0 500 500 0");
    }

    /// 작은 비용도 0이라고 말하지 않음.
    #[test]
    fn a_small_cost_is_told_in_ns() {
        let pairs = [("trace_overhead_ns", "20")];
        let report = run_with("sampling_bias", &pairs);
        let Some(View::Trace(trace)) = report.views.last() else {
            unreachable!()
        };
        assert_eq!(trace.frames[0].say, "읽기를 부름: 20 ns가 읽기에 붙음");
    }

    #[test]
    fn a_free_tracer_tells_the_truth() {
        let pairs = [("trace_overhead_ns", "0")];
        assert_eq!(text(&pairs, "traced"), "150 380 400 70 0");
        assert_eq!(text(&pairs, "slowdown"), "1000");
    }

    #[test]
    fn the_shares_fill_the_period_evenly() {
        for shares in [Shares::Even, Shares::OneBig, Shares::ManySmall] {
            let functions = shares.functions();
            let sum: u64 = functions.iter().map(|each| each.permille).sum();
            assert_eq!(sum, 1_000);
            for each in functions {
                assert_eq!(each.permille % each.calls, 0);
            }
        }
    }

    #[test]
    fn refuses_a_period_longer_than_the_watch() {
        let table = Params::table();
        let pairs = [("period_us", "20000"), ("duration_ms", "10")];
        let wrong = table.parse(pairs, Scope::Browser).unwrap_err();
        assert_eq!(wrong.field(), Some("period_us"));
        let pairs = [("phase_us", "9500"), ("duration_ms", "10")];
        let wrong = table.parse(pairs, Scope::Browser).unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "첫 표본의 시각(phase_us)의 값 '9500': 주기와 첫 시각의 합이 \
             0–10,000µs(지켜보는 시간) 범위여야 함"
        );
    }
}
