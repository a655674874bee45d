//! `cargo run --release --example ooo_pipeline -- --help`

fn main() -> std::process::ExitCode {
    cli::main(fundamentals::ENTRIES, "ooo_pipeline")
}
