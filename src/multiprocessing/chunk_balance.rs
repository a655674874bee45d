//! 일을 나누는 다섯 가지 방법: 총 완료 시간을 사건의 차례로 셈함.
//!
//! 항목의 비용은 콜라츠 수열이 1에 닿을 때까지의 걸음 수라서 정확하고,
//! 이웃한 항목끼리도 고르지 않음.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use lab::measure::{Case, interleave};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Mark, Series, Shape, Span,
    Table, TimeLane, Timeline, Tone, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 코어 4개로 나눴는데 2배밖에 안 빨라지는가?",
    prediction: Prediction {
        text: "항목 20,000개를 일꾼 4명이 한 덩어리씩 가져가며 풂. 항목 하나는 \
               평균 92단위, 덩어리를 하나 가져갈 때마다 50단위가 더 듦. 가장 \
               빨리 끝나는 덩어리의 크기는 몇 자리 수일까?",
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
    ("1", "한 자리 (1–9개)"),
    ("2", "두 자리 (10–99개)"),
    ("3", "세 자리 (100–999개)"),
    ("4", "네 자리 이상 (1,000개–)"),
];

lab::choices! {
    /// 항목마다의 비용.
    pub enum Work {
        Collatz = "collatz", "콜라츠 걸음 수, 1부터 차례로";
        Sorted = "sorted_collatz", "콜라츠 걸음 수, 작은 것부터";
        Uniform = "uniform", "모두 같음";
        OneHuge = "one_huge", "마지막 하나가 전체의 절반";
    }
}

lab::choices! {
    /// 나누는 방법.
    pub enum Policy {
        Block = "block", "구간 하나씩";
        Cyclic = "cyclic", "돌아가며 하나씩";
        Dynamic = "dynamic", "먼저 끝난 쪽이 덩어리 하나";
        Guided = "guided", "남은 몫에 맞춰 점점 작게";
        Steal = "steal", "구간을 갖고 시작해 훔치기";
    }
}

lab::params! {
    /// 항목 `n`개를 일꾼 `workers`명이 나눠 함.
    pub struct Params {
        n: u64 = 20_000, int("항목의 수").unit("개").range(100, 50_000).log();
        work: Work = Work::Collatz, choice("항목의 비용");
        workers: u64 = 4, int("일꾼").unit("명").range(1, 64);
        policy: Policy = Policy::Dynamic, choice("나누는 방법")
            .hint("그림에 그릴 방법. 표는 다섯을 모두 견줌");
        chunk: u64 = 64, int("덩어리").unit("개").range(1, 50_000).log()
            .hint("guided는 가장 작은 덩어리, steal은 한 번에 집는 수");
        overhead: u64 = 50, int("가져가는 값").unit("단위").range(0, 1_000)
            .hint("덩어리를 하나 가져갈 때마다. steal은 훔칠 때만");
    }
    check = check;
}

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    if p.chunk <= p.n {
        return Ok(());
    }
    let (chunk, n) = (p.chunk, format::int(p.n));
    let why = format!(
        "덩어리(chunk)의 값 '{chunk}': 항목의 수(n)인 {n}보다 클 수 없음. \
         1–{n} 범위여야 함"
    );
    Err(Failure::param("chunk", why))
}

/// 콜라츠 수열이 `i`에서 1에 닿을 때까지의 걸음 수.
#[inline]
pub fn steps(mut i: u64) -> u64 {
    let mut count = 0;
    while i > 1 {
        i = if i & 1 == 0 { i / 2 } else { 3 * i + 1 };
        count += 1;
    }
    count
}

/// 고른 일의 항목 하나, 단위.
const EVEN: u64 = 100;

/// 항목마다의 비용, 단위.
pub fn costs(work: Work, n: u64) -> Vec<u64> {
    match work {
        Work::Collatz => (1..=n).map(steps).collect(),
        Work::Sorted => {
            let mut costs = costs(Work::Collatz, n);
            costs.sort_unstable();
            costs
        }
        Work::Uniform => vec![EVEN; n as usize],
        Work::OneHuge => {
            let mut costs = vec![EVEN; n as usize];
            costs[n as usize - 1] = EVEN * (n - 1);
            costs
        }
    }
}

/// 일꾼 하나가 덩어리 하나를 가져가 끝내기까지.
#[derive(Clone, Debug)]
pub struct Taken {
    pub worker: u64,
    pub start: u64,
    pub end: u64,
    /// 처리한 항목의 수.
    pub items: u64,
}

/// 정해진 뒤에는 바뀌지 않는 조건.
#[derive(Clone, Copy)]
pub struct Rules {
    pub workers: u64,
    pub chunk: u64,
    pub overhead: u64,
}

// ANCHOR: kernel
/// 시계가 가장 이른 일꾼. 같으면 번호가 작은 쪽.
type Clocks = BinaryHeap<Reverse<(u64, u64)>>;

/// `w`번 일꾼의 구간.
pub fn block(w: u64, n: u64, workers: u64) -> Range<usize> {
    (w * n / workers) as usize..((w + 1) * n / workers) as usize
}

/// 한 줄로 선 항목을 먼저 끝난 일꾼이 앞에서부터 가져감. 다음 덩어리의
/// 크기는 `size(남은 수)`.
pub fn from_one_queue(
    costs: &[u64],
    rules: Rules,
    size: impl Fn(u64) -> u64,
    mut watch: impl FnMut(Taken),
) {
    let mut clocks: Clocks =
        (0..rules.workers).map(|worker| Reverse((0, worker))).collect();
    let mut rest = costs;
    while let (false, Some(Reverse((start, worker)))) =
        (rest.is_empty(), clocks.pop())
    {
        let items = size(rest.len() as u64).min(rest.len() as u64);
        let (mine, others) = rest.split_at(items as usize);
        let end = start + rules.overhead + mine.iter().sum::<u64>();
        watch(Taken { worker, start, end, items });
        clocks.push(Reverse((end, worker)));
        rest = others;
    }
}

/// 저마다 구간을 갖고 시작함. 다 하면 가장 많이 남은 일꾼의 뒤쪽 절반을
/// 훔침. 훔칠 때만 값을 치름.
fn by_stealing(costs: &[u64], rules: Rules, mut watch: impl FnMut(Taken)) {
    let (n, workers) = (costs.len() as u64, rules.workers);
    let mut mine: Vec<Range<usize>> =
        (0..workers).map(|worker| block(worker, n, workers)).collect();
    let mut clocks: Clocks =
        (0..workers).map(|worker| Reverse((0, worker))).collect();
    while let Some(Reverse((start, worker))) = clocks.pop() {
        let mut toll = 0;
        if mine[worker as usize].is_empty() {
            // 같으면 번호가 작은 쪽
            let victim = mine.iter_mut().rev().max_by_key(|each| each.len());
            let Some(victim) = victim.filter(|each| each.start < each.end)
            else {
                continue; // 훔칠 것이 없는 일꾼은 끝남
            };
            let cut = victim.start + victim.len() / 2;
            let stolen = cut..victim.end;
            victim.end = cut;
            mine[worker as usize] = stolen;
            toll = rules.overhead;
        }
        let range = &mut mine[worker as usize];
        let items = rules.chunk.min(range.len() as u64);
        let next = range.start + items as usize;
        let work: u64 = costs[range.start..next].iter().sum();
        range.start = next;
        let end = start + toll + work;
        watch(Taken { worker, start, end, items });
        clocks.push(Reverse((end, worker)));
    }
}

/// 방법 하나로 나눠 하며 가져간 것을 하나씩 알림.
pub fn split(
    policy: Policy,
    costs: &[u64],
    rules: Rules,
    mut watch: impl FnMut(Taken),
) {
    let Rules { workers, chunk, .. } = rules;
    let n = costs.len() as u64;
    match policy {
        Policy::Block => (0..workers).for_each(|worker| {
            let mine = block(worker, n, workers);
            let items = mine.len() as u64;
            let end = costs[mine].iter().sum();
            watch(Taken { worker, start: 0, end, items });
        }),
        Policy::Cyclic => (0..workers.min(n)).for_each(|worker| {
            let mine = costs.iter().skip(worker as usize);
            let mine = mine.step_by(workers as usize);
            let items = mine.len() as u64;
            watch(Taken { worker, start: 0, end: mine.sum(), items });
        }),
        Policy::Dynamic => from_one_queue(costs, rules, |_| chunk, watch),
        Policy::Guided => {
            let share = |rest: u64| rest.div_ceil(workers).max(chunk);
            from_one_queue(costs, rules, share, watch);
        }
        Policy::Steal => by_stealing(costs, rules, watch),
    }
}
// ANCHOR_END: kernel

/// 방법 하나의 결과.
#[derive(Clone, Copy, Default)]
struct Outcome {
    /// 마지막 일꾼이 끝난 시각.
    makespan: u64,
    /// 가져간 덩어리의 수.
    chunks: u64,
}

fn outcome(policy: Policy, costs: &[u64], rules: Rules) -> Outcome {
    let mut outcome = Outcome::default();
    split(policy, costs, rules, |taken| {
        outcome.makespan = outcome.makespan.max(taken.end);
        outcome.chunks += 1;
    });
    outcome
}

/// 견줄 덩어리: 2의 거듭제곱을 `n`까지.
fn sizes(n: u64) -> impl Iterator<Item = u64> {
    (0..=n.ilog2()).map(|power| 1 << power)
}

/// 덩어리마다의 총 완료 시간.
fn curve(policy: Policy, costs: &[u64], rules: Rules) -> Vec<(u64, u64)> {
    let makespan =
        |chunk| outcome(policy, costs, Rules { chunk, ..rules }).makespan;
    let sizes = sizes(costs.len() as u64);
    sizes.map(|chunk| (chunk, makespan(chunk))).collect()
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let costs = costs(p.work, p.n);
    let rules = p.rules();
    let total: u64 = costs.iter().sum();
    let mut report = Report::default().answer("total", total);
    let mut words = vec![total];
    let mut outcomes = Vec::new();
    for policy in Policy::ALL {
        let each = outcome(policy, &costs, rules);
        let name = policy.value().to_string();
        report = report.answer(&format!("makespan_{name}"), each.makespan);
        words.push(each.makespan);
        outcomes.push((policy, each));
    }
    let mut curves = Vec::new();
    for policy in [Policy::Dynamic, Policy::Guided, Policy::Steal] {
        ctx.progress(curves.len() as u64, 3, "덩어리의 크기를 바꾸기")?;
        curves.push((policy, curve(policy, &costs, rules)));
    }
    let best = curves[0].1.iter().min_by_key(|(_, makespan)| *makespan);
    let &(chunk, makespan) = best.unwrap_or(&(1, total));
    words.extend([chunk, makespan]);
    let largest = costs.iter().copied().max().unwrap_or(0);
    Ok(report
        .answer("largest", largest)
        .answer("best_chunk", chunk)
        .answer("best_makespan", makespan)
        .checksum(&words)
        .view(View::Timeline(gantt(p, &costs)))
        .view(View::Table(policies(p, total, &outcomes)))
        .view(View::Chart(u_shape(p, total, &curves))))
}

impl Params {
    fn rules(&self) -> Rules {
        Rules {
            workers: self.workers,
            chunk: self.chunk,
            overhead: self.overhead,
        }
    }
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let int = |key: &str| report.int(key).unwrap_or(0);
    let (best, makespan) = (int("best_chunk"), int("best_makespan"));
    let ideal = int("total") as f64 / p.workers as f64;
    let over = (makespan as f64 / ideal - 1.0) * 100.0;
    let digits = |chunk: u64| chunk.to_string().len().min(4).to_string();
    let late = match format::fixed(over, 1) {
        _ if makespan * p.workers == int("total") => "와 같음".to_owned(),
        over if over == "0.0" => "보다 늦은 것이 0.1%도 안 됨".to_owned(),
        over => format!("보다 {over}% 늦음"),
    };
    // 잰 뒤의 보고서에는 표만 있어 그림의 곡선을 읽지 못함
    let ties: Vec<u64> =
        curve(Policy::Dynamic, &costs(p.work, p.n), p.rules())
            .into_iter()
            .filter(|(_, each)| *each == makespan)
            .map(|(chunk, _)| chunk)
            .collect();
    let last = ties.last().copied().unwrap_or(best);
    let (headline, fastest) = match ties.len() {
        0 | 1 => {
            let best = format::int(best);
            (format!("{best}개"), format!("{best}개씩이 가장 빨라"))
        }
        count => (
            format!("크기 {count}가지가 같음"),
            format!(
                "{}–{}개의 {count}가지가 똑같이 가장 빨라",
                format::int(best),
                format::int(last)
            ),
        ),
    };
    let sentence = format!(
        "2의 거듭제곱 가운데 {fastest} {}단위에 끝남: 고르게 나눈 \
         {}단위{late}. 구간 하나씩 나누면 {}단위.",
        format::int(makespan),
        format::fixed(ideal, 1),
        format::int(int("makespan_block")),
    );
    // 자리 수가 다른 크기들이 같으면 어느 선택지도 홀로 맞지 않음
    if digits(best) != digits(last) {
        return Verdict { headline, sentence, ..Verdict::default() };
    }
    let verdict = Verdict::choice(DIGITS, &digits(best), sentence);
    Verdict { headline, ..verdict }
}

/// 그림 하나에 그릴 칸의 수. 넘으면 이웃한 덩어리를 합쳐 그림.
const SPANS: u64 = 1_500;

/// 가져간 덩어리를 일꾼마다의 줄에 그림.
pub struct Gantt {
    /// 칸 하나에 합치는 덩어리의 수.
    group: u64,
    rows: Vec<Row>,
}

#[derive(Clone, Default)]
struct Row {
    /// 마지막 칸에 합친 덩어리와 항목의 수.
    held: u64,
    items: u64,
    spans: Vec<Span>,
}

impl Gantt {
    pub fn new(workers: u64, chunks: u64) -> Self {
        let rows = vec![Row::default(); workers as usize];
        Gantt { group: chunks.div_ceil(SPANS).max(1), rows }
    }

    pub fn take(&mut self, taken: Taken) {
        let row = &mut self.rows[taken.worker as usize];
        let joined = row.held < self.group;
        match row.spans.last_mut().filter(|_| joined) {
            Some(last) => {
                row.held += 1;
                row.items += taken.items;
                last.end = taken.end as f64;
            }
            None => {
                (row.held, row.items) = (1, taken.items);
                // 이웃한 칸이 갈라져 보이게 번갈아 칠함
                let tone = [Tone::Plain, Tone::Seen][row.spans.len() % 2];
                let (start, end) = (taken.start as f64, taken.end as f64);
                row.spans.push(Span::new(start, end, "", tone));
            }
        }
        if let Some(last) = row.spans.last_mut() {
            last.label = format!("{}개", format::int(row.items));
        }
    }

    pub fn timeline(self, title: &str, unit: &str) -> Timeline {
        let merged = match self.group {
            1 => String::new(),
            group => {
                let group = format::int(group);
                format!(" (이웃한 덩어리 {group}개씩 합쳐 그림)")
            }
        };
        let rows = self.rows.into_iter().enumerate();
        Timeline {
            title: format!("{title}{merged}"),
            badge: Badge::Model,
            axis: "시각".into(),
            unit: unit.into(),
            lanes: rows
                .map(|(worker, row)| TimeLane {
                    label: format!("일꾼 {worker}"),
                    spans: row.spans,
                })
                .collect(),
        }
    }
}

fn gantt(p: &Params, costs: &[u64]) -> Timeline {
    let chunks = outcome(p.policy, costs, p.rules()).chunks;
    let mut gantt = Gantt::new(p.workers, chunks);
    split(p.policy, costs, p.rules(), |taken| gantt.take(taken));
    let title = format!("{}: 누가 언제까지", p.policy.label());
    gantt.timeline(&title, "단위")
}

fn policies(p: &Params, total: u64, outcomes: &[(Policy, Outcome)]) -> Table {
    let ideal = total as f64 / p.workers as f64;
    let row = |name: &str, makespan: Cell, finish: f64, chunks: Cell| {
        vec![
            name.into(),
            makespan,
            Cell::fixed(total as f64 / finish, 2),
            Cell::fixed(ideal / finish * 100.0, 1),
            chunks,
        ]
    };
    let rows = outcomes.iter().map(|(policy, each)| {
        let finish = each.makespan as f64;
        row(policy.label(), each.makespan.into(), finish, each.chunks.into())
    });
    let ideal = row("고르게 나눔", Cell::fixed(ideal, 1), ideal, "–".into());
    Table {
        title: format!(
            "항목 {}개, 모두 {}단위를 {}명이",
            format::int(p.n),
            format::int(total),
            p.workers
        ),
        badge: Badge::Model,
        columns: vec![
            Column::text("나누는 방법"),
            Column::number("총 완료 시간", "단위"),
            Column::number("빨라진 배수", "배"),
            Column::number("효율", "%"),
            Column::number("덩어리", "개"),
        ],
        rows: rows.chain([ideal]).collect(),
    }
}

fn u_shape(
    p: &Params,
    total: u64,
    curves: &[(Policy, Vec<(u64, u64)>)],
) -> Chart {
    let series = curves.iter().map(|(policy, curve)| Series {
        name: policy.label().into(),
        shape: Shape::Line,
        points: curve
            .iter()
            .map(|&(chunk, makespan)| (chunk as f64, makespan as f64).into())
            .collect(),
    });
    Chart {
        title: "덩어리의 크기와 총 완료 시간".into(),
        badge: Badge::Model,
        x: Axis::log("덩어리", "개"),
        y: Axis::log("총 완료 시간", "단위"),
        series: series.collect(),
        marks: vec![
            Mark {
                axis: AxisName::Y,
                at: total as f64 / p.workers as f64,
                label: "고르게 나눔".into(),
            },
            Mark {
                axis: AxisName::X,
                at: p.chunk as f64,
                label: "지금의 덩어리".into(),
            },
        ],
    }
}

/// 재는 일: 1부터 이만큼의 걸음 수를 모두 더함.
pub const ITEMS: u64 = 200_000;

/// 같은 합을 얻는 방법들: 한 스레드, 구간, 덩어리, rayon.
pub mod real {
    use super::*;

    /// 한 스레드가 모두 함.
    pub fn alone(n: u64) -> u64 {
        (1..=black_box(n)).map(steps).sum()
    }

    /// 일꾼마다 구간 하나씩.
    pub fn blocks(n: u64, workers: u64) -> u64 {
        let sum = AtomicU64::new(0);
        rayon::scope(|scope| {
            for worker in 0..workers {
                let sum = &sum;
                scope.spawn(move |_| {
                    let Range { start, end } = block(worker, n, workers);
                    let part = (start..end).map(|i| steps(i as u64 + 1));
                    sum.fetch_add(part.sum(), Ordering::Relaxed);
                });
            }
        });
        sum.into_inner()
    }

    /// 먼저 끝난 쪽이 다음 `chunk`개를 가져감: 공유하는 것은 번호 하나.
    pub fn dynamic(n: u64, workers: u64, chunk: u64) -> u64 {
        let (next, sum) = (AtomicU64::new(1), AtomicU64::new(0));
        rayon::scope(|scope| {
            for _ in 0..workers {
                let (next, sum) = (&next, &sum);
                scope.spawn(move |_| {
                    let mut part = 0;
                    loop {
                        let start = next.fetch_add(chunk, Ordering::Relaxed);
                        if start > n {
                            break;
                        }
                        let end = (start + chunk - 1).min(n);
                        part += (start..=end).map(steps).sum::<u64>();
                    }
                    sum.fetch_add(part, Ordering::Relaxed);
                });
            }
        });
        sum.into_inner()
    }

    /// rayon이 알아서 쪼개고 훔침. 더 쪼개지 않을 크기만 말해 줌.
    pub fn stealing(n: u64, min_len: u64) -> u64 {
        let items = (1..n as u32 + 1).into_par_iter();
        let items = items.with_min_len(min_len as usize);
        items.map(|i| steps(i.into())).sum()
    }

    /// 부를 때마다 스레드를 새로 만들어 구간 하나씩.
    #[cfg(not(target_family = "wasm"))]
    pub fn scoped(n: u64, workers: u64) -> u64 {
        std::thread::scope(|scope| {
            let start = |worker| {
                scope.spawn(move || {
                    let Range { start, end } = block(worker, n, workers);
                    let part = (start..end).map(|i| steps(i as u64 + 1));
                    part.sum::<u64>()
                })
            };
            let workers: Vec<_> = (0..workers).map(start).collect();
            // 일꾼은 패닉하지 않음: 정수 덧셈뿐임
            workers.into_iter().filter_map(|each| each.join().ok()).sum()
        })
    }
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let threads = ctx.threads() as u64;
    let chunk = p.chunk;
    let mut cases = vec![
        Case::new("한 스레드", ITEMS, || real::alone(ITEMS)),
        Case::new("구간 하나씩", ITEMS, || real::blocks(ITEMS, threads)),
        Case::new(&format!("{chunk}개씩 가져감"), ITEMS, || {
            real::dynamic(ITEMS, threads, chunk)
        }),
        Case::new(&format!("rayon, {chunk}개까지 쪼갬"), ITEMS, || {
            real::stealing(ITEMS, chunk)
        }),
    ];
    #[cfg(not(target_family = "wasm"))]
    cases.push(Case::new(
        "스레드를 새로 만들어 구간 하나씩",
        ITEMS,
        || real::scoped(ITEMS, threads),
    ));
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let title =
        format!("1–{}의 걸음 수를 스레드 {threads}개로", format::int(ITEMS));
    let mut views = timings.views(&title, "항목 하나");
    if threads == 1 {
        views.push(note(
            "쓸 수 있는 스레드가 하나라 나눠도 빨라지지 않음. 페이지라면 \
             교차 출처 격리가 있어야 스레드가 생김.",
        ));
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    const FOUR: Rules = Rules { workers: 4, chunk: 64, overhead: 50 };

    fn makespan(work: Work, policy: Policy, chunk: u64) -> u64 {
        let costs = costs(work, 20_000);
        outcome(policy, &costs, Rules { chunk, ..FOUR }).makespan
    }

    /// 명세의 고정점: n = 20,000, 일꾼 4명.
    #[test]
    fn the_anchors_of_the_specification() {
        let total: u64 = costs(Work::Collatz, 20_000).iter().sum();
        assert_eq!(total, 1_834_634);
        use {Policy::*, Work::*};
        assert_eq!(makespan(Collatz, Block, 64), 501_739);
        assert_eq!(makespan(Collatz, Cyclic, 64), 516_418);
        assert_eq!(makespan(Collatz, Dynamic, 1), 708_681);
        assert_eq!(makespan(Collatz, Dynamic, 64), 464_118);
        assert_eq!(makespan(Collatz, Dynamic, 2_048), 538_874);
        assert_eq!(makespan(Sorted, Block, 64), 788_551);
        assert_eq!(makespan(Sorted, Dynamic, 64), 466_233);
    }

    #[test]
    fn the_longest_walk_below_a_hundred_thousand() {
        assert_eq!((1..=100_000).map(steps).sum::<u64>(), 10_753_840);
        let longest = (1..=100_000).max_by_key(|i| steps(*i));
        assert_eq!(longest.map(|i| (i, steps(i))), Some((77_031, 350)));
        assert_eq!(steps(1), 0);
    }

    /// 손으로 센 여섯 항목: 일꾼 둘, 덩어리 둘, 값 1.
    #[test]
    fn six_items_by_hand() {
        let costs = [5, 1, 1, 1, 1, 9];
        let rules = Rules { workers: 2, chunk: 2, overhead: 1 };
        let ends = |policy| {
            let mut ends = Vec::new();
            split(policy, &costs, rules, |taken| {
                ends.push((taken.worker, taken.start, taken.end));
            });
            ends
        };
        assert_eq!(ends(Policy::Block), [(0, 0, 7), (1, 0, 11)]);
        assert_eq!(ends(Policy::Cyclic), [(0, 0, 7), (1, 0, 11)]);
        let dynamic = [(0, 0, 7), (1, 0, 3), (1, 3, 14)];
        assert_eq!(ends(Policy::Dynamic), dynamic);
        // 3개, 남은 3의 절반 2개, 하나 남아도 가장 작은 덩어리는 2
        let guided = [(0, 0, 8), (1, 0, 3), (1, 3, 13)];
        assert_eq!(ends(Policy::Guided), guided);
        // 1은 [1, 1, 9]로 시작해 2에 둘을 끝냄. 9가 남고, 0은 6에 둘을
        // 끝낸 다음 남은 하나를 7에 끝냄. 훔칠 것은 없음
        let steal = [(0, 0, 6), (1, 0, 2), (1, 2, 11), (0, 6, 7)];
        assert_eq!(ends(Policy::Steal), steal);
    }

    /// 어떻게 나눠도 모든 항목을 한 번씩 하고, 고르게 나눈 것보다 이르지
    /// 않음.
    #[test]
    fn every_item_is_done_once() {
        for work in Work::ALL {
            let costs = costs(work, 1_000);
            let total: u64 = costs.iter().sum();
            for policy in Policy::ALL {
                for (workers, chunk) in [(1, 1), (3, 7), (64, 1_000)] {
                    let rules = Rules { workers, chunk, overhead: 0 };
                    let (mut items, mut busy, mut last) = (0, 0, 0);
                    split(policy, &costs, rules, |taken| {
                        items += taken.items;
                        busy += taken.end - taken.start;
                        last = last.max(taken.end);
                    });
                    assert_eq!((items, busy), (1_000, total));
                    assert!(last >= total.div_ceil(workers));
                }
            }
        }
    }

    #[test]
    fn the_default_answer_is_the_digits_of_the_best_chunk() {
        let report = run_with("chunk_balance", &[]);
        assert_eq!(report.int("makespan_dynamic"), Some(464_118));
        assert!(report.int("best_makespan") <= Some(464_118));
        let digits = report.int("best_chunk").unwrap().to_string().len();
        let choice = report.verdict.unwrap().choice.unwrap();
        assert_eq!(choice, digits.to_string());
    }

    /// 혼자서 값없이 가져가면 어떤 덩어리든 같음.
    #[test]
    fn equal_chunks_are_not_ranked() {
        let judged = |overhead| {
            let pairs = [("n", "100"), ("workers", "1"), ("chunk", "1")];
            let pairs = [&pairs[..], &[("overhead", overhead)]].concat();
            let mut report = run_with("chunk_balance", &pairs);
            // 페이지는 재고 나면 그림 없이 다시 정함
            report.views.clear();
            verdict(&report)
        };
        let free = judged("0");
        assert_eq!(free.headline, "크기 7가지가 같음");
        assert!(free.is_pending());
        let said = free.sentence;
        assert!(said.contains("1–64개의 7가지가 똑같이"), "{said}");
        assert!(said.contains("단위와 같음"), "{said}");
        // 가져가는 값이 있으면 큰 덩어리 하나가 가장 빠름
        let dear = judged("50");
        assert_eq!(dear.headline, "64개");
        assert_eq!(dear.choice.as_deref(), Some("2"));
    }

    #[test]
    fn every_way_of_sharing_gives_one_sum() {
        let sum = real::alone(5_000);
        assert_eq!(real::blocks(5_000, 3), sum);
        assert_eq!(real::dynamic(5_000, 3, 7), sum);
        assert_eq!(real::stealing(5_000, 7), sum);
        assert_eq!(real::scoped(5_000, 3), sum);
    }

    #[test]
    fn refuses_a_chunk_larger_than_the_whole() {
        let pairs = [("n", "100"), ("chunk", "101")];
        let wrong = Params::table().parse(pairs, Scope::Browser);
        assert_eq!(wrong.unwrap_err().field(), Some("chunk"));
    }
}
