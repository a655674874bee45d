//! 블룸 필터: 아마도 있음, 확실히 없음.
//!
//! 출처: Bloom, "Space/time trade-offs in hash coding with allowable errors"
//! (CACM 1970). 자리 k개를 해시 하나에서 얻는 법은 Kirsch와 Mitzenmacher,
//! "Less hashing, same performance" (2008).

use std::collections::HashSet;

use fastbloom::BloomFilter;

use super::counting::{Heap, held};
use super::heap;
use lab::measure::{Case, compare};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Image, Lane, LaneCell,
    Mark, Palette, Point, Raster, Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::rng::mix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 원소 하나에 10비트만 쓰고도 99% 맞히는가?",
    prediction: Prediction {
        text: "거짓 양성률 1%로 잡은 블룸 필터에 예정의 두 배를 넣으면 \
               거짓 양성률은 몇 배가 될까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 20_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] =
    &[("2", "2배"), ("4", "4배"), ("16", "16배"), ("60", "60배")];

lab::choices! {
    /// 예정한 만큼 넣었을 때의 거짓 양성률.
    pub enum Fpr {
        Ten = "10%", "10%";
        Five = "5%", "5%";
        One = "1%", "1%";
        Tenth = "0.1%", "0.1%";
    }
}

impl Fpr {
    /// 원소 하나의 비트에 2^20을 곱한 정수와 자리의 수. `−ln p / (ln 2)²`의
    /// 로그는 실행 환경마다 끝자리가 달라 정수로 적어 둠.
    fn plan(self) -> (u64, u32) {
        match self {
            Fpr::Ten => (5_025_331, 3),
            Fpr::Five => (6_538_106, 4),
            Fpr::One => (10_050_662, 7),
            Fpr::Tenth => (15_075_993, 10),
        }
    }

    /// `n`개를 넣을 필터의 비트.
    fn bits(self, n: u64) -> u64 {
        let wide = u128::from(n) * u128::from(self.plan().0);
        wide.div_ceil(1 << 20) as u64
    }
}

lab::params! {
    /// 0부터 차례로 넣고, 넣지 않은 수 10n개를 물어봄.
    pub struct Params {
        n: u64 = 10_000, int("예정한 원소의 수").unit("개")
            .browser(10, 200_000).native(10, 10_000_000).log();
        fpr: Fpr = Fpr::One, choice("목표한 거짓 양성률");
        overfill: u64 = 1, int("넣는 양").unit("배").range(1, 10)
            .hint("예정한 수의 몇 배를 넣는가");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Hash { first: u64, stride: u64 },
    Light { bit: u64, was: bool },
    Look { bit: u64, lit: bool },
}

/// 비트 배열 하나와 자리의 수.
#[derive(Clone, Debug)]
pub struct Bloom {
    pub words: Vec<u64>,
    pub m: u64,
    pub k: u32,
}

// ANCHOR: kernel
impl Bloom {
    pub fn new(m: u64, k: u32) -> Self {
        Bloom { words: vec![0; m.div_ceil(64) as usize], m, k }
    }

    /// 해시 하나를 둘로 갈라 자리 k개를 만듦: a, a + b, a + 2b, …
    #[inline]
    fn places(&self, hash: u64) -> impl Iterator<Item = u64> + use<> {
        let (a, b) = (hash >> 32, (hash & 0xffff_ffff) | 1);
        let m = self.m;
        (0..u64::from(self.k)).map(move |i| (a + i * b) % m)
    }

    #[inline]
    pub fn insert(&mut self, key: u64, mut watch: impl FnMut(Step)) {
        let hash = mix64(key); // step: hash
        watch(Step::hash(hash));
        for bit in self.places(hash) {
            let (word, mask) = (&mut self.words[at(bit)], 1 << (bit & 63));
            watch(Step::Light { bit, was: *word & mask != 0 });
            *word |= mask; // step: light
        }
    }

    /// 꺼진 비트가 하나라도 있으면 넣은 적이 없음.
    #[inline]
    pub fn contains(&self, key: u64, mut watch: impl FnMut(Step)) -> bool {
        let hash = mix64(key);
        watch(Step::hash(hash));
        self.places(hash).all(|bit| {
            let lit = self.words[at(bit)] >> (bit & 63) & 1 == 1; // step: look
            watch(Step::Look { bit, lit });
            lit
        })
    }

    /// 두 필터를 합침: 비트마다 OR. 크기와 자리의 수가 같아야 함.
    pub fn union(&mut self, other: &Bloom) -> bool {
        if (self.m, self.k) != (other.m, other.k) {
            return false;
        }
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine |= theirs;
        }
        true
    }
}
// ANCHOR_END: kernel

fn at(bit: u64) -> usize {
    (bit >> 6) as usize
}

impl Step {
    fn hash(hash: u64) -> Self {
        Step::Hash { first: hash >> 32, stride: (hash & 0xffff_ffff) | 1 }
    }
}

impl Bloom {
    /// 키 하나가 보는 서로 다른 비트의 수.
    fn distinct(&self, key: u64) -> usize {
        self.places(mix64(key)).collect::<HashSet<u64>>().len()
    }

    /// 켜진 비트.
    pub fn ones(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    fn fill(&self) -> f64 {
        self.ones() as f64 / self.m as f64
    }

    /// `from`부터 `count`개 가운데 있다고 답한 것. 넣지 않은 키여야 함.
    pub fn false_hits(&self, from: u64, count: u64) -> u64 {
        (from..from + count).filter(|key| self.contains(*key, |_| {})).count()
            as u64
    }
}

/// 이론: 원소 `n`개를 넣은 뒤의 채워진 비율과 거짓 양성률. 보이기만 함.
fn theory(m: u64, k: u32, n: u64) -> (f64, f64) {
    let fill = 1.0 - (-(f64::from(k) * n as f64) / m as f64).exp();
    (fill, fill.powi(k as i32))
}

/// 진행을 알리는 간격.
const REPORT_EVERY: u64 = 1 << 16;

/// `from`부터 `to` 앞까지 넣음.
fn fill(
    bloom: &mut Bloom,
    from: u64,
    to: u64,
    ctx: &Ctx,
) -> Result<(), Failure> {
    for key in from..to {
        if key.is_multiple_of(REPORT_EVERY) {
            ctx.progress(key, to, "넣기")?;
        }
        bloom.insert(key, |_| {});
    }
    Ok(())
}

/// 나눠 물어 사이사이에 멈출 수 있게 함.
fn ask(bloom: &Bloom, n: u64, count: u64, ctx: &Ctx) -> Result<u64, Failure> {
    let mut hits = 0;
    for from in (0..count).step_by(REPORT_EVERY as usize) {
        ctx.progress(from, count, "물어보기")?;
        let part = REPORT_EVERY.min(count - from);
        hits += bloom.false_hits(n + from, part);
    }
    Ok(hits)
}

/// 곡선의 점 하나: 넣은 배수마다.
struct Load {
    /// 예정한 수의 몇 배를 넣었는가, 4분의 1 단위.
    quarters: u64,
    keys: u64,
    asked: u64,
    hits: u64,
    fill: f64,
}

/// 곡선의 점에서 물어보는 수. 50,000번이면 0.1%에서도 50개쯤 나옴.
fn asked(n: u64) -> u64 {
    (10 * n).min(50_000)
}

/// 그림의 비트: 4,096개까지.
const SIDE: u64 = 64;

struct Filled {
    loads: Vec<Load>,
    frames: Vec<Raster>,
}

/// 조금씩 채우며 잰 곡선과 비트 그림.
fn climb(p: &Params, ctx: &Ctx) -> Result<Filled, Failure> {
    let (m, k) = (p.fpr.bits(p.n), p.fpr.plan().1);
    let mut bloom = Bloom::new(m, k);
    let (mut loads, mut frames, mut keys) = (Vec::new(), Vec::new(), 0);
    let most = 4 * p.overfill.max(3);
    for quarters in (1..=most).filter(|q| *q <= 4 || *q % 2 == 0) {
        let to = p.n * quarters / 4;
        fill(&mut bloom, keys, to, ctx)?;
        keys = to;
        let asked = asked(p.n);
        let hits = ask(&bloom, keys, asked, ctx)?;
        let fill = bloom.fill();
        loads.push(Load { quarters, keys, asked, hits, fill });
        if quarters.is_power_of_two() || quarters == 12 {
            frames.push(shoot(&bloom, quarters));
        }
    }
    Ok(Filled { loads, frames })
}

/// 처음 4,096비트. 필터가 더 작으면 남는 칸은 꺼진 것으로 보임.
fn shoot(bloom: &Bloom, quarters: u64) -> Raster {
    let rows = shown(bloom.m).div_ceil(SIDE);
    let lit = |bit: u64| {
        let word = bloom.words.get(at(bit)).copied().unwrap_or(0);
        if word >> (bit & 63) & 1 == 1 { 255 } else { 0 }
    };
    let pixels: Vec<u8> = (0..rows * SIDE).map(lit).collect();
    Raster::new(format!("{}배", times(quarters)), &pixels)
}

fn shown(m: u64) -> u64 {
    m.min(SIDE * SIDE)
}

/// 4분의 1 단위를 배수로: `0.25`, `1`, `2.5`.
fn times(quarters: u64) -> String {
    (quarters as f64 / 4.0).to_string()
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let (m, k) = (p.fpr.bits(p.n), p.fpr.plan().1);
    let mut bloom = Bloom::new(m, k);
    let count = p.n * p.overfill;
    fill(&mut bloom, 0, count, ctx)?;
    let queries = 10 * p.n;
    let (ones, hits) = (bloom.ones(), ask(&bloom, count, queries, ctx)?);

    // 예측이 묻는 것: 예정한 만큼과 두 배를 넣었을 때
    let mut twice = Bloom::new(m, k);
    fill(&mut twice, 0, p.n, ctx)?;
    let once_hits = ask(&twice, p.n, queries, ctx)?;
    fill(&mut twice, p.n, 2 * p.n, ctx)?;
    let twice_hits = ask(&twice, 2 * p.n, queries, ctx)?;

    let filled = climb(p, ctx)?;
    let theirs = Theirs::new(p, count);
    Ok(Report::default()
        .answer("m", m)
        .answer("k", u64::from(k))
        .answer("ones", ones)
        .answer("fp", hits)
        .answer("fp_once", once_hits)
        .answer("fp_twice", twice_hits)
        .checksum(&[m, u64::from(k), ones, hits])
        .view(View::Table(summary(p, &bloom, count, hits, &theirs)))
        .view(View::Chart(curve(p, &filled.loads)))
        .view(View::Image(picture(p, m, filled.frames)))
        .view(View::Table(loads(p, &filled.loads)))
        .view(View::Trace(replay(p.fpr))))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(0) as f64;
    let n = report.params.get("n").and_then(u64::read).unwrap_or(1) as f64;
    let (once, twice) = (int("fp_once"), int("fp_twice"));
    let rate = |hits: f64| format::significant(100.0 * hits / (10.0 * n));
    let (few, many) = (rate(once), rate(twice));
    let sentence = match (once > 0.0, twice > 0.0) {
        (true, true) => {
            let sentence = format!(
                "예정한 만큼 넣으면 {few}%, 두 배를 넣으면 {many}%임."
            );
            return Verdict::ratio(GUESSES, twice / once, sentence);
        }
        (false, true) => format!(
            "예정한 만큼 넣었을 때 거짓 양성이 없음. 두 배를 넣으면 \
             {many}%임."
        ),
        (true, false) => format!(
            "두 배를 넣었을 때 거짓 양성이 없음. 예정한 만큼 넣으면 \
             {few}%임."
        ),
        (false, false) => {
            "예정한 만큼 넣어도 두 배를 넣어도 거짓 양성이 없음.".into()
        }
    };
    let asked = format::int(10 * n as u64);
    Verdict {
        headline: "배수를 말할 수 없음".into(),
        sentence: format!("{sentence} 물어본 {asked}개가 너무 적음."),
        ..Verdict::default()
    }
}

/// 견줄 크레이트: 같은 비트, 같은 자리의 수, 고정한 씨앗.
struct Theirs {
    filter: BloomFilter,
    hits: u64,
}

/// 크레이트의 해시에 주는 씨앗.
const SEED: u128 = 42;

impl Theirs {
    fn empty(m: u64, k: u32) -> BloomFilter {
        BloomFilter::with_num_bits(m as usize).seed(&SEED).hashes(k)
    }

    fn new(p: &Params, count: u64) -> Self {
        let mut filter = Theirs::empty(p.fpr.bits(p.n), p.fpr.plan().1);
        for key in 0..count {
            filter.insert(&key);
        }
        let asked = count..count + 10 * p.n;
        let hits = asked.filter(|key| filter.contains(key)).count() as u64;
        Theirs { filter, hits }
    }

    fn ones(&self) -> u64 {
        self.filter.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}

fn percent(part: u64, all: u64) -> Cell {
    Cell::fixed(100.0 * part as f64 / all as f64, 3)
}

fn summary(
    p: &Params,
    bloom: &Bloom,
    count: u64,
    hits: u64,
    theirs: &Theirs,
) -> Table {
    let (m, k, asked) = (bloom.m, bloom.k, 10 * p.n);
    let (fill, rate) = theory(m, k, count);
    let bits = theirs.filter.num_bits() as u64;
    let expected = theirs.filter.expected_false_pos(count as usize);
    let row = |name: &str, bits: u64, ones: u64, hits: u64, theory: f64| {
        vec![
            name.into(),
            Cell::from(bits),
            Cell::from(bits.div_ceil(8)),
            Cell::fixed(100.0 * ones as f64 / bits as f64, 2),
            percent(hits, asked),
            Cell::fixed(100.0 * theory, 3),
            Cell::fixed(
                100.0 * (theory * (1.0 - theory) / asked as f64).sqrt(),
                3,
            ),
        ]
    };
    let n = format::int(count);
    Table {
        title: format!(
            "{n}개를 넣고 넣지 않은 {}개를 물음: 자리 {k}개, 이론의 채움 \
             {:.2}%",
            format::int(asked),
            100.0 * fill
        ),
        badge: Badge::Exact,
        columns: vec![
            Column::text("필터"),
            Column::number("비트", "개"),
            Column::number("크기", "바이트"),
            Column::number("켜진 비트", "%"),
            Column::number("거짓 양성", "%"),
            Column::number("이론", "%"),
            Column::number("이론의 σ", "%p"),
        ],
        rows: vec![
            row("우리 것", m, bloom.ones(), hits, rate),
            row("fastbloom", bits, theirs.ones(), theirs.hits, expected),
        ],
    }
}

fn curve(p: &Params, loads: &[Load]) -> Chart {
    let (m, k) = (p.fpr.bits(p.n), p.fpr.plan().1);
    let x = |load: &Load| load.quarters as f64 / 4.0;
    let seen = loads.iter().filter(|load| load.hits > 0).map(|load| {
        let rate = load.hits as f64 / load.asked as f64;
        let sigma = (rate * (1.0 - rate) / load.asked as f64).sqrt();
        // 몇 번 나오지 않은 점의 띠는 0에 닿아 로그 축에 그릴 수 없음
        let low = (rate - sigma).max(rate / 4.0);
        Point {
            x: x(load),
            y: 100.0 * rate,
            low: Some(100.0 * low),
            high: Some(100.0 * (rate + sigma)),
        }
    });
    let wanted = loads
        .iter()
        .map(|load| (x(load), 100.0 * theory(m, k, load.keys).1).into());
    // 로그 축에 그릴 수 있는 것만
    let wanted: Vec<Point> = wanted.filter(|at: &Point| at.y > 1e-6).collect();
    Chart {
        title: format!(
            "넣은 양과 거짓 양성률: {}번씩 물음",
            format::int(asked(p.n))
        ),
        badge: Badge::Exact,
        x: Axis::linear("예정한 수의 몇 배를 넣었는가", "배"),
        y: Axis::log("거짓 양성률", "%"),
        series: vec![
            Series {
                name: "실험 (±σ)".into(),
                shape: Shape::Dot,
                points: seen.collect(),
            },
            Series {
                name: "이론 ≈ (1 − e^(−kn/m))^k".into(),
                shape: Shape::Line,
                points: wanted,
            },
        ],
        marks: vec![Mark {
            axis: AxisName::X,
            at: p.overfill as f64,
            label: "이번에 넣은 양".into(),
        }],
    }
}

fn picture(p: &Params, m: u64, frames: Vec<Raster>) -> Image {
    let shown = shown(m);
    let part = match shown < m {
        true => format!("처음 {}비트", format::int(shown)),
        false => format!("{}비트 모두", format::int(m)),
    };
    Image {
        title: format!(
            "비트 배열: {part}, 예정한 수의 몇 배를 넣었는가에 따라"
        ),
        badge: Badge::Exact,
        width: SIDE as u32,
        height: shown.div_ceil(SIDE) as u32,
        palette: Palette::Heat,
        low: 0.0,
        high: 1.0,
        unit: String::new(),
        frames,
        alt: format!(
            "밝은 칸이 켜진 비트임. 원소 {}개로 잡은 필터는 예정한 만큼 \
             넣었을 때 절반쯤 켜지고, 두 배면 4분의 3, 세 배면 10분의 9쯤 \
             켜짐",
            format::int(p.n)
        ),
        explore: None,
    }
}

fn loads(p: &Params, loads: &[Load]) -> Table {
    let (m, k) = (p.fpr.bits(p.n), p.fpr.plan().1);
    let whole = loads.iter().filter(|load| load.quarters % 2 == 0);
    let row = |load: &Load| {
        let (fill, rate) = theory(m, k, load.keys);
        vec![
            Cell {
                text: times(load.quarters),
                value: Some(load.quarters as f64 / 4.0),
            },
            load.keys.into(),
            Cell::fixed(100.0 * load.fill, 1),
            Cell::fixed(100.0 * fill, 1),
            percent(load.hits, load.asked),
            Cell::fixed(100.0 * rate, 3),
        ]
    };
    Table {
        title: format!(
            "넣은 양에 따라: {}번씩 물은 실험과 이론",
            format::int(asked(p.n))
        ),
        badge: Badge::Exact,
        columns: vec![
            Column::number("넣은 양", "배"),
            Column::number("원소", "개"),
            Column::number("켜진 비트", "%"),
            Column::number("켜진 비트의 이론", "%"),
            Column::number("거짓 양성", "%"),
            Column::number("거짓 양성의 이론", "%"),
        ],
        rows: whole.map(row).collect(),
    }
}

/// 재생하는 필터에 넣는 원소.
const REPLAY: u64 = 4;

/// 작은 필터를 채우고 세 가지를 물어봄: 넣은 것, 넣지 않은 것, 그리고 넣지
/// 않았는데 있다고 하는 것.
fn replay(fpr: Fpr) -> Trace {
    let (m, k) = (fpr.bits(REPLAY), fpr.plan().1);
    let mut bloom = Bloom::new(m, k);
    let mut recorder = Recorder { m, frames: Vec::new() };
    for key in 0..REPLAY {
        // 넣는 동안에는 필터를 볼 수 없으므로 순간을 모았다가 그림
        let mut shown = bloom.clone();
        let mut steps = Vec::new();
        bloom.insert(key, |step| steps.push(step));
        for step in steps {
            if let Step::Light { bit, .. } = step {
                shown.words[at(bit)] |= 1 << (bit & 63);
            }
            recorder.record(&shown, &format!("{key} 넣기"), step);
        }
    }
    let mut keys = REPLAY..100_000;
    let none = keys.clone().find(|key| !bloom.contains(*key, |_| {}));
    // 걸음이 m과 맞물리면 몇 비트만 되풀이해 보므로 자리가 모두 다른 것을
    // 고름. 작은 필터라 거짓 양성은 그런 것도 곧 나옴
    let lie = keys.find(|key| {
        bloom.contains(*key, |_| {}) && bloom.distinct(*key) == k as usize
    });
    let asked = [Some(REPLAY - 1), none, lie];
    for key in asked.into_iter().flatten() {
        let mut last = false;
        bloom.contains(key, |step| {
            if let Step::Look { lit, .. } = step {
                last = lit;
            }
            recorder.record(&bloom, &format!("{key} 묻기"), step);
        });
        recorder.conclude(key < REPLAY, last);
    }
    Trace {
        title: format!("비트 {m}개짜리 작은 필터에 {REPLAY}개 넣고 묻기"),
        badge: Badge::Exact,
        frames: recorder.frames,
    }
}

struct Recorder {
    m: u64,
    frames: Vec<Frame>,
}

impl Recorder {
    fn record(&mut self, bloom: &Bloom, doing: &str, step: Step) {
        let (tag, say, now) = match step {
            Step::Hash { first, stride } => {
                let (first, stride) = (first % self.m, stride % self.m);
                let say = format!(
                    "해시를 둘로 가름: 첫 자리 {first}, 걸음 {stride}"
                );
                ("hash", say, None)
            }
            Step::Light { bit, was } => {
                let what = match was {
                    true => "이미 켜져 있음",
                    false => "켬",
                };
                ("light", format!("{bit}번 비트: {what}"), Some(bit))
            }
            Step::Look { bit, lit } => {
                let what = match lit {
                    true => "켜져 있음",
                    false => "꺼져 있음",
                };
                ("look", format!("{bit}번 비트: {what}"), Some(bit))
            }
        };
        let lit = |bit: u64| bloom.words[at(bit)] >> (bit & 63) & 1 == 1;
        let asking = matches!(step, Step::Look { .. });
        let cells = (0..self.m).filter_map(|bit| {
            let (on, here) = (lit(bit), now == Some(bit));
            let tone = match (on, here) {
                (true, true) => Tone::Hit,
                (false, true) if asking => Tone::Dead,
                (false, true) => Tone::Now,
                (true, false) => Tone::Seen,
                (false, false) => return None,
            };
            let text = if on { "1" } else { "0" };
            Some(LaneCell { at: bit, text: text.into(), tone })
        });
        self.frames.push(Frame {
            step: tag.into(),
            say: format!("{doing}: {say}"),
            counters: vec![(
                "켜진 비트".into(),
                format!("{} / {}", bloom.ones(), self.m),
            )],
            lanes: vec![Lane {
                label: "비트 배열".into(),
                size: self.m,
                cells: cells.collect(),
                group: 8,
            }],
            jumps: Vec::new(),
        });
    }

    /// 마지막 장면에 답을 덧붙임.
    fn conclude(&mut self, inserted: bool, lit: bool) {
        let answer = match (lit, inserted) {
            (true, true) => "모두 켜져 있으므로 '아마도 있음'. 맞음",
            (true, false) => "모두 켜져 있으므로 '아마도 있음'. 거짓 양성임",
            (false, _) => "하나가 꺼져 있으므로 '확실히 없음'",
        };
        if let Some(frame) = self.frames.last_mut() {
            frame.say = format!("{}. {answer}", frame.say);
        }
    }
}

/// 잴 것들: 같은 키 `n`개를 넣은 필터와 셋.
pub struct Rivals {
    pub n: u64,
    ours: Bloom,
    theirs: BloomFilter,
    set: HashSet<u64>,
    heaps: [Option<Heap>; 3],
}

impl Rivals {
    pub fn new(n: u64, fpr: Fpr) -> Self {
        let (m, k) = (fpr.bits(n), fpr.plan().1);
        let (ours, our_heap) = held(|| Rivals::fill_ours(n, m, k));
        let (theirs, their_heap) = held(|| {
            let mut filter = Theirs::empty(m, k);
            (0..n).for_each(|key| _ = filter.insert(&key));
            filter
        });
        let (set, set_heap) = held(|| (0..n).collect());
        let heaps = [our_heap, their_heap, set_heap];
        Rivals { n, ours, theirs, set, heaps }
    }

    fn fill_ours(n: u64, m: u64, k: u32) -> Bloom {
        let mut bloom = Bloom::new(m, k);
        (0..n).for_each(|key| bloom.insert(key, |_| {}));
        bloom
    }

    /// 처음부터 넣고 켜진 비트를 셈.
    pub fn insert_ours(&self) -> u64 {
        Rivals::fill_ours(self.n, self.ours.m, self.ours.k).ones()
    }

    pub fn insert_theirs(&self) -> u64 {
        let k = self.theirs.num_hashes();
        let mut filter = Theirs::empty(self.ours.m, k);
        (0..self.n).for_each(|key| _ = filter.insert(&key));
        filter.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    pub fn insert_set(&self) -> u64 {
        let set: HashSet<u64> = (0..self.n).collect();
        set.len() as u64
    }

    /// `from`부터 n개를 묻고 있다고 한 것을 셈.
    pub fn ask_ours(&self, from: u64) -> u64 {
        self.ours.false_hits(from, self.n)
    }

    pub fn ask_theirs(&self, from: u64) -> u64 {
        let asked = from..from + self.n;
        asked.filter(|key| self.theirs.contains(key)).count() as u64
    }

    pub fn ask_set(&self, from: u64) -> u64 {
        let asked = from..from + self.n;
        asked.filter(|key| self.set.contains(key)).count() as u64
    }
}

const OURS: &str = "우리 필터";
const THEIRS: &str = "fastbloom";
const SET: &str = "std HashSet<u64>";

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    ctx.progress(0, 1, "넣기")?;
    let (n, rivals) = (p.n, Rivals::new(p.n, p.fpr));
    let cases = vec![
        Case::new(OURS, n, || rivals.insert_ours()),
        Case::new(THEIRS, n, || rivals.insert_theirs()),
        Case::new(SET, n, || rivals.insert_set()),
    ];
    let mut views = compare(ctx, "빈 것에 넣기", "원소 하나", cases)?;
    let mut asking = |title: &str, from: u64| {
        let cases = vec![
            Case::new(OURS, n, || rivals.ask_ours(from)),
            Case::new(THEIRS, n, || rivals.ask_theirs(from)),
            Case::new(SET, n, || rivals.ask_set(from)),
        ];
        views.extend(compare(ctx, title, "질의 하나", cases)?);
        Ok::<(), Failure>(())
    };
    asking("있는 것을 묻기", 0)?;
    asking("없는 것을 묻기", n)?;
    let names = [OURS, THEIRS, SET];
    let heaps: Vec<_> = names.into_iter().zip(rivals.heaps).collect();
    let title = format!("세는 할당기가 본 힙: 원소 {}개", format::int(n));
    views.push(heap::table(&title, &heaps));
    views.push(note(
        "모두 한 스레드에서 차례대로 넣고 물음. 셋은 넣을 수를 미리 알고 한 \
         번에 잡은 것이라 자라는 동안의 이사가 없음",
    ));
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 명세의 기준값.
    #[test]
    fn anchors() {
        let small = run_with("bloom_fpr", &[("n", "1000")]);
        let int = |report: &Report, key| report.int(key).unwrap();
        assert_eq!((int(&small, "m"), int(&small, "k")), (9_586, 7));
        assert_eq!(int(&small, "fp"), 92);
        let fill = int(&small, "ones") as f64 / 9_586.0;
        assert_eq!(format::fixed(fill, 3), "0.520");

        let large = run_with("bloom_fpr", &[]);
        assert_eq!((int(&large, "m"), int(&large, "fp")), (95_851, 976));
        let fill = int(&large, "ones") as f64 / 95_851.0;
        assert_eq!(format::fixed(fill, 4), "0.5175");
    }

    /// 정수로 적어 둔 비트는 −ln p / (ln 2)²임.
    #[test]
    fn the_constants_are_the_formula() {
        let ln2 = std::f64::consts::LN_2;
        for (fpr, p) in [
            (Fpr::Ten, 0.1f64),
            (Fpr::Five, 0.05),
            (Fpr::One, 0.01),
            (Fpr::Tenth, 0.001),
        ] {
            let (c, k) = fpr.plan();
            let want = -p.ln() / (ln2 * ln2) * f64::from(1 << 20);
            // 비트를 올림하므로 계수도 올린 것임
            assert!((c as f64 - want).abs() <= 1.0, "{p} {want}");
            let best = c as f64 / f64::from(1 << 20) * ln2;
            assert_eq!(f64::from(k), best.round(), "{p}");
        }
        assert_eq!(Fpr::One.bits(1_000_000), 9_585_059);
    }

    /// 넣은 것은 반드시 있다고 함.
    #[test]
    fn there_are_no_false_negatives() {
        for fpr in Fpr::ALL {
            let (m, k) = (fpr.bits(500), fpr.plan().1);
            let bloom = Rivals::fill_ours(1_500, m, k);
            assert!((0..1_500).all(|key| bloom.contains(key, |_| {})));
        }
    }

    /// 느리고 뻔한 필터: 자리를 모두 집합에 모음.
    #[test]
    fn the_same_as_a_set_of_places() {
        let (m, k) = (Fpr::One.bits(300), 7);
        let bloom = Rivals::fill_ours(300, m, k);
        let places = |key: u64| {
            let (a, b) = (mix64(key) >> 32, mix64(key) & 0xffff_ffff | 1);
            (0..7).map(move |i| ((a + i * b) % m) as usize)
        };
        let lit: HashSet<usize> = (0..300).flat_map(places).collect();
        assert_eq!(bloom.ones(), lit.len() as u64);
        for key in 0..20_000 {
            let all = places(key).all(|bit| lit.contains(&bit));
            assert_eq!(bloom.contains(key, |_| {}), all);
        }
    }

    #[test]
    fn a_union_is_both() {
        let (m, k) = (Fpr::One.bits(400), 7);
        let mut left = Bloom::new(m, k);
        let mut right = Bloom::new(m, k);
        (0..200).for_each(|key| left.insert(key, |_| {}));
        (200..400).for_each(|key| right.insert(key, |_| {}));
        assert!(left.union(&right));
        let both = Rivals::fill_ours(400, m, k);
        assert_eq!(left.words, both.words);
        assert!(!left.union(&Bloom::new(m + 1, k)));
    }

    /// 목표: 원소마다 10비트, 자리 7개면 1.1% 이하. 이론은 0.819%임.
    /// 여러 열쇠 모음에서 우리 것과 크레이트 모두.
    #[test]
    fn ten_bits_a_key_is_below_one_percent() {
        let (n, asked) = (5_000, 50_000);
        let theory = theory(10 * n, 7, n).1;
        assert_eq!(format::fixed(100.0 * theory, 3), "0.819");
        let mut rates = [Vec::new(), Vec::new()];
        for trial in 0..20u64 {
            let base = trial << 32;
            let mut ours = Bloom::new(10 * n, 7);
            let mut theirs = BloomFilter::with_num_bits(10 * n as usize)
                .seed(&u128::from(trial))
                .hashes(7);
            for key in base..base + n {
                ours.insert(key, |_| {});
                theirs.insert(&key);
            }
            let from = base + n;
            let theirs = (from..from + asked)
                .filter(|key| theirs.contains(key))
                .count() as f64;
            rates[0].push(ours.false_hits(from, asked) as f64);
            rates[1].push(theirs);
        }
        for rates in rates {
            let rates = rates.iter().map(|hits| hits / asked as f64);
            let (rates, count): (Vec<f64>, f64) = (rates.collect(), 20.0);
            let mean = rates.iter().sum::<f64>() / count;
            // 물음의 σ는 백만 번에 0.009%p, 채움의 흔들림까지 넉넉히
            assert!((mean - theory).abs() < 0.000_5, "{mean}");
            let square = rates.iter().map(|rate| rate * rate).sum::<f64>();
            assert!((square / count).sqrt() <= 0.011);
        }
    }

    /// 목표를 바꿔도 실험은 이론의 4σ 안에 있음.
    #[test]
    fn the_curve_follows_the_theory() {
        let ctx = Ctx::new(&lab::host::Quiet, Scope::Native);
        for fpr in Fpr::ALL {
            let p = Params { fpr, n: 20_000, ..Params::default() };
            let filled = climb(&p, &ctx).unwrap();
            let (m, k) = (p.fpr.bits(p.n), p.fpr.plan().1);
            assert_eq!(filled.loads.len(), 8);
            for load in filled.loads {
                let rate = theory(m, k, load.keys).1;
                let count = load.asked as f64;
                let sigma = (rate * (1.0 - rate) / count).sqrt();
                let seen = load.hits as f64 / count;
                // 같은 걸음을 쓰는 자리들이 겹치는 몫을 조금 봐줌
                let room = 4.0 * sigma + 0.03 * rate;
                assert!((seen - rate).abs() <= room, "{fpr:?} {seen} {rate}");
            }
        }
    }

    #[test]
    fn the_default_prediction_is_sixteen_times() {
        let verdict = run_with("bloom_fpr", &[]).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("16"), "{verdict:?}");
    }

    #[test]
    fn no_false_positive_is_no_ratio() {
        let verdict = run_with("bloom_fpr", &[("n", "11")]).verdict.unwrap();
        assert!(verdict.is_pending());
        assert_eq!(
            verdict.sentence,
            "예정한 만큼 넣었을 때 거짓 양성이 없음. 두 배를 넣으면 15.5%임. \
             물어본 110개가 너무 적음."
        );
    }

    /// 재생의 마지막 질의는 거짓 양성으로 끝남.
    #[test]
    fn the_replay_ends_with_a_lie() {
        for fpr in Fpr::ALL {
            let frames = replay(fpr).frames;
            assert!(frames.last().unwrap().say.ends_with("거짓 양성임"));
            // 같은 비트만 되풀이해 본 것이 아님
            let key = frames.last().unwrap().say.split(' ').next().unwrap();
            let asked = frames.iter().map(|frame| frame.say.as_str());
            let asked = asked.filter(|say| {
                say.starts_with(&format!("{key} 묻기")) && say.contains("비트")
            });
            let bits: HashSet<&str> =
                asked.filter_map(|say| say.split(' ').nth(2)).collect();
            assert_eq!(bits.len(), fpr.plan().1 as usize);
            assert!(frames.len() < 2_000);
            assert!(frames[0].lanes[0].size <= 64);
        }
    }
}
