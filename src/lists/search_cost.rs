//! 정렬해 둘 가치가 있나: 네 가지 찾기가 살펴본 원소를 셈.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::hint::black_box;

use dicts::dict_probe::{self, Dict, Rule};
use lab::measure::{Case, compare};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Mark,
    Point, Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::rng::{SplitMix64, mix64};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 몇 번만 찾을 때는 정렬이 손해인가?",
    prediction: Prediction {
        text: "섞인 수 10,000개에서 절반은 있고 절반은 없는 수를 찾음. \
               몇 번째 질의부터 먼저 정렬하고 이진 탐색하는 쪽이 \
               덜 살펴볼까?",
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
    ("2", "2번쯤"),
    ("20", "20번쯤"),
    ("500", "500번쯤"),
    ("10000", "10,000번쯤"),
    (NEVER, "아무리 찾아도 손해"),
];
const NEVER: &str = "never";

lab::choices! {
    /// 찾는 방법.
    pub enum Method {
        Linear = "linear", "선형 탐색";
        Binary = "binary", "정렬 + 이진 탐색";
        Eytzinger = "eytzinger", "정렬 + Eytzinger 배치";
        Hash = "hash", "해시 표 (사전 모형)";
    }
}

lab::params! {
    /// 서로 다른 64비트 수 `n`개에서 `queries`번 찾음.
    pub struct Params {
        n: u64 = 10_000, int("수의 개수").unit("개")
            .browser(10, 200_000).native(10, 10_000_000).log();
        queries: u64 = 1_000, int("질의").unit("번")
            .range(1, 100_000).log();
        hit_pct: u64 = 50, int("있는 수를 찾는 비율").unit("%")
            .range(0, 100);
        method: Method = Method::Binary, choice("찾는 방법");
        sorted_once: bool = true, flag("준비는 한 번만")
            .hint("끄면 질의마다 목록이 바뀌어 다시 준비함");
        seed: u64 = 42, int("씨앗");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 커널이 지나가는 순간: 원소 하나를 살펴보거나, 찾거나, 견줌.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// 선형 탐색이 `at`번을 봄.
    Scan { at: usize },
    /// 이진 탐색이 `lo..hi`의 가운데 `at`번을 봄.
    Middle { lo: usize, at: usize, hi: usize },
    /// Eytzinger 배치의 `at`번 마디를 봄.
    Node { at: usize },
    /// 병합 정렬이 두 원소를 견줌.
    Compare,
}

// ANCHOR: kernel
/// 앞에서부터 하나씩. 찾은 자리를 돌려줌.
pub fn linear(
    items: &[u64],
    key: u64,
    mut watch: impl FnMut(Step),
) -> Option<usize> {
    for (at, item) in items.iter().enumerate() {
        watch(Step::Scan { at }); // step: scan
        if *item == key {
            return Some(at);
        }
    }
    None
}

/// 정렬된 배열을 반씩 버림.
pub fn binary(
    sorted: &[u64],
    key: u64,
    mut watch: impl FnMut(Step),
) -> Option<usize> {
    let (mut lo, mut hi) = (0, sorted.len());
    while lo < hi {
        let at = lo + (hi - lo) / 2;
        watch(Step::Middle { lo, at, hi }); // step: middle
        match key.cmp(&sorted[at]) {
            Ordering::Equal => return Some(at),
            Ordering::Less => hi = at,
            Ordering::Greater => lo = at + 1,
        }
    }
    None
}

/// 1번이 뿌리이고 k번의 자식이 2k, 2k+1번인 나무를 내려감.
pub fn eytzinger(
    tree: &[u64],
    key: u64,
    mut watch: impl FnMut(Step),
) -> Option<usize> {
    let mut at = 1;
    while at < tree.len() {
        watch(Step::Node { at }); // step: node
        match key.cmp(&tree[at]) {
            Ordering::Equal => return Some(at),
            Ordering::Less => at *= 2,
            Ordering::Greater => at = 2 * at + 1,
        }
    }
    None
}

/// 반씩 정렬해 앞에서부터 합침. `spare`는 왼쪽 절반이 잠시 머무는 곳.
pub fn merge_sort(
    items: &mut [u64],
    spare: &mut Vec<u64>,
    watch: &mut impl FnMut(Step),
) {
    let half = items.len() / 2;
    if half == 0 {
        return;
    }
    merge_sort(&mut items[..half], spare, watch);
    merge_sort(&mut items[half..], spare, watch);
    spare.clear();
    spare.extend_from_slice(&items[..half]);
    let (mut left, mut right, mut at) = (0, half, 0);
    while left < half && right < items.len() {
        watch(Step::Compare);
        if items[right] < spare[left] {
            items[at] = items[right];
            right += 1;
        } else {
            items[at] = spare[left];
            left += 1;
        }
        at += 1;
    }
    items[at..right].copy_from_slice(&spare[left..]);
}
// ANCHOR_END: kernel

/// 정렬된 배열을 나무의 차례로. 0번은 비워 둠.
pub fn eytzinger_layout(sorted: &[u64]) -> Vec<u64> {
    fn place(at: usize, tree: &mut [u64], rest: &mut std::slice::Iter<u64>) {
        if at < tree.len() {
            place(2 * at, tree, rest);
            tree[at] = rest.next().copied().unwrap_or_default();
            place(2 * at + 1, tree, rest);
        }
    }
    let mut tree = vec![0; sorted.len() + 1];
    place(1, &mut tree, &mut sorted.iter());
    tree
}

/// 같은 나무를 분기 없이 끝까지 내려감. 답은 [`eytzinger`]와 같음.
pub fn eytzinger_branchless(tree: &[u64], key: u64) -> Option<usize> {
    let mut at = 1;
    while at < tree.len() {
        at = 2 * at + usize::from(tree[at] < key);
    }
    // 마지막으로 왼쪽에 간 자리가 key 이상인 첫 원소임
    at >>= at.trailing_ones() + 1;
    (at > 0 && tree[at] == key).then_some(at)
}

/// 질의 하나. 있는 수라면 섞인 목록에서의 자리를 함께 앎.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    pub key: u64,
    pub at: Option<u64>,
}

/// 섞인 목록과 질의. 없는 수는 같은 난수열의 뒤쪽이라 겹치지 않음.
pub fn draw(p: &Params) -> (Vec<u64>, Vec<Query>) {
    let mut stream = SplitMix64::new(p.seed);
    let items: Vec<u64> = (0..p.n).map(|_| stream.next_u64()).collect();
    let mut pick = SplitMix64::new(mix64(p.seed));
    let query = |_| {
        if pick.below(100) < p.hit_pct {
            let at = pick.below(p.n);
            Query { key: items[at as usize], at: Some(at) }
        } else {
            Query { key: stream.next_u64(), at: None }
        }
    };
    let queries = (0..p.queries).map(query).collect();
    (items, queries)
}

/// 정렬된 배열과 거기에 든 비교.
pub fn sort(items: &[u64]) -> (Vec<u64>, u64) {
    let mut sorted = items.to_vec();
    let mut compares = 0;
    merge_sort(&mut sorted, &mut Vec::new(), &mut |_| compares += 1);
    (sorted, compares)
}

/// 사전 모형과, 넣으면서 살펴본 칸.
pub fn hashed(items: &[u64]) -> (Dict, u64) {
    let mut dict = Dict::new(Rule::CPYTHON);
    let mut looks = 0;
    for key in items {
        dict.insert(*key, |step| {
            looks += u64::from(matches!(step, dict_probe::Step::Look { .. }));
        });
    }
    (dict, looks)
}

/// 방법 하나가 한 일.
#[derive(Clone, Debug, Default)]
struct Work {
    /// 준비 한 번.
    prep: u64,
    /// 모든 질의.
    query: u64,
    found: u64,
    most: u64,
    /// 질의의 수에 따른 질의의 합.
    curve: Vec<(u64, u64)>,
}

impl Work {
    /// `look`은 질의 하나에 (살펴본 수, 찾았는가).
    fn of(
        prep: u64,
        queries: &[Query],
        mut look: impl FnMut(Query) -> (u64, bool),
    ) -> Self {
        let mut work = Work { prep, ..Work::default() };
        let mut next = 1;
        for (i, query) in queries.iter().enumerate() {
            let (looks, found) = look(*query);
            work.query += looks;
            work.found += u64::from(found);
            work.most = work.most.max(looks);
            let done = i as u64 + 1;
            if done == next || i + 1 == queries.len() {
                work.curve.push((done, work.query));
                next = done + done / 8 + 1;
            }
        }
        work
    }

    fn prep_total(&self, p: &Params) -> u64 {
        if p.sorted_once { self.prep } else { self.prep * p.queries }
    }
}

/// 찾으면서 살펴본 원소의 수와, 찾았는가.
fn looks(
    find: impl FnOnce(&mut dyn FnMut(Step)) -> Option<usize>,
) -> (u64, bool) {
    let mut count = 0;
    let found = find(&mut |_| count += 1).is_some();
    (count, found)
}

/// 방법마다 한 일. [`Method::ALL`]의 차례.
fn work(p: &Params, ctx: &Ctx) -> Result<Vec<Work>, Failure> {
    let (items, queries) = draw(p);
    ctx.progress(0, 3, "정렬하기")?;
    let (sorted, compares) = sort(&items);
    let tree = eytzinger_layout(&sorted);
    ctx.progress(1, 3, "해시 표에 넣기")?;
    let (dict, inserts) = hashed(&items);
    ctx.progress(2, 3, "찾기")?;
    Ok(vec![
        // 선형 탐색이 살펴보는 수는 자리에서 바로 나옴: 시험이 견줌
        Work::of(0, &queries, |query| {
            (query.at.map_or(p.n, |at| at + 1), query.at.is_some())
        }),
        Work::of(compares, &queries, |query| {
            looks(|watch| binary(&sorted, query.key, watch))
        }),
        Work::of(compares, &queries, |query| {
            looks(|watch| eytzinger(&tree, query.key, watch))
        }),
        Work::of(inserts, &queries, |query| {
            let found = dict.find(query.key, |_| {}).is_some();
            (dict_probe::probes(&dict, query.key), found)
        }),
    ])
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let works = work(p, ctx)?;
    let mine = &works[p.method as usize];
    let (line, sorted) = (&works[0], &works[1]);
    let crossover = crossover(p, line, sorted);
    let prep = mine.prep_total(p);
    Ok(Report::default()
        .answer("prep", prep)
        .answer("query", mine.query)
        .answer("found", mine.found)
        .answer("max_query", mine.most)
        .answer("sort", sorted.prep)
        .answer("linear_query", line.query)
        .answer("binary_query", sorted.query)
        .answer("crossover", crossover)
        .checksum(&[prep, mine.query, mine.found])
        .view(View::Table(summary(p, &works)))
        .view(View::Chart(totals(p, &works, crossover)))
        .view(View::Trace(replay(p))))
}

/// 이 질의부터 정렬 + 이진 탐색이 선형 탐색보다 덜 살펴봄. 없으면 0.
fn crossover(p: &Params, line: &Work, sorted: &Work) -> u64 {
    if !p.sorted_once || line.query <= sorted.query {
        return 0;
    }
    sorted.prep * p.queries / (line.query - sorted.query) + 1
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let int = |key| report.int(key).unwrap_or(0);
    let each = |key| int(key) as f64 / p.queries as f64;
    let (line, half) = (each("linear_query"), each("binary_query"));
    // 작은 수는 소수까지 적어야 나눗셈이 맞음
    let short = |x: f64| format::fixed(x, usize::from(x < 100.0));
    let crossover = int("crossover");
    let costs = format!(
        "정렬에 비교 {}번이 들고, 질의 하나에 살펴보는 원소는 선형 탐색이 \
         {}개, 이진 탐색이 {}개임.",
        format::int(int("sort")),
        short(line),
        short(half)
    );
    if crossover == 0 {
        let why = match p.sorted_once {
            true => "이진 탐색이 덜 살펴보지 않음.",
            false => "질의마다 다시 정렬하므로 본전을 뽑을 수 없음.",
        };
        return Verdict::choice(GUESSES, NEVER, format!("{costs} {why}"));
    }
    let even = int("sort") as f64 / (line - half);
    // 11.95를 12.0으로 적으면 12번째부터라는 말과 어긋남
    let digits = if even + 0.05 < crossover as f64 { 1 } else { 2 };
    let sentence = format!(
        "{costs} {} ÷ {} = {}이므로 {}번째부터 이득임.",
        format::int(int("sort")),
        short(line - half),
        format::fixed(even, digits),
        format::int(crossover)
    );
    let ratio = Verdict::ratio(GUESSES, crossover as f64, sentence);
    let headline = format!("{}번째 질의부터", format::int(crossover));
    Verdict { headline, ..ratio }
}

fn summary(p: &Params, works: &[Work]) -> Table {
    let row = |(method, work): (&Method, &Work)| {
        let prep = work.prep_total(p);
        vec![
            method.label().into(),
            prep.into(),
            work.query.into(),
            (prep + work.query).into(),
            Cell::fixed(work.query as f64 / p.queries as f64, 2),
            work.most.into(),
        ]
    };
    Table {
        title: format!(
            "{}개에서 {}번 찾기: 살펴본 원소와 칸",
            format::int(p.n),
            format::int(p.queries)
        ),
        badge: Badge::Exact,
        columns: vec![
            Column::text("방법"),
            Column::number("준비", "번"),
            Column::number("질의", "번"),
            Column::number("합계", "번"),
            Column::number("질의 하나에", "번"),
            Column::number("가장 많이", "번"),
        ],
        rows: Method::ALL.iter().zip(works).map(row).collect(),
    }
}

fn totals(p: &Params, works: &[Work], crossover: u64) -> Chart {
    let line = |method: Method| {
        let work = &works[method as usize];
        let total = |(done, query): &(u64, u64)| -> Point {
            let times = if p.sorted_once { 1 } else { *done };
            (*done as f64, (work.prep * times + query) as f64).into()
        };
        Series {
            name: method.label().into(),
            shape: Shape::Line,
            points: work.curve.iter().map(total).collect(),
        }
    };
    let mark = (1..=p.queries).contains(&crossover).then(|| Mark {
        axis: AxisName::X,
        at: crossover as f64,
        label: format!("교차점 {}번째", format::int(crossover)),
    });
    Chart {
        title: "질의가 늘 때 준비까지 더한 합계".into(),
        badge: Badge::Exact,
        x: Axis::log("질의의 수", "번"),
        y: Axis::log("살펴본 수", "번"),
        // 이진 탐색과 Eytzinger는 거의 겹침
        series: [Method::Linear, Method::Binary, Method::Hash]
            .map(line)
            .into(),
        marks: mark.into_iter().collect(),
    }
}

/// 재생하는 목록: 나무의 마지막 층까지 꽉 차는 크기.
const REPLAY: u64 = 15;

/// 같은 수를 세 방법으로 찾음.
fn replay(p: &Params) -> Trace {
    let mut rng = SplitMix64::new(p.seed);
    let sorted: Vec<u64> =
        (0..REPLAY).map(|i| 10 + 6 * i + rng.below(6)).collect();
    let mut items = sorted.clone();
    rng.shuffle(&mut items);
    let tree = eytzinger_layout(&sorted);
    let key = items[items.len() - 4];
    let mut frames = Vec::new();
    let mut recorder = Recorder::new("섞인 목록", &items, key);
    linear(&items, key, |step| recorder.record(step));
    frames.append(&mut recorder.frames);
    let mut recorder = Recorder::new("정렬된 목록", &sorted, key);
    binary(&sorted, key, |step| recorder.record(step));
    frames.append(&mut recorder.frames);
    let mut recorder = Recorder::new("Eytzinger 배치", &tree, key);
    eytzinger(&tree, key, |step| recorder.record(step));
    frames.append(&mut recorder.frames);
    Trace {
        title: format!("{REPLAY}개에서 {key} 찾기: 선형, 이진, Eytzinger"),
        badge: Badge::Exact,
        frames,
    }
}

/// 장면을 모으는 기록기.
struct Recorder<'a> {
    label: &'static str,
    items: &'a [u64],
    key: u64,
    seen: Vec<usize>,
    frames: Vec<Frame>,
}

impl<'a> Recorder<'a> {
    fn new(label: &'static str, items: &'a [u64], key: u64) -> Self {
        Recorder { label, items, key, seen: Vec::new(), frames: Vec::new() }
    }

    fn record(&mut self, step: Step) {
        let (tag, at, range) = match step {
            Step::Scan { at } => ("scan", at, 0..self.items.len()),
            Step::Middle { lo, at, hi } => ("middle", at, lo..hi),
            Step::Node { at } => ("node", at, 1..self.items.len()),
            Step::Compare => return,
        };
        let item = self.items[at];
        let say = match (item.cmp(&self.key), step) {
            (Ordering::Equal, _) => format!("{at}번이 {item}: 찾음"),
            (_, Step::Scan { .. }) => format!("{at}번이 {item}: 다음 것을 봄"),
            (Ordering::Less, Step::Middle { .. }) => {
                format!("가운데 {at}번이 {item}: 작으니 왼쪽을 버림")
            }
            (_, Step::Middle { .. }) => {
                format!("가운데 {at}번이 {item}: 크니 오른쪽을 버림")
            }
            (Ordering::Less, _) => {
                let child = 2 * at + 1;
                format!("{at}번 마디가 {item}: 작으니 {child}번으로")
            }
            _ => {
                let child = 2 * at;
                format!("{at}번 마디가 {item}: 크니 {child}번으로")
            }
        };
        let tone = |i: usize| match i {
            i if i == at && item == self.key => Tone::Hit,
            i if i == at => Tone::Now,
            i if self.seen.contains(&i) => Tone::Seen,
            i if !range.contains(&i) => Tone::Dead,
            _ => Tone::Plain,
        };
        // 나무의 0번은 쓰지 않음
        let first = usize::from(matches!(step, Step::Node { .. }));
        let cells = (first..self.items.len()).map(|i| LaneCell {
            at: i as u64,
            text: self.items[i].to_string(),
            tone: tone(i),
        });
        let lane = Lane {
            label: self.label.into(),
            size: self.items.len() as u64,
            cells: cells.collect(),
            group: 0,
        };
        self.seen.push(at);
        self.frames.push(Frame {
            step: tag.into(),
            say,
            counters: vec![
                ("찾는 수".into(), self.key.to_string()),
                ("살펴본 원소".into(), format!("{}개", self.seen.len())),
            ],
            lanes: vec![lane],
            jumps: self
                .seen
                .windows(2)
                .map(|pair| (pair[0] as u64, pair[1] as u64))
                .collect(),
        });
    }
}

/// 재는 것들: 같은 질의에 모두 같은 수를 찾음.
pub struct Rivals {
    items: Vec<u64>,
    keys: Vec<u64>,
    sorted: Vec<u64>,
    tree: Vec<u64>,
    dict: Dict,
    set: HashSet<u64>,
}

impl Rivals {
    /// `queries`번을 새로 뽑아 물음.
    pub fn new(p: &Params, queries: u64) -> Self {
        let (items, drawn) = draw(&Params { queries, ..p.clone() });
        let keys = drawn.iter().map(|query| query.key).collect();
        let mut sorted = items.clone();
        sorted.sort_unstable();
        let tree = eytzinger_layout(&sorted);
        let (dict, _) = hashed(&items);
        let set = items.iter().copied().collect();
        Rivals { items, keys, sorted, tree, dict, set }
    }

    fn count(&self, found: impl Fn(u64) -> bool) -> u64 {
        self.keys.iter().filter(|key| found(**key)).count() as u64
    }

    /// 느리므로 앞의 질의 `few`번만 물음.
    pub fn contains(&self, few: usize) -> u64 {
        let found = |key: &&u64| self.items.contains(key);
        self.keys.iter().take(few).filter(found).count() as u64
    }

    pub fn binary(&self) -> u64 {
        self.count(|key| binary(&self.sorted, key, |_| {}).is_some())
    }

    pub fn binary_std(&self) -> u64 {
        self.count(|key| self.sorted.binary_search(&key).is_ok())
    }

    pub fn eytzinger(&self) -> u64 {
        self.count(|key| eytzinger_branchless(&self.tree, key).is_some())
    }

    pub fn dict(&self) -> u64 {
        self.count(|key| self.dict.find(key, |_| {}).is_some())
    }

    pub fn hash_set(&self) -> u64 {
        self.count(|key| self.set.contains(&key))
    }
}

/// 재는 질의의 수. 적으면 되풀이되는 길이 캐시와 분기 예측에 남음.
const MEASURED: u64 = 20_000;
/// 선형 탐색이 한 표본에 살펴보는 원소의 한도.
const MOST_LOOKS: u64 = 20_000_000;

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let few = (MOST_LOOKS / p.n).clamp(1, MEASURED / 20);
    ctx.progress(0, 1, "찾을 것 만들기")?;
    let rivals = Rivals::new(p, MEASURED);
    let cases = vec![
        Case::new("선형: contains", few, || rivals.contains(few as usize)),
        Case::new("이진: 우리 것", MEASURED, || rivals.binary()),
        Case::new("이진: binary_search", MEASURED, || rivals.binary_std()),
        Case::new("Eytzinger: 분기 없음", MEASURED, || rivals.eytzinger()),
        Case::new("해시: 사전 모형", MEASURED, || rivals.dict()),
        Case::new("해시: HashSet", MEASURED, || rivals.hash_set()),
    ];
    let mut views = compare(ctx, "질의", "질의 하나", cases)?;
    let items = &rivals.items;
    let cases = vec![
        Case::new("병합 정렬: 우리 것", p.n, || {
            let (sorted, _) = sort(black_box(items));
            sorted[0]
        }),
        Case::new("sort_unstable", p.n, || {
            let mut sorted = black_box(items).clone();
            sorted.sort_unstable();
            sorted[0]
        }),
        Case::new("HashSet 만들기", p.n, || {
            let set: HashSet<u64> = black_box(items).iter().copied().collect();
            set.len() as u64
        }),
    ];
    views.extend(compare(ctx, "준비", "원소 하나", cases)?);
    views.push(note(format!(
        "질의 {}번을 새로 뽑아 잼. 선형 탐색만 앞의 {}번임.",
        format::int(MEASURED),
        format::int(few)
    )));
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;
    use lab::host::Quiet;

    fn answers(pairs: &[(&str, &str)]) -> [u64; 3] {
        let report = run_with("search_cost", pairs);
        ["prep", "query", "found"].map(|key| report.int(key).unwrap())
    }

    /// 찾는 넷과 자리로 셈한 선형 탐색이 같은 것을 찾음.
    #[test]
    fn every_method_finds_the_same() {
        for n in [10, 11, 100, 1_000] {
            let p = Params { n, queries: 500, ..Params::default() };
            let (items, queries) = draw(&p);
            let (sorted, _) = sort(&items);
            let tree = eytzinger_layout(&sorted);
            for query in &queries {
                let at = linear(&items, query.key, |_| {});
                assert_eq!(at.map(|at| at as u64), query.at);
                let found = at.is_some();
                let key = query.key;
                assert_eq!(binary(&sorted, key, |_| {}).is_some(), found);
                let node = eytzinger(&tree, key, |_| {});
                assert_eq!(node.is_some(), found);
                assert_eq!(node, eytzinger_branchless(&tree, key));
            }
            let rivals = Rivals::new(&p, 500);
            let want = rivals.contains(500);
            assert_eq!(rivals.binary(), want);
            assert_eq!(rivals.binary_std(), want);
            assert_eq!(rivals.eytzinger(), want);
            assert_eq!(rivals.dict(), want);
            assert_eq!(rivals.hash_set(), want);
        }
    }

    #[test]
    fn linear_looks_are_the_place() {
        let p = Params { n: 300, queries: 400, ..Params::default() };
        let (items, queries) = draw(&p);
        let scanned: u64 = queries
            .iter()
            .map(|q| looks(|watch| linear(&items, q.key, watch)).0)
            .sum();
        let ctx = Ctx::new(&Quiet, Scope::Browser);
        assert_eq!(work(&p, &ctx).unwrap()[0].query, scanned);
    }

    #[test]
    fn merge_sort_sorts_with_few_compares() {
        for n in [0u64, 1, 2, 3, 100, 1_000] {
            let p = Params { n, queries: 0, ..Params::default() };
            let (items, _) = draw(&p);
            let (sorted, compares) = sort(&items);
            let mut want = items;
            want.sort_unstable();
            assert_eq!(sorted, want);
            // 아무리 나빠도 n⌈log2 n⌉번임
            let levels = u64::from(n.max(1).next_power_of_two().ilog2());
            assert!(compares <= n * levels, "{n}: {compares}");
        }
    }

    /// 10,000개의 이진 탐색은 14번을 넘지 않음: ⌈log2(10,001)⌉.
    #[test]
    fn binary_never_looks_more_than_fourteen_times() {
        for method in ["binary", "eytzinger"] {
            let pairs = [("method", method), ("queries", "100000")];
            let report = run_with("search_cost", &pairs);
            assert_eq!(report.int("max_query"), Some(14), "{method}");
        }
    }

    /// 있는 수만 찾으면 교차점은 2·log2 n쯤, 반만 있으면 그보다 이름.
    #[test]
    fn the_crossover_is_about_two_logs() {
        let report = run_with("search_cost", &[("hit_pct", "100")]);
        let crossover = report.int("crossover").unwrap() as f64;
        let rule = 2.0 * 10_000f64.log2();
        assert!((crossover / rule - 1.0).abs() < 0.15, "{crossover} {rule}");
        let half = run_with("search_cost", &[]);
        assert_eq!(half.int("crossover"), Some(17));
        assert_eq!(half.verdict.unwrap().choice.as_deref(), Some("20"));
    }

    #[test]
    fn the_default_run() {
        assert_eq!(answers(&[])[2], answers(&[("method", "hash")])[2]);
        assert_eq!(answers(&[("method", "linear")])[0], 0);
    }

    /// 나눗셈의 몫이 반올림되어도 몇 번째라는 말과 어긋나지 않음.
    #[test]
    fn the_quotient_stays_below_the_crossover() {
        let report =
            run_with("search_cost", &[("n", "100"), ("hit_pct", "100")]);
        let sentence = report.verdict.unwrap().sentence;
        assert!(sentence.contains("= 11.95이므로 12번째"), "{sentence}");
    }

    /// 질의마다 다시 정렬하면 갚을 수 없음.
    #[test]
    fn sorting_every_time_never_pays() {
        let pairs = [("sorted_once", "false"), ("queries", "50")];
        let report = run_with("search_cost", &pairs);
        let sort = report.int("sort").unwrap();
        assert_eq!(report.int("prep"), Some(sort * 50));
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("never"));
    }
}
