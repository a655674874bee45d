//! `cargo run --release --example ipc_toll -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("ipc_toll")
}
