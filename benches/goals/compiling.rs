//! 컴파일과 JIT 컴퓨팅의 목표.

use std::hint::black_box;

use rust_lab::compiling::julia::{
    PaintFn, Params, RowFn, paint, paint_parallel, row_scalar, row_widest, sum,
};

use crate::goal::{Goal, Slow, Work};
use crate::multiprocessing::on_two_threads;

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
        aside: &[],
        slow: ("numba", Slow::Numba),
    },
    Goal {
        chapter: "compiling",
        name: "julia_simd",
        title: "줄리아 집합, 1,000 × 1,000",
        // 넓은 벡터일수록 목표도 높음: 실수 8개, 4개, 2개
        at_least: match (cfg!(target_feature = "avx512f"), WIDE) {
            (true, _) => 8.0,
            (false, true) => 4.6,
            (false, false) => 2.3,
        },
        items: POINTS,
        fast: &[("SIMD", simd)],
        aside: &[],
        slow: ("스칼라", Slow::Rust(scalar)),
    },
    Goal {
        chapter: "compiling",
        name: "julia_threads",
        title: "줄리아 집합, 1,000 × 1,000, 스레드 2개",
        at_least: 1.75,
        items: POINTS,
        fast: &[("rayon, 행마다", |n| {
            on_two_threads(painted(n, paint_parallel, row_scalar))
        })],
        aside: &[],
        slow: ("한 스레드", Slow::OneThread(scalar)),
    },
];

fn painted(
    points: u64,
    paint: PaintFn,
    row: RowFn,
) -> impl FnMut() -> u64 + Send + 'static {
    let p = Params { n: points.isqrt(), ..Params::default() };
    let (map, grid) = (p.map(), p.grid());
    let mut counts = vec![0; (p.n * p.n) as usize];
    move || {
        paint(black_box(&map), &grid, row, &mut counts);
        sum(&counts)
    }
}

fn scalar(points: u64) -> Work {
    Box::new(painted(points, paint, row_scalar))
}

fn simd(points: u64) -> Work {
    Box::new(painted(points, paint, row_widest))
}
