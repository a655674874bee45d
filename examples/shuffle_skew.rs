//! `cargo run --release --example shuffle_skew -- --partition salted`

fn main() -> std::process::ExitCode {
    cli::main(clusters::ENTRIES, "shuffle_skew")
}
