//! 몇 번 만에 찾는가: CPython `dict`의 탐사 수열을 정수 해시로 따라감.
//!
//! 규칙의 출처는 CPython 3.14 `Objects/dictobject.c`의 `do_lookup`,
//! `find_empty_slot`, `USABLE_FRACTION`, `GROWTH_RATE`.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;

use super::draw::{BOXES, MAX_FRAMES, binary, index_lane, items_lane};
pub use super::keys::Keys;
use super::keys::{FoldHasher, check_shift, keys, missing};
use super::tally::{Tally, tick};
use lab::measure::{Case, compare};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, Mark, Series,
    Shape, Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 어떤 키는 한 번에 찾고 어떤 키는 여러 번 헤매는가?",
    prediction: Prediction {
        text: "i << 12 꼴 키 1,000개의 평균 탐사는 연속 키의 몇 배일까?",
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

const GUESSES: &[(&str, &str)] =
    &[("1", "1배"), ("2", "2배"), ("4", "4배"), ("20", "20배")];

lab::choices! {
    /// 충돌한 다음에 갈 자리를 정하는 규칙.
    pub enum Probe {
        Cpython = "cpython", "5i + perturb + 1 (CPython)";
        NoPerturb = "no_perturb", "5i + 1";
        Linear = "linear", "i + 1 (옆칸)";
    }
}

lab::params! {
    /// 사전 하나를 만들고 모든 키를 찾아봄.
    pub struct Params {
        n: u64 = 1_000, int("키의 수").unit("개")
            .browser(1, 100_000).native(1, 100_000_000).log();
        keys: Keys = Keys::Shift, choice("키의 모양");
        shift: u32 = 12, int("shift").unit("비트").range(0, 46)
            .hint("키의 모양이 i << shift일 때만 씀");
        probe: Probe = Probe::Cpython, choice("탐사 규칙");
        perturb_shift: u32 = 5, int("perturb를 미는 폭").unit("비트")
            .range(1, 16);
        load_num: u64 = 2, int("최대 적재율의 분자").range(1, 100);
        load_den: u64 = 3, int("최대 적재율의 분모").range(1, 100)
            .hint("적재율은 0.4 이상 0.9 이하");
        seed: u64 = 42, int("씨앗").hint("무작위 키에만 씀");
        watch_key: u64 = 777, int("따라갈 키의 번호").range(0, 99_999_999)
            .hint("단계 재생이 찾는 키. 끝을 지나면 처음부터 다시 셈");
    }
    check = check;
}

fn check(p: &Params, scope: Scope) -> Result<(), Failure> {
    let refuse =
        |field: &str, message: String| Err(Failure::param(field, message));
    check_shift(p.keys, p.n, p.shift)?;
    if 5 * p.load_num < 2 * p.load_den || 10 * p.load_num > 9 * p.load_den {
        return refuse(
            "load_num",
            format!(
                "최대 적재율(load_num/load_den)의 값 '{}/{}': \
                 0.4–0.9 범위를 벗어남",
                p.load_num, p.load_den
            ),
        );
    }
    // perturb가 없으면 모든 키가 한 줄을 이루어 일이 n²에 비례함.
    // 페이지의 한도는 Pyodide가 20초 안에 끝내는 크기임
    let limit = scope.pick(4_000, 200_000);
    if p.probe != Probe::Cpython && p.n > limit {
        return refuse(
            "n",
            format!(
                "키의 수(n)의 값 '{}': 이 탐사 규칙에서는 1–{}개 \
                 범위여야 함",
                p.n,
                format::int(limit)
            ),
        );
    }
    Ok(())
}

impl Params {
    /// 진짜 dict에 없는 규칙으로 센 것은 모형임.
    fn badge(&self) -> Badge {
        let ours = Rule::new(self);
        let Rule { multiplier, keep, perturb_shift, load } = Rule::CPYTHON;
        let probe = (ours.multiplier, ours.keep, ours.perturb_shift)
            == (multiplier, keep, perturb_shift);
        // 4/6도 2/3와 같은 적재율임
        match probe && ours.load.0 * load.1 == load.0 * ours.load.1 {
            true => Badge::Exact,
            false => Badge::Model,
        }
    }
}

/// 탐사와 성장의 규칙.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// 다음 자리 = `i * multiplier + perturb + 1`.
    pub multiplier: u64,
    /// perturb의 첫 값에 씌우는 것. 0이면 위쪽 비트를 쓰지 않음.
    pub keep: u64,
    pub perturb_shift: u32,
    /// 표의 이 비율이 차면 이사함 (분자, 분모).
    pub load: (u64, u64),
}

impl Rule {
    /// CPython 3.6 이후의 `dict`.
    pub const CPYTHON: Rule =
        Rule { multiplier: 5, keep: u64::MAX, perturb_shift: 5, load: (2, 3) };

    fn new(p: &Params) -> Self {
        let (multiplier, keep) = match p.probe {
            Probe::Cpython => (5, u64::MAX),
            Probe::NoPerturb => (5, 0),
            Probe::Linear => (1, 0),
        };
        Rule {
            multiplier,
            keep,
            perturb_shift: p.perturb_shift,
            load: (p.load_num, p.load_den),
        }
    }

    /// 이사하지 않고 담을 수 있는 항목의 수.
    pub fn usable(&self, slots: u64) -> u64 {
        slots * self.load.0 / self.load.1
    }
}

/// 인덱스 칸의 값: 0 이상이면 항목의 번호.
pub(super) const EMPTY: i32 = -1;
/// 지운 자리. 찾을 때는 지나가고, 새 항목은 여기에 들어갈 수 있음.
pub(super) const DUMMY: i32 = -2;

/// CPython의 최소 표.
const MIN_SLOTS: u64 = 8;

/// 키는 해시값 하나로 대신함: 서로 다른 키는 서로 다른 해시를 가짐.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub hash: u64,
    /// 지운 항목은 배열에 구멍으로 남음.
    pub live: bool,
}

/// 압축 사전의 모형: 성긴 인덱스 표와 빽빽한 항목 배열.
#[derive(Clone, Debug)]
pub struct Dict {
    pub(super) rule: Rule,
    pub(super) mask: u64,
    pub(super) index: Vec<i32>,
    pub(super) items: Vec<Item>,
    /// 이사하기 전까지 더 넣을 수 있는 항목의 수.
    pub(super) usable: u64,
    pub(super) used: u64,
    pub(super) resizes: u64,
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Start { perturb: u64 },
    Look { slot: u64 },
    Found { item: usize },
    Free { slot: u64 },
    Shift { perturb: u64 },
    Jump { slot: u64 },
    Place { slot: u64 },
    Grow { slots: u64 },
}

impl Step {
    fn tag(self) -> &'static str {
        match self {
            Step::Start { .. } => "start",
            Step::Look { .. } => "look",
            Step::Found { .. } => "found",
            Step::Free { .. } => "free",
            Step::Shift { .. } => "shift",
            Step::Jump { .. } => "jump",
            Step::Place { .. } => "place",
            Step::Grow { .. } => "grow",
        }
    }
}

impl Dict {
    pub fn new(rule: Rule) -> Self {
        Dict {
            rule,
            mask: MIN_SLOTS - 1,
            index: vec![EMPTY; MIN_SLOTS as usize],
            items: Vec::new(),
            usable: rule.usable(MIN_SLOTS),
            used: 0,
            resizes: 0,
        }
    }

    pub fn slots(&self) -> u64 {
        self.mask + 1
    }

    pub fn len(&self) -> u64 {
        self.used
    }

    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    // ANCHOR: kernel
    /// 해시가 같은 항목의 번호. 빈칸을 만나면 없는 것임.
    pub fn find(
        &self,
        hash: u64,
        mut watch: impl FnMut(Step),
    ) -> Option<usize> {
        let mut perturb = hash & self.rule.keep;
        watch(Step::Start { perturb });
        let mut slot = hash & self.mask; // step: start
        loop {
            watch(Step::Look { slot });
            let item = self.index[slot as usize]; // step: look
            if item == EMPTY {
                watch(Step::Free { slot });
                return None; // step: free
            }
            if item >= 0 && self.items[item as usize].hash == hash {
                watch(Step::Found { item: item as usize });
                return Some(item as usize); // step: found
            }
            perturb >>= self.rule.perturb_shift; // step: shift
            watch(Step::Shift { perturb });
            slot = self.next(slot, perturb); // step: jump
            watch(Step::Jump { slot });
        }
    }

    fn next(&self, slot: u64, perturb: u64) -> u64 {
        let far = slot.wrapping_mul(self.rule.multiplier);
        far.wrapping_add(perturb).wrapping_add(1) & self.mask
    }

    /// 없으면 넣음. 자리가 다 찼으면 두 배쯤으로 이사한 다음에 넣음.
    pub fn insert(&mut self, hash: u64, mut watch: impl FnMut(Step)) {
        if self.find(hash, &mut watch).is_some() {
            return;
        }
        if self.usable == 0 {
            let slots = (self.used * 3).next_power_of_two();
            self.resize(slots.max(MIN_SLOTS)); // step: grow
            watch(Step::Grow { slots: self.slots() });
        }
        let slot = self.free_slot(hash);
        watch(Step::Place { slot });
        self.index[slot as usize] = self.items.len() as i32; // step: place
        self.items.push(Item { hash, live: true });
        self.usable -= 1;
        self.used += 1;
    }
    // ANCHOR_END: kernel

    /// 새 항목이 들어갈 첫 자리. 묘비에도 들어감.
    fn free_slot(&self, hash: u64) -> u64 {
        let mut perturb = hash & self.rule.keep;
        let mut slot = hash & self.mask;
        while self.index[slot as usize] >= 0 {
            perturb >>= self.rule.perturb_shift;
            slot = self.next(slot, perturb);
        }
        slot
    }

    /// 구멍을 버리고 항목을 순서대로 다시 놓음. 키는 견주지 않음.
    fn resize(&mut self, slots: u64) {
        self.resizes += 1;
        self.items.retain(|item| item.live);
        self.mask = slots - 1;
        self.index.clear();
        self.index.resize(slots as usize, EMPTY);
        for number in 0..self.items.len() {
            let slot = self.free_slot(self.items[number].hash);
            self.index[slot as usize] = number as i32;
        }
        self.usable = self.rule.usable(slots) - self.used;
    }
}

/// 찾기 하나가 살펴본 인덱스 칸의 수. 마지막 칸도 셈.
pub fn probes(dict: &Dict, hash: u64) -> u64 {
    let mut count = 0;
    dict.find(hash, |step| {
        if let Step::Look { .. } = step {
            count += 1;
        }
    });
    count
}

/// 키를 차례로 넣음. 하나마다 사전과 그 키가 살펴본 칸의 수를 알림.
fn build(
    p: &Params,
    family: Keys,
    ctx: &Ctx,
    mut after: impl FnMut(&Dict, u64),
) -> Result<Dict, Failure> {
    let mut dict = Dict::new(Rule::new(p));
    let source = keys(family, p.shift, p.seed).take(p.n as usize);
    for (i, key) in source.enumerate() {
        tick(ctx, i as u64, p.n, "넣기")?;
        let mut looks = 0;
        dict.insert(key, |step| {
            looks += u64::from(matches!(step, Step::Look { .. }));
        });
        after(&dict, looks);
    }
    Ok(dict)
}

/// 모든 키를 찾고, 키마다 짝지은 없는 키도 찾음.
fn tally(dict: &Dict, ctx: &Ctx) -> Result<(Tally, Tally), Failure> {
    let (mut hit, mut miss) = (Tally::default(), Tally::default());
    for (i, item) in dict.items.iter().enumerate() {
        tick(ctx, i as u64, dict.used, "찾기")?;
        hit.add(probes(dict, item.hash));
        miss.add(probes(dict, missing(item.hash)));
    }
    Ok((hit, miss))
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let mut curve = Curve::new(p.n);
    let dict = build(p, p.keys, ctx, |dict, looks| {
        curve.visit(dict, looks);
    })?;
    let (hit, miss) = tally(&dict, ctx)?;
    let baseline = match p.keys {
        Keys::Seq => hit.sum,
        _ => tally(&build(p, Keys::Seq, ctx, |_, _| {})?, ctx)?.0.sum,
    };
    let slots = dict.slots();
    Ok(Report::default()
        .answer("slots", slots)
        .answer("resizes", dict.resizes)
        .answer("sum_hit", hit.sum)
        .answer("max_hit", hit.max())
        .answer("sum_miss", miss.sum)
        .answer("max_miss", miss.max())
        .answer("baseline_hit", baseline)
        .checksum(&[slots, hit.sum, hit.max(), miss.sum, miss.max()])
        .view(View::Chart(histogram(&hit, &miss, p)))
        .view(View::Table(summary(&dict, &hit, &miss, p)))
        .view(View::Chart(curve.chart(p.badge())))
        .view(View::Trace(replay_find(&dict, p)))
        .view(View::Trace(replay_growth(p))))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(0) as f64;
    let n = match report.params.get("n") {
        Some(lab::Value::Int(n)) => *n as f64,
        _ => 1.0,
    };
    let (mean, base) = (int("sum_hit") / n, int("baseline_hit") / n);
    let sentence = format!(
        "연속 키는 평균 {}번, 이 키들은 {}번 만에 찾음.",
        format::fixed(base, 3),
        format::fixed(mean, 3)
    );
    Verdict::ratio(GUESSES, mean / base, sentence)
}

fn summary(dict: &Dict, hit: &Tally, miss: &Tally, p: &Params) -> Table {
    let n = dict.len();
    let load = n as f64 / dict.slots() as f64;
    let both = |label: &str, a: Cell, b: Cell| vec![label.into(), a, b];
    let one =
        |label: &str, value: Cell| vec![label.into(), value, Cell::from("")];
    Table {
        title: "탐사 통계".into(),
        badge: p.badge(),
        columns: vec![
            Column::text("지표"),
            Column::number("있는 키", ""),
            Column::number("없는 키", ""),
        ],
        rows: vec![
            both(
                "평균 탐사(번)",
                Cell::fixed(hit.mean(n), 3),
                Cell::fixed(miss.mean(n), 3),
            ),
            both("최대 탐사(번)", hit.max().into(), miss.max().into()),
            one("슬롯(칸)", dict.slots().into()),
            one("적재율", Cell::fixed(load, 4)),
            one("이사(번)", dict.resizes.into()),
        ],
    }
}

fn histogram(hit: &Tally, miss: &Tally, p: &Params) -> Chart {
    let mean = hit.mean(p.n);
    Chart {
        title: "탐사 횟수별 키의 수".into(),
        badge: p.badge(),
        x: Axis::linear("탐사 횟수", "번"),
        y: Axis::linear("키의 수", "개"),
        series: vec![hit.bars("있는 키"), miss.bars("없는 키")],
        marks: vec![Mark {
            axis: AxisName::X,
            at: mean,
            label: format!("있는 키 평균 {}", format::fixed(mean, 3)),
        }],
    }
}

/// 자라는 동안의 평균 탐사. 이사할 때마다 톱니가 생김.
struct Curve {
    next: u64,
    slots: u64,
    /// 지금 담긴 모든 키의 탐사.
    sum: u64,
    mean: Vec<lab::report::Point>,
    theory: Vec<lab::report::Point>,
    last: u64,
}

impl Curve {
    fn new(n: u64) -> Self {
        Curve {
            next: 1,
            slots: 0,
            sum: 0,
            mean: Vec::new(),
            theory: Vec::new(),
            last: n,
        }
    }

    /// 방금 넣은 키는 `looks`칸을 살펴보고 빈칸에 들어감.
    fn visit(&mut self, dict: &Dict, looks: u64) {
        let len = dict.len();
        let grown = dict.slots() != self.slots;
        self.sum = match grown {
            // 이사하면 모든 키의 길이 바뀜
            true => dict.items.iter().map(|i| probes(dict, i.hash)).sum(),
            // 나중에 찾을 때도 넣을 때와 같은 칸을 지남
            false => self.sum + looks,
        };
        // 이사 직전도 담아야 톱니의 끝이 뾰족함
        if len < self.next && !grown && dict.usable > 0 && len < self.last {
            return;
        }
        self.slots = dict.slots();
        self.next = len + len / 12 + 1;
        let load = len as f64 / dict.slots() as f64;
        let theory = (1.0 / (1.0 - load)).ln() / load;
        self.mean.push((len as f64, self.sum as f64 / len as f64).into());
        self.theory.push((len as f64, theory).into());
    }

    fn chart(self, badge: Badge) -> Chart {
        let series = |name: &str, points| Series {
            name: name.into(),
            shape: Shape::Line,
            points,
        };
        Chart {
            title: "자라는 동안의 평균 탐사".into(),
            badge,
            x: Axis::log("키의 수", "개"),
            y: Axis::linear("평균 탐사(있는 키)", "번"),
            series: vec![
                series("이 키", self.mean),
                series("고르게 흩어진 해시의 이론값", self.theory),
            ],
            marks: Vec::new(),
        }
    }
}

/// 장면을 모으는 기록기: 커널은 자기가 기록되는 줄 모름.
#[derive(Default)]
struct Recorder {
    frames: Vec<Frame>,
    seen: Vec<u64>,
    jumps: Vec<(u64, u64)>,
    perturb: u64,
    slot: u64,
}

impl Recorder {
    fn start(&mut self) {
        self.seen.clear();
        self.jumps.clear();
    }

    fn record(&mut self, dict: &Dict, key: &str, step: Step) {
        if self.frames.len() >= MAX_FRAMES {
            return;
        }
        let say = self.advance(dict, key, step);
        // 위쪽 비트를 쓰지 않는 규칙에는 perturb가 없음
        let perturb = (dict.rule.keep != 0)
            .then(|| ("perturb".into(), binary(self.perturb)));
        let looks = ("탐사".into(), format!("{}번", self.seen.len()));
        self.frames.push(Frame {
            step: step.tag().to_owned(),
            say,
            counters: perturb.into_iter().chain([looks]).collect(),
            lanes: self.lanes(dict, step),
            jumps: self.jumps.clone(),
        });
    }

    /// 순간 하나를 문장으로 옮기고 지나온 길을 기억함.
    fn advance(&mut self, dict: &Dict, key: &str, step: Step) -> String {
        match step {
            Step::Start { perturb } => {
                self.perturb = perturb;
                format!("{key}: 해시의 아래쪽 비트가 첫 자리를 정함")
            }
            Step::Look { slot } => {
                self.slot = slot;
                self.seen.push(slot);
                let what = match dict.index[slot as usize] {
                    EMPTY => "비어 있음".to_owned(),
                    DUMMY => "묘비임".to_owned(),
                    item => format!("항목 {item}번이 있음"),
                };
                format!("{slot}번 칸을 살펴봄: {what}")
            }
            Step::Found { item } => {
                format!("항목 {item}번의 해시가 같음: 찾음")
            }
            Step::Free { .. } => format!("빈칸이므로 {key}: 없는 키임"),
            Step::Shift { perturb } => {
                self.perturb = perturb;
                match dict.rule.keep {
                    0 => {
                        "해시가 다름: 이 규칙은 지금 칸만 보고 다음 칸을 정함"
                    }
                    _ => "해시가 다름: perturb를 밀어 위쪽 비트를 끌어내림",
                }
                .to_owned()
            }
            Step::Jump { slot } => {
                self.jumps.push((self.slot, slot));
                self.slot = slot;
                format!("{slot}번 칸으로 뜀")
            }
            Step::Place { slot } => {
                self.slot = slot;
                let item = dict.index[slot as usize];
                format!("{slot}번 칸에 적은 항목의 번호: {item}")
            }
            Step::Grow { slots } => {
                self.start();
                format!("자리가 다 차서 {slots}칸으로 이사함")
            }
        }
    }

    fn lanes(&self, dict: &Dict, step: Step) -> Vec<Lane> {
        let tone = |at: u64| match step {
            Step::Found { .. } | Step::Place { .. } if at == self.slot => {
                Tone::Hit
            }
            Step::Start { .. } | Step::Grow { .. } => Tone::Plain,
            _ if at == self.slot => Tone::Now,
            _ if self.seen.contains(&at) => Tone::Seen,
            _ => Tone::Plain,
        };
        let slots = dict.slots();
        if slots > BOXES {
            // 큰 표는 지나온 칸만 보임
            let path = self.seen.iter().copied().chain([self.slot]);
            return vec![index_lane(dict, path, tone)];
        }
        let now = dict.index[self.slot as usize];
        let seen = |item: usize| match item as i32 == now {
            true => tone(self.slot),
            false => Tone::Plain,
        };
        vec![index_lane(dict, 0..slots, tone), items_lane(dict, seen)]
    }
}

fn replay_find(dict: &Dict, p: &Params) -> Trace {
    let mut recorder = Recorder::default();
    let number = p.watch_key % dict.len();
    let hash = dict.items[number as usize].hash;
    let key = format!("{}번 키 {hash}", format::int(number));
    dict.find(hash, |step| recorder.record(dict, &key, step));
    Trace {
        title: format!("{key} 찾기"),
        badge: p.badge(),
        frames: recorder.frames,
    }
}

/// 작은 사전을 처음부터: 3분의 2 규칙이면 이사 두 번까지 보임.
const REPLAY_KEYS: u64 = 12;

fn replay_growth(p: &Params) -> Trace {
    let n = p.n.min(REPLAY_KEYS);
    let mut recorder = Recorder::default();
    let mut dict = Dict::new(Rule::new(p));
    for hash in keys(p.keys, p.shift, p.seed).take(n as usize) {
        recorder.start();
        let key = format!("키 {hash}");
        // 넣는 동안에는 사전을 볼 수 없으므로 순간을 모았다가 그림
        let mut shown = dict.clone();
        let mut steps = Vec::new();
        dict.insert(hash, |step| steps.push(step));
        for step in steps {
            match step {
                Step::Grow { slots } => shown.resize(slots),
                Step::Place { .. } => shown = dict.clone(),
                _ => {}
            }
            recorder.record(&shown, &key, step);
        }
    }
    Trace {
        title: format!("작은 사전에 키 {n}개 넣기"),
        badge: p.badge(),
        frames: recorder.frames,
    }
}

/// 재는 사전들: 같은 키를 같은 섞인 순서로 찾음.
pub struct Rivals {
    pub order: Vec<u64>,
    pub model: Dict,
    pub std: HashMap<u64, u64>,
    pub swiss: hashbrown::HashMap<u64, u64, BuildHasherDefault<FoldHasher>>,
    pub btree: BTreeMap<u64, u64>,
}

impl Rivals {
    pub fn new(p: &Params) -> Self {
        let mut order: Vec<u64> =
            keys(p.keys, p.shift, p.seed).take(p.n as usize).collect();
        let mut model = Dict::new(Rule::new(p));
        for key in &order {
            model.insert(*key, |_| {});
        }
        let pairs = || order.iter().map(|key| (*key, key ^ 1));
        let (std, swiss, btree) =
            (pairs().collect(), pairs().collect(), pairs().collect());
        SplitMix64::new(p.seed).shuffle(&mut order);
        Rivals { order, model, std, swiss, btree }
    }

    /// 모든 키를 한 번씩 찾아 값을 더함. 사전마다 답이 같아야 함.
    pub fn sum_model(&self) -> u64 {
        let find = |key: &u64| {
            let item = self.model.find(*key, |_| {})?;
            Some(self.model.items[item].hash ^ 1)
        };
        self.order.iter().filter_map(find).fold(0, u64::wrapping_add)
    }

    pub fn sum_std(&self) -> u64 {
        let find = |key: &u64| self.std.get(key).copied();
        self.order.iter().filter_map(find).fold(0, u64::wrapping_add)
    }

    pub fn sum_swiss(&self) -> u64 {
        let find = |key: &u64| self.swiss.get(key).copied();
        self.order.iter().filter_map(find).fold(0, u64::wrapping_add)
    }

    pub fn sum_btree(&self) -> u64 {
        let find = |key: &u64| self.btree.get(key).copied();
        self.order.iter().filter_map(find).fold(0, u64::wrapping_add)
    }
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    ctx.progress(0, 1, "사전 넷 만들기")?;
    let rivals = Rivals::new(p);
    let cases = vec![
        Case::new("우리 모형", p.n, || rivals.sum_model()),
        Case::new("std HashMap (SipHash-1-3)", p.n, || rivals.sum_std()),
        Case::new("hashbrown (곱셈 해시)", p.n, || rivals.sum_swiss()),
        Case::new("BTreeMap", p.n, || rivals.sum_btree()),
    ];
    compare(ctx, "섞인 순서로 있는 키 찾기", "조회 한 번", cases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn report(pairs: &[(&str, &str)]) -> Report {
        run_with("dict_probe", pairs)
    }

    /// 적중과 실패의 (평균, 최댓값). 명세의 기준값과 견줌.
    fn stats(pairs: &[(&str, &str)]) -> (String, u64, String, u64) {
        let report = report(pairs);
        let n = match report.params["n"] {
            lab::Value::Int(n) => n as f64,
            _ => unreachable!(),
        };
        let int = |key| report.int(key).unwrap();
        (
            format::fixed(int("sum_hit") as f64 / n, 3),
            int("max_hit"),
            format::fixed(int("sum_miss") as f64 / n, 3),
            int("max_miss"),
        )
    }

    #[test]
    fn anchors_at_one_thousand_keys() {
        let rows = [
            ("seq", "0", "1.000", 1, "1.877", 13),
            ("random", "0", "1.388", 7, "1.976", 16),
            ("shift", "4", "1.990", 6, "1.959", 11),
            ("shift", "12", "4.016", 15, "1.979", 10),
            ("shift", "16", "3.965", 6, "1.904", 12),
            ("shift", "32", "8.070", 22, "1.958", 11),
        ];
        for (keys, shift, hit, max_hit, miss, max_miss) in rows {
            let got = stats(&[("keys", keys), ("shift", shift)]);
            let want = (hit.to_owned(), max_hit, miss.to_owned(), max_miss);
            assert_eq!(got, want, "{keys} {shift}");
        }
    }

    #[test]
    fn anchors_at_one_hundred_thousand_keys() {
        let rows = [
            ("seq", "0", "1.000", 1),
            ("shift", "12", "4.676", 33),
            ("shift", "14", "12.128", 165),
            ("shift", "16", "3.957", 5),
            ("shift", "20", "4.946", 11),
            ("shift", "28", "14.480", 181),
            ("shift", "32", "9.713", 113),
            ("shift", "36", "7.957", 9),
        ];
        for (keys, shift, hit, max_hit) in rows {
            let pairs = [("n", "100000"), ("keys", keys), ("shift", shift)];
            let got = stats(&pairs);
            assert_eq!((got.0.as_str(), got.1), (hit, max_hit), "{shift}");
        }
    }

    #[test]
    fn checksums_of_the_spec() {
        let rows: [(&[(&str, &str)], &str); 5] = [
            (&[("keys", "seq")], "36ee6ecb6bf14ad0"),
            (&[("keys", "random")], "c1088ce3e5133900"),
            (&[("shift", "12")], "41e1e7adab356f1b"),
            (&[("shift", "32")], "69de9f7d813b3a08"),
            (&[("keys", "seq"), ("n", "100000")], "d32ab2e95cab2ebd"),
        ];
        for (pairs, want) in rows {
            assert_eq!(report(pairs).checksum.as_deref(), Some(want));
        }
    }

    #[test]
    fn the_default_prediction_is_four_times() {
        let verdict = report(&[]).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("4"));
        assert_eq!(verdict.headline, "4.02배");
    }

    /// 보고서의 볼 것마다의 이름표.
    fn badges(pairs: &[(&str, &str)]) -> Vec<Badge> {
        let badge = |view: &View| match view {
            View::Chart(chart) => chart.badge,
            View::Table(table) => table.badge,
            View::Trace(trace) => trace.badge,
            _ => unreachable!(),
        };
        report(pairs).views.iter().map(badge).collect()
    }

    #[test]
    fn only_cpythons_own_rule_is_exact() {
        let load = |num, den| [("load_num", num), ("load_den", den)];
        assert_eq!(badges(&[]), [Badge::Exact; 5]);
        assert_eq!(badges(&load("4", "6")), [Badge::Exact; 5]);
        assert_eq!(badges(&load("1", "2")), [Badge::Model; 5]);
        for pair in [
            ("probe", "linear"),
            ("probe", "no_perturb"),
            ("perturb_shift", "4"),
        ] {
            assert_eq!(badges(&[pair]), [Badge::Model; 5], "{pair:?}");
        }
    }

    /// 그래프의 점은 그때까지 넣은 모든 키를 찾은 평균과 같음.
    #[test]
    fn the_curve_is_the_mean_of_all_keys() {
        let random = [("n", "5000"), ("keys", "random")];
        let linear = [("n", "3000"), ("probe", "linear")];
        let cases: [&[(&str, &str)]; 3] = [&[], &random, &linear];
        for pairs in cases {
            let report = report(pairs);
            let p = Params::read(&report.params).unwrap();
            let View::Chart(chart) = &report.views[2] else { panic!() };
            let points = &chart.series[0].points;
            for point in points.iter().step_by(7).chain(points.last()) {
                let mut dict = Dict::new(Rule::new(&p));
                let keys = || keys(p.keys, p.shift, p.seed);
                for key in keys().take(point.x as usize) {
                    dict.insert(key, |_| {});
                }
                let found = keys().take(point.x as usize);
                let sum: u64 = found.map(|key| probes(&dict, key)).sum();
                assert_eq!(point.y, sum as f64 / point.x, "{pairs:?}");
            }
        }
    }

    /// 표의 평균과 그래프의 끝은 같은 수임.
    #[test]
    fn the_curve_ends_at_the_table() {
        for (n, shift) in
            [("1", "0"), ("10000", "28"), ("20000", "32"), ("100000", "28")]
        {
            let report = report(&[("n", n), ("shift", shift)]);
            let View::Chart(chart) = &report.views[2] else { panic!() };
            let last = chart.series[0].points.last().unwrap();
            let keys: f64 = n.parse().unwrap();
            let sum = report.int("sum_hit").unwrap() as f64;
            assert_eq!((last.x, last.y), (keys, sum / keys), "{n} {shift}");
        }
    }

    /// perturb가 없는 규칙의 재생은 perturb를 말하지 않음.
    #[test]
    fn replays_speak_of_perturb_only_when_there_is_one() {
        let speaks = |probe: &str| {
            let report = report(&[("n", "100"), ("probe", probe)]);
            report.views[3..].iter().any(|view| {
                let View::Trace(trace) = view else { panic!() };
                trace.frames.iter().any(|frame| {
                    frame.say.contains("perturb")
                        || frame.counters.iter().any(|c| c.0 == "perturb")
                })
            })
        };
        assert!(speaks("cpython"));
        assert!(!speaks("no_perturb"));
        assert!(!speaks("linear"));
    }

    #[test]
    fn the_small_replay_says_how_many_keys() {
        for (n, says) in [("1", "키 1개"), ("5", "키 5개"), ("99", "키 12개")]
        {
            let report = report(&[("n", n)]);
            let View::Trace(trace) = &report.views[4] else { panic!() };
            assert!(trace.title.contains(says), "{}", trace.title);
        }
    }

    /// 표를 한 칸씩 훑는 느린 찾기와 답이 같아야 함.
    #[test]
    fn finds_what_a_scan_finds() {
        for rule in
            [Rule::CPYTHON, Rule { multiplier: 1, keep: 0, ..Rule::CPYTHON }]
        {
            let mut dict = Dict::new(rule);
            for key in keys(Keys::Random, 0, 7).take(300) {
                dict.insert(key % 512, |_| {});
            }
            for hash in 0..600 {
                let scan =
                    dict.items.iter().position(|item| item.hash == hash);
                assert_eq!(dict.find(hash, |_| {}), scan);
            }
        }
    }

    #[test]
    fn rivals_agree() {
        let rivals = Rivals::new(&Params { n: 500, ..Params::default() });
        let sum = rivals.sum_std();
        assert_eq!(rivals.sum_model(), sum);
        assert_eq!(rivals.sum_swiss(), sum);
        assert_eq!(rivals.sum_btree(), sum);
    }

    #[test]
    fn refuses_bad_combinations() {
        let table = Params::table();
        let bad: [&[(&str, &str)]; 4] = [
            &[("shift", "46"), ("n", "100000000")],
            &[("load_num", "1")],
            &[("load_num", "95"), ("load_den", "100")],
            &[("probe", "linear"), ("n", "1000000")],
        ];
        for pairs in bad {
            let parsed = table.parse(pairs.iter().copied(), Scope::Native);
            assert!(parsed.is_err(), "{pairs:?}");
        }
    }
}
