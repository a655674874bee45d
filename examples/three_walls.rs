//! `cargo run --release --example three_walls -- --help`

fn main() -> std::process::ExitCode {
    cli::main(intro::ENTRIES, "three_walls")
}
