//! 지워도 비지 않는 자리: 사전에서 지우고 넣기를 되풀이함.
//!
//! 규칙의 출처는 CPython 3.14 `Objects/dictobject.c`의 `delitem_common`,
//! `dict_popitem_impl`, `dictiter_iternextkey`, `insertion_resize`.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::dict_probe::{self, DUMMY, Dict, Item, Rule};
use super::draw::{index_lane, items_lane};
use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Point, Series, Shape, Table,
    Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 크기가 그대로인 사전이 이사를 하고, \
               왜 앞에서부터 지우면 느려지는가?",
    prediction: Prediction {
        text: "크기 1,000인 사전에서 next(iter(d))로 찾은 맨 앞을 지우고 \
               뒤에 하나 넣기를 10,000번 하면, 걸어서 지나친 구멍은 \
               몇 자리 수일까?",
        ask: Ask::Choices(DIGITS),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

const DIGITS: &[(&str, &str)] = &[
    ("4", "네 자리 (수천)"),
    ("5", "다섯 자리 (수만)"),
    ("6", "여섯 자리 (수십만)"),
    ("7", "일곱 자리 (수백만)"),
];

lab::choices! {
    /// 지우는 차례.
    pub enum Pattern {
        Fifo = "fifo", "오래된 것부터";
        Lifo = "lifo", "새것부터";
        Random = "random", "아무거나";
        SameKey = "same_key", "늘 같은 키";
    }
}

lab::choices! {
    /// 지울 키를 알아내는 방법.
    pub enum Api {
        NextIter = "next_iter", "next(iter(d))";
        Popitem = "popitem", "d.popitem()";
        Deque = "deque", "따로 둔 deque";
    }
}

lab::params! {
    /// 사전을 채운 다음, 한 회에 하나를 지우고 하나를 넣음.
    pub struct Params {
        size: u64 = 1_000, int("사전의 크기").unit("개")
            .range(10, 20_000).log();
        rounds: u64 = 10_000, int("지우고 넣는 횟수").unit("회")
            .range(0, 200_000).log();
        pattern: Pattern = Pattern::Fifo, choice("지우는 차례");
        api: Api = Api::NextIter, choice("지울 키를 얻는 법")
            .hint("지우는 순서가 정해진 둘에만 뜻이 있음. 새것부터면 \
                   next(iter(d)) 대신 next(reversed(d))");
        seed: u64 = 42, int("씨앗").hint("아무거나 지울 때만 씀");
    }
    check = check;
}

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    if p.api != Api::Popitem || p.pattern == Pattern::Lifo {
        return Ok(());
    }
    let why = "지우는 차례(pattern)가 '새것부터'(lifo)여야 함";
    let message = format!(
        "지울 키를 얻는 법(api)의 값 'popitem': 마지막 항목만 꺼냄. {why}"
    );
    Err(Failure::param("api", message))
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Hole { item: usize },
    Take { item: usize },
    Bury { slot: u64, item: usize, probes: u64 },
    Full,
    Insert { probes: u64 },
}

impl Step {
    fn tag(self) -> &'static str {
        match self {
            Step::Hole { .. } => "hole",
            Step::Take { .. } => "take",
            Step::Bury { .. } => "bury",
            Step::Full => "full",
            Step::Insert { .. } => "insert",
        }
    }
}

// ANCHOR: kernel
impl Dict {
    /// 한쪽 끝에서부터 구멍을 하나씩 지나쳐 처음 만난 산 항목.
    fn walk<'a>(
        &self,
        items: impl Iterator<Item = (usize, &'a Item)>,
        mut watch: impl FnMut(&Dict, Step),
    ) -> Option<u64> {
        for (item, entry) in items {
            if entry.live {
                watch(self, Step::Take { item });
                return Some(entry.hash); // step: take
            }
            watch(self, Step::Hole { item }); // step: hole
        }
        None
    }

    /// `next(iter(d))`
    fn first(&self, watch: impl FnMut(&Dict, Step)) -> Option<u64> {
        self.walk(self.items.iter().enumerate(), watch)
    }

    /// `next(reversed(d))`
    fn last(&self, watch: impl FnMut(&Dict, Step)) -> Option<u64> {
        self.walk(self.items.iter().enumerate().rev(), watch)
    }

    /// `del d[key]`: 인덱스에는 묘비가, 항목 배열에는 구멍이 남음.
    fn remove(&mut self, hash: u64, mut watch: impl FnMut(&Dict, Step)) {
        let (mut slot, mut probes) = (0, 0);
        let found = self.find(hash, |step| {
            if let dict_probe::Step::Look { slot: at } = step {
                (slot, probes) = (at, probes + 1);
            }
        });
        let Some(item) = found else { return };
        self.index[slot as usize] = DUMMY; // step: bury
        self.items[item].live = false;
        self.used -= 1; // usable은 돌려주지 않음
        watch(self, Step::Bury { slot, item, probes });
    }

    /// `d.popitem()`: 항목 배열의 끝을 당겨 구멍을 남기지 않음.
    fn pop_item(&mut self, mut watch: impl FnMut(&Dict, Step)) -> Option<u64> {
        let hash = self.last(&mut watch)?;
        self.remove(hash, watch);
        while self.items.last().is_some_and(|item| !item.live) {
            self.items.pop();
        }
        Some(hash)
    }

    /// `d[key] = …`: 구멍을 두고 늘 맨 뒤에 쌓음.
    fn push(&mut self, hash: u64, mut watch: impl FnMut(&Dict, Step)) {
        if self.usable == 0 {
            watch(self, Step::Full); // step: full
        }
        let mut probes = 0;
        let count = |step| {
            if let dict_probe::Step::Look { .. } = step {
                probes += 1;
            }
        };
        self.insert(hash, count); // step: insert
        watch(self, Step::Insert { probes });
    }
}
// ANCHOR_END: kernel

/// 크기를 지키며 지우고 넣는 일.
#[derive(Clone, Debug)]
pub struct Churn {
    pub dict: Dict,
    pattern: Pattern,
    api: Api,
    rng: SplitMix64,
    /// deque라면 넣은 차례, 아무거나 지운다면 산 키.
    known: VecDeque<u64>,
    fresh: u64,
}

impl Churn {
    /// 0부터 차례로 `size`개를 담은 사전.
    pub fn new(size: u64, pattern: Pattern, api: Api, seed: u64) -> Self {
        let mut dict = Dict::new(Rule::CPYTHON);
        (0..size).for_each(|key| dict.insert(key, |_| {}));
        // 채우는 동안의 이사는 세지 않음
        dict.resizes = 0;
        Churn {
            dict,
            pattern,
            api,
            rng: SplitMix64::new(seed),
            known: (0..size).collect(),
            fresh: size,
        }
    }

    /// 한 회: 하나를 지우고 하나를 넣음. 지운 키를 돌려줌.
    pub fn round(
        &mut self,
        mut watch: impl FnMut(&Dict, Step),
    ) -> Option<u64> {
        use {Api::*, Pattern::*};

        let fresh = if self.pattern == SameKey { 0 } else { self.fresh };
        self.fresh += 1;
        let (dict, known) = (&mut self.dict, &mut self.known);
        if self.api == Popitem {
            let victim = dict.pop_item(&mut watch);
            dict.push(fresh, watch);
            return victim;
        }
        let victim = match (self.pattern, self.api) {
            (SameKey, _) => Some(0),
            (Random, _) => {
                let pick = self.rng.below(known.len() as u64) as usize;
                Some(std::mem::replace(&mut known[pick], fresh))
            }
            (Fifo, Deque) => {
                known.push_back(fresh);
                known.pop_front()
            }
            (Lifo, Deque) => {
                known.back_mut().map(|last| std::mem::replace(last, fresh))
            }
            (Fifo, _) => dict.first(&mut watch),
            (Lifo, _) => dict.last(&mut watch),
        };
        dict.remove(victim?, &mut watch);
        dict.push(fresh, watch);
        victim
    }

    /// 지금 항목 배열에 있는 구멍.
    fn holes(&self) -> u64 {
        self.dict.items.len() as u64 - self.dict.len()
    }
}

/// 모든 회에 든 일.
#[derive(Clone, Copy, Debug, Default)]
struct Work {
    walked: u64,
    probes: u64,
}

/// 진행을 알리는 간격, 회. 한 회에 구멍 수만 개를 걷기도 함.
const REPORT_EVERY: u64 = 1_024;

fn churn(
    p: &Params,
    ctx: &Ctx,
    mut after: impl FnMut(u64, &Churn),
) -> Result<(Churn, Work), Failure> {
    let mut churn = Churn::new(p.size, p.pattern, p.api, p.seed);
    let mut work = Work::default();
    after(0, &churn);
    for round in 1..=p.rounds {
        if round.is_multiple_of(REPORT_EVERY) {
            ctx.progress(round, p.rounds, "지우고 넣기")?;
        }
        churn.round(|_, step| match step {
            Step::Hole { .. } => work.walked += 1,
            Step::Bury { probes, .. } | Step::Insert { probes } => {
                work.probes += probes;
            }
            Step::Take { .. } | Step::Full => {}
        });
        after(round, &churn);
    }
    Ok((churn, work))
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let mut curve = Curve::new(p);
    let (end, work) = churn(p, ctx, |round, churn| curve.visit(round, churn))?;
    let (rebuilds, slots) = (end.dict.resizes, end.dict.slots());
    Ok(Report::default()
        .answer("rebuilds", rebuilds)
        .answer("holes_walked", work.walked)
        .answer("sum_probes", work.probes)
        .answer("slots", slots)
        .answer("holes", end.holes())
        .answer("usable", end.dict.usable)
        .checksum(&[rebuilds, work.walked, work.probes, slots])
        .view(View::Table(summary(p, ctx, &end, work)?))
        .view(View::Chart(curve.chart()))
        .view(View::Trace(replay(p))))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let walked = report.int("holes_walked").unwrap_or(0);
    let digits = walked.to_string().len();
    let each = walked as f64 / p.rounds.max(1) as f64;
    let sentence = format!(
        "{}회에 구멍 {}칸, 한 회에 평균 {}칸을 걸음.",
        format::int(p.rounds),
        format::int(walked),
        format::fixed(each, 0)
    );
    Verdict {
        choice: (4..=7).contains(&digits).then(|| digits.to_string()),
        ..Verdict::number(format!("{digits}자리"), walked as f64, sentence)
    }
}

/// 이 실행과, 걷지 않는 두 방법.
fn summary(
    p: &Params,
    ctx: &Ctx,
    end: &Churn,
    work: Work,
) -> Result<Table, Failure> {
    let ours = (p.pattern, p.api);
    let mut columns = vec![Column::text("지표"), column(ours)];
    let mut results = vec![(end.clone(), work)];
    for other in [(Pattern::Fifo, Api::Deque), (Pattern::Lifo, Api::Popitem)] {
        if other != ours {
            let (pattern, api) = other;
            let p = Params { pattern, api, ..p.clone() };
            columns.push(column(other));
            results.push(churn(&p, ctx, |_, _| {})?);
        }
    }
    let row = |name: &str, cell: &dyn Fn(&Churn, Work) -> Cell| {
        let cells = results.iter().map(|(end, work)| cell(end, *work));
        std::iter::once(name.into()).chain(cells).collect()
    };
    let each = |sum: u64| Cell::fixed(sum as f64 / p.rounds.max(1) as f64, 1);
    Ok(Table {
        title: format!("크기 {}에서 든 일", format::int(p.size)),
        badge: Badge::Exact,
        columns,
        rows: vec![
            row("이사(번)", &|end, _| end.dict.resizes.into()),
            row("걸은 구멍(칸)", &|_, work| work.walked.into()),
            row("한 회에 걸은 구멍(칸)", &|_, work| each(work.walked)),
            row("탐사(번)", &|_, work| work.probes.into()),
            row("마지막 슬롯(칸)", &|end, _| end.dict.slots().into()),
            row("남은 구멍(칸)", &|end, _| end.holes().into()),
            row("남은 자리(개)", &|end, _| end.dict.usable.into()),
        ],
    })
}

fn column((pattern, api): (Pattern, Api)) -> Column {
    let api = match (pattern, api) {
        (Pattern::Random | Pattern::SameKey, _) => "키를 미리 앎",
        // 앞에서부터 보면 가장 오래된 것이 나옴
        (Pattern::Lifo, Api::NextIter) => "next(reversed(d))",
        _ => api.label(),
    };
    Column::number(&format!("{}: {api}", pattern.label()), "")
}

/// 회마다의 구멍과 남은 자리.
struct Curve {
    last: u64,
    stride: u64,
    resizes: u64,
    before: (f64, f64),
    holes: Vec<Point>,
    usable: Vec<Point>,
}

/// 그리는 회의 수: 크기의 이만큼. 이사의 주기는 크기보다 길어 몇 번뿐임.
const CURVE_SIZES: u64 = 12;
const CURVE_POINTS: u64 = 1_000;

impl Curve {
    fn new(p: &Params) -> Self {
        let last = p.rounds.min(p.size * CURVE_SIZES);
        Curve {
            last,
            stride: last.div_ceil(CURVE_POINTS).max(1),
            resizes: 0,
            before: (0.0, 0.0),
            holes: Vec::new(),
            usable: Vec::new(),
        }
    }

    fn visit(&mut self, round: u64, churn: &Churn) {
        if round > self.last {
            return;
        }
        let dict = &churn.dict;
        // 이사 직전도 담아야 톱니의 끝이 뾰족함
        let moved = dict.resizes != self.resizes;
        self.resizes = dict.resizes;
        if moved {
            self.push(round - 1, self.before);
        }
        self.before = (churn.holes() as f64, dict.usable as f64);
        if moved || round.is_multiple_of(self.stride) || round == self.last {
            self.push(round, self.before);
        }
    }

    fn push(&mut self, round: u64, (holes, usable): (f64, f64)) {
        self.holes.push((round as f64, holes).into());
        self.usable.push((round as f64, usable).into());
    }

    fn chart(self) -> Chart {
        let line = |name: &str, points| Series {
            name: name.into(),
            shape: Shape::Line,
            points,
        };
        Chart {
            title: format!(
                "구멍과 남은 자리: 처음 {}회",
                format::int(self.last)
            ),
            badge: Badge::Exact,
            x: Axis::linear("지우고 넣은 횟수", "회"),
            y: Axis::linear("항목 배열의 칸", "칸"),
            series: vec![
                line("구멍", self.holes),
                line("남은 자리", self.usable),
            ],
            marks: Vec::new(),
        }
    }
}

/// 재생하는 사전의 크기와 횟수: 첫 이사에서 표가 두 배가 됨.
const REPLAY_SIZE: u64 = 4;
const REPLAY_ROUNDS: u64 = 10;

fn replay(p: &Params) -> Trace {
    let mut recorder = Recorder::default();
    let mut churn = Churn::new(REPLAY_SIZE, p.pattern, p.api, p.seed);
    for round in 1..=REPLAY_ROUNDS {
        recorder.round = round;
        churn.round(|dict, step| recorder.record(dict, step));
    }
    Trace {
        title: format!("크기 {REPLAY_SIZE}인 사전에서 {REPLAY_ROUNDS}회"),
        badge: Badge::Exact,
        frames: recorder.frames,
    }
}

/// 장면을 모으는 기록기.
#[derive(Default)]
struct Recorder {
    frames: Vec<Frame>,
    round: u64,
    walked: u64,
    resizes: u64,
}

impl Recorder {
    fn record(&mut self, dict: &Dict, step: Step) {
        let (say, item, slot) = self.advance(dict, step);
        let tone = match step {
            Step::Insert { .. } | Step::Take { .. } => Tone::Hit,
            _ => Tone::Now,
        };
        let pick = |here: bool| if here { tone } else { Tone::Plain };
        let items = items_lane(dict, |at| pick(item == Some(at)));
        let index =
            index_lane(dict, 0..dict.slots(), |at| pick(slot == Some(at)));
        let holes = dict.items.len() as u64 - dict.len();
        self.frames.push(Frame {
            step: step.tag().to_owned(),
            say,
            counters: vec![
                ("회".into(), self.round.to_string()),
                ("구멍".into(), format!("{holes}칸")),
                ("남은 자리".into(), format!("{}개", dict.usable)),
                ("걸은 구멍".into(), format!("{}칸", self.walked)),
                ("이사".into(), format!("{}번", dict.resizes)),
            ],
            lanes: vec![items, index],
            jumps: Vec::new(),
        });
    }

    /// 한 문장과, 눈여겨볼 항목과 인덱스 칸.
    fn advance(
        &mut self,
        dict: &Dict,
        step: Step,
    ) -> (String, Option<usize>, Option<u64>) {
        match step {
            Step::Hole { item } => {
                self.walked += 1;
                (format!("{item}번 자리는 구멍임: 지나침"), Some(item), None)
            }
            Step::Take { item } => {
                let key = dict.items[item].hash;
                let say = format!("{item}번 자리가 살아 있음: 키 {key}");
                (say, Some(item), None)
            }
            Step::Bury { slot, item, .. } => {
                let key = dict.items[item].hash;
                let grave = format!("인덱스 {slot}번 칸에 묘비");
                let hole = format!("항목 {item}번 자리에 구멍");
                let say = format!("키 {key} 지우기: {grave}, {hole}");
                (say, Some(item), Some(slot))
            }
            Step::Full => {
                ("남은 자리가 없음: 넣기 전에 이사함".into(), None, None)
            }
            Step::Insert { .. } => {
                let item = dict.items.len() - 1;
                let key = dict.items[item].hash;
                let moved = dict.resizes != self.resizes;
                self.resizes = dict.resizes;
                let holes = dict.items.len() as u64 > dict.len();
                let say = match (moved, holes) {
                    (true, _) => format!(
                        "{}칸으로 이사해 구멍을 치운 다음 키 {key} 넣기",
                        dict.slots()
                    ),
                    (false, true) => format!(
                        "키 {key} 넣기: 구멍을 두고 맨 뒤 {item}번 자리에"
                    ),
                    (false, false) => {
                        format!("키 {key} 넣기: 맨 뒤 {item}번 자리에")
                    }
                };
                let slot = (0..dict.slots())
                    .find(|at| dict.index[*at as usize] == item as i32);
                (say, Some(item), slot)
            }
        }
    }
}

/// 잴 때 한 번에 도는 횟수의 한도: 구멍을 걷는 방법이 느림.
const MEASURED_ROUNDS: u64 = 10_000;

/// 재는 방법들. 부를 때마다 `rounds`회를 더 돌고 지운 키의 합을 돌려줌.
pub fn rivals(size: u64, rounds: u64) -> Vec<Case<'static>> {
    let model = |name, pattern, api| {
        let mut churn = Churn::new(size, pattern, api, 0);
        Case::new(name, rounds, move || {
            let victims = (0..rounds).filter_map(|_| churn.round(|_, _| {}));
            victims.fold(0, u64::wrapping_add)
        })
    };
    let mut map: HashMap<u64, ()> = (0..size).map(|key| (key, ())).collect();
    let mut order: VecDeque<u64> = (0..size).collect();
    let hashed = move || {
        let mut sum = 0;
        for _ in 0..rounds {
            let fresh = order.back().map_or(0, |last| last + 1);
            order.push_back(fresh);
            if let Some(victim) = order.pop_front() {
                map.remove(&victim);
                sum += victim;
            }
            map.insert(fresh, ());
        }
        sum
    };
    let mut tree: BTreeMap<u64, ()> = (0..size).map(|key| (key, ())).collect();
    let sorted = move || {
        let mut sum = 0;
        for _ in 0..rounds {
            let fresh = tree.last_key_value().map_or(0, |(key, ())| key + 1);
            if let Some((victim, ())) = tree.pop_first() {
                sum += victim;
            }
            tree.insert(fresh, ());
        }
        sum
    };
    vec![
        model("우리 모형: next(iter(d))", Pattern::Fifo, Api::NextIter),
        model("우리 모형: 따로 둔 deque", Pattern::Fifo, Api::Deque),
        model("우리 모형: popitem()", Pattern::Lifo, Api::Popitem),
        Case::new("HashMap + VecDeque", rounds, hashed),
        Case::new("BTreeMap::pop_first", rounds, sorted),
    ]
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let rounds = p.rounds.clamp(1, MEASURED_ROUNDS);
    ctx.progress(0, 1, "사전 다섯 만들기")?;
    let cases = rivals(p.size, rounds);
    compare(ctx, "크기를 지키며 하나 지우고 하나 넣기", "한 회", cases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 이사, 걸은 구멍, 탐사, 슬롯.
    fn work(pairs: &[(&str, &str)]) -> [u64; 4] {
        let report = run_with("tombstone_churn", pairs);
        ["rebuilds", "holes_walked", "sum_probes", "slots"]
            .map(|key| report.int(key).unwrap())
    }

    #[test]
    fn anchors_of_the_default_run() {
        assert_eq!(work(&[]), [6, 8_032_101, 20_000, 4_096]);
        let report = run_with("tombstone_churn", &[]);
        assert_eq!(report.checksum.as_deref(), Some("d49cfb391edbe7eb"));
        assert_eq!(report.int("holes"), Some(979));
        assert_eq!(report.int("usable"), Some(751));
    }

    /// 첫 주기 366회, 이어서 1,731회씩 다섯 번, 남은 979회.
    #[test]
    fn walked_holes_are_sums_of_triangles() {
        let triangle = |rounds: u64| rounds * (rounds - 1) / 2;
        let sum = triangle(366) + 5 * triangle(1_731) + triangle(979);
        assert_eq!(sum, work(&[])[1]);
    }

    /// 걷는 것은 키를 알아내는 방법 탓, 이사는 지우고 넣는 탓임.
    #[test]
    fn knowing_the_key_spares_only_the_walk() {
        let deque = work(&[("api", "deque")]);
        assert_eq!(deque, [6, 0, 20_000, 4_096]);
        let pop = work(&[("pattern", "lifo"), ("api", "popitem")]);
        assert_eq!((pop[0], pop[1], pop[3]), (6, 0, 4_096));
        let large = work(&[("size", "2000")]);
        assert_eq!(large[1], 14_997_137);
    }

    #[test]
    fn the_default_prediction_is_seven_digits() {
        let verdict = run_with("tombstone_churn", &[]).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("7"));
        assert_eq!(
            verdict.sentence,
            "10,000회에 구멍 8,032,101칸, 한 회에 평균 803칸을 걸음."
        );
    }

    /// 진짜 사전의 크기: 999개를 지우고 401개를 넣어도 2,048칸임.
    #[test]
    fn deleting_does_not_shrink() {
        let mut churn = Churn::new(1_000, Pattern::Fifo, Api::Deque, 0);
        (0..999).for_each(|key| churn.dict.remove(key, |_, _| {}));
        assert_eq!(churn.dict.slots(), 2_048);
        for key in 1_000..1_401 {
            churn.dict.push(key, |_, _| {});
            assert_eq!(churn.dict.slots(), 2_048);
        }
        assert_eq!((churn.dict.len(), churn.dict.resizes), (402, 1));
    }

    /// 순서를 아는 느린 사전(키의 목록)과 한 회씩 견줌.
    #[test]
    fn agrees_with_a_plain_list() {
        let ways = [
            (Pattern::Fifo, Api::NextIter),
            (Pattern::Fifo, Api::Deque),
            (Pattern::Lifo, Api::NextIter),
            (Pattern::Lifo, Api::Deque),
            (Pattern::Lifo, Api::Popitem),
            (Pattern::Random, Api::NextIter),
            (Pattern::SameKey, Api::Deque),
        ];
        for (pattern, api) in ways {
            let mut churn = Churn::new(50, pattern, api, 42);
            let mut list: Vec<u64> = (0..50).collect();
            for fresh in 50..1_000 {
                let victim = churn.round(|_, _| {}).unwrap();
                match pattern {
                    Pattern::Fifo => assert_eq!(victim, list[0]),
                    Pattern::Lifo => assert_eq!(victim, list[49]),
                    Pattern::Random | Pattern::SameKey => {}
                }
                list.retain(|key| *key != victim);
                let same = pattern == Pattern::SameKey;
                list.push(if same { 0 } else { fresh });
                let live = churn.dict.items.iter().filter(|item| item.live);
                let keys: Vec<u64> = live.map(|item| item.hash).collect();
                assert_eq!(keys, list, "{pattern:?} {api:?}");
                for key in 0..1_100 {
                    let found = churn.dict.find(key, |_| {}).is_some();
                    assert_eq!(found, list.contains(&key));
                }
            }
        }
    }

    #[test]
    fn rivals_agree() {
        let first: u64 = (0..5_000).sum();
        for mut case in rivals(100, 5_000) {
            let sum = (case.run)();
            let lifo = case.name.contains("popitem");
            assert!(lifo || sum == first, "{}: {sum}", case.name);
        }
    }

    #[test]
    fn popitem_needs_lifo() {
        let table = Params::table();
        let wrong = table.parse([("api", "popitem")], Scope::Native);
        let wrong = wrong.unwrap_err();
        assert_eq!(wrong.field(), Some("api"));
        for word in ["지울 키를 얻는 법(api)", "지우는 차례(pattern)", "lifo"]
        {
            assert!(wrong.to_string().contains(word), "{wrong}");
        }
        let pairs = [("api", "popitem"), ("pattern", "lifo")];
        assert!(table.parse(pairs, Scope::Native).is_ok());
    }

    /// 새것은 뒤에서부터 찾음.
    #[test]
    fn columns_name_the_call_that_was_made() {
        let first = |pattern| {
            let report = run_with("tombstone_churn", &[("pattern", pattern)]);
            let View::Table(table) = &report.views[0] else { panic!() };
            table.columns[1].label.clone()
        };
        assert_eq!(first("fifo"), "오래된 것부터: next(iter(d))");
        assert_eq!(first("lifo"), "새것부터: next(reversed(d))");
        assert_eq!(first("random"), "아무거나: 키를 미리 앎");
    }

    /// 이사가 잦은 작은 사전에서도 그래프는 몇천 점을 넘지 않음.
    #[test]
    fn curves_stay_short() {
        for (size, rounds) in [(10, 200_000), (20_000, 200_000)] {
            let p =
                Params { size, rounds, api: Api::Deque, ..Params::default() };
            let mut curve = Curve::new(&p);
            let ctx = Ctx::new(&lab::host::Quiet, Scope::Browser);
            churn(&p, &ctx, |round, churn| curve.visit(round, churn)).unwrap();
            assert!(curve.holes.len() <= 1_100, "{size}");
        }
    }
}
