//! 한 줄로 서서 함께 기다리기: 준비 줄과 타이머로 된 고리를 정수 µs로 흉내냄.

use std::collections::VecDeque;

use super::events::Events;
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series, Shape,
    Span, Table, TimeLane, Timeline, Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 코루틴 하나가 오래 계산하면 모두가 느려지는가?",
    prediction: Prediction {
        text: "작업 8개가 이벤트 루프에서 2 ms 계산하고 100 ms 기다리기를 세 \
               번 되풀이함. 첫 작업이 한 번만 1,000 ms를 더 계산하면, 다른 \
               작업이 돌 준비를 마치고도 못 도는 가장 긴 시간은?",
        ask: Ask::Number { unit: "ms" },
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
    /// 작업을 겹치는 방법.
    pub enum Model {
        Sequential = "sequential", "하나씩 끝까지";
        Threads = "threads", "스레드 풀";
        EventLoop = "event_loop", "이벤트 루프";
    }
}

lab::params! {
    /// 계산과 기다림을 되풀이하는 작업들.
    pub struct Params {
        tasks: u64 = 8, int("작업의 수").unit("개").range(1, 50);
        cpu_ms: u64 = 2, int("한 바퀴의 계산").unit("ms").range(0, 200);
        io_ms: u64 = 100, int("한 바퀴의 기다림").unit("ms")
            .range(0, 2_000);
        rounds: u64 = 3, int("바퀴").unit("번").range(1, 10);
        rogue_ms: u64 = 1_000, int("첫 작업의 긴 계산").unit("ms")
            .range(0, 2_000).hint("둘째 바퀴에서 한 번. 바퀴가 하나면 첫 바퀴");
        offload: bool = false, flag("그 계산을 루프 밖으로")
            .hint("다른 코어로 보내고 결과를 기다림: 계산이 기다림이 됨");
        model: Model = Model::EventLoop, choice("그림으로 볼 방법");
        threads: u64 = 8, int("풀의 스레드").unit("개").range(1, 50);
        switch_us: u64 = 5, int("전환 한 번의 비용").unit("µs")
            .range(0, 500);
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 스레드는 이만큼 돌면 남에게 넘김, µs: `sys.getswitchinterval()`의 기본값.
const INTERVAL: u64 = 5_000;

/// 모형 하나의 설정. 시간은 모두 µs.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    tasks: usize,
    cpu: u64,
    io: u64,
    rounds: u64,
    /// 첫 작업이 `rogue_round`에서 더 하는 계산과 더 기다리는 시간.
    rogue_cpu: u64,
    rogue_io: u64,
    switch: u64,
    /// 한꺼번에 시작해 둘 수 있는 작업의 수.
    slots: usize,
    /// 이만큼 돌면 뺏김. 이벤트 루프에서는 뺏기지 않음.
    quantum: u64,
}

impl Params {
    pub fn plan(&self, model: Model) -> Plan {
        let (slots, quantum) = match model {
            Model::Sequential => (1, u64::MAX),
            Model::Threads => (self.threads, INTERVAL),
            Model::EventLoop => (self.tasks, u64::MAX),
        };
        let rogue = self.rogue_ms * 1_000;
        Plan {
            tasks: self.tasks as usize,
            cpu: self.cpu_ms * 1_000,
            io: self.io_ms * 1_000,
            rounds: self.rounds,
            rogue_cpu: if self.offload { 0 } else { rogue },
            rogue_io: if self.offload { rogue } else { 0 },
            switch: self.switch_us,
            slots: slots as usize,
            quantum,
        }
    }
}

impl Plan {
    fn is_rogue(&self, task: usize, round: u64) -> bool {
        task == 0 && round == 1.min(self.rounds - 1)
    }

    fn cpu(&self, task: usize, round: u64) -> u64 {
        let rogue = self.is_rogue(task, round);
        self.cpu + if rogue { self.rogue_cpu } else { 0 }
    }

    fn io(&self, task: usize, round: u64) -> u64 {
        let rogue = self.is_rogue(task, round);
        self.io + if rogue { self.rogue_io } else { 0 }
    }
}

/// 작업 하나의 진행.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    round: u64,
    /// 이번 바퀴에 남은 계산, µs.
    left: u64,
    /// 준비 줄에 선 시각.
    since: u64,
}

/// 커널이 지나가는 순간.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// 기다림이 끝난 작업이 준비 줄에 섬.
    Wake { task: usize },
    /// 작업이 끝남. 빈자리에 들어와 줄을 선 작업이 `next`임.
    Done { task: usize, next: Option<usize> },
    /// `since`부터 밀린 작업이 `from`에서 `to`까지 돎.
    Run { task: usize, since: u64, from: u64, to: u64 },
    /// 뺏겨서 다시 줄을 섬.
    Preempt { task: usize },
    /// 기다리러 감.
    Await { task: usize, from: u64, to: u64 },
    /// 돌 것이 없어 다음 타이머까지 잠.
    Sleep { to: u64 },
}

/// 모형 한 번의 결과, µs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub makespan: u64,
    /// 준비를 마치고도 못 돈 시간 가운데 가장 긴 것과 그 합.
    pub max_lag: u64,
    pub waited: u64,
    /// 계산한 시간의 합. 전환은 빠짐.
    pub busy: u64,
}

// ANCHOR: kernel
/// 고리: 때가 된 것을 깨우고, 맨 앞의 것을 돌리고, 없으면 잠.
pub fn simulate(plan: &Plan, mut watch: impl FnMut(Step)) -> Outcome {
    let mut tasks: Vec<Task> = (0..plan.tasks)
        .map(|task| Task { round: 0, left: plan.cpu(task, 0), since: 0 })
        .collect();
    let mut unstarted = 0..plan.tasks;
    let mut ready: VecDeque<usize> =
        unstarted.by_ref().take(plan.slots).collect();
    let mut timers = Events::<usize>::default();
    let (mut now, mut outcome) = (0, Outcome::default());
    loop {
        while let Some((at, id)) = timers.pop_due(now) {
            let task = &mut tasks[id];
            (task.round, task.since) = (task.round + 1, at);
            if task.round < plan.rounds {
                task.left = plan.cpu(id, task.round);
                ready.push_back(id);
                watch(Step::Wake { task: id }); // step: wake
            } else {
                outcome.makespan = outcome.makespan.max(at);
                // 빈자리에 아직 시작하지 않은 작업을 들임
                let next = unstarted.next();
                ready.extend(next);
                watch(Step::Done { task: id, next });
            }
        }
        let Some(id) = ready.pop_front() else {
            let Some(next) = timers.next_at() else { break };
            now = next;
            watch(Step::Sleep { to: now }); // step: sleep
            continue;
        };
        let task = &mut tasks[id];
        let from = now + plan.switch;
        let lag = from - task.since;
        outcome.max_lag = outcome.max_lag.max(lag);
        outcome.waited += lag;
        let slice = task.left.min(plan.quantum);
        (now, task.left) = (from + slice, task.left - slice);
        outcome.busy += slice;
        let since = task.since;
        watch(Step::Run { task: id, since, from, to: now }); // step: run
        if task.left > 0 {
            task.since = now;
            ready.push_back(id);
            watch(Step::Preempt { task: id });
        } else {
            let wake = now + plan.io(id, task.round);
            timers.push(wake, id);
            let from = now;
            watch(Step::Await { task: id, from, to: wake }); // step: await
        }
    }
    outcome
}
// ANCHOR_END: kernel

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 1, "세 방법으로 돌리기")?;
    let chosen = simulate(&p.plan(p.model), |_| {});
    let mut report = Report::default();
    let mut words = Vec::new();
    let mut rows = Vec::new();
    for model in Model::ALL {
        let outcome = simulate(&p.plan(model), |_| {});
        let key = model.value();
        report = report
            .answer(&format!("{key}_makespan"), outcome.makespan)
            .answer(&format!("{key}_max_lag"), outcome.max_lag);
        rows.push(row(p, model, outcome));
        if model == p.model {
            words = vec![outcome.makespan, outcome.max_lag, outcome.waited];
        }
    }
    Ok(report
        .answer("makespan", chosen.makespan)
        .answer("max_lag", chosen.max_lag)
        .answer("waited", chosen.waited)
        .answer("busy", chosen.busy)
        .checksum(&words)
        .view(View::Table(Table {
            title: "같은 일을 세 방법으로".into(),
            badge: Badge::Model,
            columns: vec![
                Column::text("방법"),
                Column::number("모두 끝남", "ms(모형)"),
                Column::number("가장 긴 밀림", "ms(모형)"),
                Column::number("밀림의 합", "ms(모형)"),
                Column::number("계산한 몫", "%"),
            ],
            rows,
        }))
        .view(View::Timeline(timeline(p)))
        .view(View::Chart(sweep(p, ctx)?))
        .view(View::Trace(replay(p))))
}

fn row(p: &Params, model: Model, outcome: Outcome) -> Vec<Cell> {
    let name = match model {
        Model::Threads => format!("{} ({}개)", model.label(), p.threads),
        _ => model.label().into(),
    };
    let share = outcome.busy as f64 * 100.0 / outcome.makespan.max(1) as f64;
    vec![
        name.into(),
        ms(outcome.makespan),
        ms(outcome.max_lag),
        ms(outcome.waited),
        Cell::fixed(share, 1),
    ]
}

fn ms(us: u64) -> Cell {
    Cell::fixed(us as f64 / 1_000.0, 3)
}

fn verdict(report: &Report) -> Verdict {
    let ms = |key: &str| report.int(key).unwrap_or(0) as f64 / 1_000.0;
    let lag = ms("event_loop_max_lag");
    let text = |value: f64| format::fixed(value, 1);
    Verdict::number(
        format!("{} ms", text(lag)),
        lag,
        format!(
            "이벤트 루프에서 가장 긴 밀림은 {} ms이고 모두 끝나는 데 {} ms \
             걸림. 뺏는 스레드에서는 가장 긴 밀림이 {} ms(풀에 자리가 없어 \
             시작을 못 한 것도 셈), 하나씩 하면 {} ms임.",
            text(lag),
            text(ms("event_loop_makespan")),
            text(ms("threads_max_lag")),
            text(ms("sequential_max_lag")),
        ),
    )
}

/// 그림에 놓는 작업과 칸의 수.
const LANES: usize = 12;
const SPANS: usize = 1_500;

fn timeline(p: &Params) -> Timeline {
    let name = |task: usize| format!("작업 {}", task + 1);
    let lanes = p.tasks.min(LANES as u64) as usize;
    let mut lanes: Vec<TimeLane> = (0..lanes)
        .map(|task| TimeLane { label: name(task), spans: Vec::new() })
        .collect();
    let mut drawn = 0;
    let mut add = |task: usize, from: u64, to: u64, label: &str, tone| {
        if let Some(lane) = lanes.get_mut(task)
            && from < to
            && drawn < SPANS
        {
            let (from, to) = (from as f64 / 1_000.0, to as f64 / 1_000.0);
            lane.spans.push(Span::new(from, to, label, tone));
            drawn += 1;
        }
    };
    simulate(&p.plan(p.model), |step| match step {
        Step::Run { task, since, from, to } => {
            add(task, since, from, "준비", Tone::Dead);
            add(task, from, to, "실행", Tone::Now);
        }
        Step::Await { task, from, to } => {
            add(task, from, to, "대기", Tone::Seen);
        }
        _ => {}
    });
    let mut title = format!("{}: 작업마다의 시간", p.model.label());
    if p.tasks > LANES as u64 {
        title += &format!(" (처음 {LANES}개)");
    }
    if drawn == SPANS {
        title += &format!(" (처음 {SPANS}칸까지)");
    }
    Timeline {
        title,
        badge: Badge::Model,
        axis: "가상 시각".into(),
        unit: "ms(모형)".into(),
        lanes,
    }
}

/// 첫 작업이 더 하는 계산을 늘려 가며 본, 세 방법의 가장 긴 밀림.
fn sweep(p: &Params, ctx: &Ctx) -> Result<Chart, Failure> {
    const EXTRA: [u64; 9] = [0, 10, 50, 100, 250, 500, 1_000, 1_500, 2_000];
    let mut series = Vec::new();
    for (done, model) in Model::ALL.into_iter().enumerate() {
        ctx.progress(done as u64, 3, "계산을 늘려 보기")?;
        let points = EXTRA.map(|rogue_ms| {
            let p = Params { rogue_ms, ..p.clone() };
            let outcome = simulate(&p.plan(model), |_| {});
            (rogue_ms as f64, outcome.max_lag as f64 / 1_000.0).into()
        });
        series.push(Series {
            name: model.label().into(),
            shape: Shape::Line,
            points: points.into(),
        });
    }
    Ok(Chart {
        title: "긴 계산을 늘리면".into(),
        badge: Badge::Model,
        x: Axis::linear("첫 작업의 긴 계산", "ms(모형)"),
        y: Axis::linear("가장 긴 밀림", "ms(모형)"),
        series,
        marks: Vec::new(),
    })
}

/// 재생하는 장면의 수.
const REPLAYED: usize = 150;

/// 지나간 순간들로 다시 세운, 지금의 줄들.
struct Scene {
    now: u64,
    running: Vec<usize>,
    ready: Vec<usize>,
    /// 깨어날 차례대로: 시각과 작업.
    timers: Vec<(u64, usize)>,
}

impl Scene {
    fn apply(&mut self, step: Step) {
        match step {
            Step::Wake { task } => {
                self.timers.retain(|(_, each)| *each != task);
                self.ready.push(task);
            }
            Step::Done { task, next } => {
                self.timers.retain(|(_, each)| *each != task);
                self.ready.extend(next);
            }
            Step::Run { task, to, .. } => {
                self.ready.retain(|each| *each != task);
                (self.now, self.running) = (to, vec![task]);
            }
            Step::Preempt { task } => self.ready.push(task),
            Step::Await { task, to, .. } => {
                self.running.clear();
                self.timers.push((to, task));
                // 같은 시각이면 넣은 차례를 지킴
                self.timers.sort_by_key(|(at, _)| *at);
            }
            Step::Sleep { to } => {
                self.running.clear();
                self.now = to;
            }
        }
    }

    fn lanes(&self, tasks: u64) -> Vec<Lane> {
        let lane =
            |label: &str, ids: Vec<usize>, tone| {
                let cells = ids.into_iter().zip(0..).map(|(id, at)| {
                    LaneCell { at, text: (id + 1).to_string(), tone }
                });
                let cells = cells.collect();
                Lane { label: label.into(), size: tasks, cells, group: 0 }
            };
        let waiting = self.timers.iter().map(|(_, task)| *task);
        vec![
            lane("실행", self.running.clone(), Tone::Now),
            lane("준비 줄", self.ready.clone(), Tone::Plain),
            lane("타이머", waiting.collect(), Tone::Seen),
        ]
    }
}

fn replay(p: &Params) -> Trace {
    let plan = p.plan(p.model);
    let mut scene = Scene {
        now: 0,
        running: Vec::new(),
        ready: (0..plan.tasks.min(plan.slots)).collect(),
        timers: Vec::new(),
    };
    let ms = |us: u64| format::fixed(us as f64 / 1_000.0, 3);
    let mut frames: Vec<Frame> = Vec::new();
    simulate(&plan, |step| {
        if frames.len() == REPLAYED {
            return;
        }
        scene.apply(step);
        let (tag, say) = match step {
            Step::Wake { task } => {
                ("wake", format!("작업 {}: 깨어나 줄을 섬", task + 1))
            }
            Step::Run { task, since, from, to } => {
                let (lag, long) = (ms(from - since), ms(to - from));
                let task = task + 1;
                let say = format!("작업 {task}: {lag} 밀린 뒤 {long} 계산함");
                ("run", say)
            }
            Step::Await { task, to, .. } => {
                let task = task + 1;
                ("await", format!("작업 {task}: {}까지 기다리러 감", ms(to)))
            }
            Step::Sleep { to } => {
                ("sleep", format!("준비 줄이 빔: {}까지 잠", ms(to)))
            }
            Step::Done { .. } | Step::Preempt { .. } => return,
        };
        frames.push(Frame {
            step: tag.into(),
            say,
            counters: vec![("시각, ms(모형)".into(), ms(scene.now))],
            lanes: scene.lanes(p.tasks),
            jumps: Vec::new(),
        });
    });
    let (model, shown) = (p.model.label(), frames.len());
    Trace {
        title: format!("{model}: 처음 {shown}장면, 시각은 ms(모형)"),
        badge: Badge::Model,
        frames,
    }
}

/// 진짜로 재는 일의 한도, ms.
const REAL_MS: u64 = 3_000;

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let model = simulate(&p.plan(Model::EventLoop), |_| {});
    if model.makespan > REAL_MS * 1_000 {
        return Ok(vec![note(format!(
            "모형이 {REAL_MS} ms를 넘어 진짜 이벤트 루프는 돌리지 않음"
        ))]);
    }
    real(p, model, ctx)
}

#[cfg(target_family = "wasm")]
fn real(_: &Params, _: Outcome, _: &Ctx) -> Result<Vec<View>, Failure> {
    Ok(vec![note(
        "진짜 이벤트 루프와 견주는 일은 두 곳에서 함: asyncio는 카드의 \
         'Python 고쳐 보기'(WASM의 스택을 바꿀 수 있는 브라우저에서)나 \
         터미널, tokio는 네이티브 명령에 --features concurrency를 붙인 것",
    )])
}

#[cfg(all(not(target_family = "wasm"), not(feature = "concurrency")))]
fn real(_: &Params, _: Outcome, _: &Ctx) -> Result<Vec<View>, Failure> {
    Ok(vec![note(
        "진짜 이벤트 루프(tokio)와 견주려면 --features concurrency를 붙임",
    )])
}

/// tokio의 스레드 하나짜리 실행기로 같은 일을 함.
#[cfg(all(not(target_family = "wasm"), feature = "concurrency"))]
fn real(p: &Params, model: Outcome, ctx: &Ctx) -> Result<Vec<View>, Failure> {
    use std::time::{Duration, Instant};

    ctx.progress(0, 1, "tokio로 같은 일 하기")?;
    let plan = p.plan(Model::EventLoop);
    let runtime = super::loopback::runtime()?;
    let start = Instant::now();
    let lag = runtime.block_on(async {
        let mut set = tokio::task::JoinSet::new();
        let tasks = tokio::task::LocalSet::new();
        for task in 0..plan.tasks {
            let job = async move {
                let mut lag = start.elapsed();
                for round in 0..plan.rounds {
                    let cpu = Duration::from_micros(plan.cpu(task, round));
                    let from = Instant::now();
                    while from.elapsed() < cpu {
                        std::hint::spin_loop();
                    }
                    let io = Duration::from_micros(plan.io(task, round));
                    let from = Instant::now();
                    tokio::time::sleep(io).await;
                    if round + 1 < plan.rounds {
                        lag = lag.max(from.elapsed().saturating_sub(io));
                    }
                }
                lag
            };
            set.spawn_local_on(job, &tasks);
        }
        let longest = async {
            set.join_all().await.into_iter().max().unwrap_or_default()
        };
        tasks.run_until(longest).await
    });
    let spent = start.elapsed();
    let row = |name: &str, makespan: f64, lag: f64| {
        let cell = |us: f64| Cell::fixed(us / 1_000.0, 1);
        vec![name.into(), cell(makespan), cell(lag)]
    };
    let table = Table {
        title: "tokio의 스레드 하나: 한 번 잰 것".into(),
        badge: Badge::Measured,
        columns: vec![
            Column::text("무엇"),
            Column::number("모두 끝남", "ms"),
            Column::number("가장 긴 밀림", "ms"),
        ],
        rows: vec![row(
            "tokio",
            spent.as_micros() as f64,
            lag.as_micros() as f64,
        )],
    };
    let model = format!(
        "같은 매개변수의 모형은 {} ms와 {} ms임. tokio의 타이머는 1 ms \
         단위로 올림하므로 그만큼 더 밀림",
        ms(model.makespan).text,
        ms(model.max_lag).text
    );
    Ok(vec![View::Table(table), note(model)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn plan(p: &Params, model: Model) -> Outcome {
        simulate(&p.plan(model), |_| {})
    }

    #[test]
    fn the_rogue_delays_everyone_in_a_loop_only() {
        let p = Params::default();
        let outcome = plan(&p, Model::EventLoop);
        // 1,000 ms를 더 계산하는 동안 모두가 그만큼 밀림
        assert_eq!(outcome.max_lag, 1_000_005);
        assert_eq!(outcome.makespan, 1_320_050);
        // 뺏는 스레드에서는 2 ms짜리들이 5 ms마다 끼어듦
        assert_eq!(plan(&p, Model::Threads).max_lag, 18_020);
        let calm = Params { rogue_ms: 0, ..p.clone() };
        assert_eq!(plan(&calm, Model::EventLoop).max_lag, 14_040);
        // 루프 밖으로 보내면 계산이 기다림이 됨
        let out = plan(&Params { offload: true, ..p }, Model::EventLoop);
        assert_eq!((out.max_lag, out.makespan), (14_040, 1_306_015));
    }

    #[test]
    fn nothing_to_do_takes_no_time() {
        let pairs = [
            ("cpu_ms", "0"),
            ("io_ms", "0"),
            ("rogue_ms", "0"),
            ("switch_us", "0"),
        ];
        let report = run_with("event_loop", &pairs);
        assert_eq!(report.int("makespan"), Some(0));
        assert_eq!(report.int("waited"), Some(0));
    }

    /// 한 번에 하나면 전환을 뺀 시간은 계산과 기다림의 합임.
    #[test]
    fn one_at_a_time_adds_everything_up() {
        let p = Params { switch_us: 0, ..Params::default() };
        let outcome = plan(&p, Model::Sequential);
        let want = 8 * 3 * (2 + 100) + 1_000;
        assert_eq!(outcome.makespan, want * 1_000);
        assert_eq!(outcome.busy, (8 * 3 * 2 + 1_000) * 1_000);
        // 스레드 하나짜리 풀도 같음: 줄 설 사람이 없으면 뺏길 일도 없음
        let one = Params { threads: 1, ..p };
        assert_eq!(plan(&one, Model::Threads).makespan, outcome.makespan);
    }
}
