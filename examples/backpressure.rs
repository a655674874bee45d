//! `cargo run --release --example backpressure -- --help`

fn main() -> std::process::ExitCode {
    cli::main(concurrency::ENTRIES, "backpressure")
}
