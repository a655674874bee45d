//! `cargo run --release --example three_walls -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("three_walls")
}
