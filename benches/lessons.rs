//! 현업에서 얻은 교훈.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use rust_lab::lab::Param;
use rust_lab::lessons::{case_quadratic_load, case_regex_trim};

pub fn define(c: &mut Criterion) {
    case_quadratic_load(c);
    case_regex_trim(c);
}

/// 길이를 기억하는가, 무엇으로 중복을 보는가의 네 조합.
fn case_quadratic_load(c: &mut Criterion) {
    use case_quadratic_load::{COMBOS, Params, read, text};
    let mut group = c.benchmark_group("case_quadratic_load");
    for entries in [500, 1_000, 2_000] {
        let text = text(&Params { entries, ..Default::default() });
        let sum = read(&text, true, COMBOS[3].1);
        group.throughput(Throughput::Elements(entries));
        for (cache, dedupe) in COMBOS {
            assert_eq!(read(&text, cache, dedupe), sum);
            let kept = if cache { "cached" } else { "rescan" };
            let name = format!("{kept}/{}", dedupe.value());
            let id = BenchmarkId::new(name, entries);
            group.bench_function(id, |b| {
                b.iter(|| read(black_box(&text), cache, dedupe))
            });
        }
    }
    group.finish();
}

/// 되돌아가는 기계와 그렇지 않은 기계, 그리고 regex 크레이트.
fn case_regex_trim(c: &mut Criterion) {
    use case_regex_trim::{Method, keep, sample};
    let mut group = c.benchmark_group("case_regex_trim");
    for spaces in [500, 1_000, 2_000] {
        let text = sample(spaces, false);
        let kept = text.len() as u64;
        for method in Method::ALL {
            assert_eq!(keep(method, &text), kept);
            let id = BenchmarkId::new(method.value().to_string(), spaces);
            group.bench_function(id, |b| {
                b.iter(|| keep(method, black_box(&text)))
            });
        }
        #[cfg(feature = "lessons")]
        {
            use case_regex_trim::{compiled, keep_with_crate};
            let regex = compiled().unwrap();
            assert_eq!(keep_with_crate(&regex, &text), kept);
            let id = BenchmarkId::new("regex", spaces);
            group.bench_function(id, |b| {
                b.iter(|| keep_with_crate(&regex, black_box(&text)))
            });
        }
    }
    group.finish();
}
