//! `cargo run --release --example case_quadratic_load -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("case_quadratic_load")
}
