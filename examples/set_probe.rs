//! `cargo run --release --example set_probe -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("set_probe")
}
