//! `cargo run --release --example first_run -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("first_run")
}
