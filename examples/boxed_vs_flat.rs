//! `cargo run --release --example boxed_vs_flat -- --help`

fn main() -> std::process::ExitCode {
    cli::main(lists::ENTRIES, "boxed_vs_flat")
}
