//! `cargo run --release --example gil_switch -- --help`

fn main() -> std::process::ExitCode {
    cli::main(concurrency::ENTRIES, "gil_switch")
}
