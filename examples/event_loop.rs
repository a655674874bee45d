//! `cargo run --release --example event_loop -- --help`

fn main() -> std::process::ExitCode {
    cli::main(concurrency::ENTRIES, "event_loop")
}
