//! 실험 방법론.

lab::chapter! {
    "appendix": timer_probe, bench_noise, warmup_curve, dead_code,
        bench_museum,
}
