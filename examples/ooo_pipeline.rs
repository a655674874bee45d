//! `cargo run --release --example ooo_pipeline -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("ooo_pipeline")
}
