//! 메모리 아껴 쓰기.

pub mod counting;
mod heap;
pub mod numbers;

crate::chapter! {
    "memory": compact_types, bloom_fpr, distinct_count,
    morris_counter,
}
