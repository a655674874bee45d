//! `cargo run --release --example dict_probe -- --help`

fn main() -> std::process::ExitCode {
    cli::main(dicts::ENTRIES, "dict_probe")
}
