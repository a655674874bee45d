//! `cargo run --release --example NAME -- --help`

fn main() -> std::process::ExitCode {
    cli::main(CHAPTER::ENTRIES, "NAME")
}
