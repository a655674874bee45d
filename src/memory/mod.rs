//! 메모리 아껴 쓰기.

crate::chapter! {
    "memory":
}
