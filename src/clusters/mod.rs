//! 클러스터 컴퓨팅.

crate::chapter! {
    "clusters":
}
