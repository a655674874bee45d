//! 쪽을 그리고, 판의 이름을 새기고, 판의 파일 목록을 씀.
//!
//! 목록은 쪽이 다 그려진 뒤에야 알 수 있으므로 mdBook의 HTML 렌더러를 감쌈.
//! 서비스 워커는 이 목록대로 판 하나를 받아 둠: theme/src/edition.ts.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use mdbook_driver::config::Config;
use mdbook_html::HtmlHandlebars;
use mdbook_renderer::{RenderContext, Renderer};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use toml::Table;

use crate::{book, page};

/// 책 안에서 목록이 놓이는 자리.
pub const LIST: &str = "_assets/files.json";
/// 온 책을 한 번 더 담은 쪽.
const PRINT: &str = "print.html";
const INSTALL: &str = "manifest.webmanifest";
/// 목록에 없는 것: 목록, 브라우저가 따로 간직하는 것, 호스트에게 하는 말.
const UNLISTED: &[&str] = &[LIST, "sw.js", ".nojekyll"];

/// 틀의 빈자리.
const NO_BUILD: &str = " data-build=\"\"";
const NO_BUNDLE: &str = "_assets/main.js\"";

/// `[output.lab]`.
pub struct Pages;

impl Renderer for Pages {
    fn name(&self) -> &str {
        "lab"
    }

    fn render(&self, ctx: &RenderContext) -> Result<()> {
        let mut ctx = ctx.clone();
        ctx.config = html_config(&ctx.config)?;
        HtmlHandlebars::new().render(&ctx)?;
        let book = &ctx.destination;
        drop_unused(book)?;
        let bundle = page::current(&ctx.source_dir().join("_assets"))?;
        installable(book, &ctx.config)?;
        let print = book.join(PRINT);
        fs::write(&print, contents(&fs::read_to_string(&print)?)?)?;
        stamp(book, bundle.as_deref())
    }
}

/// `cargo book render`.
pub fn main() -> Result<()> {
    let ctx = RenderContext::from_json(std::io::stdin())?;
    book::no_warnings(|| Pages.render(&ctx))
}

/// `[output.lab.html]`을 mdBook이 읽는 자리에 놓음. 거기 이미 있는 것은
/// `mdbook serve`나 `--base`가 더한 것이라 이김.
fn html_config(config: &Config) -> Result<Config> {
    let mut html: Table =
        config.get("output.lab.html")?.context("[output.lab.html]")?;
    html.extend(config.get::<Table>("output.html")?.unwrap_or_default());
    let mut config = config.clone();
    config.set("output.html", html)?;
    Ok(config)
}

/// mdBook이 늘 놓지만 이 책의 틀은 부르지 않는 것: 색은 미리 입히고, 복사는
/// 브라우저에 맡김.
const UNUSED: &[&str] =
    &["highlight-", "ayu-highlight-", "tomorrow-night-", "clipboard-"];

fn drop_unused(book: &Path) -> Result<()> {
    for name in page::tree(book)?.into_keys() {
        let text = name.to_string_lossy();
        if UNUSED.iter().any(|prefix| text.starts_with(prefix)) {
            fs::remove_file(book.join(&name))?;
        }
    }
    Ok(())
}

/// 앱으로 설치할 때 브라우저가 읽는 것.
fn installable(book: &Path, config: &Config) -> Result<()> {
    let icon = page::tree(book)?
        .into_keys()
        .map(|name| name.to_string_lossy().into_owned())
        .find(|name| name.starts_with("favicon") && name.ends_with(".svg"))
        .context("favicon.svg가 없음")?;
    let manifest = json!({
        "name": config.book.title,
        "short_name": "파이썬 성능 노트",
        "description": config.book.description,
        "lang": config.book.language,
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "icons": [{ "src": icon, "type": "image/svg+xml", "sizes": "any" }],
    });
    let text = serde_json::to_string_pretty(&manifest)?;
    Ok(fs::write(book.join(INSTALL), text)?)
}

/// 온 책을 담은 쪽의 차례가 다른 쪽이 아니라 그 안의 장을 가리키게 함.
/// 장마다 제목이 하나이므로 차례의 순서대로 이어짐.
fn contents(page: &str) -> Result<String> {
    const START: &str = "<ol class=\"chapter\">";
    const END: &str = "</section>";
    const LINK: &str = "<a href=\"";
    let (head, rest) = page.split_once(START).context("차례가 없음")?;
    let (toc, text) = rest.split_once(END).context("차례의 끝이 없음")?;
    let mut titles = text.split("<h1 id=\"").skip(1);
    let mut links = toc.split(LINK);
    let mut linked = links.next().unwrap_or_default().to_owned();
    for link in links {
        let title = titles.next().context("차례보다 제목이 적음")?;
        let (id, _) = title.split_once('"').context("제목의 id")?;
        let (_, label) = link.split_once('"').context("차례의 링크")?;
        linked += &format!("{LINK}#{id}\"{label}");
    }
    if titles.next().is_some() {
        bail!("차례보다 제목이 많음");
    }
    Ok([head, START, &linked, END, text].concat())
}

/// 판 하나의 파일들.
#[derive(Deserialize, PartialEq, Serialize)]
pub struct List {
    pub id: String,
    /// 쪽이 있어야 하는 것. 쪽보다 먼저 받아야 쪽이 깨지지 않음.
    pub parts: Files,
    pub pages: Files,
    /// 전체를 내려받을 때만 받는 것.
    pub rest: Files,
}

/// 이름 → 내용.
type Files = BTreeMap<String, Entry>;
/// 내용의 해시와 바이트.
type Entry = (String, usize);

impl List {
    /// `book`에 있는 모든 파일의 목록.
    pub fn of(book: &Path, id: String) -> Result<Self> {
        Ok(Self::new(id, entries(&files(book)?)))
    }

    fn new(id: String, entries: Files) -> Self {
        let none = Files::new;
        let mut list = List { id, parts: none(), pages: none(), rest: none() };
        for (name, entry) in entries {
            let group = match name.rsplit_once('.').map(|(_, ext)| ext) {
                _ if name == PRINT => &mut list.rest,
                // WASM 없이는 쓸 데가 없는 연결 코드
                _ if name.contains("/lab/") => &mut list.rest,
                Some("html") => &mut list.pages,
                Some("css" | "js" | "svg" | "webmanifest") => &mut list.parts,
                _ if name == "_assets/search.json" => &mut list.parts,
                _ => &mut list.rest,
            };
            group.insert(name, entry);
        }
        list
    }
}

fn stamp(book: &Path, bundle: Option<&str>) -> Result<()> {
    let files = files(book)?;
    let mut entries = entries(&files);
    let (id, _) = entry(&serde_json::to_vec(&entries)?);
    let build = format!(" data-build=\"{id}\"");
    for (name, bytes) in files {
        if !name.ends_with(".html") || name == "toc.html" {
            continue;
        }
        let page = String::from_utf8(bytes)?;
        if !page.contains(NO_BUILD) {
            bail!("{name}: 판의 이름을 새길 `{NO_BUILD}`가 없음");
        }
        let mut page = page.replacen(NO_BUILD, &build, 1);
        // 아직 묶음이 없으면 움직이지 않는 책이 됨
        if let Some(bundle) = bundle {
            let main = format!("_assets/{bundle}/main.js\"");
            page = page.replacen(NO_BUNDLE, &main, 1);
        }
        fs::write(book.join(&name), &page)?;
        entries.insert(name, entry(page.as_bytes()));
    }
    let list = serde_json::to_string(&List::new(id, entries))?;
    Ok(fs::write(book.join(LIST), list)?)
}

/// 목록에 들 파일: 이름 → 내용.
fn files(book: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    for (name, path) in page::tree(book)? {
        let name = name.to_string_lossy().replace('\\', "/");
        if !UNLISTED.contains(&name.as_str()) {
            found.insert(name, fs::read(path)?);
        }
    }
    Ok(found)
}

fn entries(files: &BTreeMap<String, Vec<u8>>) -> Files {
    files.iter().map(|(name, bytes)| (name.clone(), entry(bytes))).collect()
}

/// 해시는 우연히 같을 수 없을 만큼만 남김.
fn entry(bytes: &[u8]) -> Entry {
    let hash = Sha256::digest(bytes);
    let hash = hash[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    (hash, bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_of_the_whole_book_point_into_it() {
        let page = |a: &str, b: &str| {
            format!(
                "<a href=\"a.html\"><ol class=\"chapter\">\
                 <a href=\"{a}\">가</a><a href=\"{b}\">나</a></ol>\
                 </section><h1 id=\"가\">가</h1>\
                 <a href=\"a.html\"><h1 id=\"나\">나</h1>"
            )
        };
        let linked = contents(&page("a.html", "b/index.html")).unwrap();
        assert_eq!(linked, page("#가", "#나"));
        let short = page("a.html", "b.html").replace("<h1 id=\"나\">", "");
        assert!(contents(&short).is_err());
    }

    #[test]
    fn a_build_lists_what_it_holds_and_its_pages_bear_its_name() {
        let book = std::env::temp_dir()
            .join(format!("rust-lab-render-{}", std::process::id()));
        fs::create_dir_all(book.join("_assets/0/lab/a")).unwrap();
        let page = "<html data-build=\"\"><script src=\"_assets/main.js\">";
        let make = |text: &str| -> List {
            for (name, text) in [
                ("a.html", text),
                ("print.html", page),
                ("a.css", ""),
                ("sw.js", ""),
                ("_assets/0/lab/a/m.js", ""),
                ("_assets/0/lab/a/m.wasm", "w"),
            ] {
                fs::write(book.join(name), text).unwrap();
            }
            stamp(&book, Some("0")).unwrap();
            let list = fs::read(book.join(LIST)).unwrap();
            serde_json::from_slice(&list).unwrap()
        };
        let first = make(page);
        let names = |files: &Files| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&first.pages), ["a.html"]);
        assert_eq!(names(&first.parts), ["a.css"]);
        let module = "_assets/0/lab/a/m";
        let [js, wasm] = ["js", "wasm"].map(|ext| format!("{module}.{ext}"));
        assert_eq!(names(&first.rest), [&js, &wasm, "print.html"]);
        let text = fs::read_to_string(book.join("a.html")).unwrap();
        let expected = page
            .replace(
                "data-build=\"\"",
                &format!("data-build=\"{}\"", first.id),
            )
            .replace("_assets/main.js", "_assets/0/main.js");
        assert_eq!(text, expected);
        assert_eq!(first.pages["a.html"], entry(text.as_bytes()));

        assert_eq!(make(page).id, first.id, "같은 책은 같은 판임");
        let other = make(&page.replace("<script", "글<script"));
        assert_ne!(other.id, first.id);
        fs::remove_dir_all(book).unwrap();
    }
}
