//! 0을 저장하지 않는 행렬: CSR의 바이트와 곱셈이 밀도에 따라 변하는 모습.

use sprs::CsMatI;
use sprs::prod::mul_acc_mat_vec_csr;

use lab::checksum::fnv;
use lab::measure::{Case, Timings, interleave};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Mark,
    Point, Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, View,
    format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 0을 저장하지 않는 편이 항상 낫지는 않은가?",
    prediction: Prediction {
        text: "값 8바이트, 열 번호 4바이트, 행의 시작 8바이트인 CSR이 밀집 \
               행렬보다 커지는 밀도는 몇 퍼센트일까?",
        ask: Ask::Number { unit: "%" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 1_000)]),
    bench: Bench::Group,
    memory_mib: 256,
};

lab::params! {
    /// 0이 많은 정사각형 행렬에 벡터를 곱함.
    pub struct Params {
        n: u64 = 1_000, int("행의 수").unit("행").range(100, 4_000)
            .hint("4,000행이면 밀집 행렬은 122 MiB");
        density: u64 = 10, int("밀도").unit("‰").range(1, 1_000).log()
            .hint("0이 아닌 값의 비율. 10‰는 1%. 행마다 적어도 하나는 둠");
        seed: u64 = 42, int("씨앗");
    }
    check = |_: &Params, _| Ok(());
}

/// 줄인 희소 행(compressed sparse row). 행 r의 값은 `starts[r]`부터
/// `starts[r + 1]` 앞까지.
#[derive(Clone, Debug)]
pub struct Csr {
    pub starts: Vec<usize>,
    pub columns: Vec<u32>,
    pub values: Vec<f64>,
}

/// 곱하는 동안의 순간.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Row { row: usize },
    Term { row: usize, at: usize, sum: f64 },
    Store { row: usize, sum: f64 },
}

impl Step {
    fn tag(self) -> &'static str {
        match self {
            Step::Row { .. } => "row",
            Step::Term { .. } => "term",
            Step::Store { .. } => "store",
        }
    }
}

impl Csr {
    /// 행마다 서로 다른 열을 같은 수만큼 뽑음. 값은 1에서 9까지의 정수라
    /// 어떤 차례로 더해도 합이 정확함.
    pub fn random(n: u64, density: u64, seed: u64) -> Self {
        let each = (n * density / 1_000).max(1) as usize;
        let mut rng = SplitMix64::new(seed);
        let mut order: Vec<u32> = (0..n as u32).collect();
        let total = n as usize * each;
        let mut csr = Csr {
            starts: Vec::with_capacity(n as usize + 1),
            columns: Vec::with_capacity(total),
            values: Vec::with_capacity(total),
        };
        csr.starts.push(0);
        for _ in 0..n {
            for i in 0..each {
                let j = i + rng.below(n - i as u64) as usize;
                order.swap(i, j);
            }
            let from = csr.columns.len();
            csr.columns.extend(&order[..each]);
            csr.columns[from..].sort_unstable();
            let values = (0..each).map(|_| (1 + rng.below(9)) as f64);
            csr.values.extend(values);
            csr.starts.push(csr.columns.len());
        }
        csr
    }

    // ANCHOR: kernel
    /// `y = A x`. 0이 아닌 값만 봄.
    pub fn multiply(
        &self,
        x: &[f64],
        y: &mut [f64],
        mut watch: impl FnMut(Step),
    ) {
        for (row, out) in y.iter_mut().enumerate() {
            let span = self.starts[row]..self.starts[row + 1]; // step: row
            watch(Step::Row { row });
            let mut sum = 0.0;
            for at in span {
                let column = self.columns[at] as usize;
                sum += self.values[at] * x[column]; // step: term
                watch(Step::Term { row, at, sum });
            }
            *out = sum; // step: store
            watch(Step::Store { row, sum });
        }
    }
    // ANCHOR_END: kernel

    /// 같은 행렬을 0까지 모두 적은 것, 행 우선.
    pub fn dense(&self, n: usize) -> Vec<f64> {
        let mut all = vec![0.0; n * n];
        for row in 0..n {
            for at in self.starts[row]..self.starts[row + 1] {
                all[row * n + self.columns[at] as usize] = self.values[at];
            }
        }
        all
    }

    /// `sprs`의 행렬로. 모양이 어긋나면 그렇다고 말함.
    pub fn into_sprs(self) -> Result<CsMatI<f64, u32, usize>, Failure> {
        let n = self.starts.len() - 1;
        let Csr { starts, columns, values } = self;
        CsMatI::try_new((n, n), starts, columns, values).map_err(|(.., e)| {
            Failure::Unavailable(format!("sprs 행렬을 만들지 못함: {e}"))
        })
    }
}

/// 밀집 행렬의 곱. 누산기 여덟 개라 SIMD로 바뀔 수 있음: 값이 작은
/// 정수라 더하는 차례가 달라도 합이 같음.
pub fn dense_multiply(all: &[f64], x: &[f64], y: &mut [f64]) {
    let (eights, x_rest) = x.as_chunks::<8>();
    for (row, out) in all.chunks_exact(x.len()).zip(y) {
        let (parts, rest) = row.as_chunks::<8>();
        let mut sums = [0.0; 8];
        for (part, x) in parts.iter().zip(eights) {
            for lane in 0..8 {
                sums[lane] += part[lane] * x[lane];
            }
        }
        let rest = rest.iter().zip(x_rest).map(|(a, x)| a * x);
        *out = sums.iter().sum::<f64>() + rest.sum::<f64>();
    }
}

/// 곱하는 벡터.
pub fn vector(n: u64) -> Vec<f64> {
    (0..n).map(|i| (1 + i * 7 % 11) as f64).collect()
}

/// 세 표현의 바이트: 밀집, (행, 열, 값), CSR. 64비트의 식.
fn bytes(n: u64, nnz: u64) -> [u64; 3] {
    [8 * n * n, 16 * nnz, 12 * nnz + 8 * (n + 1)]
}

/// CSR이 밀집과 같아지는 밀도, %.
fn break_even(n: u64) -> f64 {
    let all = (n * n) as f64;
    100.0 * (8.0 * all - 8.0 * (n + 1) as f64) / (12.0 * all)
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 2, "행렬 만들기")?;
    let csr = Csr::random(p.n, p.density, p.seed);
    ctx.progress(1, 2, "곱하기")?;
    let (x, mut y) = (vector(p.n), vec![0.0; p.n as usize]);
    csr.multiply(&x, &mut y, |_| {});
    let nnz = csr.values.len() as u64;
    let [dense, coo, compressed] = bytes(p.n, nnz);
    let exact: Vec<u64> = y.iter().map(|y| *y as u64).collect();
    let print = fnv(&exact);
    Ok(Report::default()
        .answer("nnz", nnz)
        .answer("dense_bytes", dense)
        .answer("coo_bytes", coo)
        .answer("csr_bytes", compressed)
        .answer("sum", exact.iter().sum::<u64>())
        .checksum(&[p.n, nnz, dense, coo, compressed, print])
        .view(View::Table(sizes(p.n, nnz)))
        .view(View::Chart(curve(p, nnz)))
        .view(View::Trace(replay())))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let at = break_even(p.n);
    let sentence = format!(
        "{}행이면 0이 아닌 값이 {}%일 때 두 표현이 같아짐: 값 하나에 \
         12바이트와 8바이트.",
        format::int(p.n),
        format::fixed(at, 1)
    );
    Verdict::number(format!("{}%", format::fixed(at, 1)), at, sentence)
}

fn sizes(n: u64, nnz: u64) -> Table {
    let names = ["밀집", "COO (행, 열, 값)", "CSR"];
    let row = |(name, bytes): (&str, u64)| {
        vec![
            name.into(),
            bytes.into(),
            Cell::fixed(bytes as f64 / nnz as f64, 1),
        ]
    };
    Table {
        title: format!("0이 아닌 값 {}개의 크기", format::int(nnz)),
        badge: Badge::Exact,
        columns: vec![
            Column::text("표현"),
            Column::number("크기", "바이트"),
            Column::number("값 하나", "바이트"),
        ],
        rows: names.into_iter().zip(bytes(n, nnz)).map(row).collect(),
    }
}

fn curve(p: &Params, nnz: u64) -> Chart {
    // 행마다 적어도 하나라, 행이 적으면 낮은 밀도의 여럿이 한 행렬이 됨
    let mut rows = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]
        .map(|density| (p.n * density / 1_000).max(1))
        .to_vec();
    rows.dedup();
    let line = |name: &str, which: usize| Series {
        name: name.into(),
        shape: Shape::Line,
        points: rows
            .iter()
            .map(|each| {
                let size = bytes(p.n, p.n * each)[which];
                (100.0 * *each as f64 / p.n as f64, size as f64).into()
            })
            .collect(),
    };
    let now = 100.0 * nnz as f64 / (p.n * p.n) as f64;
    let mark =
        |at, label: &str| Mark { axis: AxisName::X, at, label: label.into() };
    Chart {
        title: "밀도와 크기".into(),
        badge: Badge::Exact,
        x: Axis::log("밀도", "%"),
        y: Axis::log("크기", "바이트"),
        series: vec![line("밀집", 0), line("COO", 1), line("CSR", 2)],
        marks: vec![mark(now, "지금"), mark(break_even(p.n), "같아짐")],
    }
}

/// 재생하는 행렬: 4행 6열.
fn replay() -> Trace {
    let csr = Csr {
        starts: vec![0, 2, 2, 5, 6],
        columns: vec![1, 4, 0, 2, 5, 3],
        values: vec![3.0, 2.0, 1.0, 4.0, 5.0, 7.0],
    };
    let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let (mut frames, mut done) = (Vec::new(), Vec::new());
    csr.multiply(&x, &mut [0.0; 4], |step| {
        let (row, at) = match step {
            Step::Row { row } | Step::Store { row, .. } => (row, None),
            Step::Term { row, at, .. } => (row, Some(at)),
        };
        let say = match step {
            Step::Row { row } => match csr.starts[row + 1] - csr.starts[row] {
                0 => format!("{row}번 행: 값이 없음"),
                count => format!("{row}번 행: 값 {count}개"),
            },
            Step::Term { at, sum, .. } => {
                let column = csr.columns[at];
                format!(
                    "{} × x[{column}] = {} × {}: 합 {sum}",
                    csr.values[at], csr.values[at], x[column as usize]
                )
            }
            Step::Store { row, sum } => {
                done.push(sum);
                format!("y[{row}] = {sum}")
            }
        };
        let lane = |label: &str, all: &[f64], now: Option<usize>| Lane {
            label: label.into(),
            size: all.len().max(4) as u64,
            cells: all
                .iter()
                .enumerate()
                .map(|(i, each)| LaneCell {
                    at: i as u64,
                    text: each.to_string(),
                    tone: match Some(i) == now {
                        true => Tone::Now,
                        false => Tone::Plain,
                    },
                })
                .collect(),
            group: 0,
        };
        let starts: Vec<f64> =
            csr.starts.iter().map(|each| *each as f64).collect();
        let columns: Vec<f64> =
            csr.columns.iter().map(|each| f64::from(*each)).collect();
        let column = at.map(|at| csr.columns[at] as usize);
        frames.push(Frame {
            step: step.tag().into(),
            say,
            counters: Vec::new(),
            lanes: vec![
                lane("행의 시작", &starts, Some(row)),
                lane("열 번호", &columns, at),
                lane("값", &csr.values, at),
                lane("x", &x, column),
                lane("y", &done, None),
            ],
            jumps: Vec::new(),
        });
    });
    Trace {
        title: "CSR로 곱하기: 4행 6열, 값 6개".into(),
        badge: Badge::Exact,
        frames,
    }
}

/// 시간은 이 크기까지만 잼: 밀도마다 행렬을 함께 쥐고 있음.
const TIMED: u64 = 2_000;
/// 견주는 밀도, ‰.
const DENSITIES: [u64; 7] = [1, 10, 50, 100, 250, 500, 1_000];

const DENSE: &str = "밀집";
const SPRS: &str = "sprs, 지금 밀도";

fn fold(y: &[f64]) -> u64 {
    y.iter().sum::<f64>() as u64
}

/// 재는 방법들: 밀집, 밀도마다의 CSR, `sprs`.
pub fn rivals(p: &Params) -> Result<Vec<Case<'static>>, Failure> {
    let n = p.n.min(TIMED);
    let x = vector(n);
    let zeros = vec![0.0; n as usize];
    let now = Csr::random(n, p.density, p.seed);
    let dense = now.dense(n as usize);
    let mut cases = Vec::new();
    let (vector, mut y) = (x.clone(), zeros.clone());
    cases.push(Case::new(DENSE, n * n, move || {
        dense_multiply(&dense, &vector, &mut y);
        fold(&y)
    }));
    let mut csr_case = |name: String, csr: Csr| {
        let (vector, mut y) = (x.clone(), zeros.clone());
        cases.push(Case::new(&name, n * n, move || {
            csr.multiply(&vector, &mut y, |_| {});
            fold(&y)
        }));
    };
    csr_case("CSR, 지금 밀도".into(), now.clone());
    // 행마다 하나도 안 되는 밀도는 없음
    for density in DENSITIES.into_iter().filter(|each| n * each >= 1_000) {
        csr_case(label(density), Csr::random(n, density, p.seed));
    }
    let matrix = now.into_sprs()?;
    let mut y = zeros;
    cases.push(Case::new(SPRS, n * n, move || {
        y.fill(0.0);
        mul_acc_mat_vec_csr(matrix.view(), &x[..], &mut y[..]);
        fold(&y)
    }));
    Ok(cases)
}

fn label(density: u64) -> String {
    format!("CSR, {}%", density as f64 / 10.0)
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    ctx.progress(0, 1, "밀도마다 행렬 만들기")?;
    let mut cases = rivals(p)?;
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let title = "행렬 한 칸의 곱셈";
    let mut views = vec![View::Chart(crossing(&timings))];
    views.extend(timings.views(title, "0까지 센 칸 하나").into_iter().skip(1));
    if p.n > TIMED {
        let most = format::int(TIMED);
        views.push(note(format!("시간은 {most}행까지만 잼")));
    }
    Ok(views)
}

/// 밀도와 시간: 밀집은 밀도와 상관없음.
fn crossing(timings: &Timings) -> Chart {
    let point = |name: &str, x: f64| {
        let row = timings.rows.iter().find(|row| row.name == name)?;
        let (low, high) = (Some(row.p10), Some(row.p90));
        Some(Point { x, y: row.median, low, high })
    };
    let at = DENSITIES.map(|density| (density, density as f64 / 10.0));
    let csr = at.iter().filter_map(|(each, x)| point(&label(*each), *x));
    let dense = at.iter().filter_map(|(_, x)| point(DENSE, *x));
    let series = |name: &str, points: Vec<Point>| Series {
        name: name.into(),
        shape: Shape::Line,
        points,
    };
    Chart {
        title: "밀도와 시간".into(),
        badge: Badge::Measured,
        x: Axis::log("밀도", "%"),
        y: Axis::log("0까지 센 칸 하나의 시간", "ns"),
        series: vec![
            series("밀집", dense.collect()),
            series("CSR", csr.collect()),
        ],
        marks: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 1,000행의 1%: 행마다 10개.
    #[test]
    fn the_default_run_by_hand() {
        let report = run_with("sparse_matrix", &[]);
        let int = |key| report.int(key).unwrap();
        assert_eq!(int("nnz"), 10_000);
        assert_eq!(int("dense_bytes"), 8_000_000);
        assert_eq!(int("coo_bytes"), 160_000);
        assert_eq!(int("csr_bytes"), 120_000 + 8_008);
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.headline, "66.6%");
    }

    /// 같아진다는 밀도의 앞뒤에서 크기가 뒤집힘.
    #[test]
    fn the_break_even_is_where_the_sizes_cross() {
        for (density, smaller) in [(665, true), (666, false)] {
            let [dense, _, csr] = bytes(1_000, density * 1_000);
            assert_eq!(csr < dense, smaller, "{density}");
        }
    }

    /// 100행이면 0.1%에 놓을 행렬이 없음: 값이 행마다 하나라도 1%임.
    #[test]
    fn few_rows_have_no_low_density() {
        let p = Params { n: 100, density: 1, ..Params::default() };
        let chart = curve(&p, 100);
        let first = &chart.series[2].points[0];
        assert_eq!((first.x, first.y), (1.0, 2_008.0));
        assert_eq!(chart.series[2].points.len(), 7);
        assert_eq!(chart.marks[0].at, first.x);
        let cases = rivals(&p).unwrap();
        assert!(cases.iter().all(|case| case.name != label(1)));
        let cases = rivals(&Params::default()).unwrap();
        assert!(cases.iter().any(|case| case.name == label(1)));
    }

    #[test]
    fn every_multiplication_agrees() {
        for (n, density) in [(100, 1), (101, 37), (120, 500), (100, 1_000)] {
            let csr = Csr::random(n, density, 3);
            let size = n as usize;
            let x = vector(n);
            let [mut ours, mut plain, mut theirs] =
                std::array::from_fn(|_| vec![0.0; size]);
            csr.multiply(&x, &mut ours, |_| {});
            dense_multiply(&csr.dense(size), &x, &mut plain);
            let matrix = csr.into_sprs().unwrap();
            mul_acc_mat_vec_csr(matrix.view(), &x[..], &mut theirs[..]);
            assert_eq!(ours, plain);
            assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn rivals_agree() {
        let p = Params { n: 200, ..Params::default() };
        let mut cases = rivals(&p).unwrap();
        let mut answer = |name: &str| {
            let case = cases.iter_mut().find(|case| case.name == name);
            (case.unwrap().run)()
        };
        let dense = answer(DENSE);
        assert_eq!(answer("CSR, 지금 밀도"), dense);
        assert_eq!(answer(SPRS), dense);
    }
}
