//! 할당 프로파일: 같은 일을 세 가지로 하며 할당의 횟수와 바이트를 셈.
//!
//! 시험 `tests/alloc_profile.rs`가 장부를 진짜 할당기와 견줌.

use std::hint::black_box;

use allocator_api2::SliceExt;
use allocator_api2::alloc::{Allocator, Global};
use allocator_api2::vec::Vec as VecIn;
use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series, Shape,
    Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format,
};

use super::heap::{Counted, Ledger, counted, ledger};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 최대 메모리를 줄였는데 할당은 그대로인가?",
    prediction: Prediction {
        text: "로그의 줄을 모두 모으던 것을 한 줄씩 읽고 버리게 고치면 최대 \
               메모리는 수천분의 1이 됨. 할당하는 횟수는 몇 배가 될까?",
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

const GUESSES: &[(&str, &str)] = &[
    ("1", "거의 그대로"),
    ("0.1", "10분의 1쯤"),
    ("0.01", "100분의 1쯤"),
    ("0.001", "1,000분의 1쯤"),
];

lab::choices! {
    /// 줄을 쥐는 방법.
    pub enum Variant {
        Collect = "collect", "모두 모음";
        Stream = "stream", "한 줄씩 버림";
        Reuse = "reuse", "버퍼 하나를 다시 씀";
    }
}

lab::params! {
    /// 로그를 한 번 훑어 바이트를 모두 더함.
    pub struct Params {
        lines: u64 = 5_000, int("로그의 줄").unit("줄")
            .browser(100, 100_000).native(100, 1_000_000).log();
        longest: u64 = 200, int("가장 긴 줄").unit("바이트").range(16, 512)
            .hint("줄의 길이는 16부터 여기까지 고르게 나옴");
        variant: Variant = Variant::Collect, choice("재생할 방법");
        seed: u64 = 42, int("씨앗");
    }
    check = |_: &Params, _: Scope| Ok(());
}

const SHORTEST: u64 = 16;
const LETTERS: usize = 26;

/// 운영체제가 읽어 둔 글인 셈 침: 줄마다 이 위의 한 구간임.
static TEXT: [u8; LETTERS + 512] = {
    let mut text = [0; LETTERS + 512];
    let mut at = 0;
    while at < text.len() {
        text[at] = b'a' + (at % LETTERS) as u8;
        at += 1;
    }
    text
};

/// 씨앗에서 만드는 로그의 줄들. 스스로는 아무것도 할당하지 않음.
struct Log {
    rng: SplitMix64,
    left: u64,
    longest: u64,
}

impl Iterator for Log {
    type Item = &'static [u8];

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let start = self.rng.below(LETTERS as u64) as usize;
        let length = SHORTEST + self.rng.below(self.longest - SHORTEST + 1);
        TEXT.get(start..start + length as usize)
    }
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// 줄 하나를 버퍼에 옮겨 담음.
    Read { length: usize, capacity: usize },
    /// 줄 하나를 더함.
    Use { length: usize },
    /// 쥐고 있던 것을 내놓음.
    Free { lines: usize },
}

impl Step {
    fn tag(self) -> &'static str {
        match self {
            Step::Read { .. } => "read",
            Step::Use { .. } => "use",
            Step::Free { .. } => "free",
        }
    }
}

// ANCHOR: kernel
/// 모두 모음: 줄마다 버퍼 하나, 그 버퍼들의 목록이 또 하나.
fn collect<A: Allocator + Copy>(
    log: Log,
    heap: A,
    watch: &mut impl FnMut(Step),
) -> u64 {
    let mut lines = VecIn::new_in(heap);
    for text in log {
        let line = SliceExt::to_vec_in(text, heap);
        let capacity = line.capacity();
        lines.push(line);
        watch(Step::Read { length: text.len(), capacity }); // step: read
    }
    let mut total = 0;
    for line in &lines {
        total += add(line, watch);
    }
    let count = lines.len();
    drop(lines);
    watch(Step::Free { lines: count }); // step: free
    total
}

/// 한 줄씩 버림: 다음 줄을 읽기 전에 이번 버퍼를 내놓음.
fn stream<A: Allocator + Copy>(
    log: Log,
    heap: A,
    watch: &mut impl FnMut(Step),
) -> u64 {
    let mut total = 0;
    for text in log {
        let line = SliceExt::to_vec_in(text, heap);
        let capacity = line.capacity();
        watch(Step::Read { length: text.len(), capacity }); // step: read
        total += add(&line, watch);
        drop(line);
        watch(Step::Free { lines: 1 }); // step: free
    }
    total
}

/// 버퍼 하나를 다시 씀: 더 긴 줄이 올 때만 키움.
fn reuse<A: Allocator + Copy>(
    log: Log,
    heap: A,
    watch: &mut impl FnMut(Step),
) -> u64 {
    let (mut buffer, mut total) = (VecIn::new_in(heap), 0);
    for text in log {
        if buffer.len() < text.len() {
            buffer.resize(text.len(), 0);
        }
        let capacity = buffer.capacity();
        let line = &mut buffer[..text.len()];
        line.copy_from_slice(text);
        watch(Step::Read { length: text.len(), capacity }); // step: read
        total += add(line, watch);
    }
    drop(buffer);
    watch(Step::Free { lines: 1 }); // step: free
    total
}

/// 줄 하나의 바이트를 더함.
fn add(line: &[u8], watch: &mut impl FnMut(Step)) -> u64 {
    watch(Step::Use { length: line.len() }); // step: use
    black_box(line).iter().map(|byte| u64::from(*byte)).sum()
}
// ANCHOR_END: kernel

/// 할당기 `heap`을 쓰며 이 방법으로 구한 합.
pub fn total<A: Allocator + Copy>(
    p: &Params,
    variant: Variant,
    heap: A,
    mut watch: impl FnMut(Step),
) -> u64 {
    let rng = SplitMix64::new(p.seed);
    let log = Log { rng, left: p.lines, longest: p.longest };
    match variant {
        Variant::Collect => collect(log, heap, &mut watch),
        Variant::Stream => stream(log, heap, &mut watch),
        Variant::Reuse => reuse(log, heap, &mut watch),
    }
}

/// 이 방법의 합과 장부.
pub fn profile(p: &Params, variant: Variant) -> (u64, Ledger) {
    counted(|| total(p, variant, Counted, |_| {}))
}

/// 방법 하나를 돌린 것.
struct Run {
    variant: Variant,
    ledger: Ledger,
    /// 읽은 줄, 그때 살아 있는 바이트(64비트).
    live: Vec<(u64, u64)>,
}

/// 그래프에 찍는 점의 수.
const SAMPLES: u64 = 120;

fn observe(p: &Params, variant: Variant) -> (u64, Run) {
    let (mut live, mut read) = (Vec::new(), 0);
    let every = p.lines.div_ceil(SAMPLES);
    let watch = |step| {
        if let Step::Read { .. } = step {
            read += 1;
            if read == 1 || read == p.lines || read % every == 0 {
                live.push((read, ledger().live.bytes(8)));
            }
        }
    };
    let (sum, ledger) = counted(|| total(p, variant, Counted, watch));
    (sum, Run { variant, ledger, live })
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let (mut runs, mut sum) = (Vec::new(), 0);
    let mut report = Report::default();
    for (at, variant) in (0..).zip(Variant::ALL) {
        ctx.progress(at, Variant::ALL.len() as u64, variant.label())?;
        let (total, run) = observe(p, variant);
        sum = total;
        let (name, seen) = (variant.value(), &run.ledger);
        report = report
            .answer(&format!("{name}_calls"), seen.calls)
            .answer(&format!("{name}_total_64"), seen.total.bytes(8))
            .answer(&format!("{name}_peak_64"), seen.peak_64)
            .answer(&format!("{name}_peak_32"), seen.peak_32);
        runs.push(run);
    }
    let exact = runs.iter().flat_map(|Run { ledger: seen, .. }| {
        [seen.calls, seen.total.bytes(8), seen.peak_64, seen.peak_32]
    });
    let exact: Vec<u64> = [sum].into_iter().chain(exact).collect();
    Ok(report
        .answer("sum", sum)
        .checksum(&exact)
        .view(View::Table(table(&runs)))
        .view(View::Chart(timeline(&runs)))
        .view(View::Chart(classes(&runs)))
        .view(View::Trace(replay(p))))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(0);
    let (before, after) = (int("collect_calls"), int("stream_calls"));
    let peak = int("collect_peak_64") / int("stream_peak_64").max(1);
    let sentence = format!(
        "할당은 {}번에서 {}번, 최대 메모리는 {}분의 1.",
        format::int(before),
        format::int(after),
        format::int(peak)
    );
    Verdict::ratio(GUESSES, after as f64 / before as f64, sentence)
}

fn table(runs: &[Run]) -> Table {
    let row = |Run { variant, ledger: seen, .. }: &Run| -> Vec<Cell> {
        vec![
            variant.label().into(),
            seen.calls.into(),
            seen.total.bytes(8).into(),
            seen.peak_64.into(),
            seen.peak_32.into(),
            seen.live.bytes(8).into(),
        ]
    };
    Table {
        title: "같은 합을 구하는 세 가지: 횟수, 누적, 최대, 지금".into(),
        badge: Badge::Exact,
        columns: vec![
            Column::text("방법"),
            Column::number("할당", "번"),
            Column::number("누적, 64비트", "바이트"),
            Column::number("최대, 64비트", "바이트"),
            Column::number("최대, 32비트", "바이트"),
            Column::number("끝난 뒤", "바이트"),
        ],
        rows: runs.iter().map(row).collect(),
    }
}

/// 메모리 프로파일러가 그리는 그림: 읽어 가며 쥔 바이트.
fn timeline(runs: &[Run]) -> Chart {
    let series = |run: &Run| Series {
        name: run.variant.label().into(),
        shape: Shape::Line,
        points: run
            .live
            .iter()
            .map(|(read, bytes)| (*read as f64, *bytes as f64).into())
            .collect(),
    };
    Chart {
        title: "읽어 가는 동안 살아 있는 바이트 (64비트)".into(),
        badge: Badge::Exact,
        x: Axis::linear("읽은 줄", "줄"),
        y: Axis::log("살아 있는 바이트", "바이트"),
        series: runs.iter().map(series).collect(),
        marks: Vec::new(),
    }
}

/// 크기별 할당 횟수: 점 하나가 두 배 안에 드는 크기들임.
fn classes(runs: &[Run]) -> Chart {
    let series = |run: &Run| Series {
        name: run.variant.label().into(),
        shape: Shape::Line,
        points: (0..)
            .zip(run.ledger.classes)
            .filter(|(_, calls)| *calls > 0)
            .map(|(class, calls)| (2f64.powi(class), calls.into()).into())
            .collect(),
    };
    Chart {
        title: "부탁한 크기별 할당 횟수 (점 하나가 그 크기의 반부터)".into(),
        badge: Badge::Exact,
        x: Axis::log("한 번에 부탁한 크기", "바이트"),
        y: Axis::log("할당 횟수", "번"),
        series: runs.iter().map(series).collect(),
        marks: Vec::new(),
    }
}

/// 재생하는 로그.
const REPLAY: Params =
    Params { lines: 6, longest: 48, variant: Variant::Collect, seed: 42 };
/// `Vec` 하나의 머리: 포인터, 길이, 용량.
const HEAD_WORDS: u64 = 3;

fn replay(p: &Params) -> Trace {
    let small = Params { variant: p.variant, seed: p.seed, ..REPLAY };
    let (mut frames, mut held) = (Vec::new(), Vec::new());
    let (mut read, mut used, mut before) = (0, 0, Ledger::default());
    let watch = |step: Step| {
        let seen = ledger();
        let calls = seen.calls - before.calls;
        let (now, say) = match step {
            Step::Read { length, capacity } => {
                if p.variant != Variant::Collect {
                    held.clear();
                }
                held.push((read, capacity));
                read += 1;
                let how = match calls {
                    0 => "있던 버퍼에 담음".to_owned(),
                    calls => format!("{calls}번 할당함"),
                };
                (
                    Some(read - 1),
                    format!("{read}번째 줄 {length}바이트: {how}"),
                )
            }
            Step::Use { length } => {
                used += 1;
                let say = format!("{used}번째 줄의 {length}바이트를 더함");
                (Some(used - 1), say)
            }
            Step::Free { lines } => {
                held.clear();
                (None, format!("버퍼 {lines}개를 내놓음"))
            }
        };
        before = seen;
        let cells = held.iter().map(|(at, capacity)| LaneCell {
            at: *at,
            text: capacity.to_string(),
            tone: match Some(*at) == now {
                true => Tone::Now,
                false => Tone::Plain,
            },
        });
        let slots = seen.live.words / HEAD_WORDS;
        let bytes = |n: u64| format!("{}바이트", format::int(n));
        frames.push(Frame {
            step: step.tag().into(),
            say,
            counters: vec![
                ("지금".into(), bytes(seen.live.bytes(8))),
                ("최대".into(), bytes(seen.peak_64)),
                ("할당".into(), format!("{}번", seen.calls)),
                ("목록의 자리".into(), format!("{slots}칸")),
            ],
            lanes: vec![Lane {
                label: "살아 있는 버퍼(바이트)".into(),
                size: small.lines,
                cells: cells.collect(),
                group: 0,
            }],
            jumps: Vec::new(),
        });
    };
    counted(|| total(&small, p.variant, Counted, watch));
    Trace {
        title: format!("{}: 줄 {}개", p.variant.label(), small.lines),
        badge: Badge::Exact,
        frames,
    }
}

/// 재는 방법들: 세지 않는 할당기로 같은 합을 구함.
pub fn rivals(p: &Params) -> Vec<Case<'_>> {
    // 가장 가벼운 것이 기준
    let order = [Variant::Reuse, Variant::Stream, Variant::Collect];
    let case = |each: Variant| {
        Case::new(each.label(), p.lines, move || {
            total(p, each, Global, |_| {})
        })
    };
    order.into_iter().map(case).collect()
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    compare(ctx, "같은 합을 구하는 시간", "줄 하나", rivals(p))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn lengths(p: &Params) -> Vec<u64> {
        let mut all = Vec::new();
        total(p, Variant::Reuse, Global, |step| {
            if let Step::Read { length, .. } = step {
                all.push(length as u64);
            }
        });
        all
    }

    /// 손으로 셈: 글은 길이만큼, 목록은 4칸부터 두 배씩, 한 칸은 낱말 셋.
    #[test]
    fn the_ledger_is_what_the_lengths_say() {
        for (lines, longest) in [(100, 16), (1_000, 200), (4_097, 512)] {
            let p = Params { lines, longest, ..Params::default() };
            let lengths = lengths(&p);
            let text: u64 = lengths.iter().sum();
            let slots = lines.next_power_of_two();
            let (sum, all) = profile(&p, Variant::Collect);
            assert_eq!(all.peak_64, text + 24 * slots);
            assert_eq!(all.peak_32, text + 12 * slots);
            assert_eq!(all.calls, lines + u64::from(slots.ilog2()) - 1);
            let most = lengths.iter().max().copied();
            let (same, one) = profile(&p, Variant::Stream);
            assert_eq!((same, Some(one.peak_64)), (sum, most));
            assert_eq!((one.calls, one.total.text), (lines, text));
            let (same, buffer) = profile(&p, Variant::Reuse);
            assert_eq!(same, sum);
            assert!((one.peak_64..2 * one.peak_64).contains(&buffer.peak_64));
            for seen in [all, one, buffer] {
                assert_eq!(seen.live.bytes(8), 0);
                let calls: u32 = seen.classes.iter().sum();
                assert_eq!(u64::from(calls), seen.calls);
            }
        }
    }

    #[test]
    fn the_default_run_keeps_its_calls() {
        let report = run_with("alloc_profile", &[]);
        let int = |key| report.int(key).unwrap();
        assert_eq!(int("collect_calls"), 5_012);
        assert_eq!(int("stream_calls"), 5_000);
        assert_eq!(int("stream_peak_64"), 200);
        assert!(int("reuse_calls") < 10);
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("1"));
    }

    #[test]
    fn rivals_agree() {
        let p = Params::default();
        let sum = profile(&p, Variant::Reuse).0;
        for mut rival in rivals(&p) {
            assert_eq!((rival.run)(), sum, "{}", rival.name);
        }
    }
}
