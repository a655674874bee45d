//! 해시가 나쁘면: 같은 사전에 해시만 바꿔 끼우고 탐사를 셈.
//!
//! 해시가 같아도 키가 다를 수 있으므로, `dict_probe`의 모형과 달리 키까지
//! 견줌. 탐사와 성장의 규칙은 CPython 3.14의 것과 같음.

use std::hint::black_box;

use siphasher::sip::SipHasher13;

use super::draw::{BOXES, short};
use super::tally::{Tally, tick};
use lab::checksum::fnv1a;
use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series, Shape,
    Table, Tone, Trace, Verdict,
};
use lab::rng::{SplitMix64, mix64};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 해시가 나쁘면 사전이 리스트처럼 느려지는가?",
    prediction: Prediction {
        text: "아래 8비트만 쓰는 해시의 평균 탐사는 고르게 섞는 \
               해시(mix64)의 몇 배일까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 3_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] =
    &[("1", "거의 같음"), ("3", "3배"), ("10", "10배"), ("100", "100배")];

lab::choices! {
    /// 키의 모양.
    pub enum Keys {
        Ints = "ints", "연속 정수";
        Multiples = "multiples", "4,096의 배수";
        Words = "words", "한글 낱말";
        HighBits = "attack", "2^46의 배수";
    }
}

lab::choices! {
    /// 키를 64비트로 바꾸는 함수.
    pub enum HashFn {
        Identity = "identity", "값 그대로";
        Low8 = "low8", "아래 8비트만";
        Multiply = "multiply", "곱셈";
        Mix64 = "mix64", "mix64";
        Fnv1a = "fnv1a", "FNV-1a";
        Siphash13 = "siphash13", "SipHash-1-3";
    }
}

lab::params! {
    /// 키 모음 하나를 해시마다 사전에 담아 모두 찾아봄.
    pub struct Params {
        n: u64 = 1_000, int("키의 수").unit("개").range(1, 20_000).log();
        keys: Keys = Keys::Ints, choice("키의 모양");
        hasher: HashFn = HashFn::Low8, choice("해시");
        seed: u64 = 42, int("씨앗")
            .hint("SipHash의 비밀 열쇠를 만듦");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 키: 8바이트를 넘지 않는 바이트열. 남는 바이트는 0임.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    bytes: [u8; 8],
    len: u8,
}

impl Key {
    fn new(text: &[u8]) -> Self {
        let mut bytes = [0; 8];
        bytes[..text.len()].copy_from_slice(text);
        Key { bytes, len: text.len() as u8 }
    }

    fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    fn number(self) -> u64 {
        u64::from_le_bytes(self.bytes)
    }
}

const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;
/// 2^64에서 곱셈을 되돌리는 수.
const INVERSE: u64 = inverse(MULTIPLIER);

/// 뉴턴 법: 한 번마다 맞는 비트가 두 배가 되어 3비트에서 96비트까지 감.
const fn inverse(odd: u64) -> u64 {
    let mut guess = odd;
    let mut rounds = 0;
    while rounds < 5 {
        let error = odd.wrapping_mul(guess);
        guess = guess.wrapping_mul(2u64.wrapping_sub(error));
        rounds += 1;
    }
    guess
}

/// 이만큼의 아래쪽 비트가 0인 키: 홀수를 곱해도 0으로 남음.
const ZERO_BITS: u32 = 46;

/// 키 가족. 모두 서로 다름.
pub fn keys(family: Keys, n: u64) -> Vec<Key> {
    let key = |i: u64| match family {
        Keys::Ints => Key::new(&i.to_le_bytes()),
        Keys::Multiples => Key::new(&(i << 12).to_le_bytes()),
        Keys::Words => Key::new(word(i as u32).as_bytes()),
        Keys::HighBits => {
            // 곱한 값이 차례대로가 되게 늘어놓음
            let product = i << ZERO_BITS;
            Key::new(&product.wrapping_mul(INVERSE).to_le_bytes())
        }
    };
    (0..n).map(key).collect()
}

/// 유니코드의 한글 음절.
const SYLLABLES: u32 = 11_172;

/// 가, 각, 갂, …, 힣 다음은 두 글자.
fn word(i: u32) -> String {
    let head = match i / SYLLABLES {
        0 => String::new(),
        more => word(more - 1),
    };
    let last = char::from_u32('가' as u32 + i % SYLLABLES);
    head.chars().chain(last).collect()
}

/// SipHash의 비밀.
pub type Secret = (u64, u64);

pub fn secret(seed: u64) -> Secret {
    let mut rng = SplitMix64::new(seed);
    (rng.next_u64(), rng.next_u64())
}

impl HashFn {
    #[inline(always)]
    fn hash(self, key: Key, secret: Secret) -> u64 {
        match self {
            HashFn::Identity => key.number(),
            HashFn::Low8 => key.number() & 0xff,
            HashFn::Multiply => key.number().wrapping_mul(MULTIPLIER),
            HashFn::Mix64 => mix64(key.number()),
            HashFn::Fnv1a => fnv1a(key.as_slice().iter().copied()),
            HashFn::Siphash13 => {
                SipHasher13::new_with_keys(secret.0, secret.1)
                    .hash(key.as_slice())
            }
        }
    }

    /// 모든 키의 해시를 더함. 함수를 고르는 일은 반복문 밖에서 끝남.
    pub fn sum(self, keys: &[Key], secret: Secret) -> u64 {
        fn each(keys: &[Key], hash: impl Fn(Key) -> u64) -> u64 {
            // 사전은 해시를 하나씩 쓰므로 묶어서 셈하지 못하게 함
            keys.iter().fold(0, |sum: u64, key| {
                sum.wrapping_add(black_box(hash(*key)))
            })
        }
        use HashFn::*;
        match self {
            Identity => each(keys, |key| Identity.hash(key, secret)),
            Low8 => each(keys, |key| Low8.hash(key, secret)),
            Multiply => each(keys, |key| Multiply.hash(key, secret)),
            Mix64 => each(keys, |key| Mix64.hash(key, secret)),
            Fnv1a => each(keys, |key| Fnv1a.hash(key, secret)),
            Siphash13 => each(keys, |key| Siphash13.hash(key, secret)),
        }
    }
}

const EMPTY: u32 = u32::MAX;
const MIN_SLOTS: u64 = 8;

/// 키와 해시를 함께 담은 사전.
#[derive(Clone, Debug)]
pub struct HashedDict {
    mask: u64,
    index: Vec<u32>,
    /// (해시, 키), 넣은 순서.
    items: Vec<(u64, Key)>,
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Start { slot: u64 },
    Look { slot: u64, item: u32 },
    Compare { item: u32 },
    Found { item: u32 },
    Jump { slot: u64 },
}

impl Default for HashedDict {
    fn default() -> Self {
        let index = vec![EMPTY; MIN_SLOTS as usize];
        HashedDict { mask: MIN_SLOTS - 1, index, items: Vec::new() }
    }
}

impl HashedDict {
    fn slots(&self) -> u64 {
        self.mask + 1
    }

    // ANCHOR: kernel
    /// 키가 같은 항목의 번호. 해시가 같아도 키가 다르면 계속 찾음.
    pub fn find(
        &self,
        hash: u64,
        key: Key,
        mut watch: impl FnMut(Step),
    ) -> Option<u32> {
        let mut perturb = hash;
        let mut slot = hash & self.mask; // step: start
        watch(Step::Start { slot });
        loop {
            let item = self.index[slot as usize]; // step: look
            if item == EMPTY {
                return None;
            }
            watch(Step::Look { slot, item });
            let (their_hash, their_key) = self.items[item as usize];
            if their_hash == hash {
                watch(Step::Compare { item });
                let same = their_key == key; // step: compare
                if same {
                    watch(Step::Found { item });
                    return Some(item); // step: found
                }
            }
            perturb >>= 5;
            slot = self.next(slot, perturb); // step: jump
            watch(Step::Jump { slot });
        }
    }

    fn next(&self, slot: u64, perturb: u64) -> u64 {
        (slot * 5).wrapping_add(perturb).wrapping_add(1) & self.mask
    }

    /// 아직 없는 키를 넣음. 3분의 2가 찼으면 먼저 이사함.
    pub fn insert_new(&mut self, hash: u64, key: Key) {
        let used = self.items.len() as u64;
        if used == self.slots() * 2 / 3 {
            let slots = (used * 3).next_power_of_two();
            self.mask = slots - 1;
            self.index.clear();
            self.index.resize(slots as usize, EMPTY);
            for item in 0..used {
                self.place(item as u32);
            }
        }
        self.items.push((hash, key));
        self.place(used as u32);
    }

    fn place(&mut self, item: u32) {
        let mut perturb = self.items[item as usize].0;
        let mut slot = perturb & self.mask;
        while self.index[slot as usize] != EMPTY {
            perturb >>= 5;
            slot = self.next(slot, perturb);
        }
        self.index[slot as usize] = item;
    }
    // ANCHOR_END: kernel
}

/// 해시 하나의 성적.
struct Grade {
    hasher: HashFn,
    dict: HashedDict,
    probes: Tally,
    /// 해시가 같아 키까지 견준 횟수.
    compared: u64,
    /// 재생에 담기는 키 가운데 가장 오래 걸리는 첫 키의 번호.
    slow: usize,
    slow_looks: u64,
    /// 칸마다 그 칸을 첫 자리로 삼은 키의 수.
    buckets: Vec<u64>,
}

impl Grade {
    fn new(
        hasher: HashFn,
        keys: &[Key],
        secret: Secret,
        ctx: &Ctx,
    ) -> Result<Self, Failure> {
        let total = keys.len() as u64;
        let mut dict = HashedDict::default();
        for (i, key) in keys.iter().enumerate() {
            tick(ctx, i as u64, total, hasher.label())?;
            dict.insert_new(hasher.hash(*key, secret), *key);
        }
        let buckets = vec![0; dict.index.len()];
        let (probes, compared, slow) = (Tally::default(), 0, 0);
        let slow_looks = 0;
        let mut grade = Grade {
            hasher,
            dict,
            probes,
            compared,
            slow,
            slow_looks,
            buckets,
        };
        for number in 0..keys.len() {
            grade.look_up(number);
        }
        Ok(grade)
    }

    fn look_up(&mut self, number: usize) {
        let (hash, key) = self.dict.items[number];
        self.buckets[(hash & self.dict.mask) as usize] += 1;
        let mut looks = 0;
        self.dict.find(hash, key, |step| match step {
            Step::Look { .. } => looks += 1,
            Step::Compare { .. } => self.compared += 1,
            _ => {}
        });
        self.probes.add(looks);
        if (self.slow_looks + 1..=BOXES).contains(&looks) {
            (self.slow, self.slow_looks) = (number, looks);
        }
    }

    fn n(&self) -> u64 {
        self.dict.items.len() as u64
    }

    fn mean(&self) -> f64 {
        self.probes.mean(self.n())
    }

    fn used_buckets(&self) -> u64 {
        self.buckets.iter().filter(|count| **count > 0).count() as u64
    }

    fn max_bucket(&self) -> u64 {
        self.buckets.iter().copied().max().unwrap_or(0)
    }

    fn squares(&self) -> u64 {
        self.buckets.iter().map(|count| count * count).sum()
    }

    /// 카이제곱의 천분율. 고르게 흩어졌으면 칸의 수와 비슷함.
    fn chi_square(&self) -> u64 {
        let n = self.n();
        self.squares() * self.dict.slots() * 1000 / n - n * 1000
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let (keys, secret) = (keys(p.keys, p.n), secret(p.seed));
    let grade = |hasher| Grade::new(hasher, &keys, secret, ctx);
    let grades: Result<Vec<_>, _> =
        HashFn::ALL.into_iter().map(grade).collect();
    let grades = grades?;
    let (chosen, even) =
        (&grades[p.hasher as usize], &grades[HashFn::Mix64 as usize]);
    let exact = [
        ("slots", chosen.dict.slots()),
        ("used_buckets", chosen.used_buckets()),
        ("max_bucket", chosen.max_bucket()),
        ("sum_squares", chosen.squares()),
        ("sum_hit", chosen.probes.sum),
        ("max_hit", chosen.probes.max()),
        ("sum_compared", chosen.compared),
    ];
    let report = exact
        .iter()
        .fold(Report::default(), |report, (key, n)| report.answer(key, *n));
    Ok(report
        .answer("chi_square", chosen.chi_square())
        .answer("baseline_hit", even.probes.sum)
        .checksum(&exact.map(|(_, n)| n))
        .view(View::Chart(means(&grades)))
        .view(View::Table(summary(&grades)))
        .view(View::Chart(spread(chosen)))
        .view(View::Trace(replay(chosen, p.keys))))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(0) as f64;
    let n = report.params.get("n").and_then(u64::read).unwrap_or(1) as f64;
    let (sum, base) = (int("sum_hit"), int("baseline_hit"));
    let hasher = report.params.get("hasher").and_then(HashFn::read);
    let sentence = format!(
        "mix64는 평균 {}번, 이 해시({})는 {}번 만에 찾음.",
        format::fixed(base / n, 3),
        hasher.map_or("", HashFn::label),
        format::fixed(sum / n, 3)
    );
    Verdict::ratio(GUESSES, sum / base, sentence)
}

fn means(grades: &[Grade]) -> Chart {
    let point = |(i, grade): (usize, &Grade)| (grade.mean(), i as f64).into();
    Chart {
        title: "해시마다 있는 키를 찾는 평균 탐사".into(),
        badge: Badge::Exact,
        x: Axis::log("평균 탐사", "번"),
        y: Axis::category("해시", grades.iter().map(|g| g.hasher.label())),
        series: vec![Series {
            name: "평균 탐사".into(),
            shape: Shape::Dot,
            points: grades.iter().enumerate().map(point).collect(),
        }],
        marks: Vec::new(),
    }
}

fn summary(grades: &[Grade]) -> Table {
    let row = |grade: &Grade| {
        let n = grade.n() as f64;
        let chi = grade.chi_square() as f64 / 1000.0;
        vec![
            grade.hasher.label().into(),
            grade.used_buckets().into(),
            grade.max_bucket().into(),
            Cell::fixed(chi / grade.dict.slots() as f64, 2),
            Cell::fixed(grade.mean(), 3),
            grade.probes.max().into(),
            Cell::fixed(grade.compared as f64 / n, 3),
        ]
    };
    let slots = grades.first().map_or(0, |grade| grade.dict.slots());
    Table {
        title: format!("칸 {}개에 흩어진 모양과 탐사", format::int(slots)),
        badge: Badge::Exact,
        columns: vec![
            Column::text("해시"),
            Column::number("가리킨 칸", "개"),
            Column::number("가장 붐비는 칸", "개"),
            Column::number("카이제곱 ÷ 칸", ""),
            Column::number("평균 탐사", "번"),
            Column::number("최대 탐사", "번"),
            Column::number("키 비교", "번"),
        ],
        rows: grades.iter().map(row).collect(),
    }
}

/// 따로 보이는 키의 수: 0, 1, 2, 3, 4. 그 위는 두 배씩 묶음.
const SINGLE: u64 = 5;

/// 묶음의 양 끝. 마지막 묶음은 `most`를 품음.
fn bins(most: u64) -> Vec<(u64, u64)> {
    let mut bins: Vec<_> = (0..SINGLE).map(|count| (count, count)).collect();
    let mut low = SINGLE;
    while low <= most {
        let high = (low - 1) * 2;
        bins.push((low, high));
        low = high + 1;
    }
    bins
}

fn spread(grade: &Grade) -> Chart {
    let bins = bins(grade.max_bucket());
    let theory = binomial(grade.n(), grade.dict.slots());
    let real = |low: u64, high: u64| {
        let inside = |count: &&u64| (low..=high).contains(*count);
        grade.buckets.iter().filter(inside).count() as f64
    };
    let even = |low: u64, high: u64| {
        let share: f64 =
            (low..=high).filter_map(|count| theory.get(count as usize)).sum();
        (share * grade.dict.slots() as f64).round()
    };
    let series = |name: &str, count: &dyn Fn(u64, u64) -> f64| Series {
        name: name.into(),
        shape: Shape::Bar,
        points: bins
            .iter()
            .enumerate()
            .map(|(i, (low, high))| (i as f64, count(*low, *high)).into())
            .collect(),
    };
    let name = |(low, high): &(u64, u64)| match low == high {
        true => low.to_string(),
        false => format!("{}–{}", format::int(*low), format::int(*high)),
    };
    let label = grade.hasher.label();
    Chart {
        title: format!("첫 자리가 겹친 정도: {label}"),
        badge: Badge::Exact,
        x: Axis::category("한 칸을 가리킨 키의 수", bins.iter().map(name)),
        y: Axis::linear("칸의 수", "개"),
        series: vec![
            series(label, &real),
            series("고르게 흩어질 때의 기댓값", &even),
        ],
        marks: Vec::new(),
    }
}

/// 키 `n`개를 아무 칸에나 던질 때 한 칸에 0, 1, 2…개가 놓일 확률.
fn binomial(n: u64, slots: u64) -> Vec<f64> {
    let others = slots as f64 - 1.0;
    let mut chance = (others / slots as f64).powi(n as i32);
    let mut chances = vec![chance];
    for count in 0..n.min(64) {
        chance *= (n - count) as f64 / (count + 1) as f64 / others;
        chances.push(chance);
    }
    chances
}

/// 오래 걸리는 키를 찾는 길.
fn replay(grade: &Grade, family: Keys) -> Trace {
    let dict = &grade.dict;
    let (hash, key) = dict.items[grade.slow];
    let name = |key: Key| match family {
        Keys::Words => String::from_utf8_lossy(key.as_slice()).into_owned(),
        _ => short(key.number()),
    };
    let name_of = |item: u32| name(dict.items[item as usize].1);
    let wanted = name(key);
    let mut frames = Vec::new();
    let (mut here, mut compared) = (0, 0);
    let mut jumps = Vec::new();
    // 지나온 칸과 거기서 만난 항목
    let mut path: Vec<(u64, u32)> = Vec::new();
    dict.find(hash, key, |step| {
        let (tag, say) = match step {
            Step::Start { slot } => {
                here = slot;
                ("start", format!("해시의 아래쪽 비트가 정한 첫 자리: {slot}"))
            }
            Step::Look { slot, item } => {
                path.push((slot, item));
                ("look", format!("{slot}번 칸에 든 키: {}", name_of(item)))
            }
            Step::Compare { item } => {
                compared += 1;
                let other = name_of(item);
                ("compare", format!("해시가 같아 키까지 견줌: {other}"))
            }
            Step::Found { item } => {
                ("found", format!("키까지 같음: 항목 {item}번에서 찾음"))
            }
            Step::Jump { slot } => {
                jumps.push((here, slot));
                here = slot;
                ("jump", format!("다른 키이므로 {slot}번 칸으로 뜀"))
            }
        };
        let tone = match step {
            Step::Found { .. } => Tone::Hit,
            Step::Jump { .. } => Tone::Seen,
            _ => Tone::Now,
        };
        frames.push(Frame {
            step: tag.into(),
            say,
            counters: vec![
                ("찾는 키".into(), wanted.clone()),
                ("탐사".into(), format!("{}번", path.len())),
                ("키 비교".into(), format!("{compared}번")),
            ],
            lanes: lanes(grade, &path, tone, name_of),
            jumps: jumps.clone(),
        });
    });
    // 모두 한 번에 찾으면 오래 걸리는 키가 없음
    let title = match grade.probes.max() {
        1 => format!("모든 키를 한 번에 찾음: {wanted} 찾기"),
        _ => format!("오래 걸리는 키 찾기: {wanted}"),
    };
    Trace { title, badge: Badge::Exact, frames }
}

/// 지나온 칸, 그리고 거기서 차례로 만난 키.
fn lanes(
    grade: &Grade,
    path: &[(u64, u32)],
    now: Tone,
    name: impl Fn(u32) -> String,
) -> Vec<Lane> {
    let last = path.len().saturating_sub(1);
    let tone = |i: usize| if i == last { now } else { Tone::Seen };
    let met = path.iter().enumerate().map(|(i, (_, item))| LaneCell {
        at: i as u64,
        text: name(*item),
        tone: tone(i),
    });
    // 같은 칸을 다시 지나면 지금 것만 보임
    let slots = path.iter().enumerate().filter_map(|(i, (slot, item))| {
        let again = path[i + 1..].iter().any(|(later, _)| later == slot);
        let text = item.to_string();
        (!again).then(|| LaneCell { at: *slot, text, tone: tone(i) })
    });
    let lane = |label: &str, size, cells| Lane {
        label: label.into(),
        size,
        cells,
        group: 0,
    };
    let index = "인덱스 표에서 지나온 칸";
    vec![
        lane(index, grade.dict.slots(), slots.collect()),
        lane("차례로 만난 키", grade.slow_looks, met.collect()),
    ]
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let (keys, secret) = (keys(p.keys, p.n), secret(p.seed));
    let case = |hasher: HashFn| {
        let keys = &keys;
        Case::new(hasher.label(), p.n, move || hasher.sum(keys, secret))
    };
    let cases = HashFn::ALL.map(case).into();
    compare(ctx, "키 하나를 해시로 바꾸기", "해시 한 번", cases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;
    use lab::host::Quiet;

    fn report(pairs: &[(&str, &str)]) -> Report {
        run_with("hash_quality", pairs)
    }

    fn grade(hasher: HashFn, family: Keys, n: u64) -> Grade {
        let ctx = Ctx::new(&Quiet, Scope::Native);
        Grade::new(hasher, &keys(family, n), secret(42), &ctx).unwrap()
    }

    /// 발표된 값: FNV의 'foobar', SipHash-1-3의 열쇠 00…0f.
    #[test]
    fn the_hashes_are_the_published_ones() {
        let foobar = Key::new(b"foobar");
        let fnv = HashFn::Fnv1a.hash(foobar, (0, 0));
        assert_eq!(fnv, 0x8594_4171_f739_67e8);
        let key = (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908);
        let sip = |text: &[u8]| HashFn::Siphash13.hash(Key::new(text), key);
        assert_eq!(sip(&[]), 0xabac_0158_050f_c4dc);
    }

    #[test]
    fn multiplying_leaves_the_low_zeros() {
        assert_eq!(MULTIPLIER.wrapping_mul(INVERSE), 1);
        for (i, key) in keys(Keys::HighBits, 100).into_iter().enumerate() {
            assert!(key.number().is_multiple_of(1 << ZERO_BITS));
            // 상수가 무엇이든 홀수이면 마찬가지임
            let other = key.number().wrapping_mul(INVERSE | 1);
            assert!(other.is_multiple_of(1 << ZERO_BITS));
            let hash = HashFn::Multiply.hash(key, (0, 0));
            assert_eq!(hash, (i as u64) << ZERO_BITS);
        }
    }

    #[test]
    fn words_follow_the_syllables() {
        let first: Vec<String> = (0..3).map(word).collect();
        assert_eq!(first, ["가", "각", "갂"]);
        assert_eq!(word(11_171), "힣");
        assert_eq!(word(11_172), "가가");
        // 99,999 = 8 · 11,172 + 10,623, 앞 글자는 7번 음절
        assert_eq!(word(99_999), "갇핿");
    }

    /// 해시가 256가지뿐이면 키 1,000개의 평균은 2.464 아래로 못 내려감:
    /// 232가지에 넷, 24가지에 셋이 몰림.
    #[test]
    fn eight_bits_have_a_floor() {
        let low8 = grade(HashFn::Low8, Keys::Ints, 1_000);
        assert_eq!(low8.used_buckets(), 256);
        assert_eq!(low8.max_bucket(), 4);
        assert_eq!(low8.squares(), 232 * 16 + 24 * 9);
        // 같은 해시의 j번째 키는 적어도 j번 견줌. 길이 같은 칸을 다시
        // 지나면 더 견줌
        assert!(low8.compared >= 232 * 10 + 24 * 6);
        assert!(low8.probes.sum >= low8.compared);
    }

    #[test]
    fn consecutive_integers_never_collide_as_they_are() {
        let identity = grade(HashFn::Identity, Keys::Ints, 1_000);
        assert_eq!(identity.probes.sum, 1_000);
        assert_eq!(identity.dict.slots(), 2_048);
        // (1,000 · 2,048 / 1,000 − 1,000) · 1,000
        assert_eq!(identity.chi_square(), 1_048_000);
    }

    /// 위쪽 비트만 다른 키: 아래로 섞지 않는 해시만 한 칸에 몰림.
    #[test]
    fn mixing_downward_spreads_high_bits() {
        let broken = grade(HashFn::Multiply, Keys::HighBits, 1_000);
        assert_eq!(broken.max_bucket(), 1_000);
        for hasher in [HashFn::Mix64, HashFn::Siphash13] {
            let mixed = grade(hasher, Keys::HighBits, 1_000);
            assert!(mixed.mean() < 1.5, "{}", mixed.mean());
            assert!(broken.mean() > 4.0 * mixed.mean());
        }
    }

    /// 표를 처음부터 훑는 느린 찾기와 답이 같아야 함.
    #[test]
    fn finds_what_a_scan_finds() {
        let low8 = grade(HashFn::Low8, Keys::Words, 500);
        for key in keys(Keys::Words, 600) {
            let hash = HashFn::Low8.hash(key, (0, 0));
            let scan = low8.dict.items.iter().position(|item| item.1 == key);
            let found = low8.dict.find(hash, key, |_| {});
            assert_eq!(found.map(|item| item as usize), scan);
        }
    }

    #[test]
    fn the_replay_fits_in_boxes() {
        for keys in ["ints", "words"] {
            let View::Trace(trace) = &report(&[("keys", keys)]).views[3]
            else {
                panic!("{keys}");
            };
            let lanes = trace.frames.iter().flat_map(|frame| &frame.lanes);
            assert!(lanes.clone().all(|lane| lane.cells.len() <= 64));
            assert!(trace.frames.len() > 100);
        }
    }

    /// 오래 걸리는 키가 없으면 그렇다고 말하지 않음.
    #[test]
    fn the_replay_says_when_no_key_is_slow() {
        let title = |pairs: &[(&str, &str)]| match &report(pairs).views[3] {
            View::Trace(trace) => trace.title.clone(),
            other => panic!("{other:?}"),
        };
        for pairs in [("n", "1"), ("hasher", "identity")] {
            assert_eq!(title(&[pairs]), "모든 키를 한 번에 찾음: 0 찾기");
        }
        assert!(title(&[]).starts_with("오래 걸리는 키 찾기: "));
    }

    #[test]
    fn expected_counts_add_up() {
        let chances = binomial(1_000, 2_048);
        assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!(bins(4).len(), 5);
        assert_eq!(bins(9)[5..], [(5, 8), (9, 16)]);
    }

    #[test]
    fn the_default_prediction() {
        let verdict = report(&[]).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("3"));
        assert_eq!(verdict.headline, "2.75배");
    }

    #[test]
    fn sums_agree_with_single_hashes() {
        let (keys, secret) = (keys(Keys::Words, 50), secret(1));
        for (i, hasher) in HashFn::ALL.into_iter().enumerate() {
            assert_eq!(hasher as usize, i);
            let one_by_one = keys.iter().fold(0u64, |sum, key| {
                sum.wrapping_add(hasher.hash(*key, secret))
            });
            assert_eq!(hasher.sum(&keys, secret), one_by_one);
        }
    }
}
