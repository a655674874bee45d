//! 클러스터 컴퓨팅.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::clusters::{ack_redelivery, jobs_nats, tail_fanout};

pub fn define(c: &mut Criterion) {
    ack_redelivery(c);
    jobs_nats(c);
    tail_fanout(c);
}

/// 일 200건: 확인을 짧게, 길게 기다리는 큐.
fn ack_redelivery(c: &mut Criterion) {
    use ack_redelivery::{Params, services, simulate};
    let mut group = c.benchmark_group("ack_redelivery");
    for ack_wait_ms in [100, 1_000] {
        let p = Params { ack_wait_ms, ..Params::default() };
        let (services, rules) = (services(&p), p.rules());
        // 무엇이 겹쳐도 끝낸 일은 한 번씩만 남음
        let once = simulate(&services, &rules, |_| {});
        assert_eq!(once.once, p.jobs * (p.jobs + 1) / 2);
        group.throughput(Throughput::Elements(p.jobs));
        let id = BenchmarkId::new("simulate", ack_wait_ms);
        group.bench_function(id, |b| {
            b.iter(|| simulate(black_box(&services), &rules, |_| {}))
        });
    }
    group.finish();
}

/// 일 하나: 일꾼이 메시지마다 하는 셈.
fn jobs_nats(c: &mut Criterion) {
    use jobs_nats::Job;
    let mut group = c.benchmark_group("jobs_nats");
    let jobs = Job::split(100_000, 1_000);
    let total: u64 = jobs.iter().map(Job::sum).sum();
    assert_eq!(total, 10_753_840);
    group.throughput(Throughput::Elements(1_000));
    group.bench_function("job", |b| b.iter(|| black_box(&jobs[50]).sum()));
    group.finish();
}

/// 요청 하나를 서버 100대에.
fn tail_fanout(c: &mut Criterion) {
    use tail_fanout::{Params, Replies, ask};
    let mut group = c.benchmark_group("tail_fanout");
    let p = Params::default();
    let mut replies = (Replies::new(&p, 0), Replies::new(&p, 1));
    let mut once = || {
        let (first, second) = &mut replies;
        let mut last = [0; 2];
        ask(p.fan, p.hedge_ms * 1_000, first, second, |_, both, _| {
            last = both;
        });
        last
    };
    // 한 번 더 물으면 늦어지지 않음
    let [plain, hedged] = once();
    assert!(hedged <= plain);
    group.throughput(Throughput::Elements(p.fan));
    group.bench_function("ask", |b| b.iter(&mut once));
    group.finish();
}
