//! 파서 안의 strlen: 값 하나를 읽을 때마다 남은 글의 길이를 다시 재는 파서와,
//! 넣을 때마다 처음부터 견주는 중복 검사.

use std::collections::HashSet;

use lab::checksum;
use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Series, Shape, Table, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 10MB를 읽는 데 몇 분이 걸리는가?",
    prediction: Prediction {
        text: "항목 2,000개, 하나에 160바이트임. 남은 길이를 다시 재느라 \
               읽는 바이트는, 4바이트 키를 견주느라 읽는 바이트의 몇 배일까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("entries", 5_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] =
    &[("0.1", "0.1배"), ("1", "1배"), ("10", "10배"), ("100", "100배")];

lab::choices! {
    /// 이미 있는 키인지 보는 방법.
    pub enum Dedupe {
        List = "list", "목록을 처음부터 견줌";
        Hash = "hash", "해시 셋에 물음";
    }
}

lab::params! {
    /// 항목이 늘어선 JSON 글 하나를 읽음.
    pub struct Params {
        entries: u64 = 2_000, int("항목의 수").unit("개")
            .browser(100, 20_000).native(100, 63_000).log();
        entry_bytes: u64 = 160, int("항목 하나의 길이").unit("바이트")
            .range(40, 400);
        cache_length: bool = false, flag("남은 길이를 기억함")
            .hint("켜면 글의 끝을 한 번만 찾음");
        dedupe: Dedupe = Dedupe::List, choice("중복 검사");
        seed: u64 = 42, int("씨앗").range(0, 1_000_000);
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// `{"k":"0123abcd","p":12345,"n":"…"},`에서 채우는 글을 뺀 길이.
const FRAME: u64 = 34;
/// 키 하나를 견줄 때 읽는 바이트.
const KEY_BYTES: u64 = 4;

/// 항목이 늘어선 글. 키는 모두 다르고, 끝에 0 바이트가 하나 있음.
pub fn text(p: &Params) -> Vec<u8> {
    let mut rng = SplitMix64::new(p.seed);
    let mut text =
        Vec::with_capacity((p.entries * p.entry_bytes) as usize + 2);
    let pad = "x".repeat((p.entry_bytes - FRAME) as usize);
    text.push(b'[');
    for i in 0..p.entries {
        // 홀수를 곱하면 2^32 안에서 겹치지 않음
        let key = (i as u32 + 1).wrapping_mul(0x9E37_79B1);
        let price = 10_000 + rng.below(90_000);
        let entry =
            format!("{{\"k\":\"{key:08x}\",\"p\":{price},\"n\":\"{pad}\"}}");
        text.extend_from_slice(entry.as_bytes());
        text.push(if i + 1 < p.entries { b',' } else { b']' });
    }
    text.push(0);
    text
}

/// 읽은 것과, 읽느라 한 일.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    pub keys: Vec<u32>,
    pub prices: Vec<u64>,
    /// 남은 길이를 재느라 다시 읽은 바이트.
    pub rescanned: u64,
    /// 중복을 보느라 견준 키.
    pub compared: u64,
}

impl Loaded {
    fn checksum(&self) -> u64 {
        let keys = self.keys.iter().map(|key| u64::from(*key));
        let words: Vec<u64> =
            keys.chain(self.prices.iter().copied()).collect();
        u64::from_str_radix(&checksum::hex(&words), 16).unwrap_or(0)
    }
}

// ANCHOR: kernel
/// 글을 처음부터 읽음. `strlen`은 `at`부터 끝까지의 길이를 재 줌.
pub fn load(
    text: &[u8],
    cache_length: bool,
    dedupe: Dedupe,
    mut strlen: impl FnMut(&[u8], usize) -> usize,
    mut tick: impl FnMut(u64) -> Result<(), Failure>,
) -> Result<Loaded, Failure> {
    let mut out = Loaded::default();
    let mut set = HashSet::new();
    let mut end = None;
    let mut at = 0;
    // 값 하나: 남은 길이를 알아야 읽기 시작하는 함수
    let mut value = |at: &mut usize, out: &mut Loaded| {
        let stop = match (cache_length, end) {
            (true, Some(stop)) => stop,
            _ => {
                let rest = strlen(text, *at);
                out.rescanned += rest as u64;
                *at + rest
            }
        };
        end = Some(stop);
        scan(text.get(..stop).unwrap_or(text), at)
    };
    while let Some(start) = next_entry(text, at) {
        at = start;
        let key = hex(value(&mut at, &mut out));
        let price = decimal(value(&mut at, &mut out));
        value(&mut at, &mut out);
        let known = match dedupe {
            Dedupe::List => {
                let found = out.keys.iter().position(|each| *each == key);
                let looked = found.map_or(out.keys.len(), |at| at + 1);
                out.compared += looked as u64;
                found.is_some()
            }
            Dedupe::Hash => {
                out.compared += 1;
                !set.insert(key)
            }
        };
        if !known {
            out.keys.push(key);
            out.prices.push(price);
        }
        tick(out.keys.len() as u64)?;
    }
    Ok(out)
}
// ANCHOR_END: kernel

/// 다음 `{`의 바로 뒤. 더 없으면 `None`.
fn next_entry(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let found = rest.iter().position(|b| matches!(b, b'{' | 0))?;
    let start = at + found;
    (text[start] == b'{').then_some(start + 1)
}

/// `"이름":값` 하나를 읽고 값의 글을 돌려줌.
fn scan<'a>(text: &'a [u8], at: &mut usize) -> &'a [u8] {
    let find = |from: usize, test: fn(&u8) -> bool| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.iter().position(test).unwrap_or(rest.len())
    };
    let colon = find(*at, |b| *b == b':');
    let quoted = text.get(colon + 1) == Some(&b'"');
    let start = colon + 1 + usize::from(quoted);
    let stop = match quoted {
        true => find(start, |b| *b == b'"'),
        false => find(start, |b| !b.is_ascii_digit()),
    };
    *at = stop + usize::from(quoted);
    text.get(start..stop).unwrap_or_default()
}

fn hex(digits: &[u8]) -> u32 {
    digits
        .iter()
        .fold(0, |n, b| n << 4 | (*b as char).to_digit(16).unwrap_or(0))
}

/// 64비트를 넘는 수는 가장 큰 수로.
fn decimal(digits: &[u8]) -> u64 {
    digits.iter().fold(0_u64, |n, b| {
        n.saturating_mul(10).saturating_add(b.wrapping_sub(b'0').into())
    })
}

/// 0 바이트까지 정말로 훑음.
pub fn real_strlen(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    memchr::memchr(0, rest).unwrap_or(0)
}

/// 훑지 않고 같은 답: 세기만 할 때 씀.
fn known_strlen(text: &[u8], at: usize) -> usize {
    (text.len() - 1).saturating_sub(at)
}

/// 고칠 수 있는 두 가지의 네 조합, 고치지 않은 것부터.
pub const COMBOS: [(bool, Dedupe); 4] = [
    (false, Dedupe::List),
    (false, Dedupe::Hash),
    (true, Dedupe::List),
    (true, Dedupe::Hash),
];

fn combo_name((cache, dedupe): (bool, Dedupe)) -> &'static str {
    match (cache, dedupe) {
        (false, Dedupe::List) => "둘 다 그대로",
        (false, Dedupe::Hash) => "중복 검사만 고침",
        (true, Dedupe::List) => "길이만 기억함",
        (true, Dedupe::Hash) => "둘 다 고침",
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let text = text(p);
    let mut all = Vec::new();
    for (done, (cache, dedupe)) in COMBOS.into_iter().enumerate() {
        let label = combo_name((cache, dedupe));
        let tick = |read: u64| match read % 1_024 {
            0 => ctx.progress(
                done as u64 * p.entries + read,
                COMBOS.len() as u64 * p.entries,
                label,
            ),
            _ => Ok(()),
        };
        all.push(load(&text, cache, dedupe, known_strlen, tick)?);
    }
    let ours = COMBOS
        .iter()
        .position(|combo| *combo == (p.cache_length, p.dedupe))
        .unwrap_or(0);
    let (slow, ours) = (&all[0], &all[ours]);
    let sum: u64 = ours.prices.iter().sum();
    let print = ours.checksum();
    Ok(Report::default()
        .answer("bytes", text.len() as u64 - 1)
        .answer("entries", ours.keys.len() as u64)
        .answer("rescanned", ours.rescanned)
        .answer("compared", ours.compared)
        .answer("slow_rescanned", slow.rescanned)
        .answer("slow_compared", slow.compared)
        .answer("sum", sum)
        .checksum(&[print, ours.rescanned, ours.compared, sum])
        .view(View::Table(combos(&all, text.len() as u64 - 1)))
        .view(View::Chart(growth(p))))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(0);
    let (rescanned, compared) =
        (int("slow_rescanned"), int("slow_compared") * KEY_BYTES);
    let sentence = format!(
        "길이를 다시 재느라 {}바이트, 키를 견주느라 {}바이트를 읽음. 글은 \
         {}바이트뿐임.",
        format::int(rescanned),
        format::int(compared),
        format::int(int("bytes")),
    );
    let ratio = rescanned as f64 / compared.max(1) as f64;
    Verdict::ratio(GUESSES, ratio, sentence)
}

fn combos(all: &[Loaded], bytes: u64) -> Table {
    let row = |(combo, loaded): (&(bool, Dedupe), &Loaded)| {
        let times = loaded.rescanned as f64 / bytes as f64;
        vec![
            combo_name(*combo).into(),
            loaded.rescanned.into(),
            Cell::fixed(times, 1),
            loaded.compared.into(),
            format!("{:016x}", loaded.checksum()).into(),
        ]
    };
    Table {
        title: "네 조합이 한 일".into(),
        badge: Badge::Model,
        columns: vec![
            Column::text("조합"),
            Column::number("길이를 재느라 읽음", "바이트"),
            Column::number("글 전체의", "배"),
            Column::number("중복을 보느라 견줌", "번"),
            Column::text("읽은 값의 체크섬"),
        ],
        rows: COMBOS.iter().zip(all).map(row).collect(),
    }
}

/// 둘 다 그대로일 때 다시 읽는 바이트. 값마다 그 자리부터 끝까지임.
fn rescanned(entries: u64, entry_bytes: u64) -> u64 {
    let end = 1 + entries * entry_bytes;
    // 항목 안에서 값마다 길이를 재기 시작하는 자리
    let starts = [1, 1 + 14, 1 + 14 + 10];
    let all = entries * (entries - 1) / 2 * entry_bytes;
    starts.iter().map(|start| entries * (end - 1 - start) - all).sum()
}

fn growth(p: &Params) -> Chart {
    let sizes: Vec<u64> =
        [64, 32, 16, 8, 4, 2, 1].map(|by| (p.entries / by).max(2)).into();
    let line = |name: &str, bytes: &dyn Fn(u64) -> u64| Series {
        name: name.into(),
        shape: Shape::Line,
        points: sizes
            .iter()
            .map(|n| (*n as f64, bytes(*n) as f64).into())
            .collect(),
    };
    Chart {
        title: "항목이 두 배가 되면".into(),
        badge: Badge::Model,
        x: Axis::log("항목의 수", "개"),
        y: Axis::log("읽는 바이트", "바이트"),
        series: vec![
            line("길이 다시 재기", &|n| rescanned(n, p.entry_bytes)),
            line("목록과 견주기", &|n| n * (n - 1) / 2 * KEY_BYTES),
            line("글 한 번 읽기", &|n| n * p.entry_bytes),
        ],
        marks: Vec::new(),
    }
}

/// 재는 쪽은 정말로 훑으므로, 다시 읽는 바이트가 이보다 많으면 항목을 줄임.
const MOST_SCANNED: u64 = 1_000_000_000;

/// 재는 데 쓸 항목의 수.
fn measured_entries(p: &Params) -> u64 {
    let fits = |n: &u64| rescanned(*n, p.entry_bytes) <= MOST_SCANNED;
    let halves = |n: &u64| (*n > 100).then_some(*n / 2);
    let mut sizes = std::iter::successors(Some(p.entries), halves);
    sizes.find(fits).unwrap_or(100)
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let entries = measured_entries(p);
    let text = text(&Params { entries, ..p.clone() });
    let case = |combo: (bool, Dedupe)| {
        let text = &text;
        Case::new(combo_name(combo), entries, move || {
            read(text, combo.0, combo.1)
        })
    };
    let title = format!("항목 {}개 읽기", format::int(entries));
    let cases = COMBOS.into_iter().map(case).collect();
    let mut views = compare(ctx, &title, "항목 하나", cases)?;
    if entries < p.entries {
        views.push(note(format!(
            "{}개를 그대로 재면 오래 걸려 {}개로 줄여서 잼",
            format::int(p.entries),
            format::int(entries)
        )));
    }
    Ok(views)
}

/// 정말로 훑으며 읽은 값의 합. 어느 조합이든 같음.
pub fn read(text: &[u8], cache: bool, dedupe: Dedupe) -> u64 {
    let loaded = load(text, cache, dedupe, real_strlen, |_| Ok(()));
    loaded.map_or(0, |loaded| loaded.prices.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn small() -> Params {
        Params { entries: 300, entry_bytes: 90, ..Params::default() }
    }

    #[test]
    fn every_combo_reads_the_same() {
        let p = small();
        let text = text(&p);
        assert_eq!(text.len() as u64, 1 + p.entries * p.entry_bytes + 1);
        let all: Vec<Loaded> = COMBOS
            .iter()
            .map(|(cache, dedupe)| {
                load(&text, *cache, *dedupe, real_strlen, |_| Ok(())).unwrap()
            })
            .collect();
        for loaded in &all {
            assert_eq!(loaded.keys.len(), 300);
            assert_eq!(loaded.checksum(), all[0].checksum());
        }
        // 견주기: 0 + 1 + … + 299
        assert_eq!(all[0].compared, 300 * 299 / 2);
        assert_eq!(all[1].compared, 300);
        // 기억하면 첫 값에서 한 번만 잼
        assert_eq!(all[2].rescanned, 1 + 300 * 90 - 2);
    }

    #[test]
    fn counting_equals_scanning_and_the_formula() {
        for (entries, entry_bytes) in [(100, 40), (257, 90), (300, 400)] {
            let p = Params { entries, entry_bytes, ..Params::default() };
            let text = text(&p);
            let with = |strlen: fn(&[u8], usize) -> usize| {
                load(&text, false, Dedupe::List, strlen, |_| Ok(()))
            };
            let real = with(real_strlen).unwrap();
            assert_eq!(real, with(known_strlen).unwrap());
            assert_eq!(real.rescanned, rescanned(entries, entry_bytes));
        }
    }

    #[test]
    fn a_repeated_key_is_kept_once() {
        let twice = b"[{\"k\":\"0000000a\",\"p\":1,\"n\":\"\"},\
            {\"k\":\"0000000a\",\"p\":2,\"n\":\"\"}]\0";
        for (cache, dedupe) in COMBOS {
            let loaded =
                load(twice, cache, dedupe, real_strlen, |_| Ok(())).unwrap();
            assert_eq!(loaded.keys, [10]);
            assert_eq!(loaded.prices, [1]);
        }
    }

    /// 값이 셋이므로 3 × (160·2000²/2)쯤이고, 견주기는 4 × 2000²/2쯤임.
    #[test]
    fn the_default_prediction_is_a_hundred_times() {
        let report = run_with("case_quadratic_load", &[]);
        assert_eq!(report.int("slow_compared"), Some(1_999_000));
        assert_eq!(report.int("slow_rescanned"), Some(960_398_000));
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("100"));
    }

    #[test]
    fn twice_the_entries_is_four_times_the_bytes() {
        let ratio =
            rescanned(4_000, 160) as f64 / rescanned(2_000, 160) as f64;
        assert!((ratio - 4.0).abs() < 0.01, "{ratio}");
        let p = Params { entries: 63_000, ..Params::default() };
        assert!(measured_entries(&p) < 3_000);
    }

    #[test]
    fn broken_text_does_not_panic() {
        for text in [&b"\0"[..], b"[{\0", b"[{\"k\":\0", b"[{\"k\":\"zz\"\0"] {
            let loaded =
                load(text, true, Dedupe::Hash, real_strlen, |_| Ok(()));
            assert!(loaded.unwrap().keys.len() <= 1);
        }
    }
}
