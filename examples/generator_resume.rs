//! `cargo run --release --example generator_resume -- --help`

fn main() -> std::process::ExitCode {
    cli::main(iterators::ENTRIES, "generator_resume")
}
