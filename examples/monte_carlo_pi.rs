//! `cargo run --release --example monte_carlo_pi -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("monte_carlo_pi")
}
