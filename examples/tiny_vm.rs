//! `cargo run --release --example tiny_vm -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("tiny_vm")
}
