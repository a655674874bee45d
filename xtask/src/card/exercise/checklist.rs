//! 점검표: 문장마다 할 수 있는지 답하면 읽을 장이 차례로 나옴.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Context, inline, opening, script};
use crate::highlight::escape;

#[derive(Deserialize)]
struct Exercise {
    title: String,
    question: String,
    prediction: String,
    guide: String,
    labels: Labels,
    items: Vec<Item>,
    result: Outcome,
}

#[derive(Deserialize, Serialize)]
struct Labels {
    yes: String,
    no: String,
    item: String,
    chapter: String,
    weight: String,
    reason: String,
}

#[derive(Deserialize)]
struct Item {
    text: String,
    chapters: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    chapter: String,
    weight: u32,
    reason: String,
}

#[derive(Deserialize, Serialize)]
struct Outcome {
    heading: String,
    none: String,
    compare: String,
}

/// 장의 폴더, 차례의 순서대로.
const FOLDERS: &[&str] = &[
    "review",
    "intro",
    "fundamentals",
    "profiling",
    "lists",
    "dicts",
    "iterators",
    "pure_python",
    "matrices",
    "compiling",
    "concurrency",
    "multiprocessing",
    "clusters",
    "memory",
    "lessons",
];

struct Chapter {
    folder: &'static str,
    title: String,
}

pub fn html(name: &str, data: Value, page: &Context) -> Result<String> {
    let exercise = Exercise::deserialize(data)?;
    let chapters = chapters(page.root)?;
    let find = |folder: &str| -> Result<usize> {
        let found = chapters.iter().position(|c| c.folder == folder);
        found.with_context(|| format!("차례에 없는 장 {folder}"))
    };
    let mut rows = String::new();
    for item in &exercise.items {
        let span = item.chapters.len();
        for (i, choice) in item.chapters.iter().enumerate() {
            let order = find(&choice.chapter)?;
            let first = match i {
                0 => format!(
                    "<th scope=\"rowgroup\" rowspan=\"{span}\">{}</th>",
                    inline(&item.text)
                ),
                _ => String::new(),
            };
            rows += &format!(
                "<tr data-order=\"{order}\" data-weight=\"{}\">{first}\
                 <td>{}</td><td class=\"lab-num\">{}</td><td>{}</td></tr>",
                choice.weight,
                link(&chapters[order], page),
                choice.weight,
                inline(&choice.reason)
            );
        }
    }
    let Exercise { labels, result, .. } = &exercise;
    Ok(format!(
        "{}<p>{}</p></header><div class=\"lab-part\">\
         <p><span class=\"lab-step\">예측</span> {}</p><p>{}</p></div>\
         <div class=\"lab-part lab-checklist\"><div class=\"lab-scroll\" \
         tabindex=\"0\" role=\"group\" aria-label=\"{}\">\
         <table class=\"lab-table\"><thead><tr><th scope=\"col\">{}</th>\
         <th scope=\"col\">{}</th><th scope=\"col\" class=\"lab-num\">{}</th>\
         <th scope=\"col\">{}</th></tr></thead><tbody>{rows}</tbody></table>\
         </div></div>{}</section>",
        opening(name, "checklist", name, &exercise.title, page),
        inline(&exercise.question),
        inline(&exercise.prediction),
        inline(&exercise.guide),
        escape(&exercise.title),
        escape(&labels.item),
        escape(&labels.chapter),
        escape(&labels.weight),
        escape(&labels.reason),
        script(&serde_json::to_string(&(labels, result))?),
    ))
}

/// 이름은 차례에서 읽음: 아직 쓰지 않은 장도 이름은 있음.
fn chapters(root: &Path) -> Result<Vec<Chapter>> {
    let text = fs::read_to_string(root.join("src/SUMMARY.md"))
        .context("src/SUMMARY.md를 읽지 못함")?;
    let titles = text.lines().filter_map(|line| {
        let (title, _) = line.split_once('[')?.1.split_once("](")?;
        Some(title.to_owned())
    });
    let pairs = FOLDERS.iter().zip(titles);
    Ok(pairs.map(|(folder, title)| Chapter { folder, title }).collect())
}

fn link(chapter: &Chapter, page: &Context) -> String {
    let Chapter { folder, title } = chapter;
    let readme = page.root.join("src").join(folder).join("README.md");
    if !readme.exists() {
        return escape(title);
    }
    let to_root = &page.to_root;
    format!("<a href=\"{to_root}{folder}/index.html\">{}</a>", escape(title))
}
