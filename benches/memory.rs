//! 메모리 아껴 쓰기.

use criterion::Criterion;

pub fn define(_c: &mut Criterion) {}
