//! `cargo run --release --example first_run -- --help`

fn main() -> std::process::ExitCode {
    cli::main(intro::ENTRIES, "first_run")
}
