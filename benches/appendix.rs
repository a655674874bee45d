//! 실험 방법론.

use criterion::Criterion;

pub fn define(_c: &mut Criterion) {}
