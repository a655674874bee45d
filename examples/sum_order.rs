//! `cargo run --release --example sum_order -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("sum_order")
}
