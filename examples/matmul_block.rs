//! `cargo run --release --example matmul_block -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("matmul_block")
}
