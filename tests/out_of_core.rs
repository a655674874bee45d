//! 메모리 한도보다 큰 파일의 정렬: 한도는 운영체제가 지킴.
//!
//! 한도는 프로세스에 걸리므로 이 시험을 자식 프로세스로 다시 부름.

#![cfg(target_os = "linux")]

use std::os::unix::process::CommandExt;
use std::process::Command;

use rust_lab::memory::out_of_core::{Params, all_in_memory, in_file};

/// 정수 839만 개: 64 MiB.
const ITEMS: u64 = 1 << 23;
/// 자식의 주소 공간: 프로그램과 라이브러리, 스택까지 모두 합친 것.
const LIMIT: u64 = 48 << 20;

fn params() -> Params {
    Params { n: ITEMS, memory: 6, block: 256, ..Params::default() }
}

mod slow {
    use super::*;

    #[test]
    fn sorts_a_file_larger_than_its_memory() {
        let itself = std::env::current_exe().unwrap();
        let mut child = Command::new(itself);
        child
            .args(["the_limited_child", "--exact", "--ignored", "--nocapture"])
            // 스레드마다 주소를 미리 잡아 두지 않게 함
            .env("MALLOC_ARENA_MAX", "1");
        // SAFETY: fork 다음에 setrlimit만 부름: 할당도 잠금도 없음.
        unsafe {
            child.pre_exec(|| {
                let limit = libc::rlimit { rlim_cur: LIMIT, rlim_max: LIMIT };
                match libc::setrlimit(libc::RLIMIT_AS, &limit) {
                    0 => Ok(()),
                    _ => Err(std::io::Error::last_os_error()),
                }
            });
        }
        let output = child.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}\n{error}");
        let print = text
            .lines()
            .find_map(|line| line.split_once("print="))
            .and_then(|(_, print)| print.trim().parse::<u64>().ok());
        // 한도가 없는 이쪽은 메모리에 모두 올려 정렬함
        assert_eq!(print, Some(all_in_memory(ITEMS, params().seed)));
    }
}

#[test]
#[ignore = "위의 시험이 한도를 걸고 부름"]
fn the_limited_child() {
    let mut all: Vec<u64> = Vec::new();
    let refused = all.try_reserve_exact(ITEMS as usize).is_err();
    assert!(refused, "한도가 걸리지 않음");
    let sorted = in_file(&params().plan(), params().seed).unwrap();
    assert!(sorted.ordered);
    assert_eq!(sorted.tally.passes, 3);
    println!("\nprint={}", sorted.print);
}
