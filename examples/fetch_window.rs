//! `cargo run --release --example fetch_window -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("fetch_window")
}
