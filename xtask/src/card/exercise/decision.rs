//! 판단 연습: 증상을 보고, 자료를 사서 보고, 고칠 것을 고름.
//!
//! 스크립트가 없으면 모든 갈래가 접힌 글로 이어지고, 있으면 한 단계씩 열림.

use anyhow::Result;
use serde::Deserialize;
use serde_json::Value;

use super::{Context, inline, opening};
use crate::figures::{Asked, Figures};
use crate::highlight::escape;

#[derive(Deserialize)]
struct Decision {
    title: String,
    question: String,
    /// 처음에 가진 점수.
    purse: i64,
    /// 무슨 일이 있었나.
    story: Vec<String>,
    symptoms: Vec<String>,
    measure: Stage<Look>,
    fix: Stage<Fix>,
    outcome: Vec<String>,
    lessons: [String; 3],
    checklist: Vec<String>,
    figures: Asked,
}

#[derive(Deserialize)]
struct Stage<T> {
    ask: String,
    choices: Vec<T>,
}

/// 재어 볼 것.
#[derive(Deserialize)]
struct Look {
    label: String,
    cost: i64,
    /// 드러나는 자료.
    shows: String,
    why: String,
}

/// 고칠 것. 이득은 두 수의 비에서 나옴.
#[derive(Deserialize)]
struct Fix {
    label: String,
    cost: i64,
    /// 고치기 전과 뒤의 수의 이름.
    before: String,
    after: String,
    shows: String,
    why: String,
}

/// 모두 없앴을 때의 이득, 점.
const WORTH: f64 = 10.0;

/// 줄어든 몫만큼의 점수. 늘었으면 그만큼 잃음.
fn gain(before: f64, after: f64) -> i64 {
    let saved = (1.0 - after / before) * WORTH;
    (saved.round() as i64).max(-(WORTH as i64))
}

struct Choice {
    label: String,
    cost: i64,
    gain: Option<i64>,
    texts: [String; 2],
}

pub fn html(name: &str, data: Value, page: &Context) -> Result<String> {
    let decision = Decision::deserialize(data)?;
    let figures = Figures::load(page.root, &decision.figures)?;
    let say =
        |text: &String| -> Result<String> { Ok(inline(&figures.fill(text)?)) };
    let looks = decision.measure.choices.iter().map(|look| {
        Ok(Choice {
            label: say(&look.label)?,
            cost: look.cost,
            gain: None,
            texts: [say(&look.shows)?, say(&look.why)?],
        })
    });
    let fixes = decision.fix.choices.iter().map(|fix| {
        let (before, after) =
            (figures.value(&fix.before)?, figures.value(&fix.after)?);
        Ok(Choice {
            label: say(&fix.label)?,
            cost: fix.cost,
            gain: Some(gain(before, after)),
            texts: [say(&fix.shows)?, say(&fix.why)?],
        })
    });
    let looks: Vec<Choice> = looks.collect::<Result<_>>()?;
    let fixes: Vec<Choice> = fixes.collect::<Result<_>>()?;
    let list = |texts: &[String]| -> Result<String> {
        let items =
            texts.iter().map(|text| Ok(format!("<li>{}</li>", say(text)?)));
        items.collect()
    };
    let sources: String = figures
        .sources
        .iter()
        .map(|text| format!("<li>{}</li>", escape(text)))
        .collect();
    Ok(format!(
        "{}<p>{}</p><p class=\"lab-hint\">점수 {}점으로 시작함. 고를 때마다 \
         적힌 비용을 내고, 고친 뒤 10% 줄어들 때마다 1점을 얻음.</p></header>\
         <div class=\"lab-part\"><p class=\"lab-step\">무슨 일이 있었나</p>\
         <ul>{}</ul><p class=\"lab-step\">증상 데이터</p><ul>{}</ul></div>\
         {}{}<div class=\"lab-part lab-outcome\"><details><summary>결과와 \
         교훈</summary><ul>{}</ul><p class=\"lab-step\">교훈 세 줄</p>\
         <ol>{}</ol><p class=\"lab-step\">내 프로젝트 점검표</p>\
         <ul class=\"lab-ticks\">{}</ul></details></div>\
         <footer class=\"lab-part lab-foot\"><p>수의 출처</p>\
         <ul class=\"lab-hint\">{sources}</ul></footer></section>",
        opening(
            &format!("{name}-decision"),
            "decision",
            name,
            &decision.title,
            page
        ),
        say(&decision.question)?,
        decision.purse,
        list(&decision.story)?,
        list(&decision.symptoms)?,
        stage("measure", "선택 1", &decision.measure.ask, &looks, &decision),
        stage("fix", "선택 2", &decision.fix.ask, &fixes, &decision),
        list(&decision.outcome)?,
        list(&decision.lessons)?,
        list(&decision.checklist)?,
    ))
}

fn stage(
    kind: &str,
    step: &str,
    ask: &str,
    choices: &[Choice],
    decision: &Decision,
) -> String {
    let option = |choice: &Choice| {
        let Choice { label, cost, gain, texts: [shows, why] } = choice;
        let (worth, summary) = match gain {
            Some(gain) => (format!("<p>이득 {gain}점.</p>"), "고른 결과"),
            None => (String::new(), "드러나는 것"),
        };
        format!(
            "<li data-cost=\"{cost}\" data-gain=\"{}\">\
             <p class=\"lab-option\"><span>{label}</span> \
             <span class=\"lab-hint\">비용 {cost}점</span></p>\
             <details><summary>{summary}</summary><p>{shows}</p>\
             <p>{why}</p>{worth}</details></li>",
            gain.unwrap_or(0)
        )
    };
    let options: String = choices.iter().map(option).collect();
    format!(
        "<div class=\"lab-part lab-stage\" data-stage=\"{kind}\" \
         data-purse=\"{}\"><p class=\"lab-ask\" tabindex=\"-1\">\
         <span class=\"lab-step\">{step}</span> {}</p>\
         <ul class=\"lab-options\">{options}</ul></div>",
        decision.purse,
        inline(ask)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn gains_come_from_ratios() {
        assert_eq!(gain(100.0, 100.0), 0);
        assert_eq!(gain(100.0, 1.0), 10);
        assert_eq!(gain(100.0, 48.0), 5);
        assert_eq!(gain(100.0, 130.0), -3);
        assert_eq!(gain(1.0, 100.0), -10);
    }

    /// 모든 연습의 수가 기록에 있고, 고를 것마다 풀이가 있음.
    #[test]
    fn every_decision_is_filled_from_records() {
        let root = crate::book::root().unwrap();
        let page = Context {
            root: &root,
            folder: Path::new("lessons"),
            to_root: "../".into(),
            label: "실험 13-1".into(),
        };
        let mut found = 0;
        for file in std::fs::read_dir(root.join("src/lessons")).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy();
            let Some(name) = name.strip_suffix(".json") else { continue };
            if !name.starts_with("case_") {
                continue;
            }
            let html = super::super::exercise(name, &page).unwrap();
            assert!(!html.contains(['{', '}']), "{name}");
            assert!(html.contains("data-stage=\"fix\""), "{name}");
            assert!(!html.contains("<p></p>"), "{name}: 빈 풀이");
            found += 1;
        }
        assert!(found >= 4);
    }
}
