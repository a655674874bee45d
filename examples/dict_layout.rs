//! `cargo run --release --example dict_layout -- --help`

fn main() -> std::process::ExitCode {
    cli::main(dicts::ENTRIES, "dict_layout")
}
