//! 이터레이터와 제너레이터.

use criterion::Criterion;

pub fn define(_: &mut Criterion) {}
