//! 다섯 점의 사다리: 같은 확산을 다섯 가지 길로. 어느 길이든 칸 하나의
//! 계산 차례가 같으므로 답은 비트까지 같음.

use std::cell::RefCell;

use ndarray::{ArrayView2, ArrayViewMut2, Zip, s};
use rayon::prelude::*;

use super::pages::{HUGE_PAGES, huge_kib, zeroed};
use lab::measure::{Case, Timings, interleave};
use lab::report::{
    Badge, Cell, Column, Frame, Image, Lane, LaneCell, Palette, Raster, Table,
    Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, checksum, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 식도 답도 같은 다섯 점 계산이 몇 배씩 차이 나는가?",
    prediction: Prediction {
        text: "칸마다 %로 이웃을 찾는 코드는 가장 빠른 코드보다 몇 배 \
               느릴까? 칸 하나의 계산 차례도, 답의 비트도 같음.",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 64)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] =
    &[("1", "거의 같음"), ("2", "2배"), ("6", "6배"), ("20", "20배")];

lab::choices! {
    /// 격자를 한 스텝 앞으로 옮기는 길.
    pub enum Mode {
        Literal = "literal", "식 그대로, 이웃은 %로";
        Rows = "rows", "행마다 조각으로";
        Blocked = "blocked", "캐시에 담아 여러 스텝씩";
        Ndarray = "ndarray", "ndarray의 조각";
        Rayon = "rayon", "여러 스텝씩, 스레드마다 한 띠";
    }
}

lab::params! {
    /// 격자와 길.
    pub struct Params {
        n: u64 = 256, int("격자의 한 변").unit("칸")
            .browser(8, 512).native(8, 8_192);
        iters: u64 = 100, int("스텝").unit("번").range(1, 2_000).log();
        mode: Mode = Mode::Blocked, choice("길");
        block: u64 = 256, int("묶음의 너비").unit("칸").range(4, 512).log()
            .hint("여러 스텝씩 나아가는 두 길에서만 씀");
        depth: u64 = 8, int("묶음의 깊이").unit("스텝").range(1, 32)
            .hint("한 번 훑으며 나아감. 너비를 쓰는 길에서만 씀");
        huge: bool = false, flag("큰 페이지")
            .hint("리눅스의 터미널에서만. 답은 같고 시간만 달라짐");
    }
    check = |_: &Params, _: Scope| Ok(());
}

impl Params {
    pub fn plan(&self) -> Plan {
        Plan {
            mode: self.mode,
            block: self.block as usize,
            depth: self.depth as usize,
        }
    }

    pub fn field(&self) -> Field {
        Field::new(self.n as usize, self.huge)
    }
}

/// 나아가는 방법.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub mode: Mode,
    /// 묶음의 너비, 칸.
    pub block: usize,
    /// 묶음이 한 번에 나아가는 스텝.
    pub depth: usize,
}

/// 커널이 지나가는 순간. 행은 `depth`행 위에서부터 셈: 띠의 첫 행이
/// `depth`번임.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// 격자의 행 하나를 고리에 옮겨 담음.
    Load { row: usize },
    /// 한 스텝 아래의 세 행에서 `level`스텝의 행 하나를 계산함.
    Relax { level: usize, row: usize, cells: usize },
}

/// 고리에 남겨 두는 행: 위, 가운데, 아래.
const KEPT: usize = 3;

// ANCHOR: kernel
/// 다섯 점에서 다음 값. 모든 길이 이 차례로 더함.
#[inline(always)]
fn relaxed([up, down, left, right]: [f64; 4], here: f64) -> f64 {
    let lap = ((up + down) + (left + right)) - 4.0 * here;
    here + 0.1 * lap
}

/// 식 그대로: 이웃의 자리를 칸마다 나머지 연산으로 구함.
fn literal(now: &[f64], next: &mut [f64], n: usize) {
    for i in 0..n {
        for j in 0..n {
            let at = |i: usize, j: usize| now[i % n * n + j % n];
            let (up, down) = (at(i + n - 1, j), at(i + 1, j));
            let (left, right) = (at(i, j + n - 1), at(i, j + 1));
            next[i * n + j] = relaxed([up, down, left, right], at(i, j));
        }
    }
}

/// 이어진 칸들: `mid`는 `next`보다 양쪽으로 한 칸씩 넓음.
#[inline]
fn relax(up: &[f64], mid: &[f64], down: &[f64], next: &mut [f64]) {
    let beside = mid.windows(3).zip(&up[1..]).zip(&down[1..]);
    for (next, ((row, up), down)) in next.iter_mut().zip(beside) {
        *next = relaxed([*up, *down, row[0], row[2]], row[1]);
    }
}

/// 행마다: 가운데는 나머지 연산도 경계 검사도 없이, 두 끝만 따로.
fn rows(now: &[f64], next: &mut [f64], n: usize) {
    let row = |i: usize| &now[i % n * n..][..n];
    for (i, next) in next.chunks_exact_mut(n).enumerate() {
        let (up, mid, down) = (row(i + n - 1), row(i), row(i + 1));
        let end = |left: usize, j: usize, right: usize| {
            relaxed([up[j], down[j], mid[left], mid[right]], mid[j])
        };
        next[0] = end(n - 1, 0, 1);
        next[n - 1] = end(n - 2, n - 1, 0);
        relax(up, mid, down, &mut next[1..n - 1]);
    }
}

/// 묶음마다: 격자의 행을 하나 읽을 때마다 `depth`스텝의 행들이 한 줄씩
/// 따라 내려감. 스텝마다 세 행만 들고 있으므로 캐시에서 나가지 않음.
/// `band`는 격자의 `top`행부터 이어진 행들임.
#[inline]
pub fn sweep(
    now: &[f64],
    n: usize,
    (top, band): (usize, &mut [f64]),
    plan: Plan,
    rings: &mut Vec<f64>,
    mut watch: impl FnMut(Step),
) {
    let Plan { block, depth, .. } = plan;
    let width = block.min(n) + 2 * depth;
    let ring = KEPT * width;
    rings.resize(depth * ring, 0.0);
    // 격자의 앞쪽으로 `depth`칸: 한 바퀴 돌아 앞에서 셈
    let before = |at: usize| (at + depth * n - depth) % n;
    for left in (0..n).step_by(block) {
        let cells = block.min(n - left);
        for row in 0..band.len() / n + 2 * depth {
            let from = &now[before(top + row) * n..][..n];
            let to = &mut rings[row % KEPT * width..][..cells + 2 * depth];
            copy_around(from, before(left), to); // step: load
            watch(Step::Load { row });
            for level in 1..=depth.min(row / 2) {
                let row = row - level;
                let (below, above) = rings.split_at_mut(level * ring);
                let below = &below[below.len() - ring..];
                // 스텝마다 양 끝이 한 칸씩 줄어듦
                let len = cells + 2 * (depth - level);
                let kept =
                    |row: usize| &below[row % KEPT * width..][..len + 2];
                let next = if level == depth {
                    &mut band[(row - depth) * n + left..][..cells]
                } else {
                    &mut above[row % KEPT * width..][..len]
                };
                let (up, mid, down) =
                    (kept(row - 1), kept(row), kept(row + 1));
                relax(up, mid, down, next); // step: relax
                watch(Step::Relax { level, row, cells: len });
            }
        }
    }
}
// ANCHOR_END: kernel

/// 행의 `start`번 칸부터, 끝에 닿으면 처음으로 돌아가며 옮김.
fn copy_around(row: &[f64], mut start: usize, mut to: &mut [f64]) {
    while !to.is_empty() {
        let from = &row[start..];
        let len = from.len().min(to.len());
        let (head, tail) = to.split_at_mut(len);
        head.copy_from_slice(&from[..len]);
        (to, start) = (tail, 0);
    }
}

/// 가운데는 NumPy처럼 밀어 놓은 조각들로, 테두리만 식 그대로.
fn sliced(now: &[f64], next: &mut [f64], n: usize) {
    let at = |i: usize, j: usize| now[i % n * n + j % n];
    let mut edge = |i: usize, j: usize| {
        let (up, down) = (at(i + n - 1, j), at(i + 1, j));
        let (left, right) = (at(i, j + n - 1), at(i, j + 1));
        next[i * n + j] = relaxed([up, down, left, right], at(i, j));
    };
    for k in 0..n {
        for (i, j) in [(0, k), (n - 1, k), (k, 0), (k, n - 1)] {
            edge(i, j);
        }
    }
    let shape = (n, n);
    let (Ok(now), Ok(mut next)) = (
        ArrayView2::from_shape(shape, now),
        ArrayViewMut2::from_shape(shape, next),
    ) else {
        return;
    };
    Zip::from(next.slice_mut(s![1..n - 1, 1..n - 1]))
        .and(now.slice(s![1..n - 1, 1..n - 1]))
        .and(now.slice(s![..n - 2, 1..n - 1]))
        .and(now.slice(s![2.., 1..n - 1]))
        .and(now.slice(s![1..n - 1, ..n - 2]))
        .and(now.slice(s![1..n - 1, 2..]))
        .for_each(|next, here, up, down, left, right| {
            *next = relaxed([*up, *down, *left, *right], *here);
        });
}

/// 격자 둘: 지금과, 다음 값을 적을 곳.
pub struct Field {
    n: usize,
    now: Vec<f64>,
    next: Vec<f64>,
    rings: Vec<f64>,
}

impl Field {
    /// 0인 n × n 격자에, 한 변이 10분의 1인 정사각형만 0.005.
    pub fn new(n: usize, huge: bool) -> Self {
        let mut now = zeroed(n * n, huge);
        let hot = hot(n);
        for i in hot.clone() {
            now[i * n..][hot.clone()].fill(HOT);
        }
        Field { n, now, next: zeroed(n * n, huge), rings: Vec::new() }
    }

    /// 행을 이어 붙인 칸들.
    pub fn cells(&self) -> &[f64] {
        &self.now
    }

    pub fn advance(&mut self, plan: Plan, mut steps: usize) {
        while steps > 0 {
            steps -= self.pass(plan, steps);
        }
    }

    /// 격자를 한 번 훑음: 나아간 스텝.
    fn pass(&mut self, plan: Plan, steps: usize) -> usize {
        let depth = plan.depth.min(steps);
        let plan = Plan { depth, ..plan };
        let Field { n, now, next, rings } = self;
        let n = *n;
        let done = match plan.mode {
            Mode::Literal | Mode::Rows | Mode::Ndarray => 1,
            Mode::Blocked | Mode::Rayon => depth,
        };
        match plan.mode {
            Mode::Literal => literal(now, next, n),
            Mode::Rows => rows(now, next, n),
            Mode::Ndarray => sliced(now, next, n),
            Mode::Blocked => sweep(now, n, (0, next), plan, rings, |_| {}),
            Mode::Rayon => {
                let height = band_rows(n, depth);
                next.par_chunks_mut(height * n).enumerate().for_each_init(
                    Vec::new,
                    |rings, (k, band)| {
                        let band = (k * height, band);
                        sweep(now, n, band, plan, rings, |_| {});
                    },
                );
            }
        }
        std::mem::swap(now, next);
        done
    }

    /// 격자를 그대로 옮김: 칸마다 8바이트를 읽고 8바이트를 씀.
    pub fn copy(&mut self) {
        self.next.copy_from_slice(&self.now);
        std::mem::swap(&mut self.now, &mut self.next);
    }
}

/// 스레드에 나눠 주는 띠의 행: 스레드마다 넷쯤, 그러나 띠의 위아래로 겹쳐
/// 계산하는 `depth`행보다는 훨씬 길게.
fn band_rows(n: usize, depth: usize) -> usize {
    let even = n.div_ceil(4 * rayon::current_num_threads());
    even.max(8 * depth)
}

/// 처음에 값이 있는 행과 열.
fn hot(n: usize) -> std::ops::Range<usize> {
    n * 4 / 10..n / 2
}

/// 처음의 값.
const HOT: f64 = 0.005;

/// 묶음이 한 번 훑는 동안 계산하는 칸: 겹치는 곳은 두 번 셈.
fn relaxed_cells(n: u64, block: u64, depth: u64) -> u64 {
    let strips = (0..n).step_by(block as usize);
    let strip = |left: u64| {
        let cells = block.min(n - left);
        let side = |level| 2 * (depth - level);
        (1..=depth).map(|k| (cells + side(k)) * (n + side(k))).sum::<u64>()
    };
    strips.map(strip).sum()
}

/// 격자에서 읽는 답.
struct Answers {
    center: f64,
    total: f64,
    minimum: f64,
}

impl Answers {
    fn new(cells: &[f64], n: usize) -> Self {
        Answers {
            center: cells[n / 2 * n + n / 2],
            // 행마다 앞에서부터: 다른 차례로 더하면 비트가 달라짐
            total: cells.iter().fold(0.0, |total, cell| total + cell),
            minimum: cells.iter().fold(HOT, |least, cell| least.min(*cell)),
        }
    }

    fn table(&self, p: &Params) -> Table {
        let row = |name: &str, value: f64| {
            let bits = format!("{:016x}", value.to_bits());
            // 되읽으면 같은 비트인 가장 짧은 수: 파이썬의 repr과 같음
            let value =
                Cell { text: format!("{value:?}"), value: Some(value) };
            vec![name.into(), value, bits.into()]
        };
        Table {
            title: format!("{}스텝 뒤: {}", p.iters, p.mode.label()),
            badge: Badge::Exact,
            columns: vec![
                Column::text("자리"),
                Column::number("값", ""),
                Column::text("비트"),
            ],
            rows: vec![
                row("한가운데 칸", self.center),
                row("모든 칸의 합", self.total),
                row("가장 작은 칸", self.minimum),
            ],
        }
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let (n, steps) = (p.n as usize, p.iters as usize);
    let (mut field, lens) = (p.field(), Lens::new(p));
    let mut frames = vec![lens.shoot(0, field.cells())];
    let mut done = 0;
    while done < steps {
        ctx.progress(done as u64, p.iters, "퍼뜨리기")?;
        let some = lens.every.min(steps - done);
        field.advance(p.plan(), some);
        done += some;
        frames.push(lens.shoot(done, field.cells()));
    }
    let bits: Vec<u64> = field.cells().iter().map(|c| c.to_bits()).collect();
    let answers = Answers::new(field.cells(), n);
    let mut report = Report::default()
        .answer("center_bits", answers.center.to_bits())
        .answer("total_bits", answers.total.to_bits())
        .answer("minimum_bits", answers.minimum.to_bits())
        .checksum(&[p.n, p.iters, checksum::fnv(&bits)])
        .view(View::Image(lens.image(frames)))
        .view(View::Table(answers.table(p)))
        .view(View::Table(overlap(p)))
        .view(View::Trace(replay(p)));
    if p.huge && !HUGE_PAGES {
        report.notes.push(NO_HUGE.into());
    }
    Ok(report)
}

const NO_HUGE: &str = "여기에는 큰 페이지가 없어 보통 페이지로 계산함: \
    리눅스의 터미널에서 됨";

/// 사진기: 값이 번지는 곳만 오려서 몇 스텝마다 찍음.
struct Lens {
    n: usize,
    /// 오린 곳의 첫 행과 한 변.
    start: usize,
    side: usize,
    /// 이만큼 건너 한 칸씩 담음.
    stride: usize,
    /// 찍는 사이의 스텝.
    every: usize,
}

/// 사진의 한 변과 장수의 한도.
const PIXELS: usize = 160;
const SHOTS: usize = 32;

impl Lens {
    fn new(p: &Params) -> Self {
        let (n, hot) = (p.n as usize, hot(p.n as usize));
        // 한 점은 t스텝 뒤 표준편차 √(0.2t)칸으로 번짐: 그 네 배
        let margin = (p.iters * 16 / 5).isqrt() as usize + 1;
        let wide = hot.len() + 2 * margin;
        let (start, side) =
            if wide < n { (hot.start + n - margin, wide) } else { (0, n) };
        let every = (p.iters as usize).div_ceil(SHOTS);
        Lens {
            n,
            start,
            side,
            stride: side.div_ceil(PIXELS),
            // 묶음의 깊이를 자르지 않게 맞춤
            every: every.next_multiple_of(p.depth as usize),
        }
    }

    fn shoot(&self, step: usize, cells: &[f64]) -> Raster {
        let span = || (0..self.side).step_by(self.stride);
        let at = |k: usize| (self.start + k) % self.n;
        let colour = |i, j| {
            let cell = cells[at(i) * self.n + at(j)];
            (cell / HOT * 255.0).round() as u8
        };
        let pixels: Vec<u8> =
            span().flat_map(|i| span().map(move |j| colour(i, j))).collect();
        Raster::new(format!("{}스텝", format::int(step as u64)), &pixels)
    }

    fn image(&self, frames: Vec<Raster>) -> Image {
        let pixels = self.side.div_ceil(self.stride) as u32;
        let (n, side) = (self.n, self.side);
        let cut = if side < n {
            format!("{n} × {n}칸 가운데 값이 번지는 {side} × {side}칸")
        } else {
            format!("{n} × {n}칸 전체")
        };
        let thin = match self.stride {
            1 => String::new(),
            stride => format!(", {stride}칸마다 하나"),
        };
        Image {
            title: format!("퍼지는 모습: {cut}{thin}"),
            badge: Badge::Exact,
            width: pixels,
            height: pixels,
            palette: Palette::Heat,
            low: 0.0,
            high: HOT,
            unit: String::new(),
            frames,
            alt: "정사각형 하나에만 있던 값이 스텝마다 가장자리부터 \
                  번져 흐려짐"
                .into(),
            explore: None,
        }
    }
}

/// 묶음의 너비마다 겹쳐 하는 계산과, 들고 있는 행의 크기.
fn overlap(p: &Params) -> Table {
    let mut blocks = vec![16, 32, 64, 128, 256, 512, p.block];
    blocks.sort_unstable();
    blocks.dedup();
    let rows = blocks.into_iter().map(|block| {
        let done = relaxed_cells(p.n, block, p.depth);
        let need = p.n * p.n * p.depth;
        let width = block.min(p.n) + 2 * p.depth;
        let kept = KEPT as u64 * p.depth * width * 8;
        vec![
            block.into(),
            Cell::fixed(done as f64 / need as f64, 3),
            Cell::fixed(kept as f64 / 1024.0, 1),
        ]
    });
    Table {
        title: format!("{}스텝씩 나아갈 때 묶음의 너비가 정하는 것", p.depth),
        badge: Badge::Exact,
        columns: vec![
            Column::number("너비", "칸"),
            Column::number("계산하는 칸", "배"),
            Column::number("들고 있는 행", "KiB"),
        ],
        rows: rows.collect(),
    }
}

/// 재생하는 격자의 한 변과 깊이의 한도.
const SMALL: usize = 8;
const SHALLOW: usize = 4;

/// 작은 격자를 한 번 훑는 재생: 줄은 스텝, 칸은 행.
fn replay(p: &Params) -> Trace {
    let depth = (p.depth as usize).min(SHALLOW);
    let plan = Plan { mode: Mode::Blocked, block: SMALL, depth };
    let (now, mut next) = (vec![0.0; SMALL * SMALL], vec![0.0; SMALL * SMALL]);
    let mut rows = vec![Vec::new(); depth + 1];
    let mut frames: Vec<Frame> = Vec::new();
    let name = |row: usize| (row + depth * SMALL - depth) % SMALL;
    sweep(&now, SMALL, (0, &mut next), plan, &mut Vec::new(), |step| {
        let (tag, level, row, say) = match step {
            Step::Load { row } => {
                let say = format!("격자에서 {}번 행을 읽어 담음", name(row));
                ("load", 0, row, say)
            }
            Step::Relax { level, row, .. } => {
                let say = format!(
                    "{}번 행을 {level}스텝으로: {}스텝의 세 행이면 됨",
                    name(row),
                    level - 1
                );
                ("relax", level, row, say)
            }
        };
        rows[level].push(row);
        let lanes = rows.iter().enumerate().map(|(each, rows)| Lane {
            label: match each {
                0 => "0스텝 (격자)".into(),
                each if each == depth => format!("{each}스텝 (다음 격자)"),
                each => format!("{each}스텝"),
            },
            size: (SMALL + 2 * depth) as u64,
            cells: rows
                .iter()
                .enumerate()
                .map(|(k, at)| LaneCell {
                    at: *at as u64,
                    text: name(*at).to_string(),
                    tone: if each == level && *at == row {
                        Tone::Hit
                    } else if each + 1 == level && at.abs_diff(row) <= 1 {
                        Tone::Now
                    } else if each < depth && k + KEPT < rows.len() {
                        Tone::Dead
                    } else {
                        Tone::Plain
                    },
                })
                .collect(),
            group: 0,
        });
        let loads = rows[0].len();
        let relaxes = rows[1..].iter().map(Vec::len).sum::<usize>();
        frames.push(Frame {
            step: tag.into(),
            say,
            counters: vec![
                ("격자에서 읽은 행".into(), loads.to_string()),
                ("계산한 행".into(), relaxes.to_string()),
            ],
            lanes: lanes.collect(),
            jumps: Vec::new(),
        });
    });
    Trace {
        title: format!(
            "{SMALL} × {SMALL} 격자를 한 번 훑어 {depth}스텝 나아가기: \
             칸은 행, X는 덮어쓴 행"
        ),
        badge: Badge::Exact,
        frames,
    }
}

const COPY: &str = "계산 없이 옮기기 (한계선)";

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let field = RefCell::new(p.field());
    let (area, steps) = (p.n * p.n, p.depth as usize);
    let mut cases: Vec<Case> = Mode::ALL
        .into_iter()
        .map(|mode| {
            let (plan, field) = (Plan { mode, ..p.plan() }, &field);
            Case::new(mode.label(), area * p.depth, move || {
                let mut field = field.borrow_mut();
                field.advance(plan, steps);
                field.cells()[0].to_bits()
            })
        })
        .collect();
    cases.push(Case::new(COPY, area, || {
        let mut field = field.borrow_mut();
        field.copy();
        field.cells()[0].to_bits()
    }));
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let limit = timings.rows[Mode::ALL.len()].median;
    let line = Some((limit, "옮기기만".to_owned()));
    let mut views = timings.ladder("다섯 점의 사다리", "한 칸 한 스텝", line);
    views.push(View::Table(against(&timings, limit)));
    if p.huge && HUGE_PAGES {
        let text = format!(
            "큰 페이지로 받은 메모리: {}. 2 MiB보다 작은 격자에는 없음",
            format::bytes(huge_kib() * 1024)
        );
        views.push(note(text));
    }
    Ok(views)
}

/// 스텝마다 격자를 한 번 읽고 한 번 쓰는 길의 한계와 견줌.
fn against(timings: &Timings, limit: f64) -> Table {
    let rows = timings.rows.iter().map(|row| {
        let ns = Cell {
            text: format::significant(row.median),
            value: Some(row.median),
        };
        vec![
            row.name.as_str().into(),
            ns,
            Cell::fixed(16.0 / row.median, 1),
            Cell::fixed(limit / row.median, 2),
        ]
    });
    Table {
        title: "옮기는 시간과 견줌: 한 칸을 읽고 쓰면 16바이트".into(),
        badge: Badge::Measured,
        columns: vec![
            Column::text("방법"),
            Column::number("한 칸 한 스텝", "ns"),
            Column::number("스텝마다 옮긴 셈으로", "GB/s"),
            Column::number("한계의", "배"),
        ],
        rows: rows.collect(),
    }
}

fn verdict(report: &Report) -> Verdict {
    let time = |mode: &Mode| Some((*mode, report.time(mode.label())?));
    let times: Vec<(Mode, f64)> = Mode::ALL.iter().filter_map(time).collect();
    let fastest = times.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let both = fastest.and_then(|(mode, _)| {
        let literal = Mode::Literal.label();
        Some((mode, report.compared(literal, mode.label())?))
    });
    let Some((mode, both)) = both else {
        return Verdict::pending();
    };
    let sentence = format!(
        "한 칸 한 스텝에 '{}' 길은 {}, 가장 빠른 '{}' 길은 {}임.",
        Mode::Literal.label(),
        format::time(both.slow),
        mode.label(),
        format::time(both.fast)
    );
    Verdict::compared(GUESSES, &both, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn after(n: usize, steps: usize, plan: Plan) -> Vec<u64> {
        let mut field = Field::new(n, false);
        field.advance(plan, steps);
        field.cells().iter().map(|cell| cell.to_bits()).collect()
    }

    /// 어느 길도, 어떤 너비와 깊이에서도 비트가 같음.
    #[test]
    fn every_way_gives_the_same_bits() {
        let literal = Plan { mode: Mode::Literal, block: 1, depth: 1 };
        for n in [8, 9, 13, 31, 50] {
            for steps in [1, 2, 17, 40] {
                let want = after(n, steps, literal);
                for mode in Mode::ALL {
                    for (block, depth) in
                        [(4, 1), (4, 32), (5, 3), (16, 8), (40, 7), (512, 32)]
                    {
                        let plan = Plan { mode, block, depth };
                        assert!(
                            after(n, steps, plan) == want,
                            "{plan:?}, {n}, {steps}"
                        );
                    }
                }
            }
        }
    }

    /// 띠를 어떻게 나눠도 비트가 같음.
    #[test]
    fn bands_give_the_same_bits() {
        let field = Field::new(40, false);
        let plan = Plan { mode: Mode::Blocked, block: 16, depth: 6 };
        let want = after(40, 6, plan);
        for height in [1, 3, 7, 39, 40] {
            let mut next = vec![1.0; 40 * 40];
            for (k, band) in next.chunks_mut(height * 40).enumerate() {
                let (band, mut rings) = ((k * height, band), Vec::new());
                sweep(field.cells(), 40, band, plan, &mut rings, |_| {});
            }
            let bits = next.iter().map(|cell| cell.to_bits());
            assert!(bits.eq(want.iter().copied()), "{height}");
        }
    }

    /// 한 바퀴 도는 격자에서는 어디에 놓아도 같은 일이 일어남.
    #[test]
    fn the_grid_has_no_edges() {
        let n = 20;
        let plan = Plan { mode: Mode::Blocked, block: 7, depth: 5 };
        let still = after(n, 30, plan);
        let mut field = Field::new(n, false);
        field.now.rotate_right(9 * n);
        field.now.chunks_mut(n).for_each(|row| row.rotate_right(9));
        field.advance(plan, 30);
        field.now.rotate_left(9 * n);
        field.now.chunks_mut(n).for_each(|row| row.rotate_left(9));
        assert!(field.cells().iter().map(|c| c.to_bits()).eq(still));
    }

    /// 나눠 나아가도, 한 번에 나아가도 같음.
    #[test]
    fn pauses_change_nothing() {
        let plan = Params::default().plan();
        let mut field = Field::new(50, false);
        for some in [1, 9, 20] {
            field.advance(plan, some);
        }
        let bits = field.cells().iter().map(|cell| cell.to_bits());
        assert!(bits.eq(after(50, 30, plan)));
    }

    #[test]
    fn the_overlap_is_what_the_kernel_computes() {
        for (n, block, depth) in [(30, 7, 4), (16, 16, 8), (24, 512, 1)] {
            let plan = Plan { mode: Mode::Blocked, block, depth };
            let (now, mut next) = (vec![0.0; n * n], vec![0.0; n * n]);
            let mut seen = 0;
            let band = (0, &mut next[..]);
            sweep(&now, n, band, plan, &mut Vec::new(), |step| {
                if let Step::Relax { cells, .. } = step {
                    seen += cells as u64;
                }
            });
            let [n, block, depth] = [n, block, depth].map(|x| x as u64);
            assert_eq!(relaxed_cells(n, block, depth), seen);
        }
    }

    /// 파이썬의 리스트와 NumPy가 낸 값.
    #[test]
    fn anchors_of_the_counterpart() {
        let report = run_with("diffusion", &[("n", "64")]);
        let int = |key| report.int(key).unwrap();
        assert_eq!(int("center_bits"), 4_560_847_417_510_835_989);
        assert_eq!(int("total_bits"), 4_597_995_075_560_181_603);
        assert_eq!(int("minimum_bits"), 4_267_195_810_878_349_266);
        assert_eq!(report.checksum.as_deref(), Some("1dc938e190a22888"));
    }

    /// 넘쳐 나가는 곳이 없으므로 합은 처음과 같음: 반올림만큼만 다름.
    #[test]
    fn nothing_is_lost() {
        let report = run_with("diffusion", &[("n", "40"), ("iters", "300")]);
        let total = f64::from_bits(report.int("total_bits").unwrap());
        let start = HOT * 16.0;
        assert!((total - start).abs() < 1e-14, "{total} {start}");
    }

    #[test]
    fn pictures_stay_small() {
        for (n, steps) in [("8", "1"), ("256", "100"), ("1024", "150")] {
            let pairs = [("n", n), ("iters", steps)];
            let report = run_with("diffusion", &pairs);
            let image = report.views.iter().find_map(|view| match view {
                View::Image(image) => Some(image),
                _ => None,
            });
            let image = image.unwrap();
            let area = (image.width * image.height) as usize;
            for frame in &image.frames {
                assert_eq!(frame.pixels().len(), area);
            }
            assert!(area * image.frames.len() <= 2 << 20);
        }
    }

    #[test]
    fn nothing_is_known_before_measuring() {
        let report = run_with("diffusion", &[("n", "16")]);
        assert!(report.verdict.unwrap().is_pending());
    }
}
