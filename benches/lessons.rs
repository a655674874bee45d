//! 현업에서 얻은 교훈.

use criterion::Criterion;

pub fn define(_c: &mut Criterion) {}
