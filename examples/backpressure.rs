//! `cargo run --release --example backpressure -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("backpressure")
}
