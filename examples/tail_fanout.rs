//! `cargo run --release --example tail_fanout -- --help`

fn main() -> std::process::ExitCode {
    cli::main(clusters::ENTRIES, "tail_fanout")
}
