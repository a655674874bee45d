//! `cargo run --release --example warmup_curve -- --help`

fn main() -> std::process::ExitCode {
    cli::main(appendix::ENTRIES, "warmup_curve")
}
