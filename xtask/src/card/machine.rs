//! 기계어: 같은 함수가 빌드마다 무엇이 되는가.

use anyhow::Result;
use rust_lab::lab::Entry;

use super::{Context, panel};
use crate::asm::{Function, Record, is_vector};
use crate::highlight::escape;
use crate::preprocess::ASM;

/// 기록이 없는 실험에는 아무것도 없음.
pub fn html(entry: &Entry, page: &Context) -> Result<String> {
    let Some(record) = Record::load(page.root, entry.name)? else {
        return Ok(String::new());
    };
    let native = |function: &Function| function.base.clone();
    let cpu = |function: &Function| function.cpu.clone();
    let wasm = |function: &Function| function.wasm.clone();
    let tuned = format!("target-cpu=native ({})", record.cpu);
    let builds = [
        listing("기본 빌드", &record, &native),
        listing(&tuned, &record, &cpu),
        listing("WASM", &record, &wasm),
    ];
    let about = format!(
        "<p class=\"lab-hint\">{} · {} · <code>cargo book record {}</code> · \
         <a href=\"{}{ASM}/{}.json\">원본 JSON</a>. \
         <mark class=\"lab-vector\">바탕이 칠해진 줄</mark>은 한 번에 여러 \
         값을 다루는 벡터 명령임.</p>",
        escape(&record.compiler),
        escape(&record.date),
        entry.name,
        page.to_root,
        entry.name
    );
    Ok(panel("machine", "기계어", &format!("{about}{}", builds.concat())))
}

fn listing(
    title: &str,
    record: &Record,
    lines: &dyn Fn(&Function) -> Vec<String>,
) -> String {
    let column = |function: &Function| {
        let lines = lines(function);
        let vectors = lines.iter().filter(|line| is_vector(line)).count();
        let body: String = lines.iter().map(|line| row(line)).collect();
        let label = escape(&function.label);
        format!(
            "<div><p class=\"lab-code-title\">{label} \
             <code>{}</code>: 명령 {}줄, 벡터 {vectors}줄</p>\
             <pre class=\"code lab-asm\" tabindex=\"0\" \
             aria-label=\"{label}의 기계어\"><code>{body}</code></pre></div>",
            escape(&function.name),
            lines.iter().filter(|line| is_instruction(line)).count(),
        )
    };
    let columns: String = record.functions.iter().map(column).collect();
    format!(
        "<details class=\"lab-build\"><summary>{}</summary>\
         <div class=\"lab-columns\">{columns}</div></details>",
        escape(title)
    )
}

fn row(line: &str) -> String {
    let text = escape(line);
    match is_vector(line) {
        true => format!("<mark class=\"lab-vector\">{text}</mark>\n"),
        false => format!("{text}\n"),
    }
}

/// 이름표와 머리가 아닌 줄.
fn is_instruction(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty()
        && !line.ends_with(':')
        && !line.starts_with(['.', '(', ')'])
}
