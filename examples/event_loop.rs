//! `cargo run --release --example event_loop -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("event_loop")
}
