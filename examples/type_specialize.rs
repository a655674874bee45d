//! `cargo run --release --example type_specialize -- --help`

fn main() -> std::process::ExitCode {
    cli::main(compiling::ENTRIES, "type_specialize")
}
