//! 들어가며의 목표.

use std::hint::black_box;

use rust_lab::intro::first_run::{Folded, fold};
use rust_lab::lab::rng::SplitMix64;

use crate::goal::{Goal, Slow, Work};

pub const GOALS: &[Goal] = &[Goal {
    chapter: "intro",
    name: "first_run",
    title: "이터레이터로 쓴 것을 손으로 푼 반복문과, 100만 개",
    at_least: 1.0 / 1.05,
    items: 1_000_000,
    fast: &[("이터레이터", iterator)],
    slow: ("반복문", Slow::Rust(by_hand)),
}];

fn answer(Folded { sum, max, xor }: Folded) -> u64 {
    sum ^ max ^ xor
}

fn iterator(n: u64) -> Work {
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

fn by_hand(n: u64) -> Work {
    Box::new(move || answer(fold(black_box(n), 42, |_| {})))
}
