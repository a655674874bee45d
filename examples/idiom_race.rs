//! `cargo run --release --example idiom_race -- --help`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("idiom_race")
}
