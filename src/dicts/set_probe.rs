//! 이웃부터 보는 셋: CPython `set`의 탐사와 성장을 정수 해시로 따라감.
//!
//! 규칙의 출처는 CPython 3.14 `Objects/setobject.c`의 `set_lookkey`,
//! `set_add_entry_takeref`, `set_table_resize`와 `LINEAR_PROBES`.

use std::collections::{BTreeSet, HashSet};
use std::hash::BuildHasherDefault;

use super::dict_layout::number_bytes;
use super::dict_probe::{self, Dict, Rule};
use super::draw::{BOXES, MAX_FRAMES, binary, short};
use super::keys::{FoldHasher, Keys, check_shift, keys, missing};
use super::tally::{Tally, tick};
use lab::measure::{Case, compare};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Mark,
    Point, Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 셋은 멀리 뛰기 전에 옆칸 아홉 개를 먼저 보는가?",
    prediction: Prediction {
        text: "연속 정수 1,000개를 담은 셋에 없는 키를 물으면 \
               평균 몇 칸을 볼까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 10_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] =
    &[("1", "1칸"), ("2", "2칸"), ("5", "5칸"), ("10", "10칸")];

lab::params! {
    /// 같은 키로 셋과 사전을 만들고, 있는 키와 없는 키를 모두 찾아봄.
    pub struct Params {
        n: u64 = 1_000, int("키의 수").unit("개")
            .browser(1, 100_000).native(1, 100_000_000).log()
            .hint("터미널에서 1억 개면 메모리를 10 GiB쯤 씀");
        keys: Keys = Keys::Seq, choice("키의 모양");
        shift: u32 = 12, int("shift").unit("비트").range(0, 46)
            .hint("키의 모양이 i << shift일 때만 씀");
        linear_probes: u64 = 9, int("먼저 보는 옆칸의 수").unit("칸")
            .range(0, 20).hint("CPython은 9");
        perturb_shift: u32 = 5, int("perturb를 미는 폭").unit("비트")
            .range(1, 16);
        seed: u64 = 42, int("씨앗").hint("무작위 키에만 씀");
        watch_key: u64 = 0, int("따라갈 키의 번호").range(0, 99_999_999)
            .hint("단계 재생이 찾는 키. 끝을 지나면 처음부터 다시 셈");
    }
    check = |p: &Params, _: Scope| check_shift(p.keys, p.n, p.shift);
}

impl Params {
    fn keys(&self) -> impl Iterator<Item = u64> + use<> {
        keys(self.keys, self.shift, self.seed).take(self.n as usize)
    }

    fn set(&self) -> Set {
        Set::new(self.linear_probes, self.perturb_shift)
    }

    /// 진짜 set에 없는 규칙으로 센 것은 모형임.
    fn badge(&self) -> Badge {
        match (self.linear_probes, self.perturb_shift) {
            (LINEAR_PROBES, PERTURB_SHIFT) => Badge::Exact,
            _ => Badge::Model,
        }
    }

    fn dict(&self) -> Dict {
        let perturb_shift = self.perturb_shift;
        Dict::new(Rule { perturb_shift, ..Rule::CPYTHON })
    }
}

/// CPython이 먼저 보는 옆칸의 수와 perturb를 미는 폭.
const LINEAR_PROBES: u64 = 9;
const PERTURB_SHIFT: u32 = 5;
/// CPython의 최소 표. 셋 객체 안에 들어 있음.
const MIN_SLOTS: usize = 8;

/// 셋의 모형. 칸 하나가 진짜와 같은 16바이트임.
#[derive(Clone, Debug)]
pub struct Set {
    /// 뛰기 전에 더 보는 옆칸의 수.
    near: u64,
    perturb_shift: u32,
    table: Vec<Option<u64>>,
    fill: u64,
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Start { slot: u64 },
    Look { slot: u64 },
    Free,
    Found,
    Shift { perturb: u64 },
    Jump { slot: u64 },
}

impl Step {
    fn tag(self) -> &'static str {
        match self {
            Step::Start { .. } => "start",
            Step::Look { .. } => "look",
            Step::Free => "free",
            Step::Found => "found",
            Step::Shift { .. } => "shift",
            Step::Jump { .. } => "jump",
        }
    }
}

impl Set {
    pub fn new(near: u64, perturb_shift: u32) -> Self {
        Set { near, perturb_shift, table: vec![None; MIN_SLOTS], fill: 0 }
    }

    pub fn slots(&self) -> u64 {
        self.table.len() as u64
    }

    pub fn contains(&self, key: u64) -> bool {
        self.table[self.find(key, |_| {})].is_some()
    }

    // ANCHOR: kernel
    /// 키가 있는 칸, 없으면 처음 만난 빈칸.
    pub fn find(&self, key: u64, mut watch: impl FnMut(Step)) -> usize {
        let mask = self.slots() - 1;
        let mut perturb = key;
        let mut slot = key & mask; // step: start
        watch(Step::Start { slot });
        loop {
            // 표의 끝을 넘어가면 옆칸은 보지 않음
            let fits = slot + self.near <= mask;
            let last = if fits { slot + self.near } else { slot };
            for at in slot..=last {
                watch(Step::Look { slot: at });
                let found = self.table[at as usize]; // step: look
                if found.is_none() {
                    watch(Step::Free);
                    return at as usize; // step: free
                }
                if found == Some(key) {
                    watch(Step::Found);
                    return at as usize; // step: found
                }
            }
            perturb >>= self.perturb_shift; // step: shift
            watch(Step::Shift { perturb });
            let far = slot.wrapping_mul(5).wrapping_add(perturb);
            slot = far.wrapping_add(1) & mask; // step: jump
            watch(Step::Jump { slot });
        }
    }

    pub fn insert(&mut self, key: u64) {
        let at = self.find(key, |_| {});
        if self.table[at].is_some() {
            return;
        }
        self.table[at] = Some(key);
        self.fill += 1;
        if self.fill * 5 >= (self.slots() - 1) * 3 {
            self.grow();
        }
    }

    /// 작을 때는 네 배, 크면 두 배보다 큰 표로. 칸 순서대로 옮김.
    fn grow(&mut self) {
        let times = if self.fill > 50_000 { 2 } else { 4 };
        let slots = (self.fill * times + 1).next_power_of_two();
        let old = std::mem::take(&mut self.table);
        self.table = vec![None; slots as usize];
        for key in old.into_iter().flatten() {
            let at = self.find(key, |_| {});
            self.table[at] = Some(key);
        }
    }
    // ANCHOR_END: kernel
}

/// 캐시 라인, 셋의 칸, 사전의 항목의 바이트.
const LINE: u64 = 64;
const SET_SLOT: u64 = 16;
const DICT_ITEM: u64 = 24;

/// 찾기 하나가 건드린 서로 다른 캐시 라인을 셈. 배열이 라인의 처음에서
/// 시작한다고 봄: 진짜 배열은 16바이트 단위로만 맞춰짐.
struct Lines {
    /// 라인마다 마지막으로 건드린 찾기의 번호.
    last: Vec<u32>,
    now: u32,
    touched: u64,
}

impl Lines {
    fn new(bytes: u64) -> Self {
        let last = vec![0; bytes.div_ceil(LINE) as usize];
        Lines { last, now: 0, touched: 0 }
    }

    fn next(&mut self) {
        self.now += 1;
        self.touched = 0;
    }

    fn touch(&mut self, byte: u64) {
        let last = &mut self.last[(byte / LINE) as usize];
        self.touched += u64::from(*last != self.now);
        *last = self.now;
    }
}

/// 찾기들에 든 값.
#[derive(Default)]
struct Bill {
    looks: Tally,
    jumps: u64,
    lines: u64,
}

/// 셋에서 이 키들을 찾는 값.
fn bill_set(
    set: &Set,
    wanted: impl Iterator<Item = u64>,
    mut pace: impl FnMut(u64) -> Result<(), Failure>,
) -> Result<Bill, Failure> {
    let mut bill = Bill::default();
    let mut lines = Lines::new(set.slots() * SET_SLOT);
    for (i, key) in wanted.enumerate() {
        pace(i as u64)?;
        lines.next();
        let mut looks = 0;
        set.find(key, |step| match step {
            Step::Look { slot } => {
                looks += 1;
                lines.touch(slot * SET_SLOT);
            }
            Step::Jump { .. } => bill.jumps += 1,
            _ => {}
        });
        bill.looks.add(looks);
        bill.lines += lines.touched;
    }
    Ok(bill)
}

/// 사전에서 찾는 값: 인덱스의 라인에 항목의 라인을 더함.
fn bill_dict(
    dict: &Dict,
    wanted: impl Iterator<Item = u64>,
    mut pace: impl FnMut(u64) -> Result<(), Failure>,
) -> Result<Bill, Failure> {
    let mut bill = Bill::default();
    let number = number_bytes(dict.slots());
    let mut index = Lines::new(dict.slots() * number);
    let mut items = Lines::new(dict.len() * DICT_ITEM);
    for (i, key) in wanted.enumerate() {
        pace(i as u64)?;
        index.next();
        items.next();
        let mut looks = 0;
        dict.find(key, |step| {
            let dict_probe::Step::Look { slot } = step else { return };
            looks += 1;
            index.touch(slot * number);
            let item = dict.index[slot as usize];
            if item >= 0 {
                items.touch(item as u64 * DICT_ITEM);
            }
        });
        bill.looks.add(looks);
        bill.jumps += looks - 1;
        bill.lines += index.touched + items.touched;
    }
    Ok(bill)
}

/// 있는 키와 없는 키의 값.
struct Bills {
    hit: Bill,
    miss: Bill,
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let (mut set, mut dict) = (p.set(), p.dict());
    for (i, key) in p.keys().enumerate() {
        tick(ctx, i as u64, p.n, "넣기")?;
        set.insert(key);
        dict.insert(key, |_| {});
    }
    let pace = |i| tick(ctx, i, p.n, "찾기");
    let in_set = Bills {
        hit: bill_set(&set, p.keys(), pace)?,
        miss: bill_set(&set, p.keys().map(missing), pace)?,
    };
    let in_dict = Bills {
        hit: bill_dict(&dict, p.keys(), pace)?,
        miss: bill_dict(&dict, p.keys().map(missing), pace)?,
    };
    let Bills { hit, miss } = &in_set;
    let lines = hit.lines + miss.lines;
    Ok(Report::default()
        .answer("slots", set.slots())
        .answer("hit_slots", hit.looks.sum)
        .answer("hit_jumps", hit.jumps)
        .answer("miss_slots", miss.looks.sum)
        .answer("miss_jumps", miss.jumps)
        .answer("lines", lines)
        .answer("max_hit", hit.looks.max())
        .answer("max_miss", miss.looks.max())
        .answer("hit_lines", hit.lines)
        .answer("miss_lines", miss.lines)
        .answer("dict_slots", dict.slots())
        .answer("dict_hit", in_dict.hit.looks.sum)
        .answer("dict_hit_lines", in_dict.hit.lines)
        .answer("dict_miss", in_dict.miss.looks.sum)
        .answer("dict_miss_lines", in_dict.miss.lines)
        .checksum(&[
            set.slots(),
            hit.looks.sum,
            hit.jumps,
            miss.looks.sum,
            miss.jumps,
            lines,
        ])
        .view(View::Chart(slots_and_lines(p, &in_set, &in_dict)))
        .view(View::Table(summary(p, &in_set, &in_dict, &set, &dict)))
        .view(View::Chart(histogram(p, &in_set)))
        .view(View::Chart(sweep(p, ctx)?))
        .view(View::Trace(replay_small(p)))
        .view(View::Trace(replay_watched(p, &set))))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let mean = |key| report.int(key).unwrap_or(0) as f64 / p.n as f64;
    let slots = mean("miss_slots");
    let sentence = format!(
        "없는 키 하나에 셋은 평균 {}칸, 사전은 {}번을 봄.",
        format::fixed(slots, 3),
        format::fixed(mean("dict_miss"), 3)
    );
    Verdict {
        headline: format!("{}칸", format::significant(slots)),
        ..Verdict::ratio(GUESSES, slots, sentence)
    }
}

/// 찾기 하나의 칸과 라인.
fn slots_and_lines(p: &Params, set: &Bills, dict: &Bills) -> Chart {
    let series = |name: &str, bills: &Bills| {
        let Bills { hit, miss } = bills;
        let sums = [hit.looks.sum, hit.lines, miss.looks.sum, miss.lines];
        let points = sums
            .iter()
            .enumerate()
            .map(|(i, sum)| (i as f64, *sum as f64 / p.n as f64).into());
        let points = points.collect();
        Series { name: name.into(), shape: Shape::Bar, points }
    };
    let groups =
        ["있는 키: 칸", "있는 키: 라인", "없는 키: 칸", "없는 키: 라인"];
    Chart {
        title: "찾기 한 번에 보는 칸과 건드리는 캐시 라인".into(),
        badge: p.badge(),
        x: Axis::category("무엇을 세는가", groups),
        y: Axis::linear("찾기 한 번의 평균", "개"),
        series: vec![series("셋", set), series("사전", dict)],
        marks: Vec::new(),
    }
}

fn summary(
    p: &Params,
    in_set: &Bills,
    in_dict: &Bills,
    set: &Set,
    dict: &Dict,
) -> Table {
    let n = p.n;
    let mean = |sum: u64| Cell::fixed(sum as f64 / n as f64, 3);
    let row =
        |name: String, set: Cell, dict: Cell| vec![name.into(), set, dict];
    let of_keys = |name: &str, a: &Bill, b: &Bill| {
        let row =
            |what: &str, set, dict| row(format!("{name}: {what}"), set, dict);
        [
            row("평균 칸", mean(a.looks.sum), mean(b.looks.sum)),
            row("최대 칸", a.looks.max().into(), b.looks.max().into()),
            row("평균 뜀(번)", mean(a.jumps), mean(b.jumps)),
            row("평균 라인", mean(a.lines), mean(b.lines)),
        ]
    };
    let load = |slots: u64| Cell::fixed(n as f64 / slots as f64, 4);
    let (set, dict) = (set.slots(), dict.slots());
    let mut rows = Vec::new();
    rows.extend(of_keys("있는 키", &in_set.hit, &in_dict.hit));
    rows.extend(of_keys("없는 키", &in_set.miss, &in_dict.miss));
    rows.push(row("슬롯(칸)".into(), set.into(), dict.into()));
    rows.push(row("적재율".into(), load(set), load(dict)));
    Table {
        title: "같은 키를 담은 셋과 사전".into(),
        badge: p.badge(),
        columns: vec![
            Column::text("지표"),
            Column::number("셋", ""),
            Column::number("사전", ""),
        ],
        rows,
    }
}

fn histogram(p: &Params, in_set: &Bills) -> Chart {
    let Bills { hit, miss } = in_set;
    Chart {
        title: "셋에서 본 칸의 수별 키의 수".into(),
        badge: p.badge(),
        x: Axis::linear("본 칸", "칸"),
        y: Axis::linear("키의 수", "개"),
        series: vec![hit.looks.bars("있는 키"), miss.looks.bars("없는 키")],
        marks: Vec::new(),
    }
}

/// 옆칸을 이만큼까지 바꿔 봄. 키는 많아도 이만큼만 씀.
const SWEEP_PROBES: u64 = 20;
const SWEEP_KEYS: u64 = 2_000;

/// 옆칸의 수마다 셋을 새로 만들어 칸과 라인을 셈.
fn sweep(p: &Params, ctx: &Ctx) -> Result<Chart, Failure> {
    let n = p.n.min(SWEEP_KEYS);
    let mut lines: [Vec<Point>; 4] = Default::default();
    for near in 0..=SWEEP_PROBES {
        ctx.progress(near, SWEEP_PROBES, "옆칸의 수를 바꾸기")?;
        let p = Params { n, linear_probes: near, ..p.clone() };
        let mut set = p.set();
        p.keys().for_each(|key| set.insert(key));
        let hit = bill_set(&set, p.keys(), |_| Ok(()))?;
        let miss = bill_set(&set, p.keys().map(missing), |_| Ok(()))?;
        let sums = [hit.looks.sum, miss.looks.sum, hit.lines, miss.lines];
        for (line, sum) in lines.iter_mut().zip(sums) {
            line.push((near as f64, sum as f64 / n as f64).into());
        }
    }
    let names =
        ["있는 키: 칸", "없는 키: 칸", "있는 키: 라인", "없는 키: 라인"];
    let series = names.into_iter().zip(lines).map(|(name, points)| Series {
        name: name.into(),
        shape: Shape::Line,
        points,
    });
    Ok(Chart {
        title: format!("옆칸의 수를 바꾸면 (키 {}개)", format::int(n)),
        // 옆칸이 9개인 셋만 진짜임
        badge: Badge::Model,
        x: Axis::linear("먼저 보는 옆칸", "칸"),
        y: Axis::log("찾기 한 번의 평균", "개"),
        series: series.collect(),
        marks: vec![Mark {
            axis: AxisName::X,
            at: p.linear_probes as f64,
            label: format!("지금 {}칸", p.linear_probes),
        }],
    })
}

/// 장면을 모으는 기록기.
#[derive(Default)]
struct Recorder {
    frames: Vec<Frame>,
    seen: BTreeSet<u64>,
    lines: BTreeSet<u64>,
    jumps: Vec<(u64, u64)>,
    looks: u64,
    perturb: u64,
    /// 이번에 훑기 시작한 칸과 지금 보는 칸.
    first: u64,
    slot: u64,
}

impl Recorder {
    /// 찾기 하나를 처음부터 끝까지.
    fn find(&mut self, set: &Set, key: u64, name: &str) {
        self.seen.clear();
        self.lines.clear();
        self.jumps.clear();
        self.looks = 0;
        self.perturb = key;
        let boxes = set.slots() <= BOXES;
        set.find(key, |step| {
            let say = self.advance(set, name, step);
            // 큰 표에서 옆칸은 점 하나의 안쪽이라 보이지 않음
            let beside = matches!(step, Step::Look { slot }
                if slot != self.first);
            if (beside && !boxes) || self.frames.len() >= MAX_FRAMES {
                return;
            }
            self.frames.push(Frame {
                step: step.tag().to_owned(),
                say,
                counters: vec![
                    ("perturb".into(), binary(self.perturb)),
                    ("본 칸".into(), format!("{}칸", self.looks)),
                    ("라인".into(), format!("{}개", self.lines.len())),
                ],
                lanes: vec![self.lane(set, step)],
                jumps: self.jumps.clone(),
            });
        });
    }

    /// 순간 하나를 문장으로 옮기고 지나온 길을 기억함.
    fn advance(&mut self, set: &Set, name: &str, step: Step) -> String {
        match step {
            Step::Start { slot } => {
                (self.first, self.slot) = (slot, slot);
                format!("{name}: 해시의 아래쪽 비트가 첫 자리를 정함")
            }
            Step::Look { slot } => {
                self.slot = slot;
                self.looks += 1;
                if set.slots() <= BOXES || slot == self.first {
                    self.seen.insert(slot);
                }
                let line = slot * SET_SLOT / LINE;
                let cost = match self.lines.insert(line) {
                    true => "새 캐시 라인",
                    false => "이미 읽은 라인",
                };
                let what = match set.table[slot as usize] {
                    Some(key) => format!("키 {}", short(key)),
                    None => "비어 있음".to_owned(),
                };
                format!("{slot}번 칸을 봄: {what} ({cost})")
            }
            Step::Free => "빈칸을 만났으므로 없는 키임".to_owned(),
            Step::Found => format!("{}번 칸에서 찾음", self.slot),
            Step::Shift { perturb } => {
                self.perturb = perturb;
                let last = match self.slot - self.first {
                    0 => String::new(),
                    _ => format!("–{}", self.slot),
                };
                format!("{}{last}번 칸은 다른 키임: perturb를 밂", self.first)
            }
            Step::Jump { slot } => {
                self.jumps.push((self.first, slot));
                (self.first, self.slot) = (slot, slot);
                format!("{slot}번 칸으로 뜀")
            }
        }
    }

    fn lane(&self, set: &Set, step: Step) -> Lane {
        let boxes = set.slots() <= BOXES;
        let tone = |at: u64| match step {
            Step::Start { .. } => Tone::Plain,
            Step::Found if at == self.slot => Tone::Hit,
            _ if at == self.slot => Tone::Now,
            _ if self.seen.contains(&at) => Tone::Seen,
            _ => Tone::Plain,
        };
        let filled = |at: u64| set.table[at as usize].map(short);
        let shown: BTreeSet<u64> = match boxes {
            true => (0..set.slots()).collect(),
            false => self.seen.iter().copied().chain([self.slot]).collect(),
        };
        let cells = shown.into_iter().filter_map(|at| {
            let (text, tone) = (filled(at), tone(at));
            let drawn = text.is_some() || tone != Tone::Plain;
            let text = text.unwrap_or_default();
            drawn.then_some(LaneCell { at, text, tone })
        });
        Lane {
            label: "셋의 표: 네 칸이 캐시 라인 하나".into(),
            size: set.slots(),
            cells: cells.collect(),
            group: LINE / SET_SLOT,
        }
    }
}

/// 32칸짜리 표에 가장 많이 담기는 수.
const REPLAY_KEYS: u64 = 18;

/// 작은 셋에서 가장 오래 걸리는 있는 키와 없는 키.
fn replay_small(p: &Params) -> Trace {
    let p = Params { n: p.n.min(REPLAY_KEYS), ..p.clone() };
    let mut set = p.set();
    p.keys().for_each(|key| set.insert(key));
    let looks = |key: &u64| {
        let mut looks = 0;
        set.find(*key, |step| {
            if let Step::Look { .. } = step {
                looks += 1;
            }
        });
        looks
    };
    let mut recorder = Recorder::default();
    if let Some(key) = p.keys().max_by_key(looks) {
        recorder.find(&set, key, &format!("키 {key}"));
    }
    if let Some(key) = p.keys().map(missing).max_by_key(looks) {
        recorder.find(&set, key, &format!("없는 키 {}", short(key)));
    }
    Trace {
        title: format!("키 {}개짜리 셋에서 가장 오래 걸리는 찾기", p.n),
        badge: p.badge(),
        frames: recorder.frames,
    }
}

/// 따라갈 키와, 그 키와 짝지은 없는 키.
fn replay_watched(p: &Params, set: &Set) -> Trace {
    let number = p.watch_key % p.n;
    let mut recorder = Recorder::default();
    let key = p.keys().nth(number as usize).unwrap_or(0);
    recorder.find(set, key, &format!("키 {key}"));
    let absent = missing(key);
    recorder.find(set, absent, &format!("없는 키 {}", short(absent)));
    Trace {
        title: format!("{}번 키와 짝지은 없는 키 찾기", format::int(number)),
        badge: p.badge(),
        frames: recorder.frames,
    }
}

/// 재는 것들: 같은 키를 같은 섞인 순서로 찾음.
pub struct Rivals {
    pub present: Vec<u64>,
    pub absent: Vec<u64>,
    pub set: Set,
    pub dict: Dict,
    pub std: HashSet<u64>,
    pub swiss: hashbrown::HashSet<u64, BuildHasherDefault<FoldHasher>>,
}

impl Rivals {
    pub fn new(p: &Params) -> Self {
        let (mut set, mut dict) = (p.set(), p.dict());
        for key in p.keys() {
            set.insert(key);
            dict.insert(key, |_| {});
        }
        let mut present: Vec<u64> = p.keys().collect();
        SplitMix64::new(p.seed).shuffle(&mut present);
        let absent = present.iter().map(|key| missing(*key)).collect();
        let (std, swiss) = (p.keys().collect(), p.keys().collect());
        Rivals { present, absent, set, dict, std, swiss }
    }

    /// 찾은 키의 수. 어느 것이나 답이 같아야 함.
    pub fn count_set(&self, wanted: &[u64]) -> u64 {
        count(wanted, |key| self.set.contains(key))
    }

    pub fn count_dict(&self, wanted: &[u64]) -> u64 {
        count(wanted, |key| self.dict.find(key, |_| {}).is_some())
    }

    pub fn count_std(&self, wanted: &[u64]) -> u64 {
        count(wanted, |key| self.std.contains(&key))
    }

    pub fn count_swiss(&self, wanted: &[u64]) -> u64 {
        count(wanted, |key| self.swiss.contains(&key))
    }
}

fn count(wanted: &[u64], has: impl Fn(u64) -> bool) -> u64 {
    wanted.iter().filter(|key| has(**key)).count() as u64
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    ctx.progress(0, 1, "셋과 사전 만들기")?;
    let rivals = Rivals::new(p);
    let mut views = Vec::new();
    for (kind, wanted) in [("있는", &rivals.present), ("없는", &rivals.absent)]
    {
        let cases = vec![
            Case::new("우리 셋 모형", p.n, || rivals.count_set(wanted)),
            Case::new("우리 사전 모형", p.n, || {
                rivals.count_dict(wanted)
            }),
            Case::new("std HashSet (SipHash-1-3)", p.n, || {
                rivals.count_std(wanted)
            }),
            Case::new("hashbrown (곱셈 해시)", p.n, || {
                rivals.count_swiss(wanted)
            }),
        ];
        let title = format!("섞인 순서로 {kind} 키 찾기");
        views.extend(compare(ctx, &title, "조회 한 번", cases)?);
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dict_layout::set_slots;
    use crate::run_with;

    /// 찾기 하나의 평균, 소수점 아래 세 자리.
    fn means<const K: usize>(
        pairs: &[(&str, &str)],
        keys: [&str; K],
    ) -> [String; K] {
        let report = run_with("set_probe", pairs);
        let n = Params::read(&report.params).unwrap().n as f64;
        keys.map(|key| format::fixed(report.int(key).unwrap() as f64 / n, 3))
    }

    #[test]
    fn anchors_at_one_thousand_keys() {
        let rows = [
            ("seq", "0", "1.000", "9.678"),
            ("random", "0", "1.477", "2.366"),
            ("shift", "4", "4.416", "3.093"),
            ("shift", "12", "20.887", "2.543"),
            ("shift", "32", "59.891", "2.779"),
        ];
        for (keys, shift, hit, miss) in rows {
            let pairs = [("keys", keys), ("shift", shift)];
            let got = means(&pairs, ["hit_slots", "miss_slots"]);
            assert_eq!(got, [hit, miss], "{keys} {shift}");
            let report = run_with("set_probe", &pairs);
            assert_eq!(report.int("slots"), Some(2_048));
        }
        assert_eq!(means(&[], ["miss_jumps"]), ["0.866"]);
    }

    #[test]
    fn anchors_at_one_hundred_thousand_keys() {
        let rows = [
            ("8", "11.61", "2.91"),
            ("16", "29.30", "3.96"),
            ("32", "60.49", "9.71"),
        ];
        for (shift, set, dict) in rows {
            let pairs = [("n", "100000"), ("keys", "shift"), ("shift", shift)];
            let report = run_with("set_probe", &pairs);
            let mean =
                |key| format::fixed(report.int(key).unwrap() as f64 / 1e5, 2);
            let got = [mean("hit_slots"), mean("dict_hit")];
            assert_eq!(got, [set, dict], "{shift}");
        }
    }

    /// 칸은 늘고 라인은 줄어드는 것이 이웃 탐사의 뜻임.
    #[test]
    fn anchors_of_the_cache_lines() {
        let all =
            ["hit_lines", "miss_lines", "dict_hit_lines", "dict_miss_lines"];
        let random = means(&[("keys", "random")], all);
        assert_eq!(random, ["1.103", "1.354", "2.765", "2.914"]);
        let far = [("keys", "shift"), ("shift", "32")];
        let [hit, _, dict, _] = means(&far, all);
        assert_eq!([hit, dict], ["14.436", "9.810"]);

        let alone = [("keys", "random"), ("linear_probes", "0")];
        let some = ["hit_slots", "hit_lines", "miss_slots", "miss_lines"];
        let got = means(&alone, some);
        assert_eq!(got, ["1.400", "1.400", "1.980", "1.977"]);
        let far = [("keys", "shift"), ("shift", "32"), ("linear_probes", "0")];
        let got = means(&far, ["hit_slots", "hit_lines"]);
        assert_eq!(got, ["8.061", "7.026"]);
    }

    #[test]
    fn checksum_of_the_counterpart() {
        let report = run_with("set_probe", &[]);
        assert_eq!(report.checksum.as_deref(), Some("a8e9aadb1c3f4d4f"));
    }

    #[test]
    fn the_default_prediction_is_ten_slots() {
        let verdict = run_with("set_probe", &[]).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("10"));
        assert_eq!(verdict.headline, "9.68칸");
    }

    /// 옆칸의 수를 바꿔 보는 그래프는 늘 모형임.
    #[test]
    fn only_cpythons_own_rule_is_exact() {
        use Badge::{Exact, Model};

        let badges = |pairs: &[(&str, &str)]| -> Vec<Badge> {
            let badge = |view: &View| match view {
                View::Chart(chart) => chart.badge,
                View::Table(table) => table.badge,
                View::Trace(trace) => trace.badge,
                _ => unreachable!(),
            };
            run_with("set_probe", pairs).views.iter().map(badge).collect()
        };
        assert_eq!(badges(&[]), [Exact, Exact, Exact, Model, Exact, Exact]);
        for pair in [("linear_probes", "0"), ("perturb_shift", "6")] {
            assert_eq!(badges(&[pair]), [Model; 6], "{pair:?}");
        }
    }

    /// 식으로 센 칸 수와 하나씩 넣은 모형의 칸 수가 같아야 함.
    #[test]
    fn formula_matches_the_model() {
        let mut set = Set::new(9, 5);
        for n in 1..=100_000 {
            set.insert(n);
            assert_eq!(set_slots(n), set.slots(), "{n}");
        }
    }

    /// 진짜 셋이 `list(set([5, 13, 21]))`로 내는 순서.
    #[test]
    fn small_set_iterates_like_the_real_one() {
        let mut set = Set::new(9, 5);
        [5, 13, 21].into_iter().for_each(|key| set.insert(key));
        let order: Vec<u64> = set.table.iter().flatten().copied().collect();
        assert_eq!(order, [13, 21, 5]);
    }

    /// 표를 훑는 느린 찾기와 답이 같아야 함.
    #[test]
    fn finds_what_a_scan_finds() {
        for near in [0, 3, 9, 20] {
            let mut set = Set::new(near, 5);
            for key in keys(Keys::Random, 0, 7).take(300) {
                set.insert(key % 512);
            }
            for key in 0..600 {
                let scan = set.table.contains(&Some(key));
                assert_eq!(set.contains(key), scan);
            }
        }
    }

    /// 도장으로 센 라인의 수는 라인의 집합을 세는 것과 같음.
    #[test]
    fn lines_match_a_set_of_lines() {
        let p = Params { keys: Keys::Shift, ..Params::default() };
        let mut set = p.set();
        p.keys().for_each(|key| set.insert(key));
        let mut slow = 0;
        for key in p.keys() {
            let mut lines = BTreeSet::new();
            set.find(key, |step| {
                if let Step::Look { slot } = step {
                    lines.insert(slot / 4);
                }
            });
            slow += lines.len() as u64;
        }
        let bill = bill_set(&set, p.keys(), |_| Ok(())).unwrap();
        assert_eq!(bill.lines, slow);
    }

    #[test]
    fn rivals_agree() {
        let rivals = Rivals::new(&Params { n: 500, ..Params::default() });
        for (wanted, found) in [(&rivals.present, 500), (&rivals.absent, 0)] {
            assert_eq!(rivals.count_set(wanted), found);
            assert_eq!(rivals.count_dict(wanted), found);
            assert_eq!(rivals.count_std(wanted), found);
            assert_eq!(rivals.count_swiss(wanted), found);
        }
    }
}
