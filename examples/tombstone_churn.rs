//! `cargo run --release --example tombstone_churn -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("tombstone_churn")
}
