//! `cargo run --release --example case_baseline -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("case_baseline")
}
