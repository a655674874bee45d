//! 한 명령, 여러 데이터: 갈라지는 묶음의 활용률, 레인마다 더하는 합,
//! 그리고 덧셈기 하나가 비트를 더하는 차례.

use std::hint::black_box;

use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series, Shape,
    Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, View,
    format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 갈라지는 조건문은 GPU를 반쯤 놀게 하는가?",
    prediction: Prediction {
        text: "레인 32개짜리 묶음이 두 갈래의 비용이 같은 if를 만남. \
               레인이 참일 확률이 3%라면 활용률은 몇 %일까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 1_000_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] =
    &[("97", "97%쯤"), ("80", "80%쯤"), ("60", "60%쯤"), ("50", "50%쯤")];

lab::params! {
    /// 묶음의 모양, 갈래의 비용, 더할 수.
    pub struct Params {
        lanes: u64 = 32, int("묶음의 레인").unit("개").range(8, 64);
        taken_pct: u64 = 3, int("레인이 참일 확률").unit("%")
            .range(0, 100);
        cost_then: u64 = 10, int("참 갈래의 비용").unit("사이클")
            .range(1, 100);
        cost_else: u64 = 10, int("거짓 갈래의 비용").unit("사이클")
            .range(1, 100);
        warps: u64 = 1_000, int("묶음의 수").unit("개").range(1, 10_000)
            .log();
        n: u64 = 100_000, int("더할 정수의 수").unit("개")
            .range(1_000, 4_000_000).log();
        left: u64 = 90, int("비트 덧셈의 왼쪽").range(0, 255);
        right: u64 = 54, int("비트 덧셈의 오른쪽").range(0, 255);
        seed: u64 = 42, int("씨앗");
    }
    check = |_: &Params, _| Ok(());
}

/// 갈라지는 조건문 하나.
#[derive(Clone, Copy, Debug)]
pub struct Branch {
    /// 묶음의 레인, 64까지.
    pub lanes: u64,
    /// 갈래마다의 비용, 사이클.
    pub cost_then: u64,
    pub cost_else: u64,
}

impl Params {
    fn branch(&self) -> Branch {
        Branch {
            lanes: self.lanes,
            cost_then: self.cost_then,
            cost_else: self.cost_else,
        }
    }
}

impl Branch {
    /// 모든 레인의 비트.
    fn all(&self) -> u64 {
        u64::MAX >> (64 - self.lanes)
    }
}

/// 커널이 지나가는 순간. 레인의 집합은 비트로 나타냄.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Then { active: u64 },
    Else { active: u64 },
    Bit { at: u32, x: bool, y: bool, carry_in: bool, sum: u8, carry: bool },
}

// ANCHOR: kernel
/// 묶음 하나의 사이클: 두 갈래를 차례로 실행하고 남은 레인은 놂.
pub fn warp(branch: &Branch, taken: u64, mut watch: impl FnMut(Step)) -> u64 {
    let mut cycles = 0;
    if taken != 0 {
        watch(Step::Then { active: taken });
        cycles += branch.cost_then; // step: then
    }
    let rest = branch.all() & !taken;
    if rest != 0 {
        watch(Step::Else { active: rest });
        cycles += branch.cost_else; // step: else
    }
    cycles
}

/// 올림을 한 비트씩 넘기며 더함: 합과, 맨 위에서 넘친 올림.
pub fn add_bits(a: u8, b: u8, mut watch: impl FnMut(Step)) -> (u8, bool) {
    let (mut sum, mut carry) = (0, false);
    for at in 0..8 {
        let (x, y) = (a >> at & 1 == 1, b >> at & 1 == 1);
        let carry_in = carry;
        sum |= u8::from(x ^ y ^ carry_in) << at; // step: bit
        carry = (x && y) || (carry_in && (x ^ y));
        watch(Step::Bit { at, x, y, carry_in, sum, carry });
    }
    (sum, carry)
}

/// 레인 `L`개에 나눠 더함: i번째 수는 i % L번째 레인으로 감.
pub fn sum_lanes<const L: usize>(values: &[i32]) -> i32 {
    let mut lanes = [0i32; L];
    let (chunks, rest) = values.as_chunks::<L>();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = lane.wrapping_add(*value);
        }
    }
    lanes.iter().chain(rest).fold(0, |sum, lane| sum.wrapping_add(*lane))
}
// ANCHOR_END: kernel

// asm: 레인 16개
#[inline(never)]
fn sum_sixteen(values: &[i32]) -> i32 {
    sum_lanes::<16>(values)
}

/// 한 번에 하나: 합을 가려 컴파일러가 레인으로 묶지 못하게 함.
// asm: 한 번에 하나
#[inline(never)]
pub fn sum_one_by_one(values: &[i32]) -> i32 {
    values
        .iter()
        .fold(0, |sum, value| black_box(i32::wrapping_add(sum, *value)))
}

/// 부호 있는 32비트 전체에 흩어진 수.
pub fn values(n: u64) -> Vec<i32> {
    (0..n as u32).map(|i| i.wrapping_mul(0x9E37_79B1) as i32).collect()
}

/// 묶음을 모두 실행한 결과. 쓸모는 제 갈래를 실행한 레인 사이클임.
#[derive(Clone, Copy, Debug, Default)]
struct Outcome {
    cycles: u64,
    useful: u64,
    split: u64,
}

/// 레인마다 뽑은 조건: 참인 레인의 비트.
fn draw(rng: &mut SplitMix64, lanes: u64, taken_pct: u64) -> u64 {
    (0..lanes).fold(0, |taken, lane| {
        let is_taken = rng.next_u64() % 100 < taken_pct;
        taken | u64::from(is_taken) << lane
    })
}

fn execute(p: &Params, taken_pct: u64) -> Outcome {
    let branch = p.branch();
    let mut rng = SplitMix64::new(p.seed);
    let mut outcome = Outcome::default();
    for _ in 0..p.warps {
        let taken = draw(&mut rng, p.lanes, taken_pct);
        let ones = u64::from(taken.count_ones());
        outcome.cycles += warp(&branch, taken, |_| {});
        outcome.useful += ones * p.cost_then + (p.lanes - ones) * p.cost_else;
        outcome.split += u64::from(ones > 0 && ones < p.lanes);
    }
    outcome
}

fn percent(useful: u64, cycles: u64, lanes: u64) -> f64 {
    useful as f64 / (cycles * lanes) as f64 * 100.0
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let outcome = execute(p, p.taken_pct);
    let Outcome { cycles, useful, split } = outcome;
    let sum = sum_lanes::<4>(&values(p.n));
    let (bits, carry) = add_bits(p.left as u8, p.right as u8, |_| {});
    Ok(Report::default()
        .answer("cycles", cycles)
        .answer("useful", useful)
        .answer("split_warps", split)
        .answer("sum", i64::from(sum).to_string().as_str())
        .answer("bits", u64::from(bits))
        .answer("carry", u64::from(carry))
        .checksum(&[i64::from(sum) as u64, cycles, useful, bits.into()])
        .view(View::Table(summary(p, &outcome)))
        .view(View::Chart(curve(p, ctx)?))
        .view(View::Trace(replay_warps(p)))
        .view(View::Trace(replay_bits(p))))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let int = |key| report.int(key).unwrap_or(1);
    let share = percent(int("useful"), int("cycles"), p.lanes);
    let distance =
        |value: &str| (value.parse::<f64>().unwrap_or(0.0) - share).abs();
    let values = GUESSES.iter().map(|(value, _)| *value);
    let choice = values.min_by(|a, b| distance(a).total_cmp(&distance(b)));
    let sentence = format!(
        "묶음 {}개 가운데 {}개가 갈라졌고, 활용률은 {}%임.",
        format::int(p.warps),
        format::int(int("split_warps")),
        format::fixed(share, 1)
    );
    Verdict {
        headline: format!("{}%", format::fixed(share, 1)),
        ..Verdict::choice(GUESSES, choice.unwrap_or_default(), sentence)
    }
}

fn summary(p: &Params, outcome: &Outcome) -> Table {
    let share = percent(outcome.useful, outcome.cycles, p.lanes);
    let split = outcome.split as f64 / p.warps as f64 * 100.0;
    Table {
        title: format!(
            "레인 {}개짜리 묶음 {}개",
            p.lanes,
            format::int(p.warps)
        ),
        badge: Badge::Model,
        columns: vec![
            Column::number("사이클", ""),
            Column::number("갈라진 묶음", "%"),
            Column::number("활용률", "%"),
        ],
        rows: vec![vec![
            outcome.cycles.into(),
            Cell::fixed(split, 1),
            Cell::fixed(share, 1),
        ]],
    }
}

/// 확률에 따른 활용률. 레인의 수마다 한 줄.
fn curve(p: &Params, ctx: &Ctx) -> Result<Chart, Failure> {
    let mut widths = vec![8, 32, 64, p.lanes];
    widths.sort_unstable();
    widths.dedup();
    let mut series = Vec::new();
    for (done, lanes) in widths.iter().enumerate() {
        ctx.progress(done as u64, widths.len() as u64, "곡선 그리기")?;
        let p = Params { lanes: *lanes, ..p.clone() };
        let point = |pct: u64| {
            let outcome = execute(&p, pct);
            let share = percent(outcome.useful, outcome.cycles, p.lanes);
            (pct as f64, share).into()
        };
        series.push(Series {
            name: format!("레인 {lanes}개"),
            shape: Shape::Line,
            points: (0..=100).step_by(2).map(point).collect(),
        });
    }
    Ok(Chart {
        title: "레인이 참일 확률과 활용률".into(),
        badge: Badge::Model,
        x: Axis::linear("레인이 참일 확률", "%"),
        y: Axis::linear("활용률", "%"),
        series,
        marks: Vec::new(),
    })
}

/// 재생에 담는 묶음의 수.
const SHOWN: u64 = 4;

fn replay_warps(p: &Params) -> Trace {
    let branch = p.branch();
    let mut rng = SplitMix64::new(p.seed);
    let (mut frames, mut cycles) = (Vec::new(), 0);
    for number in 0..SHOWN.min(p.warps) {
        let taken = draw(&mut rng, p.lanes, p.taken_pct);
        warp(&branch, taken, |step| {
            let (tag, name, active, cost) = match step {
                Step::Then { active } => {
                    ("then", "참", active, branch.cost_then)
                }
                Step::Else { active } => {
                    ("else", "거짓", active, branch.cost_else)
                }
                Step::Bit { .. } => return,
            };
            cycles += cost;
            let busy = active.count_ones();
            frames.push(Frame {
                step: tag.to_owned(),
                say: format!(
                    "묶음 {number}: {name} 갈래를 {busy}레인이 실행함"
                ),
                counters: vec![
                    ("사이클".into(), cycles.to_string()),
                    (
                        "노는 레인".into(),
                        (branch.lanes - u64::from(busy)).to_string(),
                    ),
                ],
                lanes: vec![mask_lane(&branch, taken, active)],
                jumps: Vec::new(),
            });
        });
    }
    Trace {
        title: "묶음이 갈래를 차례로 실행함".into(),
        badge: Badge::Model,
        frames,
    }
}

fn mask_lane(branch: &Branch, taken: u64, active: u64) -> Lane {
    let cell = |at: u64| LaneCell {
        at,
        text: if taken >> at & 1 == 1 { "참" } else { "-" }.into(),
        tone: match active >> at & 1 {
            1 => Tone::Now,
            _ => Tone::Dead,
        },
    };
    Lane {
        label: "레인의 조건(점선은 노는 레인)".into(),
        size: branch.lanes,
        cells: (0..branch.lanes).map(cell).collect(),
        group: 0,
    }
}

fn replay_bits(p: &Params) -> Trace {
    let (left, right) = (p.left as u8, p.right as u8);
    let mut frames = Vec::new();
    add_bits(left, right, |step| {
        let Step::Bit { at, x, y, carry_in, sum, carry } = step else {
            return;
        };
        let digit = u8::from;
        let total = digit(x) + digit(y) + digit(carry_in);
        frames.push(Frame {
            step: "bit".into(),
            say: format!(
                "{at}번 비트: {} + {} + 올림 {} = {total}. 합에 {}을 적고 \
                 올림 {}을 넘김",
                digit(x),
                digit(y),
                digit(carry_in),
                total & 1,
                digit(carry)
            ),
            counters: vec![
                ("합".into(), sum.to_string()),
                ("올림".into(), digit(carry).to_string()),
            ],
            lanes: vec![
                bit_lane(&format!("왼쪽 {left}"), left, 8, at),
                bit_lane(&format!("오른쪽 {right}"), right, 8, at),
                bit_lane("합", sum, at + 1, at),
            ],
            jumps: Vec::new(),
        });
    });
    Trace {
        title: format!("{left} + {right}: 비트를 다른 비트로"),
        badge: Badge::Exact,
        frames,
    }
}

/// 비트의 줄. 왼쪽이 낮은 자리임.
fn bit_lane(name: &str, byte: u8, known: u32, now: u32) -> Lane {
    let cell = |at: u32| LaneCell {
        at: at.into(),
        text: (byte >> at & 1).to_string(),
        tone: if at == now { Tone::Now } else { Tone::Plain },
    };
    Lane {
        label: format!("{name}(칸의 번호가 비트의 자리)"),
        size: 8,
        cells: (0..known).map(cell).collect(),
        group: 0,
    }
}

type Adder = fn(&[i32]) -> i32;

/// 재는 합: 이름과 함수.
pub const ADDERS: [(&str, Adder); 5] = [
    ("한 번에 하나", sum_one_by_one),
    ("레인 1개(for 문 그대로)", sum_lanes::<1>),
    ("레인 4개", sum_lanes::<4>),
    ("레인 16개", sum_sixteen),
    ("레인 64개", sum_lanes::<64>),
];

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let values = values(p.n);
    let values = &values[..];
    let cases = ADDERS.into_iter().map(|(name, add)| {
        Case::new(name, p.n, move || add(black_box(values)) as u64)
    });
    compare(ctx, "32비트 정수의 합", "정수 하나", cases.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn share(pairs: &[(&str, &str)]) -> f64 {
        let report = run_with("simd_simt", pairs);
        let p = Params::read(&report.params).unwrap();
        let int = |key| report.int(key).unwrap();
        percent(int("useful"), int("cycles"), p.lanes)
    }

    /// 고른 확률의 이론값에서 1.5%p 안.
    #[test]
    fn utilisation_follows_the_formula() {
        for (pct, lanes) in [(1, 32), (10, 32), (10, 8), (50, 64)] {
            let p = f64::from(pct) / 100.0;
            let any = |p: f64| 1.0 - (1.0 - p).powi(lanes);
            let theory = 100.0 / (any(p) + any(1.0 - p));
            let pairs =
                [("taken_pct", pct.to_string()), ("lanes", lanes.to_string())];
            let pairs = pairs.each_ref().map(|(k, v)| (*k, v.as_str()));
            let got = share(&pairs);
            assert!((got - theory).abs() < 1.5, "{pct} {lanes}: {got}");
        }
    }

    #[test]
    fn nothing_idles_when_all_agree() {
        for pct in ["0", "100"] {
            assert_eq!(share(&[("taken_pct", pct)]), 100.0);
        }
    }

    #[test]
    fn the_default_prediction_is_sixty_percent() {
        let verdict = run_with("simd_simt", &[]).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("60"));
    }

    #[test]
    fn adding_bits_is_adding() {
        for a in 0..=255u8 {
            for b in 0..=255u8 {
                let got = add_bits(a, b, |_| {});
                assert_eq!(got, a.overflowing_add(b), "{a} + {b}");
            }
        }
    }

    #[test]
    fn every_number_of_lanes_adds_up_the_same() {
        for n in [1, 63, 64, 65, 10_001] {
            let values = values(n);
            let want = sum_one_by_one(&values);
            for (name, add) in ADDERS {
                assert_eq!(add(&values), want, "{name} {n}");
            }
        }
    }
}
