//! 다중 처리.

mod bins;

lab::chapter! {
    "multiprocessing": chunk_balance, nqueens_split, prime_search, ipc_toll,
    lost_update, false_sharing, scaling_law, monte_carlo_pi,
}
