//! 메모리 아껴 쓰기의 목표.

use std::hint::black_box;
use std::time::{Duration, Instant};

use rust_lab::memory::distinct_count::Rivals;
use rust_lab::memory::name_tokens::{Corpus, Params};
use rust_lab::memory::word_automaton::fst_set;

use crate::chosen;
use crate::goal::{Goal, Row, Slow, Work};
use crate::peer::Peer;

/// 찾는 횟수.
const TOKENS: u64 = 100_000;

pub const GOALS: &[Goal] = &[
    Goal {
        chapter: "memory",
        name: "hll_add",
        title: "하이퍼로그로그(p = 14)에 해시하고 넣기: 값 하나에 100 ns 이내",
        at_least: 1.0,
        items: 1_000_000,
        fast: &[("우리 하이퍼로그로그", hll_add)],
        aside: &[],
        slow: ("값 하나에 100 ns씩 기다림", Slow::Rust(wait)),
    },
    Goal {
        chapter: "memory",
        name: "tokens",
        title: "낱말 100만 개에서 섞인 순서로 찾기",
        at_least: 1.0 / 1.4,
        items: TOKENS,
        fast: &[("fst", look_up)],
        aside: &[],
        slow: ("CPython set", Slow::Python),
    },
];

fn rivals(n: u64) -> Rivals {
    Rivals::new(n, 14, 256)
}

fn hll_add(n: u64) -> Work {
    let rivals = rivals(n);
    Box::new(move || rivals.hll())
}

/// 목표가 비가 아니라 시간이므로, 그 시간만큼 CPU를 쓰는 쪽을 세워 둠.
fn wait(n: u64) -> Work {
    let (answer, span) = (rivals(n).hll(), Duration::from_nanos(100 * n));
    Box::new(move || {
        let start = Instant::now();
        while start.elapsed() < span {
            std::hint::spin_loop();
        }
        black_box(answer)
    })
}

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
    let items = TOKENS;
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
