//! 만들어진 쪽을 읽는 가장 작은 도구. mdBook이 고르게 쓴 HTML만 읽음.

/// 쪽의 조각.
pub enum Piece<'a> {
    Open(Tag<'a>),
    Close(&'a str),
    /// 태그 사이의 글. 실체 참조(`&amp;`)는 풀지 않음.
    Text(&'a str),
}

pub struct Tag<'a> {
    pub name: &'a str,
    attrs: Vec<(&'a str, &'a str)>,
}

impl<'a> Tag<'a> {
    pub fn attr(&self, name: &str) -> Option<&'a str> {
        let found = self.attrs.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| *value)
    }
}

/// 스크립트와 모양 정의의 속은 글이 아니므로 건너뜀.
pub fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tail) = rest.split_at(at);
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        if let Some(comment) = tail.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let (inner, after) = split_tag(&tail[1..]);
        rest = after;
        if let Some(name) = inner.strip_prefix('/') {
            pieces.push(Piece::Close(name.trim()));
            continue;
        }
        let tag = tag(inner);
        if matches!(tag.name, "script" | "style") {
            let close = format!("</{}>", tag.name);
            let (body, after) =
                rest.split_once(close.as_str()).unwrap_or((rest, ""));
            rest = after;
            // 비어 있지 않은 스크립트는 정책이 막음: 세려고 남김
            if tag.name == "script" && !body.trim().is_empty() {
                pieces.push(Piece::Open(Tag {
                    name: "script",
                    attrs: [tag.attrs, vec![("inline", "")]].concat(),
                }));
                continue;
            }
        }
        pieces.push(Piece::Open(tag));
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// 따옴표 안의 `>`는 태그의 끝이 아님.
fn split_tag(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (c, quote) {
            (_, Some(open)) if c == open => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(c),
            ('>', None) => return (&text[..at], &text[at + 1..]),
            _ => {}
        }
    }
    (text, "")
}

fn tag(inner: &str) -> Tag<'_> {
    let inner = inner.trim().trim_end_matches('/');
    let (name, mut rest) =
        inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
    let mut attrs = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Tag { name, attrs };
        }
        let end = rest
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(rest.len());
        let key = &rest[..end];
        rest = rest[end..].trim_start();
        let Some(value) = rest.strip_prefix('=') else {
            attrs.push((key, ""));
            continue;
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                value[1..].split_once(quote).unwrap_or((&value[1..], ""))
            }
            _ => value.split_once(char::is_whitespace).unwrap_or((value, "")),
        };
        attrs.push((key, value));
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_mdbook_writes() {
        let html = "<a href=\"x>y\" title='z' data-k>글</a><!-- <b> -->\
                    <script>if (a < b) {}</script><br/>끝";
        let shown: Vec<String> = pieces(html)
            .iter()
            .map(|piece| match piece {
                Piece::Open(tag) => format!("<{} {:?}", tag.name, tag.attrs),
                Piece::Close(name) => format!("</{name}"),
                Piece::Text(text) => (*text).to_owned(),
            })
            .collect();
        assert_eq!(
            shown,
            [
                "<a [(\"href\", \"x>y\"), (\"title\", \"z\"), \
                 (\"data-k\", \"\")]",
                "글",
                "</a",
                "<script [(\"inline\", \"\")]",
                "<br []",
                "끝",
            ]
        );
    }
}
