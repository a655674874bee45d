//! `cargo run --release --example cache_walk -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("cache_walk")
}
