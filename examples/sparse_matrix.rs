//! `cargo run --release --example sparse_matrix -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("sparse_matrix")
}
