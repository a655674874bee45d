//! 사전과 셋.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::dicts::dict_probe::{Keys, Params, Rivals};

pub fn define(c: &mut Criterion) {
    dict_probe(c);
}

/// 키의 모양마다: 우리 모형, std, hashbrown, BTreeMap의 조회.
fn dict_probe(c: &mut Criterion) {
    let mut group = c.benchmark_group("dict_probe");
    for (name, keys, n) in [
        ("seq", Keys::Seq, 100_000),
        ("shift", Keys::Shift, 100_000),
        ("random", Keys::Random, 1_000_000),
    ] {
        let rivals = Rivals::new(&Params { n, keys, ..Params::default() });
        let sum = rivals.sum_std();
        group.throughput(Throughput::Elements(n));
        let mut bench = |rival: &str, find: &dyn Fn() -> u64| {
            assert_eq!(find(), sum, "{rival}");
            let id = BenchmarkId::new(rival, format!("{name}/{n}"));
            group.bench_function(id, |b| b.iter(|| black_box(find())));
        };
        bench("model", &|| rivals.sum_model());
        bench("std", &|| rivals.sum_std());
        bench("hashbrown", &|| rivals.sum_swiss());
        bench("btree", &|| rivals.sum_btree());
    }
    group.finish();
}
