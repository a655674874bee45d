//! `cargo run --release --example task_footprint -- --help`

fn main() -> std::process::ExitCode {
    cli::main(concurrency::ENTRIES, "task_footprint")
}
