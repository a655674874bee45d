//! `cargo run --release --example task_footprint -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("task_footprint")
}
