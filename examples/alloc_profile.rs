//! `cargo run --release --example alloc_profile -- --help`

fn main() -> std::process::ExitCode {
    cli::main(profiling::ENTRIES, "alloc_profile")
}
