
/// 한 줄로: 무엇을 무엇과 견주는가.
fn NAME(c: &mut Criterion) {
    use rust_lab::CHAPTER::NAME::{Params, sum};

    let p = Params::default();
    c.bench_function("NAME", |b| {
        b.iter(|| sum(black_box(p.n), black_box(p.seed)));
    });
}
