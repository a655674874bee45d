//! `cargo run --release --example early_exit -- --help`

fn main() -> std::process::ExitCode {
    cli::main(iterators::ENTRIES, "early_exit")
}
