//! 리스트와 튜플의 목표.

use std::hint::black_box;

use rust_lab::lab::rng::SplitMix64;

use crate::goal::{Goal, Slow, Work};

pub const GOALS: &[Goal] = &[
    Goal {
        chapter: "lists",
        name: "push",
        title: "이미 있는 수를 하나씩 넣기, 100만 개",
        at_least: 9.0,
        items: 1_000_000,
        fast: &[("Vec::push", push)],
        aside: &[],
        slow: ("list.append", Slow::Python),
    },
    Goal {
        chapter: "lists",
        name: "search",
        title: "정렬된 10만 개에서 무작위 수의 자리 찾기",
        at_least: 7.0,
        items: 100_000,
        fast: &[("partition_point", search)],
        aside: &[],
        slow: ("bisect_left", Slow::Python),
    },
];

fn random(n: u64, seed: u64) -> Vec<u64> {
    let mut rng = SplitMix64::new(seed);
    (0..n).map(|_| rng.next_u64()).collect()
}

/// 답은 길이와 마지막 수.
fn push(n: u64) -> Work {
    let numbers = random(n, 42);
    Box::new(move || {
        let mut items = Vec::new();
        for number in black_box(&numbers) {
            items.push(*number);
        }
        let last = items.last().copied().unwrap_or(0);
        (items.len() as u64).wrapping_add(last)
    })
}

fn search(n: u64) -> Work {
    let (mut items, numbers) = (random(n, 42), random(n, 7));
    items.sort_unstable();
    let find = move |number: &u64| items.partition_point(|x| x < number);
    Box::new(move || {
        black_box(&numbers).iter().map(|number| find(number) as u64).sum()
    })
}
