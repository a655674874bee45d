//! 이터레이터와 제너레이터의 목표.

use std::hint::black_box;

use rust_lab::fundamentals::ooo_pipeline::{VALUES, sum_fixed, values};
use rust_lab::lab::rng::SplitMix64;

use crate::goal::{Goal, Setup, Slow, Work};

const LANES: &[(&str, Setup)] = &[("누산기 8개", lanes)];

pub const GOALS: &[Goal] = &[
    Goal {
        chapter: "iterators",
        name: "chain",
        title: "거르고 바꿔 더하는 사슬을 손으로 푼 반복문과, 1만 개",
        at_least: 1.0 / 1.05,
        items: 10_000,
        fast: &[("이터레이터 사슬", chain)],
        slow: ("반복문", Slow::Rust(by_hand)),
    },
    Goal {
        chapter: "iterators",
        name: "generator",
        title: "거르고 바꿔 더하기, 1만 개",
        at_least: 50.0,
        items: 10_000,
        fast: &[("이터레이터 사슬", chain)],
        slow: ("파이썬 제너레이터", Slow::Python),
    },
    Goal {
        chapter: "iterators",
        name: "sum_iter",
        title: "실수의 합, 8 MiB",
        at_least: 1.6,
        items: VALUES as u64,
        fast: LANES,
        slow: ("iter().sum()", Slow::Rust(one_lane)),
    },
    Goal {
        chapter: "iterators",
        name: "sum_list",
        title: "실수의 합, 2^20개",
        at_least: 10.0,
        items: VALUES as u64,
        fast: LANES,
        slow: ("sum(list)", Slow::Python),
    },
    Goal {
        chapter: "iterators",
        name: "sum_numpy",
        title: "실수의 합, 8 MiB",
        at_least: 1.4,
        items: VALUES as u64,
        fast: LANES,
        slow: ("numpy.sum", Slow::NumPy),
    },
];

fn numbers(n: u64) -> Vec<u64> {
    let mut rng = SplitMix64::new(42);
    (0..n).map(|_| rng.below(1_000)).collect()
}

fn chain(n: u64) -> Work {
    let numbers = numbers(n);
    Box::new(move || {
        let odd = black_box(&numbers).iter().filter(|x| *x & 1 == 1);
        odd.map(|x| x * 3 + 1).sum()
    })
}

fn by_hand(n: u64) -> Work {
    let numbers = numbers(n);
    Box::new(move || {
        let mut total = 0;
        for x in black_box(&numbers) {
            if x & 1 == 1 {
                total += x * 3 + 1;
            }
        }
        total
    })
}

/// 합이 2^53보다 작은 정수라 더하는 차례와 상관없이 정확함.
fn summed(n: u64, sum: fn(&[f64]) -> f64) -> Work {
    let values = values();
    Box::new(move || sum(black_box(&values[..n as usize])) as u64)
}

fn lanes(n: u64) -> Work {
    summed(n, sum_fixed::<8>)
}

fn one_lane(n: u64) -> Work {
    summed(n, |values| values.iter().sum())
}
