//! `cargo run --release --example case_gc_pause -- --help`

fn main() -> std::process::ExitCode {
    cli::main(lessons::ENTRIES, "case_gc_pause")
}
