//! 최대 메모리는 누가 정하나: 같은 합을 네 가지로 구하며 바이트를 셈.
//!
//! Rust 쪽은 변형이 요청한 버퍼의 바이트를 장부에 적음. 시험
//! `tests/stream_memory.rs`가 장부를 진짜 할당기와 견줌.
//! CPython 쪽은 객체의 크기로 셈한 모형이고, 시험이 `tracemalloc`과 견줌.

use std::cell::Cell;
use std::collections::VecDeque;
use std::hint::black_box;
use std::ops::{Deref, DerefMut, Range};

use lab::measure::{Case, compare};
use lab::report::{
    Axis, AxisName, Badge, Cell as TableCell, Chart, Column, Frame, Lane,
    LaneCell, Mark, Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 합 하나를 구하는데 수백 MB가 필요한가?",
    prediction: Prediction {
        text: "제너레이터를 tee로 둘로 나눠 한쪽이 gap만큼(기본값은 끝까지) \
               앞서가면, 파이썬의 최대 메모리는 리스트를 만든 때의 \
               몇 배일까?",
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
    ("0.001", "거의 0배"),
    ("0.1", "0.1배쯤"),
    ("0.5", "절반쯤"),
    ("1", "거의 같음"),
    ("2", "2배쯤"),
];

lab::choices! {
    /// 합을 구하는 방법.
    pub enum Variant {
        List = "list", "리스트";
        Generator = "generator", "제너레이터";
        Chunks = "chunks", "묶음";
        Tee = "tee", "tee";
    }
}

lab::params! {
    /// 0부터 n - 1까지의 제곱을 2^64로 나눈 나머지로 더함.
    pub struct Params {
        n: u64 = 200_000, int("항목의 수").unit("개")
            .browser(1_000, 2_000_000).native(1_000, 100_000_000).log();
        variant: Variant = Variant::List, choice("방법");
        chunk: u64 = 1_000, int("묶음의 크기").unit("개")
            .range(1, 2_000_000).log().hint("묶음에만 씀");
        gap: u64 = 200_000, int("앞서가는 거리").unit("개")
            .browser(0, 2_000_000).native(0, 100_000_000)
            .hint("tee에만 씀. 항목의 수 이상이면 한쪽이 끝까지 먼저 감");
        force: bool = false, flag("큰 메모리도 씀")
            .hint("쌓이는 항목이 2,000만 개를 넘을 때 있어야 함");
    }
    check = check;
}

/// 허락 없이 쌓는 항목의 한도, 개: Rust에서 160 MB.
const UNFORCED: u64 = 20_000_000;

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    let held = p.held(p.variant);
    if held <= UNFORCED || p.force {
        return Ok(());
    }
    let (n, name) = (format::int(p.n), p.variant.label());
    let bytes = format::bytes(held * ITEM);
    let most = format::int(UNFORCED);
    Err(Failure::param(
        "n",
        format!(
            "항목의 수(n)의 값 '{n}': 방법이 '{name}'이면 {bytes}를 쌓음. \
             쌓이는 항목이 {most}개를 넘으면 --force true가 있어야 함"
        ),
    ))
}

/// Rust 쪽 항목 하나의 바이트.
const ITEM: u64 = size_of::<u64>() as u64;

impl Params {
    /// 이 방법이 쌓아 두는 항목의 최댓값, 개.
    fn held(&self, variant: Variant) -> u64 {
        match variant {
            Variant::List => self.n,
            Variant::Generator => 0,
            Variant::Chunks => self.chunk.min(self.n),
            Variant::Tee => (self.gap + 1).min(self.n),
        }
    }
}

/// 요청한 바이트를 적는 장부.
#[derive(Debug, Default)]
pub struct Ledger {
    now: Cell<u64>,
    /// 한꺼번에 쥐고 있던 가장 많은 바이트.
    pub peak: Cell<u64>,
    /// 할당한 횟수.
    pub count: Cell<u64>,
}

/// 장부에 적힌 버퍼. 자라지 않으므로 만들 때 한 번만 할당함.
struct Counted<'a, T> {
    items: T,
    bytes: u64,
    ledger: &'a Ledger,
}

impl Ledger {
    fn take<T>(
        &self,
        capacity: u64,
        make: impl FnOnce(usize) -> T,
    ) -> Counted<'_, T> {
        let bytes = capacity * ITEM;
        let now = self.now.get() + bytes;
        self.now.set(now);
        self.peak.set(self.peak.get().max(now));
        self.count.set(self.count.get() + 1);
        Counted { items: make(capacity as usize), bytes, ledger: self }
    }
}

impl<T> Drop for Counted<'_, T> {
    fn drop(&mut self) {
        self.ledger.now.set(self.ledger.now.get() - self.bytes);
    }
}

impl<T> Deref for Counted<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.items
    }
}

impl<T> DerefMut for Counted<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.items
    }
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Keep { item: u64 },
    Use { item: u64 },
    Free { count: u64 },
}

impl Step {
    fn tag(self) -> &'static str {
        match self {
            Step::Keep { .. } => "keep",
            Step::Use { .. } => "use",
            Step::Free { .. } => "free",
        }
    }
}

// ANCHOR: kernel
/// 바깥에서 읽은 값인 셈 침. 그냥 두면 컴파일러가 반복문을 없애고 제곱의
/// 합의 공식을 대신 넣음: 그러면 견줄 것이 없음.
fn read(index: u64) -> u64 {
    black_box(index)
}

/// 합에 제곱 하나를 더함. 넘치는 자리는 버림.
fn add(sum: u64, item: u64, watch: &mut impl FnMut(Step)) -> u64 {
    watch(Step::Use { item });
    sum.wrapping_add(item.wrapping_mul(item)) // step: use
}

/// 모두 만들어 놓고 더함.
fn fill_and_sum(
    items: &mut Vec<u64>,
    range: Range<u64>,
    mut sum: u64,
    watch: &mut impl FnMut(Step),
) -> u64 {
    for item in range.map(read) {
        watch(Step::Keep { item });
        items.push(item); // step: keep
    }
    for item in items.iter() {
        sum = add(sum, *item, watch);
    }
    watch(Step::Free { count: items.len() as u64 });
    items.clear(); // step: free
    sum
}

/// 리스트: 버퍼 하나에 다 담음.
fn list(n: u64, ledger: &Ledger, watch: &mut impl FnMut(Step)) -> u64 {
    let mut items = ledger.take(n, Vec::with_capacity);
    fill_and_sum(&mut items, 0..n, 0, watch)
}

/// 묶음: 작은 버퍼 하나를 되풀이해 씀.
fn chunks(
    n: u64,
    chunk: u64,
    ledger: &Ledger,
    watch: &mut impl FnMut(Step),
) -> u64 {
    let (mut items, mut sum) = (ledger.take(chunk, Vec::with_capacity), 0);
    let mut start = 0;
    while start < n {
        let end = n.min(start + chunk);
        sum = fill_and_sum(&mut items, start..end, sum, watch);
        start = end;
    }
    sum
}

/// 제너레이터: 만든 자리에서 바로 씀.
fn generator(n: u64, watch: &mut impl FnMut(Step)) -> u64 {
    (0..n).map(read).fold(0, |sum, item| add(sum, item, watch))
}

/// tee: 앞선 쪽이 본 것을 뒤진 쪽이 볼 때까지 쥐고 있음.
fn tee(
    n: u64,
    capacity: u64,
    ledger: &Ledger,
    watch: &mut impl FnMut(Step),
) -> u64 {
    let mut waiting = ledger.take(capacity, VecDeque::with_capacity);
    let mut sum = 0;
    for item in (0..n).map(read) {
        watch(Step::Keep { item });
        waiting.push_back(item);
        if waiting.len() as u64 == capacity {
            sum = behind(&mut waiting, sum, watch);
        }
    }
    while !waiting.is_empty() {
        sum = behind(&mut waiting, sum, watch);
    }
    sum
}

/// 뒤진 쪽이 하나를 봄: 이제 쥐고 있을 까닭이 없음.
fn behind(
    waiting: &mut VecDeque<u64>,
    sum: u64,
    watch: &mut impl FnMut(Step),
) -> u64 {
    let Some(item) = waiting.pop_front() else { return sum };
    let sum = add(sum, item, watch);
    watch(Step::Free { count: 1 });
    sum
}
// ANCHOR_END: kernel

/// 이 방법으로 구한 합과, 그동안의 장부.
pub fn total(
    p: &Params,
    variant: Variant,
    mut watch: impl FnMut(Step),
) -> (u64, Ledger) {
    let (ledger, n) = (Ledger::default(), p.n);
    let (held, watch) = (p.held(variant), &mut watch);
    let sum = match variant {
        Variant::List => list(n, &ledger, watch),
        Variant::Generator => generator(n, watch),
        Variant::Chunks => chunks(n, held, &ledger, watch),
        Variant::Tee => tee(n, held, &ledger, watch),
    };
    (sum, ledger)
}

/// CPython 객체가 할당기에 요청하는 바이트. 3.11–3.14에서 확인함.
#[derive(Clone, Copy, Debug)]
struct Cpython {
    /// 빈 리스트, GC 머리까지.
    list: u64,
    pointer: u64,
    /// 캐시되지 않은 작은 정수. `sys.getsizeof`의 28이 아니라 구조체의
    /// 크기 32를 요청함.
    int: u64,
    /// tee의 블록: 값 57개의 자리.
    tee_block: u64,
}

const PY64: Cpython =
    Cpython { list: 56, pointer: 8, int: 32, tee_block: 512 };
const PY32: Cpython =
    Cpython { list: 28, pointer: 4, int: 16, tee_block: 260 };

/// 이보다 작은 정수 0–256은 미리 만들어 둔 것을 같이 씀.
const CACHED: u64 = 257;
/// tee의 블록 하나가 담는 값의 수: `LINKCELLS`.
const CELLS: u64 = 57;

impl Cpython {
    fn ints(self, items: Range<u64>) -> u64 {
        self.int * items.end.saturating_sub(items.start.max(CACHED))
    }

    /// `[*range(start, end)]`: 자리는 짝수로 올림.
    fn list(self, items: Range<u64>) -> u64 {
        let slots = (items.end - items.start).next_multiple_of(2);
        self.list + self.pointer * slots + self.ints(items)
    }

    /// 한 번에 하나의 묶음만 살아 있음. 가장 큰 묶음은 처음의 캐시된
    /// 정수를 벗어난 첫 묶음이거나 그 앞의 것임.
    fn chunks(self, n: u64, chunk: u64) -> u64 {
        let starts = (0..n).step_by(chunk as usize);
        let near = starts.take_while(|start| *start < CACHED + chunk);
        let bytes = near.map(|at| self.list(at..n.min(at + chunk)));
        bytes.max().unwrap_or(0)
    }

    /// 뒤진 쪽이 `at`에 있으면 그 블록부터 앞선 쪽의 블록까지 살아 있음.
    fn tee(self, n: u64, gap: u64) -> u64 {
        let last = n - gap.min(n);
        let bytes = (last.saturating_sub(2 * CELLS)..=last).map(|at| {
            let (from, to) = (at / CELLS, n.min(at + gap + 1));
            let blocks = to.div_ceil(CELLS) - from;
            self.tee_block * blocks + self.ints(from * CELLS..to)
        });
        bytes.max().unwrap_or(0)
    }

    /// 쌓인 항목 때문에 드는 가장 많은 바이트.
    fn peak(self, p: &Params, variant: Variant) -> u64 {
        match variant {
            Variant::List => self.list(0..p.n),
            Variant::Generator => 0,
            Variant::Chunks => self.chunks(p.n, p.chunk),
            Variant::Tee => self.tee(p.n, p.gap),
        }
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 1, "더하기")?;
    let (sum, ledger) = total(p, p.variant, |_| {});
    let (peak, count) = (ledger.peak.get(), ledger.count.get());
    Ok(Report::default()
        .answer("sum", sum)
        .answer("rust_bytes", peak)
        .answer("allocations", count)
        .answer("python_64", PY64.peak(p, p.variant))
        .answer("python_32", PY32.peak(p, p.variant))
        .answer("list_64", PY64.peak(p, Variant::List))
        .answer("tee_64", PY64.peak(p, Variant::Tee))
        .checksum(&[sum, peak, count])
        .view(View::Table(rust_table(p)))
        .view(View::Table(python_table(p)))
        .view(View::Chart(bars(p)))
        .view(View::Chart(growth(p)))
        .view(View::Trace(replay(p))))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(0);
    let (list, tee) = (int("list_64"), int("tee_64"));
    let sentence = format!(
        "64비트 CPython에서 리스트는 {}, tee는 {}를 쥠.",
        format::bytes(list),
        format::bytes(tee)
    );
    Verdict::ratio(GUESSES, tee as f64 / list as f64, sentence)
}

fn rust_table(p: &Params) -> Table {
    let rows = Variant::ALL.map(|variant| {
        let held = p.held(variant);
        let allocations = u64::from(held > 0);
        vec![
            variant.label().into(),
            held.into(),
            allocations.into(),
            (held * ITEM).into(),
        ]
    });
    Table {
        title: "Rust: 버퍼에 요청한 바이트".into(),
        badge: Badge::Exact,
        columns: vec![
            Column::text("방법"),
            Column::number("쌓아 둔 항목", "개"),
            Column::number("할당", "번"),
            Column::number("최대", "바이트"),
        ],
        rows: rows.to_vec(),
    }
}

fn python_table(p: &Params) -> Table {
    let list = PY64.peak(p, Variant::List) as f64;
    let rows = Variant::ALL.map(|variant| {
        let wide = PY64.peak(p, variant);
        vec![
            variant.label().into(),
            wide.into(),
            PY32.peak(p, variant).into(),
            TableCell::fixed(wide as f64 / list, 4),
        ]
    });
    Table {
        title: "CPython: 쌓인 항목 때문에 드는 바이트".into(),
        badge: Badge::Model,
        columns: vec![
            Column::text("방법"),
            Column::number("64비트", "바이트"),
            Column::number("32비트", "바이트"),
            Column::number("리스트와의 비", "배"),
        ],
        rows: rows.to_vec(),
    }
}

fn bars(p: &Params) -> Chart {
    let mib = |variant| PY64.peak(p, variant) as f64 / f64::from(1 << 20);
    let points = (0u32..).zip(Variant::ALL);
    let points = points.map(|(x, each)| (f64::from(x), mib(each)).into());
    Chart {
        title: "최대 메모리 (64비트 CPython)".into(),
        badge: Badge::Model,
        x: Axis::category("방법", Variant::ALL.map(Variant::label)),
        y: Axis::linear("최대 메모리", "MiB"),
        series: vec![Series {
            name: "최대 메모리".into(),
            shape: Shape::Bar,
            points: points.collect(),
        }],
        marks: Vec::new(),
    }
}

/// n을 키우면: 기울기가 있는 것과 없는 것.
fn growth(p: &Params) -> Chart {
    let line = |name: &str, peak: &dyn Fn(u64) -> u64| Series {
        name: name.into(),
        shape: Shape::Line,
        points: (3..=8)
            .map(|power| 10u64.pow(power))
            .map(|n| (n as f64, peak(n) as f64).into())
            .collect(),
    };
    Chart {
        // 로그 축에는 0을 놓을 수 없음
        title: "항목이 늘면 (64비트 CPython, 제너레이터는 늘 0이라 뺌)".into(),
        badge: Badge::Model,
        x: Axis::log("항목의 수", "개"),
        y: Axis::log("최대 메모리", "바이트"),
        series: vec![
            line("리스트", &|n| PY64.list(0..n)),
            line("tee, 한쪽이 끝까지", &|n| PY64.tee(n, n)),
            line("묶음", &|n| PY64.chunks(n, p.chunk)),
        ],
        marks: vec![Mark {
            axis: AxisName::X,
            at: p.n as f64,
            label: format!("이 실행 {}개", format::int(p.n)),
        }],
    }
}

/// 재생하는 크기.
const REPLAY: Params =
    Params { n: 12, variant: Variant::List, chunk: 4, gap: 5, force: false };

fn replay(p: &Params) -> Trace {
    let small = Params { variant: p.variant, ..REPLAY };
    let (mut frames, mut held, mut most) = (Vec::new(), Vec::new(), 0);
    let mut sum = 0;
    total(&small, p.variant, |step| {
        let (now, say) = match step {
            Step::Keep { item } => {
                held.push(item);
                (Some(item), format!("쌓아 둠: {item}"))
            }
            Step::Use { item } => {
                sum += item * item;
                (Some(item), format!("{item}의 제곱을 더함: 합 {sum}"))
            }
            Step::Free { count } => {
                held.drain(..count as usize);
                (None, format!("{count}개를 놓음"))
            }
        };
        most = most.max(held.len());
        let cells = held.iter().map(|item| LaneCell {
            at: *item,
            text: item.to_string(),
            tone: match Some(*item) == now {
                true => Tone::Now,
                false => Tone::Plain,
            },
        });
        frames.push(Frame {
            step: step.tag().into(),
            say,
            counters: vec![
                ("쌓인 항목".into(), format!("{}개", held.len())),
                ("가장 많을 때".into(), format!("{most}개")),
                ("합".into(), sum.to_string()),
            ],
            lanes: vec![Lane {
                label: "쌓인 항목".into(),
                size: small.n,
                cells: cells.collect(),
                group: 0,
            }],
            jumps: Vec::new(),
        });
    });
    let detail = match p.variant {
        Variant::Chunks => format!(", {}개씩", small.chunk),
        Variant::Tee => format!(", {}개 앞서감", small.gap),
        Variant::List | Variant::Generator => String::new(),
    };
    Trace {
        title: format!("{}: 항목 {}개{detail}", p.variant.label(), small.n),
        badge: Badge::Exact,
        frames,
    }
}

/// 재는 방법들. 모두 같은 합을 돌려주어야 함.
pub fn rivals(p: &Params) -> Vec<Case<'_>> {
    let case = |each: Variant| {
        Case::new(each.label(), p.n, move || total(p, each, |_| {}).0)
    };
    // 가장 가벼운 것이 기준
    let order =
        [Variant::Generator, Variant::Chunks, Variant::List, Variant::Tee];
    order.into_iter().filter(|each| fits(p, *each)).map(case).collect()
}

/// 잴 만큼 적게 쥐는가.
fn fits(p: &Params, variant: Variant) -> bool {
    p.force || p.held(variant) <= UNFORCED
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let mut views =
        compare(ctx, "같은 합을 구하는 시간", "항목 하나", rivals(p))?;
    let left = Variant::ALL.into_iter().filter(|each| !fits(p, *each));
    let left: Vec<&str> = left.map(Variant::label).collect();
    if !left.is_empty() {
        let left = left.join(", ");
        views.push(note(format!("한꺼번에 쥐는 것이 많아 재지 않음: {left}")));
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 표는 식으로, 답은 장부로 얻음: 둘이 같아야 함.
    #[test]
    fn the_ledger_agrees_with_the_formula() {
        for (n, chunk, gap) in
            [(1_000, 7, 0), (1_001, 1_001, 57), (5_000, 9_999, 9_999)]
        {
            let p = Params { n, chunk, gap, ..Params::default() };
            let sum = (0..n).map(|item| item * item).sum::<u64>();
            for variant in Variant::ALL {
                let (got, ledger) = total(&p, variant, |_| {});
                assert_eq!(got, sum, "{variant:?}");
                let held = p.held(variant);
                assert_eq!(ledger.peak.get(), held * 8, "{variant:?}");
                assert_eq!(ledger.count.get(), u64::from(held > 0));
                assert_eq!(ledger.now.get(), 0, "{variant:?}");
            }
        }
    }

    /// 20만 개: 합은 (n - 1)n(2n - 1) / 6, 리스트는 한 항목에 8 + 32바이트.
    #[test]
    fn the_default_run_by_hand() {
        let report = run_with("stream_memory", &[]);
        let int = |key| report.int(key).unwrap();
        assert_eq!(int("sum"), 199_999 * 200_000 * 399_999 / 6);
        assert_eq!(int("rust_bytes"), 1_600_000);
        let ints = 32 * (200_000 - 257);
        assert_eq!(int("list_64"), 56 + 8 * 200_000 + ints);
        assert_eq!(int("tee_64"), 3_509 * 512 + ints);
        let ints = 16 * (200_000 - 257);
        assert_eq!(int("python_32"), 28 + 4 * 200_000 + ints);
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("1"));
        assert_eq!(verdict.headline, "1.02배");
    }

    #[test]
    fn chunks_cost_one_block() {
        let report = run_with("stream_memory", &[("variant", "chunks")]);
        assert_eq!(report.int("rust_bytes"), Some(8_000));
        let block = 56 + (8 + 32) * 1_000;
        assert_eq!(report.int("python_64"), Some(block));
    }

    /// 나란히 가는 tee는 블록 두 개를 넘지 않음.
    #[test]
    fn a_tee_in_step_is_cheap() {
        let pairs = [("variant", "tee"), ("gap", "0")];
        let report = run_with("stream_memory", &pairs);
        assert_eq!(report.int("rust_bytes"), Some(8));
        assert_eq!(report.int("python_64"), Some(512 + 57 * 32));
    }

    /// 식으로 고른 자리가 모든 자리 가운데 가장 큼.
    #[test]
    fn tee_and_chunk_peaks_are_the_largest() {
        for n in [1_000, 1_013] {
            for size in [1, 2, 30, 57, 58, 300, 999, 1_000] {
                let (mut block, mut both) = (0, 0);
                for at in 0..n {
                    let end = n.min(at + size);
                    if at % size == 0 {
                        block = block.max(PY64.list(at..end));
                    }
                    let (from, to) = (at / 57, n.min(at + size + 1));
                    let cells = PY64.ints(from * 57..to);
                    if at + size <= n {
                        let blocks = to.div_ceil(57) - from;
                        both = both.max(blocks * 512 + cells);
                    }
                }
                assert_eq!(PY64.chunks(n, size), block, "{n} {size}");
                assert_eq!(PY64.tee(n, size), both, "{n} {size}");
            }
        }
    }

    #[test]
    fn a_huge_list_needs_force() {
        let table = Params::table();
        let refused = table.parse([("n", "1e8")], Scope::Native);
        let message = refused.unwrap_err().to_string();
        assert!(message.contains("763 MiB"), "{message}");
        assert!(message.contains("--force"), "{message}");
        for pair in [("force", "true"), ("variant", "generator")] {
            let pairs = [("n", "1e8"), pair];
            assert!(table.parse(pairs, Scope::Native).is_ok());
        }
    }

    #[test]
    fn rivals_agree() {
        let p = Params { n: 3_000, ..Params::default() };
        let sum = total(&p, Variant::Generator, |_| {}).0;
        for mut rival in rivals(&p) {
            assert_eq!((rival.run)(), sum, "{}", rival.name);
        }
    }
}
