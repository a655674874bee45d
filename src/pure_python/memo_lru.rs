//! 얼마나 기억해 두면 되나: 캐시의 크기와 쫓아내는 정책.
//!
//! LRU의 뼈대는 CPython `Modules/_functoolsmodule.c`의
//! `bounded_lru_cache_wrapper`와 같음: 사전 하나와 둥근 이중 연결 목록.

use super::policies::{Belady, Fifo, Lfu, Random, S3Fifo};
use lab::measure::{Case, compare};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Mark,
    Point, Series, Shape, Table, Tone, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, report,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 캐시를 조금 키웠더니 적중률이 갑자기 뛰는가?",
    prediction: Prediction {
        text: "키 101개를 차례로 되풀이해 찾음. 용량 100인 LRU의 적중률은 \
               몇 퍼센트일까?",
        ask: Ask::Number { unit: "%" },
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
    /// 요청이 오는 모양.
    pub enum Pattern {
        Loop = "loop", "되풀이";
        Zipf0 = "zipf0", "모든 키가 같은 확률";
        Zipf1 = "zipf1", "k번째 키가 1/k로";
        Zipf2 = "zipf2", "k번째 키가 1/k²로";
        ScanMix = "scan_mix", "1/k 사이에 한 번뿐인 키 훑기";
    }
}

lab::choices! {
    /// 자리가 없을 때 누구를 쫓아내는가.
    pub enum Policy {
        Lru = "lru", "LRU";
        Fifo = "fifo", "FIFO";
        Lfu = "lfu", "LFU";
        Random = "random", "무작위";
        S3Fifo = "s3fifo", "S3-FIFO";
        Belady = "belady", "Belady(미래를 앎)";
    }
}

lab::params! {
    /// 캐시 하나에 요청을 차례로 보냄.
    pub struct Params {
        capacity: u64 = 100, int("용량").unit("개").range(1, 10_000).log();
        pattern: Pattern = Pattern::Loop, choice("요청의 모양");
        cycle: u64 = 101, int("한 바퀴의 키").unit("개")
            .range(2, 10_000).log()
            .hint("되풀이의 길이이자 훑기의 길이");
        universe: u64 = 1_000, int("키의 종류").unit("개")
            .range(10, 100_000).log()
            .hint("되풀이에는 쓰지 않음");
        requests: u64 = 20_000, int("요청").unit("번")
            .range(100, 200_000).log();
        policy: Policy = Policy::Lru, choice("비용을 볼 정책");
        hit_cost: u64 = 1, int("적중의 비용").unit("단위").range(0, 1_000);
        miss_cost: u64 = 100, int("실패의 비용").unit("단위")
            .range(1, 1_000_000).log();
        seed: u64 = 42, int("씨앗").hint("되풀이에는 쓰지 않음");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 없음을 뜻하는 번호.
const NONE: u32 = u32::MAX;

/// 요청의 열. 키는 0부터 빽빽한 번호임.
#[derive(Clone, Debug)]
pub struct Trace {
    requests: Vec<u32>,
    /// 요청마다, 같은 키를 다음에 찾는 때. 없으면 [`NONE`].
    next: Vec<u32>,
    /// 키 번호의 끝.
    keys: u32,
    seed: u64,
}

/// 1/k^s에 비례하는 정수 가중치의 누적 합. 실수 연산이 없어 어디서나 같음.
fn zipf(universe: u64, power: u32) -> Vec<u64> {
    let weight = |k: u64| (1 << 32) / k.pow(power);
    (1..=universe)
        .scan(0, |sum, k| {
            *sum += weight(k);
            Some(*sum)
        })
        .collect()
}

/// 훑기 하나 뒤에 오는 보통 요청은 훑기의 이만큼임.
const CALM: u64 = 3;

impl Trace {
    pub fn new(p: &Params) -> Self {
        let mut rng = SplitMix64::new(p.seed);
        let power = match p.pattern {
            Pattern::Zipf0 => 0,
            Pattern::Zipf2 => 2,
            Pattern::Loop | Pattern::Zipf1 | Pattern::ScanMix => 1,
        };
        let table = zipf(p.universe, power);
        let total = table.last().copied().unwrap_or(1);
        let mut fresh = p.universe;
        let requests: Vec<u32> = (0..p.requests)
            .map(|i| {
                let key = match p.pattern {
                    Pattern::Loop => i % p.cycle,
                    Pattern::ScanMix
                        if i % ((CALM + 1) * p.cycle) >= CALM * p.cycle =>
                    {
                        fresh += 1;
                        fresh - 1
                    }
                    _ => {
                        let at = rng.below(total);
                        table.partition_point(|sum| *sum <= at) as u64
                    }
                };
                key as u32
            })
            .collect();
        Trace::from(requests, p.seed)
    }

    fn from(requests: Vec<u32>, seed: u64) -> Self {
        let keys = requests.iter().max().map_or(0, |key| key + 1);
        let mut upcoming = vec![NONE; keys as usize];
        let mut next = vec![NONE; requests.len()];
        for (i, key) in requests.iter().enumerate().rev() {
            next[i] = upcoming[*key as usize];
            upcoming[*key as usize] = i as u32;
        }
        Trace { requests, next, keys, seed }
    }

    /// 이 정책, 이 용량의 적중.
    pub fn hits(&self, policy: Policy, capacity: u64) -> u64 {
        let keys = self.keys as usize;
        let room = capacity.min(u64::from(self.keys).max(1)) as usize;
        match policy {
            Policy::Lru => {
                let mut cache = Lru::new(room, keys);
                self.count(|key, _| cache.request(key, |_, _| {}))
            }
            Policy::Fifo => {
                let mut cache = Fifo::new(room, keys);
                self.count(|key, _| cache.request(key))
            }
            Policy::Lfu => {
                let mut cache = Lfu::new(room, keys);
                self.count(|key, now| cache.request(key, now))
            }
            Policy::Random => {
                let mut cache = Random::new(room, keys, self.seed);
                self.count(|key, _| cache.request(key))
            }
            Policy::S3Fifo => {
                let mut cache = S3Fifo::new(room, keys);
                self.count(|key, _| cache.request(key))
            }
            Policy::Belady => {
                let mut cache = Belady::new(room, keys);
                self.count(|key, now| cache.request(key, self.next[now]))
            }
        }
    }

    fn count(&self, mut request: impl FnMut(u32, usize) -> bool) -> u64 {
        let each = self.requests.iter().enumerate();
        each.map(|(now, key)| u64::from(request(*key, now))).sum()
    }

    /// 서로 다른 키의 수.
    fn distinct(&self) -> u64 {
        self.next.iter().filter(|next| **next == NONE).count() as u64
    }

    /// 용량마다의 LRU 적중: `[c]`가 용량 `c`의 적중. 한 번만 훑음.
    ///
    /// 쌓인 높이(stack distance): 지난번 요청 뒤로 본 서로 다른 키의 수.
    /// 용량이 그보다 크면 적중임 (Mattson 외, 1970).
    fn lru_curve(&self) -> Vec<u64> {
        let n = self.requests.len();
        // 키마다 마지막으로 본 자리만 1인 배열의 부분합
        let mut tree = vec![0_u32; n + 1];
        let add = |tree: &mut [u32], at: usize, up: bool| {
            let mut i = at + 1;
            while i <= n {
                tree[i] = if up { tree[i] + 1 } else { tree[i] - 1 };
                i += i & i.wrapping_neg();
            }
        };
        let before = |tree: &[u32], at: usize| {
            let (mut i, mut sum) = (at + 1, 0);
            while i > 0 {
                sum += tree[i];
                i &= i - 1;
            }
            sum
        };
        let mut last = vec![NONE; self.keys as usize];
        let mut hits = vec![0; self.distinct() as usize + 1];
        for (now, key) in self.requests.iter().enumerate() {
            let was = std::mem::replace(&mut last[*key as usize], now as u32);
            if was != NONE {
                let seen = before(&tree, now) - before(&tree, was as usize);
                hits[seen as usize + 1] += 1;
                add(&mut tree, was as usize, false);
            }
            add(&mut tree, now, true);
        }
        for c in 1..hits.len() {
            hits[c] += hits[c - 1];
        }
        hits
    }
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Look,
    Hit,
    Evict { victim: u32 },
    Append,
}

/// 사전과 둥근 이중 연결 목록. 뿌리의 다음이 가장 오래된 것임.
///
/// 사전은 키의 번호로 바로 읽는 배열로 대신함.
#[derive(Clone, Debug)]
pub struct Lru {
    room: usize,
    len: usize,
    inside: Vec<bool>,
    next: Vec<u32>,
    prev: Vec<u32>,
    root: u32,
}

impl Lru {
    fn new(room: usize, keys: usize) -> Self {
        let root = keys as u32;
        Lru {
            room,
            len: 0,
            inside: vec![false; keys],
            next: vec![root; keys + 1],
            prev: vec![root; keys + 1],
            root,
        }
    }

    // ANCHOR: kernel
    /// 키를 찾음. 없으면 넣고, 자리가 없으면 가장 오래된 것을 쫓아냄.
    fn request(
        &mut self,
        key: u32,
        mut watch: impl FnMut(&Lru, Step),
    ) -> bool {
        watch(self, Step::Look);
        let hit = self.inside[key as usize]; // step: look
        if hit {
            watch(self, Step::Hit);
            self.unlink(key); // step: hit
        } else if self.len == self.room {
            let victim = self.next[self.root as usize];
            watch(self, Step::Evict { victim });
            self.unlink(victim); // step: evict
            self.inside[victim as usize] = false;
        } else {
            self.len += 1;
        }
        self.append(key); // step: append
        self.inside[key as usize] = true;
        watch(self, Step::Append);
        hit
    }

    /// 앞뒤를 서로 이어 목록에서 뺌.
    fn unlink(&mut self, key: u32) {
        let (prev, next) = (self.prev[key as usize], self.next[key as usize]);
        self.next[prev as usize] = next;
        self.prev[next as usize] = prev;
    }

    /// 뿌리 앞, 곧 가장 새로운 자리에 이음.
    fn append(&mut self, key: u32) {
        let newest = self.prev[self.root as usize];
        self.next[newest as usize] = key;
        self.prev[key as usize] = newest;
        self.next[key as usize] = self.root;
        self.prev[self.root as usize] = key;
    }
    // ANCHOR_END: kernel

    /// 오래된 것부터.
    fn order(&self) -> impl Iterator<Item = u32> + '_ {
        let start = self.next[self.root as usize];
        let follow = |key: &u32| Some(self.next[*key as usize]);
        std::iter::successors(Some(start), follow)
            .take_while(|key| *key != self.root)
    }
}

impl Params {
    /// 들어간 것 가운데 쫓겨난 것: 어느 정책이나 찰 때까지는 쫓아내지 않음.
    fn evictions(&self, hits: u64) -> u64 {
        (self.requests - hits).saturating_sub(self.capacity)
    }

    fn cost(&self, hits: u64) -> u64 {
        hits * self.hit_cost + (self.requests - hits) * self.miss_cost
    }

    /// 예측이 묻는 것: 되풀이에서 LRU의 적중. 모양과 무관하게 셈.
    fn loop_hits(&self) -> u64 {
        let again = self.requests.saturating_sub(self.cycle);
        if self.cycle <= self.capacity { again } else { 0 }
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let trace = Trace::new(p);
    let hits = Policy::ALL.map(|policy| trace.hits(policy, p.capacity));
    let words: Vec<u64> =
        hits.iter().flat_map(|hits| [*hits, p.evictions(*hits)]).collect();
    let ours = trace.hits(p.policy, p.capacity);
    let mut report = Report::default();
    for (policy, hits) in Policy::ALL.iter().zip(hits) {
        let name = policy.value();
        let evictions = p.evictions(hits);
        report = report
            .answer(&format!("{name}_hits"), hits)
            .answer(&format!("{name}_evictions"), evictions);
    }
    let curves = curves(p, &trace, ctx)?;
    Ok(report
        .answer("cost", p.cost(ours))
        .answer("loop_hits", p.loop_hits())
        .checksum(&words)
        .view(View::Table(summary(p, &hits)))
        .view(View::Chart(ratio_chart(p, &curves)))
        .view(View::Chart(cost_chart(p, &curves)))
        .view(View::Trace(replay(p, SMALL)))
        .view(View::Trace(replay(p, SMALL + 1))))
}

fn percent(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64 * 100.0
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let hits = report.int("loop_hits").unwrap_or(0);
    let ratio = percent(hits, p.requests);
    let why = if p.requests <= p.cycle {
        "한 바퀴를 넘지 않아 다시 찾는 키가 없음"
    } else if p.cycle > p.capacity {
        "다시 찾을 키가 늘 바로 앞에서 쫓겨남"
    } else {
        "첫 바퀴만 실패하고 다음부터는 모두 들어 있음"
    };
    let sentence = format!(
        "키 {}개를 되풀이한 요청 {}번, 용량 {}인 LRU의 적중은 {}번: {why}.",
        format::int(p.cycle),
        format::int(p.requests),
        format::int(p.capacity),
        format::int(hits)
    );
    // 실패가 있는데 100.0%라 적지 않음
    let digits = if hits < p.requests && ratio >= 99.95 { 3 } else { 1 };
    let headline = format!("{}%", format::fixed(ratio, digits));
    Verdict::number(headline, ratio, sentence)
}

/// 고른 정책을 맨 위에 두고 나머지를 견줌.
fn summary(p: &Params, hits: &[u64; 6]) -> Table {
    let mut rows: Vec<(Policy, u64)> =
        Policy::ALL.into_iter().zip(*hits).collect();
    rows.sort_by_key(|(policy, _)| *policy != p.policy);
    let row = |(policy, hits): (Policy, u64)| {
        vec![
            policy.label().into(),
            hits.into(),
            (p.requests - hits).into(),
            p.evictions(hits).into(),
            Cell::fixed(percent(hits, p.requests), 2),
            Cell::fixed(p.cost(hits) as f64 / p.requests as f64, 2),
        ]
    };
    Table {
        title: format!("용량 {}에서 정책마다", format::int(p.capacity)),
        badge: Badge::Exact,
        columns: vec![
            Column::text("정책"),
            Column::number("적중", "번"),
            Column::number("실패", "번"),
            Column::number("쫓아냄", "번"),
            Column::number("적중률", "%"),
            Column::number("평균 비용", "단위"),
        ],
        rows: rows.into_iter().map(row).collect(),
    }
}

/// 정책마다 (용량, 적중).
type Curves = [Vec<(u64, u64)>; 6];

/// LRU의 곡선에 놓는 점의 수.
const CURVE_POINTS: u64 = 400;

/// 1, 2, 3, 4, 6, 9, …: 로그 축에 고른 용량. 눈여겨볼 용량을 더함.
fn capacities(p: &Params, most: u64) -> Vec<u64> {
    let mut all: Vec<u64> =
        std::iter::successors(Some(1_u64), |c| Some(c + c.div_ceil(2)))
            .take_while(|c| *c < most)
            .chain([p.capacity, p.cycle - 1, p.cycle, most])
            .filter(|c| *c <= most)
            .collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn curves(p: &Params, trace: &Trace, ctx: &Ctx) -> Result<Curves, Failure> {
    let whole = trace.lru_curve();
    // 절벽 너머의 평지까지 보임
    let most = (2 * trace.distinct()).max(p.capacity).min(MOST_CAPACITY);
    let lru = |c: u64| whole[(c as usize).min(whole.len() - 1)];
    let capacities = capacities(p, most);
    let mut curves = Curves::default();
    for (i, policy) in Policy::ALL.into_iter().enumerate() {
        ctx.progress(i as u64, 6, "용량마다 셈")?;
        if policy == Policy::Lru {
            let stride = most.div_ceil(CURVE_POINTS).max(1) as usize;
            let mut at: Vec<u64> =
                (1..=most).step_by(stride).chain(capacities.clone()).collect();
            at.sort_unstable();
            at.dedup();
            curves[i] = at.into_iter().map(|c| (c, lru(c))).collect();
            continue;
        }
        for capacity in &capacities {
            curves[i].push((*capacity, trace.hits(policy, *capacity)));
        }
    }
    Ok(curves)
}

/// 그리는 용량의 끝: 매개변수가 받는 가장 큰 용량.
const MOST_CAPACITY: u64 = 10_000;

fn here(p: &Params) -> Vec<Mark> {
    vec![Mark {
        axis: AxisName::X,
        at: p.capacity as f64,
        label: format!("지금 {}개", format::int(p.capacity)),
    }]
}

fn series(
    policy: Policy,
    curve: &[(u64, u64)],
    value: impl Fn(u64) -> f64,
) -> Series {
    let points = curve.iter().map(|(c, hits)| Point {
        x: *c as f64,
        y: value(*hits),
        low: None,
        high: None,
    });
    Series {
        name: policy.label().into(),
        shape: if policy == Policy::Lru { Shape::Step } else { Shape::Line },
        points: points.collect(),
    }
}

fn ratio_chart(p: &Params, curves: &Curves) -> Chart {
    let each = Policy::ALL.into_iter().zip(curves);
    Chart {
        title: "용량마다의 적중률".into(),
        badge: Badge::Exact,
        x: Axis::log("용량", "개"),
        y: Axis::linear("적중률", "%"),
        series: each
            .map(|(policy, curve)| {
                series(policy, curve, |hits| percent(hits, p.requests))
            })
            .collect(),
        marks: here(p),
    }
}

/// 고른 정책과, 어떤 정책도 내려갈 수 없는 바닥.
fn cost_chart(p: &Params, curves: &Curves) -> Chart {
    let mean = |hits| p.cost(hits) as f64 / p.requests as f64;
    let each = Policy::ALL.into_iter().zip(curves);
    let shown = each.filter(|(policy, _)| {
        *policy == p.policy || *policy == Policy::Belady
    });
    Chart {
        title: format!("{}: 용량마다의 평균 비용", p.policy.label()),
        badge: Badge::Model,
        x: Axis::log("용량", "개"),
        y: Axis::linear("요청 하나의 비용", "단위"),
        series: shown
            .map(|(policy, curve)| series(policy, curve, mean))
            .collect(),
        marks: here(p),
    }
}

/// 재생의 작은 캐시: 이 용량과 하나 큰 용량을 차례로 보임.
const SMALL: u64 = 4;
/// 재생 하나의 요청. 둘을 더하면 40번임.
const REPLAY: u64 = 20;

/// 같은 모양을 줄여서: 키 다섯을 되풀이하거나 열 가지에서 뽑음.
fn replay(p: &Params, capacity: u64) -> report::Trace {
    let small = Params {
        capacity,
        cycle: SMALL + 1,
        universe: 10,
        requests: REPLAY,
        ..p.clone()
    };
    let trace = Trace::new(&small);
    let mut cache = Lru::new(capacity as usize, trace.keys as usize);
    let mut frames = Vec::new();
    let mut hits = 0;
    for (turn, key) in trace.requests.iter().enumerate() {
        let mut shown = Vec::new();
        let hit = cache
            .request(*key, |cache, step| shown.push((cache.clone(), step)));
        for (cache, step) in shown {
            let (tag, say) = match step {
                Step::Look => ("look", "사전에서 찾아 봄".to_owned()),
                Step::Hit => ("hit", "있음: 목록에서 빼냄".to_owned()),
                Step::Evict { victim } => (
                    "evict",
                    format!(
                        "없고 자리도 없음: 가장 오래된 것을 쫓아냄, 키 {victim}"
                    ),
                ),
                Step::Append => {
                    hits += u64::from(hit);
                    ("append", "가장 새로운 자리에 이음".to_owned())
                }
            };
            frames.push(Frame {
                step: tag.into(),
                say: format!("{}번째 요청, 키 {key}: {say}", turn + 1),
                counters: vec![
                    ("적중".into(), format!("{hits}번")),
                    ("요청".into(), format!("{}번", turn + 1)),
                ],
                lanes: vec![
                    requests_lane(&trace.requests, turn),
                    list_lane(&cache, *key, step, capacity),
                ],
                jumps: Vec::new(),
            });
        }
    }
    report::Trace {
        title: format!("LRU의 목록: 용량 {capacity}로 줄인 요청 {REPLAY}번"),
        badge: Badge::Exact,
        frames,
    }
}

fn requests_lane(requests: &[u32], now: usize) -> Lane {
    let cells = requests.iter().enumerate().map(|(i, key)| LaneCell {
        at: i as u64,
        text: key.to_string(),
        tone: match i {
            i if i < now => Tone::Seen,
            i if i == now => Tone::Now,
            _ => Tone::Plain,
        },
    });
    Lane {
        label: "요청".into(),
        size: requests.len() as u64,
        cells: cells.collect(),
        group: 0,
    }
}

fn list_lane(cache: &Lru, key: u32, step: Step, capacity: u64) -> Lane {
    let tone = |each: u32| match step {
        Step::Hit if each == key => Tone::Hit,
        Step::Append if each == key => Tone::Hit,
        Step::Evict { victim } if each == victim => Tone::Dead,
        Step::Look if each == key => Tone::Now,
        _ => Tone::Plain,
    };
    let cells = cache.order().enumerate().map(|(at, each)| LaneCell {
        at: at as u64,
        text: each.to_string(),
        tone: tone(each),
    });
    Lane {
        label: "목록(오래된 것부터)".into(),
        size: capacity,
        cells: cells.collect(),
        group: 0,
    }
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let trace = Trace::new(p);
    let case = |policy: Policy| {
        let trace = &trace;
        Case::new(policy.label(), p.requests, move || {
            trace.hits(policy, p.capacity)
        })
    };
    let cases = Policy::ALL.map(case).into();
    compare(ctx, "정책마다 요청을 처리하는 시간", "요청 하나", cases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn report(pairs: &[(&str, &str)]) -> Report {
        run_with("memo_lru", pairs)
    }

    fn trace(pattern: Pattern, requests: u64, seed: u64) -> Trace {
        let universe = 50;
        Trace::new(&Params {
            pattern,
            requests,
            universe,
            cycle: 20,
            seed,
            ..Params::default()
        })
    }

    const PATTERNS: [Pattern; 5] = [
        Pattern::Loop,
        Pattern::Zipf0,
        Pattern::Zipf1,
        Pattern::Zipf2,
        Pattern::ScanMix,
    ];

    /// 명세: 키 101개를 되풀이하면 용량 100인 LRU는 하나도 맞히지 못함.
    #[test]
    fn a_loop_one_larger_than_the_cache_never_hits() {
        let report = report(&[]);
        assert_eq!(report.int("lru_hits"), Some(0));
        assert_eq!(report.int("fifo_hits"), Some(0));
        assert_eq!(report.int("lru_evictions"), Some(19_900));
        let verdict = report.verdict.unwrap();
        assert_eq!((verdict.number, &*verdict.headline), (Some(0.0), "0.0%"));
    }

    /// 한 칸만 더 있으면 첫 바퀴 101번만 실패함.
    #[test]
    fn one_more_slot_and_everything_hits() {
        let report = report(&[("capacity", "101")]);
        assert_eq!(report.int("lru_hits"), Some(19_899));
        assert_eq!(report.int("lru_evictions"), Some(0));
        assert_eq!(report.verdict.unwrap().headline, "99.5%");
        // 두 번은 실패함
        let short = self::report(&[("cycle", "2")]).verdict.unwrap();
        assert_eq!(short.headline, "99.990%");
    }

    #[test]
    fn the_asked_loop_is_the_simulated_loop() {
        for (capacity, cycle) in [(1, 2), (7, 7), (8, 7), (7, 8), (9, 500)] {
            let p =
                Params { capacity, cycle, requests: 300, ..Params::default() };
            let hits = Trace::new(&p).hits(Policy::Lru, capacity);
            assert_eq!(p.loop_hits(), hits, "{capacity} {cycle}");
        }
    }

    #[test]
    fn the_reason_follows_the_loop() {
        for (cycle, why) in [
            ("100", "다음부터는 모두 들어 있음"),
            ("101", "늘 바로 앞에서 쫓겨남"),
            ("200", "다시 찾는 키가 없음"),
        ] {
            let report = report(&[("cycle", cycle), ("requests", "200")]);
            let sentence = report.verdict.unwrap().sentence;
            assert!(sentence.contains(why), "{sentence}");
        }
    }

    /// 한 번 훑어 얻은 곡선과, 용량마다 돌려 본 것.
    #[test]
    fn stack_distances_equal_the_simulation() {
        for pattern in PATTERNS {
            let trace = trace(pattern, 2_000, 7);
            let curve = trace.lru_curve();
            for (capacity, hits) in curve.iter().enumerate().skip(1) {
                let found = trace.hits(Policy::Lru, capacity as u64);
                assert_eq!(found, *hits, "{pattern:?} {capacity}");
            }
        }
    }

    /// 쫓아낼 것을 모두 시험해 본 최선.
    fn best(requests: &[u32], inside: &[u32], room: usize) -> u64 {
        let Some((key, rest)) = requests.split_first() else { return 0 };
        if inside.contains(key) {
            return 1 + best(rest, inside, room);
        }
        let with = |kept: &[u32]| [kept, &[*key]].concat();
        if inside.len() < room {
            return best(rest, &with(inside), room);
        }
        let without = |i: usize| {
            let kept = [&inside[..i], &inside[i + 1..]].concat();
            best(rest, &with(&kept), room)
        };
        (0..inside.len()).map(without).max().unwrap_or(0)
    }

    #[test]
    fn belady_is_the_best_of_all_choices() {
        for seed in 0..40 {
            let mut rng = SplitMix64::new(seed);
            let requests = (0..12).map(|_| rng.below(5) as u32).collect();
            let trace = Trace::from(requests, seed);
            for room in 1..4 {
                let most = best(&trace.requests, &[], room);
                assert_eq!(trace.hits(Policy::Belady, room as u64), most);
            }
        }
    }

    #[test]
    fn no_policy_beats_belady() {
        for pattern in PATTERNS {
            for seed in 0..5 {
                let trace = trace(pattern, 1_000, seed);
                for capacity in [1, 2, 5, 19, 20, 21, 60] {
                    let most = trace.hits(Policy::Belady, capacity);
                    for policy in Policy::ALL {
                        let hits = trace.hits(policy, capacity);
                        assert!(hits <= most, "{policy:?} {pattern:?}");
                    }
                }
            }
        }
    }

    /// 모든 키가 들어가면 어느 정책이나 처음 한 번씩만 실패함.
    #[test]
    fn every_policy_hits_when_everything_fits() {
        for pattern in PATTERNS {
            let trace = trace(pattern, 1_000, 3);
            for policy in Policy::ALL {
                let hits = trace.hits(policy, trace.distinct());
                assert_eq!(hits, 1_000 - trace.distinct(), "{policy:?}");
            }
        }
    }

    /// 손으로 따라간 S3-FIFO: 용량 2라 S가 하나, M이 하나, 명부가 하나임.
    #[test]
    fn s3fifo_by_hand() {
        // 0 실패(S:0), 1 실패(S:0 1), 0 적중, 0 적중(다시 2번),
        // 2 실패: 0은 M으로, 1이 나가 명부에(S:2 M:0),
        // 1 실패: 2가 나가 명부에, 1은 명부에서 밀려나 S로(S:1 M:0), 0 적중
        let trace = Trace::from(vec![0, 1, 0, 0, 2, 1, 0], 0);
        assert_eq!(trace.hits(Policy::S3Fifo, 2), 3);
    }

    #[test]
    fn lfu_breaks_ties_by_recency() {
        // 0과 1을 두 번씩 찾고 2를 넣으면 더 오래된 0이 나감
        let trace = Trace::from(vec![0, 1, 0, 1, 2, 1, 0], 0);
        assert_eq!(trace.hits(Policy::Lfu, 2), 3);
    }

    /// 요청마다 키가 하나뿐인 가장 작은 입력도 돌아감.
    #[test]
    fn the_smallest_and_largest_runs() {
        for pairs in [
            &[("capacity", "1"), ("requests", "100"), ("universe", "10")][..],
            &[("capacity", "10000"), ("cycle", "10000"), ("requests", "100")],
        ] {
            for pattern in ["loop", "zipf0", "scan_mix"] {
                let pairs = [pairs, &[("pattern", pattern)]].concat();
                assert!(report(&pairs).int("lru_hits").is_some());
            }
        }
    }
}
