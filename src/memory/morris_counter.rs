//! 한 바이트로 세기: 수 대신 지수를 적는 계수기.
//!
//! 출처: Morris, "Counting large numbers of events in small registers"
//! (CACM 1978). 밑을 바꾼 꼴과 분산은 Flajolet (1985).

use lab::report::{
    Answer, Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Point,
    Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 한 바이트로 수백만까지 셀 수 있는가?",
    prediction: Prediction {
        text: "2의 거듭제곱만 적는 계수기 하나로 100,000을 셈. 추정의 표준 \
               편차는 참값의 얼마일까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: None,
    python: Python::UpTo(&[("n", 100_000), ("counters", 4)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] =
    &[("1", "1%쯤"), ("10", "10%쯤"), ("70", "70%쯤"), ("300", "300%쯤")];

lab::params! {
    /// 사건 `n`개를 세는 일을 씨앗을 바꿔 되풀이함.
    pub struct Params {
        n: u64 = 100_000, int("사건의 수").unit("번")
            .browser(10, 1_000_000).native(10, 100_000_000).log();
        a: u64 = 1, int("밑을 정하는 수(a)").range(1, 64)
            .hint("밑은 1 + 1/a. 1이면 2배씩, 클수록 촘촘히 오름");
        counters: u64 = 1, int("평균 낼 계수기").unit("개").range(1, 256);
        runs: u64 = 200, int("되풀이").unit("번").range(1, 1_000)
            .hint("파이썬은 열 번까지만 견줌");
        seed: u64 = 0, int("첫 씨앗").range(0, 1_000_000)
            .hint("계수기마다 1씩 커짐");
    }
    check = check;
}

fn check(p: &Params, scope: Scope) -> Result<(), Failure> {
    let most = scope.pick(200_000_000, 20_000_000_000);
    let draws = p.n * p.counters * p.runs;
    if draws > most {
        return Err(Failure::param(
            "runs",
            format!(
                "되풀이(runs)의 값 '{}': 난수를 {}번 뽑게 됨. n × counters × \
                 runs가 {} 이하여야 함",
                p.runs,
                format::int(draws),
                format::int(most)
            ),
        ));
    }
    Ok(())
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// 지수가 0이라 뽑지 않고 올림.
    First,
    Draw {
        drawn: u64,
        limit: u64,
    },
    Raise,
    Keep,
}

/// 지수만 적는 계수기와, 지수마다의 문턱.
#[derive(Clone, Debug)]
pub struct Morris {
    /// 지수.
    pub c: usize,
    rng: SplitMix64,
}

// ANCHOR: kernel
impl Morris {
    pub fn new(seed: u64) -> Self {
        Morris { c: 0, rng: SplitMix64::new(seed) }
    }

    /// 사건 하나: 확률 (1 + 1/a)^−c로만 지수를 올림. 밑이 2면 난수의 위쪽
    /// c비트가 모두 0일 때임.
    #[inline]
    pub fn tick(&mut self, limits: &[u64], mut watch: impl FnMut(Step)) {
        if self.c == 0 {
            self.c = 1; // step: first
            return watch(Step::First);
        }
        let drawn = self.rng.next_u64(); // step: draw
        let limit = limits[self.c];
        watch(Step::Draw { drawn, limit });
        if drawn < limit {
            self.c += 1; // step: raise
            watch(Step::Raise);
        } else {
            watch(Step::Keep); // step: keep
        }
    }
}

/// 지수 c의 문턱: 2^64 (a / (a + 1))^c를 정수로. 0번은 쓰지 않음.
pub fn limits(a: u64) -> Vec<u64> {
    let (mut limits, mut limit) = (vec![u64::MAX], 1u128 << 64);
    while limit > 1 {
        limit = limit * u128::from(a) / u128::from(a + 1);
        limits.push(limit as u64);
    }
    // 더 올라갈 수 없는 끝
    limits.push(0);
    limits
}

/// 지수에서 되짚은 수: a ((1 + 1/a)^c − 1). 밑이 2면 2^c − 1.
pub fn estimate(c: usize, a: u64) -> f64 {
    let base = 1.0 + 1.0 / a as f64;
    let power = (0..c).fold(1.0, |power, _| power * base);
    a as f64 * (power - 1.0)
}
// ANCHOR_END: kernel

/// `n`번 센 지수.
pub fn count(n: u64, seed: u64, limits: &[u64]) -> usize {
    let mut morris = Morris::new(seed);
    for _ in 0..n {
        morris.tick(limits, |_| {});
    }
    morris.c
}

/// 파이썬이 견주는 되풀이.
const COMPARED: usize = 10;
/// 한 바이트에 들어가는 가장 큰 지수.
const BYTE: usize = 255;

/// 되풀이마다 계수기들의 지수.
fn all(p: &Params, ctx: &Ctx) -> Result<Vec<Vec<usize>>, Failure> {
    let limits = limits(p.a);
    let mut runs = Vec::new();
    let total = p.runs * p.counters;
    for run in 0..p.runs {
        let mut exponents = Vec::new();
        for done in run * p.counters..(run + 1) * p.counters {
            ctx.progress(done, total, "세기")?;
            exponents.push(count(p.n, p.seed + done, &limits));
        }
        runs.push(exponents);
    }
    Ok(runs)
}

/// 계수기들의 평균으로 어림한 수.
fn mean(counters: &[usize], a: u64) -> f64 {
    let total: f64 = counters.iter().map(|c| estimate(*c, a)).sum();
    total / counters.len() as f64
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let runs = all(p, ctx)?;
    let compared: Vec<u64> =
        runs.iter().take(COMPARED).flatten().map(|c| *c as u64).collect();
    let text: Vec<String> = compared.iter().map(u64::to_string).collect();
    let first = mean(&runs[0], p.a);
    let estimates: Vec<f64> =
        runs.iter().map(|counters| mean(counters, p.a)).collect();
    let mut report = Report::default()
        .answer("exponents", text.join(" ").as_str())
        .answer("first", Answer::Near { value: first, tolerance: 1e-6 })
        .checksum(&compared)
        .view(View::Table(summary(p, &estimates)))
        .view(View::Chart(histogram(p, &runs, ctx)?))
        .view(View::Chart(paths(p)))
        .view(View::Table(bases()))
        .view(View::Trace(replay(p.a, p.seed)));
    let most = runs.iter().flatten().max().copied().unwrap_or(0);
    if most > BYTE {
        report.notes.push(format!(
            "지수가 {most}까지 올라 한 바이트({BYTE}까지)에 담기지 않음: a가 \
             {}이면 한 바이트로는 {}번쯤까지 셈",
            p.a,
            format::significant(estimate(BYTE, p.a))
        ));
    }
    Ok(report)
}

/// 계수기 하나의 상대 표준 편차: √((1 − 1/n) / 2a).
fn sigma(p: &Params) -> f64 {
    let one = (1.0 - 1.0 / p.n as f64) / (2.0 * p.a as f64);
    (one / p.counters as f64).sqrt()
}

/// 요약의 제목: 예측의 정답이 이 표에서 나옴.
const SUMMARY: &str = "되풀이한 추정";

fn verdict(report: &Report) -> Verdict {
    let table = report.views.iter().find_map(|view| match view {
        View::Table(table) if table.title == SUMMARY => Some(table),
        _ => None,
    });
    let value = |column: usize| table?.rows.first()?.get(column)?.value;
    let (Some(theory), Some(seen)) = (value(3), value(4)) else {
        return Verdict::pending();
    };
    let far = |guess: &str| {
        let guess: f64 = guess.parse().unwrap_or(1.0);
        (guess / seen.max(1e-9)).ln().abs()
    };
    let nearest = GUESSES
        .iter()
        .map(|(value, _)| *value)
        .min_by(|a, b| far(a).total_cmp(&far(b)));
    let sentence = format!(
        "되풀이한 추정은 참값의 {}%(rms)씩 빗나감. 이론의 표준 편차는 {}%임.",
        format::significant(seen),
        format::significant(theory)
    );
    // 가장 가까운 선택지는 10%쯤이어도 잰 것은 18%일 수 있음
    let verdict = Verdict::choice(GUESSES, nearest.unwrap_or("70"), sentence);
    Verdict { headline: format!("{}%", format::significant(seen)), ..verdict }
}

fn summary(p: &Params, estimates: &[f64]) -> Table {
    let (n, runs) = (p.n as f64, estimates.len() as f64);
    let mean = estimates.iter().sum::<f64>() / runs;
    let square =
        estimates.iter().map(|x| (x / n - 1.0).powi(2)).sum::<f64>() / runs;
    let sigma = sigma(p);
    let mut sorted = estimates.to_vec();
    sorted.sort_by(f64::total_cmp);
    Table {
        title: SUMMARY.into(),
        badge: Badge::Exact,
        columns: vec![
            Column::number("센 사건", "번"),
            Column::number("추정의 평균", "번"),
            Column::number("그 평균의 σ", "번"),
            Column::number("이론의 σ", "%"),
            Column::number("실험의 오차(rms)", "%"),
            Column::number("가장 작은 추정", "번"),
            Column::number("가장 큰 추정", "번"),
        ],
        rows: vec![vec![
            p.n.into(),
            Cell::fixed(mean, 1),
            Cell::fixed(sigma * n / runs.sqrt(), 1),
            Cell::fixed(100.0 * sigma, 1),
            Cell::fixed(100.0 * square.sqrt(), 1),
            Cell::fixed(sorted.first().copied().unwrap_or(0.0), 0),
            Cell::fixed(sorted.last().copied().unwrap_or(0.0), 0),
        ]],
    }
}

/// 이론의 분포를 셈하는 데 쓰는 곱셈의 한도.
const MOST_STEPS: u64 = 40_000_000;

/// `n`번 뒤에 지수가 c일 확률. 너무 길면 셈하지 않음. 보이기만 함.
fn chances(p: &Params, top: usize, ctx: &Ctx) -> Result<Vec<f64>, Failure> {
    if p.n * top as u64 > MOST_STEPS {
        return Ok(Vec::new());
    }
    let base = 1.0 + 1.0 / p.a as f64;
    let up: Vec<f64> = (0..=top).map(|c| base.powi(-(c as i32))).collect();
    let mut chance = vec![0.0; top + 1];
    chance[0] = 1.0;
    for event in 0..p.n {
        if event.is_multiple_of(1 << 16) {
            ctx.progress(event, p.n, "이론의 분포")?;
        }
        for c in (1..=top).rev() {
            let stay = if c == top { 1.0 } else { 1.0 - up[c] };
            chance[c] = chance[c] * stay + chance[c - 1] * up[c - 1];
        }
        // 지수 0에서는 반드시 오름
        chance[0] = 0.0;
    }
    Ok(chance)
}

/// 지수의 분포: 막대는 실험, 선은 이론.
fn histogram(
    p: &Params,
    runs: &[Vec<usize>],
    ctx: &Ctx,
) -> Result<Chart, Failure> {
    let seen: Vec<usize> = runs.iter().flatten().copied().collect();
    let low = seen.iter().copied().min().unwrap_or(0);
    let high = seen.iter().copied().max().unwrap_or(0);
    let mut counts = vec![0u64; high + 1];
    seen.iter().for_each(|c| counts[*c] += 1);
    // 이론은 실험이 닿지 않은 조금 위까지
    let top = high + 4;
    let total = seen.len() as f64;
    let chance = chances(p, top, ctx)?;
    let from = low.saturating_sub(3);
    let bars = (from..=high).map(|c| (c as f64, counts[c] as f64).into());
    let mut series = vec![Series {
        name: format!("계수기 {}개", format::int(seen.len() as u64)),
        shape: Shape::Bar,
        points: bars.collect(),
    }];
    if !chance.is_empty() {
        let line = (from..top).map(|c| (c as f64, total * chance[c]).into());
        series.push(Series {
            name: "이론".into(),
            shape: Shape::Line,
            points: line.collect(),
        });
    }
    Ok(Chart {
        title: "지수의 분포".into(),
        badge: Badge::Exact,
        x: Axis::linear("지수 c", ""),
        y: Axis::linear("계수기", "개"),
        series,
        marks: Vec::new(),
    })
}

/// 그리는 길의 수.
const PATHS: u64 = 4;

/// 세는 동안 추정이 지나온 길: 지수가 오를 때마다 한 점.
fn paths(p: &Params) -> Chart {
    let limits = limits(p.a);
    let path = |seed: u64| {
        let mut morris = Morris::new(seed);
        let mut points: Vec<Point> = Vec::new();
        for event in 1..=p.n {
            let before = morris.c;
            morris.tick(&limits, |_| {});
            if morris.c > before {
                let x = event as f64;
                points.push((x, estimate(morris.c, p.a)).into());
            }
        }
        points.push((p.n as f64, estimate(morris.c, p.a)).into());
        points
    };
    let mut series = vec![Series {
        name: "참값".into(),
        shape: Shape::Line,
        points: vec![(1.0, 1.0).into(), (p.n as f64, p.n as f64).into()],
    }];
    series.extend((0..PATHS).map(|i| Series {
        name: format!("씨앗 {}", p.seed + i),
        shape: Shape::Step,
        points: path(p.seed + i),
    }));
    Chart {
        title: "세는 동안의 추정: 계수기 네 개".into(),
        badge: Badge::Exact,
        x: Axis::log("지금까지의 사건", "번"),
        y: Axis::log("추정", "번"),
        series,
        marks: Vec::new(),
    }
}

fn most(a: u64) -> f64 {
    estimate(BYTE, a)
}

/// 조보다 크면 10의 거듭제곱으로.
fn large(value: f64) -> String {
    if value < 1e12 {
        return format::significant(value);
    }
    let text = format!("{value:.1e}");
    match text.split_once('e') {
        Some((digits, power)) => format!("{digits} × 10^{power}"),
        None => text,
    }
}

/// 밑마다의 오차와 한 바이트의 한계.
fn bases() -> Table {
    let row = |a: u64| {
        vec![
            a.into(),
            Cell::fixed(1.0 + 1.0 / a as f64, 4),
            Cell::fixed(100.0 / (2.0 * a as f64).sqrt(), 1),
            Cell { text: large(most(a)), value: Some(most(a)) },
        ]
    };
    Table {
        title: "밑과 한 바이트의 한계".into(),
        badge: Badge::Exact,
        columns: vec![
            Column::number("a", ""),
            Column::number("밑", ""),
            Column::number("이론의 σ", "%"),
            Column::number("지수 255의 추정", "번"),
        ],
        rows: [1, 2, 4, 8, 16, 32, 64].map(row).into(),
    }
}

/// 재생하는 사건의 수.
const REPLAY: u64 = 24;

fn replay(a: u64, seed: u64) -> Trace {
    let limits = limits(a);
    let mut morris = Morris::new(seed);
    let mut frames: Vec<Frame> = Vec::new();
    let unit =
        |x: u64| format!("{:.3}", x as f64 / 18_446_744_073_709_551_616.0);
    for event in 1..=REPLAY {
        let before = morris.c;
        let mut steps = Vec::new();
        morris.tick(&limits, |step| steps.push(step));
        let (mut dice, mut bar) = ("–".to_owned(), "1.000".to_owned());
        for step in steps {
            let (tag, say, c) = match step {
                Step::First => {
                    ("first", "지수가 0이면 뽑지 않고 올림".to_owned(), 1)
                }
                Step::Draw { drawn, limit } => {
                    (dice, bar) = (unit(drawn), unit(limit));
                    let say = format!("0과 1 사이에서 뽑은 수가 {dice}임");
                    ("draw", say, before)
                }
                Step::Raise => {
                    let say = format!("문턱 {bar}보다 작으므로 지수를 올림");
                    ("raise", say, morris.c)
                }
                Step::Keep => {
                    let say = format!("문턱 {bar} 이상이므로 그대로 둠");
                    ("keep", say, before)
                }
            };
            let up = matches!(step, Step::First | Step::Raise);
            let cells = (0..c).map(|at| LaneCell {
                at: at as u64,
                text: (at + 1).to_string(),
                tone: match (at + 1 == c, up) {
                    (true, true) => Tone::Hit,
                    (true, false) => Tone::Now,
                    _ => Tone::Seen,
                },
            });
            frames.push(Frame {
                step: tag.into(),
                say: format!("사건 {event}: {say}"),
                counters: vec![
                    ("지수".into(), c.to_string()),
                    ("추정".into(), format::fixed(estimate(c, a), 1)),
                    ("문턱".into(), bar.clone()),
                    ("뽑은 수".into(), dice.clone()),
                ],
                lanes: vec![Lane {
                    label: "오른 지수".into(),
                    size: REPLAY,
                    cells: cells.collect(),
                    group: 0,
                }],
                jumps: Vec::new(),
            });
        }
    }
    Trace {
        title: format!("사건 {REPLAY}번을 세기"),
        badge: Badge::Exact,
        frames,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 명세의 기준값: n = 100,000, 씨앗 0–9, 밑 2.
    #[test]
    fn anchors() {
        let limits = limits(1);
        let seen: Vec<u64> = (0..10)
            .map(|seed| estimate(count(100_000, seed, &limits), 1) as u64)
            .collect();
        let want = [
            262_143, 65_535, 131_071, 131_071, 65_535, 262_143, 262_143,
            65_535, 65_535, 131_071,
        ];
        assert_eq!(seen, want);
        let one = |seed| estimate(count(10_000, seed, &limits), 1);
        let mean = (0..200).map(one).sum::<f64>() / 200.0;
        assert_eq!(format::fixed(mean, 2), "9,634.84");
    }

    /// 밑 2의 문턱은 위쪽 c비트가 0인가와 같음.
    #[test]
    fn base_two_looks_at_the_top_bits() {
        let limits = limits(1);
        let mut rng = SplitMix64::new(3);
        for (c, limit) in limits.iter().enumerate().take(20).skip(1) {
            for _ in 0..200 {
                let drawn = rng.next_u64() >> (c / 2);
                assert_eq!(drawn < *limit, drawn >> (64 - c) == 0);
            }
        }
    }

    /// 문턱은 줄어들기만 하고, 끝에 닿으면 더 오르지 않음.
    #[test]
    fn limits_fall_to_zero() {
        for a in [1, 2, 7, 64] {
            let limits = limits(a);
            assert!(limits.windows(2).all(|pair| pair[1] <= pair[0]));
            assert_eq!(limits.last(), Some(&0));
            let mut morris = Morris::new(1);
            morris.c = limits.len() - 1;
            (0..100).for_each(|_| morris.tick(&limits, |_| {}));
            assert_eq!(morris.c, limits.len() - 1);
        }
    }

    /// 치우치지 않고, 흩어짐은 √(n(n − 1) / 2a)임. 밑마다.
    #[test]
    fn the_error_is_what_the_theory_says() {
        for (a, runs) in [(1, 4_000), (4, 2_000), (16, 1_000)] {
            let (limits, n) = (limits(a), 2_000);
            let seen: Vec<f64> = (0..runs)
                .map(|seed| estimate(count(n, 1_000 + seed, &limits), a))
                .collect();
            let (n, runs) = (n as f64, runs as f64);
            let sigma = (n * (n - 1.0) / (2.0 * a as f64)).sqrt();
            let mean = seen.iter().sum::<f64>() / runs;
            assert!(
                (mean - n).abs() < 4.0 * sigma / runs.sqrt(),
                "{a} {mean}"
            );
            let square = seen.iter().map(|x| (x - n).powi(2)).sum::<f64>();
            let ratio = (square / runs).sqrt() / sigma;
            assert!((0.85..1.2).contains(&ratio), "{a} {ratio}");
        }
    }

    /// 이론의 분포는 합이 1이고 평균이 n임.
    #[test]
    fn chances_are_a_distribution() {
        let ctx = Ctx::new(&lab::host::Quiet, Scope::Native);
        for a in [1, 8] {
            let p = Params { n: 500, a, ..Params::default() };
            let chance = chances(&p, 120, &ctx).unwrap();
            let mean = chance
                .iter()
                .zip(0..)
                .map(|(chance, c)| chance * estimate(c, a));
            assert!((chance.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            assert!((mean.sum::<f64>() - 500.0).abs() < 1.0);
        }
    }

    /// 본문의 수: 넷에 셋은 35% 안쪽이고, 나머지가 분산의 큰 몫임.
    #[test]
    fn a_few_far_counts_make_most_of_the_variance() {
        let ctx = Ctx::new(&lab::host::Quiet, Scope::Native);
        let p = Params::default();
        let chance = chances(&p, 30, &ctx).unwrap();
        let error = |c: usize| estimate(c, 1) / p.n as f64 - 1.0;
        assert!([16, 17].iter().all(|c| error(*c).abs() < 0.35));
        assert_eq!(format::fixed(chance[16] + chance[17], 2), "0.76");
        let far: f64 = chance[18..].iter().sum();
        assert_eq!(format::fixed(far, 2), "0.08");
        let square = |c: usize| chance[c] * error(c).powi(2);
        let [far, all]: [f64; 2] =
            [18, 0].map(|low| (low..30).map(square).sum());
        assert!((0.6..0.75).contains(&(far / all)), "{}", far / all);
    }

    #[test]
    fn one_byte_reaches_millions() {
        assert_eq!(estimate(17, 1), 131_071.0);
        assert!((80e6..90e6).contains(&most(16)), "{}", most(16));
        assert_eq!(large(most(1)), "5.8 × 10^76");
    }

    /// 밑이 촘촘하면 한 바이트를 넘고, 그렇다고 말함.
    #[test]
    fn an_exponent_over_a_byte_is_told() {
        assert!(run_with("morris_counter", &[]).notes.is_empty());
        let dense = run_with("morris_counter", &[("a", "64")]);
        assert!(dense.notes[0].contains("3,272번쯤"), "{:?}", dense.notes);
    }

    #[test]
    fn the_default_error_is_seventy_percent() {
        let verdict = run_with("morris_counter", &[]).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("70"), "{verdict:?}");
        assert_eq!(verdict.headline, "71.1%");
    }

    #[test]
    fn small_runs_are_told() {
        for pairs in [[("n", "10"), ("runs", "1")], [("n", "11"), ("a", "64")]]
        {
            assert_eq!(run_with("morris_counter", &pairs).views.len(), 5);
        }
        let table = Params::table();
        let pairs = [("counters", "256"), ("runs", "1000")];
        assert!(table.parse(pairs, Scope::Browser).is_err());
    }
}
