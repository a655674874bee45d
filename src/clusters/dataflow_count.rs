//! 낱말 세기를 데이터플로 엔진 Timely로: 한 워커에서 여러 호스트까지.
//!
//! 줄의 내용은 줄 번호만으로 정해지므로, 어느 워커가 만들어도 같은 낱말임.

use std::hint::black_box;

use super::engine;
use super::zipf::Zipf;
use lab::measure::{Case, Timings, interleave};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Image, Mark, Palette, Point,
    Raster, Series, Shape, Table, Verdict,
};
use lab::rng::{SplitMix64, mix64};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 워커를 늘려도 답은 그대로이고 시간은 생각만큼 줄지 \
               않는가?",
    prediction: Prediction {
        text: "줄 20,000개의 낱말을 워커 4개가 나눠 세고, 낱말마다 정해진 \
               워커에게 보냄. 보내기 전에 워커마다 먼저 합치면, 보내는 \
               레코드는 몇 분의 1이 될까?",
        ask: Ask::Choices(FOLDS),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("lines", 50_000)]),
    bench: Bench::Group,
    memory_mib: 96,
};

const FOLDS: &[(&str, &str)] = &[
    ("1", "그대로"),
    ("4", "4분의 1: 워커의 수만큼"),
    ("20", "20분의 1"),
    ("100", "100분의 1"),
];

lab::params! {
    /// 줄 `lines`개의 낱말을 셈.
    pub struct Params {
        lines: u64 = 20_000, int("줄의 수").unit("개").browser(100, 200_000)
            .native(100, 10_000_000).log();
        vocab: u64 = 2_000, int("낱말의 가짓수").unit("개")
            .range(10, 100_000).log();
        zipf: u64 = 1, int("치우침").range(0, 2)
            .hint("0이면 모두 같은 무게, 1이면 k번째가 첫째의 1/k, 2이면 \
                   1/k²");
        combine: bool = false, flag("보내기 전에 합치기")
            .hint("워커마다 먼저 세고, 낱말 하나에 레코드 하나만 보냄");
        virtual_peers: u64 = 4, int("가상의 워커").unit("개").range(1, 32)
            .hint("보낸 수와 받은 수를 이만큼의 워커였을 때로 셈함. 진짜 \
                   배치는 -w, -n으로 정함");
    }
    check = |_: &Params, _: Scope| Ok(());
    words = engine::WORDS;
}

/// 레코드 하나: 낱말의 번호와 수.
type Record = (u64, u64);

/// 레코드 하나의 바이트.
const RECORD: u64 = size_of::<Record>() as u64;

/// 모든 워커가 똑같이 아는 것.
#[derive(Clone)]
pub struct Job {
    pub lines: u64,
    pub vocab: u64,
    pub combine: bool,
    pub zipf: Zipf,
}

impl Job {
    pub fn new(p: &Params) -> Self {
        let zipf = Zipf::new(p.vocab, p.zipf);
        Job { lines: p.lines, vocab: p.vocab, combine: p.combine, zipf }
    }

    /// `line`번째 줄의 낱말 4–12개.
    #[inline]
    fn words(&self, line: u64) -> impl Iterator<Item = u64> {
        let mut rng = SplitMix64::new(mix64(line));
        let count = 4 + rng.below(9);
        (0..count).map(move |_| self.zipf.draw(&mut rng))
    }

    /// 비어 있는 계수기.
    fn zeros(&self) -> Vec<u64> {
        vec![0; self.vocab as usize]
    }
}

/// 느리고 뻔한 방법: 한 스레드가 차례로 셈.
pub fn count_alone(job: &Job) -> Vec<u64> {
    let mut counts = job.zeros();
    for line in 0..job.lines {
        for word in job.words(line) {
            counts[word as usize] += 1;
        }
    }
    counts
}

/// 워커가 `peers`개일 때 누가 누구에게 몇 레코드를 보내는가: `peers × peers`.
pub fn traffic(job: &Job, peers: u64) -> Vec<u64> {
    let mut sent = vec![0; (peers * peers) as usize];
    for from in 0..peers {
        let row = &mut sent[(from * peers) as usize..][..peers as usize];
        let mine = (from..job.lines).step_by(peers as usize);
        let words = mine.flat_map(|line| job.words(line));
        let mut seen = vec![false; job.vocab as usize];
        for word in words {
            let first = !std::mem::replace(&mut seen[word as usize], true);
            if first || !job.combine {
                row[(mix64(word) % peers) as usize] += 1;
            }
        }
    }
    sent
}

/// 엔진이 센 것.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    pub counts: Vec<u64>,
    /// 실제로 있던 워커의 수와, 그 사이에 오간 레코드.
    pub peers: u64,
    pub sent: Vec<u64>,
}

#[cfg(feature = "clusters")]
pub use flow::{count_with, count_within};

#[cfg(feature = "clusters")]
mod flow {
    use std::cell::RefCell;
    use std::rc::Rc;

    use timely::dataflow::channels::pact::{Exchange as ByWord, Pipeline};
    use timely::dataflow::operators::{Exchange, Inspect, Operator, Probe};
    use timely::dataflow::{InputHandle, ProbeHandle};
    use timely::worker::Worker;

    use super::super::engine::{Pulse, turn};
    use super::*;

    /// 한 번에 흘리는 줄의 수.
    const BATCH: u64 = 256;
    /// 세는 쪽보다 이만큼까지만 앞서 감: 줄이 끝없이 쌓이지 않음.
    const AHEAD: u64 = 4;
    /// 다 센 답을 내는 시각: 모든 줄보다 뒤임.
    const END: u64 = u64::MAX;
    /// 답에 섞여 오는 것의 표.
    const COUNT: u64 = 0;
    const SENT: u64 = 1;

    // ANCHOR: kernel
    /// 모든 워커가 실행하는 같은 프로그램. 답은 0번 워커에게 모임.
    pub fn count_with(
        worker: &mut Worker,
        job: &Job,
        pulse: &Pulse,
    ) -> Option<Counted> {
        let (index, peers) = (worker.index() as u64, worker.peers() as u64);
        let home = Rc::new(RefCell::new(Vec::new()));
        let sent = Rc::new(RefCell::new(vec![0u64; peers as usize]));
        let mut input = InputHandle::new();
        let probe = ProbeHandle::new();

        worker.dataflow::<u64, _, _>(|scope| {
            let mut words = input.to_stream(scope).container::<Vec<Record>>();
            if job.combine {
                let mut counts = job.zeros();
                words =
                    words.unary_frontier(Pipeline, "합치기", |cap, _| {
                        let mut end = Some(cap.delayed(&END));
                        move |(input, frontier), output| {
                            input.for_each(|_, batch: &mut Vec<Record>| {
                                add(&mut counts, batch);
                            });
                            if frontier.is_empty()
                                && let Some(end) = end.take()
                            {
                                let mut out = output.session(&end);
                                out.give_iterator(nonzero(&counts));
                            }
                        }
                    });
            }
            // 데이터가 워커를 건너는 곳은 여기와 마지막의 모으기뿐임
            let tally = Rc::clone(&sent);
            let by_word = ByWord::new(move |(word, _): &Record| {
                let to = mix64(*word);
                tally.borrow_mut()[(to % peers) as usize] += 1;
                to
            });
            let mut counts = job.zeros();
            let sent = Rc::clone(&sent);
            let answers = words.unary_frontier(by_word, "세기", |cap, _| {
                let mut end = Some(cap.delayed(&END));
                move |(input, frontier), output| {
                    input.for_each(|_, batch: &mut Vec<Record>| {
                        // 혼자면 엔진이 갈 곳을 묻지 않음
                        if peers == 1 {
                            sent.borrow_mut()[0] += batch.len() as u64;
                        }
                        add(&mut counts, batch);
                    });
                    if frontier.is_empty()
                        && let Some(end) = end.take()
                    {
                        let mut out = output.session(&end);
                        out.give_iterator(
                            nonzero(&counts).map(|(w, n)| (COUNT, w, n)),
                        );
                        let row = sent.borrow().clone();
                        out.give_iterator(
                            (0..)
                                .zip(row)
                                .map(|(to, n)| (SENT, index * peers + to, n)),
                        );
                    }
                }
            });
            let inbox = Rc::clone(&home);
            let gathered = answers
                .container::<Vec<(u64, u64, u64)>>()
                .probe_with(&probe)
                .exchange(|_| 0);
            // 그릇을 말하지 않으면 기능을 모두 켠 빌드에서 추론이 끝나지 않음
            Inspect::<_, Vec<(u64, u64, u64)>>::inspect(
                gathered,
                move |each| inbox.borrow_mut().push(*each),
            );
        });

        let mut line = index;
        while line < job.lines {
            for _ in 0..BATCH {
                if line < job.lines {
                    job.words(line).for_each(|word| input.send((word, 1)));
                    line += peers;
                }
            }
            let now = input.time() + 1;
            input.advance_to(now);
            // 프런티어가 따라올 때까지 더 흘리지 않음
            while probe.less_than(&now.saturating_sub(AHEAD)) {
                turn(worker);
            }
            if pulse.beat(BATCH) {
                break;
            }
        }
        drop(input);
        while worker.has_dataflows() {
            turn(worker);
        }
        (index == 0).then(|| collect(job, peers, &home.borrow()))
    }
    // ANCHOR_END: kernel

    fn add(counts: &mut [u64], batch: &mut Vec<Record>) {
        for (word, n) in batch.drain(..) {
            counts[word as usize] += n;
        }
    }

    fn nonzero(counts: &[u64]) -> impl Iterator<Item = Record> {
        (0..).zip(counts.iter().copied()).filter(|(_, n)| *n > 0)
    }

    fn collect(job: &Job, peers: u64, answers: &[(u64, u64, u64)]) -> Counted {
        let mut counts = job.zeros();
        let mut sent = vec![0; (peers * peers) as usize];
        for &(tag, key, n) in answers {
            match tag {
                COUNT => counts[key as usize] += n,
                _ => sent[key as usize] += n,
            }
        }
        Counted { counts, peers, sent }
    }

    /// 이 컴퓨터의 워커 `peers`개로 셈: 시험과 재기에 씀.
    pub fn count_within(job: &Job, peers: usize) -> Counted {
        if peers == 1 {
            let pulse = Pulse::default();
            let alone = engine::alone(|w| count_with(w, job, &pulse));
            return alone.unwrap_or_default();
        }
        threads(job, peers)
    }

    #[cfg(target_family = "wasm")]
    fn threads(_: &Job, _: usize) -> Counted {
        Counted::default()
    }

    #[cfg(not(target_family = "wasm"))]
    fn threads(job: &Job, peers: usize) -> Counted {
        let job = job.clone();
        let work = move |worker: &mut Worker| {
            count_with(worker, &job, &Pulse::default())
        };
        let guards = timely::execute(timely::Config::process(peers), work);
        let answers = guards.map(|guards| guards.join()).unwrap_or_default();
        let found = answers.into_iter().flatten().flatten().next();
        found.unwrap_or_default()
    }
}

#[cfg(feature = "clusters")]
fn count(
    p: &Params,
    job: &Job,
    ctx: &Ctx,
) -> Result<(Counted, Option<String>), Failure> {
    let mark = engine::mark("dataflow_count", p, ctx.words());
    let inner = job.clone();
    let parts = engine::execute(ctx, p.lines, mark, move |worker, pulse| {
        count_with(worker, &inner, pulse)
    })?;
    // 0번 워커가 다른 프로세스에 있으면 답도 거기 있음
    Ok((parts.into_iter().flatten().next().unwrap_or_default(), None))
}

#[cfg(not(feature = "clusters"))]
fn count(
    _: &Params,
    job: &Job,
    ctx: &Ctx,
) -> Result<(Counted, Option<String>), Failure> {
    let why = engine::unavailable(ctx, "dataflow_count")?;
    let counts = count_alone(job);
    let sent = vec![traffic(job, 1)[0]];
    Ok((Counted { counts, peers: 1, sent }, Some(why)))
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let job = Job::new(p);
    let (counted, why) = count(p, &job, ctx)?;
    if counted.peers == 0 {
        return Ok(Report::default());
    }
    let peers = p.virtual_peers;
    ctx.progress(1, 3, "오가는 레코드 셈하기")?;
    let plain = traffic(&Job { combine: false, ..job.clone() }, peers);
    ctx.progress(2, 3, "오가는 레코드 셈하기")?;
    let combined = traffic(&Job { combine: true, ..job.clone() }, peers);
    let sent = if p.combine { &combined } else { &plain };
    let counts = &counted.counts;
    let total: u64 = counts.iter().sum();
    let distinct = counts.iter().filter(|n| **n > 0).count() as u64;
    let sums = [plain.iter().sum(), combined.iter().sum::<u64>()];
    let across = [across(&plain, peers), across(&combined, peers)];
    let mut words = vec![total, distinct];
    words.extend(sums.iter().chain(&across).chain(sent).chain(counts));
    let mut report = Report::default()
        .answer("words", total)
        .answer("distinct", distinct)
        .answer("top", counts.iter().copied().max().unwrap_or(0))
        .answer("sent", sums[0])
        .answer("sent_combined", sums[1])
        .answer("across", across[0])
        .answer("across_combined", across[1])
        .answer("busiest", received(sent, peers).max().unwrap_or(0))
        .checksum(&words)
        .view(View::Table(moved(peers, sums, across)))
        .view(View::Table(workers(p, sent)))
        .view(View::Image(matrix(p, sent)))
        .view(View::Chart(top(counts)));
    if counted.peers > 1 {
        report = report.view(View::Table(real(&counted)));
    } else if why.is_none() {
        report = report.view(note(
            "여기서는 워커가 하나이며, 표와 행렬은 여러 워커였을 때의 목적지를 \
             계산한 것임. 센 것은 진짜 Timely임",
        ));
    }
    report.notes.extend(why);
    Ok(report)
}

/// 남에게 간 것: 대각선을 뺀 합.
fn across(sent: &[u64], peers: u64) -> u64 {
    let own: u64 = sent.iter().step_by(peers as usize + 1).sum();
    sent.iter().sum::<u64>() - own
}

/// 워커마다 받은 것.
fn received(sent: &[u64], peers: u64) -> impl Iterator<Item = u64> {
    let peers = peers as usize;
    (0..peers).map(move |to| sent.iter().skip(to).step_by(peers).sum())
}

fn verdict(report: &Report) -> Verdict {
    let int = |key: &str| report.int(key).unwrap_or(0);
    let (plain, combined) = (int("sent"), int("sent_combined"));
    let ratio = plain as f64 / combined.max(1) as f64;
    let sentence = format!(
        "그대로 보내면 레코드 {}개, 먼저 합치면 {}개임.",
        format::int(plain),
        format::int(combined)
    );
    let verdict = Verdict::ratio(FOLDS, ratio, sentence);
    let headline = format!("{}분의 1", format::significant(ratio));
    Verdict { headline, ..verdict }
}

fn moved(peers: u64, sums: [u64; 2], across: [u64; 2]) -> Table {
    let row = |name: &str, at: usize| {
        vec![
            name.into(),
            sums[at].into(),
            across[at].into(),
            Cell::fixed((across[at] * RECORD) as f64 / 1024.0, 1),
            Cell::fixed(sums[0] as f64 / sums[at].max(1) as f64, 1),
        ]
    };
    Table {
        title: format!("워커 {peers}개 사이에 오가는 레코드"),
        badge: Badge::Exact,
        columns: vec![
            Column::text("보내기 전에"),
            Column::number("보낸 것", "개"),
            Column::number("남에게 간 것", "개"),
            Column::number("그 바이트", "KiB"),
            Column::number("줄어든 배수", "배"),
        ],
        rows: vec![row("그대로", 0), row("합침", 1)],
    }
}

fn per_worker(title: String, sent: &[u64], peers: u64) -> Table {
    let rows = sent.chunks(peers as usize).zip(received(sent, peers));
    let rows = (0..).zip(rows).map(|(worker, (row, received))| {
        let all: u64 = row.iter().sum();
        let name = format!("{worker}번");
        let others = all - row[worker as usize];
        vec![name.into(), all.into(), others.into(), received.into()]
    });
    Table {
        title,
        badge: Badge::Exact,
        columns: vec![
            Column::text("워커"),
            Column::number("보낸 레코드", "개"),
            Column::number("남에게 간 것", "개"),
            Column::number("받은 레코드", "개"),
        ],
        rows: rows.collect(),
    }
}

fn workers(p: &Params, sent: &[u64]) -> Table {
    let how = if p.combine { "합쳐서" } else { "그대로" };
    let title = format!("가상의 워커마다, {how} 보낼 때");
    per_worker(title, sent, p.virtual_peers)
}

fn real(counted: &Counted) -> Table {
    let peers = counted.peers;
    let title = format!("이번 실행의 워커 {peers}개가 실제로 주고받은 것");
    per_worker(title, &counted.sent, peers)
}

fn matrix(p: &Params, sent: &[u64]) -> Image {
    let (low, high) = (
        sent.iter().copied().min().unwrap_or(0),
        sent.iter().copied().max().unwrap_or(0),
    );
    // 색은 0부터: 가장 적은 칸이 빈칸으로 보이지 않게 함
    let full = high.max(1);
    let pixels: Vec<u8> =
        sent.iter().map(|n| (n * 255 / full) as u8).collect();
    let peers = p.virtual_peers;
    Image {
        title: "누가(행) 누구에게(열) 보냈는가".into(),
        badge: Badge::Exact,
        width: peers as u32,
        height: peers as u32,
        palette: Palette::Heat,
        low: 0.0,
        high: full as f64,
        unit: "레코드".into(),
        frames: vec![Raster::new("레코드", &pixels)],
        alt: format!(
            "워커 {peers}개의 행렬. 칸 하나는 보낸 레코드의 수이고 {}개부터 \
             {}개까지임. 같은 열의 칸은 색이 비슷함: 받는 쪽은 낱말이 정함.",
            format::int(low),
            format::int(high)
        ),
        explore: None,
    }
}

/// 그래프에 보일 낱말의 수.
const TOP: usize = 20;

fn top(counts: &[u64]) -> Chart {
    let mut order: Vec<(u64, usize)> =
        counts.iter().copied().zip(0..).collect();
    order.sort_by_key(|&(n, word)| (std::cmp::Reverse(n), word));
    order.truncate(TOP);
    let points = (0..).zip(&order).map(|(at, &(n, _))| (at.into(), n as f64));
    let points = points.map(|point: (f64, f64)| point.into()).collect();
    let names = order.iter().map(|(_, word)| word.to_string());
    Chart {
        title: format!("가장 많이 나온 낱말 {}개", order.len()),
        badge: Badge::Exact,
        x: Axis::category("낱말의 번호", names),
        y: Axis::linear("나온 횟수", "번"),
        series: vec![Series {
            name: "횟수".into(),
            shape: Shape::Bar,
            points,
        }],
        marks: Vec::new(),
    }
}

/// 재는 워커의 수.
#[cfg(all(feature = "clusters", not(target_family = "wasm")))]
const LAYOUTS: &[usize] = &[1, 2, 4];
#[cfg(all(feature = "clusters", target_family = "wasm"))]
const LAYOUTS: &[usize] = &[1];
#[cfg(not(feature = "clusters"))]
const LAYOUTS: &[usize] = &[];

#[cfg(not(feature = "clusters"))]
fn count_within(job: &Job, _: usize) -> Counted {
    Counted { counts: count_alone(job), ..Counted::default() }
}

/// 답의 지문: 컴파일러가 셈을 지우지 못하게 함.
fn digest(counts: &[u64]) -> u64 {
    (1..).zip(counts).map(|(k, n): (u64, &u64)| k.wrapping_mul(*n)).sum()
}

const ALONE: &str = "엔진 없이 한 스레드";

fn case_name(peers: usize, combine: bool) -> String {
    let how = if combine { ", 합쳐서" } else { "" };
    format!("Timely, 워커 {peers}개{how}")
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    // 여러 프로세스는 함께 같은 횟수를 돌아야 하므로 고른 배치만 잼
    if ctx.words().iter().any(|word| word == "-n") {
        return layout_times(p, ctx);
    }
    let jobs = [false, true].map(|combine| Job { combine, ..Job::new(p) });
    let total: u64 = count_alone(&jobs[0]).iter().sum();
    let mut cases = vec![Case::new(ALONE, total, || {
        digest(&count_alone(black_box(&jobs[0])))
    })];
    for &peers in LAYOUTS {
        for job in &jobs {
            let name = case_name(peers, job.combine);
            cases.push(Case::new(&name, total, move || {
                digest(&count_within(black_box(job), peers).counts)
            }));
        }
    }
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let title = format!("낱말 {}개를 세는 여러 방법", format::int(total));
    let mut views = timings.views(&title, "낱말 하나");
    if LAYOUTS.len() > 1 {
        views.insert(0, View::Chart(by_workers(&timings, ctx.threads())));
    }
    Ok(views)
}

/// 워커의 수와 시간.
fn by_workers(timings: &Timings, threads: usize) -> Chart {
    let find = |name: &str| timings.rows.iter().find(|row| row.name == name);
    let points = |combine| {
        let times = LAYOUTS.iter().filter_map(|&peers| {
            let row = find(&case_name(peers, combine))?;
            Some(Point {
                x: peers as f64,
                y: row.median,
                low: Some(row.p10),
                high: Some(row.p90),
            })
        });
        times.collect::<Vec<_>>()
    };
    let series = |name: &str, shape, points| Series {
        name: name.into(),
        shape,
        points,
    };
    let first = find(&case_name(1, false)).map_or(0.0, |row| row.median);
    let ideal = LAYOUTS.iter().map(|&peers| {
        let peers = peers as f64;
        (peers, first / peers).into()
    });
    Chart {
        title: format!("워커를 늘리면: 스레드 {threads}개인 기기"),
        badge: Badge::Measured,
        x: Axis::linear("워커", "개"),
        y: Axis::log("낱말 하나의 시간", "ns"),
        series: vec![
            series("그대로 보냄", Shape::Dot, points(false)),
            series("합쳐서 보냄", Shape::Dot, points(true)),
            series("생각만큼 줄었다면", Shape::Line, ideal.collect()),
        ],
        marks: find(ALONE)
            .map(|row| Mark {
                axis: AxisName::Y,
                at: row.median,
                label: ALONE.into(),
            })
            .into_iter()
            .collect(),
    }
}

/// 고른 배치로 되풀이해 잰 것. 모든 프로세스가 같은 횟수를 돎.
#[cfg(all(feature = "clusters", not(target_family = "wasm")))]
fn layout_times(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    use std::time::Instant;

    const ROUNDS: u64 = 8;
    let job = Job::new(p);
    let mark = engine::mark("dataflow_count", p, ctx.words());
    let inner = job.clone();
    let rounds =
        engine::execute(ctx, p.lines * ROUNDS, mark, move |worker, pulse| {
            let mut times = Vec::new();
            for _ in 0..ROUNDS {
                let start = Instant::now();
                black_box(count_with(worker, &inner, pulse));
                times.push(start.elapsed().as_nanos() as f64);
            }
            (worker.index(), worker.peers(), times)
        })?;
    let words: u64 = traffic(&Job { combine: false, ..job }, 1)[0];
    let Some((0, peers, times)) = rounds.into_iter().next() else {
        return Ok(Vec::new());
    };
    // 첫 바퀴는 예열
    let mut times = times[1..].to_vec();
    times.sort_by(f64::total_cmp);
    let row = |value: f64| Cell::fixed(value / 1e6, 2);
    let middle = times[times.len() / 2];
    Ok(vec![View::Table(Table {
        title: format!("이 배치(워커 {peers}개)로 센 시간"),
        badge: Badge::Measured,
        columns: vec![
            Column::text("배치"),
            Column::number("중앙값", "ms"),
            Column::number("가장 빠름", "ms"),
            Column::number("가장 느림", "ms"),
            Column::number("낱말 하나", "ns"),
        ],
        rows: vec![vec![
            ctx.words().join(" ").into(),
            row(middle),
            row(times[0]),
            row(times[times.len() - 1]),
            Cell::fixed(middle / words as f64, 1),
        ]],
    })])
}

#[cfg(not(all(feature = "clusters", not(target_family = "wasm"))))]
fn layout_times(_: &Params, _: &mut Ctx) -> Result<Vec<View>, Failure> {
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn job(lines: u64, combine: bool) -> Job {
        let p = Params { lines, vocab: 50, combine, ..Params::default() };
        Job::new(&p)
    }

    /// 줄의 내용은 번호만으로 정해짐: 4–12개, 가짓수 안.
    #[test]
    fn a_line_is_known_from_its_number() {
        let job = job(100, false);
        for line in 0..100 {
            let words: Vec<u64> = job.words(line).collect();
            assert!((4..=12).contains(&words.len()));
            assert!(words.iter().all(|word| *word < 50));
            assert_eq!(words, job.words(line).collect::<Vec<_>>());
        }
    }

    #[test]
    fn traffic_keeps_every_word_and_combining_keeps_every_kind() {
        let plain = job(1_000, false);
        let total: u64 = count_alone(&plain).iter().sum();
        for peers in [1, 2, 3, 8, 32] {
            let sent = traffic(&plain, peers);
            assert_eq!(sent.iter().sum::<u64>(), total);
            let combined = traffic(&job(1_000, true), peers);
            assert!(combined.iter().sum::<u64>() <= 50 * peers);
        }
    }

    /// 진짜 엔진이 한 워커로도 여러 스레드로도 뻔한 방법과 같은 답을 내고,
    /// 오간 레코드도 셈한 것과 같음.
    #[cfg(feature = "clusters")]
    #[test]
    fn the_engine_counts_and_sends_as_computed() {
        for combine in [false, true] {
            let job = job(3_000, combine);
            let counts = count_alone(&job);
            for peers in [1, 2, 3, 4] {
                let counted = count_within(&job, peers);
                assert_eq!(counted.counts, counts, "워커 {peers}개");
                assert_eq!(counted.peers, peers as u64);
                assert_eq!(counted.sent, traffic(&job, peers as u64));
            }
        }
    }

    #[test]
    fn the_default_answer_is_a_twentieth() {
        let report = run_with("dataflow_count", &[]);
        let int = |key: &str| report.int(key).unwrap();
        assert_eq!(int("sent"), int("words"));
        let fold = int("sent") as f64 / int("sent_combined") as f64;
        assert!((15.0..25.0).contains(&fold), "{fold}");
        let verdict = report.verdict.as_ref().unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("20"));
        // 답은 합치기를 켜도 같음
        let other = run_with("dataflow_count", &[("combine", "true")]);
        assert_eq!(other.answers["words"], report.answers["words"]);
        assert_eq!(other.answers["top"], report.answers["top"]);
    }

    /// 낱말이 모두 같은 무게면 합쳐도 거의 그대로일 수 있음.
    #[test]
    fn combining_helps_only_when_words_repeat() {
        let pairs = [("lines", "100"), ("vocab", "100000"), ("zipf", "0")];
        let report = run_with("dataflow_count", &pairs);
        let sent = report.int("sent").unwrap();
        let combined = report.int("sent_combined").unwrap();
        assert!(combined * 100 >= sent * 99);
        assert_eq!(report.verdict.unwrap().choice.as_deref(), Some("1"));
    }
}
