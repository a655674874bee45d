//! 고성능 파이썬 이해하기.

use criterion::Criterion;

pub fn define(_: &mut Criterion) {}
