//! `cargo run --release --example dead_code -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("dead_code")
}
