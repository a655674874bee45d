//! 순수 파이썬 방식의 접근.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::lab::Param;
use rust_lab::pure_python::{algo_first, idiom_race, memo_lru};

pub fn define(c: &mut Criterion) {
    algo_first(c);
    idiom_race(c);
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
