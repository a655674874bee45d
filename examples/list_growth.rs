//! `cargo run --release --example list_growth -- --help`

fn main() -> std::process::ExitCode {
    cli::main(lists::ENTRIES, "list_growth")
}
