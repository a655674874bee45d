//! 순수 파이썬 방식의 접근.

crate::chapter! {
    "pure_python": algo_first, idiom_race, memo_lru,
}
