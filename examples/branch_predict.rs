//! `cargo run --release --example branch_predict -- --help`

fn main() -> std::process::ExitCode {
    cli::main(fundamentals::ENTRIES, "branch_predict")
}
