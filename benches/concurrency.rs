//! 동시성.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::concurrency::{
    backpressure, crawl, event_loop, fetch_window, gil_switch, task_footprint,
};
use rust_lab::lab::Param;

pub fn define(c: &mut Criterion) {
    event_loop(c);
    gil_switch(c);
    fetch_window(c);
    crawl(c);
    backpressure(c);
    task_footprint(c);
}

/// 고리 한 번 돌려 보기: 작업 50개, 열 바퀴.
fn event_loop(c: &mut Criterion) {
    use event_loop::{Model, Params, simulate};
    let mut group = c.benchmark_group("event_loop");
    let p = Params { tasks: 50, rounds: 10, ..Params::default() };
    group.throughput(Throughput::Elements(p.tasks * p.rounds));
    for model in Model::ALL {
        let plan = p.plan(model);
        // 방법이 달라도 계산한 시간은 같음
        let busy = simulate(&p.plan(Model::Sequential), |_| {}).busy;
        assert_eq!(simulate(&plan, |_| {}).busy, busy);
        let id = BenchmarkId::new("simulate", model.value());
        group.bench_function(id, |b| {
            b.iter(|| simulate(black_box(&plan), |_| {}))
        });
    }
    group.finish();
}

/// 세 방식의 500 ms.
fn gil_switch(c: &mut Criterion) {
    use gil_switch::{Mode, Params, simulate};
    let mut group = c.benchmark_group("gil_switch");
    let p = Params::default();
    for mode in Mode::ALL {
        let once = simulate(&p, mode, |_| {});
        assert_eq!(simulate(&p, mode, |_| {}), once);
        let id = BenchmarkId::new("simulate", mode.value());
        group.bench_function(id, |b| {
            b.iter(|| simulate(black_box(&p), mode, |_| {}))
        });
    }
    group.finish();
}

/// 창 하나: 무릎 앞, 무릎, 무릎 뒤.
fn fetch_window(c: &mut Criterion) {
    use fetch_window::{Load, Params, simulate};
    let mut group = c.benchmark_group("fetch_window");
    let p = Params::default();
    let load = Load::new(&p);
    group.throughput(Throughput::Elements(p.requests));
    for window in [16, p.knee(), 500] {
        // 요청을 하나도 잃지 않음
        assert_eq!(simulate(&load, window).refused, 0);
        let id = BenchmarkId::new("simulate", window);
        group.bench_function(id, |b| {
            b.iter(|| simulate(black_box(&load), window))
        });
    }
    group.finish();
}

/// 본문 하나를 만드는 값: 서버가 요청마다 하는 일.
fn crawl(c: &mut Criterion) {
    use crawl::{Params, body};
    let mut group = c.benchmark_group("crawl");
    let length = Params::default().body as usize;
    assert_eq!(body(0, length).len(), length);
    group.throughput(Throughput::Bytes(length as u64));
    group.bench_function("body", |b| b.iter(|| body(black_box(7), length)));
    group.finish();
}

/// 줄 하나에 일을 모두 넣기.
fn backpressure(c: &mut Criterion) {
    use backpressure::{Params, Policy, jobs, simulate};
    let mut group = c.benchmark_group("backpressure");
    let p = Params::default();
    let work = jobs(&p, p.load_pct);
    group.throughput(Throughput::Elements(p.items));
    for policy in Policy::ALL {
        let once = simulate(&p, &work, policy, |_, _| {});
        assert_eq!(simulate(&p, &work, policy, |_, _| {}), once);
        let id = BenchmarkId::new("simulate", policy.value());
        group.bench_function(id, |b| {
            b.iter(|| simulate(&p, black_box(&work), policy, |_, _| {}))
        });
    }
    group.finish();
}

/// 퓨처를 만들어 차례로 끝까지.
fn task_footprint(c: &mut Criterion) {
    use task_footprint::round_robin;
    let mut group = c.benchmark_group("task_footprint");
    for count in [1_000, 100_000] {
        assert_eq!(round_robin(count, 3).0, 4 * count);
        group.throughput(Throughput::Elements(count));
        group.bench_function(BenchmarkId::new("round_robin", count), |b| {
            b.iter(|| round_robin(black_box(count), 3))
        });
    }
    group.finish();
}
