//! 지어낸 어간과 진짜 어미·조사로 만든 말.

use lab::rng::SplitMix64;

/// 받침이 있든 없든 그대로 붙는 동사 어미.
const ENDINGS: &str = include_str!("endings.txt");
/// 받침이 있든 없든 그대로 붙는 조사, 둘을 겹친 것까지.
const PARTICLES: &str = include_str!("particles.txt");

// 어느 것이나 읽을 수 있는 음절: 첫소리 14, 가운뎃소리 6, 끝소리 5
const LEADS: [u32; 14] = [0, 2, 3, 5, 6, 7, 9, 11, 12, 14, 15, 16, 17, 18];
const VOWELS: [u32; 6] = [0, 4, 8, 13, 18, 20];
const TAILS: [u32; 5] = [0, 4, 8, 16, 21];

/// 어미의 수.
pub const MOST_ENDINGS: u64 = 24;
/// 조사의 수.
pub const MOST_PARTICLES: u64 = 42;

pub fn endings(count: u64) -> Vec<&'static str> {
    ENDINGS.lines().take(count as usize).collect()
}

pub fn particles(count: u64) -> Vec<&'static str> {
    PARTICLES.lines().take(count as usize).collect()
}

/// 2–4음절짜리 지어낸 어간. 겹치는 것도 그대로 둠.
pub fn stems(count: u64, seed: u64) -> Vec<String> {
    let mut rng = SplitMix64::new(seed);
    let stem = |_| {
        let syllables = 2 + rng.below(3);
        (0..syllables).map(|_| syllable(&mut rng)).collect()
    };
    (0..count).map(stem).collect()
}

fn syllable(rng: &mut SplitMix64) -> char {
    let [leads, vowels, tails] = [LEADS.len(), VOWELS.len(), TAILS.len()];
    let at = rng.below((leads * vowels * tails) as u64) as usize;
    let (at, tail) = (at / tails, TAILS[at % tails]);
    let (lead, vowel) = (LEADS[at / vowels], VOWELS[at % vowels]);
    // 음절의 번호는 첫소리·가운뎃소리·끝소리의 자릿수임
    let code = 0xAC00 + (lead * 21 + vowel) * 28 + tail;
    char::from_u32(code).unwrap_or('가')
}

/// 어간마다 끝을 모두 붙인 말. 바이트의 차례로, 겹치는 것 없이.
pub fn join<S: AsRef<str>>(stems: &[String], tails: &[S]) -> Vec<String> {
    let mut words = Vec::with_capacity(stems.len() * tails.len());
    for stem in stems {
        words.extend(tails.iter().map(|tail| stem.clone() + tail.as_ref()));
    }
    words.sort_unstable();
    words.dedup();
    words
}

/// 말의 `percent`%를 무작위 음절 셋에서 여덟까지의 말로 바꿈.
pub fn scatter(words: &mut Vec<String>, percent: u64, seed: u64) {
    if percent == 0 {
        return;
    }
    let mut rng = SplitMix64::new(seed ^ 0x6e);
    let keep = words.len() as u64 * (100 - percent) / 100;
    let fresh = words.len() as u64 - keep;
    rng.shuffle(words);
    words.truncate(keep as usize);
    words.extend((0..fresh).map(|_| {
        let syllables = 3 + rng.below(6);
        (0..syllables).map(|_| syllable(&mut rng)).collect::<String>()
    }));
    words.sort_unstable();
    words.dedup();
}

/// 찾을 말. `stems`의 앞의 절반만 담았다면 절반쯤은 없는 말임.
pub fn queries<S: AsRef<str>>(
    stems: &[String],
    tails: &[S],
    count: u64,
    seed: u64,
) -> Vec<String> {
    let mut rng = SplitMix64::new(seed ^ 0x71);
    let word = |_| {
        let stem = &stems[rng.below(stems.len() as u64) as usize];
        stem.clone() + tails[rng.below(tails.len() as u64) as usize].as_ref()
    };
    (0..count).map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// 커밋한 목록: 겹치지 않고, 차례로, 모두 완성된 한글 음절임.
    #[test]
    fn the_lists_are_sorted_syllables() {
        for (list, count) in [
            (endings(u64::MAX), MOST_ENDINGS),
            (particles(u64::MAX), MOST_PARTICLES),
        ] {
            assert_eq!(list.len() as u64, count);
            assert!(list.is_sorted());
            assert_eq!(list.iter().collect::<BTreeSet<_>>().len(), list.len());
            let mut letters = list.iter().flat_map(|each| each.chars());
            assert!(letters.all(|each| ('가'..='힣').contains(&each)));
        }
    }

    #[test]
    fn the_first_stems_of_seed_forty_two() {
        let want = ["덜릴믕구", "란턴믈중", "실어", "청디놈"];
        assert_eq!(stems(4, 42), want);
    }

    #[test]
    fn words_are_sorted_and_distinct() {
        let stems = ["오", "가", "가"].map(str::to_owned);
        let words = join(&stems, &["고", "", "고"]);
        assert_eq!(words, ["가", "가고", "오", "오고"]);
    }
}
