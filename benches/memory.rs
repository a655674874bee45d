//! 메모리 아껴 쓰기.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::lab::Param;
use rust_lab::memory::word_automaton;

pub fn define(c: &mut Criterion) {
    word_automaton(c);
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
