//! 메모리 아껴 쓰기.

pub mod counting;
mod heap;
pub mod numbers;
#[cfg(not(target_family = "wasm"))]
pub mod spill;
pub mod words;

lab::chapter! {
    "memory": compact_types, word_automaton, name_tokens, bloom_fpr,
        distinct_count, morris_counter, sparse_matrix, out_of_core,
}
