//! `cargo run --release --example sampling_bias -- --help`

fn main() -> std::process::ExitCode {
    cli::main(profiling::ENTRIES, "sampling_bias")
}
