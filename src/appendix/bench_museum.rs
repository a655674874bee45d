//! 고장 난 벤치마크의 박물관: 같은 두 방법을 고장 난 채로, 또 제대로 재어
//! 결론이 어떻게 바뀌는지 봄.

use std::hint::black_box;

use serde::Deserialize;

use super::timer_probe;
use lab::measure::{
    Case, NO_DIFFERENCE, Ratio, Timing, interleave, paired_ratio,
};
use lab::report::{Badge, Cell, Column, Table, Verdict};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 꼼꼼히 잰 벤치마크가 거짓말을 하는가?",
    prediction: Prediction {
        text: "고른 전시물을 이 장의 표에 적힌 고장 난 재는 법으로 재면 어느 \
               쪽이 빠르다고 나올까? (첫 전시물: A는 한 번 훑기, B는 두 번 \
               훑기)",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] =
    &[("a", "A가 빠름"), ("b", "B가 빠름"), ("none", "구별할 수 없음")];

lab::choices! {
    /// 벤치마크가 고장 나는 여섯 가지.
    pub enum Exhibit {
        WarmUp = "warm_up", "예열 없음";
        Folding = "folding", "상수 접기";
        Short = "short", "너무 짧은 표본";
        Debug = "debug", "디버그 빌드";
        Seed = "seed", "운 나쁜 씨앗";
        Numpy = "numpy", "roll로 쓴 NumPy";
    }
}

lab::params! {
    /// 전시물과, 고장을 켤지.
    pub struct Params {
        exhibit: Exhibit = Exhibit::WarmUp, choice("전시물");
        broken: bool = true, flag("고장 난 채로 재기")
            .hint("끄면 같은 두 방법을 제대로 잼");
        seed: u64 = 26, int("씨앗")
            .hint("'운 나쁜 씨앗'은 이 씨앗 하나로, 고치면 여러 씨앗으로 잼");
    }
    check = |_: &Params, _: Scope| Ok(());
}

impl Exhibit {
    /// 견주는 두 방법.
    fn sides(self) -> [&'static str; 2] {
        match self {
            Exhibit::WarmUp => ["A: 한 번 훑기", "B: 두 번 훑기"],
            Exhibit::Folding => ["A: 나눗셈 여덟 번", "B: 표 보기 두 번"],
            Exhibit::Short => ["A: 이진 탐색", "B: 처음부터 보기"],
            Exhibit::Debug => ["A: 파이썬 sum(list)", "B: Rust 색인 반복문"],
            Exhibit::Seed => ["A: 앞에서부터 찾기", "B: 뒤에서부터 찾기"],
            Exhibit::Numpy => ["A: Rust", "B: 파이썬 쪽"],
        }
    }

    /// 지금의 재는 법을 한 문장으로.
    fn method(self, broken: bool) -> &'static str {
        match (self, broken) {
            (Exhibit::WarmUp, true) => {
                "새로 할당한 배열에 A를 한 번 재고, 이어서 같은 배열에 B를 \
                 한 번 잼"
            }
            (Exhibit::WarmUp, false) | (Exhibit::Short, false) => {
                "둘 다 미리 한 번 부르고, 눈금의 200배가 넘는 묶음을 번갈아 잼"
            }
            (Exhibit::Folding, true) => {
                "A의 입력은 소스에 적힌 상수, B의 입력은 실행할 때 읽은 값"
            }
            (Exhibit::Folding, false) => {
                "두 입력 모두 black_box를 거쳐 컴파일러가 미리 알 수 없음"
            }
            (Exhibit::Short, true) => "한 번 부르는 시간을 한 번씩만 잼",
            (Exhibit::Debug, true) => {
                "Rust를 opt-level=0으로 빌드함 (기록된 측정)"
            }
            (Exhibit::Debug, false) => {
                "Rust를 opt-level=3으로 빌드함 (기록된 측정)"
            }
            (Exhibit::Seed, true) => {
                "섞은 배열 하나에서 21번씩 번갈아 잼: 퍼짐은 좁음"
            }
            (Exhibit::Seed, false) => {
                "표본마다 다르게 섞은 배열 21개에서 한 번씩 번갈아 잼"
            }
            (Exhibit::Numpy, true) => {
                "NumPy는 np.roll로 쓴 것을 고름 (기록된 측정)"
            }
            (Exhibit::Numpy, false) => {
                "파이썬에서 부를 수 있는 것 가운데 가장 빠른 것을 고름 \
                 (기록된 측정)"
            }
        }
    }
}

/// '예열 없음'의 칸, 8바이트씩 1 MiB.
const CELLS: usize = 131_072;
/// '상수 접기'의 입력. 자릿수의 합은 31.
const DIGITS: u32 = 31_415_926;
/// '너무 짧은 표본'의 목록.
const LIST: usize = 32;
/// '디버그 빌드'의 합.
const VALUES: u64 = 1_000_000;
/// '운 나쁜 씨앗'의 배열.
const HAY: u64 = 4_096;
/// 씨앗을 바꿔 가며 잴 때의 씨앗.
const SEEDS: u64 = 21;

// ANCHOR: kernel
/// 예열 없음: `3x + 1`을 한 번에.
#[inline(never)]
pub fn once(input: &[u64], out: &mut Vec<u64>) {
    out.clear();
    out.extend(input.iter().map(|x| x.wrapping_mul(3).wrapping_add(1)));
}

/// 곱하기와 더하기를 따로 훑음: 같은 답, 두 배의 일.
#[inline(never)]
pub fn twice(input: &[u64], out: &mut Vec<u64>) {
    out.clear();
    out.extend(input.iter().map(|x| x.wrapping_mul(3)));
    for out in black_box(out) {
        *out = out.wrapping_add(1);
    }
}

/// 상수 접기: 여덟 자리 수의 자릿수의 합.
#[inline]
pub fn digits_by_division(mut x: u32) -> u32 {
    let mut sum = 0;
    for _ in 0..8 {
        sum += x % 10;
        x /= 10;
    }
    sum
}

/// 네 자리씩 미리 셈한 표.
pub fn digit_table() -> Vec<u32> {
    (0..10_000).map(digits_by_division).collect()
}

#[inline]
pub fn digits_by_table(table: &[u32], x: u32) -> u32 {
    table[x as usize / 10_000] + table[x as usize % 10_000]
}

/// 너무 짧은 표본, 운 나쁜 씨앗: 값이 놓인 자리.
pub fn from_front(values: &[u64], key: u64) -> u64 {
    values.iter().position(|value| *value == key).unwrap_or(0) as u64
}

pub fn from_back(values: &[u64], key: u64) -> u64 {
    values.iter().rposition(|value| *value == key).unwrap_or(0) as u64
}

pub fn by_halves(values: &[u64], key: u64) -> u64 {
    values.partition_point(|value| *value < key) as u64
}

/// roll로 쓴 NumPy: 격자를 통째로 밀어 만든 네 벌과 더함.
pub fn diffuse_rolled(grid: &[f64], side: usize) -> Vec<f64> {
    let rolled = |dx: usize, dy: usize| -> Vec<f64> {
        let at = |i: usize| {
            let (y, x) = (i / side + dy, i % side + dx);
            grid[y % side * side + x % side]
        };
        (0..grid.len()).map(at).collect()
    };
    let (down, up) = (rolled(0, 1), rolled(0, side - 1));
    let (right, left) = (rolled(1, 0), rolled(side - 1, 0));
    (0..grid.len())
        .map(|i| {
            let near = up[i] + down[i] + left[i] + right[i];
            grid[i] + 0.1 * (near - 4.0 * grid[i])
        })
        .collect()
}

/// 행마다: 옮기지 않고 이웃을 바로 읽음.
pub fn diffuse_rows(grid: &[f64], side: usize) -> Vec<f64> {
    let mut out = Vec::with_capacity(grid.len());
    for y in 0..side {
        let up = &grid[(y + side - 1) % side * side..][..side];
        let down = &grid[(y + 1) % side * side..][..side];
        let row = &grid[y * side..][..side];
        for x in 0..side {
            let (left, right) = (row[(x + side - 1) % side], x + 1);
            let near = up[x] + down[x] + left + row[right % side];
            out.push(row[x] + 0.1 * (near - 4.0 * row[x]));
        }
    }
    out
}
// ANCHOR_END: kernel

/// 씨앗 하나의 섞은 배열.
fn hay(seed: u64) -> Vec<u64> {
    let mut values: Vec<u64> = (0..HAY).collect();
    SplitMix64::new(seed).shuffle(&mut values);
    values
}

fn cells(seed: u64) -> Vec<u64> {
    let mut rng = SplitMix64::new(seed);
    (0..CELLS).map(|_| rng.next_u64()).collect()
}

fn list() -> Vec<u64> {
    (0..LIST as u64).map(|i| 3 * i).collect()
}

fn wrapping_sum(values: &[u64]) -> u64 {
    values.iter().fold(0, |sum, value| sum.wrapping_add(*value))
}

/// 두 방법의 답: 어떤 전시물에서나 같아야 함.
pub fn answers(exhibit: Exhibit, seed: u64) -> [u64; 2] {
    match exhibit {
        Exhibit::WarmUp => {
            let (input, mut out) = (cells(seed), Vec::new());
            once(&input, &mut out);
            let left = wrapping_sum(&out);
            twice(&input, &mut out);
            [left, wrapping_sum(&out)]
        }
        Exhibit::Folding => {
            let table = digit_table();
            let mut rng = SplitMix64::new(seed);
            let mut sums = [0, 0];
            let drawn = (0..1_000).map(|_| rng.below(100_000_000) as u32);
            for x in [DIGITS].into_iter().chain(drawn) {
                sums[0] += u64::from(digits_by_division(x));
                sums[1] += u64::from(digits_by_table(&table, x));
            }
            sums
        }
        Exhibit::Short => {
            let list = list();
            let sum = |find: fn(&[u64], u64) -> u64| {
                list.iter().map(|key| find(&list, *key)).sum()
            };
            [sum(by_halves), sum(from_front)]
        }
        Exhibit::Debug => {
            let mut sum = 0;
            for value in 0..VALUES {
                sum += value;
            }
            [sum, (0..VALUES).sum()]
        }
        Exhibit::Seed => {
            let hay = hay(seed);
            [from_front(&hay, 0), from_back(&hay, 0)]
        }
        Exhibit::Numpy => {
            const SIDE: usize = 16;
            let mut rng = SplitMix64::new(seed);
            let start: Vec<f64> =
                (0..SIDE * SIDE).map(|_| rng.unit()).collect();
            let run = |step: fn(&[f64], usize) -> Vec<f64>| {
                let mut grid = start.clone();
                for _ in 0..10 {
                    grid = step(&grid, SIDE);
                }
                grid.iter().fold(0.0, |sum, cell| sum + cell).to_bits()
            };
            [run(diffuse_rows), run(diffuse_rolled)]
        }
    }
}

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let [left, right] = answers(p.exhibit, p.seed);
    let rows = p.exhibit.sides().into_iter().zip([left, right]);
    let table = Table {
        title: "두 방법의 답".into(),
        badge: Badge::Exact,
        columns: vec![Column::text("방법"), Column::text("답")],
        rows: rows
            .map(|(name, answer)| vec![name.into(), told(p, answer).into()])
            .collect(),
    };
    Ok(Report::default()
        .answer("exhibit", p.exhibit.value().to_string().as_str())
        .answer("left", left)
        .answer("right", right)
        .checksum(&[left, right])
        .view(View::Table(table)))
}

/// 답을 사람이 읽게.
fn told(p: &Params, answer: u64) -> String {
    match p.exhibit {
        Exhibit::WarmUp => format!("모든 칸의 합 {answer:016x}"),
        Exhibit::Folding => format!("자릿수의 합 {}", format::int(answer)),
        Exhibit::Short => format!("자리의 합 {}", format::int(answer)),
        Exhibit::Debug => format!("합 {}", format::int(answer)),
        Exhibit::Seed => format!("{}번 칸", format::int(answer)),
        Exhibit::Numpy => {
            format!("모든 칸의 합 {}", f64::from_bits(answer))
        }
    }
}

/// 잰 것 하나.
#[derive(Clone, Debug)]
struct Side {
    name: String,
    ns: f64,
    low: f64,
    high: f64,
    samples: u64,
}

impl Side {
    /// 한 번만 잼: 퍼짐이 없음.
    fn once(name: &str, ns: f64) -> Self {
        Side { name: name.into(), ns, low: ns, high: ns, samples: 1 }
    }

    fn new(timing: &Timing) -> Self {
        Side {
            name: timing.name.clone(),
            ns: timing.median,
            low: timing.p10,
            high: timing.p90,
            samples: timing.samples.len() as u64,
        }
    }
}

/// 재어서 얻은 것: 두 쪽과, 견줄 수 있으면 그 비(B/A)의 구간.
struct Outcome {
    sides: [Side; 2],
    ratio: Option<Ratio>,
}

/// 한 번씩 잰 두 시간이 이보다 가까우면 같음, ns. 네이티브의 시계는 정수 ns를
/// 주고, 페이지의 시계는 눈금이 굵지만 실수라 끝자리가 다를 수 있음.
const SAME: f64 = 0.5;

/// 결론의 값과 글.
fn conclude(outcome: &Outcome) -> (&'static str, String) {
    let [a, b] = &outcome.sides;
    if let Some(ratio) = outcome.ratio
        && !ratio.is_clear()
    {
        return ("none", NO_DIFFERENCE.into());
    }
    if outcome.ratio.is_none() && (a.ns - b.ns).abs() < SAME {
        let text = format!("둘 다 {}: 똑같음", format::time(a.ns));
        return ("none", text);
    }
    let ratio = outcome.ratio.map_or(b.ns / a.ns, |ratio| ratio.median);
    let (who, times) = match ratio > 1.0 {
        true => ("a", ratio),
        false => ("b", 1.0 / ratio),
    };
    let name = who.to_uppercase();
    let text = match times.is_finite() {
        true => format!("{name}가 {}배 빠름", format::significant(times)),
        false => format!("{name}는 0 ns: 한없이 빠름"),
    };
    (who, text)
}

const CONCLUSION: &str = "결론";

fn verdict(report: &Report) -> Verdict {
    let found = report.views.iter().find_map(|view| match view {
        View::Table(table) if table.title == CONCLUSION => table.rows.first(),
        _ => None,
    });
    let Some(row) = found else { return Verdict::pending() };
    let choice = match row[1].value {
        Some(1.0) => "a",
        Some(2.0) => "b",
        _ => "none",
    };
    let sentence = format!("{}. 재는 법: {}.", row[1].text, row[0].text);
    Verdict::choice(GUESSES, choice, sentence)
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let mut origin = None;
    let found = match p.exhibit {
        Exhibit::WarmUp => warm_up(p, ctx)?,
        Exhibit::Folding => folding(p, ctx)?,
        Exhibit::Short => short(p, ctx)?,
        Exhibit::Seed => seed(p, ctx)?,
        Exhibit::Debug => recorded(p, &mut origin, builds),
        Exhibit::Numpy => recorded(p, &mut origin, spellings),
    };
    let Some(outcome) = found else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let (who, text) = conclude(&outcome);
    let value = match who {
        "a" => 1.0,
        "b" => 2.0,
        _ => 0.0,
    };
    let conclusion = Table {
        title: CONCLUSION.into(),
        badge: Badge::Measured,
        columns: vec![Column::text("재는 법"), Column::text("결론")],
        rows: vec![vec![
            p.exhibit.method(p.broken).into(),
            Cell { text, value: Some(value) },
        ]],
    };
    // 기록의 시간은 다른 기계의 것이라 이 기기의 눈금을 붙이지 않음
    let scale = match origin {
        Some(_) => "기록".into(),
        None => {
            format!("시계 눈금 {}", format::time(ctx.env().clock_step_ns))
        }
    };
    let mut views =
        vec![View::Table(times(&scale, &outcome)), View::Table(conclusion)];
    views.extend(origin.map(note));
    Ok(views)
}

fn times(scale: &str, outcome: &Outcome) -> Table {
    let short = format::significant;
    let rows = outcome.sides.iter().map(|side| {
        let spread = match side.samples {
            1 => "없음".to_owned(),
            _ => format!("{}–{}", short(side.low), short(side.high)),
        };
        let time = Cell { text: short(side.ns), value: Some(side.ns) };
        vec![
            side.name.as_str().into(),
            time,
            spread.into(),
            side.samples.into(),
        ]
    });
    Table {
        title: format!("두 방법의 시간: {scale}"),
        badge: Badge::Measured,
        columns: vec![
            Column::text("방법"),
            Column::number("중앙값", "ns"),
            Column::number("퍼짐", "ns"),
            Column::number("표본", "개"),
        ],
        rows: rows.collect(),
    }
}

/// 번갈아 재어 두 쪽을 견줌.
fn paired(
    ctx: &Ctx,
    cases: &mut [Case; 2],
) -> Result<Option<Outcome>, Failure> {
    let Some(timings) = interleave(ctx, cases)? else { return Ok(None) };
    let [a, b] = &timings.rows[..] else { return Ok(None) };
    Ok(Some(Outcome {
        sides: [Side::new(a), Side::new(b)],
        ratio: Some(paired_ratio(&a.samples, &b.samples)),
    }))
}

/// 한 번 부르는 데 걸린 시간.
fn single(ctx: &Ctx, run: impl FnOnce() -> u64) -> f64 {
    let start = ctx.now_ns();
    black_box(run());
    ctx.now_ns() - start
}

/// 아무도 쓰지 않은 메모리에 놓인 빈 배열. WASM의 할당기는 버린 자리를 다시
/// 주므로, 선형 메모리가 늘 때까지 자리를 잡아 둠.
fn untouched() -> Vec<u64> {
    #[cfg(target_arch = "wasm32")]
    {
        const MOST: usize = 256;
        let pages = || core::arch::wasm32::memory_size::<0>();
        let mut held: Vec<Vec<u64>> = Vec::new();
        let mut grown = 0;
        // 처음 늘 때의 자리는 쓰던 자리에 걸쳐 있을 수 있어 둘째 것을 줌
        while grown < 2 && held.len() < MOST {
            let before = pages();
            held.push(Vec::with_capacity(CELLS));
            grown += usize::from(pages() > before);
        }
        held.pop().unwrap_or_default()
    }
    #[cfg(not(target_arch = "wasm32"))]
    Vec::with_capacity(CELLS)
}

fn warm_up(p: &Params, ctx: &Ctx) -> Result<Option<Outcome>, Failure> {
    let input = cells(p.seed);
    let [a, b] = p.exhibit.sides();
    if p.broken {
        // 자리만 있고 아직 한 번도 쓰지 않은 배열
        let mut out = untouched();
        let last = CELLS - 1;
        let first = single(ctx, || {
            once(&input, black_box(&mut out));
            out[last]
        });
        let second = single(ctx, || {
            twice(&input, black_box(&mut out));
            out[last]
        });
        let sides = [Side::once(a, first), Side::once(b, second)];
        return Ok(Some(Outcome { sides, ratio: None }));
    }
    let room = || Vec::with_capacity(CELLS);
    let (mut left, mut right) = (room(), room());
    paired(
        ctx,
        &mut [
            Case::new(a, 1, || {
                once(&input, black_box(&mut left));
                left[0]
            }),
            Case::new(b, 1, || {
                twice(&input, black_box(&mut right));
                right[0]
            }),
        ],
    )
}

/// 한 번에 셈하는 수: 한 번이 몇 ns라 모아서 부름.
const CALLS: u64 = 1_000;

fn folding(p: &Params, ctx: &Ctx) -> Result<Option<Outcome>, Failure> {
    let table = digit_table();
    let [a, b] = p.exhibit.sides();
    let broken = p.broken;
    paired(
        ctx,
        &mut [
            Case::new(a, CALLS, move || match broken {
                // 입력이 소스에 있으므로 컴파일러가 답을 적어 넣음
                true => total(|| digits_by_division(DIGITS)),
                false => total(|| digits_by_division(black_box(DIGITS))),
            }),
            Case::new(b, CALLS, || {
                total(|| digits_by_table(&table, black_box(DIGITS)))
            }),
        ],
    )
}

fn total(one: impl Fn() -> u32) -> u64 {
    (0..CALLS).map(|_| u64::from(one())).sum()
}

fn short(p: &Params, ctx: &Ctx) -> Result<Option<Outcome>, Failure> {
    let list = list();
    let key = list[LIST - 1];
    let [a, b] = p.exhibit.sides();
    let halves = || by_halves(black_box(&list), black_box(key));
    let front = || from_front(black_box(&list), black_box(key));
    if p.broken {
        // 예열은 했음: 남은 고장은 길이뿐임
        black_box((halves(), front()));
        let (first, second) = (single(ctx, halves), single(ctx, front));
        let sides = [Side::once(a, first), Side::once(b, second)];
        return Ok(Some(Outcome { sides, ratio: None }));
    }
    paired(ctx, &mut [Case::new(a, 1, halves), Case::new(b, 1, front)])
}

fn seed(p: &Params, ctx: &Ctx) -> Result<Option<Outcome>, Failure> {
    let [a, b] = p.exhibit.sides();
    if p.broken {
        let hay = hay(p.seed);
        let front = || from_front(black_box(&hay), black_box(0));
        let back = || from_back(black_box(&hay), black_box(0));
        return paired(
            ctx,
            &mut [Case::new(a, 1, front), Case::new(b, 1, back)],
        );
    }
    let step = ctx.env().clock_step_ns;
    if step <= 0.0 {
        return Ok(None);
    }
    // 찾기 하나는 대개 1 µs쯤임. 거친 시계에서도 몇 초 안에 끝나게 막음
    let batch = timer_probe::batch(step, 1e3).min(1 << 14);
    let mut samples = [Vec::new(), Vec::new()];
    for round in 0..SEEDS {
        ctx.progress(round, SEEDS, "씨앗을 바꿔 가며 재기")?;
        let hay = hay(p.seed.wrapping_add(round));
        let finds: [fn(&[u64], u64) -> u64; 2] = [from_front, from_back];
        for (samples, find) in samples.iter_mut().zip(finds) {
            let ns = single(ctx, || {
                (0..batch)
                    .map(|_| find(black_box(&hay), black_box(0)))
                    .fold(0, u64::wrapping_add)
            });
            samples.push(ns.max(step) / batch as f64);
        }
    }
    let ratio = paired_ratio(&samples[0], &samples[1]);
    let side = |name: &str, samples: &[f64]| {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |q| lab::measure::quantile(&sorted, q);
        Side {
            name: name.into(),
            ns: at(0.5),
            low: at(0.1),
            high: at(0.9),
            samples: SEEDS,
        }
    };
    let sides = [side(a, &samples[0]), side(b, &samples[1])];
    Ok(Some(Outcome { sides, ratio: Some(ratio) }))
}

// ── 기록된 측정 ────────────────────────────────────────────────────────

/// 디버그와 릴리스로 빌드해 번갈아 잰 기록.
#[derive(Deserialize)]
struct Builds {
    machine: String,
    date: String,
    python: String,
    n: u64,
    rounds: u64,
    ns: BuildTimes,
}

#[derive(Deserialize)]
struct BuildTimes {
    debug: Spread,
    release: Spread,
    python: Spread,
}

#[derive(Deserialize)]
struct Spread {
    median: f64,
    p10: f64,
    p90: f64,
}

const BUILDS: &str = include_str!("../../data/measured/sum_builds.json");
const LADDER: &str = include_str!("../../data/measured/diffusion.json");

/// 기록에서 두 쪽과 그 출처. 읽을 수 없으면 `None`.
type Reader = fn(&Params) -> Option<([Side; 2], String)>;

fn recorded(
    p: &Params,
    origin: &mut Option<String>,
    read: Reader,
) -> Option<Outcome> {
    let (sides, source) = read(p)?;
    *origin = Some(source);
    let [a, b] = &sides;
    // 표본의 짝을 남기지 않은 기록이라 퍼짐이 겹치는지로 판정함
    let ratio = Ratio {
        median: b.ns / a.ns,
        low: b.low / a.high,
        high: b.high / a.low,
    };
    Some(Outcome { sides, ratio: Some(ratio) })
}

fn builds(p: &Params) -> Option<([Side; 2], String)> {
    let record: Builds = serde_json::from_str(BUILDS).ok()?;
    let rust = match p.broken {
        true => record.ns.debug,
        false => record.ns.release,
    };
    let [a, b] = p.exhibit.sides();
    let side = |name: &str, spread: Spread| Side {
        name: name.into(),
        ns: spread.median,
        low: spread.p10,
        high: spread.p90,
        samples: record.rounds,
    };
    let source = format!(
        "기록: {}, {}, 파이썬 {}. 정수 {}개의 합, 원소 하나의 CPU 시간. 이 기기에서 \
         잰 것이 아님: 페이지는 디버그로 빌드할 수 없음",
        record.machine,
        record.date,
        record.python,
        format::int(record.n)
    );
    Some(([side(a, record.ns.python), side(b, rust)], source))
}

/// `diffusion`의 사다리에서 Rust 하나와 파이썬 쪽 하나.
fn spellings(p: &Params) -> Option<([Side; 2], String)> {
    let record: serde_json::Value = serde_json::from_str(LADDER).ok()?;
    let side = |name: String, row: &serde_json::Value| -> Option<Side> {
        let (low, high) = row[2]["text"].as_str()?.split_once('–')?;
        Some(Side {
            name,
            ns: row[1]["value"].as_f64()?,
            low: low.parse().ok()?,
            high: high.parse().ok()?,
            samples: SEEDS,
        })
    };
    let views = record["report"]["views"].as_array()?;
    let rows =
        || views.iter().filter_map(|view| view["rows"].as_array()).flatten();
    let named = |row: &&serde_json::Value, start: &str| {
        let text = row[0]["text"].as_str().unwrap_or_default();
        text.starts_with(start) && row[1]["value"].is_f64()
    };
    let ours = rows().find(|row| named(row, "행마다 조각으로"))?;
    let theirs = match p.broken {
        true => rows().find(|row| named(row, "NumPy, roll"))?,
        false => rows()
            .filter(|row| named(row, "NumPy") || named(row, "numba"))
            .min_by(|a, b| {
                let ns = |row: &serde_json::Value| {
                    row[1]["value"].as_f64().unwrap_or(f64::INFINITY)
                };
                ns(a).total_cmp(&ns(b))
            })?,
    };
    let [a, b] = ["A: Rust", "B"].map(str::to_owned);
    let their_name = theirs[0]["text"].as_str()?;
    let source = format!(
        "기록: 「행렬과 넘파이」의 diffusion, {}, {}. 격자 한 칸의 시간이며 \
         이 기기에서 잰 것이 아님",
        record["machine"].as_str()?,
        record["date"].as_str()?
    );
    let sides = [
        side(format!("{a}, 행마다 조각으로"), ours)?,
        side(format!("{b}: {their_name}"), theirs)?,
    ];
    Some((sides, source))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;
    use lab::host::Quiet;

    #[test]
    fn both_sides_give_the_same_answer() {
        for exhibit in Exhibit::ALL {
            for seed in [0, 3, 42] {
                let [left, right] = answers(exhibit, seed);
                assert_eq!(left, right, "{exhibit:?} {seed}");
            }
        }
    }

    #[test]
    fn answers_by_hand() {
        // 3 + 1 + 4 + 1 + 5 + 9 + 2 + 6
        assert_eq!(digits_by_division(DIGITS), 31);
        assert_eq!(digits_by_table(&digit_table(), DIGITS), 31);
        // 0부터 31까지의 합
        assert_eq!(answers(Exhibit::Short, 0), [496, 496]);
        assert_eq!(answers(Exhibit::Debug, 0)[0], 499_999_500_000);
        let mut out = Vec::new();
        twice(&[1, u64::MAX], &mut out);
        assert_eq!(out, [4, u64::MAX - 1]);
    }

    /// 기본 씨앗은 일부러 고른 것: 찾는 값이 앞쪽 5% 안에 놓임.
    #[test]
    fn the_default_seed_is_unlucky() {
        let at = answers(Exhibit::Seed, Params::default().seed)[0];
        assert!(at > 20 && at < HAY / 20, "{at}");
        let fair: Vec<u64> = (0..SEEDS)
            .map(|i| answers(Exhibit::Seed, Params::default().seed + i)[0])
            .collect();
        let front = fair.iter().filter(|at| **at < HAY / 2).count();
        assert!((7..=14).contains(&front), "{fair:?}");
    }

    #[test]
    fn the_conclusion_is_computed() {
        let told = |a: f64, b: f64, ratio: Option<(f64, f64)>| {
            let sides = [Side::once("A", a), Side::once("B", b)];
            let ratio =
                ratio.map(|(low, high)| Ratio { median: b / a, low, high });
            conclude(&Outcome { sides, ratio })
        };
        assert_eq!(told(1.0, 2.0, None), ("a", "A가 2.00배 빠름".into()));
        assert_eq!(told(3.0, 1.0, None), ("b", "B가 3.00배 빠름".into()));
        assert_eq!(told(40.0, 40.0, None).0, "none");
        // `performance.now()`의 차: 5 µs 눈금 하나씩인데 끝자리가 다름
        let one = (1234.505 - 1234.5) * 1e6;
        let other = (9876.515 - 9876.51) * 1e6;
        assert_ne!(one, other);
        let tie = ("none", "둘 다 5.00 µs: 똑같음".into());
        assert_eq!(told(one, other, None), tie);
        assert_eq!(told(40.0, 41.0, None).0, "a");
        assert!(told(0.0, 40.0, None).1.contains("한없이"));
        let same = told(1.0, 1.01, Some((0.98, 1.04)));
        assert_eq!(same.1, "이 측정으로는 구별할 수 없음");
    }

    /// 기록에서 읽은 두 전시물: 고장을 고치면 상대가 달라짐.
    #[test]
    fn the_recorded_exhibits_change_sides() {
        let read = |exhibit, broken, read: Reader| {
            let p = Params { exhibit, broken, ..Params::default() };
            let mut origin = None;
            let found = recorded(&p, &mut origin, read).unwrap();
            assert!(origin.unwrap().contains("이 기기에서"));
            found
        };
        let debug = |broken| read(Exhibit::Debug, broken, builds);
        assert_eq!(conclude(&debug(true)).0, "a");
        assert_eq!(conclude(&debug(false)).0, "b");
        // 가장 빠른 표기가 무엇인지는 기록한 기계에 깔린 것에 달림
        let theirs = |broken| read(Exhibit::Numpy, broken, spellings).sides;
        assert!(theirs(true)[1].name.contains("roll"));
        assert!(theirs(false)[1].ns < theirs(true)[1].ns);
    }

    /// 기록된 시간의 제목에는 이 기기의 눈금이 아니라 기록이라고 적음.
    #[test]
    fn a_record_does_not_show_this_clock() {
        for exhibit in [Exhibit::Debug, Exhibit::Numpy] {
            let p = Params { exhibit, ..Params::default() };
            let mut ctx = Ctx::new(&Quiet, Scope::Native);
            let views = measure(&p, &mut ctx).unwrap();
            let View::Table(times) = &views[0] else { panic!() };
            assert_eq!(times.title, "두 방법의 시간: 기록");
        }
    }

    #[test]
    fn a_run_tells_both_answers() {
        for exhibit in Exhibit::ALL {
            let value = exhibit.value().to_string();
            let pairs = [("exhibit", value.as_str())];
            let report = run_with("bench_museum", &pairs);
            assert_eq!(report.int("left"), report.int("right"));
            assert!(report.verdict.unwrap().is_pending());
        }
    }
}
