//! 메모리 아껴 쓰기의 목표.

use std::hint::black_box;

use rust_lab::memory::name_tokens::{Corpus, Params};
use rust_lab::memory::word_automaton::fst_set;

use crate::chosen;
use crate::goal::{Goal, Row, Slow, Work};
use crate::peer::Peer;

pub const GOALS: &[Goal] = &[Goal {
    chapter: "memory",
    name: "tokens",
    title: "낱말 100만 개에서 섞인 순서로 찾기",
    at_least: 1.0 / 1.4,
    items: 100_000,
    fast: &[("fst", look_up)],
    slow: ("CPython set", Slow::Python),
}];

/// 어간이 1,000개면 낱말이 1,005,000개. 답만 견줄 때는 10개.
fn corpus(queries: u64) -> Corpus {
    let stems = (queries / 100).clamp(10, 1_000);
    Corpus::new(&Params { stems, queries, ..Params::default() })
}

fn look_up(n: u64) -> Work {
    let Corpus { words, queries } = corpus(n);
    // 짓지 못하면 답이 달라 드러남
    let set = fst_set(&words).unwrap_or_default();
    Box::new(move || {
        let found = |word: &&String| set.contains(word);
        black_box(&queries).iter().filter(found).count() as u64
    })
}

/// 같은 낱말의 메모리: 바이트라서 한 번이면 됨.
pub fn rows(words: &[&String], peer: &mut Peer) -> Result<Vec<Row>, String> {
    if !chosen("memory/tokens_ram", words) {
        return Ok(Vec::new());
    }
    let items = GOALS[0].items;
    let tokens = corpus(items).words;
    let fst = fst_set(&tokens).map_err(|error| error.to_string())?;
    let theirs = peer.bytes("memory", "tokens_ram", items)?;
    Ok(vec![Row::bytes(
        "memory",
        "tokens_ram",
        "낱말 100만 개가 쥔 메모리",
        12.0,
        ("fst", fst.as_fst().as_bytes().len() as u64),
        ("CPython set (tracemalloc)", theirs),
    )])
}
