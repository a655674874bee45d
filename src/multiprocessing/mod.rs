//! 다중 처리.

crate::chapter!("multiprocessing": chunk_balance, prime_search, scaling_law);
