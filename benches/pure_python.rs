//! 순수 파이썬 방식의 접근.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::lab::Param;
use rust_lab::pure_python::{
    algo_first, heap_topk, idiom_race, memo_lru, string_build,
};

pub fn define(c: &mut Criterion) {
    algo_first(c);
    idiom_race(c);
    heap_topk(c);
    string_build(c);
    memo_lru(c);
}

/// 세 알고리즘: 같은 답을 얻는 시간이 n과 함께 어떻게 자라는가.
fn algo_first(c: &mut Criterion) {
    use algo_first::{Algo, Problem, Task};
    let mut group = c.benchmark_group("algo_first");
    for n in [100, 1_000, 10_000] {
        let problem = Problem::new(Task::Dup, n, 42);
        let answer = problem.solve(Algo::Hash, |_| {});
        group.throughput(Throughput::Elements(n));
        for algo in [Algo::Quadratic, Algo::Sort, Algo::Hash] {
            assert_eq!(problem.solve(algo, |_| {}), answer);
            let id = BenchmarkId::new(algo.label(), n);
            group.bench_function(id, |b| {
                b.iter(|| black_box(&problem).solve(algo, |_| {}))
            });
        }
    }
    group.finish();
}

/// 네 가지 일, 다섯 가지 표현.
fn idiom_race(c: &mut Criterion) {
    use idiom_race::{IDIOMS, Task, values};
    let mut group = c.benchmark_group("idiom_race");
    let xs = values(50_000, 42);
    group.throughput(Throughput::Elements(xs.len() as u64));
    for task in Task::ALL {
        let first = IDIOMS[0].run(task, &xs);
        for idiom in IDIOMS {
            assert_eq!(idiom.run(task, &xs), first);
            let id = BenchmarkId::new(idiom.name(), task.label());
            group.bench_function(id, |b| {
                b.iter(|| idiom.run(task, black_box(&xs)))
            });
        }
    }
    group.finish();
}

/// 큰 k개: 전부 정렬, 크기 k의 힙, 빠른 선택.
fn heap_topk(c: &mut Criterion) {
    use heap_topk::{Order, by_heap, by_select, by_sort, values};
    let mut group = c.benchmark_group("heap_topk");
    let n = 100_000;
    let values = values(n, Order::Random, 42);
    group.throughput(Throughput::Elements(n));
    for k in [10, 1_000, 50_000] {
        let top = by_sort(&values, k, |_| {});
        let mut bench = |name: &str, way: &dyn Fn(&[u64]) -> Vec<u64>| {
            assert_eq!(way(&values), top, "{name}");
            group.bench_function(BenchmarkId::new(name, k), |b| {
                b.iter(|| way(black_box(&values)))
            });
        };
        bench("sort", &|values| by_sort(values, k, |_| {}));
        bench("heap", &|values| by_heap(values, k, |_| {}));
        bench("select", &|values| by_select(values, k, |_| {}));
    }
    group.finish();
}

/// 조각 2,000개를 붙이는 다섯 방법.
fn string_build(c: &mut Criterion) {
    use string_build::BUILDERS;
    let mut group = c.benchmark_group("string_build");
    let (piece, pieces) = ("0123456789", 2_000);
    group.throughput(Throughput::Elements(pieces));
    for (name, builder) in BUILDERS {
        assert_eq!(builder(piece, pieces).len(), 20_000);
        group.bench_function(name, |b| {
            b.iter(|| builder(black_box(piece), pieces))
        });
    }
    group.finish();
}

/// 여섯 정책: 요청 하나를 처리하는 시간.
fn memo_lru(c: &mut Criterion) {
    use memo_lru::{Params, Pattern, Policy, Trace};
    let mut group = c.benchmark_group("memo_lru");
    let p = Params { pattern: Pattern::Zipf1, ..Params::default() };
    let trace = Trace::new(&p);
    group.throughput(Throughput::Elements(p.requests));
    let most = trace.hits(Policy::Belady, p.capacity);
    for policy in Policy::ALL {
        assert!(trace.hits(policy, p.capacity) <= most);
        group.bench_function(policy.label(), |b| {
            b.iter(|| black_box(&trace).hits(policy, p.capacity))
        });
    }
    group.finish();
}
