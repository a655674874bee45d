//! 다중 처리.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::lab::Param;
use rust_lab::multiprocessing::{
    false_sharing, lost_update, monte_carlo_pi, nqueens_split,
};

pub fn define(c: &mut Criterion) {
    false_sharing(c);
    lost_update(c);
    nqueens_split(c);
    monte_carlo_pi(c);
}

/// 스레드 둘이 제 계수기에 더하기: 간격마다.
fn false_sharing(c: &mut Criterion) {
    use false_sharing::{Spacing, count_apart};
    let mut group = c.benchmark_group("false_sharing");
    let (threads, adds) = (2, 1_000_000);
    group.throughput(Throughput::Elements(threads as u64 * adds));
    for spacing in Spacing::ALL {
        let id = BenchmarkId::new("fetch_add", spacing.bytes());
        group.bench_function(id, |b| {
            b.iter(|| black_box(count_apart(spacing, threads, adds)));
        });
    }
    group.finish();
}

/// 스레드 둘이 변수 하나에 더하기: 다섯 가지 방법.
fn lost_update(c: &mut Criterion) {
    use lost_update::{Way, race};
    let mut group = c.benchmark_group("lost_update");
    let (threads, adds) = (2, 200_000);
    group.throughput(Throughput::Elements(threads as u64 * adds));
    for way in Way::ALL {
        group.bench_function(way.name(), |b| {
            b.iter(|| black_box(race(way, threads, adds)));
        });
    }
    group.finish();
}

/// 12-여왕: 한 스레드와, 나누는 줄의 수마다.
fn nqueens_split(c: &mut Criterion) {
    use nqueens_split::{Board, solve, solve_split};
    let mut group = c.benchmark_group("nqueens_split");
    let n = 12;
    let whole = solve(n, Board::default(), &mut |_| {});
    group.throughput(Throughput::Elements(whole.boards));
    group.bench_function("한 스레드", |b| {
        b.iter(|| solve(black_box(n), Board::default(), &mut |_| {}));
    });
    for depth in 1..=4 {
        assert_eq!(solve_split(n, depth).solutions, whole.solutions);
        let id = BenchmarkId::new("rayon", depth);
        group.bench_function(id, |b| b.iter(|| solve_split(n, depth)));
    }
    group.finish();
}

/// 점 백만 개: 여섯 가지 방식.
fn monte_carlo_pi(c: &mut Criterion) {
    use monte_carlo_pi::{Mode, Params, hits};
    let mut group = c.benchmark_group("monte_carlo_pi");
    let p = Params::default();
    let want = hits(&p);
    group.throughput(Throughput::Elements(p.points));
    for mode in Mode::ALL {
        let p = Params { mode, ..p.clone() };
        assert_eq!(hits(&p), want, "{mode:?}");
        group.bench_function(mode.value().to_string(), |b| {
            b.iter(|| black_box(hits(&p)));
        });
    }
    group.finish();
}
