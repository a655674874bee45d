//! 더하는 순서가 답을 바꿈: 같은 수를 더하는 일곱 방법과 그 오차.
//!
//! 쌍합의 규칙은 NumPy의 `pairwise_sum`이고, `np.sum`과 비트까지 견줌
//! (`tests/reality/test_matrices.py`). 참값은 어림하지 않고 구함.

use std::hint::black_box;

use lab::measure::{Case, interleave};
use lab::report::{
    Answer, Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series,
    Shape, Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 같은 수를 더했는데 답이 다른가?",
    prediction: Prediction {
        text: "크기가 1e-8에서 1e8까지 섞인 수 10만 개를 더함. \
               오차가 작은 방법부터 늘어놓으면?",
        ask: Ask::Order(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 200_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("naive", "앞에서부터 차례로"),
    ("neumaier", "Neumaier 보정합"),
    ("sorted", "절댓값이 작은 것부터"),
    ("pairwise128", "쌍합 (np.sum)"),
];

lab::choices! {
    /// 더할 수의 모양.
    pub enum Data {
        Uniform = "uniform", "0 이상 1 미만";
        Wide = "wide", "크기가 1e-8에서 1e8까지 섞임";
        Cancel = "cancel", "큰 수가 짝지어 사라짐";
    }
}

lab::choices! {
    /// 더하는 방법.
    pub enum Method {
        Naive = "naive", "앞에서부터 차례로";
        Reverse = "reverse", "뒤에서부터 차례로";
        Sorted = "sorted", "절댓값이 작은 것부터";
        Pairwise = "pairwise128", "쌍합 (np.sum)";
        Kahan = "kahan", "Kahan 보정합";
        Neumaier = "neumaier", "Neumaier 보정합";
        F32 = "f32", "f32로 차례로";
    }
}

lab::params! {
    /// 더할 수와, 단계를 볼 방법.
    pub struct Params {
        n: u64 = 100_000, int("수의 개수").unit("개")
            .browser(8, 1_000_000).native(8, 10_000_000).log();
        data: Data = Data::Wide, choice("수의 모양");
        method: Method = Method::Pairwise, choice("먼저 재생할 방법");
        seed: u64 = 7, int("씨앗");
    }
    check = |_: &Params, _| Ok(());
}

/// 섞어 쓰는 크기. 거듭제곱을 계산하지 않고 적어 둠: 어디서나 같은 비트임.
const SCALES: [f64; 17] = [
    1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4,
    1e5, 1e6, 1e7, 1e8,
];

/// 더할 수.
pub fn values(data: Data, n: u64, seed: u64) -> Vec<f64> {
    let mut rng = SplitMix64::new(seed);
    let mut big = 0.0;
    let value = |i: u64| match data {
        Data::Uniform => rng.unit(),
        Data::Wide => {
            let v = rng.unit();
            let scale = SCALES[(rng.next_u64() % 17) as usize];
            (v - 0.5) * scale
        }
        // 큰 수, 작은 수, 아까의 큰 수를 뺀 것
        Data::Cancel => match i % 3 {
            0 => {
                big = (rng.unit() - 0.5) * 1e8;
                big
            }
            1 => rng.unit(),
            _ => -big,
        },
    };
    (0..n).map(value).collect()
}

/// 커널이 지나가는 순간. `start`와 `len`은 더할 수의 자리와 개수임.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// 한 수를 더한 뒤의 합과, 합에서 떨어져 나가 따로 적어 둔 몫.
    Add { value: f64, sum: f64, lost: f64 },
    /// 나누지 않고 더한 토막.
    Block { start: usize, len: usize, sum: f64 },
    /// 두 절반의 합을 더함.
    Join { start: usize, len: usize, sum: f64 },
}

// ANCHOR: kernel
/// 차례로.
pub fn naive(
    values: impl IntoIterator<Item = f64>,
    mut watch: impl FnMut(Step),
) -> f64 {
    let mut sum = 0.0;
    for value in values {
        sum += value; // step: add
        watch(Step::Add { value, sum, lost: 0.0 });
    }
    sum
}

/// 반으로 나눠 더함. 128개까지는 누산기 여덟으로 한 번에 훑음.
pub fn pairwise(values: &[f64], mut watch: impl FnMut(Step)) -> f64 {
    pairwise_from(0, values, &mut watch)
}

fn pairwise_from(
    start: usize,
    values: &[f64],
    watch: &mut impl FnMut(Step),
) -> f64 {
    let len = values.len();
    if len <= 128 {
        let sum = block(values);
        watch(Step::Block { start, len, sum });
        return sum; // step: block
    }
    // 앞 절반은 8의 배수: 누산기가 빠짐없이 참
    let half = len / 2 - len / 2 % 8;
    let (front, back) = values.split_at(half);
    let sum = pairwise_from(start, front, watch)
        + pairwise_from(start + half, back, watch);
    watch(Step::Join { start, len, sum });
    sum // step: join
}

/// 나누지 않음: i번째 수는 i % 8번째 누산기로 감.
// asm: 쌍합의 토막: 누산기 여덟
#[inline(never)]
pub fn block(values: &[f64]) -> f64 {
    let (groups, rest) = values.as_chunks::<8>();
    let Some((first, groups)) = groups.split_first() else {
        return naive(rest.iter().copied(), |_| {});
    };
    let mut r = *first;
    for group in groups {
        for (r, value) in r.iter_mut().zip(group) {
            *r += value;
        }
    }
    let left = (r[0] + r[1]) + (r[2] + r[3]);
    let right = (r[4] + r[5]) + (r[6] + r[7]);
    rest.iter().fold(left + right, |sum, value| sum + value)
}

/// 더할 때마다 잃은 아래쪽을 다음 수에 되돌려 줌.
pub fn kahan(values: &[f64], mut watch: impl FnMut(Step)) -> f64 {
    let (mut sum, mut lost) = (0.0, 0.0);
    for value in values {
        let wanted = value - lost;
        let next = sum + wanted;
        lost = (next - sum) - wanted;
        sum = next; // step: kahan
        watch(Step::Add { value: *value, sum, lost: 0.0 - lost });
    }
    sum
}

/// 둘 가운데 작은 쪽이 잃은 것을 따로 모아 마지막에 더함.
pub fn neumaier(values: &[f64], mut watch: impl FnMut(Step)) -> f64 {
    let (mut sum, mut lost): (f64, f64) = (0.0, 0.0);
    for value in values {
        let next = sum + value;
        lost += match sum.abs() >= value.abs() {
            true => (sum - next) + value,
            false => (value - next) + sum,
        };
        sum = next; // step: neumaier
        watch(Step::Add { value: *value, sum, lost });
    }
    sum + lost
}

/// 값도 합도 f32로.
pub fn single(values: &[f64], mut watch: impl FnMut(Step)) -> f64 {
    let mut sum = 0.0f32;
    for value in values {
        sum += *value as f32; // step: single
        let (value, sum) = ((*value as f32).into(), sum.into());
        watch(Step::Add { value, sum, lost: 0.0 });
    }
    sum.into()
}
// ANCHOR_END: kernel

/// 절댓값이 작은 것부터. 같으면 앞의 것부터.
fn by_size(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    sorted
}

/// 한 방법으로 더함.
pub fn sum(method: Method, values: &[f64], watch: impl FnMut(Step)) -> f64 {
    match method {
        Method::Naive => naive(values.iter().copied(), watch),
        Method::Reverse => naive(values.iter().rev().copied(), watch),
        Method::Sorted => naive(by_size(values), watch),
        Method::Pairwise => pairwise(values, watch),
        Method::Kahan => kahan(values, watch),
        Method::Neumaier => neumaier(values, watch),
        Method::F32 => single(values, watch),
    }
}

/// 어림하지 않은 합: 서로 자리가 겹치지 않는 실수들의 모음.
///
/// Shewchuk의 방법이며 파이썬의 `math.fsum`과 같음.
#[derive(Clone, Debug, Default)]
pub struct Exact {
    /// 작은 것부터.
    parts: Vec<f64>,
}

impl Exact {
    pub fn of(values: &[f64]) -> Self {
        let mut exact = Exact::default();
        values.iter().for_each(|value| exact.add(*value));
        exact
    }

    pub fn add(&mut self, mut value: f64) {
        let mut kept = 0;
        for i in 0..self.parts.len() {
            let (mut big, mut small) = (value, self.parts[i]);
            if big.abs() < small.abs() {
                (big, small) = (small, big);
            }
            value = big + small;
            let lost = small - (value - big);
            if lost != 0.0 {
                self.parts[kept] = lost;
                kept += 1;
            }
        }
        self.parts.truncate(kept);
        self.parts.push(value);
    }

    /// 한 번만 반올림한 값.
    pub fn round(&self) -> f64 {
        let mut parts = self.parts.iter().rev().copied();
        let mut sum = parts.next().unwrap_or(0.0);
        let mut lost = 0.0;
        for part in parts.by_ref() {
            let before = sum;
            sum += part;
            lost = part - (sum - before);
            if lost != 0.0 {
                break;
            }
        }
        // 꼭 가운데라 짝수로 반올림했는데 그 아래에 같은 쪽이 더 있으면
        // 반대로 올림
        let more = parts.next().unwrap_or(0.0);
        if lost * more > 0.0 {
            let twice = lost * 2.0;
            let up = sum + twice;
            if up - sum == twice {
                return up;
            }
        }
        sum
    }

    /// 어림값이 참값에서 벗어난 양.
    pub fn error(&self, of: f64) -> f64 {
        let mut rest = self.clone();
        rest.add(-of);
        // 0의 부호가 뒤집혀 보이지 않게 함
        0.0 - rest.round()
    }
}

/// 두 실수 사이에 놓인 걸음의 수.
fn ulps(a: f64, b: f64) -> u64 {
    let place = |x: f64| {
        let magnitude = (x.to_bits() & (u64::MAX >> 1)) as i64;
        if x.is_sign_negative() { -magnitude } else { magnitude }
    };
    place(a).abs_diff(place(b))
}

/// 한 방법의 결과.
#[derive(Clone, Copy, Debug)]
struct Outcome {
    method: Method,
    sum: f64,
    error: f64,
    ulps: u64,
}

fn outcomes(values: &[f64], exact: &Exact) -> [Outcome; 7] {
    let truth = exact.round();
    Method::ALL.map(|method| {
        let sum = sum(method, values, |_| {});
        let error = exact.error(sum);
        Outcome { method, sum, error, ulps: ulps(sum, truth) }
    })
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 2, "더하기")?;
    let values = values(p.data, p.n, p.seed);
    let exact = Exact::of(&values);
    let truth = exact.round();
    let rows = outcomes(&values, &exact);
    ctx.progress(1, 2, "앞부분의 오차")?;
    let mut words = vec![truth.to_bits()];
    let mut report = Report::default().answer("exact", same(truth));
    for Outcome { method, sum, error, ulps } in rows {
        let name = method.value().to_string();
        words.push(sum.to_bits());
        report = report
            .answer(&format!("sum_{name}"), same(sum))
            .answer(&format!("error_{name}"), same(error.abs()))
            .answer(&format!("ulps_{name}"), ulps);
    }
    report = report
        .checksum(&words)
        .view(View::Table(table(truth, &rows)))
        .view(View::Chart(growth(&values)));
    // 고른 방법을 먼저
    let rest = KERNELS.into_iter().filter(|method| *method != p.method);
    for method in std::iter::once(p.method).chain(rest) {
        report = report.view(View::Trace(replay(method, &values)));
    }
    Ok(report)
}

/// 비트까지 같아야 하는 실수.
fn same(value: f64) -> Answer {
    Answer::Near { value, tolerance: 0.0 }
}

fn verdict(report: &Report) -> Verdict {
    let error = |name: &str| match report.answers.get(name) {
        Some(Answer::Near { value, .. }) => *value,
        _ => f64::NAN,
    };
    let rank = |name: &str| error(&format!("error_{name}"));
    let show = |name: &str| format::significant(rank(name));
    let mut sentence = format!(
        "오차는 Neumaier {}, 쌍합 {}, 작은 것부터 {}, 차례로 {}임.",
        show("neumaier"),
        show("pairwise128"),
        show("sorted"),
        show("naive")
    );
    let mut ranks: Vec<f64> =
        GUESSES.iter().map(|(name, _)| rank(name)).collect();
    ranks.sort_by(f64::total_cmp);
    if ranks.windows(2).any(|pair| pair[0] == pair[1]) {
        sentence.push_str(" 오차가 같은 것끼리는 앞뒤가 없음.");
    }
    Verdict::order(GUESSES, &rank, sentence)
}

fn table(truth: f64, rows: &[Outcome]) -> Table {
    let bits = |x: f64| format!("{:016x}", x.to_bits());
    let number =
        |x: f64| Cell { text: format::significant(x), value: Some(x) };
    let row = |outcome: &Outcome| {
        vec![
            outcome.method.label().into(),
            outcome.sum.to_string().into(),
            bits(outcome.sum).into(),
            number(outcome.error.abs()),
            outcome.ulps.into(),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = rows.iter().map(row).collect();
    rows.push(vec![
        "참값을 한 번 반올림한 것".into(),
        truth.to_string().into(),
        bits(truth).into(),
        "–".into(),
        0.into(),
    ]);
    Table {
        title: "방법마다의 합과 오차".into(),
        badge: Badge::Exact,
        columns: vec![
            Column::text("방법"),
            Column::text("합"),
            Column::text("비트"),
            Column::number("절대 오차", ""),
            Column::number("ulp", ""),
        ],
        rows,
    }
}

/// 그래프에 그리는 방법.
const DRAWN: [Method; 4] =
    [Method::Naive, Method::Pairwise, Method::Kahan, Method::Neumaier];

/// 앞에서부터 2배씩 늘린 만큼을 더했을 때의 오차.
fn growth(values: &[f64]) -> Chart {
    let mut lines = DRAWN.map(|_| Vec::new());
    let sizes = std::iter::successors(Some(8), |n| Some(n * 2));
    for n in sizes.take_while(|n| *n <= values.len()) {
        let front = &values[..n];
        let exact = Exact::of(front);
        for (line, method) in lines.iter_mut().zip(DRAWN) {
            let error = exact.error(sum(method, front, |_| {})).abs();
            // 로그 축에는 0이 없음
            if error > 0.0 {
                line.push((n as f64, error).into());
            }
        }
    }
    let series = DRAWN.iter().zip(lines).map(|(method, points)| Series {
        name: method.label().into(),
        shape: Shape::Line,
        points,
    });
    Chart {
        title: "더한 개수와 오차(오차가 0인 점은 없음)".into(),
        badge: Badge::Exact,
        x: Axis::log("더한 개수", "개"),
        y: Axis::log("절대 오차", ""),
        series: series.collect(),
        marks: Vec::new(),
    }
}

/// 재생에 쓰는 수의 개수: 쌍합은 토막 여덟, 나머지는 한 화면.
const SHOWN_TREE: usize = 1_000;
const SHOWN: usize = 32;

/// 커널이 서로 다른 방법.
const KERNELS: [Method; 5] = [
    Method::Pairwise,
    Method::Naive,
    Method::Kahan,
    Method::Neumaier,
    Method::F32,
];

fn replay(method: Method, values: &[f64]) -> Trace {
    let tree = method == Method::Pairwise;
    let shown = values.len().min(if tree { SHOWN_TREE } else { SHOWN });
    let values = &values[..shown];
    Trace {
        title: format!(
            "처음 {}개를 더하기: {}",
            format::int(shown as u64),
            method.label()
        ),
        badge: Badge::Exact,
        frames: match tree {
            true => halves(values),
            false => one_by_one(method, values),
        },
    }
}

fn counter(name: &str, value: f64) -> (String, String) {
    (name.into(), value.to_string())
}

/// 아주 작은 값: 자릿수만 보임.
fn tiny(name: &str, value: f64) -> (String, String) {
    (name.into(), format!("{value:.2e}"))
}

/// 수 하나에 한 장면. 오차는 지금까지 더한 수의 참값에서 잼.
fn one_by_one(method: Method, values: &[f64]) -> Vec<Frame> {
    let tag = match method {
        Method::Kahan => "kahan",
        Method::Neumaier => "neumaier",
        Method::F32 => "single",
        _ => "add",
    };
    let size = values.len() as u64;
    let (mut frames, mut exact) = (Vec::new(), Exact::default());
    sum(method, values, |step| {
        let Step::Add { value, sum, lost } = step else { return };
        exact.add(value);
        let error = tiny("합의 오차", exact.error(sum));
        let at = frames.len() as u64;
        let tone = |each| if each == at { Tone::Now } else { Tone::Seen };
        let cell = |each: u64| LaneCell {
            at: each,
            text: (each + 1).to_string(),
            tone: tone(each),
        };
        frames.push(Frame {
            step: tag.into(),
            say: format!("{}번째로 더한 수: {value:e}", at + 1),
            counters: match method {
                Method::Kahan | Method::Neumaier => {
                    vec![counter("합", sum), error, tiny("보정값", lost)]
                }
                _ => vec![counter("합", sum), error],
            },
            lanes: vec![Lane {
                label: "더한 차례".into(),
                size,
                cells: (0..=at).map(cell).collect(),
                group: 0,
            }],
            jumps: Vec::new(),
        });
    });
    frames
}

/// 토막 하나, 더하기 하나에 한 장면. 칸의 수는 토막의 길이임.
fn halves(values: &[f64]) -> Vec<Frame> {
    let mut blocks = Vec::new();
    pairwise(values, |step| {
        if let Step::Block { start, len, .. } = step {
            blocks.push((start, len));
        }
    });
    let (mut frames, mut seen) = (Vec::new(), 0);
    pairwise(values, |step| {
        let (tag, say, start, len, sum) = match step {
            Step::Block { start, len, sum } => {
                seen = start + len;
                let end = seen - 1;
                let say = format!("{start}–{end}번을 누산기 여덟으로 더함");
                ("block", say, start, len, sum)
            }
            Step::Join { start, len, sum } => {
                let end = start + len - 1;
                let say = format!("두 절반의 합을 더함: {start}–{end}번");
                ("join", say, start, len, sum)
            }
            Step::Add { .. } => return,
        };
        let range = start..start + len;
        let tone = |first: usize| match range.contains(&first) {
            true if tag == "join" => Tone::Hit,
            true => Tone::Now,
            false if first < seen => Tone::Seen,
            false => Tone::Plain,
        };
        let cell = |(at, (first, len)): (usize, &(usize, usize))| LaneCell {
            at: at as u64,
            text: len.to_string(),
            tone: tone(*first),
        };
        let exact = Exact::of(&values[range.clone()]);
        frames.push(Frame {
            step: tag.into(),
            say,
            counters: vec![
                counter("이 부분의 합", sum),
                tiny("이 부분의 오차", exact.error(sum)),
            ],
            lanes: vec![Lane {
                label: "토막의 길이".into(),
                size: blocks.len() as u64,
                cells: blocks.iter().enumerate().map(cell).collect(),
                group: 0,
            }],
            jumps: Vec::new(),
        });
    });
    frames
}

type Adder = fn(&[f64]) -> f64;

// asm: 앞에서부터 차례로: 누산기 하나
#[inline(never)]
pub fn in_order(values: &[f64]) -> f64 {
    values.iter().sum()
}

/// 재는 합: 이름과 함수.
pub const ADDERS: [(&str, Adder); 5] = [
    ("앞에서부터 차례로", in_order),
    ("쌍합 (np.sum)", |values| pairwise(values, |_| {})),
    ("Kahan 보정합", |values| kahan(values, |_| {})),
    ("Neumaier 보정합", |values| neumaier(values, |_| {})),
    ("참값 (math.fsum)", |values| Exact::of(values).round()),
];

/// 쌍합에서 나누고 모으는 일만 뺀 것: 누산기 여덟으로 끝까지 훑음.
const LIMIT: &str = "누산기 여덟으로 끝까지";

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let values = values(p.data, p.n, p.seed);
    let mut cases = Vec::from(ADDERS.map(|(name, sum)| {
        let values = &values;
        Case::new(name, p.n, move || sum(black_box(values)).to_bits())
    }));
    let through = || block(black_box(&values)).to_bits();
    cases.push(Case::new(LIMIT, p.n, through));
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let limit = timings.rows.last().map(|row| row.median);
    let limit = limit.map(|ns| (ns, "한 번 훑기".to_owned()));
    Ok(timings.ladder("방법마다의 시간", "수 하나", limit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    const N: u64 = 100_000;

    fn found(data: Data, method: Method) -> (f64, f64, u64) {
        let values = values(data, N, 7);
        let exact = Exact::of(&values);
        let sum = sum(method, &values, |_| {});
        (sum, exact.error(sum).abs(), ulps(sum, exact.round()))
    }

    /// 명세의 기준값: 참값, 오차, ulp.
    #[test]
    fn anchors_of_the_spec() {
        let exact = Exact::of(&values(Data::Wide, N, 7)).round();
        assert_eq!(exact, -538_271_545.447_857_7);
        let (_, error, ulps) = found(Data::Wide, Method::Naive);
        assert_eq!((error, ulps), (3.385_027_116_909_281_7e-6, 28));
        let (_, error, ulps) = found(Data::Wide, Method::Pairwise);
        assert_eq!((error, ulps), (2.855_855_885_889_692e-7, 2));
    }

    /// 값은 NumPy 2.4.6의 `np.sum`과 파이썬의 `fractions`에서 얻음.
    #[test]
    fn other_methods() {
        let rows = [
            (Data::Wide, Method::Reverse, 29),
            (Data::Wide, Method::Sorted, 9),
            (Data::Wide, Method::Kahan, 1),
            (Data::Wide, Method::Neumaier, 0),
            (Data::Uniform, Method::Naive, 19),
            (Data::Uniform, Method::Pairwise, 0),
            (Data::Cancel, Method::Naive, 69),
            (Data::Cancel, Method::Pairwise, 644),
            (Data::Cancel, Method::Kahan, 21),
            (Data::Cancel, Method::Neumaier, 0),
        ];
        for (data, method, ulps) in rows {
            assert_eq!(found(data, method).2, ulps, "{data:?} {method:?}");
        }
    }

    /// 나눠 더하기를 식 그대로 적은 느린 것과 비트까지 같아야 함.
    #[test]
    fn pairwise_equals_its_definition() {
        fn slow(x: &[f64]) -> f64 {
            let n = x.len();
            if n < 8 {
                return x.iter().fold(0.0, |sum, x| sum + x);
            }
            if n <= 128 {
                let full = n - n % 8;
                let lane = |j: usize| {
                    (j..full).step_by(8).skip(1).fold(x[j], |r, i| r + x[i])
                };
                let r: Vec<f64> = (0..8).map(lane).collect();
                let sum = ((r[0] + r[1]) + (r[2] + r[3]))
                    + ((r[4] + r[5]) + (r[6] + r[7]));
                return x[full..].iter().fold(sum, |sum, x| sum + x);
            }
            let mut half = n / 2;
            half -= half % 8;
            slow(&x[..half]) + slow(&x[half..])
        }
        for n in [0, 1, 7, 8, 9, 127, 128, 129, 200, 1_000, 5_003] {
            let values = values(Data::Wide, n, 3);
            let fast = pairwise(&values, |_| {});
            assert_eq!(fast.to_bits(), slow(&values).to_bits(), "{n}");
        }
    }

    /// 정수 자리로 옮겨 더한 것과 견줌.
    #[test]
    fn the_exact_sum_is_exact() {
        let mut rng = SplitMix64::new(5);
        for n in 1..200 {
            let values: Vec<f64> = (0..n)
                .map(|_| {
                    let value = rng.next_u64() >> 11;
                    let sign = if rng.below(2) == 0 { -1.0 } else { 1.0 };
                    let scale = (1u64 << rng.below(60)) as f64;
                    sign * value as f64 * scale
                })
                .collect();
            let total: i128 = values.iter().map(|x| *x as i128).sum();
            let exact = Exact::of(&values);
            assert_eq!(exact.round(), total as f64, "{n}");
            let guess = naive(values.iter().copied(), |_| {});
            let error = (guess as i128 - total) as f64;
            assert_eq!(exact.error(guess), error, "{n}");
        }
    }

    #[test]
    fn every_adder_is_a_method() {
        let values = values(Data::Cancel, 1_000, 1);
        for (name, adder) in ADDERS {
            let method = Method::ALL.into_iter().find(|m| m.label() == name);
            let want = match method {
                Some(method) => sum(method, &values, |_| {}),
                None => Exact::of(&values).round(),
            };
            assert_eq!(adder(&values).to_bits(), want.to_bits(), "{name}");
        }
    }

    #[test]
    fn the_default_order_starts_with_compensation() {
        let verdict = run_with("sum_order", &[]).verdict.unwrap();
        let want = ["neumaier", "pairwise128", "sorted", "naive"];
        assert_eq!(verdict.order, Some(want.map(str::to_owned).to_vec()));
    }

    /// 고른 수에서는 Neumaier와 쌍합의 오차가 같음.
    #[test]
    fn a_tie_is_told() {
        for (data, tied) in [("uniform", true), ("wide", false)] {
            let report = run_with("sum_order", &[("data", data)]);
            let sentence = report.verdict.unwrap().sentence;
            assert_eq!(sentence.contains("앞뒤가 없음"), tied, "{sentence}");
        }
    }
}
