//! 메모리 아껴 쓰기.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::lab::Param;
use rust_lab::memory::{
    name_tokens, out_of_core, sparse_matrix, word_automaton,
};

pub fn define(c: &mut Criterion) {
    word_automaton(c);
    out_of_core(c);
    name_tokens(c);
    sparse_matrix(c);
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
