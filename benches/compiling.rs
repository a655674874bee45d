//! 컴파일과 JIT 컴퓨팅.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::compiling::call_boundary::Payload;
use rust_lab::compiling::{
    bifurcation, bounds_check, call_boundary, expr, expr_jit, julia,
    rust_from_python, type_specialize,
};
use rust_lab::lab::host::Quiet;
use rust_lab::lab::{Ctx, Param, Scope};

pub fn define(c: &mut Criterion) {
    type_specialize(c);
    expr_jit(c);
    call_boundary(c);
    bounds_check(c);
    bifurcation(c);
    rust_from_python(c);
    julia(c);
}

/// 흐름마다: 명령 하나의 상태 기계를 5,000번.
fn type_specialize(c: &mut Criterion) {
    use type_specialize::{Params, Site, Stream, kinds};
    let mut group = c.benchmark_group("type_specialize");
    let length = 5_000;
    group.throughput(Throughput::Elements(length));
    for stream in Stream::ALL {
        let params = Params { length, stream, ..Params::default() };
        let kinds = kinds(&params);
        group.bench_function(stream.label(), |b| {
            b.iter(|| {
                let mut site = Site::new(params.warmup, params.cooldown);
                for kind in black_box(&kinds) {
                    site.execute(*kind, |_| {});
                }
                site
            })
        });
    }
    group.finish();
}

/// 작은 식과 큰 식을 모든 엔진으로, 그리고 기계어로 바꾸는 일.
fn expr_jit(c: &mut Criterion) {
    let mut group = c.benchmark_group("expr_jit");
    let ctx = Ctx::new(&Quiet, Scope::Native);
    let big = ["sel(x<1,x*x,sqrt(x)/3)"; 12].join("-");
    for (size, text) in [("작은 식", "x*x*0.5 + 3*x - 1"), ("큰 식", &big)]
    {
        let tree = expr::parse(text).expect("문법에 맞는 식임");
        let machine = expr_jit::Machine::new(&tree, &ctx).ok();
        let xs: Vec<f64> = (0..4_096).map(|i| f64::from(i) * 0.5).collect();
        let mut out = vec![0.0; xs.len()];
        group.throughput(Throughput::Elements(xs.len() as u64));
        for (name, mut apply) in expr_jit::rivals(&tree, machine.as_ref()) {
            group.bench_function(BenchmarkId::new(name, size), |b| {
                b.iter(|| apply(black_box(&xs), &mut out))
            });
        }
        if machine.is_some() {
            group.throughput(Throughput::Elements(1));
            let id = BenchmarkId::new("기계어 만들기", size);
            group.bench_function(id, |b| {
                b.iter(|| expr_jit::Machine::new(&tree, &ctx).is_ok())
            });
        }
    }
    group.finish();
}

/// 원소마다 부르는 세 가지와, 묶음마다 부르는 두 가지.
fn call_boundary(c: &mut Criterion) {
    let mut group = c.benchmark_group("call_boundary");
    let items = call_boundary::items(100_000, 42);
    group.throughput(Throughput::Elements(items.len() as u64));
    for (name, work) in call_boundary::each_way(&items) {
        group.bench_function(name, |b| b.iter(|| black_box(work())));
    }
    for payload in [Payload::Copy, Payload::View] {
        for batch in [1, 16, 256, 4_096] {
            let id = BenchmarkId::new(payload.label(), batch);
            group.bench_function(id, |b| {
                b.iter(|| {
                    let items = black_box(items.as_slice());
                    call_boundary::cross(items, payload, batch, |_| {})
                })
            });
        }
    }
    group.finish();
}

/// 같은 그림을 스칼라, 벡터, 스레드로.
fn julia(c: &mut Criterion) {
    let mut group = c.benchmark_group("julia");
    for n in [300, 1_000] {
        let p = julia::Params { n, ..Default::default() };
        let (map, grid) = (p.map(), p.grid());
        let mut counts = vec![0; (n * n) as usize];
        julia::paint(&map, &grid, julia::row_scalar, &mut counts);
        let want = counts.clone();
        group.throughput(Throughput::Elements(julia::sum(&want)));
        for (name, paint, row) in julia::rivals(2) {
            paint(&map, &grid, row, &mut counts);
            assert_eq!(counts, want, "{name}");
            let id = BenchmarkId::new(name, n);
            group.bench_function(id, |b| {
                b.iter(|| paint(black_box(&map), &grid, row, &mut counts));
            });
        }
    }
    group.finish();
}

/// 파이썬을 뺀 커널: 빌려 쓰기와 담아 옮기기.
fn rust_from_python(c: &mut Criterion) {
    let mut group = c.benchmark_group("rust_from_python");
    for n in [1_000, 1_000_000] {
        let src = rust_from_python::values(n);
        group.throughput(Throughput::Elements(n));
        let mut rivals = rust_from_python::rivals(&src);
        let want = (rivals[0].run)();
        for rival in &mut rivals {
            assert_eq!((rival.run)(), want, "{}", rival.name);
            let id = BenchmarkId::new(&rival.name, n);
            group.bench_function(id, |b| b.iter(|| black_box((rival.run)())));
        }
    }
    group.finish();
}

/// 같은 표를 r 하나씩, 벡터로, 스레드로.
fn bifurcation(c: &mut Criterion) {
    let mut group = c.benchmark_group("bifurcation");
    let p = bifurcation::Params::default();
    let want = bifurcation::table_scalar(&p);
    group.throughput(Throughput::Elements(p.rs * (p.warm + p.keep)));
    let threads = ("스레드", bifurcation::table_parallel as _);
    for (name, fill) in bifurcation::RIVALS.into_iter().chain([threads]) {
        assert_eq!(fill(&p), want, "{name}");
        group.bench_function(name, |b| b.iter(|| fill(black_box(&p))));
    }
    group.finish();
}

/// 커널 셋을 네 가지 쓰는 법으로.
fn bounds_check(c: &mut Criterion) {
    let mut group = c.benchmark_group("bounds_check");
    let n = 100_000;
    let data = bounds_check::Data::new(n, 42);
    group.throughput(Throughput::Elements(n));
    let mut rivals = bounds_check::rivals(&data);
    for styles in rivals.chunks_mut(bounds_check::Style::ALL.len()) {
        let want = (styles[0].run)();
        for rival in styles {
            assert_eq!((rival.run)(), want, "{}", rival.name);
            group.bench_function(&rival.name, |b| {
                b.iter(|| black_box((rival.run)()));
            });
        }
    }
    group.finish();
}
