//! `cargo run --release --example fetch_window -- --help`

fn main() -> std::process::ExitCode {
    cli::main(concurrency::ENTRIES, "fetch_window")
}
