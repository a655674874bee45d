//! 사전과 셋.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::dicts::keys::Keys;
use rust_lab::dicts::{
    dict_probe, hash_quality, namespace_lookup, set_probe, tombstone_churn,
};
use rust_lab::lab::Param;

pub fn define(c: &mut Criterion) {
    dict_probe(c);
    set_probe(c);
    tombstone_churn(c);
    hash_quality(c);
    namespace_lookup(c);
}

/// 키의 모양마다: 우리 모형, std, hashbrown, BTreeMap의 조회.
fn dict_probe(c: &mut Criterion) {
    let mut group = c.benchmark_group("dict_probe");
    for (name, keys, n) in [
        ("seq", Keys::Seq, 100_000),
        ("shift", Keys::Shift, 100_000),
        ("random", Keys::Random, 1_000_000),
    ] {
        let params = dict_probe::Params { n, keys, ..Default::default() };
        let rivals = dict_probe::Rivals::new(&params);
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

/// 있는 키와 없는 키의 조회: 우리 셋, 우리 사전, std, hashbrown.
fn set_probe(c: &mut Criterion) {
    let mut group = c.benchmark_group("set_probe");
    let n = 100_000;
    for (name, keys) in
        [("seq", Keys::Seq), ("shift", Keys::Shift), ("random", Keys::Random)]
    {
        let params = set_probe::Params { n, keys, ..Default::default() };
        let rivals = set_probe::Rivals::new(&params);
        group.throughput(Throughput::Elements(n));
        for (kind, wanted, found) in
            [("hit", &rivals.present, n), ("miss", &rivals.absent, 0)]
        {
            let mut bench = |rival: &str, count: &dyn Fn() -> u64| {
                assert_eq!(count(), found, "{rival}");
                let id = BenchmarkId::new(rival, format!("{name}/{kind}"));
                group.bench_function(id, |b| b.iter(|| black_box(count())));
            };
            bench("set", &|| rivals.count_set(wanted));
            bench("dict", &|| rivals.count_dict(wanted));
            bench("std", &|| rivals.count_std(wanted));
            bench("hashbrown", &|| rivals.count_swiss(wanted));
        }
    }
    group.finish();
}

/// 크기를 지키며 하나 지우고 하나 넣기. 구멍을 걷는 방법이 먼저임.
fn tombstone_churn(c: &mut Criterion) {
    let mut group = c.benchmark_group("tombstone_churn");
    let rounds = 10_000;
    group.throughput(Throughput::Elements(rounds));
    for size in [100, 1_000, 10_000] {
        for mut rival in tombstone_churn::rivals(size, rounds) {
            let id = BenchmarkId::new(&rival.name, size);
            group.bench_function(id, |b| b.iter(|| black_box((rival.run)())));
        }
    }
    group.finish();
}

/// 정수와 한글 키마다: 여섯 해시를 하나씩 셈하기.
fn hash_quality(c: &mut Criterion) {
    use hash_quality::{HashFn, Keys};
    let mut group = c.benchmark_group("hash_quality");
    let (n, secret) = (10_000, hash_quality::secret(42));
    for (name, family) in [("ints", Keys::Ints), ("words", Keys::Words)] {
        let keys = hash_quality::keys(family, n);
        group.throughput(Throughput::Elements(n));
        for hasher in HashFn::ALL {
            let id = BenchmarkId::new(hasher.label(), name);
            group.bench_function(id, |b| {
                b.iter(|| hasher.sum(black_box(&keys), secret))
            });
        }
    }
    group.finish();
}

/// 이름 하나를 읽는 다섯 가지 길.
fn namespace_lookup(c: &mut Criterion) {
    let mut group = c.benchmark_group("namespace_lookup");
    let (reads, n) = (namespace_lookup::Reads::new(100, 3), 10_000);
    group.throughput(Throughput::Elements(n));
    let mut bench = |name: &str, read: &dyn Fn() -> u64| {
        group.bench_function(name, |b| b.iter(|| black_box(read())));
    };
    assert_eq!(reads.slot(n), reads.cached(n));
    bench("배열의 칸(지역)", &|| reads.slot(n));
    bench("판 번호와 칸(캐시)", &|| reads.cached(n));
    for (name, site) in &reads.sites {
        assert_eq!(reads.search(site, n), n, "{name}");
        bench(name, &|| reads.search(site, n));
    }
    group.finish();
}
