//! `cargo run --release --example julia -- --help`

fn main() -> std::process::ExitCode {
    cli::main(compiling::ENTRIES, "julia")
}
