//! `cargo run --release --example hash_quality -- --help`

fn main() -> std::process::ExitCode {
    cli::main(dicts::ENTRIES, "hash_quality")
}
