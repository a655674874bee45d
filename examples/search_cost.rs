//! `cargo run --release --example search_cost -- --help`

fn main() -> std::process::ExitCode {
    cli::main(lists::ENTRIES, "search_cost")
}
