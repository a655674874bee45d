//! 무거운 것이 몇 개뿐인 분포: k번째의 무게는 `2^32 / k^s`의 정수 부분.
//! 실수 함수가 없어 어느 실행 환경에서나 같은 것을 뽑음.

use lab::rng::SplitMix64;

/// 앞에서부터 더한 무게.
#[derive(Clone, Debug)]
pub struct Zipf {
    sums: Vec<u64>,
    total: u64,
}

impl Zipf {
    /// 가짓수 `n`, 기울기 `s`: 0이면 모두 같음.
    pub fn new(n: u64, s: u64) -> Self {
        let mut total = 0;
        let sums = (1..=n)
            .map(|k| {
                total += (1 << 32) / k.pow(s as u32);
                total
            })
            .collect();
        Zipf { sums, total }
    }

    /// 하나를 뽑음: `0..n`.
    #[inline]
    pub fn draw(&self, rng: &mut SplitMix64) -> u64 {
        let x = rng.below(self.total);
        self.sums.partition_point(|sum| *sum <= x) as u64
    }

    /// 가장 무거운 것의 몫.
    pub fn heaviest(&self) -> f64 {
        self.sums[0] as f64 / self.total as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 무게 4, 2, 1(과 나머지)로 손으로 센 것.
    #[test]
    fn weights_are_whole_numbers() {
        let zipf = Zipf::new(3, 1);
        let third = (1u64 << 32) / 3;
        assert_eq!(zipf.sums, [1 << 32, 3 << 31, (3 << 31) + third]);
        assert!((zipf.heaviest() - 6.0 / 11.0).abs() < 1e-9);
        assert_eq!(Zipf::new(4, 0).heaviest(), 0.25);
        // 무게가 0인 것은 뽑히지 않음
        let zipf = Zipf::new(100_000, 2);
        assert_eq!(zipf.sums[70_000], zipf.sums[99_999]);
        let mut rng = SplitMix64::new(1);
        assert!((0..1_000).all(|_| zipf.draw(&mut rng) <= 65_536));
    }
}
