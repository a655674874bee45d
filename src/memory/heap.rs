//! 세는 할당기가 본 것을 표로.

use super::counting::{Heap, NOT_INSTALLED};
use lab::report::{Badge, Cell, Column, Table, View};
use lab::{format, note};

/// 자료구조마다 쥔 바이트. 세는 할당기가 없으면 그렇다고 말함.
pub fn table(title: &str, rows: &[(&str, Option<Heap>)]) -> View {
    let counted: Option<Vec<Vec<Cell>>> = rows
        .iter()
        .map(|(name, heap)| {
            let heap = (*heap)?;
            Some(vec![
                (*name).into(),
                heap.live.into(),
                heap.peak.into(),
                heap.calls.into(),
            ])
        })
        .collect();
    let Some(rows) = counted else {
        return note(NOT_INSTALLED);
    };
    View::Table(Table {
        title: title.into(),
        badge: Badge::Measured,
        columns: vec![
            Column::text("표현"),
            Column::number("쥔 것", "바이트"),
            Column::number("만드는 동안 최대", "바이트"),
            Column::number("할당", "번"),
        ],
        rows,
    })
}

/// `1.20 MB`처럼 1,000배마다 단위를 바꾼 바이트.
pub fn decimal(bytes: u64) -> String {
    let (scaled, unit) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => (bytes as f64 / 1e3, "KB"),
        1_000_000..1_000_000_000 => (bytes as f64 / 1e6, "MB"),
        _ => (bytes as f64 / 1e9, "GB"),
    };
    format!("{} {unit}", format::significant(scaled))
}
