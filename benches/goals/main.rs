//! 장마다의 목표: Rust가 느린 쪽보다 몇 배 빠른가를 한 번에 번갈아 잼.
//! `cargo bench --bench goals`, 하나만: `cargo bench --bench goals -- dicts`.
//! 판정이 무엇이든 성공으로 끝남. 두 쪽의 답이 다를 때만 실패함.

#[cfg(feature = "nats")]
mod clusters;
mod compiling;
#[cfg(feature = "concurrency")]
mod concurrency;
mod dicts;
mod fundamentals;
mod goal;
mod iterators;
mod lists;
mod machine;
mod matrices;
mod memory;
mod multiprocessing;
mod pages;
mod peer;
mod profiling;
mod record;
mod wasm;

use std::process::ExitCode;

use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;

use goal::{Build, Goal, Row};
use peer::Peer;
use record::Record;

const CHAPTERS: &[&[Goal]] = &[
    fundamentals::GOALS,
    profiling::GOALS,
    lists::GOALS,
    dicts::GOALS,
    iterators::GOALS,
    matrices::GOALS,
    compiling::GOALS,
    multiprocessing::GOALS,
    memory::GOALS,
];
/// 답만 견줄 때의 크기. 정사각형 행렬도 되고, 고리의 한 바퀴도 됨.
const SMOKE_ITEMS: u64 = 1 << 10;

fn main() -> ExitCode {
    #[cfg(feature = "nats")]
    if let Some(code) = clusters::child() {
        return code;
    }
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
        .filter(|goal| chosen(&goal.id(), &words))
        .collect();
    if has("--record") && !(timed && words.is_empty()) {
        return Err("--record는 목표를 모두 잴 때만 쓸 수 있음".into());
    }

    let mut peer = Peer::start();
    let mut rows = Vec::new();
    for goal in goals {
        if let Some(why) = goal.missing(&peer) {
            eprintln!("▹ {}: 건너뜀, {why}", goal.id());
            continue;
        }
        eprintln!("▸ {}", goal.id());
        let items = if timed { goal.items } else { SMOKE_ITEMS };
        let mut sides = goal.open(items, peer.as_mut().ok())?;
        if timed {
            rows.extend(goal.measure(&mut sides)?);
        }
    }
    if let (true, Ok(peer)) = (timed, &mut peer) {
        rows.extend(memory::rows(&words, peer)?);
    }
    #[cfg(feature = "concurrency")]
    if !timed || Build::this() == Build::Base {
        rows.extend(concurrency::rows(&words, timed)?);
    }
    #[cfg(feature = "nats")]
    if !timed || Build::this() == Build::Base {
        rows.extend(clusters::rows(&words, timed)?);
    }
    if timed {
        if Build::this() == Build::Base {
            rows.extend(wasm::measure(&words)?);
        }
        println!("{}", table(&rows));
        if has("--record") {
            Record::new(peer.as_ref().ok(), &rows).save()?;
        }
    }
    Ok(())
}

/// 말한 글자가 이름에 있는가. 말하지 않았으면 모두.
fn chosen(id: &str, words: &[&String]) -> bool {
    words.is_empty() || words.iter().any(|word| id.contains(word.as_str()))
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
