//! 클러스터 컴퓨팅.

#[cfg(all(feature = "nats", not(target_family = "wasm")))]
pub mod broker;

crate::chapter! {
    "clusters": ack_redelivery, jobs_nats, tail_fanout,
}
