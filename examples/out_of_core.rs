//! `cargo run --release --example out_of_core -- --help`

fn main() -> std::process::ExitCode {
    cli::main(memory::ENTRIES, "out_of_core")
}
