//! `cargo run --release --example boxed_vs_flat -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("boxed_vs_flat")
}
