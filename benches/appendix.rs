//! 실험 방법론.

use std::hint::black_box;
use std::time::Instant;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::appendix::{
    bench_museum, bench_noise, dead_code, timer_probe, warmup_curve,
};
use rust_lab::lab::Param;

pub fn define(c: &mut Criterion) {
    timer_probe(c);
    bench_noise(c);
    warmup_curve(c);
    dead_code(c);
    bench_museum(c);
}

/// 운영체제의 시계를 한 번 읽는 값.
fn timer_probe(c: &mut Criterion) {
    let start = Instant::now();
    let now = || start.elapsed().as_nanos() as f64;
    let seen = timer_probe::steps(&timer_probe::readings(10_000, now));
    assert_eq!(seen.back, 0);
    c.bench_function("timer_probe", |b| b.iter(|| black_box(now())));
}

/// 되풀이 하나: 표본 400개를 뽑아 열네 번 판정함.
fn bench_noise(c: &mut Criterion) {
    use bench_noise::{COUNTS, Params, misjudge};
    let mut group = c.benchmark_group("bench_noise");
    let p = Params { trials: 100, ..Params::default() };
    let errors = misjudge(&p, &COUNTS);
    assert!(errors[1][0].wrong > errors[1][13].wrong);
    group.throughput(Throughput::Elements(p.trials));
    group.bench_function("misjudge", |b| {
        b.iter(|| misjudge(black_box(&p), &COUNTS));
    });
    group.finish();
}

/// 다 데워진 묶음.
fn warmup_curve(c: &mut Criterion) {
    use warmup_curve::{compute, compute_cold};
    let mut group = c.benchmark_group("warmup_curve");
    let count = 1_000;
    assert_eq!(compute(count, 1), compute_cold(count, 1));
    group.throughput(Throughput::Elements(count));
    group.bench_function("compute", |b| {
        b.iter(|| compute(black_box(count), black_box(1)));
    });
    group.finish();
}

/// 같은 반복의 다섯 가지.
fn dead_code(c: &mut Criterion) {
    let mut group = c.benchmark_group("dead_code");
    let n = dead_code::CONSTANT;
    assert_eq!(dead_code::opaque(n), dead_code::formula(n));
    assert_eq!(dead_code::runtime(n), dead_code::constant());
    group.throughput(Throughput::Elements(n));
    for mut case in dead_code::rivals(n) {
        let id = BenchmarkId::from_parameter(&case.name);
        group.bench_function(id, |b| b.iter(|| (case.run)()));
    }
    group.finish();
}

/// 전시물마다 두 방법의 답.
fn bench_museum(c: &mut Criterion) {
    use bench_museum::{Exhibit, answers};
    let mut group = c.benchmark_group("bench_museum");
    for exhibit in Exhibit::ALL {
        let [left, right] = answers(exhibit, 3);
        assert_eq!(left, right);
        let id = BenchmarkId::from_parameter(exhibit.value());
        group.bench_function(id, |b| {
            b.iter(|| answers(black_box(exhibit), black_box(3)));
        });
    }
    group.finish();
}
