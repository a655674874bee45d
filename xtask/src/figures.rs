//! 글 속의 잰 수. 연습의 글은 기록에서 읽어 채우고, 본문에 적힌 수는 기록과
//! 견주어 출처를 이음.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use mdbook_markdown::pulldown_cmark::{Event, Tag};
use rust_lab::lab::format;
use serde::Deserialize;
use serde_json::Value;

use crate::glossary::Change;
use crate::highlight::escape;
use crate::preprocess::parse;

/// 수 하나가 있는 자리.
#[derive(Deserialize)]
pub struct Figure {
    #[serde(flatten)]
    at: Place,
    /// 소수점 아래 자릿수. 없으면 유효 숫자 셋.
    digits: Option<usize>,
    /// 보일 때 나눌 수: ns를 ms로.
    #[serde(default = "one")]
    over: f64,
}

fn one() -> f64 {
    1.0
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Place {
    /// `data/measured/<file>.json`의 표 한 칸. 표는 제목의 앞부분으로 찾음.
    Cell { file: String, table: String, row: String, column: usize },
    /// 보고서의 답.
    Answer { file: String, answer: String },
    /// JSON 포인터: 수, 또는 수의 배열의 중앙값.
    Pointer { file: String, pointer: String },
    /// 다른 두 수의 비.
    Ratio { ratio: [String; 2] },
}

/// 이름 → 수. 어느 기록에서 왔는지도 기억함.
pub struct Figures<'a> {
    asked: &'a Asked,
    values: BTreeMap<String, f64>,
    /// 기계, 날짜, 명령.
    pub sources: Vec<String>,
}

impl<'a> Figures<'a> {
    pub fn load(root: &Path, asked: &'a Asked) -> Result<Self> {
        let mut records: BTreeMap<&str, Value> = BTreeMap::new();
        for figure in asked.values() {
            let Some(file) = figure.at.file() else { continue };
            if !records.contains_key(file) {
                let path = root.join(format!("data/measured/{file}.json"));
                let text = fs::read_to_string(&path)
                    .with_context(|| format!("{file}.json을 읽지 못함"))?;
                records.insert(file, serde_json::from_str(&text)?);
            }
        }
        let sources = records.values().map(source).collect();
        let mut values = BTreeMap::new();
        for (name, figure) in asked {
            let Some(file) = figure.at.file() else { continue };
            let value = figure.at.read(&records[file]);
            let value =
                value.with_context(|| format!("수 {name}이 기록에 없음"))?;
            values.insert(name.clone(), value);
        }
        for (name, figure) in asked {
            if let Place::Ratio { ratio: [a, b] } = &figure.at {
                let of = |each: &String| {
                    let found = values.get(each).copied();
                    found.with_context(|| format!("{name}: {each}가 없음"))
                };
                let value = of(a)? / of(b)?;
                values.insert(name.clone(), value);
            }
        }
        Ok(Figures { asked, values, sources })
    }

    /// 보일 단위로 나눈 수.
    pub fn shown(&self, name: &str) -> Option<f64> {
        Some(self.values.get(name)? / self.asked.get(name)?.over)
    }

    fn text(&self, name: &str) -> Option<String> {
        let shown = self.shown(name)?;
        Some(match self.asked.get(name)?.digits {
            Some(digits) => format::fixed(shown, digits),
            None => format::significant(shown),
        })
    }

    pub fn value(&self, name: &str) -> Result<f64> {
        let value = self.values.get(name).copied();
        value.with_context(|| format!("수 {name}을 말하지 않았음"))
    }

    /// 글 속의 `{이름}`을 수로 바꿈.
    pub fn fill(&self, text: &str) -> Result<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                bail!("`{text}`: 닫히지 않은 중괄호");
            };
            let shown = self.text(name);
            out += before;
            out += &shown.with_context(|| format!("{{{name}}}이 없음"))?;
            rest = after;
        }
        Ok(out + rest)
    }
}

/// 본문이 부를 수 있는 수: `src/<장>/figures.json`.
pub type Asked = BTreeMap<String, Figure>;

/// 장의 폴더가 가진 수. 없으면 빈 목록.
pub fn asked(folder: &Path) -> Result<Asked> {
    let path = folder.join("figures.json");
    match fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text)
            .with_context(|| path.display().to_string()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Asked::new()),
        Err(error) => Err(error).context(path.display().to_string()),
    }
}

/// 본문에 적힌 수: `[15.9 ns](figure:one_thread)`.
pub struct Quoted<'a> {
    /// 링크의 글.
    pub text: &'a str,
    pub name: String,
    pub range: Range<usize>,
}

pub fn quoted(text: &str) -> Vec<Quoted<'_>> {
    let link = |(event, range): (Event, Range<usize>)| {
        let Event::Start(Tag::Link { dest_url, .. }) = event else {
            return None;
        };
        let name = dest_url.strip_prefix("figure:")?.to_owned();
        let (said, _) = text[range.clone()].split_once("](")?;
        Some(Quoted { text: said.strip_prefix('[')?, name, range })
    };
    parse(text).filter_map(link).collect()
}

impl Quoted<'_> {
    /// 첫 수를 기록의 값으로, 적힌 자릿수까지 고쳐 쓴 글. 수가 없으면 `None`.
    pub fn as_recorded(&self, value: f64) -> Option<String> {
        let start = self.text.find(|c: char| c.is_ascii_digit())?;
        let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
        let rest = &self.text[start..];
        let end = rest.find(|c| !number(c)).unwrap_or(rest.len());
        let said = rest[..end].trim_end_matches(['.', ',']);
        let digits = said.split_once('.').map_or(0, |(_, part)| part.len());
        let (before, after) = (&self.text[..start], &rest[said.len()..]);
        Some(format!("{before}{}{after}", format::fixed(value, digits)))
    }
}

/// 수를 누르면 출처가 나오게 고칠 것. 이 장의 카드에 있는 기록이면 그 창을
/// 열고, 다른 장의 것이면 그 카드로 감. 수의 안과 앞뒤에서는 줄이 나뉘지 않음.
pub fn links(text: &str, folder: &Path, asked: &Asked) -> Vec<Change> {
    let change = |quoted: Quoted| {
        let file = file(asked, &quoted.name)?;
        let entry = rust_lab::find(file)?;
        let said = quoted.text;
        if Path::new(entry.chapter) != folder {
            let said = said.replace(' ', "\u{a0}");
            let link =
                format!("[{said}](../{}/index.md#{file})", entry.chapter);
            return Some((quoted.range, link));
        }
        let around = glued(text, &quoted.range);
        let new = format!(
            "<span class=\"lab-glued\">{}\
             <button type=\"button\" class=\"lab-figure\" \
             popovertarget=\"{file}-origin\" \
             popovertargetaction=\"show\">{}</button>{}</span>",
            &text[around.start..quoted.range.start],
            escape(said),
            &text[quoted.range.end..around.end],
        );
        Some((around, new))
    };
    quoted(text).into_iter().filter_map(change).collect()
}

/// 버튼의 앞뒤에서는 줄이 나뉠 수 있음: 여는 괄호와, 뒤에 붙은 조사와 부호까지.
fn glued(text: &str, figure: &Range<usize>) -> Range<usize> {
    let before = text[..figure.start].ends_with('(');
    let joined = |c: char| matches!(c, '가'..='힣' | ')' | '.' | ',');
    let rest = &text[figure.end..];
    let after = rest.find(|c| !joined(c)).unwrap_or(rest.len());
    figure.start - usize::from(before)..figure.end + after
}

/// 수가 온 기록. 비는 앞의 수를 따름.
fn file<'a>(asked: &'a Asked, name: &str) -> Option<&'a str> {
    match &asked.get(name)?.at {
        Place::Ratio { ratio: [a, _] } => asked.get(a)?.at.file(),
        place => place.file(),
    }
}

impl Place {
    fn file(&self) -> Option<&str> {
        match self {
            Place::Cell { file, .. }
            | Place::Answer { file, .. }
            | Place::Pointer { file, .. } => Some(file),
            Place::Ratio { .. } => None,
        }
    }

    fn read(&self, record: &Value) -> Option<f64> {
        match self {
            Place::Cell { table, row, column, .. } => {
                let views = record.pointer("/report/views")?.as_array()?;
                let found = views.iter().find(|view| {
                    let title = view["title"].as_str();
                    view["kind"] == "table"
                        && title.is_some_and(|t| t.starts_with(table))
                })?;
                let rows = found["rows"].as_array()?;
                let row = rows.iter().find(|r| r[0]["text"] == **row)?;
                row[*column]["value"].as_f64()
            }
            Place::Answer { answer, .. } => {
                let answers = record.pointer("/report/answers")?;
                answers.get(answer)?.as_str()?.parse().ok()
            }
            Place::Pointer { pointer, .. } => {
                match record.pointer(pointer)? {
                    Value::Array(all) => {
                        let all = all.iter().filter_map(Value::as_f64);
                        let mut all: Vec<f64> = all.collect();
                        all.sort_by(f64::total_cmp);
                        all.get(all.len() / 2).copied()
                    }
                    value => value.as_f64(),
                }
            }
            Place::Ratio { .. } => None,
        }
    }
}

fn source(record: &Value) -> String {
    let text = |key: &str| record[key].as_str().unwrap_or("알 수 없음");
    format!("{} · {} · {}", text("machine"), text("date"), text("command"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn places_are_read_from_a_record() {
        let record = json!({
            "report": {
                "answers": { "looks": "1234" },
                "views": [{
                    "kind": "table",
                    "title": "글 하나: 시계 눈금 40 ns",
                    "rows": [[{ "text": "훑음" }, { "value": 2.5 }]],
                }],
            },
            "samples": { "a/b": [3, 1, 2] },
        });
        let read = |place: Value| {
            serde_json::from_value::<Place>(place).unwrap().read(&record)
        };
        let file = "x";
        let cell = json!({
            "file": file, "table": "글 하나", "row": "훑음", "column": 1,
        });
        assert_eq!(read(cell), Some(2.5));
        let answer = json!({ "file": file, "answer": "looks" });
        assert_eq!(read(answer), Some(1234.0));
        let samples = json!({ "file": file, "pointer": "/samples/a~1b" });
        assert_eq!(read(samples), Some(2.0));
        let missing = json!({ "file": file, "answer": "none" });
        assert_eq!(read(missing), None);
    }

    #[test]
    fn texts_are_filled() {
        let asked: Asked = serde_json::from_value(json!({
            "n": { "file": "x", "answer": "n", "digits": 0 },
        }))
        .unwrap();
        let figures = Figures {
            asked: &asked,
            values: [("n".to_owned(), 2000.0)].into(),
            sources: Vec::new(),
        };
        assert_eq!(figures.fill("{n}개").unwrap(), "2,000개");
        assert!(figures.fill("{m}개").is_err());
        assert!(figures.fill("{n").is_err());
    }

    #[test]
    fn quoted_numbers_keep_their_digits() {
        let text = "기록에서 [3,434 ns](figure:slow)의 [7분의 1](figure:part)";
        let all = quoted(text);
        let said: Vec<&str> = all.iter().map(|each| each.text).collect();
        assert_eq!(said, ["3,434 ns", "7분의 1"]);
        let first = |at: usize, value| all[at].as_recorded(value).unwrap();
        assert_eq!(first(0, 3434.4), "3,434 ns");
        assert_eq!(first(0, 12.6), "13 ns");
        assert_eq!(first(1, 6.51), "7분의 1");
        assert_eq!(first(1, 8.2), "8분의 1");
    }

    #[test]
    fn a_number_opens_its_origin_or_goes_to_its_card() {
        let asked: Asked = serde_json::from_value(json!({
            "a": { "file": "dict_probe", "answer": "slots" },
            "b": { "file": "dict_probe", "answer": "resizes" },
            "r": { "ratio": ["a", "b"] },
        }))
        .unwrap();
        let text = "느림([256 배](figure:r)임). 끝";
        let here = links(text, Path::new("dicts"), &asked);
        let glued = "<span class=\"lab-glued\">(\
                     <button type=\"button\" class=\"lab-figure\" \
                     popovertarget=\"dict_probe-origin\" \
                     popovertargetaction=\"show\">256 배</button>임).</span>";
        let (from, to) = (text.find('('), text.find(" 끝"));
        assert_eq!(here, [(from.unwrap()..to.unwrap(), glued.to_owned())]);
        let text = "[256 배](figure:r)";
        let away = links(text, Path::new("intro"), &asked);
        let link = "[256\u{a0}배](../dicts/index.md#dict_probe)".to_owned();
        assert_eq!(away, [(0..text.len(), link)]);
    }
}
