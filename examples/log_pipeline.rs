//! `cargo run --release --example log_pipeline -- --help`

fn main() -> std::process::ExitCode {
    cli::main(profiling::ENTRIES, "log_pipeline")
}
