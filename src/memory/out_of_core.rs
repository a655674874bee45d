//! 메모리보다 큰 정렬: 조각마다 정렬해 내려놓고(런), 여럿을 한꺼번에 합침.
//!
//! 커널은 하나이고 장치만 다름: 메모리에 든 모형 장치와, 터미널에서 크게
//! 돌릴 때의 진짜 임시 파일.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use lab::measure::{Case, compare};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Mark,
    Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

#[cfg(not(target_family = "wasm"))]
use super::spill::{FileDisk, mapped_sort};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 메모리가 10%뿐이어도 정렬할 수 있는가?",
    prediction: Prediction {
        text: "메모리에는 데이터의 10%만 들어가고, 한 번에 런 8개까지 \
               합칠 수 있음. 데이터를 모두 몇 번 훑으면 정렬이 끝날까? \
               훑기 한 번은 처음부터 끝까지 읽고 쓰는 것임.",
        ask: Ask::Number { unit: "번" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 200_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

/// 정수 하나의 바이트.
const ITEM: u64 = 8;
/// 이보다 많으면 모형 장치 대신 임시 파일을 씀.
const IN_RAM: u64 = 1_000_000;

lab::params! {
    /// 장치에 있는 64비트 정수를 적은 메모리로 정렬함.
    pub struct Params {
        n: u64 = 102_400, int("정수의 수").unit("개")
            .browser(10_000, IN_RAM).native(10_000, 100_000_000).log()
            .hint("터미널에서 100만 개가 넘으면 임시 파일. 1억 개면 1.6 GB");
        memory: u64 = 10, int("메모리").unit("%").range(1, 100)
            .hint("데이터의 몇 퍼센트가 메모리에 들어가는가");
        fan_in: u64 = 8, int("한 번에 합치는 런").unit("개").range(2, 64);
        block: u64 = 64, int("블록 하나의 정수").unit("개").range(8, 4_096)
            .hint("장치는 블록 단위로 읽고 씀. 64개는 512바이트");
        seed: u64 = 42, int("씨앗");
    }
    check = check;
}

impl Params {
    pub fn plan(&self) -> Plan {
        let block = self.block;
        let memory = self.n * self.memory / 100 / block * block;
        let buffer = memory / block / (self.fan_in + 1) * block;
        Plan { n: self.n, block, memory, fan_in: self.fan_in, buffer }
    }
}

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    let Plan { memory, .. } = p.plan();
    let need = (p.fan_in + 1) * p.block;
    if memory >= need {
        return Ok(());
    }
    Err(Failure::param(
        "memory",
        format!(
            "메모리(memory)의 값 '{}': 정수 {}개가 들어감. 런 {}개와 \
             결과에 블록 하나씩, 정수 {}개 이상이 들어가야 함",
            p.memory,
            format::int(memory),
            p.fan_in,
            format::int(need)
        ),
    ))
}

/// 정렬의 크기들. 모두 정수의 수이고, 블록의 배수임(n은 아닐 수 있음).
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub n: u64,
    pub block: u64,
    /// 메모리에 한꺼번에 담는 것.
    pub memory: u64,
    pub fan_in: u64,
    /// 합칠 때 런 하나가 쓰는 버퍼.
    pub buffer: u64,
}

impl Plan {
    /// 데이터 하나가 차지하는 블록.
    pub fn blocks(&self) -> u64 {
        self.n.div_ceil(self.block)
    }
}

/// 블록 단위로 읽고 쓰는 장치. 0번 구역에서 시작해 두 구역을 오감.
pub trait Disk {
    /// `at`번째 정수부터 읽음. `at`은 블록의 처음임.
    fn read(&mut self, at: u64, to: &mut [u64]) -> Result<(), Failure>;
    fn write(&mut self, at: u64, from: &[u64]) -> Result<(), Failure>;
}

/// 장치에 시킨 일.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// 읽고 쓴 블록.
    pub reads: u64,
    pub writes: u64,
    /// 앞의 일이 끝난 자리가 아닌 곳에서 시작한 횟수.
    pub seeks: u64,
    /// 데이터를 훑은 횟수. 런 만들기도 한 번임.
    pub passes: u64,
    pub runs: u64,
}

/// 장치를 부르며 셈.
struct Counted<'a, D> {
    disk: &'a mut D,
    block: u64,
    head: u64,
    tally: Tally,
}

impl<D: Disk> Counted<'_, D> {
    fn touch(&mut self, at: u64, items: usize) -> u64 {
        self.tally.seeks += u64::from(at != self.head);
        let blocks = (items as u64).div_ceil(self.block);
        self.head = at + blocks * self.block;
        blocks
    }

    fn read(&mut self, at: u64, to: &mut [u64]) -> Result<(), Failure> {
        self.tally.reads += self.touch(at, to.len());
        self.disk.read(at, to)
    }

    fn write(&mut self, at: u64, from: &[u64]) -> Result<(), Failure> {
        self.tally.writes += self.touch(at, from.len());
        self.disk.write(at, from)
    }
}

/// 정렬하는 동안의 순간.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// 조각을 읽어 메모리에서 정렬함.
    Sort { at: u64, items: &'a [u64] },
    /// 런을 내려놓음.
    Spill { at: u64, items: &'a [u64] },
    /// 런의 다음 블록들을 버퍼로 읽음.
    Fill { run: usize, at: u64, items: &'a [u64] },
    /// 가장 작은 것을 꺼냄.
    Take { run: usize, item: u64 },
    /// 찬 결과를 씀.
    Flush { at: u64, items: &'a [u64] },
}

impl Step<'_> {
    fn tag(self) -> &'static str {
        match self {
            Step::Sort { .. } => "sort",
            Step::Spill { .. } => "spill",
            Step::Fill { .. } => "fill",
            Step::Take { .. } => "take",
            Step::Flush { .. } => "flush",
        }
    }
}

/// 장치 위의 런: 시작하는 자리와 길이.
#[derive(Clone, Copy, Debug)]
struct Run {
    at: u64,
    len: u64,
}

/// 합치는 런 하나의 버퍼.
struct Source {
    run: Run,
    buffer: Vec<u64>,
    /// 버퍼에서 다음에 꺼낼 것.
    next: usize,
}

// ANCHOR: kernel
/// 0번 구역의 정수를 정렬하고, 결과가 있는 자리와 센 것을 돌려줌.
pub fn external_sort<D: Disk>(
    plan: &Plan,
    disk: &mut D,
    mut watch: impl FnMut(Step),
) -> Result<(u64, Tally), Failure> {
    let tally = Tally::default();
    let mut disk = Counted { disk, block: plan.block, head: 0, tally };
    let area = plan.blocks() * plan.block;
    let mut runs = Vec::new();
    let mut memory = vec![0; plan.memory.min(plan.n) as usize];
    for at in (0..plan.n).step_by(plan.memory as usize) {
        let len = plan.memory.min(plan.n - at);
        let part = &mut memory[..len as usize];
        disk.read(at, part)?;
        part.sort_unstable(); // step: sort
        watch(Step::Sort { at, items: part });
        disk.write(area + at, part)?; // step: spill
        watch(Step::Spill { at: area + at, items: part });
        runs.push(Run { at: area + at, len });
    }
    // 버퍼에 자리를 내줌
    drop(memory);
    disk.tally.runs = runs.len() as u64;
    disk.tally.passes = 1;
    let mut to = 0;
    while runs.len() > 1 {
        runs = merge_pass(plan, &runs, to, &mut disk, &mut watch)?;
        disk.tally.passes += 1;
        to = area - to;
    }
    // 마지막에 쓴 구역
    Ok((area - to, disk.tally))
}

/// 런을 `fan_in`개씩 합쳐 다른 구역에 씀.
fn merge_pass<D: Disk>(
    plan: &Plan,
    runs: &[Run],
    to: u64,
    disk: &mut Counted<D>,
    watch: &mut impl FnMut(Step),
) -> Result<Vec<Run>, Failure> {
    let (mut merged, mut at) = (Vec::new(), to);
    for group in runs.chunks(plan.fan_in as usize) {
        let len = group.iter().map(|run| run.len).sum();
        merge(plan, group, at, disk, watch)?;
        merged.push(Run { at, len });
        at += len;
    }
    Ok(merged)
}

fn merge<D: Disk>(
    plan: &Plan,
    group: &[Run],
    mut at: u64,
    disk: &mut Counted<D>,
    watch: &mut impl FnMut(Step),
) -> Result<(), Failure> {
    let size = plan.buffer as usize;
    let mut heap = BinaryHeap::new();
    let mut sources = Vec::new();
    for (i, run) in group.iter().enumerate() {
        let mut source = Source { run: *run, buffer: Vec::new(), next: 0 };
        let first = source.pop(i, size, disk, watch)?;
        heap.extend(first.map(|item| Reverse((item, i))));
        sources.push(source);
    }
    let mut out = Vec::with_capacity(size);
    while let Some(Reverse((item, i))) = heap.pop() {
        out.push(item); // step: take
        watch(Step::Take { run: i, item });
        let next = sources[i].pop(i, size, disk, watch)?;
        heap.extend(next.map(|item| Reverse((item, i))));
        if out.len() == size || heap.is_empty() {
            disk.write(at, &out)?; // step: flush
            watch(Step::Flush { at, items: &out });
            at += out.len() as u64;
            out.clear();
        }
    }
    Ok(())
}

impl Source {
    /// 런의 다음 정수. 버퍼가 비었으면 먼저 채움.
    fn pop<D: Disk>(
        &mut self,
        number: usize,
        size: usize,
        disk: &mut Counted<D>,
        watch: &mut impl FnMut(Step),
    ) -> Result<Option<u64>, Failure> {
        let Run { at, len } = self.run;
        if self.next == self.buffer.len() && len > 0 {
            let take = len.min(size as u64);
            self.buffer.resize(take as usize, 0);
            self.next = 0;
            disk.read(at, &mut self.buffer)?; // step: fill
            watch(Step::Fill { run: number, at, items: &self.buffer });
            self.run = Run { at: at + take, len: len - take };
        }
        let item = self.buffer.get(self.next).copied();
        self.next += 1;
        Ok(item)
    }
}
// ANCHOR_END: kernel

/// 메모리에 있는 모형 장치.
pub struct RamDisk(Vec<u64>);

impl RamDisk {
    /// 구역 둘. 0번 구역에 씨앗의 정수가 있음.
    pub fn new(plan: &Plan, seed: u64) -> Self {
        let mut rng = SplitMix64::new(seed);
        let mut items = vec![0; (2 * plan.blocks() * plan.block) as usize];
        for item in &mut items[..plan.n as usize] {
            *item = rng.next_u64();
        }
        RamDisk(items)
    }
}

impl Disk for RamDisk {
    fn read(&mut self, at: u64, to: &mut [u64]) -> Result<(), Failure> {
        let at = at as usize;
        to.copy_from_slice(&self.0[at..at + to.len()]);
        Ok(())
    }

    fn write(&mut self, at: u64, from: &[u64]) -> Result<(), Failure> {
        let at = at as usize;
        self.0[at..at + from.len()].copy_from_slice(from);
        Ok(())
    }
}

/// 차례까지 담은 지문을 이어 감: 차례가 바뀌면 값도 바뀜.
pub fn blend(print: u64, items: &[u64]) -> u64 {
    items.iter().fold(print, |print, item| {
        (print ^ item).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// 아무것도 섞지 않은 지문.
pub const BLANK: u64 = 0xcbf2_9ce4_8422_2325;

/// 장치의 `at`부터 n개의 지문과, 차례가 맞는지.
pub fn inspect<D: Disk>(
    plan: &Plan,
    disk: &mut D,
    at: u64,
) -> Result<(u64, bool), Failure> {
    let mut part = vec![0; plan.memory.min(plan.n) as usize];
    let (mut print, mut last, mut ordered) = (BLANK, 0, true);
    for from in (0..plan.n).step_by(plan.memory as usize) {
        let len = plan.memory.min(plan.n - from) as usize;
        let part = &mut part[..len];
        disk.read(at + from, part)?;
        ordered &= part.is_sorted() && last <= part[0];
        last = part[len - 1];
        print = blend(print, part);
    }
    Ok((print, ordered))
}

/// 정렬 한 번의 결과.
pub struct Sorted {
    pub tally: Tally,
    pub print: u64,
    pub ordered: bool,
}

fn sort_on<D: Disk>(plan: &Plan, mut disk: D) -> Result<Sorted, Failure> {
    let (at, tally) = external_sort(plan, &mut disk, |_| {})?;
    let (print, ordered) = inspect(plan, &mut disk, at)?;
    Ok(Sorted { tally, print, ordered })
}

/// 모형 장치에서.
pub fn in_ram(plan: &Plan, seed: u64) -> Result<Sorted, Failure> {
    sort_on(plan, RamDisk::new(plan, seed))
}

/// 진짜 임시 파일에서. 파일은 무슨 일이 있어도 남지 않음.
#[cfg(not(target_family = "wasm"))]
pub fn in_file(plan: &Plan, seed: u64) -> Result<Sorted, Failure> {
    let area = plan.blocks() * plan.block;
    sort_on(plan, FileDisk::new(plan.n, area, seed)?)
}

/// 모두 메모리에 올려 정렬한 것의 지문.
pub fn all_in_memory(n: u64, seed: u64) -> u64 {
    let mut rng = SplitMix64::new(seed);
    let mut items: Vec<u64> = (0..n).map(|_| rng.next_u64()).collect();
    items.sort_unstable();
    blend(BLANK, &items)
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let plan = p.plan();
    ctx.progress(0, 2, "정렬하기")?;
    #[cfg(not(target_family = "wasm"))]
    let sorted = match p.n > IN_RAM {
        true => in_file(&plan, p.seed)?,
        false => in_ram(&plan, p.seed)?,
    };
    #[cfg(target_family = "wasm")]
    let sorted = in_ram(&plan, p.seed)?;
    let Sorted { tally, print, ordered } = sorted;
    ctx.progress(1, 2, "합치는 수를 바꾸기")?;
    let Tally { reads, writes, seeks, passes, runs } = tally;
    let mut report = Report::default()
        .answer("runs", runs)
        .answer("passes", passes)
        .answer("reads", reads)
        .answer("writes", writes)
        .answer("seeks", seeks)
        .answer("print", print)
        .answer("ordered", u64::from(ordered))
        .checksum(&[p.n, runs, passes, reads, writes, seeks, print])
        .view(View::Table(summary(&plan, tally)))
        .view(View::Chart(passes_chart(&plan)));
    for chart in sweep(p)? {
        report = report.view(View::Chart(chart));
    }
    report = report.view(View::Trace(replay()?));
    if cfg!(target_family = "wasm") {
        let why = "브라우저에는 임시 파일도 mmap도 없어 모형 장치로 셈. 진짜 \
                   파일은 터미널에서 씀";
        report = report.view(note(why));
    }
    Ok(report)
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(0);
    let p = Params::read(&report.params).unwrap_or_default();
    let passes = int("passes");
    let sentence = match passes {
        ..2 => "모두 메모리에 들어가 런이 하나뿐이라 합칠 것이 없음.".into(),
        _ => format!(
            "런이 {}개 생기고, {}개씩 합치는 훑기를 {}번 함.",
            format::int(int("runs")),
            p.fan_in,
            passes - 1
        ),
    };
    Verdict::number(format!("{passes}번"), passes as f64, sentence)
}

fn summary(plan: &Plan, tally: Tally) -> Table {
    let row = |name: &str, value: Cell, unit: &str| {
        vec![name.into(), value, unit.into()]
    };
    let moved = (tally.reads + tally.writes) * plan.block * ITEM;
    Table {
        title: "정렬에 든 것".into(),
        badge: Badge::Exact,
        columns: vec![
            Column::text("지표"),
            Column::number("값", ""),
            Column::text("단위"),
        ],
        rows: vec![
            row("데이터", (plan.n * ITEM).into(), "바이트"),
            row("메모리", (plan.memory * ITEM).into(), "바이트"),
            row("합칠 때 버퍼 하나", (plan.buffer * ITEM).into(), "바이트"),
            row("런", tally.runs.into(), "개"),
            row("훑은 횟수", tally.passes.into(), "번"),
            row("읽은 블록", tally.reads.into(), "개"),
            row("쓴 블록", tally.writes.into(), "개"),
            row("자리 옮김", tally.seeks.into(), "번"),
            row("옮긴 바이트", moved.into(), "바이트"),
        ],
    }
}

/// 메모리의 비율마다 훑는 횟수: ⌈log_k(런의 수)⌉에 런 만들기 한 번.
fn passes_of(mut runs: u64, fan_in: u64) -> u64 {
    let mut passes = 1;
    while runs > 1 {
        runs = runs.div_ceil(fan_in);
        passes += 1;
    }
    passes
}

fn passes_chart(plan: &Plan) -> Chart {
    let line = |fan_in: u64| Series {
        name: format!("{fan_in}개씩"),
        shape: Shape::Step,
        points: (1..=100u64)
            .map(|percent| {
                let runs = 100u64.div_ceil(percent);
                (percent as f64, passes_of(runs, fan_in) as f64).into()
            })
            .collect(),
    };
    let mut fans = vec![2, 8, 64, plan.fan_in];
    fans.sort_unstable();
    fans.dedup();
    Chart {
        title: "메모리의 비율과 훑는 횟수".into(),
        badge: Badge::Exact,
        x: Axis::log("메모리", "%"),
        y: Axis::linear("훑는 횟수", "번"),
        series: fans.into_iter().map(line).collect(),
        marks: vec![Mark {
            axis: AxisName::X,
            at: (plan.memory * 100) as f64 / plan.n as f64,
            label: "지금".into(),
        }],
    }
}

/// 합치는 수를 바꾸어 볼 때 쓰는 정수는 많아야 이만큼.
const SWEEP_ITEMS: u64 = 102_400;

/// 합치는 수를 바꾸면: 옮기는 블록은 줄지만 자리 옮김은 늘 수 있음.
fn sweep(p: &Params) -> Result<Vec<Chart>, Failure> {
    let n = p.n.min(SWEEP_ITEMS);
    let (mut blocks, mut seeks) = (Vec::new(), Vec::new());
    for fan_in in [2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64] {
        let p = Params { n, fan_in, ..p.clone() };
        if check(&p, Scope::Browser).is_err() {
            continue;
        }
        let tally = in_ram(&p.plan(), p.seed)?.tally;
        let moved = tally.reads + tally.writes;
        blocks.push((fan_in as f64, moved as f64).into());
        seeks.push((fan_in as f64, tally.seeks as f64).into());
    }
    if blocks.is_empty() {
        return Ok(Vec::new());
    }
    let n = format::int(n);
    let chart = |title: &str, name: &str, unit: &str, badge, points| Chart {
        title: format!("{title} (정수 {n}개)"),
        badge,
        x: Axis::log("한 번에 합치는 런", "개"),
        y: Axis::linear(name, unit),
        series: vec![Series { name: name.into(), shape: Shape::Line, points }],
        marks: vec![Mark {
            axis: AxisName::X,
            at: p.fan_in as f64,
            label: format!("지금 {}개", p.fan_in),
        }],
    };
    Ok(vec![
        chart(
            "합치는 수마다 옮기는 블록",
            "읽고 쓴 블록",
            "개",
            Badge::Exact,
            blocks,
        ),
        chart(
            "합치는 수마다의 자리 옮김",
            "자리 옮김",
            "번",
            Badge::Model,
            seeks,
        ),
    ])
}

/// 재생하는 크기: 정수 16개를 메모리 6칸으로.
const REPLAY: Plan = Plan { n: 16, block: 2, memory: 6, fan_in: 2, buffer: 2 };
const REPLAY_SEED: u64 = 7;

/// 두 구역과 버퍼를 따라감.
struct Recorder {
    frames: Vec<Frame>,
    /// 두 구역의 정수. 아직 쓰지 않은 칸은 `None`.
    areas: Vec<Option<u64>>,
    /// 메모리: 정렬하는 조각이나, 런마다의 버퍼.
    buffers: Vec<Vec<u64>>,
    out: Vec<u64>,
    reads: u64,
    writes: u64,
}

impl Recorder {
    fn put(&mut self, at: u64, items: &[u64]) {
        for (cell, item) in self.areas[at as usize..].iter_mut().zip(items) {
            *cell = Some(*item);
        }
    }

    fn record(&mut self, step: Step) {
        let blocks = |items: &[u64]| items.len().div_ceil(2) as u64;
        let mut now = (0, 0);
        let say = match step {
            Step::Sort { at, items } => {
                self.reads += blocks(items);
                self.buffers = vec![items.to_vec()];
                now = (at, items.len() as u64);
                format!("{}개를 읽어 메모리에서 정렬함", items.len())
            }
            Step::Spill { at, items } => {
                self.writes += blocks(items);
                self.put(at, items);
                self.buffers.clear();
                now = (at, items.len() as u64);
                format!("런 하나로 내려놓음: {}개", items.len())
            }
            Step::Fill { run, at, items } => {
                self.reads += blocks(items);
                // 앞의 무리에서 쓰던 버퍼는 비어 있음
                let count = self.buffers.len().max(run + 1);
                self.buffers.resize(count, Vec::new());
                self.buffers[run] = items.to_vec();
                now = (at, items.len() as u64);
                format!("{}번 런의 버퍼를 채움", run + 1)
            }
            Step::Take { run, item } => {
                self.buffers[run].remove(0);
                self.out.push(item);
                format!("버퍼의 머리 가운데 가장 작은 것을 꺼냄: {item}")
            }
            Step::Flush { at, items } => {
                self.writes += blocks(items);
                self.put(at, items);
                self.out.clear();
                now = (at, items.len() as u64);
                format!("결과 {}개를 장치에 씀", items.len())
            }
        };
        let lanes = self.lanes(step, now);
        self.frames.push(Frame {
            step: step.tag().into(),
            say,
            counters: vec![
                ("읽은 블록".into(), format!("{}개", self.reads)),
                ("쓴 블록".into(), format!("{}개", self.writes)),
            ],
            lanes,
            jumps: Vec::new(),
        });
    }

    fn lanes(&self, step: Step, (at, len): (u64, u64)) -> Vec<Lane> {
        let reads = matches!(step, Step::Sort { .. } | Step::Fill { .. });
        let touched = if reads { Tone::Now } else { Tone::Hit };
        let area = |number: u64| {
            let from = number * REPLAY.n;
            let cells = (0..REPLAY.n).filter_map(|i| {
                let item = self.areas[(from + i) as usize]?;
                let inside = (at..at + len).contains(&(from + i));
                let tone = if inside { touched } else { Tone::Plain };
                Some(LaneCell { at: i, text: item.to_string(), tone })
            });
            Lane {
                label: format!("장치의 구역 {}", number + 1),
                size: REPLAY.n,
                cells: cells.collect(),
                group: REPLAY.block,
            }
        };
        let held = self.buffers.iter().flatten().chain(&self.out);
        let taken = self.buffers.iter().flatten().count();
        let cells = held.enumerate().map(|(i, item)| LaneCell {
            at: i as u64,
            text: item.to_string(),
            tone: if i >= taken { Tone::Hit } else { Tone::Plain },
        });
        let memory = Lane {
            label: "메모리(버퍼, 결과)".into(),
            size: REPLAY.memory,
            cells: cells.collect(),
            group: 0,
        };
        vec![area(0), area(1), memory]
    }
}

fn replay() -> Result<Trace, Failure> {
    let mut rng = SplitMix64::new(REPLAY_SEED);
    let mut disk = RamDisk(vec![0; 2 * REPLAY.n as usize]);
    for item in &mut disk.0[..REPLAY.n as usize] {
        *item = 10 + rng.below(90);
    }
    let areas = disk
        .0
        .iter()
        .enumerate()
        .map(|(i, item)| (i < REPLAY.n as usize).then_some(*item));
    let mut recorder = Recorder {
        frames: Vec::new(),
        areas: areas.collect(),
        buffers: Vec::new(),
        out: Vec::new(),
        reads: 0,
        writes: 0,
    };
    external_sort(&REPLAY, &mut disk, |step| recorder.record(step))?;
    Ok(Trace {
        title: format!(
            "정수 {}개, 메모리 {}칸, {}개씩 합치기",
            REPLAY.n, REPLAY.memory, REPLAY.fan_in
        ),
        badge: Badge::Exact,
        frames: recorder.frames,
    })
}

/// 여러 번 재므로 정수는 많아야 이만큼.
const TIMED_ITEMS: u64 = 1_000_000;

/// 재는 방법들. 모두 같은 지문을 돌려주어야 하고, 실패하면 0을 돌려줌.
pub fn rivals(p: &Params) -> Vec<Case<'static>> {
    let p = Params { n: p.n.min(TIMED_ITEMS), ..p.clone() };
    let (plan, n, seed) = (p.plan(), p.n, p.seed);
    let print = |sorted: Result<Sorted, Failure>| {
        sorted.map_or(0, |sorted| sorted.print)
    };
    vec![
        Case::new("메모리에 모두 올려 정렬", n, move || {
            all_in_memory(n, seed)
        }),
        Case::new("외부 정렬, 모형 장치", n, move || {
            print(in_ram(&plan, seed))
        }),
        #[cfg(not(target_family = "wasm"))]
        Case::new("외부 정렬, 임시 파일", n, move || {
            print(in_file(&plan, seed))
        }),
        #[cfg(not(target_family = "wasm"))]
        Case::new("임시 파일을 mmap으로 정렬", n, move || {
            mapped_sort(n, seed).unwrap_or(0)
        }),
    ]
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let n = format::int(p.n.min(TIMED_ITEMS));
    let title = format!("정수 {n}개를 만들어 정렬하기");
    let mut views = compare(ctx, &title, "정수 하나", rivals(p))?;
    if p.n > TIMED_ITEMS {
        let most = format::int(TIMED_ITEMS);
        views.push(note(format!("시간은 정수 {most}개까지만 잼")));
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 메모리에 10%가 들어가 런이 10개, 8개씩이면 두 번 합침. 훑을 때마다
    /// 102,400 / 64 = 1,600블록을 읽고 씀.
    #[test]
    fn the_default_run_by_hand() {
        let report = run_with("out_of_core", &[]);
        let int = |key| report.int(key).unwrap();
        assert_eq!(int("runs"), 10);
        assert_eq!(int("passes"), 3);
        assert_eq!(int("reads"), 3 * 1_600);
        assert_eq!(int("writes"), 3 * 1_600);
        assert_eq!(int("seeks"), 346);
        assert_eq!(int("ordered"), 1);
        assert_eq!(int("print"), all_in_memory(102_400, 42));
        assert_eq!(report.checksum.as_deref(), Some("7dd6c09d79bc1c08"));
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.number, Some(3.0));
        assert_eq!(verdict.headline, "3번");
        let whole = run_with("out_of_core", &[("memory", "100")]);
        let verdict = whole.verdict.unwrap();
        assert_eq!(verdict.headline, "1번");
        assert!(verdict.sentence.ends_with("합칠 것이 없음."));
    }

    /// 런이 10개뿐일 때: 꼭 맞게 합치면 적게 뛰고, 64개로 잡으면 버퍼가
    /// 두 블록으로 쪼그라듦.
    #[test]
    fn anchors_of_the_fan_in() {
        for (fan_in, passes, seeks) in
            [("2", 5, 285), ("4", 3, 175), ("10", 2, 170), ("64", 2, 1_315)]
        {
            let report = run_with("out_of_core", &[("fan_in", fan_in)]);
            let got = [report.int("passes"), report.int("seeks")];
            assert_eq!(got, [Some(passes), Some(seeks)], "{fan_in}");
        }
    }

    #[test]
    fn passes_are_a_logarithm() {
        for (runs, fan_in, want) in
            [(1, 2, 1), (2, 2, 2), (10, 8, 3), (64, 8, 3), (65, 8, 4)]
        {
            assert_eq!(passes_of(runs, fan_in), want, "{runs} {fan_in}");
        }
    }

    #[test]
    fn sorts_like_the_memory_does() {
        for (n, memory, fan_in, block) in [
            (10_000, 100, 2, 8),
            (10_001, 3, 2, 64),
            (12_345, 17, 64, 8),
            (10_007, 50, 3, 4),
        ] {
            let p = Params { n, memory, fan_in, block, seed: 5 };
            let plan = p.plan();
            let sorted = in_ram(&plan, 5).unwrap();
            assert!(sorted.ordered);
            assert_eq!(sorted.print, all_in_memory(n, 5), "{n}");
            let runs = n.div_ceil(plan.memory);
            let want = passes_of(runs, fan_in);
            assert_eq!(sorted.tally.passes, want);
        }
    }

    #[test]
    fn too_little_memory_is_refused() {
        let table = Params::table();
        let pairs = [("n", "10000"), ("memory", "1")];
        let refused = table.parse(pairs, Scope::Native).unwrap_err();
        let message = refused.to_string();
        assert!(message.contains("정수 64개가 들어감"), "{message}");
        assert!(message.contains("정수 576개 이상"), "{message}");
    }

    #[test]
    fn rivals_agree() {
        let p = Params { n: 20_000, ..Params::default() };
        let print = all_in_memory(p.n, p.seed);
        for mut rival in rivals(&p) {
            assert_eq!((rival.run)(), print, "{}", rival.name);
        }
    }
}
