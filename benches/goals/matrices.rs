//! 행렬과 넘파이의 목표. 두 스레드의 일은 CPU 시간 하나로 잴 수 없으므로
//! 여기 없음.

use std::hint::black_box;

use rust_lab::fundamentals::ooo_pipeline::sum_fixed;
use rust_lab::matrices::diffusion::{Field, Mode, Plan};
use rust_lab::matrices::matmul_block::{Order, Product};

use crate::goal::{Goal, Setup, Slow, Work};

/// 벡터가 넓은 빌드에는 더 높은 목표.
const WIDE: bool = cfg!(target_feature = "avx2");
const SIDE: u64 = 640;
const LARGE: u64 = 4_096;
/// 한 번 부르면 나아가는 스텝. `matrices.py`도 같음.
const STEPS: usize = 8;

const DIFFUSION: &[(&str, Setup)] =
    &[("캐시에 담아 여러 스텝씩", |n| diffuse(n, 640))];
const LARGE_DIFFUSION: &[(&str, Setup)] =
    &[("캐시에 담아 여러 스텝씩", |n| diffuse(n, 256))];
const STREAMED: &[(&str, Setup)] =
    &[("캐시에 담아 여러 스텝씩", |n| {
        let mut work = diffuse(n, 256);
        only(n, move || _ = work())
    })];
const MATMUL: &[(&str, Setup)] =
    &[("묶어 담아 레지스터에 쌓기", |n| {
        multiply(n, Order::Packed)
    })];
const LIBRARY_MATMUL: &[(&str, Setup)] =
    &[("ndarray의 dot", |n| multiply(n, Order::NdarrayDot))];

pub const GOALS: &[Goal] = &[
    Goal {
        chapter: "matrices",
        name: "diffusion_flat",
        title: "640² 확산을 가장 빠른 NumPy와, 8스텝",
        at_least: if WIDE { 3.5 } else { 1.9 },
        items: SIDE * SIDE,
        fast: DIFFUSION,
        aside: &[],
        slow: ("펴서 토막으로", Slow::NumPy),
    },
    Goal {
        chapter: "matrices",
        name: "diffusion_roll",
        title: "640² 확산을 roll과, 8스텝",
        at_least: 11.0,
        items: SIDE * SIDE,
        fast: DIFFUSION,
        aside: &[],
        slow: ("numpy.roll", Slow::NumPy),
    },
    Goal {
        chapter: "matrices",
        name: "diffusion_bandwidth",
        title: "4096² 확산을 스텝마다 격자를 옮기는 시간과, 큰 페이지",
        at_least: 0.95,
        items: LARGE * LARGE,
        // 넓은 벡터가 있는 빌드의 목표임
        fast: if WIDE { STREAMED } else { &[] },
        aside: if WIDE { &[] } else { STREAMED },
        slow: ("옮기기만", Slow::Rust(copy)),
    },
    Goal {
        chapter: "matrices",
        name: "diffusion_large",
        title: "4096² 확산을 가장 빠른 NumPy와, 8스텝",
        at_least: 2.5,
        items: LARGE * LARGE,
        fast: LARGE_DIFFUSION,
        aside: &[],
        slow: ("펴서 토막으로", Slow::NumPy),
    },
    Goal {
        chapter: "matrices",
        name: "matmul_1024",
        title: "1024² 행렬 곱을 스레드 하나짜리 OpenBLAS와",
        at_least: 0.70,
        items: 1_024 * 1_024,
        fast: MATMUL,
        aside: LIBRARY_MATMUL,
        slow: ("numpy @", Slow::NumPy),
    },
    Goal {
        chapter: "matrices",
        name: "matmul_1920",
        title: "1920² 행렬 곱을 스레드 하나짜리 OpenBLAS와",
        at_least: 0.80,
        items: 1_920 * 1_920,
        fast: MATMUL,
        aside: LIBRARY_MATMUL,
        slow: ("numpy @", Slow::NumPy),
    },
    Goal {
        chapter: "matrices",
        name: "sum_bandwidth",
        title: "실수 128 MiB의 합을 읽기만 하는 시간과",
        at_least: 0.75,
        items: 1 << 24,
        fast: &[("누산기 8개", sum)],
        aside: &[],
        slow: ("읽기만", Slow::Rust(read)),
    },
];

fn field(items: u64) -> Field {
    Field::new(items.isqrt() as usize, true)
}

/// 답은 값이 있던 정사각형의 귀퉁이. 부를 때마다 더 나아가지만 견주는 것은
/// 처음 부른 뒤의 것임.
fn diffuse(items: u64, block: usize) -> Work {
    let mut field = field(items);
    let plan = Plan { mode: Mode::Blocked, block, depth: STEPS };
    let n = items.isqrt() as usize;
    let corner = n * 4 / 10 * (n + 1);
    Box::new(move || {
        black_box(&mut field).advance(plan, STEPS);
        field.cells()[corner].to_bits()
    })
}

/// 답이 다른 일과 견줄 때: 일만 하고 항목의 수를 냄.
fn only(items: u64, mut work: impl FnMut() + 'static) -> Work {
    Box::new(move || {
        work();
        items
    })
}

fn copy(items: u64) -> Work {
    let mut field = field(items);
    only(items, move || (0..STEPS).for_each(|_| black_box(&mut field).copy()))
}

fn multiply(items: u64, order: Order) -> Work {
    let mut product = Product::new(items.isqrt(), 32);
    Box::new(move || {
        black_box(&mut product).multiply(order);
        product.cells().iter().sum::<f64>() as u64
    })
}

fn sum(items: u64) -> Work {
    let values = vec![1.0; items as usize];
    Box::new(move || sum_fixed::<8>(black_box(&values)) as u64)
}

/// 64비트씩 읽어 OR만 함: 더하기보다 기다릴 것이 적음.
fn read(items: u64) -> Work {
    let words = vec![items; items as usize];
    Box::new(move || {
        let lanes = black_box(&words).as_chunks::<16>().0.iter();
        let lanes = lanes.fold([0; 16], |seen, words: &[u64; 16]| {
            std::array::from_fn(|lane| seen[lane] | words[lane])
        });
        lanes.into_iter().fold(0, |seen, lane| seen | lane)
    })
}
