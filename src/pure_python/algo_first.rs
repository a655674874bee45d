//! 느린 언어의 좋은 알고리즘: 같은 답을 얻는 세 가지 길의 일의 양.

use std::cmp::Ordering;

use dicts::dict_probe::{self, Dict, Rule};
use lab::measure::{Case, Timing, Timings, interleave};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Mark,
    Point, Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 파이썬 O(n)이 Rust O(n²)을 이기는가?",
    prediction: Prediction {
        text: "파이썬의 해시가 Rust의 제곱을 따라잡는 n은 몇 개쯤일까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 5_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("30", "30개쯤"),
    ("300", "300개쯤"),
    ("3000", "3,000개쯤"),
    ("30000", "30,000개쯤"),
];

lab::choices! {
    /// 푸는 문제.
    pub enum Task {
        Dup = "dup", "겹치는 값 찾기";
        TwoSum = "two_sum", "합이 목표인 두 수 찾기";
        CountPairs = "count_pairs", "합이 목표인 쌍 세기";
    }
}

lab::choices! {
    /// 푸는 방법.
    pub enum Algo {
        Quadratic = "quadratic", "모든 쌍 (제곱)";
        Sort = "sort", "정렬하고 훑기";
        Hash = "hash", "본 것을 사전에";
    }
}

lab::params! {
    /// 수 `n`개에서 짝을 찾음.
    pub struct Params {
        n: u64 = 2_000, int("수의 개수").unit("개")
            .browser(10, 20_000).native(10, 10_000_000).log();
        task: Task = Task::Dup, choice("문제");
        algo: Algo = Algo::Quadratic, choice("답을 구할 방법")
            .hint("단계 재생도 이 방법부터 보임");
        seed: u64 = 42, int("씨앗");
    }
    check = check;
}

/// 모든 쌍을 보는 방법이 몇 분 안에 끝나는 크기.
const MOST_QUADRATIC: u64 = 200_000;

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    if p.algo != Algo::Quadratic || p.n <= MOST_QUADRATIC {
        return Ok(());
    }
    let message = format!(
        "수의 개수(n)의 값 '{}': algo가 quadratic이면 10–{}개 범위여야 함",
        p.n,
        format::int(MOST_QUADRATIC)
    );
    Err(Failure::param("n", message))
}

/// 수의 열과 찾을 것. 찾는 문제의 짝은 하나뿐임.
#[derive(Clone, Debug)]
pub struct Problem {
    task: Task,
    values: Vec<u64>,
    /// 두 수의 합. 겹치는 값을 찾을 때는 쓰지 않음.
    target: u64,
    /// 마지막 수의 짝의 번호. 쌍을 셀 때는 쓰지 않음.
    partner: u64,
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    Compare {
        i: usize,
        j: usize,
    },
    Merge {
        done: &'a [u64],
        left: &'a [u64],
        right: &'a [u64],
    },
    Scan {
        sorted: &'a [u64],
        low: usize,
        high: usize,
    },
    /// 해시 표의 칸 하나를 봄.
    Probe,
    Ask {
        j: usize,
        want: u64,
        found: bool,
    },
    Put {
        j: usize,
    },
}

impl Step<'_> {
    /// 일의 양으로 세는 것: 값 둘을 견주거나 표의 칸 하나를 봄.
    fn is_work(self) -> bool {
        !matches!(self, Step::Ask { .. } | Step::Put { .. })
    }
}

impl Problem {
    /// `n`은 2 이상. 찾는 문제의 짝은 마지막 수에서야 드러남: 없다는 것을
    /// 거의 끝까지 확인해야 함. 세는 문제에는 쌍이 n/4개쯤 있음.
    pub fn new(task: Task, n: u64, seed: u64) -> Self {
        let mut rng = SplitMix64::new(seed);
        if task == Task::CountPairs {
            let mut values: Vec<u64> = (0..2 * n).collect();
            rng.shuffle(&mut values);
            values.truncate(n as usize);
            return Problem { task, values, target: 2 * n - 1, partner: 0 };
        }
        let mut values: Vec<u64> = (0..n).map(|i| 2 * i).collect();
        rng.shuffle(&mut values);
        let partner = rng.below(n - 1);
        let twin = values[partner as usize];
        let last = match task {
            Task::Dup => twin,
            // 홀수는 이것뿐이라 합이 홀수인 쌍은 하나뿐임
            _ => 2 * n + 1,
        };
        values[n as usize - 1] = last;
        Problem { task, values, target: twin + last, partner }
    }

    fn len(&self) -> u64 {
        self.values.len() as u64
    }

    /// 짝이 될 값.
    fn want(&self, value: u64) -> u64 {
        match self.task {
            Task::Dup => value,
            _ => self.target - value,
        }
    }

    fn counts(&self) -> bool {
        self.task == Task::CountPairs
    }

    /// 찾는 문제는 짝 가운데 작은 값, 세는 문제는 쌍의 수.
    pub fn solve(&self, algo: Algo, watch: impl FnMut(Step)) -> u64 {
        match algo {
            Algo::Quadratic => self.quadratic(watch),
            Algo::Sort => self.sort(watch),
            Algo::Hash => self.hash(watch),
        }
    }

    /// 돌려 보지 않고 셈한, 모든 쌍을 보는 방법의 비교.
    fn quadratic_work(&self) -> u64 {
        let n = self.len();
        match self.counts() {
            true => n * (n - 1) / 2,
            false => (n - 1) * (n - 2) / 2 + self.partner + 1,
        }
    }

    fn work(&self, algo: Algo) -> u64 {
        if algo == Algo::Quadratic {
            return self.quadratic_work();
        }
        let mut work = 0;
        self.solve(algo, |step| work += u64::from(step.is_work()));
        work
    }
}

// ANCHOR: kernel
impl Problem {
    /// 모든 쌍을 봄.
    fn quadratic(&self, mut watch: impl FnMut(Step)) -> u64 {
        let mut pairs = 0;
        for (j, value) in self.values.iter().enumerate() {
            let want = self.want(*value);
            for (i, other) in self.values[..j].iter().enumerate() {
                watch(Step::Compare { i, j });
                let same = *other == want; // step: compare
                if same {
                    if !self.counts() {
                        return want.min(*value);
                    }
                    pairs += 1;
                }
            }
        }
        pairs
    }

    /// 줄을 세운 다음 한 번 훑음. 합은 양 끝에서 안으로 좁혀 감.
    fn sort(&self, mut watch: impl FnMut(Step)) -> u64 {
        let sorted = merge_sort(self.values.clone(), &mut watch);
        let dup = self.task == Task::Dup;
        let mut pairs = 0;
        let mut low = 0;
        let mut high = if dup { 1 } else { sorted.len() - 1 };
        while low < high && high < sorted.len() {
            watch(Step::Scan { sorted: &sorted, low, high });
            let (a, b) = (sorted[low], sorted[high]); // step: scan
            let order =
                if dup { a.cmp(&b) } else { (a + b).cmp(&self.target) };
            match order {
                Ordering::Equal if !self.counts() => return a,
                Ordering::Equal => {
                    pairs += 1;
                    (low, high) = (low + 1, high - 1);
                }
                Ordering::Less if dup => (low, high) = (low + 1, high + 1),
                Ordering::Less => low += 1,
                Ordering::Greater => high -= 1,
            }
        }
        pairs
    }

    /// 지나온 값을 사전에 적어 두고, 짝이 거기 있는지 물음.
    fn hash(&self, mut watch: impl FnMut(Step)) -> u64 {
        let mut seen = Dict::new(Rule::CPYTHON);
        let mut pairs = 0;
        for (j, value) in self.values.iter().enumerate() {
            let want = self.want(*value);
            let item = seen.find(want, probed(&mut watch)); // step: ask
            let found = item.is_some();
            watch(Step::Ask { j, want, found });
            if found {
                if !self.counts() {
                    return want.min(*value);
                }
                pairs += 1;
            }
            seen.insert(*value, probed(&mut watch)); // step: put
            watch(Step::Put { j });
        }
        pairs
    }
}

/// 아래에서 위로 합치는 병합 정렬. 비교 횟수가 언어와 무관하게 같음.
pub(super) fn merge_sort(
    values: Vec<u64>,
    mut watch: impl FnMut(Step),
) -> Vec<u64> {
    let (mut from, mut to) = (values, Vec::new());
    let mut width = 1;
    while width < from.len() {
        to.clear();
        for pair in from.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let ([a, more_a @ ..], [b, more_b @ ..]) = (left, right) {
                watch(Step::Merge { done: &to, left, right });
                let ordered = a <= b; // step: merge
                if ordered {
                    to.push(*a);
                    left = more_a;
                } else {
                    to.push(*b);
                    right = more_b;
                }
            }
            to.extend_from_slice(left);
            to.extend_from_slice(right);
        }
        std::mem::swap(&mut from, &mut to);
        width *= 2;
    }
    from
}
// ANCHOR_END: kernel

/// 사전이 들여다본 칸만 알림.
fn probed(mut watch: impl FnMut(Step)) -> impl FnMut(dict_probe::Step) {
    move |step| {
        if let dict_probe::Step::Look { .. } = step {
            watch(Step::Probe);
        }
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let problem = Problem::new(p.task, p.n, p.seed);
    ctx.progress(0, 2, "답 구하기")?;
    let answer = problem.solve(p.algo, |_| {});
    ctx.progress(1, 2, "일 세기")?;
    let work = Algo::ALL.map(|algo| problem.work(algo));
    let [quadratic, sort, hash] = work;
    let mut report = Report::default()
        .answer("answer", answer)
        .answer("quadratic_work", quadratic)
        .answer("sort_work", sort)
        .answer("hash_work", hash)
        .checksum(&[answer, quadratic, sort, hash])
        .view(View::Table(summary(p, work)))
        .view(View::Chart(growth(p)));
    // 고른 방법을 먼저
    let rest = Algo::ALL.into_iter().filter(|algo| *algo != p.algo);
    for algo in std::iter::once(p.algo).chain(rest) {
        report = report.view(View::Trace(replay(p, algo)));
    }
    Ok(report)
}

fn summary(p: &Params, work: [u64; 3]) -> Table {
    let row = |(algo, work): (Algo, u64)| {
        vec![
            algo.label().into(),
            work.into(),
            Cell::fixed(work as f64 / p.n as f64, 2),
        ]
    };
    Table {
        title: format!(
            "{}: 수 {}개에 든 일",
            p.task.label(),
            format::int(p.n)
        ),
        badge: Badge::Exact,
        columns: vec![
            Column::text("방법"),
            Column::number("비교나 탐사", "번"),
            Column::number("수 하나마다", "번"),
        ],
        rows: Algo::ALL.into_iter().zip(work).map(row).collect(),
    }
}

/// n을 두 배씩 키우며 센 일. 로그 축에서 기울기가 차수임.
fn growth(p: &Params) -> Chart {
    let sizes: Vec<u64> = std::iter::successors(Some(10), |n| Some(n * 2))
        .take_while(|n| *n < p.n)
        .chain([p.n])
        .collect();
    let series = |algo: Algo| Series {
        name: algo.label().into(),
        shape: Shape::Line,
        points: sizes
            .iter()
            .map(|n| {
                let problem = Problem::new(p.task, *n, p.seed);
                (*n as f64, problem.work(algo) as f64).into()
            })
            .collect(),
    };
    Chart {
        title: "n이 커질 때의 일".into(),
        badge: Badge::Exact,
        x: Axis::log("수의 개수", "개"),
        y: Axis::log("비교나 탐사", "번"),
        series: Algo::ALL.map(series).into(),
        marks: vec![Mark {
            axis: AxisName::X,
            at: p.n as f64,
            label: format!("지금 {}개", format::int(p.n)),
        }],
    }
}

/// 재생하는 수의 개수.
const REPLAY: u64 = 8;

fn replay(p: &Params, algo: Algo) -> Trace {
    let problem = Problem::new(p.task, REPLAY, p.seed);
    let values = &problem.values;
    let mut work = 0;
    let mut frames = Vec::new();
    let answer = problem.solve(algo, |step| {
        work += u64::from(step.is_work());
        let (tag, say, lanes) = match step {
            Step::Probe => return,
            Step::Compare { i, j } => (
                "compare",
                format!(
                    "{j}번의 짝은 {}: {i}번은 {}",
                    problem.want(values[j]),
                    values[i]
                ),
                vec![lane("수", values, &[(i, Tone::Seen), (j, Tone::Now)])],
            ),
            Step::Merge { done, left, right } => (
                "merge",
                format!("두 줄의 앞을 견줌: {}, {}", left[0], right[0]),
                vec![
                    lane("합친 줄", done, &[]),
                    lane("왼쪽 줄", left, &[(0, Tone::Now)]),
                    lane("오른쪽 줄", right, &[(0, Tone::Now)]),
                ],
            ),
            Step::Scan { sorted, low, high } => (
                "scan",
                format!("두 값을 봄: {}, {}", sorted[low], sorted[high]),
                vec![lane(
                    "정렬한 수",
                    sorted,
                    &[(low, Tone::Now), (high, Tone::Now)],
                )],
            ),
            Step::Ask { j, want, found } => {
                let result = if found { "있음" } else { "없음" };
                (
                    "ask",
                    format!("{j}번의 짝은 {want}: 사전에 {result}"),
                    seen_lanes(values, j, false),
                )
            }
            Step::Put { j } => (
                "put",
                format!("사전에 적음: {}", values[j]),
                seen_lanes(values, j, true),
            ),
        };
        frames.push(Frame {
            step: tag.into(),
            say,
            counters: vec![("비교나 탐사".into(), format!("{work}번"))],
            lanes,
            jumps: Vec::new(),
        });
    });
    if let Some(last) = frames.last_mut() {
        last.say.push_str(&format!(". 답은 {answer}"));
    }
    Trace {
        title: format!("{}: 수 {REPLAY}개로 줄인 재생", algo.label()),
        badge: Badge::Exact,
        frames,
    }
}

/// 수가 늘어선 줄. 말한 칸만 칠함.
fn lane(label: &str, values: &[u64], tones: &[(usize, Tone)]) -> Lane {
    let tone = |at: usize| {
        let found = tones.iter().find(|(each, _)| *each == at);
        found.map_or(Tone::Plain, |(_, tone)| *tone)
    };
    let cells = values.iter().enumerate().map(|(at, value)| LaneCell {
        at: at as u64,
        text: value.to_string(),
        tone: tone(at),
    });
    Lane {
        label: label.into(),
        size: REPLAY,
        cells: cells.collect(),
        group: 0,
    }
}

/// 지금의 수와, 사전에 든 수.
fn seen_lanes(values: &[u64], j: usize, put: bool) -> Vec<Lane> {
    let seen = &values[..j + usize::from(put)];
    let fresh: &[_] = if put { &[(j, Tone::Hit)] } else { &[] };
    vec![
        lane("수", values, &[(j, Tone::Now)]),
        lane("사전에 든 수", seen, fresh),
    ]
}

/// 시간을 재는 크기. 두 언어가 같은 크기를 재야 교차점을 찾을 수 있음.
const SIZES: [u64; 6] = [10, 32, 100, 316, 1_000, 3_162];

/// Rust의 제곱과 파이썬이 함께 놓이는 그래프.
const RACE: &str = "크기마다 수 하나의 시간";

fn case_name(algo: Algo, n: u64) -> String {
    let short = match algo {
        Algo::Quadratic => "제곱",
        Algo::Sort => "정렬",
        Algo::Hash => "해시",
    };
    format!("Rust {short} {}개", format::int(n))
}

/// Python 대응물이 잰 것의 이름.
fn python_name(n: u64) -> String {
    format!("파이썬 해시 {}개", format::int(n))
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let problems = SIZES.map(|n| Problem::new(p.task, n, p.seed));
    let mut cases = Vec::new();
    for algo in [Algo::Quadratic, Algo::Hash] {
        for problem in &problems {
            let n = problem.len();
            cases.push(Case::new(&case_name(algo, n), n, move || {
                std::hint::black_box(problem).solve(algo, |_| {})
            }));
        }
    }
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let (quadratic, hash) = timings.rows.split_at(SIZES.len());
    // 파이썬에서 잰 것은 사다리에 놓임: 그래프만 쓰고 표는 아래의 것으로
    let race = Timings { rows: quadratic.to_vec(), ..timings };
    let ladder = race.ladder(RACE, "수 하나", None);
    let chart = Chart {
        title: "n이 커질 때의 시간".into(),
        badge: Badge::Measured,
        x: Axis::log("수의 개수", "개"),
        y: Axis::log("답을 얻는 시간", "ns"),
        series: vec![timed("Rust 제곱", quadratic), timed("Rust 해시", hash)],
        marks: Vec::new(),
    };
    let mut views: Vec<View> = ladder.into_iter().take(1).collect();
    views.extend([View::Chart(chart), View::Table(time_table(&timings.rows))]);
    Ok(views)
}

fn time_table(rows: &[Timing]) -> Table {
    let row = |row: &Timing| {
        let text = format::significant;
        vec![
            row.name.as_str().into(),
            Cell { text: text(row.median), value: Some(row.median) },
            format!("{}–{}", text(row.p10), text(row.p90)).into(),
            (row.samples.len() as u64).into(),
        ]
    };
    Table {
        title: "크기마다의 시간: 수 하나에".into(),
        badge: Badge::Measured,
        columns: vec![
            Column::text("방법"),
            Column::number("중앙값", "ns"),
            Column::number("퍼짐", "ns"),
            Column::number("표본", "개"),
        ],
        rows: rows.iter().map(row).collect(),
    }
}

/// 수 하나의 시간을 전체의 시간으로.
fn timed(name: &str, rows: &[Timing]) -> Series {
    let points = SIZES.iter().zip(rows).map(|(n, row)| {
        let n = *n as f64;
        Point {
            x: n,
            y: row.median * n,
            // 시계 눈금보다 짧으면 0이 나오고, 로그 축에는 0이 없음
            low: (row.p10 > 0.0).then_some(row.p10 * n),
            high: Some(row.p90 * n),
        }
    });
    Series { name: name.into(), shape: Shape::Dot, points: points.collect() }
}

/// 두 시간의 비가 1을 지나는 n. 이웃한 두 크기를 로그 눈금에서 직선으로
/// 잇고, 잰 범위를 벗어나면 끝의 기울기를 그대로 씀.
fn crossover(gaps: &[(f64, f64)]) -> Option<f64> {
    let pair = gaps.windows(2).find(|pair| pair[1].1 >= 0.0);
    let [a, b] = pair.or_else(|| gaps.windows(2).last())? else {
        return None;
    };
    let slope = (b.1 - a.1) / (b.0 - a.0);
    (slope > 0.0).then(|| (a.0 - a.1 / slope).exp())
}

fn verdict(report: &Report) -> Verdict {
    let gap = |n: &u64| {
        let rust = report.time(&case_name(Algo::Quadratic, *n))?;
        let python = report.time(&python_name(*n))?;
        Some(((*n as f64).ln(), (rust / python).ln()))
    };
    let gaps: Vec<(f64, f64)> = SIZES.iter().filter_map(gap).collect();
    let Some(n) = crossover(&gaps) else {
        return Verdict::pending_python();
    };
    let [first, .., last] = SIZES;
    let ratio = |n: u64| {
        let at = |(x, _): &&(f64, f64)| *x == (n as f64).ln();
        gaps.iter().find(at).map_or(1.0, |(_, gap)| gap.exp())
    };
    let sentence = format!(
        "{}개에서는 Rust 제곱이 파이썬 해시의 {}배, {}개에서는 {}배의 시간이 \
         걸림. 이 교차점은 이 기기에서만 유효함.",
        first,
        format::significant(ratio(first)),
        format::int(last),
        format::significant(ratio(last)),
    );
    let headline = format!("{}개쯤", format::int(n.round() as u64));
    Verdict { headline, ..Verdict::ratio(GUESSES, n, sentence) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;
    use lab::measure::{PythonSpread, PythonTiming, python_views};

    const TASKS: [Task; 3] = [Task::Dup, Task::TwoSum, Task::CountPairs];

    #[test]
    fn three_algorithms_one_answer() {
        for task in TASKS {
            for n in [2, 3, 10, 57, 300] {
                for seed in 0..5 {
                    let problem = Problem::new(task, n, seed);
                    let [a, b, c] =
                        Algo::ALL.map(|algo| problem.solve(algo, |_| {}));
                    assert_eq!((a, b), (b, c), "{task:?} {n} {seed}");
                }
            }
        }
    }

    #[test]
    fn the_formula_counts_what_the_loops_do() {
        for task in TASKS {
            for n in [2, 10, 100] {
                let problem = Problem::new(task, n, 3);
                let mut work = 0;
                problem.solve(Algo::Quadratic, |_| work += 1);
                assert_eq!(problem.quadratic_work(), work, "{task:?} {n}");
            }
        }
    }

    #[test]
    fn the_merge_sort_sorts() {
        for n in 0..40 {
            let mut rng = SplitMix64::new(n);
            let mut values: Vec<u64> = (0..n).map(|_| rng.below(20)).collect();
            let mut compares = 0;
            let sorted = merge_sort(values.clone(), |_| compares += 1);
            values.sort_unstable();
            assert_eq!(sorted, values);
            let passes = u64::from(n.max(1).next_power_of_two().ilog2());
            assert!(compares <= n * passes);
        }
    }

    /// 쌍을 세는 문제의 제곱은 n(n − 1)/2번.
    #[test]
    fn quadratic_work_of_two_thousand() {
        let report = run_with(
            "algo_first",
            &[("task", "count_pairs"), ("algo", "hash")],
        );
        assert_eq!(report.int("quadratic_work"), Some(1_999_000));
        for algo in ["quadratic", "sort", "hash"] {
            let other = run_with(
                "algo_first",
                &[("task", "count_pairs"), ("algo", algo)],
            );
            assert_eq!(other.checksum, report.checksum, "{algo}");
        }
    }

    #[test]
    fn the_crossover_is_where_the_lines_meet() {
        let ln = |n: f64| n.ln();
        // 제곱은 n에 비례해 느려지고 300개에서 같아짐
        let gap = |n: f64| (ln(n), ln(n / 300.0));
        for sizes in [[10.0, 1_000.0], [10.0, 100.0], [400.0, 900.0]] {
            let found = crossover(&sizes.map(gap)).unwrap();
            assert!((found - 300.0).abs() < 1e-6, "{sizes:?}");
        }
        assert_eq!(crossover(&[]), None);
        assert_eq!(crossover(&[(1.0, 0.5), (2.0, 0.5)]), None);
    }

    #[test]
    fn the_prediction_waits_for_both_times() {
        let mut report = run_with("algo_first", &[]);
        assert!(report.verdict.as_ref().unwrap().is_pending());
        for n in SIZES {
            let ns = n as f64;
            for (name, ns) in [
                (case_name(Algo::Quadratic, n), ns * 0.1),
                (python_name(n), 40.0),
            ] {
                let ns = PythonSpread { median: ns, p10: ns, p90: ns };
                let timing = PythonTiming { name, ns };
                report.views.extend(python_views(&[timing]));
            }
        }
        crate::find("algo_first").judge(&mut report);
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.headline, "400개쯤");
        assert_eq!(verdict.choice.as_deref(), Some("300"));
    }

    #[test]
    fn refuses_too_many_pairs() {
        let table = Params::table();
        let parse = |pairs: [(&str, &str); 2]| {
            table.parse(pairs, Scope::Native).is_ok()
        };
        assert!(!parse([("n", "200001"), ("algo", "quadratic")]));
        assert!(parse([("n", "200001"), ("algo", "hash")]));
    }
}
