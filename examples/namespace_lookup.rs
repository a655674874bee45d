//! `cargo run --release --example namespace_lookup -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("namespace_lookup")
}
