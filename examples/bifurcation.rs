//! `cargo run --release --example bifurcation -- --help`

fn main() -> std::process::ExitCode {
    cli::main(compiling::ENTRIES, "bifurcation")
}
