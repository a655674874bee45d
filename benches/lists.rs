//! 리스트와 튜플.

use criterion::Criterion;

pub fn define(_: &mut Criterion) {}
