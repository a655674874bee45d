//! 한 코어를 둘이 나눠 쓰면: 두 스레드가 발행 칸을 다투는 모형.

use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Mark, Series, Shape, Span,
    Table, TimeLane, Timeline, Tone, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 하이퍼스레딩은 2배가 아니라 최대 30% 정도라고 하는가?",
    prediction: Prediction {
        text: "가끔 멈추는 두 스레드를 SMT로 겹쳐 돌림. 스레드마다 발행 \
               칸을 다 쓸 때와 반만 쓸 때, 차례로 돌리는 것보다 얼마나 \
               빠를까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|_, _| Ok(vec![note(siblings())])),
    python: Python::Same,
    bench: Bench::None("사이클을 세는 모형이라 잴 시간이 없음"),
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("0/0", "다 써도 반만 써도 그대로"),
    ("0/100", "다 쓰면 그대로, 반만 쓰면 2배"),
    ("30/60", "다 쓰면 30%쯤, 반만 쓰면 60%쯤"),
    ("100/100", "다 써도 반만 써도 2배"),
];

lab::params! {
    /// 같은 길이의 스레드 둘과 코어 하나.
    pub struct Params {
        uops: u64 = 2_000, int("스레드마다의 연산").unit("개")
            .range(200, 5_000);
        stall_pct_a: u64 = 5, int("A가 멈출 확률").unit("%").range(0, 90)
            .hint("묶음 하나를 발행할 때마다 뽑음");
        stall_pct_b: u64 = 5, int("B가 멈출 확률").unit("%").range(0, 90);
        stall_len: u64 = 20, int("멈추는 길이").unit("사이클")
            .range(5, 200);
        ilp: u64 = 4, int("묶음의 크기").unit("개").range(1, 8)
            .hint("ILP: 한꺼번에 발행할 수 있는 연산. 폭을 넘을 수 없음");
        width: u64 = 4, int("한 사이클의 발행 폭").unit("칸").range(2, 8);
        share_penalty_pct: u64 = 50, int("나눠 쓰는 벌").unit("%")
            .range(0, 200)
            .hint("둘이 함께 도는 동안 멈춤이 이만큼 길어짐");
        seed: u64 = 1, int("씨앗").hint("A의 것. B는 하나 큰 수를 씀");
    }
    check = check;
}

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    if p.ilp > p.width {
        let message = format!(
            "묶음의 크기(ilp)의 값 '{}': 발행 폭이 {}이면 1–{}개 범위여야 함",
            p.ilp, p.width, p.width
        );
        return Err(Failure::param("ilp", message));
    }
    Ok(())
}

/// 스레드 하나의 남은 일.
#[derive(Clone, Debug)]
struct Thread {
    /// 아직 묶음으로 꺼내지 않은 연산.
    uops: u64,
    /// 꺼낸 묶음에서 아직 발행하지 않은 연산.
    group: u64,
    /// 이 묶음을 다 발행하면 멈추는가.
    stalls: bool,
    /// 다시 발행할 수 있는 사이클.
    ready: u64,
    stall_pct: u64,
    rng: SplitMix64,
}

impl Thread {
    fn new(p: &Params, id: usize) -> Self {
        let (stall_pct, seed) = match id {
            0 => (p.stall_pct_a, p.seed),
            _ => (p.stall_pct_b, p.seed + 1),
        };
        Thread {
            uops: p.uops,
            group: 0,
            stalls: false,
            ready: 0,
            stall_pct,
            rng: SplitMix64::new(seed),
        }
    }

    fn is_done(&self) -> bool {
        self.uops + self.group == 0
    }
}

/// 커널이 지나가는 순간. `count`는 이번 사이클에 차지한 칸의 수임.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Issue { now: u64, thread: usize, slot: u64, count: u64 },
    Stall { from: u64, until: u64, thread: usize },
}

// ANCHOR: kernel
/// 주어진 스레드들이 한 코어에서 모두 끝나는 사이클과 쓴 칸의 수.
fn execute(
    threads: &mut [Thread],
    p: &Params,
    mut watch: impl FnMut(Step),
) -> (u64, u64) {
    let (mut now, mut used) = (0, 0);
    while threads.iter().any(|thread| !thread.is_done()) {
        let mut free = p.width;
        for turn in 0..threads.len() {
            // 먼저 고를 권리는 사이클마다 번갈아 가짐
            let id = (turn + now as usize) % threads.len();
            let alone = others_done(threads, id);
            let thread = &mut threads[id];
            if thread.is_done() || now < thread.ready || free == 0 {
                continue;
            }
            if thread.group == 0 {
                thread.group = p.ilp.min(thread.uops);
                thread.uops -= thread.group;
                thread.stalls = thread.rng.next_u64() % 100 < thread.stall_pct;
            }
            let count = free.min(thread.group);
            watch(Step::Issue {
                now,
                thread: id,
                slot: p.width - free,
                count,
            });
            thread.group -= count;
            free -= count;
            used += count;
            if thread.group == 0 && thread.stalls {
                let extra = if alone { 0 } else { p.share_penalty_pct };
                let length = p.stall_len + p.stall_len * extra / 100;
                let (from, until) = (now + 1, now + 1 + length);
                watch(Step::Stall { from, until, thread: id });
                thread.ready = until;
            }
        }
        // 모두 멈춰 있으면 먼저 깨는 쪽까지 건너뜀
        let waiting = threads.iter().filter(|thread| !thread.is_done());
        let wake = waiting.map(|thread| thread.ready).min();
        now = wake.unwrap_or(0).max(now + 1);
    }
    // 마지막 묶음 뒤의 멈춤도 시간임
    let tail = threads.iter().map(|thread| thread.ready).max();
    (tail.unwrap_or(0).max(now), used)
}

fn others_done(threads: &[Thread], id: usize) -> bool {
    let others = threads.iter().enumerate().filter(|(i, _)| *i != id);
    others.into_iter().all(|(_, thread)| thread.is_done())
}
// ANCHOR_END: kernel

/// 두 가지로 돌린 결과, 사이클.
#[derive(Clone, Copy, Debug)]
struct Outcome {
    alone: [u64; 2],
    smt: u64,
    used: u64,
}

impl Outcome {
    fn of(p: &Params) -> Self {
        let alone =
            [0, 1].map(|id| execute(&mut [Thread::new(p, id)], p, |_| {}).0);
        let (smt, used) = execute(&mut pair(p), p, |_| {});
        Outcome { alone, smt, used }
    }

    /// A를 끝내고 B를 돌릴 때.
    fn sequence(&self) -> u64 {
        self.alone.iter().sum()
    }

    fn gain(&self) -> f64 {
        gain(self.sequence(), self.smt)
    }
}

fn pair(p: &Params) -> [Thread; 2] {
    [0, 1].map(|id| Thread::new(p, id))
}

/// 차례로 돌릴 때보다 빨라진 몫, %.
fn gain(sequence: u64, smt: u64) -> f64 {
    (sequence as f64 / smt as f64 - 1.0) * 100.0
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let ours = Outcome::of(p);
    let full = Outcome::of(&Params { ilp: p.width, ..p.clone() });
    let half = Outcome::of(&Params { ilp: p.width / 2, ..p.clone() });
    let (sequence, smt, used) = (ours.sequence(), ours.smt, ours.used);
    Ok(Report::default()
        .answer("t_seq", sequence)
        .answer("t_smt", smt)
        .answer("slots_used", used)
        .answer("full_seq", full.sequence())
        .answer("full_smt", full.smt)
        .answer("half_seq", half.sequence())
        .answer("half_smt", half.smt)
        .checksum(&[sequence, smt, used])
        .view(View::Table(summary(p, &ours)))
        .view(View::Timeline(strips(p)))
        .view(View::Chart(curve(p, ctx)?)))
}

fn verdict(report: &Report) -> Verdict {
    let gain = |kind: &str| {
        let int = |key: String| report.int(&key).unwrap_or(1);
        gain(int(format!("{kind}_seq")), int(format!("{kind}_smt")))
    };
    let (full, half) = (gain("full"), gain("half"));
    let distance = |value: &str| {
        let mut guess = value.split('/').map(|text| text.parse::<f64>());
        let mut next = || guess.next().and_then(Result::ok).unwrap_or(0.0);
        (next() - full).hypot(next() - half)
    };
    let values = GUESSES.iter().map(|(value, _)| *value);
    let choice = values.min_by(|a, b| distance(a).total_cmp(&distance(b)));
    let p = Params::read(&report.params).unwrap_or_default();
    // 폭이 홀수면 반으로 나뉘지 않음
    let part = match p.width.is_multiple_of(2) {
        true => "반만".to_owned(),
        false => format!("{}칸 가운데 {}칸만", p.width, p.width / 2),
    };
    let sentence = format!(
        "칸을 다 쓰는 두 스레드는 {}, {part} 쓰는 두 스레드는 {}임.",
        percent(full),
        percent(half)
    );
    Verdict {
        headline: format!("{}, {}", percent(full), percent(half)),
        ..Verdict::choice(GUESSES, choice.unwrap_or_default(), sentence)
    }
}

/// 부호를 붙인 백분율: `+32.1%`.
fn percent(value: f64) -> String {
    let text = format::fixed(value, 1);
    // 0으로 보일 만큼 작으면 늘었다고 하지 않음
    let sign = if value > 0.0 && text != "0.0" { "+" } else { "" };
    format!("{sign}{text}%")
}

fn summary(p: &Params, ours: &Outcome) -> Table {
    let row = |name: &str, cycles: u64, uops: u64| {
        let share = uops as f64 / (cycles * p.width) as f64 * 100.0;
        vec![name.into(), cycles.into(), Cell::fixed(share, 1), "".into()]
    };
    let mut rows = vec![
        row("A 혼자", ours.alone[0], p.uops),
        row("B 혼자", ours.alone[1], p.uops),
        row("A를 끝내고 B", ours.sequence(), 2 * p.uops),
        row("SMT로 함께", ours.smt, ours.used),
    ];
    rows[2][3] = "기준".into();
    rows[3][3] = percent(ours.gain()).into();
    Table {
        title: format!("연산 {}개짜리 스레드 둘", format::int(p.uops)),
        badge: Badge::Model,
        columns: vec![
            Column::text("방식"),
            Column::number("걸린 시간", "사이클(모형)"),
            Column::number("쓴 칸", "%"),
            Column::text("이득"),
        ],
        rows,
    }
}

/// 그림에 담는 사이클의 수.
const SHOWN: u64 = 128;
const NAMES: [&str; 2] = ["A", "B"];
const TONES: [Tone; 2] = [Tone::Plain, Tone::Hit];

/// 혼자일 때와 함께일 때의 첫 사이클들: 칸마다 누가 썼는가.
fn strips(p: &Params) -> Timeline {
    let mut lanes = Vec::new();
    for id in 0..2 {
        let mut spans = Vec::new();
        execute(&mut [Thread::new(p, id)], p, |step| match step {
            Step::Issue { now, .. } => {
                push(&mut spans, now, now + 1, NAMES[id], TONES[id]);
            }
            Step::Stall { from, until, .. } => {
                push(&mut spans, from, until, STALL, Tone::Dead);
            }
        });
        lanes.push(TimeLane { label: format!("{} 혼자", NAMES[id]), spans });
    }
    let mut stalls = [Vec::new(), Vec::new()];
    let mut slots = vec![Vec::new(); p.width as usize];
    execute(&mut pair(p), p, |step| match step {
        Step::Issue { now, thread, slot, count } => {
            for lane in
                slots.iter_mut().skip(slot as usize).take(count as usize)
            {
                push(lane, now, now + 1, NAMES[thread], TONES[thread]);
            }
        }
        Step::Stall { from, until, thread } => {
            push(&mut stalls[thread], from, until, STALL, Tone::Dead);
        }
    });
    for (id, spans) in stalls.into_iter().enumerate() {
        let label = format!("SMT: {}의 멈춤", NAMES[id]);
        lanes.push(TimeLane { label, spans });
    }
    for (slot, spans) in slots.into_iter().enumerate() {
        lanes.push(TimeLane { label: format!("SMT: 칸 {slot}"), spans });
    }
    Timeline {
        title: format!("첫 {SHOWN}사이클: 칸을 누가 쓰는가"),
        badge: Badge::Model,
        axis: "시각".into(),
        unit: "사이클(모형)".into(),
        lanes,
    }
}

const STALL: &str = "멈춤";

/// 이어지는 구간은 하나로 붙이고, 그림 밖은 자름.
fn push(spans: &mut Vec<Span>, from: u64, to: u64, label: &str, tone: Tone) {
    let (from, to) = (from as f64, to.min(SHOWN) as f64);
    if from >= to {
        return;
    }
    match spans.last_mut() {
        Some(last) if last.end == from && last.label == label => last.end = to,
        _ => spans.push(Span::new(from, to, label, tone)),
    }
}

/// 이득이 멈춤과 벌에 따라 어떻게 변하는가. 두 스레드의 확률은 같게 둠.
fn curve(p: &Params, ctx: &Ctx) -> Result<Chart, Failure> {
    let mut penalties = vec![0, 50, 200, p.share_penalty_pct];
    penalties.sort_unstable();
    penalties.dedup();
    let mut series = Vec::new();
    for (done, penalty) in penalties.iter().enumerate() {
        ctx.progress(done as u64, penalties.len() as u64, "곡선 그리기")?;
        let point = |stall_pct: u64| {
            let outcome = Outcome::of(&Params {
                stall_pct_a: stall_pct,
                stall_pct_b: stall_pct,
                share_penalty_pct: *penalty,
                ..p.clone()
            });
            (stall_pct as f64, outcome.gain()).into()
        };
        series.push(Series {
            name: format!("나눠 쓰는 벌 {penalty}%"),
            shape: Shape::Line,
            points: (0..=90).step_by(2).map(point).collect(),
        });
    }
    let mark = |at: f64, label: &str| Mark {
        axis: AxisName::Y,
        at,
        label: label.into(),
    };
    Ok(Chart {
        title: format!("멈출 확률과 SMT의 이득(묶음 {}개)", p.ilp),
        badge: Badge::Model,
        x: Axis::linear("멈출 확률", "%"),
        y: Axis::linear("이득", "%"),
        series,
        marks: vec![mark(0.0, "본전"), mark(30.0, "30%")],
    })
}

/// 이 기계의 코어가 논리 CPU를 나눠 쓰는가.
#[cfg(target_os = "linux")]
fn siblings() -> String {
    const LIST: &str =
        "/sys/devices/system/cpu/cpu0/topology/thread_siblings_list";
    match std::fs::read_to_string(LIST) {
        Ok(text) if text.contains([',', '-']) => format!(
            "이 CPU는 SMT를 씀. 코어 하나를 나눠 쓰는 논리 CPU: {}",
            text.trim()
        ),
        Ok(_) => "이 CPU는 SMT를 보이지 않음.".into(),
        Err(_) => "SMT를 쓰는지 이 환경이 알려 주지 않아 모형만 보임.".into(),
    }
}

#[cfg(not(target_os = "linux"))]
fn siblings() -> String {
    "SMT를 쓰는지 이 환경이 알려 주지 않아 모형만 보임.".into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn percent_of(pairs: &[(&str, &str)]) -> f64 {
        let report = run_with("smt_share", pairs);
        let int = |key| report.int(key).unwrap();
        gain(int("t_seq"), int("t_smt"))
    }

    /// 명세의 기준값: +32%, −5%, 0%, +80–100%.
    #[test]
    fn anchors_of_the_gain() {
        let still = [("stall_pct_a", "0"), ("stall_pct_b", "0")];
        assert_eq!(percent(percent_of(&[])), "+32.1%");
        assert_eq!(
            [0.06, 0.04, -0.04].map(percent),
            ["+0.1%", "0.0%", "0.0%"]
        );
        let heavy = [("share_penalty_pct", "200")];
        assert_eq!(percent(percent_of(&heavy)), "−4.9%");
        assert_eq!(percent_of(&still), 0.0);
        let half = |pairs: &[(&'static str, &'static str)]| {
            percent_of(&[&[("ilp", "2")], pairs].concat())
        };
        assert_eq!(half(&still), 100.0);
        let rare = [("stall_pct_a", "1"), ("stall_pct_b", "1")];
        assert_eq!(percent(half(&rare)), "+77.6%");
        assert_eq!(percent(half(&[("share_penalty_pct", "0")])), "+99.0%");
        assert_eq!(percent(half(&[])), "+58.3%");
    }

    #[test]
    fn the_default_prediction_is_thirty_and_sixty() {
        let report = run_with("smt_share", &[]);
        let int = |key| report.int(key).unwrap();
        let times = (int("t_seq"), int("t_smt"), int("slots_used"));
        assert_eq!(times, (1_980, 1_499, 4_000));
        let verdict = report.verdict.clone().unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("30/60"));
    }

    /// 세 칸의 반은 없으므로 몇 칸인지 말함.
    #[test]
    fn an_odd_width_has_no_half() {
        for (width, want) in [("3", "3칸 가운데 1칸만 쓰는"), ("4", "반만")]
        {
            let pairs = [("width", width), ("ilp", "1")];
            let verdict = run_with("smt_share", &pairs).verdict.unwrap();
            assert!(verdict.sentence.contains(want), "{}", verdict.sentence);
        }
    }

    /// 한 사이클씩 가는 뻔한 구현. 건너뛰기와 빌려 쓰기가 없음.
    fn slow(p: &Params) -> u64 {
        let mut rngs = [SplitMix64::new(p.seed), SplitMix64::new(p.seed + 1)];
        let stall = [p.stall_pct_a, p.stall_pct_b];
        let (mut left, mut group) = ([p.uops; 2], [0, 0]);
        let (mut stalls, mut ready) = ([false; 2], [0; 2]);
        let mut now = 0;
        while left[0] + left[1] + group[0] + group[1] > 0 {
            let mut free = p.width;
            let first = now as usize % 2;
            for id in [first, 1 - first] {
                if ready[id] > now || left[id] + group[id] == 0 || free == 0 {
                    continue;
                }
                if group[id] == 0 {
                    group[id] = left[id].min(p.ilp);
                    left[id] -= group[id];
                    stalls[id] = rngs[id].next_u64() % 100 < stall[id];
                }
                let count = group[id].min(free);
                group[id] -= count;
                free -= count;
                let other = 1 - id;
                if group[id] == 0 && stalls[id] {
                    let shared = left[other] + group[other] > 0;
                    let pct = if shared { p.share_penalty_pct } else { 0 };
                    ready[id] = now + 1 + p.stall_len * (100 + pct) / 100;
                }
            }
            now += 1;
        }
        now.max(ready[0]).max(ready[1])
    }

    #[test]
    fn skipping_idle_cycles_changes_nothing() {
        for (ilp, width, a, b, penalty) in
            [(4, 4, 5, 5, 50), (3, 4, 90, 0, 33), (1, 2, 10, 60, 200)]
        {
            let p = Params {
                uops: 777,
                ilp,
                width,
                stall_pct_a: a,
                stall_pct_b: b,
                share_penalty_pct: penalty,
                ..Params::default()
            };
            assert_eq!(Outcome::of(&p).smt, slow(&p), "{p:?}");
        }
    }

    #[test]
    fn refuses_a_group_wider_than_the_core() {
        let pairs = [("ilp", "5"), ("width", "4")];
        let error = Params::table().parse(pairs, Scope::Native).unwrap_err();
        assert_eq!(error.field(), Some("ilp"));
    }
}
