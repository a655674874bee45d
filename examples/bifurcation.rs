//! `cargo run --release --example bifurcation -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("bifurcation")
}
