//! `stream_memory`의 장부를 진짜 할당기와 견줌.
//!
//! 전역 할당기는 프로그램에 하나뿐이라 시험 파일을 따로 둠.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use rust_lab::iterators::stream_memory::{Params, Variant, total};

thread_local! {
    /// 이 스레드가 지금 쥔 바이트, 가장 많을 때, 할당 횟수.
    static SEEN: Cell<(i64, i64, u64)> = const { Cell::new((0, 0, 0)) };
}

struct Counting;

// SAFETY: 모든 일을 System에 그대로 넘기고 수만 셈.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (now, peak, count) = SEEN.get();
        let now = now + layout.size() as i64;
        SEEN.set((now, peak.max(now), count + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let (now, peak, count) = SEEN.get();
        SEEN.set((now - layout.size() as i64, peak, count));
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

#[test]
fn the_ledger_is_what_the_allocator_saw() {
    let variants =
        [Variant::List, Variant::Generator, Variant::Chunks, Variant::Tee];
    for (n, chunk, gap) in [(1_000, 1, 0), (20_000, 999, 30), (5, 9, 9)] {
        let p = Params { n, chunk, gap, ..Params::default() };
        for variant in variants {
            SEEN.set((0, 0, 0));
            let (_, ledger) = total(&p, variant, |_| {});
            let (_, peak, count) = SEEN.get();
            assert_eq!(ledger.peak.get(), peak as u64, "{variant:?} {n}");
            assert_eq!(ledger.count.get(), count, "{variant:?} {n}");
        }
    }
}
