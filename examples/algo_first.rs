//! `cargo run --release --example algo_first -- --help`

fn main() -> std::process::ExitCode {
    cli::main(pure_python::ENTRIES, "algo_first")
}
