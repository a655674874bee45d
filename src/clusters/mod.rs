//! 클러스터 컴퓨팅.

pub mod engine;
#[cfg(all(feature = "clusters", not(target_family = "wasm")))]
mod sockets;
pub mod zipf;

crate::chapter! {
    "clusters": dataflow_count, label_rounds, shuffle_skew, scale_out,
}
