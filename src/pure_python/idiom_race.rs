//! 같은 일, 다른 표현: 파이썬은 표현이 시간을, Rust는 컴파일러가 정함.

use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Series, Shape, Table, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 반복문을 내장 함수로 바꾸면 빨라지는가?",
    prediction: Prediction {
        text: "CPython이 항목 하나에 실행하는 바이트코드가 적은 표현부터 \
               세우면?",
        ask: Ask::Order(ORDER),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 500_000)]),
    bench: Bench::Group,
    memory_mib: 128,
};

const ORDER: &[(&str, &str)] = &[
    ("for", "for와 append"),
    ("comp", "내포"),
    ("builtin", "내장 함수만"),
    ("map", "map과 lambda"),
    ("while", "while과 번호"),
];

lab::choices! {
    /// 할 일.
    pub enum Task {
        SquareSum = "square_sum", "제곱의 합";
        FilterMap = "filter_map", "짝수만 골라 세 배";
        GroupCount = "group_count", "끝의 두 자리마다 세기";
        Transpose = "transpose", "열이 10개인 표의 전치";
    }
}

lab::params! {
    /// 값 `n`개로 한 가지 일을 여러 표현으로 함.
    pub struct Params {
        n: u64 = 50_000, int("항목의 수").unit("개")
            .browser(1_000, 1_000_000).native(1_000, 10_000_000).log();
        task: Task = Task::SquareSum, choice("할 일");
        seed: u64 = 42, int("씨앗");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 값은 이보다 작음.
const RANGE: u64 = 1_000;
/// 세는 값의 가짓수와 전치하는 표의 열.
const KINDS: usize = 100;
const WIDTH: usize = 10;

/// `0..1000`에서 뽑은 값.
pub fn values(n: u64, seed: u64) -> Vec<u64> {
    let mut rng = SplitMix64::new(seed);
    (0..n).map(|_| rng.below(RANGE)).collect()
}

/// Rust의 표현.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idiom {
    Index,
    Chain,
    ForEach,
    Chunked,
    Unchecked,
}

pub const IDIOMS: [Idiom; 5] = [
    Idiom::Index,
    Idiom::Chain,
    Idiom::ForEach,
    Idiom::Chunked,
    Idiom::Unchecked,
];

impl Idiom {
    pub fn name(self) -> &'static str {
        match self {
            Idiom::Index => "번호로 읽기",
            Idiom::Chain => "이터레이터 잇기",
            Idiom::ForEach => "for_each",
            Idiom::Chunked => "조각으로 나누기",
            Idiom::Unchecked => "get_unchecked",
        }
    }

    /// 결과의 열. 합이면 하나, 세기면 100개, 나머지는 항목마다 하나.
    pub fn run(self, task: Task, xs: &[u64]) -> Vec<u64> {
        match task {
            Task::SquareSum => vec![self.square_sum(xs)],
            Task::FilterMap => self.filter_map(xs),
            Task::GroupCount => self.group_count(xs).into(),
            Task::Transpose => self.transpose(xs),
        }
    }
}

// 번호로 읽는 표현은 견줄 대상이라 그대로 둠
#[allow(clippy::needless_range_loop, clippy::manual_is_multiple_of)]
impl Idiom {
    // ANCHOR: kernel
    fn square_sum(self, xs: &[u64]) -> u64 {
        let mut sum = 0;
        match self {
            Idiom::Index => {
                for i in 0..xs.len() {
                    sum += xs[i] * xs[i];
                }
            }
            Idiom::Chain => sum = xs.iter().map(|x| x * x).sum(),
            Idiom::ForEach => xs.iter().for_each(|x| sum += x * x),
            Idiom::Chunked => {
                let mut lanes = [0; 8];
                let (chunks, rest) = xs.as_chunks::<8>();
                for chunk in chunks {
                    for (lane, x) in lanes.iter_mut().zip(chunk) {
                        *lane += x * x;
                    }
                }
                let rest: u64 = rest.iter().map(|x| x * x).sum();
                sum = lanes.iter().sum::<u64>() + rest;
            }
            Idiom::Unchecked => {
                for i in 0..xs.len() {
                    // SAFETY: i는 xs.len()보다 작음
                    let x = unsafe { *xs.get_unchecked(i) };
                    sum += x * x;
                }
            }
        }
        sum
    }

    fn filter_map(self, xs: &[u64]) -> Vec<u64> {
        let mut out = Vec::new();
        match self {
            Idiom::Index => {
                for i in 0..xs.len() {
                    if xs[i] % 2 == 0 {
                        out.push(xs[i] * 3);
                    }
                }
            }
            Idiom::Chain => {
                let even = xs.iter().filter(|x| **x % 2 == 0);
                out = even.map(|x| x * 3).collect();
            }
            Idiom::ForEach => xs.iter().for_each(|x| {
                if x % 2 == 0 {
                    out.push(x * 3);
                }
            }),
            Idiom::Chunked => {
                for chunk in xs.chunks(64) {
                    let even = chunk.iter().filter(|x| **x % 2 == 0);
                    out.extend(even.map(|x| x * 3));
                }
            }
            Idiom::Unchecked => {
                out = vec![0; xs.len()];
                let mut kept = 0;
                for x in xs {
                    // SAFETY: kept는 지나온 항목의 수를 넘지 않음
                    unsafe { *out.get_unchecked_mut(kept) = x * 3 };
                    // 갈림길 대신 늘 쓰고, 짝수일 때만 나아감
                    kept += usize::from(x % 2 == 0);
                }
                out.truncate(kept);
            }
        }
        out
    }

    fn group_count(self, xs: &[u64]) -> [u64; KINDS] {
        let mut counts = [0; KINDS];
        let kind = |x: &u64| *x as usize % KINDS;
        match self {
            Idiom::Index => {
                for i in 0..xs.len() {
                    counts[kind(&xs[i])] += 1;
                }
            }
            Idiom::Chain => {
                counts = xs.iter().map(kind).fold(counts, |mut all, kind| {
                    all[kind] += 1;
                    all
                });
            }
            Idiom::ForEach => xs.iter().for_each(|x| counts[kind(x)] += 1),
            Idiom::Chunked => {
                // 같은 칸을 잇달아 고치는 기다림을 네 표로 나눔
                let mut tables = [[0_u64; KINDS]; 4];
                for chunk in xs.chunks(4) {
                    for (table, x) in tables.iter_mut().zip(chunk) {
                        table[kind(x)] += 1;
                    }
                }
                for (i, count) in counts.iter_mut().enumerate() {
                    *count = tables.iter().map(|table| table[i]).sum();
                }
            }
            Idiom::Unchecked => {
                for x in xs {
                    // SAFETY: 나머지는 KINDS보다 작음
                    unsafe { *counts.get_unchecked_mut(kind(x)) += 1 };
                }
            }
        }
        counts
    }

    fn transpose(self, xs: &[u64]) -> Vec<u64> {
        let rows = xs.len() / WIDTH;
        let xs = &xs[..rows * WIDTH];
        let mut out = Vec::with_capacity(xs.len());
        match self {
            Idiom::Index => {
                for c in 0..WIDTH {
                    for r in 0..rows {
                        out.push(xs[r * WIDTH + c]);
                    }
                }
            }
            Idiom::Chain => {
                let column = |c| xs.iter().skip(c).step_by(WIDTH).copied();
                out = (0..WIDTH).flat_map(column).collect();
            }
            Idiom::ForEach => (0..WIDTH).for_each(|c| {
                xs.iter().skip(c).step_by(WIDTH).for_each(|x| out.push(*x));
            }),
            Idiom::Chunked => {
                out.resize(xs.len(), 0);
                for (r, row) in xs.as_chunks::<WIDTH>().0.iter().enumerate() {
                    for (c, x) in row.iter().enumerate() {
                        out[c * rows + r] = *x;
                    }
                }
            }
            Idiom::Unchecked => {
                for c in 0..WIDTH {
                    for r in 0..rows {
                        // SAFETY: r < rows, c < WIDTH
                        out.push(unsafe { *xs.get_unchecked(r * WIDTH + c) });
                    }
                }
            }
        }
        out
    }
    // ANCHOR_END: kernel
}

/// 파이썬의 표현. 이름은 Python 대응물이 잰 것의 이름과 같음.
const PYTHON: [(&str, &str); 6] = [
    ("while", "while과 번호"),
    ("for", "for와 append"),
    ("alias", "메서드의 지역 별칭"),
    ("comp", "내포"),
    ("map", "map과 lambda"),
    ("builtin", "내장 함수만"),
];

/// CPython 3.11과 3.14가 항목 하나에 실행하는 바이트코드.
///
/// 항목 1,000개와 2,000개의 차를 `sys.settrace`로 센 것임.
/// `tests/reality/test_pure_python.py`가 진짜 인터프리터와 견줌.
fn opcodes(task: Task) -> [[f64; 6]; 2] {
    match task {
        Task::SquareSum => [
            [23.0, 11.0, 11.0, 7.0, 4.0, 0.0],
            [21.0, 9.0, 9.0, 6.0, 3.0, 0.0],
        ],
        // 짝수가 절반일 때
        Task::FilterMap => [
            [24.0, 13.0, 13.0, 10.5, 8.0, 0.0],
            [23.5, 13.0, 13.0, 10.5, 8.0, 0.0],
        ],
        Task::GroupCount => [
            [28.0, 18.0, 18.0, 7.0, 4.0, 0.0],
            [26.0, 16.0, 16.0, 6.0, 4.0, 0.0],
        ],
        Task::Transpose => [
            [21.0, 11.0, 11.0, 7.0, 4.0, 0.0],
            [20.0, 9.0, 9.0, 6.0, 4.0, 0.0],
        ],
    }
}

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let xs = values(p.n, p.seed);
    let out = Idiom::Index.run(p.task, &xs);
    let sum = out.iter().sum();
    // 차례까지 담아 한 수로 접음
    let fold = out
        .iter()
        .fold(0_u64, |folded, x| folded.wrapping_mul(31).wrapping_add(*x));
    let items = out.len() as u64;
    let [old, new] = opcodes(p.task);
    Ok(Report::default()
        .answer("items", items)
        .answer("sum", sum)
        .answer("fold", fold)
        .answer("opcodes_311", &*words(old))
        .answer("opcodes_314", &*words(new))
        .checksum(&[items, sum, fold])
        .view(View::Table(results(p, &xs, &out)))
        .view(View::Chart(opcode_chart(p.task)))
        .view(View::Table(opcode_table(p.task))))
}

fn words(counts: [f64; 6]) -> String {
    counts.map(|count| count.to_string()).join(" ")
}

/// Rust의 표현마다의 결과. 모두 첫 표현과 같아야 함.
fn results(p: &Params, xs: &[u64], first: &[u64]) -> Table {
    let row = |idiom: Idiom| {
        let out = idiom.run(p.task, xs);
        let same = if out == first { "같음" } else { "다름" };
        vec![
            idiom.name().into(),
            (out.len() as u64).into(),
            out.iter().sum::<u64>().into(),
            same.into(),
        ]
    };
    Table {
        title: format!("Rust의 다섯 표현: {}", p.task.label()),
        badge: Badge::Exact,
        columns: vec![
            Column::text("표현"),
            Column::number("결과", "개"),
            Column::number("결과의 합", ""),
            Column::text("첫 표현과"),
        ],
        rows: IDIOMS.map(row).into(),
    }
}

const VERSIONS: [&str; 2] = ["CPython 3.11", "CPython 3.14"];

fn opcode_chart(task: Task) -> Chart {
    let series = |(name, counts): (&str, [f64; 6])| Series {
        name: name.into(),
        shape: Shape::Bar,
        points: counts
            .iter()
            .enumerate()
            .map(|(at, count)| (at as f64, *count).into())
            .collect(),
    };
    Chart {
        title: "파이썬의 여섯 표현: 항목 하나의 바이트코드".into(),
        badge: Badge::Exact,
        x: Axis::category("표현", PYTHON.map(|(_, name)| name)),
        y: Axis::linear("실행한 바이트코드", "개"),
        series: VERSIONS.into_iter().zip(opcodes(task)).map(series).collect(),
        marks: Vec::new(),
    }
}

fn opcode_table(task: Task) -> Table {
    let [old, new] = opcodes(task);
    let row = |(i, (_, name)): (usize, (&str, &str))| {
        vec![name.into(), Cell::fixed(old[i], 1), Cell::fixed(new[i], 1)]
    };
    Table {
        title: format!("{}: 항목 하나의 바이트코드", task.label()),
        badge: Badge::Exact,
        columns: vec![
            Column::text("파이썬의 표현"),
            Column::number(VERSIONS[0], "개"),
            Column::number(VERSIONS[1], "개"),
        ],
        rows: PYTHON.into_iter().enumerate().map(row).collect(),
    }
}

/// 차례는 바이트코드로 정해지고, 파이썬까지 쟀으면 시간도 말함.
fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let [_, counts] = opcodes(p.task);
    let count = |value: &str| {
        let at = PYTHON.iter().position(|(each, _)| *each == value);
        at.map_or(0.0, |at| counts[at])
    };
    let mut items = ORDER.to_vec();
    items.sort_by(|a, b| count(a.0).total_cmp(&count(b.0)));
    let told: Vec<String> = items
        .iter()
        .map(|(value, label)| format!("{label} {}", count(value)))
        .collect();
    let mut sentence = format!(
        "CPython 3.14가 항목 하나에 실행하는 바이트코드는 {}.",
        told.join(", ")
    );
    if let Some(timed) = timed(report) {
        sentence.push_str(&timed);
    }
    Verdict::order(ORDER, &count, sentence)
}

/// 가장 빠른 표현과 가장 느린 표현. 파이썬을 재지 않았으면 `None`.
fn timed(report: &Report) -> Option<String> {
    let mut times = Vec::new();
    for (_, name) in PYTHON {
        times.push((report.time(name)?, name));
    }
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (first, last) = (times.first()?, times.last()?);
    Some(format!(
        " 이 파이썬의 시간은 {} {}에서 {} {}까지 {}배 벌어짐.",
        first.1,
        format::time(first.0),
        last.1,
        format::time(last.0),
        format::significant(last.0 / first.0)
    ))
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let xs = values(p.n, p.seed);
    let case = |idiom: Idiom| {
        let xs = &xs;
        Case::new(idiom.name(), p.n, move || {
            let out = idiom.run(p.task, std::hint::black_box(xs));
            std::hint::black_box(out).len() as u64
        })
    };
    let cases = IDIOMS.map(case).into();
    compare(ctx, "Rust의 다섯 표현", "항목 하나", cases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;
    use lab::measure::{PythonSpread, PythonTiming, python_views};

    #[test]
    fn every_idiom_gives_the_same_result() {
        for task in Task::ALL {
            for n in [0, 1, 9, 10, 63, 1_000, 1_237] {
                let xs = values(n, n);
                let first = Idiom::Index.run(task, &xs);
                for idiom in IDIOMS {
                    assert_eq!(idiom.run(task, &xs), first, "{task:?} {n}");
                }
            }
        }
    }

    #[test]
    fn results_by_hand() {
        let xs: Vec<u64> = (0..20).collect();
        let run = |task| Idiom::Chain.run(task, &xs);
        assert_eq!(run(Task::SquareSum), [2_470]);
        assert_eq!(run(Task::FilterMap)[..3], [0, 6, 12]);
        assert_eq!(run(Task::GroupCount).iter().sum::<u64>(), 20);
        assert_eq!(run(Task::Transpose)[..4], [0, 10, 1, 11]);
    }

    /// 네 가지 일 모두 같은 차례이고, 비긴 것이 없음.
    #[test]
    fn the_order_is_strict() {
        for task in ["square_sum", "filter_map", "group_count", "transpose"] {
            let report = run_with("idiom_race", &[("task", task)]);
            let order = report.verdict.unwrap().order.unwrap();
            assert_eq!(order, ["builtin", "map", "comp", "for", "while"]);
        }
        for task in Task::ALL {
            for counts in opcodes(task) {
                let [slow, each, alias, comp, map, builtin] = counts;
                assert_eq!(each, alias);
                assert!(slow > each && each > comp);
                assert!(comp > map && map > builtin);
            }
        }
    }

    #[test]
    fn times_are_told_once_python_was_timed() {
        let mut report = run_with("idiom_race", &[("n", "1000")]);
        let before = report.verdict.clone().unwrap().sentence;
        assert!(!before.contains("이 파이썬의 시간"));
        for (i, (_, name)) in PYTHON.iter().enumerate() {
            let ns = 10.0 + i as f64 * 6.0;
            let ns = PythonSpread { median: ns, p10: ns, p90: ns };
            let timing = PythonTiming { name: (*name).into(), ns };
            report.views.extend(python_views(&[timing]));
        }
        crate::find("idiom_race").judge(&mut report);
        let after = report.verdict.unwrap().sentence;
        assert!(after.ends_with("까지 4.00배 벌어짐."), "{after}");
    }
}
