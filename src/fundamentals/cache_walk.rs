//! 같은 합, 다른 길: 행렬을 도는 순서가 L1 캐시의 미스를 정함.
//!
//! 캐시는 집합 연관 LRU 하나로 봄. 진짜 L1의 교체 규칙은 LRU에 가까울
//! 뿐이고, 이 모형에는 L2·미리 읽기·TLB가 없음.

use std::collections::{BTreeSet, VecDeque};

use lab::measure::{Case, Timings, interleave, paired_ratio};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series, Shape,
    Table, Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 같은 행렬을 더하는데 열 방향이 몇 배 느린가?",
    prediction: Prediction {
        text: "512 × 512 행렬을 열 방향으로 더하면 접근의 몇 %가 L1 미스일까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 512)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] =
    &[("12.5", "12.5%"), ("25", "25%"), ("50", "50%"), ("100", "100%")];

lab::choices! {
    /// 원소를 들르는 순서.
    pub enum Order {
        Row = "row", "행 방향";
        Col = "col", "열 방향";
        Block = "block", "블록 (안에서는 열 방향)";
    }
}

lab::choices! {
    /// L1 데이터 캐시의 크기.
    pub enum L1 {
        K16 = "16", "16 KiB";
        K32 = "32", "32 KiB";
        K48 = "48", "48 KiB";
        K64 = "64", "64 KiB";
    }
}

lab::choices! {
    /// 한 집합에 담는 라인의 수.
    pub enum Ways {
        W1 = "1", "1 (직접 사상)";
        W2 = "2", "2";
        W4 = "4", "4";
        W8 = "8", "8";
        W12 = "12", "12";
        W16 = "16", "16";
    }
}

impl L1 {
    pub fn kib(self) -> u64 {
        match self {
            L1::K16 => 16,
            L1::K32 => 32,
            L1::K48 => 48,
            L1::K64 => 64,
        }
    }
}

impl Ways {
    pub fn count(self) -> u64 {
        match self {
            Ways::W1 => 1,
            Ways::W2 => 2,
            Ways::W4 => 4,
            Ways::W8 => 8,
            Ways::W12 => 12,
            Ways::W16 => 16,
        }
    }

    /// 캐시를 이루는 집합의 수. 나누어떨어지지 않으면 0.
    pub fn sets(self, l1: L1) -> u64 {
        let (lines, ways) = (l1.kib() * 1024 / LINE, self.count());
        if lines.is_multiple_of(ways) { lines / ways } else { 0 }
    }

    /// 라인 번호의 비트로 집합을 고르므로 2의 거듭제곱이어야 함.
    pub fn check(self, l1: L1) -> Result<(), Failure> {
        let fits = |l1: &L1| self.sets(*l1).is_power_of_two();
        if fits(&l1) {
            return Ok(());
        }
        let sizes = L1::ALL.into_iter().filter(fits);
        let sizes: Vec<String> =
            sizes.map(|l1| l1.kib().to_string()).collect();
        Err(Failure::param(
            "ways",
            format!(
                "한 집합의 라인 수(ways)의 값 '{}': {} KiB를 2의 거듭제곱 \
                 개의 집합으로 나누지 못함. 이 값에는 L1 크기(l1_kib)가 {} \
                 KiB여야 함",
                self.count(),
                l1.kib(),
                sizes.join(", ")
            ),
        ))
    }
}

lab::params! {
    /// 행렬 하나와 캐시 하나.
    pub struct Params {
        n: u64 = 512, int("행과 열의 수").unit("개")
            .browser(16, 1_024).native(16, 8_192);
        order: Order = Order::Col, choice("도는 순서")
            .hint("단계 재생이 따라가는 순서");
        block: u64 = 16, int("블록의 한 변").unit("칸").range(4, 64);
        pad: u64 = 0, int("행 끝에 비워 두는 칸").unit("칸").range(0, 16)
            .hint("한 칸은 8바이트, 8칸이면 캐시 라인 하나");
        l1_kib: L1 = L1::K32, choice("L1 크기");
        ways: Ways = Ways::W8, choice("한 집합의 라인 수")
            .hint("집합의 수는 2의 거듭제곱이어야 함");
    }
    check = check;
}

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    p.ways.check(p.l1_kib)
}

/// 캐시 라인, 바이트.
const LINE: u64 = 64;
/// 원소 하나, 바이트.
const ELEMENT: u64 = 8;

impl Params {
    fn sets(&self) -> u64 {
        self.ways.sets(self.l1_kib)
    }

    fn cache(&self) -> Cache {
        Cache::new(self.sets(), self.ways.count())
    }
}

/// 커널이 지나가는 순간.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// 이미 담고 있음.
    Hit { line: u64, set: u64 },
    /// 없어서 들여놓음. `out`은 자리를 내준 라인.
    Miss { line: u64, set: u64, out: Option<u64> },
}

/// 비어 있는 자리.
const EMPTY: u64 = u64::MAX;

/// 집합 연관 LRU 캐시: 집합마다 최근에 쓴 라인부터 늘어놓음.
#[derive(Clone, Debug)]
pub struct Cache {
    ways: usize,
    mask: u64,
    lines: Vec<u64>,
}

impl Cache {
    /// `sets`는 2의 거듭제곱.
    pub fn new(sets: u64, ways: u64) -> Self {
        Cache {
            ways: ways as usize,
            mask: sets - 1,
            lines: vec![EMPTY; (sets * ways) as usize],
        }
    }

    /// 집합 하나에 든 라인, 최근에 쓴 것부터.
    fn set(&mut self, set: u64) -> &mut [u64] {
        let start = set as usize * self.ways;
        &mut self.lines[start..start + self.ways]
    }
}

// ANCHOR: kernel
/// n × n 행렬의 원소를 정한 순서로 한 번씩 들름.
#[inline]
pub fn walk(
    order: Order,
    n: u64,
    block: u64,
    mut visit: impl FnMut(u64, u64),
) {
    let all = 0..n;
    match order {
        Order::Row => {
            all.for_each(|i| (0..n).for_each(|j| visit(i, j)));
        }
        Order::Col => {
            all.for_each(|j| (0..n).for_each(|i| visit(i, j)));
        }
        Order::Block => {
            for top in all.step_by(block as usize) {
                for left in (0..n).step_by(block as usize) {
                    for j in left..n.min(left + block) {
                        for i in top..n.min(top + block) {
                            visit(i, j);
                        }
                    }
                }
            }
        }
    }
}

impl Cache {
    /// 주소 하나를 읽음. 라인 번호의 아래쪽 비트가 집합을 정함.
    #[inline]
    pub fn touch(&mut self, address: u64, mut watch: impl FnMut(Step)) {
        let line = address / LINE;
        let set = line & self.mask;
        let held = self.set(set);
        if let Some(at) = held.iter().position(|each| *each == line) {
            held[..=at].rotate_right(1); // step: hit
            watch(Step::Hit { line, set });
            return;
        }
        held.rotate_right(1); // step: evict
        let oldest = std::mem::replace(&mut held[0], line); // step: fill
        let out = (oldest != EMPTY).then_some(oldest);
        watch(Step::Miss { line, set, out });
    }
}

/// 모형: 주소의 열이 캐시에서 몇 번 미스인가.
pub fn misses(cache: &mut Cache, walk: &Walk) -> u64 {
    let mut misses = 0;
    walk.each(|i, j| {
        cache.touch(walk.address(i, j), |step| {
            misses += u64::from(matches!(step, Step::Miss { .. }));
        });
    });
    misses
}

/// 실제: 같은 순서로 진짜 배열을 더함.
pub fn sum(cells: &[f64], walk: &Walk) -> f64 {
    let mut sum = 0.0;
    walk.each(|i, j| sum += cells[(i * walk.stride + j) as usize]);
    sum
}
// ANCHOR_END: kernel

/// 배열 하나를 도는 길.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    pub order: Order,
    pub n: u64,
    pub block: u64,
    /// 다음 행까지의 원소 수: n + 비워 둔 칸.
    pub stride: u64,
}

impl Walk {
    #[inline]
    fn each(&self, visit: impl FnMut(u64, u64)) {
        walk(self.order, self.n, self.block, visit);
    }

    #[inline]
    fn address(&self, i: u64, j: u64) -> u64 {
        ELEMENT * (i * self.stride + j)
    }

    /// 1,000 미만의 정수를 담은 배열. 어떤 순서로 더해도 합이 정확함.
    pub fn cells(&self) -> Vec<f64> {
        let mut cells = vec![0.0; (self.n * self.stride) as usize];
        for i in 0..self.n {
            for j in 0..self.n {
                let value = (i * self.n + j) % 1000;
                cells[(i * self.stride + j) as usize] = value as f64;
            }
        }
        cells
    }
}

/// 견주는 네 길: 이름과 길. 첫째가 기준임.
pub fn routes(p: &Params) -> [(String, Walk); 4] {
    let route =
        |order, pad| Walk { order, n: p.n, block: p.block, stride: p.n + pad };
    [
        ("행 방향".into(), route(Order::Row, p.pad)),
        ("열 방향".into(), route(Order::Col, p.pad)),
        (format!("블록 {}칸", p.block), route(Order::Block, p.pad)),
        ("열 방향, 행 끝 8칸 더".into(), route(Order::Col, p.pad + 8)),
    ]
}

/// 이 크기까지만 빈칸의 수를 바꿔 가며 셈함: 큰 행렬은 오래 걸림.
const SWEEP: u64 = 1_024;

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let routes = routes(p);
    let mut counts = Vec::new();
    for (done, (name, walk)) in routes.iter().enumerate() {
        ctx.progress(done as u64, routes.len() as u64, name)?;
        counts.push(misses(&mut p.cache(), walk));
    }
    let chosen = match p.order {
        Order::Row => 0,
        Order::Col => 1,
        Order::Block => 2,
    };
    let walk = routes[chosen].1;
    let sum = sum(&walk.cells(), &walk);
    let accesses = p.n * p.n;
    let mut report = Report::default()
        .answer("accesses", accesses)
        .answer("misses", counts[chosen])
        .answer("misses_row", counts[0])
        .answer("misses_col", counts[1])
        .answer("misses_block", counts[2])
        .answer("misses_col_pad8", counts[3])
        .answer("sum", sum as u64)
        .checksum(&[p.n, p.pad, accesses, counts[chosen], sum.to_bits()])
        .view(View::Table(summary(p, &routes, &counts)))
        .view(View::Chart(bars(&routes, &counts)));
    report = if p.n <= SWEEP {
        report.view(View::Chart(sweep(p, ctx)?))
    } else {
        report.view(note(format!(
            "n이 {}보다 크면 빈칸의 수를 바꿔 본 그래프는 그리지 않음",
            format::int(SWEEP)
        )))
    };
    // 고른 순서와, 견줄 다른 순서 하나
    let other = routes[usize::from(p.order == Order::Row)].1;
    Ok(report
        .view(View::Trace(replay(p, &walk, WATCHED)))
        .view(View::Trace(replay(p, &other, WATCHED / 16))))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(1);
    let (col, accesses) = (int("misses_col"), int("accesses"));
    let percent = col as f64 * 100.0 / accesses as f64;
    let sentence = format!(
        "열 방향은 접근 {}번 가운데 {}번이 미스, 행 방향은 {}번임.",
        format::int(accesses),
        format::int(col),
        format::int(int("misses_row"))
    );
    Verdict {
        headline: format!("{}%", format::fixed(percent, 1)),
        ..Verdict::ratio(GUESSES, percent, sentence)
    }
}

fn summary(p: &Params, routes: &[(String, Walk)], counts: &[u64]) -> Table {
    let accesses = p.n * p.n;
    let rows = routes.iter().zip(counts).map(|((name, walk), misses)| {
        let percent = *misses as f64 * 100.0 / accesses as f64;
        vec![
            name.as_str().into(),
            (walk.stride * ELEMENT).into(),
            accesses.into(),
            (*misses).into(),
            Cell::fixed(percent, 1),
        ]
    });
    Table {
        title: format!(
            "L1 {} KiB = 집합 {}개 × 라인 {}개",
            p.l1_kib.kib(),
            p.sets(),
            p.ways.count()
        ),
        badge: Badge::Model,
        columns: vec![
            Column::text("순서"),
            Column::number("다음 행까지", "바이트"),
            Column::number("접근", "번"),
            Column::number("미스", "번"),
            Column::number("미스율", "%"),
        ],
        rows: rows.collect(),
    }
}

fn bars(routes: &[(String, Walk)], counts: &[u64]) -> Chart {
    let names = routes.iter().map(|(name, _)| name.as_str());
    let points = counts
        .iter()
        .enumerate()
        .map(|(at, misses)| (at as f64, *misses as f64).into());
    Chart {
        title: "순서마다의 미스".into(),
        badge: Badge::Model,
        x: Axis::category("순서", names),
        y: Axis::linear("미스", "번"),
        series: vec![Series {
            name: "L1 미스".into(),
            shape: Shape::Bar,
            points: points.collect(),
        }],
        marks: Vec::new(),
    }
}

/// 행 끝에 비워 둔 칸마다의 열 방향 미스.
fn sweep(p: &Params, ctx: &Ctx) -> Result<Chart, Failure> {
    let mut points = Vec::new();
    for pad in 0..=16 {
        ctx.progress(pad, 17, "빈칸 바꿔 보기")?;
        let stride = p.n + pad;
        let walk = Walk { order: Order::Col, n: p.n, block: 0, stride };
        let misses = misses(&mut p.cache(), &walk);
        points.push((pad as f64, misses as f64).into());
    }
    let least = (p.n * p.n).div_ceil(LINE / ELEMENT);
    Ok(Chart {
        title: format!(
            "행 끝에 비워 둔 칸과 열 방향의 미스(적어도 {}번)",
            format::int(least)
        ),
        badge: Badge::Model,
        x: Axis::linear("비워 둔 칸", "칸"),
        y: Axis::linear("열 방향의 미스", "번"),
        series: vec![Series {
            name: "열 방향".into(),
            shape: Shape::Bar,
            points,
        }],
        marks: Vec::new(),
    })
}

/// 재생하는 접근의 수: 기본 크기에서 둘째 열까지 들어섬.
const WATCHED: usize = 528;
/// 재생이 보이는 집합의 수: 최근에 건드린 것부터.
const SHOWN: usize = 4;

#[derive(Default)]
struct Recorder {
    frames: Vec<Frame>,
    recent: VecDeque<u64>,
    /// 한 번이라도 들어온 라인.
    known: BTreeSet<u64>,
    hits: u64,
    misses: u64,
}

impl Recorder {
    fn record(&mut self, cache: &mut Cache, at: (u64, u64), step: Step) {
        let (i, j) = at;
        let (tag, line, set, out) = match step {
            Step::Hit { line, set } => ("hit", line, set, None),
            Step::Miss { line, set, out } => {
                (if out.is_some() { "evict" } else { "fill" }, line, set, out)
            }
        };
        let hit = tag == "hit";
        self.hits += u64::from(hit);
        self.misses += u64::from(!hit);
        self.recent.retain(|each| *each != set);
        self.recent.push_back(set);
        if self.recent.len() > SHOWN {
            self.recent.pop_front();
        }
        let what = match self.known.insert(line) {
            _ if hit => "적중",
            true => "미스",
            false => "있다가 쫓겨난 라인이라 또 미스",
        };
        let gone =
            out.map_or(String::new(), |out| format!(", 나간 라인 {out}"));
        let mut shown: Vec<u64> = self.recent.iter().copied().collect();
        shown.sort_unstable();
        let now = if hit { Tone::Hit } else { Tone::Now };
        let lanes = shown.into_iter().map(|each| {
            let (first, out) =
                if each == set { (now, out) } else { (Tone::Plain, None) };
            set_lane(each, cache.set(each), first, out)
        });
        self.frames.push(Frame {
            step: tag.into(),
            say: format!("({i}, {j}): 라인 {line}, 집합 {set}. {what}{gone}"),
            counters: vec![
                ("접근".into(), format::int(self.hits + self.misses)),
                ("적중".into(), format::int(self.hits)),
                ("미스".into(), format::int(self.misses)),
            ],
            lanes: lanes.collect(),
            jumps: Vec::new(),
        });
    }
}

/// 집합 하나: 최근에 쓴 라인부터, 맨 끝은 방금 쫓겨난 라인.
fn set_lane(set: u64, held: &[u64], first: Tone, out: Option<u64>) -> Lane {
    let ways = held.len() as u64;
    let lines = held.iter().enumerate().filter(|(_, line)| **line != EMPTY);
    let mut cells: Vec<LaneCell> = lines
        .map(|(at, line)| LaneCell {
            at: at as u64,
            text: line.to_string(),
            tone: if at == 0 { first } else { Tone::Plain },
        })
        .collect();
    cells.extend(out.map(|line| LaneCell {
        at: ways,
        text: line.to_string(),
        tone: Tone::Dead,
    }));
    Lane { label: format!("집합 {set}"), size: ways + 1, cells, group: ways }
}

fn replay(p: &Params, walk: &Walk, watched: usize) -> Trace {
    let mut recorder = Recorder::default();
    let mut cache = p.cache();
    walk.each(|i, j| {
        if recorder.frames.len() == watched {
            return;
        }
        let mut seen = None;
        cache.touch(walk.address(i, j), |step| seen = Some(step));
        if let Some(step) = seen {
            recorder.record(&mut cache, (i, j), step);
        }
    });
    Trace {
        title: format!(
            "{}: 처음 {}번의 접근. 칸은 최근에 쓴 라인부터, 끝은 나간 라인",
            walk.order.label(),
            recorder.frames.len()
        ),
        badge: Badge::Model,
        frames: recorder.frames,
    }
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    ctx.progress(0, 1, "배열 만들기")?;
    let routes = routes(p);
    let narrow = routes[0].1.cells();
    let wide = routes[3].1.cells();
    let mut cases: Vec<Case> = routes
        .iter()
        .map(|(name, walk)| {
            let same = walk.stride == routes[0].1.stride;
            let cells = if same { &narrow } else { &wide };
            Case::new(name, p.n * p.n, move || sum(cells, walk) as u64)
        })
        .collect();
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let counts = routes.each_ref().map(|(_, walk)| {
        misses(&mut p.cache(), walk) as f64 / (p.n * p.n) as f64
    });
    let mut views = timings.views("같은 합을 네 길로 더하기", "원소 하나");
    views.extend(beside(&timings, &counts));
    Ok(views)
}

/// 모형의 미스와 잰 시간을 나란히. `rates`는 원소 하나의 미스.
fn beside(timings: &Timings, rates: &[f64]) -> [View; 2] {
    let base = &timings.rows[0];
    let ratio = |at: usize| {
        paired_ratio(&base.samples, &timings.rows[at].samples).median
    };
    let rows = timings.rows.iter().enumerate().map(|(at, row)| {
        vec![
            row.name.as_str().into(),
            Cell::fixed(rates[at] * 100.0, 1),
            Cell::fixed(rates[at] / rates[0], 2),
            Cell::fixed(row.median, 2),
            Cell::fixed(ratio(at), 2),
        ]
    });
    let table = Table {
        title: "모형과 실제를 나란히".into(),
        badge: Badge::Measured,
        columns: vec![
            Column::text("순서"),
            Column::number("미스율 (모형)", "%"),
            Column::number("미스의 비 (모형)", "배"),
            Column::number("원소당 (실제)", "ns"),
            Column::number("시간의 비 (실제)", "배"),
        ],
        rows: rows.collect(),
    };
    let text = format!(
        "열 방향의 미스는 행 방향의 {}배이고 시간은 {}배임. 모형은 L1 \
         하나의 미스만 세고, 시간에는 L2와 L3·미리 읽기·TLB·덧셈의 \
         기다림이 함께 들어감.",
        format::significant(rates[1] / rates[0]),
        format::significant(ratio(1))
    );
    [View::Table(table), note(text)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;
    use lab::rng::SplitMix64;

    fn count(pairs: &[(&str, &str)], key: &str) -> u64 {
        run_with("cache_walk", pairs).int(key).unwrap()
    }

    #[test]
    fn anchors_of_the_spec() {
        for (n, row, col) in [
            ("512", 32_768, 262_144),
            ("256", 8_192, 65_536),
            ("64", 512, 512),
        ] {
            assert_eq!(count(&[("n", n)], "misses_row"), row, "{n}");
            assert_eq!(count(&[("n", n)], "misses_col"), col, "{n}");
        }
        for (pad, col) in [
            ("1", 258_567),
            ("2", 129_542),
            ("4", 65_028),
            ("8", 32_768),
            ("16", 262_144),
        ] {
            assert_eq!(count(&[("pad", pad)], "misses"), col, "{pad}");
        }
    }

    /// 블록의 행이 모두 한 집합에 모이므로, 라인 수를 넘으면 소용없음.
    #[test]
    fn a_block_helps_only_while_its_rows_fit_one_set() {
        for (block, misses) in [("8", 32_768), ("16", 262_144)] {
            assert_eq!(count(&[("block", block)], "misses_block"), misses);
        }
        let padded = [("block", "16"), ("pad", "8")];
        assert_eq!(count(&padded, "misses_block"), 32_768);
    }

    #[test]
    fn the_default_prediction_is_every_access() {
        let verdict = run_with("cache_walk", &[]).verdict.unwrap();
        assert_eq!(verdict.headline, "100.0%");
        assert_eq!(verdict.choice.as_deref(), Some("100"));
        let small = run_with("cache_walk", &[("n", "64")]);
        assert_eq!(small.verdict.unwrap().choice.as_deref(), Some("12.5"));
    }

    /// 시각을 적어 두고 가장 오래된 것을 찾는 느린 LRU.
    fn slow_misses(sets: u64, ways: usize, lines: &[u64]) -> u64 {
        let mut held: Vec<Vec<(u64, usize)>> = vec![Vec::new(); sets as usize];
        let mut misses = 0;
        for (now, line) in lines.iter().enumerate() {
            let set = &mut held[(line % sets) as usize];
            if let Some(entry) = set.iter_mut().find(|(l, _)| l == line) {
                entry.1 = now;
                continue;
            }
            misses += 1;
            if set.len() == ways {
                set.sort_by_key(|(_, used)| *used);
                set.remove(0);
            }
            set.push((*line, now));
        }
        misses
    }

    #[test]
    fn equals_a_cache_that_writes_down_the_time() {
        let mut rng = SplitMix64::new(42);
        for (sets, ways) in [(1, 1), (1, 4), (4, 2), (8, 12), (64, 8)] {
            let span = sets * ways * 2;
            let lines: Vec<u64> =
                (0..5_000).map(|_| rng.below(span)).collect();
            let mut cache = Cache::new(sets, ways);
            let mut misses = 0;
            for line in &lines {
                cache.touch(line * LINE + line % LINE, |step| {
                    misses += u64::from(matches!(step, Step::Miss { .. }));
                });
            }
            assert_eq!(misses, slow_misses(sets, ways as usize, &lines));
        }
    }

    #[test]
    fn every_route_visits_every_element_once() {
        for n in [16, 21, 64] {
            let p = Params { n, pad: 3, ..Params::default() };
            let want = (0..n * n).map(|k| k % 1000).sum::<u64>();
            for (name, walk) in routes(&p) {
                assert_eq!(sum(&walk.cells(), &walk), want as f64, "{name}");
                let mut seen = BTreeSet::new();
                walk.each(|i, j| assert!(seen.insert((i, j)), "{name}"));
                assert_eq!(seen.len() as u64, n * n);
            }
        }
    }

    #[test]
    fn refuses_a_cache_that_does_not_divide() {
        let table = Params::table();
        let pairs = [("ways", "12")];
        let refused = table.parse(pairs, Scope::Native).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "한 집합의 라인 수(ways)의 값 '12': 32 KiB를 2의 거듭제곱 개의 \
             집합으로 나누지 못함. 이 값에는 L1 크기(l1_kib)가 48 KiB여야 함"
        );
        let pairs = [("ways", "12"), ("l1_kib", "48")];
        assert!(table.parse(pairs, Scope::Native).is_ok());
    }
}
