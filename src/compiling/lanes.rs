//! 실수 레인: 커널을 한 번 쓰고 벡터의 폭만 바꿔 끼우기 위한 것.
//!
//! 레인마다의 계산은 스칼라와 비트까지 같음: 곱셈과 덧셈을 하나로 합치는
//! 명령은 반올림을 한 번 덜 하므로 여기에 없음.

use std::ops::{Add, BitAnd, BitOr, Mul, Sub};

use wide::{f64x2, f64x4, f64x8, i64x2, i64x4, i64x8};

/// f64 여러 개를 나란히 담은 벡터. 조건은 레인마다 모두 0이거나 모두 1인
/// 비트로 나타냄.
pub trait Lanes:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
{
    const LANES: usize;
    /// 레인마다의 정수.
    type Counts: Copy;

    fn splat(value: f64) -> Self;
    /// 앞의 `LANES`개. 모자라면 안 됨.
    fn load(values: &[f64]) -> Self;
    /// 앞의 `LANES`칸에 적음.
    fn store(self, out: &mut [f64]);
    /// `self < limit`인 레인. NaN인 레인은 거짓임.
    fn below(self, limit: Self) -> Self;
    /// 참인 레인의 번호를 비트로.
    fn bits(self) -> u64;

    fn zero() -> Self::Counts;
    /// 참인 레인에 1을 더함.
    fn tally(counts: Self::Counts, mask: Self) -> Self::Counts;
    fn each(counts: Self::Counts) -> impl Iterator<Item = u64>;
}

macro_rules! lanes {
    ($($float:ident $int:ident $lanes:literal;)+) => {$(
        impl Lanes for $float {
            const LANES: usize = $lanes;
            type Counts = $int;

            #[inline(always)]
            fn splat(value: f64) -> Self {
                $float::splat(value)
            }

            #[inline(always)]
            fn load(values: &[f64]) -> Self {
                $float::new(*values.first_chunk().unwrap())
            }

            #[inline(always)]
            fn store(self, out: &mut [f64]) {
                out[..$lanes].copy_from_slice(&self.to_array());
            }

            #[inline(always)]
            fn below(self, limit: Self) -> Self {
                self.simd_lt(limit)
            }

            #[inline(always)]
            fn bits(self) -> u64 {
                self.to_bitmask().into()
            }

            #[inline(always)]
            fn zero() -> $int {
                $int::splat(0)
            }

            #[inline(always)]
            fn tally(counts: $int, mask: Self) -> $int {
                // 참은 모든 비트가 1, 곧 정수 -1임
                counts - wide::bytemuck::cast::<$float, $int>(mask)
            }

            #[inline(always)]
            fn each(counts: $int) -> impl Iterator<Item = u64> {
                counts.to_array().into_iter().map(|count| count as u64)
            }
        }
    )+};
}

lanes! {
    f64x2 i64x2 2;
    f64x4 i64x4 4;
    f64x8 i64x8 8;
}

/// 이 빌드의 레지스터 하나에 담기는 벡터. 더 넓은 벡터도 돌기는 하지만
/// 레지스터 여러 개로 쪼개져 메모리를 오감.
#[cfg(target_feature = "avx512f")]
pub type Widest = f64x8;
#[cfg(all(target_feature = "avx", not(target_feature = "avx512f")))]
pub type Widest = f64x4;
#[cfg(not(target_feature = "avx"))]
pub type Widest = f64x2;

/// 서로 기다리지 않는 벡터를 이만큼 번갈아 돌려 연산의 지연을 겹침.
pub const FLIGHT: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn check<V: Lanes>() {
        let values = [1.0, 4.0, f64::NAN, 3.0, -1.0, 9.0, 4.0, 0.0];
        let mask = V::load(&values).below(V::splat(4.0));
        let want = (0..V::LANES)
            .filter(|lane| values[*lane] < 4.0)
            .fold(0, |bits, lane| bits | 1 << lane);
        assert_eq!(mask.bits(), want);
        let counts = V::tally(V::tally(V::zero(), mask), mask);
        for (lane, count) in V::each(counts).enumerate() {
            assert_eq!(count, (want >> lane & 1) * 2);
        }
        let mut out = [0.0; 8];
        (V::load(&values) + V::splat(1.0)).store(&mut out);
        assert_eq!(out[..2], [2.0, 5.0]);
    }

    #[test]
    fn every_width_does_the_same() {
        check::<f64x2>();
        check::<f64x4>();
        check::<f64x8>();
    }
}
