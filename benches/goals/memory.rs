//! 메모리 아껴 쓰기의 목표.

use std::hint::black_box;
use std::time::{Duration, Instant};

use rust_lab::memory::distinct_count::Rivals;

use crate::goal::{Goal, Slow, Work};

pub const GOALS: &[Goal] = &[Goal {
    chapter: "memory",
    name: "hll_add",
    title: "하이퍼로그로그(p = 14)에 해시하고 넣기: 값 하나에 100 ns 이내",
    at_least: 1.0,
    items: 1_000_000,
    fast: &[("우리 하이퍼로그로그", hll_add)],
    slow: ("값 하나에 100 ns씩 기다림", Slow::Rust(wait)),
}];

fn rivals(n: u64) -> Rivals {
    Rivals::new(n, 14, 256)
}

fn hll_add(n: u64) -> Work {
    let rivals = rivals(n);
    Box::new(move || rivals.hll())
}

/// 목표가 비가 아니라 시간이므로, 그 시간만큼 CPU를 쓰는 쪽을 세워 둠.
fn wait(n: u64) -> Work {
    let (answer, span) = (rivals(n).hll(), Duration::from_nanos(100 * n));
    Box::new(move || {
        let start = Instant::now();
        while start.elapsed() < span {
            std::hint::spin_loop();
        }
        black_box(answer)
    })
}
