//! `cargo run --release --example false_sharing -- --help`

fn main() -> std::process::ExitCode {
    cli::main(multiprocessing::ENTRIES, "false_sharing")
}
