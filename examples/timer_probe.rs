//! `cargo run --release --example timer_probe -- --help`

fn main() -> std::process::ExitCode {
    cli::main(appendix::ENTRIES, "timer_probe")
}
