//! 맞춰 볼 경우: 기본값과, 씨앗이 정해진 무작위 매개변수.

use anyhow::{Context, Result};
use rust_lab::lab::rng::SplitMix64;
use rust_lab::lab::{
    Ctx, Entry, Field, Kind, Python, Report, Scope, Value, Values, host::Quiet,
};
use serde::Serialize;

/// 실험 하나를 부르는 한 가지 방법.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    pub chapter: &'static str,
    pub name: &'static str,
    pub params: Values,
}

impl Case {
    pub fn of(entry: &Entry, params: Values) -> Self {
        Case { chapter: entry.chapter, name: entry.name, params }
    }
}

/// 무작위로 뽑는 정수의 최댓값은 기본값의 이 배수. 자릿수를 고르게 뽑으므로
/// 작은 값이 많음: 가장자리가 거기에 있고, Python에게도 금방임.
const SPREAD: u64 = 2;
/// 기본값이 0이나 1인 칸도 이만큼은 움직임.
const AT_LEAST: u64 = 64;
/// 칸 사이의 규칙에 걸린 매개변수를 다시 뽑는 횟수.
const RETRIES: usize = 200;

/// 기본값 하나와 무작위 `count`개.
pub fn draw(entry: &'static Entry, count: usize) -> Result<Vec<Case>> {
    let table = entry.table();
    let mut cases = vec![Case::of(entry, table.defaults())];
    let mut rng = SplitMix64::new(entry.name.len() as u64 + 2026);
    let limits = match entry.experiment.python {
        Python::UpTo(limits) => limits,
        _ => &[],
    };
    for _ in 0..count {
        let drawn = (0..RETRIES).find_map(|_| {
            let texts: Vec<(&str, String)> = table
                .fields
                .iter()
                .map(|field| {
                    let limit = limits
                        .iter()
                        .find(|(name, _)| *name == field.name)
                        .map_or(u64::MAX, |(_, most)| *most);
                    (field.name, value(&mut rng, field, limit))
                })
                .collect();
            let pairs = texts.iter().map(|(name, v)| (*name, v.as_str()));
            table.parse(pairs, Scope::Browser).ok()
        });
        let params = drawn.with_context(|| {
            format!("{}: 규칙에 맞는 매개변수를 뽑지 못함", entry.name)
        })?;
        cases.push(Case::of(entry, params));
    }
    Ok(cases)
}

/// 페이지에서 가장 큰 실행: 크기를 정하는 첫 칸이 규칙이 받는 가장 큰 값.
pub fn largest(entry: &'static Entry) -> Result<Case> {
    let table = entry.table();
    let mut params = table.defaults();
    if let Some(Field { name, kind, .. }) = table.fields.first()
        && let Kind::Int { browser: (low, high), .. } = *kind
    {
        let halves = |n: &u64| (n / 2 > low).then_some(n / 2);
        params = std::iter::successors(Some(high), halves)
            .map(|n| n.to_string())
            .find_map(|n| table.parse([(*name, &*n)], Scope::Browser).ok())
            .with_context(|| format!("{}: 받는 값이 없음", entry.name))?;
    }
    Ok(Case::of(entry, params))
}

/// 자릿수로 미는 칸이 모두 가장 큰 값: 그림이 가장 큼. 함께 둘 수 없으면 없음.
pub fn widest(entry: &'static Entry) -> Option<Case> {
    let table = entry.table();
    let most: Vec<_> = table
        .fields
        .iter()
        .filter_map(|field| match field.kind {
            Kind::Int { browser, log: true, .. } => {
                Some((field.name, browser.1.to_string()))
            }
            _ => None,
        })
        .collect();
    let pairs = most.iter().map(|(name, text)| (*name, text.as_str()));
    let params = table.parse(pairs, Scope::Browser).ok()?;
    Some(Case::of(entry, params))
}

fn value(rng: &mut SplitMix64, field: &Field, limit: u64) -> String {
    match (&field.kind, &field.default) {
        (Kind::Int { browser: (low, high), .. }, Value::Int(default)) => {
            let most = (default * SPREAD).max(AT_LEAST).min(*high).min(limit);
            let span = most.saturating_sub(*low) + 1;
            let wide = (span as f64).powf(rng.unit()) as u64;
            (low + wide.clamp(1, span) - 1).to_string()
        }
        (Kind::Choice { choices }, _) => {
            let i = rng.below(choices.len() as u64) as usize;
            choices[i].value.to_owned()
        }
        (Kind::Real { span: (low, high) }, _) => {
            let x = low + (high - low) * rng.unit();
            format!("{x:.4}").parse().unwrap_or(x).max(*low).to_string()
        }
        (Kind::Text { examples: [], .. }, text) => text.to_string(),
        (Kind::Text { examples, .. }, _) => {
            examples[rng.below(examples.len() as u64) as usize].to_owned()
        }
        _ => (rng.below(2) == 1).to_string(),
    }
}

/// 네이티브 보고서.
pub fn native(case: &Case) -> Result<Report> {
    let entry = rust_lab::find(case.name)
        .with_context(|| format!("{}: 없는 실험임", case.name))?;
    let mut ctx = Ctx::new(&Quiet, Scope::Browser);
    entry
        .run(&case.params, &mut ctx)
        .with_context(|| format!("{} {:?}", case.name, case.params))
}
