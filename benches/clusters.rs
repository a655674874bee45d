//! 클러스터 컴퓨팅.

use criterion::Criterion;

pub fn define(_c: &mut Criterion) {}
