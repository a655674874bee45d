//! `cargo run --release --features clusters --example dataflow_count -- -w 2`

fn main() -> std::process::ExitCode {
    cli::main(clusters::ENTRIES, "dataflow_count")
}
