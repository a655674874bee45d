//! 클러스터 컴퓨팅.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::clusters::{
    ack_redelivery, dataflow_count, jobs_nats, label_rounds, shuffle_skew,
    tail_fanout,
};
use rust_lab::lab::Param;

pub fn define(c: &mut Criterion) {
    dataflow_count(c);
    label_rounds(c);
    shuffle_skew(c);
    ack_redelivery(c);
    jobs_nats(c);
    tail_fanout(c);
}

/// 낱말 세기: 엔진 없이, 그리고 기능 clusters를 켜면 워커마다.
fn dataflow_count(c: &mut Criterion) {
    use dataflow_count::{Job, Params, count_alone};
    let mut group = c.benchmark_group("dataflow_count");
    let job = Job::new(&Params::default());
    let counts = count_alone(&job);
    group.throughput(Throughput::Elements(counts.iter().sum()));
    group.bench_function("엔진 없이", |b| {
        b.iter(|| count_alone(black_box(&job)));
    });
    #[cfg(feature = "clusters")]
    for combine in [false, true] {
        use dataflow_count::count_within;
        let job = Job { combine, ..job.clone() };
        let how = if combine { "합쳐서" } else { "그대로" };
        for peers in [1, 2] {
            assert_eq!(count_within(&job, peers).counts, counts);
            group.bench_function(BenchmarkId::new(how, peers), |b| {
                b.iter(|| count_within(black_box(&job), peers));
            });
        }
    }
    group.finish();
}

/// 점 500개의 한 줄: 라운드마다 알리기와 한 번 훑기.
fn label_rounds(c: &mut Criterion) {
    use label_rounds::{Graph, Params, spread_alone, union_find};
    let mut group = c.benchmark_group("label_rounds");
    let graph = Graph::new(&Params { nodes: 500, ..Params::default() });
    let labels = union_find(&graph);
    assert_eq!(spread_alone(&graph, |_, _| {}).labels, labels);
    group.throughput(Throughput::Elements(500));
    group.bench_function("엔진 없이", |b| {
        b.iter(|| spread_alone(black_box(&graph), |_, _| {}));
    });
    group.bench_function("합집합 찾기", |b| {
        b.iter(|| union_find(black_box(&graph)));
    });
    #[cfg(feature = "clusters")]
    for peers in [1, 2] {
        use label_rounds::spread_within;
        assert_eq!(spread_within(&graph, peers).labels, labels);
        group.bench_function(BenchmarkId::new("Timely", peers), |b| {
            b.iter(|| spread_within(black_box(&graph), peers));
        });
    }
    group.finish();
}

/// 레코드 10만 개를 나누기: 방법마다.
fn shuffle_skew(c: &mut Criterion) {
    use shuffle_skew::{Params, Partition, draw, shuffle};
    let mut group = c.benchmark_group("shuffle_skew");
    let p = Params::default();
    let keys = draw(&p);
    group.throughput(Throughput::Elements(p.records));
    for way in Partition::ALL {
        let got = shuffle(&keys, way, &p);
        let total: u64 = got.loads.iter().sum();
        assert_eq!(total, p.records + got.again);
        group.bench_function(way.value().to_string(), |b| {
            b.iter(|| shuffle(black_box(&keys), way, &p));
        });
    }
    group.finish();
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
