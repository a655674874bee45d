//! `cargo run --release --example NAME -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("NAME")
}
