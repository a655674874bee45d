//! `cargo run --release --example call_boundary -- --help`

fn main() -> std::process::ExitCode {
    cli::main(compiling::ENTRIES, "call_boundary")
}
