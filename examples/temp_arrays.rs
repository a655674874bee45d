//! `cargo run --release --example temp_arrays -- --help`

fn main() -> std::process::ExitCode {
    cli::main(matrices::ENTRIES, "temp_arrays")
}
