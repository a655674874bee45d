//! 동시성.

pub mod events;
#[cfg(all(feature = "concurrency", not(target_family = "wasm")))]
pub mod loopback;

lab::chapter! {
    "concurrency": crawl, gil_switch, event_loop, fetch_window, backpressure,
        task_footprint,
}
