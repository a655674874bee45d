//! `cargo run --release --example namespace_lookup -- --help`

fn main() -> std::process::ExitCode {
    cli::main(dicts::ENTRIES, "namespace_lookup")
}
