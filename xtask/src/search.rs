//! 찾기의 재료: 쪽 → 절 → 글. 색인은 페이지가 처음 찾을 때 만듦.

use std::collections::HashSet;
use std::path::Path;

use anyhow::Result;
use mdbook_markdown::pulldown_cmark::{Event, Tag, TagEnd};
use mdbook_preprocessor::book::{Book, Chapter};
use serde::Serialize;

use crate::preprocess;

/// 열쇠 이름이 짧은 까닭: 이 파일은 처음 찾을 때 내려받음.
#[derive(Serialize)]
struct Document {
    /// 책 뿌리에서 본 주소.
    u: String,
    /// 장의 제목.
    t: String,
    /// 절: (앵커, 제목, 글).
    s: Vec<Section>,
}

#[derive(Default, Serialize)]
struct Section(String, String, String);

/// `_assets/search.json`을 씀.
pub fn write(assets: &Path, book: &Book) -> Result<()> {
    let documents: Vec<_> = book.chapters().filter_map(document).collect();
    let json = serde_json::to_vec(&documents)?;
    preprocess::write_if_changed(&assets.join("search.json"), &json)
}

fn document(chapter: &Chapter) -> Option<Document> {
    let path = chapter.path.as_ref()?.with_extension("html");
    let title = match &chapter.number {
        Some(number) => format!("{number} {}", chapter.name),
        None => chapter.name.clone(),
    };
    Some(Document {
        u: path.to_string_lossy().replace('\\', "/"),
        t: title,
        s: sections(&chapter.content),
    })
}

fn sections(text: &str) -> Vec<Section> {
    let mut sections = vec![Section::default()];
    let mut ids = HashSet::new();
    // 카드가 끝나면 카드를 품은 절로 돌아감
    let (mut here, mut outer) = (0, 0);
    let mut heading: Option<(Option<String>, String)> = None;
    let mut html = String::new();
    for (event, _) in preprocess::parse(text) {
        match event {
            Event::Start(Tag::Heading { id, .. }) => {
                heading = Some((id.map(|id| id.to_string()), String::new()));
            }
            Event::Start(Tag::DefinitionListTitle) => {
                heading = Some((None, String::new()));
            }
            Event::End(TagEnd::Heading(_) | TagEnd::DefinitionListTitle) => {
                let (id, title) = heading.take().unwrap_or_default();
                let id = id.unwrap_or_else(|| unique(slug(&title), &mut ids));
                sections.push(Section(id, title, String::new()));
                here = sections.len() - 1;
                outer = here;
            }
            Event::Text(text) | Event::Code(text) => match &mut heading {
                Some((_, title)) => title.push_str(&text),
                None => sections[here].2.push_str(&text),
            },
            Event::Html(line) => html.push_str(&line),
            Event::End(TagEnd::HtmlBlock) => {
                let block = std::mem::take(&mut html);
                if let Some((id, title)) = card(&block) {
                    sections.push(Section(id, title, String::new()));
                    here = sections.len() - 1;
                }
                sections[here].2.push_str(&text_of(&block));
                if block.contains("</section>") {
                    here = outer;
                }
            }
            // 굵은 글 뒤의 조사는 떨어지지 않음
            Event::End(TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link) => {}
            Event::SoftBreak | Event::HardBreak | Event::End(_) => {
                sections[here].2.push(' ');
            }
            _ => {}
        }
    }
    for section in &mut sections {
        let words: Vec<_> = section.2.split_whitespace().collect();
        section.2 = words.join(" ");
    }
    sections.retain(|s| !(s.1.is_empty() && s.2.is_empty()));
    sections
}

/// mdBook이 제목에 붙이는 앵커와 같아야 함. 린트가 죽은 앵커로 알아챔.
fn slug(title: &str) -> String {
    title
        .trim()
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c),
            c if c.is_whitespace() => Some('-'),
            _ => None,
        })
        .collect()
}

fn unique(id: String, used: &mut HashSet<String>) -> String {
    let free = std::iter::once(id.clone())
        .chain((1..).map(|n| format!("{id}-{n}")))
        .find(|candidate| !used.contains(candidate))
        .unwrap_or(id);
    used.insert(free.clone());
    free
}

/// 카드의 첫 조각이면 (이름, 질문).
fn card(html: &str) -> Option<(String, String)> {
    let tag = &html[html.find("<section")?..];
    let tag = &tag[..tag.find('>')?];
    let id = tag.split_once(" id=\"")?.1.split('"').next()?;
    let title = html.split_once("lab-question")?.1.split_once('>')?.1;
    let title = title.split("</p>").next()?;
    Some((id.to_owned(), text_of(title).trim().to_owned()))
}

/// 보이는 글만. 코드와 단추의 글은 찾기에 방해가 됨.
pub fn text_of(html: &str) -> String {
    const SKIP: &[&str] = &[
        "pre", "script", "style", "svg", "button", "select", "template",
        "aside",
    ];
    let mut out = String::new();
    let mut rest = html;
    while let Some((text, tail)) = rest.split_once('<') {
        out.push_str(text);
        let (tag, tail) = tail.split_once('>').unwrap_or((tail, ""));
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        rest = tail;
        if SKIP.contains(&name) {
            let close = format!("</{name}>");
            rest = rest.split_once(close.as_str()).map_or("", |(_, t)| t);
        }
        out.push(' ');
    }
    out.push_str(rest);
    out.replace("&#10;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_cards() {
        let text = "머리\n\n## 첫 `dict` 절\n\n글\n\n\
                    <section id=\"a_b\"><p class=\"lab-question\">왜?</p>\n\n\
                    까닭\n\n<pre>코드</pre></section>\n\n뒤\n\n\
                    ## 첫 dict 절\n\n끝\n";
        let found: Vec<_> = sections(text)
            .into_iter()
            .map(|Section(id, title, text)| (id, title, text))
            .collect();
        let row = |a: &str, b: &str, c: &str| {
            (a.to_owned(), b.to_owned(), c.to_owned())
        };
        assert_eq!(
            found,
            [
                row("", "", "머리"),
                row("첫-dict-절", "첫 dict 절", "글 뒤"),
                row("a_b", "왜?", "왜? 까닭"),
                row("첫-dict-절-1", "첫 dict 절", "끝"),
            ]
        );
    }
}
