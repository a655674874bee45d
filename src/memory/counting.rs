//! 힙을 세는 할당기: 자료구조가 실제로 쥔 바이트를 어림하지 않고 셈.
//!
//! 전역 할당기는 프로그램에 하나뿐이라 라이브러리가 정하지 않음. 세고 싶은
//! 예제·벤치·시험이 저마다 들여놓음:
//!
//! ```rust,standalone_crate
//! use memory::counting::{Counting, held};
//!
//! #[global_allocator]
//! static HEAP: Counting = Counting;
//!
//! fn main() {
//!     let (words, heap) = held(|| Vec::<u64>::with_capacity(1_000));
//!     assert_eq!(heap.unwrap().live, 8_000);
//!     drop(words);
//! }
//! ```

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

/// 부탁받은 바이트를 세고 일은 [`System`]에 넘기는 할당기.
///
/// 스레드마다 따로 셈: 다른 스레드가 무엇을 하든 재는 스레드의 수는
/// 흔들리지 않고, 잠금도 없음. 대신 다른 스레드에서 할당한 것은 세지 않음.
pub struct Counting;

/// 이 스레드의 장부. 다른 스레드가 준 것을 놓으면 음수가 될 수 있음.
#[derive(Clone, Copy)]
struct Ledger {
    live: i64,
    peak: i64,
    calls: u64,
}

thread_local! {
    // const로 만들고 정리할 것도 없어, 할당하는 도중에 읽어도 됨
    static LEDGER: Cell<Ledger> =
        const { Cell::new(Ledger { live: 0, peak: 0, calls: 0 }) };
}

fn record(change: i64, calls: u64) {
    let Ledger { live, peak, calls: before } = LEDGER.get();
    let live = live + change;
    let peak = peak.max(live);
    LEDGER.set(Ledger { live, peak, calls: before + calls });
}

// SAFETY: 모든 일을 받은 그대로 System에 넘김. 더하는 것은 할당하지 않는
// 스레드 지역 변수의 덧셈뿐이고 패닉하지 않음.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: 부른 쪽의 약속을 그대로 넘김.
        let pointer = unsafe { System.alloc(layout) };
        if !pointer.is_null() {
            record(layout.size() as i64, 1);
        }
        pointer
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: 부른 쪽의 약속을 그대로 넘김.
        let pointer = unsafe { System.alloc_zeroed(layout) };
        if !pointer.is_null() {
            record(layout.size() as i64, 1);
        }
        pointer
    }

    unsafe fn realloc(
        &self,
        pointer: *mut u8,
        layout: Layout,
        size: usize,
    ) -> *mut u8 {
        // SAFETY: 부른 쪽의 약속을 그대로 넘김.
        let moved = unsafe { System.realloc(pointer, layout, size) };
        if !moved.is_null() {
            record(size as i64 - layout.size() as i64, 1);
        }
        moved
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        record(-(layout.size() as i64), 0);
        // SAFETY: 부른 쪽의 약속을 그대로 넘김.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// 세는 동안 이 스레드의 힙에 일어난 일.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heap {
    /// 끝났을 때 늘어나 있는 바이트. 부탁한 크기이므로 할당기의 머리와
    /// 자투리는 들어 있지 않음.
    pub live: u64,
    /// 도중에 가장 많이 늘었을 때의 바이트.
    pub peak: u64,
    /// 할당하거나 크기를 바꾼 횟수.
    pub calls: u64,
}

/// [`Counting`]을 들여놓지 않은 프로그램에서 바이트 대신 할 말.
pub const NOT_INSTALLED: &str = "힙의 바이트는 세는 할당기를 들여놓은 \
     네이티브 예제에서만 셈";

/// 이 프로그램에 [`Counting`]이 들어 있는가.
pub fn installed() -> bool {
    let before = LEDGER.get().calls;
    drop(black_box(Box::new(0u8)));
    LEDGER.get().calls != before
}

// ANCHOR: held
/// `make`를 부르고, 돌려준 것이 쥐고 있는 바이트를 함께 돌려줌. 세는
/// 할당기가 없으면 `None`.
///
/// 부르는 동안 있던 것을 놓기만 하면 늘어난 바이트는 0임.
pub fn held<T>(make: impl FnOnce() -> T) -> (T, Option<Heap>) {
    let counted = installed();
    let before = LEDGER.get();
    // 이제부터의 꼭대기를 보려고 지금의 높이로 내려놓음
    LEDGER.set(Ledger { peak: before.live, ..before });
    let made = make();
    let after = LEDGER.get();
    // 바깥에서 재던 꼭대기를 잃지 않게 되돌림
    LEDGER.set(Ledger { peak: after.peak.max(before.peak), ..after });
    let grown = |to: i64| (to - before.live).max(0) as u64;
    let heap = counted.then(|| Heap {
        live: grown(after.live),
        peak: grown(after.peak),
        calls: after.calls - before.calls,
    });
    (made, heap)
}
// ANCHOR_END: held

#[cfg(test)]
mod tests {
    use super::*;

    /// 라이브러리의 시험에는 들여놓지 않았으므로 없다고 말함.
    #[test]
    fn says_when_it_is_not_installed() {
        assert!(!installed());
        let (made, heap) = held(|| vec![1u8; 100]);
        assert_eq!((made.len(), heap), (100, None));
    }
}
