//! 페이지에 함께 실리는 남의 것과 그 라이선스, 라이선스의 글.
//!
//! MIT와 ISC는 저작권 줄과 허락하는 글을 사본에 함께 두라고 하므로, 패키지에
//! 든 글을 모아 책에 실음.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
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

/// 이름과 판 → 실리는 것.
pub type Shipped = BTreeMap<String, Notice>;

/// 실리는 것 하나의 라이선스.
pub struct Notice {
    /// SPDX 식.
    licence: String,
    /// 저장소나 등록소의 쪽.
    source: String,
    /// 따르는 라이선스의 글과, 함께 든 저작권 줄.
    texts: Vec<String>,
    /// 패키지에 글이 없으면, 글을 어디에서 옮겼는가.
    borrowed: Option<&'static str>,
}

/// 패키지가 아니어서 글도 따로 없는 것: 이름, SPDX 식, 나온 곳.
const BESIDE: &[(&str, &str, &str)] = &[
    (
        "CPython (Pyodide 안)",
        "PSF-2.0",
        "https://docs.python.org/3/license.html",
    ),
    (
        "Rust 표준 라이브러리",
        "MIT OR Apache-2.0",
        "https://github.com/rust-lang/rust",
    ),
];

const FROM_REPOSITORY: &str = "글은 저장소의 LICENSE와 COPYRIGHT";
const FROM_SIBLING: &str = "글은 같은 저장소의 다른 패키지";
const STANDARD: &str = "글은 표준 글";
const NONE: &str = "글은 앞의 주소에 있음";

/// 패키지에 글이 없는 것의 저작권 줄: 이름의 앞, 옮긴 곳, 줄.
const HOLDERS: &[(&str, &str, &str)] = &[(
    "timely",
    FROM_REPOSITORY,
    "The MIT License (MIT)

Copyright (c) 2014 Frank McSherry

Contributions by Andrea Lattuada <andreal@student.ethz.ch> are \
Copyright (c) 2016 Andrea Lattuada, ETH Zürich.
Contributions by Moritz Hoffmann <moritz.hoffmann@inf.ethz.ch> are \
Copyright (c) 2017 Moritz Hoffmann, ETH Zürich.",
)];

/// 페이지가 내려받는 것: WASM에 든 크레이트와 npm 패키지, 그 밖의 것.
pub fn shipped(root: &Path) -> Result<Shipped> {
    let wasm = ["--package=lab-wasm", "--target=wasm32-unknown-unknown"];
    let mut names = crates(root, &[&wasm[..], &["--edges=normal"]].concat())?;
    let places = places(root)?;
    // 틀과 차례 스크립트가 실림
    let is_mdbook = |name: &&String| name.starts_with("mdbook-html v");
    let mdbook = places.keys().find(is_mdbook).context("mdbook-html")?;
    names.insert(mdbook.clone(), "MPL-2.0".to_owned());

    let mut all = Shipped::new();
    for (name, licence) in names {
        let (folder, source) = places
            .get(&name)
            .with_context(|| format!("{name}: 폴더를 찾지 못함"))?;
        let notice = Notice::read(licence, folder, source.clone())?;
        all.insert(name, notice);
    }
    for (path, package) in packages(root, |package| !package.dev)? {
        let name = package_name(&path);
        let source = format!("https://www.npmjs.com/package/{name}");
        let folder = root.join("theme").join(&path);
        let name = format!("{name} v{}", package.version);
        all.insert(name, Notice::read(package.license, &folder, source)?);
    }
    for &(name, licence, source) in BESIDE {
        let notice = Notice {
            licence: licence.to_owned(),
            source: source.to_owned(),
            texts: Vec::new(),
            borrowed: Some(NONE),
        };
        all.insert(name.to_owned(), notice);
    }
    let mpl = all[mdbook].texts.concat();
    borrow(&mut all, &Standard::read(root, mpl)?);
    Ok(all)
}

/// 싣지 않고 만들거나 확인할 때만 쓰는 것까지.
pub fn used(root: &Path) -> Result<Licences> {
    let mut all = crates(root, &["--workspace", "--all-features"])?;
    let packages = packages(root, |_| true)?;
    all.extend(packages.into_iter().map(|(path, package)| {
        let name = package_name(&path);
        (format!("{name} v{}", package.version), package.license)
    }));
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
struct Metadata {
    packages: Vec<Crate>,
}

#[derive(Deserialize)]
struct Crate {
    name: String,
    version: String,
    manifest_path: PathBuf,
    repository: Option<String>,
}

/// 크레이트의 이름과 판 → 받아 둔 폴더와 저장소.
fn places(root: &Path) -> Result<BTreeMap<String, (PathBuf, String)>> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root).args(["metadata", "--format-version=1"]);
    // 다른 운영체제에서만 쓰는 것을 내려받지 않게 함
    cargo.arg("--filter-platform=wasm32-unknown-unknown");
    let text = sh::run("크레이트의 폴더", "cargo metadata", &mut cargo)?;
    let found: Metadata =
        serde_json::from_str(&text).context("cargo metadata")?;
    let place = |each: Crate| {
        let Crate { name, version, manifest_path, repository } = each;
        let folder = manifest_path.parent()?.to_owned();
        let page = || format!("https://crates.io/crates/{name}");
        let source = repository.unwrap_or_else(page);
        Some((format!("{name} v{version}"), (folder, source)))
    };
    Ok(found.packages.into_iter().filter_map(place).collect())
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

/// npm 패키지: theme 안의 자리 → 패키지.
fn packages(
    root: &Path,
    chosen: fn(&Package) -> bool,
) -> Result<BTreeMap<String, Package>> {
    let text = fs::read_to_string(root.join("theme/package-lock.json"))?;
    let lock: Lock = serde_json::from_str(&text).context("package-lock")?;
    let mut packages = lock.packages;
    // 이름이 빈 것은 이 책의 패키지임
    packages.retain(|path, package| !path.is_empty() && chosen(package));
    Ok(packages)
}

fn package_name(path: &str) -> &str {
    path.rsplit("node_modules/").next().unwrap_or(path)
}

/// 모두 지켜야 하는 것(AND)마다 고를 수 있는 것(OR). 크레이트들의 식에서
/// AND는 늘 바깥에 있음.
fn terms(expression: &str) -> Vec<Vec<String>> {
    let choices = |each: &str| {
        let each = each.trim_matches(['(', ')']).replace('/', " OR ");
        let choices = each.split(" OR ").map(|choice| {
            choice.split(" WITH ").next().unwrap_or(choice).trim().to_owned()
        });
        choices.collect()
    };
    expression.split(" AND ").map(choices).collect()
}

/// 모두 지켜야 하는 것마다 고를 수 있는 것이 있는가.
pub fn is_allowed(expression: &str) -> bool {
    terms(expression).iter().all(|choices| {
        choices.iter().any(|each| ALLOWED.contains(&each.as_str()))
    })
}

impl Notice {
    /// `folder`에 든 글. 고를 수 있으면 짧은 MIT를 고름.
    fn read(licence: String, folder: &Path, source: String) -> Result<Self> {
        let files = files(folder)?;
        let mut borrowed = None;
        let mut chosen = Vec::new();
        for mut choices in terms(&licence) {
            choices.sort_by_key(|each| each != "MIT");
            match choices.iter().find_map(|each| own(&files, each)) {
                Some(file) => chosen.push(file),
                None => borrowed = Some(NONE),
            }
        }
        // 라이선스의 글과 따로 둔 저작권 줄
        let beside = ["COPYING", "COPYRIGHT", "NOTICE"];
        chosen.extend(beside.iter().filter_map(|name| files.get(*name)));
        let mut texts = Vec::new();
        for file in chosen {
            let text = fs::read_to_string(file)
                .with_context(|| file.display().to_string())?;
            let text = tidy(&text);
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        Ok(Self { licence, source, texts, borrowed })
    }
}

/// 폴더에 바로 든 파일: 확장자를 뗀 대문자 이름 → 경로.
fn files(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut files = BTreeMap::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut name = name.to_uppercase();
        for ext in [".TXT", ".MD"] {
            name.truncate(name.trim_end_matches(ext).len());
        }
        files.insert(name, path);
    }
    Ok(files)
}

/// `licence`의 글이 든 파일: 그 라이선스의 것이 없으면 하나뿐인 것.
fn own<'a>(
    files: &'a BTreeMap<String, PathBuf>,
    licence: &str,
) -> Option<&'a PathBuf> {
    let licence = licence.to_uppercase();
    let family = licence.split('-').next().unwrap_or_default();
    let named = format!("LICENSE-{family}");
    [named.as_str(), &licence, "LICENSE", "LICENCE", "COPYING"]
        .into_iter()
        .find_map(|name| files.get(name))
}

/// 저작권 줄이 없어 누구의 것에나 쓸 수 있는 글.
struct Standard {
    mit: String,
    apache: String,
    mpl: String,
}

impl Standard {
    fn read(root: &Path, mpl: String) -> Result<Self> {
        let mit = fs::read_to_string(root.join("LICENSE-MIT"))?;
        // 그 앞은 이 책의 저작권 줄임
        let start = mit.find("Permission is").context("LICENSE-MIT")?;
        let apache = fs::read_to_string(root.join("LICENSE-APACHE"))?;
        Ok(Self { mit: tidy(&mit[start..]), apache: tidy(&apache), mpl })
    }

    /// 저작권 줄 뒤에 이어지는 것.
    fn after_holder(&self, licence: &str) -> Option<&str> {
        match licence {
            "MIT" => Some(&self.mit),
            _ => None,
        }
    }

    /// 저작권 줄이 없어도 되는 것.
    fn alone(&self, licence: &str) -> Option<&str> {
        let [choices] = &terms(licence)[..] else {
            return None;
        };
        choices.iter().find_map(|each| match each.as_str() {
            "Apache-2.0" => Some(self.apache.as_str()),
            "MPL-2.0" => Some(&self.mpl),
            _ => None,
        })
    }
}

/// 패키지에 글이 없는 것을 채움. 지어내야 하는 것은 비워 둠.
fn borrow(all: &mut Shipped, standard: &Standard) {
    let mut found = Vec::new();
    for (name, notice) in all.iter() {
        if notice.borrowed.is_none() {
            continue;
        }
        let holder = HOLDERS.iter().find_map(|(prefix, from, holder)| {
            let rest = standard.after_holder(&notice.licence)?;
            let text = format!("{holder}\n\n{rest}");
            name.starts_with(prefix).then(|| (*from, vec![text]))
        });
        let sibling = || {
            let same = |other: &&Notice| {
                other.source == notice.source
                    && other.licence == notice.licence
                    && other.borrowed.is_none()
            };
            let other = all.values().find(same)?;
            Some((FROM_SIBLING, other.texts.clone()))
        };
        let alone = || {
            let text = standard.alone(&notice.licence)?;
            Some((STANDARD, vec![text.to_owned()]))
        };
        if let Some(text) = holder.or_else(sibling).or_else(alone) {
            found.push((name.clone(), text));
        }
    }
    for (name, (from, texts)) in found {
        if let Some(notice) = all.get_mut(&name) {
            notice.borrowed = Some(from);
            notice.texts.extend(texts);
        }
    }
}

/// 줄의 끝과 앞뒤의 빈 줄을 고르게 함.
fn tidy(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// 책에 싣는 글: 줄마다 이름과 판과 라이선스, 그 뒤에 라이선스의 글. 글자는
/// 같고 줄만 다르게 나눈 글은 한 번만 실음.
pub fn text(shipped: &Shipped) -> String {
    // 글자 집합을 말하지 않는 호스트에서도 UTF-8로 읽히게 함
    let mut out = "\u{feff}이름과 판, 라이선스\n\n".to_owned();
    for (name, Notice { licence, .. }) in shipped {
        out += &format!("{name}\t{licence}\n");
    }
    out += "\n\n패키지에 라이선스의 글이 없는 것\n\n";
    let mut texts: BTreeMap<Vec<&str>, (&str, Vec<&str>)> = BTreeMap::new();
    for (name, notice) in shipped {
        let Notice { licence, source, .. } = notice;
        if let Some(from) = notice.borrowed {
            out += &format!("{name}\t{licence}\t{source}\t{from}\n");
        }
        for text in &notice.texts {
            let words = text.split_whitespace().collect();
            let (_, names) = texts.entry(words).or_insert((text, Vec::new()));
            names.push(name);
        }
    }
    out += "\n\n라이선스의 글\n";
    let mut texts: Vec<_> = texts.into_values().collect();
    texts.sort_by(|(a, one), (b, other)| (one, a).cmp(&(other, b)));
    for (text, names) in texts {
        out += &format!("\n{RULE}\n{}\n{RULE}\n\n", names.join(", "));
        out += &format!("{text}\n");
    }
    out
}

const RULE: &str = "════════════════════════════════════════";

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

    #[test]
    fn a_file_is_found_for_each_licence() {
        let names = ["LICENSE-MIT", "LICENSE-APACHE", "UNLICENSE", "LICENSE"];
        let files: BTreeMap<String, PathBuf> =
            names.map(|name| (name.to_owned(), name.into())).into();
        for (licence, file) in [
            ("MIT", "LICENSE-MIT"),
            ("Apache-2.0", "LICENSE-APACHE"),
            ("Unlicense", "UNLICENSE"),
            ("ISC", "LICENSE"),
        ] {
            assert_eq!(own(&files, licence), Some(&PathBuf::from(file)));
        }
    }

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
    }

    #[test]
    fn every_shipped_thing_comes_with_its_text() {
        crate::prepare::npm_ci(&root().join("theme")).unwrap();
        let shipped = shipped(root()).unwrap();
        let text = text(&shipped);
        let (lists, texts) = text.split_once("\n라이선스의 글\n").unwrap();
        let lines: Vec<&str> = texts.lines().collect();
        let heads: Vec<&str> = lines
            .windows(3)
            .filter(|near| near[0] == RULE && near[2] == RULE)
            .flat_map(|near| near[1].split(", "))
            .collect();
        let (_, without) = lists.split_once("글이 없는 것\n").unwrap();
        let mut nowhere = Vec::new();
        for (name, notice) in &shipped {
            let listed = without
                .lines()
                .any(|line| line.split('\t').next() == Some(name));
            assert_eq!(listed, notice.borrowed.is_some(), "{name}");
            if notice.borrowed == Some(NONE) {
                nowhere.push(name.as_str());
            } else {
                assert!(heads.contains(&name.as_str()), "{name}");
            }
        }
        // 글이 없는 것이 모르는 새에 늘지 않게 함
        assert_eq!(nowhere, ["CPython (Pyodide 안)"]);
        for words in [
            "Permission is hereby granted",
            "Permission to use, copy, modify",
            "Apache License",
            "Mozilla Public License",
            "UNICODE LICENSE V3",
            "Copyright (c) 2014 Frank McSherry",
            "Copyright 2022 Luca Ongaro",
        ] {
            assert!(texts.contains(words), "{words}");
        }
        // 이 책의 저작권 줄을 남의 글에 붙이지 않음
        assert!(!texts.contains("스터디 노트"));
        assert_eq!(text.matches("END OF TERMS AND CONDITIONS").count(), 2);
    }

    /// 부록은 이름을 들지 않은 크레이트를 MIT나 Apache-2.0으로 쓸 수 있다고 함.
    #[test]
    fn the_appendix_names_what_asks_for_more() {
        let page = root().join("src/appendix/licences.md");
        let page = fs::read_to_string(page).unwrap();
        let wasm = ["--package=lab-wasm", "--target=wasm32-unknown-unknown"];
        let crates = crates(root(), &wasm).unwrap();
        assert!(crates.len() > 50);
        for (name, licence) in crates {
            let (name, _) = name.split_once(' ').unwrap();
            for choices in terms(&licence) {
                let common =
                    |each: &String| each == "MIT" || each == "Apache-2.0";
                let more = !choices.iter().any(common);
                let named = page.contains(name)
                    && choices.iter().any(|each| page.contains(each));
                assert!(!more || named, "{name}: {licence}");
            }
        }
    }
}
