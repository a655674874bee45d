//! `cargo run --release --example cache_walk -- --help`

fn main() -> std::process::ExitCode {
    cli::main(fundamentals::ENTRIES, "cache_walk")
}
