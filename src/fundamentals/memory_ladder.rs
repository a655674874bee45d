//! 작업 집합이 커지면: 무작위로 이어진 고리를 따라가며 한 번 읽는 시간을
//! 잼. 다음 주소가 읽은 값에서 나오므로 미리 읽을 수도, 겹쳐 읽을 수도 없음.

use lab::measure::{Case, Timing, interleave};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Level, Machine,
    Point, Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 데이터가 커지면 한 번 읽는 시간이 계단처럼 늘어나는가?",
    prediction: Prediction {
        text: "4 KiB에서 16 MiB가 되면 무작위로 한 번 읽는 시간은 몇 배일까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("max_kib", 16_384), ("accesses", 1_000_000)]),
    bench: Bench::Group,
    memory_mib: 320,
};

const GUESSES: &[(&str, &str)] = &[
    ("1", "거의 그대로"),
    ("3", "3배쯤"),
    ("10", "10배쯤"),
    ("50", "50배쯤"),
];

lab::choices! {
    /// 노드 하나가 차지하는 바이트. 그 가운데 4바이트만 읽음.
    pub enum Stride {
        B64 = "64", "64바이트";
        B128 = "128", "128바이트";
        B256 = "256", "256바이트";
    }
}

impl Stride {
    pub fn bytes(self) -> u64 {
        match self {
            Stride::B64 => 64,
            Stride::B128 => 128,
            Stride::B256 => 256,
        }
    }
}

lab::params! {
    /// 4 KiB에서 두 배씩 키운 작업 집합.
    pub struct Params {
        max_kib: u64 = 16_384, int("가장 큰 작업 집합").unit("KiB")
            .browser(16, 262_144).native(16, 1_048_576).log()
            .hint("4 KiB에서 두 배씩, 이 값을 넘지 않을 때까지");
        accesses: u64 = 1_000_000, int("따라가는 횟수").unit("번")
            .browser(100_000, 2_000_000).native(100_000, 20_000_000);
        stride: Stride = Stride::B64, choice("노드의 간격")
            .hint("캐시 라인보다 좁지 않아야 노드마다 새 라인임");
        seed: u64 = 42, int("씨앗");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 가장 작은 작업 집합, KiB.
const SMALLEST: u64 = 4;

impl Params {
    /// 작업 집합의 크기들, KiB.
    fn sizes(&self) -> impl Iterator<Item = u64> {
        let max = self.max_kib;
        std::iter::successors(Some(SMALLEST), |kib| Some(kib * 2))
            .take_while(move |kib| *kib <= max)
    }
}

/// 커널이 지나가는 순간. 노드의 번호임.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Swap { a: u64, b: u64 },
    Hop { to: u64 },
}

/// 버퍼 하나에 놓은 고리. 노드마다 첫 4바이트에 다음 노드의 자리를 적음.
pub struct Ring {
    words: Vec<u32>,
    /// 노드 하나의 4바이트 칸 수.
    gap: usize,
}

impl Ring {
    pub fn new(kib: u64, stride: Stride, seed: u64) -> Self {
        Ring::fill(zeroed(kib, Pages::Small), stride, seed, |_| {})
    }

    pub fn nodes(&self) -> u64 {
        (self.words.len() / self.gap) as u64
    }

    // ANCHOR: kernel
    /// 사톨로의 섞기: 노드를 빠짐없이 한 번씩 지나는 고리 하나가 됨.
    fn fill(
        words: Vec<u32>,
        stride: Stride,
        seed: u64,
        mut watch: impl FnMut(Step),
    ) -> Self {
        let mut ring = Ring { words, gap: stride.bytes() as usize / 4 };
        let (gap, nodes) = (ring.gap, ring.nodes());
        for node in 0..nodes as usize {
            ring.words[node * gap] = (node * gap) as u32;
        }
        let mut rng = SplitMix64::new(seed);
        for a in (1..nodes).rev() {
            // 자기 자신은 뽑지 않음: 피셔–예이츠와 다른 한 곳
            let b = rng.below(a);
            ring.words.swap(a as usize * gap, b as usize * gap); // step: swap
            watch(Step::Swap { a, b });
        }
        ring
    }

    /// 고리를 따라감: (끝난 노드, 지나온 노드 번호의 xor).
    pub fn chase(
        &self,
        from: u64,
        hops: u64,
        mut watch: impl FnMut(Step),
    ) -> (u64, u64) {
        let gap = self.gap as u64;
        let (mut at, mut mix) = ((from * gap) as u32, 0);
        for _ in 0..hops {
            at = self.words[at as usize]; // step: hop
            mix ^= at;
            watch(Step::Hop { to: u64::from(at) / gap });
        }
        (u64::from(at) / gap, u64::from(mix) / gap)
    }

    /// 같은 버퍼를 앞에서부터 훑음: 노드마다 한 번 읽어 더함.
    pub fn scan(&self) -> u64 {
        let nodes = self.words.iter().step_by(self.gap);
        nodes.fold(0, |sum, word| sum + u64::from(*word))
    }
    // ANCHOR_END: kernel
}

/// 운영체제에 부탁하는 페이지의 크기.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pages {
    Small,
    Huge,
}

/// 0으로 채운 버퍼. 처음 건드릴 때 페이지가 정해지므로 그 전에 부탁함.
fn zeroed(kib: u64, pages: Pages) -> Vec<u32> {
    let len = (kib * 1024 / 4) as usize;
    let mut words = Vec::with_capacity(len);
    advise(&mut words, pages);
    words.resize(len, 0);
    words
}

/// 큰 페이지의 크기, 바이트: x86-64와 4 KiB 페이지를 쓰는 AArch64.
#[cfg(target_os = "linux")]
const HUGE: usize = 2 << 20;

/// 버퍼 안에서 큰 페이지로 나뉘는 부분에 부탁함. 들어주지 않아도 값은 같음.
#[cfg(target_os = "linux")]
fn advise(words: &mut Vec<u32>, pages: Pages) {
    let room = words.spare_capacity_mut();
    let skip = room.as_ptr().align_offset(HUGE);
    let bytes = room.len().saturating_sub(skip) * 4 / HUGE * HUGE;
    if bytes == 0 {
        return;
    }
    let advice = match pages {
        Pages::Small => libc::MADV_NOHUGEPAGE,
        Pages::Huge => libc::MADV_HUGEPAGE,
    };
    let start = room[skip..].as_mut_ptr();
    // 다시 쓰는 공간이면 이미 받은 페이지를 돌려주고 새로 받아야 함
    for advice in [libc::MADV_DONTNEED, advice] {
        // SAFETY: `start`부터 `bytes`바이트는 이 벡터가 잡아 둔 빈 공간임.
        // 아직 아무 값도 없으므로 페이지를 돌려주어 0이 되어도 됨.
        unsafe { libc::madvise(start.cast(), bytes, advice) };
    }
}

#[cfg(not(target_os = "linux"))]
fn advise(_: &mut Vec<u32>, _: Pages) {}

/// 이 프로세스가 지금 받은 큰 페이지, KiB.
fn huge_kib() -> u64 {
    let text = std::fs::read_to_string("/proc/self/smaps_rollup");
    let text = text.unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("AnonHugePages:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    kib.and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let total = p.sizes().count() as u64;
    let (mut words, mut rows) = (Vec::new(), Vec::new());
    let mut report = Report::default().answer("sizes", total);
    // 한 번 얻은 버퍼를 늘려 씀: 크기마다 새로 얻으면 WASM의 선형 메모리가
    // 모든 크기의 합까지 자람
    let largest = p.sizes().last().unwrap_or(SMALLEST);
    let mut buffer = Vec::with_capacity(largest as usize * 256);
    for (done, kib) in p.sizes().enumerate() {
        ctx.progress(done as u64, total, "고리 따라가기")?;
        buffer.resize(kib as usize * 256, 0);
        let ring = Ring::fill(buffer, p.stride, p.seed, |_| {});
        let (last, mix) = ring.chase(0, p.accesses, |_| {});
        words.extend([kib, last, mix]);
        let cells = [kib, ring.nodes(), last, mix];
        rows.push(cells.map(Cell::from).to_vec());
        // 가장 큰 크기의 것이 남음
        report = report
            .answer("largest_kib", kib)
            .answer("last_node", last)
            .answer("xor", mix);
        buffer = ring.words;
    }
    let table = Table {
        title: format!("{}번 따라간 뒤", format::int(p.accesses)),
        badge: Badge::Exact,
        columns: vec![
            Column::number("작업 집합", "KiB"),
            Column::number("노드 수", "개"),
            Column::number("끝난 노드", ""),
            Column::number("지나온 번호의 xor", ""),
        ],
        rows,
    };
    Ok(report
        .checksum(&words)
        .view(View::Table(table))
        .view(View::Trace(replay(p))))
}

/// 가장 작은 크기의 고리를 만들고 한 바퀴 도는 재생.
fn replay(p: &Params) -> Trace {
    let nodes = SMALLEST * 1024 / p.stride.bytes();
    let mut next: Vec<u64> = (0..nodes).collect();
    let mut frames = Vec::new();
    let words = zeroed(SMALLEST, Pages::Small);
    let ring = Ring::fill(words, p.stride, p.seed, |step| {
        let Step::Swap { a, b } = step else { return };
        next.swap(a as usize, b as usize);
        frames.push(Frame {
            step: "swap".into(),
            say: format!("{a}번과 {b}번의 다음을 맞바꿈"),
            counters: vec![("남은 노드".into(), format::int(a - 1))],
            lanes: vec![lane(&next, |at| match at {
                _ if at == a || at == b => Tone::Now,
                _ if at > a => Tone::Seen,
                _ => Tone::Plain,
            })],
            jumps: Vec::new(),
        });
    });
    let (mut at, mut seen) = (0, vec![false; nodes as usize]);
    ring.chase(0, nodes, |step| {
        let Step::Hop { to } = step else { return };
        let jump = (at, to);
        seen[at as usize] = true;
        at = to;
        let visited = seen.iter().filter(|seen| **seen).count() as u64;
        frames.push(Frame {
            step: "hop".into(),
            say: if visited == nodes {
                format!("{to}번으로 돌아옴: 한 바퀴에 모든 노드를 지남")
            } else {
                format!("{}번에 적힌 다음 노드: {to}번", jump.0)
            },
            counters: vec![("지나온 노드".into(), format::int(visited))],
            lanes: vec![lane(&next, |each| match each {
                _ if each == to => Tone::Hit,
                _ if seen[each as usize] => Tone::Seen,
                _ => Tone::Plain,
            })],
            jumps: vec![jump],
        });
    });
    Trace {
        title: format!("노드 {nodes}개짜리 고리를 만들고 한 바퀴 돌기"),
        badge: Badge::Exact,
        frames,
    }
}

fn lane(next: &[u64], tone: impl Fn(u64) -> Tone) -> Lane {
    let cells = next.iter().enumerate().map(|(at, next)| LaneCell {
        at: at as u64,
        text: next.to_string(),
        tone: tone(at as u64),
    });
    Lane {
        label: "노드마다 적힌 다음 노드".into(),
        size: next.len() as u64,
        cells: cells.collect(),
        group: 0,
    }
}

/// 한 크기에서 잰 것.
struct Rung {
    kib: u64,
    nodes: u64,
    chase: Timing,
    scan: Timing,
    /// 큰 페이지를 받았을 때만.
    huge: Option<Timing>,
}

/// 표본 하나에서 따라가는 횟수. 끝난 자리에서 이어 가므로 여러 표본이 고리를
/// 고루 지남.
const HOPS: u64 = 1 << 15;

/// 고리를 한 바퀴 돌아 예열한 뒤, 이어서 따라가는 일.
fn chasing(ring: &Ring) -> impl FnMut() -> u64 {
    let (mut at, _) = ring.chase(0, ring.nodes(), |_| {});
    move || {
        at = ring.chase(at, HOPS, |_| {}).0;
        at
    }
}

/// 하나만 잼. 번갈아 재면 훑기가 고리를 캐시에 다시 올려놓음.
fn alone(ctx: &Ctx, case: Case) -> Result<Option<Timing>, Failure> {
    let timings = interleave(ctx, &mut [case])?;
    Ok(timings.and_then(|mut timings| timings.rows.pop()))
}

fn climb(kib: u64, p: &Params, ctx: &Ctx) -> Result<Option<Rung>, Failure> {
    let ring = Ring::new(kib, p.stride, p.seed);
    let nodes = ring.nodes();
    let chase = alone(ctx, Case::new(CHASE, HOPS, chasing(&ring)))?;
    let scan = alone(ctx, Case::new(SCAN, nodes, || ring.scan()))?;
    // 큰 버퍼 둘을 함께 들고 있지 않음
    drop(ring);
    let huge = climb_huge(kib, p, ctx)?;
    Ok(chase.zip(scan).map(|(chase, scan)| Rung {
        kib,
        nodes,
        chase,
        scan,
        huge,
    }))
}

/// 같은 고리를 큰 페이지 위에서. 절반도 받지 못했으면 재지 않음.
fn climb_huge(
    kib: u64,
    p: &Params,
    ctx: &Ctx,
) -> Result<Option<Timing>, Failure> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    let before = huge_kib();
    let words = zeroed(kib, Pages::Huge);
    if huge_kib().saturating_sub(before) * 2 < kib {
        return Ok(None);
    }
    let ring = Ring::fill(words, p.stride, p.seed, |_| {});
    alone(ctx, Case::new(CHASE_HUGE, HOPS, chasing(&ring)))
}

const CHASE: &str = "무작위로 따라가기";
const SCAN: &str = "차례로 훑기";
const CHASE_HUGE: &str = "무작위로 따라가기, 큰 페이지";

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let mut rungs = Vec::new();
    for kib in p.sizes() {
        match climb(kib, p, ctx)? {
            Some(rung) => rungs.push(rung),
            None => return Ok(vec![note(COARSE)]),
        }
    }
    let mut views = vec![
        View::Chart(chart(&rungs)),
        View::Table(table(&rungs)),
        View::Machine(Machine {
            title: "이 기기의 계단".into(),
            env: ctx.env(),
            levels: levels(&rungs),
        }),
        note(STAIRS_RULE),
    ];
    if rungs.iter().all(|rung| rung.huge.is_none()) {
        views.push(note(NO_HUGE));
    }
    Ok(views)
}

const COARSE: &str = "해상도 부족: 시간 비교를 표시하지 않음";
const NO_HUGE: &str = "큰 페이지의 줄은 없음: 2 MiB가 넘는 작업 집합을 \
    리눅스의 터미널에서 재고, 운영체제가 큰 페이지를 내줄 때만 나옴";

/// 크기를 두 배로 했을 때 시간이 이만큼 늘면 오르막임.
const RISE: f64 = 1.3;
const STAIRS_RULE: &str = "계단을 찾는 규칙: 크기를 두 배로 했을 때 무작위로 \
    따라가는 시간(큰 페이지로 쟀으면 그 시간)이 1.3배 이상 늘면 오르막이고, \
    이어진 오르막을 하나로 묶음. 한 층의 끝은 오르막이 시작되기 전의 크기와 \
    그 두 배 사이에 있음. 처음 셋만 적고, 이름은 낮은 쪽부터 차례로 붙인 \
    것이라, TLB가 만든 오르막이 끼거나 두 층의 오르막이 이어지면 어긋남. 맨 \
    아랫줄은 가장 큰 크기의 시간이라, 그 크기가 아직 캐시에 들면 램의 \
    시간이 아님";

/// 이어진 오르막 하나: 시작 앞과 끝의 자리.
fn stairs(times: &[f64]) -> Vec<(usize, usize)> {
    let mut stairs: Vec<(usize, usize)> = Vec::new();
    for (at, pair) in times.windows(2).enumerate() {
        if pair[1] < pair[0] * RISE {
            continue;
        }
        match stairs.last_mut() {
            Some((_, top)) if *top == at => *top = at + 1,
            _ => stairs.push((at, at + 1)),
        }
    }
    stairs
}

/// 오르막 사이의 평평한 곳들: 단마다 끝나는 크기와 그 안의 시간.
fn levels(rungs: &[Rung]) -> Vec<Level> {
    let times: Vec<f64> = rungs
        .iter()
        .map(|rung| rung.huge.as_ref().unwrap_or(&rung.chase).median)
        .collect();
    let ends = stairs(&times).into_iter().map(|(foot, _)| foot);
    let mut levels: Vec<Level> = ["L1", "L2", "L3"]
        .into_iter()
        .zip(ends)
        .map(|(name, foot)| Level {
            name: name.into(),
            kib: Some(rungs[foot].kib as f64),
            ns: times[foot],
        })
        .collect();
    // 오르막을 하나도 못 보았으면 너머랄 것이 없음
    let name =
        if levels.is_empty() { "오르막 없음" } else { "그 너머" };
    levels.extend(times.last().map(|ns| Level {
        name: name.into(),
        kib: None,
        ns: *ns,
    }));
    levels
}

/// 유효 숫자 셋의 칸.
fn ns(value: f64) -> Cell {
    Cell { text: format::significant(value), value: Some(value) }
}

const TITLE: &str = "작업 집합의 크기와 한 번 읽는 시간";

fn chart(rungs: &[Rung]) -> Chart {
    let series = |name: &str, pick: fn(&Rung) -> Option<&Timing>| {
        let points = rungs.iter().filter_map(|rung| {
            let timing = pick(rung)?;
            Some(Point {
                x: rung.kib as f64,
                y: timing.median,
                low: Some(timing.p10),
                high: Some(timing.p90),
            })
        });
        Series {
            name: name.into(),
            shape: Shape::Line,
            points: points.collect(),
        }
    };
    let all = [
        series(CHASE, |rung| Some(&rung.chase)),
        series(SCAN, |rung| Some(&rung.scan)),
        series(CHASE_HUGE, |rung| rung.huge.as_ref()),
    ];
    Chart {
        title: TITLE.into(),
        badge: Badge::Measured,
        x: Axis::log("작업 집합", "KiB"),
        y: Axis::log("한 번 읽는 시간", "ns"),
        series: all.into_iter().filter(|s| !s.points.is_empty()).collect(),
        marks: Vec::new(),
    }
}

fn table(rungs: &[Rung]) -> Table {
    let mut columns = vec![
        Column::number("크기", "KiB"),
        Column::number("노드 수", "개"),
        Column::number("접근당", "ns"),
        Column::number("차례로 훑기", "ns"),
    ];
    let any_huge = rungs.iter().any(|rung| rung.huge.is_some());
    if any_huge {
        columns.push(Column::number("큰 페이지", "ns"));
    }
    let row = |rung: &Rung| {
        let mut row = vec![
            rung.kib.into(),
            rung.nodes.into(),
            ns(rung.chase.median),
            ns(rung.scan.median),
        ];
        if any_huge {
            let huge = rung.huge.as_ref();
            row.push(huge.map_or("–".into(), |timing| ns(timing.median)));
        }
        row
    };
    let rows = rungs.iter().map(row).collect();
    Table { title: TITLE.into(), badge: Badge::Measured, columns, rows }
}

/// 잰 표에서 가장 작은 크기와 가장 큰 크기를 견줌.
fn verdict(report: &Report) -> Verdict {
    let measured = report.views.iter().find_map(|view| match view {
        View::Table(table)
            if table.badge == Badge::Measured && table.title == TITLE =>
        {
            Some(&table.rows)
        }
        _ => None,
    });
    let ends = measured.and_then(|rows| Some((rows.first()?, rows.last()?)));
    let Some((small, large)) = ends else {
        return Verdict::pending();
    };
    let ns = |row: &[Cell]| row[2].value.unwrap_or(1.0);
    let size = |row: &[Cell]| {
        format::bytes(row[0].value.unwrap_or(0.0) as u64 * 1024)
    };
    let sentence = format!(
        "{}에서는 {}, {}에서는 {} 걸림.",
        size(small),
        format::time(ns(small)),
        size(large),
        format::time(ns(large))
    );
    Verdict::ratio(GUESSES, ns(large) / ns(small), sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    #[test]
    fn the_ring_visits_every_node_once() {
        for (kib, stride) in
            [(4, Stride::B64), (64, Stride::B128), (256, Stride::B256)]
        {
            let ring = Ring::new(kib, stride, 7);
            let nodes = ring.nodes();
            assert_eq!(nodes, kib * 1024 / stride.bytes());
            let mut seen = vec![false; nodes as usize];
            let (last, mix) = ring.chase(0, nodes, |step| {
                if let Step::Hop { to } = step {
                    assert!(!std::mem::replace(&mut seen[to as usize], true));
                }
            });
            assert_eq!(last, 0);
            assert_eq!(mix, (0..nodes).fold(0, |mix, node| mix ^ node));
        }
    }

    /// 훑기는 노드마다 한 번 읽음: 고리이므로 합이 번호의 합과 같음.
    #[test]
    fn the_scan_reads_every_node() {
        let ring = Ring::new(64, Stride::B64, 7);
        let offsets: u64 = (0..ring.nodes()).map(|node| node * 16).sum();
        assert_eq!(ring.scan(), offsets);
    }

    /// 큰 페이지를 부탁해도 고리는 같음.
    #[test]
    fn huge_pages_hold_the_same_ring() {
        for kib in [4, 8_192] {
            let small = Ring::new(kib, Stride::B64, 42);
            let words = zeroed(kib, Pages::Huge);
            let huge = Ring::fill(words, Stride::B64, 42, |_| {});
            assert!(small.words == huge.words, "{kib}");
        }
    }

    #[test]
    fn sizes_double_up_to_the_largest() {
        let sizes = |max_kib| {
            let p = Params { max_kib, ..Params::default() };
            p.sizes().collect::<Vec<_>>()
        };
        assert_eq!(sizes(16), [4, 8, 16]);
        assert_eq!(sizes(100), [4, 8, 16, 32, 64]);
    }

    #[test]
    fn joined_rises_make_one_stair() {
        let times = [1.0, 1.1, 1.0, 3.0, 3.1, 5.0, 9.0, 9.5, 9.0];
        assert_eq!(stairs(&times), [(2, 3), (4, 6)]);
        assert!(stairs(&[1.0, 1.2, 1.4]).is_empty());
    }

    /// 오르막이 없으면 어느 층의 너머라고도 하지 않음.
    #[test]
    fn a_flat_ladder_goes_beyond_nothing() {
        let names = |times: &[f64]| {
            let timing = |ns: f64| Timing::new("", vec![ns; 21], 1);
            let rungs = times.iter().map(|ns| Rung {
                kib: 4,
                nodes: 64,
                chase: timing(*ns),
                scan: timing(*ns),
                huge: None,
            });
            let levels = levels(&rungs.collect::<Vec<_>>());
            levels.into_iter().map(|level| level.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&[1.0, 1.0, 1.1]), ["오르막 없음"]);
        assert_eq!(names(&[1.0, 1.0, 4.0]), ["L1", "그 너머"]);
    }

    #[test]
    fn nothing_is_known_before_measuring() {
        let report = run_with("memory_ladder", &[("max_kib", "16")]);
        assert!(report.verdict.unwrap().is_pending());
    }
}
