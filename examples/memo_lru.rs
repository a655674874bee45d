//! `cargo run --release --example memo_lru -- --help`

fn main() -> std::process::ExitCode {
    cli::main(pure_python::ENTRIES, "memo_lru")
}
