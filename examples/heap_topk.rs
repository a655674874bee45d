//! `cargo run --release --example heap_topk -- --help`

fn main() -> std::process::ExitCode {
    cli::main(pure_python::ENTRIES, "heap_topk")
}
