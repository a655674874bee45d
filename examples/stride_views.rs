//! `cargo run --release --example stride_views -- --help`

fn main() -> std::process::ExitCode {
    cli::main(matrices::ENTRIES, "stride_views")
}
