//! `cargo run --release --example shuffle_skew -- --partition salted`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("shuffle_skew")
}
