//! 사전과 셋.

crate::chapter! {
    "dicts": dict_probe,
}
