//! 클러스터 컴퓨팅.

pub mod engine;
#[cfg(all(feature = "clusters", not(target_family = "wasm")))]
mod sockets;
pub mod zipf;

crate::chapter! {
    "clusters": dataflow_count, shuffle_skew, scale_out,
}
