//! `cargo run --release --example bench_museum -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("bench_museum")
}
