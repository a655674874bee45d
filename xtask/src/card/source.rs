//! 카드에 싣는 원본의 핵심: `// ANCHOR: kernel`과 그 끝 사이.

use std::fs;

use anyhow::{Context as _, Result};
use rust_lab::lab::{Entry, Python};

use super::Context;
use crate::highlight;

/// Rust의 핵심과 Python의 핵심.
pub fn html(entry: &Entry, page: &Context) -> Result<String> {
    let read = |extension: &str| -> Result<Option<String>> {
        let path = format!("src/{}/{}.{extension}", entry.chapter, entry.name);
        let text = fs::read_to_string(page.root.join(&path))
            .with_context(|| format!("{path}을 읽지 못함"))?;
        Ok(kernel(&text))
    };
    let mut out = String::new();
    if let Some(code) = read("rs")? {
        out += &format!(
            "<p class=\"lab-code-title\">Rust</p><pre class=\"code\" \
             data-lang=\"rust\" tabindex=\"0\"><code>{}</code></pre>",
            stepped(&code)
        );
    }
    if !matches!(entry.experiment.python, Python::None(_))
        && let Some(code) = read("py")?
    {
        out += "<p class=\"lab-code-title\">Python</p>";
        out += &highlight::block("python", &code);
    }
    Ok(out)
}

/// 표시 사이의 줄을 왼쪽으로 당긴 것.
fn kernel(text: &str) -> Option<String> {
    let marker = |line: &str, word: &str| {
        let line = line.trim_start_matches([' ', '/', '#']);
        line.strip_prefix(word).is_some_and(|name| name.trim() == "kernel")
    };
    let lines: Vec<&str> = text
        .lines()
        .skip_while(|line| !marker(line, "ANCHOR:"))
        .skip(1)
        .take_while(|line| !marker(line, "ANCHOR_END:"))
        .collect();
    let indent = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()?;
    let cut = |line: &&str| line.get(indent..).unwrap_or("").to_owned();
    Some(lines.iter().map(cut).collect::<Vec<_>>().join("\n"))
}

/// 줄마다 `<span>`으로 싸고, 단계의 이름을 옮겨 적고, 표시는 지움.
fn stepped(code: &str) -> String {
    code.lines()
        .map(|line| {
            let (line, step) = match line.rsplit_once("// step:") {
                Some((code, step)) => (
                    code.trim_end(),
                    format!(
                        " data-step=\"{}\"",
                        highlight::escape(step.trim())
                    ),
                ),
                None => (line, String::new()),
            };
            let html = highlight::html("rust", &format!("{line}\n"));
            format!("<span class=\"lab-line\"{step}>{html}</span>")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernel_lies_between_the_marks() {
        let text = "a\n    // ANCHOR: kernel\n    b\n\n      c\n    \
                    // ANCHOR_END: kernel\nd\n";
        assert_eq!(kernel(text).as_deref(), Some("b\n\n  c"));
        assert_eq!(kernel("a\n"), None);
        let python = "# ANCHOR: kernel\nx = 1\n# ANCHOR_END: kernel\n";
        assert_eq!(kernel(python).as_deref(), Some("x = 1"));
    }

    #[test]
    fn steps_move_into_attributes() {
        let html = stepped("f(); // step: go\ng();");
        assert!(html.contains("data-step=\"go\""), "{html}");
        assert!(!html.contains("step:"), "{html}");
    }
}
