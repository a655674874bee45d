//! 리스트와 튜플.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::lists::{
    boxed_vs_flat, front_insert, list_growth, search_cost, sort_runs,
    tuple_freelist,
};

pub fn define(c: &mut Criterion) {
    list_growth(c);
    search_cost(c);
    boxed_vs_flat(c);
    sort_runs(c);
    tuple_freelist(c);
    front_insert(c);
}

/// 규칙마다: 진짜 `Vec`을 하나씩 채움.
fn list_growth(c: &mut Criterion) {
    use list_growth::{Moving, Policy, fill, fill_ready, fill_std};
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
        for (how, moving) in
            [("realloc", Moving::Realloc), ("copy", Moving::Copy)]
        {
            for (rule, policy) in [
                ("cpython", Policy::Cpython),
                ("x1_5", Policy::X15),
                ("double", Policy::Double),
                ("add_10k", Policy::AddK),
            ] {
                let name = format!("{rule}/{how}");
                bench(&name, &|| fill(policy, 10_000, n, moving));
            }
        }
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
        let few = queries as usize;
        let found = rivals.contains(few);
        let mut bench = |rival: &str, count: &dyn Fn() -> u64| {
            assert_eq!(count(), found, "{rival}");
            let id = BenchmarkId::new(rival, n);
            group.bench_function(id, |b| b.iter(|| black_box(count())));
        };
        bench("contains", &|| rivals.contains(few));
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

/// 입력의 모양마다: 우리 정렬과 표준 라이브러리의 두 정렬.
fn sort_runs(c: &mut Criterion) {
    use rust_lab::lab::Param;
    use sort_runs::{LONGEST, Pattern, input, sort};
    let mut group = c.benchmark_group("sort_runs");
    let n = 100_000;
    group.throughput(Throughput::Elements(n));
    for pattern in Pattern::ALL {
        let items = input(pattern, n, 10, 42);
        let mut want = items.clone();
        want.sort_unstable();
        let mut bench = |name: &str, sort: fn(&mut [u64])| {
            let sorted = || {
                let mut items = black_box(&items).clone();
                sort(&mut items);
                items
            };
            assert_eq!(sorted(), want, "{name}");
            let id = BenchmarkId::new(name, pattern.label());
            group.bench_function(id, |b| b.iter(sorted));
        };
        bench("ours", |items| sort(items, LONGEST, |_, _| {}));
        bench("sort", |items| items.sort());
        bench("sort_unstable", |items| items.sort_unstable());
    }
    group.finish();
}

/// 레코드를 만들고 버리기: 매번 할당, 풀, 스택.
fn tuple_freelist(c: &mut Criterion) {
    use tuple_freelist::{with_boxes, with_pool, with_stack};
    let mut group = c.benchmark_group("tuple_freelist");
    let n = 10_000;
    let want = with_stack(n);
    group.throughput(Throughput::Elements(n));
    for (name, make) in [
        ("box", with_boxes as fn(u64) -> u64),
        ("pool", with_pool),
        ("stack", with_stack),
    ] {
        assert_eq!(make(n), want, "{name}");
        group.bench_function(name, |b| b.iter(|| make(black_box(n))));
    }
    group.finish();
}

/// 앞과 가운데에 하나씩 넣기: 배열과 고리 버퍼.
fn front_insert(c: &mut Criterion) {
    use front_insert::{Place, fill_reversed, fill_ring, fill_vec};
    let mut group = c.benchmark_group("front_insert");
    let n = 5_000;
    group.throughput(Throughput::Elements(n));
    for (name, place) in [("front", Place::Front), ("middle", Place::Middle)] {
        assert_eq!(fill_ring(place, n), fill_vec(place, n), "{name}");
        group.bench_function(BenchmarkId::new("vec", name), |b| {
            b.iter(|| fill_vec(black_box(place), n))
        });
        group.bench_function(BenchmarkId::new("ring", name), |b| {
            b.iter(|| fill_ring(black_box(place), n))
        });
    }
    assert_eq!(fill_reversed(n), fill_vec(Place::Front, n));
    group
        .bench_function("reverse", |b| b.iter(|| fill_reversed(black_box(n))));
    group.finish();
}
