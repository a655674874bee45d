//! `cargo run --release --example lost_update -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("lost_update")
}
