//! 동시성.

pub mod events;
#[cfg(all(feature = "concurrency", not(target_family = "wasm")))]
pub mod loopback;

crate::chapter! {
    "concurrency": event_loop, gil_switch, fetch_window, crawl, backpressure,
        task_footprint,
}
