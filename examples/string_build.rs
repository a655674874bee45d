//! `cargo run --release --example string_build -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("string_build")
}
