//! 상자의 비용: 같은 실수를 네 가지로 놓고 더함.

use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series, Shape,
    Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 같은 실수들이 어떤 리스트에서는 더 느리게 더해지는가?",
    prediction: Prediction {
        text: "실수 200,000개를 하나씩 상자에 담아 포인터만 늘어놓음. \
               포인터의 차례를 섞으면, 만든 차례대로일 때보다 합이 몇 배 \
               느려질까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 128,
};

const GUESSES: &[(&str, &str)] =
    &[("1", "같음"), ("1.7", "2배쯤"), ("5", "5배쯤"), ("20", "20배쯤")];

lab::choices! {
    /// 실수를 놓는 방법.
    pub enum Layout {
        Flat = "flat", "평평한 배열";
        InOrder = "boxed_in_order", "차례대로 상자";
        Shuffled = "boxed_shuffled", "섞인 상자";
        Tagged = "struct_of_arrays", "값 배열과 꼬리표 배열";
    }
}

impl Layout {
    /// 견주는 차례: 평평한 둘이 먼저.
    const COMPARED: [Layout; 4] =
        [Layout::Flat, Layout::Tagged, Layout::InOrder, Layout::Shuffled];
}

lab::choices! {
    /// 모형이 가정하는 포인터와 상자의 크기.
    pub enum Width {
        W64 = "64", "64비트 (상자 32바이트)";
        W32 = "32", "32비트 (상자 16바이트)";
    }
}

impl Width {
    /// 포인터의 바이트.
    fn pointer(self) -> u64 {
        match self {
            Width::W64 => 8,
            Width::W32 => 4,
        }
    }

    /// 할당기가 상자 하나에 내주는 바이트.
    fn slot(self) -> u64 {
        self.pointer() * 4
    }
}

lab::params! {
    /// 정수 값을 가진 f64 `n`개를 더함.
    pub struct Params {
        n: u64 = 200_000, int("실수의 수").unit("개")
            .browser(1_000, 1_000_000).native(1_000, 20_000_000).log();
        layout: Layout = Layout::Shuffled, choice("놓는 방법");
        width: Width = Width::W64, choice("모형의 폭")
            .hint("라인을 세는 모형에만 씀. 32비트는 WASM의 폭임. 시간은 이 \
                   기기의 할당기를 따름");
        seed: u64 = 42, int("씨앗").hint("상자를 섞을 때만 씀");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 동시에 더하는 갈래. 하나로 더하면 덧셈의 지연 시간이 차이를 가림.
const LANES: usize = 8;

// ANCHOR: kernel
/// 앞에서부터 여덟 갈래로 나누어 더함. 정수 값이라 차례가 달라도 같음.
pub fn sum<T>(
    items: &[T],
    read: impl Fn(&T) -> f64,
    mut watch: impl FnMut(usize),
) -> f64 {
    let mut lanes = [0.0; LANES];
    for (i, chunk) in items.chunks(LANES).enumerate() {
        for (j, (lane, item)) in lanes.iter_mut().zip(chunk).enumerate() {
            watch(i * LANES + j);
            *lane += read(item); // step: read
        }
    }
    lanes.iter().sum()
}

/// 값이 줄지어 있음.
pub fn sum_flat(values: &[f64], watch: impl FnMut(usize)) -> f64 {
    sum(values, |value| *value, watch)
}

/// 포인터가 줄지어 있고 값은 저마다의 상자에 있음.
pub fn sum_boxed(boxes: &[Box<f64>], watch: impl FnMut(usize)) -> f64 {
    sum(boxes, |each| **each, watch)
}

/// 꼬리표가 모두 실수이면 값 배열만 더함.
pub fn sum_tagged(
    tags: &[u8],
    values: &[f64],
    watch: impl FnMut(usize),
) -> Option<f64> {
    let floats = tags.iter().fold(true, |all, tag| all & (*tag == FLOAT));
    floats.then(|| sum_flat(values, watch))
}
// ANCHOR_END: kernel

/// 실수를 나타내는 꼬리표.
const FLOAT: u8 = b'f';

/// 캐시가 옮기는 단위, 바이트.
const LINE: u64 = 64;

/// 더할 값: 0, 1, …, 999를 되풀이함.
fn value(i: u64) -> f64 {
    (i % 1_000) as f64
}

/// 더하는 차례마다 상자의 자리. 자리는 만든 차례임.
fn slots(p: &Params) -> Vec<u32> {
    let mut slots: Vec<u32> = (0..p.n as u32).collect();
    SplitMix64::new(p.seed).shuffle(&mut slots);
    slots
}

/// 놓는 방법 하나가 드는 것.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cost {
    /// 차지하는 바이트.
    bytes: u64,
    /// 합 한 번에 들이는 캐시 라인.
    lines: u64,
}

/// 줄지은 `n`개를 처음부터 끝까지 읽을 때 지나는 라인.
fn stream(n: u64, each: u64) -> u64 {
    (n * each).div_ceil(LINE)
}

/// 바로 앞과 다른 라인에 있는 상자를 읽은 횟수.
fn line_changes(slots: &[u32], width: Width) -> u64 {
    let per_line = (LINE / width.slot()) as u32;
    let mut last = None;
    let mut changes = 0;
    for slot in slots {
        let line = Some(slot / per_line);
        changes += u64::from(line != last);
        last = line;
    }
    changes
}

fn cost(layout: Layout, p: &Params, slots: &[u32]) -> Cost {
    let (pointer, slot) = (p.width.pointer(), p.width.slot());
    let pointers = stream(p.n, pointer);
    let (each, lines) = match layout {
        Layout::Flat => (8, stream(p.n, 8)),
        Layout::Tagged => (9, stream(p.n, 8) + stream(p.n, 1)),
        Layout::InOrder => (pointer + slot, pointers + stream(p.n, slot)),
        Layout::Shuffled => {
            (pointer + slot, pointers + line_changes(slots, p.width))
        }
    };
    Cost { bytes: p.n * each, lines }
}

/// 재는 네 가지. 상자 둘은 따로 만들어 하나만 섞음.
// 쓸데없는 상자가 바로 재려는 것임
#[allow(clippy::vec_box)]
pub struct Rivals {
    flat: Vec<f64>,
    tags: Vec<u8>,
    in_order: Vec<Box<f64>>,
    shuffled: Vec<Box<f64>>,
}

impl Rivals {
    pub fn new(n: u64, seed: u64) -> Self {
        let boxes = || (0..n).map(|i| Box::new(value(i))).collect();
        let in_order: Vec<Box<f64>> = boxes();
        let mut shuffled: Vec<Box<f64>> = boxes();
        SplitMix64::new(seed).shuffle(&mut shuffled);
        Rivals {
            flat: (0..n).map(value).collect(),
            tags: vec![FLOAT; n as usize],
            in_order,
            shuffled,
        }
    }

    /// 이 방법으로 더한 합.
    pub fn sum(&self, layout: Layout) -> f64 {
        match layout {
            Layout::Flat => sum_flat(&self.flat, |_| {}),
            Layout::Tagged => {
                sum_tagged(&self.tags, &self.flat, |_| {}).unwrap_or_default()
            }
            Layout::InOrder => sum_boxed(&self.in_order, |_| {}),
            Layout::Shuffled => sum_boxed(&self.shuffled, |_| {}),
        }
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 2, "상자 만들기")?;
    let total = Rivals::new(p.n, p.seed).sum(p.layout) as u64;
    ctx.progress(1, 2, "라인 세기")?;
    let slots = slots(p);
    let costs =
        Layout::COMPARED.map(|layout| (layout, cost(layout, p, &slots)));
    let mine = cost(p.layout, p, &slots);
    let shuffled = cost(Layout::Shuffled, p, &slots);
    Ok(Report::default()
        .answer("sum", total)
        .answer("bytes", mine.bytes)
        .answer("lines", mine.lines)
        .answer("shuffled_lines", shuffled.lines)
        .checksum(&[total, mine.bytes, mine.lines])
        .view(View::Table(summary(p, &costs)))
        .view(View::Chart(bars(p, &costs)))
        .view(View::Trace(replay(p))))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let shuffled = report.int("shuffled_lines").unwrap_or(0);
    let ordered = cost(Layout::InOrder, &p, &[]).lines;
    let lines = format!(
        "모형에서 들이는 캐시 라인은 {}개에서 {}개로 {}배가 됨.",
        format::int(ordered),
        format::int(shuffled),
        format::fixed(shuffled as f64 / ordered as f64, 2)
    );
    let [before, after] =
        [Layout::InOrder, Layout::Shuffled].map(Layout::label);
    match report.compared(after, before) {
        Some(both) => {
            let sentence = format!(
                "원소 하나에 차례대로면 {}, 섞이면 {}임. {lines}",
                format::time(both.fast),
                format::time(both.slow)
            );
            Verdict::compared(GUESSES, &both, sentence)
        }
        None => Verdict {
            headline: "아직 모름".into(),
            sentence: format!("시간을 재야 나옴. {lines}"),
            ..Verdict::default()
        },
    }
}

fn summary(p: &Params, costs: &[(Layout, Cost)]) -> Table {
    let row = |(layout, cost): &(Layout, Cost)| {
        let moved = cost.lines * LINE;
        vec![
            layout.label().into(),
            cost.bytes.into(),
            Cell::fixed(cost.bytes as f64 / p.n as f64, 1),
            cost.lines.into(),
            moved.into(),
            Cell::fixed(100.0 * (8 * p.n) as f64 / moved as f64, 1),
        ]
    };
    Table {
        title: format!("실수 {}개를 더할 때", format::int(p.n)),
        badge: Badge::Model,
        columns: vec![
            Column::text("놓는 방법"),
            Column::number("차지함", "바이트"),
            Column::number("하나에", "바이트"),
            Column::number("들이는 라인", "개"),
            Column::number("들이는 양", "바이트"),
            Column::number("그 가운데 값", "%"),
        ],
        rows: costs.iter().map(row).collect(),
    }
}

fn bars(p: &Params, costs: &[(Layout, Cost)]) -> Chart {
    let names = costs.iter().map(|(layout, _)| layout.label());
    let points = costs.iter().enumerate().map(|(i, (_, cost))| {
        (i as f64, cost.lines as f64 / p.n as f64).into()
    });
    Chart {
        title: "실수 하나를 더할 때 들이는 캐시 라인".into(),
        badge: Badge::Model,
        x: Axis::category("놓는 방법", names),
        y: Axis::linear("실수당 라인", "개"),
        series: vec![Series {
            name: "라인".into(),
            shape: Shape::Bar,
            points: points.collect(),
        }],
        marks: Vec::new(),
    }
}

/// 재생하는 실수의 수.
const REPLAY: u64 = 16;

fn replay(p: &Params) -> Trace {
    let p = Params { n: REPLAY, ..p.clone() };
    let slots = match p.layout {
        Layout::Shuffled => slots(&p),
        _ => (0..REPLAY as u32).collect(),
    };
    let boxed = matches!(p.layout, Layout::InOrder | Layout::Shuffled);
    let each = if boxed { p.width.slot() } else { 8 };
    let per_line = LINE / each;
    let mut frames: Vec<Frame> = Vec::new();
    let mut seen: Vec<u64> = Vec::new();
    let mut lines = 0;
    let rivals: Vec<f64> = (0..REPLAY).map(value).collect();
    sum_flat(&rivals, |i| {
        let slot = u64::from(slots[i]);
        let line = slot / per_line;
        let new = seen.last().is_none_or(|last| last / per_line != line);
        lines += u64::from(new);
        let what = match new {
            true => format!("{line}번 라인을 들임"),
            false => "방금 들인 라인에 있음".into(),
        };
        let tone = |at: u64| match at {
            at if at == slot => Tone::Hit,
            at if at / per_line == line => Tone::Now,
            at if seen.contains(&at) => Tone::Seen,
            _ => Tone::Plain,
        };
        let cells = (0..REPLAY).map(|at| LaneCell {
            at,
            text: value(at).to_string(),
            tone: tone(at),
        });
        let place = if boxed { "상자" } else { "값 배열" };
        let mut lanes = vec![Lane {
            label: format!("{place}: 라인마다 {per_line}개"),
            size: REPLAY,
            cells: cells.collect(),
            group: per_line,
        }];
        if boxed {
            let pointers = slots.iter().zip(0..).map(|(to, at)| LaneCell {
                at,
                text: format!("→{to}"),
                tone: if at == i as u64 { Tone::Hit } else { Tone::Plain },
            });
            lanes.push(Lane {
                label: "포인터 배열".into(),
                size: REPLAY,
                cells: pointers.collect(),
                group: LINE / p.width.pointer(),
            });
        }
        let jump = seen.last().map(|last| (*last, slot));
        seen.push(slot);
        frames.push(Frame {
            step: "read".into(),
            say: format!("{}번째로 {slot}번 자리를 읽음: {what}", i + 1),
            counters: vec![
                ("더한 실수".into(), format!("{}개", i + 1)),
                ("들인 라인(값)".into(), format!("{lines}개")),
            ],
            lanes,
            jumps: jump.into_iter().collect(),
        });
    });
    Trace {
        title: format!("{}: 실수 {REPLAY}개 더하기", p.layout.label()),
        badge: Badge::Model,
        frames,
    }
}

const ALLOCATOR: &str = "상자의 실제 자리는 할당기가 정함: 페이지에서는 \
    dlmalloc, 네이티브에서는 운영체제의 할당기임. 두 상자 배열은 잇따라 \
    새로 만들어, 차례대로인 쪽은 주소도 거의 차례대로임.";

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    ctx.progress(0, 1, "상자 만들기")?;
    let rivals = Rivals::new(p.n, p.seed);
    let case = |layout: Layout| {
        let rivals = &rivals;
        Case::new(layout.label(), p.n, move || rivals.sum(layout) as u64)
    };
    let cases = Layout::COMPARED.map(case).into();
    let mut views = compare(ctx, "합 한 번", "실수 하나", cases)?;
    views.push(note(ALLOCATOR));
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    #[test]
    fn every_layout_has_the_same_sum() {
        for n in [1_000, 1_003, 12_345] {
            let rivals = Rivals::new(n, 7);
            let want: u64 = (0..n).map(|i| i % 1_000).sum();
            for layout in Layout::COMPARED {
                assert_eq!(rivals.sum(layout) as u64, want, "{layout:?}");
            }
        }
    }

    /// 섞어도 상자는 빠짐없이 한 번씩 읽음.
    #[test]
    fn shuffled_slots_are_a_permutation() {
        let p = Params { n: 5_000, ..Params::default() };
        let mut slots = slots(&p);
        assert_ne!(slots[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        slots.sort_unstable();
        assert!(slots.iter().zip(0..).all(|(slot, i)| *slot == i));
    }

    /// 손으로 센 것: 200,000개, 64비트.
    #[test]
    fn lines_by_hand() {
        let lines = |layout: &str, width: &str| {
            let pairs = [("layout", layout), ("width", width)];
            let report = run_with("boxed_vs_flat", &pairs);
            assert_eq!(report.int("sum"), Some(200 * 499_500));
            let int = |key| report.int(key).unwrap();
            (int("bytes"), int("lines"))
        };
        assert_eq!(lines("flat", "64"), (1_600_000, 25_000));
        let tagged = (1_800_000, 25_000 + 3_125);
        assert_eq!(lines("struct_of_arrays", "64"), tagged);
        let boxed = (8_000_000, 25_000 + 100_000);
        assert_eq!(lines("boxed_in_order", "64"), boxed);
        let narrow = (4_000_000, 12_500 + 50_000);
        assert_eq!(lines("boxed_in_order", "32"), narrow);
        // 앞의 상자와 한 라인일 확률은 1/199,999
        let (bytes, lines) = lines("boxed_shuffled", "64");
        assert_eq!(bytes, 8_000_000);
        assert!((224_990..=225_000).contains(&lines), "{lines}");
    }

    /// 차례대로 놓인 상자는 세는 것과 식이 같음.
    #[test]
    fn counting_in_order_is_the_formula() {
        for width in [Width::W64, Width::W32] {
            let p = Params { n: 1_001, width, ..Params::default() };
            let slots: Vec<u32> = (0..1_001).collect();
            let counted = cost(Layout::Shuffled, &p, &slots);
            assert_eq!(counted, cost(Layout::InOrder, &p, &[]));
        }
    }

    #[test]
    fn the_prediction_waits_for_the_clock() {
        let verdict = run_with("boxed_vs_flat", &[]).verdict.unwrap();
        assert!(verdict.is_pending());
        assert!(verdict.sentence.contains("125,000개에서 22"));
    }
}
