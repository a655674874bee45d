//! `cargo run --release --example scale_out -- --hot 10000`

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("scale_out")
}
