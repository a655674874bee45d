//! `cargo run --release --example case_regex_trim -- --help`

fn main() -> std::process::ExitCode {
    cli::main(lessons::ENTRIES, "case_regex_trim")
}
