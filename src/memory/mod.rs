//! 메모리 아껴 쓰기.

pub mod counting;
pub mod words;

crate::chapter! {
    "memory": word_automaton,
}
