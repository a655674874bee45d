//! `cargo run --release --example memo_lru -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("memo_lru")
}
