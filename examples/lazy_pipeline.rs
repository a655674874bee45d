//! `cargo run --release --example lazy_pipeline -- --help`

fn main() -> std::process::ExitCode {
    cli::main(iterators::ENTRIES, "lazy_pipeline")
}
