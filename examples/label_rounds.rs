//! `cargo run --release --features clusters --example label_rounds -- -w 2`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("label_rounds")
}
