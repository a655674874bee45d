//! `cargo run --release --example expr_jit -- --help`

fn main() -> std::process::ExitCode {
    cli::main(compiling::ENTRIES, "expr_jit")
}
