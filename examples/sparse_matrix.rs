//! `cargo run --release --example sparse_matrix -- --help`

fn main() -> std::process::ExitCode {
    cli::main(memory::ENTRIES, "sparse_matrix")
}
