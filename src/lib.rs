//! 「고성능 파이썬 스터디 노트 — Rust 실험실」의 실험.
//!
//! 장 하나가 모듈 하나이고, 실험 하나가 그 안의 파일 하나임. 새 실험은
//! `cargo book new <장> <이름>`으로 시작함.

pub mod dicts;
pub mod intro;
pub mod lab;

#[cfg(not(target_family = "wasm"))]
pub mod cli;

use lab::Entry;

/// 등록된 모든 실험, 책에 나오는 순서대로.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    [intro::ENTRIES, dicts::ENTRIES].into_iter().flatten()
}

/// 이름으로 찾음.
pub fn find(name: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.name == name)
}
