//! 컴파일과 JIT 컴퓨팅.

pub mod lanes;

crate::chapter! {
    "compiling": julia, rust_from_python, bifurcation, bounds_check,
}
