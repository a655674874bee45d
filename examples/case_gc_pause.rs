//! `cargo run --release --example case_gc_pause -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("case_gc_pause")
}
