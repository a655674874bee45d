//! 한 번 훑고 정확하게: 분산을 구하는 다섯 가지와 그 오차.
//!
//! 덧셈·뺄셈·곱셈·나눗셈만 쓰므로 어디서나 비트까지 같음. 참값은 실수가
//! 아니라 정수로 구함: 값은 모두 2^-53의 배수임.

use std::collections::VecDeque;

use lab::measure::{Case, compare};
use lab::report::{
    Answer, Axis, Badge, Cell, Chart, Column, Point, Series, Shape, Table,
    Verdict,
};
use lab::rng::{SplitMix64, mix64};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 교과서 분산 공식을 그대로 쓰면 안 되는가?",
    prediction: Prediction {
        text: "0 이상 1 미만의 난수에 offset을 더한 값들의 분산은 \
               0.083쯤임. 제곱의 평균에서 평균의 제곱을 빼면 얼마가 나올까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 500_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("near", "참값과 비슷함"),
    ("off", "0이거나 엉뚱한 양수"),
    ("negative", "음수"),
];

lab::choices! {
    /// 값에 더하는 큰 수.
    pub enum Offset {
        Zero = "0", "0";
        Thousand = "1e3", "1,000";
        Million = "1e6", "1,000,000";
        Billion = "1e9", "1,000,000,000";
    }
}

impl Offset {
    fn amount(self) -> f64 {
        match self {
            Offset::Zero => 0.0,
            Offset::Thousand => 1e3,
            Offset::Million => 1e6,
            Offset::Billion => 1e9,
        }
    }
}

lab::choices! {
    /// 평균과 분산을 이어 가는 방법.
    pub enum Method {
        Naive = "naive", "제곱합 (교과서 공식)";
        TwoPass = "two_pass", "두 번 훑기";
        Welford = "welford", "웰퍼드 (처음부터 지금까지)";
        AddRemove = "sliding_add_remove", "더하고 빼기";
        Rebuild = "sliding_rebuild", "더하고 빼기 + 다시 세우기";
    }
}

lab::params! {
    /// `offset + 난수`의 흐름과, 거기에 심은 이상값.
    pub struct Params {
        n: u64 = 100_000, int("값의 수").unit("개")
            .browser(100, 1_000_000).native(100, 10_000_000).log();
        offset: Offset = Offset::Billion, choice("offset");
        window: u64 = 256, int("창의 크기").unit("개").range(8, 4_096);
        method: Method = Method::Naive, choice("이상값을 찾는 방법");
        spikes: u64 = 5, int("심은 이상값의 수").unit("개").range(0, 50);
        seed: u64 = 42, int("씨앗");
    }
    check = check;
}

/// 창을 매번 다시 훑는 방법이 하는 일의 한도: 값의 수 × 창의 크기.
fn scan_limit(scope: Scope) -> u64 {
    scope.pick(30_000_000, 4_000_000_000)
}

fn check(p: &Params, scope: Scope) -> Result<(), Failure> {
    let (n, window) = (format::int(p.n), format::int(p.window));
    if p.window > p.n {
        return Err(Failure::param(
            "window",
            format!(
                "창의 크기(window)의 값 '{window}': \
                 값의 수를 넘지 않는 8–{n}개 범위여야 함"
            ),
        ));
    }
    let most = scan_limit(scope) / p.window;
    if p.method == Method::TwoPass && p.n > most {
        let most = format::int(most);
        return Err(Failure::param(
            "n",
            format!(
                "값의 수(n)의 값 '{n}': 창 {window}개를 매번 두 번 \
                 훑으려면 100–{most}개 범위여야 함"
            ),
        ));
    }
    Ok(())
}

/// [0, 1)에 고르게 퍼진 값의 표준편차: sqrt(1/12).
const SIGMA: f64 = 0.288_675_134_594_812_9;
/// 이상값은 이만큼의 표준편차를 더함.
const SPIKE: f64 = 8.0;
/// 평균에서 표준편차의 5배보다 멀면 이상값으로 봄. 제곱으로 견줌.
const ALARM: f64 = 25.0;

impl Params {
    /// 이상값을 심은 자리. 값의 난수와 따로 뽑음.
    fn spiked(&self) -> Vec<u64> {
        let mut rng = SplitMix64::new(mix64(self.seed));
        let mut at: Vec<u64> =
            (0..self.spikes).map(|_| rng.below(self.n)).collect();
        at.sort_unstable();
        at.dedup();
        at
    }

    /// 흐름 하나.
    fn values(&self, offset: f64) -> Vec<f64> {
        let mut rng = SplitMix64::new(self.seed);
        let mut xs: Vec<f64> =
            (0..self.n).map(|_| offset + rng.unit()).collect();
        for at in self.spiked() {
            xs[at as usize] += SPIKE * SIGMA;
        }
        xs
    }
}

// ANCHOR: kernel
/// 교과서 공식: 제곱의 평균 − 평균의 제곱.
pub fn naive(xs: &[f64]) -> f64 {
    let (mut sum, mut squares) = (0.0, 0.0);
    for x in xs {
        sum += x;
        squares += x * x;
    }
    let n = xs.len() as f64;
    squares / n - (sum / n) * (sum / n)
}

/// 평균을 먼저 구하고, 평균에서 떨어진 거리를 다시 훑음.
pub fn two_pass<'a>(xs: impl Iterator<Item = &'a f64> + Clone) -> (f64, f64) {
    let (mut count, mut sum) = (0.0, 0.0);
    for x in xs.clone() {
        count += 1.0;
        sum += x;
    }
    let mean = sum / count;
    let mut squares = 0.0;
    for x in xs {
        squares += (x - mean) * (x - mean);
    }
    (mean, squares / count)
}

/// 흐르는 값의 평균과 분산. 창을 두는 방법은 창의 값을 쥐고 있음.
#[derive(Clone, Debug)]
pub struct Moving {
    method: Method,
    size: usize,
    items: VecDeque<f64>,
    count: f64,
    sum: f64,
    squares: f64,
    mean: f64,
    /// 평균에서 떨어진 거리의 제곱을 더한 것.
    m2: f64,
    since_rebuild: usize,
}

impl Moving {
    pub fn push(&mut self, x: f64) {
        let keeps = self.method != Method::Welford;
        let old = match keeps && self.items.len() == self.size {
            true => self.items.pop_front(),
            false => None,
        };
        if keeps {
            self.items.push_back(x);
        }
        match old {
            None => self.add(x),
            Some(old) => self.replace(old, x),
        }
    }

    /// 값 하나가 늘어남.
    fn add(&mut self, x: f64) {
        self.count += 1.0;
        match self.method {
            Method::TwoPass => {}
            Method::Naive => {
                self.sum += x;
                self.squares += x * x;
            }
            // 웰퍼드: 새 값이 평균을 끌어당긴 만큼만 고침
            _ => {
                let far = x - self.mean;
                self.mean += far / self.count;
                self.m2 += far * (x - self.mean);
            }
        }
    }

    /// 창이 한 칸 움직임: 가장 오래된 값을 새 값으로 바꿈.
    fn replace(&mut self, old: f64, x: f64) {
        match self.method {
            Method::TwoPass => return,
            Method::Naive => {
                self.sum += x - old;
                self.squares += x * x - old * old;
                return;
            }
            _ => {}
        }
        let before = self.mean;
        self.mean += (x - old) / self.count;
        self.m2 += (x - old) * ((x - self.mean) + (old - before));
        self.since_rebuild += 1;
        if self.method == Method::Rebuild && self.since_rebuild == self.size {
            let (mean, variance) = two_pass(self.items.iter());
            (self.mean, self.m2) = (mean, variance * self.count);
            self.since_rebuild = 0;
        }
    }

    /// 지금의 (평균, 분산).
    pub fn stats(&self) -> (f64, f64) {
        match self.method {
            Method::Naive => {
                let mean = self.sum / self.count;
                (mean, self.squares / self.count - mean * mean)
            }
            Method::TwoPass => two_pass(self.items.iter()),
            _ => (self.mean, self.m2 / self.count),
        }
    }
}

/// 앞선 값들과 견주어 표준편차의 5배보다 먼 값의 번호. 제곱근이 없음.
pub fn alarms(xs: &[f64], moving: &mut Moving) -> Vec<u64> {
    let mut found = Vec::new();
    for (i, &x) in xs.iter().enumerate() {
        if i >= moving.size {
            let (mean, variance) = moving.stats();
            if (x - mean) * (x - mean) > ALARM * variance {
                found.push(i as u64);
            }
        }
        moving.push(x);
    }
    found
}
// ANCHOR_END: kernel

impl Moving {
    pub fn new(method: Method, size: usize) -> Self {
        Moving {
            method,
            size,
            items: VecDeque::with_capacity(size),
            count: 0.0,
            sum: 0.0,
            squares: 0.0,
            mean: 0.0,
            m2: 0.0,
            since_rebuild: 0,
        }
    }
}

/// 처음부터 끝까지의 분산을 웰퍼드로.
pub fn welford(xs: &[f64]) -> f64 {
    let mut moving = Moving::new(Method::Welford, 1);
    xs.iter().for_each(|x| moving.push(*x));
    moving.stats().1
}

/// 2^53: 모든 값이 이것의 역수의 배수임.
const UNITS: f64 = (1u64 << 53) as f64;

/// 정수로 구한 참 분산. `x - offset`은 빠짐없이 나타나고 4보다 작음.
fn exact<'a>(xs: impl Iterator<Item = &'a f64> + Clone, offset: f64) -> f64 {
    let units = xs.map(|x| ((x - offset) * UNITS) as i64);
    let add = |(n, sum), unit| (n + 1, sum + i128::from(unit));
    let (n, sum) = units.clone().fold((0, 0), add);
    let mean = sum / n;
    let squares = units.fold(0, |squares, unit| {
        let far = i128::from(unit - mean as i64);
        squares + far * far
    });
    let rest = (sum - n * mean) as f64;
    let n = n as f64;
    (squares as f64 - rest * rest / n) / n / (UNITS * UNITS)
}

/// 상대 오차.
fn error(value: f64, truth: f64) -> f64 {
    ((value - truth) / truth).abs()
}

/// 사람이 읽을 실수. 비트까지 같은지는 체크섬이 말함.
fn near(value: f64) -> Answer {
    Answer::Near { value, tolerance: 1e-9 }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let offset = p.offset.amount();
    let xs = p.values(offset);
    let truth = exact(xs.iter(), offset);
    let whole = Whole::of(&xs);
    ctx.progress(1, 20, "이상값 찾기")?;
    let mut moving = Moving::new(p.method, p.window as usize);
    let found = alarms(&xs, &mut moving);
    let last = moving.stats().1;
    let spiked = p.spiked();
    let hits = count_hits(&found, &spiked);
    let sum = found.iter().fold(0, |sum: u64, at| sum.wrapping_add(*at));
    let alarm_count = found.len() as u64;
    let report = Report::default()
        .answer("naive", near(whole.naive))
        .answer("two_pass", near(whole.two_pass))
        .answer("welford", near(whole.welford))
        .answer("last", near(last))
        .answer("truth", near(truth))
        .answer("alarms", alarm_count)
        .answer("hits", hits)
        .checksum(&[
            whole.naive.to_bits(),
            whole.two_pass.to_bits(),
            whole.welford.to_bits(),
            last.to_bits(),
            alarm_count,
            sum,
        ]);
    Ok(report
        .view(View::Table(whole.table(truth)))
        .view(View::Table(cancellation(&xs, truth)))
        .view(View::Table(detectors(p, ctx, &xs, &spiked)?))
        .view(View::Chart(stream(p, &xs, &found, &spiked)))
        .view(View::Chart(errors(p, ctx)?))
        .view(View::Chart(drift(p, ctx, &xs)?)))
}

fn count_hits(found: &[u64], spiked: &[u64]) -> u64 {
    let hit = |at: &&u64| spiked.binary_search(at).is_ok();
    found.iter().filter(hit).count() as u64
}

fn verdict(report: &Report) -> Verdict {
    let near = |key| match report.answers.get(key) {
        Some(Answer::Near { value, .. }) => *value,
        _ => f64::NAN,
    };
    let (naive, truth) = (near("naive"), near("truth"));
    let choice = match naive {
        naive if naive < 0.0 => "negative",
        naive if error(naive, truth) < 0.1 => "near",
        _ => "off",
    };
    Verdict {
        headline: significant(naive),
        ..Verdict::choice(
            GUESSES,
            choice,
            format!(
                "참값은 {}, 두 번 훑으면 {}.",
                significant(truth),
                significant(near("two_pass"))
            ),
        )
    }
}

/// 자릿수가 크게 다른 수를 한 표에 놓는 모양.
fn significant(value: f64) -> String {
    let digits = if value.abs() >= 100.0 { 1 } else { 6 };
    format::fixed(value, digits)
}

fn power(value: f64) -> Cell {
    // 붙임표는 좁은 칸에서 줄이 갈리므로 빼기 기호를 씀
    let text = format!("{value:.1e}").replace('-', "−");
    Cell { text, value: Some(value) }
}

/// 흐름 전체의 분산.
struct Whole {
    naive: f64,
    two_pass: f64,
    welford: f64,
}

impl Whole {
    fn of(xs: &[f64]) -> Self {
        Whole {
            naive: naive(xs),
            two_pass: two_pass(xs.iter()).1,
            welford: welford(xs),
        }
    }

    fn table(&self, truth: f64) -> Table {
        let row = |method: Method, value: f64, passes: u64, kept: &str| {
            let text = significant(value);
            vec![
                method.label().into(),
                Cell { text, value: Some(value) },
                power(error(value, truth)),
                passes.into(),
                kept.into(),
            ]
        };
        Table {
            title: format!("흐름 전체의 분산 (참값 {truth:.9})"),
            badge: Badge::Exact,
            columns: vec![
                Column::text("방법"),
                Column::number("결과", ""),
                Column::number("상대 오차", ""),
                Column::number("통과", "번"),
                Column::text("쥐고 있는 수"),
            ],
            rows: vec![
                row(Method::Naive, self.naive, 1, "3개"),
                row(Method::TwoPass, self.two_pass, 2, "흐름 전체"),
                row(Method::Welford, self.welford, 1, "3개"),
            ],
        }
    }
}

/// 교과서 공식이 빼는 두 수와, 그 크기에서 f64의 눈금.
fn cancellation(xs: &[f64], truth: f64) -> Table {
    let n = xs.len() as f64;
    let squares = xs.iter().fold(0.0, |sum, x| sum + x * x) / n;
    let mean = xs.iter().fold(0.0, |sum, x| sum + x) / n;
    let square = mean * mean;
    let row = |name: &str, value: f64, text: String| {
        vec![name.into(), Cell { text, value: Some(value) }]
    };
    let step = squares.next_up() - squares;
    // 눈금이 보일 만큼의 자릿수
    let digits = (0..9).find(|d| step * 10f64.powi(*d) >= 1.0).unwrap_or(9);
    let long = |value: f64| format::fixed(value, digits as usize);
    let grain = match step >= 1.0 {
        true => format::fixed(step, 0),
        false => power(step).text,
    };
    Table {
        title: "교과서 공식이 빼는 두 수".into(),
        badge: Badge::Exact,
        columns: vec![Column::text("무엇"), Column::number("값", "")],
        rows: vec![
            row("제곱의 평균", squares, long(squares)),
            row("평균의 제곱", square, long(square)),
            row("이 크기에서 f64의 눈금", step, grain),
            row("찾으려는 분산", truth, format::fixed(truth, 9)),
        ],
    }
}

/// 방법마다 울린 경보.
fn detectors(
    p: &Params,
    ctx: &Ctx,
    xs: &[f64],
    spiked: &[u64],
) -> Result<Table, Failure> {
    // 창이 차기 전의 이상값은 아무도 볼 수 없음
    let planted = spiked.iter().filter(|at| **at >= p.window).count() as u64;
    let mut rows = Vec::new();
    for (i, method) in (2..).zip(Method::ALL) {
        ctx.progress(i, 20, "방법마다 이상값 찾기")?;
        if method == Method::TwoPass && p.n > scan_limit(ctx.scope) / p.window
        {
            let text = || Cell::from("값이 많아 뺌");
            let name = method.label().into();
            rows.push(vec![name, text(), text(), text()]);
            continue;
        }
        let mut moving = Moving::new(method, p.window as usize);
        let found = alarms(xs, &mut moving);
        let hits = count_hits(&found, spiked);
        rows.push(vec![
            method.label().into(),
            hits.into(),
            (planted - hits).into(),
            (found.len() as u64 - hits).into(),
        ]);
    }
    Ok(Table {
        title: format!("심은 이상값 {planted}개를 찾는 경보"),
        badge: Badge::Exact,
        columns: vec![
            Column::text("방법"),
            Column::number("맞힘", "개"),
            Column::number("놓침", "개"),
            Column::number("헛경보", "개"),
        ],
        rows,
    })
}

/// 흐름을 그리는 구간의 길이.
const SHOWN: u64 = 600;

fn stream(p: &Params, xs: &[f64], found: &[u64], spiked: &[u64]) -> Chart {
    let offset = p.offset.amount();
    // 창이 찬 다음의 첫 이상값을 가운데에 둠
    let first = spiked.iter().find(|at| **at >= p.window);
    let middle = first.copied().unwrap_or(p.window);
    let from = middle.saturating_sub(SHOWN / 2);
    let to = p.n.min(from + SHOWN);
    let point = |at: u64| Point::from((at as f64, xs[at as usize] - offset));
    let inside = found.iter().filter(|at| (from..to).contains(at));
    let mut series = vec![
        Series {
            name: "값".into(),
            shape: Shape::Line,
            points: (from..to).map(point).collect(),
        },
        Series {
            name: "경보".into(),
            shape: Shape::Dot,
            points: inside.map(|at| point(*at)).collect(),
        },
    ];
    // 찍을 경보가 없으면 범례에도 없음
    series.retain(|each| !each.points.is_empty());
    let what = if series.len() > 1 {
        "값과 경보"
    } else {
        "값(경보는 없음)"
    };
    Chart {
        title: format!(
            "{}번째부터의 {what}: {}",
            format::int(from),
            p.method.label()
        ),
        badge: Badge::Exact,
        x: Axis::linear("값의 번호", "번째"),
        y: Axis::linear("값 − offset", ""),
        series,
        marks: Vec::new(),
    }
}

/// 로그 축에 놓는 가장 작은 오차: f64 하나의 반올림보다 작음.
const FLOOR: f64 = 1e-17;
const ERROR: &str = "상대 오차 (0은 10^−17에 찍음)";

/// offset을 키우며 본 오차.
fn errors(p: &Params, ctx: &Ctx) -> Result<Chart, Failure> {
    let mut points = [Vec::new(), Vec::new(), Vec::new()];
    for power in 0..=9 {
        ctx.progress(7 + power, 20, "offset마다 오차 구하기")?;
        let offset = 10f64.powi(power as i32);
        let xs = p.values(offset);
        let truth = exact(xs.iter(), offset);
        let Whole { naive, two_pass, welford } = Whole::of(&xs);
        for (line, value) in points.iter_mut().zip([naive, two_pass, welford])
        {
            line.push((offset, error(value, truth).max(FLOOR)).into());
        }
    }
    let names = [Method::Naive, Method::TwoPass, Method::Welford];
    let series = names.into_iter().zip(points).map(|(method, points)| {
        Series { name: method.label().into(), shape: Shape::Line, points }
    });
    Ok(Chart {
        title: "offset이 크면: 전체 분산의 상대 오차".into(),
        badge: Badge::Exact,
        x: Axis::log("offset", ""),
        y: Axis::log(ERROR, ""),
        series: series.collect(),
        marks: Vec::new(),
    })
}

/// 표류를 살펴보는 자리의 수.
const CHECKPOINTS: u64 = 150;

/// 창을 움직이는 동안 쌓이는 오차.
fn drift(p: &Params, ctx: &Ctx, xs: &[f64]) -> Result<Chart, Failure> {
    ctx.progress(18, 20, "표류 살펴보기")?;
    let names = [Method::Naive, Method::AddRemove, Method::Rebuild];
    let size = p.window as usize;
    let mut movings = names.map(|method| Moving::new(method, size));
    let mut points = [Vec::new(), Vec::new(), Vec::new()];
    let stride = p.n.div_ceil(CHECKPOINTS) as usize;
    for (i, &x) in xs.iter().enumerate() {
        movings.iter_mut().for_each(|moving| moving.push(x));
        // 창이 흐름만큼 크면 마지막 하나만 볼 수 있음
        let picked = i % stride == 0 || i + 1 == xs.len();
        if i + 1 < size || !picked {
            continue;
        }
        let truth = exact(xs[i + 1 - size..=i].iter(), p.offset.amount());
        for (line, moving) in points.iter_mut().zip(&movings) {
            let error = error(moving.stats().1, truth).max(FLOOR);
            line.push((i as f64, error).into());
        }
    }
    let series = names.into_iter().zip(points).map(|(method, points)| {
        Series { name: method.label().into(), shape: Shape::Line, points }
    });
    Ok(Chart {
        title: "창이 움직이는 동안: 창 분산의 상대 오차".into(),
        badge: Badge::Exact,
        x: Axis::linear("값의 번호", "번째"),
        y: Axis::log(ERROR, ""),
        series: series.collect(),
        marks: Vec::new(),
    })
}

/// 재는 값의 한도.
const MEASURED: u64 = 100_000;

/// 재는 방법들: 울린 경보의 수를 돌려줌.
pub fn rivals<'a>(xs: &'a [f64], window: usize) -> Vec<Case<'a>> {
    // 창을 매번 다시 훑는 방법은 다른 것의 수백 배라 빼고 잼
    let methods = Method::ALL.into_iter().filter(|m| *m != Method::TwoPass);
    let case = |method: Method| {
        Case::new(method.label(), xs.len() as u64, move || {
            alarms(xs, &mut Moving::new(method, window)).len() as u64
        })
    };
    methods.map(case).collect()
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let n = p.n.min(MEASURED).max(p.window);
    let shorter = Params { n, ..p.clone() };
    let xs = shorter.values(p.offset.amount());
    let cases = rivals(&xs, p.window as usize);
    let mut views = compare(ctx, "값 하나를 살펴보는 시간", "값 하나", cases)?;
    if n < p.n {
        let n = format::int(n);
        views.push(note(format!("시간은 값 {n}개로 줄여 잼.")));
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn near(report: &Report, key: &str) -> f64 {
        match report.answers[key] {
            Answer::Near { value, .. } => value,
            Answer::Exact(_) => unreachable!(),
        }
    }

    fn value(pairs: &[(&str, &str)], key: &str) -> f64 {
        near(&run_with("window_stats", pairs), key)
    }

    /// 명세의 기준값: 씨앗에 따라 음수도 수천도 나옴.
    #[test]
    fn anchors_of_the_textbook_formula() {
        let pairs = [("spikes", "0")];
        assert_eq!(value(&pairs, "naive"), -8064.0);
        let pairs = [("spikes", "0"), ("seed", "1")];
        assert_eq!(value(&pairs, "naive"), 1792.0);
        let pairs = [("spikes", "0"), ("offset", "0")];
        let truth = value(&pairs, "truth");
        assert!((truth - 1.0 / 12.0).abs() < 0.001, "{truth}");
    }

    #[test]
    fn the_default_prediction_is_negative() {
        let verdict = run_with("window_stats", &[]).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("negative"));
        assert_eq!(verdict.headline, "−8,320.0");
        let pairs = [("offset", "0")];
        let verdict = run_with("window_stats", &pairs).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("near"));
        let pairs = [("seed", "1")];
        let verdict = run_with("window_stats", &pairs).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("off"));
    }

    /// 작은 정수로 손으로 구한 분산: 2, 4, 4, 4, 5, 5, 7, 9는 4.
    #[test]
    fn every_method_knows_a_small_variance() {
        let xs = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        assert_eq!(naive(&xs), 4.0);
        assert_eq!(two_pass(xs.iter()), (5.0, 4.0));
        assert!((welford(&xs) - 4.0).abs() < 1e-15);
        let small = xs.map(|x| x / 4.0);
        assert_eq!(exact(small.iter(), 0.0), 0.25);
    }

    /// 창을 움직인 뒤에도 마지막 창만 본 것과 같음.
    #[test]
    fn moving_windows_forget_what_left() {
        let p = Params { n: 2_000, spikes: 3, ..Params::default() };
        let xs = p.values(0.0);
        let truth = exact(xs[2_000 - 64..].iter(), 0.0);
        for method in Method::ALL {
            let mut moving = Moving::new(method, 64);
            alarms(&xs, &mut moving);
            let want = match method {
                Method::Welford => exact(xs.iter(), 0.0),
                _ => truth,
            };
            let got = error(moving.stats().1, want);
            assert!(got < 1e-11, "{method:?} {got}");
        }
    }

    /// 큰 offset에서: 제곱합은 무너지고, 더하고 빼기는 표류하고,
    /// 다시 세우면 낫다.
    #[test]
    fn errors_are_ordered() {
        let p = Params::default();
        let xs = p.values(1e9);
        let truth = exact(xs[xs.len() - 256..].iter(), 1e9);
        let last = |method| {
            let mut moving = Moving::new(method, 256);
            alarms(&xs, &mut moving);
            error(moving.stats().1, truth)
        };
        let rebuilt = last(Method::Rebuild);
        let drifted = last(Method::AddRemove);
        assert!(rebuilt < 1e-6, "{rebuilt}");
        assert!(drifted > 10.0 * rebuilt && drifted < 1e-4, "{drifted}");
        assert!(last(Method::Naive) > 100.0);
    }

    /// 멀쩡한 통계는 심은 것만 찾고, 제곱합은 헛경보를 쏟음.
    #[test]
    fn only_sound_statistics_find_the_spikes() {
        let count = |method: &str| {
            let report = run_with("window_stats", &[("method", method)]);
            (report.int("alarms").unwrap(), report.int("hits").unwrap())
        };
        for method in
            ["two_pass", "welford", "sliding_add_remove", "sliding_rebuild"]
        {
            assert_eq!(count(method), (5, 5), "{method}");
        }
        let (alarms, _) = count("naive");
        assert!(alarms > 10_000, "{alarms}");
    }

    #[test]
    fn refuses_bad_combinations() {
        let table = Params::table();
        let bad: [(&[(&str, &str)], &str); 2] = [
            (&[("n", "100"), ("window", "101")], "window"),
            (&[("n", "1000000"), ("method", "two_pass")], "n"),
        ];
        for (pairs, field) in bad {
            let parsed = table.parse(pairs.iter().copied(), Scope::Browser);
            assert_eq!(parsed.unwrap_err().field(), Some(field));
        }
    }

    /// 창이 흐름만큼 커도 표류 그래프가 비지 않음.
    #[test]
    fn drift_always_has_a_point() {
        for n in ["100", "4096"] {
            let pairs = [("n", n), ("window", n)];
            let report = run_with("window_stats", &pairs);
            let Some(View::Chart(chart)) = report.views.last() else {
                unreachable!()
            };
            assert!(chart.series.iter().all(|s| s.points.len() == 1));
        }
    }

    /// 그릴 점이 없는 선은 범례에도 없음.
    #[test]
    fn every_line_has_a_point() {
        for view in run_with("window_stats", &[("window", "8")]).views {
            let View::Chart(chart) = view else { continue };
            let drawn = |series: &Series| !series.points.is_empty();
            assert!(chart.series.iter().all(drawn), "{}", chart.title);
        }
    }

    #[test]
    fn rivals_return_the_number_of_alarms() {
        let p = Params { n: 5_000, ..Params::default() };
        let xs = p.values(0.0);
        for mut rival in rivals(&xs, 256) {
            assert!((rival.run)() <= 5, "{}", rival.name);
        }
    }
}
