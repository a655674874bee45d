//! 이터레이터와 제너레이터.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::iterators::window_stats::{naive, two_pass, welford};
use rust_lab::iterators::{
    generator_resume, lazy_pipeline, stream_memory, window_stats,
};
use rust_lab::lab::rng::SplitMix64;

pub fn define(c: &mut Criterion) {
    lazy_pipeline(c);
    stream_memory(c);
    generator_resume(c);
    window_stats(c);
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
    let n = 100_000;
    let mut bench = |name: &str, work: fn(u64) -> u64| {
        assert_eq!(work(n), by_hand(n), "{name}");
        let id = BenchmarkId::new(name, n);
        group.bench_function(id, |b| b.iter(|| work(black_box(n))));
    };
    bench("손으로 쓴 반복문", by_hand);
    bench("펼쳐진 사슬", fused);
    group.finish();
}

/// 컴파일할 때 이어진 사슬.
fn fused(n: u64) -> u64 {
    (0..n)
        .map(|x| x * 3 + 1)
        .filter(|x| x % 2 == 1)
        .map(|x| x * 3 + 1)
        .fold(0, |sum, x| black_box(sum + x))
}

fn by_hand(n: u64) -> u64 {
    let mut sum = 0;
    let mut i = 0;
    while i < n {
        let x = i * 3 + 1;
        if x % 2 == 1 {
            sum = black_box(sum + (x * 3 + 1));
        }
        i += 1;
    }
    sum
}

/// 제곱의 합을 네 가지 방법으로.
fn stream_memory(c: &mut Criterion) {
    let mut group = c.benchmark_group("stream_memory");
    for n in [10_000, 2_000_000] {
        let p = stream_memory::Params { n, gap: n, ..Default::default() };
        let sum = (0..n).fold(0, |sum: u64, x| sum.wrapping_add(x * x));
        group.throughput(Throughput::Elements(n));
        for mut rival in stream_memory::rivals(&p) {
            assert_eq!((rival.run)(), sum, "{}", rival.name);
            let id = BenchmarkId::new(&rival.name, n);
            group.bench_function(id, |b| b.iter(|| black_box((rival.run)())));
        }
    }
    group.finish();
}

/// 같은 합을 색인, 사슬, 상태 기계, 겹친 dyn, 채널로.
fn generator_resume(c: &mut Criterion) {
    let mut group = c.benchmark_group("generator_resume");
    for n in [10, 100_000] {
        let p = generator_resume::Params { n, ..Default::default() };
        let sum = generator_resume::total(&p, |_| {});
        group.throughput(Throughput::Elements(n));
        for mut rival in generator_resume::rivals(&p) {
            assert_eq!((rival.run)(), sum, "{}", rival.name);
            let id = BenchmarkId::new(&rival.name, n);
            group.bench_function(id, |b| b.iter(|| black_box((rival.run)())));
        }
    }
    group.finish();
}

/// 전체 분산 세 가지와, 창을 움직이며 이상값을 찾는 방법들.
fn window_stats(c: &mut Criterion) {
    let mut group = c.benchmark_group("window_stats");
    let mut rng = SplitMix64::new(42);
    let xs: Vec<f64> = (0..100_000).map(|_| 1e3 + rng.unit()).collect();
    group.throughput(Throughput::Elements(xs.len() as u64));
    let truth = two_pass(xs.iter()).1;
    let mut bench = |name: &str, variance: &dyn Fn(&[f64]) -> f64| {
        assert!((variance(&xs) - truth).abs() < 1e-6, "{name}");
        group.bench_function(name, |b| b.iter(|| variance(black_box(&xs))));
    };
    bench("제곱합", &naive);
    bench("두 번 훑기", &|xs| two_pass(xs.iter()).1);
    bench("웰퍼드", &welford);
    for mut rival in window_stats::rivals(&xs, 256) {
        assert_eq!((rival.run)(), 0, "{}", rival.name);
        let id = BenchmarkId::new("창", &rival.name);
        group.bench_function(id, |b| b.iter(|| black_box((rival.run)())));
    }
    group.finish();
}
