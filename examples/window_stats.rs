//! `cargo run --release --example window_stats -- --help`

fn main() -> std::process::ExitCode {
    cli::main(iterators::ENTRIES, "window_stats")
}
