//! `cargo run --release --example nqueens_split -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("nqueens_split")
}
