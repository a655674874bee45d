//! `cargo run --release --example scaling_law -- --help`

fn main() -> std::process::ExitCode {
    cli::main(multiprocessing::ENTRIES, "scaling_law")
}
