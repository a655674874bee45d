//! 행렬 곱: 반복문의 여섯 차례, 블록, 그리고 묶어 담아 레지스터에 쌓기.
//!
//! 원소가 1,024보다 작은 정수라 어떤 차례로 더해도 곱은 정확함.

use std::cell::RefCell;
use std::ops::Range;

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};

use super::packed::Packed;
use fundamentals::cache_walk::{L1, Ways};
use lab::measure::{Case, Timings, interleave};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series, Shape,
    Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, checksum, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 반복문 순서만 바꿔도 몇 배 빨라지는가?",
    prediction: Prediction {
        text: "C = A·B를 세 겹 반복문으로 짬. 가장 안쪽에서 무엇을 돌려야 \
               빠를까? 빠른 것부터.",
        ask: Ask::Order(INNER),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 64)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const INNER: &[(&str, &str)] = &[
    ("jki", "i: A와 C의 열을 따라 내려감"),
    ("ikj", "j: B와 C의 행을 따라감"),
    ("ijk", "k: A의 행과 B의 열을 곱해 더함"),
];

lab::choices! {
    /// 곱하는 차례. 세 글자는 바깥 반복문부터 적은 것. 좁은 칸에서도 화살표의
    /// 앞뒤에서 줄이 나뉘지 않는 빈칸을 씀.
    pub enum Order {
        Ijk = "ijk", "i\u{a0}→\u{a0}j\u{a0}→\u{a0}k";
        Ikj = "ikj", "i\u{a0}→\u{a0}k\u{a0}→\u{a0}j";
        Jik = "jik", "j\u{a0}→\u{a0}i\u{a0}→\u{a0}k";
        Jki = "jki", "j\u{a0}→\u{a0}k\u{a0}→\u{a0}i";
        Kij = "kij", "k\u{a0}→\u{a0}i\u{a0}→\u{a0}j";
        Kji = "kji", "k\u{a0}→\u{a0}j\u{a0}→\u{a0}i";
        Blocked = "blocked", "블록마다 i\u{a0}→\u{a0}k\u{a0}→\u{a0}j";
        Packed = "packed", "묶어 담아 레지스터에 쌓기";
        NdarrayDot = "ndarray_dot", "ndarray의 dot";
    }
}

impl Order {
    /// 캐시 모형이 따라갈 수 있는가: 뒤의 둘은 옮겨 담은 곳을 읽음.
    fn is_modelled(self) -> bool {
        !matches!(self, Order::Packed | Order::NdarrayDot)
    }
}

lab::params! {
    /// 행렬 둘과 캐시 하나.
    pub struct Params {
        n: u64 = 192, int("행과 열의 수").unit("개")
            .browser(16, 512).native(16, 2_048);
        order: Order = Order::Ikj, choice("곱하는 차례")
            .hint("답과 단계 재생이 따르는 차례");
        block: u64 = 32, int("블록의 한 변").unit("칸").range(8, 128);
        l1_kib: L1 = L1::K32, choice("L1 크기");
        ways: Ways = Ways::W8, choice("한 집합의 라인 수")
            .hint("집합의 수는 2의 거듭제곱이어야 함");
    }
    check = check;
}

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    p.ways.check(p.l1_kib)
}

/// 캐시 라인과 원소 하나, 바이트.
const LINE: u64 = 64;
const ELEMENT: u64 = 8;
/// 모형이 따라가는 행렬의 한 변은 여기까지.
const MODEL: u64 = 128;

impl Params {
    fn sets(&self) -> u64 {
        self.ways.sets(self.l1_kib)
    }

    fn cache(&self) -> Lru {
        Lru::new(self.sets(), self.ways.count())
    }
}

/// 곱을 이루는 행렬 셋.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matrix {
    A,
    B,
    C,
}

/// 커널이 지나가는 순간: 행렬의 원소 하나를 건드림.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub matrix: Matrix,
    pub row: usize,
    pub col: usize,
}

/// n × n 행렬 셋, 행을 이어 붙인 것.
pub struct Product {
    n: usize,
    block: usize,
    a: Vec<f64>,
    b: Vec<f64>,
    c: Vec<f64>,
    packed: Packed,
}

// ANCHOR: kernel
/// 반복문 세 겹. 안쪽 한 겹만 셋으로 나누고 바깥은 차례마다 다시 엮음.
struct Loops<'a, W> {
    n: usize,
    a: &'a [f64],
    b: &'a [f64],
    c: &'a mut [f64],
    watch: W,
}

impl<W: FnMut(Step)> Loops<'_, W> {
    #[inline(always)]
    fn touch(&mut self, matrix: Matrix, row: usize, col: usize) {
        (self.watch)(Step { matrix, row, col });
    }

    /// 안쪽이 k: A의 행과 B의 열을 곱해 더하고 C는 한 번만 씀.
    #[inline(always)]
    fn along_k(&mut self, i: usize, j: usize) {
        let n = self.n;
        let row = &self.a[i * n..][..n];
        let column = self.b[j..].iter().step_by(n);
        let mut sum = 0.0;
        for (k, (a, b)) in row.iter().zip(column).enumerate() {
            sum += a * b; // step: k
            (self.watch)(Step { matrix: Matrix::A, row: i, col: k });
            (self.watch)(Step { matrix: Matrix::B, row: k, col: j });
        }
        self.c[i * n + j] = sum;
        self.touch(Matrix::C, i, j);
    }

    /// 안쪽이 j: B의 행을 A의 원소만큼 곱해 C의 행에 더함.
    #[inline(always)]
    fn along_j(&mut self, i: usize, k: usize, j: Range<usize>) {
        let n = self.n;
        let a = self.a[i * n + k];
        self.touch(Matrix::A, i, k);
        let from = &self.b[k * n..][j.clone()];
        let to = &mut self.c[i * n..][j.clone()];
        for (j, (c, b)) in j.zip(to.iter_mut().zip(from)) {
            *c += a * b; // step: j
            (self.watch)(Step { matrix: Matrix::B, row: k, col: j });
            (self.watch)(Step { matrix: Matrix::C, row: i, col: j });
        }
    }

    /// 안쪽이 i: A의 열을 B의 원소만큼 곱해 C의 열에 더함.
    #[inline(always)]
    fn along_i(&mut self, j: usize, k: usize) {
        let n = self.n;
        let b = self.b[k * n + j];
        self.touch(Matrix::B, k, j);
        let from = self.a[k..].iter().step_by(n);
        let to = self.c[j..].iter_mut().step_by(n);
        for (i, (c, a)) in to.zip(from).enumerate() {
            *c += a * b; // step: i
            (self.watch)(Step { matrix: Matrix::A, row: i, col: k });
            (self.watch)(Step { matrix: Matrix::C, row: i, col: j });
        }
    }

    /// 블록끼리 곱함: 세 블록이 캐시에 머무는 동안 여러 번 씀.
    #[inline(always)]
    fn blocks(&mut self, top: usize, block: usize) {
        let n = self.n;
        let part = |start: usize| start..n.min(start + block);
        for deep in (0..n).step_by(block) {
            for left in (0..n).step_by(block) {
                for i in part(top) {
                    for k in part(deep) {
                        self.along_j(i, k, part(left));
                    }
                }
            }
        }
    }
}
// ANCHOR_END: kernel

impl Product {
    pub fn new(n: u64, block: u64) -> Self {
        let mut rng = SplitMix64::new(42);
        let mut draw = || -> Vec<f64> {
            (0..n * n).map(|_| rng.below(1_024) as f64).collect()
        };
        Product {
            n: n as usize,
            block: block as usize,
            a: draw(),
            b: draw(),
            c: vec![0.0; (n * n) as usize],
            packed: Packed::default(),
        }
    }

    /// 곱의 칸들, 행을 이어 붙인 것.
    pub fn cells(&self) -> &[f64] {
        &self.c
    }

    /// 곱의 비트.
    pub fn bits(&self) -> Vec<u64> {
        self.c.iter().map(|cell| cell.to_bits()).collect()
    }

    /// 가장 바깥 반복문의 횟수: 나눠 부르면 사이에 멈출 수 있음.
    fn rounds(&self, order: Order) -> usize {
        match order {
            Order::Blocked => self.n.div_ceil(self.block),
            Order::Packed | Order::NdarrayDot => 1,
            _ => self.n,
        }
    }

    /// 가장 바깥 반복문의 `x`번째.
    fn round(&mut self, order: Order, x: usize, watch: impl FnMut(Step)) {
        let Product { n, block, a, b, c, packed } = self;
        let (n, block) = (*n, *block);
        if order == Order::Packed {
            return packed.multiply(a, b, c, n);
        }
        if order == Order::NdarrayDot {
            return dot(a, b, c, n);
        }
        if x == 0 {
            c.fill(0.0);
        }
        let mut loops = Loops { n, a, b, c, watch };
        let all = 0..n;
        match order {
            Order::Ijk => all.for_each(|j| loops.along_k(x, j)),
            Order::Jik => all.for_each(|i| loops.along_k(i, x)),
            Order::Ikj => all.for_each(|k| loops.along_j(x, k, 0..n)),
            Order::Kij => all.for_each(|i| loops.along_j(i, x, 0..n)),
            Order::Jki => all.for_each(|k| loops.along_i(x, k)),
            Order::Kji => all.for_each(|j| loops.along_i(j, x)),
            _ => loops.blocks(x * block, block),
        }
    }

    fn watched(&mut self, order: Order, watch: &mut impl FnMut(Step)) {
        for x in 0..self.rounds(order) {
            self.round(order, x, &mut *watch);
        }
    }

    pub fn multiply(&mut self, order: Order) {
        self.watched(order, &mut |_| {});
    }
}

/// ndarray의 `dot`이 부르는 곱셈.
fn dot(a: &[f64], b: &[f64], c: &mut [f64], n: usize) {
    let shape = (n, n);
    if let (Ok(a), Ok(b), Ok(mut c)) = (
        ArrayView2::from_shape(shape, a),
        ArrayView2::from_shape(shape, b),
        ArrayViewMut2::from_shape(shape, c),
    ) {
        general_mat_mul(1.0, &a, &b, 0.0, &mut c);
    }
}

/// 집합 연관 LRU 캐시: 집합마다 최근에 쓴 라인부터.
///
/// `cache_walk`의 것은 무엇을 내보냈는지까지 알려 줌. 여기서는 3천만 번을
/// 물으므로, 찾으며 한 칸씩 미는 짧은 고리 하나로 셈함.
struct Lru {
    ways: usize,
    mask: u64,
    lines: Vec<u64>,
}

impl Lru {
    /// `sets`는 2의 거듭제곱.
    fn new(sets: u64, ways: u64) -> Self {
        Lru {
            ways: ways as usize,
            mask: sets - 1,
            // 아직 비어 있는 자리: 쓰이지 않는 라인 번호
            lines: vec![u64::MAX; (sets * ways) as usize],
        }
    }

    /// 라인 하나를 건드림: 미스이면 참.
    #[inline]
    fn misses(&mut self, line: u64) -> bool {
        let start = (line & self.mask) as usize * self.ways;
        let mut moved = line;
        for held in &mut self.lines[start..][..self.ways] {
            std::mem::swap(held, &mut moved);
            if moved == line {
                return false;
            }
        }
        true
    }
}

/// 행렬마다의 미스와 접근. 세 행렬은 메모리에 잇따라 놓임.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Misses {
    misses: [u64; 3],
    touches: u64,
}

impl Misses {
    fn count(mut cache: Lru, order: Order, n: u64, block: u64) -> Self {
        let mut seen = Misses::default();
        if order.is_modelled() {
            let mut product = Product::new(n, block);
            product.watched(order, &mut |step| {
                seen.touches += 1;
                let missed = cache.misses(line(step, n));
                seen.misses[step.matrix as usize] += u64::from(missed);
            });
        }
        seen
    }

    fn total(&self) -> u64 {
        self.misses.iter().sum()
    }
}

/// 원소가 놓인 라인의 번호.
fn line(step: Step, n: u64) -> u64 {
    let at = step.row as u64 * n + step.col as u64;
    ELEMENT * (step.matrix as u64 * n * n + at) / LINE
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let mut product = Product::new(p.n, p.block);
    let rounds = product.rounds(p.order);
    for x in 0..rounds {
        ctx.progress(x as u64, rounds as u64, "곱하기")?;
        product.round(p.order, x, |_| {});
    }
    let bits = checksum::fnv(&product.bits());
    let sum: f64 = product.c.iter().sum();
    let model_n = p.n.min(MODEL);
    let mut table = Vec::new();
    for order in Order::ALL.into_iter().filter(|order| order.is_modelled()) {
        ctx.progress(table.len() as u64, 7, "미스 세기")?;
        let seen = Misses::count(p.cache(), order, model_n, p.block);
        table.push((order, seen));
    }
    let chosen = table.iter().find(|(order, _)| *order == p.order);
    let chosen = chosen.map_or(Misses::default(), |(_, seen)| *seen);
    let [a, b, c] = chosen.misses;
    let mut report = Report::default()
        .answer("sum", sum as u64)
        .answer("misses_a", a)
        .answer("misses_b", b)
        .answer("misses_c", c)
        .checksum(&[bits, chosen.total()])
        .view(View::Table(summary(p, model_n, &table)))
        .view(View::Chart(bars(model_n, &table)));
    if p.order.is_modelled() {
        report = report.view(View::Trace(replay(p.order, FRAMES)));
        // 안쪽이 다른 두 차례도 조금씩
        for other in [Order::Ijk, Order::Ikj, Order::Jki] {
            if inner(other) != inner(p.order) {
                let trace = replay(other, FRAMES / 2);
                report = report.view(View::Trace(trace));
            }
        }
    } else {
        report.notes.push(UNSEEN.into());
    }
    if p.n > MODEL {
        report.notes.push(format!(
            "미스는 {MODEL} × {MODEL} 행렬의 것임: 모형은 거기까지만 셈함"
        ));
    }
    Ok(report)
}

const UNSEEN: &str = "고른 차례는 행렬을 옮겨 담고 곱하므로 미스를 세지 않음";

fn summary(p: &Params, n: u64, table: &[(Order, Misses)]) -> Table {
    let rows = table.iter().map(|(order, seen)| {
        let [a, b, c] = seen.misses;
        let percent = seen.total() as f64 * 100.0 / seen.touches as f64;
        vec![
            order.label().into(),
            a.into(),
            b.into(),
            c.into(),
            seen.touches.into(),
            Cell::fixed(percent, 2),
        ]
    });
    Table {
        title: format!(
            "{n} × {n} 행렬 곱의 L1 미스: {} KiB = 집합 {}개 × 라인 {}개",
            p.l1_kib.kib(),
            p.sets(),
            p.ways.count()
        ),
        badge: Badge::Model,
        columns: vec![
            Column::text("차례"),
            Column::number("A의 미스", "번"),
            Column::number("B의 미스", "번"),
            Column::number("C의 미스", "번"),
            Column::number("접근", "번"),
            Column::number("미스율", "%"),
        ],
        rows: rows.collect(),
    }
}

fn bars(n: u64, table: &[(Order, Misses)]) -> Chart {
    let series = ["A", "B", "C"].into_iter().enumerate().map(|(m, name)| {
        let points = table.iter().enumerate();
        let points = points
            .map(|(at, (_, seen))| (at as f64, seen.misses[m] as f64).into());
        Series {
            name: name.into(),
            shape: Shape::Stack,
            points: points.collect(),
        }
    });
    let names = table.iter().map(|(order, _)| order.label());
    Chart {
        title: format!("{n} × {n} 행렬 곱: 차례마다의 미스"),
        badge: Badge::Model,
        x: Axis::category("차례", names),
        y: Axis::linear("L1 미스", "번"),
        series: series.collect(),
        marks: Vec::new(),
    }
}

/// 재생: 행렬과 블록의 한 변, 캐시의 라인 수, 장면의 수. 블록 하나가 라인
/// 여덟이라 A와 C의 한 라인씩까지 캐시에 듦.
const SMALL: u64 = 16;
const SMALL_BLOCK: u64 = 8;
const SMALL_LINES: u64 = 12;
const FRAMES: usize = 600;

/// 아주 작은 캐시로 처음 몇백 번의 접근을 따라감. 줄은 행렬, 칸은 라인.
fn replay(order: Order, most: usize) -> Trace {
    let mut product = Product::new(SMALL, SMALL_BLOCK);
    let mut cache = Lru::new(1, SMALL_LINES);
    let lines = SMALL * SMALL * ELEMENT / LINE;
    let mut touched = vec![false; 3 * lines as usize];
    let mut misses = [0; 3];
    let mut frames: Vec<Frame> = Vec::new();
    product.watched(order, &mut |step| {
        if frames.len() == most {
            return;
        }
        let now = line(step, SMALL);
        let missed = cache.misses(now);
        let again = std::mem::replace(&mut touched[now as usize], true);
        misses[step.matrix as usize] += u64::from(missed);
        let what = match (missed, again) {
            (false, _) => "담고 있음",
            (true, false) => "처음 읽는 라인",
            (true, true) => "쫓겨났던 라인을 다시 읽음",
        };
        let lanes = (0..3).map(|m| Lane {
            label: format!(
                "{:?}의 라인",
                [Matrix::A, Matrix::B, Matrix::C][m]
            ),
            size: lines,
            cells: (0..lines)
                .filter_map(|at| {
                    let line = m as u64 * lines + at;
                    let tone = match cache.lines.contains(&line) {
                        true if line == now && missed => Tone::Now,
                        true if line == now => Tone::Hit,
                        true => Tone::Plain,
                        false if touched[line as usize] => Tone::Dead,
                        false => return None,
                    };
                    Some(LaneCell { at, text: String::new(), tone })
                })
                .collect(),
            group: SMALL * ELEMENT / LINE,
        });
        frames.push(Frame {
            step: inner(order).into(),
            say: format!(
                "{:?}({}, {}): {what}",
                step.matrix, step.row, step.col
            ),
            counters: ["A의 미스", "B의 미스", "C의 미스"]
                .iter()
                .zip(misses)
                .map(|(name, count)| ((*name).into(), format::int(count)))
                .collect(),
            lanes: lanes.collect(),
            jumps: Vec::new(),
        });
    });
    Trace {
        title: format!(
            "{}: {SMALL} × {SMALL} 행렬{}, 라인 {SMALL_LINES}개짜리 \
             캐시에서 처음 {}번의 접근",
            order.label(),
            match order {
                Order::Blocked => format!("에 한 변 {SMALL_BLOCK}칸 블록"),
                _ => String::new(),
            },
            frames.len()
        ),
        badge: Badge::Model,
        frames,
    }
}

/// 가장 안쪽 반복문의 변수.
fn inner(order: Order) -> &'static str {
    match order {
        Order::Ijk | Order::Jik => "k",
        Order::Jki | Order::Kji => "i",
        _ => "j",
    }
}

/// 열을 따라가는 차례는 곱하고 더하기를 이만큼까지만 잼: 큰 행렬을 끝까지
/// 곱하면 몇 분씩 걸림.
const MOST: u64 = 1 << 23;

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    ctx.progress(0, 1, "행렬 만들기")?;
    let product = RefCell::new(Product::new(p.n, p.block));
    let area = p.n * p.n;
    // 바깥 반복문은 어느 바퀴나 같은 일이라 앞의 몇 바퀴로 넉넉함
    let rounds = (MOST / area).clamp(1, p.n);
    let mut cases: Vec<Case> = Order::ALL
        .into_iter()
        .map(|order| {
            let product = &product;
            let whole = inner(order) == "j" || rounds == p.n;
            let items = area * if whole { p.n } else { rounds };
            Case::new(order.label(), items, move || {
                let mut product = product.borrow_mut();
                if whole {
                    product.multiply(order);
                } else {
                    for x in 0..rounds as usize {
                        product.round(order, x, |_| {});
                    }
                }
                product.c[0].to_bits()
            })
        })
        .collect();
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let mut views =
        timings.ladder("같은 곱을 여러 차례로", "곱하고 더하기", None);
    views.push(View::Table(flops(&timings)));
    if rounds < p.n {
        views.push(note(format!(
            "열을 따라가는 차례는 느려서 바깥 반복문의 처음 {}번만 잼",
            format::int(rounds)
        )));
    }
    Ok(views)
}

/// 곱하고 더하기 하나는 연산 둘.
fn flops(timings: &Timings) -> Table {
    let slowest =
        timings.rows.iter().map(|row| row.median).fold(0.0, f64::max);
    let rows = timings.rows.iter().map(|row| {
        vec![
            row.name.as_str().into(),
            Cell {
                text: format::significant(row.median),
                value: Some(row.median),
            },
            Cell::fixed(2.0 / row.median, 2),
            Cell::fixed(slowest / row.median, 1),
        ]
    });
    Table {
        title: "초당 연산: 곱하고 더하기 하나를 둘로 셈".into(),
        badge: Badge::Measured,
        columns: vec![
            Column::text("차례"),
            Column::number("곱하고 더하기", "ns"),
            Column::number("초당 연산", "GFLOP/s"),
            Column::number("가장 느린 것의", "배"),
        ],
        rows: rows.collect(),
    }
}

fn verdict(report: &Report) -> Verdict {
    let label = |value: &str| {
        let same = |order: &Order| order.value().to_string() == value;
        Order::ALL.into_iter().find(same).map_or("", Order::label)
    };
    // 모두 한 차례와 견주면 짝지은 비끼리 차례가 섬
    let first = label(INNER[0].0);
    let all = INNER.iter().map(|(value, _)| {
        Some((*value, report.compared(label(value), first)?.ratio))
    });
    let Some(mut all) = all.collect::<Option<Vec<_>>>() else {
        return Verdict::pending();
    };
    all.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let ends = all.last().zip(all.first());
    let Some(both) = ends.and_then(|((slow, _), (fast, _))| {
        report.compared(label(slow), label(fast))
    }) else {
        return Verdict::pending();
    };
    let sentence = format!(
        "곱하고 더하기 하나에 빠른 것은 {}, 느린 것은 {}: {}배임.{}",
        format::time(both.fast),
        format::time(both.slow),
        format::significant(both.ratio),
        both.note()
    );
    let place = |value: &str| all.iter().position(|(each, _)| *each == value);
    let rank = |value: &str| place(value).map_or(f64::NAN, |at| at as f64);
    Verdict::order(INNER, &rank, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;
    use lab::measure::Timing;

    /// 정수로 곱한 것.
    fn want(product: &Product) -> Vec<u64> {
        let n = product.n;
        let at = |m: &[f64], i: usize, j: usize| m[i * n + j] as u64;
        let cell = |i, j| -> u64 {
            let (a, b) = (&product.a, &product.b);
            (0..n).map(|k| at(a, i, k) * at(b, k, j)).sum()
        };
        let rows = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
        rows.map(|(i, j)| (cell(i, j) as f64).to_bits()).collect()
    }

    #[test]
    fn every_order_gives_the_same_bits() {
        for (n, block) in [(1, 8), (5, 8), (16, 8), (47, 13), (160, 32)] {
            let mut product = Product::new(n, block);
            let want = want(&product);
            for order in Order::ALL {
                product.c.fill(-1.0);
                product.multiply(order);
                assert!(product.bits() == want, "{order:?}, {n}");
            }
        }
    }

    /// 토막이 여럿이어도, 나누어떨어지지 않아도 같음.
    #[test]
    fn packing_in_several_slabs_changes_nothing() {
        let mut product = Product::new(643, 32);
        product.multiply(Order::Ikj);
        let want = product.bits();
        product.multiply(Order::Packed);
        assert!(product.bits() == want);
    }

    fn count(n: u64, order: Order, l1_kib: L1) -> [u64; 3] {
        let p = Params { l1_kib, ..Params::default() };
        Misses::count(p.cache(), order, n, p.block).misses
    }

    /// 다 담기면 라인마다 한 번: 16 × 16은 행렬마다 2 KiB, 32라인임.
    #[test]
    fn what_fits_is_read_once() {
        for order in Order::ALL.into_iter().filter(|o| o.is_modelled()) {
            assert_eq!(count(16, order, L1::K32), [32; 3], "{order:?}");
        }
    }

    /// 행 사이가 1,024바이트라 열 하나가 네 집합, 32라인에만 담김: 128줄을
    /// 내려가는 열은 접근마다 미스임.
    #[test]
    fn columns_of_128_miss_every_time() {
        let cube = 128_u64.pow(3);
        let [a, _, c] = count(128, Order::Jki, L1::K32);
        assert_eq!((a, c), (cube, cube));
        let [_, b, _] = count(128, Order::Ijk, L1::K32);
        assert_eq!(b, cube);
    }

    /// 안쪽이 j면 B는 행마다 라인 16개를 차례로 읽음: 128³ / 8.
    #[test]
    fn rows_miss_once_a_line() {
        let lines = 128_u64.pow(3) / 8;
        let [a, b, c] = count(128, Order::Ikj, L1::K32);
        assert_eq!([a, c], [128 * 16; 2]);
        assert_eq!(b, lines);
    }

    /// 파이썬의 정수 곱과 모형이 낸 값.
    #[test]
    fn anchors_of_the_counterpart() {
        let pairs = [("n", "40"), ("order", "blocked")];
        let report = run_with("matmul_block", &pairs);
        let int = |key| report.int(key).unwrap();
        assert_eq!(int("sum"), 16_829_231_174);
        let misses = ["misses_a", "misses_b", "misses_c"].map(int);
        assert_eq!(misses, [200, 263, 233]);
        assert_eq!(report.checksum.as_deref(), Some("372d701d336b25ec"));
    }

    #[test]
    fn what_has_no_model_has_no_misses() {
        let report = run_with("matmul_block", &[("order", "packed")]);
        assert_eq!(report.int("misses_a"), Some(0));
        assert_eq!(report.notes.len(), 2);
    }

    #[test]
    fn nothing_is_known_before_measuring() {
        let report = run_with("matmul_block", &[("n", "16")]);
        assert!(report.verdict.unwrap().is_pending());
    }

    /// 중간에 기계가 느려져도 차례와 배수는 짝마다의 비를 따름.
    #[test]
    fn the_order_is_told_by_the_pairs() {
        let pace = [1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0];
        let rows = [(Order::Ijk, 3.0), (Order::Ikj, 1.0), (Order::Jki, 9.0)];
        let rows = rows.map(|(order, ns)| {
            let samples = pace.map(|pace| pace * ns).to_vec();
            Timing::new(order.label(), samples, 1)
        });
        let timings = Timings { rows: rows.into(), clock_step_ns: 1.0 };
        let views = timings.views("", "");
        let verdict = verdict(&Report { views, ..Report::default() });
        assert_eq!(verdict.order.unwrap(), ["ikj", "ijk", "jki"]);
        assert!(verdict.sentence.ends_with(": 9.00배임."));
    }

    #[test]
    fn refuses_a_cache_that_does_not_divide() {
        let refused = Params::table().parse([("ways", "12")], Scope::Native);
        let why = refused.unwrap_err().to_string();
        assert!(why.ends_with("L1 크기(l1_kib)가 48 KiB여야 함"), "{why}");
    }
}
