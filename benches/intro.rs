//! 들어가며.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use rust_lab::intro::first_run::{Folded, fold};
use rust_lab::lab::rng::SplitMix64;

pub fn define(c: &mut Criterion) {
    first_run(c);
}

/// 손으로 풀어 쓴 커널과, 같은 일을 이터레이터로 쓴 것.
fn first_run(c: &mut Criterion) {
    let n = 1_000_000;
    let kernel = || fold(black_box(n), 42, |_| {});
    let iterator = || {
        let mut rng = SplitMix64::new(42);
        let numbers = (0..black_box(n)).map(|_| rng.next_u64() >> 32);
        numbers.fold(Folded::default(), |so_far, x| Folded {
            sum: so_far.sum.wrapping_add(x),
            max: so_far.max.max(x),
            xor: so_far.xor ^ x,
        })
    };
    assert_eq!(kernel(), iterator());
    let mut group = c.benchmark_group("first_run");
    group.throughput(Throughput::Elements(n));
    group.bench_function("kernel", |b| b.iter(|| black_box(kernel())));
    group.bench_function("iterator", |b| b.iter(|| black_box(iterator())));
    group.finish();
}
