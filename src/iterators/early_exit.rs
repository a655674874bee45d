//! 끝까지 안 가도 되는 일: 당기는 쪽이 멈추면 만드는 쪽도 멈춤.

use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Mark,
    Point, Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 끝까지 보지 않아도 되는가?",
    prediction: Prediction {
        text: "항목마다 참일 확률이 정해져 있을 때(기본값은 1%), \
               멈출 때까지 평균 몇 개를 볼까?",
        ask: Ask::Number { unit: "개" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: None,
    python: Python::Same,
    bench: Bench::None("본 항목의 수를 세는 모형이라 잴 시간이 없음"),
    memory_mib: 64,
};

lab::choices! {
    /// 멈추는 규칙.
    pub enum Way {
        Any = "any", "any: 처음 참에서";
        All = "all", "all: 처음 거짓에서";
        Next = "next", "next(…, None): 처음 참에서";
        Takewhile = "takewhile", "takewhile(거짓인 동안): 처음 참에서";
        Islice = "islice", "islice(…, k): k번째 참에서";
    }
}

lab::params! {
    /// 참이 `permille`의 확률로 나오는 항목을 멈출 때까지 봄.
    pub struct Params {
        n: u64 = 10_000, int("항목의 수").unit("개")
            .range(1, 1_000_000).log();
        trials: u64 = 1_000, int("되풀이하는 횟수").unit("번")
            .range(1, 10_000).log();
        permille: u64 = 10, int("참일 확률").unit("‰").range(1, 1_000)
            .hint("10‰이 1%");
        way: Way = Way::Any, choice("멈추는 규칙");
        k: u64 = 5, int("k").unit("개").range(1, 100)
            .hint("islice에만 씀");
        seed: u64 = 42, int("씨앗");
    }
    check = check;
}

impl Params {
    /// 멈추게 하는 항목의 확률, 천분율.
    fn stopping(&self) -> u64 {
        match self.way {
            Way::All => 1_000 - self.permille,
            _ => self.permille,
        }
    }

    /// 멈추게 하는 항목을 몇 개 만나야 하는가.
    fn needed(&self) -> u64 {
        match self.way {
            Way::Islice => self.k,
            _ => 1,
        }
    }
}

/// 모든 되풀이에서 볼 것으로 기대되는 항목의 한도.
fn check(p: &Params, scope: Scope) -> Result<(), Failure> {
    let limit = scope.pick(5_000_000, 200_000_000);
    let expected = match p.stopping() {
        0 => p.n,
        chance => p.n.min(p.needed() * 1_000 / chance),
    };
    let most = limit / expected.max(1);
    if p.trials <= most {
        return Ok(());
    }
    let (trials, most) = (format::int(p.trials), format::int(most));
    let expected = format::int(expected);
    Err(Failure::param(
        "trials",
        format!(
            "되풀이하는 횟수(trials)의 값 '{trials}': 한 번에 {expected}개쯤 \
             보므로 1–{most}번 범위여야 함"
        ),
    ))
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Look { at: u64, hit: bool },
    Stop { looked: u64 },
}

impl Step {
    fn tag(self) -> &'static str {
        match self {
            Step::Look { .. } => "look",
            Step::Stop { .. } => "stop",
        }
    }
}

// ANCHOR: kernel
/// 멈출 때까지 하나씩 만들어 봄. (본 항목의 수, 멈추었는가).
pub fn search(
    p: &Params,
    rng: &mut SplitMix64,
    mut watch: impl FnMut(Step),
) -> (u64, bool) {
    let mut needed = p.needed();
    for at in 0..p.n {
        let truth = rng.below(1_000) < p.permille;
        let hit = truth == (p.way != Way::All);
        watch(Step::Look { at, hit }); // step: look
        needed -= u64::from(hit);
        if needed == 0 {
            watch(Step::Stop { looked: at + 1 });
            return (at + 1, true); // step: stop
        }
    }
    (p.n, false)
}
// ANCHOR_END: kernel

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let mut rng = SplitMix64::new(p.seed);
    let (mut looks, mut found) = (Vec::new(), 0);
    for trial in 0..p.trials {
        if trial.is_multiple_of(256) {
            ctx.progress(trial, p.trials, "멈출 때까지 보기")?;
        }
        let (looked, stopped) = search(p, &mut rng, |_| {});
        looks.push(looked);
        found += u64::from(stopped);
    }
    looks.sort_unstable();
    let sum: u64 = looks.iter().sum();
    let at = |percent: usize| looks[(looks.len() - 1) * percent / 100];
    let (median, p99, most) = (at(50), at(99), at(100));
    Ok(Report::default()
        .answer("looked", sum)
        .answer("median", median)
        .answer("p99", p99)
        .answer("max", most)
        .answer("found", found)
        .checksum(&[sum, median, p99, most, found])
        .view(View::Table(summary(p, &looks, found)))
        .view(View::Chart(histogram(p, &looks)))
        .view(View::Trace(replay(p))))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let int = |key| report.int(key).unwrap_or(0);
    let mean = int("looked") as f64 / p.trials as f64;
    let trials = format::int(p.trials);
    let sentence = match int("found") {
        _ if p.trials == 1 => "한 번만 해 본 것임.".to_owned(),
        0 => format!(
            "{trials}번의 평균임. 한 번도 멈추지 못하고 {}개를 모두 봄.",
            format::int(p.n)
        ),
        found if found == p.trials => format!(
            "{trials}번의 평균임. 절반은 {}개 안에 멈추었고 \
             가장 오래 본 것은 {}개임.",
            format::int(int("median")),
            format::int(int("max"))
        ),
        found => format!(
            "{trials}번의 평균임. 그 가운데 {}번 멈추었고 \
             나머지는 {}개를 모두 봄.",
            format::int(found),
            format::int(p.n)
        ),
    };
    Verdict::number(format!("{}개", format::fixed(mean, 1)), mean, sentence)
}

/// 항목이 n개뿐일 때 볼 것으로 기대되는 수.
///
/// 본 항목의 기댓값에 확률을 곱하면 그 안에서 만난 것의 기댓값임(발드의
/// 항등식). 만난 것은 n개 가운데 찾던 것의 수이고, k를 넘으면 k임.
fn expected(p: &Params) -> f64 {
    let chance = p.stopping() as f64 / 1_000.0;
    let (n, needed) = (p.n as f64, p.needed() as f64);
    if chance == 0.0 {
        return n;
    }
    if chance == 1.0 {
        return needed.min(n);
    }
    // 이항 분포: n개 가운데 찾던 것이 꼭 hits개일 확률
    let mut exactly = (1.0 - chance).powf(n);
    let mut short = 0.0;
    for hits in 0..p.needed().min(p.n + 1) {
        let hits = hits as f64;
        short += (needed - hits) * exactly;
        exactly *= (n - hits) / (hits + 1.0) * chance / (1.0 - chance);
    }
    (needed - short) / chance
}

fn summary(p: &Params, looks: &[u64], found: u64) -> Table {
    let sum: u64 = looks.iter().sum();
    let at = |percent: usize| looks[(looks.len() - 1) * percent / 100];
    let row =
        |name: &str, list: Cell, lazy: Cell| vec![name.into(), list, lazy];
    let same = |name: &str, lazy: u64| row(name, p.n.into(), lazy.into());
    let mean = Cell::fixed(sum as f64 / p.trials as f64, 1);
    let all = || Cell::fixed(p.n as f64, 1);
    Table {
        title: format!("{}번 되풀이하며 본 항목", format::int(p.trials)),
        badge: Badge::Exact,
        columns: vec![
            Column::text("지표"),
            Column::number("리스트를 먼저 만듦", ""),
            Column::number("제너레이터", ""),
        ],
        rows: vec![
            row("모두(개)", (p.n * p.trials).into(), sum.into()),
            row("평균(개)", all(), mean),
            row("평균의 이론값(개)", all(), Cell::fixed(expected(p), 1)),
            same("중앙값(개)", at(50)),
            same("99번째 백분위(개)", at(99)),
            same("가장 많이(개)", at(100)),
            row("멈춘 횟수(번)", found.into(), found.into()),
        ],
    }
}

/// 막대의 수.
const BINS: u64 = 40;

fn histogram(p: &Params, looks: &[u64]) -> Chart {
    let most = looks.last().copied().unwrap_or(1);
    let width = most.div_ceil(BINS).max(1);
    let bins = most.div_ceil(width);
    let mut counts = vec![0u64; bins as usize];
    for looked in looks {
        counts[((looked - 1) / width) as usize] += 1;
    }
    // 막대는 bin × width + 1부터 (bin + 1) × width까지의 정수를 셈
    let middle = |bin: usize| (bin as f64 + 0.5) * width as f64 + 0.5;
    let bars = counts.iter().enumerate();
    let bars = bars.map(|(bin, count)| (middle(bin), *count as f64).into());
    let mut series = vec![Series {
        name: "되풀이한 횟수".into(),
        shape: Shape::Bar,
        points: bars.collect(),
    }];
    if p.needed() == 1 {
        // 앞의 것이 모두 거짓이고 이 막대 안에서 처음 참일 확률
        let miss = 1.0 - p.stopping() as f64 / 1_000.0;
        let share = |bin: usize| {
            let from = miss.powf((bin as u64 * width) as f64);
            let end = (bin as u64 + 1) * width;
            // 마지막 막대에는 끝까지 못 찾은 것이 모두 모임
            let to = if end >= p.n { 0.0 } else { miss.powf(end as f64) };
            (from - to) * p.trials as f64
        };
        let points =
            (0..counts.len()).map(|bin| (middle(bin), share(bin)).into());
        series.push(Series {
            name: "이론값(기하 분포)".into(),
            shape: Shape::Line,
            points: points.collect::<Vec<Point>>(),
        });
    }
    let sum: u64 = looks.iter().sum();
    let mean = sum as f64 / looks.len() as f64;
    Chart {
        title: "멈출 때까지 본 항목".into(),
        badge: Badge::Exact,
        x: Axis::linear("본 항목", "개"),
        y: Axis::linear("되풀이한 횟수", "번"),
        series,
        marks: vec![Mark {
            axis: AxisName::X,
            at: mean,
            label: format!("평균 {}", format::fixed(mean, 1)),
        }],
    }
}

/// 첫 되풀이에서 그리는 장면의 수.
const MAX_FRAMES: u64 = 300;
/// 한 줄에 보이는 항목의 수.
const SHOWN: u64 = 32;

fn replay(p: &Params) -> Trace {
    let (mut frames, mut seen, mut total) = (Vec::new(), Vec::new(), 0);
    search(p, &mut SplitMix64::new(p.seed), |step| {
        let say = match step {
            Step::Look { at, hit } => {
                seen.push(hit);
                total = at + 1;
                match (hit, total == p.n) {
                    (true, _) => format!("{at}번: 찾던 것임"),
                    (_, false) => format!("{at}번: 아님. 하나 더 당김"),
                    (_, true) => format!("{at}번: 아님. 더 당길 것이 없음"),
                }
            }
            Step::Stop { looked } if looked == p.n => {
                "멈춤: 마지막 항목이었음".into()
            }
            Step::Stop { looked } => {
                let rest = format::int(p.n - looked);
                format!("멈춤: 남은 {rest}개는 만들어지지도 않음")
            }
        };
        let last = matches!(step, Step::Stop { .. }) || total == p.n;
        if total > MAX_FRAMES && !last {
            return;
        }
        let from = total.saturating_sub(SHOWN);
        let cells = (from..total).map(|at| LaneCell {
            at: at - from,
            text: match seen[at as usize] {
                true if p.way == Way::All => "거짓".into(),
                true => "참".into(),
                false => "·".into(),
            },
            tone: match (at + 1 == total, seen[at as usize]) {
                (_, true) => Tone::Hit,
                (true, false) => Tone::Now,
                (false, false) => Tone::Seen,
            },
        });
        frames.push(Frame {
            step: step.tag().into(),
            say,
            counters: vec![("본 항목".into(), format!("{total}개"))],
            lanes: vec![Lane {
                label: format!("{from}번부터"),
                size: SHOWN,
                cells: cells.collect(),
                group: 0,
            }],
            jumps: Vec::new(),
        });
    });
    let cut = match total > MAX_FRAMES {
        true => format!(" (처음 {MAX_FRAMES}장면과 끝)"),
        false => String::new(),
    };
    Trace {
        title: format!("첫 번째 되풀이: {}{cut}", p.way.label()),
        badge: Badge::Exact,
        frames,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn mean(pairs: &[(&str, &str)]) -> f64 {
        run_with("early_exit", pairs).int("looked").unwrap() as f64 / 1_000.0
    }

    /// 명세의 기준값: 1%이면 100개쯤.
    #[test]
    fn one_percent_looks_at_a_hundred() {
        let got = mean(&[]);
        assert!((90.0..110.0).contains(&got), "{got}");
    }

    /// 규칙마다 기대값에 가까움.
    #[test]
    fn means_follow_the_formula() {
        for (way, permille) in [
            ("any", 100),
            ("next", 250),
            ("takewhile", 20),
            ("all", 900),
            ("islice", 50),
        ] {
            let chance = permille.to_string();
            let pairs = [("way", way), ("permille", chance.as_str())];
            let table = Params::table();
            let values = table.parse(pairs, Scope::Native).unwrap();
            let want = expected(&Params::read(&values).unwrap());
            let got = mean(&pairs);
            assert!((got / want - 1.0).abs() < 0.1, "{way} {got} {want}");
        }
    }

    /// 확실한 참은 하나만, 없는 것은 끝까지.
    #[test]
    fn certain_outcomes() {
        assert_eq!(mean(&[("permille", "1000")]), 1.0);
        let never = [("permille", "1000"), ("way", "all"), ("n", "70")];
        assert_eq!(mean(&never), 70.0);
        let report = run_with("early_exit", &never);
        assert_eq!(report.int("found"), Some(0));
    }

    /// 항목이 100개뿐이면 63.4개: (1 − 0.99^100) / 0.01.
    #[test]
    fn a_short_list_ends_the_search() {
        let p = Params { n: 100, ..Params::default() };
        assert_eq!(format::fixed(expected(&p), 1), "63.4");
        let got = mean(&[("n", "100")]);
        assert!((60.0..67.0).contains(&got), "{got}");
    }

    /// k번째 참을 찾다가 끝나는 때도 이론값에 들어감.
    #[test]
    fn a_short_list_ends_the_kth_search() {
        let p = Params { n: 500, way: Way::Islice, ..Params::default() };
        let got = mean(&[("way", "islice"), ("n", "500")]);
        assert!((got - expected(&p)).abs() < 10.0, "{got} {}", expected(&p));
        let few = Params { n: 10, k: 100, ..p };
        assert_eq!(format::fixed(expected(&few), 6), "10.000000");
    }

    /// 못 찾은 것이 있으면 절반이 멈추었다고 말하지 않음.
    #[test]
    fn the_verdict_counts_what_never_stopped() {
        let sentence = |pairs: &[(&str, &str)]| {
            run_with("early_exit", pairs).verdict.unwrap().sentence
        };
        assert!(sentence(&[]).contains("절반은 66개 안에"));
        let short = sentence(&[("n", "100")]);
        assert!(short.contains("633번 멈추었고 나머지는 100개를"), "{short}");
        let never = sentence(&[("way", "all"), ("permille", "1000")]);
        assert!(never.contains("한 번도 멈추지 못하고 10,000개"), "{never}");
        assert_eq!(sentence(&[("trials", "1")]), "한 번만 해 본 것임.");
    }

    #[test]
    fn too_much_looking_is_refused() {
        let pairs = [("permille", "1"), ("n", "1e6"), ("trials", "10000")];
        let parsed = Params::table().parse(pairs, Scope::Browser);
        assert_eq!(parsed.unwrap_err().field(), Some("trials"));
    }
}
