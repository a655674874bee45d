//! `cargo run --release --example memory_ladder -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("memory_ladder")
}
