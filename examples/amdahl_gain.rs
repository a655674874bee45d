//! `cargo run --release --example amdahl_gain -- --help`

fn main() -> std::process::ExitCode {
    cli::main(profiling::ENTRIES, "amdahl_gain")
}
