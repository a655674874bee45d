//! `cargo run --release --example crawl -- --help`

fn main() -> std::process::ExitCode {
    cli::main(concurrency::ENTRIES, "crawl")
}
