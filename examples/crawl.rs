//! `cargo run --release --example crawl -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("crawl")
}
