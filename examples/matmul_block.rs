//! `cargo run --release --example matmul_block -- --help`

fn main() -> std::process::ExitCode {
    cli::main(matrices::ENTRIES, "matmul_block")
}
