//! `cargo run --release --example sampling_bias -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("sampling_bias")
}
