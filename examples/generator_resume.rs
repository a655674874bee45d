//! `cargo run --release --example generator_resume -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("generator_resume")
}
