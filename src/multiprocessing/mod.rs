//! 다중 처리.

crate::chapter! {
    "multiprocessing": false_sharing, lost_update, nqueens_split,
        monte_carlo_pi,
}
