//! `cargo run --release --example bench_museum -- --help`

fn main() -> std::process::ExitCode {
    cli::main(appendix::ENTRIES, "bench_museum")
}
