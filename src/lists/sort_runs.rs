//! 이미 정렬된 만큼 빠르다: 런을 찾아 합치는 정렬.
//!
//! 런의 규칙은 CPython 3.11–3.12 `Objects/listobject.c`의 `count_run`,
//! 최소 런과 합치는 차례는 3.11–3.14의 `merge_compute_minrun`과
//! `powerloop`을 따름. 3.13부터의 `count_run`이 같은 값이 섞인 내리막도
//! 런으로 삼는 일과, 합칠 때의 건너뛰기(gallop)는 없음.

use std::cell::Cell as Counter;

use lab::measure::{Case, compare};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Mark,
    Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 거의 정렬된 목록은 금방 정렬되는가?",
    prediction: Prediction {
        text: "이미 정렬된 10,000개를 다시 정렬하면 두 원소를 몇 번 견줄까?",
        ask: Ask::Number { unit: "번" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

lab::choices! {
    /// 입력의 모양.
    pub enum Pattern {
        Sorted = "sorted", "정렬됨";
        Reversed = "reversed", "거꾸로";
        Sawtooth = "sawtooth", "오르막 k개";
        KSwaps = "k_swaps", "정렬한 뒤 k번 맞바꿈";
        FewDistinct = "few_distinct", "값이 k가지";
        Random = "random", "무작위";
    }
}

lab::params! {
    /// 수 `n`개를 정렬함.
    pub struct Params {
        n: u64 = 10_000, int("수의 개수").unit("개")
            .browser(2, 100_000).native(2, 10_000_000).log();
        pattern: Pattern = Pattern::Sorted, choice("입력의 모양");
        k: u64 = 10, int("k").range(1, 1_000).log()
            .hint("맞바꾼 횟수, 오르막의 수, 값의 가짓수");
        seed: u64 = 42, int("씨앗");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 정렬할 수.
pub fn input(pattern: Pattern, n: u64, k: u64, seed: u64) -> Vec<u64> {
    let mut rng = SplitMix64::new(seed);
    match pattern {
        Pattern::Random => (0..n).map(|_| rng.next_u64()).collect(),
        Pattern::Sorted => (0..n).collect(),
        Pattern::Reversed => (0..n).rev().collect(),
        Pattern::KSwaps => {
            let mut items: Vec<u64> = (0..n).collect();
            for _ in 0..k {
                let (a, b) = (rng.below(n), rng.below(n));
                items.swap(a as usize, b as usize);
            }
            items
        }
        Pattern::Sawtooth => {
            let length = n.div_ceil(k);
            (0..n).map(|i| i % length).collect()
        }
        Pattern::FewDistinct => (0..n).map(|_| rng.below(k)).collect(),
    }
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// 두 원소를 견줌.
    Compare,
    /// 원소 `0`개를 옮겨 적음.
    Moved(usize),
    /// `start`에서 `natural`개짜리 런을 찾아 `len`개로 늘림.
    Run { start: usize, natural: usize, len: usize },
    /// 앞의 런과의 사이에 매긴 힘.
    Power { power: u32 },
    /// `start..middle`과 `middle..end`를 합침.
    Merge { start: usize, middle: usize, end: usize },
}

/// 더미에 쌓인 런. `power`는 다음 런과의 사이에 매긴 것.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: usize,
    len: usize,
    power: u32,
}

// ANCHOR: kernel
/// 런을 찾아 더미에 쌓고, 힘의 차례로 합침.
pub fn sort(
    items: &mut [u64],
    longest: usize,
    mut watch: impl FnMut(&[u64], Step),
) {
    let (n, least) = (items.len(), minrun(items.len(), longest));
    let (mut stack, mut spare) = (Vec::<Run>::new(), Vec::new());
    let mut start = 0;
    while start < n {
        let natural = count_run(&mut items[start..], &mut watch);
        let len = natural.max(least.min(n - start));
        insert_rest(&mut items[start..start + len], natural, &mut watch);
        watch(items, Step::Run { start, natural, len }); // step: run
        if let Some(top) = stack.last() {
            let power = node_power(top.start, top.len, len, n);
            watch(items, Step::Power { power }); // step: power
            while stack.len() > 1 && stack[stack.len() - 2].power > power {
                merge_top(items, &mut stack, &mut spare, &mut watch);
            }
            if let Some(top) = stack.last_mut() {
                top.power = power;
            }
        }
        stack.push(Run { start, len, power: 0 });
        start += len;
    }
    while stack.len() > 1 {
        merge_top(items, &mut stack, &mut spare, &mut watch);
    }
}

/// 런의 최소 길이: n을 2의 거듭제곱보다 조금 적은 수의 런으로 나눔.
fn minrun(mut n: usize, longest: usize) -> usize {
    let mut rest = 0;
    while n >= longest {
        rest |= n & 1;
        n >>= 1;
    }
    n + rest
}

/// 앞에서부터 이어진 오르막의 길이. 내리막이면 뒤집어 오르막으로 만듦.
fn count_run(
    items: &mut [u64],
    watch: &mut impl FnMut(&[u64], Step),
) -> usize {
    let mut falls = |items: &[u64], at: usize| {
        watch(items, Step::Compare);
        items[at] < items[at - 1]
    };
    if items.len() < 2 {
        return items.len();
    }
    let down = falls(items, 1);
    let mut len = 2;
    // 같은 값의 차례를 지키려고 내리막은 엄격하게 작아질 때만임
    while len < items.len() && falls(items, len) == down {
        len += 1;
    }
    if down {
        items[..len].reverse();
        watch(items, Step::Moved(len / 2 * 2));
    }
    len
}

/// 앞의 `sorted`개 사이에 나머지를 하나씩 끼워 넣음.
fn insert_rest(
    items: &mut [u64],
    sorted: usize,
    watch: &mut impl FnMut(&[u64], Step),
) {
    for at in sorted..items.len() {
        let (mut lo, mut hi) = (0, at);
        while lo < hi {
            let middle = (lo + hi) / 2;
            watch(items, Step::Compare);
            if items[at] < items[middle] {
                hi = middle;
            } else {
                lo = middle + 1;
            }
        }
        items[lo..=at].rotate_right(1);
        watch(items, Step::Moved(at - lo));
    }
}

/// 두 런의 가운데를 n으로 나눈 이진 소수가 처음 갈라지는 자리.
fn node_power(start: usize, left: usize, right: usize, n: usize) -> u32 {
    let n = n as u64;
    let mut a = (2 * start + left) as u64;
    let mut b = a + (left + right) as u64;
    let mut power = 1;
    while (a >= n) == (b >= n) {
        if a >= n {
            (a, b) = (a - n, b - n);
        }
        (a, b) = (2 * a, 2 * b);
        power += 1;
    }
    power
}

/// 더미의 맨 위 두 런을 합침.
fn merge_top(
    items: &mut [u64],
    stack: &mut Vec<Run>,
    spare: &mut Vec<u64>,
    watch: &mut impl FnMut(&[u64], Step),
) {
    let Some(right) = stack.pop() else { return };
    let Some(left) = stack.last_mut() else { return };
    let (start, middle) = (left.start, right.start);
    let end = middle + right.len;
    merge(&mut items[start..end], left.len, spare, watch);
    left.len += right.len;
    watch(items, Step::Merge { start, middle, end }); // step: merge
}

/// 왼쪽을 잠시 옮겨 두고 앞에서부터 작은 것을 적음.
fn merge(
    items: &mut [u64],
    half: usize,
    spare: &mut Vec<u64>,
    watch: &mut impl FnMut(&[u64], Step),
) {
    spare.clear();
    spare.extend_from_slice(&items[..half]);
    let (mut left, mut right, mut at) = (0, half, 0);
    while left < half && right < items.len() {
        watch(items, Step::Compare);
        if items[right] < spare[left] {
            items[at] = items[right];
            right += 1;
        } else {
            items[at] = spare[left];
            left += 1;
        }
        at += 1;
    }
    items[at..right].copy_from_slice(&spare[left..]);
    watch(items, Step::Moved(half + right));
}
// ANCHOR_END: kernel

/// CPython의 가장 긴 최소 런.
pub const LONGEST: usize = 64;

/// 정렬 하나가 한 일.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Work {
    runs: u64,
    merges: u64,
    compares: u64,
    moves: u64,
}

impl Work {
    fn add(&mut self, step: Step) {
        match step {
            Step::Compare => self.compares += 1,
            Step::Moved(count) => self.moves += count as u64,
            Step::Run { .. } => self.runs += 1,
            Step::Merge { .. } => self.merges += 1,
            Step::Power { .. } => {}
        }
    }
}

fn work(pattern: Pattern, p: &Params) -> Work {
    let mut items = input(pattern, p.n, p.k, p.seed);
    let mut work = Work::default();
    sort(&mut items, LONGEST, |_, step| work.add(step));
    work
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let mut works = Vec::new();
    for (i, pattern) in Pattern::ALL.into_iter().enumerate() {
        ctx.progress(i as u64, 6, pattern.label())?;
        works.push((pattern, work(pattern, p)));
    }
    let mine = works[p.pattern as usize].1;
    Ok(Report::default()
        .answer("runs", mine.runs)
        .answer("merges", mine.merges)
        .answer("compares", mine.compares)
        .answer("moves", mine.moves)
        .checksum(&[mine.runs, mine.compares, mine.moves])
        .view(View::Table(patterns(p, &works)))
        .view(View::Chart(bars(p, &works)))
        .view(View::Table(implementations(p, mine)))
        .view(View::Trace(replay(p))))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let compares = report.int("compares").unwrap_or(0);
    let runs = report.int("runs").unwrap_or(0);
    let logs = p.n as f64 * (p.n as f64).log2();
    let sentence = format!(
        "'{}' {}개는 런이 {}개라 {}번 견줌: n·log2 n = {}의 {}%임.",
        p.pattern.label(),
        format::int(p.n),
        format::int(runs),
        format::int(compares),
        format::fixed(logs, 0),
        format::fixed(100.0 * compares as f64 / logs, 1)
    );
    let headline = format!("{}번", format::int(compares));
    Verdict::number(headline, compares as f64, sentence)
}

fn patterns(p: &Params, works: &[(Pattern, Work)]) -> Table {
    let row = |(pattern, work): &(Pattern, Work)| {
        vec![
            pattern.label().into(),
            work.runs.into(),
            work.compares.into(),
            Cell::fixed(work.compares as f64 / p.n as f64, 2),
            work.moves.into(),
        ]
    };
    Table {
        title: format!(
            "{}개, k = {}: 입력의 모양마다",
            format::int(p.n),
            format::int(p.k)
        ),
        badge: Badge::Exact,
        columns: vec![
            Column::text("입력"),
            Column::number("런", "개"),
            Column::number("비교", "번"),
            Column::number("원소당 비교", "번"),
            Column::number("옮긴 원소", "개"),
        ],
        rows: works.iter().map(row).collect(),
    }
}

fn bars(p: &Params, works: &[(Pattern, Work)]) -> Chart {
    let names = works.iter().map(|(pattern, _)| pattern.label());
    let points = works.iter().enumerate().map(|(i, (_, work))| {
        (i as f64, work.compares as f64 / p.n as f64).into()
    });
    let logs = (p.n as f64).log2();
    Chart {
        title: "원소 하나에 든 비교".into(),
        badge: Badge::Exact,
        x: Axis::category("입력", names),
        y: Axis::linear("원소당 비교", "번"),
        series: vec![Series {
            name: "우리 정렬".into(),
            shape: Shape::Bar,
            points: points.collect(),
        }],
        marks: vec![Mark {
            axis: AxisName::Y,
            at: logs,
            label: format!("log2 n = {}", format::fixed(logs, 1)),
        }],
    }
}

/// 같은 입력을 표준 라이브러리가 정렬하며 견준 횟수.
fn implementations(p: &Params, mine: Work) -> Table {
    let compares = Counter::new(0u64);
    let items = input(p.pattern, p.n, p.k, p.seed);
    let count = |a: &u64, b: &u64| {
        compares.set(compares.get() + 1);
        a.cmp(b)
    };
    items.clone().sort_by(count);
    let stable = compares.replace(0);
    items.clone().sort_unstable_by(count);
    let unstable = compares.get();
    let row = |name: &str, compares: u64| vec![name.into(), compares.into()];
    Table {
        title: format!("'{}': 구현마다 제 비교를 셈", p.pattern.label()),
        badge: Badge::Exact,
        columns: vec![Column::text("구현"), Column::number("비교", "번")],
        rows: vec![
            row("우리 정렬", mine.compares),
            row("slice::sort (이 빌드)", stable),
            row("slice::sort_unstable (이 빌드)", unstable),
        ],
    }
}

/// 재생하는 크기와, 보기 쉽게 줄인 가장 긴 최소 런.
const REPLAY: u64 = 32;
const REPLAY_LONGEST: usize = 8;

fn replay(p: &Params) -> Trace {
    // 런이 하나뿐이면 합치는 것이 없어 볼 것이 없음
    let pattern = match p.pattern {
        Pattern::Sorted | Pattern::Reversed => Pattern::KSwaps,
        pattern => pattern,
    };
    let mut items = input(pattern, REPLAY, p.k.min(8), p.seed);
    // 칸에 들어가도록 크기의 차례만 남김
    let mut order = items.clone();
    order.sort_unstable();
    order.dedup();
    for item in &mut items {
        *item = order.partition_point(|each| each < item) as u64;
    }
    let mut recorder = Recorder::default();
    sort(&mut items, REPLAY_LONGEST, |items, step| {
        recorder.record(items, step);
    });
    Trace {
        title: format!(
            "'{}' {REPLAY}개 정렬: 최소 런을 {}개로 줄여 봄",
            pattern.label(),
            minrun(REPLAY as usize, REPLAY_LONGEST)
        ),
        badge: Badge::Exact,
        frames: recorder.frames,
    }
}

/// 장면을 모으는 기록기.
#[derive(Default)]
struct Recorder {
    frames: Vec<Frame>,
    work: Work,
    /// 찾은 런의 (시작, 길이, 앞 런과의 힘).
    stack: Vec<(usize, usize, Option<u32>)>,
}

impl Recorder {
    fn record(&mut self, items: &[u64], step: Step) {
        self.work.add(step);
        let (tag, now, say) = match step {
            Step::Compare | Step::Moved(_) => return,
            Step::Run { start, natural, len } => {
                self.stack.push((start, len, None));
                let found = format!("{start}번부터 {natural}개짜리 런");
                let say = match len > natural {
                    true => format!("{found}: 끼워 넣어 {len}개로 늘림"),
                    false => format!("{found}을 찾음"),
                };
                ("run", start..start + len, say)
            }
            Step::Power { power } => {
                let Some(top) = self.stack.last_mut() else { return };
                top.2 = Some(power);
                let (start, len, _) = *top;
                let say = format!(
                    "앞 런과의 힘은 {power}: 더 큰 힘이 더미에 있으면 먼저 \
                     합침"
                );
                ("power", start..start + len, say)
            }
            Step::Merge { start, middle, end } => {
                self.stack.retain(|run| run.0 != middle);
                for run in &mut self.stack {
                    if run.0 == start {
                        run.1 = end - start;
                    }
                }
                let (left, right) = (middle - start, end - middle);
                let say = format!("{left}개짜리 런과 {right}개짜리 런을 합침");
                ("merge", start..end, say)
            }
        };
        let done = self.stack.last().map_or(0, |run| run.0 + run.1);
        let cells = items.iter().enumerate().map(|(i, item)| LaneCell {
            at: i as u64,
            text: item.to_string(),
            tone: match i {
                i if now.contains(&i) => Tone::Hit,
                i if i < done => Tone::Seen,
                _ => Tone::Plain,
            },
        });
        let pile = |label: &str, text: &dyn Fn(usize) -> String| Lane {
            label: label.into(),
            size: 8,
            cells: (0..self.stack.len())
                .map(|i| LaneCell {
                    at: i as u64,
                    text: text(i),
                    tone: Tone::Plain,
                })
                .collect(),
            group: 0,
        };
        let length = |i: usize| self.stack[i].1.to_string();
        let power = |i: usize| {
            self.stack[i].2.map_or("—".into(), |power| power.to_string())
        };
        let array = Lane {
            label: "배열".into(),
            size: items.len() as u64,
            cells: cells.collect(),
            group: 0,
        };
        self.frames.push(Frame {
            step: tag.into(),
            say,
            counters: vec![
                ("비교".into(), format!("{}번", self.work.compares)),
                ("옮긴 원소".into(), format!("{}개", self.work.moves)),
            ],
            lanes: vec![
                array,
                pile("더미: 런의 길이", &length),
                pile("앞 런과의 힘", &power),
            ],
            jumps: Vec::new(),
        });
    }
}

/// 재는 길이의 한도.
const MEASURED: u64 = 1_000_000;

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let n = p.n.min(MEASURED);
    let items = input(p.pattern, n, p.k, p.seed);
    let case = |name: &str, sort: fn(&mut [u64])| {
        let items = &items;
        Case::new(name, n, move || {
            let mut sorted = items.clone();
            sort(&mut sorted);
            sorted[0]
        })
    };
    let cases = vec![
        case("우리 정렬", |items| sort(items, LONGEST, |_, _| {})),
        case("slice::sort", |items| items.sort()),
        case("slice::sort_unstable", |items| items.sort_unstable()),
    ];
    let title = format!("'{}' 정렬하기", p.pattern.label());
    let mut views = compare(ctx, &title, "원소 하나", cases)?;
    if n < p.n {
        views.push(note(format!("시간은 {}개까지만 잼.", format::int(n))));
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    #[test]
    fn every_pattern_is_sorted() {
        for pattern in Pattern::ALL {
            for n in [2, 3, 63, 64, 65, 1_000, 4_097] {
                for longest in [LONGEST, REPLAY_LONGEST] {
                    let mut items = input(pattern, n, 10, 7);
                    let mut want = items.clone();
                    want.sort_unstable();
                    sort(&mut items, longest, |_, _| {});
                    assert_eq!(items, want, "{pattern:?} {n}");
                }
            }
        }
    }

    /// 정렬됨과 거꾸로는 n − 1번이고, 거꾸로는 한 번 뒤집음.
    #[test]
    fn sorted_and_reversed_take_one_run() {
        let compares = |pattern: &str| {
            let report = run_with("sort_runs", &[("pattern", pattern)]);
            ["runs", "compares", "moves", "merges"]
                .map(|key| report.int(key).unwrap())
        };
        assert_eq!(compares("sorted"), [1, 9_999, 0, 0]);
        assert_eq!(compares("reversed"), [1, 9_999, 10_000, 0]);
    }

    /// 런이 r개면 비교는 많아야 n(1 + ⌈log2 r⌉)번쯤임.
    #[test]
    fn few_runs_take_few_compares() {
        let pairs = [("pattern", "sawtooth"), ("k", "16")];
        let report = run_with("sort_runs", &pairs);
        assert_eq!(report.int("runs"), Some(16));
        assert!(report.int("compares") < Some(10_000 * 5));
    }

    #[test]
    fn the_default_prediction_is_n_minus_one() {
        let verdict = run_with("sort_runs", &[]).verdict.unwrap();
        assert_eq!(verdict.number, Some(9_999.0));
    }

    /// 런의 수는 2의 거듭제곱이거나 그보다 조금 적음.
    #[test]
    fn minrun_is_near_a_power_of_two() {
        for (n, want) in [(63, 63), (64, 32), (65, 33), (1_000, 63)] {
            assert_eq!(minrun(n, LONGEST), want);
        }
        for n in 64..5_000usize {
            let runs = n.div_ceil(minrun(n, LONGEST));
            let near = runs.next_power_of_two() * 31 / 32;
            assert!(near <= runs, "{n}: {runs}");
        }
    }

    /// 힘의 정의를 소수로 다시 셈한 것과 같음.
    #[test]
    fn power_is_the_first_differing_bit() {
        let n = 100;
        for (start, left, right) in [(0, 10, 10), (0, 50, 50), (20, 5, 7)] {
            let middle = |at: usize, len: usize| {
                (at as f64 + len as f64 / 2.0) / n as f64
            };
            let a = middle(start, left);
            let b = middle(start + left, right);
            let bits = |x: f64, p: u32| (x * f64::from(1u32 << p)) as u64;
            let want = (1..30).find(|p| bits(a, *p) != bits(b, *p));
            assert_eq!(Some(node_power(start, left, right, n)), want);
        }
    }
}
