//! 다중 처리.

crate::chapter! {
    "multiprocessing": chunk_balance, prime_search, ipc_toll, scaling_law,
}
