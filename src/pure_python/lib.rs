//! 순수 파이썬 방식의 접근.

mod policies;

lab::chapter! {
    "pure_python": algo_first, idiom_race, heap_topk, string_build,
        memo_lru,
}
