//! `cargo run --release --example smt_share -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("smt_share")
}
