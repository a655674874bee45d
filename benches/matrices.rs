//! 행렬과 넘파이.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::lab::Param;
use rust_lab::matrices::{
    diffusion, matmul_block, stride_views, sum_order, temp_arrays,
};

pub fn define(c: &mut Criterion) {
    stride_views(c);
    temp_arrays(c);
    matmul_block(c);
    sum_order(c);
    diffusion(c);
}

/// 64×64 배열의 주소를 차례로 밟기: 그대로와 전치.
fn stride_views(c: &mut Criterion) {
    use stride_views::{Layout, Op, Tread};
    let mut group = c.benchmark_group("stride_views");
    let rows = Layout::new(&[64, 64]);
    let (columns, copied) = rows.apply(Op::Transpose);
    assert!(!copied);
    assert_eq!(Tread::of(&rows).sum, Tread::of(&columns).sum);
    group.throughput(Throughput::Elements(4_096));
    for (name, layout) in [("rows", rows), ("transposed", columns)] {
        group.bench_function(name, |b| {
            b.iter(|| Tread::of(black_box(&layout)))
        });
    }
    group.finish();
}

/// 캐시에 드는 크기와 넘치는 크기: 식마다 네 방법.
fn temp_arrays(c: &mut Criterion) {
    use temp_arrays::{Expr, Mode, Task, evaluate, inputs};
    let mut group = c.benchmark_group("temp_arrays");
    for n in [4_000, 1_000_000] {
        let inputs = inputs(n);
        group.throughput(Throughput::Elements(n));
        for expr in Expr::ALL {
            let task = Task { expr, chunk: 4_096, inputs: &inputs };
            let want = evaluate(Mode::Fused, &task, &mut Vec::new()).values;
            for mode in Mode::ALL {
                let mut pool = Vec::new();
                let out = evaluate(mode, &task, &mut pool);
                assert!(out.values == want, "{expr:?} {mode:?}");
                let name = format!("{}/{}", expr.value(), mode.value());
                group.bench_function(BenchmarkId::new(name, n), |b| {
                    b.iter(|| {
                        let task = black_box(&task);
                        let out = black_box(evaluate(mode, task, &mut pool));
                        pool.push(out);
                    })
                });
            }
        }
    }
    group.finish();
}

/// 더하는 방법마다: 캐시에 드는 크기와 메모리에서 읽는 크기.
fn sum_order(c: &mut Criterion) {
    use sum_order::{ADDERS, Data, Exact, values};
    let mut group = c.benchmark_group("sum_order");
    for n in [10_000, 1_000_000] {
        let values = values(Data::Uniform, n, 7);
        let exact = Exact::of(&values);
        group.throughput(Throughput::Elements(n));
        for (name, sum) in ADDERS {
            assert!(exact.error(sum(&values)).abs() < 1e-6, "{name}");
            let id = BenchmarkId::new(name, n);
            group.bench_function(id, |b| b.iter(|| sum(black_box(&values))));
        }
    }
    group.finish();
}

/// 디버그 빌드는 답만 보므로 작아도 됨.
const LARGE: u64 = if cfg!(debug_assertions) { 256 } else { 1_024 };

/// 같은 곱을 아홉 가지 차례로. 큰 것은 행을 따라가는 것만.
fn matmul_block(c: &mut Criterion) {
    use matmul_block::{Order, Product};
    let mut group = c.benchmark_group("matmul_block");
    group.sample_size(10);
    for (n, orders) in [
        (64, &Order::ALL[..]),
        (192, &Order::ALL[..]),
        (LARGE, &[Order::Blocked, Order::Packed, Order::NdarrayDot][..]),
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
