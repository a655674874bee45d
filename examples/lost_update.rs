//! `cargo run --release --example lost_update -- --help`

fn main() -> std::process::ExitCode {
    cli::main(multiprocessing::ENTRIES, "lost_update")
}
