//! `cargo run --release --example temp_arrays -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("temp_arrays")
}
