//! 모든 실험이 함께 쓰는 것: 계약, 매개변수, 보고서, 측정.
//!
//! 데이터는 한 방향으로만 흐름: 매개변수 → `run` → [`Report`] → 그리는 쪽.

pub mod checksum;
pub mod experiment;
pub mod format;
pub mod host;
pub mod measure;
pub mod params;
pub mod report;
pub mod rng;
pub mod testing;

pub use experiment::{
    Ask, Bench, Entry, Experiment, Prediction, Python, note,
};
pub use host::{Crossed, Crossing, Ctx, Echo, Failure, Host, Scope, Way};
pub use params::{
    Choice, Field, Kind, Param, Table, Value, Values, Words, read_field,
};
pub use report::{Report, Verdict, View};

/// 이름으로 찾음.
pub fn find(entries: &'static [Entry], name: &str) -> Option<&'static Entry> {
    entries.iter().find(|entry| entry.name == name)
}

/// 장 하나의 실험을 등록함: 모듈 이름이 곧 실험 이름임.
#[macro_export]
macro_rules! chapter {
    ($chapter:literal: $($name:ident),* $(,)?) => {
        $(pub mod $name;)*

        // 글에 실린 Rust: 그대로 컴파일되고 돎
        #[cfg(doctest)]
        #[doc = include_str!("README.md")]
        mod readme {}

        /// 이 장의 실험, 나오는 순서대로.
        pub const ENTRIES: &[$crate::Entry] = &[
            $($crate::Entry {
                name: stringify!($name),
                chapter: $chapter,
                experiment: &$name::EXPERIMENT,
            },)*
        ];

        /// 이름과 글자의 짝으로 실험 하나를 실행함.
        #[cfg(test)]
        #[allow(dead_code)]
        fn run_with(name: &str, pairs: &[(&str, &str)]) -> $crate::Report {
            $crate::testing::run_with(find(name), pairs)
        }

        #[cfg(test)]
        #[allow(dead_code)]
        fn find(name: &str) -> &'static $crate::Entry {
            $crate::find(ENTRIES, name).expect(name)
        }
    };
}
