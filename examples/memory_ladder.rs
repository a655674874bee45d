//! `cargo run --release --example memory_ladder -- --help`

fn main() -> std::process::ExitCode {
    cli::main(fundamentals::ENTRIES, "memory_ladder")
}
