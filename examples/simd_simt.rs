//! `cargo run --release --example simd_simt -- --help`

fn main() -> std::process::ExitCode {
    cli::main(fundamentals::ENTRIES, "simd_simt")
}
