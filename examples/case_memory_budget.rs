//! `cargo run --release --example case_memory_budget -- --help`

fn main() -> std::process::ExitCode {
    cli::main(lessons::ENTRIES, "case_memory_budget")
}
