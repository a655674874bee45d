//! 행렬과 넘파이.

mod packed;
pub mod pages;

lab::chapter! {
    "matrices": stride_views, temp_arrays, matmul_block, sum_order, diffusion,
}
