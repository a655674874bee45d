//! 다 정렬하지 않기: 가장 큰 k개를 얻는 세 가지 길의 비교 횟수.
//!
//! 힙의 규칙은 CPython `Lib/heapq.py`의 `heapify`, `heapreplace`,
//! `nlargest`와 같음: 빈자리를 바닥까지 내린 다음 새 값을 올림.

use std::hint::black_box;

use super::algo_first::{Step as SortStep, merge_sort};
use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series, Shape,
    Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 상위 10개를 얻으려고 전부 정렬하면 손해인가?",
    prediction: Prediction {
        text: "비교 횟수로 볼 때, k가 n의 몇 퍼센트부터 정렬이 힙을 이길까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 100_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("1", "1%쯤"),
    ("10", "10%쯤"),
    ("50", "50%쯤"),
    ("100", "끝까지 힙이 이김"),
];

lab::choices! {
    /// 값이 오는 차례.
    pub enum Order {
        Random = "random", "섞임";
        Up = "up", "점점 커짐";
        Down = "down", "점점 작아짐";
    }
}

lab::params! {
    /// 서로 다른 값 `n`개에서 가장 큰 `k`개를 큰 것부터 얻음.
    pub struct Params {
        n: u64 = 100_000, int("값의 수").unit("개")
            .browser(100, 1_000_000).native(100, 10_000_000).log();
        k: u64 = 10, int("얻을 수").unit("개")
            .browser(1, 1_000_000).native(1, 10_000_000).log();
        order: Order = Order::Random, choice("값이 오는 차례");
        seed: u64 = 42, int("씨앗").hint("섞을 때만 씀");
    }
    check = check;
}

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    if p.k <= p.n {
        return Ok(());
    }
    let message = format!(
        "얻을 수(k)의 값 '{}': 1–{}개 범위여야 함 (값의 수까지)",
        p.k,
        format::int(p.n)
    );
    Err(Failure::param("k", message))
}

/// `0..n`을 정해진 차례로.
pub fn values(n: u64, order: Order, seed: u64) -> Vec<u64> {
    let mut values: Vec<u64> = (0..n).collect();
    match order {
        Order::Random => SplitMix64::new(seed).shuffle(&mut values),
        Order::Up => {}
        Order::Down => values.reverse(),
    }
    values
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// 값 둘을 견줌.
    Compare,
    Gate {
        heap: &'a [u64],
        value: u64,
    },
    Replace {
        heap: &'a [u64],
        at: usize,
    },
    Sort,
}

// ANCHOR: kernel
/// 크기 k의 힙을 들고 한 번 훑음. 맨 앞은 지금까지 든 것 가운데 가장 작음.
pub fn by_heap(
    values: &[u64],
    k: usize,
    mut watch: impl FnMut(Step),
) -> Vec<u64> {
    let (first, rest) = values.split_at(k);
    let mut heap = first.to_vec();
    for at in (0..k / 2).rev() {
        let value = heap[at];
        sift(&mut heap, at, value, &mut watch);
    }
    for value in rest {
        watch(Step::Compare);
        watch(Step::Gate { heap: &heap, value: *value });
        let enters = heap[0] < *value; // step: gate
        if enters {
            let at = sift(&mut heap, 0, *value, &mut watch);
            watch(Step::Replace { heap: &heap, at }); // step: replace
        }
    }
    watch(Step::Sort);
    descending(heap, watch) // step: sort
}

/// 빈자리를 작은 자식 쪽으로 바닥까지 내리고, 거기서 새 값을 올림.
fn sift(
    heap: &mut [u64],
    start: usize,
    value: u64,
    mut watch: impl FnMut(Step),
) -> usize {
    let mut at = start;
    while 2 * at + 1 < heap.len() {
        let mut child = 2 * at + 1;
        if child + 1 < heap.len() {
            watch(Step::Compare);
            if heap[child] >= heap[child + 1] {
                child += 1;
            }
        }
        heap[at] = heap[child];
        at = child;
    }
    while at > start {
        let parent = (at - 1) / 2;
        watch(Step::Compare);
        if value >= heap[parent] {
            break;
        }
        heap[at] = heap[parent];
        at = parent;
    }
    heap[at] = value;
    at
}
// ANCHOR_END: kernel

/// 큰 것부터. 병합 정렬이라 비교 횟수가 언어와 무관하게 같음.
fn descending(values: Vec<u64>, mut watch: impl FnMut(Step)) -> Vec<u64> {
    let mut sorted = merge_sort(values, |step: SortStep| {
        if let SortStep::Merge { .. } = step {
            watch(Step::Compare);
        }
    });
    sorted.reverse();
    sorted
}

/// 모두 정렬하고 앞을 자름.
pub fn by_sort(values: &[u64], k: usize, watch: impl FnMut(Step)) -> Vec<u64> {
    let mut sorted = descending(values.to_vec(), watch);
    sorted.truncate(k);
    sorted
}

/// 셋의 가운데 값으로 갈라 가며 앞의 k개를 모은 다음, 그것만 정렬함.
pub fn by_select(
    values: &[u64],
    k: usize,
    mut watch: impl FnMut(Step),
) -> Vec<u64> {
    let mut all = values.to_vec();
    let (mut low, mut high) = (0, all.len() - 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let mut three = [all[low], all[middle], all[high]];
        three.sort_unstable();
        // 셋의 가운데를 고르는 비교는 셋으로 셈
        (0..3).for_each(|_| watch(Step::Compare));
        let pivot = three[1];
        let (mut i, mut j) = (low, high);
        loop {
            watch(Step::Compare);
            while all[i] > pivot {
                i += 1;
                watch(Step::Compare);
            }
            watch(Step::Compare);
            while all[j] < pivot {
                j -= 1;
                watch(Step::Compare);
            }
            if i >= j {
                break;
            }
            all.swap(i, j);
            i += 1;
            j -= 1;
        }
        // i보다 앞은 모두 pivot 이상, j보다 뒤는 모두 pivot 이하
        if k <= i {
            high = i - 1;
        } else if k > j + 1 {
            low = j + 1;
        } else {
            break;
        }
    }
    all.truncate(k);
    descending(all, watch)
}

type Way = fn(&[u64], usize, &mut dyn FnMut(Step)) -> Vec<u64>;

/// 이름과 방법. 체크섬에 적는 차례임.
const WAYS: [(&str, Way); 3] = [
    ("전부 정렬", |values, k, watch| by_sort(values, k, watch)),
    ("크기 k의 힙", |values, k, watch| by_heap(values, k, watch)),
    ("빠른 선택", |values, k, watch| by_select(values, k, watch)),
];

fn compares(way: Way, values: &[u64], k: u64) -> u64 {
    let mut count = 0;
    way(values, k as usize, &mut |step| {
        count += u64::from(matches!(step, Step::Compare));
    });
    count
}

/// 교차점을 찾는 크기. 섞인 값이면 n이 커도 50–60%에 머묾.
const CROSSOVER_SIZE: u64 = 2_000;

/// 힙이 정렬보다 많이 견주는 첫 퍼센트. 끝까지 없으면 101.
///
/// 비교가 k와 함께 늘어난다고 보고 둘로 나누어 찾음. 값이 몇백 개뿐이면
/// 교차점 둘레에서 오르내려, 첫 퍼센트보다 몇 뒤를 가리킬 수 있음.
fn crossover(values: &[u64]) -> u64 {
    let n = values.len() as u64;
    let [sort, heap, _] = WAYS.map(|(_, way)| way);
    let most = compares(sort, values, n);
    let (mut low, mut high) = (1, 101);
    while low < high {
        let percent = (low + high) / 2;
        if compares(heap, values, (n * percent / 100).max(1)) > most {
            high = percent;
        } else {
            low = percent + 1;
        }
    }
    low
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let values = self::values(p.n, p.order, p.seed);
    ctx.progress(0, 3, "견주기")?;
    let top = by_heap(&values, p.k as usize, |_| {});
    let [sort, heap, select] =
        WAYS.map(|(_, way)| compares(way, &values, p.k));
    ctx.progress(1, 3, "교차점 찾기")?;
    let few = self::values(p.n.min(CROSSOVER_SIZE), p.order, p.seed);
    let crossover = crossover(&few);
    ctx.progress(2, 3, "곡선 그리기")?;
    let kth = top.last().copied().unwrap_or(0);
    let sum = top.iter().sum();
    Ok(Report::default()
        .answer("kth", kth)
        .answer("sum", sum)
        .answer("sort_compares", sort)
        .answer("heap_compares", heap)
        .answer("select_compares", select)
        .answer("crossover_percent", crossover)
        .checksum(&[kth, sum, sort, heap, select, crossover])
        .view(View::Table(summary(p, [sort, heap, select])))
        .view(View::Chart(curve(&few)))
        .view(View::Trace(replay(p))))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(0);
    let p = Params::read(&report.params).unwrap_or_default();
    let percent = int("crossover_percent");
    let (headline, choice) = match percent {
        101.. => ("끝까지 힙이 이김".to_owned(), "100"),
        p => (
            format!("{p}%"),
            match p {
                ..=3 => "1",
                4..=22 => "10",
                _ => "50",
            },
        ),
    };
    let sentence = format!(
        "값 {}개에서 찾은 교차점임. n이 {}개일 때 정렬의 비교는 k와 \
         무관하게 {}번, 힙은 k가 {}개면 {}번임.",
        format::int(p.n.min(CROSSOVER_SIZE)),
        format::int(p.n),
        format::int(int("sort_compares")),
        format::int(p.k),
        format::int(int("heap_compares"))
    );
    Verdict {
        choice: Some(choice.into()),
        ..Verdict::number(headline, percent as f64, sentence)
    }
}

fn summary(p: &Params, counts: [u64; 3]) -> Table {
    let row = |((name, _), count): ((&str, Way), u64)| {
        vec![
            name.into(),
            count.into(),
            Cell::fixed(count as f64 / p.n as f64, 3),
        ]
    };
    Table {
        title: format!(
            "값 {}개에서 큰 {}개: 비교 횟수",
            format::int(p.n),
            format::int(p.k)
        ),
        badge: Badge::Exact,
        columns: vec![
            Column::text("방법"),
            Column::number("비교", "번"),
            Column::number("값 하나마다", "번"),
        ],
        rows: WAYS.into_iter().zip(counts).map(row).collect(),
    }
}

/// 곡선의 점과 점 사이, 퍼센트.
const CURVE_STEP: usize = 2;

fn curve(values: &[u64]) -> Chart {
    let n = values.len() as u64;
    let each = |way: Way, percent: u64| {
        let k = (n * percent / 100).max(1);
        compares(way, values, k) as f64 / n as f64
    };
    let series = |(name, way): (&str, Way)| Series {
        name: name.into(),
        shape: Shape::Line,
        points: (0..=100)
            .step_by(CURVE_STEP)
            .map(|percent| (percent as f64, each(way, percent)).into())
            .collect(),
    };
    Chart {
        title: format!(
            "k의 비율과 값 하나마다의 비교 (값 {}개)",
            format::int(n)
        ),
        badge: Badge::Exact,
        x: Axis::linear("n에 대한 k의 비율", "%"),
        y: Axis::linear("값 하나마다의 비교", "번"),
        series: WAYS.map(series).into(),
        marks: Vec::new(),
    }
}

/// 재생하는 값과 힙의 크기.
const REPLAY: (u64, usize) = (24, 5);

fn replay(p: &Params) -> Trace {
    let (n, k) = REPLAY;
    let values = values(n, p.order, p.seed);
    let (mut count, mut seen) = (0, k);
    let mut frames = Vec::new();
    by_heap(&values, k, |step| {
        let (tag, say, heap, tone_at) = match step {
            Step::Compare => {
                count += 1;
                return;
            }
            Step::Gate { heap, value } => {
                seen += 1;
                let out = if heap[0] < value { "들어감" } else { "버림" };
                let say = format!(
                    "힙의 가장 작은 값 {}, 새 값 {value}: {out}",
                    heap[0]
                );
                ("gate", say, heap, (0, Tone::Now))
            }
            Step::Replace { heap, at } => {
                let say = format!("제자리를 찾음: {}", heap[at]);
                ("replace", say, heap, (at, Tone::Hit))
            }
            Step::Sort => {
                let say = "힙에 남은 것만 정렬함".to_owned();
                ("sort", say, &[][..], (0, Tone::Plain))
            }
        };
        frames.push(Frame {
            step: tag.into(),
            say,
            counters: vec![("비교".into(), format!("{count}번"))],
            lanes: vec![
                lane("값", &values, n, (seen - 1, Tone::Now)),
                lane("힙(맨 앞이 가장 작음)", heap, k as u64, tone_at),
            ],
            jumps: Vec::new(),
        });
    });
    Trace {
        title: format!("값 {n}개에서 큰 {k}개를 고르는 힙"),
        badge: Badge::Exact,
        frames,
    }
}

fn lane(label: &str, values: &[u64], size: u64, now: (usize, Tone)) -> Lane {
    let cells = values.iter().enumerate().map(|(at, value)| LaneCell {
        at: at as u64,
        text: value.to_string(),
        tone: if at == now.0 { now.1 } else { Tone::Plain },
    });
    Lane { label: label.into(), size, cells: cells.collect(), group: 0 }
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let values = &values(p.n, p.order, p.seed);
    let k = p.k as usize;
    let last = |top: Vec<u64>| top.last().copied().unwrap_or(0);
    let cases = vec![
        Case::new("sort_unstable", p.n, move || {
            let mut all = black_box(values).clone();
            all.sort_unstable_by(|a, b| b.cmp(a));
            all[k - 1]
        }),
        Case::new("크기 k의 힙", p.n, move || {
            last(by_heap(black_box(values), k, |_| {}))
        }),
        Case::new("빠른 선택", p.n, move || {
            last(by_select(black_box(values), k, |_| {}))
        }),
        Case::new("select_nth_unstable", p.n, move || {
            let mut all = black_box(values).clone();
            *all.select_nth_unstable_by(k - 1, |a, b| b.cmp(a)).1
        }),
    ];
    compare(ctx, "큰 k개를 얻는 시간", "값 하나", cases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    const ORDERS: [Order; 3] = [Order::Random, Order::Up, Order::Down];

    #[test]
    fn three_ways_one_answer() {
        for order in ORDERS {
            for n in [1, 2, 3, 10, 77] {
                for seed in 0..4 {
                    let values = values(n, order, seed);
                    for k in 1..=n as usize {
                        let want: Vec<u64> = (0..n).rev().take(k).collect();
                        for (name, way) in WAYS {
                            let top = way(&values, k, &mut |_| {});
                            assert_eq!(top, want, "{name} {order:?} {n}");
                        }
                    }
                }
            }
        }
    }

    /// 점점 작아지면 힙은 맨 앞과 한 번씩만 견줌.
    #[test]
    fn descending_values_never_enter_the_heap() {
        let pairs = [("order", "down"), ("k", "1"), ("n", "1000")];
        assert_eq!(
            run_with("heap_topk", &pairs).int("heap_compares"),
            Some(999)
        );
    }

    /// 무작위면 n번보다 조금 많음: 힙에 드는 것은 k·ln(n/k)개쯤임.
    #[test]
    fn ten_of_a_hundred_thousand_cost_little_more_than_one_pass() {
        let report = run_with("heap_topk", &[]);
        let heap = report.int("heap_compares").unwrap();
        assert!((99_990..101_000).contains(&heap), "{heap}");
        assert!(report.int("sort_compares").unwrap() > 15 * heap);
    }

    #[test]
    fn the_crossover_is_the_first_percent() {
        let values = values(500, Order::Random, 1);
        let sort = compares(WAYS[0].1, &values, 1);
        let heap = |percent| compares(WAYS[1].1, &values, percent * 5);
        let found = crossover(&values);
        assert!(heap(found) > sort && heap(found - 1) <= sort);
    }

    #[test]
    fn refuses_more_than_there_are() {
        let table = Params::table();
        let pairs = [("n", "100"), ("k", "101")];
        let error = table.parse(pairs, Scope::Native).unwrap_err();
        assert_eq!(error.field(), Some("k"));
    }
}
