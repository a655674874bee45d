//! `cargo run --release --example tombstone_churn -- --help`

fn main() -> std::process::ExitCode {
    cli::main(dicts::ENTRIES, "tombstone_churn")
}
