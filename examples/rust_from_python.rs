//! `cargo run --release --example rust_from_python -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("rust_from_python")
}
