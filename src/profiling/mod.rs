//! 프로파일링.

crate::chapter! {
    "profiling":
}
