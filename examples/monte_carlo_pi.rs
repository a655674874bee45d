//! `cargo run --release --example monte_carlo_pi -- --help`

fn main() -> std::process::ExitCode {
    cli::main(multiprocessing::ENTRIES, "monte_carlo_pi")
}
