//! 사전과 셋.

mod draw;
pub mod keys;
mod tally;

crate::chapter! {
    "dicts": dict_probe, dict_layout, set_probe, tombstone_churn, hash_quality,
        namespace_lookup,
}

#[cfg(test)]
mod tests {
    use crate::lab::host::Quiet;
    use crate::lab::{Ctx, Report, Scope};

    /// 이름과 글자의 짝으로 실험 하나를 실행함.
    pub fn run_with(name: &str, pairs: &[(&str, &str)]) -> Report {
        let entry = crate::find(name).unwrap();
        let values = entry.table().parse(pairs.iter().copied(), Scope::Native);
        let mut ctx = Ctx::new(&Quiet, Scope::Native);
        entry.run(&values.unwrap(), &mut ctx).unwrap()
    }
}
