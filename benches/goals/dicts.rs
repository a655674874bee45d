//! 사전과 셋의 목표.

use std::hash::BuildHasherDefault;
use std::hint::black_box;

use allocator_api2::alloc::{Allocator, Global};
use hashbrown::HashMap;
use rust_lab::dicts::keys::{FoldHasher, Keys, keys};
use rust_lab::lab::rng::SplitMix64;

use crate::goal::{Goal, Slow, Work};
use crate::pages::HugePages;

pub const GOALS: &[Goal] = &[
    Goal {
        chapter: "dicts",
        name: "look_up",
        title: "섞인 순서로 찾아 더하기, 100만 개",
        at_least: 18.0,
        items: 1_000_000,
        fast: &[("hashbrown", look_up)],
        aside: &[],
        slow: ("CPython dict", Slow::Python),
    },
    Goal {
        chapter: "dicts",
        name: "insert",
        title: "빈 사전에 무작위 키 넣기, 100만 개",
        at_least: 6.0,
        items: 1_000_000,
        fast: &[("미리 잡은 표, 2 MiB 페이지", insert_huge)],
        aside: &[("미리 잡은 표", insert), ("쓰던 표를 비움", refill)],
        slow: ("CPython dict", Slow::Python),
    },
];

type Map<A> = HashMap<u64, u64, BuildHasherDefault<FoldHasher>, A>;

fn random(n: u64) -> Vec<u64> {
    keys(Keys::Random, 0, 42).take(n as usize).collect()
}

fn sized<A: Allocator + Default>(n: u64) -> Map<A> {
    let (hasher, allocator) = Default::default();
    Map::with_capacity_and_hasher_in(n as usize, hasher, allocator)
}

/// 답은 넣은 수와 마지막 키의 값.
fn fill<A: Allocator>(map: &mut Map<A>, keys: &[u64]) -> u64 {
    let mut last = 0;
    for key in black_box(keys) {
        map.insert(*key, *key);
        last = *key;
    }
    (map.len() as u64).wrapping_add(map[&last])
}

fn look_up(n: u64) -> Work {
    let keys = random(n);
    let mut map = sized::<Global>(n);
    map.extend(keys.iter().copied().zip(0..));
    let mut order = keys;
    SplitMix64::new(42).shuffle(&mut order);
    let find = move |key: &u64| map[key];
    Box::new(move || black_box(&order).iter().map(&find).sum())
}

fn insert(n: u64) -> Work {
    let keys = random(n);
    Box::new(move || fill(&mut sized::<Global>(n), &keys))
}

/// 새 페이지를 512배 크게, 그래서 512분의 1번만 얻음.
fn insert_huge(n: u64) -> Work {
    let keys = random(n);
    Box::new(move || fill(&mut sized::<HugePages>(n), &keys))
}

/// 표의 페이지를 이미 만진 것: 새 페이지를 얻는 시간이 빠짐.
fn refill(n: u64) -> Work {
    let (keys, mut map) = (random(n), sized::<Global>(n));
    Box::new(move || {
        map.clear();
        fill(&mut map, &keys)
    })
}
