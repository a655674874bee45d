//! 바탕 노트의 항목이 책의 정해진 절에서 말해지고 넓혀졌는가.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

#[derive(serde::Deserialize)]
struct Place {
    file: String,
    heading: String,
    /// 항목의 주장을 말하는 글.
    says: Vec<String>,
    /// 넓히거나 바로잡는 글.
    adds: Vec<String>,
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// 제목부터, 같거나 높은 다음 제목 전까지.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let level = |line: &str| {
        let depth = line.chars().take_while(|c| *c == '#').count();
        (depth > 0 && line[depth..].starts_with(' ')).then_some(depth)
    };
    let mut start = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        match (start, level(line)) {
            (None, Some(depth)) if line[depth..].trim() == heading => {
                start = Some((at, depth));
            }
            (Some((from, depth)), Some(here)) if here <= depth => {
                return &text[from..at];
            }
            _ => {}
        }
        at += line.len();
    }
    let (from, _) = start.unwrap_or_else(|| panic!("{heading}: 없는 제목"));
    &text[from..]
}

#[test]
fn the_notes_are_covered() {
    let places: BTreeMap<String, Place> =
        serde_json::from_str(&read("tests/seed_coverage.json")).unwrap();
    for n in 1..=54 {
        let id = format!("S{n:02}");
        let place = &places[&id];
        let text = read(&place.file);
        let heading = place.heading.trim_start_matches('#').trim();
        let section = section(&text, heading);
        assert!(!place.says.is_empty() && !place.adds.is_empty(), "{id}");
        for claim in place.says.iter().chain(&place.adds) {
            assert!(section.contains(claim.as_str()), "{id}: {claim}");
        }
    }
}
