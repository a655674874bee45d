//! `cargo run --release --example simd_simt -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("simd_simt")
}
