//! 메모리 아껴 쓰기.

pub mod counting;
#[cfg(not(target_family = "wasm"))]
pub mod spill;
pub mod words;

crate::chapter! {
    "memory": word_automaton, out_of_core, name_tokens, sparse_matrix,
}
