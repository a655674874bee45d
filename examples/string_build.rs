//! `cargo run --release --example string_build -- --help`

fn main() -> std::process::ExitCode {
    cli::main(pure_python::ENTRIES, "string_build")
}
