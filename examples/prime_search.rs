//! `cargo run --release --example prime_search -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("prime_search")
}
