//! 서로 다른 정수를 담는 여러 표현.

use lab::rng::mix64;

/// `bits`비트 수의 일대일 뒤섞기. 0은 0으로 감.
pub fn permute(x: u64, bits: u32, seed: u64) -> u64 {
    let mask = (1 << bits) - 1;
    let half = bits.div_ceil(2);
    let mut x = x;
    for round in 0..3 {
        let odd = mix64(seed ^ round) | 1;
        x = x.wrapping_mul(odd) & mask;
        x ^= x >> half;
    }
    x
}

/// 값 하나가 비트 하나인 표현.
#[derive(Clone, Debug)]
pub struct BitSet {
    words: Vec<u64>,
}

impl BitSet {
    /// 0부터 2^`bits` 앞까지의 수를 담음.
    pub fn new(bits: u32) -> Self {
        BitSet { words: vec![0; 1usize << bits.saturating_sub(6)] }
    }

    pub fn insert(&mut self, value: u64) {
        self.words[(value >> 6) as usize] |= 1 << (value & 63);
    }

    pub fn contains(&self, value: u64) -> bool {
        let word = self.words.get((value >> 6) as usize);
        word.is_some_and(|word| word >> (value & 63) & 1 == 1)
    }

    /// 켜진 비트의 번호, 작은 것부터. 빈 단어는 한 번에 건너뜀.
    pub fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        self.words.iter().enumerate().flat_map(|(i, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                Some(((i as u64) << 6) + u64::from(bit))
            })
        })
    }
}

/// 아래 16비트를 담는 그릇 하나. 셋 가운데 가장 작은 것을 고름.
#[derive(Clone, Debug)]
pub enum Container {
    /// 오름차순으로 늘어놓음: 값마다 2바이트.
    Array(Vec<u16>),
    /// 비트 65,536개: 늘 8,192바이트.
    Bits(BitSet),
    /// 이어진 수의 (첫 수, 끝 수): 토막마다 4바이트와 개수 2바이트.
    Runs(Vec<(u16, u16)>),
}

/// 비트 그릇의 바이트.
const BITS_BYTES: u64 = 8_192;

impl Container {
    /// 오름차순의 아래 16비트를 가장 작은 그릇에.
    fn new(low: &[u16]) -> Self {
        let breaks = low.windows(2).filter(|pair| pair[1] - pair[0] > 1);
        let runs = 1 + breaks.count() as u64;
        let array = 2 * low.len() as u64;
        if 2 + 4 * runs < array.min(BITS_BYTES) {
            let mut runs: Vec<(u16, u16)> = Vec::new();
            for value in low {
                match runs.last_mut() {
                    Some((_, end)) if value - *end == 1 => *end = *value,
                    _ => runs.push((*value, *value)),
                }
            }
            return Container::Runs(runs);
        }
        if array <= BITS_BYTES {
            return Container::Array(low.to_vec());
        }
        let mut bits = BitSet::new(16);
        low.iter().for_each(|value| bits.insert(u64::from(*value)));
        Container::Bits(bits)
    }

    pub fn bytes(&self) -> u64 {
        match self {
            Container::Array(low) => 2 * low.len() as u64,
            Container::Bits(_) => BITS_BYTES,
            Container::Runs(runs) => 2 + 4 * runs.len() as u64,
        }
    }

    fn contains(&self, low: u16) -> bool {
        match self {
            Container::Array(all) => all.binary_search(&low).is_ok(),
            Container::Bits(bits) => bits.contains(u64::from(low)),
            Container::Runs(runs) => {
                let after = runs.partition_point(|run| run.0 <= low);
                after > 0 && low <= runs[after - 1].1
            }
        }
    }
}

/// 로링 비트맵: 위쪽 비트가 같은 65,536개씩 나눠 그릇에 담음.
#[derive(Clone, Debug, Default)]
pub struct Chunks {
    pub parts: Vec<(u64, Container)>,
}

impl Chunks {
    /// 오름차순의 서로 다른 값에서.
    pub fn new(values: impl IntoIterator<Item = u64>) -> Self {
        let (mut parts, mut low, mut key) = (Vec::new(), Vec::new(), 0);
        for value in values {
            if value >> 16 != key && !low.is_empty() {
                parts.push((key, Container::new(&low)));
                low.clear();
            }
            key = value >> 16;
            low.push(value as u16);
        }
        if !low.is_empty() {
            parts.push((key, Container::new(&low)));
        }
        Chunks { parts }
    }

    pub fn contains(&self, value: u64) -> bool {
        let at = self.parts.binary_search_by_key(&(value >> 16), |p| p.0);
        at.is_ok_and(|at| self.parts[at].1.contains(value as u16))
    }

    pub fn sum(&self) -> u64 {
        let part = |(key, part): &(u64, Container)| {
            let base = key << 16;
            match part {
                Container::Array(low) => {
                    low.iter().map(|low| base + u64::from(*low)).sum::<u64>()
                }
                Container::Bits(bits) => bits.iter().map(|v| base + v).sum(),
                Container::Runs(runs) => {
                    let run = |(from, to): &(u16, u16)| {
                        let (from, to) = (u64::from(*from), u64::from(*to));
                        let count = to - from + 1;
                        base * count + (from + to) * count / 2
                    };
                    runs.iter().map(run).sum()
                }
            }
        };
        self.parts.iter().map(part).sum()
    }

    /// 표준 형식으로 적었을 때의 바이트. 32비트를 넘는 수가 있을 수 있으면
    /// 위 32비트마다 따로 적음.
    pub fn serialized(&self, bits: u32) -> u64 {
        if bits <= 32 {
            return block(self.parts.iter().map(|part| &part.1));
        }
        let groups = self.parts.chunk_by(|a, b| a.0 >> 16 == b.0 >> 16);
        let group = |parts: &[(u64, Container)]| {
            4 + block(parts.iter().map(|part| &part.1))
        };
        8 + groups.map(group).sum::<u64>()
    }
}

/// 32비트 로링 하나의 바이트: 머리와 그릇들.
fn block<'a>(parts: impl Iterator<Item = &'a Container>) -> u64 {
    let (mut count, mut bytes, mut has_runs) = (0u64, 0, false);
    for part in parts {
        count += 1;
        bytes += part.bytes();
        has_runs |= matches!(part, Container::Runs(_));
    }
    let head = match has_runs {
        // 그릇이 넷보다 적으면 그릇의 위치를 적지 않음
        true if count < 4 => 4 + count.div_ceil(8) + 4 * count,
        true => 4 + count.div_ceil(8) + 8 * count,
        false => 8 + 8 * count,
    };
    head + bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use roaring::{RoaringBitmap, RoaringTreemap};
    use std::collections::BTreeSet;

    /// 일대일이고 0은 움직이지 않음.
    #[test]
    fn permute_is_a_bijection() {
        for (bits, seed) in [(10, 42), (11, 7), (16, 0)] {
            let all: BTreeSet<u64> =
                (0..1 << bits).map(|x| permute(x, bits, seed)).collect();
            assert_eq!(all.len(), 1 << bits);
            assert_eq!(all.last(), Some(&((1 << bits) - 1)));
            assert_eq!(permute(0, bits, seed), 0);
        }
    }

    /// 우리 로링은 크레이트와 바이트·합·답이 모두 같음.
    #[test]
    fn chunks_are_what_the_crate_says() {
        let scattered =
            |n: u64, bits| (1..n).map(move |x| permute(x, bits, 9));
        let sets: [(u32, Vec<u64>); 6] = [
            (20, scattered(200_000, 20).collect()),
            (20, scattered(5_000, 20).collect()),
            (32, scattered(3_000, 32).collect()),
            (18, (1..200_000).collect()),
            (20, (0..900_000).filter(|x| x / 64 % 3 == 0).collect()),
            (16, vec![7]),
        ];
        for (bits, mut values) in sets {
            values.sort_unstable();
            let ours = Chunks::new(values.iter().copied());
            let mut theirs: RoaringBitmap =
                values.iter().map(|value| *value as u32).collect();
            theirs.optimize();
            let size = theirs.serialized_size() as u64;
            assert_eq!(ours.serialized(bits), size, "{bits}");
            assert_eq!(ours.sum(), values.iter().sum::<u64>());
            for x in (0..1 << 20).step_by(37) {
                assert_eq!(ours.contains(x), theirs.contains(x as u32));
            }
        }
    }

    #[test]
    fn wide_chunks_are_what_the_treemap_says() {
        let mut values: Vec<u64> =
            (1..20_000).map(|x| permute(x, 36, 9)).collect();
        values.extend((1 << 35)..(1 << 35) + 5_000);
        values.sort_unstable();
        values.dedup();
        let ours = Chunks::new(values.iter().copied());
        let mut theirs: RoaringTreemap = values.iter().copied().collect();
        theirs.optimize();
        let size = theirs.serialized_size() as u64;
        assert_eq!(ours.serialized(36), size);
        assert!(values.iter().all(|x| ours.contains(*x)));
    }

    #[test]
    fn a_bitset_is_a_set() {
        let mut bits = BitSet::new(10);
        let values = [0, 1, 63, 64, 700, 1_023];
        values.iter().for_each(|value| bits.insert(*value));
        assert!(bits.iter().eq(values));
        assert!(!bits.contains(2) && !bits.contains(5_000));
    }
}
