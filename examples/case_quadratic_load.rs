//! `cargo run --release --example case_quadratic_load -- --help`

fn main() -> std::process::ExitCode {
    cli::main(lessons::ENTRIES, "case_quadratic_load")
}
