//! `cargo run --release --example false_sharing -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("false_sharing")
}
