//! 빌드할 때 코드에 색을 입힘: 페이지는 색 입히는 스크립트를 받지 않음.

use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxSet};

static SYNTAXES: LazyLock<SyntaxSet> =
    LazyLock::new(SyntaxSet::load_defaults_newlines);

/// 범위의 앞부분 → `base.css`의 색 이름. 먼저 맞는 줄이 이김.
const PALETTE: &[(&str, &str)] = &[
    ("comment", "c"),
    ("string", "s"),
    ("constant", "n"),
    ("entity.name.function", "f"),
    ("support.function", "f"),
    ("support.macro", "f"),
    ("variable.function", "f"),
    ("entity.name", "t"),
    ("support.type", "t"),
    ("keyword.operator", ""),
    ("keyword", "k"),
    ("storage", "k"),
    ("punctuation.section", ""),
    ("meta.interpolation", ""),
];

static CLASSES: LazyLock<Vec<(Scope, &str)>> = LazyLock::new(|| {
    let scope = |name| Scope::new(name).expect("색표의 범위 이름");
    PALETTE.iter().map(|&(name, class)| (scope(name), class)).collect()
});

/// 코드를 색이 든 HTML로 바꿈. 모르는 언어는 글자만 옮김.
///
/// 줄바꿈은 그대로 둠: `<pre>` 안에 넣는 쪽이 정함.
pub fn html(lang: &str, code: &str) -> String {
    let Some(syntax) = SYNTAXES.find_syntax_by_token(lang) else {
        return escape(code);
    };
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut out = Spans::default();
    for line in code.split_inclusive('\n') {
        let Ok(ops) = state.parse_line(line, &SYNTAXES) else {
            return escape(code);
        };
        let mut from = 0;
        for (to, op) in ops {
            out.push(&line[from..to], class(&stack));
            from = to;
            if stack.apply(&op).is_err() {
                return escape(code);
            }
        }
        out.push(&line[from..], class(&stack));
    }
    out.finish()
}

/// 마크다운의 목록이나 인용 안에도 들어가도록 한 줄로 쓴 코드 블록.
pub fn block(lang: &str, code: &str) -> String {
    let code = html(lang, code.trim_end()).replace('\n', "&#10;");
    format!(
        r#"<pre class="code" data-lang="{}"><code>{code}</code></pre>"#,
        escape(lang)
    )
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn class(stack: &ScopeStack) -> &'static str {
    // `let`, `struct`와 `u64`, `str`이 모두 storage.type임
    stack
        .as_slice()
        .iter()
        .rev()
        .find_map(|&scope| {
            CLASSES
                .iter()
                .find(|(prefix, _)| prefix.is_prefix_of(scope))
                .map(|(_, class)| *class)
        })
        .unwrap_or("")
}

/// 이웃한 같은 색을 한 조각으로 모음.
#[derive(Default)]
struct Spans {
    html: String,
    pending: String,
    class: &'static str,
}

impl Spans {
    fn push(&mut self, text: &str, class: &'static str) {
        // 빈칸은 색이 보이지 않으므로 앞 조각에 붙임
        if class != self.class && !text.trim().is_empty() {
            self.flush();
            self.class = class;
        }
        self.pending.push_str(text);
    }

    fn flush(&mut self) {
        let text = escape(&std::mem::take(&mut self.pending));
        let solid = text.trim_end();
        let (solid, space) = text.split_at(solid.len());
        match (self.class, solid) {
            ("", _) | (_, "") => self.html.push_str(solid),
            (class, _) => {
                self.html +=
                    &format!("<span class=\"{class}\">{solid}</span>");
            }
        }
        self.html.push_str(space);
    }

    fn finish(mut self) -> String {
        self.flush();
        self.html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_rust_and_python() {
        let rust = html("rust", "let mut i: u64 = 1; // 씨앗\n");
        assert!(rust.contains("<span class=\"k\">let mut</span>"), "{rust}");
        assert!(rust.contains("<span class=\"c\">// 씨앗</span>"), "{rust}");
        let python = html("python", "def f(x):\n    return \"<\"\n");
        assert!(python.contains("<span class=\"k\">def</span>"), "{python}");
        assert!(python.contains("<span class=\"f\">f</span>"), "{python}");
        assert!(python.contains("&lt;"), "{python}");
    }

    #[test]
    fn block_is_one_line() {
        let html = block("모르는-언어", "a\n\nb < c\n");
        assert!(!html.contains('\n'));
        assert!(html.contains("a&#10;&#10;b &lt; c</code>"), "{html}");
    }
}
