//! `cargo run --release --example window_stats -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("window_stats")
}
