//! `cargo run --release --example chunk_balance -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("chunk_balance")
}
