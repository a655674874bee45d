//! `cargo run --release --example timer_probe -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("timer_probe")
}
