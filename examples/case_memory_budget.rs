//! `cargo run --release --example case_memory_budget -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("case_memory_budget")
}
