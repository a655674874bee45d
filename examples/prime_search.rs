//! `cargo run --release --example prime_search -- --help`

fn main() -> std::process::ExitCode {
    cli::main(multiprocessing::ENTRIES, "prime_search")
}
