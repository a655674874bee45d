//! `cargo run --release --example hash_quality -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("hash_quality")
}
