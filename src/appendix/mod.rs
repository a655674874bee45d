//! 실험 방법론.

crate::chapter! {
    "appendix":
}
