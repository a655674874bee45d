//! `cargo run --release --example scaling_law -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("scaling_law")
}
