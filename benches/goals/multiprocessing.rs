//! 다중 처리의 목표. 벽시계로 견주므로 다른 일이 돌면 판정하지 않음.

use std::hint::black_box;

use rayon::{ThreadPool, ThreadPoolBuilder};
use rust_lab::multiprocessing::monte_carlo_pi::{self, Mode, hits};
use rust_lab::multiprocessing::prime_search::real;

use crate::goal::{Goal, Slow, Work};

pub const GOALS: &[Goal] = &[
    Goal {
        chapter: "multiprocessing",
        name: "primes",
        title: "1,000,001부터 20만 개의 소수 세기, 스레드 2개",
        at_least: 1.75,
        items: 200_000,
        fast: &[("rayon, 256개씩", |n| {
            on_two_threads(move || real::chunks(LO, n, 256))
        })],
        aside: &[],
        slow: (
            "한 스레드",
            Slow::OneThread(|n| Box::new(move || real::alone(LO, n))),
        ),
    },
    Goal {
        chapter: "multiprocessing",
        name: "pi",
        title: "점 2,000만 개를 던져 세는 π, 스레드 2개",
        at_least: 1.75,
        items: 20_000_000,
        fast: &[("rayon", |n| {
            let p = points(n, Mode::Rayon);
            on_two_threads(move || hits(black_box(&p)))
        })],
        aside: &[],
        slow: (
            "한 스레드",
            Slow::OneThread(|n| {
                let p = points(n, Mode::Lanes);
                Box::new(move || hits(black_box(&p)))
            }),
        ),
    },
];

fn points(points: u64, mode: Mode) -> monte_carlo_pi::Params {
    monte_carlo_pi::Params { points, mode, workers: 2, ..Default::default() }
}

const LO: u64 = 1_000_001;

/// 코어가 몇 개든 둘만 씀. 스레드를 만드는 시간은 재지 않음.
pub fn on_two_threads(mut work: impl FnMut() -> u64 + Send + 'static) -> Work {
    let pool: Option<ThreadPool> =
        ThreadPoolBuilder::new().num_threads(2).build().ok();
    Box::new(move || match &pool {
        Some(pool) => pool.install(&mut work),
        // 스레드를 만들지 못하는 기계에서는 그 값이 그대로 드러남
        None => work(),
    })
}
