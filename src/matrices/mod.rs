//! 행렬과 넘파이.

mod packed;
mod pages;

crate::chapter! {
    "matrices": matmul_block, diffusion,
}
