//! `cargo run --release --example type_specialize -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("type_specialize")
}
