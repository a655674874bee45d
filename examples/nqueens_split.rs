//! `cargo run --release --example nqueens_split -- --help`

fn main() -> std::process::ExitCode {
    cli::main(multiprocessing::ENTRIES, "nqueens_split")
}
