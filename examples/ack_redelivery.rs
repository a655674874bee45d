//! `cargo run --release --example ack_redelivery -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("ack_redelivery")
}
