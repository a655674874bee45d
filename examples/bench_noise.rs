//! `cargo run --release --example bench_noise -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("bench_noise")
}
