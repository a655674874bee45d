//! 연습의 글 속 수: 손으로 적지 않고 재어 둔 기록에서 읽음. 다시 재면 글도
//! 바뀜.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use rust_lab::lab::format;
use serde::Deserialize;
use serde_json::Value;

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
pub struct Figures {
    values: BTreeMap<String, f64>,
    texts: BTreeMap<String, String>,
    /// 기계, 날짜, 명령.
    pub sources: Vec<String>,
}

impl Figures {
    pub fn load(
        root: &Path,
        asked: &BTreeMap<String, Figure>,
    ) -> Result<Self> {
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
        let texts = asked.iter().map(|(name, figure)| {
            let shown = values[name] / figure.over;
            let text = match figure.digits {
                Some(digits) => format::fixed(shown, digits),
                None => format::significant(shown),
            };
            (name.clone(), text)
        });
        Ok(Figures { texts: texts.collect(), values, sources })
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
            let shown = self.texts.get(name);
            out += before;
            out += shown.with_context(|| format!("{{{name}}}이 없음"))?;
            rest = after;
        }
        Ok(out + rest)
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
        let figures = Figures {
            values: BTreeMap::new(),
            texts: [("n".to_owned(), "2,000".to_owned())].into(),
            sources: Vec::new(),
        };
        assert_eq!(figures.fill("{n}개").unwrap(), "2,000개");
        assert!(figures.fill("{m}개").is_err());
        assert!(figures.fill("{n").is_err());
    }
}
