//! `cargo run --release --example list_growth -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("list_growth")
}
