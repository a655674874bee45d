//! 페이지에 함께 실리는 남의 것과 그 라이선스.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::sh;

/// 이것 가운데 하나로 쓸 수 있어야 함: 고친 것만 내놓으면 되는 MPL까지.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC-BY-4.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "PSF-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// 이름과 판 → SPDX 식.
pub type Licences = BTreeMap<String, String>;

/// 페이지가 내려받는 것: WASM에 든 크레이트와 npm 꾸러미.
pub fn shipped(root: &Path) -> Result<Licences> {
    let wasm = ["--package=lab-wasm", "--target=wasm32-unknown-unknown"];
    let mut all = crates(root, &[&wasm[..], &["--edges=normal"]].concat())?;
    all.extend(packages(root, |package| !package.dev)?);
    Ok(all)
}

/// 싣지 않고 만들거나 확인할 때만 쓰는 것까지.
pub fn used(root: &Path) -> Result<Licences> {
    let mut all = crates(root, &["--workspace", "--all-features"])?;
    all.extend(packages(root, |_| true)?);
    Ok(all)
}

fn crates(root: &Path, chosen: &[&str]) -> Result<Licences> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root).args(["tree", "--prefix=none", "--no-dedupe"]);
    cargo.arg("--format={p}|{l}").args(chosen);
    let text = sh::run("크레이트의 라이선스", "cargo tree", &mut cargo)?;
    let pairs = text.lines().filter_map(|line| line.split_once('|'));
    Ok(pairs
        .map(|(name, licence)| {
            (name.trim_end_matches(" (proc-macro)"), licence)
        })
        // 길이 붙은 것은 이 책의 크레이트임
        .filter(|(name, _)| !name.contains(" ("))
        .map(|(name, licence)| (name.to_owned(), licence.to_owned()))
        .collect())
}

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Package>,
}

#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    version: String,
    #[serde(default)]
    license: String,
    #[serde(default)]
    dev: bool,
}

fn packages(root: &Path, chosen: fn(&Package) -> bool) -> Result<Licences> {
    let text = std::fs::read_to_string(root.join("theme/package-lock.json"))?;
    let lock: Lock = serde_json::from_str(&text).context("package-lock")?;
    // 이름이 빈 것은 이 책의 꾸러미임
    let others = lock
        .packages
        .into_iter()
        .filter(|(path, package)| !path.is_empty() && chosen(package));
    Ok(others
        .map(|(path, Package { version, license, .. })| {
            let name = path.rsplit("node_modules/").next().unwrap_or(&path);
            (format!("{name} v{version}"), license)
        })
        .collect())
}

/// 모두 지켜야 하는 것(AND)마다 고를 수 있는 것(OR)이 있는가. 크레이트들의
/// 식에서 AND는 늘 바깥에 있음.
pub fn is_allowed(expression: &str) -> bool {
    expression.split(" AND ").all(|each| {
        let each = each.trim_matches(['(', ')']).replace('/', " OR ");
        each.split(" OR ").any(|choice| {
            let licence = choice.split(" WITH ").next().unwrap_or(choice);
            ALLOWED.contains(&licence.trim())
        })
    })
}

/// 책에 싣는 글: 줄마다 이름과 판, 라이선스.
pub fn text(licences: &Licences) -> String {
    licences
        .iter()
        .map(|(name, licence)| format!("{name}\t{licence}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read() {
        for fine in [
            "MIT",
            "MIT OR Apache-2.0 OR LGPL-2.1-or-later",
            "Unlicense/MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(is_allowed(fine), "{fine}");
        }
        for wrong in ["", "GPL-3.0-only", "MIT AND LGPL-2.1-or-later"] {
            assert!(!is_allowed(wrong), "{wrong}");
        }
    }
}
