//! 고성능 파이썬 이해하기.

lab::chapter! {
    "fundamentals": branch_predict, simd_simt, ooo_pipeline, smt_share,
        memory_ladder, cache_walk, tiny_vm,
}
