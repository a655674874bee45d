//! `cargo run --release --example bounds_check -- --help`

fn main() -> std::process::ExitCode {
    cli::main(compiling::ENTRIES, "bounds_check")
}
