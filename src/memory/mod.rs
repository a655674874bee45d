//! 메모리 아껴 쓰기.

pub mod counting;

crate::chapter! {
    "memory":
}
