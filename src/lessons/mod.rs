//! 현업에서 얻은 교훈.

crate::chapter! {
    "lessons":
}
