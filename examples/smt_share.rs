//! `cargo run --release --example smt_share -- --help`

fn main() -> std::process::ExitCode {
    cli::main(fundamentals::ENTRIES, "smt_share")
}
