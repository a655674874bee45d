//! `cargo run --release --example scale_out -- --hot 10000`

fn main() -> std::process::ExitCode {
    cli::main(clusters::ENTRIES, "scale_out")
}
