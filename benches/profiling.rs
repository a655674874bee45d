//! 프로파일링.

use criterion::Criterion;

pub fn define(_: &mut Criterion) {}
