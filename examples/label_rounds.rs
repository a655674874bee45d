//! `cargo run --release --features clusters --example label_rounds -- -w 2`

fn main() -> std::process::ExitCode {
    cli::main(clusters::ENTRIES, "label_rounds")
}
