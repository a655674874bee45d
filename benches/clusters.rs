//! 클러스터 컴퓨팅.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::clusters::{dataflow_count, label_rounds, shuffle_skew};
use rust_lab::lab::Param;

pub fn define(c: &mut Criterion) {
    dataflow_count(c);
    label_rounds(c);
    shuffle_skew(c);
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
