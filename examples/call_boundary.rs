//! `cargo run --release --example call_boundary -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("call_boundary")
}
