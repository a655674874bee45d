//! `cargo run --release --example name_tokens -- --help`

use rust_lab::memory::counting::Counting;

#[global_allocator]
static HEAP: Counting = Counting;

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("name_tokens")
}
