//! `cargo run --release --example bench_noise -- --help`

fn main() -> std::process::ExitCode {
    cli::main(appendix::ENTRIES, "bench_noise")
}
