//! `cargo run --release --example bounds_check -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("bounds_check")
}
