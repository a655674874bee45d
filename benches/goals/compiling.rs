//! 컴파일과 JIT 컴퓨팅의 목표.

use std::hint::black_box;

use rust_lab::compiling::julia::{
    Params, RowFn, paint, row_scalar, row_widest, sum,
};

use crate::goal::{Goal, Slow, Work};

/// 한 변이 1,000점, 한도 300번인 널리 알려진 그림.
const POINTS: u64 = 1_000_000;
const WIDE: bool = cfg!(target_feature = "avx2");

pub const GOALS: &[Goal] = &[
    Goal {
        chapter: "compiling",
        name: "julia_numba",
        title: "줄리아 집합, 1,000 × 1,000",
        at_least: 0.9,
        items: POINTS,
        fast: &[("스칼라", scalar)],
        slow: ("numba", Slow::Numba),
    },
    Goal {
        chapter: "compiling",
        name: "julia_simd",
        title: "줄리아 집합, 1,000 × 1,000",
        // 벡터가 두 배로 넓으면 목표도 높음
        at_least: if WIDE { 8.0 } else { 2.3 },
        items: POINTS,
        fast: &[("SIMD", simd)],
        slow: ("스칼라", Slow::Rust(scalar)),
    },
];

fn painted(points: u64, row: RowFn) -> Work {
    let p = Params { n: points.isqrt(), ..Params::default() };
    let (map, grid) = (p.map(), p.grid());
    let mut counts = vec![0; (p.n * p.n) as usize];
    Box::new(move || {
        paint(black_box(&map), &grid, row, &mut counts);
        sum(&counts)
    })
}

fn scalar(points: u64) -> Work {
    painted(points, row_scalar)
}

fn simd(points: u64) -> Work {
    painted(points, row_widest)
}
