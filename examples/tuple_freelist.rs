//! `cargo run --release --example tuple_freelist -- --help`

fn main() -> std::process::ExitCode {
    cli::main(lists::ENTRIES, "tuple_freelist")
}
