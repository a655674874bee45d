//! 밀려오는 일: 넘칠 때마다 다르게 다루는 대기열.

use std::collections::VecDeque;

use super::events::{Gaps, percentile};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Mark, Series, Shape, Table,
    Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 대기열이 길면 더 느려지는가?",
    prediction: Prediction {
        text: "일꾼 하나가 들쭉날쭉 오는 일을 처리함. 바쁜 정도가 50%일 때와 \
               95%일 때, 일 하나가 줄에서 기다리는 시간의 평균은 몇 배 \
               차이일까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: None,
    python: Python::UpTo(&[("items", 100_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("2", "2배: 바쁜 만큼"),
    ("5", "5배쯤"),
    ("19", "20배에 가까움"),
    ("100", "100배"),
];

lab::choices! {
    /// 줄이 가득 찼을 때 하는 일.
    pub enum Policy {
        Block = "block", "만든 쪽을 세움";
        DropNew = "drop_new", "새것을 버림";
        DropOld = "drop_old", "묵은 것을 버림";
        ShedByAge = "shed_by_age", "늦은 것을 버림";
    }
}

lab::params! {
    /// 지수 분포로 오고 지수 분포로 처리되는 일들. 처리는 평균 1 ms.
    pub struct Params {
        items: u64 = 20_000, int("일의 수").unit("개").browser(1_000, 200_000)
            .native(1_000, 1_000_000).log();
        load_pct: u64 = 120, int("들어오는 일").unit("%").range(10, 200)
            .hint("처리할 수 있는 양의 몇 %인가");
        burst: u64 = 1, int("한꺼번에 오는 수").unit("개").range(1, 50);
        bound: u64 = 100, int("줄의 길이").unit("개").range(0, 10_000);
        age_ms: u64 = 50, int("늦은 것의 기준").unit("ms").range(1, 1_000)
            .log().hint("'늦은 것을 버림'에서, 꺼낼 때 이보다 오래 기다렸으면");
        policy: Policy = Policy::DropNew, choice("그림으로 볼 방법");
        seed: u64 = 42, int("씨앗").range(0, 1_000_000);
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 처리 하나의 평균, µs.
const SERVICE: u64 = 1_000;
/// 도착률을 바꿔 보는 자리, %.
const LOADS: [u64; 8] = [10, 30, 50, 70, 80, 90, 95, 99];

/// 일 하나: 앞의 것과의 간격과 처리 시간, µs.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    gap: u64,
    service: u64,
}

/// 도착률과 상관없이 같은 난수에서 만듦.
pub fn jobs(p: &Params, load_pct: u64) -> Vec<Job> {
    let mut gaps = Gaps::new(p.seed);
    let mean = SERVICE * 100 * p.burst / load_pct;
    let job = |i| {
        let gap = gaps.draw(mean);
        let gap = if i % p.burst == 0 { gap } else { 0 };
        Job { gap, service: gaps.draw(SERVICE) }
    };
    (0..p.items).map(job).collect()
}

// ANCHOR: kernel
/// 일꾼 하나와, 길이가 정해진 줄. 시간은 µs.
#[derive(Clone, Debug)]
pub struct Queue {
    policy: Policy,
    bound: usize,
    age: u64,
    /// 만든 시각과 처리 시간.
    queue: VecDeque<(u64, u64)>,
    /// 일꾼이 비는 시각.
    free: u64,
    waits: u64,
    ages: Vec<u64>,
    dropped: u64,
    shed: u64,
    longest: usize,
}

impl Queue {
    fn start(&mut self, now: u64, made: u64, service: u64) {
        self.free = now + service;
        self.waits += now - made;
        self.ages.push(self.free - made);
    }

    /// `now`까지 일꾼이 줄에서 꺼내 하는 일.
    fn advance(&mut self, now: u64) {
        while self.free <= now {
            let Some((made, service)) = self.queue.pop_front() else { break };
            let stale = self.free - made > self.age;
            if self.policy == Policy::ShedByAge && stale {
                self.shed += 1;
            } else {
                self.start(self.free, made, service);
            }
        }
    }

    /// 일 하나가 옴. 만든 쪽이 다음 일을 시작하는 시각을 돌려줌.
    fn offer(&mut self, made: u64, service: u64) -> u64 {
        let mut now = made;
        self.advance(now);
        if self.queue.len() >= self.bound && self.free > now {
            match self.policy {
                // 자리가 날 때까지 만든 쪽을 세워 둠
                Policy::Block => {
                    now = self.free;
                    self.advance(now);
                }
                Policy::DropOld if self.bound > 0 => {
                    self.queue.pop_front();
                    self.dropped += 1;
                }
                Policy::DropNew | Policy::DropOld | Policy::ShedByAge => {
                    self.dropped += 1;
                    return now;
                }
            }
        }
        if self.free <= now {
            self.start(now, made, service);
        } else {
            self.queue.push_back((made, service));
            self.longest = self.longest.max(self.queue.len());
        }
        now
    }
}
// ANCHOR_END: kernel

/// 방법 하나의 결과. 시간은 µs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    served: u64,
    dropped: u64,
    shed: u64,
    /// 처리된 일이 줄에서 기다린 시간의 평균.
    wait: u64,
    /// 만들어져서 끝날 때까지의 p99.
    p99: u64,
    longest: u64,
    end: u64,
}

/// `look`은 일이 올 때마다 시각과 줄의 길이를 봄.
pub fn simulate(
    p: &Params,
    work: &[Job],
    policy: Policy,
    mut look: impl FnMut(u64, usize),
) -> Outcome {
    let mut line = Queue {
        policy,
        bound: p.bound as usize,
        age: p.age_ms * 1_000,
        queue: VecDeque::new(),
        free: 0,
        waits: 0,
        ages: Vec::with_capacity(work.len()),
        dropped: 0,
        shed: 0,
        longest: 0,
    };
    let mut now = 0;
    for job in work {
        now = line.offer(now + job.gap, job.service);
        look(now, line.queue.len());
    }
    line.advance(u64::MAX);
    line.ages.sort_unstable();
    let served = line.ages.len() as u64;
    Outcome {
        served,
        dropped: line.dropped,
        shed: line.shed,
        wait: line.waits / served.max(1),
        p99: percentile(&line.ages, 99),
        longest: line.longest as u64,
        end: line.free,
    }
}

/// 줄이 끝없을 때의 평균 기다림: 앞의 일이 남긴 것에서 간격을 뺌.
pub fn mean_wait(work: &[Job]) -> u64 {
    let (mut wait, mut total, mut before) = (0u64, 0, 0);
    for job in work {
        wait = (wait + before).saturating_sub(job.gap);
        (total, before) = (total + wait, job.service);
    }
    total / (work.len() as u64).max(1)
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let work = jobs(p, p.load_pct);
    let mut report = Report::default();
    let (mut words, mut rows) = (Vec::new(), Vec::new());
    for (done, policy) in Policy::ALL.into_iter().enumerate() {
        ctx.progress(done as u64, 12, "네 방법으로 받기")?;
        let outcome = simulate(p, &work, policy, |_, _| {});
        let Outcome { served, dropped, shed, wait, p99, longest, end } =
            outcome;
        words.extend([served, dropped, shed, wait, p99, longest, end]);
        let key = |what: &str| format!("{}_{what}", policy.value());
        report = report
            .answer(&key("served"), served)
            .answer(&key("dropped"), dropped)
            .answer(&key("shed"), shed)
            .answer(&key("wait"), wait)
            .answer(&key("p99"), p99)
            .answer(&key("longest"), longest);
        rows.push(row(policy, &outcome));
    }
    let mut waits = Vec::new();
    for (done, load) in LOADS.into_iter().enumerate() {
        ctx.progress(done as u64 + 4, 12, "들어오는 양을 바꿔 보기")?;
        let wait = mean_wait(&jobs(p, load));
        report = report.answer(&format!("wait_at_{load}"), wait);
        waits.push((load, wait));
    }
    words.extend(waits.iter().map(|(_, wait)| *wait));
    Ok(report
        .checksum(&words)
        .view(View::Table(Table {
            title: format!(
                "일 {}개, 들어오는 양 {}%, 줄 {}개",
                format::int(p.items),
                p.load_pct,
                format::int(p.bound)
            ),
            badge: Badge::Model,
            columns: vec![
                Column::text("가득 차면"),
                Column::number("처리", "개"),
                Column::number("버림", "개"),
                Column::number("늦어서 버림", "개"),
                Column::number("평균 기다림", "ms(모형)"),
                Column::number("만들어 끝나기까지 p99", "ms(모형)"),
                Column::number("가장 긴 줄", "개"),
                Column::number("모두 끝남", "ms(모형)"),
            ],
            rows,
        }))
        .view(View::Chart(hockey_stick(&waits)))
        .view(View::Chart(lengths(p, &work))))
}

fn row(policy: Policy, outcome: &Outcome) -> Vec<Cell> {
    let ms = |us: u64| Cell::fixed(us as f64 / 1_000.0, 1);
    vec![
        policy.label().into(),
        outcome.served.into(),
        outcome.dropped.into(),
        outcome.shed.into(),
        ms(outcome.wait),
        ms(outcome.p99),
        outcome.longest.into(),
        ms(outcome.end),
    ]
}

fn verdict(report: &Report) -> Verdict {
    let int = |key: &str| report.int(key).unwrap_or(0);
    let (calm, busy) = (int("wait_at_50").max(1), int("wait_at_95").max(1));
    let ms = |us: u64| format::fixed(us as f64 / 1_000.0, 2);
    let ratio = busy as f64 / calm as f64;
    let sentence = format!(
        "평균 기다림이 {} ms에서 {} ms로 늚. 하나씩 올 때 ρ/(1 − ρ)로 셈한 \
         긴 평균은 처리 시간의 1배와 19배이고, 몰려오면 그보다 긺.",
        ms(calm),
        ms(busy)
    );
    Verdict::ratio(GUESSES, ratio, sentence)
}

/// 바쁠수록 가팔라지는 곡선.
fn hockey_stick(waits: &[(u64, u64)]) -> Chart {
    let service = SERVICE as f64;
    let seen = waits
        .iter()
        .map(|(load, wait)| (*load as f64, *wait as f64 / service).into());
    let theory = LOADS.map(|load| {
        let busy = load as f64 / 100.0;
        (load as f64, busy / (1.0 - busy)).into()
    });
    Chart {
        title: "끝없는 줄: 바쁠수록 오래 기다림".into(),
        badge: Badge::Model,
        x: Axis::linear("들어오는 일", "%"),
        y: Axis::linear("평균 기다림", "처리 시간의 배"),
        series: vec![
            Series {
                name: "이 실행".into(),
                shape: Shape::Dot,
                points: seen.collect(),
            },
            Series {
                name: "하나씩 올 때(M/M/1): ρ/(1 − ρ)".into(),
                shape: Shape::Line,
                points: theory.into(),
            },
        ],
        marks: Vec::new(),
    }
}

/// 줄의 길이를 그리는 점의 수.
const POINTS: usize = 400;

fn lengths(p: &Params, work: &[Job]) -> Chart {
    let stride = work.len().div_ceil(POINTS);
    let (mut points, mut seen) = (Vec::new(), 0);
    let outcome = simulate(p, work, p.policy, |now, length| {
        if seen % stride == 0 {
            points.push((now as f64 / 1_000.0, length as f64).into());
        }
        seen += 1;
    });
    // 닿지 않은 끝까지 축을 늘리면 줄이 바닥에 붙음
    let reached = outcome.longest >= p.bound;
    Chart {
        title: format!("{}: 줄의 길이", p.policy.label()),
        badge: Badge::Model,
        x: Axis::linear("가상 시각", "ms(모형)"),
        y: Axis::linear("줄에 선 일", "개"),
        series: vec![Series {
            name: "줄의 길이".into(),
            shape: Shape::Step,
            points,
        }],
        marks: Vec::from_iter(reached.then_some(Mark {
            axis: AxisName::Y,
            at: p.bound as f64,
            label: "줄의 끝".into(),
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn outcome(p: &Params, policy: Policy) -> Outcome {
        simulate(p, &jobs(p, p.load_pct), policy, |_, _| {})
    }

    /// 끝없는 줄의 간단한 식은 줄을 하나하나 돌린 것과 같음.
    #[test]
    fn the_short_formula_equals_the_queue() {
        let p = Params { bound: 1 << 40, ..Params::default() };
        let work = jobs(&p, 95);
        let outcome = simulate(&p, &work, Policy::DropNew, |_, _| {});
        assert_eq!(outcome.wait, mean_wait(&work));
        assert_eq!(outcome.wait, 14_144);
    }

    /// 긴 평균은 ρ/(1 − ρ)에 다가감: 95%와 50%는 19배.
    #[test]
    fn a_long_run_approaches_the_theory() {
        let p = Params { items: 2_000_000, ..Params::default() };
        let wait = |load| mean_wait(&jobs(&p, load)) as f64;
        assert!((950.0..1_050.0).contains(&wait(50)));
        let ratio = wait(95) / wait(50);
        assert!((17.0..21.0).contains(&ratio), "{ratio}");
    }

    #[test]
    fn every_item_is_served_or_dropped() {
        for bound in [0, 1, 100] {
            let p = Params { bound, ..Params::default() };
            for policy in Policy::ALL {
                let Outcome { served, dropped, shed, .. } =
                    outcome(&p, policy);
                assert_eq!(served + dropped + shed, p.items);
            }
        }
        assert_eq!(outcome(&Params::default(), Policy::Block).dropped, 0);
    }

    /// 줄의 길이가 기다림을 정함: 100배면 125배인데, 버리는 수는 3분의 1쯤만
    /// 줆.
    #[test]
    fn a_longer_queue_drops_little_less_and_waits_much_longer() {
        let short = Params { bound: 10, ..Params::default() };
        let long = Params { bound: 1_000, ..Params::default() };
        let (short, long) = (
            outcome(&short, Policy::DropNew),
            outcome(&long, Policy::DropNew),
        );
        assert_eq!((short.dropped, short.wait), (3_602, 6_504));
        assert_eq!((long.dropped, long.wait), (2_313, 812_767));
    }

    #[test]
    fn the_default_run_is_nearest_to_the_intuition() {
        let verdict = run_with("backpressure", &[]).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("19"));
    }
}
