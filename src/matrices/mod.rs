//! 행렬과 넘파이.

crate::chapter! {
    "matrices": stride_views, temp_arrays, sum_order,
}
