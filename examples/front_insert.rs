//! `cargo run --release --example front_insert -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("front_insert")
}
