//! `cargo run --release --example front_insert -- --help`

fn main() -> std::process::ExitCode {
    cli::main(lists::ENTRIES, "front_insert")
}
