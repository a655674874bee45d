//! 다섯 점의 사다리: 같은 확산을 다섯 가지 길로. 어느 길이든 칸 하나의
//! 계산 차례가 같으므로 답은 비트까지 같음.

use std::cell::RefCell;

use ndarray::{ArrayView2, ArrayViewMut2, Zip, s};
use rayon::prelude::*;

use super::pages::{HUGE_PAGES, zeroed};
use crate::lab::measure::{Case, Timings, interleave};
use crate::lab::report::{
    AxisName, Badge, Cell, Column, Frame, Lane, LaneCell, Mark, Table, Tone,
    Trace, Verdict,
};
use crate::lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, checksum, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 같은 다섯 점 계산이 여섯 배까지 차이 나는가?",
    prediction: Prediction {
        text: "칸마다 %로 이웃을 찾는 코드는 가장 빠른 코드보다 몇 배 \
               느릴까? 식도 답의 비트도 같음.",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 64), ("steps", 1_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] =
    &[("1", "거의 같음"), ("2", "2배"), ("6", "6배"), ("20", "20배")];

crate::choices! {
    /// 격자를 한 스텝 앞으로 옮기는 길.
    pub enum Mode {
        Literal = "literal", "식 그대로, 이웃은 %로";
        Rows = "rows", "행마다 조각으로";
        Blocked = "blocked", "캐시에 담아 여러 스텝씩";
        Ndarray = "ndarray", "ndarray의 조각";
        Rayon = "rayon", "여러 스텝씩, 스레드마다 한 띠";
    }
}

crate::params! {
    /// 격자와 길.
    pub struct Params {
        n: u64 = 256, int("격자의 한 변").unit("칸")
            .browser(8, 512).native(8, 8_192).log();
        steps: u64 = 100, int("스텝").unit("번").range(1, 2_000).log();
        mode: Mode = Mode::Blocked, choice("길");
        block: u64 = 256, int("묶음의 너비").unit("칸").range(4, 512).log()
            .hint("여러 스텝씩 나아가는 두 길에서만 씀");
        depth: u64 = 8, int("묶음이 한 번에 나아가는 스텝").unit("번")
            .range(1, 32)
            .hint("여러 스텝씩 나아가는 두 길에서만 씀");
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

/// 커널이 지나가는 순간. 행은 묶음의 첫 행부터 셈: `depth`행이 0번 행임.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// 격자의 행 하나를 고리에 옮겨 담음.
    Load { row: usize },
    /// 한 스텝 아래의 세 행에서 `level`스텝의 행 하나를 계산함.
    Relax { level: usize, row: usize },
}

/// 고리에 남겨 두는 행: 위, 가운데, 아래.
const KEPT: usize = 3;

// ANCHOR: kernel
/// 다섯 점에서 다음 값. 모든 길이 이 차례로 더함.
#[inline(always)]
fn relaxed(
    [up, down, left, right]: [f64; 4],
    here: f64,
) -> f64 {
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
                watch(Step::Relax { level, row });
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
        [(0, k), (n - 1, k), (k, 0), (k, n - 1)].map(|(i, j)| edge(i, j));
    }
    let shape = (n, n);
    let (Ok(now), Ok(mut next)) = (
        ArrayView2::from_shape(shape, now),
        ArrayViewMut2::from_shape(shape, next),
    ) else {
        return;
    };
    Zip::from(next.slice_mut(s![1..-1, 1..-1]))
        .and(now.slice(s![1..-1, 1..-1]))
        .and(now.slice(s![..-2, 1..-1]))
        .and(now.slice(s![2.., 1..-1]))
        .and(now.slice(s![1..-1, ..-2]))
        .and(now.slice(s![1..-1, 2..]))
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
