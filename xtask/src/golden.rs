//! `cargo book golden <이름>`: 기준 답을 Python 대응물에게서 다시 받음.
//!
//! 기준 답은 사람이 검토하는 데이터임. 시험은 읽기만 함.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rust_lab::lab::{Entry, Python, Values};
use serde::{Deserialize, Serialize};

use crate::cases::{self, Case};
use crate::counterpart::{self, Answers};

/// 새 실험의 기준 파일에 담는 무작위 경우의 수.
const DRAWN: usize = 3;

/// 기준 파일의 한 줄.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Golden {
    pub params: Values,
    #[serde(flatten)]
    pub expect: Answers,
}

pub fn path(root: &Path, name: &str) -> PathBuf {
    root.join("data/golden").join(format!("{name}.json"))
}

pub fn read(root: &Path, name: &str) -> Result<Vec<Golden>> {
    let path = path(root, name);
    let text = fs::read_to_string(&path).with_context(|| {
        format!(
            "{}: 기준 파일이 없음. `cargo book golden {name}`으로 만듦",
            path.strip_prefix(root).unwrap_or(&path).display()
        )
    })?;
    serde_json::from_str(&text)
        .with_context(|| format!("{name}: 기준 파일을 읽지 못함"))
}

/// 기준 파일의 경우들. 파일이 없으면 기본값과 무작위.
pub fn cases(root: &Path, entry: &'static Entry) -> Result<Vec<Case>> {
    if !path(root, entry.name).exists() {
        return cases::draw(entry, DRAWN);
    }
    let table = entry.table();
    let rows = read(root, entry.name)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            // 나중에 생긴 매개변수는 기본값으로 채움
            let mut params = table.defaults();
            params.extend(row.params);
            Case::of(entry, params)
        })
        .collect())
}

/// 기준 답을 다시 쓰고 달라진 것을 보임.
pub fn write(root: &Path, name: &str) -> Result<()> {
    let entry = rust_lab::find(name)
        .with_context(|| format!("{name}: 등록되지 않은 실험임"))?;
    if let Python::None(why) = entry.experiment.python {
        println!("{name}: Python 대응물이 없어 기준 답도 없음 ({why})");
        return Ok(());
    }
    // Python은 data/params에서 기본값과 범위를 읽음
    crate::params::sync(root)?;
    let old = read(root, name).unwrap_or_default();
    let cases = cases(root, entry)?;
    let answers = counterpart::python(root, &cases)?;
    let rows: Vec<Golden> = cases
        .into_iter()
        .zip(answers)
        .map(|(case, expect)| Golden { params: case.params, expect })
        .collect();
    for (i, row) in rows.iter().enumerate() {
        let change = match old.get(i) {
            Some(was) if was == row => continue,
            Some(was) => was
                .expect
                .difference(&row.expect)
                .unwrap_or_else(|| "매개변수만 달라짐".to_owned()),
            None => "새 경우".to_owned(),
        };
        println!("{name} {}: {change}", serde_json::to_string(&row.params)?);
    }
    if old == rows {
        println!("{name}: 그대로임");
        return Ok(());
    }
    let path = path(root, name);
    fs::create_dir_all(path.parent().context("폴더가 없음")?)?;
    fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&rows)?))?;
    Ok(())
}
