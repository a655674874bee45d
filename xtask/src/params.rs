//! `data/params/<이름>.json`: Python 쪽이 읽는 매개변수 표.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rust_lab::lab::Entry;
use serde::Serialize;

#[derive(Serialize)]
struct Spec {
    name: &'static str,
    question: &'static str,
    #[serde(flatten)]
    table: rust_lab::lab::Table,
}

/// 파일에 있어야 할 글.
pub fn render(entry: &Entry) -> Result<String> {
    let spec = Spec {
        name: entry.name,
        question: entry.experiment.question,
        table: entry.table(),
    };
    Ok(format!("{}\n", serde_json::to_string_pretty(&spec)?))
}

/// Rust의 표와 다른 파일들과, 그 파일에 있어야 할 글.
pub fn stale(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut found = Vec::new();
    for entry in rust_lab::entries() {
        let path = root.join(format!("data/params/{}.json", entry.name));
        let want = render(entry)?;
        if fs::read_to_string(&path).ok().as_deref() != Some(&want) {
            found.push((path, want));
        }
    }
    Ok(found)
}

/// 다른 파일만 다시 씀.
pub fn sync(root: &Path) -> Result<()> {
    for (path, want) in stale(root)? {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, want)?;
    }
    Ok(())
}
