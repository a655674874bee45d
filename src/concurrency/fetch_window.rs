//! 한꺼번에 몇 개까지: 창의 크기를 바꿔 가며 처리량과 지연을 봄.

use std::collections::{BTreeSet, VecDeque};

use super::events::{Events, Gaps, percentile};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Mark, Point, Series, Shape,
    Table, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 동시 요청을 계속 늘리면 오히려 느려지는가?",
    prediction: Prediction {
        text: "망의 지연 50 ms, 처리 5 ms, 한 번에 하나씩 처리하는 서버 \
               8개임. 동시 요청 수를 늘릴 때 처리량이 더는 늘지 않고 지연만 \
               늘기 시작하는 곳은 몇 개부터일까?",
        ask: Ask::Number { unit: "개" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

lab::params! {
    /// 서버에 보내는 요청들.
    pub struct Params {
        requests: u64 = 500, int("요청의 수").unit("개").range(10, 5_000)
            .log();
        window: u64 = 16, int("동시 요청 수").unit("개").range(1, 500)
            .log();
        latency_ms: u64 = 50, int("망의 지연").unit("ms").range(1, 500)
            .hint("가고 오는 시간을 더한 것");
        service_ms: u64 = 5, int("처리 시간").unit("ms").range(1, 50);
        servers: u64 = 8, int("서버의 수").unit("개").range(1, 64)
            .hint("한꺼번에 처리하는 요청의 수");
        queue_limit: u64 = 10_000, int("서버의 줄").unit("개")
            .range(0, 10_000).hint("넘치는 요청은 거절됨");
        overload_penalty_pct: u64 = 0, int("하나마다 느려짐").unit("%")
            .range(0, 20).hint("서버의 줄에 선 요청 하나마다");
        jitter_pct: u64 = 30, int("시간이 흔들리는 몫").unit("%")
            .range(0, 100).hint("이만큼을 지수 분포에서 뽑음. 평균은 그대로");
        seed: u64 = 42, int("씨앗").range(0, 1_000_000);
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 요청마다의 지연과 처리 시간, µs. 창의 크기와 상관없이 같음.
#[derive(Clone, Debug)]
pub struct Load {
    pub jobs: Vec<(u64, u64)>,
    pub servers: u64,
    pub queue_limit: u64,
    /// 줄에 선 하나마다 처리가 느려지는 백분율.
    pub penalty: u64,
}

impl Load {
    pub fn new(p: &Params) -> Self {
        let mut gaps = Gaps::new(p.seed);
        // 평균은 그대로 두고 일부만 흔듦
        let mut time = |ms: u64| {
            let (base, pct) = (ms * 1_000, p.jitter_pct);
            base * (100 - pct) / 100 + gaps.draw(base * pct / 100)
        };
        let job = |_| (time(p.latency_ms), time(p.service_ms));
        Load {
            jobs: (0..p.requests).map(job).collect(),
            servers: p.servers,
            queue_limit: p.queue_limit,
            penalty: p.overload_penalty_pct,
        }
    }
}

/// 창 하나의 결과, µs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub makespan: u64,
    /// 성공한 요청이 돌아오기까지의 분위수.
    pub p50: u64,
    pub p95: u64,
    pub p99: u64,
    pub refused: u64,
}

impl Outcome {
    /// 성공한 요청, 초마다.
    fn rate(&self, requests: usize) -> f64 {
        let served = requests as u64 - self.refused;
        served as f64 * 1e6 / self.makespan.max(1) as f64
    }
}

/// 요청에 일어나는 일. 수는 요청의 번호.
#[derive(Clone, Copy, Debug)]
enum Event {
    Arrive(usize),
    Served(usize),
    Done(usize),
    Refused,
}

// ANCHOR: kernel
/// `window`개만 한꺼번에 보내고, 하나가 돌아올 때마다 다음 것을 보냄.
pub fn simulate(load: &Load, window: u64) -> Outcome {
    let mut events = Events::default();
    let mut queue = VecDeque::new();
    let (mut idle, mut next) = (load.servers, 0);
    let mut sent = vec![0; load.jobs.len()];
    let mut times = Vec::with_capacity(load.jobs.len());
    let (mut now, mut refused) = (0, 0);
    let mut send = |events: &mut Events<Event>, now, sent: &mut [u64]| {
        if let Some((latency, _)) = load.jobs.get(next) {
            sent[next] = now;
            events.push(now + latency / 2, Event::Arrive(next));
            next += 1;
        }
    };
    let serve = |events: &mut Events<Event>, now, id: usize, queued| {
        let slow = 100 + load.penalty * queued as u64;
        let took = load.jobs[id].1 * slow / 100;
        events.push(now + took, Event::Served(id));
    };
    let back = |id: usize| load.jobs[id].0 - load.jobs[id].0 / 2;
    for _ in 0..window {
        send(&mut events, 0, &mut sent);
    }
    while let Some((at, event)) = events.pop() {
        now = at;
        match event {
            Event::Arrive(id) if idle > 0 => {
                idle -= 1;
                serve(&mut events, now, id, queue.len());
            }
            Event::Arrive(id) if (queue.len() as u64) < load.queue_limit => {
                queue.push_back(id);
            }
            Event::Arrive(id) => events.push(now + back(id), Event::Refused),
            Event::Served(id) => {
                events.push(now + back(id), Event::Done(id));
                match queue.pop_front() {
                    Some(id) => serve(&mut events, now, id, queue.len()),
                    None => idle += 1,
                }
            }
            Event::Done(id) => {
                times.push(now - sent[id]);
                send(&mut events, now, &mut sent);
            }
            Event::Refused => {
                refused += 1;
                send(&mut events, now, &mut sent);
            }
        }
    }
    times.sort_unstable();
    let [p50, p95, p99] = [50, 95, 99].map(|q| percentile(&times, q));
    Outcome { makespan: now, p50, p95, p99, refused }
}
// ANCHOR_END: kernel

const WIDEST: u64 = 500;

impl Params {
    /// 서버가 막 바빠지는 창: 서버 수 × (지연 + 처리) / 처리. 하나라도
    /// 모자라면 서버가 쉬므로 올림.
    pub fn knee(&self) -> u64 {
        let whole = self.servers * (self.latency_ms + self.service_ms);
        whole.div_ceil(self.service_ms)
    }

    fn windows(&self) -> BTreeSet<u64> {
        [1, 2, 4, 8, 16, 32, 64, 128, 256, WIDEST]
            .into_iter()
            .chain([self.window, self.knee()])
            .filter(|window| *window <= WIDEST)
            .collect()
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let load = Load::new(p);
    let windows = p.windows();
    let mut points = Vec::new();
    for (done, window) in windows.iter().enumerate() {
        ctx.progress(done as u64, windows.len() as u64, "창을 바꿔 보기")?;
        points.push((*window, simulate(&load, *window)));
    }
    let mut words = Vec::new();
    for (window, point) in &points {
        let Outcome { makespan, p50, p95, p99, refused } = *point;
        words.extend([*window, makespan, p50, p95, p99, refused]);
    }
    let at = |wanted: u64| {
        let point = points.iter().find(|(window, _)| *window == wanted);
        point.map_or(Outcome::default(), |(_, point)| *point)
    };
    let spans: Vec<String> =
        points.iter().map(|(_, each)| each.makespan.to_string()).collect();
    let chosen = at(p.window);
    Ok(Report::default()
        .answer("knee", p.knee())
        .answer("makespan", chosen.makespan)
        .answer("p50", chosen.p50)
        .answer("p95", chosen.p95)
        .answer("p99", chosen.p99)
        .answer("refused", chosen.refused)
        .answer("makespans", spans.join(" ").as_str())
        .answer("p50_at_500", at(WIDEST).p50)
        .checksum(&words)
        .view(View::Chart(throughput(p, &points)))
        .view(View::Chart(latency(p, &points)))
        .view(View::Table(table(p, &points)))
        .view(note("시뮬레이션임: 어디에도 요청을 보내지 않음")))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let int = |key: &str| report.int(key).unwrap_or(0);
    let knee = int("knee");
    let median = format::fixed(int("p50_at_500") as f64 / 1_000.0, 1);
    // 요청이 적으면 창이 넓어도 그만큼만 떠 있음
    let sent = p.requests.min(WIDEST);
    let beyond = if knee < sent {
        format!(
            "그보다 많이 보낸 것은 줄을 서거나 거절되고, {sent}개까지 \
             보내면 응답의 중앙값은 {median} ms임."
        )
    } else if knee == sent {
        format!(
            "여기서 가장 많이 보내는 것이 그 {sent}개이고, 그때 응답의 \
             중앙값은 {median} ms임."
        )
    } else {
        let why = match sent < WIDEST {
            true => "요청이 모두",
            false => "여기서 가장 많이 보내는 것이",
        };
        format!(
            "{why} {sent}개라 거기에 못 미치고, 그때 응답의 중앙값은 \
             {median} ms임."
        )
    };
    let needed = format!("{}개", format::int(knee));
    let whole = p.servers * (p.latency_ms + p.service_ms);
    let exact = match whole % p.service_ms {
        0 => needed.clone(),
        _ => {
            let exact = whole as f64 / p.service_ms as f64;
            format!("{}, 올려서 {needed}", format::fixed(exact, 2))
        }
    };
    Verdict::number(
        needed,
        knee as f64,
        format!(
            "서버 수 × (지연 + 처리) / 처리 = {exact}가 떠 있어야 서버가 \
             쉬지 않음. {beyond}",
        ),
    )
}

fn knee_marks(p: &Params) -> Vec<Mark> {
    let (axis, label) = (AxisName::X, "무릎".into());
    let mark = Mark { axis, at: p.knee() as f64, label };
    Vec::from_iter((p.knee() <= WIDEST).then_some(mark))
}

fn throughput(p: &Params, points: &[(u64, Outcome)]) -> Chart {
    let requests = p.requests as usize;
    let points = points
        .iter()
        .map(|(window, point)| (*window as f64, point.rate(requests)).into());
    let most = p.servers as f64 * 1_000.0 / p.service_ms as f64;
    let points: Vec<Point> = points.collect();
    let mut marks = knee_marks(p);
    // 닿지도 못하는 한계까지 축을 늘리면 곡선이 바닥에 붙음
    if points.iter().any(|point| point.y * 3.0 > most) {
        marks.push(Mark {
            axis: AxisName::Y,
            at: most,
            label: "서버의 한계".into(),
        });
    }
    Chart {
        title: "동시 요청 수와 처리량".into(),
        badge: Badge::Model,
        x: Axis::log("동시 요청 수", "개"),
        y: Axis::linear("성공한 요청", "개/초(모형)"),
        series: vec![Series {
            name: "처리량".into(),
            shape: Shape::Line,
            points,
        }],
        marks,
    }
}

fn latency(p: &Params, points: &[(u64, Outcome)]) -> Chart {
    let series = |name: &str, of: fn(&Outcome) -> u64| Series {
        name: name.into(),
        shape: Shape::Line,
        points: points
            .iter()
            .map(|(window, point)| {
                (*window as f64, of(point) as f64 / 1_000.0).into()
            })
            .collect(),
    };
    Chart {
        title: "동시 요청 수와 응답 시간".into(),
        badge: Badge::Model,
        x: Axis::log("동시 요청 수", "개"),
        y: Axis::linear("응답 시간", "ms(모형)"),
        series: vec![
            series("중앙값", |point| point.p50),
            series("p95", |point| point.p95),
            series("p99", |point| point.p99),
        ],
        marks: knee_marks(p),
    }
}

fn table(p: &Params, points: &[(u64, Outcome)]) -> Table {
    let rows = points.iter().map(|(window, point)| {
        let ms = |us: u64| Cell::fixed(us as f64 / 1_000.0, 1);
        let here = match (*window == p.window, *window == p.knee()) {
            (true, true) => "고름, 무릎",
            (true, false) => "고름",
            (false, true) => "무릎",
            (false, false) => "",
        };
        vec![
            (*window).into(),
            ms(point.makespan),
            Cell::fixed(point.rate(p.requests as usize), 0),
            ms(point.p50),
            ms(point.p95),
            ms(point.p99),
            point.refused.into(),
            here.into(),
        ]
    });
    Table {
        title: format!("요청 {}개를 모두 보내기까지", format::int(p.requests)),
        badge: Badge::Model,
        columns: vec![
            Column::number("동시 요청", "개"),
            Column::number("모두 끝남", "ms(모형)"),
            Column::number("처리량", "개/초(모형)"),
            Column::number("중앙값", "ms(모형)"),
            Column::number("p95", "ms(모형)"),
            Column::number("p99", "ms(모형)"),
            Column::number("거절", "개"),
            Column::text(""),
        ],
        rows: rows.collect(),
    }
}

#[cfg(any(target_family = "wasm", not(feature = "concurrency")))]
fn measure(_: &Params, _: &Ctx) -> Result<Vec<View>, Failure> {
    Ok(vec![note(
        "진짜 소켓으로 같은 곡선을 재려면 네이티브 명령에 --features \
         concurrency를 붙임: 127.0.0.1 안에서만 보냄",
    )])
}

/// 창 하나를 재는 데 쓰는 시간의 한도, ms.
#[cfg(all(not(target_family = "wasm"), feature = "concurrency"))]
const REAL_MS: u64 = 2_000;

/// 127.0.0.1의 서버에 같은 수만큼 보냄. 흔들림, 줄의 길이, 느려짐은 없음.
#[cfg(all(not(target_family = "wasm"), feature = "concurrency"))]
fn measure(p: &Params, ctx: &Ctx) -> Result<Vec<View>, Failure> {
    use super::loopback::{self, Server, Service, Visit};
    use std::time::Duration;

    let steady = Load::new(&Params {
        jitter_pct: 0,
        overload_penalty_pct: 0,
        queue_limit: 10_000,
        ..p.clone()
    });
    let service = Service {
        delay: Duration::from_millis(p.service_ms),
        servers: p.servers as usize,
        body: 1,
    };
    let server = Server::start(service)?;
    let runtime = loopback::runtime()?;
    let windows = BTreeSet::from([8, 32, p.window, p.knee(), 256]);
    let mut rows = Vec::new();
    let mut skipped = Vec::new();
    for (done, window) in windows.iter().enumerate() {
        ctx.progress(done as u64, windows.len() as u64, "진짜 소켓")?;
        let model = simulate(&steady, *window);
        if *window > WIDEST || model.makespan > REAL_MS * 1_000 {
            skipped.push(window.to_string());
            continue;
        }
        let visit = Visit {
            addr: server.addr,
            requests: p.requests as u32,
            window: *window as usize,
            latency: Duration::from_millis(p.latency_ms),
            body: 1,
        };
        let fetched = runtime.block_on(loopback::fetch(visit))?;
        let mut times: Vec<u64> = fetched
            .replies
            .iter()
            .map(|(_, time)| time.as_micros() as u64)
            .collect();
        times.sort_unstable();
        let ms = |us: u64| Cell::fixed(us as f64 / 1_000.0, 1);
        let rate = p.requests as f64 / fetched.spent.as_secs_f64();
        rows.push(vec![
            (*window).into(),
            Cell::fixed(rate, 0),
            Cell::fixed(model.rate(steady.jobs.len()), 0),
            ms(percentile(&times, 50)),
            ms(percentile(&times, 99)),
        ]);
    }
    let timers = note(
        "tokio의 타이머는 1 ms 단위로 올림하므로 처리 하나가 그만큼 \
         길어지고, 처리량은 모형보다 낮음",
    );
    let mut views = vec![View::Table(Table {
        title: "127.0.0.1의 tokio 서버와 손님, 한 번씩".into(),
        badge: Badge::Measured,
        columns: vec![
            Column::number("동시 요청", "개"),
            Column::number("처리량", "개/초"),
            Column::number("모형의 처리량", "개/초(모형)"),
            Column::number("중앙값", "ms"),
            Column::number("p99", "ms"),
        ],
        rows,
    })];
    views.push(timers);
    if !skipped.is_empty() {
        views.push(note(format!(
            "동시 요청 {}개는 재지 않음: 모형이 {} ms를 넘거나 {WIDEST}개보다 \
             많음",
            skipped.join(", "),
            format::int(REAL_MS)
        )));
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn steady(window: u64) -> Outcome {
        let p = Params { jitter_pct: 0, ..Params::default() };
        simulate(&Load::new(&p), window)
    }

    /// 무릎 앞에서는 응답 시간이 그대로고, 뒤에서는 모두 끝나는 때가 그대로임.
    #[test]
    fn before_the_knee_latency_is_flat_and_after_it_throughput() {
        assert_eq!(Params::default().knee(), 88);
        // 하나씩이면 500 · 55 ms
        assert_eq!(steady(1).makespan, 27_500_000);
        assert_eq!(steady(1).p99, 55_000);
        assert_eq!(steady(16).p50, 55_000);
        assert_eq!(steady(88).makespan, 365_000);
        assert_eq!(steady(500).makespan, 365_000);
        assert_eq!(steady(500).p50, 210_000);
    }

    /// 줄이 길수록 느려지면 처리량이 되레 줄어듦.
    #[test]
    fn a_penalty_bends_the_curve_down() {
        let p = Params {
            jitter_pct: 0,
            overload_penalty_pct: 1,
            ..Params::default()
        };
        let load = Load::new(&p);
        assert_eq!(simulate(&load, 88).makespan, 417_250);
        assert_eq!(simulate(&load, 500).makespan, 1_119_850);
    }

    /// 짧은 줄은 거절하는 대신 응답 시간을 지킴.
    #[test]
    fn a_short_queue_refuses_but_stays_quick() {
        let p = Params { jitter_pct: 0, queue_limit: 20, ..Params::default() };
        let outcome = simulate(&Load::new(&p), 256);
        assert_eq!((outcome.refused, outcome.p99), (436, 70_000));
    }

    #[test]
    fn latency_obeys_littles_law() {
        // 머무는 수 = 도착률 × 머무는 시간: 늘 차 있는 창이면 창의 크기
        let p = Params { requests: 5_000, ..Params::default() };
        let load = Load::new(&p);
        let outcome = simulate(&load, 128);
        let mean = 128.0 * outcome.makespan as f64 / 5_000.0;
        let ratio = outcome.p50 as f64 / mean;
        assert!((0.9..1.1).contains(&ratio), "{ratio}");
    }

    #[test]
    fn the_verdict_follows_the_run() {
        let pairs = [("service_ms", "10"), ("servers", "4")];
        let verdict = run_with("fetch_window", &pairs).verdict.unwrap();
        assert_eq!(verdict.number, Some(24.0));
    }

    /// 고른 수가 마침 무릎이어도 무릎이라고 적음.
    #[test]
    fn a_chosen_knee_is_still_the_knee() {
        let requests = 5_000;
        let p = Params { window: 88, requests, ..Params::default() };
        let table = table(&p, &[(88, Outcome::default())]);
        assert_eq!(table.rows[0][7].text, "고름, 무릎");
        assert!(table.title.contains("5,000개"), "{}", table.title);
    }

    /// 무릎이 보내는 수와 같을 때, 나누어떨어지지 않을 때, 요청이 적을 때.
    #[test]
    fn the_sentence_says_what_was_sent() {
        let tell = |pairs: &[(&str, &str)]| {
            let verdict = run_with("fetch_window", pairs).verdict.unwrap();
            (verdict.number, verdict.sentence)
        };
        let all =
            [("servers", "50"), ("latency_ms", "9"), ("service_ms", "1")];
        let (number, sentence) = tell(&all);
        assert_eq!(number, Some(500.0));
        assert!(!sentence.contains("못 미치고"), "{sentence}");
        // 8 × 53 / 3
        let (number, sentence) = tell(&[("service_ms", "3")]);
        assert_eq!(number, Some(142.0));
        assert!(sentence.contains("= 141.33, 올려서 142개"), "{sentence}");
        let (_, sentence) = tell(&[("requests", "10")]);
        assert!(sentence.contains("요청이 모두 10개라"), "{sentence}");
        assert!(!sentence.contains("500"), "{sentence}");
    }
}
