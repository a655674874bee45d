//! `cargo run --release --features nats --example jobs_nats -- --help`

fn main() -> std::process::ExitCode {
    // 일꾼 프로세스는 이 프로그램 자신임
    #[cfg(feature = "nats")]
    if let Some(code) = clusters::broker::child() {
        return code;
    }
    cli::main(clusters::ENTRIES, "jobs_nats")
}
