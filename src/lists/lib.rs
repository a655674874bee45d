//! 리스트와 튜플.

lab::chapter! {
    "lists": list_growth, tuple_freelist, search_cost, sort_runs,
        front_insert, boxed_vs_flat,
}
