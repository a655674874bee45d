//! 사전의 두 배열을 단계 재생의 줄로.

use super::dict_probe::{DUMMY, Dict, EMPTY};
use lab::report::{Lane, LaneCell, Tone};

/// 표의 칸이 이보다 많으면 상자 대신 축 위의 점이 됨.
pub const BOXES: u64 = 64;
/// 재생은 이 장면 수에서 멈춤.
pub const MAX_FRAMES: usize = 2_000;

/// 인덱스 표에서 `slots`에 든 칸.
pub fn index_lane(
    dict: &Dict,
    slots: impl Iterator<Item = u64>,
    tone: impl Fn(u64) -> Tone,
) -> Lane {
    let mut cells: Vec<LaneCell> = Vec::new();
    for at in slots {
        let (text, tone) = match (dict.index[at as usize], tone(at)) {
            (EMPTY, Tone::Plain) => continue,
            (EMPTY, tone) => (String::new(), tone),
            (DUMMY, Tone::Plain) => ("†".to_owned(), Tone::Dead),
            (DUMMY, tone) => ("†".to_owned(), tone),
            (item, tone) => (item.to_string(), tone),
        };
        if cells.iter().all(|cell| cell.at != at) {
            cells.push(LaneCell { at, text, tone });
        }
    }
    Lane { label: "인덱스 표".into(), size: dict.slots(), cells, group: 0 }
}

/// 항목 배열. 지운 항목은 구멍으로 보임.
pub fn items_lane(dict: &Dict, tone: impl Fn(usize) -> Tone) -> Lane {
    let cells = dict.items.iter().enumerate().map(|(i, item)| LaneCell {
        at: i as u64,
        text: if item.live { short(item.hash) } else { String::new() },
        tone: match tone(i) {
            Tone::Plain if !item.live => Tone::Dead,
            tone => tone,
        },
    });
    Lane {
        label: "항목 배열(넣은 순서)".into(),
        size: dict.rule.usable(dict.slots()),
        cells: cells.collect(),
        group: 0,
    }
}

/// 칸에 들어갈 만큼 짧게 쓴 해시: 길면 끝의 네 자리.
pub fn short(hash: u64) -> String {
    if hash < 100_000 {
        return hash.to_string();
    }
    format!("…{:04}", hash % 10_000)
}

/// 아래 24비트를 네 자리씩 끊은 이진수. 위에 더 있으면 `…`를 붙임.
pub fn binary(bits: u64) -> String {
    let low: Vec<String> = (0..6)
        .rev()
        .map(|i| format!("{:04b}", (bits >> (4 * i)) & 0xf))
        .collect();
    let more = if bits >> 24 == 0 { "" } else { "… " };
    format!("{more}{}", low.join(" "))
}
