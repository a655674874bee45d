//! 진짜 NATS JetStream에서: 계획과 실제, 서버의 기본값, 뒷정리.
//!
//! nats-server가 없으면 까닭을 말하고 건너뜀.

#![cfg(feature = "nats")]

use std::time::{Duration, Instant};

use rust_lab::clusters::broker::{self, Launch, Rules, Server, Until};
use rust_lab::clusters::jobs_nats::{Bill, Crash, Job, Params, Plan, fail};
use rust_lab::lab::Failure;

/// 일꾼으로 떴을 때만 일함: 자식은 이 시험 하나만 골라 띄운 이 프로그램임.
#[test]
fn a_worker_when_asked() {
    // 시키지 않았으면 할 일이 없음
    let _ = broker::child();
}

fn launch() -> Launch {
    let args = ["--exact", "a_worker_when_asked", "--nocapture"];
    let launch = Launch::this().unwrap();
    Launch { args: args.map(str::to_owned).into(), ..launch }
}

/// 없으면 건너뛰고, 있으면 띄움.
fn server() -> Option<Server> {
    if !broker::is_installed() {
        eprintln!("건너뜀: nats-server가 없음 (apt-get install nats-server)");
        return None;
    }
    Some(Server::start(&launch(), &alive).unwrap())
}

fn alive() -> Result<(), Failure> {
    Ok(())
}

/// 일꾼이 죽고, 중복이 오고, 풀 수 없는 일이 있어도: 효과는 늘 계획과 같음.
/// 기계가 잠깐 멈추면 멀쩡한 일도 다시 배달되므로, 배달의 수는 몇 번 안에 한
/// 번만 같으면 됨.
fn as_planned(server: &Server, p: &Params) {
    const TRIES: usize = 5;
    let sums: Vec<u64> =
        Job::split(p.n, p.chunk).iter().map(Job::sum).collect();
    let plan = Plan::new(p, &sums);
    for _ in 0..TRIES {
        let outcome = fail(p, &plan, &launch(), &server.url, &alive).unwrap();
        // 최대 전달이 하나면 느린 기계는 멀쩡한 일도 잃으므로 fail이 확인함
        assert_eq!(outcome.store.sum(), plan.sum);
        assert_eq!(outcome.duplicates, plan.duplicates);
        assert!(outcome.deliveries >= plan.deliveries);
        let seen = (
            outcome.deliveries,
            outcome.store.received,
            outcome.store.added,
            outcome.store.parked.len() as u64,
            outcome.left,
        );
        let want =
            (plan.deliveries, plan.received, plan.added, plan.parked, 0);
        if seen == want {
            return;
        }
        eprintln!("다시: {seen:?}, 계획은 {want:?}");
    }
    panic!("배달의 수가 계획과 같은 적이 없음");
}

#[test]
fn a_killed_worker_loses_nothing_and_nothing_counts_twice() {
    let Some(server) = server() else { return };
    let p = Params { ack_wait_ms: 1_000, ..Params::default() };
    for crash in Crash::ALL {
        as_planned(&server, &Params { crash, ..p.clone() });
    }
    // 한 번만 배달하는 큐는 손에 있던 것을 잃음
    as_planned(&server, &Params { max_deliver: 1, ..p });
}

/// 겹친 답은 오지 않은 답을 대신하지 못함: 같은 일을 다른 이름으로 두 번 넣어
/// 답이 셋째까지 와야 일 둘이 다 모임.
#[test]
fn a_repeated_answer_does_not_stand_in_for_a_missing_one() {
    let Some(server) = server() else { return };
    let [first, second] =
        [(0, 1, 10), (1, 11, 20)].map(|(id, lo, hi)| Job { id, lo, hi });
    let posts = [(0, first), (1, first), (2, second)]
        .map(|(name, job)| (name, job.write()));
    let rules = Rules { ack_wait: Duration::from_secs(30), max_deliver: 5 };
    broker::produce(&server.url, rules, &posts).unwrap();
    let silence = Duration::from_secs(1);
    broker::serve_queue(&server.url, 1, Crash::Never, silence, &alive)
        .unwrap();
    let until = Until { received: 2, unique: 2, parked: 0, silence };
    let store = broker::gather(&server.url, until, &alive).unwrap();
    assert_eq!(store.sum(), first.sum() + second.sum());
    assert_eq!(store.received, 3);
    // 오지 않을 답을 기다리다 조용하면 모은 것까지만 돌려줌
    let until = Until { unique: 3, ..until };
    let store = broker::gather(&server.url, until, &alive).unwrap();
    assert_eq!(store.effects.len(), 2);
}

/// 작은 일로: 큐를 거친 합과 거치지 않은 합이 같음을 `pair`가 확인함.
#[test]
fn the_queue_and_no_queue_agree() {
    let Some(server) = server() else { return };
    let bill =
        Bill { launch: &launch(), url: &server.url, server: Some(&server) };
    let [queued, alone] = bill.pair((20_000, 500), 2, &alive).unwrap();
    assert!(queued.0 > 0.0 && alone.0 > 0.0);
}

/// 본문이 말하는 기본값.
#[test]
fn the_defaults_are_what_the_prose_says() {
    let Some(server) = server() else { return };
    let minutes = |n: u64| Duration::from_secs(60 * n);
    let found = broker::defaults(&server.url).unwrap();
    assert_eq!(found, (Duration::from_secs(30), -1, minutes(2)));
}

/// 127.0.0.1에만 열고, 버리면 꺼짐.
#[test]
fn the_server_is_local_and_stops() {
    let Some(server) = server() else { return };
    let address = server.url.strip_prefix("nats://").unwrap().to_owned();
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    assert!(std::net::TcpStream::connect(&address).is_ok());
    drop(server);
    assert!(std::net::TcpStream::connect(&address).is_err());
}

/// 멈추라고 하면 오래 기다리지 않고 돌아옴.
#[test]
fn a_stop_is_heard() {
    let Some(server) = server() else { return };
    let p = Params { ack_wait_ms: 30_000, ..Params::default() };
    let sums: Vec<u64> =
        Job::split(p.n, p.chunk).iter().map(Job::sum).collect();
    let plan = Plan::new(&p, &sums);
    let start = Instant::now();
    let stop = || match start.elapsed() > Duration::from_secs(2) {
        true => Err(Failure::Stopped),
        false => Ok(()),
    };
    let stopped = fail(&p, &plan, &launch(), &server.url, &stop);
    assert!(matches!(stopped, Err(Failure::Stopped)), "{stopped:?}");
    assert!(start.elapsed() < Duration::from_secs(15));
}
