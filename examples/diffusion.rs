//! `cargo run --release --example diffusion -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("diffusion")
}
