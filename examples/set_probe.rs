//! `cargo run --release --example set_probe -- --help`

fn main() -> std::process::ExitCode {
    cli::main(dicts::ENTRIES, "set_probe")
}
