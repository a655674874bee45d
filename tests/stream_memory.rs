//! `stream_memory`의 장부를 진짜 할당기와 견줌.
//!
//! 전역 할당기는 프로그램에 하나뿐이라 시험 파일을 따로 둠.

use rust_lab::iterators::stream_memory::{Params, Variant, total};
use rust_lab::memory::counting::{Counting, held};

#[global_allocator]
static HEAP: Counting = Counting;

#[test]
fn the_ledger_is_what_the_allocator_saw() {
    let variants =
        [Variant::List, Variant::Generator, Variant::Chunks, Variant::Tee];
    for (n, chunk, gap) in [(1_000, 1, 0), (20_000, 999, 30), (5, 9, 9)] {
        let p = Params { n, chunk, gap, ..Params::default() };
        for variant in variants {
            let ((_, ledger), heap) = held(|| total(&p, variant, |_| {}));
            let heap = heap.unwrap();
            assert_eq!(ledger.peak.get(), heap.peak, "{variant:?} {n}");
            assert_eq!(ledger.count.get(), heap.calls, "{variant:?} {n}");
        }
    }
}
