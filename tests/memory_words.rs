//! 말을 담은 구조의 바이트: 식이 진짜 할당기가 센 것과 같은가.

use rust_lab::memory::counting::Counting;
use rust_lab::memory::name_tokens;
use rust_lab::memory::word_automaton::{Corpus, Params, Rivals, bytes};

#[global_allocator]
static HEAP: Counting = Counting;

/// 표의 식은 64비트의 것임.
#[cfg(all(target_pointer_width = "64", target_feature = "sse2"))]
#[test]
fn the_formulas_are_what_the_allocator_saw() {
    for (stems, endings) in [(10, 1), (37, 24), (300, 7), (2_000, 24)] {
        let p = Params { stems, endings, ..Params::default() };
        let words = Corpus::new(&p).words;
        let rivals = Rivals::new(&words).unwrap();
        let counted: Vec<u64> =
            rivals.heaps.iter().map(|heap| heap.live).collect();
        assert_eq!(bytes(&words, &rivals).to_vec(), counted, "{stems}");
    }
}

#[cfg(all(target_pointer_width = "64", target_feature = "sse2"))]
#[test]
fn the_token_formulas_are_what_the_allocator_saw() {
    for (stems, noise) in [(10, 0), (20, 30), (50, 0)] {
        let p = name_tokens::Params {
            stems,
            noise,
            ..name_tokens::Params::default()
        };
        let words = name_tokens::Corpus::new(&p).words;
        let rivals = name_tokens::Rivals::new(&words).unwrap();
        let counted: Vec<u64> =
            rivals.heaps.iter().map(|(live, _)| *live).collect();
        let want = name_tokens::bytes(&words, &rivals);
        assert_eq!(want.to_vec(), counted, "{stems} {noise}");
    }
}
