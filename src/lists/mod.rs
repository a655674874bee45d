//! 리스트와 튜플.

crate::chapter! {
    "lists": list_growth, search_cost, boxed_vs_flat,
}
