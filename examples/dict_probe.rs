//! `cargo run --release --example dict_probe -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("dict_probe")
}
