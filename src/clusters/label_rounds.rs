//! 소문이 퍼지는 횟수: 가장 작은 번호를 이웃에게 알리기를 되풀이해 이어진
//! 덩어리를 찾음. 한 라운드는 모두가 알리고 모두가 듣는 한 번임.

use std::hint::black_box;

use super::engine;
use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series, Shape,
    Table, Tone, Trace, Verdict,
};
use lab::rng::{SplitMix64, mix64};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 긴 사슬 모양 그래프는 오래 걸리는가?",
    prediction: Prediction {
        text: "점 1,000개가 한 줄로 이어져 있음. 저마다 제 번호로 시작해, \
               라운드마다 이웃에게 아는 가장 작은 번호를 알림. 모두가 같은 \
               번호를 알 때까지 몇 라운드일까?",
        ask: Ask::Number { unit: "라운드" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("nodes", 2_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

lab::choices! {
    /// 그래프의 모양.
    pub enum Kind {
        Path = "path", "한 줄";
        Grid = "grid", "바둑판";
        Random = "random", "아무렇게나";
        Star = "star", "별";
    }
}

lab::params! {
    /// 점 `nodes`개의 그래프.
    pub struct Params {
        nodes: u64 = 1_000, int("점의 수").unit("개").range(10, 50_000).log();
        kind: Kind = Kind::Path, choice("그래프의 모양");
        degree: f64 = 1.5, real("평균 이웃").unit("개").span(0.5, 8.0)
            .hint("'아무렇게나'만 씀");
        virtual_peers: u64 = 4, int("가상의 워커").unit("개").range(1, 32)
            .hint("남에게 간 알림을 이만큼의 워커였을 때로 셈함. 진짜 배치는 \
                   -w, -n으로 정함");
    }
    check = check;
    words = engine::WORDS;
}

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    // 멀리까지 퍼져야 하는 모양은 알림이 점의 수보다 빨리 늘어남
    let most = match p.kind {
        Kind::Path => 3_000,
        Kind::Grid => 20_000,
        Kind::Random | Kind::Star => return Ok(()),
    };
    if p.nodes <= most {
        return Ok(());
    }
    let (nodes, most) = (format::int(p.nodes), format::int(most));
    Err(Failure::param(
        "nodes",
        format!(
            "점의 수(nodes)의 값 '{nodes}': 모양이 '{}'이면 10–{most}개 \
             범위여야 함",
            p.kind.label()
        ),
    ))
}

/// 점마다의 이웃을 이어 붙인 것.
#[derive(Clone, Debug)]
pub struct Graph {
    starts: Vec<u32>,
    targets: Vec<u32>,
}

impl Graph {
    pub fn new(p: &Params) -> Self {
        let n = p.nodes as usize;
        let edges = edges(p);
        let mut starts = vec![0u32; n + 1];
        for &(a, b) in &edges {
            starts[a as usize + 1] += 1;
            starts[b as usize + 1] += 1;
        }
        for i in 0..n {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut targets = vec![0; edges.len() * 2];
        for (a, b) in edges {
            for (from, to) in [(a, b), (b, a)] {
                let at = &mut next[from as usize];
                targets[*at as usize] = to;
                *at += 1;
            }
        }
        Graph { starts, targets }
    }

    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    #[inline]
    fn neighbours(&self, node: usize) -> &[u32] {
        let range = self.starts[node] as usize..self.starts[node + 1] as usize;
        &self.targets[range]
    }
}

/// 이어진 두 점의 목록.
fn edges(p: &Params) -> Vec<(u32, u32)> {
    let n = p.nodes as u32;
    match p.kind {
        Kind::Path => (1..n).map(|i| (i - 1, i)).collect(),
        Kind::Star => (0..n - 1).map(|i| (i, n - 1)).collect(),
        Kind::Grid => {
            let width = n.isqrt();
            let right = (0..n - 1).filter(|i| (i + 1) % width != 0);
            let down = (0..n).filter(|i| i + width < n);
            right
                .map(|i| (i, i + 1))
                .chain(down.map(|i| (i, i + width)))
                .collect()
        }
        Kind::Random => {
            let mut rng = SplitMix64::new(42);
            let count = (p.nodes as f64 * p.degree / 2.0).floor() as u64;
            let mut end = || rng.below(p.nodes) as u32;
            let pairs = (0..count).map(|_| (end(), end()));
            // 제 자신과 이은 것은 버림
            pairs.filter(|(a, b)| a != b).collect()
        }
    }
}

/// 한 라운드에 오간 알림과 번호가 바뀐 점.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    pub messages: u64,
    pub changed: u64,
}

/// 퍼진 결과.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    pub labels: Vec<u32>,
    pub rounds: Vec<Round>,
}

impl Spread {
    /// 번호가 하나라도 바뀐 라운드의 수.
    fn count(&self) -> u64 {
        self.rounds.iter().filter(|round| round.changed > 0).count() as u64
    }

    fn messages(&self) -> u64 {
        self.rounds.iter().map(|round| round.messages).sum()
    }

    fn components(&self) -> u64 {
        let own = (0..).zip(&self.labels);
        own.filter(|(node, label): &(u32, &u32)| node == *label).count() as u64
    }
}

// ANCHOR: kernel
/// 엔진 없이: 지난 라운드에 번호가 바뀐 점만 이웃에게 알림. `watch`는
/// 라운드가 끝날 때마다 모두의 번호와 바뀐 점을 봄.
pub fn spread_alone(
    graph: &Graph,
    mut watch: impl FnMut(&[u32], &[u32]),
) -> Spread {
    let n = graph.len();
    let mut labels: Vec<u32> = (0..n as u32).collect();
    let mut heard = labels.clone();
    let mut active = labels.clone();
    let mut rounds = Vec::new();
    watch(&labels, &[]);
    while !active.is_empty() {
        let mut round = Round::default();
        let mut touched = Vec::new();
        for &node in &active {
            let label = labels[node as usize];
            for &other in graph.neighbours(node as usize) {
                round.messages += 1;
                let best = &mut heard[other as usize];
                // 같은 라운드에 처음 나아진 점만 적음
                if label < *best {
                    if *best == labels[other as usize] {
                        touched.push(other);
                    }
                    *best = label;
                }
            }
        }
        for &node in &touched {
            labels[node as usize] = heard[node as usize];
        }
        round.changed = touched.len() as u64;
        if round.messages > 0 {
            rounds.push(round);
        }
        active = touched;
        if !active.is_empty() {
            watch(&labels, &active); // step: round
        }
    }
    Spread { labels, rounds }
}
// ANCHOR_END: kernel

/// 견줄 더 나은 알고리즘: 이음을 한 번 훑으며 덩어리를 합침.
pub fn union_find(graph: &Graph) -> Vec<u32> {
    fn root(parents: &mut [u32], mut node: u32) -> u32 {
        while parents[node as usize] != node {
            let up = parents[node as usize];
            parents[node as usize] = parents[up as usize];
            node = up;
        }
        node
    }
    let n = graph.len() as u32;
    let mut parents: Vec<u32> = (0..n).collect();
    for node in 0..n {
        for &other in graph.neighbours(node as usize) {
            let a = root(&mut parents, node);
            let b = root(&mut parents, other);
            // 작은 번호가 뿌리라 답도 가장 작은 번호임
            parents[a.max(b) as usize] = a.min(b);
        }
    }
    (0..n).map(|node| root(&mut parents, node)).collect()
}

/// 점을 맡은 워커.
#[inline]
fn owner(node: u32, peers: u64) -> u64 {
    mix64(node.into()) % peers
}

/// 워커가 `peers`개일 때 남에게 간 알림: 점이 바뀐 횟수마다 이웃에게 감.
fn across(graph: &Graph, peers: u64) -> u64 {
    let owners: Vec<u64> =
        (0..graph.len() as u32).map(|node| owner(node, peers)).collect();
    let away = |node: usize| {
        let others = graph.neighbours(node).iter();
        let away = others.filter(|o| owners[**o as usize] != owners[node]);
        away.count() as u64
    };
    let away: Vec<u64> = (0..graph.len()).map(away).collect();
    let mut total: u64 = away.iter().sum();
    spread_alone(graph, |_, changed| {
        let sent = changed.iter().map(|node| away[*node as usize]);
        total += sent.sum::<u64>();
    });
    total
}

#[cfg(feature = "clusters")]
pub use flow::{spread_with, spread_within};

#[cfg(feature = "clusters")]
mod flow {
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use std::rc::Rc;

    use timely::dataflow::InputHandle;
    use timely::dataflow::channels::pact::Exchange as ToOwner;
    use timely::dataflow::operators::{
        Concat, ConnectLoop, Exchange, Feedback, Inspect, Operator, ToStream,
    };
    use timely::worker::Worker;

    use super::super::engine::{Pulse, turn};
    use super::*;

    /// 알림 하나: 들을 점과 알리는 번호.
    type News = (u32, u32);
    /// 모은 것의 표.
    const LABEL: u64 = 0;
    const MESSAGES: u64 = 1;
    const CHANGED: u64 = 2;

    // ANCHOR: flow
    /// 모든 워커가 실행하는 같은 프로그램. 라운드가 곧 시각이고, 되먹임이
    /// 시각을 하나 올림. 답은 0번 워커에게 모임.
    pub fn spread_with(
        worker: &mut Worker,
        graph: &Graph,
        pulse: &Pulse,
    ) -> Option<Spread> {
        let (index, peers) = (worker.index() as u64, worker.peers() as u64);
        let n = graph.len() as u32;
        let mine = |node: &u32| owner(*node, peers) == index;
        let labels: Rc<RefCell<Vec<u32>>> =
            Rc::new(RefCell::new((0..n).collect()));
        let rounds: Rc<RefCell<BTreeMap<u64, Round>>> = Rc::default();
        let mut input = InputHandle::new();

        let (known, told) = (Rc::clone(&labels), Rc::clone(&rounds));
        let (graph_in, beat) = (graph.clone(), pulse.clone());
        worker.dataflow::<u64, _, _>(|scope| {
            let start = input.to_stream(scope).container::<Vec<News>>();
            let (back, again) = scope.feedback(1);
            let to_owner =
                ToOwner::new(|(node, _): &News| mix64((*node).into()));
            let news = start.concat(again);
            let news =
                news.unary_frontier(to_owner, "듣고 알리기", |cap, _| {
                    drop(cap);
                    let mut waiting = BTreeMap::new();
                    move |(input, frontier), output| {
                        input.for_each_stamp(|cap, batches| {
                            let port = output.output_index();
                            if let Some(cap) = cap.retain_least(port) {
                                let (_, heard) = waiting
                                    .entry(*cap.time())
                                    .or_insert_with(|| (cap, Vec::new()));
                                for batch in batches {
                                    heard.append(batch);
                                }
                            }
                        });
                        // 프런티어가 지난 라운드는 더 들을 것이 없음
                        while let Some(first) = waiting.first_entry()
                            && !frontier.less_equal(first.key())
                        {
                            let (time, (cap, heard)) = first.remove_entry();
                            let mut known = known.borrow_mut();
                            let mut round = Round {
                                messages: heard.len() as u64,
                                ..Round::default()
                            };
                            let changed = hear(&mut known, heard);
                            round.changed = changed.len() as u64;
                            told.borrow_mut().insert(time, round);
                            if beat.beat(1) {
                                continue;
                            }
                            let mut out = output.session(&cap);
                            for node in changed {
                                let label = known[node as usize];
                                let others =
                                    graph_in.neighbours(node as usize);
                                out.give_iterator(
                                    others.iter().map(|other| (*other, label)),
                                );
                            }
                        }
                    }
                });
            news.container::<Vec<News>>().connect_loop(back);
        });
        // 첫 알림: 저마다 제 번호
        for node in (0..n).filter(mine) {
            for &other in graph.neighbours(node as usize) {
                input.send((other, node));
            }
        }
        drop(input);
        while worker.has_dataflows() {
            turn(worker);
        }
        // ANCHOR_END: flow

        let labels = labels.borrow();
        let labels = (0..n).filter(mine).map(|node| {
            (LABEL, u64::from(node), u64::from(labels[node as usize]))
        });
        let rounds = rounds.borrow();
        let rounds = rounds.iter().flat_map(|(time, round)| {
            let Round { messages, changed } = *round;
            [(MESSAGES, *time, messages), (CHANGED, *time, changed)]
        });
        let all = gather(worker, labels.chain(rounds).collect());
        (index == 0).then(|| collect(n, &all))
    }

    /// 가장 작은 것만 남기고, 나아진 점을 차례대로.
    fn hear(known: &mut [u32], heard: Vec<News>) -> Vec<u32> {
        let mut changed = Vec::new();
        for (node, label) in heard {
            let best = &mut known[node as usize];
            if label < *best {
                *best = label;
                changed.push(node);
            }
        }
        changed.sort_unstable();
        changed.dedup();
        changed
    }

    /// 워커마다의 것을 0번 워커에게 모음.
    fn gather(
        worker: &mut Worker,
        own: Vec<(u64, u64, u64)>,
    ) -> Vec<(u64, u64, u64)> {
        let home = Rc::new(RefCell::new(Vec::new()));
        let inbox = Rc::clone(&home);
        worker.dataflow::<u64, _, _>(|scope| {
            let gathered = own
                .to_stream(scope)
                .container::<Vec<(u64, u64, u64)>>()
                .exchange(|_| 0);
            // 그릇을 말하지 않으면 기능을 모두 켠 빌드에서 추론이 끝나지 않음
            Inspect::<_, Vec<(u64, u64, u64)>>::inspect(
                gathered,
                move |each| inbox.borrow_mut().push(*each),
            );
        });
        while worker.has_dataflows() {
            turn(worker);
        }
        home.take()
    }

    fn collect(n: u32, all: &[(u64, u64, u64)]) -> Spread {
        let mut labels: Vec<u32> = (0..n).collect();
        let mut rounds: BTreeMap<u64, Round> = BTreeMap::new();
        for &(tag, key, value) in all {
            match tag {
                LABEL => labels[key as usize] = value as u32,
                MESSAGES => rounds.entry(key).or_default().messages += value,
                _ => rounds.entry(key).or_default().changed += value,
            }
        }
        let rounds = rounds.into_values().collect();
        Spread { labels, rounds }
    }

    /// 이 컴퓨터의 워커 `peers`개로: 시험과 재기에 씀.
    pub fn spread_within(graph: &Graph, peers: usize) -> Spread {
        if peers == 1 {
            let pulse = Pulse::default();
            let alone = engine::alone(|w| spread_with(w, graph, &pulse));
            return alone.unwrap_or_default();
        }
        threads(graph, peers)
    }

    #[cfg(target_family = "wasm")]
    fn threads(_: &Graph, _: usize) -> Spread {
        Spread::default()
    }

    #[cfg(not(target_family = "wasm"))]
    fn threads(graph: &Graph, peers: usize) -> Spread {
        let graph = graph.clone();
        let work = move |worker: &mut Worker| {
            spread_with(worker, &graph, &Pulse::default())
        };
        let guards = timely::execute(timely::Config::process(peers), work);
        let answers = guards.map(|guards| guards.join()).unwrap_or_default();
        let found = answers.into_iter().flatten().flatten().next();
        found.unwrap_or_default()
    }
}

#[cfg(feature = "clusters")]
fn spread(
    p: &Params,
    graph: &Graph,
    ctx: &Ctx,
) -> Result<(Option<Spread>, Option<String>), Failure> {
    let mark = engine::mark("label_rounds", p, ctx.words());
    let inner = graph.clone();
    let parts = engine::execute(ctx, p.nodes, mark, move |worker, pulse| {
        spread_with(worker, &inner, pulse)
    })?;
    Ok((parts.into_iter().flatten().next(), None))
}

#[cfg(not(feature = "clusters"))]
fn spread(
    _: &Params,
    graph: &Graph,
    ctx: &Ctx,
) -> Result<(Option<Spread>, Option<String>), Failure> {
    let why = engine::unavailable(ctx, "label_rounds")?;
    Ok((Some(spread_alone(graph, |_, _| {})), Some(why)))
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let graph = Graph::new(p);
    let (spread, why) = spread(p, &graph, ctx)?;
    let Some(spread) = spread else {
        return Ok(Report::default());
    };
    let across = across(&graph, p.virtual_peers);
    let (rounds, messages) = (spread.count(), spread.messages());
    let mut sizes = vec![0u64; graph.len()];
    spread.labels.iter().for_each(|label| sizes[*label as usize] += 1);
    let largest = sizes.into_iter().max().unwrap_or(0);
    let mut words = vec![rounds, messages, spread.components(), across];
    words.extend(spread.labels.iter().map(|label| u64::from(*label)));
    let mut report = Report::default()
        .answer("rounds", rounds)
        .answer("messages", messages)
        .answer("across", across)
        .answer("edges", graph.targets.len() as u64 / 2)
        .answer("components", spread.components())
        .answer("largest", largest)
        .checksum(&words)
        .view(View::Table(table(p, &graph, &spread, across, largest)))
        .view(View::Chart(by_round(&spread)))
        .view(View::Trace(trace(&graph)));
    report.notes.extend(why);
    Ok(report)
}

fn verdict(report: &Report) -> Verdict {
    let int = |key: &str| report.int(key).unwrap_or(0);
    let (rounds, messages) = (int("rounds"), int("messages"));
    let sentence = format!(
        "번호가 바뀐 라운드가 {}번이고, 그동안 알림 {}개가 오감. 이음은 \
         {}개뿐임.",
        format::int(rounds),
        format::int(messages),
        format::int(int("edges")),
    );
    let headline = format!("{}라운드", format::int(rounds));
    Verdict::number(headline, rounds as f64, sentence)
}

fn table(
    p: &Params,
    graph: &Graph,
    spread: &Spread,
    across: u64,
    largest: u64,
) -> Table {
    let messages = spread.messages();
    let edges = graph.targets.len() as u64 / 2;
    let share = across as f64 / messages.max(1) as f64 * 100.0;
    let per_edge = messages as f64 / edges.max(1) as f64;
    let rows: [(&str, Cell, &str); 7] = [
        ("이음", edges.into(), "개"),
        ("라운드", spread.count().into(), "번"),
        ("알림", messages.into(), "개"),
        ("이음 하나에", Cell::fixed(per_edge, 1), "개"),
        ("남에게 간 알림", Cell::fixed(share, 1), "%"),
        ("이어진 덩어리", spread.components().into(), "개"),
        ("가장 큰 덩어리", largest.into(), "개"),
    ];
    Table {
        title: format!(
            "{}: 점 {}개, 워커 {}개라면",
            p.kind.label(),
            format::int(p.nodes),
            p.virtual_peers
        ),
        badge: Badge::Exact,
        columns: vec![
            Column::text("지표"),
            Column::number("값", ""),
            Column::text("단위"),
        ],
        rows: rows
            .into_iter()
            .map(|(name, cell, unit)| vec![name.into(), cell, unit.into()])
            .collect(),
    }
}

fn by_round(spread: &Spread) -> Chart {
    let line = |name: &str, value: fn(&Round) -> u64| Series {
        name: name.into(),
        shape: Shape::Line,
        points: (1u32..)
            .zip(&spread.rounds)
            .map(|(at, round)| (f64::from(at), value(round) as f64).into())
            .collect(),
    };
    Chart {
        title: "라운드마다".into(),
        badge: Badge::Exact,
        x: Axis::linear("라운드", "번째"),
        y: Axis::linear("수", "개"),
        series: vec![
            line("오간 알림", |round| round.messages),
            line("번호가 바뀐 점", |round| round.changed),
        ],
        marks: Vec::new(),
    }
}

/// 재생에 보일 점과 장면의 수.
const SHOWN: usize = 24;
const FRAMES: usize = 60;

fn trace(graph: &Graph) -> Trace {
    let mut frames = Vec::new();
    let shown = graph.len().min(SHOWN);
    spread_alone(graph, |labels, changed| {
        if frames.len() > FRAMES {
            return;
        }
        let round = frames.len();
        let cell = |node: usize| LaneCell {
            at: node as u64,
            text: labels[node].to_string(),
            tone: if changed.contains(&(node as u32)) {
                Tone::Now
            } else if labels[node] == 0 {
                Tone::Hit
            } else {
                Tone::Plain
            },
        };
        let say = match round {
            0 => "저마다 제 번호를 앎".to_owned(),
            _ => {
                let changed = format::int(changed.len() as u64);
                format!("{round}라운드: 점 {changed}개가 더 작은 번호를 들음")
            }
        };
        frames.push(Frame {
            step: "round".into(),
            say,
            counters: vec![("라운드".into(), round.to_string())],
            lanes: vec![Lane {
                label: format!("아는 번호: 점 0–{}", shown - 1),
                size: shown as u64,
                cells: (0..shown).map(cell).collect(),
                group: 0,
            }],
            jumps: Vec::new(),
        });
    });
    Trace {
        title: format!("처음 {FRAMES}라운드까지, 앞의 점 {shown}개"),
        badge: Badge::Exact,
        frames,
    }
}

fn digest(labels: &[u32]) -> u64 {
    labels.iter().map(|label| u64::from(*label)).sum()
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let graph = Graph::new(p);
    let n = p.nodes;
    let cases = vec![
        Case::new("엔진 없이 라운드마다", n, || {
            digest(&spread_alone(black_box(&graph), |_, _| {}).labels)
        }),
        Case::new("합집합 찾기", n, || {
            digest(&union_find(black_box(&graph)))
        }),
        #[cfg(feature = "clusters")]
        Case::new("Timely, 워커 1개", n, || {
            digest(&spread_within(black_box(&graph), 1).labels)
        }),
        #[cfg(all(feature = "clusters", not(target_family = "wasm")))]
        Case::new("Timely, 워커 2개", n, || {
            digest(&spread_within(black_box(&graph), 2).labels)
        }),
    ];
    let title = format!("{}에서 덩어리 찾기", p.kind.label());
    compare(ctx, &title, "점 하나", cases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn graph(nodes: u64, kind: Kind) -> Graph {
        Graph::new(&Params { nodes, kind, ..Params::default() })
    }

    /// 네 점의 줄: 손으로 센 알림. 1라운드에 6개, 셋이 바뀜. 그다음은 바뀐
    /// 점만 알림.
    #[test]
    fn four_in_a_row_by_hand() {
        let spread = spread_alone(&graph(4, Kind::Path), |_, _| {});
        assert_eq!(spread.labels, [0; 4]);
        let rounds = [(6, 3), (5, 2), (3, 1), (1, 0)];
        let rounds =
            rounds.map(|(messages, changed)| Round { messages, changed });
        assert_eq!(spread.rounds, rounds);
        assert_eq!(spread.count(), 3);
    }

    #[test]
    fn rounds_follow_the_diameter() {
        let count = |n, kind| spread_alone(&graph(n, kind), |_, _| {}).count();
        assert_eq!(count(1_000, Kind::Path), 999);
        // 가운데를 거치는 두 걸음
        assert_eq!(count(1_000, Kind::Star), 2);
        // 31 × 31의 맞은편 모서리
        assert_eq!(count(961, Kind::Grid), 60);
        assert!(count(1_000, Kind::Random) < 40);
    }

    #[test]
    fn labels_are_the_components() {
        for kind in Kind::ALL {
            let graph = graph(500, kind);
            let spread = spread_alone(&graph, |_, _| {});
            assert_eq!(spread.labels, union_find(&graph), "{kind:?}");
        }
    }

    /// 진짜 엔진이 어떤 워커의 수로도 같은 번호, 같은 라운드, 같은 알림.
    #[cfg(feature = "clusters")]
    #[test]
    fn the_engine_spreads_alike_in_every_layout() {
        for kind in Kind::ALL {
            let graph = graph(120, kind);
            let want = spread_alone(&graph, |_, _| {});
            for peers in [1, 2, 3] {
                let got = spread_within(&graph, peers);
                assert_eq!(got, want, "{kind:?}, 워커 {peers}개");
            }
        }
    }

    #[test]
    fn the_default_answer_is_the_length_of_the_row() {
        let report = run_with("label_rounds", &[]);
        let verdict = report.verdict.as_ref().unwrap();
        assert_eq!(verdict.number, Some(999.0));
        assert_eq!(report.int("components"), Some(1));
        assert_eq!(report.int("edges"), Some(999));
    }

    #[test]
    fn a_row_too_long_is_refused() {
        let pairs = [("nodes", "3001")];
        let wrong = Params::table().parse(pairs, Scope::Browser);
        assert_eq!(wrong.unwrap_err().field(), Some("nodes"));
        let pairs = [("nodes", "20000"), ("kind", "grid")];
        assert!(Params::table().parse(pairs, Scope::Browser).is_ok());
    }
}
