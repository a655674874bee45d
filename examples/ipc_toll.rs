//! `cargo run --release --example ipc_toll -- --help`

fn main() -> std::process::ExitCode {
    cli::main(multiprocessing::ENTRIES, "ipc_toll")
}
