//! 사전과 셋에 넣는 키. 키가 곧 64비트 해시값임.

use std::hash::Hasher;

use lab::rng::{SplitMix64, mix64};
use lab::{Failure, format};

lab::choices! {
    /// 키의 모양.
    pub enum Keys {
        Seq = "seq", "연속 정수 i";
        Shift = "shift", "i << shift";
        Random = "random", "무작위 64비트";
        FewLowBits = "few_low_bits", "아래 3비트와 20비트 위";
    }
}

/// 차례로 넣을 키들. 무작위 키만 씨앗을 씀.
pub fn keys(family: Keys, shift: u32, seed: u64) -> impl Iterator<Item = u64> {
    let mut rng = SplitMix64::new(seed);
    (0u64..).map(move |i| match family {
        Keys::Seq => i,
        Keys::Shift => i << shift,
        Keys::Random => rng.next_u64(),
        Keys::FewLowBits => ((i >> 3) << 20) | (i & 7),
    })
}

/// 키마다 짝지은 없는 키.
pub fn missing(key: u64) -> u64 {
    mix64(key ^ 0xab_cdef)
}

/// 밀어 올린 키는 서로 다른 63비트 수여야 함.
pub fn check_shift(family: Keys, n: u64, shift: u32) -> Result<(), Failure> {
    let last = (i64::MAX as u64) >> shift;
    if family != Keys::Shift || n - 1 <= last {
        return Ok(());
    }
    let most = format::int(last + 1);
    Err(Failure::param(
        "shift",
        format!(
            "shift의 값 '{shift}': 키가 63비트를 넘음. \
             이 shift에서는 키의 수가 {most}개 이하여야 함"
        ),
    ))
}

/// 곱셈 한 번과 회전: SwissTable에 알맞은 가장 싼 해시.
#[derive(Default)]
pub struct FoldHasher(u64);

impl Hasher for FoldHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }
    fn write_u64(&mut self, n: u64) {
        let odd = 0x9E37_79B9_7F4A_7C15;
        self.0 = (self.0 ^ n).wrapping_mul(odd).rotate_left(26);
    }
    fn finish(&self) -> u64 {
        self.0
    }
}
