//! `cargo run --release --example diffusion -- --help`

fn main() -> std::process::ExitCode {
    cli::main(matrices::ENTRIES, "diffusion")
}
