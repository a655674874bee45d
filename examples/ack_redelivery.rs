//! `cargo run --release --example ack_redelivery -- --help`

fn main() -> std::process::ExitCode {
    cli::main(clusters::ENTRIES, "ack_redelivery")
}
