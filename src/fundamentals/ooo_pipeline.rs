//! 먼저 준비된 것부터: 명령의 의존 관계가 걸리는 사이클을 정하는 모형과,
//! 진짜 CPU에서 누산기의 수를 바꿔 가며 잰 덧셈.

use std::hint::black_box;

use lab::measure::{Case, Timings, interleave};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Mark,
    Point, Series, Shape, Span, Table, TimeLane, Timeline, Tone, Trace,
    Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, View,
    format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 더하기 순서만 바꿨는데 빨라지는가?",
    prediction: Prediction {
        text: "느린 읽기가 16개마다 하나씩 섞인 명령 64개가 있음. 비순차 \
               실행이 내다보는 창을 16에서 64로 키우면 몇 배 빨라질까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, _| Ok(run(&Params::read(values)?)),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("1", "거의 그대로"),
    ("1.5", "1.5배쯤"),
    ("3", "3배쯤"),
    ("4", "창만큼, 4배쯤"),
];

lab::choices! {
    /// 명령이 무엇을 기다리는가.
    pub enum Kind {
        Loads = "loads", "느린 읽기가 섞인 사슬";
        Accumulators = "accumulators", "누산기 k개로 더하기";
        Chain = "chain", "한 줄로 이어진 사슬";
    }
}

lab::params! {
    /// 명령의 열 하나와 그것을 실행할 코어 하나.
    pub struct Params {
        n: u64 = 64, int("명령의 수").unit("개").range(8, 512);
        kind: Kind = Kind::Loads, choice("의존 관계");
        k: u64 = 4, int("누산기의 수").unit("개").range(1, 32)
            .hint("정확한 합도 이 수의 누산기로 더함");
        latency: u64 = 4, int("덧셈의 지연").unit("사이클").range(1, 6);
        width: u64 = 4, int("한 사이클의 발행 폭").unit("개").range(1, 8);
        window: u64 = 64, int("창").unit("개").range(1, 128)
            .hint("끝나지 않은 명령을 앞에서부터 이만큼 살펴봄");
        miss_every: u64 = 16, int("느린 읽기의 간격").unit("개")
            .range(0, 32).hint("0이면 느린 읽기가 없음");
        miss_latency: u64 = 100, int("느린 읽기의 지연").unit("사이클")
            .range(10, 300);
    }
    check = |_: &Params, _| Ok(());
}

/// 명령 하나.
#[derive(Clone, Copy, Debug)]
pub struct Op {
    /// 결과를 기다려야 하는 앞 명령의 번호.
    pub after: Option<usize>,
    /// 발행하고 결과가 나오기까지, 사이클.
    pub latency: u64,
    /// 캐시에 없어 메모리까지 가는 읽기인가.
    pub slow: bool,
}

impl Params {
    fn program(&self) -> Vec<Op> {
        (0..self.n as usize).map(|i| self.op(i)).collect()
    }

    fn op(&self, i: usize) -> Op {
        let slow = self.kind == Kind::Loads
            && self.miss_every > 0
            && (i as u64).is_multiple_of(self.miss_every);
        let back = match self.kind {
            Kind::Accumulators => self.k as usize,
            Kind::Chain | Kind::Loads => 1,
        };
        Op {
            after: if slow { None } else { i.checked_sub(back) },
            latency: if slow { self.miss_latency } else { self.latency },
            slow,
        }
    }

    fn order(&self) -> Order {
        Order::Ready { window: self.window as usize }
    }
}

/// 발행할 명령을 고르는 규칙.
#[derive(Clone, Copy, Debug)]
pub enum Order {
    /// 순차: 준비되지 않은 명령을 만나면 그 뒤도 모두 기다림.
    Program,
    /// 비순차: 끝나지 않은 명령을 앞에서부터 `window`개 살펴봄.
    Ready { window: usize },
}

/// 커널이 지나가는 순간. 시각은 사이클임.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Issue { now: u64, op: usize, end: u64 },
    Wait { now: u64, until: u64 },
}

// ANCHOR: kernel
/// 명령마다 결과가 나오는 사이클. 걸린 사이클은 그 최댓값임.
pub fn schedule(
    program: &[Op],
    width: u64,
    order: Order,
    mut watch: impl FnMut(Step),
) -> Vec<u64> {
    const NOT_ISSUED: u64 = u64::MAX;
    let mut ends = vec![NOT_ISSUED; program.len()];
    let mut left = program.len();
    let mut now = 0;
    while left > 0 {
        let mut slots = width;
        let mut seen = 0;
        for (i, op) in program.iter().enumerate() {
            if ends[i] <= now {
                continue;
            }
            let full =
                matches!(order, Order::Ready { window } if seen == window);
            if slots == 0 || full {
                break;
            }
            seen += 1;
            if ends[i] != NOT_ISSUED {
                continue;
            }
            if op.after.is_none_or(|before| ends[before] <= now) {
                ends[i] = now + op.latency; // step: issue
                watch(Step::Issue { now, op: i, end: ends[i] });
                slots -= 1;
                left -= 1;
            } else if let Order::Program = order {
                break;
            }
        }
        now += 1;
        if slots == width {
            // 아무것도 발행하지 못했으면 다음 결과가 나올 때로 건너뜀
            let next =
                ends.iter().filter(|end| (now..NOT_ISSUED).contains(end));
            let until = next.min().copied().unwrap_or(now);
            watch(Step::Wait { now: now - 1, until });
            now = until; // step: wait
        }
    }
    ends
}

/// 누산기 `k`개로 더함: i번째 값은 i % k번째 누산기로 감.
pub fn sum(values: &[f64], k: usize) -> f64 {
    let mut totals = vec![0.0; k];
    for chunk in values.chunks(k) {
        for (total, value) in totals.iter_mut().zip(chunk) {
            *total += value;
        }
    }
    totals.iter().sum()
}
// ANCHOR_END: kernel

/// 컴파일할 때 정해진 수의 누산기: 레지스터에 놓임. `sum`과 답이 같음.
pub fn sum_fixed<const K: usize>(values: &[f64]) -> f64 {
    let mut totals = [0.0; K];
    let (chunks, rest) = values.as_chunks::<K>();
    for chunk in chunks {
        for (total, value) in totals.iter_mut().zip(chunk) {
            *total += value;
        }
    }
    totals.iter().sum::<f64>() + rest.iter().sum::<f64>()
}

/// 더할 값의 수: 8 MiB.
pub const VALUES: usize = 1 << 20;

/// 0부터 2^20 − 1까지를 뒤섞은 것. 홀수를 곱하면 겹치지 않고, 부분합이
/// 2^40보다 작아 어떤 차례로 더해도 반올림이 없음.
pub fn values() -> Vec<f64> {
    let mask = VALUES as u64 - 1;
    (0..VALUES as u64)
        .map(|i| (i.wrapping_mul(0x9E37_79B1) & mask) as f64)
        .collect()
}

/// 걸린 사이클.
fn cycles(program: &[Op], width: u64, order: Order) -> u64 {
    let ends = schedule(program, width, order, |_| {});
    ends.into_iter().max().unwrap_or(0)
}

fn run(p: &Params) -> Report {
    let program = p.program();
    let by_window =
        |window| cycles(&program, p.width, Order::Ready { window });
    let in_order = cycles(&program, p.width, Order::Program);
    let ready = cycles(&program, p.width, p.order());
    let total = sum(&values(), p.k as usize);
    Report::default()
        .answer("cycles_inorder", in_order)
        .answer("cycles_ooo", ready)
        .answer("ooo_window16", by_window(16))
        .answer("ooo_window64", by_window(64))
        .answer("sum", total as u64)
        .checksum(&[in_order, ready, total.to_bits()])
        .view(View::Table(summary(p, in_order, ready)))
        .view(View::Timeline(gantt(p, "순차 실행", Order::Program)))
        .view(View::Timeline(gantt(p, "비순차 실행", p.order())))
        .view(View::Chart(window_chart(&program, p, in_order)))
        .view(View::Chart(accumulator_chart(p)))
        .view(View::Trace(replay(p)))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(1);
    let (small, large) = (int("ooo_window16"), int("ooo_window64"));
    let sentence = format!(
        "창이 16이면 {}사이클, 64면 {}사이클임. 순차 실행은 {}사이클임.",
        format::int(small),
        format::int(large),
        format::int(int("cycles_inorder"))
    );
    Verdict::ratio(GUESSES, small as f64 / large as f64, sentence)
}

fn summary(p: &Params, in_order: u64, ready: u64) -> Table {
    let row = |name: String, cycles: u64| {
        let ipc = p.n as f64 / cycles as f64;
        vec![name.into(), cycles.into(), Cell::fixed(ipc, 3)]
    };
    Table {
        title: format!("명령 {}개", format::int(p.n)),
        badge: Badge::Model,
        columns: vec![
            Column::text("방식"),
            Column::number("걸린 시간", "사이클(모형)"),
            Column::number("IPC", "명령/사이클"),
        ],
        rows: vec![
            row("순차 실행".into(), in_order),
            row(format!("비순차 실행(창 {})", p.window), ready),
        ],
    }
}

/// 그림과 재생에 담는 명령의 수.
const SHOWN: usize = 64;

/// 의존 사슬마다 한 줄: 명령을 발행하고 결과가 나올 때까지.
fn gantt(p: &Params, title: &str, order: Order) -> Timeline {
    let program = p.program();
    let mut starts = vec![0; program.len()];
    let ends = schedule(&program, p.width, order, |step| {
        if let Step::Issue { now, op, .. } = step {
            starts[op] = now;
        }
    });
    let mut lanes: Vec<TimeLane> = Vec::new();
    let mut lane_of: Vec<usize> = Vec::new();
    for (i, op) in program.iter().enumerate().take(SHOWN) {
        let lane = op.after.map_or(lanes.len(), |before| lane_of[before]);
        lane_of.push(lane);
        if lane == lanes.len() {
            let label = format!("{i}번부터");
            lanes.push(TimeLane { label, spans: Vec::new() });
        }
        let (label, tone) = if op.slow {
            ("느린 읽기", Tone::Hit)
        } else {
            ("덧셈", Tone::Plain)
        };
        let (start, end) = (starts[i] as f64, ends[i] as f64);
        lanes[lane].spans.push(Span::new(start, end, label, tone));
    }
    let first = match program.len() > SHOWN {
        true => format!("(앞의 명령 {SHOWN}개)"),
        false => String::new(),
    };
    Timeline {
        title: format!("{title}: 사슬마다 명령이 차지한 사이클{first}"),
        badge: Badge::Model,
        axis: "시각".into(),
        unit: "사이클(모형)".into(),
        lanes,
    }
}

fn window_chart(program: &[Op], p: &Params, in_order: u64) -> Chart {
    let point = |window: usize| {
        let cycles = cycles(program, p.width, Order::Ready { window });
        (window as f64, cycles as f64).into()
    };
    Chart {
        title: "창의 크기와 걸린 사이클".into(),
        badge: Badge::Model,
        x: Axis::linear("창", "개"),
        y: Axis::linear("걸린 시간", "사이클(모형)"),
        series: vec![Series {
            name: "비순차 실행".into(),
            shape: Shape::Step,
            points: (1..=128).map(point).collect(),
        }],
        marks: vec![Mark {
            axis: AxisName::Y,
            at: in_order as f64,
            label: format!("순차 실행 {}", format::int(in_order)),
        }],
    }
}

/// 누산기의 수마다 명령 하나에 든 사이클. 폭과 지연은 이 실행의 것임.
fn per_add(p: &Params, k: u64) -> f64 {
    let adds = Params { kind: Kind::Accumulators, k, ..p.clone() };
    cycles(&adds.program(), p.width, p.order()) as f64 / p.n as f64
}

fn accumulator_chart(p: &Params) -> Chart {
    let counts = [1, 2, 4, 8, 16, 32];
    let model = |k: &u64| (*k as f64, per_add(p, *k)).into();
    let formula = |k: &u64| {
        let at_once = (*k).min(p.latency * p.width);
        (*k as f64, p.latency as f64 / at_once as f64).into()
    };
    Chart {
        title: "누산기의 수와 덧셈 하나의 사이클".into(),
        badge: Badge::Model,
        x: Axis::log("누산기", "개"),
        y: Axis::log("덧셈 하나", "사이클(모형)"),
        series: vec![
            Series {
                name: "모형".into(),
                shape: Shape::Dot,
                points: counts.iter().map(model).collect(),
            },
            Series {
                name: "지연 ÷ min(k, 지연 × 폭)".into(),
                shape: Shape::Line,
                points: counts.iter().map(formula).collect(),
            },
        ],
        marks: Vec::new(),
    }
}

/// 비순차 실행의 재생: 앞의 `SHOWN`개가 끝날 때까지.
fn replay(p: &Params) -> Trace {
    let program = p.program();
    let shown = program.len().min(SHOWN);
    let mut ends: Vec<Option<u64>> = vec![None; program.len()];
    let mut frames = Vec::new();
    schedule(&program, p.width, p.order(), |step| {
        let issued = ends[..shown].iter().all(Option::is_some);
        let (tag, now, say) = match step {
            Step::Issue { now, op, end } => {
                ends[op] = Some(end);
                ("issue", now, issue_text(&program, op, end))
            }
            Step::Wait { now, until } => {
                let text = format!(
                    "창 안에 준비된 명령이 없음: {until}사이클에 나올 결과를 \
                     기다림"
                );
                ("wait", now, text)
            }
        };
        if issued {
            return;
        }
        let done = ends.iter().flatten().filter(|end| **end <= now).count();
        let flying = ends.iter().flatten().count() - done;
        frames.push(Frame {
            step: tag.to_owned(),
            say,
            counters: vec![
                ("사이클".into(), format::int(now)),
                ("실행 중".into(), format!("{flying}개")),
                ("끝남".into(), format!("{done}개")),
            ],
            lanes: vec![op_lane(&ends[..shown], now, step)],
            jumps: Vec::new(),
        });
    });
    Trace {
        title: format!("비순차 실행(창 {})이 명령을 고르는 차례", p.window),
        badge: Badge::Model,
        frames,
    }
}

fn issue_text(program: &[Op], op: usize, end: u64) -> String {
    let what = match program[op] {
        Op { slow: true, .. } => "느린 읽기라 기다릴 것이 없음".to_owned(),
        Op { after: None, .. } => "기다릴 것이 없음".to_owned(),
        Op { after: Some(before), .. } => format!("{before}번이 끝났음"),
    };
    format!("{op}번 명령을 발행함({what}). 결과는 {end}사이클에 나옴")
}

/// 아직 발행하지 않은 명령은 빈칸으로 둠.
fn op_lane(ends: &[Option<u64>], now: u64, step: Step) -> Lane {
    let cell = |(i, end): (usize, &Option<u64>)| {
        let end = (*end)?;
        let tone = match step {
            Step::Issue { op, .. } if op == i => Tone::Now,
            _ if end <= now => Tone::Seen,
            _ => Tone::Plain,
        };
        Some(LaneCell { at: i as u64, text: end.to_string(), tone })
    };
    Lane {
        label: "명령마다 결과가 나오는 사이클".into(),
        size: ends.len() as u64,
        cells: ends.iter().enumerate().filter_map(cell).collect(),
        group: 0,
    }
}

/// L1 캐시에 드는 값의 수: 16 KiB. 메모리가 끼어들지 않게 함.
const NEAR: usize = 2_048;

type Adder = fn(&[f64]) -> f64;

/// 재는 누산기의 수와 그 덧셈.
pub const ADDERS: [(u64, Adder); 5] = [
    (1, sum_fixed::<1>),
    (2, sum_fixed::<2>),
    (4, sum_fixed::<4>),
    (8, sum_fixed::<8>),
    (16, sum_fixed::<16>),
];

fn adder_name(k: u64) -> String {
    format!("누산기 {k}개")
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let all = values();
    let (all, near) = (&all[..], &all[..NEAR]);
    let whole: Vec<u64> = near.iter().map(|value| *value as u64).collect();
    let mut cases: Vec<Case> = ADDERS
        .into_iter()
        .map(|(k, add)| {
            let work = move || add(black_box(near)).to_bits();
            Case::new(&adder_name(k), NEAR as u64, work)
        })
        .collect();
    cases.push(Case::new(
        "정수 합(for 문 그대로)",
        NEAR as u64,
        || black_box(&whole).iter().sum(),
    ));
    for (k, add) in [ADDERS[0], ADDERS[4]] {
        let name = format!("{}, 8 MiB", adder_name(k));
        let work = move || add(black_box(all)).to_bits();
        cases.push(Case::new(&name, VALUES as u64, work));
    }
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let mut views = timings
        .views("16 KiB를 되풀이해 더하기(마지막 둘은 8 MiB)", "값 하나");
    views.extend(beside_the_model(p, &timings));
    Ok(views)
}

/// 측정과 모형을 같은 축에: 둘 다 누산기 하나일 때의 몇 배 빠른가.
fn beside_the_model(p: &Params, timings: &Timings) -> [View; 2] {
    let rows = timings.rows.iter().take(ADDERS.len());
    let times: Vec<f64> = rows.map(|row| row.median).collect();
    let measured: Vec<f64> = times.iter().map(|t| times[0] / t).collect();
    let model: Vec<f64> =
        ADDERS.iter().map(|(k, _)| per_add(p, 1) / per_add(p, *k)).collect();
    let series = |name: String, gains: &[f64]| {
        let point = |((k, _), gain): (&(u64, Adder), &f64)| {
            Point::from((*k as f64, *gain))
        };
        let points = ADDERS.iter().zip(gains).map(point).collect();
        Series { name, shape: Shape::Dot, points }
    };
    let chart = Chart {
        title: "누산기를 늘린 이득: 측정과 모형".into(),
        badge: Badge::Measured,
        x: Axis::log("누산기", "개"),
        y: Axis::log("하나일 때의 몇 배 빠른가", "배"),
        series: vec![
            series("측정".into(), &measured),
            series(
                format!("모형(지연 {}, 폭 {})", p.latency, p.width),
                &model,
            ),
        ],
        marks: Vec::new(),
    };
    [View::Chart(chart), note(disagreement(p, &measured, &model))]
}

/// 둘이 이보다 더 벌어지면 까닭을 말함.
const APART: f64 = 1.25;
const CORE_NARROWER: &str = "모형의 폭은 모든 명령의 것이지만 진짜 코어에서 \
    덧셈을 맡는 자리는 그 일부뿐이고, 값을 읽고 세는 명령도 폭을 나눠 씀";
const CORE_WIDER: &str = "진짜 코어의 지연이 더 길거나 폭이 더 넓고, \
    컴파일러가 누산기 둘 이상을 SIMD 레지스터 하나에 묶어 덧셈 명령의 수를 \
    줄이기도 함";
const MODEL_CUT_SHORT: &str = "모형의 창이 좁거나 명령이 적어 누산기를 다 \
    겹치지 못함";
const SEARCH: &str = "지연과 폭을 바꿔 내 기계에 맞는 짝을 찾아볼 수 있음";
const LENGTHEN: &str = "창과 명령의 수를 늘려 다시 견줌";

fn disagreement(p: &Params, measured: &[f64], model: &[f64]) -> String {
    let pairs = ADDERS.iter().zip(measured.iter().zip(model));
    let mut apart = pairs
        .map(|((k, _), (ours, theirs))| (k, ours, theirs))
        .filter(|(_, ours, theirs)| {
            !(1.0 / APART..=APART).contains(&(*ours / *theirs))
        });
    let Some((k, ours, theirs)) = apart.next() else {
        return "측정과 모형의 배수가 모두 1.25배 안쪽으로 가까움.".into();
    };
    // 지연과 폭이 허락하는 배수에 못 미치면 모형을 막은 것은 다른 데 있음
    let most = (*k).min(p.latency * p.width) as f64;
    let (why, next) = if ours < theirs {
        (CORE_NARROWER, SEARCH)
    } else if theirs * APART < most {
        (MODEL_CUT_SHORT, LENGTHEN)
    } else {
        (CORE_WIDER, SEARCH)
    };
    format!(
        "누산기 {k}개에서 측정은 {}배, 모형은 {}배로 갈라짐: {why}. {next}.",
        format::significant(*ours),
        format::significant(*theirs)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn both(pairs: &[(&str, &str)]) -> (u64, u64) {
        let report = run_with("ooo_pipeline", pairs);
        let int = |key| report.int(key).unwrap();
        (int("cycles_inorder"), int("cycles_ooo"))
    }

    /// 명세의 기준값: 창이 64면 네 번의 느린 읽기가 모두 겹침.
    #[test]
    fn anchors_of_the_window() {
        assert_eq!(both(&[]), (628, 160));
        assert_eq!(both(&[("window", "16")]), (628, 460));
    }

    /// 사슬이 하나면 차례를 바꿔도 얻을 것이 없음.
    #[test]
    fn anchors_without_anything_to_overtake() {
        for (k, cycles) in [("1", 256), ("4", 64), ("16", 19)] {
            let pairs = [("kind", "accumulators"), ("k", k)];
            assert_eq!(both(&pairs), (cycles, cycles), "{k}");
        }
        assert_eq!(both(&[("kind", "chain")]), (256, 256));
    }

    /// 둘째 읽기는 준비되었으나 창 밖이므로, 없다고만 하면 거짓임.
    #[test]
    fn waiting_is_told_about_the_window() {
        let report = run_with("ooo_pipeline", &[("window", "1")]);
        let waits = report.views.iter().filter_map(|view| match view {
            View::Trace(trace) => {
                trace.frames.iter().find(|f| f.step == "wait")
            }
            _ => None,
        });
        let says: Vec<&str> = waits.map(|frame| &*frame.say).collect();
        let want =
            "창 안에 준비된 명령이 없음: 100사이클에 나올 결과를 기다림";
        assert_eq!(says, [want]);
    }

    /// 창이 하나면 겹치는 것이 없어 순차 실행보다도 느림.
    #[test]
    fn a_window_of_one_overlaps_nothing() {
        assert_eq!(both(&[("window", "1")]), (628, 4 * 100 + 60 * 4));
    }

    #[test]
    fn the_default_prediction_is_three_times() {
        let verdict = run_with("ooo_pipeline", &[]).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("3"));
        assert_eq!(verdict.headline, "2.88배");
    }

    /// 한 사이클씩 가는 뻔한 구현: 명령마다 가장 이른 자리를 찾음.
    fn slow(program: &[Op], width: u64, order: Order) -> u64 {
        let mut ends = vec![u64::MAX; program.len()];
        let mut now = 0;
        while ends.contains(&u64::MAX) {
            let open: Vec<usize> =
                (0..program.len()).filter(|i| ends[*i] > now).collect();
            let ready = |ends: &[u64], i: usize| {
                let before = program[i].after;
                ends[i] == u64::MAX
                    && before.is_none_or(|before| ends[before] <= now)
            };
            let picks: Vec<usize> = match order {
                Order::Program => open
                    .into_iter()
                    .filter(|i| ends[*i] == u64::MAX)
                    .take_while(|i| ready(&ends, *i))
                    .take(width as usize)
                    .collect(),
                Order::Ready { window } => open
                    .into_iter()
                    .take(window)
                    .filter(|i| ready(&ends, *i))
                    .take(width as usize)
                    .collect(),
            };
            for i in picks {
                ends[i] = now + program[i].latency;
            }
            now += 1;
        }
        ends.into_iter().max().unwrap()
    }

    #[test]
    fn skipping_cycles_changes_nothing() {
        for kind in [Kind::Loads, Kind::Accumulators, Kind::Chain] {
            for (k, width, window, miss_every) in
                [(1, 1, 1, 0), (3, 2, 5, 1), (7, 8, 128, 3), (32, 3, 20, 9)]
            {
                let p = Params {
                    n: 100,
                    kind,
                    k,
                    width,
                    window,
                    miss_every,
                    ..Params::default()
                };
                let program = p.program();
                for order in [Order::Program, p.order()] {
                    assert_eq!(
                        cycles(&program, width, order),
                        slow(&program, width, order),
                        "{p:?} {order:?}"
                    );
                }
            }
        }
    }

    /// 0부터 2^20 − 1까지의 합: 닫힌 식과 같고, 차례와 무관함.
    #[test]
    fn every_number_of_accumulators_adds_up_the_same() {
        let values = values();
        let want = (VALUES as u64 * (VALUES as u64 - 1) / 2) as f64;
        for k in 1..=32 {
            assert_eq!(sum(&values, k), want, "{k}");
        }
        for (k, add) in ADDERS {
            assert_eq!(add(&values), want, "{k}");
            let near = &values[..NEAR + 3];
            assert_eq!(add(near), sum(near, k as usize), "{k}");
        }
    }

    #[test]
    fn disagreement_names_the_side() {
        let model = [1.0, 2.0, 4.0, 8.0, 16.0];
        let p = Params::default();
        let told = |ours: &[f64]| disagreement(&p, ours, &model);
        assert!(told(&model).contains("1.25배 안쪽"));
        let flat = told(&[1.0, 2.0, 4.0, 4.1, 4.1]);
        assert!(flat.contains("누산기 8개") && flat.contains("폭"), "{flat}");
        let packed = told(&[1.0, 2.0, 8.0, 8.0, 8.0]);
        assert!(packed.contains("SIMD"), "{packed}");
        // 창이 하나면 겹치지 못하는 것이지 코어의 폭 때문이 아님
        let narrow = Params { window: 1, ..p.clone() };
        let ones =
            ADDERS.map(|(k, _)| per_add(&narrow, 1) / per_add(&narrow, k));
        let narrow = disagreement(&narrow, &model, &ones);
        assert!(narrow.contains(MODEL_CUT_SHORT), "{narrow}");
    }
}
