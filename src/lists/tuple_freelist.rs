//! 버린 튜플은 어디로 가나: 길이별 자유 목록.
//!
//! 한도의 출처는 CPython 3.14
//! `Include/internal/pycore_freelist_state.h`의 `PyTuple_MAXSAVESIZE`와
//! `Py_tuple_MAXFREELIST`, 꺼내고 넣는 곳은 `Objects/tupleobject.c`의
//! `tuple_alloc`과 `tuple_dealloc`.

use std::hint::black_box;

use lab::measure::{Case, compare};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Mark,
    Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 작은 튜플은 새로 만들어도 싼가?",
    prediction: Prediction {
        text: "튜플을 만들고 곧바로 버리기를 10,000번 함. 길이가 21이면 \
               20일 때보다 할당기를 몇 번 더 부를까?",
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
    /// 만들고 버리는 차례.
    pub enum Workload {
        PingPong = "ping_pong", "만들고 곧바로 버림";
        Burst = "burst", "한 무더기를 만들고 모두 버림";
        Mixed = "mixed", "길이가 섞인 무더기";
    }
}

lab::params! {
    /// 튜플 `n`개를 만들고 버림.
    pub struct Params {
        n: u64 = 10_000, int("만드는 튜플").unit("개")
            .browser(1, 500_000).native(1, 10_000_000).log();
        length: u64 = 3, int("길이").range(1, 64)
            .hint("섞인 무더기에서는 1부터 이 길이까지");
        workload: Workload = Workload::PingPong, choice("차례");
        pile: u64 = 3_000, int("한 무더기").unit("개").range(1, 10_000).log()
            .hint("곧바로 버리는 차례에서는 쓰지 않음");
        maxlen: u64 = 20, int("쌓는 최대 길이").range(1, 32);
        cap: u64 = 2_000, int("길이마다의 한도").unit("개").range(0, 5_000);
        seed: u64 = 42, int("씨앗").hint("섞인 무더기에만 씀");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// 자유 목록에서 꺼냄.
    Hit { block: u64 },
    /// 할당기를 부름.
    Malloc { block: u64 },
    /// 자유 목록에 쌓음.
    Keep { block: u64 },
    /// 할당기에 돌려줌.
    Free { block: u64 },
}

impl Step {
    fn tag(self) -> &'static str {
        match self {
            Step::Hit { .. } => "hit",
            Step::Malloc { .. } => "malloc",
            Step::Keep { .. } => "keep",
            Step::Free { .. } => "free",
        }
    }
}

/// 길이별 자유 목록. 메모리는 할당한 차례의 번호로만 나타냄.
#[derive(Clone, Debug)]
pub struct FreeLists {
    /// 길이 1부터의 더미.
    stacks: Vec<Vec<u64>>,
    cap: u64,
    /// 다음에 할당할 번호.
    next: u64,
}

// ANCHOR: kernel
impl FreeLists {
    pub fn new(maxlen: u64, cap: u64) -> Self {
        let stacks = vec![Vec::new(); maxlen as usize];
        FreeLists { stacks, cap, next: 0 }
    }

    /// 이 길이의 더미. 너무 길면 없음.
    fn stack(&mut self, length: u64) -> Option<&mut Vec<u64>> {
        self.stacks.get_mut(length as usize - 1)
    }

    /// 튜플 하나의 메모리. 마지막에 버린 것을 먼저 꺼냄.
    pub fn make(&mut self, length: u64, mut watch: impl FnMut(Step)) -> u64 {
        if let Some(block) = self.stack(length).and_then(Vec::pop) {
            watch(Step::Hit { block });
            return block; // step: hit
        }
        let block = self.next;
        self.next += 1;
        watch(Step::Malloc { block });
        block // step: malloc
    }

    /// 튜플 하나를 버림. 더미가 찼거나 너무 길면 할당기에 돌려줌.
    pub fn discard(
        &mut self,
        length: u64,
        block: u64,
        mut watch: impl FnMut(Step),
    ) {
        let cap = self.cap as usize;
        match self.stack(length) {
            Some(stack) if stack.len() < cap => {
                stack.push(block); // step: keep
                watch(Step::Keep { block });
            }
            _ => watch(Step::Free { block }), // step: free
        }
    }
}
// ANCHOR_END: kernel

/// 정해진 차례로 만들고 버림. 순간마다 길이와 함께 알림.
pub fn play(p: &Params, mut watch: impl FnMut(&FreeLists, u64, Step)) {
    let mut lists = FreeLists::new(p.maxlen, p.cap);
    let mut rng = SplitMix64::new(p.seed);
    let pile = match p.workload {
        Workload::PingPong => 1,
        Workload::Burst | Workload::Mixed => p.pile,
    };
    let mut live = Vec::new();
    let mut left = p.n;
    let mut happened = Vec::new();
    while left > 0 {
        for _ in 0..pile.min(left) {
            let length = match p.workload {
                Workload::Mixed => 1 + rng.below(p.length),
                _ => p.length,
            };
            let block = lists.make(length, |step| happened.push(step));
            happened.drain(..).for_each(|s| watch(&lists, length, s));
            live.push((length, block));
            left -= 1;
        }
        for (length, block) in live.drain(..) {
            lists.discard(length, block, |step| happened.push(step));
            happened.drain(..).for_each(|s| watch(&lists, length, s));
        }
    }
}

/// 한 차례에 든 일.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Work {
    mallocs: u64,
    hits: u64,
    kept: u64,
    frees: u64,
}

impl Work {
    fn of(p: &Params) -> Self {
        let mut work = Work::default();
        play(p, |_, _, step| match step {
            Step::Hit { .. } => work.hits += 1,
            Step::Malloc { .. } => work.mallocs += 1,
            Step::Keep { .. } => work.kept += 1,
            Step::Free { .. } => work.frees += 1,
        });
        work
    }
}

/// 같은 차례를 길이만 바꿔.
fn at_length(p: &Params, length: u64) -> Work {
    Work::of(&Params { length, ..p.clone() })
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let mine = Work::of(p);
    let last = p.maxlen + 4;
    let mut by_length = Vec::new();
    for length in 1..=last {
        ctx.progress(length, last, "길이마다 세기")?;
        by_length.push((length, at_length(p, length)));
    }
    let [inside, outside] =
        [p.maxlen, p.maxlen + 1].map(|n| at_length(p, n).mallocs);
    Ok(Report::default()
        .answer("mallocs", mine.mallocs)
        .answer("hits", mine.hits)
        .answer("kept", mine.kept)
        .answer("frees", mine.frees)
        .answer("mallocs_inside", inside)
        .answer("mallocs_outside", outside)
        .checksum(&[mine.mallocs, mine.hits, mine.kept, mine.frees])
        .view(View::Table(summary(p, mine)))
        .view(View::Chart(cliff(p, &by_length)))
        .view(View::Trace(replay(p))))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let int = |key| report.int(key).unwrap_or(0);
    let (inside, outside) = (int("mallocs_inside"), int("mallocs_outside"));
    let more = outside.saturating_sub(inside);
    let from = match p.workload {
        Workload::Mixed => "1–",
        _ => "",
    };
    let sentence = format!(
        "튜플 {}개를 이 차례로 만들고 버리면 할당기를 부르는 횟수는 \
         길이 {from}{}에서 {}번, 길이 {from}{}에서 {}번임.",
        format::int(p.n),
        p.maxlen,
        format::int(inside),
        p.maxlen + 1,
        format::int(outside)
    );
    Verdict::number(format!("{}번", format::int(more)), more as f64, sentence)
}

fn summary(p: &Params, work: Work) -> Table {
    // 10,000번에 한 번도 0.0%가 되지 않게
    let share = |part: u64| Cell::fixed(100.0 * part as f64 / p.n as f64, 2);
    let row =
        |name: &str, count: u64| vec![name.into(), count.into(), share(count)];
    Table {
        title: format!("{}: 튜플 {}개", p.workload.label(), format::int(p.n)),
        badge: Badge::Model,
        columns: vec![
            Column::text("일"),
            Column::number("횟수", "번"),
            Column::number("만든 튜플에 대한 비율", "%"),
        ],
        rows: vec![
            row("자유 목록에서 꺼냄", work.hits),
            row("할당기를 부름", work.mallocs),
            row("자유 목록에 쌓음", work.kept),
            row("할당기에 돌려줌", work.frees),
        ],
    }
}

/// 길이마다 할당기를 부른 횟수: 쌓는 최대 길이에서 절벽이 됨.
fn cliff(p: &Params, by_length: &[(u64, Work)]) -> Chart {
    let points = by_length
        .iter()
        .map(|(length, work)| (*length as f64, work.mallocs as f64).into());
    let length = match p.workload {
        Workload::Mixed => "섞인 것 가운데 가장 긴 길이",
        _ => "길이",
    };
    Chart {
        title: format!("길이마다 할당기를 부른 횟수: {}", p.workload.label()),
        badge: Badge::Model,
        x: Axis::linear(length, ""),
        y: Axis::linear("할당", "번"),
        series: vec![Series {
            name: "할당".into(),
            shape: Shape::Bar,
            points: points.collect(),
        }],
        marks: vec![Mark {
            axis: AxisName::X,
            at: p.maxlen as f64,
            label: format!("쌓는 최대 길이 {}", p.maxlen),
        }],
    }
}

/// 재생하는 작은 차례: 무더기 4개, 길이 3까지 3개씩.
fn replay(p: &Params) -> Trace {
    let maxlen = p.maxlen.min(3);
    // 곧바로 버리면 한 번호만 오가므로 작은 무더기로 바꿔 보임
    let workload = match p.workload {
        Workload::PingPong => Workload::Burst,
        workload => workload,
    };
    let too_long = p.length > p.maxlen;
    let small = Params {
        n: 10,
        pile: 4,
        cap: p.cap.min(3),
        length: if too_long { maxlen + 1 } else { p.length.min(maxlen) },
        workload,
        maxlen,
        ..p.clone()
    };
    let mut frames = Vec::new();
    play(&small, |lists, length, step| {
        let (block, did) = match step {
            Step::Hit { block } => (block, "더미에서 꺼냄"),
            Step::Malloc { block } => (block, "할당기에서 받음"),
            Step::Keep { block } => (block, "더미에 쌓음"),
            Step::Free { block } => (block, "할당기에 돌려줌"),
        };
        frames.push(Frame {
            step: step.tag().into(),
            say: format!("길이 {length}: {block}번 메모리를 {did}"),
            counters: vec![("할당".into(), format!("{}번", lists.next))],
            lanes: lanes(lists, block),
            jumps: Vec::new(),
        });
    });
    Trace {
        title: format!(
            "4개씩 만들고 버림: 길이 {maxlen}까지 {}개씩만 쌓음",
            small.cap
        ),
        badge: Badge::Model,
        frames,
    }
}

/// 길이마다의 더미. 오른쪽 끝이 다음에 나갈 것임.
fn lanes(lists: &FreeLists, block: u64) -> Vec<Lane> {
    let stack = |(stack, length): (&Vec<u64>, u64)| Lane {
        label: format!("길이 {length}의 더미"),
        size: lists.cap.max(1),
        cells: stack
            .iter()
            .zip(0..)
            .map(|(each, at)| LaneCell {
                at,
                text: each.to_string(),
                tone: if *each == block { Tone::Hit } else { Tone::Plain },
            })
            .collect(),
        group: 0,
    };
    lists.stacks.iter().zip(1..).map(stack).collect()
}

/// 레코드 하나: 튜플의 머리와 원소 셋쯤의 크기.
type Record = [u64; 6];

/// 레코드마다 새로 할당함.
pub fn with_boxes(n: u64) -> u64 {
    (0..n).fold(0, |sum: u64, i| {
        let record: Box<Record> = black_box(Box::new([i; 6]));
        sum.wrapping_add(record[0])
    })
}

/// 버린 상자를 모아 두었다 다시 씀.
pub fn with_pool(n: u64) -> u64 {
    let mut pool: Vec<Box<Record>> = Vec::new();
    (0..n).fold(0, |sum: u64, i| {
        let mut record = pool.pop().unwrap_or_default();
        *record = [i; 6];
        let record = black_box(record);
        let sum = sum.wrapping_add(record[0]);
        pool.push(record);
        sum
    })
}

/// 스택에 둠: 할당이 없음.
pub fn with_stack(n: u64) -> u64 {
    (0..n).fold(0, |sum: u64, i| {
        let record: Record = black_box([i; 6]);
        sum.wrapping_add(record[0])
    })
}

/// 재는 횟수의 한도.
const MEASURED: u64 = 100_000;

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let n = p.n.min(MEASURED);
    let cases = vec![
        Case::new("Box: 매번 할당", n, || with_boxes(black_box(n))),
        Case::new("풀: 모아 두고 다시 씀", n, || {
            with_pool(black_box(n))
        }),
        Case::new("스택: 할당 없음", n, || with_stack(black_box(n))),
    ];
    compare(ctx, "48바이트 레코드를 만들고 버리기", "레코드 하나", cases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 할당과 꺼냄.
    fn work(pairs: &[(&str, &str)]) -> (u64, u64) {
        let report = run_with("tuple_freelist", pairs);
        let int = |key| report.int(key).unwrap();
        assert_eq!(int("mallocs"), int("frees") + in_stacks(&report));
        (int("mallocs"), int("hits"))
    }

    /// 끝났을 때 더미에 남은 것.
    fn in_stacks(report: &Report) -> u64 {
        report.int("kept").unwrap() - report.int("hits").unwrap()
    }

    #[test]
    fn anchors_of_the_spec() {
        assert_eq!(work(&[]), (1, 9_999));
        assert_eq!(work(&[("length", "20")]), (1, 9_999));
        assert_eq!(work(&[("length", "21")]), (10_000, 0));
    }

    /// 3,000개 무더기: 더미는 2,000개뿐이라 나머지는 늘 새로 할당함.
    #[test]
    fn a_pile_beyond_the_cap_mallocs_the_rest() {
        let burst = [("workload", "burst"), ("n", "9000")];
        assert_eq!(work(&burst), (3_000 + 1_000 + 1_000, 4_000));
        // 없애면 늘 할당함
        let none = [("workload", "burst"), ("cap", "0")];
        assert_eq!(work(&none), (10_000, 0));
    }

    #[test]
    fn the_default_prediction() {
        let verdict = run_with("tuple_freelist", &[]).verdict.unwrap();
        assert_eq!(verdict.number, Some(9_999.0));
    }

    /// 한 번뿐인 할당도 비율에 보임.
    #[test]
    fn one_in_ten_thousand_is_not_nothing() {
        let p = Params::default();
        let rows = summary(&p, Work::of(&p)).rows;
        let shares: Vec<&str> = rows.iter().map(|r| &*r[2].text).collect();
        assert_eq!(shares, ["99.99", "0.01", "100.00", "0.00"]);
    }

    /// 섞인 무더기의 가로축은 한 길이가 아니라 가장 긴 길이임.
    #[test]
    fn the_cliff_names_its_lengths() {
        let axis = |workload| {
            let p = Params { workload, ..Params::default() };
            cliff(&p, &[(1, Work::default())]).x.label
        };
        assert_eq!(axis(Workload::Burst), "길이");
        assert_eq!(axis(Workload::Mixed), "섞인 것 가운데 가장 긴 길이");
    }

    /// 마지막에 버린 것이 먼저 나옴.
    #[test]
    fn last_out_is_first_in() {
        let mut lists = FreeLists::new(20, 2_000);
        let blocks: Vec<u64> = (0..3).map(|_| lists.make(3, |_| {})).collect();
        for block in &blocks {
            lists.discard(3, *block, |_| {});
        }
        let again: Vec<u64> = (0..3).map(|_| lists.make(3, |_| {})).collect();
        assert_eq!(again, [2, 1, 0]);
        // 다른 길이의 더미는 쓰지 않음
        lists.discard(3, 0, |_| {});
        assert_eq!(lists.make(4, |_| {}), 3);
    }

    #[test]
    fn every_way_of_making_agrees() {
        assert_eq!(with_boxes(1_000), 499_500);
        assert_eq!(with_pool(1_000), 499_500);
        assert_eq!(with_stack(1_000), 499_500);
    }
}
