//! 이 장의 모형이 함께 쓰는 것: 사건의 줄, 지수 분포의 간격, 분위수.

use std::collections::BTreeMap;

use lab::rng::SplitMix64;

/// 앞으로 일어날 사건. 시각(µs)이 이른 것부터, 같으면 넣은 차례대로 꺼냄.
#[derive(Clone, Debug)]
pub struct Events<T> {
    queue: BTreeMap<(u64, u64), T>,
    seq: u64,
}

impl<T> Default for Events<T> {
    fn default() -> Self {
        Events { queue: BTreeMap::new(), seq: 0 }
    }
}

impl<T> Events<T> {
    pub fn push(&mut self, at: u64, event: T) {
        self.queue.insert((at, self.seq), event);
        self.seq += 1;
    }

    pub fn pop(&mut self) -> Option<(u64, T)> {
        let ((at, _), event) = self.queue.pop_first()?;
        Some((at, event))
    }

    /// `now`까지 일어난 것만 꺼냄.
    pub fn pop_due(&mut self, now: u64) -> Option<(u64, T)> {
        if self.next_at()? > now {
            return None;
        }
        self.pop()
    }

    pub fn next_at(&self) -> Option<u64> {
        self.queue.first_key_value().map(|((at, _), _)| *at)
    }
}

const TABLE: usize = 4_096;
/// 로그를 셈하는 고정소수점의 1.
const ONE: u64 = 1 << 58;

/// 2·atanh(1/n) = ln((n + 1) / (n − 1)), 2^58배.
fn log_ratio(n: u64) -> u64 {
    let (mut power, mut odd, mut sum) = (ONE / n, 1, 0);
    while power > 0 {
        sum += power / odd;
        power /= n * n;
        odd += 2;
    }
    2 * sum
}

/// −ln((i + 0.5) / 4096)의 2^20배를 반올림한 4,096개.
///
/// `ln`은 환경마다 끝자리가 다를 수 있어 정수로만 셈함. 십진 40자리로 따로
/// 셈한 `data/exp_q20.json`과 모두 같음을 시험이 확인함.
pub fn exp_q20() -> Vec<u32> {
    let mut table = vec![0; TABLE];
    let mut log = log_ratio(4 * TABLE as u64 - 1);
    for i in (0..TABLE).rev() {
        table[i] = ((log + (1 << 37)) >> 38) as u32;
        if i > 0 {
            log += log_ratio(2 * i as u64);
        }
    }
    table
}

/// 지수 분포를 따르는 정수를 뽑음.
#[derive(Clone, Debug)]
pub struct Gaps {
    table: Vec<u32>,
    rng: SplitMix64,
}

impl Gaps {
    pub fn new(seed: u64) -> Self {
        Gaps { table: exp_q20(), rng: SplitMix64::new(seed) }
    }

    /// 평균이 1인 값의 2^20배.
    pub fn next_q20(&mut self) -> u64 {
        self.table[(self.rng.next_u64() >> 52) as usize].into()
    }

    /// 평균이 `mean`인 값 하나.
    pub fn draw(&mut self, mean: u64) -> u64 {
        (mean * self.next_q20()) >> 20
    }
}

/// 정렬된 값의 `percent` 분위수: 적어도 그만큼이 이 값 아래인 가장 작은 것.
/// 값이 없으면 0.
pub fn percentile(sorted: &[u64], percent: u64) -> u64 {
    let rank = (sorted.len() as u64 * percent).div_ceil(100);
    match (rank as usize).checked_sub(1) {
        Some(at) => sorted[at],
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_equals_the_one_made_with_decimals() {
        let text = include_str!("../../data/exp_q20.json");
        let want: Vec<u32> = serde_json::from_str(text).unwrap();
        assert_eq!(exp_q20(), want);
        // ln 8192 · 2^20과 ln(8192/8191) · 2^20
        assert_eq!((want[0], want[4_095]), (9_448_627, 128));
    }

    #[test]
    fn the_mean_of_the_gaps_is_the_mean() {
        let mut gaps = Gaps::new(42);
        let sum: u64 = (0..100_000).map(|_| gaps.draw(1_000)).sum();
        assert!((99_000_000..101_000_000).contains(&sum), "{sum}");
    }

    #[test]
    fn events_come_in_time_then_in_order() {
        let mut events = Events::default();
        for (at, event) in [(5, 'c'), (3, 'a'), (5, 'd'), (3, 'b')] {
            events.push(at, event);
        }
        let mut seen = String::new();
        while let Some((_, event)) = events.pop_due(5) {
            seen.push(event);
        }
        assert_eq!(seen, "abcd");
        assert_eq!(events.next_at(), None);
    }

    #[test]
    fn percentiles_are_members() {
        let values: Vec<u64> = (1..=200).collect();
        assert_eq!(percentile(&values, 50), 100);
        assert_eq!(percentile(&values, 99), 198);
        assert_eq!(percentile(&values[..1], 99), 1);
        assert_eq!(percentile(&[], 99), 0);
    }
}
