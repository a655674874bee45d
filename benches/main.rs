//! `cargo bench`, 하나만: `cargo bench -- dict_probe`.
//! 장마다 파일 하나, 실험마다 함수 하나. 재는 것마다 답을 먼저 견줌.

use criterion::Criterion;

mod appendix;
mod clusters;
mod compiling;
mod concurrency;
mod dicts;
mod fundamentals;
mod intro;
mod iterators;
mod lessons;
mod lists;
mod matrices;
mod memory;
mod multiprocessing;
mod profiling;
mod pure_python;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    intro::define(&mut criterion);
    fundamentals::define(&mut criterion);
    profiling::define(&mut criterion);
    lists::define(&mut criterion);
    dicts::define(&mut criterion);
    iterators::define(&mut criterion);
    pure_python::define(&mut criterion);
    matrices::define(&mut criterion);
    compiling::define(&mut criterion);
    concurrency::define(&mut criterion);
    multiprocessing::define(&mut criterion);
    clusters::define(&mut criterion);
    memory::define(&mut criterion);
    lessons::define(&mut criterion);
    appendix::define(&mut criterion);
    criterion.final_summary();
}
