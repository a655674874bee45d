//! `cargo run --release --example log_pipeline -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("log_pipeline")
}
