//! `cargo run --release --example gil_switch -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("gil_switch")
}
