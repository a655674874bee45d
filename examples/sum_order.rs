//! `cargo run --release --example sum_order -- --help`

fn main() -> std::process::ExitCode {
    cli::main(matrices::ENTRIES, "sum_order")
}
