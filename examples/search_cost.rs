//! `cargo run --release --example search_cost -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("search_cost")
}
