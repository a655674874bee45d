//! 「고성능 파이썬 스터디 노트 — Rust 실험실」의 실험.
//!
//! 장 하나가 모듈 하나이고, 실험 하나가 그 안의 파일 하나임. 새 실험은
//! `cargo book new <장> <이름>`으로 시작함.

pub mod appendix;
pub mod clusters;
pub mod compiling;
pub mod concurrency;
pub mod dicts;
pub mod fundamentals;
pub mod intro;
pub mod iterators;
pub mod lab;
pub mod lessons;
pub mod lists;
pub mod matrices;
pub mod memory;
pub mod multiprocessing;
pub mod profiling;
pub mod pure_python;

#[cfg(not(target_family = "wasm"))]
pub mod cli;

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

/// 이름으로 찾음.
pub fn find(name: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.name == name)
}

/// 장 하나의 실험. 컴파일할 때 고르면 다른 장은 결과에 들어가지 않음.
pub const fn chapter(folder: &str) -> &'static [Entry] {
    let mut i = 0;
    while i < CHAPTERS.len() {
        let chapter = CHAPTERS[i];
        if !chapter.is_empty() && same(chapter[0].chapter, folder) {
            return chapter;
        }
        i += 1;
    }
    panic!("없는 장임");
}

/// `==`는 아직 컴파일할 때 쓸 수 없음.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}
