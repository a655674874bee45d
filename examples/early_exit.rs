//! `cargo run --release --example early_exit -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("early_exit")
}
