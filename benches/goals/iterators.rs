//! 이터레이터와 제너레이터의 목표.

use std::hint::black_box;

use allocator_api2::vec::Vec;
use rust_lab::fundamentals::ooo_pipeline::{self, VALUES, sum_fixed};
use rust_lab::intro::first_run::{Folded, fold};
use rust_lab::lab::rng::SplitMix64;

use crate::goal::{Goal, Setup, Slow, Work};
use crate::pages::HugePages;

/// 같은 일이지만 기계어가 달라 둘 다 잼.
const CHAIN: &[(&str, Setup)] = &[("filter_map", filter_map)];
const APART: &[(&str, Setup)] = &[("filter와 map", filter_then_map)];
const LANES: &[(&str, Setup)] = &[("누산기 8개", lanes)];

pub const GOALS: &[Goal] = &[
    Goal {
        chapter: "iterators",
        name: "chain",
        title: "난수를 만들어 접는 사슬을 손으로 푼 반복문과, 100만 개",
        at_least: 1.0 / 1.05,
        items: 1_000_000,
        fast: &[("이터레이터 사슬", chain)],
        aside: &[],
        slow: ("반복문", Slow::Rust(loop_by_hand)),
    },
    Goal {
        chapter: "iterators",
        name: "filter",
        title: "거르고 바꿔 더하는 사슬을 손으로 푼 반복문과, 1만 개",
        at_least: 1.0 / 1.05,
        items: 10_000,
        fast: CHAIN,
        aside: APART,
        slow: ("반복문", Slow::Rust(filter_by_hand)),
    },
    Goal {
        chapter: "iterators",
        name: "generator",
        title: "거르고 바꿔 더하기, 1만 개",
        at_least: 50.0,
        items: 10_000,
        fast: CHAIN,
        aside: APART,
        slow: ("파이썬 제너레이터", Slow::Python),
    },
    Goal {
        chapter: "iterators",
        name: "sum_iter",
        title: "실수의 합, 8 MiB",
        at_least: 1.6,
        items: VALUES as u64,
        fast: LANES,
        aside: &[],
        slow: ("iter().sum()", Slow::Rust(one_lane)),
    },
    Goal {
        chapter: "iterators",
        name: "sum_list",
        title: "실수의 합, 2^20개",
        at_least: 10.0,
        items: VALUES as u64,
        fast: LANES,
        aside: &[],
        slow: ("sum(list)", Slow::Python),
    },
    Goal {
        chapter: "iterators",
        name: "sum_numpy",
        title: "실수의 합, 8 MiB",
        at_least: 1.4,
        items: VALUES as u64,
        fast: LANES,
        aside: &[],
        slow: ("numpy.sum", Slow::NumPy),
    },
];

fn answer(Folded { sum, max, xor }: Folded) -> u64 {
    sum ^ max ^ xor
}

fn chain(n: u64) -> Work {
    Box::new(move || {
        let mut rng = SplitMix64::new(42);
        let numbers = (0..black_box(n)).map(|_| rng.next_u64() >> 32);
        answer(numbers.fold(Folded::default(), |so_far, x| Folded {
            sum: so_far.sum.wrapping_add(x),
            max: so_far.max.max(x),
            xor: so_far.xor ^ x,
        }))
    })
}

fn loop_by_hand(n: u64) -> Work {
    Box::new(move || answer(fold(black_box(n), 42, |_| {})))
}

fn with_numbers(n: u64, work: fn(&[u64]) -> u64) -> Work {
    let mut rng = SplitMix64::new(42);
    let numbers: Box<[u64]> = (0..n).map(|_| rng.below(1_000)).collect();
    Box::new(move || work(black_box(&numbers)))
}

fn filter_map(n: u64) -> Work {
    with_numbers(n, |numbers| {
        let kept = |x: &u64| (x & 1 == 1).then(|| x * 3 + 1);
        numbers.iter().filter_map(kept).sum()
    })
}

fn filter_then_map(n: u64) -> Work {
    with_numbers(n, |numbers| {
        let odd = numbers.iter().filter(|x| *x & 1 == 1);
        odd.map(|x| x * 3 + 1).sum()
    })
}

fn filter_by_hand(n: u64) -> Work {
    with_numbers(n, |numbers| {
        let mut total = 0;
        for x in numbers {
            if x & 1 == 1 {
                total += x * 3 + 1;
            }
        }
        total
    })
}

/// 합이 2^53보다 작은 정수라 더하는 차례와 상관없이 정확함.
/// NumPy의 배열처럼 큰 페이지에 놓음.
fn summed(n: u64, sum: fn(&[f64]) -> f64) -> Work {
    let mut values = Vec::with_capacity_in(VALUES, HugePages);
    values.extend(ooo_pipeline::values());
    Box::new(move || sum(black_box(&values[..n as usize])) as u64)
}

fn lanes(n: u64) -> Work {
    summed(n, sum_fixed::<8>)
}

fn one_lane(n: u64) -> Work {
    summed(n, |values| values.iter().sum())
}
