//! `cargo run --release --example case_regex_trim -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("case_regex_trim")
}
