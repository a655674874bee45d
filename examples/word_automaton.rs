//! `cargo run --release --example word_automaton -- --help`

use rust_lab::memory::counting::Counting;

#[global_allocator]
static HEAP: Counting = Counting;

fn main() -> std::process::ExitCode {
    rust_lab::cli::main("word_automaton")
}
