//! `cargo run --release --example out_of_core -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("out_of_core")
}
