//! `cargo run --release --example stream_memory -- --help`

fn main() -> std::process::ExitCode {
    cli::main(iterators::ENTRIES, "stream_memory")
}
