//! 낱말 백만 개: 같은 말을 정렬한 배열, 해시 셋, 한 덩어리, `fst`에 담음.

use super::counting::held;
use super::word_automaton::{FST_WIDTH, Words, fst_set, hash_set, sorted};
use super::words;
use lab::checksum::fnv1a;
use lab::measure::{Case, interleave};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Series, Shape, Table, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 낱말을 담는 크기는 낱말의 수로 정해지지 않는가?",
    prediction: Prediction {
        text: "어간 50개에 어미 24개와 조사 42개를 붙인 낱말 5만 개. \
               해시 셋의 크기는 fst의 몇 배일까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("stems", 50)]),
    bench: Bench::Group,
    memory_mib: 128,
};

const GUESSES: &[(&str, &str)] =
    &[("3", "3배"), ("20", "20배"), ("150", "150배"), ("1300", "1,300배")];

lab::params! {
    /// 어간 × 어미 × 조사를 네 구조에 담고 찾음.
    pub struct Params {
        stems: u64 = 50, int("어간의 수").unit("개")
            .browser(10, 200).native(10, 1_000)
            .hint("터미널에서 1,000개면 낱말이 100만 개를 넘음");
        endings: u64 = words::MOST_ENDINGS, int("어미의 수").unit("개")
            .range(1, words::MOST_ENDINGS);
        particles: u64 = words::MOST_PARTICLES, int("조사의 수").unit("개")
            .range(1, words::MOST_PARTICLES);
        noise: u64 = 0, int("규칙 없는 낱말").unit("%").range(0, 100)
            .hint("이만큼을 무작위 음절로 된 낱말로 바꿈");
        queries: u64 = 20_000, int("찾을 낱말").unit("개")
            .range(1_000, 100_000).log().hint("절반쯤은 담지 않은 낱말");
        seed: u64 = 42, int("씨앗");
    }
    check = |_: &Params, _| Ok(());
}

/// 실험에 쓰는 낱말.
pub struct Corpus {
    pub words: Vec<String>,
    pub queries: Vec<String>,
}

impl Corpus {
    pub fn new(p: &Params) -> Self {
        let every = words::stems(2 * p.stems, p.seed);
        let (stems, absent) = every.split_at(p.stems as usize);
        let particles = words::particles(p.particles);
        let tails: Vec<String> = words::endings(p.endings)
            .into_iter()
            .flat_map(|ending| {
                particles.iter().map(move |each| format!("{ending}{each}"))
            })
            .collect();
        let mut words = words::join(stems, &tails);
        words::scatter(&mut words, p.noise, p.seed);
        let mut rng = SplitMix64::new(p.seed ^ 0x71);
        let mut pick = |from: &[String]| {
            from[rng.below(from.len() as u64) as usize].clone()
        };
        let query = |i: u64| match i % 2 {
            0 => pick(&words),
            _ => pick(absent) + &pick(&tails),
        };
        let queries = (0..p.queries).map(query).collect();
        Corpus { words, queries }
    }
}

// ANCHOR: kernel
/// 글을 한 덩어리로 이어 적고 끝나는 자리만 따로 둠.
#[derive(Clone, Debug, Default)]
pub struct Arena {
    text: String,
    ends: Vec<u32>,
}

impl Arena {
    /// 차례로 늘어선 말에서.
    pub fn new(words: &[String]) -> Self {
        let bytes = words.iter().map(String::len).sum();
        let mut text = String::with_capacity(bytes);
        let mut ends = Vec::with_capacity(words.len());
        for word in words {
            text.push_str(word);
            ends.push(text.len() as u32);
        }
        Arena { text, ends }
    }

    fn get(&self, at: usize) -> &[u8] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text.as_bytes()[start as usize..self.ends[at] as usize]
    }

    /// 반씩 줄여 가며 찾음.
    pub fn contains(&self, word: &str) -> bool {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.get(middle) < word.as_bytes() {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low < self.ends.len() && self.get(low) == word.as_bytes()
    }
}
// ANCHOR_END: kernel

lab::choices! {
    /// 낱말을 담는 구조. 사다리의 아래부터.
    pub enum Store {
        Sorted = "sorted", "정렬한 배열과 이진 탐색";
        Arena = "arena", "한 덩어리와 이진 탐색";
        HashSet = "hash_set", "HashSet";
        Fst = "fst", "fst";
    }
}

/// 네 구조를 모두 담은 것.
pub struct Rivals {
    sorted: Vec<Box<str>>,
    arena: Arena,
    set: Words,
    fst: fst::Set<Vec<u8>>,
    /// 구조마다 짓는 동안의 힙: 남은 것과 가장 많을 때. 세는 할당기가
    /// 없으면 비어 있음.
    pub heaps: Vec<(u64, u64)>,
}

impl Rivals {
    pub fn new(words: &[String]) -> Result<Self, Failure> {
        let (sorted, a) = held(|| sorted(words));
        let (arena, b) = held(|| Arena::new(words));
        let (set, c) = held(|| hash_set(words));
        let (fst, d) = held(|| fst_set(words));
        let heaps = [a, b, c, d]
            .into_iter()
            .flatten()
            .map(|heap| (heap.live, heap.peak))
            .collect();
        Ok(Rivals { sorted, arena, set, fst: fst?, heaps })
    }

    pub fn contains(&self, store: Store, word: &str) -> bool {
        match store {
            Store::Sorted => {
                let found =
                    self.sorted.binary_search_by(|each| (**each).cmp(word));
                found.is_ok()
            }
            Store::Arena => self.arena.contains(word),
            Store::HashSet => self.set.contains(word),
            Store::Fst => self.fst.contains(word),
        }
    }

    pub fn hits(&self, store: Store, queries: &[String]) -> u64 {
        let found = |word: &&String| self.contains(store, word);
        queries.iter().filter(found).count() as u64
    }

    /// 지은 fst의 바이트열.
    pub fn fst_bytes(&self) -> &[u8] {
        self.fst.as_fst().as_bytes()
    }
}

/// 네 구조의 바이트. 앞의 셋은 64비트의 식, fst는 지은 것의 길이.
pub fn bytes(words: &[String], rivals: &Rivals) -> [u64; 4] {
    let n = words.len() as u64;
    let text: u64 = words.iter().map(|word| word.len() as u64).sum();
    [
        text + super::word_automaton::BOXED * n,
        text + 4 * n,
        text + super::word_automaton::table_bytes(n),
        rivals.fst_bytes().len() as u64,
    ]
}

/// 이어 적은 말의 지문.
fn print(words: &[String]) -> u64 {
    fnv1a(words.iter().flat_map(|word| word.bytes()))
}

const SIZES: &str = "낱말을 담은 네 구조";

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 3, "낱말 만들기")?;
    let Corpus { words, queries } = Corpus::new(p);
    ctx.progress(1, 3, "네 구조에 담기")?;
    let rivals = Rivals::new(&words)?;
    ctx.progress(2, 3, "찾기")?;
    let hits = rivals.hits(Store::Fst, &queries);
    let n = words.len() as u64;
    let bytes = bytes(&words, &rivals);
    let print = print(&words);
    Ok(Report::default()
        .answer("words", n)
        .answer("hits", hits)
        .answer("print", print)
        .checksum(&[n, hits, print])
        .view(View::Table(sizes(n, bytes, &rivals)))
        .view(View::Chart(per_word(n, bytes)))
        .view(View::Chart(scattered(p, ctx)?))
        .view(note(FST_WIDTH)))
}

fn verdict(report: &Report) -> Verdict {
    // fst의 길이는 포인터 폭에 따라 조금 다를 수 있어 답이 아니라 표에 있음
    let table = report.views.iter().find_map(|view| match view {
        View::Table(table) if table.title.starts_with(SIZES) => Some(table),
        _ => None,
    });
    let size = |store: Store| {
        let rows = table.map(|table| &table.rows)?;
        let row = rows.iter().find(|row| row[0].text == store.label())?;
        row[1].value
    };
    let (Some(set), Some(fst)) = (size(Store::HashSet), size(Store::Fst))
    else {
        return Verdict::pending();
    };
    let sentence = format!(
        "HashSet은 {}, fst는 {}.",
        format::bytes(set as u64),
        format::bytes(fst as u64)
    );
    Verdict::ratio(GUESSES, set / fst, sentence)
}

fn sizes(n: u64, bytes: [u64; 4], rivals: &Rivals) -> Table {
    let row = |(store, bytes): (Store, u64)| {
        vec![
            store.label().into(),
            bytes.into(),
            Cell::fixed(bytes as f64 / n as f64, 2),
        ]
    };
    let mut table = Table {
        title: format!("{SIZES} (낱말 {}개)", format::int(n)),
        badge: Badge::Exact,
        columns: vec![
            Column::text("구조"),
            Column::number("크기", "바이트"),
            Column::number("낱말 하나", "바이트"),
        ],
        rows: Store::ALL.into_iter().zip(bytes).map(row).collect(),
    };
    if !rivals.heaps.is_empty() {
        table.columns.push(Column::number("할당기가 센 크기", "바이트"));
        table.columns.push(Column::number("짓는 동안 최대", "바이트"));
        for (row, (live, peak)) in table.rows.iter_mut().zip(&rivals.heaps) {
            row.extend([(*live).into(), (*peak).into()]);
        }
    }
    table
}

fn per_word(n: u64, bytes: [u64; 4]) -> Chart {
    let points = bytes
        .iter()
        .enumerate()
        .map(|(i, bytes)| (i as f64, *bytes as f64 / n as f64).into());
    Chart {
        title: "낱말 하나에 드는 바이트".into(),
        badge: Badge::Exact,
        x: Axis::category(
            "구조",
            ["정렬한 배열", "한 덩어리", "HashSet", "fst"],
        ),
        y: Axis::linear("낱말 하나", "바이트"),
        series: vec![Series {
            name: "낱말 하나".into(),
            shape: Shape::Bar,
            points: points.collect(),
        }],
        marks: Vec::new(),
    }
}

/// 규칙 없는 낱말을 섞어 볼 때의 어간.
const SCATTER_STEMS: u64 = 10;

/// 규칙 없는 낱말이 늘면: fst의 이득은 규칙에서 나옴.
fn scattered(p: &Params, ctx: &Ctx) -> Result<Chart, Failure> {
    let mut lines: [Vec<_>; 2] = Default::default();
    let steps = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
    for (i, noise) in steps.into_iter().enumerate() {
        ctx.progress(i as u64, steps.len() as u64, "규칙 없는 낱말 섞기")?;
        let small = Params {
            stems: p.stems.min(SCATTER_STEMS),
            noise,
            queries: 0,
            ..p.clone()
        };
        let words = Corpus::new(&small).words;
        let n = words.len() as f64;
        let text: usize = words.iter().map(String::len).sum();
        let fst = fst_set(&words)?.as_fst().as_bytes().len();
        for (line, size) in lines.iter_mut().zip([text, fst]) {
            line.push((noise as f64, size as f64 / n).into());
        }
    }
    let series = ["글자만", "fst"].into_iter().zip(lines);
    Ok(Chart {
        title: format!(
            "규칙 없는 낱말을 섞으면 (어간 {}개)",
            p.stems.min(SCATTER_STEMS)
        ),
        badge: Badge::Exact,
        x: Axis::linear("규칙 없는 낱말", "%"),
        y: Axis::log("낱말 하나", "바이트"),
        series: series
            .map(|(name, points)| Series {
                name: name.into(),
                shape: Shape::Line,
                points,
            })
            .collect(),
        marks: Vec::new(),
    })
}

const READ: &str = "찾을 낱말을 읽기만";

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    ctx.progress(0, 1, "네 구조에 담기")?;
    let Corpus { words, queries } = Corpus::new(p);
    let rivals = Rivals::new(&words)?;
    let (rivals, queries) = (&rivals, &queries);
    let mut cases: Vec<Case> = Store::ALL
        .into_iter()
        .map(|store| {
            Case::new(store.label(), p.queries, move || {
                rivals.hits(store, queries)
            })
        })
        .collect();
    cases.push(Case::new(READ, p.queries, move || print(queries)));
    let Some(mut timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    // 마지막은 한계: 바이트마다 곱셈 하나로 훑기만 함
    let limit = timings.rows.pop().map(|row| (row.median, READ.to_owned()));
    let title = format!("낱말 {}개에서 찾기", format::int(words.len() as u64));
    Ok(timings.ladder(&title, "찾기 한 번", limit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 어미와 조사의 짝 1,008개 가운데 셋은 글자가 같음: '기에' + '는'과
    /// '기' + '에는' 따위.
    #[test]
    fn the_default_run_by_hand() {
        let report = run_with("name_tokens", &[]);
        assert_eq!(report.int("words"), Some(50 * (24 * 42 - 3)));
        assert_eq!(report.int("hits"), Some(10_000));
        assert_eq!(report.checksum.as_deref(), Some("ebe2032fa213c410"));
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("1300"));
    }

    /// 명세의 지문. 기억하는 마디의 자리가 usize라 32비트에서는 다를 수
    /// 있음.
    #[cfg(target_pointer_width = "64")]
    #[test]
    fn the_fst_is_the_same_bytes_every_time() {
        let words = Corpus::new(&Params::default()).words;
        let rivals = Rivals::new(&words).unwrap();
        let bytes = rivals.fst_bytes();
        assert_eq!(bytes.len(), 1_623);
        let print = fnv1a(bytes.iter().copied());
        assert_eq!(print, 12_389_262_804_278_349_309);
    }

    /// 규칙이 하나도 없으면 fst가 글자보다 큼.
    #[test]
    fn anchors_of_the_scatter() {
        let p = Params { stems: 10, noise: 100, ..Params::default() };
        let words = Corpus::new(&p).words;
        let text: usize = words.iter().map(String::len).sum();
        let fst = Rivals::new(&words).unwrap().fst_bytes().len();
        assert!(fst > text, "{fst} {text}");
    }

    #[test]
    fn every_structure_finds_the_same_words() {
        for (stems, particles, noise) in
            [(10, 42, 0), (12, 3, 40), (10, 1, 100)]
        {
            let p = Params {
                stems,
                particles,
                noise,
                queries: 1_000,
                ..Params::default()
            };
            let Corpus { words, queries } = Corpus::new(&p);
            assert!(words.is_sorted());
            let rivals = Rivals::new(&words).unwrap();
            let naive = |word: &&String| words.contains(*word);
            let found = queries.iter().filter(naive).count() as u64;
            assert!(found >= 500);
            for store in Store::ALL {
                assert_eq!(rivals.hits(store, &queries), found, "{store:?}");
            }
        }
    }
}
