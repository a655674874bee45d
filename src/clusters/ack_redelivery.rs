//! 적어도 한 번: 확인을 기다리다 다시 배달하는 큐의 모형.
//!
//! 진짜 큐는 `jobs_nats`에 있음. 여기서는 같은 규칙을 사건의 차례로 돌려,
//! 왜 같은 일이 두 번 실행되는지를 봄.

use std::collections::{BTreeSet, VecDeque};

use concurrency::events::{Events, Gaps};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Mark, Series, Shape, Span,
    Table, TimeLane, Timeline, Tone, Verdict,
};
use lab::rng::{SplitMix64, mix64};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 같은 일이 두 번 실행되는가, 그리고 어떻게 괜찮게 만드는가?",
    prediction: Prediction {
        text: "일꾼 4명은 죽지 않고 확인도 사라지지 않음. 한 건에 평균 \
               400 ms(지수 분포)가 걸리는 일 200건을, 확인을 100 ms만 \
               기다리고 다시 배달하는 큐에 넣음. 배달은 모두 몇 번일까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: None,
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("1", "200번: 아무도 죽지 않았음"),
    ("1.2", "240번쯤: 오래 걸린 것만 다시"),
    ("2", "400번쯤: 평균 두 번"),
    ("4", "800번쯤: 기다림이 끝날 때마다"),
];

lab::params! {
    /// 확인을 받을 때까지 다시 배달하는 큐.
    pub struct Params {
        jobs: u64 = 200, int("일").unit("건").range(10, 2_000).log();
        workers: u64 = 4, int("일꾼").unit("명").range(1, 32);
        service_ms: u64 = 400, int("처리 시간의 평균").unit("ms")
            .range(10, 5_000).log().hint("지수 분포. 같은 일은 늘 같은 시간");
        ack_wait_ms: u64 = 1_000, int("확인 기다림").unit("ms")
            .range(50, 60_000).log();
        crash_permille: u64 = 50, int("일하다 죽음").unit("‰").range(0, 500)
            .hint("배달마다. 죽은 일꾼은 1초 뒤 다시 뜸");
        loss_permille: u64 = 20, int("확인이 사라짐").unit("‰").range(0, 200);
        max_deliver: u64 = 5, int("최대 전달").unit("번").range(1, 20);
        idempotent: bool = true, flag("멱등한 효과")
            .hint("켜면 일의 번호마다 효과를 한 번만 남김");
        in_progress: bool = false, flag("하는 중이라고 알림")
            .hint("일하는 동안 기다림의 절반마다 보내 시계를 되돌림");
        seed: u64 = 42, int("씨앗").range(0, 1_000_000);
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 죽은 일꾼이 다시 뜨기까지, µs.
const RESTART: u64 = 1_000_000;
/// 확인 기다림을 바꿔 보는 자리: 평균 처리 시간의 %.
const WAITS: [u64; 7] = [25, 50, 100, 200, 400, 800, 1_600];

/// 바뀌지 않는 조건. 시간은 µs.
#[derive(Clone, Debug)]
pub struct Rules {
    pub workers: u64,
    pub ack_wait: u64,
    pub crash: u64,
    pub loss: u64,
    pub max_deliver: u64,
    pub in_progress: bool,
    pub seed: u64,
}

/// 배달 하나가 맞을 일.
struct Fate {
    /// 죽는다면, 처리의 몇 ‰에서.
    crash: Option<u64>,
    lost: bool,
}

impl Rules {
    /// 확인 기다림이 달라도 같은 배달은 같은 일을 맞음.
    fn fate(&self, job: u64, turn: u64) -> Fate {
        let key = (self.seed << 32) | (job << 8) | turn;
        let mut rng = SplitMix64::new(mix64(key));
        let dies = rng.below(1_000) < self.crash;
        let point = rng.below(1_000);
        let lost = rng.below(1_000) < self.loss;
        Fate { crash: dies.then_some(point), lost }
    }
}

/// 일꾼이 `start`에 받은 일을 `end`에 끝냈거나, 하다 죽음. 시간은 µs.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    pub worker: u64,
    pub job: u64,
    pub turn: u64,
    pub start: u64,
    pub end: u64,
    pub died: bool,
}

/// 지켜보는 쪽에 알리는 것. 시간은 µs.
#[derive(Clone, Copy, Debug)]
pub enum Seen {
    Worked(Work),
    /// 확인을 기다리는 시간이 끝남.
    Expired {
        job: u64,
        at: u64,
    },
    /// 최대 전달을 넘겨 격리함.
    Parked {
        job: u64,
        at: u64,
    },
}

/// 한 판의 결과.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub deliveries: u64,
    /// 끝까지 한 횟수.
    pub completions: u64,
    /// 한 번이라도 끝낸 일.
    pub unique: u64,
    /// 격리한 일.
    pub dead: u64,
    /// 그 가운데 사실은 끝낸 일.
    pub dead_done: u64,
    /// 마지막 일이 확인되거나 격리된 때, µs.
    pub makespan: u64,
    /// 일의 번호마다 한 번만 더한 효과.
    pub once: u64,
    /// 끝낼 때마다 더한 효과.
    pub every: u64,
}

// ANCHOR: kernel
enum Event {
    Free { worker: u64 },
    Done { worker: u64, job: u64, lost: bool },
    Expire { job: u64 },
}

/// 확인을 기다리는 큐. 효과는 일의 번호를 더하는 것임.
struct Queue<'a, W> {
    services: &'a [u64],
    rules: &'a Rules,
    watch: W,
    events: Events<Event>,
    idle: BTreeSet<u64>,
    /// 아직 한 번도 배달하지 않은 첫 일.
    fresh: usize,
    /// 다시 배달할 일. 새 일보다 먼저임.
    again: VecDeque<u64>,
    turns: Vec<u64>,
    /// 확인을 받았거나 격리해서, 더는 배달하지 않을 일.
    settled: Vec<bool>,
    done: Vec<bool>,
    parked: Vec<usize>,
    out: Outcome,
}

impl<W: FnMut(Seen)> Queue<'_, W> {
    /// 다음에 배달할 것. 기다리는 사이에 늦은 확인이 온 것은 지나침.
    fn next(&mut self) -> Option<u64> {
        while let Some(job) = self.again.pop_front() {
            if !self.settled[job as usize] {
                return Some(job);
            }
        }
        let job = self.fresh;
        self.fresh = (job + 1).min(self.services.len());
        (job < self.services.len()).then_some(job as u64)
    }

    /// 한가한 일꾼에게 배달하고 시계를 켬.
    fn assign(&mut self, now: u64) {
        while let Some(&worker) = self.idle.first() {
            let Some(job) = self.next() else { return };
            self.idle.pop_first();
            let turn = self.turns[job as usize] + 1;
            self.turns[job as usize] = turn;
            self.out.deliveries += 1;
            let fate = self.rules.fate(job, turn);
            let whole = self.services[job as usize];
            let spent = match fate.crash {
                Some(point) => whole * point / 1_000,
                None => whole,
            };
            let (start, end, died) = (now, now + spent, fate.crash.is_some());
            if died {
                self.events.push(end + RESTART, Event::Free { worker });
            } else {
                let lost = fate.lost;
                self.events.push(end, Event::Done { worker, job, lost });
            }
            let work = Work { worker, job, turn, start, end, died };
            (self.watch)(Seen::Worked(work));
            // 하는 중이라고 알릴 때마다 시계가 처음부터 다시 감
            let wait = self.rules.ack_wait;
            let told = match self.rules.in_progress {
                true => spent / (wait / 2) * (wait / 2),
                false => 0,
            };
            self.events.push(now + told + wait, Event::Expire { job });
        }
    }

    fn happen(&mut self, now: u64, event: Event) {
        match event {
            Event::Free { worker } => {
                self.idle.insert(worker);
            }
            Event::Done { worker, job, lost } => {
                self.idle.insert(worker);
                let at = job as usize;
                // 효과가 먼저, 확인이 나중임
                self.out.completions += 1;
                self.out.every += job + 1;
                if !self.done[at] {
                    self.done[at] = true;
                    self.out.unique += 1;
                    self.out.once += job + 1;
                }
                if !lost && !self.settled[at] {
                    self.settle(now, at);
                }
            }
            Event::Expire { job } => {
                let at = job as usize;
                if self.settled[at] {
                    return; // 이미 확인받음
                }
                (self.watch)(Seen::Expired { job, at: now });
                if self.turns[at] < self.rules.max_deliver {
                    self.again.push_back(job);
                } else {
                    self.out.dead += 1;
                    self.parked.push(at);
                    self.settle(now, at);
                    (self.watch)(Seen::Parked { job, at: now });
                }
            }
        }
        self.assign(now);
    }

    fn settle(&mut self, now: u64, job: usize) {
        self.settled[job] = true;
        self.out.makespan = now;
    }
}
// ANCHOR_END: kernel

/// 모든 일이 확인되거나 격리되고, 일꾼이 모두 손을 놓을 때까지.
pub fn simulate(
    services: &[u64],
    rules: &Rules,
    watch: impl FnMut(Seen),
) -> Outcome {
    let jobs = services.len();
    let mut queue = Queue {
        services,
        rules,
        watch,
        events: Events::default(),
        idle: (0..rules.workers).collect(),
        fresh: 0,
        again: VecDeque::new(),
        turns: vec![0; jobs],
        settled: vec![false; jobs],
        done: vec![false; jobs],
        parked: Vec::new(),
        out: Outcome::default(),
    };
    queue.assign(0);
    while let Some((now, event)) = queue.events.pop() {
        queue.happen(now, event);
    }
    let finished = queue.parked.iter().filter(|job| queue.done[**job]);
    Outcome { dead_done: finished.count() as u64, ..queue.out }
}

/// 시각이나 방법과 상관없이 정해진, 일마다의 처리 시간, µs.
pub fn services(p: &Params) -> Vec<u64> {
    let mut gaps = Gaps::new(p.seed);
    (0..p.jobs).map(|_| gaps.draw(p.service_ms * 1_000)).collect()
}

impl Params {
    pub fn rules(&self) -> Rules {
        Rules {
            workers: self.workers,
            ack_wait: self.ack_wait_ms * 1_000,
            crash: self.crash_permille,
            loss: self.loss_permille,
            max_deliver: self.max_deliver,
            in_progress: self.in_progress,
            seed: self.seed,
        }
    }

    /// 아무도 죽지 않고 확인도 사라지지 않을 때, 확인 기다림이 평균 처리
    /// 시간의 `percent`%라면.
    fn calm(&self, percent: u64, in_progress: bool) -> Rules {
        Rules {
            ack_wait: (self.service_ms * percent * 10).max(2),
            crash: 0,
            loss: 0,
            in_progress,
            ..self.rules()
        }
    }

    fn expected(&self) -> u64 {
        self.jobs * (self.jobs + 1) / 2
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let services = services(p);
    let mut seen = Vec::new();
    let outcome = simulate(&services, &p.rules(), |each| seen.push(each));
    let duplicates = outcome.completions - outcome.unique;
    let sum = if p.idempotent { outcome.once } else { outcome.every };
    let words =
        [outcome.deliveries, duplicates, outcome.dead, outcome.makespan, sum];
    let mut report = Report::default()
        .answer("deliveries", outcome.deliveries)
        .answer("unique", outcome.unique)
        .answer("duplicates", duplicates)
        .answer("dead", outcome.dead)
        .answer("dead_done", outcome.dead_done)
        .answer("makespan", outcome.makespan)
        .answer("expected", p.expected())
        .answer("sum_once", outcome.once)
        .answer("sum_every", outcome.every)
        .checksum(&words);
    let mut storm = Vec::new();
    for (done, percent) in WAITS.into_iter().enumerate() {
        ctx.progress(done as u64, WAITS.len() as u64, "기다림을 바꿔 보기")?;
        let plain = simulate(&services, &p.calm(percent, false), |_| {});
        let told = simulate(&services, &p.calm(percent, true), |_| {});
        report = report
            .answer(&format!("calm_at_{percent}"), plain.deliveries)
            .answer(&format!("calm_dead_at_{percent}"), plain.dead);
        storm.push((percent, plain, told));
    }
    Ok(report
        .view(View::Timeline(gantt(p, &seen)))
        .view(View::Table(counts(p, &outcome)))
        .view(View::Chart(chart(p, &storm)))
        .view(View::Table(calm_table(p, &storm)))
        .view(note(
            "큐의 규칙만 옮긴 모형이고 진짜 큐가 아님: 망의 지연이 없고, \
             일꾼은 한 번에 하나씩 당김. 진짜 큐는 jobs_nats에 있음",
        )))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let int = |key: &str| report.int(key).unwrap_or(0);
    let seen = int("calm_at_25");
    let ratio = seen as f64 / p.jobs as f64;
    let again = match seen.saturating_sub(p.jobs) {
        0 => "다시 배달한 것은 없음".to_owned(),
        again => format!(
            "{}번은 이미 누가 하고 있거나 끝낸 일임",
            format::int(again)
        ),
    };
    let sentence = format!(
        "확인 기다림이 평균 처리 시간의 1/4이면 일 {}건에 배달이 {}번이고, \
         {again}.",
        format::int(p.jobs),
        format::int(seen),
    );
    let verdict = Verdict::ratio(GUESSES, ratio, sentence);
    Verdict { headline: format!("{}번", format::int(seen)), ..verdict }
}

fn ms(us: u64) -> f64 {
    us as f64 / 1_000.0
}

/// 그림에 놓는 배달과 일꾼의 수.
const SHOWN: usize = 60;
const LANES: u64 = 8;

/// 일꾼마다 한 줄, 그 아래에 기다림이 끝난 순간들.
fn gantt(p: &Params, seen: &[Seen]) -> Timeline {
    let works: Vec<(usize, Work)> = seen
        .iter()
        .filter_map(|each| match *each {
            Seen::Worked(work) => Some(work),
            _ => None,
        })
        .enumerate()
        .filter(|(_, work)| work.worker < LANES)
        .collect();
    // 첫 재전송이 그림의 앞쪽에 오게 함
    let first = works.iter().position(|(_, work)| work.turn > 1).unwrap_or(0);
    let from = first.saturating_sub(SHOWN / 3);
    let shown = &works[from..(from + SHOWN).min(works.len())];
    let begin = shown.first().map_or(0, |(_, work)| work.start);
    let end = shown.iter().map(|(_, work)| work.end).max().unwrap_or(0);
    let nth = |at: Option<&(usize, _)>| at.map_or(0, |(nth, _)| nth + 1);
    let lane = |lane: u64| {
        let mine = shown.iter().filter(|(_, work)| work.worker == lane);
        let spans = mine.map(|(_, work)| {
            let Work { job, turn, start, end, died, .. } = *work;
            let times = match turn {
                1 => String::new(),
                turn => format!(" ({turn}번째)"),
            };
            let (end_mark, tone) = match (died, turn) {
                (true, _) => (" ✕", Tone::Dead),
                (false, 1) => ("", Tone::Plain),
                (false, _) => ("", Tone::Now),
            };
            let label = format!("{job}{times}{end_mark}");
            Span::new(ms(start), ms(end), label, tone)
        });
        let label = format!("일꾼 {}", lane + 1);
        TimeLane { label, spans: spans.collect() }
    };
    let mut lanes: Vec<TimeLane> =
        (0..p.workers.min(LANES)).map(lane).collect();
    let inside = |at: u64| (begin..=end).contains(&at);
    let moments = |pick: &dyn Fn(&Seen) -> Option<(u64, u64)>, tone: Tone| {
        let all = seen.iter().filter_map(pick).filter(|(_, at)| inside(*at));
        all.map(|(job, at)| Span::at(ms(at), job.to_string(), tone)).collect()
    };
    let expired = |each: &Seen| match *each {
        Seen::Expired { job, at } => Some((job, at)),
        _ => None,
    };
    lanes.push(TimeLane {
        label: "기다림 끝".into(),
        spans: moments(&expired, Tone::Hit),
    });
    let parked = |each: &Seen| match *each {
        Seen::Parked { job, at } => Some((job, at)),
        _ => None,
    };
    let parked: Vec<Span> = moments(&parked, Tone::Dead);
    if !parked.is_empty() {
        lanes.push(TimeLane { label: "격리".into(), spans: parked });
    }
    let hidden = match p.workers > LANES {
        true => format!(" (일꾼 {}명 가운데 {LANES}명만 그림)", p.workers),
        false => String::new(),
    };
    Timeline {
        title: format!(
            "배달 {}–{}번째: 칸의 수는 일의 번호, 괄호와 짙은 칸은 다시 \
             배달된 것, ✕는 하다 죽음{hidden}",
            nth(shown.first()),
            nth(shown.last())
        ),
        badge: Badge::Model,
        axis: "가상 시각".into(),
        unit: "ms(모형)".into(),
        lanes,
    }
}

fn counts(p: &Params, outcome: &Outcome) -> Table {
    let expected = p.expected();
    let gap = |sum: u64| match sum.cmp(&expected) {
        std::cmp::Ordering::Equal => "맞음".to_owned(),
        std::cmp::Ordering::Less => {
            format!("{} 모자람", format::int(expected - sum))
        }
        std::cmp::Ordering::Greater => {
            format!("{} 넘침", format::int(sum - expected))
        }
    };
    let kept = |on: bool| if on == p.idempotent { " ← 지금" } else { "" };
    let line = |label: &str, value: Cell, say: String| {
        vec![label.into(), value, say.into()]
    };
    let again = outcome.deliveries - p.jobs;
    let duplicates = outcome.completions - outcome.unique;
    let rows = vec![
        line("배달", outcome.deliveries.into(), String::new()),
        line("그 가운데 재전송", again.into(), String::new()),
        line("끝까지 한 일", outcome.unique.into(), String::new()),
        line("두 번째부터의 끝냄", duplicates.into(), "헛일임".into()),
        line(
            "격리",
            outcome.dead.into(),
            match outcome.dead {
                0 => String::new(),
                _ => format!("그 가운데 {}건은 끝낸 일임", outcome.dead_done),
            },
        ),
        line(
            "모두 정해진 때",
            Cell::fixed(ms(outcome.makespan), 0),
            "ms(모형)".into(),
        ),
        line(
            "효과의 합: 번호마다 한 번",
            outcome.once.into(),
            format!("{}{}", gap(outcome.once), kept(true)),
        ),
        line(
            "효과의 합: 끝낼 때마다",
            outcome.every.into(),
            format!("{}{}", gap(outcome.every), kept(false)),
        ),
    ];
    Table {
        title: format!(
            "일 {}건, 확인 기다림 {} ms",
            format::int(p.jobs),
            format::int(p.ack_wait_ms)
        ),
        badge: Badge::Model,
        columns: vec![
            Column::text("무엇"),
            Column::number("수", ""),
            Column::text("뜻"),
        ],
        rows,
    }
}

type Storm = (u64, Outcome, Outcome);

fn chart(p: &Params, storm: &[Storm]) -> Chart {
    let each = |outcome: &Outcome| outcome.deliveries as f64 / p.jobs as f64;
    let x = |percent: u64| percent as f64 / 100.0;
    let plain = storm.iter().map(|(at, plain, _)| (x(*at), each(plain)));
    let told = storm.iter().map(|(at, _, told)| (x(*at), each(told)));
    let line = |name: &str, points: Vec<(f64, f64)>| Series {
        name: name.into(),
        shape: Shape::Line,
        points: points.into_iter().map(Into::into).collect(),
    };
    Chart {
        title: "아무도 죽지 않을 때: 확인을 짧게 기다리면".into(),
        badge: Badge::Model,
        x: Axis::log("확인 기다림", "평균 처리 시간의 배"),
        y: Axis::linear("일 하나의 배달", "번"),
        series: vec![
            line("그냥", plain.collect()),
            line("하는 중이라고 알림", told.collect()),
        ],
        marks: vec![Mark {
            axis: AxisName::Y,
            at: 1.0,
            label: "한 번씩".into(),
        }],
    }
}

fn calm_table(p: &Params, storm: &[Storm]) -> Table {
    let row = |(percent, plain, _): &Storm| {
        let spent = plain.completions as f64 / plain.unique.max(1) as f64;
        vec![
            Cell::fixed(*percent as f64 / 100.0, 2),
            plain.deliveries.into(),
            (plain.completions - plain.unique).into(),
            plain.dead.into(),
            Cell::fixed((1.0 - 1.0 / spent) * 100.0, 1),
            Cell::fixed(ms(plain.makespan), 0),
        ]
    };
    Table {
        title: format!(
            "아무도 죽지 않고 확인도 사라지지 않을 때, 일 {}건",
            format::int(p.jobs)
        ),
        badge: Badge::Model,
        columns: vec![
            Column::number("확인 기다림", "평균의 배"),
            Column::number("배달", "번"),
            Column::number("헛일", "번"),
            Column::number("격리", "건"),
            Column::number("헛일의 몫(횟수)", "%"),
            Column::number("모두 정해진 때", "ms(모형)"),
        ],
        rows: storm.iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn outcome(p: &Params) -> Outcome {
        simulate(&services(p), &p.rules(), |_| {})
    }

    /// 손으로 따라간 것: 첫 일은 200에 다시 배달되고 300에 확인됨. 둘째
    /// 일꾼은 500까지 헛일을 함.
    #[test]
    fn a_late_ack_stops_the_next_delivery_but_not_the_running_one() {
        let p = Params {
            workers: 2,
            crash_permille: 0,
            loss_permille: 0,
            ..Params::default()
        };
        let rules = Rules { ack_wait: 200, ..p.rules() };
        let mut starts = Vec::new();
        let got = simulate(&[300, 100], &rules, |seen| {
            if let Seen::Worked(work) = seen {
                let Work { worker, job, turn, start, end, .. } = work;
                starts.push((worker, job, turn, start, end));
            }
        });
        let want = [(0, 0, 1, 0, 300), (1, 1, 1, 0, 100), (1, 0, 2, 200, 500)];
        assert_eq!(starts, want);
        assert_eq!((got.deliveries, got.completions, got.unique), (3, 3, 2));
        assert_eq!((got.makespan, got.once, got.every), (300, 3, 4));
    }

    /// 일꾼이 많으면 여덟 명만 그리고 그렇다고 말함. 그 여덟의 배달이 60개임.
    #[test]
    fn the_picture_says_which_workers_it_leaves_out() {
        let drawn = |workers: &str| {
            let report = run_with("ack_redelivery", &[("workers", workers)]);
            let first = report.views.into_iter().next();
            let Some(View::Timeline(timeline)) = first else { panic!() };
            let workers = timeline.lanes.iter();
            let workers =
                workers.filter(|lane| lane.label.starts_with("일꾼"));
            let spans: usize = workers.map(|lane| lane.spans.len()).sum();
            (timeline.title, spans)
        };
        let (title, spans) = drawn("4");
        assert!(!title.contains("만 그림"), "{title}");
        assert_eq!(spans, SHOWN);
        let (title, spans) = drawn("32");
        assert!(title.contains("32명 가운데 8명만 그림"), "{title}");
        assert_eq!(spans, SHOWN);
    }

    #[test]
    fn the_default_run_is_right_only_when_idempotent() {
        let report = run_with("ack_redelivery", &[]);
        let int = |key| report.int(key).unwrap();
        assert_eq!((int("deliveries"), int("duplicates")), (237, 21));
        assert_eq!((int("unique"), int("dead")), (200, 0));
        assert_eq!((int("sum_once"), int("sum_every")), (20_100, 22_181));
        assert_eq!(int("expected"), 20_100);
    }

    /// 아무도 죽지 않아도 기다림이 짧으면 배달이 두 배가 됨.
    #[test]
    fn a_short_wait_makes_a_storm_though_nothing_crashed() {
        let report = run_with("ack_redelivery", &[]);
        let want = [425, 324, 264, 220, 202, 200, 200];
        for (percent, want) in WAITS.into_iter().zip(want) {
            let key = format!("calm_at_{percent}");
            assert_eq!(report.int(&key), Some(want), "{key}");
        }
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("2"));
        let alone = run_with("ack_redelivery", &[("workers", "1")]);
        let said = alone.verdict.unwrap().sentence;
        assert!(said.ends_with("다시 배달한 것은 없음."), "{said}");
    }

    #[test]
    fn saying_in_progress_ends_the_storm() {
        for workers in [1, 4, 32] {
            let p = Params { workers, ..Params::default() };
            for percent in WAITS {
                let calm = p.calm(percent, true);
                let got = simulate(&services(&p), &calm, |_| {});
                assert_eq!(got.deliveries, p.jobs);
            }
        }
    }

    /// 혼자면 다시 받을 사람이 없고, 여럿이면 멀쩡한 일이 격리됨.
    #[test]
    fn more_hands_make_a_bigger_storm() {
        let at = |workers| {
            let p = Params { workers, ..Params::default() };
            simulate(&services(&p), &p.calm(25, false), |_| {})
        };
        assert_eq!(at(1).deliveries, 200);
        let many = at(32);
        assert_eq!((many.deliveries, many.dead), (551, 39));
        assert_eq!((many.dead_done, many.unique), (39, 200));
    }

    /// 끝낸 일의 번호마다 한 번: 무엇이 겹쳐도 그대로임.
    #[test]
    fn the_idempotent_sum_counts_each_finished_job_once() {
        for seed in 0..20 {
            for max_deliver in [1, 2, 5] {
                let p = Params {
                    seed,
                    max_deliver,
                    crash_permille: 300,
                    loss_permille: 200,
                    ack_wait_ms: 200,
                    ..Params::default()
                };
                let (mut finished, mut died) = (BTreeSet::new(), 0);
                let mut every = 0;
                let rules = p.rules();
                let got = simulate(&services(&p), &rules, |seen| match seen {
                    Seen::Worked(Work { died: true, .. }) => died += 1,
                    Seen::Worked(Work { job, .. }) => {
                        finished.insert(job);
                        every += job + 1;
                    }
                    _ => {}
                });
                let once: u64 = finished.iter().map(|job| job + 1).sum();
                assert_eq!((got.once, got.every), (once, every));
                assert_eq!(got.unique, finished.len() as u64);
                assert_eq!(got.completions + died, got.deliveries);
                // 잃은 것은 모두 격리 목록에 있음
                assert_eq!(p.jobs - got.unique, got.dead - got.dead_done);
                assert!(got.deliveries <= p.jobs * max_deliver);
            }
        }
        let calm = Params { crash_permille: 0, ..Params::default() };
        assert_eq!(outcome(&calm).once, calm.expected());
    }
}
