//! 컴파일과 JIT 컴퓨팅.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::compiling::{
    bifurcation, bounds_check, julia, rust_from_python,
};

pub fn define(c: &mut Criterion) {
    julia(c);
    rust_from_python(c);
    bifurcation(c);
    bounds_check(c);
}

/// 같은 그림을 스칼라, 벡터, 스레드로.
fn julia(c: &mut Criterion) {
    let mut group = c.benchmark_group("julia");
    for n in [300, 1_000] {
        let p = julia::Params { n, ..Default::default() };
        let (map, grid) = (p.map(), p.grid());
        let mut counts = vec![0; (n * n) as usize];
        julia::paint(&map, &grid, julia::row_scalar, &mut counts);
        let want = counts.clone();
        group.throughput(Throughput::Elements(julia::sum(&want)));
        for (name, paint, row) in julia::rivals(2) {
            paint(&map, &grid, row, &mut counts);
            assert_eq!(counts, want, "{name}");
            let id = BenchmarkId::new(name, n);
            group.bench_function(id, |b| {
                b.iter(|| paint(black_box(&map), &grid, row, &mut counts));
            });
        }
    }
    group.finish();
}

/// 파이썬을 뺀 커널: 빌려 쓰기와 담아 옮기기.
fn rust_from_python(c: &mut Criterion) {
    let mut group = c.benchmark_group("rust_from_python");
    for n in [1_000, 1_000_000] {
        let src = rust_from_python::values(n);
        group.throughput(Throughput::Elements(n));
        let mut rivals = rust_from_python::rivals(&src);
        let want = (rivals[0].run)();
        for rival in &mut rivals {
            assert_eq!((rival.run)(), want, "{}", rival.name);
            let id = BenchmarkId::new(&rival.name, n);
            group.bench_function(id, |b| b.iter(|| black_box((rival.run)())));
        }
    }
    group.finish();
}

/// 같은 표를 r 하나씩, 벡터로, 스레드로.
fn bifurcation(c: &mut Criterion) {
    let mut group = c.benchmark_group("bifurcation");
    let p = bifurcation::Params::default();
    let want = bifurcation::table_scalar(&p);
    group.throughput(Throughput::Elements(p.rs * (p.warm + p.keep)));
    let threads = ("스레드", bifurcation::table_parallel as _);
    for (name, fill) in bifurcation::RIVALS.into_iter().chain([threads]) {
        assert_eq!(fill(&p), want, "{name}");
        group.bench_function(name, |b| b.iter(|| fill(black_box(&p))));
    }
    group.finish();
}

/// 커널 셋을 네 가지 쓰는 법으로.
fn bounds_check(c: &mut Criterion) {
    let mut group = c.benchmark_group("bounds_check");
    let n = 100_000;
    let data = bounds_check::Data::new(n, 42);
    group.throughput(Throughput::Elements(n));
    let mut rivals = bounds_check::rivals(&data);
    for styles in rivals.chunks_mut(bounds_check::Style::ALL.len()) {
        let want = (styles[0].run)();
        for rival in styles {
            assert_eq!((rival.run)(), want, "{}", rival.name);
            group.bench_function(&rival.name, |b| {
                b.iter(|| black_box((rival.run)()));
            });
        }
    }
    group.finish();
}
