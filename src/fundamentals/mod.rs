//! 고성능 파이썬 이해하기.

crate::chapter! {
    "fundamentals": ooo_pipeline, smt_share, memory_ladder, cache_walk,
        tiny_vm,
}
