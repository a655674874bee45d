//! 리스트와 튜플.

crate::chapter! {
    "lists":
}
