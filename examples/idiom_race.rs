//! `cargo run --release --example idiom_race -- --help`

fn main() -> std::process::ExitCode {
    cli::main(pure_python::ENTRIES, "idiom_race")
}
