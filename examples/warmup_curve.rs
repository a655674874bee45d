//! `cargo run --release --example warmup_curve -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("warmup_curve")
}
