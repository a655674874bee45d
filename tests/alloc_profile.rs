//! `alloc_profile`의 장부를 진짜 할당기와 견줌: 세는 할당기를 쥔 벡터가
//! 표준 라이브러리의 벡터와 같은 것을 부탁하는가.
//!
//! 전역 할당기는 프로그램에 하나뿐이라 시험 파일을 따로 둠.

use rust_lab::memory::counting::{Counting, Heap, held};
use rust_lab::profiling::alloc_profile::{
    Params, Step, Variant, profile, total,
};
use rust_lab::profiling::heap::Counted;

#[global_allocator]
static HEAP: Counting = Counting;

#[test]
fn the_ledger_is_what_the_allocator_saw() {
    for (lines, longest) in [(100, 16), (2_000, 200), (5_000, 512)] {
        let p = Params { lines, longest, ..Params::default() };
        for variant in [Variant::Collect, Variant::Stream, Variant::Reuse] {
            let work = || total(&p, variant, Counted, |_| {});
            let (_, seen) = held(work);
            let (_, ledger) = profile(&p, variant);
            let calls = ledger.calls;
            let want = Heap { live: 0, peak: ledger.peak_64, calls };
            assert_eq!(seen, Some(want), "{variant:?} {lines}");
        }
    }
}

/// 같은 줄을 표준 라이브러리의 `Vec`에 모아도 같은 횟수와 같은 최대임.
#[test]
fn the_standard_vector_asks_for_the_same() {
    let p = Params::default();
    let mut lengths = Vec::new();
    total(&p, Variant::Reuse, Counted, |step| {
        if let Step::Read { length, .. } = step {
            lengths.push(length);
        }
    });
    let collect = || {
        let mut lines = Vec::new();
        for length in &lengths {
            lines.push(vec![1_u8; *length]);
        }
        lines
    };
    let (lines, seen) = held(collect);
    let ledger = profile(&p, Variant::Collect).1;
    let seen = seen.unwrap();
    assert_eq!((seen.peak, seen.calls), (ledger.peak_64, ledger.calls));
    assert_eq!(lines.len(), lengths.len());
}
