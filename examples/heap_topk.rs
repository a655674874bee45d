//! `cargo run --release --example heap_topk -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("heap_topk")
}
