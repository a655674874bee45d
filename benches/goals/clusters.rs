//! 클러스터의 목표: 진짜 작업 큐의 부담. 일꾼이 여러 프로세스라 CPU 시간도
//! 서버와 일꾼과 이 프로그램의 것을 더해 견줌.
//! `cargo bench -p benches --features nats --bench goals -- clusters`

use std::process::ExitCode;

use rust_lab::clusters::broker::{self, Launch, Server};
use rust_lab::clusters::jobs_nats::Bill;

use crate::chosen;
use crate::goal::Row;

/// 큐를 열고 닫는 몫이 묻힐 만큼 긴 일.
const LOAD: u64 = 48_000_000;
/// 부담이 묻힐 만큼 크고, 일꾼 둘이 고르게 나눌 만큼 작은 일.
const CHUNK: u64 = 256_000;
const WORKERS: u64 = 2;
const ROUNDS: usize = 11;
const AT_LEAST: f64 = 1.0 / 1.05;

/// 일꾼으로 떴으면 그 일을 하고 끝냄.
pub fn child() -> Option<ExitCode> {
    broker::child()
}

/// 큐를 거친 합과 거치지 않은 합을 견주고, 시킨 것이면 잼.
pub fn rows(words: &[&String], timed: bool) -> Result<Vec<Row>, String> {
    if !chosen("clusters/jobs_nats", words) {
        return Ok(Vec::new());
    }
    if !broker::is_installed() {
        eprintln!("▹ clusters/jobs_nats: 건너뜀, nats-server가 없음");
        return Ok(Vec::new());
    }
    let text = |error: rust_lab::lab::Failure| error.to_string();
    let launch = Launch::this().map_err(text)?;
    let server = Server::start(&launch, &|| Ok(())).map_err(text)?;
    let bill =
        Bill { launch: &launch, url: &server.url, server: Some(&server) };
    let pair = |n, chunk| bill.pair((n, chunk), WORKERS, &|| Ok(()));
    pair(20_000, 500).map_err(text)?;
    if !timed {
        return Ok(Vec::new());
    }
    let mut walls = (Vec::new(), Vec::new());
    let mut cpus = (Vec::new(), Vec::new());
    let each = |ns: f64| ns / LOAD as f64;
    for _ in 0..ROUNDS {
        let [queued, alone] = pair(LOAD, CHUNK).map_err(text)?;
        walls.0.push(each(queued.0));
        walls.1.push(each(alone.0));
        if let (Some(queued), Some(alone)) = (queued.1, alone.1) {
            cpus.0.push(each(queued));
            cpus.1.push(each(alone));
        }
    }
    let row = |name, title, (queued, alone): (Vec<f64>, Vec<f64>)| {
        let (queued, alone) = (("NATS 작업 큐", queued), ("큐 없이", alone));
        Row::new("clusters", name, title, AT_LEAST, queued, alone)
    };
    let mut rows = vec![row(
        "jobs_nats",
        "콜라츠 4,800만 개를 256,000개씩, 작업 큐를 거치지 않은 것과",
        walls,
    )];
    if !cpus.0.is_empty() {
        rows.push(row(
            "jobs_nats_cpu",
            "같은 일의 CPU 시간: 서버와 일꾼을 모두 더함",
            cpus,
        ));
    }
    Ok(rows)
}
