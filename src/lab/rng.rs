//! 난수: SplitMix64. 모든 실행 환경에서 같은 수열을 냄.
//!
//! 출처: Steele, Lea, Flood, "Fast splittable pseudorandom number
//! generators" (OOPSLA 2014).

/// 64비트 상태 하나인 난수 생성기.
///
/// ```
/// let mut rng = lab::rng::SplitMix64::new(42);
/// assert_eq!(rng.next_u64(), 0xbdd7_3226_2feb_6e95);
/// assert_eq!(rng.next_u64(), 0x28ef_e333_b266_f103);
/// assert_eq!(rng.next_u64(), 0x4752_6757_130f_9f52);
/// ```
#[derive(Clone, Debug)]
pub struct SplitMix64 {
    state: u64,
}

impl SplitMix64 {
    pub fn new(seed: u64) -> Self {
        SplitMix64 { state: seed }
    }

    /// 다음 64비트.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// `0..bound`의 정수. 128비트 곱의 윗부분이라 나눗셈이 없음.
    #[inline]
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// `[0, 1)`의 실수. 위의 53비트만 써서 어디서나 같은 값임.
    ///
    /// ```
    /// let mut rng = lab::rng::SplitMix64::new(42);
    /// assert!((0.0..1.0).contains(&rng.unit()));
    /// ```
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// 피셔–예이츠 섞기.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let j = self.below(i as u64 + 1) as usize;
            items.swap(i, j);
        }
    }
}

/// `seed`로 만든 생성기의 첫 출력. 키를 흩뿌리는 데 씀.
#[inline]
pub fn mix64(seed: u64) -> u64 {
    SplitMix64::new(seed).next_u64()
}
