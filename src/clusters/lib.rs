//! 클러스터 컴퓨팅.

#[cfg(all(feature = "nats", not(target_family = "wasm")))]
pub mod broker;
pub mod engine;
#[cfg(all(feature = "clusters", not(target_family = "wasm")))]
mod sockets;
pub mod zipf;

lab::chapter! {
    "clusters": dataflow_count, label_rounds, shuffle_skew, ack_redelivery,
        jobs_nats, tail_fanout, scale_out,
}
