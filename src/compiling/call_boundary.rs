//! 경계의 통행료: 컴파일된 다른 세계의 함수를 한 번 부르는 값과, 부를 때
//! 건네는 원소마다의 값.

use std::hint::black_box;

use lab::host::Crossing;
use lab::measure::{Case, interleave, quantile};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Mark, Point, Series, Shape,
    Table, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, experiment::note, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 C 함수를 원소마다 부르면 파이썬보다 느릴 수도 있는가?",
    prediction: Prediction {
        text: "파이썬에서 ctypes로, 8바이트 원소를 옮기기만 하는 C \
               함수(memcpy)를 부름. 한 번에 몇 개씩 넘겨야 호출 하나의 \
               통행료가 그 원소들을 옮기는 값과 같아질까? 페이지에서는 \
               JavaScript의 TypedArray.set을 부름.",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("1", "1개"),
    ("10", "10개쯤"),
    ("100", "100개쯤"),
    ("1000", "1,000개쯤"),
    ("10000", "1만 개쯤"),
];

lab::choices! {
    /// 한 번 부를 때 건네는 것.
    pub enum Payload {
        Number = "number", "수 하나";
        Copy = "copy", "배열의 사본";
        View = "view", "배열의 주소";
    }
}

lab::params! {
    /// 수 n개를 경계 너머에서 더함.
    pub struct Params {
        n: u64 = 100_000, int("원소의 수").unit("개")
            .range(1_000, 2_000_000).log();
        batch: u64 = 256, int("묶음의 크기").unit("개")
            .range(1, 2_000_000).log()
            .hint("수를 하나씩 건네면 쓰지 않음");
        payload: Payload = Payload::View, choice("건네는 것");
        seed: u64 = 42, int("씨앗");
    }
    check = check;
}

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    if p.batch <= p.n {
        return Ok(());
    }
    let (batch, n) = (format::int(p.batch), format::int(p.n));
    let message = format!(
        "묶음의 크기(batch)의 값 '{batch}': 원소의 수보다 큼. 1–{n}개 \
         범위여야 함"
    );
    Err(Failure::param("batch", message))
}

/// 0–999의 수들. 합이 정확하므로 묶는 방법에 따라 달라지지 않음.
pub fn items(n: u64, seed: u64) -> Vec<f64> {
    let mut rng = SplitMix64::new(seed);
    (0..n).map(|_| rng.below(1_000) as f64).collect()
}

// ANCHOR: kernel
/// 경계 너머의 함수: 수 하나를 더함.
#[inline(never)]
pub extern "C" fn add(sum: f64, item: f64) -> f64 {
    sum + item
}

/// 경계 너머의 함수: 배열 하나를 더함.
///
/// # Safety
/// `at`부터 `len`개를 읽을 수 있어야 함.
#[inline(never)]
pub unsafe extern "C" fn add_all(sum: f64, at: *const f64, len: usize) -> f64 {
    // SAFETY: 부르는 쪽의 약속임
    let items = unsafe { std::slice::from_raw_parts(at, len) };
    items.iter().fold(sum, |sum, item| sum + item)
}

/// 모두 더함. `watch`는 경계를 넘을 때마다 그때까지의 합을 봄.
pub fn cross(
    items: &[f64],
    payload: Payload,
    batch: usize,
    mut watch: impl FnMut(f64),
) -> f64 {
    let mut sum = 0.0;
    if payload == Payload::Number {
        for item in items {
            sum = add(sum, *item);
            watch(sum);
        }
        return sum;
    }
    let mut copy = Vec::with_capacity(batch);
    for part in items.chunks(batch) {
        let part = if payload == Payload::Copy {
            copy.clear();
            copy.extend_from_slice(part);
            copy.as_slice()
        } else {
            part
        };
        // SAFETY: 조각의 주소와 길이임
        sum = unsafe { add_all(sum, part.as_ptr(), part.len()) };
        watch(sum);
    }
    sum
}
// ANCHOR_END: kernel

/// 견주는 묶음의 크기.
const BATCHES: [u64; 9] = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536];

fn batches(n: u64) -> impl Iterator<Item = u64> + Clone {
    BATCHES.into_iter().filter(move |batch| *batch <= n)
}

fn calls(n: u64, payload: Payload, batch: u64) -> u64 {
    match payload {
        Payload::Number => n,
        Payload::Copy | Payload::View => n.div_ceil(batch),
    }
}

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let items = items(p.n, p.seed);
    let mut fold: u64 = 0xcbf2_9ce4_8422_2325;
    let mut crossed = 0;
    let sum = cross(&items, p.payload, p.batch as usize, |sum| {
        crossed += 1;
        fold = (fold ^ sum as u64).wrapping_mul(0x0000_0100_0000_01b3);
    });
    let copied = match p.payload {
        Payload::Copy => 8 * p.n,
        Payload::Number | Payload::View => 0,
    };
    Ok(Report::default()
        .answer("calls", crossed)
        .answer("copied_bytes", copied)
        .answer("sum", sum as u64)
        .checksum(&[p.n, crossed, copied, sum as u64, fold])
        .view(View::Table(summary(p, crossed, copied, sum)))
        .view(View::Chart(call_chart(p))))
}

fn summary(p: &Params, crossed: u64, copied: u64, sum: f64) -> Table {
    let row = |label: &str, cell: Cell| vec![label.into(), cell];
    let each = p.n as f64 / crossed as f64;
    Table {
        title: format!("{} 건네기", p.payload.label()),
        badge: Badge::Exact,
        columns: vec![Column::text("지표"), Column::number("값", "")],
        rows: vec![
            row("경계를 넘은 횟수(번)", crossed.into()),
            row("한 번에 건넌 원소(개)", Cell::fixed(each, 1)),
            row("복사한 바이트(B)", copied.into()),
            row("합", (sum as u64).into()),
        ],
    }
}

fn call_chart(p: &Params) -> Chart {
    let series = Payload::ALL.map(|payload| Series {
        name: payload.label().into(),
        shape: Shape::Line,
        points: batches(p.n)
            .map(|batch| {
                let calls = calls(p.n, payload, batch);
                Point::from((batch as f64, calls as f64))
            })
            .collect(),
    });
    let [number, _, view] = series;
    let mark = Mark {
        axis: AxisName::X,
        at: p.batch as f64,
        label: format!("고른 묶음 {}", format::int(p.batch)),
    };
    // 수를 하나씩 건네면 묶음이 없음
    let marks = match p.payload {
        Payload::Number => Vec::new(),
        Payload::Copy | Payload::View => vec![mark],
    };
    Chart {
        title: "묶음의 크기와 경계를 넘은 횟수".into(),
        badge: Badge::Exact,
        x: Axis::log("묶음의 크기", "개"),
        y: Axis::log("경계를 넘은 횟수", "번"),
        series: vec![number, Series { name: "배열".into(), ..view }],
        marks,
    }
}

/// 잰 것: 묶음의 크기마다 원소 하나의 ns(중앙값, 낮음, 높음).
struct Curve {
    name: String,
    points: Vec<(u64, [f64; 3])>,
}

/// 원소 하나의 시간 = `toll / batch + work`: 모두 ns.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Fit {
    toll: f64,
    work: f64,
}

impl Fit {
    /// 상대 오차의 제곱을 가장 작게 함: 큰 묶음의 작은 시간도 셈에 듦.
    fn new(points: &[(u64, f64)]) -> Option<Fit> {
        let (mut aa, mut ab, mut bb, mut a, mut b) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (batch, ns) in points {
            let (toll, work) = (1.0 / (*batch as f64 * ns), 1.0 / ns);
            aa += toll * toll;
            ab += toll * work;
            bb += work * work;
            a += toll;
            b += work;
        }
        let size = aa * bb - ab * ab;
        let toll = (a * bb - b * ab) / size;
        let work = (b * aa - a * ab) / size;
        (toll > 0.0 && work > 0.0).then_some(Fit { toll, work })
    }

    /// 통행료와 원소의 값이 같아지는 묶음.
    fn even(self) -> f64 {
        self.toll / self.work
    }
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let items = items(p.n, p.seed);
    let want = items.iter().sum::<f64>();
    match page(ctx, &items, want) {
        Ok((curves, rows)) => Ok(views(curves, rows)),
        Err(Failure::Unavailable(_)) if cfg!(not(target_family = "wasm")) => {
            native(ctx, &items)
        }
        Err(Failure::Unavailable(why)) => Ok(vec![note(why)]),
        Err(other) => Err(other),
    }
}

/// 표의 줄: 이름과 원소 하나의 ns.
type Row = (String, [f64; 3]);

/// 묶음마다 잰 것과, 하나씩 잰 것.
type Measured = (Vec<Curve>, Vec<Row>);

/// 페이지: JavaScript와 WASM 사이. 합이 다르면 재지 못한 것임.
fn page(ctx: &Ctx, items: &[f64], want: f64) -> Result<Measured, Failure> {
    let n = items.len() as u64;
    let mut rows = Vec::new();
    for (name, crossing) in [
        ("JS → WASM: 수 하나", Crossing::Element),
        ("WASM → JS: 수 하나", Crossing::Callback),
    ] {
        let ns = sampled(ctx, crossing, items, 1, want)?;
        rows.push((name.to_owned(), ns));
    }
    let mut curves = Vec::new();
    for (name, crossing) in [
        ("JS → WASM: 배열의 사본", Crossing::Copy),
        ("JS → WASM: 배열의 주소", Crossing::View),
    ] {
        let mut points = Vec::new();
        for batch in batches(n) {
            let ns = sampled(ctx, crossing, items, batch, want)?;
            points.push((batch, ns));
        }
        curves.push(Curve { name: name.to_owned(), points });
    }
    Ok((curves, rows))
}

/// 표본 다섯의 중앙값, 최소, 최대. 표본 하나는 페이지가 거친 시계로도 잴
/// 만큼 되풀이한 평균임.
fn sampled(
    ctx: &Ctx,
    crossing: Crossing,
    items: &[f64],
    batch: u64,
    want: f64,
) -> Result<[f64; 3], Failure> {
    const SAMPLES: u64 = 5;
    let mut samples = Vec::new();
    for round in 0..=SAMPLES {
        ctx.progress(round, SAMPLES, "경계 넘기")?;
        let crossed = ctx.cross(crossing, items, batch as usize)?;
        if crossed.sum != want {
            let why = "경계를 넘어온 합이 다름";
            return Err(Failure::Unavailable(why.into()));
        }
        // 첫 바퀴는 예열임
        if round > 0 {
            samples.push(crossed.ns / items.len() as f64);
        }
    }
    samples.sort_by(f64::total_cmp);
    let at = |q| quantile(&samples, q);
    Ok([at(0.5), at(0.0), at(1.0)])
}

/// 방법의 이름과, 모두 더하는 일.
pub type EachWay<'a> = (&'static str, Box<dyn Fn() -> f64 + 'a>);

/// Criterion과 함께 쓰는 이름과 일: 원소마다.
pub fn each_way(items: &[f64]) -> Vec<EachWay<'_>> {
    let boxed: Box<dyn Fn(f64, f64) -> f64> =
        black_box(Box::new(|sum, item| sum + item));
    vec![
        (
            "펼쳐진 더하기",
            Box::new(|| items.iter().fold(0.0, |sum, item| sum + item)),
        ),
        (
            "dyn Fn: 수 하나",
            Box::new(move || {
                items.iter().fold(0.0, |sum, item| boxed(sum, *item))
            }),
        ),
        (
            "extern \"C\": 수 하나",
            Box::new(|| cross(items, Payload::Number, 1, |_| {})),
        ),
    ]
}

/// 네이티브: Rust와 `extern "C"` 사이.
fn native(ctx: &Ctx, items: &[f64]) -> Result<Vec<View>, Failure> {
    let n = items.len() as u64;
    let mut cases: Vec<Case> = each_way(items)
        .into_iter()
        .map(|(name, work)| Case::new(name, n, move || work().to_bits()))
        .collect();
    let names = [Payload::Copy, Payload::View];
    for payload in names {
        for batch in batches(n) {
            let name = format!("{} {batch}개씩", payload.label());
            cases.push(Case::new(&name, n, move || {
                let batch = batch as usize;
                cross(black_box(items), payload, batch, |_| {}).to_bits()
            }));
        }
    }
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let mut all = timings
        .rows
        .into_iter()
        .map(|row| (row.name, [row.median, row.p10, row.p90]));
    let rows: Vec<Row> = all.by_ref().take(3).collect();
    let curves = names.map(|payload| Curve {
        name: format!("extern \"C\": {}", payload.label()),
        points: batches(n)
            .zip(all.by_ref())
            .map(|(batch, (_, ns))| (batch, ns))
            .collect(),
    });
    Ok(views(curves.into(), rows))
}

fn views(curves: Vec<Curve>, rows: Vec<Row>) -> Vec<View> {
    let significant =
        |ns: f64| Cell { text: format::significant(ns), value: Some(ns) };
    let spread = |[_, low, high]: [f64; 3]| {
        let text = format::significant;
        Cell::from(format!("{}–{}", text(low), text(high)))
    };
    let mut table: Vec<Vec<Cell>> = rows
        .into_iter()
        .map(|(name, ns)| vec![name.into(), significant(ns[0]), spread(ns)])
        .collect();
    let mut series = Vec::new();
    let mut fits = Vec::new();
    for curve in curves {
        for (batch, ns) in &curve.points {
            let name = format!("{} {}개씩", curve.name, format::int(*batch));
            table.push(vec![name.into(), significant(ns[0]), spread(*ns)]);
        }
        let medians: Vec<(u64, f64)> =
            curve.points.iter().map(|(batch, ns)| (*batch, ns[0])).collect();
        series.push(Series {
            name: curve.name.clone(),
            shape: Shape::Dot,
            points: curve
                .points
                .iter()
                .map(|(batch, [median, low, high])| Point {
                    x: *batch as f64,
                    y: *median,
                    low: Some(*low),
                    high: Some(*high),
                })
                .collect(),
        });
        let Some(fit) = Fit::new(&medians) else { continue };
        series.push(Series {
            name: format!("{}: 맞춘 식", curve.name),
            shape: Shape::Line,
            points: medians
                .iter()
                .map(|(batch, _)| {
                    let x = *batch as f64;
                    Point::from((x, fit.toll / x + fit.work))
                })
                .collect(),
        });
        fits.push(vec![
            curve.name.into(),
            significant(fit.toll),
            significant(fit.work),
            significant(fit.even()),
        ]);
    }
    let columns = vec![
        Column::text("방법"),
        Column::number("원소 하나", "ns"),
        Column::number("낮음–높음", "ns"),
    ];
    vec![
        View::Chart(Chart {
            title: "묶음의 크기와 원소 하나의 시간".into(),
            badge: Badge::Measured,
            x: Axis::log("묶음의 크기", "개"),
            y: Axis::log("원소 하나의 시간", "ns"),
            series,
            marks: Vec::new(),
        }),
        View::Table(Table {
            title: "통행료 / 묶음 + 원소의 값으로 맞춘 것".into(),
            badge: Badge::Measured,
            columns: vec![
                Column::text("경계"),
                Column::number("통행료", "ns"),
                Column::number("원소의 값", "ns"),
                Column::number("둘이 같은 묶음", "개"),
            ],
            rows: fits,
        }),
        View::Table(Table {
            title: "경계를 넘으며 더하기".into(),
            badge: Badge::Measured,
            columns,
            rows: table,
        }),
    ]
}

/// 파이썬이 잰 묶음의 크기. `call_boundary.py`의 것과 같음.
const PYTHON_BATCHES: [u64; 4] = [1, 16, 256, 4_096];

fn verdict(report: &Report) -> Verdict {
    let point = |batch| {
        let ns = report.time(&format!("경계: {batch}개씩"))?;
        Some((batch, ns))
    };
    let points: Option<Vec<_>> =
        PYTHON_BATCHES.into_iter().map(point).collect();
    let Some(points) = points else { return Verdict::pending_python() };
    let Some(fit) = Fit::new(&points) else {
        return Verdict {
            headline: "아직 모름".into(),
            sentence: "이번 시간에서는 통행료와 원소의 값이 갈리지 않음: \
                       컴퓨터가 조용할 때 다시 잼."
                .into(),
            ..Verdict::default()
        };
    };
    let text = format::significant;
    let sentence = format!(
        "파이썬의 통행료는 한 번에 {} ns, 원소의 값은 하나에 {} ns임: \
         하나씩 넘기면 원소당 {} ns, 4,096개씩이면 {} ns.",
        text(fit.toll),
        text(fit.work),
        text(points[0].1),
        text(points[3].1)
    );
    let even = fit.even();
    let nearest = Verdict::ratio(GUESSES, even, String::new());
    let verdict = match nearest.choice {
        Some(choice) => Verdict::choice(GUESSES, &choice, sentence),
        // 모든 선택지에서 먼 수
        None => Verdict {
            headline: format!("{}개", format::significant(even)),
            sentence,
            ..Verdict::default()
        },
    };
    Verdict { number: Some(even), ..verdict }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;
    use lab::measure::{Timing, Timings};

    #[test]
    fn the_sum_does_not_depend_on_the_way() {
        let items = items(10_007, 42);
        let want: f64 = items.iter().sum();
        for payload in Payload::ALL {
            for batch in [1, 7, 256, 10_007] {
                let mut calls = 0;
                let sum = cross(&items, payload, batch, |_| calls += 1);
                assert_eq!(sum, want);
                let count = super::calls(10_007, payload, batch as u64);
                assert_eq!(calls, count, "{payload:?} {batch}");
            }
        }
        for (name, work) in each_way(&items) {
            assert_eq!(work(), want, "{name}");
        }
    }

    #[test]
    fn a_batch_divides_the_crossings() {
        let report = run_with("call_boundary", &[]);
        assert_eq!(report.int("calls"), Some(391));
        assert_eq!(report.int("copied_bytes"), Some(0));
        let one = run_with("call_boundary", &[("payload", "number")]);
        assert_eq!(one.int("calls"), Some(100_000));
        assert_eq!(one.int("sum"), report.int("sum"));
        let copy = run_with("call_boundary", &[("payload", "copy")]);
        assert_eq!(copy.int("copied_bytes"), Some(800_000));
        for (report, count) in [(one, 0), (copy, 1)] {
            let [_, View::Chart(chart)] = &report.views[..] else { panic!() };
            assert_eq!(chart.marks.len(), count);
        }
    }

    #[test]
    fn the_fit_finds_the_two_prices() {
        let points: Vec<(u64, f64)> =
            BATCHES.map(|batch| (batch, 120.0 / batch as f64 + 0.5)).into();
        let fit = Fit::new(&points).unwrap();
        assert!((fit.toll - 120.0).abs() < 1e-6, "{fit:?}");
        assert!((fit.even() - 240.0).abs() < 1e-6, "{fit:?}");
        // 통행료가 없는 경계에서는 맞추지 않음
        assert_eq!(Fit::new(&[(1, 1.0), (10, 2.0)]), None);
    }

    /// 선택지에서 먼 묶음도 정답의 자리가 비지 않음.
    #[test]
    fn a_far_batch_is_told_by_its_number() {
        let told = |toll: f64| {
            let row = |batch| {
                let ns = toll / batch as f64 + 0.5;
                Timing::new(&format!("경계: {batch}개씩"), vec![ns; 7], 1)
            };
            let rows = PYTHON_BATCHES.map(row).into();
            let views = Timings { rows, clock_step_ns: 1.0 }.views("", "");
            verdict(&Report { views, ..Report::default() })
        };
        assert_eq!(told(500.0).choice.as_deref(), Some("1000"));
        let far = told(1e6);
        assert_eq!(far.choice, None);
        assert_eq!(far.headline, "2,000,000개");
    }

    #[test]
    fn a_batch_larger_than_the_items_is_refused() {
        let pairs = [("n", "1000"), ("batch", "1001")];
        let error = Params::table().parse(pairs, Scope::Native).unwrap_err();
        assert_eq!(error.field(), Some("batch"));
        assert!(error.to_string().contains("1–1,000개"), "{error}");
    }
}
