//! 묶어 담아 레지스터에 쌓는 행렬 곱: BLAS가 하는 일의 뼈대.
//!
//! ① 곱할 조각을 읽을 차례대로 옮겨 담음 ② 조각 하나의 곱을 레지스터에만
//! 쌓음 ③ 다 쌓은 뒤에 C에 한 번 더함. 세 겹의 캐시에 맞춘 토막 크기는
//! 아래의 상수임.

use std::ops::Range;

/// 토막의 깊이는 여기까지: 깊을수록 C를 덜 오가지만, A의 토막(높이 × 깊이
/// × 8바이트)은 L2에 들어야 함.
const DEEP: usize = 640;
/// A의 토막 높이. 조각의 높이들의 공배수라야 빈 줄이 생기지 않음.
const TALL: usize = 72;

/// 옮겨 담는 곳. 다시 쓰므로 곱할 때마다 새로 얻지 않음.
#[derive(Default)]
pub struct Packed {
    a: Vec<f64>,
    b: Vec<f64>,
}

// ANCHOR: tile
/// 조각 하나의 곱. `a`는 열마다 `R`칸, `b`는 행마다 `C`칸을 이어 담은 것.
///
/// 누산기가 `R × C`개라 덧셈이 서로를 기다리지 않고, 읽은 값 하나를 `R`번
/// 또는 `C`번 씀. 모두 레지스터에 들어야 뜻이 있음.
#[inline(always)]
fn tile<const R: usize, const C: usize, const FUSED: bool>(
    a: &[f64],
    b: &[f64],
) -> [[f64; C]; R] {
    let mut sums = [[0.0; C]; R];
    for (a, b) in a.as_chunks::<R>().0.iter().zip(b.as_chunks::<C>().0) {
        for (sums, a) in sums.iter_mut().zip(a) {
            for (sum, b) in sums.iter_mut().zip(b) {
                // 정수라 반올림이 없으므로 합쳐 계산해도 비트가 같음
                *sum = if FUSED { a.mul_add(*b, *sum) } else { *sum + a * b };
            }
        }
    }
    sums
}
// ANCHOR_END: tile

/// 담아 둔 토막 둘을 곱해 C의 행들에 더함.
struct Slab<'a> {
    a: &'a [f64],
    b: &'a [f64],
    /// 담긴 깊이.
    deep: usize,
    /// C의 행들과 그 너비.
    c: &'a mut [f64],
    n: usize,
}

impl Slab<'_> {
    #[inline(always)]
    fn add<const R: usize, const C: usize, const FUSED: bool>(self) {
        let Slab { a, b, deep, c, n } = self;
        for (b, left) in b.chunks_exact(deep * C).zip((0..).step_by(C)) {
            for (a, rows) in a.chunks_exact(deep * R).zip(c.chunks_mut(R * n))
            {
                let sums = tile::<R, C, FUSED>(a, b);
                for (row, sums) in rows.chunks_exact_mut(n).zip(&sums) {
                    for (cell, sum) in row[left..].iter_mut().zip(sums) {
                        *cell += sum;
                    }
                }
            }
        }
    }

    /// 어디서나: 128비트 벡터 여덟 개에 쌓음.
    fn plain(self) {
        self.add::<4, 4, false>();
    }

    /// 같은 코드를 256비트 벡터 열두 개로.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    fn wide(self) {
        self.add::<6, 8, true>();
    }
}

/// 이 프로세서에 맞는 조각의 (높이, 너비).
fn shape() -> (usize, usize) {
    if is_wide() { (6, 8) } else { (4, 4) }
}

#[cfg(target_arch = "x86_64")]
fn is_wide() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
}

#[cfg(not(target_arch = "x86_64"))]
fn is_wide() -> bool {
    false
}

impl Packed {
    /// C = A·B, 모두 n × n.
    pub fn multiply(&mut self, a: &[f64], b: &[f64], c: &mut [f64], n: usize) {
        let (high, broad) = shape();
        // 마지막 토막만 얕아지지 않게 고르게 나눔
        let even = n.div_ceil(n.div_ceil(DEEP));
        c.fill(0.0);
        for k in (0..n).step_by(even) {
            let deep = even.min(n - k);
            pack_rows(&b[k * n..][..deep * n], n, broad, &mut self.b);
            for (rows, c) in a.chunks(TALL * n).zip(c.chunks_mut(TALL * n)) {
                pack_columns(rows, n, k..k + deep, high, &mut self.a);
                let slab = Slab { a: &self.a, b: &self.b, deep, c, n };
                multiply_slab(slab);
            }
        }
    }
}

fn multiply_slab(slab: Slab) {
    #[cfg(target_arch = "x86_64")]
    if is_wide() {
        // SAFETY: 이 프로세서에 AVX2와 FMA가 있음을 방금 확인함.
        return unsafe { slab.wide() };
    }
    slab.plain();
}

/// 행들을 `broad`칸 너비로 잘라, 자른 것마다 위에서 아래로 이어 담음.
/// 남는 칸은 0.
fn pack_rows(rows: &[f64], n: usize, broad: usize, to: &mut Vec<f64>) {
    to.clear();
    for left in (0..n).step_by(broad) {
        for row in rows.chunks_exact(n) {
            let piece = &row[left..n.min(left + broad)];
            to.extend_from_slice(piece);
            to.resize(to.len() + broad - piece.len(), 0.0);
        }
    }
}

/// 행들을 `high`줄씩 잘라, 자른 것마다 왼쪽 열부터 이어 담음. 남는 칸은 0.
fn pack_columns(
    rows: &[f64],
    n: usize,
    columns: Range<usize>,
    high: usize,
    to: &mut Vec<f64>,
) {
    to.clear();
    for rows in rows.chunks(high * n) {
        for k in columns.clone() {
            let column = rows[k..].iter().step_by(n);
            to.extend(column);
            to.resize(to.len() + high - rows.len() / n, 0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 좁은 조각도 넓은 조각도, 남는 줄과 칸이 있어도 비트가 같음.
    #[test]
    fn every_shape_gives_the_same_bits() {
        let (tall, deep, n) = (13, 37, 11);
        let numbers = |len: usize, by: usize| -> Vec<f64> {
            (0..len).map(|x| (x * by % 1_024) as f64).collect()
        };
        let (a, b) = (numbers(tall * deep, 7), numbers(deep * n, 11));
        let run = |high, broad, add: fn(Slab)| {
            let (mut pa, mut pb) = (Vec::new(), Vec::new());
            pack_columns(&a, deep, 0..deep, high, &mut pa);
            pack_rows(&b, n, broad, &mut pb);
            let mut c = vec![0.0; tall * n];
            add(Slab { a: &pa, b: &pb, deep, c: &mut c, n });
            c
        };
        let mut want = vec![0.0; tall * n];
        for (at, want) in want.iter_mut().enumerate() {
            let row = &a[at / n * deep..][..deep];
            let column = b[at % n..].iter().step_by(n);
            *want = row.iter().zip(column).map(|(a, b)| a * b).sum();
        }
        assert!(run(4, 4, |slab| slab.plain()) == want);
        assert!(run(6, 8, |slab| slab.add::<6, 8, true>()) == want);
    }
}
