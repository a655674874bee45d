//! 장마다의 목표: Rust가 느린 쪽보다 몇 배 빠른가를 한 번에 번갈아 잼.
//! `cargo bench --bench goals`, 하나만: `cargo bench --bench goals -- dicts`.
//! 판정이 무엇이든 성공으로 끝남. 두 쪽의 답이 다를 때만 실패함.

mod dicts;
mod goal;
mod intro;
mod peer;
mod record;

use std::process::ExitCode;

use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;

use goal::{Goal, Row};
use peer::Peer;
use record::Record;

const CHAPTERS: &[&[Goal]] = &[intro::GOALS, dicts::GOALS];
/// 답만 견줄 때의 크기.
const SMOKE_ITEMS: u64 = 1_000;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| args.iter().any(|arg| arg == flag);
    // Criterion과 같은 규칙: --bench가 없거나 --test가 있으면 재지 않음
    let timed = has("--bench") && !has("--test");
    // Criterion의 플래그도 함께 넘어오므로 모르는 것은 지나침
    let words: Vec<&String> =
        args.iter().filter(|arg| !arg.starts_with('-')).collect();
    let goals: Vec<&Goal> = CHAPTERS
        .iter()
        .flat_map(|chapter| chapter.iter())
        .filter(|goal| {
            let id = goal.id();
            words.is_empty() || words.iter().any(|word| id.contains(*word))
        })
        .collect();
    if goals.is_empty() {
        return Ok(());
    }
    if has("--record") && !(timed && words.is_empty()) {
        return Err("--record는 목표를 모두 잴 때만 쓸 수 있음".into());
    }

    let mut peer = Peer::start();
    if let Err(why) = &peer {
        eprintln!("파이썬과 견주는 목표는 건너뜀: {why}");
    }
    let mut rows = Vec::new();
    for goal in goals {
        let peer = match &mut peer {
            Ok(peer) => Some(peer),
            Err(_) if goal.needs_python() => continue,
            Err(_) => None,
        };
        eprintln!("▸ {}", goal.id());
        let items = if timed { goal.items } else { SMOKE_ITEMS };
        let mut sides = goal.open(items, peer)?;
        if timed {
            rows.extend(goal.measure(&mut sides)?);
        }
    }
    if timed {
        println!("{}", table(&rows));
        if has("--record") {
            let python = peer.as_ref().ok().map(|peer| &*peer.version);
            Record::new(python, &rows).save()?;
        }
    }
    Ok(())
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED.with_rounded_corners()).set_header([
        "장",
        "목표",
        "잰 값 (p10–p90)",
        "판정",
    ]);
    for row in rows {
        table.add_row([
            row.chapter.to_owned(),
            row.wish(),
            row.seen(),
            row.verdict.clone(),
        ]);
    }
    table
}
