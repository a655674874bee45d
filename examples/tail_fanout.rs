//! `cargo run --release --example tail_fanout -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("tail_fanout")
}
