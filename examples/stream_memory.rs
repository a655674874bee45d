//! `cargo run --release --example stream_memory -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("stream_memory")
}
