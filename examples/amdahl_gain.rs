//! `cargo run --release --example amdahl_gain -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("amdahl_gain")
}
