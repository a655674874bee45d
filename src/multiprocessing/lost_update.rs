//! 사라진 더하기: 읽고, 더하고, 적는 걸음이 섞이는 모든 차례를 셈.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::bins::bars;
use lab::measure::{Case, compare};
use lab::report::{
    Answer, Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series,
    Shape, Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 두 번 더했는데 1만 늘어나는가?",
    prediction: Prediction {
        text: "스레드들이 걸음을 섞는 모든 차례 가운데, 더하기를 하나라도 \
               잃는 것은 얼마나 될까? (처음 값은 두 스레드가 한 번씩)",
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
    ("0", "없음"),
    ("10", "10%쯤"),
    ("50", "절반쯤"),
    ("90", "90%쯤"),
    ("100", "거의 모두"),
];

lab::choices! {
    /// 더하기 하나를 하는 법.
    pub enum Variant {
        Plain = "plain", "읽고, 더하고, 적음";
        Lock = "lock", "락을 잡고 읽고, 더하고, 적음";
        Atomic = "atomic", "원자적 더하기 하나";
        Cas = "cas", "읽고, 더하고, CAS로 적음";
    }
}

lab::params! {
    /// 변수 하나에 여러 스레드가 1씩 더함.
    pub struct Params {
        variant: Variant = Variant::Plain, choice("더하는 법");
        threads: u64 = 2, int("스레드의 수").unit("개").range(2, 3);
        adds: u64 = 1, int("스레드마다 더하는 횟수").unit("번").range(1, 3)
            .hint("모든 차례를 셀 때");
        long_adds: u64 = 100, int("길게 더하는 횟수").unit("번")
            .range(1, 1_000).log().hint("차례를 무작위로 뽑을 때");
        rounds: u64 = 100, int("무작위 차례의 수").unit("개")
            .browser(1, 200).native(1, 10_000).log();
        seed: u64 = 42, int("씨앗");
    }
    check = check;
}

fn check(_: &Params, _: Scope) -> Result<(), Failure> {
    Ok(())
}

/// 가장 많은 스레드와, 모든 차례를 셀 때 가장 많이 더하는 횟수의 곱에 1.
const FINALS: usize = 10;

/// 스레드 하나: 남은 더하기, 다음 걸음, 읽어 둔 값.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Thread {
    left: u64,
    pc: usize,
    register: u64,
}

/// 변수 하나와 스레드들. 락을 쥔 스레드의 번호도 상태임.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    memory: u64,
    owner: Option<usize>,
    threads: Vec<Thread>,
}

/// 스레드가 내딛는 걸음. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Acquire,
    Load,
    Add,
    Store,
    Release,
    FetchAdd,
    Cas,
}

impl Variant {
    /// 더하기 하나의 걸음들.
    fn program(self) -> &'static [Op] {
        match self {
            Variant::Plain => &[Op::Load, Op::Add, Op::Store],
            Variant::Lock => {
                &[Op::Acquire, Op::Load, Op::Add, Op::Store, Op::Release]
            }
            Variant::Atomic => &[Op::FetchAdd],
            Variant::Cas => &[Op::Load, Op::Add, Op::Cas],
        }
    }
}

impl World {
    fn new(threads: u64, adds: u64) -> Self {
        let thread = Thread { left: adds, ..Thread::default() };
        let threads = vec![thread; threads as usize];
        World { memory: 0, owner: None, threads }
    }

    /// 지금 걸음을 내디딜 수 있는 스레드들.
    fn runnable(&self, variant: Variant) -> Vec<usize> {
        let can = |&id: &usize| {
            let thread = &self.threads[id];
            let waits = variant.program()[thread.pc] == Op::Acquire
                && self.owner.is_some();
            thread.left > 0 && !waits
        };
        (0..self.threads.len()).filter(can).collect()
    }

    // ANCHOR: kernel
    /// 스레드 하나가 한 걸음을 내디딤. CAS가 실패하면 처음부터 다시임.
    fn step(&mut self, variant: Variant, id: usize) -> (Op, bool) {
        let program = variant.program();
        let thread = &mut self.threads[id];
        let op = program[thread.pc];
        let mut done = true;
        match op {
            Op::Acquire => self.owner = Some(id), // step: acquire
            Op::Load => thread.register = self.memory, // step: load
            Op::Add => thread.register += 1,      // step: add
            Op::Store => self.memory = thread.register, // step: store
            Op::Release => self.owner = None,     // step: release
            Op::FetchAdd => self.memory += 1,     // step: fetch_add
            Op::Cas if self.memory + 1 == thread.register => {
                self.memory = thread.register; // step: cas
            }
            Op::Cas => done = false, // step: retry
        }
        thread.pc = if done { thread.pc + 1 } else { 0 };
        if thread.pc == program.len() {
            thread.left -= 1;
            // 끝난 뒤의 읽어 둔 값은 뜻이 없으니 같은 상태로 모음
            (thread.pc, thread.register) = (0, 0);
        }
        (op, done)
    }
    // ANCHOR_END: kernel
}

/// 마지막 값마다의 차례의 수. 되풀이하는 CAS의 차례는 64비트를 넘음.
type Finals = [u128; FINALS];

/// 모든 차례를 셈. 같은 상태에서 남은 차례는 같으므로 한 번만 셈.
struct Orders {
    variant: Variant,
    known: HashMap<World, Finals>,
}

impl Orders {
    fn new(variant: Variant) -> Self {
        Orders { variant, known: HashMap::new() }
    }

    fn count(&mut self, world: &World) -> Finals {
        if let Some(finals) = self.known.get(world) {
            return *finals;
        }
        let mut finals = [0; FINALS];
        let runnable = world.runnable(self.variant);
        if runnable.is_empty() {
            finals[world.memory as usize] = 1;
        }
        for id in runnable {
            let mut next = world.clone();
            next.step(self.variant, id);
            for (sum, more) in finals.iter_mut().zip(self.count(&next)) {
                *sum += more;
            }
        }
        self.known.insert(world.clone(), finals);
        finals
    }

    /// 가장 많이 잃는 차례 가운데 번호가 작은 스레드부터인 것.
    fn worst(&mut self, mut world: World) -> Vec<usize> {
        let mut path = Vec::new();
        let least = lowest(&self.count(&world));
        loop {
            let next = world.runnable(self.variant).into_iter().find(|id| {
                let mut after = world.clone();
                after.step(self.variant, *id);
                self.count(&after)[least] > 0
            });
            let Some(id) = next else { return path };
            world.step(self.variant, id);
            path.push(id);
        }
    }
}

/// 나올 수 있는 가장 작은 마지막 값.
fn lowest(finals: &Finals) -> usize {
    finals.iter().position(|count| *count > 0).unwrap_or(0)
}

/// 걸음마다 내디딜 스레드를 무작위로 뽑은 차례의 마지막 값.
fn random_final(p: &Params, rng: &mut SplitMix64) -> u64 {
    let mut world = World::new(p.threads, p.long_adds);
    loop {
        let runnable = world.runnable(p.variant);
        if runnable.is_empty() {
            return world.memory;
        }
        let pick = rng.below(runnable.len() as u64) as usize;
        world.step(p.variant, runnable[pick]);
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 1, "모든 차례 세기")?;
    let start = World::new(p.threads, p.adds);
    let finals = Orders::new(p.variant).count(&start);
    let all: u128 = finals.iter().sum();
    let kept = finals[(p.threads * p.adds) as usize];
    let worst = lowest(&finals) as u64;

    let mut rng = SplitMix64::new(p.seed);
    let mut drawn = Vec::new();
    for done in 0..p.rounds {
        ctx.progress(done, p.rounds, "무작위 차례")?;
        drawn.push(random_final(p, &mut rng));
    }
    drawn.sort_unstable();
    let sum = drawn.iter().sum();
    Ok(Report::default()
        .answer("orders", all.to_string().as_str())
        .answer("kept", kept.to_string().as_str())
        .answer("lowest", worst)
        .answer("random_sum", sum)
        .answer("random_min", drawn[0])
        .checksum(&[all as u64, kept as u64, worst, sum])
        .view(View::Table(distribution(p, &finals)))
        .view(View::Table(variants(p)))
        .view(View::Chart(histogram(p, &drawn)))
        .view(View::Trace(replay(p))))
}

fn verdict(report: &Report) -> Verdict {
    let number = |key| match report.answers.get(key) {
        Some(Answer::Exact(text)) => text.parse().unwrap_or(1),
        _ => 1u128,
    };
    let (all, lost) = (number("orders"), number("orders") - number("kept"));
    let percent = lost as f64 / all as f64 * 100.0;
    let distance =
        |value: &str| (value.parse::<f64>().unwrap_or(0.0) - percent).abs();
    let values = GUESSES.iter().map(|(value, _)| *value);
    let choice = values.min_by(|a, b| distance(a).total_cmp(&distance(b)));
    let sentence = format!(
        "{}가지 차례 가운데 {}가지가 잃음({}%). 가장 작은 마지막 값은 {}임.",
        exact(all).text,
        exact(lost).text,
        share(lost, all),
        number("lowest")
    );
    Verdict::choice(GUESSES, choice.unwrap_or_default(), sentence)
}

/// 백분율. 다 잃지 않았으면 100으로 맺히지 않을 만큼 잘게 적음.
fn share(lost: u128, all: u128) -> String {
    let percent = lost as f64 / all as f64 * 100.0;
    let mut written = (1..=12).map(|digits| format::fixed(percent, digits));
    let told = |text: &String| lost == all || !text.starts_with("100");
    written.find(told).unwrap_or_default()
}

/// 세 자리마다 쉼표를 찍은 128비트 수.
fn exact(count: u128) -> Cell {
    let digits = count.to_string();
    let groups: Vec<String> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    Cell { text: groups.join(","), value: Some(count as f64) }
}

fn distribution(p: &Params, finals: &Finals) -> Table {
    let all: u128 = finals.iter().sum();
    let full = p.threads * p.adds;
    let rows = (1..=full).map(|value| {
        let count = finals[value as usize];
        vec![
            value.into(),
            (full - value).into(),
            exact(count),
            Cell::fixed(count as f64 / all as f64 * 100.0, 4),
        ]
    });
    Table {
        title: format!(
            "스레드 {}개가 {}번씩: {}가지 차례의 마지막 값",
            p.threads,
            p.adds,
            exact(all).text
        ),
        badge: Badge::Exact,
        columns: vec![
            Column::number("마지막 값", ""),
            Column::number("잃은 더하기", "번"),
            Column::number("차례", "가지"),
            Column::number("비율", "%"),
        ],
        rows: rows.collect(),
    }
}

/// 네 가지 방법을 같은 크기에서 견줌.
fn variants(p: &Params) -> Table {
    let full = (p.threads * p.adds) as usize;
    let row = |variant: Variant| {
        let start = World::new(p.threads, p.adds);
        let finals = Orders::new(variant).count(&start);
        let all: u128 = finals.iter().sum();
        vec![
            variant.label().into(),
            (variant.program().len() as u64).into(),
            exact(all),
            exact(all - finals[full]),
            (lowest(&finals) as u64).into(),
        ]
    };
    Table {
        title: "더하는 법마다의 차례".into(),
        badge: Badge::Exact,
        columns: vec![
            Column::text("더하는 법"),
            Column::number("더하기 하나", "걸음"),
            Column::number("차례", "가지"),
            Column::number("잃는 차례", "가지"),
            Column::number("가장 작은 값", ""),
        ],
        rows: Variant::ALL.map(row).into(),
    }
}

/// 막대의 수.
const BINS: u64 = 20;

fn histogram(p: &Params, drawn: &[u64]) -> Chart {
    let full = p.threads * p.long_adds;
    let (points, width) = bars(drawn, full, BINS);
    Chart {
        title: format!(
            "스레드 {}개가 {}번씩: 무작위 차례 {}개의 마지막 값",
            p.threads,
            format::int(p.long_adds),
            format::int(p.rounds)
        ),
        badge: Badge::Model,
        x: Axis::linear("마지막 값", ""),
        y: Axis::linear("차례의 수", "개"),
        series: vec![Series {
            name: format!("폭 {width}마다"),
            shape: Shape::Bar,
            points,
        }],
        marks: Vec::new(),
    }
}

/// 고른 방법부터 네 방법을 잇달아 보임. 잃는 방법은 가장 많이 잃는 차례,
/// 나머지는 번갈아 내딛는 차례임.
fn replay(p: &Params) -> Trace {
    let rest = Variant::ALL.into_iter().filter(|each| *each != p.variant);
    let mut frames = Vec::new();
    for variant in std::iter::once(p.variant).chain(rest) {
        let mut world = World::new(p.threads, p.adds);
        let path = match variant {
            Variant::Plain => Orders::new(variant).worst(world.clone()),
            _ => in_turn(variant, world.clone()),
        };
        for id in path {
            let (op, done) = world.step(variant, id);
            frames.push(frame(variant, &world, id, op, done));
        }
    }
    Trace {
        title: "네 가지 더하는 법".into(), badge: Badge::Exact, frames
    }
}

/// 내디딜 수 있는 스레드가 돌아가며 한 걸음씩.
fn in_turn(variant: Variant, mut world: World) -> Vec<usize> {
    let mut path: Vec<usize> = Vec::new();
    loop {
        let runnable = world.runnable(variant);
        let last = path.last().copied();
        let next = runnable.iter().find(|id| last.is_none_or(|l| **id > l));
        let Some(&id) = next.or(runnable.first()) else { return path };
        world.step(variant, id);
        path.push(id);
    }
}

const NAMES: [&str; 3] = ["A", "B", "C"];

fn frame(
    variant: Variant,
    world: &World,
    id: usize,
    op: Op,
    done: bool,
) -> Frame {
    let (name, memory) = (NAMES[id], world.memory);
    let (tag, say) = match op {
        Op::Acquire => ("acquire", format!("{name}: 락을 잡음")),
        Op::Load => ("load", format!("{name}: 값 {memory} 읽음")),
        Op::Add => ("add", format!("{name}: 읽은 값에 1을 더함")),
        Op::Store => ("store", format!("{name}: 값 {memory} 적음")),
        Op::Release => ("release", format!("{name}: 락을 놓음")),
        Op::FetchAdd => {
            ("fetch_add", format!("{name}: 한 걸음에 더해 값이 {memory}"))
        }
        Op::Cas if done => {
            ("cas", format!("{name}: 그대로이므로 값 {memory} 적음"))
        }
        Op::Cas => {
            ("retry", format!("{name}: 그새 값이 {memory}, 처음부터 다시"))
        }
    };
    let lane = |label: String, text: String, tone: Tone| Lane {
        label,
        size: 1,
        cells: vec![LaneCell { at: 0, text, tone }],
        group: 0,
    };
    let wrote =
        matches!(op, Op::Store | Op::FetchAdd) || op == Op::Cas && done;
    let tone = if wrote { Tone::Hit } else { Tone::Plain };
    let mut lanes = vec![lane("변수".into(), memory.to_string(), tone)];
    lanes.extend(world.threads.iter().enumerate().map(|(at, thread)| {
        let tone = if at == id { Tone::Now } else { Tone::Plain };
        let label = format!("{}가 읽어 둔 값", NAMES[at]);
        lane(label, thread.register.to_string(), tone)
    }));
    let owner = world.owner.map_or("없음", |owner| NAMES[owner]);
    let left: u64 = world.threads.iter().map(|thread| thread.left).sum();
    Frame {
        step: tag.to_owned(),
        say,
        counters: vec![
            ("더하는 법".into(), variant.label().into()),
            ("락을 쥔 스레드".into(), owner.into()),
            ("남은 더하기".into(), format!("{left}번")),
        ],
        lanes,
        jumps: Vec::new(),
    }
}

/// 재는 방법. 모형의 넷과, 나눠 갖지 않는 것.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    LoadStore,
    FetchAdd,
    CompareExchange,
    Lock,
    Own,
}

impl Way {
    pub const ALL: [Way; 5] = [
        Way::FetchAdd,
        Way::LoadStore,
        Way::CompareExchange,
        Way::Lock,
        Way::Own,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Way::FetchAdd => "fetch_add",
            Way::LoadStore => "load 다음에 store (잃음)",
            Way::CompareExchange => "compare_exchange 되풀이",
            Way::Lock => "Mutex",
            Way::Own => "저마다 세고 한 번만 더함",
        }
    }
}

/// 풀의 스레드 `threads`개가 `adds`번씩 더한 마지막 값.
///
/// 원자 변수의 읽기와 쓰기로만 다투므로 정의되지 않은 동작이 아님.
pub fn race(way: Way, threads: usize, adds: u64) -> u64 {
    const RELAXED: Ordering = Ordering::Relaxed;
    let shared = AtomicU64::new(0);
    let locked = Mutex::new(0);
    rayon::broadcast(|context| {
        if context.index() >= threads {
            return;
        }
        let mut own = 0;
        for _ in 0..adds {
            match way {
                Way::FetchAdd => {
                    shared.fetch_add(1, RELAXED);
                }
                Way::LoadStore => {
                    let old = shared.load(RELAXED);
                    shared.store(old + 1, RELAXED);
                }
                Way::CompareExchange => {
                    let add = |old| Some(old + 1);
                    // 늘 Some이라 실패로 끝나지 않음
                    let _ = shared.fetch_update(RELAXED, RELAXED, add);
                }
                Way::Lock => {
                    if let Ok(mut value) = locked.lock() {
                        *value += 1;
                    }
                }
                Way::Own => own = black_box(own + 1),
            }
        }
        shared.fetch_add(own, RELAXED);
    });
    let locked = locked.into_inner().unwrap_or(0);
    shared.into_inner() + locked
}

/// 스레드마다 더하는 횟수. 스레드를 깨우는 값이 묻힐 만큼.
const ADDS: u64 = 200_000;
/// 한 번 다투어 잃은 수를 세어 볼 때.
const LONG: u64 = 1_000_000;

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let threads = ctx.threads().min(p.threads as usize);
    if threads < 2 {
        let why = "스레드가 하나뿐이라 다툴 상대가 없음: 시간을 재지 않음";
        return Ok(vec![note(why)]);
    }
    let total = ADDS * threads as u64;
    let cases = Way::ALL.map(|way| {
        Case::new(way.name(), total, move || race(way, threads, ADDS))
    });
    let title = format!("스레드 {threads}개가 변수 하나에 더하기");
    let mut views = compare(ctx, &title, "더하기 하나", cases.into())?;
    let all = LONG * threads as u64;
    let ways = [Way::LoadStore, Way::FetchAdd];
    let finals = ways.map(|way| race(way, threads, LONG));
    let row = |(way, got): (Way, u64)| {
        vec![way.name().into(), got.into(), (all - got).into()]
    };
    views.push(View::Table(Table {
        title: format!("{}번 더한 뒤의 값", format::int(all)),
        badge: Badge::Measured,
        columns: vec![
            Column::text("방법"),
            Column::number("마지막 값", ""),
            Column::number("잃은 더하기", "번"),
        ],
        rows: ways.into_iter().zip(finals).map(row).collect(),
    }));
    if finals[0] == all {
        views.push(note(
            "이번에는 하나도 잃지 않음: 스레드들이 한 코어에서 번갈아 돌면 \
             좀처럼 섞이지 않음. 맞게 나온 것이 옳다는 증거는 아님",
        ));
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 마지막 값과 그 차례의 수.
    type Counts<'a> = &'a [(usize, u128)];

    fn finals(
        variant: Variant,
        threads: u64,
        adds: u64,
    ) -> Vec<(usize, u128)> {
        let start = World::new(threads, adds);
        let finals = Orders::new(variant).count(&start);
        finals.into_iter().enumerate().filter(|(_, n)| *n > 0).collect()
    }

    #[test]
    fn eighteen_of_twenty_orders_lose() {
        assert_eq!(finals(Variant::Plain, 2, 1), [(1, 18), (2, 2)]);
        let verdict = run_with("lost_update", &[]).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("90"));
    }

    /// 6!/(3!3!), 12!/(6!6!), 18!/(9!9!), 9!/(3!)³, …: 차례의 수는 다항
    /// 계수이고, 몇 번씩 더하든 2까지 줄어들 수 있음.
    #[test]
    fn anchors_of_every_size() {
        let rows: [(u64, u64, Counts); 5] = [
            (2, 2, &[(2, 702), (3, 216), (4, 6)]),
            (2, 3, &[(2, 648), (3, 30_780), (4, 15_714), (5, 1_458), (6, 20)]),
            (3, 1, &[(1, 1_404), (2, 270), (3, 6)]),
            (
                3,
                2,
                &[
                    (2, 10_819_224),
                    (3, 5_692_896),
                    (4, 624_726),
                    (5, 16_200),
                    (6, 90),
                ],
            ),
            (
                3,
                3,
                &[
                    (2, 3_776_608_476),
                    (3, 108_139_787_370),
                    (4, 91_812_035_790),
                    (5, 22_192_417_638),
                    (6, 1_892_942_676),
                    (7, 59_025_510),
                    (8, 612_360),
                    (9, 1_680),
                ],
            ),
        ];
        for (threads, adds, want) in rows {
            assert_eq!(finals(Variant::Plain, threads, adds), want);
        }
    }

    #[test]
    fn the_other_ways_never_lose() {
        for variant in [Variant::Lock, Variant::Atomic, Variant::Cas] {
            for (threads, adds) in [(2, 1), (2, 3), (3, 1), (3, 3)] {
                let full = (threads * adds) as usize;
                let finals = finals(variant, threads, adds);
                assert_eq!(finals.len(), 1, "{variant:?}");
                assert_eq!(finals[0].0, full);
            }
        }
        // 락은 더하기 하나를 통째로 늘어놓는 차례, 원자적 더하기도 같음
        assert_eq!(finals(Variant::Lock, 2, 3), [(6, 20)]);
        assert_eq!(finals(Variant::Atomic, 2, 3), [(6, 20)]);
        // 되풀이까지 세면 64비트를 넘음
        let cas = 191_486_801_625_074_094_150_066_192;
        assert_eq!(finals(Variant::Cas, 3, 3), [(9, cas)]);
        assert_eq!(exact(1_234_567).text, "1,234,567");
    }

    /// 걸음의 열을 모두 만들어 하나씩 실행하는 느린 세기.
    #[test]
    fn a_walk_over_every_order_agrees() {
        fn walk(world: &World, variant: Variant, finals: &mut Finals) {
            let runnable = world.runnable(variant);
            if runnable.is_empty() {
                finals[world.memory as usize] += 1;
            }
            for id in runnable {
                let mut next = world.clone();
                next.step(variant, id);
                walk(&next, variant, finals);
            }
        }
        for variant in Variant::ALL {
            for (threads, adds) in [(2, 1), (2, 2), (3, 1)] {
                let start = World::new(threads, adds);
                let mut want = [0; FINALS];
                walk(&start, variant, &mut want);
                assert_eq!(Orders::new(variant).count(&start), want);
            }
        }
    }

    #[test]
    fn only_load_then_store_may_lose() {
        for way in Way::ALL {
            let got = race(way, 2, 1_000);
            let threads = rayon::current_num_threads().min(2) as u64;
            match way {
                Way::LoadStore => assert!(got <= threads * 1_000),
                _ => assert_eq!(got, threads * 1_000, "{}", way.name()),
            }
        }
    }
}
