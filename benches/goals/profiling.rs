//! 프로파일링의 목표.

use std::hint::black_box;
use std::time::Instant;

use rust_lab::profiling::log_pipeline::{How, Params, pipeline};
use rust_lab::profiling::spans::{Grain, Spans};

use crate::goal::{Goal, Slow, Work};

pub const GOALS: &[Goal] = &[Goal {
    chapter: "profiling",
    name: "overhead",
    title: "로그 5,000줄의 보고서를 재면서 쓰기",
    at_least: 1.0 / 1.10,
    items: 5_000,
    fast: &[("단계마다 잼", |n| profiled(n, Grain::Stage))],
    aside: &[("항목마다 잼", |n| profiled(n, Grain::Item))],
    slow: ("재지 않음", Slow::Rust(plain)),
}];

fn plain(lines: u64) -> Work {
    report(lines, |log, how| pipeline(log, how, |_| {}))
}

fn report(lines: u64, write: impl Fn(&str, How) -> String + 'static) -> Work {
    let p = Params { lines, ..Params::default() };
    let (log, how) = (p.log(lines), p.how());
    Box::new(move || write(black_box(&log), how).len() as u64)
}

fn profiled(lines: u64, grain: Grain) -> Work {
    let start = Instant::now();
    report(lines, move |log, how| {
        let clock = || start.elapsed().as_nanos() as f64;
        let mut spans = Spans::new(clock, grain);
        let text = pipeline(log, how, |step| spans.watch(step));
        black_box(spans.laps);
        text
    })
}
