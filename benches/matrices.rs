//! 행렬과 넘파이.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::lab::Param;
use rust_lab::matrices::{diffusion, matmul_block};

pub fn define(c: &mut Criterion) {
    matmul_block(c);
    diffusion(c);
}

/// 같은 곱을 아홉 가지 차례로. 큰 것은 행을 따라가는 것만.
fn matmul_block(c: &mut Criterion) {
    use matmul_block::{Order, Product};
    let mut group = c.benchmark_group("matmul_block");
    group.sample_size(10);
    for (n, orders) in [
        (64, &Order::ALL[..]),
        (192, &Order::ALL[..]),
        (1_024, &[Order::Blocked, Order::Packed, Order::NdarrayDot][..]),
    ] {
        let mut product = Product::new(n, 32);
        product.multiply(Order::Packed);
        let want = product.bits();
        group.throughput(Throughput::Elements(n.pow(3)));
        for order in orders {
            product.multiply(*order);
            assert!(product.bits() == want, "{}", order.label());
            group.bench_function(BenchmarkId::new(order.label(), n), |b| {
                b.iter(|| black_box(&mut product).multiply(*order));
            });
        }
    }
    group.finish();
}

/// 다섯 가지 길과, 계산 없이 옮기기.
fn diffusion(c: &mut Criterion) {
    use diffusion::{Field, Mode, Params, Plan};
    let mut group = c.benchmark_group("diffusion");
    let (n, steps) = (640, 16);
    let plan = |mode| Plan { mode, ..Params::default().plan() };
    let mut want = Field::new(n, false);
    want.advance(plan(Mode::Literal), steps);
    let area = (n * n) as u64;
    group.throughput(Throughput::Elements(area * steps as u64));
    for mode in Mode::ALL {
        let mut field = Field::new(n, false);
        field.advance(plan(mode), steps);
        assert!(field.cells() == want.cells(), "{}", mode.label());
        group.bench_function(BenchmarkId::new(mode.label(), n), |b| {
            b.iter(|| black_box(&mut field).advance(plan(mode), steps));
        });
    }
    group.throughput(Throughput::Elements(area));
    group.bench_function(BenchmarkId::new("옮기기", n), |b| {
        b.iter(|| black_box(&mut want).copy());
    });
    group.finish();
}
