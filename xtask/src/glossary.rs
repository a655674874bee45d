//! 용어집: 쪽마다 용어의 첫 쓰임을 용어집의 뜻에 이음.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use mdbook_markdown::pulldown_cmark::{Event, Tag, TagEnd};

use crate::preprocess::parse;

/// 용어집이 놓인 곳, `src`에서.
pub const PAGE: &str = "appendix/glossary.md";

/// 용어 하나.
#[derive(Debug, Default, PartialEq)]
struct Term {
    id: String,
    /// 같은 뜻의 표기들: `슬롯`, `칸`.
    forms: Vec<String>,
    english: Vec<String>,
    /// 일상어와 겹침: `한국어(English)`로 적었을 때만 용어로 봄.
    everyday: bool,
}

#[derive(Debug, Default)]
pub struct Glossary {
    terms: Vec<Term>,
    /// (표기, 용어의 번호). 긴 표기부터: `캐시 라인`이 `캐시`보다 먼저임.
    forms: Vec<(String, usize)>,
}

/// 글 안에서 용어가 쓰인 자리.
#[derive(Debug, PartialEq)]
struct Use {
    term: usize,
    range: Range<usize>,
}

/// 원문의 어느 범위를 무엇으로 바꿀지.
pub type Change = (Range<usize>, String);

impl Glossary {
    pub fn read(src: &Path) -> Result<Self> {
        let path = src.join(PAGE);
        let text = std::fs::read_to_string(&path)
            .with_context(|| path.display().to_string())?;
        let glossary = Self::new(&text);
        if glossary.terms.is_empty() {
            bail!("{}: 용어가 하나도 없음", path.display());
        }
        Ok(glossary)
    }

    /// `| <dfn id="해시">해시</dfn> | hash | 뜻 | 장 |`.
    pub fn new(text: &str) -> Self {
        let terms: Vec<Term> = text.lines().filter_map(term).collect();
        let mut forms: Vec<(String, usize)> = terms
            .iter()
            .enumerate()
            .flat_map(|(at, term)| {
                term.forms.iter().map(move |form| (form.clone(), at))
            })
            .collect();
        forms.sort_by_key(|(form, _)| std::cmp::Reverse(form.len()));
        Glossary { terms, forms }
    }

    /// 첫 쓰임을 잇는 데 고칠 것. `page`는 `src`에서의 자리.
    pub fn links(&self, text: &str, page: &Path) -> Vec<Change> {
        if page == Path::new(PAGE) {
            return Vec::new();
        }
        let depth = page.components().count().saturating_sub(1);
        let target = format!("{}{PAGE}", "../".repeat(depth));
        let mut changes = Vec::new();
        let mut opened = BTreeSet::new();
        self.first_uses(text, |each, range, marks| {
            let id = &self.terms[each].id;
            changes.push((range.start..range.start, "[".to_owned()));
            changes.push((range.end..range.end, format!("]({target}#{id})")));
            for mark in marks {
                // `**[해시](…)**를`은 강조로 읽히지 않으므로 태그로 바꿈
                if opened.insert(mark.range.start) {
                    changes.extend(mark.tags());
                }
            }
        });
        changes
    }

    /// 첫 쓰임이 이어지지 않은 용어와 그 자리.
    pub fn unlinked(&self, text: &str) -> Vec<(&str, usize)> {
        let mut found = Vec::new();
        self.first_uses(text, |each, range, _| {
            found.push((self.terms[each].forms[0].as_str(), range.start));
        });
        found
    }

    /// 이미 이은 용어는 건너뛰고, 처음 쓰인 용어마다 부름.
    fn first_uses(
        &self,
        text: &str,
        mut see: impl FnMut(usize, Range<usize>, &[Strong]),
    ) {
        let mut seen = BTreeSet::new();
        let mut strong: Vec<Strong> = Vec::new();
        // 제목, 코드, 링크, 그림의 글에는 링크를 넣지 않음
        let mut closed = 0;
        for (event, range) in parse(text) {
            match event {
                Event::Start(Tag::Link { dest_url, .. }) => {
                    closed += 1;
                    let id = dest_url.split_once("glossary.md#");
                    let id = id.map(|(_, id)| id);
                    let known =
                        self.terms.iter().position(|t| Some(&*t.id) == id);
                    seen.extend(known);
                }
                Event::Start(
                    Tag::Heading { .. }
                    | Tag::CodeBlock(_)
                    | Tag::Image { .. }
                    | Tag::HtmlBlock,
                ) => closed += 1,
                Event::End(
                    TagEnd::Link
                    | TagEnd::Heading(_)
                    | TagEnd::CodeBlock
                    | TagEnd::Image
                    | TagEnd::HtmlBlock,
                ) => closed -= 1,
                Event::Start(Tag::Strong) => {
                    strong.push(Strong::new(range, 2))
                }
                Event::Start(Tag::Emphasis) => {
                    strong.push(Strong::new(range, 1));
                }
                Event::End(TagEnd::Strong | TagEnd::Emphasis) => {
                    strong.pop();
                }
                Event::Text(_) if closed == 0 => {
                    for Use { term, range: at } in
                        self.uses(&text[range.clone()])
                    {
                        if seen.insert(term) {
                            let from = range.start;
                            let at = from + at.start..from + at.end;
                            see(term, at, &strong);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn uses(&self, text: &str) -> Vec<Use> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(letter) = text[at..].chars().next() {
            match self.at(text, at) {
                Some(each) => {
                    at = each.range.end;
                    found.push(each);
                }
                None => at += letter.len_utf8(),
            }
        }
        found
    }

    /// 여기서 시작하는 용어.
    fn at(&self, text: &str, at: usize) -> Option<Use> {
        // 낱말의 가운데가 아니어야 함: '인터뷰'의 '뷰'
        if text[..at].chars().next_back().is_some_and(char::is_alphanumeric) {
            return None;
        }
        let rest = &text[at..];
        self.forms.iter().find_map(|(form, term)| {
            let after = rest.strip_prefix(form.as_str())?;
            let next = after.chars().next();
            let ascii = |c: char| c.is_ascii_alphanumeric();
            if form.ends_with(ascii) && next.is_some_and(ascii) {
                return None;
            }
            let term_is = &self.terms[*term];
            let english = english_length(after, &term_is.english);
            if english.is_none() && (term_is.everyday || is_syllable(form)) {
                return None;
            }
            let end = at + form.len() + english.unwrap_or(0);
            Some(Use { term: *term, range: at..end })
        })
    }
}

/// 강조 하나: 표의 길이와 범위.
struct Strong {
    range: Range<usize>,
    marks: usize,
}

impl Strong {
    fn new(range: Range<usize>, marks: usize) -> Self {
        Strong { range, marks }
    }

    fn tags(&self) -> [Change; 2] {
        let Strong { range, marks } = self;
        let tag = if *marks == 2 { "strong" } else { "em" };
        [
            (range.start..range.start + marks, format!("<{tag}>")),
            (range.end - marks..range.end, format!("</{tag}>")),
        ]
    }
}

/// 한 글자는 다른 말의 조각이기 쉬움.
fn is_syllable(form: &str) -> bool {
    form.chars().count() == 1
}

/// `(hash)`처럼 영어가 바로 이어지면 닫는 괄호까지의 길이.
fn english_length(after: &str, english: &[String]) -> Option<usize> {
    let inside = after.strip_prefix('(')?;
    let end = inside.find(')')?;
    let named = english.iter().any(|name| {
        inside[..end]
            .strip_prefix(name.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(','))
    });
    named.then_some(end + 2)
}

fn term(line: &str) -> Option<Term> {
    let rest = line.strip_prefix("| <dfn id=\"")?;
    let (id, rest) = rest.split_once('"')?;
    let (attributes, rest) = rest.split_once('>')?;
    let (forms, rest) = rest.split_once("</dfn> | ")?;
    let (english, _) = rest.split_once(" |")?;
    let list =
        |text: &str| text.split(", ").map(str::to_owned).collect::<Vec<_>>();
    Some(Term {
        id: id.to_owned(),
        forms: list(forms),
        english: list(english),
        everyday: attributes.contains("data-everyday"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = "\
| <dfn id=\"캐시\">캐시</dfn> | cache | 뜻 | 1장 |
| <dfn id=\"캐시-라인\">캐시 라인</dfn> | cache line | 뜻 | 1장 |
| <dfn id=\"벡터화\">벡터화, SIMD</dfn> | vectorization | 뜻 | 1장 |
| <dfn id=\"페이지\" data-everyday>페이지</dfn> | page | 뜻 | 1장 |
| <dfn id=\"뷰\">뷰</dfn> | view | 뜻 | 7장 |
";

    fn linked(text: &str) -> String {
        let glossary = Glossary::new(ROWS);
        let mut changes = glossary.links(text, Path::new("dicts/index.md"));
        changes.sort_by_key(|(range, _)| (range.start, range.end));
        let mut out = String::new();
        let mut from = 0;
        for (range, new) in changes {
            out += &text[from..range.start];
            out += &new;
            from = range.end;
        }
        out += &text[from..];
        assert_eq!(glossary.unlinked(&out), [], "{out}");
        out.replace("../appendix/glossary.md", "")
    }

    #[test]
    fn the_first_use_is_linked() {
        let cases = [
            ("캐시(cache)와 캐시", "[캐시(cache)](#캐시)와 캐시"),
            (
                "캐시 라인에서 캐시로",
                "[캐시 라인](#캐시-라인)에서 [캐시](#캐시)로",
            ),
            ("SIMDx와 SIMD를", "SIMDx와 [SIMD](#벡터화)를"),
            ("`캐시`와 캐시", "`캐시`와 [캐시](#캐시)"),
            ("# 캐시\n\n캐시임", "# 캐시\n\n[캐시](#캐시)임"),
            ("[캐시](x.md)와 캐시", "[캐시](x.md)와 [캐시](#캐시)"),
            ("고속캐시와 캐시", "고속캐시와 [캐시](#캐시)"),
            ("```text\n캐시\n```\n", "```text\n캐시\n```\n"),
        ];
        for (text, want) in cases {
            assert_eq!(linked(text), want);
        }
    }

    /// 일상어와 한 글자 말은 영어를 함께 적었을 때만 용어임.
    #[test]
    fn everyday_words_need_their_english() {
        let text = "이 페이지의 뷰와 페이지(page), 뷰(view)";
        let want = "이 페이지의 뷰와 [페이지(page)](#페이지), [뷰(view)](#뷰)";
        assert_eq!(linked(text), want);
        assert_eq!(linked("페이지(쪽)"), "페이지(쪽)");
    }

    #[test]
    fn the_author_may_link_first() {
        let text = "[캐시의](../appendix/glossary.md#캐시) 말과 캐시";
        assert_eq!(linked(text), "[캐시의](#캐시) 말과 캐시");
    }

    #[test]
    fn emphasis_around_a_link_stays() {
        let want = "<strong>[캐시](#캐시)</strong>를";
        assert_eq!(linked("**캐시**를"), want);
        assert_eq!(
            linked("**캐시와 SIMD**를"),
            "<strong>[캐시](#캐시)와 [SIMD](#벡터화)</strong>를"
        );
    }

    #[test]
    fn an_unlinked_use_is_found() {
        let glossary = Glossary::new(ROWS);
        assert_eq!(glossary.unlinked("글 캐시"), [("캐시", 4)]);
        assert!(glossary.links("캐시", Path::new(PAGE)).is_empty());
    }
}
