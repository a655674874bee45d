//! `cargo run --release --features clusters --example dataflow_count -- -w 2`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("dataflow_count")
}
