//! 연습: 자료 파일 하나가 글이자 놀이판이 됨. 종류마다 모듈이 하나임.

mod checklist;
mod decision;

use std::fs;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::Value;

use super::{Context, script};
use crate::highlight::escape;

/// `src/<장>/<이름>.json`의 종류.
#[derive(Deserialize)]
struct Head {
    kind: Kind,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// 할 수 있는지 답하면 읽을 차례가 나옴.
    Checklist,
    /// 자료를 사서 보고 고칠 것을 고름.
    Decision,
}

pub fn exercise(name: &str, page: &Context) -> Result<String> {
    let path = format!("src/{}/{name}.json", page.folder.display());
    let text = fs::read_to_string(page.root.join(&path))
        .with_context(|| format!("{path}을 읽지 못함"))?;
    let data: Value = serde_json::from_str(&text)
        .with_context(|| format!("{path}은 JSON이 아님"))?;
    let html = match Head::deserialize(&data)?.kind {
        Kind::Checklist => checklist::html(name, data, page),
        Kind::Decision => decision::html(name, data, page),
    };
    html.with_context(|| format!("{path}의 모양이 다름"))
}

/// 카드의 머리까지: 닫는 것은 부르는 쪽의 몫임. 같은 이름의 실험 카드와
/// 겹치지 않게 `id`를 따로 받음.
fn opening(
    id: &str,
    kind: &str,
    name: &str,
    title: &str,
    page: &Context,
) -> String {
    format!(
        "<section class=\"card lab-exercise\" id=\"{id}\" \
         data-kind=\"{kind}\" aria-labelledby=\"{id}-title\">\
         <header class=\"lab-part lab-head\"><p class=\"lab-eyebrow\">\
         <span>{}</span> <code>{name}</code></p>\
         <p class=\"lab-question\" role=\"heading\" aria-level=\"3\" \
         id=\"{id}-title\">{}</p>",
        escape(&page.label.replace("실험", "연습")),
        inline(title),
    )
}

/// 글 속의 `코드`만 살림.
fn inline(text: &str) -> String {
    let mut out = String::new();
    for (i, part) in text.split('`').enumerate() {
        let part = escape(part);
        out += &match i % 2 {
            0 => part,
            _ => format!("<code>{part}</code>"),
        };
    }
    out
}
