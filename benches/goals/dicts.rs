//! 사전과 셋의 목표.

use std::hash::BuildHasherDefault;
use std::hint::black_box;

use hashbrown::HashMap;
use rust_lab::dicts::keys::{FoldHasher, Keys, keys};
use rust_lab::lab::rng::SplitMix64;

use crate::goal::{Build, Goal, Slow, Work};

pub const GOALS: &[Goal] = &[
    Goal {
        chapter: "dicts",
        name: "look_up",
        title: "섞인 순서로 찾아 더하기, 100만 개",
        build: Build::Base,
        at_least: 18.0,
        items: 1_000_000,
        fast: &[("hashbrown", look_up)],
        slow: ("CPython dict", Slow::Python),
    },
    Goal {
        chapter: "dicts",
        name: "insert",
        title: "빈 사전에 무작위 키 넣기, 100만 개",
        build: Build::Base,
        at_least: 6.0,
        items: 1_000_000,
        fast: &[("미리 잡은 표", insert), ("쓰던 표를 비움", refill)],
        slow: ("CPython dict", Slow::Python),
    },
];

type Map = HashMap<u64, u64, BuildHasherDefault<FoldHasher>>;

fn random(n: u64) -> Vec<u64> {
    keys(Keys::Random, 0, 42).take(n as usize).collect()
}

fn sized(n: u64) -> Map {
    Map::with_capacity_and_hasher(n as usize, Default::default())
}

/// 답은 넣은 수와 마지막 키의 값.
fn fill(map: &mut Map, keys: &[u64]) -> u64 {
    let mut last = 0;
    for key in black_box(keys) {
        map.insert(*key, *key);
        last = *key;
    }
    (map.len() as u64).wrapping_add(map[&last])
}

fn look_up(n: u64) -> Work {
    let keys = random(n);
    let mut map = sized(n);
    map.extend(keys.iter().copied().zip(0..));
    let mut order = keys;
    SplitMix64::new(42).shuffle(&mut order);
    let find = move |key: &u64| map[key];
    Box::new(move || black_box(&order).iter().map(&find).sum())
}

fn insert(n: u64) -> Work {
    let keys = random(n);
    Box::new(move || fill(&mut sized(n), &keys))
}

/// 표의 페이지를 이미 만진 것: 새 페이지를 얻는 시간이 빠짐.
fn refill(n: u64) -> Work {
    let (keys, mut map) = (random(n), sized(n));
    Box::new(move || {
        map.clear();
        fill(&mut map, &keys)
    })
}
