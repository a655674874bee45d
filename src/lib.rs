//! 「고성능 파이썬 스터디 노트 — Rust 실험실」의 실험.
//!
//! 장 하나가 크레이트 하나이고, 실험 하나가 그 안의 파일 하나임. 이 크레이트는
//! 그것들을 모은 등록부임. 새 실험은 `cargo book new <장> <이름>`으로 시작함.

pub use appendix;
pub use clusters;
pub use compiling;
pub use concurrency;
pub use dicts;
pub use fundamentals;
pub use intro;
pub use iterators;
pub use lab;
pub use lessons;
pub use lists;
pub use matrices;
pub use memory;
pub use multiprocessing;
pub use profiling;
pub use pure_python;

#[cfg(not(target_family = "wasm"))]
pub use cli;

use lab::Entry;

/// 장마다의 실험, 책에 나오는 순서대로.
const CHAPTERS: &[&[Entry]] = &[
    intro::ENTRIES,
    fundamentals::ENTRIES,
    profiling::ENTRIES,
    lists::ENTRIES,
    dicts::ENTRIES,
    iterators::ENTRIES,
    pure_python::ENTRIES,
    matrices::ENTRIES,
    compiling::ENTRIES,
    concurrency::ENTRIES,
    multiprocessing::ENTRIES,
    clusters::ENTRIES,
    memory::ENTRIES,
    lessons::ENTRIES,
    appendix::ENTRIES,
];

/// 등록된 모든 실험, 책에 나오는 순서대로.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    CHAPTERS.iter().copied().flatten()
}

/// 장의 이름, 책에 나오는 순서대로.
pub fn chapters() -> impl Iterator<Item = &'static str> {
    CHAPTERS.iter().filter_map(|entries| Some(entries.first()?.chapter))
}

/// 이름으로 찾음.
pub fn find(name: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.name == name)
}
