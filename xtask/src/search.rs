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
            // 목록은 앞의 글이 끝나기 전에 열리기도 함
            Event::SoftBreak
            | Event::HardBreak
            | Event::End(_)
            | Event::Start(Tag::List(_) | Tag::Item) => {
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

/// 찾기에 방해가 되는 것: 코드와 버튼의 글, 잰 값, 카드마다 같은 글.
fn skipped(tag: &str) -> bool {
    const TAGS: &[&str] = &[
        "pre", "script", "style", "svg", "button", "select", "template",
        "aside", "summary", "thead", "td",
    ];
    const CLASSES: &[&str] = &[
        "lab-step",
        "lab-bar",
        "lab-hint",
        "lab-badge",
        "lab-num",
        "lab-code-title",
        "lab-foot",
    ];
    // 기계어의 것은 있는 카드에만 있음
    const PANELS: &[&str] = &["compare", "code", "python", "native"];
    let value = |name| attribute(tag, name).unwrap_or_default();
    TAGS.contains(&name(tag))
        || value("class").split(' ').any(|class| CLASSES.contains(&class))
        || PANELS.contains(&value("data-panel"))
}

fn name(tag: &str) -> &str {
    tag.split([' ', '/']).next().unwrap_or_default()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// `name`이 열린 뒤의 글에서, 그것이 닫힌 다음.
fn after<'a>(name: &str, html: &'a str) -> &'a str {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let (mut rest, mut depth) = (html, 1);
    while depth > 0 {
        let Some((inside, tail)) = rest.split_once(&close) else {
            return "";
        };
        let opened = inside.match_indices(&open).filter(|(at, _)| {
            inside[at + open.len()..].starts_with([' ', '>'])
        });
        depth += opened.count();
        depth -= 1;
        rest = tail;
    }
    rest
}

/// 카드의 글 한 조각에서 그 카드만의 글.
fn own(text: &str) -> &str {
    const SAME: &[&str] = &[
        "건너뛰기",
        "파이썬에서 잰 시간",
        "파이썬에서 잰 크기",
        "서로 다른 실행 환경의 시간이므로",
    ];
    // '…의 시간, 시계 눈금 40.0 ns'
    const CLOCK: &str = "시계 눈금 ";
    if SAME.iter().any(|same| text.starts_with(same)) {
        return "";
    }
    match text.split_once(CLOCK) {
        Some((title, step)) if step.starts_with(|c: char| c.is_numeric()) => {
            title
        }
        _ => text,
    }
}

/// HTML에서 찾을 글만.
fn text_of(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((text, tail)) = rest.split_once('<') {
        out.push_str(own(text));
        let (tag, tail) = tail.split_once('>').unwrap_or((tail, ""));
        rest = if skipped(tag) { after(name(tag), tail) } else { tail };
        out.push(' ');
    }
    out.push_str(own(rest));
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

    #[test]
    fn lists_keep_their_items_apart() {
        let text = "이러함.\n- 하나\n  - 둘\n- 셋\n\n1. 넷\n";
        let found = sections(text);
        assert_eq!(found[0].2, "이러함. 하나 둘 셋 넷");
    }

    /// 카드마다 같은 글과 잰 값은 어느 카드도 찾아 주지 못함.
    #[test]
    fn only_what_a_card_alone_says_is_searched() {
        let bar = "<div class=\"lab-part lab-bar\"><div><p>고르면</p></div>\
                   <p class=\"lab-hint\">메모리 64 MiB까지</p></div>";
        let table = "<details><summary>기록된 결과</summary>\
                     <figcaption><b>찾기: 한 번의 시간, 시계 눈금 40 ns</b>\
                     </figcaption><table><thead><tr><th>방법</th></tr></thead>\
                     <tr><th scope=\"row\">사전</th><td>1.92배</td></tr>\
                     </table></details>";
        let panels = "<div class=\"lab-panel\" data-panel=\"native\">\
                      <p>저장소</p></div>\
                      <div class=\"lab-panel\" data-panel=\"machine\">\
                      <p>기계어</p></div>";
        let html = format!("<p>왜?</p>{bar}{table}{panels}<p>까닭</p>");
        let words: Vec<String> =
            text_of(&html).split_whitespace().map(str::to_owned).collect();
        assert_eq!(
            words.join(" "),
            "왜? 찾기: 한 번의 시간, 사전 기계어 까닭"
        );
    }

    #[test]
    fn an_element_ends_where_its_own_tag_does() {
        assert_eq!(after("p", "하나</p>둘"), "둘");
        assert_eq!(after("p", "<pre></pre><p>하나</p></p>둘"), "둘");
        assert_eq!(after("p", "닫히지 않음"), "");
    }
}
