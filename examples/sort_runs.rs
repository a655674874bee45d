//! `cargo run --release --example sort_runs -- --help`

fn main() -> std::process::ExitCode {
    cli::main(lists::ENTRIES, "sort_runs")
}
