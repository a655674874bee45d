//! 순수 파이썬 방식의 접근.

use criterion::Criterion;

pub fn define(_: &mut Criterion) {}
