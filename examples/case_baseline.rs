//! `cargo run --release --example case_baseline -- --help`

fn main() -> std::process::ExitCode {
    cli::main(lessons::ENTRIES, "case_baseline")
}
