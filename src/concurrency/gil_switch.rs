//! 마이크는 하나: 락 하나를 주고받는 스레드를 정수 µs로 흉내냄.

use std::collections::VecDeque;

use super::events::{Events, percentile};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series, Shape,
    Span, Table, TimeLane, Timeline, Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 스레드를 늘려도 계산은 빨라지지 않고, 입출력 스레드는 \
               굶는가?",
    prediction: Prediction {
        text: "파이썬 스레드 셋이 GIL 하나를 나눠 씀: 둘은 쉬지 않고 \
               계산하고, 하나는 1 ms 기다렸다 0.1 ms 일하기를 되풀이함. \
               바꾸는 간격이 5 ms일 때, 기다림을 마친 입출력 스레드가 GIL을 \
               얻기까지 평균 몇 ms가 걸릴까?",
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
    /// 스레드가 무엇을 나눠 쓰는가.
    pub enum Mode {
        Gil = "gil", "GIL 하나";
        FreeThreaded = "free_threaded", "자유 스레드";
        Processes = "processes", "프로세스";
    }
}

lab::params! {
    /// 계산만 하는 스레드와, 기다렸다 조금 일하는 스레드.
    pub struct Params {
        cpu_threads: u64 = 2, int("계산 스레드").unit("개").range(0, 16);
        io_threads: u64 = 1, int("입출력 스레드").unit("개").range(0, 16);
        interval_us: u64 = 5_000, int("바꾸는 간격").unit("µs")
            .range(100, 50_000).log()
            .hint("sys.setswitchinterval의 값");
        io_cpu_us: u64 = 100, int("입출력의 계산").unit("µs")
            .range(10, 5_000).log();
        io_wait_us: u64 = 1_000, int("입출력의 기다림").unit("µs")
            .range(100, 50_000).log();
        cores: u64 = 4, int("코어").unit("개").range(1, 16);
        mode: Mode = Mode::Gil, choice("그림으로 볼 방식");
        penalty_pct: u64 = 8, int("느려짐").unit("%").range(0, 50)
            .hint("자유 스레드 빌드의 코드가 느린 몫");
        duration_ms: u64 = 500, int("지켜보는 시간").unit("ms")
            .range(10, 5_000).log();
    }
    check = check;
}

/// 스레드마다 간격의 수를 더한 것의 한도: 사건의 수가 이것에 비례함.
const MOST_WAITS: u64 = 300_000;

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    let threads = p.cpu_threads + p.io_threads;
    if threads == 0 {
        let why = "계산 스레드(cpu_threads)의 값 '0': 입출력 스레드도 0이면 \
                   할 일이 없음. 둘의 합이 1–32개 범위여야 함";
        return Err(Failure::param("cpu_threads", why.into()));
    }
    let waits = p.duration_ms * 1_000 / p.interval_us * threads;
    if waits <= MOST_WAITS {
        return Ok(());
    }
    let why = format!(
        "바꾸는 간격(interval_us)의 값 '{}': 스레드마다 간격의 수를 더하면 \
         {}번임. 0–{}번 범위여야 함",
        p.interval_us,
        format::int(waits),
        format::int(MOST_WAITS)
    );
    Err(Failure::param("interval_us", why))
}

/// 커널이 지나가는 순간.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// 자리가 없어 줄을 섬.
    Queue { thread: usize, now: u64 },
    /// `since`부터 기다려 락을 얻음.
    Take { thread: usize, since: u64, now: u64 },
    /// 간격 내내 아무도 바뀌지 않아 내놓으라고 함.
    Request { thread: usize, holder: usize, now: u64 },
    /// `since`부터 쥐던 락을 내놓음.
    Drop { thread: usize, since: u64, now: u64 },
    /// 입출력을 기다리러 감.
    Block { thread: usize, now: u64, until: u64 },
}

/// 앞으로 일어날 일. `turn`이 지금과 다르면 이미 지나간 상태의 것임.
#[derive(Clone, Copy, Debug)]
enum Event {
    Wake { thread: usize },
    Patience { thread: usize, turn: u64 },
    Finish { thread: usize, turn: u64 },
}

#[derive(Clone, Copy, Debug)]
struct Thread {
    is_io: bool,
    turn: u64,
    /// 지금의 상태가 시작된 시각.
    since: u64,
    /// 이번 입출력에 남은 계산, µs.
    left: u64,
    /// 줄을 설 때 본 바뀐 횟수.
    seen: u64,
}

/// 방식 하나의 결과.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// 계산 스레드가 한 일, 느려짐이 없는 코어의 µs.
    pub work: u64,
    pub ops: u64,
    /// 입출력 스레드가 락을 얻은 횟수. 0이면 기다린 시간이 없음.
    pub turns: u64,
    /// 입출력 스레드가 락을 얻기까지의 평균과 p99, µs.
    pub wait: u64,
    pub p99: u64,
    /// 락의 주인이 바뀐 횟수.
    pub switches: u64,
}

// ANCHOR: kernel
/// 자리를 나눠 쓰는 스레드들. 자리가 하나면 GIL임.
struct Gil<W> {
    slots: usize,
    interval: u64,
    threads: Vec<Thread>,
    holders: VecDeque<usize>,
    waiters: VecDeque<usize>,
    events: Events<Event>,
    switches: u64,
    last: Option<usize>,
    work: u64,
    waits: Vec<u64>,
    watch: W,
}

impl<W: FnMut(Step)> Gil<W> {
    fn ask(&mut self, id: usize, now: u64) {
        let thread = &mut self.threads[id];
        (thread.turn, thread.since) = (thread.turn + 1, now);
        if self.holders.len() < self.slots {
            return self.hold(id, now);
        }
        self.waiters.push_back(id);
        (self.watch)(Step::Queue { thread: id, now }); // step: queue
        self.be_patient(id, now);
    }

    /// 한 간격만 기다려 봄. 그때의 바뀐 횟수를 기억해 둠.
    fn be_patient(&mut self, id: usize, now: u64) {
        let thread = &mut self.threads[id];
        thread.seen = self.switches;
        let event = Event::Patience { thread: id, turn: thread.turn };
        self.events.push(now + self.interval, event);
    }

    fn hold(&mut self, id: usize, now: u64) {
        let thread = &mut self.threads[id];
        let since = thread.since;
        (thread.turn, thread.since) = (thread.turn + 1, now);
        let (is_io, left, turn) = (thread.is_io, thread.left, thread.turn);
        self.holders.push_back(id);
        if self.last != Some(id) {
            (self.last, self.switches) = (Some(id), self.switches + 1);
        }
        (self.watch)(Step::Take { thread: id, since, now }); // step: take
        if is_io {
            self.waits.push(now - since);
            self.events.push(now + left, Event::Finish { thread: id, turn });
        }
    }

    fn let_go(&mut self, id: usize, now: u64) {
        self.holders.retain(|holder| *holder != id);
        let thread = &mut self.threads[id];
        let since = thread.since;
        if thread.is_io {
            thread.left -= now - since;
        } else {
            self.work += now - since;
        }
        (self.watch)(Step::Drop { thread: id, since, now }); // step: drop
        if let Some(next) = self.waiters.pop_front() {
            self.hold(next, now);
        }
    }

    fn out_of_patience(&mut self, id: usize, now: u64) {
        let unchanged = self.threads[id].seen == self.switches;
        self.be_patient(id, now);
        if let Some(&holder) = self.holders.front()
            && unchanged
        {
            let thread = id;
            (self.watch)(Step::Request { thread, holder, now }); // step: request
            self.let_go(holder, now);
            self.ask(holder, now);
        }
    }
}
// ANCHOR_END: kernel

/// 방식 하나를 끝까지.
pub fn simulate(p: &Params, mode: Mode, watch: impl FnMut(Step)) -> Outcome {
    let slow = match mode {
        Mode::FreeThreaded => p.penalty_pct,
        Mode::Gil | Mode::Processes => 0,
    };
    let slots = if mode == Mode::Gil { 1 } else { p.cores };
    let io_cpu = p.io_cpu_us * (100 + slow) / 100;
    let end = p.duration_ms * 1_000;
    let thread =
        |is_io| Thread { is_io, turn: 0, since: 0, left: io_cpu, seen: 0 };
    let cpus = p.cpu_threads as usize;
    let threads = cpus + p.io_threads as usize;
    let mut gil = Gil {
        slots: slots as usize,
        interval: p.interval_us,
        threads: (0..threads).map(|id| thread(id >= cpus)).collect(),
        holders: VecDeque::new(),
        waiters: VecDeque::new(),
        events: Events::default(),
        switches: 0,
        last: None,
        work: 0,
        waits: Vec::new(),
        watch,
    };
    let mut ops = 0;
    for id in 0..threads {
        if id < cpus {
            gil.ask(id, 0);
        } else {
            gil.events.push(p.io_wait_us, Event::Wake { thread: id });
        }
    }
    while let Some((now, event)) = gil.events.pop_due(end - 1) {
        let current = |thread: usize, turn| gil.threads[thread].turn == turn;
        match event {
            Event::Wake { thread } => gil.ask(thread, now),
            Event::Patience { thread, turn } if current(thread, turn) => {
                gil.out_of_patience(thread, now);
            }
            Event::Finish { thread, turn } if current(thread, turn) => {
                gil.let_go(thread, now);
                ops += 1;
                gil.threads[thread].left = io_cpu;
                let until = now + p.io_wait_us;
                gil.events.push(until, Event::Wake { thread });
                (gil.watch)(Step::Block { thread, now, until });
            }
            Event::Patience { .. } | Event::Finish { .. } => {}
        }
    }
    let running = gil.holders.iter().map(|id| gil.threads[*id]);
    let running = running.filter(|thread| !thread.is_io);
    let last: u64 = running.map(|thread| end - thread.since).sum();
    gil.waits.sort_unstable();
    let total: u64 = gil.waits.iter().sum();
    let turns = gil.waits.len() as u64;
    Outcome {
        work: (gil.work + last) * 100 / (100 + slow),
        ops,
        turns,
        wait: total / turns.max(1),
        p99: percentile(&gil.waits, 99),
        switches: gil.switches,
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let mut report = Report::default();
    let (mut words, mut rows) = (Vec::new(), Vec::new());
    for (done, mode) in Mode::ALL.into_iter().enumerate() {
        ctx.progress(done as u64, 3, "세 방식으로 돌리기")?;
        let outcome = simulate(p, mode, |_| {});
        let Outcome { work, ops, wait, p99, switches, .. } = outcome;
        words.extend([work, ops, wait, p99, switches]);
        let key = |what: &str| format!("{}_{what}", mode.value());
        report = report
            .answer(&key("work"), work)
            .answer(&key("ops"), ops)
            .answer(&key("wait"), wait)
            .answer(&key("p99"), p99)
            .answer(&key("switches"), switches);
        rows.push(row(p, mode, &outcome));
    }
    Ok(report
        .checksum(&words)
        .view(View::Table(Table {
            title: COMPARED.into(),
            badge: Badge::Model,
            columns: vec![
                Column::text("방식"),
                Column::number("계산한 일", "코어"),
                Column::number("입출력", "번/초(모형)"),
                Column::number("차례를 얻기까지 평균", "ms(모형)"),
                Column::number("p99", "ms(모형)"),
                Column::number("주인이 바뀜", "번"),
            ],
            rows,
        }))
        .view(View::Timeline(timeline(p)))
        .view(sweep(p, ctx)?)
        .view(View::Trace(replay(p))))
}

/// 방식을 견준 표의 제목과, 기다린 평균의 열: 예측의 정답이 여기서 나옴.
const COMPARED: &str = "같은 스레드를 세 방식으로";
const WAIT: usize = 3;

fn row(p: &Params, mode: Mode, outcome: &Outcome) -> Vec<Cell> {
    // 한 번도 얻지 못했으면 0 ms가 아니라 값이 없음
    let ms = |us: u64| match outcome.turns {
        0 => "–".into(),
        _ => Cell::fixed(us as f64 / 1_000.0, 3),
    };
    let cores = outcome.work as f64 / (p.duration_ms * 1_000) as f64;
    let rate = outcome.ops as f64 * 1_000.0 / p.duration_ms as f64;
    vec![
        mode.label().into(),
        Cell::fixed(cores, 2),
        Cell::fixed(rate, 0),
        ms(outcome.wait),
        ms(outcome.p99),
        outcome.switches.into(),
    ]
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let int = |key: &str| report.int(key).unwrap_or(0);
    let ms = |key: &str| int(key) as f64 / 1_000.0;
    let text = |value: f64| format::fixed(value, 2);
    let table = report.views.iter().find_map(|view| match view {
        View::Table(table) if table.title == COMPARED => Some(table),
        _ => None,
    });
    let had_turn = |mode: Mode| {
        let row = table.and_then(|table| table.rows.get(mode as usize));
        row.is_some_and(|row| row[WAIT].value.is_some())
    };
    let free = match had_turn(Mode::FreeThreaded) {
        true => format!(
            "자유 스레드에서는 평균 {} ms, {}번임.",
            text(ms("free_threaded_wait")),
            format::int(int("free_threaded_ops")),
        ),
        false => "자유 스레드에서도 차례가 오지 않음.".into(),
    };
    if had_turn(Mode::Gil) {
        let wait = ms("gil_wait");
        return Verdict::number(
            format!("{} ms", text(wait)),
            wait,
            format!(
                "GIL 하나에서 평균 {} ms, p99 {} ms를 기다려 입출력을 {}번 \
                 함. {free}",
                text(wait),
                text(ms("gil_p99")),
                format::int(int("gil_ops")),
            ),
        );
    }
    // 기다린 시간이 없으니 맞고 틀릴 수도 없음
    let watched = format::int(p.duration_ms);
    let (headline, sentence) = if p.io_threads == 0 {
        (
            "물을 것이 없음",
            "입출력 스레드가 0개라 GIL을 기다린 스레드가 없음.".into(),
        )
    } else if p.io_wait_us >= p.duration_ms * 1_000 {
        (
            "물을 것이 없음",
            format!(
                "지켜본 {watched} ms 안에 입출력이 한 번도 끝나지 않아 GIL을 \
                 기다린 스레드가 없음."
            ),
        )
    } else {
        (
            "차례가 오지 않음",
            format!(
                "지켜본 {watched} ms 안에 입출력 스레드가 GIL을 한 번도 얻지 \
                 못해, 기다린 시간을 말할 수 없음. {free}"
            ),
        )
    };
    let headline = headline.into();
    Verdict { headline, sentence, ..Verdict::default() }
}

fn name(p: &Params, thread: usize) -> String {
    match (thread as u64).checked_sub(p.cpu_threads) {
        None => format!("계산 {}", thread + 1),
        Some(io) => format!("입출력 {}", io + 1),
    }
}

/// 그림에 놓는 시간: 간격의 이만큼과 계산 스레드가 세 번씩 도는 만큼 가운데
/// 긴 것. 그러나 이보다 많은 칸은 놓지 않음.
const SHOWN_INTERVALS: u64 = 12;
const SPANS: usize = 1_500;

fn timeline(p: &Params) -> Timeline {
    let intervals = SHOWN_INTERVALS.max(3 * p.cpu_threads);
    let shown = intervals * p.interval_us.max(p.io_wait_us);
    let end = shown.min(p.duration_ms * 1_000);
    let threads = (p.cpu_threads + p.io_threads) as usize;
    let mut lanes: Vec<TimeLane> = (0..threads)
        .map(|id| TimeLane { label: name(p, id), spans: Vec::new() })
        .collect();
    let mut drawn = 0;
    let mut add = |id: usize, from: u64, to: u64, label: &str, tone| {
        let to = to.min(end);
        if from < to && drawn < SPANS {
            let (from, to) = (from as f64 / 1_000.0, to as f64 / 1_000.0);
            lanes[id].spans.push(Span::new(from, to, label, tone));
            drawn += 1;
        }
    };
    for id in p.cpu_threads as usize..threads {
        add(id, 0, p.io_wait_us, "대기", Tone::Seen);
    }
    // 끝까지 쥐고 있거나 줄에 선 것도 그림
    let mut open = vec![None; threads];
    simulate(p, p.mode, |step| match step {
        Step::Queue { thread, now } => open[thread] = Some((now, "준비")),
        Step::Take { thread, since, now } => {
            add(thread, since, now, "준비", Tone::Dead);
            open[thread] = Some((now, "실행"));
        }
        Step::Drop { thread, since, now } => {
            add(thread, since, now, "실행", Tone::Now);
            open[thread] = None;
        }
        Step::Block { thread, now, until } => {
            add(thread, now, until, "대기", Tone::Seen);
        }
        Step::Request { .. } => {}
    });
    for (id, state) in open.into_iter().enumerate() {
        if let Some((from, label)) = state {
            let tone = if label == "실행" { Tone::Now } else { Tone::Dead };
            add(id, from, end, label, tone);
        }
    }
    let (mode, ms) = (p.mode.label(), end as f64 / 1_000.0);
    let mut title =
        format!("{mode}: 처음 {} ms(모형)", format::significant(ms));
    if drawn == SPANS {
        title += &format!(", {SPANS}칸까지");
    }
    Timeline {
        title,
        badge: Badge::Model,
        axis: "가상 시각".into(),
        unit: "ms(모형)".into(),
        lanes,
    }
}

/// 계산 스레드를 늘려 가며 본, 입출력 스레드가 기다린 시간.
fn sweep(p: &Params, ctx: &Ctx) -> Result<View, Failure> {
    let mut series = Vec::new();
    for (done, mode) in Mode::ALL.into_iter().enumerate() {
        ctx.progress(done as u64, 3, "계산 스레드를 늘려 보기")?;
        // 코어가 모자라면 모형이 맞지 않음: 운영체제는 자다 깬 쪽을 먼저 올림
        let room = match mode {
            Mode::Gil => 8,
            Mode::FreeThreaded | Mode::Processes => (p.cores - 1).min(8),
        };
        // 차례가 오지 않은 곳에는 찍을 값이 없음
        let points = (0..=room).filter_map(|cpu_threads| {
            let io_threads = p.io_threads.max(1);
            let p = Params { cpu_threads, io_threads, ..p.clone() };
            let Outcome { turns, wait, .. } = simulate(&p, mode, |_| {});
            let point = (cpu_threads as f64, wait as f64 / 1_000.0).into();
            (turns > 0).then_some(point)
        });
        series.push(Series {
            name: mode.label().into(),
            shape: Shape::Line,
            points: points.collect(),
        });
    }
    series.retain(|each| !each.points.is_empty());
    if series.is_empty() {
        return Ok(lab::note(
            "지켜보는 시간이 짧아, 계산 스레드를 늘려도 입출력 스레드가 \
             기다린 시간이 없음",
        ));
    }
    // 0개면 기다릴 스레드가 없어 하나를 둔 셈으로 그림
    let whose = match p.io_threads {
        0 => "입출력 스레드가 하나라면 그",
        _ => "입출력 스레드의",
    };
    Ok(View::Chart(Chart {
        title: format!("계산 스레드를 늘리면: {whose} 평균 기다림"),
        badge: Badge::Model,
        x: Axis::linear("계산 스레드", "개"),
        y: Axis::linear("차례를 얻기까지", "ms(모형)"),
        series,
        marks: Vec::new(),
    }))
}

/// 재생하는 장면의 수.
const REPLAYED: usize = 120;

fn replay(p: &Params) -> Trace {
    let threads = (p.cpu_threads + p.io_threads) as usize;
    let ms = |us: u64| format::fixed(us as f64 / 1_000.0, 3);
    let mut frames: Vec<Frame> = Vec::new();
    let names: Vec<String> = (0..threads).map(|id| name(p, id)).collect();
    let label = if threads <= 4 {
        names.join("·")
    } else {
        let (cpu, io) = (p.cpu_threads, p.io_threads);
        format!("앞의 {cpu}개는 계산, 뒤의 {io}개는 입출력")
    };
    // 스레드마다의 지금: 쥠, 줄, 입출력
    let mut tones: Vec<Option<Tone>> = vec![None; threads];
    simulate(p, p.mode, |step| {
        if frames.len() == REPLAYED {
            return;
        }
        let (tag, say, now) = match step {
            Step::Queue { thread, now } => {
                tones[thread] = Some(Tone::Plain);
                ("queue", format!("{}: 줄을 섬", name(p, thread)), now)
            }
            Step::Take { thread, since, now } => {
                tones[thread] = Some(Tone::Now);
                let waited = ms(now - since);
                let say = format!("{}: {waited} 기다려 얻음", name(p, thread));
                ("take", say, now)
            }
            Step::Request { thread, holder, now } => {
                let (asker, holder) = (name(p, thread), name(p, holder));
                let say = format!(
                    "{asker}: 한 간격 동안 바뀌지 않아 {holder}에게 \
                     내놓으라 함"
                );
                ("request", say, now)
            }
            Step::Drop { thread, since, now } => {
                tones[thread] = None;
                let (name, held) = (name(p, thread), ms(now - since));
                ("drop", format!("{name}: {held} 쥐고 내놓음"), now)
            }
            Step::Block { .. } => return,
        };
        let cells = tones.iter().zip(0..).filter_map(|(tone, at)| {
            let tone = (*tone)?;
            let text = if tone == Tone::Now { "쥠" } else { "줄" };
            Some(LaneCell { at, text: text.into(), tone })
        });
        let cells = cells.collect();
        frames.push(Frame {
            step: tag.into(),
            say,
            counters: vec![("시각, ms(모형)".into(), ms(now))],
            lanes: vec![Lane {
                label: label.clone(),
                size: threads as u64,
                cells,
                group: 0,
            }],
            jumps: Vec::new(),
        });
    });
    Trace {
        title: format!(
            "{}: 처음 {}장면, 시간은 ms(모형)",
            p.mode.label(),
            frames.len()
        ),
        badge: Badge::Model,
        frames,
    }
}

#[cfg(target_family = "wasm")]
fn measure(_: &Params, _: &Ctx) -> Result<Vec<View>, Failure> {
    Ok(vec![lab::note(
        "진짜 스레드와 견주는 일은 네이티브에서만 됨. 페이지의 파이썬은 \
         스레드를 시작하지 못함: 카드의 'Python 고쳐 보기'에서 실행하면 그 \
         오류가 나옴",
    )])
}

/// Rust의 진짜 스레드. GIL이 없으므로 코어의 수까지 늘어남.
#[cfg(not(target_family = "wasm"))]
fn measure(p: &Params, ctx: &Ctx) -> Result<Vec<View>, Failure> {
    let (low, high) = (1, p.cpu_threads.max(2));
    let mut rows = Vec::new();
    let mut one = 0;
    for cpus in [low, high] {
        ctx.progress(cpus - 1, high, "진짜 스레드")?;
        let (counted, mut lags) = real_threads(p, cpus);
        if cpus == low {
            one = counted;
        }
        lags.sort_unstable();
        // 깬 적이 없으면 0 ms가 아니라 값이 없음
        let ms = |percent| match lags.len() {
            0 => "–".into(),
            _ => Cell::fixed(percentile(&lags, percent) as f64 / 1_000.0, 3),
        };
        rows.push(vec![
            format!("계산 {cpus}개와 입출력 {}개", p.io_threads).into(),
            Cell::fixed(counted as f64 / one.max(1) as f64, 2),
            (lags.len() as u64).into(),
            ms(50),
            ms(99),
        ]);
    }
    Ok(vec![View::Table(Table {
        title: format!("Rust의 스레드, {} ms씩 한 번", real_ms(p)),
        badge: Badge::Measured,
        columns: vec![
            Column::text("스레드"),
            Column::number("계산한 일", "하나의 몇 배"),
            Column::number("입출력", "번"),
            Column::number("늦은 시간 중앙값", "ms"),
            Column::number("p99", "ms"),
        ],
        rows,
    })])
}

#[cfg(not(target_family = "wasm"))]
fn real_ms(p: &Params) -> u64 {
    p.duration_ms.min(1_000)
}

/// 스레드를 실제로 돌려 (계산 횟수의 합, 늦게 깬 시간 µs).
#[cfg(not(target_family = "wasm"))]
fn real_threads(p: &Params, cpus: u64) -> (u64, Vec<u64>) {
    use std::hint::black_box;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::{Duration, Instant};

    let stop = AtomicBool::new(false);
    let wait = Duration::from_micros(p.io_wait_us);
    let running = || !stop.load(Ordering::Relaxed);
    thread::scope(|scope| {
        let spinners: Vec<_> = (0..cpus)
            .map(|_| {
                scope.spawn(|| {
                    let mut n = 0u64;
                    while running() {
                        n = black_box(n + 1);
                    }
                    n
                })
            })
            .collect();
        let sleepers: Vec<_> = (0..p.io_threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut lags = Vec::new();
                    while running() {
                        let start = Instant::now();
                        thread::sleep(wait);
                        let late = start.elapsed().saturating_sub(wait);
                        lags.push(late.as_micros() as u64);
                    }
                    lags
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(real_ms(p)));
        stop.store(true, Ordering::Relaxed);
        // 스레드 안에는 패닉할 곳이 없음
        let counted = spinners.into_iter().filter_map(|one| one.join().ok());
        let lags = sleepers.into_iter().filter_map(|one| one.join().ok());
        (counted.sum(), lags.flatten().collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 입출력 스레드는 계산 스레드마다 한 간격씩 기다림.
    #[test]
    fn an_io_thread_waits_one_interval_a_cpu_thread() {
        let report = run_with("gil_switch", &[]);
        assert_eq!(report.int("gil_wait"), Some(9_977));
        assert_eq!(report.int("gil_p99"), Some(10_000));
        assert_eq!(report.int("gil_ops"), Some(45));
        assert_eq!(report.int("free_threaded_wait"), Some(0));
        let one = run_with("gil_switch", &[("cpu_threads", "1")]);
        assert_eq!(one.int("gil_wait"), Some(5_000));
        // 1 ms + 5 ms + 0.1 ms마다 한 번: 500 / 6.1
        assert_eq!(one.int("gil_ops"), Some(81));
        let three = run_with("gil_switch", &[("cpu_threads", "3")]);
        assert_eq!(three.int("gil_wait"), Some(14_967));
    }

    /// GIL에서는 스레드를 늘려도 한 코어의 일임.
    #[test]
    fn total_work_is_one_core_under_the_gil() {
        for cpus in ["1", "2", "8"] {
            let report = run_with("gil_switch", &[("cpu_threads", cpus)]);
            let work = report.int("gil_work").unwrap();
            assert!((490_000..=500_000).contains(&work), "{work}");
        }
        let report = run_with("gil_switch", &[]);
        assert_eq!(report.int("processes_work"), Some(1_000_000));
        // 1,000,000 / 1.08
        assert_eq!(report.int("free_threaded_work"), Some(925_925));
    }

    #[test]
    fn alone_an_io_thread_never_waits() {
        let report = run_with("gil_switch", &[("cpu_threads", "0")]);
        assert_eq!(report.int("gil_wait"), Some(0));
        // 500 / 1.1
        assert_eq!(report.int("gil_ops"), Some(454));
    }

    /// 지켜보는 동안 차례가 오지 않으면 0 ms가 아니라 답이 없음.
    #[test]
    fn no_turn_is_no_wait_of_zero() {
        let starved = [("cpu_threads", "16"), ("interval_us", "50000")];
        for (pairs, headline) in [
            (&starved[..], "차례가 오지 않음"),
            (&[("io_threads", "0")], "물을 것이 없음"),
            (
                &[("io_wait_us", "50000"), ("duration_ms", "10")],
                "물을 것이 없음",
            ),
        ] {
            let report = run_with("gil_switch", pairs);
            let verdict = report.verdict.unwrap();
            assert!(verdict.is_pending(), "{}", verdict.sentence);
            assert_eq!(verdict.headline, headline);
            let View::Table(table) = &report.views[0] else { unreachable!() };
            assert_eq!(table.rows[0][WAIT].text, "–");
            let charts = report.views.iter().filter_map(|view| match view {
                View::Chart(chart) => Some(chart),
                _ => None,
            });
            let mut lines = charts.flat_map(|chart| &chart.series);
            assert!(lines.all(|line| !line.points.is_empty()));
        }
    }

    /// 얻기는 했지만 끝내지 못한 입출력에는 기다린 시간이 있음.
    #[test]
    fn an_unfinished_turn_still_waited() {
        let pairs = [
            ("cpu_threads", "0"),
            ("io_wait_us", "9000"),
            ("io_cpu_us", "5000"),
            ("duration_ms", "10"),
        ];
        let report = run_with("gil_switch", &pairs);
        assert_eq!(report.int("gil_ops"), Some(0));
        assert_eq!(report.verdict.unwrap().number, Some(0.0));
    }

    #[test]
    fn refuses_nothing_to_do_and_too_many_waits() {
        let table = Params::table();
        let none = [("cpu_threads", "0"), ("io_threads", "0")];
        let wrong = table.parse(none, Scope::Browser).unwrap_err();
        assert_eq!(wrong.field(), Some("cpu_threads"));
        let many = [("interval_us", "100"), ("duration_ms", "5000")];
        let many = many.into_iter().chain([("cpu_threads", "16")]);
        let wrong = table.parse(many, Scope::Browser).unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "바꾸는 간격(interval_us)의 값 '100': 스레드마다 간격의 수를 \
             더하면 850,000번임. 0–300,000번 범위여야 함"
        );
    }
}
