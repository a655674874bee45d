//! `cargo run --release --example lazy_pipeline -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("lazy_pipeline")
}
