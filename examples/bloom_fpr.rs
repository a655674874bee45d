//! `cargo run --release --example bloom_fpr -- --help`
//!
//! 자료구조가 쥔 바이트를 세려고 세는 할당기를 들여놓음.

use memory::counting::Counting;

#[global_allocator]
static HEAP: Counting = Counting;

fn main() -> std::process::ExitCode {
    cli::main(memory::ENTRIES, "bloom_fpr")
}
