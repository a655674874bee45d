//! `cargo book walk`: 진짜 브라우저에서 책의 모든 카드를 무작위로 다루고, 나온
//! 답과 거절을 네이티브의 것과 견줌. 시험보다 오래, 시험보다 넓게.

use std::collections::BTreeMap;
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow, bail};
use rust_lab::lab::host::Quiet;
use rust_lab::lab::{Ctx, Scope};
use serde::Deserialize;

use crate::book::{self, Driver};
use crate::counterpart::Answers;
use crate::hosts::Hosts;
use crate::sh::misuse;
use crate::{prepare, prepare_all};

const USAGE: &str = "쓰는 법: cargo book walk [--minutes 10] [--seed 1] \
                     [--browser chromium|firefox]";

pub fn main(root: &Path, args: &[String]) -> Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let mut minutes = 10;
    // 말하지 않으면 부를 때마다 다른 길
    let mut seed = u64::from(now as u32);
    let mut browser = "chromium";
    for pair in args.chunks(2) {
        let [flag, value] = pair else { return Err(misuse(USAGE)) };
        match flag.as_str() {
            "--minutes" => minutes = number(flag, value)?,
            "--seed" => seed = number(flag, value)?,
            "--browser" => browser = value,
            _ => return Err(misuse(USAGE)),
        }
    }
    let program = match browser {
        "chromium" => prepare::chromium()?,
        "firefox" => prepare::firefox()?,
        _ => return Err(misuse(USAGE)),
    };
    prepare_all(root, None)?;
    book::build(root, &root.join("book"), None, Driver::InProcess)?;

    let out = root.join("target/walk.jsonl");
    fs::write(&out, "")?;
    println!("{browser}에서 {minutes}분: --seed {seed}");
    let servers = Hosts::start(root)?;
    let walked = Command::new("node")
        .arg("tests/page/wander.mjs")
        .args(["--browser", browser, "--base", &servers.isolated])
        .args(["--minutes", &minutes.to_string()])
        .args(["--seed", &seed.to_string()])
        .arg("--program")
        .arg(program)
        .arg("--out")
        .arg(&out)
        .current_dir(root)
        .status()
        .context("node를 시작하지 못함")?;
    let different = compare(&out)?;
    if !walked.success() || different > 0 {
        bail!("걷다가 넘어졌거나 답이 다름: 위 글의 씨앗으로 다시 걸음");
    }
    Ok(())
}

fn number(flag: &str, value: &str) -> Result<u64> {
    // 표준 라이브러리의 까닭은 영어임
    value.parse().map_err(|_| {
        anyhow!("{flag}: `{value}` — 0 이상의 정수여야 함\n{USAGE}")
    })
}

/// 페이지가 실행 하나에 낸 것.
#[derive(Deserialize)]
struct Line {
    name: String,
    params: BTreeMap<String, String>,
    outcome: Outcome,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Ok(Answers),
    Error { field: Option<String>, message: String },
}

/// 네이티브와 다른 것의 수.
fn compare(path: &Path) -> Result<usize> {
    let text = fs::read_to_string(path)?;
    let (mut answers, mut refusals, mut different) = (0, 0, 0);
    for line in text.lines() {
        let line: Line = serde_json::from_str(line)?;
        match line.outcome {
            Outcome::Ok(_) => answers += 1,
            Outcome::Error { .. } => refusals += 1,
        }
        let seen = catch_unwind(|| difference(&line))
            .unwrap_or_else(|_| Some("네이티브가 패닉함".to_owned()));
        if let Some(what) = seen {
            different += 1;
            println!("✘ {} {:?}: {what}", line.name, line.params);
        }
    }
    println!(
        "네이티브와 견줌: 답 {answers}개, 거절 {refusals}개, \
         다른 것 {different}개"
    );
    Ok(different)
}

/// 같은 매개변수를 네이티브로 돌려, 다르면 무엇이 다른지.
fn difference(line: &Line) -> Option<String> {
    let Some(entry) = rust_lab::find(&line.name) else {
        return Some("없는 실험임".to_owned());
    };
    let pairs = line.params.iter().map(|(n, text)| (n.as_str(), &**text));
    let values = entry.table().parse(pairs, Scope::Browser);
    let ours = values.and_then(|values| {
        entry.run(&values, &mut Ctx::new(&Quiet, Scope::Browser))
    });
    match (ours, &line.outcome) {
        (Ok(ours), Outcome::Ok(theirs)) => {
            Answers::from(ours).difference(theirs)
        }
        (Err(ours), Outcome::Error { field, message }) => {
            let same = ours.field() == field.as_deref()
                && ours.to_string() == *message;
            (!same).then(|| format!("{ours:?} ≠ {field:?} {message}"))
        }
        (Ok(_), Outcome::Error { message, .. }) => {
            Some(format!("페이지만 거절함: {message}"))
        }
        (Err(ours), Outcome::Ok(_)) => {
            Some(format!("네이티브만 거절함: {ours}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(params: &[(&str, &str)], outcome: serde_json::Value) -> bool {
        let params: BTreeMap<_, _> = params.iter().copied().collect();
        let line = json!({
            "name": "first_run",
            "params": params,
            "outcome": outcome,
        });
        difference(&serde_json::from_value(line).unwrap()).is_some()
    }

    #[test]
    fn a_wrong_number_is_told_in_korean() {
        assert_eq!(number("--minutes", "3").unwrap(), 3);
        for wrong in ["x", "-1", ""] {
            let error = number("--minutes", wrong).unwrap_err();
            let told = format!("{error:#}");
            assert!(told.starts_with(&format!("--minutes: `{wrong}`")));
            assert!(!told.contains("invalid"), "{told}");
        }
    }

    /// 맞는 답과 거절은 지나가고, 하나라도 다르면 말함.
    #[test]
    fn a_different_answer_is_told() {
        let entry = rust_lab::find("first_run").unwrap();
        let values = entry.table().defaults();
        let mut ctx = Ctx::new(&Quiet, Scope::Browser);
        let right = Answers::from(entry.run(&values, &mut ctx).unwrap());
        let mut wrong = right.clone();
        wrong.checksum = None;
        assert!(!told(&[], json!({ "ok": right })));
        assert!(told(&[], json!({ "ok": wrong })));
        assert!(told(&[("n", "0")], json!({ "ok": right })));

        let refused = entry.table().parse([("n", "0")], Scope::Browser);
        let message = refused.unwrap_err().to_string();
        let says = |message: &str| {
            let error = json!({ "field": "n", "message": message });
            json!({ "error": error })
        };
        assert!(!told(&[("n", "0")], says(&message)));
        assert!(told(&[("n", "0")], says("다른 말")));
        assert!(told(&[], says(&message)));
    }
}
