//! 실험의 시험이 함께 쓰는 것.

use super::host::Quiet;
use super::{Ctx, Entry, Report, Scope};

/// 이름과 글자의 짝으로 실험 하나를 실행함. 말하지 않은 것은 기본값임.
///
/// # Panics
///
/// 읽을 수 없는 값이거나 실험이 끝까지 가지 못하면.
pub fn run_with(entry: &Entry, pairs: &[(&str, &str)]) -> Report {
    let values = entry.table().parse(pairs.iter().copied(), Scope::Native);
    let mut ctx = Ctx::new(&Quiet, Scope::Native);
    entry.run(&values.unwrap(), &mut ctx).unwrap()
}
