//! 고성능 파이썬 이해하기의 목표. 거짓 공유는 두 스레드의 일이라
//! `multiprocessing`의 목표임.

use std::hint::black_box;

use rust_lab::fundamentals::cache_walk::{Order, Walk, sum};
use rust_lab::fundamentals::memory_ladder::{Ring, Stride};
use rust_lab::lab::rng::SplitMix64;

use crate::goal::{Goal, Slow, Work};

pub const GOALS: &[Goal] = &[
    Goal {
        chapter: "fundamentals",
        name: "latency",
        title: "무작위로 이어진 고리를 한 번 따라가기, 4 KiB 페이지",
        at_least: 60.0,
        items: 1 << 22,
        fast: &[("L1에 드는 16 KiB", |n| laps(1 << 8, n))],
        aside: &[],
        slow: ("메모리의 256 MiB", Slow::Rust(|n| laps(n, n))),
    },
    Goal {
        chapter: "fundamentals",
        name: "rows",
        title: "4096² 실수 행렬의 합",
        at_least: 5.0,
        items: 4096 * 4096,
        fast: &[("행 방향", |n| swept(Order::Row, n))],
        aside: &[],
        slow: ("열 방향", Slow::Rust(|n| swept(Order::Col, n))),
    },
    Goal {
        chapter: "fundamentals",
        name: "branch",
        title: "절반보다 작은 수만 더하기, 2^20개",
        at_least: 5.0,
        items: 1 << 20,
        fast: &[("정렬된 수", |n| {
            let mut numbers = random(n);
            numbers.sort_unstable();
            small_only(numbers)
        })],
        aside: &[],
        slow: ("섞인 수", Slow::Rust(|n| small_only(random(n)))),
    },
];

/// `hops`가 노드 수의 배수이므로 처음 노드로 돌아옴: 그 번호가 답임.
fn laps(nodes: u64, hops: u64) -> Work {
    let ring = Ring::new(nodes * 64 / 1024, Stride::B64, 42);
    Box::new(move || ring.chase(0, black_box(hops), |_| {}).0)
}

fn swept(order: Order, items: u64) -> Work {
    let n = items.isqrt();
    let walk = Walk { order, n, block: 1, stride: n };
    let cells = walk.cells();
    Box::new(move || sum(black_box(&cells), &walk) as u64)
}

fn random(n: u64) -> Vec<u64> {
    let mut rng = SplitMix64::new(42);
    (0..n).map(|_| rng.next_u64() >> 32).collect()
}

fn small_only(numbers: Vec<u64>) -> Work {
    Box::new(move || {
        let mut total = 0;
        for x in black_box(&numbers) {
            if *x < 1 << 31 {
                // 컴파일러가 분기를 없애지 못하게 함
                black_box(());
                total += x;
            }
        }
        total
    })
}
