//! 사전과 셋.

mod draw;
pub mod keys;
mod tally;

lab::chapter! {
    "dicts": dict_probe, dict_layout, set_probe, tombstone_churn, hash_quality,
        namespace_lookup,
}
