//! 책의 린트: 원고와 만들어진 쪽에서 사람이 놓치기 쉬운 것을 찾음.

mod html;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use mdbook_driver::MDBook;
use mdbook_markdown::pulldown_cmark::{CodeBlockKind, Event, Tag as Mark};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::figures::{self, Asked, Figures};
use crate::glossary::{self, Glossary};
use crate::preprocess::{directive, normal, parse, prose};
use crate::render::{LIST, List};
use crate::{licences, page};
use html::{Piece, Tag, pieces};

/// 쪽 하나가 처음에 내려받는 양: HTML, CSS, 스크립트를 압축해 더함.
const PAGE_BYTES: usize = 150_000;
/// 우리 스크립트가 늦게 받는 부분 없이 내려받는 양.
const SCRIPT_BYTES: usize = 60_000;
const SEARCH_BYTES: usize = 350_000;
const WASM_BYTES: usize = 250_000;
/// 남의 엔진을 담은 장의 모듈: timely, fst·roaring·sprs, regex.
const ENGINE_BYTES: usize = 450_000;
const ENGINES: &[&str] = &["clusters", "lessons", "memory"];

/// 고쳐 쓴 틀의 원본. 바뀌면 달라진 점을 우리 틀에 옮기고 이 값을 고침.
const UPSTREAM: &[(&str, &str)] = &[
    (
        "index.hbs",
        "bf8b6b7cc5c1e44b03ab0392297705a220b569b601286e0ad538cca6d56717f1",
    ),
    (
        "book.js",
        "609e4cb80f92aa954a3f48869c751f6f8848433604f1297bb70fde0e3e58a569",
    ),
];

/// 고칠 것 하나.
#[derive(Debug, PartialEq)]
pub struct Finding {
    /// 파일과, 알면 줄.
    pub place: String,
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

#[derive(Default)]
pub struct Report {
    /// 확인한 것의 수. 0이면 아무것도 보지 않은 것임.
    pub checks: usize,
    pub findings: Vec<Finding>,
}

impl Report {
    fn check(
        &mut self,
        fine: bool,
        place: &str,
        what: impl FnOnce() -> String,
    ) {
        self.checks += 1;
        if !fine {
            let place = place.to_owned();
            self.findings.push(Finding { place, what: what() });
        }
    }

    /// 압축한 무게가 예산 안인가.
    fn budget(&mut self, name: &str, bytes: usize, most: usize) {
        self.check(bytes <= most, &format!("book/{name}"), || {
            format!("압축해 {bytes}바이트 > {most}")
        });
    }
}

/// `cargo book lint`: 만들어진 책을 보고 고칠 것을 적음.
pub fn main(root: &Path) -> Result<()> {
    let book = root.join("book");
    if !book.exists() {
        bail!("book/이 없음: 먼저 `cargo book build`");
    }
    let report = run(root, &book)?;
    for finding in &report.findings {
        println!("{finding}");
    }
    let (checks, wrong) = (report.checks, report.findings.len());
    println!("확인 {checks}, 고칠 것 {wrong}");
    if wrong > 0 {
        bail!("책에 고칠 것이 있음");
    }
    Ok(())
}

/// 책을 만든 뒤에 곧바로: 넣지 못한 것과 죽은 링크만 보고 경고함. mdBook은
/// 이것들을 말없이 지나침.
pub fn warn(root: &Path, book: &Path) -> Result<()> {
    let mut report = Report::default();
    let sources = Sources::read(&root.join("src"))?;
    inserted(root, &sources, &mut report);
    let site = Site::read(book)?;
    for (path, page) in &site.pages {
        // 되풀이한 글과, `--base`를 앞에 단 주소
        if !matches!(path.to_str(), Some("print.html" | "404.html")) {
            links(&site, path, page, &mut report);
        }
    }
    for finding in &report.findings {
        eprintln!("경고: {finding}");
    }
    Ok(())
}

/// `root`의 원고와 `book`에 만들어진 쪽을 봄.
pub fn run(root: &Path, book: &Path) -> Result<Report> {
    let mut report = Report::default();
    let sources = Sources::read(&root.join("src"))?;
    summary(&sources, &mut report);
    for (path, text) in &sources.notes {
        let place = format!("src/{}", path.display());
        fences(&place, text, &mut report);
    }
    inserted(root, &sources, &mut report);
    let glossary = Glossary::read(&root.join("src"))?;
    terms(&sources, &glossary, &mut report);
    figures(root, &sources, &mut report)?;
    experiments(&sources, &mut report);
    upstream(&mut report)?;
    for (name, licence) in licences::used(root)? {
        report.check(licences::is_allowed(&licence), &name, || {
            format!("함께 쓸 수 없는 라이선스: {licence}")
        });
    }

    let site = Site::read(book)?;
    for (path, page) in &site.pages {
        links(&site, path, page, &mut report);
        page_rules(path, page, &mut report);
        if path != Path::new("print.html") {
            weight(book, path, page, &mut report)?;
        }
    }
    published(&site, &mut report);
    listed(book, &mut report)?;
    assets(book, &mut report)?;
    Ok(report)
}

// ── 원고 ───────────────────────────────────────────────────────────────

/// `src` 아래의 마크다운.
struct Sources {
    summary: String,
    notes: BTreeMap<PathBuf, String>,
}

impl Sources {
    fn read(src: &Path) -> Result<Self> {
        let mut notes = BTreeMap::new();
        for path in files(src)? {
            // 장의 폴더보다 깊은 것은 복사해 갈 크레이트의 것임
            let ours = path.components().count() <= 2;
            if ours && path.extension().is_some_and(|ext| ext == "md") {
                let text = fs::read_to_string(src.join(&path))?;
                notes.insert(path, text);
            }
        }
        let summary = notes
            .remove(Path::new("SUMMARY.md"))
            .context("src/SUMMARY.md가 없음")?;
        notes.remove(Path::new("404.md"));
        Ok(Self { summary, notes })
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(each) = waiting.pop() {
        for entry in
            fs::read_dir(&each).with_context(|| each.display().to_string())?
        {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                found.push(path.strip_prefix(folder)?.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn summary(sources: &Sources, report: &mut Report) {
    for path in sources.notes.keys() {
        let link = format!("]({})", path.display());
        report.check(
            sources.summary.contains(&link),
            "src/SUMMARY.md",
            || format!("{}이(가) 차례에 없음", path.display()),
        );
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

fn fences(place: &str, text: &str, report: &mut Report) {
    for (event, range) in parse(text) {
        let Event::Start(Mark::CodeBlock(kind)) = event else { continue };
        let named = match &kind {
            CodeBlockKind::Fenced(info) => !info.is_empty(),
            CodeBlockKind::Indented => false,
        };
        let place = format!("{place}:{}", line_of(text, range.start));
        report.check(named, &place, || match kind {
            CodeBlockKind::Fenced(_) => "언어가 없는 코드 블록".to_owned(),
            CodeBlockKind::Indented => {
                "들여쓴 코드 블록: rustdoc이 실행하려 함".to_owned()
            }
        });
    }
}

/// 원고가 넣으라고 한 파일, 앵커, 실험, 연습이 있는가.
fn inserted(root: &Path, sources: &Sources, report: &mut Report) {
    let src = root.join("src");
    for (path, text) in &sources.notes {
        let place = format!("src/{}", path.display());
        includes(&src.join(path), &place, text, report);
        directives(&src, path, text, report);
    }
}

/// mdBook은 없는 파일과 없는 앵커를 경고만 하거나 조용히 비움.
fn includes(file: &Path, place: &str, text: &str, report: &mut Report) {
    for (at, _) in text.match_indices("{{#") {
        let inner = text[at + 3..].split("}}").next().unwrap_or_default();
        let Some((kind, argument)) = inner.split_once(' ') else { continue };
        if !matches!(kind, "include" | "rustdoc_include") {
            continue;
        }
        let (path, part) = match argument.trim().split_once(':') {
            Some((path, part)) => (path, part),
            None => (argument.trim(), ""),
        };
        let place = format!("{place}:{}", line_of(text, at));
        let source = file.parent().map(|folder| folder.join(path));
        let source = source.and_then(|path| fs::read_to_string(path).ok());
        report.check(source.is_some(), &place, || {
            format!("포함할 파일이 없음: {path}")
        });
        let named = part.starts_with(|c: char| !c.is_ascii_digit());
        if let (Some(source), true) = (source, named && !part.is_empty()) {
            let found = source.lines().any(|line| {
                line.trim_end().ends_with(&format!(" ANCHOR: {part}"))
            });
            report.check(found, &place, || {
                format!("{path}에 앵커 `{part}`이(가) 없음")
            });
        }
    }
}

fn directives(src: &Path, path: &Path, text: &str, report: &mut Report) {
    let folder = path.parent().unwrap_or(Path::new(""));
    for (index, line) in text.lines().enumerate() {
        let Some((kind, name)) = directive(line) else { continue };
        let place = format!("src/{}:{}", path.display(), index + 1);
        if kind == "exercise" {
            let data = src.join(folder).join(format!("{name}.json"));
            report.check(data.is_file(), &place, || {
                format!("연습 `{name}`의 자료 {name}.json이 없음")
            });
            continue;
        }
        let home = rust_lab::find(name).map(|entry| entry.chapter);
        report.check(home == folder.to_str(), &place, || match home {
            None => format!("등록되지 않은 실험: {name}"),
            Some(home) => format!("{name}은(는) {home}의 실험임"),
        });
        let why = format!("<!-- why {name} -->");
        report.check(text.contains(&why), &place, || {
            format!("`{name}`의 「왜 그런가」가 없음: {why}")
        });
    }
}

/// 용어가 쓰인 쪽마다, 고쳐 쓴 글에서 그 첫 쓰임이 용어집에 이어졌는가.
fn terms(sources: &Sources, glossary: &Glossary, report: &mut Report) {
    // mdBook은 README.md를 index.md로 바꾸어 전처리기에 줌
    let page = |path: &Path| match path.file_name() {
        Some(name) if name == "README.md" => path.with_file_name("index.md"),
        _ => path.to_owned(),
    };
    let pages = sources.notes.keys().map(|path| page(path)).collect();
    for (path, text) in &sources.notes {
        if path == Path::new(glossary::PAGE) {
            continue;
        }
        let place = format!("src/{}", path.display());
        let text = prose(text, &page(path), &pages, glossary, &Asked::new());
        let unlinked = glossary.unlinked(&text);
        report.check(unlinked.is_empty(), &place, || {
            let names: Vec<&str> =
                unlinked.iter().map(|(name, _)| *name).collect();
            format!("첫 쓰임이 용어집에 이어지지 않음: {}", names.join(", "))
        });
    }
}

/// 본문에 적힌 잰 수가 지금의 기록과 같은가. 다시 재면 여기에서 걸리므로,
/// 사람이 문장을 다시 읽고 고침.
fn figures(root: &Path, sources: &Sources, report: &mut Report) -> Result<()> {
    for (path, text) in &sources.notes {
        let folder = path.parent().unwrap_or(Path::new(""));
        let asked = figures::asked(&root.join("src").join(folder))?;
        let figures = Figures::load(root, &asked)
            .with_context(|| format!("src/{}", path.display()))?;
        for quoted in figures::quoted(text) {
            let line = line_of(text, quoted.range.start);
            let place = format!("src/{}:{line}", path.display());
            let value = figures.shown(&quoted.name);
            let recorded = value.and_then(|value| quoted.as_recorded(value));
            let fine = recorded.as_deref() == Some(quoted.text);
            report.check(fine, &place, || match recorded {
                Some(now) => {
                    format!("`{}`: 기록은 `{now}`임", quoted.text)
                }
                None => format!(
                    "`{}`: figures.json에 `{}`이(가) 없거나 글에 수가 없음",
                    quoted.text, quoted.name
                ),
            });
        }
    }
    Ok(())
}

fn experiments(sources: &Sources, report: &mut Report) {
    for entry in rust_lab::entries() {
        let path = Path::new(entry.chapter).join("README.md");
        let text = sources.notes.get(&path).map_or("", String::as_str);
        let uses = text
            .lines()
            .filter(|l| directive(l) == Some(("experiment", entry.name)))
            .count();
        let place = format!("src/{}", path.display());
        report.check(uses == 1, &place, || {
            format!("실험 `{}`이(가) 한 번이 아니라 {uses}번 놓임", entry.name)
        });
    }
}

/// 우리 틀이 고쳐 쓴 mdBook의 원본이 그대로인가.
fn upstream(report: &mut Report) -> Result<()> {
    let folder = std::env::temp_dir()
        .join(format!("rust-lab-upstream-{}", std::process::id()));
    MDBook::init(&folder).copy_theme(true).build()?;
    for (name, known) in UPSTREAM {
        let bytes = fs::read(folder.join("theme").join(name))?;
        let hash = hex(&Sha256::digest(bytes));
        report.check(hash == *known, &format!("theme/{name}"), || {
            format!("mdBook의 원본이 바뀜: {hash}")
        });
    }
    Ok(fs::remove_dir_all(&folder)?)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

// ── 만들어진 쪽 ────────────────────────────────────────────────────────

struct Site {
    files: BTreeSet<PathBuf>,
    pages: BTreeMap<PathBuf, String>,
    ids: BTreeMap<PathBuf, BTreeSet<String>>,
}

impl Site {
    fn read(book: &Path) -> Result<Self> {
        let files: BTreeSet<_> = files(book)?.into_iter().collect();
        let html = |path: &&PathBuf| path.extension() == Some("html".as_ref());
        // 쪽은 서로 기다릴 까닭이 없음
        let read: Vec<_> = files
            .par_iter()
            .filter(html)
            .map(|path| {
                let page = fs::read_to_string(book.join(path))?;
                Ok((path.clone(), tag_ids(&page), page))
            })
            .collect::<Result<_>>()?;
        let (mut pages, mut ids) = (BTreeMap::new(), BTreeMap::new());
        for (path, found, page) in read {
            ids.insert(path.clone(), found);
            pages.insert(path, page);
        }
        Ok(Self { files, pages, ids })
    }
}

fn tags(page: &str) -> impl Iterator<Item = Tag<'_>> {
    pieces(page).into_iter().filter_map(|piece| match piece {
        Piece::Open(tag) => Some(tag),
        _ => None,
    })
}

fn tag_ids(page: &str) -> BTreeSet<String> {
    tags(page).filter_map(|tag| tag.attr("id")).map(decode).collect()
}

/// `%ED%95%B4`와 `&amp;`를 풂.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let code = code.and_then(|two| u8::from_str_radix(two, 16).ok());
        match (first, code) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).replace("&amp;", "&")
}

fn is_remote(address: &str) -> bool {
    address.contains("://") || address.starts_with("//")
}

fn links(site: &Site, path: &Path, page: &str, report: &mut Report) {
    let place = format!("book/{}", path.display());
    let mut ids = BTreeSet::new();
    // 404 쪽은 어느 깊이에서나 나오므로 주소가 뿌리에서 시작함
    let here = path.parent().unwrap_or(Path::new(""));
    for tag in tags(page) {
        if let Some(id) = tag.attr("id") {
            report.check(ids.insert(decode(id)), &place, || {
                format!("같은 id가 두 번 나옴: {id}")
            });
        }
        let loads = tag.name != "a";
        let address = tag.attr("href").or(tag.attr("src"));
        let Some(address) = address else { continue };
        if is_remote(address) {
            report.check(!loads, &place, || {
                format!("다른 곳에서 받아 옴: {address}")
            });
            continue;
        }
        if address.starts_with("data:") || address.starts_with("mailto:") {
            continue;
        }
        let (file, anchor) = address.split_once('#').unwrap_or((address, ""));
        let file = decode(file);
        let target = match (file.as_str(), file.strip_prefix('/')) {
            ("", _) => path.to_owned(),
            (_, Some(from_root)) => normal(Path::new(from_root)),
            (file, None) => normal(&here.join(file)),
        };
        // 스크립트 묶음 없이 만든 책도 책임
        report.check(site.files.contains(&target), &place, || {
            format!("죽은 링크: {address}")
        });
        let anchor = decode(anchor);
        if let (false, Some(ids)) = (anchor.is_empty(), site.ids.get(&target))
        {
            report.check(ids.contains(&anchor), &place, || {
                format!("죽은 앵커: {address}")
            });
        }
    }
}

/// 쪽 하나만 보고 아는 것.
fn page_rules(path: &Path, page: &str, report: &mut Report) {
    let place = format!("book/{}", path.display());
    let policy = page.contains("http-equiv=\"Content-Security-Policy\"");
    report.check(policy, &place, || "보안 정책이 없음".to_owned());
    report.check(page.contains("lang=\"ko\""), &place, || {
        "언어가 한국어로 적혀 있지 않음".to_owned()
    });
    report.check(!page.contains("{{#"), &place, || {
        "처리되지 않은 지시문 `{{#`".to_owned()
    });
    let mut open: Vec<&str> = Vec::new();
    let mut headings = 0;
    // 본문의 잰 수도 누르면 출처를 여는 단추임
    let mut figure = false;
    let mut plain = Vec::new();
    for piece in pieces(page) {
        match piece {
            Piece::Open(tag) => {
                tag_rules(&place, &tag, report);
                headings += usize::from(tag.name == "h1");
                figure = tag.attr("class") == Some("lab-figure");
                if !VOID.contains(&tag.name) {
                    open.push(tag.name);
                }
            }
            Piece::Close(name) => {
                if let Some(at) = open.iter().rposition(|each| *each == name) {
                    open.truncate(at);
                }
            }
            Piece::Text(text) => {
                let code = open.iter().any(|n| matches!(*n, "code" | "pre"));
                if !code && text.contains("**") {
                    plain.push(text.trim());
                }
                if open.last() == Some(&"button") && !figure {
                    report.check(korean(text), &place, || {
                        format!("한국어가 아닌 단추: {}", text.trim())
                    });
                }
            }
        }
    }
    report.check(plain.is_empty(), &place, || {
        format!("그려지지 않은 강조: {}", plain.join(" / "))
    });
    let one = headings == 1 || path == Path::new("print.html");
    report.check(one, &place, || {
        format!("큰 제목(h1)이 하나가 아니라 {headings}개임")
    });
}

const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link",
    "meta", "source", "track", "wbr", "!DOCTYPE", "path", "circle", "rect",
];

fn tag_rules(place: &str, tag: &Tag, report: &mut Report) {
    for name in ["aria-label", "title", "placeholder", "alt"] {
        let Some(value) = tag.attr(name) else { continue };
        report.check(korean(value), place, || {
            format!("한국어가 아닌 {name}: {value}")
        });
    }
    match tag.name {
        "img" => report.check(tag.attr("alt").is_some(), place, || {
            "그림에 대신할 글(alt)이 없음".to_owned()
        }),
        "script" => {
            let data = tag.attr("type") == Some("application/json");
            let inline = tag.attr("inline").is_some();
            report.check(data || !inline, place, || {
                "인라인 스크립트는 보안 정책이 막음".to_owned()
            });
        }
        "p" => {
            let missing = tag.attr("class") == Some("missing");
            report.check(!missing, place, || {
                "그리지 못한 카드가 있음".to_owned()
            });
        }
        _ => {}
    }
}

/// 한글이 있거나, 로마자가 아예 없음.
fn korean(text: &str) -> bool {
    let hangul = text.chars().any(|c| ('가'..='힣').contains(&c));
    hangul || !text.chars().any(|c| c.is_ascii_alphabetic())
}

// ── 무게 ───────────────────────────────────────────────────────────────

fn gzipped(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

/// 쪽이 처음에 받는 것: 종이용이 아닌 CSS, 스크립트와 그것이 부르는 것.
fn weight(
    book: &Path,
    path: &Path,
    page: &str,
    report: &mut Report,
) -> Result<()> {
    let mut wanted = BTreeSet::new();
    for tag in tags(page) {
        let address = match tag.name {
            "link" if tag.attr("media").is_none() => tag.attr("href"),
            "script" => tag.attr("src"),
            _ => None,
        };
        let Some(address) = address else { continue };
        let here = path.parent().unwrap_or(Path::new(""));
        let target = match address.strip_prefix('/') {
            Some(from_root) => normal(Path::new(from_root)),
            None => normal(&here.join(address)),
        };
        wanted.extend(with_imports(book, &target));
    }
    let mut total = gzipped(page.as_bytes())?;
    for target in &wanted {
        // 없는 파일은 죽은 링크로 이미 알림
        if let Ok(bytes) = fs::read(book.join(target)) {
            total += gzipped(&bytes)?;
        }
    }
    report.check(
        total <= PAGE_BYTES,
        &format!("book/{}", path.display()),
        || format!("처음 받는 양 {total}바이트 > {PAGE_BYTES}"),
    );
    Ok(())
}

/// 스크립트와, 그것이 곧바로 부르는(늦게 부르는 것은 뺌) 스크립트.
fn with_imports(book: &Path, script: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![script.to_owned()];
    while let Some(path) = waiting.pop() {
        if !found.insert(path.clone()) {
            continue;
        }
        let module = path.extension().is_some_and(|ext| ext == "js");
        let text = match fs::read_to_string(book.join(&path)) {
            Ok(text) if module => text,
            _ => continue,
        };
        let here = path.parent().unwrap_or(Path::new(""));
        for keyword in ["from\"./", "import\"./", "import \"./"] {
            for (at, _) in text.match_indices(keyword) {
                let name = text[at + keyword.len()..].split('"').next();
                waiting.extend(name.map(|name| normal(&here.join(name))));
            }
        }
    }
    found
}

/// 나누어 받는 것마다의 예산. 파일이 없으면 읽기에서 실패함.
fn assets(book: &Path, report: &mut Report) -> Result<()> {
    let mut scripts = 0;
    let hash = page::current(&book.join("_assets"))?;
    let hash = hash.context("_assets/current.json이 없음")?;
    let main = format!("_assets/{hash}/main.js");
    for path in with_imports(book, Path::new(&main)) {
        scripts += gzipped(&fs::read(book.join(path))?)?;
    }
    let search = gzipped(&fs::read(book.join("_assets/search.json"))?)?;
    report.budget(&main, scripts, SCRIPT_BYTES);
    report.budget("_assets/search.json", search, SEARCH_BYTES);
    for chapter in rust_lab::chapters() {
        let module = format!("_assets/{hash}/lab/{chapter}/lab_bg.wasm");
        let bytes = gzipped(&fs::read(book.join(&module))?)?;
        let budget = match ENGINES.contains(&chapter) {
            true => ENGINE_BYTES,
            false => WASM_BYTES,
        };
        report.budget(&module, bytes, budget);
    }
    Ok(())
}

// ── 내보내는 파일 ──────────────────────────────────────────────────────

/// `src`에 있는 것은 `.md`가 아니면 모두 내보내짐: 아는 것만 허락함.
fn published(site: &Site, report: &mut Report) {
    for path in &site.files {
        let name = path.to_string_lossy().replace('\\', "/");
        report.check(allowed(&name), &format!("book/{name}"), || {
            "내보낼 것이 아님".to_owned()
        });
    }
}

/// 오프라인용 목록이 지금의 파일과 이름도 내용도 같은가.
fn listed(book: &Path, report: &mut Report) -> Result<()> {
    let list: List = serde_json::from_slice(&fs::read(book.join(LIST))?)?;
    let same = list == List::of(book, list.id.clone())?;
    report.check(same, &format!("book/{LIST}"), || {
        "책의 파일과 다름: 책을 다시 만들어야 함".to_owned()
    });
    Ok(())
}

fn allowed(name: &str) -> bool {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let ext = file.rsplit_once('.').map_or("", |(_, ext)| ext);
    match folder.split('/').next().unwrap_or_default() {
        // mdBook이 놓는 것과 쪽
        "" => {
            matches!(ext, "html" | "css" | "js" | "svg" | "rs")
                || matches!(file, ".nojekyll" | "manifest.webmanifest")
        }
        "css" | "theme" => matches!(ext, "css" | "js"),
        "_assets" => {
            matches!(
                ext,
                "js" | "mjs" | "json" | "txt" | "wasm" | "zip" | "css"
            ) || ext == "whl"
        }
        // 장의 폴더: 쪽과 원본
        folder => {
            let known =
                folder.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            known
                && !name.contains("__pycache__")
                && matches!(ext, "html" | "rs" | "py" | "json")
                // 독자가 복사해 갈 크레이트
                || matches!(file, "Cargo.toml" | "Cargo.lock")
                || file == "pyproject.toml"
                // 실험이 읽는 말의 목록
                || matches!(file, "endings.txt" | "particles.txt")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(check: impl FnOnce(&mut Report)) -> Vec<String> {
        let mut report = Report::default();
        check(&mut report);
        assert!(report.checks > 0);
        report.findings.iter().map(ToString::to_string).collect()
    }

    fn site(pages: &[(&str, &str)]) -> Site {
        let path = |name: &&str| PathBuf::from(*name);
        Site {
            files: pages.iter().map(|(name, _)| path(name)).collect(),
            pages: BTreeMap::new(),
            ids: pages
                .iter()
                .map(|(name, page)| (path(name), tag_ids(page)))
                .collect(),
        }
    }

    #[test]
    fn fences_name_a_language() {
        let text = "```rust\na\n```\n\n```\nb\n```\n\n- x\n\n      c\n";
        let found = found(|report| fences("a.md", text, report));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("a.md:5: 언어가"), "{found:?}");
    }

    #[test]
    fn links_and_anchors_live() {
        let page = "<h1 id=\"가-나\">x</h1><a href=\"#%EA%B0%80-나\"></a>\
                    <a href=\"../b/c.html#d\"></a><a href=\"e.html\"></a>\
                    <script src=\"https://x.y/z.js\"></script>\
                    <a href=\"https://x.y/\"></a><p id=\"가-나\"></p>";
        let site = site(&[("a/x.html", page), ("b/c.html", "<p id=q>")]);
        let found =
            found(|report| links(&site, Path::new("a/x.html"), page, report));
        assert_eq!(
            found,
            [
                "book/a/x.html: 죽은 앵커: ../b/c.html#d",
                "book/a/x.html: 죽은 링크: e.html",
                "book/a/x.html: 다른 곳에서 받아 옴: https://x.y/z.js",
                "book/a/x.html: 같은 id가 두 번 나옴: 가-나",
            ]
        );
    }

    #[test]
    fn page_rules_are_seen() {
        let page = "<html lang=\"ko\"><h1>제목</h1><p>**굵게**를</p>\
                    <code>2**3</code><button title=\"Copy\">Run</button>\
                    <script>x()</script>";
        let found =
            found(|report| page_rules(Path::new("a.html"), page, report));
        for what in ["보안 정책", "강조", "title", "단추", "인라인"]
        {
            assert!(found.iter().any(|f| f.contains(what)), "{what}");
        }
        assert_eq!(found.len(), 5, "{found:?}");
    }

    #[test]
    fn includes_exist() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lint.rs");
        // 이 시험의 글자 자체가 앵커로 보이지 않게 나누어 적음
        let text = concat!(
            "{{#include html.rs}} {{#include lint.rs:no_such}}\n",
            "{{#include nothing.rs:a}}",
        );
        let found = found(|report| includes(&file, "x", text, report));
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn what_a_note_asks_for_exists() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let text = "{{#experiment nope}}\n{{#include dict_probe.rs:nope}}\n";
        let sources = Sources {
            summary: String::new(),
            notes: [("dicts/README.md".into(), text.to_owned())].into(),
        };
        let found = found(|report| inserted(&root, &sources, report));
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].starts_with("src/dicts/README.md:2: dict_probe.rs"));
        assert!(found[1].ends_with(":1: 등록되지 않은 실험: nope"));
    }

    #[test]
    fn every_term_is_linked_at_its_first_use() {
        let glossary = Glossary::new(
            "| <dfn id=\"해시\">해시</dfn> | hash | 뜻 | 4장 |\n",
        );
        let note = |text: &str| {
            let path = PathBuf::from("dicts/README.md");
            Sources {
                summary: String::new(),
                notes: [(path, text.to_owned())].into(),
            }
        };
        let fine = note("# 해시\n\n**해시**를 씀. 해시(hash)임.\n");
        assert!(found(|report| terms(&fine, &glossary, report)).is_empty());
        let text = "글의 해시임.\n";
        assert_eq!(glossary.unlinked(text), [("해시", "글의 ".len())]);
    }

    #[test]
    fn only_known_files_are_published() {
        for name in ["index.html", "dicts/a.rs", "_assets/0/lab_bg.wasm"] {
            assert!(allowed(name), "{name}");
        }
        for name in ["a.py~", "dicts/__pycache__/a.pyc", "dicts/notes.txt"] {
            assert!(!allowed(name), "{name}");
        }
    }
}
