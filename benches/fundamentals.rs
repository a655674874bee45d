//! 고성능 파이썬 이해하기.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::fundamentals::{
    branch_predict, cache_walk, memory_ladder, ooo_pipeline, simd_simt,
    tiny_vm,
};
use rust_lab::lab::Param;

pub fn define(c: &mut Criterion) {
    branch_predict(c);
    simd_simt(c);
    ooo_pipeline(c);
    memory_ladder(c);
    cache_walk(c);
    tiny_vm(c);
}

/// 분기를 남긴 합과 없앤 합, 무작위와 정렬.
fn branch_predict(c: &mut Criterion) {
    let mut group = c.benchmark_group("branch_predict");
    let n = 1_000_000;
    let random = branch_predict::bytes(n, 42);
    let mut sorted = random.clone();
    sorted.sort_unstable();
    let want = branch_predict::sum_plain(&random, 128);
    group.throughput(Throughput::Elements(n));
    for (name, sum) in branch_predict::SUMS {
        for (order, bytes) in [("random", &random), ("sorted", &sorted)] {
            assert_eq!(sum(bytes, 128), want, "{name}");
            group.bench_function(BenchmarkId::new(name, order), |b| {
                b.iter(|| sum(black_box(bytes), 128));
            });
        }
    }
    group.finish();
}

/// 누산기의 수마다: L1에 드는 값과 메모리에서 오는 값의 합.
fn ooo_pipeline(c: &mut Criterion) {
    let mut group = c.benchmark_group("ooo_pipeline");
    let all = ooo_pipeline::values();
    for (name, values) in [("16 KiB", &all[..2_048]), ("8 MiB", &all)] {
        let want = ooo_pipeline::sum(values, 1);
        group.throughput(Throughput::Elements(values.len() as u64));
        for (k, add) in ooo_pipeline::ADDERS {
            assert_eq!(add(values), want, "{k}");
            group.bench_function(BenchmarkId::new(name, k), |b| {
                b.iter(|| add(black_box(values)));
            });
        }
    }
    group.finish();
}

/// 작업 집합 네 가지: 따라가기와 훑기.
fn memory_ladder(c: &mut Criterion) {
    let mut group = c.benchmark_group("memory_ladder");
    for kib in [16, 256, 4_096, 65_536] {
        let ring =
            memory_ladder::Ring::new(kib, memory_ladder::Stride::B64, 42);
        let nodes = ring.nodes();
        assert_eq!(ring.chase(0, nodes, |_| {}).0, 0);
        group.throughput(Throughput::Elements(nodes));
        group.bench_function(BenchmarkId::new("chase", kib), |b| {
            b.iter(|| ring.chase(0, black_box(nodes), |_| {}));
        });
        group.bench_function(BenchmarkId::new("scan", kib), |b| {
            b.iter(|| black_box(&ring).scan());
        });
    }
    group.finish();
}

/// 행, 열, 블록, 행 끝을 띄운 열: 같은 합을 네 길로.
fn cache_walk(c: &mut Criterion) {
    let mut group = c.benchmark_group("cache_walk");
    for n in [512, 2_048] {
        let params = cache_walk::Params { n, ..Default::default() };
        let want = (0..n * n).map(|k| k % 1000).sum::<u64>() as f64;
        group.throughput(Throughput::Elements(n * n));
        for (name, walk) in cache_walk::routes(&params) {
            let cells = walk.cells();
            assert_eq!(cache_walk::sum(&cells, &walk), want, "{name}");
            group.bench_function(BenchmarkId::new(name, n), |b| {
                b.iter(|| cache_walk::sum(black_box(&cells), &walk));
            });
        }
    }
    group.finish();
}

/// 한 바퀴의 값: 나무, 바이트코드, 특수화, 기계어.
fn tiny_vm(c: &mut Criterion) {
    use tiny_vm::{MODES, Program, execute};
    let (n, programs) = (10_000, [Program::SumSquares, Program::Branchy]);
    let mut group = c.benchmark_group("tiny_vm");
    group.throughput(Throughput::Elements(n as u64));
    for program in programs {
        let want = Ok(program.native(n));
        for mode in MODES {
            assert_eq!(execute(mode, program, n, &mut |_| {}), want);
            let id = BenchmarkId::new(mode.label(), program.label());
            group.bench_function(id, |b| {
                b.iter(|| execute(mode, program, black_box(n), &mut |_| {}));
            });
        }
    }
    group.finish();
}

/// 32비트 정수의 합: 하나씩, 그리고 레인의 수마다.
fn simd_simt(c: &mut Criterion) {
    let mut group = c.benchmark_group("simd_simt");
    for n in [10_000, 4_000_000] {
        let values = simd_simt::values(n);
        let want = simd_simt::sum_one_by_one(&values);
        group.throughput(Throughput::Elements(n));
        for (name, add) in simd_simt::ADDERS {
            assert_eq!(add(&values), want, "{name}");
            group.bench_function(BenchmarkId::new(name, n), |b| {
                b.iter(|| add(black_box(&values)));
            });
        }
    }
    group.finish();
}
