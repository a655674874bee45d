//! 다중 처리.

crate::chapter!("multiprocessing": chunk_balance);
