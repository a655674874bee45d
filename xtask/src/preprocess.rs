//! mdBook 전처리기: 지시문, 코드 색, 링크, 한글 옆의 강조, 알림.
//!
//! 고치는 일은 모두 '원문의 어느 범위를 무엇으로'의 목록으로 모아 한 번에 함:
//! 코드 안의 글자를 건드리지 않으려면 파서가 본 범위만 믿어야 함.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use mdbook_markdown::pulldown_cmark::{
    BlockQuoteKind, CodeBlockKind, Event, LinkType, OffsetIter, Tag, TagEnd,
};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
use mdbook_preprocessor::book::{Book, BookItem, Chapter};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext, parse_input};
use rayon::prelude::*;

use crate::figures::{self, Asked};
use crate::glossary::Glossary;
use crate::{card, highlight, search};

/// `[preprocessor.lab]`.
pub struct Lab;

impl Preprocessor for Lab {
    fn name(&self) -> &str {
        "lab"
    }

    fn run(&self, ctx: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let pages: BTreeSet<PathBuf> =
            book.chapters().filter_map(|c| c.path.clone()).collect();
        let src = ctx.root.join(&ctx.config.book.src);
        let glossary = Glossary::read(&src)?;
        let root = &ctx.root;
        each_chapter(&mut book.items, &|chapter| {
            rewrite(root, &pages, &glossary, chapter)
        })?;
        search::write(&src.join("_assets"), &book)?;
        publish_records(&ctx.root, &src)?;
        Ok(book)
    }
}

/// 장마다 따로라 여러 코어가 나눠 함.
fn each_chapter(
    items: &mut [BookItem],
    work: &(impl Fn(&mut Chapter) -> Result<()> + Sync),
) -> Result<()> {
    items.par_iter_mut().try_for_each(|item| match item {
        BookItem::Chapter(chapter) => {
            work(chapter)?;
            each_chapter(&mut chapter.sub_items, work)
        }
        _ => Ok(()),
    })
}

/// `cargo book preprocess [supports <렌더러>]`.
pub fn main(args: &[String]) -> Result<()> {
    match args {
        [] => {
            let (ctx, book) = parse_input(std::io::stdin())?;
            let book = Lab.run(&ctx, book)?;
            Ok(serde_json::to_writer(std::io::stdout(), &book)?)
        }
        [supports, renderer] if supports == "supports" => {
            if renderer != "lab" {
                std::process::exit(1);
            }
            Ok(())
        }
        _ => bail!("쓰는 법: cargo book preprocess [supports lab]"),
    }
}

/// 책 안에서 기록의 원본 JSON이 놓이는 폴더.
pub const MEASURED: &str = "_assets/measured";
pub const ASM: &str = "_assets/asm";

/// 카드의 수가 어디에서 왔는지 독자가 열어 보게 함.
fn publish_records(root: &Path, src: &Path) -> Result<()> {
    for (from, to) in [("data/measured", MEASURED), ("data/asm", ASM)] {
        for file in std::fs::read_dir(root.join(from))? {
            let file = file?;
            let text = std::fs::read(file.path())?;
            write_if_changed(&src.join(to).join(file.file_name()), &text)?;
        }
    }
    Ok(())
}

/// 같은 내용을 다시 쓰지 않음: 지켜보는 서버가 끝없이 다시 만들게 됨.
pub fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes)
        .with_context(|| format!("{}에 쓰지 못함", path.display()))
}

fn rewrite(
    root: &Path,
    pages: &BTreeSet<PathBuf>,
    glossary: &Glossary,
    chapter: &mut Chapter,
) -> Result<()> {
    let Some(path) = chapter.path.clone() else {
        return Ok(());
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let figures = figures::asked(&root.join("src").join(folder))?;
    let text = prose(&chapter.content, &path, pages, glossary, &figures);
    let number = chapter.number.as_ref().map(|n| n.to_string());
    let mut page = Page {
        root,
        folder,
        number: number.as_deref().map(|n| n.trim_end_matches('.')),
        cards: 0,
    };
    chapter.content = page
        .directives(&text)
        .with_context(|| format!("src/{}", path.display()))?;
    Ok(())
}

// ── 지시문 ─────────────────────────────────────────────────────────────

/// 카드를 그릴 때 알아야 할 쪽의 사정.
struct Page<'a> {
    root: &'a Path,
    folder: &'a Path,
    number: Option<&'a str>,
    cards: usize,
}

impl Page<'_> {
    fn directives(&mut self, text: &str) -> Result<String> {
        let mut out = String::with_capacity(text.len() * 2);
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            match directive(line) {
                Some(("experiment", name)) => {
                    let card = card::experiment(name, &self.context())
                        .unwrap_or_else(|error| missing(name, &error));
                    let why = take_why(&mut lines, name)?;
                    let head = one_line(&card.head);
                    let tail = one_line(&card.tail);
                    out += &format!("\n{head}\n\n{why}\n\n{tail}\n\n");
                }
                Some(("exercise", name)) => {
                    let html = card::exercise(name, &self.context())
                        .unwrap_or_else(|error| missing(name, &error).head);
                    out += &format!("\n{}\n\n", one_line(&html));
                }
                _ if line.starts_with("<!-- why ") => {
                    bail!("`{line}` 바로 앞에 실험이 없음")
                }
                _ => {
                    out += line;
                    out.push('\n');
                }
            }
        }
        Ok(out)
    }

    fn context(&mut self) -> card::Context<'_> {
        self.cards += 1;
        let label = match self.number {
            Some(number) => format!("실험 {number}-{}", self.cards),
            None => format!("실험 {}", self.cards),
        };
        let depth = self.folder.components().count();
        card::Context {
            root: self.root,
            folder: self.folder,
            to_root: "../".repeat(depth),
            label,
        }
    }
}

/// `{{#experiment dict_probe}}`만 있는 줄.
pub fn directive(line: &str) -> Option<(&str, &str)> {
    let inner = line.trim().strip_prefix("{{#")?.strip_suffix("}}")?;
    let (kind, name) = inner.split_once(' ')?;
    matches!(kind, "experiment" | "exercise").then_some((kind, name.trim()))
}

/// 실험보다 글이 먼저 쓰이기도 하므로 책은 만들고, 린트가 오류로 잡음.
fn missing(name: &str, error: &anyhow::Error) -> card::Card {
    let why = highlight::escape(&format!("{name}: {error:#}"));
    card::Card {
        head: format!("<p class=\"missing\">{why}</p>"),
        tail: String::new(),
    }
}

/// 실험 바로 뒤의 `<!-- why 이름 -->` … `<!-- /why -->`. 없으면 빈 글.
fn take_why(lines: &mut std::str::Lines, name: &str) -> Result<String> {
    let mut ahead = lines
        .clone()
        .enumerate()
        .skip_while(|(_, line)| line.trim().is_empty());
    let open = format!("<!-- why {name} -->");
    if ahead.next().map(|(_, line)| line.trim()) != Some(open.as_str()) {
        return Ok(String::new());
    }
    let mut why = String::new();
    for (read, line) in ahead {
        if line.trim() == "<!-- /why -->" {
            lines.nth(read);
            return Ok(why);
        }
        why += line;
        why.push('\n');
    }
    bail!("`{open}`을 닫는 `<!-- /why -->`가 없음")
}

/// 빈 줄은 CommonMark의 HTML 블록을 끝내므로 한 줄로 만듦.
fn one_line(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut in_tag = false;
    let mut quote = None;
    for (at, c) in html.char_indices() {
        match (c, quote) {
            ('\n', _) if in_tag => out.push(' '),
            ('\n', _) => out.push_str("&#10;"),
            (_, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) if in_tag => quote = Some(c),
            ('<', None) if !html[at + 1..].starts_with(' ') => in_tag = true,
            ('>', None) => in_tag = false,
            _ => {}
        }
        if c != '\n' {
            out.push(c);
        }
    }
    out
}

// ── 원문 고치기 ────────────────────────────────────────────────────────

/// 지시문을 뺀 나머지를 모두 고친 글.
pub fn prose(
    text: &str,
    path: &Path,
    pages: &BTreeSet<PathBuf>,
    glossary: &Glossary,
    figures: &Asked,
) -> String {
    let mut edits = edits(text, path, pages);
    let folder = path.parent().unwrap_or(Path::new(""));
    let links = glossary.links(text, path).into_iter();
    let links = links.chain(figures::links(text, folder, figures));
    edits.extend(links.map(|(range, new)| Edit::new(range, new)));
    apply(text, edits)
}

struct Edit {
    range: Range<usize>,
    text: String,
}

impl Edit {
    fn new(range: Range<usize>, text: impl Into<String>) -> Self {
        Self { range, text: text.into() }
    }
}

fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut out = String::with_capacity(text.len() * 2);
    let mut from = 0;
    for Edit { range, text: new } in edits {
        out += &text[from..range.start];
        out += &new;
        from = range.end;
    }
    out + &text[from..]
}

/// mdBook이 보는 것과 똑같이 읽음.
pub fn parse(text: &str) -> OffsetIter<'_> {
    let mut options = MarkdownOptions::default();
    options.smart_punctuation = false;
    new_cmark_parser(text, &options).into_offset_iter()
}

fn edits(text: &str, path: &Path, pages: &BTreeSet<PathBuf>) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut emphasis = Emphasis::default();
    let mut events = parse(text);
    while let Some((event, range)) = events.next() {
        emphasis.see(text, &event, &range);
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let code = code_text(&mut events);
                emphasis.leave();
                let end = range.start + text[range.clone()].trim_end().len();
                let html = listing(&info, &code);
                edits.push(Edit::new(range.start..end, html));
            }
            Event::Start(Tag::Link {
                link_type: LinkType::Inline,
                dest_url,
                ..
            }) => edits.extend(link(text, range, &dest_url, path, pages)),
            Event::Start(Tag::BlockQuote(Some(kind))) => {
                edits.extend(admonition(text, range, kind));
            }
            _ => {}
        }
    }
    edits.extend(emphasis.edits());
    edits
}

fn code_text<'a>(
    events: &mut impl Iterator<Item = (Event<'a>, Range<usize>)>,
) -> String {
    events
        .map_while(|(event, _)| match event {
            Event::End(TagEnd::CodeBlock) => None,
            Event::Text(text) => Some(text.into_string()),
            _ => Some(String::new()),
        })
        .collect()
}

/// 문서 검사용 숨은 줄과 단계 표시는 독자에게 보이지 않음.
fn listing(info: &str, code: &str) -> String {
    let lang = info.split([',', ' ']).next().unwrap_or_default();
    let shown: Vec<String> = code
        .lines()
        .filter(|line| {
            let line = line.trim_start();
            lang != "rust" || !(line == "#" || line.starts_with("# "))
        })
        .map(|line| match line.split_once("// step: ") {
            Some((code, _)) => code.trim_end().to_owned(),
            None => line.to_owned(),
        })
        .collect();
    highlight::block(lang, &shown.join("\n"))
}

/// `x/README.md#a` → `x/index.md#a`. 아직 없는 장을 가리키면 글자만 남김.
fn link(
    text: &str,
    range: Range<usize>,
    dest: &str,
    from: &Path,
    pages: &BTreeSet<PathBuf>,
) -> Vec<Edit> {
    let (file, anchor) = match dest.split_once('#') {
        Some((file, anchor)) => (file, format!("#{anchor}")),
        None => (dest, String::new()),
    };
    let Some(folder) = file.strip_suffix("README.md") else {
        return Vec::new();
    };
    if folder.contains("://") {
        return Vec::new();
    }
    let source = &text[range.clone()];
    let Some(close) = source.rfind(&format!("]({dest}")) else {
        return Vec::new();
    };
    let close = range.start + close;
    let here = from.parent().unwrap_or(Path::new(""));
    if pages.contains(&normal(&here.join(folder).join("index.md"))) {
        let at = close + 2;
        let new = format!("{folder}index.md{anchor}");
        return vec![Edit::new(at..at + dest.len(), new)];
    }
    vec![
        Edit::new(range.start..range.start + 1, ""),
        Edit::new(close..range.end, ""),
    ]
}

/// `a/../b` → `b`.
pub fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}

/// `> [!NOTE]`의 제목을 한국어로 씀. 모양은 `base.css`가 입힘.
fn admonition(
    text: &str,
    range: Range<usize>,
    kind: BlockQuoteKind,
) -> Option<Edit> {
    let (class, title) = match kind {
        BlockQuoteKind::Note => ("note", "참고"),
        BlockQuoteKind::Tip => ("tip", "요령"),
        BlockQuoteKind::Important => ("important", "중요"),
        BlockQuoteKind::Warning => ("warning", "주의"),
        BlockQuoteKind::Caution => ("caution", "위험"),
    };
    let open = range.start + text[range.clone()].find("[!")?;
    let close = open + text[open..].find(']')? + 1;
    let line = text[..open].rfind('\n').map_or(0, |at| at + 1);
    // 목록의 글머리표는 다음 줄에서 빈칸이어야 같은 항목에 남음
    let prefix: String = text[line..open]
        .chars()
        .map(|c| if c == '>' { c } else { ' ' })
        .collect();
    let prefix = prefix.trim_end();
    Some(Edit::new(
        open..close,
        format!("<p class=\"note-title note-{class}\">{title}</p>\n{prefix}"),
    ))
}

// ── 강조 ───────────────────────────────────────────────────────────────

/// CommonMark는 `**해시(hash)**를`의 둘째 `**`를 닫는 표로 보지 않음:
/// 앞이 문장 부호이고 뒤가 글자이기 때문임. 파서가 글자로 남긴 표를 짝지음.
#[derive(Default)]
struct Emphasis {
    /// 지금 열려 있는 요소들. 짝은 같은 요소의 글에서만 찾음.
    open: Vec<usize>,
    seen: usize,
    marks: Vec<Mark>,
}

struct Mark {
    parent: usize,
    range: Range<usize>,
    before: Option<char>,
    after: Option<char>,
}

impl Emphasis {
    fn see(&mut self, text: &str, event: &Event, range: &Range<usize>) {
        match event {
            Event::Start(_) => {
                self.seen += 1;
                self.open.push(self.seen);
            }
            Event::End(_) => self.leave(),
            Event::Text(_) => self.scan(text, range),
            _ => {}
        }
    }

    fn leave(&mut self) {
        self.open.pop();
    }

    fn scan(&mut self, text: &str, range: &Range<usize>) {
        let mut at = range.start;
        while let Some(found) = text[at..range.end].find('*') {
            let start = at + found;
            let run = text[start..range.end]
                .bytes()
                .take_while(|&b| b == b'*')
                .count();
            at = start + run;
            let before = text[..start].chars().next_back();
            if before == Some('\\') {
                continue;
            }
            let parent = self.open.last().copied().unwrap_or(0);
            let after = text[at..].chars().next();
            match self.marks.last_mut() {
                // 파서는 `**`를 별표 하나씩 나누어 줌
                Some(last) if last.range.end == start => {
                    last.range.end = at;
                    last.after = after;
                }
                _ => self.marks.push(Mark {
                    parent,
                    range: start..at,
                    before,
                    after,
                }),
            }
        }
    }

    fn edits(self) -> Vec<Edit> {
        let mut edits = Vec::new();
        let mut waiting: Vec<&Mark> = Vec::new();
        for mark in &self.marks {
            let partner = waiting.iter().rposition(|open| {
                open.parent == mark.parent
                    && open.range.len() == mark.range.len()
            });
            match partner {
                Some(at) if mark.closes() => {
                    let open = waiting[at];
                    waiting.truncate(at);
                    let tag = match mark.range.len() {
                        1 => "em",
                        _ => "strong",
                    };
                    edits.push(Edit::new(
                        open.range.clone(),
                        format!("<{tag}>"),
                    ));
                    edits.push(Edit::new(
                        mark.range.clone(),
                        format!("</{tag}>"),
                    ));
                }
                _ if mark.opens() => waiting.push(mark),
                _ => {}
            }
        }
        edits
    }
}

impl Mark {
    fn opens(&self) -> bool {
        let tight = self.after.is_some_and(|c| !c.is_whitespace());
        // 별표 하나는 곱셈일 수 있어 더 까다롭게 봄
        let alone = self.before.is_none_or(|c| !c.is_alphanumeric());
        tight && (self.range.len() > 1 || alone)
    }

    fn closes(&self) -> bool {
        let tight = self.before.is_some_and(|c| !c.is_whitespace());
        let stuck = self.before.is_some_and(|c| !c.is_alphanumeric())
            && self.after.is_some_and(char::is_alphanumeric);
        tight && (self.range.len() > 1 || stuck)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> String {
        let pages = ["dicts/index.md", "intro/index.md"];
        let pages = pages.iter().map(PathBuf::from).collect();
        apply(text, edits(text, Path::new("dicts/index.md"), &pages))
    }

    #[test]
    fn emphasis_beside_hangul() {
        let cases = [
            ("**해시(hash)**를 씀", "<strong>해시(hash)</strong>를 씀"),
            (
                "**\"인용\"**은 *(가)*도",
                "<strong>\"인용\"</strong>은 <em>(가)</em>도",
            ),
            (
                "**A(a)**와 **B(b)**의 **C**",
                "<strong>A(a)</strong>와 <strong>B(b)</strong>의 **C**",
            ),
            (
                "- **가(a)**: 나\n- 다 **라(b)**를",
                "- **가(a)**: 나\n- 다 <strong>라(b)</strong>를",
            ),
            ("`**x(y)**를` 그대로", "`**x(y)**를` 그대로"),
            ("i*5 + perturb*2 임", "i*5 + perturb*2 임"),
            ("\\*별\\*", "\\*별\\*"),
            ("2 * 3 * 4", "2 * 3 * 4"),
        ];
        for (source, expected) in cases {
            assert_eq!(page(source), expected);
        }
    }

    #[test]
    fn links() {
        let cases = [
            ("[가](../intro/README.md#a)", "[가](../intro/index.md#a)"),
            ("[`가`](README.md)", "[`가`](index.md)"),
            ("아직 [없는 장](../lists/README.md#x)임", "아직 없는 장임"),
            ("[밖](https://x.y/README.md)", "[밖](https://x.y/README.md)"),
        ];
        for (source, expected) in cases {
            assert_eq!(page(source), expected);
        }
    }

    #[test]
    fn listings_hide_test_lines_and_steps() {
        let html = page(
            "- 글\n\n  ```rust,ignore\n  # use a;\n\n  \
             f(); // step: go\n  ```\n- 끝\n",
        );
        assert!(html.contains("<pre class=\"code\" data-lang=\"rust\">"));
        assert!(!html.contains("use a") && !html.contains("step:"), "{html}");
        assert!(html.ends_with("</pre>\n- 끝\n"), "{html}");
    }

    #[test]
    fn admonition_in_a_list() {
        assert_eq!(
            page("- > [!TIP]\n  > 글\n"),
            "- > <p class=\"note-title note-tip\">요령</p>\n  >\n  > 글\n"
        );
    }

    #[test]
    fn html_becomes_one_line() {
        assert_eq!(
            one_line("<p\nid=\"a\n>b\">1 < 2\n\n</p>"),
            "<p id=\"a >b\">1 < 2&#10;&#10;</p>"
        );
    }

    #[test]
    fn why_follows_its_experiment() {
        let text = "\n<!-- why a -->\n까닭\n\n둘째\n<!-- /why -->\n다음\n";
        let mut lines = text.lines();
        assert_eq!(take_why(&mut lines, "a").unwrap(), "까닭\n\n둘째\n");
        assert_eq!(lines.next(), Some("다음"));
        let mut lines = "글\n".lines();
        assert_eq!(take_why(&mut lines, "a").unwrap(), "");
        assert_eq!(lines.next(), Some("글"));
        assert!(take_why(&mut "<!-- why a -->\n".lines(), "a").is_err());
    }
}
