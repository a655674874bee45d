//! 컴파일과 JIT 컴퓨팅.

#[cfg(all(feature = "compiling", not(target_family = "wasm")))]
mod cranelift;
pub mod emit;
pub mod expr;
#[cfg(not(all(feature = "compiling", not(target_family = "wasm"))))]
mod imported;
pub mod lanes;

lab::chapter! {
    "compiling": type_specialize, expr_jit, call_boundary, bounds_check,
    bifurcation, rust_from_python, julia,
}
