//! 리스트와 튜플.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::lists::{boxed_vs_flat, list_growth, search_cost};

pub fn define(c: &mut Criterion) {
    list_growth(c);
    search_cost(c);
    boxed_vs_flat(c);
}

/// 규칙마다: 진짜 `Vec`을 하나씩 채움.
fn list_growth(c: &mut Criterion) {
    use list_growth::{Policy, fill, fill_ready, fill_std};
    let mut group = c.benchmark_group("list_growth");
    for n in [1_000, 1_000_000] {
        group.throughput(Throughput::Elements(n));
        let want = fill_ready(n);
        let mut bench = |name: &str, fill: &dyn Fn() -> Vec<u64>| {
            assert_eq!(fill(), want, "{name}");
            let id = BenchmarkId::new(name, n);
            group.bench_function(id, |b| b.iter(|| black_box(fill())));
        };
        bench("with_capacity", &|| fill_ready(n));
        bench("push", &|| fill_std(n));
        bench("double", &|| fill(Policy::Double, 0, n));
        bench("x1_5", &|| fill(Policy::X15, 0, n));
        bench("cpython", &|| fill(Policy::Cpython, 0, n));
        bench("add_10k", &|| fill(Policy::AddK, 10_000, n));
    }
    group.finish();
}

/// 목록의 크기마다: 질의 하나를 찾는 여섯 방법.
fn search_cost(c: &mut Criterion) {
    let mut group = c.benchmark_group("search_cost");
    let queries = 200;
    group.throughput(Throughput::Elements(queries));
    for n in [100, 10_000, 1_000_000] {
        let params = search_cost::Params { n, queries, ..Default::default() };
        let rivals = search_cost::Rivals::new(&params, queries);
        let found = rivals.contains();
        let mut bench = |rival: &str, count: &dyn Fn() -> u64| {
            assert_eq!(count(), found, "{rival}");
            let id = BenchmarkId::new(rival, n);
            group.bench_function(id, |b| b.iter(|| black_box(count())));
        };
        bench("contains", &|| rivals.contains());
        bench("binary", &|| rivals.binary());
        bench("binary_search", &|| rivals.binary_std());
        bench("eytzinger", &|| rivals.eytzinger());
        bench("dict", &|| rivals.dict());
        bench("hash_set", &|| rivals.hash_set());
    }
    group.finish();
}

/// 캐시에 드는 크기와 넘치는 크기: 네 가지로 놓은 실수의 합.
fn boxed_vs_flat(c: &mut Criterion) {
    use boxed_vs_flat::{Layout, Rivals};
    let mut group = c.benchmark_group("boxed_vs_flat");
    for n in [10_000, 1_000_000] {
        let rivals = Rivals::new(n, 42);
        let want = rivals.sum(Layout::Flat);
        group.throughput(Throughput::Elements(n));
        for (name, layout) in [
            ("flat", Layout::Flat),
            ("struct_of_arrays", Layout::Tagged),
            ("boxed_in_order", Layout::InOrder),
            ("boxed_shuffled", Layout::Shuffled),
        ] {
            assert_eq!(rivals.sum(layout), want, "{name}");
            let id = BenchmarkId::new(name, n);
            let sum = || rivals.sum(black_box(layout));
            group.bench_function(id, |b| b.iter(|| black_box(sum())));
        }
    }
    group.finish();
}
