//! `cargo run --release --example sort_runs -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("sort_runs")
}
