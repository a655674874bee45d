//! `cargo run --release --example tiny_vm -- --help`

fn main() -> std::process::ExitCode {
    cli::main(fundamentals::ENTRIES, "tiny_vm")
}
