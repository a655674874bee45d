//! 메모리 아껴 쓰기.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::lab::Param;
use rust_lab::memory::{
    name_tokens, out_of_core, sparse_matrix, word_automaton,
};

pub fn define(c: &mut Criterion) {
    compact_types(c);
    word_automaton(c);
    name_tokens(c);
    bloom_fpr(c);
    distinct_count(c);
    morris_counter(c);
    sparse_matrix(c);
    out_of_core(c);
}

/// 담는 방법마다: 모두 더하기와 100번 묻기.
fn compact_types(c: &mut Criterion) {
    use rust_lab::memory::compact_types::{Params, Rivals};

    let mut group = c.benchmark_group("compact_types");
    let params = Params::default();
    let rivals = Rivals::new(&params);
    for (work, rivals, items) in
        [("sum", rivals.sums(), params.n), ("contains", rivals.finds(), 100)]
    {
        let want = rivals[0].1();
        group.throughput(Throughput::Elements(items));
        for (rival, run) in rivals {
            assert_eq!(run(), want, "{work} {rival}");
            let id = BenchmarkId::new(rival, work);
            group.bench_function(id, |b| b.iter(|| black_box(run())));
        }
    }
    group.finish();
}

/// 우리 필터, fastbloom, 셋: 넣기와 묻기.
fn bloom_fpr(c: &mut Criterion) {
    use rust_lab::memory::bloom_fpr::{Fpr, Rivals};

    let mut group = c.benchmark_group("bloom_fpr");
    let n = 100_000;
    let rivals = Rivals::new(n, Fpr::One);
    // 넣은 것은 모두 있다고 해야 함
    assert_eq!([rivals.ask_ours(0), rivals.ask_theirs(0)], [n, n]);
    assert_eq!([rivals.ask_set(0), rivals.ask_set(n)], [n, 0]);
    group.throughput(Throughput::Elements(n));
    let mut bench = |rival: &str, work: &str, run: &dyn Fn() -> u64| {
        let id = BenchmarkId::new(rival, work);
        group.bench_function(id, |b| b.iter(|| black_box(run())));
    };
    bench("model", "insert", &|| rivals.insert_ours());
    bench("fastbloom", "insert", &|| rivals.insert_theirs());
    bench("std", "insert", &|| rivals.insert_set());
    for (work, from) in [("hit", 0), ("miss", n)] {
        bench("model", work, &|| rivals.ask_ours(black_box(from)));
        bench("fastbloom", work, &|| rivals.ask_theirs(black_box(from)));
        bench("std", work, &|| rivals.ask_set(black_box(from)));
    }
    group.finish();
}

/// 해시하고 넣기: 스케치마다, 그리고 셋.
fn distinct_count(c: &mut Criterion) {
    use rust_lab::memory::distinct_count::Rivals;

    let mut group = c.benchmark_group("distinct_count");
    let n = 100_000;
    for p in [12, 14] {
        let rivals = Rivals::new(n, p, 256);
        assert_eq!(rivals.set(), n);
        let near = rivals.plus().abs_diff(n) as f64 / n as f64;
        assert!(near < 0.05, "{near}");
        group.throughput(Throughput::Elements(n));
        let mut bench = |rival: &str, run: &dyn Fn() -> u64| {
            let id = BenchmarkId::new(rival, p);
            group.bench_function(id, |b| b.iter(|| black_box(run())));
        };
        bench("hll", &|| rivals.hll());
        bench("hyperloglogplus", &|| rivals.plus());
        bench("linear", &|| rivals.linear());
        if p == 12 {
            bench("kmv", &|| rivals.kmv());
            bench("std", &|| rivals.set());
        }
    }
    group.finish();
}

/// 사건 하나를 세기: 밑 2와 촘촘한 밑.
fn morris_counter(c: &mut Criterion) {
    use rust_lab::memory::morris_counter::{count, estimate, limits};

    let mut group = c.benchmark_group("morris_counter");
    let n = 100_000;
    group.throughput(Throughput::Elements(n));
    for a in [1, 16] {
        let limits = limits(a);
        let seen = estimate(count(n, 0, &limits), a) / n as f64;
        assert!((0.2..5.0).contains(&seen), "{a}: {seen}");
        group.bench_function(BenchmarkId::from_parameter(a), |b| {
            b.iter(|| black_box(count(black_box(n), 0, &limits)))
        });
    }
    group.finish();
}

/// 여섯 구조의 찾기와 짓기.
fn word_automaton(c: &mut Criterion) {
    use word_automaton::{Automaton, Corpus, Params, Repr, Rivals};
    let mut group = c.benchmark_group("word_automaton");
    let corpus = Corpus::new(&Params::default());
    let Ok(rivals) = Rivals::new(&corpus.words) else { return };
    let hits = rivals.hits(Repr::HashSet, &corpus.queries);
    group.throughput(Throughput::Elements(corpus.queries.len() as u64));
    for repr in Repr::ALL {
        assert_eq!(rivals.hits(repr, &corpus.queries), hits, "{repr:?}");
        let id = BenchmarkId::new(repr.label(), "찾기");
        group.bench_function(id, |b| {
            b.iter(|| black_box(rivals.hits(repr, &corpus.queries)))
        });
    }
    group.throughput(Throughput::Elements(corpus.words.len() as u64));
    for (name, share) in [("트라이", false), ("DAWG", true)] {
        let id = BenchmarkId::new(name, "짓기");
        group.bench_function(id, |b| {
            b.iter(|| black_box(Automaton::build(&corpus.words, share)))
        });
    }
    group.finish();
}

/// 메모리에 올린 정렬, 모형 장치와 임시 파일의 외부 정렬, mmap.
fn out_of_core(c: &mut Criterion) {
    let mut group = c.benchmark_group("out_of_core");
    group.sample_size(10);
    let p = out_of_core::Params::default();
    let print = out_of_core::all_in_memory(p.n, p.seed);
    group.throughput(Throughput::Elements(p.n));
    for mut rival in out_of_core::rivals(&p) {
        assert_eq!((rival.run)(), print, "{}", rival.name);
        let id = BenchmarkId::new(&rival.name, p.n);
        group.bench_function(id, |b| b.iter(|| black_box((rival.run)())));
    }
    group.finish();
}

/// 네 구조의 찾기.
fn name_tokens(c: &mut Criterion) {
    use name_tokens::{Corpus, Params, Rivals, Store};
    let mut group = c.benchmark_group("name_tokens");
    let Corpus { words, queries } = Corpus::new(&Params::default());
    let Ok(rivals) = Rivals::new(&words) else { return };
    let hits = rivals.hits(Store::HashSet, &queries);
    group.throughput(Throughput::Elements(queries.len() as u64));
    for store in Store::ALL {
        assert_eq!(rivals.hits(store, &queries), hits, "{store:?}");
        group.bench_function(store.label(), |b| {
            b.iter(|| black_box(rivals.hits(store, &queries)))
        });
    }
    group.finish();
}

/// 밀집, 밀도마다의 CSR, `sprs`의 곱셈.
fn sparse_matrix(c: &mut Criterion) {
    let mut group = c.benchmark_group("sparse_matrix");
    let p = sparse_matrix::Params::default();
    let Ok(mut rivals) = sparse_matrix::rivals(&p) else { return };
    // 앞의 둘과 마지막은 같은 행렬임
    let last = rivals.len() - 1;
    let answers = [0, 1, last].map(|i| (rivals[i].run)());
    assert!(answers.iter().all(|each| *each == answers[0]));
    group.throughput(Throughput::Elements(p.n * p.n));
    for rival in &mut rivals {
        group.bench_function(rival.name.clone(), |b| {
            b.iter(|| black_box((rival.run)()))
        });
    }
    group.finish();
}
