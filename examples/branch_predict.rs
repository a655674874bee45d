//! `cargo run --release --example branch_predict -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("branch_predict")
}
