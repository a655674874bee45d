//! `cargo run --release --example stride_views -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("stride_views")
}
