//! `cargo run --release --example dead_code -- --help`

fn main() -> std::process::ExitCode {
    cli::main(appendix::ENTRIES, "dead_code")
}
