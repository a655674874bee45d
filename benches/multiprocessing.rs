//! 다중 처리.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::lab::Param;
use rust_lab::multiprocessing::{
    chunk_balance, false_sharing, ipc_toll, lost_update, monte_carlo_pi,
    nqueens_split, prime_search, scaling_law,
};

pub fn define(c: &mut Criterion) {
    chunk_balance(c);
    nqueens_split(c);
    prime_search(c);
    ipc_toll(c);
    lost_update(c);
    false_sharing(c);
    scaling_law(c);
    monte_carlo_pi(c);
}

/// 스레드의 수만큼. 하나뿐이어도 나누는 값은 잼.
fn workers() -> u64 {
    std::thread::available_parallelism().map_or(1, |n| n.get() as u64)
}

/// 같은 합을 한 스레드로, 구간으로, 덩어리로, rayon으로.
fn chunk_balance(c: &mut Criterion) {
    use chunk_balance::real;
    let mut group = c.benchmark_group("chunk_balance");
    let (n, workers) = (chunk_balance::ITEMS, workers());
    let sum = real::alone(n);
    group.throughput(Throughput::Elements(n));
    let mut bench = |name: &str, chunk: u64, work: &dyn Fn() -> u64| {
        assert_eq!(work(), sum, "{name}");
        let id = BenchmarkId::new(name, chunk);
        group.bench_function(id, |b| b.iter(|| black_box(work())));
    };
    bench("한 스레드", n, &|| real::alone(n));
    bench("구간", n / workers, &|| real::blocks(n, workers));
    bench("새 스레드", n / workers, &|| real::scoped(n, workers));
    for chunk in [1, 64, 2_048] {
        bench("덩어리", chunk, &|| real::dynamic(n, workers, chunk));
        bench("rayon", chunk, &|| real::stealing(n, chunk));
    }
    group.finish();
}

/// 소수를 세는 방법마다. 깃발을 보는 간격도.
fn prime_search(c: &mut Criterion) {
    use prime_search::real;
    let mut group = c.benchmark_group("prime_search");
    let (lo, n) = (1_000_001, 20_000);
    let count = prime_search::sieve(lo, n).count;
    group.throughput(Throughput::Elements(n));
    let mut bench = |name: &str, work: &dyn Fn() -> u64| {
        assert_eq!(work(), count, "{name}");
        group.bench_function(name, |b| b.iter(|| black_box(work())));
    };
    bench("한 스레드", &|| real::alone(lo, n));
    bench("한 스레드, u64", &|| real::wide(lo, n));
    bench("깃발을 매번", &|| real::watching(lo, n, 1));
    bench("깃발을 64번에 한 번", &|| real::watching(lo, n, 64));
    bench("구간 하나씩", &|| real::blocks(lo, n, workers()));
    bench("256개씩", &|| real::chunks(lo, n, 256));
    bench("체", &|| real::sieved(lo, n));
    group.finish();
}

/// 1 MiB를 늘어놓기. 오가는 시간은 예제가 잼.
fn ipc_toll(c: &mut Criterion) {
    use ipc_toll::{Shape, json_size, pickle};
    let mut group = c.benchmark_group("ipc_toll");
    let bytes = 1 << 20;
    group.throughput(Throughput::Bytes(bytes));
    for (name, shape) in [("flat", Shape::Flat), ("nested", Shape::Nested)] {
        group.bench_function(BenchmarkId::new("pickle", name), |b| {
            b.iter(|| pickle(shape, black_box(bytes)))
        });
        group.bench_function(BenchmarkId::new("json", name), |b| {
            b.iter(|| json_size(shape, black_box(bytes)))
        });
    }
    group.finish();
}

/// 잰 점에 법칙을 맞추기.
fn scaling_law(c: &mut Criterion) {
    let law = scaling_law::Usl { sigma: 0.05, kappa: 0.01 };
    let points: Vec<(u64, f64)> =
        (1..=64).map(|p| (p, law.speedup(p as f64))).collect();
    c.bench_function("scaling_law", |b| {
        b.iter(|| scaling_law::Usl::fit(black_box(&points)))
    });
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
