//! `cargo run --release --example name_tokens -- --help`

use memory::counting::Counting;

#[global_allocator]
static HEAP: Counting = Counting;

fn main() -> std::process::ExitCode {
    cli::main(memory::ENTRIES, "name_tokens")
}
