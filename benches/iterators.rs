//! 이터레이터와 제너레이터.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::iterators::lazy_pipeline;

pub fn define(c: &mut Criterion) {
    lazy_pipeline(c);
}

/// 같은 단계를 즉시, 지연, 묶음으로, 그리고 진짜 이터레이터로.
fn lazy_pipeline(c: &mut Criterion) {
    let mut group = c.benchmark_group("lazy_pipeline");
    for n in [1_000, 100_000] {
        let p = lazy_pipeline::Params { n, ..Default::default() };
        let sum: u64 = lazy_pipeline::chain(&p, n).sum();
        group.throughput(Throughput::Elements(n));
        for mut rival in lazy_pipeline::rivals(&p) {
            assert_eq!((rival.run)(), sum, "{}", rival.name);
            let id = BenchmarkId::new(&rival.name, n);
            group.bench_function(id, |b| b.iter(|| black_box((rival.run)())));
        }
    }
    group.finish();
}
