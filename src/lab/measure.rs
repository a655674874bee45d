//! 정직하게 재기: 눈금을 먼저 재고, 그보다 훨씬 긴 묶음을, 번갈아 잼.

use std::hint::black_box;

use serde::{Deserialize, Serialize};

use super::experiment::note;
use super::format;
use super::host::{Ctx, Failure, Host};
use super::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Mark, Point, Series, Shape,
    Table, View,
};
use super::rng::SplitMix64;

/// 표본 하나는 시계 눈금의 이만큼은 걸리는 묶음임.
const STEPS_PER_SAMPLE: f64 = 200.0;
/// 눈금이 아주 고운 시계에서도 이보다 짧은 묶음은 잡음이 큼, ns.
const MIN_SAMPLE_NS: f64 = 200_000.0;
/// 이보다 긴 묶음은 표본을 적게 모음, ns.
const LONG_SAMPLE_NS: f64 = 20_000_000.0;
const SAMPLES: usize = 21;
const FEW_SAMPLES: usize = 7;
/// 멈춘 시계 앞에서 끝없이 커지지 않게 막음.
const MAX_BATCH: u64 = 1 << 20;
const RESAMPLES: usize = 2_000;

/// 잴 것 하나.
pub struct Case<'a> {
    pub name: String,
    /// 한 번 부를 때 처리하는 항목의 수: 시간을 이것으로 나눔.
    pub items: u64,
    /// 값을 돌려주어야 컴파일러가 지우지 못함.
    pub run: Box<dyn FnMut() -> u64 + 'a>,
}

impl<'a> Case<'a> {
    pub fn new(name: &str, items: u64, run: impl FnMut() -> u64 + 'a) -> Self {
        Case { name: name.to_owned(), items, run: Box::new(run) }
    }
}

/// 잰 것 하나. 시간은 모두 항목 하나의 ns.
#[derive(Clone, Debug)]
pub struct Timing {
    pub name: String,
    pub median: f64,
    pub p10: f64,
    pub p90: f64,
    /// 번갈아 잰 순서 그대로의 표본.
    pub samples: Vec<f64>,
    /// 표본 하나에 부른 횟수.
    pub batch: u64,
}

/// 여러 방법을 번갈아 잰 결과.
#[derive(Clone, Debug)]
pub struct Timings {
    pub rows: Vec<Timing>,
    pub clock_step_ns: f64,
}

/// 시계가 한 번에 움직이는 가장 작은 양, ns. 움직이지 않는 시계면 `None`.
pub fn clock_step(host: &dyn Host) -> Option<f64> {
    let mut smallest = f64::INFINITY;
    let mut last = host.now_ns();
    // 눈금 1 ms인 브라우저에서도 몇 ms면 끝남
    let mut moves = 0;
    for _ in 0..2_000_000 {
        let now = host.now_ns();
        if now > last {
            smallest = smallest.min(now - last);
            last = now;
            moves += 1;
            if moves == 5 {
                break;
            }
        }
    }
    smallest.is_finite().then_some(smallest)
}

/// 방법들을 A B A B 순서로 번갈아 잼. 눈금이 모자라면 `None`.
pub fn interleave(
    ctx: &Ctx,
    cases: &mut [Case],
) -> Result<Option<Timings>, Failure> {
    let step = ctx.env().clock_step_ns;
    let goal = (step * STEPS_PER_SAMPLE).max(MIN_SAMPLE_NS);
    let mut batches = Vec::new();
    let mut longest: f64 = 0.0;
    for case in cases.iter_mut() {
        ctx.progress(0, 1, "묶음 크기 정하기")?;
        // 첫 호출은 예열: 캐시, 페이지 폴트, WASM의 단계 컴파일
        black_box((case.run)());
        let mut batch = 1;
        let mut elapsed = sample(ctx, case, batch);
        while elapsed < goal && batch < MAX_BATCH {
            batch *= 2;
            elapsed = sample(ctx, case, batch);
        }
        if step <= 0.0 || elapsed < step * 10.0 {
            return Ok(None);
        }
        longest = longest.max(elapsed);
        batches.push(batch);
    }

    let count = if longest >= LONG_SAMPLE_NS { FEW_SAMPLES } else { SAMPLES };
    let mut samples = vec![Vec::with_capacity(count); cases.len()];
    for round in 0..count {
        ctx.progress(round as u64, count as u64, "번갈아 재기")?;
        for (i, case) in cases.iter_mut().enumerate() {
            let elapsed = sample(ctx, case, batches[i]);
            let items = (case.items.max(1) * batches[i]) as f64;
            samples[i].push(elapsed / items);
        }
    }

    let rows = cases.iter().zip(samples).zip(batches);
    let rows = rows.map(|((case, samples), batch)| {
        Timing::new(&case.name, samples, batch)
    });
    Ok(Some(Timings { rows: rows.collect(), clock_step_ns: step }))
}

impl Timing {
    /// 표본의 중앙값과 띠. 표본이 적으면 띠는 최소–최대임.
    pub fn new(name: &str, samples: Vec<f64>, batch: u64) -> Self {
        let mut sorted = samples.clone();
        sorted.sort_by(f64::total_cmp);
        let few = samples.len() < SAMPLES;
        let (low, high) = if few { (0.0, 1.0) } else { (0.1, 0.9) };
        Timing {
            name: name.to_owned(),
            median: quantile(&sorted, 0.5),
            p10: quantile(&sorted, low),
            p90: quantile(&sorted, high),
            samples,
            batch,
        }
    }
}

fn sample(ctx: &Ctx, case: &mut Case, batch: u64) -> f64 {
    let start = ctx.now_ns();
    for _ in 0..batch {
        black_box((case.run)());
    }
    ctx.now_ns() - start
}

/// 정렬된 표본의 분위수. 사이 값은 직선으로 이음.
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let at = q * last as f64;
    let low = at.floor() as usize;
    let high = at.ceil() as usize;
    sorted[low] + (sorted[high] - sorted[low]) * (at - low as f64)
}

/// 짝지은 표본의 비(`b / a`): 중앙값과 부트스트랩 95% 구간.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl Ratio {
    /// 구간이 1을 품으면 차이를 말할 수 없음.
    pub fn is_clear(self) -> bool {
        self.high < 1.0 || self.low > 1.0
    }

    /// `1.14배 (1.13–1.15)`.
    pub fn told(self) -> String {
        if !self.is_clear() {
            return NO_DIFFERENCE.into();
        }
        let [median, low, high] =
            [self.median, self.low, self.high].map(format::significant);
        format!("{median}배 ({low}–{high})")
    }
}

/// 짝지은 표본의 비. 두 중앙값의 비가 아니라 짝마다의 비의 중앙값이라야
/// 함께 흔들린 잡음이 지워지고 구간 안에 놓임.
pub fn paired_ratio(a: &[f64], b: &[f64]) -> Ratio {
    let mut ratios: Vec<f64> = a.iter().zip(b).map(|(a, b)| b / a).collect();
    ratios.sort_by(f64::total_cmp);
    let mut rng = SplitMix64::new(0x7261_7469);
    let mut medians: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let mut draw: Vec<f64> = (0..ratios.len())
                .map(|_| ratios[rng.below(ratios.len() as u64) as usize])
                .collect();
            draw.sort_by(f64::total_cmp);
            quantile(&draw, 0.5)
        })
        .collect();
    medians.sort_by(f64::total_cmp);
    Ratio {
        median: quantile(&ratios, 0.5),
        low: quantile(&medians, 0.025),
        high: quantile(&medians, 0.975),
    }
}

/// 짝지은 비의 열.
const AGAINST_FIRST: &str = "첫 방법과의 비 (95% 구간)";
const FIRST: &str = "기준";
/// 구간이 1을 품은 비의 글.
pub const NO_DIFFERENCE: &str = "이 측정으로는 구별할 수 없음";

/// 표에 적힌 짝지은 비로 낸 두 방법의 비와, 그것을 차이라고 부를 수 있는지.
pub(crate) fn paired_in(
    table: &Table,
    slow: &str,
    fast: &str,
) -> Option<(f64, bool)> {
    let column = table
        .columns
        .iter()
        .position(|column| column.label == AGAINST_FIRST)?;
    let cell = |name: &str| {
        let row = table.rows.iter().find(|row| row[0].text == name)?;
        row.get(column)
    };
    let cells = [cell(slow)?, cell(fast)?];
    let ratio = cells[0].value? / cells[1].value?;
    // 둘 다 첫 방법이 아니면 저마다 첫 방법과 견준 것이라 말해 주지 못함
    let has = |text: &str| cells.iter().any(|cell| cell.text == text);
    Some((ratio, !(has(FIRST) && has(NO_DIFFERENCE))))
}

impl Timings {
    /// 첫 방법과 견준 칸. 구간이 1을 품으면 차이를 말하지 않음.
    fn against_first(&self, row: usize) -> Cell {
        let (a, b) = (&self.rows[0], &self.rows[row]);
        if row == 0 {
            return Cell { text: FIRST.into(), value: Some(1.0) };
        }
        let ratio = paired_ratio(&a.samples, &b.samples);
        Cell { text: ratio.told(), value: Some(ratio.median) }
    }

    fn band(&self) -> &'static str {
        match self.rows.first() {
            Some(row) if row.samples.len() == SAMPLES => "p10–p90",
            _ => "최소–최대",
        }
    }

    /// 사다리: 파이썬부터 가장 빠른 것까지 같은 답을 내는 방법들. 파이썬과
    /// NumPy에서 잰 것도 같은 그래프에 놓이므로, 항목이 같아야 함.
    ///
    /// `limit`은 기계의 한계: 항목 하나의 ns와 그 이름.
    pub fn ladder(
        &self,
        title: &str,
        item: &str,
        limit: Option<(f64, String)>,
    ) -> Vec<View> {
        let mut views = self.views(title, item);
        if let Some(View::Chart(chart)) = views.first_mut() {
            chart.y.label = RUNGS.to_owned();
            chart.marks.extend(limit.map(|(at, label)| Mark {
                axis: AxisName::X,
                at,
                label,
            }));
        }
        views
    }

    /// 그래프 하나와 표 하나. `item`은 항목의 이름: `조회 한 번`.
    pub fn views(&self, title: &str, item: &str) -> Vec<View> {
        let names: Vec<&str> =
            self.rows.iter().map(|row| row.name.as_str()).collect();
        let points = self
            .rows
            .iter()
            .enumerate()
            .map(|(i, row)| Point {
                x: row.median,
                y: i as f64,
                low: Some(row.p10),
                high: Some(row.p90),
            })
            .collect();
        let label = format!("{item}의 시간");
        let chart = Chart {
            title: title.to_owned(),
            badge: Badge::Measured,
            x: Axis::log(&label, "ns"),
            y: Axis::category("방법", names),
            series: vec![Series {
                name: format!("중앙값과 {}", self.band()),
                shape: Shape::Dot,
                points,
            }],
            marks: Vec::new(),
        };
        let rows = self
            .rows
            .iter()
            .enumerate()
            .map(|(i, row)| {
                vec![
                    row.name.clone().into(),
                    number(row.median),
                    spread(row.p10, row.p90),
                    (row.samples.len() as u64).into(),
                    self.against_first(i),
                ]
            })
            .collect();
        let table = Table {
            title: format!(
                "{title}: {label}, 시계 눈금 {}",
                format::time(self.clock_step_ns)
            ),
            badge: Badge::Measured,
            columns: vec![
                Column::text("방법"),
                Column::number("중앙값", "ns"),
                Column::number(self.band(), "ns"),
                Column::number("표본", "개"),
                Column::text(AGAINST_FIRST),
            ],
            rows,
        };
        vec![View::Chart(chart), View::Table(table)]
    }
}

/// Python 대응물이 잰 것 하나. 시간은 항목 하나의 ns.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PythonTiming {
    pub name: String,
    pub ns: PythonSpread,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PythonSpread {
    pub median: f64,
    pub p10: f64,
    pub p90: f64,
}

/// 사다리 그래프의 세로축 이름: 이것으로 사다리를 알아봄.
const RUNGS: &str = "사다리의 단";

/// 보고서에 Python이 잰 것을 더함: 표 하나, 그리고 사다리의 단.
pub fn join_python(views: &mut Vec<View>, timings: &[PythonTiming]) {
    for view in views.iter_mut() {
        if let View::Chart(chart) = view
            && chart.y.label == RUNGS
        {
            climb(chart, timings);
        }
    }
    views.extend(python_views(timings));
}

/// 사다리의 아래쪽에 파이썬의 단을 놓음.
fn climb(chart: &mut Chart, timings: &[PythonTiming]) {
    let names = chart.y.categories.get_or_insert_default();
    let below = timings.len();
    names.splice(0..0, timings.iter().map(|each| each.name.clone()));
    for point in chart.series.iter_mut().flat_map(|each| &mut each.points) {
        point.y += below as f64;
    }
    let points = timings.iter().enumerate().map(|(i, each)| Point {
        x: each.ns.median,
        y: i as f64,
        low: Some(each.ns.p10),
        high: Some(each.ns.p90),
    });
    chart.series.push(Series {
        name: "파이썬과 NumPy".into(),
        shape: Shape::Dot,
        points: points.collect(),
    });
}

/// Python이 잰 것을 우리 표로. 재지 않았으면 볼 것이 없음.
pub fn python_views(timings: &[PythonTiming]) -> Vec<View> {
    if timings.is_empty() {
        return Vec::new();
    }
    let rows = timings.iter().map(|PythonTiming { name, ns }| {
        vec![name.as_str().into(), number(ns.median), spread(ns.p10, ns.p90)]
    });
    let table = Table {
        title: "파이썬에서 잰 시간: 항목 하나".into(),
        badge: Badge::Measured,
        columns: vec![
            Column::text("방법"),
            Column::number("중앙값", "ns"),
            Column::number("퍼짐", "ns"),
        ],
        rows: rows.collect(),
    };
    let caution = "퍼짐은 p10–p90, 오래 걸려 표본이 일곱이면 최소–최대임. \
                   서로 다른 실행 환경의 시간이므로 배수는 이 기기에서만 \
                   유효함";
    vec![View::Table(table), note(caution)]
}

/// 유효 숫자 셋의 칸.
fn number(ns: f64) -> Cell {
    Cell { text: format::significant(ns), value: Some(ns) }
}

fn spread(low: f64, high: f64) -> Cell {
    let text = format::significant;
    format!("{}–{}", text(low), text(high)).into()
}

/// 재고 그림. 눈금이 모자라면 까닭을 말함.
pub fn compare(
    ctx: &Ctx,
    title: &str,
    item: &str,
    mut cases: Vec<Case>,
) -> Result<Vec<View>, Failure> {
    Ok(match interleave(ctx, &mut cases)? {
        Some(timings) => timings.views(title, item),
        None => vec![note("해상도 부족: 시간 비교를 표시하지 않음")],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Scope;
    use crate::report::Env;
    use std::sync::Mutex;

    /// 부를 때마다 `tick`씩 가고 `step` 단위로만 읽히는 시계.
    struct FakeClock {
        now: Mutex<f64>,
        tick: f64,
        step: f64,
    }

    impl FakeClock {
        fn new(tick: f64, step: f64) -> Self {
            FakeClock { now: Mutex::new(0.0), tick, step }
        }
    }

    impl Host for FakeClock {
        fn now_ns(&self) -> f64 {
            let mut now = self.now.lock().unwrap();
            *now += self.tick;
            (*now / self.step).floor() * self.step
        }
        fn threads(&self) -> usize {
            1
        }
        fn progress(&self, _: f64, _: &str) {}
        fn stopped(&self) -> bool {
            false
        }
        fn env(&self) -> Env {
            Env { clock_step_ns: self.step, ..Env::default() }
        }
    }

    #[test]
    fn finds_the_step_of_a_coarse_clock() {
        let clock = FakeClock::new(30.0, 100_000.0);
        assert_eq!(clock_step(&clock), Some(100_000.0));
        assert_eq!(clock_step(&FakeClock::new(0.0, 1.0)), None);
    }

    #[test]
    fn a_sample_lasts_two_hundred_steps() {
        let clock = FakeClock::new(0.0, 1_000.0);
        let ctx = Ctx::new(&clock, Scope::Browser);
        let work = || {
            *clock.now.lock().unwrap() += 700.0;
            1
        };
        let mut cases = vec![Case::new("일", 7, work)];
        let timings = interleave(&ctx, &mut cases).unwrap().unwrap();
        let row = &timings.rows[0];
        assert_eq!(row.batch, 512);
        assert_eq!(row.samples.len(), SAMPLES);
        assert!((row.median - 100.0).abs() < 1.0, "{}", row.median);
    }

    #[test]
    fn a_stuck_clock_yields_no_numbers() {
        let clock = FakeClock::new(0.0, 1_000.0);
        let ctx = Ctx::new(&clock, Scope::Browser);
        let mut cases = vec![Case::new("일", 1, || 1)];
        assert!(interleave(&ctx, &mut cases).unwrap().is_none());
    }

    #[test]
    fn python_stands_on_the_lowest_rungs() {
        let clock = FakeClock::new(10.0, 1.0);
        let ctx = Ctx::new(&clock, Scope::Browser);
        let mut cases = vec![Case::new("Rust", 1, || 1)];
        let timings = interleave(&ctx, &mut cases).unwrap().unwrap();
        let limit = Some((0.5, "한계".to_owned()));
        let mut views = timings.ladder("사다리", "일", limit);
        let ns = PythonSpread { median: 9.0, p10: 8.0, p90: 10.0 };
        join_python(&mut views, &[PythonTiming { name: "목록".into(), ns }]);
        let Some(View::Chart(chart)) = views.first() else {
            panic!("그래프가 먼저임");
        };
        assert_eq!(chart.y.categories.as_deref().unwrap(), ["목록", "Rust"]);
        let at: Vec<f64> =
            chart.series.iter().map(|each| each.points[0].y).collect();
        assert_eq!(at, [1.0, 0.0]);
        assert_eq!(chart.marks.len(), 1);
    }

    #[test]
    fn equal_samples_are_not_told_apart() {
        let a = [1.0, 1.1, 0.9, 1.0, 1.2, 0.8, 1.0];
        let b = [1.1, 1.0, 1.0, 0.9, 1.1, 0.9, 1.0];
        assert!(!paired_ratio(&a, &b).is_clear());
        let slow: Vec<f64> = a.iter().map(|x| x * 2.0).collect();
        let ratio = paired_ratio(&a, &slow);
        assert!(ratio.is_clear());
        assert!(ratio.low <= ratio.median && ratio.median <= ratio.high);
        assert!((ratio.median - 2.0).abs() < 1e-9);
    }
}
