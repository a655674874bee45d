//! `cargo run --release --example julia -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("julia")
}
