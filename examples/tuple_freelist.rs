//! `cargo run --release --example tuple_freelist -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("tuple_freelist")
}
