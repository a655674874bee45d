//! `cargo run --release --example algo_first -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("algo_first")
}
