//! `cargo run --release --example chunk_balance -- --help`

fn main() -> std::process::ExitCode {
    cli::main(multiprocessing::ENTRIES, "chunk_balance")
}
