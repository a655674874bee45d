//! 가장 느린 하나: 여러 서버에 나눠 묻는 요청은 가장 늦은 답을 기다림.

use concurrency::events::{exp_q20, percentile};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Mark, Series, Shape, Table,
    Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 99%가 빠른데 전체는 느린가?",
    prediction: Prediction {
        text: "서버 하나하나는 100번에 99번을 빠르게 답함. 요청 하나가 서버 \
               100대에 한꺼번에 묻고 모두의 답을 모음. 요청이 느린 답을 \
               하나라도 만날 확률은 몇 %일까?",
        ask: Ask::Number { unit: "%" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: None,
    python: Python::UpTo(&[("requests", 2_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

lab::params! {
    /// 서버 `fan`대에 한꺼번에 묻는 요청들.
    pub struct Params {
        requests: u64 = 1_000, int("요청").unit("번")
            .browser(100, 10_000).native(100, 50_000).log();
        fan: u64 = 100, int("한 요청이 묻는 서버").unit("대").range(1, 200);
        slow_permille: u64 = 10, int("느린 답").unit("‰").range(0, 500);
        fast_ms: u64 = 10, int("빠른 답의 평균").unit("ms").range(1, 100);
        slow_ms: u64 = 1_000, int("느린 답의 평균").unit("ms")
            .range(10, 10_000).log();
        hedge_ms: u64 = 50, int("한 번 더 묻기까지").unit("ms")
            .range(1, 10_000).log()
            .hint("이만큼 답이 없으면 다른 서버에도 물어 먼저 온 답을 씀");
        seed: u64 = 42, int("씨앗").range(0, 1_000_000);
    }
    check = check;
}

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    if p.slow_ms > p.fast_ms {
        return Ok(());
    }
    Err(Failure::param(
        "slow_ms",
        format!(
            "느린 답의 평균(slow_ms)의 값 '{}': 빠른 답의 평균(fast_ms) {}보다 \
             커야 함",
            p.slow_ms, p.fast_ms
        ),
    ))
}

/// 묻는 서버의 수를 바꿔 보는 자리.
const FANS: [u64; 8] = [1, 2, 5, 10, 20, 50, 100, 200];

// ANCHOR: kernel
/// 답 하나의 시간을 뽑음, µs. 절반은 정해져 있고 절반은 지수 분포임.
#[derive(Clone, Debug)]
pub struct Replies {
    rng: SplitMix64,
    table: Vec<u32>,
    slow: u64,
    /// 빠른 답과 느린 답의 평균.
    means: [u64; 2],
}

impl Replies {
    pub fn new(p: &Params, stream: u64) -> Self {
        Replies {
            rng: SplitMix64::new((p.seed << 1) | stream),
            table: exp_q20(),
            slow: p.slow_permille,
            means: [p.fast_ms * 1_000, p.slow_ms * 1_000],
        }
    }

    /// 시간과, 느린 답인가.
    fn draw(&mut self) -> (u64, bool) {
        let slow = self.rng.below(1_000) < self.slow;
        let half = self.means[usize::from(slow)] / 2;
        let gap = u64::from(self.table[(self.rng.next_u64() >> 52) as usize]);
        (half + ((half * gap) >> 20), slow)
    }
}

/// 요청 하나를 서버 1, 2, …, `fan`대에 물었을 때의 시간: 지금까지 온 답
/// 가운데 가장 늦은 것.
pub fn ask(
    fan: u64,
    hedge: u64,
    first: &mut Replies,
    second: &mut Replies,
    mut each: impl FnMut(u64, [u64; 2], bool),
) -> u64 {
    let (mut plain, mut hedged, mut met, mut extra) = (0, 0, false, 0);
    for servers in 1..=fan {
        let (time, slow) = first.draw();
        met |= slow;
        plain = plain.max(time);
        // 늦으면 다른 서버에도 묻고 먼저 온 답을 씀
        let time = if time > hedge {
            extra += 1;
            time.min(hedge + second.draw().0)
        } else {
            time
        };
        hedged = hedged.max(time);
        each(servers, [plain, hedged], met);
    }
    extra
}

/// 답이 `of`번에 `slow`번 느리면, 느린 답을 하나라도 만날 확률:
/// 1 − (1 − p)ⁿ.
pub fn chance(slow: u64, of: u64, fan: u64) -> f64 {
    let fast = (of - slow) as f64 / of as f64;
    1.0 - (0..fan).fold(1.0, |product, _| product * fast)
}
// ANCHOR_END: kernel

/// 서버의 수 하나에서: 한 번씩 물은 것과 한 번 더 물은 것.
#[derive(Clone, Debug, Default)]
struct Spread {
    fan: u64,
    /// 느린 답을 만난 요청.
    met: u64,
    plain: Vec<u64>,
    hedged: Vec<u64>,
}

impl Spread {
    fn sort(&mut self) {
        self.plain.sort_unstable();
        self.hedged.sort_unstable();
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let mut fans: Vec<u64> = FANS.to_vec();
    if !fans.contains(&p.fan) {
        fans.push(p.fan);
        fans.sort_unstable();
    }
    let mut spreads: Vec<Spread> = fans
        .iter()
        .map(|fan| Spread { fan: *fan, ..Spread::default() })
        .collect();
    let (mut first, mut second) = (Replies::new(p, 0), Replies::new(p, 1));
    let most = fans.last().copied().unwrap_or(p.fan);
    let mut extra = 0;
    for request in 0..p.requests {
        if request % 200 == 0 {
            ctx.progress(request, p.requests, "묻고 기다리기")?;
        }
        let mut at = 0;
        extra += ask(
            most,
            p.hedge_ms * 1_000,
            &mut first,
            &mut second,
            |servers, [plain, hedged], met| {
                if spreads[at].fan == servers {
                    spreads[at].plain.push(plain);
                    spreads[at].hedged.push(hedged);
                    spreads[at].met += u64::from(met);
                    at = (at + 1).min(fans.len() - 1);
                }
            },
        );
    }
    let mut words = vec![extra];
    let mut report = Report::default();
    for spread in &mut spreads {
        spread.sort();
        let [p50, p99] = [50, 99].map(|at| percentile(&spread.plain, at));
        let [h50, h99] = [50, 99].map(|at| percentile(&spread.hedged, at));
        words.extend([spread.fan, spread.met, p50, p99, h50, h99]);
        if spread.fan == p.fan {
            report = report
                .answer("met", spread.met)
                .answer("p50", p50)
                .answer("p99", p99)
                .answer("hedged_p50", h50)
                .answer("hedged_p99", h99);
        }
    }
    let chance = chance(p.slow_permille, 1_000, p.fan);
    // 반올림의 경계에서도 모두 같도록 백만분율의 정수로
    let ppm = (chance * 1e6 + 0.5) as u64;
    report = report
        .answer("chance_ppm", ppm)
        .answer("extra", extra)
        .answer("asked", p.requests * most)
        .checksum(&words)
        .view(View::Chart(met_chart(p, &spreads)))
        .view(View::Chart(tail_chart(&spreads)))
        .view(View::Table(table(p, &spreads)))
        .view(View::Table(load(p, extra, most)));
    if p.slow_permille > 0 {
        report = report.view(note(
            "한 번 더 물어도 '둘 다 느림'은 남음: 그 몫이 1%에 가까우면 \
             '한 번 더: p99'는 씨앗에 따라 크게 달라짐",
        ));
    }
    Ok(report)
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let int = |key: &str| report.int(key).unwrap_or(0);
    let percent = int("chance_ppm") as f64 / 1e4;
    let seen = int("met") as f64 * 100.0 / p.requests as f64;
    let fast = format::fixed(100.0 - p.slow_permille as f64 / 10.0, 1);
    let why = match (p.slow_permille, p.fan) {
        (0, _) => "느린 답이 없으니 몇 대에 물어도 만나지 않음.".to_owned(),
        (_, 1) => format!("한 대가 빠를 확률이 {fast}%라서임."),
        _ => format!(
            "{}대가 모두 빠를 확률이 {fast}%를 {}번 곱한 것이라서임.",
            p.fan, p.fan
        ),
    };
    let sentence = format!(
        "{why} 이 실행에서는 요청 {}번 가운데 {}%가 느린 답을 만남.",
        format::int(p.requests),
        format::fixed(seen, 1)
    );
    let headline = format!("{}%", format::fixed(percent, 1));
    Verdict::number(headline, percent, sentence)
}

fn ms(us: u64) -> f64 {
    us as f64 / 1_000.0
}

fn met_chart(p: &Params, spreads: &[Spread]) -> Chart {
    let seen = spreads.iter().map(|each| {
        let share = each.met as f64 * 100.0 / p.requests as f64;
        (each.fan as f64, share).into()
    });
    let theory = (1..=200)
        .map(|fan| (fan, chance(p.slow_permille, 1_000, fan)))
        .map(|(fan, chance)| (fan as f64, chance * 100.0).into());
    Chart {
        title: "느린 답을 하나라도 만나는 요청".into(),
        badge: Badge::Model,
        x: Axis::log("한 요청이 묻는 서버", "대"),
        y: Axis::linear("느린 답을 만남", "%"),
        series: vec![
            Series {
                name: "1 − (1 − p)ⁿ".into(),
                shape: Shape::Line,
                points: theory.collect(),
            },
            Series {
                name: "이 실행".into(),
                shape: Shape::Dot,
                points: seen.collect(),
            },
        ],
        marks: vec![Mark {
            axis: AxisName::Y,
            at: 50.0,
            label: "절반".into(),
        }],
    }
}

fn tail_chart(spreads: &[Spread]) -> Chart {
    let line = |name: &str, shape, pick: &dyn Fn(&Spread) -> u64| Series {
        name: name.into(),
        shape,
        points: spreads
            .iter()
            .map(|each| (each.fan as f64, ms(pick(each)).max(0.001)).into())
            .collect(),
    };
    let plain = |at| move |each: &Spread| percentile(&each.plain, at);
    let hedged = |at| move |each: &Spread| percentile(&each.hedged, at);
    Chart {
        title: "서버를 늘리면: 전체의 시간".into(),
        badge: Badge::Model,
        x: Axis::log("한 요청이 묻는 서버", "대"),
        y: Axis::log("모두의 답을 모으기까지", "ms(모형)"),
        series: vec![
            line("p99, 한 번씩", Shape::Line, &plain(99)),
            line("p50, 한 번씩", Shape::Line, &plain(50)),
            line("p99, 늦으면 한 번 더", Shape::Line, &hedged(99)),
            line("p50, 늦으면 한 번 더", Shape::Line, &hedged(50)),
        ],
        marks: Vec::new(),
    }
}

fn table(p: &Params, spreads: &[Spread]) -> Table {
    let time = |us: u64| Cell::fixed(ms(us), 1);
    let slow = p.slow_permille;
    let row = |each: &Spread| {
        vec![
            each.fan.into(),
            Cell::fixed(each.met as f64 * 100.0 / p.requests as f64, 1),
            Cell::fixed(chance(slow, 1_000, each.fan) * 100.0, 1),
            time(percentile(&each.plain, 50)),
            time(percentile(&each.plain, 99)),
            Cell::fixed(chance(slow * slow, 1_000_000, each.fan) * 100.0, 2),
            time(percentile(&each.hedged, 50)),
            time(percentile(&each.hedged, 99)),
        ]
    };
    Table {
        title: format!(
            "요청 {}번, 답 하나가 느릴 확률 {}%",
            format::int(p.requests),
            format::fixed(p.slow_permille as f64 / 10.0, 1)
        ),
        badge: Badge::Model,
        columns: vec![
            Column::number("서버", "대"),
            Column::number("느린 답을 만남", "%"),
            Column::number("셈한 확률", "%"),
            Column::number("p50", "ms(모형)"),
            Column::number("p99", "ms(모형)"),
            Column::number("둘 다 느림", "%"),
            Column::number("한 번 더: p50", "ms(모형)"),
            Column::number("한 번 더: p99", "ms(모형)"),
        ],
        rows: spreads.iter().map(row).collect(),
    }
}

fn load(p: &Params, extra: u64, most: u64) -> Table {
    let asked = p.requests * most;
    Table {
        title: format!("{} ms 뒤에 한 번 더 묻는 값", format::int(p.hedge_ms)),
        badge: Badge::Model,
        columns: vec![
            Column::number("처음 물음", "번"),
            Column::number("한 번 더 물음", "번"),
            Column::number("늘어난 일", "%"),
        ],
        rows: vec![vec![
            asked.into(),
            extra.into(),
            Cell::fixed(extra as f64 * 100.0 / asked as f64, 2),
        ]],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    #[test]
    fn one_percent_of_a_hundred_is_most_requests() {
        let report = run_with("tail_fanout", &[]);
        let int = |key| report.int(key).unwrap();
        // 1 − 0.99^100 = 63.4%
        assert_eq!(int("chance_ppm"), 633_968);
        assert_eq!(int("met"), 635);
        assert_eq!((int("p50"), int("p99")), (682_839, 2_669_042));
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.number, Some(63.3968));
    }

    /// 느린 답이 없으면 '둘 다 느림'을 말하지 않고, 한 대면 곱하지 않음.
    #[test]
    fn nothing_slow_and_one_server() {
        let notes = |report: &Report| {
            let views = report.views.iter();
            views.filter(|view| matches!(view, View::Note(_))).count()
        };
        assert_eq!(notes(&run_with("tail_fanout", &[])), 1);
        let none = run_with("tail_fanout", &[("slow_permille", "0")]);
        assert_eq!(notes(&none), 0);
        let one = run_with("tail_fanout", &[("fan", "1")]);
        let said = one.verdict.unwrap().sentence;
        assert!(said.starts_with("한 대가 빠를 확률이 99.0%라서임."));
    }

    #[test]
    fn the_chance_is_the_formula() {
        // 0.1%와 100대, 10대, 0과 모두
        assert!((chance(1, 1_000, 100) - 0.0952).abs() < 1e-4);
        assert!((chance(10, 1_000, 10) - 0.0956).abs() < 1e-4);
        assert_eq!(chance(0, 1_000, 200), 0.0);
        assert_eq!(chance(10, 1_000, 1), 1.0 - 0.99);
        // 둘 다 느림: 0.01%가 100대면 1.0%
        assert!((chance(100, 1_000_000, 100) - 0.00995).abs() < 1e-5);
    }

    /// 1%를 더 물어 이 씨앗의 p99가 30분의 1이 됨. 둘 다 느린 요청이 1%라
    /// 씨앗에 달림.
    #[test]
    fn a_second_question_cuts_the_tail() {
        let report = run_with("tail_fanout", &[]);
        let int = |key| report.int(key).unwrap();
        assert_eq!((int("extra"), int("asked")), (1_993, 200_000));
        assert_eq!(int("hedged_p99"), 89_068);
        assert!(int("p99") / int("hedged_p99") >= 29);
    }

    /// 한 번 더 묻는 때가 오지 않으면 아무것도 바뀌지 않음.
    #[test]
    fn hedging_never_makes_it_later() {
        let p = Params { slow_permille: 200, ..Params::default() };
        for hedge in [1, 20_000, 1 << 40] {
            let (mut first, mut second) =
                (Replies::new(&p, 0), Replies::new(&p, 1));
            for _ in 0..50 {
                let mut all = Vec::new();
                let extra =
                    ask(40, hedge, &mut first, &mut second, |_, both, _| {
                        all.push(both);
                    });
                assert!(all.iter().all(|[plain, hedged]| hedged <= plain));
                assert!(all.is_sorted());
                if hedge == 1 << 40 {
                    assert_eq!(extra, 0);
                    assert!(all.iter().all(|[a, b]| a == b));
                }
            }
        }
    }
}
