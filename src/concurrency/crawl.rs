//! 기다림 겹치기: 0.1초씩 기다리는 요청 1,000번.

use std::collections::BTreeSet;

use super::fetch_window::{Load, simulate};
use lab::checksum::{fnv1a, hex};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Series, Shape, Span, Table, TimeLane,
    Timeline, Tone, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 1,000번의 0.1초를 1초에 끝낼 수 있는가?",
    prediction: Prediction {
        text: "요청 1,000번이 저마다 0.1초를 기다림. 동시에 100개씩 보내던 \
               것을 1,000개로 늘리면 전체는 몇 배 빨라질까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("body", 1_024)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("1", "그대로임: 이미 다 겹쳤음"),
    ("3", "3배 남짓"),
    ("10", "10배에 가까움"),
    ("30", "30배: 겹칠수록 더 빨라짐"),
];

lab::choices! {
    /// 요청을 보내는 쪽.
    pub enum Client {
        Serial = "serial", "하나씩";
        Threads = "threads", "스레드";
        Asyncio = "asyncio", "asyncio";
        Tokio = "tokio", "tokio";
    }
}

lab::params! {
    /// 저마다 같은 시간을 기다리는 요청들.
    pub struct Params {
        requests: u64 = 1_000, int("요청의 수").unit("번").range(10, 5_000)
            .log();
        delay_ms: u64 = 100, int("한 번의 기다림").unit("ms").range(1, 500)
            .log();
        window: u64 = 100, int("동시 요청 수").unit("개").range(1, 1_000)
            .log();
        client: Client = Client::Asyncio, choice("보내는 쪽")
            .hint("'하나씩'이면 동시 요청 수는 1임. 나머지는 모형이 같음");
        body: u64 = 256, int("본문의 길이").unit("B").range(1, 65_536);
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 요청 하나의 본문: 번호를 씨앗으로 하는 난수의 바이트.
pub fn body(request: u64, length: usize) -> Vec<u8> {
    let mut rng = SplitMix64::new(request);
    let words = (0..length.div_ceil(8)).map(|_| rng.next_u64());
    let mut bytes: Vec<u8> = words.flat_map(u64::to_le_bytes).collect();
    bytes.truncate(length);
    bytes
}

// ANCHOR: kernel
/// 바퀴의 수 × 한 번의 기다림.
pub fn ideal(requests: u64, delay: u64, window: u64) -> u64 {
    requests.div_ceil(window) * delay
}

/// 서버가 창만큼 함께 처리하고, 흔들림이 없는 요청들.
fn load(requests: u64, delay: u64, window: u64) -> Load {
    Load {
        jobs: vec![(0, delay); requests as usize],
        servers: window,
        queue_limit: requests,
        penalty: 0,
    }
}
// ANCHOR_END: kernel

impl Params {
    fn delay(&self) -> u64 {
        self.delay_ms * 1_000
    }

    fn width(&self) -> u64 {
        match self.client {
            Client::Serial => 1,
            Client::Threads | Client::Asyncio | Client::Tokio => self.window,
        }
    }

    fn ideal(&self, window: u64) -> u64 {
        ideal(self.requests, self.delay(), window)
    }

    fn model(&self, window: u64) -> u64 {
        let load = load(self.requests, self.delay(), window);
        simulate(&load, window).makespan
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let (best, wide) = (p.ideal(p.width()), p.ideal(1_000));
    let makespan = p.model(p.width());
    let mut prints = Vec::with_capacity(p.requests as usize);
    for request in 0..p.requests {
        if request % 500 == 0 {
            ctx.progress(request, p.requests, "본문의 지문")?;
        }
        prints.push(fnv1a(body(request, p.body as usize)));
    }
    let bodies = hex(&prints);
    let words: Vec<u64> =
        [best, makespan, wide].into_iter().chain(prints).collect();
    Ok(Report::default()
        .answer("ideal", best)
        .answer("makespan", makespan)
        .answer("ideal_100", p.ideal(100))
        .answer("ideal_1000", wide)
        .answer("bytes", p.requests * p.body)
        .answer("bodies", bodies.as_str())
        .checksum(&words)
        .view(View::Timeline(timeline(p)))
        .view(View::Table(table(p)))
        .view(View::Chart(chart(p)))
        .view(note(
            "시뮬레이션임: 어디에도 요청을 보내지 않음. 서버가 보낸 만큼 함께 \
             처리해 준다고 보는, 가장 좋은 경우임",
        )))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key: &str| report.int(key).unwrap_or(0);
    let p = Params::read(&report.params).unwrap_or_default();
    let (narrow, wide) = (int("ideal_100"), int("ideal_1000"));
    let ms = |us: u64| format::fixed(us as f64 / 1_000.0, 0);
    let sentence = if narrow == wide {
        format!(
            "요청이 100개를 넘지 않으면 100개씩 보내도 이미 한 바퀴라, \
             1,000개로 늘려도 {} ms 그대로임.",
            ms(wide)
        )
    } else {
        format!(
            "가장 좋은 경우로 {} ms가 {} ms로 줆. 서버도 {}개를 함께 \
             처리할 때의 이야기이고, 연결을 여는 값은 빠져 있어 실제로는 \
             이보다 덜 빨라짐.",
            ms(narrow),
            ms(wide),
            format::int(p.requests.min(1_000))
        )
    };
    Verdict::ratio(GUESSES, narrow as f64 / wide.max(1) as f64, sentence)
}

fn ms(us: u64) -> Cell {
    Cell::fixed(us as f64 / 1_000.0, 0)
}

fn windows(p: &Params) -> BTreeSet<u64> {
    BTreeSet::from([1, 10, 100, 1_000, p.width()])
}

fn table(p: &Params) -> Table {
    let rows = windows(p).into_iter().map(|window| {
        let times = p.ideal(1) as f64 / p.ideal(window) as f64;
        vec![
            window.into(),
            p.requests.div_ceil(window).into(),
            ms(p.ideal(window)),
            ms(p.model(window)),
            Cell::fixed(times, 1),
        ]
    });
    Table {
        title: format!(
            "요청 {}번, 한 번에 {} ms(모형)",
            format::int(p.requests),
            p.delay_ms
        ),
        badge: Badge::Model,
        columns: vec![
            Column::number("동시 요청", "개"),
            Column::number("바퀴", "번"),
            Column::number("바퀴 × 기다림", "ms(모형)"),
            Column::number("시뮬레이션", "ms(모형)"),
            Column::number("하나씩의", "배"),
        ],
        rows: rows.collect(),
    }
}

fn chart(p: &Params) -> Chart {
    const WIDTHS: [u64; 13] =
        [1, 2, 5, 10, 20, 50, 100, 150, 200, 350, 500, 700, 1_000];
    let points =
        WIDTHS.map(|w| (w as f64, p.ideal(w) as f64 / 1_000.0).into());
    let ends = [1.0, 1_000.0].map(|w| (w, p.delay_ms as f64).into());
    let line = |name: &str, points| Series {
        name: name.into(),
        shape: Shape::Line,
        points,
    };
    Chart {
        title: "동시 요청 수를 늘리면".into(),
        badge: Badge::Model,
        x: Axis::log("동시 요청 수", "개"),
        y: Axis::log("모두 끝남", "ms(모형)"),
        // 기준선의 이름표는 마지막 점을 가리므로 한 줄로 놓음
        series: vec![
            line("바퀴 × 기다림", points.into()),
            line("한 번의 기다림", ends.into()),
        ],
        marks: Vec::new(),
    }
}

/// 그림에 놓는 연결과 바퀴.
const LANES: u64 = 6;
const ROUNDS: u64 = 12;

fn timeline(p: &Params) -> Timeline {
    // 요청보다 많은 연결은 열지 않음
    let width = p.width().min(p.requests);
    let lanes = (0..width.min(LANES)).map(|lane| {
        let mine = (lane..p.requests).step_by(width as usize).zip(0..ROUNDS);
        let spans = mine.map(|(request, round)| {
            let from = (round * p.delay_ms) as f64;
            let label = format!("{}", request + 1);
            Span::new(from, from + p.delay_ms as f64, label, Tone::Seen)
        });
        let label = format!("연결 {}", lane + 1);
        TimeLane { label, spans: spans.collect() }
    });
    let lanes: Vec<TimeLane> = lanes.collect();
    Timeline {
        title: format!(
            "연결 {}개 가운데 {}개, 처음 {ROUNDS}바퀴까지: 칸의 수는 요청의 \
             번호",
            format::int(width),
            lanes.len()
        ),
        badge: Badge::Model,
        axis: "가상 시각".into(),
        unit: "ms(모형)".into(),
        lanes,
    }
}

#[cfg(any(target_family = "wasm", not(feature = "concurrency")))]
fn measure(_: &Params, _: &Ctx) -> Result<Vec<View>, Failure> {
    Ok(vec![note(
        "진짜로 보내고 받는 시간은 네이티브 명령에 --features concurrency를 \
         붙여 잼: 우리가 연 127.0.0.1의 서버에만 보냄",
    )])
}

#[cfg(all(not(target_family = "wasm"), feature = "concurrency"))]
use real::measure;

/// 진짜로 보내고 받음.
#[cfg(all(not(target_family = "wasm"), feature = "concurrency"))]
mod real {
    use std::time::Duration;

    use super::super::loopback::{self, Fetched, Server, Service, Visit};
    use super::*;
    use lab::measure::{Timing, Timings};

    /// 손님을 한 번 돌리는 시간의 한도, ms. 바퀴가 열 번인 기본값은 들어감.
    const REAL_MS: u64 = 1_200;
    /// 번갈아 재는 판의 수.
    const RUNS: u64 = 3;

    /// 손님 하나.
    #[derive(Clone, Copy)]
    enum Sender {
        Blocking,
        Tokio,
        /// 보내지 않고 기다리기만 함.
        Idle,
    }

    /// 우리가 연 서버에 여러 손님으로 보내고, 받은 본문이 같은지 확인함.
    pub fn measure(p: &Params, ctx: &Ctx) -> Result<Vec<View>, Failure> {
        let delay = Duration::from_millis(p.delay_ms);
        let service = Service {
            delay,
            servers: loopback::CONNECTIONS,
            body: p.body as usize,
        };
        let server = Server::start(service)?;
        let runtime = loopback::runtime()?;
        let name = |what: &str, window| {
            format!("{what}, 동시 {}개", format::int(window))
        };
        // 요청보다 많은 연결은 열지 않음
        let (window, wide) = (p.window.min(p.requests), 1_000.min(p.requests));
        let mut senders = vec![
            (name("하나씩", 1), Sender::Blocking, 1),
            (name("스레드", window), Sender::Blocking, window),
            (name("tokio", window), Sender::Tokio, window),
            (name("tokio, 입출력 없이", window), Sender::Idle, window),
        ];
        if wide != window {
            senders.push((name("tokio", wide), Sender::Tokio, wide));
        }
        let most = |window| (REAL_MS / p.delay_ms).max(1) * window;
        let mut samples = vec![Vec::new(); senders.len()];
        for round in 0..RUNS {
            for (at, (_, sender, window)) in senders.iter().enumerate() {
                let done = round * senders.len() as u64 + at as u64;
                let total = RUNS * senders.len() as u64;
                ctx.progress(done, total, "127.0.0.1에 보내기")?;
                let visit = Visit {
                    addr: server.addr,
                    requests: p.requests.min(most(*window)) as u32,
                    window: *window as usize,
                    latency: Duration::ZERO,
                    body: p.body as usize,
                };
                let spent = match sender {
                    Sender::Blocking => {
                        checked(p, loopback::fetch_blocking(visit)?)?
                    }
                    Sender::Tokio => {
                        let fetched =
                            runtime.block_on(loopback::fetch(visit))?;
                        checked(p, fetched)?
                    }
                    Sender::Idle => {
                        let Visit { requests, window, .. } = visit;
                        let wait = loopback::idle(requests, window, delay);
                        runtime.block_on(wait)
                    }
                };
                let each = spent.as_nanos() as f64 / f64::from(visit.requests);
                samples[at].push(each);
            }
        }
        let mut rows = Vec::new();
        let mut timings = Vec::new();
        for ((name, _, window), samples) in senders.into_iter().zip(samples) {
            let requests = p.requests.min(most(window));
            let best = ideal(requests, p.delay(), window);
            let timing = Timing::new(&name, samples, 1);
            let spent = timing.median * requests as f64 / 1_000.0;
            rows.push(vec![
                name.as_str().into(),
                requests.into(),
                Cell::fixed(spent / 1_000.0, 1),
                ms(best),
                Cell::fixed(best as f64 * 100.0 / spent, 1),
            ]);
            timings.push(timing);
        }
        let timings =
            Timings { rows: timings, clock_step_ns: ctx.env().clock_step_ns };
        let limit = (p.delay() * 1_000) as f64 / window as f64;
        let label = format!("{} ms ÷ {window}", p.delay_ms);
        let mut views = timings.ladder(
            "기다림을 겹치는 방법",
            "요청 하나",
            Some((limit, label)),
        );
        views.push(View::Table(Table {
            title: "127.0.0.1의 tokio 서버: 이상과 견준 몫, 중앙값".into(),
            badge: Badge::Measured,
            columns: vec![
                Column::text("보내는 쪽"),
                Column::number("보낸 요청", "번"),
                Column::number("걸린 시간", "ms"),
                Column::number("바퀴 × 기다림", "ms"),
                Column::number("이상의", "%"),
            ],
            rows,
        }));
        let mut told = "받은 본문은 모두 모형과 같음".to_owned();
        if most(1) < p.requests {
            told += &format!(
                ". 한 번에 {} ms 안에 끝날 만큼만 보냄: 하나씩은 그래서 \
                 요청이 적음",
                format::int(REAL_MS)
            );
        }
        views.push(note(told));
        Ok(views)
    }

    /// 받은 본문이 보낼 것과 같은가.
    fn checked(p: &Params, fetched: Fetched) -> Result<Duration, Failure> {
        let replies = fetched.replies.iter().zip(0..);
        for ((print, _), request) in replies {
            if *print != fnv1a(body(request, p.body as usize)) {
                let why = format!("요청 {request}의 본문이 다름");
                return Err(Failure::Unavailable(why));
            }
        }
        Ok(fetched.spent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    #[test]
    fn the_model_is_the_ideal() {
        for window in [1, 3, 100, 1_000] {
            let p = Params { requests: 500, window, ..Params::default() };
            assert_eq!(p.model(window), p.ideal(window));
        }
    }

    #[test]
    fn ten_rounds_of_a_tenth_are_a_second() {
        let report = run_with("crawl", &[]);
        assert_eq!(report.int("ideal"), Some(1_000_000));
        assert_eq!(report.int("makespan"), Some(1_000_000));
        assert_eq!(report.int("bytes"), Some(256_000));
        let serial = run_with("crawl", &[("client", "serial")]);
        assert_eq!(serial.int("ideal"), Some(100_000_000));
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("10"));
    }

    #[test]
    fn no_more_connections_than_requests() {
        let p = Params { requests: 10, window: 1_000, ..Params::default() };
        let drawn = timeline(&p);
        assert!(drawn.title.starts_with("연결 10개"), "{}", drawn.title);
        assert_eq!(drawn.lanes.len(), LANES as usize);
    }

    #[test]
    fn a_body_is_as_long_as_asked() {
        for length in [0, 1, 8, 9, 256] {
            assert_eq!(body(7, length).len(), length);
        }
        // 씨앗 42의 첫 출력
        assert_eq!(body(42, 8), 0xbdd7_3226_2feb_6e95u64.to_le_bytes());
    }
}
