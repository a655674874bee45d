//! 줄리아 집합: 같은 식을 스칼라, SIMD, 스레드로.
//!
//! 덧셈·뺄셈·곱셈과 비교만 정해진 차례로 쓰므로 어디서나, 어느 폭에서나
//! 횟수가 같음.

use std::array;
use std::hint::black_box;

use rayon::prelude::*;
use wide::f64x2;

use super::lanes::{FLIGHT, Lanes, Widest};
use lab::checksum::fnv;
use lab::measure::{Case, interleave};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Explore, Frame, Image, Lane, LaneCell,
    Palette, Raster, Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, View,
    format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 같은 식이 파이썬에서는 0.5초, SIMD로는 4밀리초인가?",
    prediction: Prediction {
        text: "f64 두 개를 한 벡터에 담고 벡터 넷을 번갈아 돌리면 \
               한 점씩 도는 스칼라의 몇 배 빠를까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 150)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] =
    &[("1.5", "1.5배"), ("2", "2배"), ("3", "3배"), ("4", "4배")];

lab::choices! {
    /// 횟수를 세는 방법.
    pub enum Engine {
        Scalar = "scalar", "스칼라";
        Simd = "simd", "SIMD";
        Rayon = "rayon", "스칼라, 여러 스레드";
        SimdRayon = "simd_rayon", "SIMD, 여러 스레드";
    }
}

lab::params! {
    /// 그림의 자리와 크기, c, 세는 한도.
    pub struct Params {
        n: u64 = 300, int("한 변의 점").unit("개")
            .browser(16, 600).native(16, 4_096);
        max_iter: u64 = 300, int("세는 한도").unit("번").range(1, 2_000);
        cr: f64 = -0.62772, real("c의 실수부").span(-2.0, 2.0);
        ci: f64 = -0.42193, real("c의 허수부").span(-2.0, 2.0);
        cx: f64 = 0.0, real("가운데의 실수부").span(-2.0, 2.0);
        cy: f64 = 0.0, real("가운데의 허수부").span(-2.0, 2.0);
        half: f64 = 1.8, real("반너비").span(1e-6, 2.0);
        engine: Engine = Engine::Simd, choice("세는 방법")
            .hint("어느 것이든 답은 같음");
    }
    check = |_: &Params, _| Ok(());
}

/// z ← z² + c와 세는 한도.
#[derive(Clone, Copy, Debug)]
pub struct Map {
    pub re: f64,
    pub im: f64,
    /// 2,000까지: 횟수를 u16에 담음.
    pub max_iter: u16,
}

impl Map {
    /// 벗어난 점이 원 안으로 돌아올 수 있는가. |c| ≤ 1이면 |z| ≥ 2에서
    /// |z² + c| ≥ 2|z| − 1 ≥ |z| + 1이라 멀어지기만 함.
    fn returns(&self) -> bool {
        self.re * self.re + self.im * self.im > 1.0
    }
}

/// 벡터 여럿이 한꺼번에 지나가는 순간. 이름은 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// 살아 있는지 살핌: 지금까지 돈 횟수와, 산 레인의 번호를 비트로.
    Look { rounds: u64, live: u64 },
}

/// 산 레인이 있는지는 이만큼 돌 때마다 한 번만 봄: 보는 데도 명령이 듦.
const BATCH: u16 = 4;

// ANCHOR: kernel
/// 한 점이 원 |z| = 2를 벗어나기 전까지 돈 횟수.
#[inline]
pub fn escape(map: &Map, mut re: f64, mut im: f64) -> u16 {
    let mut count = 0;
    while count < map.max_iter {
        let (re2, im2) = (re * re, im * im);
        if re2 + im2 >= 4.0 {
            break;
        }
        (re, im) = (re2 - im2 + map.re, 2.0 * re * im + map.im);
        count += 1;
    }
    count
}

/// 벡터 하나에 담긴 점들.
#[derive(Clone, Copy)]
struct Points<V: Lanes> {
    re: V,
    im: V,
    /// 아직 벗어나지 않은 레인.
    live: V,
    counts: V::Counts,
}

/// 가로로 이웃한 점 `LANES × F`개를 함께 셈. 벡터 F개는 서로의 결과를
/// 기다리지 않으므로 연산의 지연이 겹침. 돌아올 수 없는 점(`RETURNS`가 거짓)은
/// 벗어난 것을 기억하지 않아도 되어 레지스터가 F개 남음.
#[inline]
pub fn escape_block<V: Lanes, const F: usize, const RETURNS: bool>(
    map: &Map,
    xs: &[f64],
    y: f64,
    out: &mut [u16],
    mut watch: impl FnMut(Step),
) {
    let (four, zero) = (V::splat(4.0), V::splat(0.0));
    let (cr, ci) = (V::splat(map.re), V::splat(map.im));
    let mut points: [Points<V>; F] = array::from_fn(|v| Points {
        re: V::load(&xs[v * V::LANES..]),
        im: V::splat(y),
        live: zero.below(four),
        counts: V::zero(),
    });
    for batch in 1..=map.max_iter.div_ceil(BATCH) {
        for _ in 0..BATCH {
            for p in &mut points {
                let (re2, im2) = (p.re * p.re, p.im * p.im);
                let inside = (re2 + im2).below(four);
                // 벗어났던 점이 원 안으로 돌아와도 다시 세지 않음
                p.live = if RETURNS { p.live & inside } else { inside };
                p.counts = V::tally(p.counts, p.live);
                p.im = (p.re + p.re) * p.im + ci;
                p.re = re2 - im2 + cr;
            }
        }
        let live = live_lanes(&points); // step: look
        watch(Step::Look { rounds: (batch * BATCH).into(), live });
        if live == 0 {
            break;
        }
    }
    let counts = points.iter().flat_map(|p| V::each(p.counts));
    for (out, count) in out.iter_mut().zip(counts) {
        // 마지막 묶음이 한도를 넘겨 셌을 수 있음
        *out = map.max_iter.min(count as u16);
    }
}
// ANCHOR_END: kernel

#[inline(always)]
fn live_lanes<V: Lanes, const F: usize>(points: &[Points<V>; F]) -> u64 {
    points.iter().rev().fold(0, |bits, p| bits << V::LANES | p.live.bits())
}

/// 점이 놓인 자리. 왼쪽과 위의 끝은 들어가고 반대쪽 끝은 들어가지 않음.
#[derive(Clone, Debug)]
pub struct Grid {
    /// 한 행의 점.
    width: usize,
    /// 벡터가 끝을 넘어 읽어도 되도록 `width`보다 김.
    xs: Vec<f64>,
    ys: Vec<f64>,
}

/// 한 번에 세는 점의 수로 나누어떨어짐.
const PADDING: usize = 8 * FLIGHT;

impl Grid {
    /// 가운데가 (`cx`, `cy`)이고 한 변이 `2 * half`인 정사각형의 점 n × n개.
    pub fn new(n: usize, cx: f64, cy: f64, half: f64) -> Self {
        let axis = |center: f64, count: usize| {
            let at = |i| center - half + (2.0 * half * i as f64) / n as f64;
            (0..count).map(at).collect()
        };
        let padded = n.next_multiple_of(PADDING);
        Grid { width: n, xs: axis(cx, padded), ys: axis(cy, n) }
    }

    /// 행의 일부.
    fn band(&self, ys: &[f64]) -> Self {
        Grid { ys: ys.to_vec(), ..self.clone() }
    }
}

/// 한 행을 세는 함수: (식, 행의 x들, y, 적을 곳).
pub type RowFn = fn(&Map, &[f64], f64, &mut [u16]);

// asm: 스칼라
#[inline(never)]
pub fn row_scalar(map: &Map, xs: &[f64], y: f64, out: &mut [u16]) {
    // 나란히 읽히면 컴파일러가 실수부와 허수부를 벡터 하나로 묶는데, 둘을
    // 섞는 명령이 반복의 사슬에 끼어 SSE2에서 오히려 느려짐
    let map = &Map { im: black_box(map.im), ..*map };
    for (out, x) in out.iter_mut().zip(xs) {
        *out = escape(map, *x, y);
    }
}

/// 벡터 `F`개씩. `xs`는 `LANES × F`의 배수만큼 있어야 함.
#[inline(always)]
pub fn row_simd<V: Lanes, const F: usize>(
    map: &Map,
    xs: &[f64],
    y: f64,
    out: &mut [u16],
) {
    if map.returns() {
        row_blocks::<V, F, true>(map, xs, y, out);
    } else {
        row_blocks::<V, F, false>(map, xs, y, out);
    }
}

#[inline(always)]
fn row_blocks<V: Lanes, const F: usize, const RETURNS: bool>(
    map: &Map,
    xs: &[f64],
    y: f64,
    out: &mut [u16],
) {
    let width = V::LANES * F;
    for (xs, out) in xs.chunks_exact(width).zip(out.chunks_mut(width)) {
        escape_block::<V, F, RETURNS>(map, xs, y, out, |_| {});
    }
}

/// 이 빌드의 레지스터에 맞는 벡터로.
// asm: SIMD
#[inline(never)]
pub fn row_widest(map: &Map, xs: &[f64], y: f64, out: &mut [u16]) {
    row_simd::<Widest, FLIGHT>(map, xs, y, out);
}

/// 한 스레드가 차례로 그림. `out`은 점마다 한 칸.
pub fn paint(map: &Map, grid: &Grid, row: RowFn, out: &mut [u16]) {
    let rows = out.chunks_mut(grid.width).zip(&grid.ys);
    rows.for_each(|(out, y)| row(map, &grid.xs, *y, out));
}

/// 행을 스레드에 나눠 맡김. 행마다 일이 다르지만 먼저 끝난 스레드가 남은
/// 행을 가져감.
pub fn paint_parallel(map: &Map, grid: &Grid, row: RowFn, out: &mut [u16]) {
    let rows = out.par_chunks_mut(grid.width).zip(&grid.ys);
    rows.for_each(|(out, y)| row(map, &grid.xs, *y, out));
}

pub type PaintFn = fn(&Map, &Grid, RowFn, &mut [u16]);

impl Engine {
    fn parts(self) -> (PaintFn, RowFn) {
        match self {
            Engine::Scalar => (paint, row_scalar),
            Engine::Simd => (paint, row_widest),
            Engine::Rayon => (paint_parallel, row_scalar),
            Engine::SimdRayon => (paint_parallel, row_widest),
        }
    }
}

impl Params {
    pub fn map(&self) -> Map {
        let max_iter = self.max_iter as u16;
        Map { re: self.cr, im: self.ci, max_iter }
    }

    pub fn grid(&self) -> Grid {
        Grid::new(self.n as usize, self.cx, self.cy, self.half)
    }
}

/// 모든 점의 횟수의 합.
pub fn sum(counts: &[u16]) -> u64 {
    counts.iter().map(|count| u64::from(*count)).sum()
}

/// 이만큼의 행을 그릴 때마다 진행을 알리고 멈추라는 말을 들음.
const BAND: usize = 64;

fn counts(p: &Params, ctx: &Ctx) -> Result<Vec<u16>, Failure> {
    let (map, grid) = (p.map(), p.grid());
    let (paint, row) = p.engine.parts();
    let mut counts = vec![0; grid.width * grid.width];
    let bands = counts.chunks_mut(BAND * grid.width);
    for (done, (out, ys)) in bands.zip(grid.ys.chunks(BAND)).enumerate() {
        ctx.progress((done * BAND) as u64, p.n, "점마다 세기")?;
        paint(&map, &grid.band(ys), row, out);
    }
    Ok(counts)
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let counts = counts(p, ctx)?;
    let total = sum(&counts);
    let inside = inside(p, &counts);
    let words: Vec<u64> = counts.iter().map(|k| u64::from(*k)).collect();
    let bins = Bins::of(p, &counts);
    Ok(Report::default()
        .answer("sum", total)
        .answer("inside", inside)
        .answer("histogram", bins.text().as_str())
        .checksum(&[p.n, p.max_iter, total, fnv(&words)])
        .view(View::Image(picture(p, &counts)))
        .view(View::Table(lockstep(p, &counts)))
        .view(View::Chart(bins.chart()))
        .view(View::Trace(replay(p, &counts))))
}

/// 끝까지 벗어나지 않은 점.
fn inside(p: &Params, counts: &[u16]) -> u64 {
    let all = counts.iter().filter(|k| u64::from(**k) == p.max_iter);
    all.count() as u64
}

/// 그림의 한 변은 이만큼까지: 더 크면 건너뛰며 담음.
const MAX_SIDE: usize = 1_024;

/// 색은 횟수의 제곱근을 따름: 대부분의 점은 몇 번 만에 벗어남.
fn picture(p: &Params, counts: &[u16]) -> Image {
    let n = p.n as usize;
    let step = n.div_ceil(MAX_SIDE);
    let most = p.max_iter as f64;
    let color = |count: &u16| match u64::from(*count) == p.max_iter {
        true => 255,
        false => ((f64::from(*count) / most).sqrt() * 254.0) as u8,
    };
    let pixels: Vec<u8> = counts
        .chunks(n)
        .step_by(step)
        .flat_map(|row| row.iter().step_by(step).map(color))
        .collect();
    let side = n.div_ceil(step) as u32;
    let skipped = match step {
        1 => String::new(),
        _ => format!(". {step}점에 하나씩만 담음"),
    };
    let text = |x: f64| format!("{x:.4}").replace('-', "−");
    Image {
        title: format!(
            "z ← z² + c가 벗어날 때까지의 횟수, c = {} + ({})i{skipped}",
            text(p.cr),
            text(p.ci)
        ),
        badge: Badge::Exact,
        width: side,
        height: side,
        palette: Palette::Escape,
        low: 0.0,
        high: most,
        unit: "번".into(),
        frames: vec![Raster::new("횟수", &pixels)],
        alt: format!(
            "가운데 ({}, {}), 반너비 {}인 줄리아 집합. 색은 횟수의 제곱근을 \
             따르며 점 {}개 가운데 {}개가 {}번까지 벗어나지 않음",
            text(p.cx),
            text(p.cy),
            p.half,
            format::int(p.n * p.n),
            format::int(inside(p, counts)),
            format::int(p.max_iter)
        ),
        explore: Some(Explore {
            x: "cx".into(),
            y: "cy".into(),
            half: "half".into(),
        }),
    }
}

/// 함께 도는 점의 수마다: 가장 늦게 벗어나는 점까지 모두 기다림.
fn lockstep(p: &Params, counts: &[u16]) -> Table {
    let total = sum(counts);
    let row = |width: usize| {
        let wait = |block: &[u16]| {
            let longest = block.iter().max().copied().unwrap_or(0);
            u64::from(longest) * block.len() as u64
        };
        let spent: u64 = counts
            .chunks(p.n as usize)
            .flat_map(|row| row.chunks(width))
            .map(wait)
            .sum();
        let share = total as f64 / spent.max(1) as f64 * 100.0;
        vec![
            (width as u64).into(),
            spent.into(),
            (spent - total).into(),
            Cell::fixed(share, 1),
        ]
    };
    Table {
        title: "이웃한 점을 묶어 함께 돌 때".into(),
        badge: Badge::Exact,
        columns: vec![
            Column::number("함께 도는 점", "개"),
            Column::number("레인이 돈 횟수", "번"),
            Column::number("기다리며 돈 횟수", "번"),
            Column::number("쓸모 있는 몫", "%"),
        ],
        rows: [1, 2, 4, 8, 16, 32].map(row).to_vec(),
    }
}

/// 횟수를 2의 거듭제곱으로 나눈 구간마다의 점.
struct Bins(Vec<(String, u64)>);

impl Bins {
    fn of(p: &Params, counts: &[u16]) -> Self {
        // 0, 1, 2–3, 4–7, …, 그리고 벗어나지 않은 점
        let bin = |k: u64| (u64::BITS - k.leading_zeros()) as usize;
        let last = bin(p.max_iter - 1) + 1;
        let mut points = vec![0; last + 1];
        for count in counts {
            let k = u64::from(*count);
            points[if k == p.max_iter { last } else { bin(k) }] += 1;
        }
        let label = |at: usize| match at {
            at if at == last => "벗어나지 않음".to_owned(),
            0 | 1 => at.to_string(),
            _ => {
                let low = 1 << (at - 1);
                let high = (2 * low - 1).min(p.max_iter - 1);
                let text = format::int;
                if low == high {
                    text(low)
                } else {
                    format!("{}–{}", text(low), text(high))
                }
            }
        };
        Bins(
            points
                .into_iter()
                .enumerate()
                .map(|(i, n)| (label(i), n))
                .collect(),
        )
    }

    fn text(&self) -> String {
        let points: Vec<String> =
            self.0.iter().map(|(_, points)| points.to_string()).collect();
        points.join(" ")
    }

    fn chart(&self) -> Chart {
        let points = self.0.iter().enumerate();
        Chart {
            title: "벗어나기까지의 횟수".into(),
            badge: Badge::Exact,
            x: Axis::category("횟수", self.0.iter().map(|(name, _)| &**name)),
            y: Axis::linear("점의 수", "개"),
            series: vec![Series {
                name: "점".into(),
                shape: Shape::Bar,
                points: points
                    .map(|(i, (_, points))| (i as f64, *points as f64).into())
                    .collect(),
            }],
            marks: Vec::new(),
        }
    }
}

/// 재생하는 벡터: 두 레인짜리 넷.
const SHOWN: usize = 2 * FLIGHT;

/// 가운데 행에서 기다리는 레인이 가장 많은 묶음을 돌려 봄.
fn replay(p: &Params, counts: &[u16]) -> Trace {
    let (map, grid) = (p.map(), p.grid());
    let middle = grid.width / 2;
    let row = &counts[middle * grid.width..][..grid.width];
    let waste = |block: &&[u16]| {
        let longest = block.iter().max().copied().unwrap_or(0);
        block.iter().map(|k| u64::from(longest - k)).sum::<u64>()
    };
    let blocks = row.chunks_exact(SHOWN);
    let (at, block) = blocks
        .enumerate()
        .max_by_key(|(_, block)| waste(block))
        .unwrap_or((0, row));
    let mut frames = Vec::new();
    let mut out = [0; SHOWN];
    escape_block::<f64x2, FLIGHT, true>(
        &map,
        &grid.xs[at * SHOWN..],
        grid.ys[middle],
        &mut out,
        |Step::Look { rounds, live }| frames.push(frame(block, rounds, live)),
    );
    Trace {
        title: format!(
            "두 레인짜리 벡터 {FLIGHT}개가 함께 돎: 가운데 행의 {}–{}번 점",
            at * SHOWN,
            at * SHOWN + SHOWN - 1
        ),
        badge: Badge::Exact,
        frames,
    }
}

fn frame(block: &[u16], rounds: u64, live: u64) -> Frame {
    let cell = |(lane, k): (usize, &u16)| LaneCell {
        at: lane as u64,
        text: u64::from(*k).min(rounds).to_string(),
        tone: match live >> lane & 1 {
            1 => Tone::Now,
            _ => Tone::Dead,
        },
    };
    let busy = live.count_ones();
    Frame {
        step: "look".into(),
        say: match busy {
            0 => format!("{rounds}번 돌고 보니 남은 레인이 없어 끝냄"),
            _ => format!("{rounds}번 돌고 보니 {busy}레인이 남음"),
        },
        counters: vec![
            ("돈 횟수".into(), rounds.to_string()),
            ("남은 레인".into(), busy.to_string()),
        ],
        lanes: vec![Lane {
            label: "레인이 센 횟수(점선은 벗어나고 기다리는 레인)".into(),
            size: SHOWN as u64,
            cells: block.iter().enumerate().map(cell).collect(),
            group: 2,
        }],
        jumps: Vec::new(),
    }
}

/// 재는 것의 이름. 예측의 정답이 이것을 찾음.
const SCALAR: &str = "스칼라";
const PAIRS: &str = "SIMD f64×2, 벡터 4개";
const LIMIT: &str = "기다림 없는 곱셈 3·덧셈 5";

fn verdict(report: &Report) -> Verdict {
    let Some(both) = report.compared(SCALAR, PAIRS) else {
        return Verdict::pending();
    };
    let sentence = format!(
        "한 번 도는 데 스칼라는 {}, f64 두 개짜리 벡터 넷은 {}.",
        format::time(both.slow),
        format::time(both.fast)
    );
    Verdict::compared(GUESSES, &both, sentence)
}

/// 재는 것: 이름과 방법. 나눠 맡기는 것은 스레드가 여럿일 때만.
pub fn rivals(threads: usize) -> Vec<(String, PaintFn, RowFn)> {
    let width = Widest::LANES;
    // 같은 함수가 둘이면 컴파일러가 하나를 다른 하나로 뛰는 명령 한 줄로
    // 바꾸어, 카드의 기계어에 그 한 줄만 남음
    let pairs: RowFn = match width {
        2 => row_widest,
        _ => row_simd::<f64x2, FLIGHT>,
    };
    let mut rivals: Vec<(String, PaintFn, RowFn)> = vec![
        (SCALAR.into(), paint, row_scalar),
        ("SIMD f64×2, 벡터 1개".into(), paint, row_simd::<f64x2, 1>),
        (PAIRS.into(), paint, pairs),
    ];
    if width > 2 {
        let name = format!("SIMD f64×{width}, 벡터 {FLIGHT}개");
        rivals.push((name, paint, row_widest));
    }
    if threads > 1 {
        let each = |name: &str| format!("{name}, 스레드 {threads}개");
        rivals.push((each(SCALAR), paint_parallel, row_scalar));
        rivals.push((each("SIMD"), paint_parallel, row_widest));
    }
    rivals
}

/// 서로 기다리지 않는 벡터 12개에 곱셈 셋과 덧셈 다섯을 되풀이함: 반복
/// 하나의 연산을 이 기기가 가장 빨리 끝내는 시간. 비교는 세지 않음.
fn peak<V: Lanes>(rounds: u64) -> u64 {
    let (half, one) = (V::splat(black_box(0.5)), V::splat(black_box(1.0)));
    let mut vectors = [one; 12];
    for _ in 0..rounds {
        for v in &mut vectors {
            *v = *v * half + one;
            *v = *v * half + one;
            *v = (*v * half + one) - one + one;
        }
    }
    let mut out = [0.0; 8];
    for v in vectors {
        v.store(black_box(&mut out));
    }
    out[0].to_bits()
}

/// 재는 그림 하나에서 도는 반복은 이만큼까지: 스칼라로 0.1초쯤임.
const BUDGET: u64 = 40_000_000;

/// 잴 만한 크기의 그림과 점마다의 횟수.
fn affordable(p: &Params, ctx: &Ctx) -> Result<(Params, Vec<u16>), Failure> {
    let mut p = p.clone();
    loop {
        let counts = counts(&p, ctx)?;
        if sum(&counts) <= BUDGET {
            return Ok((p, counts));
        }
        p.n /= 2;
    }
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let asked = p.n;
    let (p, counts) = affordable(p, ctx)?;
    let total = sum(&counts);
    let (map, grid) = (p.map(), p.grid());
    let rounds = 10_000;
    let threads = ctx.threads();
    let mut cases: Vec<Case> = rivals(threads)
        .into_iter()
        .map(|(name, paint, row)| {
            let (map, grid) = (&map, &grid);
            let mut counts = counts.clone();
            Case::new(&name, total, move || {
                paint(black_box(map), grid, row, &mut counts);
                counts[0].into()
            })
        })
        .collect();
    let lanes = (12 * Widest::LANES) as u64;
    cases.push(Case::new(LIMIT, rounds * lanes, || peak::<Widest>(rounds)));
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let limit = timings.rows.iter().find(|row| row.name == LIMIT);
    let limit =
        limit.map(|row| (row.median, "한 스레드의 연산 한계".to_owned()));
    let title = "같은 그림을 그리는 시간";
    let mut views = timings.ladder(title, "반복 한 번", limit);
    if p.n < asked {
        let side = format::int(p.n);
        views.push(note(format!("반복이 많아 한 변을 {side}점으로 줄여 잼")));
    }
    if threads == 1 {
        views.push(note("스레드가 하나라 나눠 돌린 것은 재지 않음"));
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;
    use lab::report::Answer;
    use wide::{f64x4, f64x8};

    /// 널리 알려진 크기의 그림: 명세의 합.
    #[test]
    fn the_sum_of_the_standard_picture() {
        for engine in ["scalar", "simd", "simd_rayon"] {
            let pairs = [("n", "1000"), ("engine", engine)];
            let report = run_with("julia", &pairs);
            assert_eq!(report.int("sum"), Some(33_219_980), "{engine}");
            assert_eq!(report.int("inside"), Some(100_321), "{engine}");
        }
    }

    /// 점을 놓는 법을 바꾸면 답도 바뀜: 양 끝을 넣기와 칸의 가운데.
    #[test]
    fn fence_posts() {
        let map = Params::default().map();
        let total = |at: fn(f64) -> f64| {
            let ys: Vec<f64> =
                (0..1_000).map(|i| -1.8 + at(f64::from(i))).collect();
            let mut xs = ys.clone();
            xs.resize(1_024, 2.0);
            let grid = Grid { width: 1_000, xs, ys };
            sum(&all(&map, &grid, row_widest))
        };
        assert_eq!(total(|i| 3.6 * i / 1_000.0), 33_219_980);
        assert_eq!(total(|i| 3.6 * i / 999.0), 33_180_558);
        assert_eq!(total(|i| 3.6 * (i + 0.5) / 1_000.0), 33_249_718);
    }

    fn all(map: &Map, grid: &Grid, row: RowFn) -> Vec<u16> {
        let mut counts = vec![0; grid.width * grid.ys.len()];
        paint(map, grid, row, &mut counts);
        counts
    }

    /// 폭, 한도, 자리, 그리고 원 밖에서 돌아오는 |c| > 2까지.
    #[test]
    fn every_width_counts_like_the_scalar() {
        for (re, im) in [(-0.62772, -0.42193), (-2.0, 2.0), (0.3, -0.01)] {
            for max_iter in [1, 2, 3, 4, 5, 37, 2_000] {
                for (n, half) in [(16, 1.8), (17, 2.0), (37, 1e-6)] {
                    let map = Map { re, im, max_iter };
                    let grid = Grid::new(n, 0.1, -0.2, half);
                    let want = all(&map, &grid, row_scalar);
                    let rows: [RowFn; 6] = [
                        row_simd::<f64x2, 1>,
                        row_simd::<f64x2, FLIGHT>,
                        row_simd::<f64x4, 1>,
                        row_simd::<f64x4, FLIGHT>,
                        row_simd::<f64x8, FLIGHT>,
                        row_widest,
                    ];
                    for row in rows {
                        assert_eq!(all(&map, &grid, row), want);
                    }
                    let mut counts = vec![0; n * n];
                    paint_parallel(&map, &grid, row_widest, &mut counts);
                    assert_eq!(counts, want);
                }
            }
        }
    }

    /// c = 0이면 |z|가 제곱될 뿐이라 원 안은 끝까지, 밖은 로그만에 벗어남.
    #[test]
    fn a_circle_by_hand() {
        let map = Map { re: 0.0, im: 0.0, max_iter: 50 };
        assert_eq!(escape(&map, 0.5, 0.5), 50);
        assert_eq!(escape(&map, 2.0, 0.0), 0);
        // 1.5 → 2.25에서 벗어남. 1.2 → 1.44 → 2.07
        assert_eq!(escape(&map, 1.5, 0.0), 1);
        assert_eq!(escape(&map, 0.0, -1.2), 2);
    }

    /// z² = 2.889 + 2.917i라 |z|² = 4.105로 밖이지만, 다음은 0.889 + 0.917i로
    /// 다시 안임. 벗어난 점은 그 자리에서 끝나야 함.
    #[test]
    fn a_point_that_comes_back_stays_out() {
        let map = Map { re: -2.0, im: -2.0, max_iter: 9 };
        assert_eq!(escape(&map, 1.87, 0.78), 0);
        assert!(escape(&map, 0.8885, 0.9172) > 0);
        let mut out = [9; 2];
        let xs = [1.87; 2];
        escape_block::<f64x2, 1, true>(&map, &xs, 0.78, &mut out, |_| {});
        assert_eq!(out, [0, 0]);
    }

    #[test]
    fn the_tables_add_up() {
        let report = run_with("julia", &[("n", "40"), ("max_iter", "100")]);
        let total = report.int("sum").unwrap();
        let View::Table(table) = &report.views[1] else { panic!() };
        assert_eq!(table.rows[0][1].value, Some(total as f64));
        assert_eq!(table.rows[0][3].text, "100.0");
        let Answer::Exact(bins) = &report.answers["histogram"] else {
            panic!()
        };
        let points: u64 =
            bins.split(' ').map(|n| n.parse::<u64>().unwrap()).sum();
        assert_eq!(points, 1_600);
    }
}
