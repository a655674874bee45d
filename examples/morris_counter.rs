//! `cargo run --release --example morris_counter -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("morris_counter")
}
