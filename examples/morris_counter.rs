//! `cargo run --release --example morris_counter -- --help`

fn main() -> std::process::ExitCode {
    cli::main(memory::ENTRIES, "morris_counter")
}
