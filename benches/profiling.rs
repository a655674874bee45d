//! 프로파일링.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::lab::Param;
use rust_lab::profiling::log_pipeline;

pub fn define(c: &mut Criterion) {
    log_pipeline(c);
    alloc_profile(c);
}

/// 여덟 가지 방법으로 같은 보고서 쓰기.
fn log_pipeline(c: &mut Criterion) {
    use log_pipeline::{Dedupe, How, Params, Render, Topk, pipeline};
    let mut group = c.benchmark_group("log_pipeline");
    let p = Params::default();
    let log = p.log(p.lines);
    let report = pipeline(&log, p.how(), |_| {});
    group.throughput(Throughput::Elements(p.lines));
    for dedupe in [Dedupe::List, Dedupe::Set] {
        for render in [Render::Concat, Render::Join] {
            for topk in [Topk::Sort, Topk::Heap] {
                let how = How { dedupe, render, topk, k: p.k as usize };
                assert_eq!(pipeline(&log, how, |_| {}), report);
                let names = [dedupe.value(), render.value(), topk.value()];
                let names = names.map(|name| name.to_string()).join("/");
                let id = BenchmarkId::new("pipeline", names);
                group.bench_function(id, |b| {
                    b.iter(|| pipeline(black_box(&log), how, |_| {}))
                });
            }
        }
    }
    group.finish();
}

/// 줄마다 할당하기와 버퍼 하나를 다시 쓰기.
fn alloc_profile(c: &mut Criterion) {
    use rust_lab::profiling::alloc_profile::{Params, rivals};

    let mut group = c.benchmark_group("alloc_profile");
    let p = Params::default();
    group.throughput(Throughput::Elements(p.lines));
    for mut rival in rivals(&p) {
        let id = BenchmarkId::new("total", &rival.name);
        group.bench_function(id, |b| b.iter(|| black_box((rival.run)())));
    }
    group.finish();
}
