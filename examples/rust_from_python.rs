//! `cargo run --release --example rust_from_python -- --help`

fn main() -> std::process::ExitCode {
    cli::main(compiling::ENTRIES, "rust_from_python")
}
