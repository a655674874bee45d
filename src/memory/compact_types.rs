//! 백만 개의 수를 담는 법: 같은 수들을 일곱 가지로 담고 바이트를 셈.
//!
//! 파이썬 객체의 바이트는 CPython 3.12 이후의 `sys.getsizeof`와 같음:
//! 정수는 머리에 30비트짜리 자릿수를 4바이트씩 더함.

use std::hint::black_box;

use roaring::{RoaringBitmap, RoaringTreemap};

use super::counting::{Heap, held};
use super::heap;
use super::numbers::{BitSet, Chunks, Container, permute};
use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series, Shape,
    Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 100만 개의 정수가 어떤 때는 36MB이고 어떤 때는 131KB인가?",
    prediction: Prediction {
        text: "1–1,048,575에서 고른 서로 다른 수 200,000개를 오름차순으로 \
               담음. 바이트가 적은 것부터 늘어놓으면?",
        ask: Ask::Order(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 200_000)]),
    bench: Bench::Group,
    memory_mib: 384,
};

const GUESSES: &[(&str, &str)] = &[
    ("list", "정수 객체의 리스트"),
    ("delta_varint", "차이를 가변 길이로"),
    ("i32", "32비트 배열"),
    ("bitset", "비트셋"),
];

lab::choices! {
    /// 수를 담는 방법.
    pub enum Repr {
        List = "list", "정수 객체의 리스트";
        I64 = "i64", "64비트 배열";
        I32 = "i32", "32비트 배열";
        U16 = "u16", "16비트 배열";
        Deltas = "delta_varint", "차이를 가변 길이로";
        BitSet = "bitset", "비트셋";
        Roaring = "roaring", "로링 비트맵";
    }
}

impl Repr {
    /// 담을 수 있는 가장 넓은 수의 비트. 이보다 넓으면 값이 잘려 나감.
    fn width(self) -> u32 {
        match self {
            Repr::I32 => 31,
            Repr::U16 => 16,
            _ => 63,
        }
    }

    fn keeps_order(self) -> bool {
        !matches!(self, Repr::BitSet | Repr::Roaring)
    }
}

lab::choices! {
    /// 수의 모양과 넣는 차례.
    pub enum Order {
        Sorted = "sorted", "무작위 값을 오름차순으로";
        Random = "random", "무작위 값을 섞인 채로";
        Runs = "runs", "64개씩 이어진 값을 오름차순으로";
    }
}

lab::choices! {
    /// 파이썬 객체의 모형이 가정하는 포인터의 폭.
    pub enum Width {
        W64 = "64", "64비트";
        W32 = "32", "32비트(Pyodide)";
    }
}

lab::params! {
    /// 1 이상 2^range_bits 미만의 서로 다른 수 `n`개.
    pub struct Params {
        n: u64 = 200_000, int("수의 개수").unit("개")
            .browser(1_000, 2_000_000).native(1_000, 5_000_000).log();
        range_bits: u32 = 20, int("값의 범위").unit("비트").range(10, 40)
            .hint("값은 1부터 2^range_bits − 1까지");
        order: Order = Order::Sorted, choice("값의 모양과 차례");
        repr: Repr = Repr::BitSet, choice("담는 방법")
            .hint("합과 질의를 이 방법으로 함. 바이트는 모두 견줌");
        width: Width = Width::W64, choice("파이썬 객체의 폭");
        seed: u64 = 42, int("씨앗");
    }
    check = check;
}

/// 이보다 넓은 비트셋은 만들지 않고 바이트만 셈: 2^30비트가 128 MiB임.
const MOST_BITS: u32 = 30;

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    let refuse =
        |field: &str, message: String| Err(Failure::param(field, message));
    let most = (1 << p.range_bits) - 1;
    if p.n > most {
        return refuse(
            "n",
            format!(
                "수의 개수(n)의 값 '{}': {}비트에는 0이 아닌 서로 다른 수가 \
                 {}개뿐임. range_bits를 늘리거나 n을 줄여야 함",
                p.n,
                p.range_bits,
                format::int(most)
            ),
        );
    }
    if p.repr.width() < p.range_bits {
        return refuse(
            "repr",
            format!(
                "담는 방법(repr)의 값 '{}': {}에는 2^{} 미만만 들어감. 값의 \
                 범위(range_bits) {}비트를 담으면 위쪽이 잘려 나감",
                p.repr.value(),
                p.repr.label(),
                p.repr.width(),
                p.range_bits
            ),
        );
    }
    if p.repr == Repr::BitSet && p.range_bits > MOST_BITS {
        return refuse(
            "repr",
            format!(
                "담는 방법(repr)의 값 'bitset': {}비트 범위의 크기는 {}임. \
                 비트셋은 range_bits {MOST_BITS} 이하에서만 만듦",
                p.range_bits,
                heap::decimal(1 << (p.range_bits - 3))
            ),
        );
    }
    Ok(())
}

/// 이어진 값의 길이는 2^6.
const RUN_BITS: u32 = 6;

/// `i`번째 값, 1부터. 차례로 부르면 서로 다르고 0이 나오지 않음.
fn value(p: &Params, i: u64) -> u64 {
    match p.order {
        Order::Runs => {
            let block =
                permute(i >> RUN_BITS, p.range_bits - RUN_BITS, p.seed);
            block << RUN_BITS | (i & ((1 << RUN_BITS) - 1))
        }
        _ => permute(i, p.range_bits, p.seed),
    }
}

/// 담을 값, 담는 차례대로.
pub fn values(p: &Params) -> Vec<u64> {
    let mut values: Vec<u64> = (1..=p.n).map(|i| value(p, i)).collect();
    if p.order != Order::Random {
        values.sort_unstable();
    }
    values
}

/// 물어볼 값의 수. 정렬되지 않은 배열은 하나에 n칸을 살펴봄.
const QUERIES: u64 = 100;

/// 반은 있는 값, 반은 범위에서 아무렇게나 고른 값.
fn queries(p: &Params, values: &[u64]) -> Vec<u64> {
    let mut rng = SplitMix64::new(p.seed ^ 0x9E37);
    (0..QUERIES)
        .map(|i| match i % 2 {
            0 => values[rng.below(p.n) as usize],
            _ => rng.below(1 << p.range_bits),
        })
        .collect()
}

/// 배열에서 찾기: 오름차순이면 반씩 좁히고, 아니면 처음부터 훑음.
fn find<T: Ord>(items: &[T], wanted: &T, ascending: bool) -> bool {
    match ascending {
        true => items.binary_search(wanted).is_ok(),
        false => items.contains(wanted),
    }
}

/// 가변 길이로 적는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// 몇 번째 값의 앞 값과의 차이를 구함.
    Gap { at: usize, gap: u64 },
    /// 아래 7비트를 바이트 하나로 적음.
    Byte { byte: u8 },
}

// ANCHOR: kernel
/// 앞 값과의 차이를 7비트씩 적은 것.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deltas {
    pub bytes: Vec<u8>,
    /// 오름차순이면 차이를 그대로, 아니면 지그재그로 적음.
    pub ascending: bool,
}

impl Deltas {
    pub fn encode(
        values: impl IntoIterator<Item = u64>,
        ascending: bool,
        mut watch: impl FnMut(Step),
    ) -> Self {
        let (mut bytes, mut last) = (Vec::new(), 0);
        for (at, value) in values.into_iter().enumerate() {
            let change = value.wrapping_sub(last);
            // 음수도 작은 수가 되게: 0, −1, 1, −2, 2, …
            let zigzag = (change << 1) ^ ((change as i64 >> 63) as u64);
            let mut gap = if ascending { change } else { zigzag };
            watch(Step::Gap { at, gap }); // step: gap
            loop {
                let more = u8::from(gap > 0x7f) << 7;
                let byte = (gap as u8 & 0x7f) | more;
                bytes.push(byte); // step: byte
                watch(Step::Byte { byte });
                gap >>= 7;
                if more == 0 {
                    break;
                }
            }
            last = value;
        }
        Deltas { bytes, ascending }
    }

    /// 앞에서부터 풀어 냄: 가운데에서 시작할 수 없음.
    pub fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        let (mut at, mut last) = (0, 0u64);
        std::iter::from_fn(move || {
            let (mut gap, mut shift) = (0u64, 0);
            loop {
                let byte = *self.bytes.get(at)?;
                at += 1;
                gap |= u64::from(byte & 0x7f) << shift;
                shift += 7;
                if byte < 0x80 {
                    break;
                }
            }
            let change = match self.ascending {
                true => gap,
                false => (gap >> 1) ^ (gap & 1).wrapping_neg(),
            };
            last = last.wrapping_add(change);
            Some(last)
        })
    }
}
// ANCHOR_END: kernel

/// 담아 놓은 것.
pub enum Store {
    // 쓸데없는 상자가 바로 보이려는 것임
    #[allow(clippy::vec_box)]
    List(Vec<Box<i64>>),
    I64(Vec<i64>),
    I32(Vec<i32>),
    U16(Vec<u16>),
    Deltas(Deltas),
    BitSet(BitSet),
    Roaring(Chunks),
}

impl Store {
    /// 담을 수 없으면 `None`.
    pub fn new(repr: Repr, values: &[u64], p: &Params) -> Option<Store> {
        if repr.width() < p.range_bits {
            return None;
        }
        let each = values.iter().copied();
        Some(match repr {
            Repr::List => {
                Store::List(each.map(|x| Box::new(x as i64)).collect())
            }
            Repr::I64 => Store::I64(each.map(|x| x as i64).collect()),
            Repr::I32 => Store::I32(each.map(|x| x as i32).collect()),
            Repr::U16 => Store::U16(each.map(|x| x as u16).collect()),
            Repr::Deltas => {
                let ascending = p.order != Order::Random;
                let mut deltas = Deltas::encode(each, ascending, |_| {});
                deltas.bytes.shrink_to_fit();
                Store::Deltas(deltas)
            }
            Repr::BitSet if p.range_bits > MOST_BITS => return None,
            Repr::BitSet => {
                let mut bits = BitSet::new(p.range_bits);
                each.for_each(|x| bits.insert(x));
                Store::BitSet(bits)
            }
            Repr::Roaring if p.order == Order::Random => {
                let mut sorted = values.to_vec();
                sorted.sort_unstable();
                Store::Roaring(Chunks::new(sorted))
            }
            Repr::Roaring => Store::Roaring(Chunks::new(each)),
        })
    }

    /// 모든 값의 합.
    pub fn sum(&self) -> u64 {
        match self {
            Store::List(all) => all.iter().map(|x| **x as u64).sum(),
            Store::I64(all) => all.iter().map(|x| *x as u64).sum(),
            Store::I32(all) => all.iter().map(|x| *x as u64).sum(),
            Store::U16(all) => all.iter().map(|x| u64::from(*x)).sum(),
            Store::Deltas(deltas) => deltas.iter().sum(),
            Store::BitSet(bits) => bits.iter().sum(),
            Store::Roaring(chunks) => chunks.sum(),
        }
    }

    /// 물어본 값 가운데 들어 있는 것의 수.
    pub fn hits(&self, wanted: &[u64], ascending: bool) -> u64 {
        let has = |x: &&u64| match self {
            Store::List(all) => find(all, &Box::new(**x as i64), ascending),
            Store::I64(all) => find(all, &(**x as i64), ascending),
            Store::I32(all) => find(all, &(**x as i32), ascending),
            Store::U16(all) => find(all, &(**x as u16), ascending),
            Store::Deltas(deltas) if ascending => {
                // 앞에서부터 풀다가 지나치면 없는 것임
                let met = deltas.iter().find(|met| met >= *x);
                met == Some(**x)
            }
            Store::Deltas(deltas) => deltas.iter().any(|met| met == **x),
            Store::BitSet(bits) => bits.contains(**x),
            Store::Roaring(chunks) => chunks.contains(**x),
        };
        wanted.iter().filter(has).count() as u64
    }

    /// 값들의 바이트. 리스트는 파이썬 객체의 모형이라 여기서 세지 않음.
    fn bytes(&self, p: &Params) -> u64 {
        match self {
            Store::List(_) => 0,
            Store::I64(_) => 8 * p.n,
            Store::I32(_) => 4 * p.n,
            Store::U16(_) => 2 * p.n,
            Store::Deltas(deltas) => deltas.bytes.len() as u64,
            Store::BitSet(_) => bitset_bytes(p.range_bits),
            Store::Roaring(chunks) => chunks.serialized(p.range_bits),
        }
    }
}

/// 64비트 단어로 올린 비트셋의 바이트.
fn bitset_bytes(bits: u32) -> u64 {
    8 << bits.saturating_sub(6)
}

/// 리스트와 정수 객체의 바이트: 리스트 객체, 포인터, 정수의 머리.
fn list_bytes(values: &[u64], width: Width) -> u64 {
    let (list, pointer, int) = match width {
        Width::W64 => (56, 8, 24),
        Width::W32 => (28, 4, 12),
    };
    let each = |x: &u64| pointer + int + 4 * digits(*x);
    list + values.iter().map(each).sum::<u64>()
}

/// 30비트짜리 자릿수. 0도 한 자리를 씀.
fn digits(x: u64) -> u64 {
    u64::from((64 - x.leading_zeros()).div_ceil(30).max(1))
}

/// 표현마다의 바이트. 담지 못하면 `None`.
fn sizes(p: &Params, values: &[u64], ctx: &Ctx) -> Result<Sizes, Failure> {
    let mut sizes = Vec::new();
    for (i, repr) in Repr::ALL.into_iter().enumerate() {
        ctx.progress(i as u64, Repr::ALL.len() as u64, "담아 보기")?;
        let bytes = match repr {
            Repr::List => Some(list_bytes(values, p.width)),
            // 넓은 비트셋은 만들지 않아도 바이트를 앎
            Repr::BitSet => Some(bitset_bytes(p.range_bits)),
            _ => Store::new(repr, values, p).map(|store| store.bytes(p)),
        };
        sizes.push((repr, bytes));
    }
    Ok(sizes)
}

type Sizes = Vec<(Repr, Option<u64>)>;

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 1, "값 만들기")?;
    let values = values(p);
    let wanted = queries(p, &values);
    let ascending = p.order != Order::Random;
    let sizes = sizes(p, &values, ctx)?;
    let Some(store) = Store::new(p.repr, &values, p) else {
        return Err(Failure::Unavailable("이 방법에는 담지 못함".into()));
    };
    let (sum, hits) = (store.sum(), store.hits(&wanted, ascending));
    let bytes = |repr: Repr| {
        let found = sizes.iter().find(|(each, _)| *each == repr);
        found.and_then(|(_, bytes)| *bytes).unwrap_or(0)
    };
    let mut report = Report::default().answer("sum", sum).answer("hits", hits);
    for (repr, size) in &sizes {
        let key = format!("bytes_{}", repr.value());
        report = match size {
            Some(size) => report.answer(&key, *size),
            None => report.answer(&key, "담지 못함"),
        };
    }
    report = report
        .checksum(&[sum, hits, bytes(p.repr)])
        .view(View::Chart(totals(p, &sizes)))
        .view(View::Table(summary(p, &sizes)));
    if let Store::Roaring(chunks) = &store {
        report = report.view(View::Table(containers(chunks)));
    }
    Ok(report
        .view(View::Chart(densities(p, ctx)?))
        .view(View::Trace(replay(p, &values))))
}

fn verdict(report: &Report) -> Verdict {
    let bytes = |value: &str| report.int(&format!("bytes_{value}"));
    let rank = |value: &str| bytes(value).map_or(f64::MAX, |n| n as f64);
    let told: Vec<String> = GUESSES
        .iter()
        .map(|(value, label)| match bytes(value) {
            Some(n) => format!("{label} {}바이트", format::int(n)),
            None => format!("{label}은 담지 못함"),
        })
        .collect();
    Verdict::order(GUESSES, &rank, format!("{}.", told.join(", ")))
}

fn totals(p: &Params, sizes: &Sizes) -> Chart {
    let fits: Vec<(Repr, u64)> = sizes
        .iter()
        .filter_map(|(repr, bytes)| Some((*repr, (*bytes)?)))
        .collect();
    let names = fits.iter().map(|(repr, _)| repr.label());
    let points = fits
        .iter()
        .enumerate()
        .map(|(i, (_, bytes))| (*bytes as f64, i as f64).into());
    Chart {
        title: format!("수 {}개를 담는 바이트", format::int(p.n)),
        badge: Badge::Exact,
        x: Axis::log("바이트", "바이트"),
        y: Axis::category("담는 방법", names),
        series: vec![Series {
            name: "바이트".into(),
            shape: Shape::Dot,
            points: points.collect(),
        }],
        marks: Vec::new(),
    }
}

fn summary(p: &Params, sizes: &Sizes) -> Table {
    let ascending = p.order != Order::Random;
    let row = |(repr, bytes): &(Repr, Option<u64>)| {
        let (bytes, each) = match bytes {
            Some(n) => {
                (Cell::from(*n), Cell::fixed(*n as f64 / p.n as f64, 3))
            }
            None => ("담지 못함".into(), "–".into()),
        };
        let order = match repr.keeps_order() {
            true => "지킴",
            false => "잃음",
        };
        let ask = match repr {
            Repr::Deltas => "앞에서부터 풂",
            Repr::BitSet => "비트 하나를 봄",
            Repr::Roaring => "그릇을 찾아 봄",
            _ if ascending => "반씩 좁힘",
            _ => "처음부터 훑음",
        };
        vec![repr.label().into(), bytes, each, order.into(), ask.into()]
    };
    Table {
        title: format!(
            "수 {}개, 범위 {}비트, {}",
            format::int(p.n),
            p.range_bits,
            p.order.label()
        ),
        badge: Badge::Exact,
        columns: vec![
            Column::text("담는 방법"),
            Column::number("모두", "바이트"),
            Column::number("하나에", "바이트"),
            Column::text("넣은 차례"),
            Column::text("들어 있는지 묻기"),
        ],
        rows: sizes.iter().map(row).collect(),
    }
}

/// 로링이 고른 그릇.
fn containers(chunks: &Chunks) -> Table {
    let row = |name: &str, is: fn(&Container) -> bool| {
        let (mut count, mut bytes) = (0, 0);
        for (_, part) in chunks.parts.iter().filter(|(_, part)| is(part)) {
            count += 1;
            bytes += part.bytes();
        }
        vec![name.into(), Cell::from(count), Cell::from(bytes)]
    };
    Table {
        title: "로링이 고른 그릇: 값 65,536개의 범위마다 하나".into(),
        badge: Badge::Exact,
        columns: vec![
            Column::text("그릇"),
            Column::number("수", "개"),
            Column::number("모두", "바이트"),
        ],
        rows: vec![
            row("배열: 값마다 2바이트", |c| {
                matches!(c, Container::Array(_))
            }),
            row("비트: 8,192바이트", |c| matches!(c, Container::Bits(_))),
            row("토막: 하나에 4바이트", |c| {
                matches!(c, Container::Runs(_))
            }),
        ],
    }
}

/// 밀도를 바꿔 볼 때의 가장 넓은 범위.
const WIDEST: u32 = 20;

/// 범위의 1/2부터 1/1,024까지를 채웠을 때 값 하나의 바이트.
fn densities(p: &Params, ctx: &Ctx) -> Result<Chart, Failure> {
    let bits = p.range_bits.min(WIDEST);
    let names = ["32비트 배열", "차이를 가변 길이로", "비트셋", "로링 비트맵"];
    let shapes = [Shape::Line; 4];
    let mut points: [Vec<_>; 4] = Default::default();
    for power in (1..=bits.min(10)).rev() {
        let n = 1 << (bits - power);
        ctx.progress(u64::from(10 - power), 10, "밀도 바꿔 보기")?;
        let p = Params { n, range_bits: bits, ..p.clone() };
        let mut seen = BitSet::new(bits);
        (1..=n).for_each(|i| seen.insert(value(&p, i)));
        let deltas = match p.order {
            Order::Random => {
                let each = (1..=n).map(|i| value(&p, i));
                Deltas::encode(each, false, |_| {})
            }
            _ => Deltas::encode(seen.iter(), true, |_| {}),
        };
        let bytes = [
            4 * n,
            deltas.bytes.len() as u64,
            bitset_bytes(bits),
            Chunks::new(seen.iter()).serialized(bits),
        ];
        let density = 100.0 / (1u64 << power) as f64;
        for (points, bytes) in points.iter_mut().zip(bytes) {
            points.push((density, bytes as f64 / n as f64).into());
        }
    }
    let series = names.iter().zip(shapes).zip(points);
    Ok(Chart {
        title: format!("범위 {bits}비트를 얼마나 채우는가와 값 하나의 바이트"),
        badge: Badge::Exact,
        x: Axis::log("채운 비율", "%"),
        y: Axis::log("값 하나에", "바이트"),
        series: series
            .map(|((name, shape), points)| Series {
                name: (*name).into(),
                shape,
                points,
            })
            .collect(),
        marks: Vec::new(),
    })
}

/// 재생하는 값의 수.
const REPLAY: usize = 8;

/// 짧은 차이와 긴 차이가 모두 나오게 띄엄띄엄 고름.
fn picked(values: &[u64]) -> Vec<u64> {
    let last = values.len() - 1;
    let at =
        [0, 1, 2, last / 2_000 + 3, last / 100, last / 10, last / 2, last];
    at.iter().map(|at| values[*at]).collect()
}

fn replay(p: &Params, values: &[u64]) -> Trace {
    let values = &picked(values);
    let ascending = p.order != Order::Random;
    let mut frames: Vec<Frame> = Vec::new();
    let (mut bytes, mut now, mut gap): (Vec<(usize, u8)>, _, _) =
        (Vec::new(), 0, 0);
    Deltas::encode(values.iter().copied(), ascending, |step| {
        let (tag, say) = match step {
            Step::Gap { at, gap: new } => {
                (now, gap) = (at, new);
                let from = if at == 0 { 0 } else { values[at - 1] };
                let code = match ascending {
                    true => String::new(),
                    false => ", 지그재그로 바꿈".into(),
                };
                let say = format!(
                    "{} − {}{code}: {}",
                    format::int(values[at]),
                    format::int(from),
                    format::int(new)
                );
                ("gap", say)
            }
            Step::Byte { byte } => {
                bytes.push((now, byte));
                let more = match byte >> 7 {
                    1 => "뒤에 더 있으므로 맨 위 비트를 켬",
                    _ => "마지막 바이트임",
                };
                (
                    "byte",
                    format!("아래 7비트를 바이트 {byte:02x}에 적음: {more}"),
                )
            }
        };
        let items = values.iter().zip(0..).map(|(value, at)| LaneCell {
            at,
            text: format::int(*value),
            tone: match at {
                at if at == now as u64 => Tone::Now,
                at if at < now as u64 => Tone::Seen,
                _ => Tone::Plain,
            },
        });
        let written = bytes.iter().zip(0..).map(|((of, byte), at)| LaneCell {
            at,
            text: format!("{byte:02x}"),
            tone: if *of == now { Tone::Hit } else { Tone::Plain },
        });
        frames.push(Frame {
            step: tag.into(),
            say,
            counters: vec![
                ("차이".into(), format!("{gap:b}")),
                ("적은 바이트".into(), format!("{}개", bytes.len())),
            ],
            lanes: vec![
                Lane {
                    label: "값".into(),
                    size: REPLAY as u64,
                    cells: items.collect(),
                    group: 0,
                },
                Lane {
                    label: "바이트(16진)".into(),
                    size: 6 * REPLAY as u64,
                    cells: written.collect(),
                    group: 0,
                },
            ],
            jumps: Vec::new(),
        });
    });
    Trace {
        title: format!("띄엄띄엄 고른 {REPLAY}개를 차이로 바꿔 적기"),
        badge: Badge::Exact,
        frames,
    }
}

/// 크레이트의 로링. 32비트를 넘는 수가 있을 수 있으면 트리로 묶은 것.
enum Crate {
    Bitmap(RoaringBitmap),
    Treemap(RoaringTreemap),
}

impl Crate {
    fn new(p: &Params, values: &[u64]) -> Self {
        match p.range_bits {
            ..=32 => {
                let each = values.iter().map(|x| *x as u32);
                let mut made: RoaringBitmap = each.collect();
                made.optimize();
                Crate::Bitmap(made)
            }
            _ => {
                let mut made: RoaringTreemap =
                    values.iter().copied().collect();
                made.optimize();
                Crate::Treemap(made)
            }
        }
    }

    fn sum(&self) -> u64 {
        match self {
            Crate::Bitmap(made) => made.iter().map(u64::from).sum(),
            Crate::Treemap(made) => made.iter().sum(),
        }
    }

    fn hits(&self, wanted: &[u64]) -> u64 {
        let has = |x: &&u64| match self {
            Crate::Bitmap(made) => made.contains(**x as u32),
            Crate::Treemap(made) => made.contains(**x),
        };
        wanted.iter().filter(has).count() as u64
    }
}

const CRATE: &str = "로링(roaring 크레이트)";

/// 잴 것들: 이 값을 담을 수 있는 방법과 크레이트.
pub struct Rivals {
    stores: Vec<(Repr, Store, Option<Heap>)>,
    theirs: Crate,
    theirs_heap: Option<Heap>,
    wanted: Vec<u64>,
    ascending: bool,
}

/// 재는 방법 하나: 이름과 일.
pub type Rival<'a> = (&'static str, Box<dyn Fn() -> u64 + 'a>);

impl Rivals {
    pub fn new(p: &Params) -> Self {
        let values = values(p);
        let wanted = queries(p, &values);
        let store = |repr: Repr| {
            let (store, heap) = held(|| Store::new(repr, &values, p));
            Some((repr, store?, heap))
        };
        let stores = Repr::ALL.into_iter().filter_map(store).collect();
        let (theirs, theirs_heap) = held(|| Crate::new(p, &values));
        let ascending = p.order != Order::Random;
        Rivals { stores, theirs, theirs_heap, wanted, ascending }
    }

    /// 합을 내는 방법마다의 이름과 일.
    pub fn sums(&self) -> Vec<Rival<'_>> {
        self.all(|store| store.sum(), |theirs| theirs.sum())
    }

    /// 100번 묻는 방법마다의 이름과 일.
    pub fn finds(&self) -> Vec<Rival<'_>> {
        self.all(
            |store| store.hits(black_box(&self.wanted), self.ascending),
            |theirs| theirs.hits(black_box(&self.wanted)),
        )
    }

    fn all<'a>(
        &'a self,
        ours: impl Fn(&Store) -> u64 + Copy + 'a,
        theirs: impl Fn(&Crate) -> u64 + 'a,
    ) -> Vec<Rival<'a>> {
        let mut all: Vec<Rival> = Vec::new();
        for (repr, store, _) in &self.stores {
            all.push((rust_name(*repr), Box::new(move || ours(store))));
        }
        all.push((CRATE, Box::new(move || theirs(&self.theirs))));
        all
    }

    fn heaps(&self) -> Vec<(&'static str, Option<Heap>)> {
        let ours = self.stores.iter();
        let ours = ours.map(|(repr, _, heap)| (rust_name(*repr), *heap));
        ours.chain([(CRATE, self.theirs_heap)]).collect()
    }
}

/// Rust에는 정수 객체가 없으므로 상자로 대신함.
fn rust_name(repr: Repr) -> &'static str {
    match repr {
        Repr::List => "상자에 담은 i64의 벡터",
        _ => repr.label(),
    }
}

const BOXES: &str = "Rust에는 정수 객체가 없어, 값마다 따로 할당한 상자의 \
    벡터를 그 자리에 둠. 할당기가 상자에 내주는 자리는 8바이트보다 크지만 \
    여기서는 부탁한 8바이트만 셈.";

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    ctx.progress(0, 1, "담기")?;
    let rivals = Rivals::new(p);
    let sums = rivals.sums().into_iter();
    let sums = sums.map(|(name, run)| Case::new(name, p.n, run)).collect();
    let mut views = compare(ctx, "모두 더하기", "값 하나", sums)?;
    let finds = rivals.finds().into_iter();
    let finds =
        finds.map(|(name, run)| Case::new(name, QUERIES, run)).collect();
    let ask = "들어 있는지 묻기";
    views.extend(compare(ctx, ask, "질의 하나", finds)?);
    views.push(heap::table("세는 할당기가 본 힙", &rivals.heaps()));
    views.push(note(BOXES));
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 손으로: 포인터 8과 정수 28이 백만 개, 리스트 객체 56. 비트는 2^20개.
    #[test]
    fn a_million_is_36_megabytes_or_131_kilobytes() {
        let report = run_with("compact_types", &[("n", "1000000")]);
        assert_eq!(report.int("bytes_list"), Some(36_000_056));
        assert_eq!(report.int("bytes_bitset"), Some(131_072));
        assert_eq!(report.int("bytes_i64"), Some(8_000_000));
        assert_eq!(report.int("bytes_i32"), Some(4_000_000));
        assert_eq!(report.int("bytes_u16"), None);
        // 그릇 16개가 모두 비트: 8 + 16 × 8 + 16 × 8,192
        assert_eq!(report.int("bytes_roaring"), Some(131_208));
    }

    /// Pyodide의 폭: 포인터 4, 정수 16, 리스트 28.
    #[test]
    fn the_narrow_model_by_hand() {
        let pairs = [("n", "1000"), ("width", "32")];
        let report = run_with("compact_types", &pairs);
        assert_eq!(report.int("bytes_list"), Some(28 + 1_000 * 20));
    }

    /// 2^30부터는 자릿수가 둘임.
    #[test]
    fn big_integers_have_two_digits() {
        assert_eq!([0, 1, (1 << 30) - 1, 1 << 30].map(digits), [1, 1, 1, 2]);
        let one = |x| list_bytes(&[x], Width::W64);
        assert_eq!((one(5), one(1 << 30)), (56 + 8 + 28, 56 + 8 + 32));
    }

    /// 모든 방법이 같은 합과 같은 답을 냄.
    #[test]
    fn every_store_agrees() {
        for order in Order::ALL {
            for bits in [16, 20, 36] {
                let p = Params {
                    n: 3_000,
                    range_bits: bits,
                    order,
                    ..Params::default()
                };
                let rivals = Rivals::new(&p);
                let values = values(&p);
                let sum = values.iter().sum::<u64>();
                for (name, run) in rivals.sums() {
                    assert_eq!(run(), sum, "{name} {order:?} {bits}");
                }
                let has = |x: &&u64| values.contains(x);
                let hits = rivals.wanted.iter().filter(has).count() as u64;
                assert!((50..=100).contains(&hits));
                for (name, run) in rivals.finds() {
                    assert_eq!(run(), hits, "{name} {order:?} {bits}");
                }
            }
        }
    }

    /// 값은 서로 다르고 0이 없으며 범위 안에 있음. 꽉 채워도 그러함.
    #[test]
    fn values_are_distinct() {
        for order in Order::ALL {
            let p = Params {
                n: 1_023,
                range_bits: 10,
                order,
                ..Params::default()
            };
            let mut values = values(&p);
            values.sort_unstable();
            assert!(values.iter().copied().eq(1..1_024), "{order:?}");
        }
    }

    /// 이어진 값은 차이 하나가 한 바이트이고, 로링은 토막으로 담음.
    #[test]
    fn runs_are_small() {
        let pairs = [("order", "runs"), ("repr", "roaring")];
        let report = run_with("compact_types", &pairs);
        let bytes = report.int("bytes_roaring").unwrap();
        assert!(bytes < 20_000, "{bytes}");
        let deltas = report.int("bytes_delta_varint").unwrap();
        assert!((200_000..204_000).contains(&deltas), "{deltas}");
    }

    #[test]
    fn the_default_order_starts_with_the_bitset() {
        let verdict = run_with("compact_types", &[]).verdict.unwrap();
        let want = ["bitset", "delta_varint", "i32", "list"];
        assert_eq!(verdict.order.unwrap(), want);
    }

    #[test]
    fn refuses_what_would_be_cut() {
        let table = Params::table();
        let bad: [&[(&str, &str)]; 4] = [
            &[("n", "2000"), ("range_bits", "10")],
            &[("repr", "u16")],
            &[("repr", "i32"), ("range_bits", "32")],
            &[("repr", "bitset"), ("range_bits", "40")],
        ];
        for pairs in bad {
            let parsed = table.parse(pairs.iter().copied(), Scope::Native);
            assert!(parsed.is_err(), "{pairs:?}");
        }
    }

    /// 7비트 경계를 손으로: 127은 한 바이트, 128은 두 바이트.
    #[test]
    fn varints_by_hand() {
        let encode = |values: &[u64], ascending| {
            Deltas::encode(values.iter().copied(), ascending, |_| {}).bytes
        };
        assert_eq!(encode(&[127], true), [127]);
        assert_eq!(encode(&[128], true), [0x80, 1]);
        assert_eq!(encode(&[300, 305], true), [0xac, 2, 5]);
        // 지그재그: +5는 10, −3은 5
        assert_eq!(encode(&[5, 2], false), [10, 5]);
    }

    #[test]
    fn varints_come_back() {
        let values: Vec<u64> = (1..500).map(|x| permute(x, 40, 3)).collect();
        let deltas = Deltas::encode(values.iter().copied(), false, |_| {});
        assert!(deltas.iter().eq(values.iter().copied()));
        let mut sorted = values;
        sorted.sort_unstable();
        let deltas = Deltas::encode(sorted.iter().copied(), true, |_| {});
        assert!(deltas.iter().eq(sorted));
    }
}
