//! `cargo run --release --example dict_layout -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("dict_layout")
}
