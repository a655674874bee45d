//! 소수를 나눠 찾기: 비용이 고르지 않은 일을 나누고, 찾으면 알리고 멈춤.

use std::hint::black_box;
use std::ops::{Add, Div, Mul, Range};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::chunk_balance::{Gantt, Rules, Taken, block, from_one_queue};
use lab::measure::{Case, interleave};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Point, Series, Shape, Span, Table, Tone,
    Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 일을 반으로 나눴는데 시간이 반이 안 되는가?",
    prediction: Prediction {
        text: "나눗셈을 한 번 할 때마다 여러 스레드가 함께 보는 멈춤 깃발(원자 \
               변수)을 읽으면, 읽지 않을 때보다 몇 배 걸릴까? 정답은 Rust로 \
               잰 것임.",
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

const SAME: &str = "1";
const GUESSES: &[(&str, &str)] = &[
    (SAME, "거의 그대로"),
    ("1.5", "1.5배쯤"),
    ("3", "3배쯤"),
    ("10", "10배쯤"),
];

lab::choices! {
    /// 덩어리의 크기를 정하는 법.
    pub enum Chunking {
        Fixed = "fixed", "같은 개수";
        Guided = "guided", "남은 몫에 맞춰 점점 작게";
        ByCost = "by_cost", "짐작한 비용이 같게";
    }
}

lab::choices! {
    /// 찾는 것.
    pub enum Task {
        Count = "count", "구간의 소수를 모두 셈";
        AnyDivisor = "any_divisor", "시작 수의 약수 하나 찾고 멈춤";
    }
}

lab::params! {
    /// `lo`부터 `n`개의 수.
    pub struct Params {
        lo: u64 = 1_000_001, int("시작 수").browser(2, 1_000_000_000)
            .native(2, 1_000_000_000_000).log();
        n: u64 = 20_000, int("수의 개수").unit("개").browser(100, 200_000)
            .native(100, 10_000_000).log().hint("소수를 셀 때만 씀");
        chunk: Chunking = Chunking::Fixed, choice("덩어리의 크기");
        chunk_len: u64 = 256, int("덩어리").unit("개").browser(1, 200_000)
            .native(1, 10_000_000).log()
            .hint("guided는 가장 작은 덩어리, by_cost는 평균");
        check_every: u64 = 64, int("깃발을 보는 간격").unit("번")
            .range(1, 4_096).log().hint("나눗셈 몇 번에 한 번 보는가");
        workers: u64 = 2, int("일꾼").unit("명").range(1, 16);
        task: Task = Task::Count, choice("찾는 것");
    }
    check = check;
}

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    if p.chunk_len <= p.n {
        return Ok(());
    }
    let (len, n) = (p.chunk_len, format::int(p.n));
    let why = format!(
        "덩어리(chunk_len)의 값 '{len}': 수의 개수(n)인 {n}보다 클 수 없음. \
         1–{n} 범위여야 함"
    );
    Err(Failure::param("chunk_len", why))
}

// ANCHOR: kernel
/// 나눠 볼 수 있는 정수: `u32`나 `u64`.
pub trait Number:
    Copy
    + From<u8>
    + PartialOrd
    + Add<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
{
}
impl Number for u32 {}
impl Number for u64 {}

/// 2로, 다음에는 홀수 d로 d ≤ p / d인 동안 나눠 봄.
///
/// 나눗셈을 한 번 할 때마다 `stop`에게 그만둘지 물음. 그만두면 `None`.
#[inline]
pub fn is_prime<T: Number>(
    p: T,
    mut stop: impl FnMut() -> bool,
) -> Option<bool> {
    let two = T::from(2);
    if stop() {
        return None;
    }
    if p / two * two == p {
        return Some(p == two);
    }
    let mut d = T::from(3);
    loop {
        let quotient = p / d;
        if stop() {
            return None;
        }
        if quotient < d {
            return Some(true);
        }
        if quotient * d == p {
            return Some(false);
        }
        d = d + two;
    }
}

/// `range`의 소수를 셈. 그만두면 그때까지 센 것.
///
/// u32에 들면 좁은 나눗셈을 씀: 답은 같음.
pub fn count_primes(range: Range<u64>, mut stop: impl FnMut() -> bool) -> u64 {
    let mut count = 0;
    let narrow = u32::try_from(range.end).is_ok();
    for p in range {
        let prime = match narrow {
            true => is_prime(p as u32, &mut stop),
            false => is_prime(p, &mut stop),
        };
        match prime {
            Some(prime) => count += u64::from(prime),
            None => break,
        }
    }
    count
}
// ANCHOR_END: kernel

/// 구간을 체로 거른 결과.
pub struct Sieved {
    pub count: u64,
    pub sum: u64,
    /// 지운 횟수.
    marks: u64,
    /// 쓴 바이트: 구간의 수마다 하나, √끝까지의 수마다 하나.
    bytes: u64,
}

/// 에라토스테네스의 체: √끝까지의 소수로 구간의 배수를 지움.
pub fn sieve(lo: u64, n: u64) -> Sieved {
    let end = lo + n;
    let root = (end - 1).isqrt();
    let mut small = vec![true; root as usize + 1];
    let mut prime = vec![true; n as usize];
    let mut marks = 0;
    for d in 2..=root {
        if !small[d as usize] {
            continue;
        }
        for multiple in (d * d..=root).step_by(d as usize) {
            small[multiple as usize] = false;
            marks += 1;
        }
        // 자기 자신은 지우지 않음
        let first = (d * d).max(lo.next_multiple_of(d));
        for multiple in (first..end).step_by(d as usize) {
            prime[(multiple - lo) as usize] = false;
            marks += 1;
        }
    }
    let found = prime.iter().zip(lo..).filter(|(prime, _)| **prime);
    let (count, sum) =
        found.fold((0, 0), |(count, sum), (_, p)| (count + 1, sum + p));
    Sieved { count, sum, marks, bytes: n + root + 1 }
}

/// 진행을 알리는 간격, 개.
const REPORT_EVERY: u64 = 1_024;

/// 소수를 세며 수마다의 나눗셈을 적음.
struct Counted {
    count: u64,
    sum: u64,
    divisions: Vec<u64>,
}

fn count(p: &Params, ctx: &Ctx) -> Result<Counted, Failure> {
    let divisions = Vec::with_capacity(p.n as usize);
    let mut counted = Counted { count: 0, sum: 0, divisions };
    for i in 0..p.n {
        if i.is_multiple_of(REPORT_EVERY) {
            ctx.progress(i, p.n, "나눠 보기")?;
        }
        let (mut divisions, number) = (0, p.lo + i);
        let each = || {
            divisions += 1;
            false
        };
        if count_primes(number..number + 1, each) == 1 {
            counted.count += 1;
            counted.sum += number;
        }
        counted.divisions.push(divisions);
    }
    Ok(counted)
}

/// 나눠 줄 것: 항목마다의 비용과 덩어리를 자를 자리.
struct Plan<'a> {
    p: &'a Params,
    costs: &'a [u64],
    /// 짐작한 비용이 같게 자른 자리. `by_cost`일 때만 있음.
    cuts: Vec<u64>,
}

impl<'a> Plan<'a> {
    /// `guess(i)`는 i번째 항목의 짐작한 비용: 하기 전에 아는 것만 씀.
    fn new(
        p: &'a Params,
        costs: &'a [u64],
        guess: impl Fn(u64) -> u64,
    ) -> Self {
        let n = costs.len() as u64;
        let mut cuts = Vec::new();
        if p.chunk == Chunking::ByCost {
            let chunks = u128::from(n.div_ceil(p.chunk_len));
            let total: u128 = (0..n).map(|i| u128::from(guess(i))).sum();
            let mut sum = 0;
            for i in 0..n {
                sum += u128::from(guess(i));
                if sum * chunks >= total * (cuts.len() as u128 + 1) {
                    cuts.push(i + 1);
                }
            }
        }
        Plan { p, costs, cuts }
    }

    /// 남은 것이 `rest`개일 때 다음 덩어리.
    fn size(&self, rest: u64) -> u64 {
        let Params { workers, chunk_len, .. } = *self.p;
        match self.p.chunk {
            Chunking::Fixed => chunk_len,
            Chunking::Guided => rest.div_ceil(workers).max(chunk_len),
            Chunking::ByCost => {
                let at = self.costs.len() as u64 - rest;
                let next = self.cuts.partition_point(|cut| *cut <= at);
                self.cuts.get(next).map_or(rest, |cut| cut - at)
            }
        }
    }

    fn each(&self, watch: impl FnMut(Taken)) {
        let workers = self.p.workers;
        let rules = Rules { workers, chunk: self.p.chunk_len, overhead: 0 };
        from_one_queue(self.costs, rules, |rest| self.size(rest), watch);
    }

    /// 일꾼마다 끝난 시각과, 덩어리의 수.
    fn finish(&self) -> (Vec<u64>, u64) {
        let (mut ends, mut chunks) = (vec![0; self.p.workers as usize], 0);
        self.each(|taken| {
            ends[taken.worker as usize] = taken.end;
            chunks += 1;
        });
        (ends, chunks)
    }

    /// 찾은 일꾼은 그 자리에서, 나머지는 깃발을 볼 때 멈춤.
    fn until_found(&self, found: &Found, mut watch: impl FnMut(Taken)) {
        let seen = found.at.next_multiple_of(self.p.check_every);
        self.each(|taken| {
            let mine = taken.worker == found.worker;
            let end = taken.end.min(if mine { found.at } else { seen });
            if taken.start < end {
                // 약수를 찾을 때는 항목 하나가 나눗셈 하나임
                watch(Taken { end, items: end - taken.start, ..taken });
            }
        });
    }

    fn gantt(&self, chunks: u64, found: Option<&Found>) -> View {
        let title = format!("{}: 누가 언제까지", self.p.chunk.label());
        let unit = "나눗셈";
        let Some(found) = found else {
            let mut gantt = Gantt::new(self.p.workers, chunks);
            self.each(|taken| gantt.take(taken));
            return View::Timeline(gantt.timeline(&title, unit));
        };
        let mut chunks = 0;
        self.until_found(found, |_| chunks += 1);
        let mut gantt = Gantt::new(self.p.workers, chunks);
        self.until_found(found, |taken| gantt.take(taken));
        let mut timeline = gantt.timeline(&title, unit);
        let moment = Span::at(found.at as f64, "찾음", Tone::Hit);
        timeline.lanes[found.worker as usize].spans.push(moment);
        View::Timeline(timeline)
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    match p.task {
        Task::Count => run_count(p, ctx),
        Task::AnyDivisor => Ok(run_any(p)),
    }
}

fn run_count(p: &Params, ctx: &Ctx) -> Result<Report, Failure> {
    let Counted { count, sum, divisions: costs } = count(p, ctx)?;
    let divisions: u64 = costs.iter().sum();
    let plan = Plan::new(p, &costs, |i| (p.lo + i).isqrt());
    let (ends, chunks) = plan.finish();
    let sieved = sieve(p.lo, p.n);
    Ok(Report::default()
        .answer("count", count)
        .answer("sum", sum)
        .answer("divisions", divisions)
        .checksum(&[count, sum, divisions])
        .view(View::Table(count_table(p, count, divisions, &sieved)))
        .view(View::Table(share_table(p, divisions, &ends, chunks)))
        .view(plan.gantt(chunks, None))
        .view(View::Chart(cost_chart(p, &costs))))
}

/// i번째로 나눠 볼 수: 2, 3, 5, 7, 9, …
fn divisor(i: u64) -> u64 {
    if i == 0 { 2 } else { 2 * i + 1 }
}

/// 나눠 볼 수의 개수: 제곱이 `number`를 넘지 않는 2와 홀수.
fn divisors(number: u64) -> u64 {
    let root = number.isqrt();
    if root < 2 { 0 } else { 1 + (root - 1) / 2 }
}

/// 한 명이 약수를 찾은 순간, 모형의 시각은 나눗셈의 수.
struct Found {
    worker: u64,
    divisor: u64,
    at: u64,
}

fn run_any(p: &Params) -> Report {
    let costs = vec![1; divisors(p.lo) as usize];
    let plan = Plan::new(p, &costs, |_| 1);
    let (mut found, mut next) = (None::<Found>, 0);
    plan.each(|taken| {
        let mine = next..next + taken.items;
        next = mine.end;
        let hit = mine.clone().find(|i| p.lo.is_multiple_of(divisor(*i)));
        let Some(hit) = hit else { return };
        let at = taken.start + hit - mine.start + 1;
        if found.as_ref().is_none_or(|found| at < found.at) {
            let (worker, divisor) = (taken.worker, divisor(hit));
            found = Some(Found { worker, divisor, at });
        }
    });
    let (ends, chunks) = plan.finish();
    let answer = u64::from(found.is_some());
    let mut report = Report::default()
        .answer("has_divisor", answer)
        .checksum(&[answer])
        .view(View::Table(flag_table(p, found.as_ref(), &ends)));
    if chunks > 0 {
        report = report.view(plan.gantt(chunks, found.as_ref()));
    }
    report
}

/// 찾은 뒤에도 깃발을 볼 때까지 헛되이 한 나눗셈.
fn wasted(found: &Found, ends: &[u64], check_every: u64) -> u64 {
    let others = ends.iter().enumerate();
    let others = others.filter(|(worker, _)| *worker as u64 != found.worker);
    let seen = found.at.next_multiple_of(check_every);
    others.map(|(_, end)| seen.min(*end).saturating_sub(found.at)).sum()
}

fn flag_table(p: &Params, found: Option<&Found>, ends: &[u64]) -> Table {
    let last = ends.iter().copied().max().unwrap_or(0);
    let stop = found.map_or(last, |found| found.at);
    let mut intervals = vec![1, 64, 4_096, p.check_every];
    intervals.sort_unstable();
    intervals.dedup();
    let rows = intervals.into_iter().map(|every| {
        let waste = found.map_or(0, |found| wasted(found, ends, every));
        let checks: u64 = ends.iter().map(|end| stop.min(*end) / every).sum();
        vec![every.into(), stop.into(), checks.into(), waste.into()]
    });
    let number = format::int(p.lo);
    Table {
        title: match found {
            Some(Found { worker, divisor, .. }) => format!(
                "{number}: 찾은 약수 {} (일꾼 {worker})",
                format::int(*divisor)
            ),
            None => format!("{number}: 약수가 없어 소수임"),
        },
        badge: Badge::Model,
        columns: vec![
            Column::number("깃발을 보는 간격", "번"),
            Column::number("답이 나온 시각", "나눗셈"),
            Column::number("그때까지 깃발을 본 횟수", "번"),
            Column::number("그 뒤에 헛되이 한 나눗셈", "번"),
        ],
        rows: rows.collect(),
    }
}

fn count_table(
    p: &Params,
    count: u64,
    divisions: u64,
    sieved: &Sieved,
) -> Table {
    let row = |name: &str, count: u64, work: u64, bytes: u64| {
        let each = work as f64 / p.n as f64;
        vec![
            name.into(),
            count.into(),
            work.into(),
            Cell::fixed(each, 1),
            bytes.into(),
        ]
    };
    Table {
        title: format!(
            "{}부터 {}개의 수",
            format::int(p.lo),
            format::int(p.n)
        ),
        badge: Badge::Exact,
        columns: vec![
            Column::text("방법"),
            Column::number("소수", "개"),
            Column::number("일 (나눗셈 / 지우기)", "번"),
            Column::number("수 하나에", "번"),
            Column::number("쓴 메모리", "B"),
        ],
        rows: vec![
            row("나눠 보기", count, divisions, 0),
            row(
                "에라토스테네스의 체",
                sieved.count,
                sieved.marks,
                sieved.bytes,
            ),
        ],
    }
}

fn share_table(
    p: &Params,
    divisions: u64,
    ends: &[u64],
    chunks: u64,
) -> Table {
    let last = ends.iter().copied().max().unwrap_or(0).max(1);
    let rows = ends.iter().enumerate().map(|(worker, end)| {
        vec![
            format!("일꾼 {worker}").into(),
            (*end).into(),
            (last - end).into(),
        ]
    });
    let speedup = divisions as f64 / last as f64;
    Table {
        title: format!(
            "덩어리 {}개를 {}명이: {}배 (끝까지 {}배)",
            format::int(chunks),
            p.workers,
            format::fixed(speedup, 3),
            p.workers,
        ),
        badge: Badge::Model,
        columns: vec![
            Column::text("일꾼"),
            Column::number("한 일", "나눗셈"),
            Column::number("끝에 논 시간", "나눗셈"),
        ],
        rows: rows.collect(),
    }
}

/// 점의 수. 넘으면 이웃한 수를 합쳐 그림.
const BINS: usize = 500;

fn cost_chart(p: &Params, costs: &[u64]) -> Chart {
    let bin = costs.len().div_ceil(BINS);
    let points = costs.chunks(bin).zip(0..).map(|(part, i)| {
        let middle = p.lo + i * bin as u64 + part.len() as u64 / 2;
        let mean = part.iter().sum::<u64>() as f64 / part.len() as f64;
        Point::from((middle as f64, mean))
    });
    Chart {
        title: format!("이웃한 수 {bin}개마다의 평균 비용"),
        badge: Badge::Exact,
        x: Axis::linear("수", ""),
        y: Axis::linear("나눗셈", "번"),
        series: vec![Series {
            name: "수 하나의 나눗셈".into(),
            shape: Shape::Dot,
            points: points.collect(),
        }],
        marks: Vec::new(),
    }
}

const NO_FLAG: &str = "한 스레드";
const EVERY_TIME: &str = "한 스레드, 깃발을 매번 봄";

fn verdict(report: &Report) -> Verdict {
    let Some(both) = report.compared(EVERY_TIME, NO_FLAG) else {
        return Verdict::pending();
    };
    let sentence = format!(
        "수 하나에 깃발 없이 {}, 매번 보면 {}.",
        format::time(both.fast),
        format::time(both.slow)
    );
    let mut verdict = Verdict::compared(GUESSES, &both, sentence);
    if verdict.choice.as_deref() == Some(SAME) {
        verdict.sentence.push_str(
            " 아무도 쓰지 않는 깃발은 코어마다의 캐시에 머물러 읽기가 싸고, \
             나눗셈을 기다리는 틈에 끝남.",
        );
    }
    verdict
}

/// 깃발을 `every`번에 한 번만 보는 물음.
#[inline]
fn glance(flag: &AtomicBool, every: u64) -> impl FnMut() -> bool {
    let mut left = every;
    move || {
        left -= 1;
        if left > 0 {
            return false;
        }
        left = every;
        flag.load(Ordering::Relaxed)
    }
}

/// 같은 수를 세는 방법들.
pub mod real {
    use super::*;

    pub fn alone(lo: u64, n: u64) -> u64 {
        count_primes(black_box(lo..lo + n), || false)
    }

    /// u32에 들어도 넓은 나눗셈을 씀.
    pub fn wide(lo: u64, n: u64) -> u64 {
        let primes = black_box(lo..lo + n)
            .filter(|p| is_prime(*p, || false) == Some(true));
        primes.count() as u64
    }

    /// 나눗셈 `every`번에 한 번 깃발을 봄. 아무도 세우지 않음.
    pub fn watching(lo: u64, n: u64, every: u64) -> u64 {
        let flag = AtomicBool::new(false);
        let flag = black_box(&flag);
        match every {
            1 => count_primes(lo..lo + n, || flag.load(Ordering::Relaxed)),
            _ => count_primes(lo..lo + n, glance(flag, every)),
        }
    }

    /// 일꾼마다 구간 하나씩.
    pub fn blocks(lo: u64, n: u64, workers: u64) -> u64 {
        let parts = (0..workers as u32).into_par_iter().with_max_len(1);
        let part = |worker: u32| {
            let mine = block(worker.into(), n, workers);
            count_primes(lo + mine.start as u64..lo + mine.end as u64, || {
                false
            })
        };
        parts.map(part).sum()
    }

    /// `len`개씩의 덩어리를 rayon이 나눔.
    pub fn chunks(lo: u64, n: u64, len: u64) -> u64 {
        let parts = (0..n.div_ceil(len) as u32).into_par_iter();
        let part = |i: u32| {
            let start = u64::from(i) * len;
            let end = (start + len).min(n);
            count_primes(lo + start..lo + end, || false)
        };
        parts.map(part).sum()
    }

    pub fn sieved(lo: u64, n: u64) -> u64 {
        sieve(black_box(lo), n).count
    }
}

/// 표본 하나에 하는 나눗셈의 어림.
const BUDGET: u64 = 32_000_000;

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    // 수 하나의 나눗셈은 평균 √p의 10분의 1보다 적음
    let lo = p.lo;
    let each = lo.isqrt() / 10 + 10;
    let n = (BUDGET / each).clamp(100, 400_000);
    let (every, len) = (p.check_every, p.chunk_len.min(n));
    let threads = ctx.threads() as u64;
    let mut cases = vec![
        Case::new(NO_FLAG, n, || real::alone(lo, n)),
        Case::new(EVERY_TIME, n, || real::watching(lo, n, 1)),
    ];
    if every > 1 {
        let name = format!("한 스레드, 깃발을 {every}번에 한 번");
        cases.push(Case::new(&name, n, || real::watching(lo, n, every)));
    }
    if u32::try_from(lo + n).is_ok() {
        cases
            .push(Case::new("한 스레드, u64로", n, || real::wide(lo, n)));
    }
    if threads > 1 {
        let blocks = format!("스레드 {threads}개, 구간 하나씩");
        cases.push(Case::new(&blocks, n, || real::blocks(lo, n, threads)));
        let chunks = format!("스레드 {threads}개, {len}개씩");
        cases.push(Case::new(&chunks, n, || real::chunks(lo, n, len)));
    }
    cases.push(Case::new("체", n, || real::sieved(lo, n)));
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let title = format!(
        "{}부터의 수 {}개에서 소수 세기",
        format::int(lo),
        format::int(n)
    );
    let mut views = timings.views(&title, "수 하나");
    if threads == 1 {
        views.push(note(
            "쓸 수 있는 스레드가 하나라 나눠 재지 않음. 페이지라면 교차 출처 \
             격리가 있어야 스레드가 생김.",
        ));
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;
    use lab::measure::{Timing, Timings};

    /// 손으로 센 것: 2부터 101까지의 소수는 26개, 합은 1,161.
    #[test]
    fn the_first_primes_by_hand() {
        let report = run_with(
            "prime_search",
            &[("lo", "2"), ("n", "100"), ("chunk_len", "10")],
        );
        assert_eq!(report.int("count"), Some(26));
        assert_eq!(report.int("sum"), Some(1_060 + 101));
        let sieved = sieve(2, 100);
        assert_eq!((sieved.count, sieved.sum), (26, 1_161));
    }

    /// 손으로 센 나눗셈: 짝수는 1번, 3·5·7은 2번(2와 3), 9는 2번,
    /// 11은 3번(2, 3과 5: 몫 3과 2 가운데 2 < 5), 25는 3번.
    #[test]
    fn divisions_by_hand() {
        let divisions = |p: u32| {
            let mut divisions = 0;
            let prime = is_prime(p, || {
                divisions += 1;
                false
            });
            (prime, divisions)
        };
        assert_eq!(divisions(2), (Some(true), 1));
        assert_eq!(divisions(4), (Some(false), 1));
        assert_eq!(divisions(3), (Some(true), 2));
        assert_eq!(divisions(9), (Some(false), 2));
        assert_eq!(divisions(11), (Some(true), 3));
        assert_eq!(divisions(25), (Some(false), 3));
    }

    /// 거의 그대로일 때만 그 까닭을 말함.
    #[test]
    fn the_reason_is_given_only_where_it_holds() {
        let plain = [10.0, 10.0, 10.0, 20.0, 20.0, 20.0, 20.0];
        let told = |times: f64| {
            let flag = plain.map(|ns| ns * times).to_vec();
            let rows = vec![
                Timing::new(NO_FLAG, plain.to_vec(), 1),
                Timing::new(EVERY_TIME, flag, 1),
            ];
            let views = Timings { rows, clock_step_ns: 1.0 }.views("", "");
            verdict(&Report { views, ..Report::default() })
        };
        assert_eq!(told(1.1).choice.as_deref(), Some(SAME));
        assert!(told(1.1).sentence.contains("읽기가 싸고"));
        assert_eq!(told(3.0).choice.as_deref(), Some("3"));
        assert!(!told(3.0).sentence.contains("읽기가 싸고"));
    }

    #[test]
    fn every_way_counts_the_same_primes() {
        for lo in [2, 1_000_001, (1 << 32) - 1_000, 1_000_000_000_039] {
            let n = 2_000;
            let count = sieve(lo, n).count;
            assert_eq!(real::alone(lo, n), count, "{lo}");
            assert_eq!(real::wide(lo, n), count);
            assert_eq!(real::watching(lo, n, 1), count);
            assert_eq!(real::watching(lo, n, 64), count);
            assert_eq!(real::blocks(lo, n, 3), count);
            assert_eq!(real::chunks(lo, n, 7), count);
        }
    }

    #[test]
    fn a_raised_flag_stops_the_count() {
        let flag = AtomicBool::new(true);
        assert_eq!(count_primes(2..100, glance(&flag, 1)), 0);
        // 2, 3, 4까지 나눗셈 4번, 5의 둘째에서 그만둠
        assert_eq!(count_primes(2..100, glance(&flag, 6)), 2);
    }

    /// 어떻게 잘라도 모든 나눗셈을 한 번씩 함.
    #[test]
    fn every_chunking_does_all_the_work() {
        for chunk in Chunking::ALL {
            let p = Params { lo: 2, n: 1_000, chunk, ..Params::default() };
            let costs: Vec<u64> = (1..=1_000).collect();
            let plan = Plan::new(&p, &costs, |i| i + 1);
            let mut items = 0;
            plan.each(|taken| items += taken.items);
            assert_eq!(items, 1_000, "{chunk:?}");
            let (ends, _) = plan.finish();
            assert_eq!(ends.iter().sum::<u64>(), 500_500);
        }
    }

    /// 1,000,001 = 101 × 9,901. 101은 51번째로 나눠 보는 수임.
    #[test]
    fn a_divisor_is_found_and_told() {
        assert_eq!(divisor(50), 101);
        // 2와 3…999의 홀수
        assert_eq!(divisors(1_000_001), 1 + 499);
        let found = Found { worker: 0, divisor: 101, at: 51 };
        assert_eq!(wasted(&found, &[256, 244], 1), 0);
        assert_eq!(wasted(&found, &[256, 244], 64), 13);
        // 볼 때까지 제 몫이 먼저 끝남
        assert_eq!(wasted(&found, &[256, 244], 4_096), 193);
        let report = run_with("prime_search", &[("task", "any_divisor")]);
        assert_eq!(report.int("has_divisor"), Some(1));
        for (lo, has) in [("2", 0), ("3", 0), ("4", 1), ("999999937", 0)] {
            let pairs = [("task", "any_divisor"), ("lo", lo)];
            let report = run_with("prime_search", &pairs);
            assert_eq!(report.int("has_divisor"), Some(has), "{lo}");
        }
    }

    /// 찾은 일꾼은 51번째 나눗셈에서, 나머지는 깃발을 본 64번째에서 멈춤.
    #[test]
    fn everyone_stops_once_it_is_found() {
        let report = run_with("prime_search", &[("task", "any_divisor")]);
        let lanes = report.views.iter().find_map(|view| match view {
            View::Timeline(timeline) => Some(&timeline.lanes),
            _ => None,
        });
        let ends: Vec<(f64, &str)> = lanes
            .unwrap()
            .iter()
            .filter_map(|lane| lane.spans.last())
            .map(|last| (last.end, last.label.as_str()))
            .collect();
        assert_eq!(ends, [(51.0, "찾음"), (64.0, "64개")]);
    }

    #[test]
    fn the_answer_waits_for_the_clock() {
        let verdict = run_with("prime_search", &[]).verdict.unwrap();
        assert!(verdict.is_pending());
    }
}
