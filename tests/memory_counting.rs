//! 세는 할당기를 손으로 셈한 것과 견줌.
//!
//! 전역 할당기는 프로그램에 하나뿐이라 시험 파일을 따로 둠.

use std::hint::black_box;

use rust_lab::memory::counting::{Counting, Heap, held, installed};

#[global_allocator]
static HEAP: Counting = Counting;

#[test]
fn counts_what_was_asked_for() {
    assert!(installed());
    let (made, heap) = held(|| Vec::<u64>::with_capacity(1_000));
    assert_eq!(heap, Some(Heap { live: 8_000, peak: 8_000, calls: 1 }));
    let (_, heap) = held(move || drop(made));
    assert_eq!(heap, Some(Heap { live: 0, peak: 0, calls: 0 }));
}

/// 벡터는 4, 8, 16칸으로 자람: 다시 할당하는 것은 더하지 않고 바꿈.
#[test]
fn growing_is_not_counted_twice() {
    let grow = || {
        let mut made: Vec<u64> = Vec::new();
        (0..9).for_each(|i| made.push(i));
        made
    };
    let (_made, heap) = held(grow);
    assert_eq!(heap, Some(Heap { live: 128, peak: 128, calls: 3 }));
}

#[test]
fn the_peak_is_seen_even_when_it_is_freed() {
    let work = || {
        drop(black_box(vec![0u8; 5_000]));
        black_box(vec![1u8; 100])
    };
    let (_made, heap) = held(work);
    assert_eq!(heap, Some(Heap { live: 100, peak: 5_000, calls: 2 }));
}

/// 안에서 재도 바깥의 꼭대기가 남음.
#[test]
fn nests() {
    let inner = || held(|| black_box(vec![1u8; 10])).1;
    let outer = || {
        drop(black_box(vec![0u8; 5_000]));
        inner()
    };
    let (inner, outer) = held(outer);
    assert_eq!(inner.map(|heap| heap.peak), Some(10));
    assert_eq!(outer.map(|heap| (heap.live, heap.peak)), Some((0, 5_000)));
}

/// 다른 스레드의 할당은 이 스레드의 수를 흔들지 않음.
#[test]
fn threads_are_counted_apart() {
    let other = || std::thread::spawn(|| vec![0u8; 1 << 20]);
    let ((_made, heap), theirs) = {
        let busy = other();
        let mine = held(|| black_box(vec![1u8; 64]));
        (mine, busy.join().unwrap())
    };
    assert_eq!(theirs.len(), 1 << 20);
    assert_eq!(heap, Some(Heap { live: 64, peak: 64, calls: 1 }));
}
