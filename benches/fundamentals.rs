//! 고성능 파이썬 이해하기.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::fundamentals::{cache_walk, ooo_pipeline};

pub fn define(c: &mut Criterion) {
    ooo_pipeline(c);
    cache_walk(c);
}

/// 누산기의 수마다: L1에 드는 값과 메모리에서 오는 값의 합.
fn ooo_pipeline(c: &mut Criterion) {
    let mut group = c.benchmark_group("ooo_pipeline");
    let all = ooo_pipeline::values();
    for (name, values) in [("16 KiB", &all[..2_048]), ("8 MiB", &all)] {
        let want = ooo_pipeline::sum(values, 1);
        group.throughput(Throughput::Elements(values.len() as u64));
        for (k, add) in ooo_pipeline::ADDERS {
            assert_eq!(add(values), want, "{k}");
            group.bench_function(BenchmarkId::new(name, k), |b| {
                b.iter(|| add(black_box(values)));
            });
        }
    }
    group.finish();
}

/// 행, 열, 블록, 행 끝을 띄운 열: 같은 합을 네 길로.
fn cache_walk(c: &mut Criterion) {
    let mut group = c.benchmark_group("cache_walk");
    for n in [512, 2_048] {
        let params = cache_walk::Params { n, ..Default::default() };
        let want = (0..n * n).map(|k| k % 1000).sum::<u64>() as f64;
        group.throughput(Throughput::Elements(n * n));
        for (name, walk) in cache_walk::routes(&params) {
            let cells = walk.cells();
            assert_eq!(cache_walk::sum(&cells, &walk), want, "{name}");
            group.bench_function(BenchmarkId::new(name, n), |b| {
                b.iter(|| cache_walk::sum(black_box(&cells), &walk));
            });
        }
    }
    group.finish();
}
