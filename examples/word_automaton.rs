//! `cargo run --release --example word_automaton -- --help`

use memory::counting::Counting;

#[global_allocator]
static HEAP: Counting = Counting;

fn main() -> std::process::ExitCode {
    cli::main(memory::ENTRIES, "word_automaton")
}
