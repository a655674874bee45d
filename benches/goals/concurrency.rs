//! 동시성의 목표: 기다리는 일이라 CPU 시간이 아니라 벽시계로 견줌.
//! `cargo bench -p benches --features concurrency --bench goals -- concurrency`

use std::time::{Duration, Instant};

use rust_lab::concurrency::crawl::body;
use rust_lab::concurrency::loopback::{
    CONNECTIONS, Fetched, Server, Service, Visit, fetch, idle, runtime,
};
use rust_lab::lab::checksum::fnv1a;

use crate::chosen;
use crate::goal::Row;

const REQUESTS: u32 = 1_000;
const WINDOW: u32 = 100;
const DELAY: Duration = Duration::from_millis(100);
const BODY: usize = 256;
/// 한 판이 2초쯤임.
const ROUNDS: usize = 11;

/// 받은 본문을 확인하고, 시킨 것이면 벽시계로 잼.
pub fn rows(words: &[&String], timed: bool) -> Result<Vec<Row>, String> {
    if !chosen("concurrency/crawl", words) {
        return Ok(Vec::new());
    }
    let service = Service { delay: DELAY, servers: CONNECTIONS, body: BODY };
    let server = Server::start(service).map_err(|error| error.to_string())?;
    let runtime = runtime().map_err(|error| error.to_string())?;
    let visit = |requests| Visit {
        addr: server.addr,
        requests,
        window: WINDOW as usize,
        latency: Duration::ZERO,
        body: BODY,
    };
    let crawl = |requests| {
        let fetched = runtime.block_on(fetch(visit(requests)));
        let fetched = fetched.map_err(|error| error.to_string())?;
        check(&fetched, requests)?;
        Ok::<Duration, String>(fetched.spent)
    };
    crawl(WINDOW)?;
    if !timed {
        return Ok(Vec::new());
    }
    let (mut ours, mut floors, mut ideals) = (vec![], vec![], vec![]);
    let ns = |spent: Duration| spent.as_nanos() as f64 / f64::from(REQUESTS);
    for _ in 0..ROUNDS {
        ours.push(ns(crawl(REQUESTS)?));
        let wait = idle(REQUESTS, WINDOW as usize, DELAY);
        floors.push(ns(runtime.block_on(wait)));
        let start = Instant::now();
        std::thread::sleep(DELAY * REQUESTS.div_ceil(WINDOW));
        ideals.push(ns(start.elapsed()));
    }
    Ok(vec![
        Row::new(
            "concurrency",
            "crawl_ideal",
            "100 ms씩 기다리는 요청 1,000번을 100개씩, 이상과 견준 몫",
            0.95,
            ("tokio", ours.clone()),
            ("바퀴 × 기다림", ideals),
        ),
        Row::new(
            "concurrency",
            "crawl_floor",
            "같은 요청을 입출력 없이 기다리기만 한 것과",
            1.0 / 1.03,
            ("tokio", ours),
            ("tokio의 sleep", floors),
        ),
    ])
}

/// 본문이 요청의 차례대로 모두 왔는가.
fn check(fetched: &Fetched, requests: u32) -> Result<(), String> {
    let want = (0..requests.into()).map(|at| fnv1a(body(at, BODY)));
    let got = fetched.replies.iter().map(|(print, _)| *print);
    match got.eq(want) {
        true => Ok(()),
        false => Err("concurrency/crawl: 본문이 다름".into()),
    }
}
