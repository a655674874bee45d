//! `cargo run --release --example expr_jit -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("expr_jit")
}
