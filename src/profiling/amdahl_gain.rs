//! 어디부터 고칠까: 암달의 법칙으로 이득을 셈하고, 예산 안에서 가장 나은
//! 묶음을 모두 따져 고름. 시간은 유리수라 어디서나 같음.

use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Mark,
    Point, Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 10배 빨라진 함수가 전체는 1.1배만 빠르게 하는가?",
    prediction: Prediction {
        text: "처음 값에서 여섯 함수의 몫은 40·25·15·10·6·4%, 고치면 그 \
               함수만 2·4·10·10·20·4배, 비용은 5·3·1.5·1·3.5·3.5인일임. \
               예산 5인일로 가장 빠른 프로그램을 만드는 방법은?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: None,
    python: Python::Same,
    bench: Bench::None("유리수로 셈하는 결정 연습이라 잴 시간이 없음"),
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("share", "몫이 가장 큰 함수부터"),
    ("speed", "가장 많이 빨라지는 함수부터"),
    ("rate", "인일당 이득이 큰 함수부터"),
    ("none", "셋 다 아님: 묶음을 모두 따져야 함"),
];

lab::choices! {
    /// 함수마다 쓰는 시간.
    pub enum Profile {
        OneBig = "one_big", "보기: 하나가 40%";
        Even = "even", "보기: 여섯이 똑같이";
        LongTail = "long_tail", "보기: 절반씩 줄어듦";
        Given = "given", "직접 넣음";
    }
}

lab::params! {
    /// 여섯 함수의 시간, 빨라질 배수, 고치는 비용.
    pub struct Params {
        budget: u64 = 10, int("예산").unit("반일")
            .browser(0, 60).native(0, 400)
            .hint("2반일이 1인일");
        profile: Profile = Profile::OneBig, choice("프로파일");
        k1: u64 = 2, int("가: 빨라질 배수").unit("배").range(1, 100);
        k2: u64 = 4, int("나: 빨라질 배수").unit("배").range(1, 100);
        k3: u64 = 10, int("다: 빨라질 배수").unit("배").range(1, 100);
        k4: u64 = 10, int("라: 빨라질 배수").unit("배").range(1, 100);
        k5: u64 = 20, int("마: 빨라질 배수").unit("배").range(1, 100);
        k6: u64 = 4, int("바: 빨라질 배수").unit("배").range(1, 100);
        cost1: u64 = 10, int("가: 비용").unit("반일").range(1, 60);
        cost2: u64 = 6, int("나: 비용").unit("반일").range(1, 60);
        cost3: u64 = 3, int("다: 비용").unit("반일").range(1, 60);
        cost4: u64 = 2, int("라: 비용").unit("반일").range(1, 60);
        cost5: u64 = 7, int("마: 비용").unit("반일").range(1, 60);
        cost6: u64 = 7, int("바: 비용").unit("반일").range(1, 60);
        time1: u64 = 633, int("가: 시간").range(0, 1_000_000_000)
            .hint("직접 넣을 때만. 처음 값은 한 번 잰 것. 단위는 무엇이든 \
                   여섯이 같으면 됨");
        time2: u64 = 239, int("나: 시간").range(0, 1_000_000_000);
        time3: u64 = 3_536, int("다: 시간").range(0, 1_000_000_000);
        time4: u64 = 180, int("라: 시간").range(0, 1_000_000_000);
        time5: u64 = 12, int("마: 시간").range(0, 1_000_000_000);
        time6: u64 = 222, int("바: 시간").range(0, 1_000_000_000);
    }
    check = check;
}

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    if p.functions().iter().any(|each| each.time > 0) {
        return Ok(());
    }
    let why = "가: 시간(time1)의 값 '0': 여섯이 모두 0임. \
               하나는 1–1,000,000,000 범위여야 함";
    Err(Failure::param("time1", why.into()))
}

const NAMES: [&str; 6] = ["가", "나", "다", "라", "마", "바"];

/// 고칠 수 있는 함수.
#[derive(Clone, Copy, Debug)]
struct Function {
    time: u64,
    /// 고치면 이만큼 빨라짐, 배.
    k: u64,
    /// 고치는 비용, 반일.
    cost: u64,
}

impl Params {
    fn functions(&self) -> [Function; 6] {
        let time = match self.profile {
            Profile::OneBig => [400, 250, 150, 100, 60, 40],
            Profile::Even => [1; 6],
            Profile::LongTail => [32, 16, 8, 4, 2, 1],
            Profile::Given => [
                self.time1, self.time2, self.time3, self.time4, self.time5,
                self.time6,
            ],
        };
        let k = [self.k1, self.k2, self.k3, self.k4, self.k5, self.k6];
        let cost = [
            self.cost1, self.cost2, self.cost3, self.cost4, self.cost5,
            self.cost6,
        ];
        std::array::from_fn(|i| Function {
            time: time[i],
            k: k[i],
            cost: cost[i],
        })
    }
}

/// 커널이 지나가는 순간. `set`의 i번째 비트는 i번째 함수를 고친다는 뜻.
#[derive(Clone, Copy, Debug)]
enum Step {
    Over { set: u32, cost: u64 },
    Worse { set: u32, cost: u64, after: u128 },
    Better { set: u32, cost: u64, after: u128 },
}

// ANCHOR: kernel
/// 고친 뒤의 시간. 나눗셈이 떨어지게 모두 `scale`배 한 값임.
fn after(functions: &[Function; 6], scale: u64, set: u32) -> u128 {
    let times = functions.iter().enumerate().map(|(i, each)| {
        let k = if set >> i & 1 == 1 { each.k } else { 1 };
        u128::from(each.time) * u128::from(scale / k)
    });
    times.sum()
}

fn cost(functions: &[Function; 6], set: u32) -> u64 {
    let picked = functions.iter().enumerate();
    let picked = picked.filter(|(i, _)| set >> i & 1 == 1);
    picked.map(|(_, each)| each.cost).sum()
}

/// 예산 안에서 가장 빠른 묶음. 같으면 싼 것.
fn best(
    functions: &[Function; 6],
    budget: u64,
    mut watch: impl FnMut(Step),
) -> u32 {
    let scale = functions.iter().fold(1, |n, each| lcm(n, each.k));
    let (mut best, mut fastest) = (0, (u128::MAX, u64::MAX));
    for set in 0..1 << functions.len() {
        let cost = cost(functions, set);
        if cost > budget {
            watch(Step::Over { set, cost }); // step: over
            continue;
        }
        let after = after(functions, scale, set);
        if (after, cost) < fastest {
            (best, fastest) = (set, (after, cost)); // step: better
            watch(Step::Better { set, cost, after });
        } else {
            watch(Step::Worse { set, cost, after }); // step: worse
        }
    }
    best
}
// ANCHOR_END: kernel

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn lcm(a: u64, b: u64) -> u64 {
    a / gcd(a, b) * b
}

/// 여섯 함수와, 그 시간을 셈하는 자.
struct Case {
    functions: [Function; 6],
    /// 모든 배수의 최소공배수: 100 이하 여섯이면 10^12보다 작음.
    scale: u64,
}

impl Case {
    fn new(p: &Params) -> Self {
        let functions = p.functions();
        let scale = functions.iter().fold(1, |n, each| lcm(n, each.k));
        Case { functions, scale }
    }

    fn total(&self) -> u64 {
        self.functions.iter().map(|each| each.time).sum()
    }

    /// 전체가 빨라진 배수, 천분율의 내림.
    fn speedup(&self, set: u32) -> u64 {
        let before = after(&self.functions, self.scale, 0);
        (before * 1_000 / after(&self.functions, self.scale, set)) as u64
    }

    /// 이 함수를 끝없이 빠르게 할 때의 배수, 천분율. 전부면 `None`.
    fn limit(&self, i: usize) -> Option<u64> {
        let rest = self.total() - self.functions[i].time;
        (self.total() * 1_000).checked_div(rest)
    }

    /// 인일당 줄어드는 시간, 전체의 백분율.
    fn rate(&self, i: usize) -> f64 {
        let Function { time, k, cost } = self.functions[i];
        let saved = time as f64 * (1.0 - 1.0 / k as f64);
        saved * 100.0 / self.total() as f64 / (cost as f64 / 2.0)
    }

    /// 앞의 것부터 예산에 들어가는 대로 고름.
    fn greedy(&self, budget: u64, order: [usize; 6]) -> u32 {
        order.into_iter().fold(0, |set, i| {
            let with = set | 1 << i;
            if cost(&self.functions, with) <= budget { with } else { set }
        })
    }

    /// 예측의 선택지마다: 값과 고른 묶음. 같은 값이면 앞의 함수부터.
    fn strategies(&self, budget: u64) -> [(&'static str, u32); 3] {
        let order = |before: &dyn Fn(&Function, &Function) -> bool| {
            let mut order: [usize; 6] = std::array::from_fn(|i| i);
            order.sort_by(|&a, &b| {
                let (a, b) = (&self.functions[a], &self.functions[b]);
                before(b, a).cmp(&before(a, b))
            });
            self.greedy(budget, order)
        };
        // time·(k−1)/(k·cost)를 나누지 않고 견줌
        let gain = |each: &Function, other: &Function| {
            each.time * (each.k - 1) * other.k * other.cost
        };
        [
            ("share", order(&|a, b| a.time > b.time)),
            ("speed", order(&|a, b| a.k > b.k)),
            ("rate", order(&|a, b| gain(a, b) > gain(b, a))),
        ]
    }
}

fn named(set: u32) -> String {
    let names = NAMES.iter().enumerate();
    let picked = names.filter(|(i, _)| set >> i & 1 == 1);
    let names: Vec<&str> = picked.map(|(_, name)| *name).collect();
    if names.is_empty() { "없음".into() } else { names.join("·") }
}

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let case = Case::new(p);
    let best = best(&case.functions, p.budget, |_| {});
    let strategies = case.strategies(p.budget);
    let alone: Vec<u64> = (0..6).map(|i| case.speedup(1 << i)).collect();
    // 끝이 없으면 0으로 적음
    let limits: Vec<u64> =
        (0..6).map(|i| case.limit(i).unwrap_or(0)).collect();
    let all = case.speedup(63);
    let mut words = alone.clone();
    words.extend(&limits);
    words.extend([u64::from(best), case.speedup(best), all]);
    let mut report = Report::default()
        .answer("best", named(best).as_str())
        .answer("best_set", u64::from(best))
        .answer("best_cost", cost(&case.functions, best))
        .answer("best_speedup", case.speedup(best))
        .answer("all_speedup", all)
        .answer("alone", listed(&alone).as_str())
        .answer("limits", listed(&limits).as_str());
    for (name, set) in strategies {
        words.push(case.speedup(set));
        report = report
            .answer(&format!("{name}_set"), u64::from(set))
            .answer(&format!("{name}_speedup"), case.speedup(set));
    }
    Ok(report
        .checksum(&words)
        .view(View::Table(function_table(&case, best)))
        .view(View::Table(strategy_table(&case, p.budget, best)))
        .view(View::Chart(curves(&case)))
        .view(View::Chart(frontier(&case, p.budget)))
        .view(View::Trace(replay(&case, p.budget))))
}

fn listed(parts: &[u64]) -> String {
    let texts: Vec<String> = parts.iter().map(u64::to_string).collect();
    texts.join(" ")
}

fn times(permille: u64) -> String {
    format!("{}배", format::fixed(permille as f64 / 1_000.0, 3))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key: &str| report.int(key).unwrap_or(0);
    let most = int("best_speedup");
    let p = Params::read(&report.params).unwrap_or_default();
    // 보이는 셋째 자리까지가 아니라 남는 시간이 똑같아야 함
    let Case { functions, scale } = Case::new(&p);
    let left = |set: u64| after(&functions, scale, set as u32);
    let reached = |value: &str| {
        let set = report.int(&format!("{value}_set"));
        set.is_some_and(|set| left(set) == left(int("best_set")))
    };
    // 고른 것이 없으면 어느 차례가 나은지 말할 수 없음
    let ungraded = |headline: &str, sentence: String| {
        let headline = headline.into();
        Verdict { headline, sentence, ..Verdict::default() }
    };
    let costs = p.functions().map(|each| each.cost);
    let cheapest = costs.into_iter().min().unwrap_or(0);
    if p.budget < cheapest {
        let (budget, cheapest) = (days(p.budget).text, days(cheapest).text);
        return ungraded(
            "고를 것이 없음",
            format!(
                "예산 {budget}인일로는 아무것도 고칠 수 없음: 가장 싼 함수가 \
                 {cheapest}인일임."
            ),
        );
    }
    let set = int("best_set") as u32;
    if set == 0 {
        return ungraded(
            "빨라지지 않음",
            "예산 안의 어느 함수를 고쳐도 빨라지지 않음.".into(),
        );
    }
    let sentence = format!(
        "가장 나은 묶음은 {}이고 전체 {}. 몫이 큰 것부터 고르면 {}, \
         많이 빨라지는 것부터면 {}, 인일당 이득부터면 {}.",
        named(set),
        times(most),
        times(int("share_speedup")),
        times(int("speed_speedup")),
        times(int("rate_speedup")),
    );
    let ways = GUESSES.iter().filter(|(value, _)| reached(value));
    let ways: Vec<&(&str, &str)> = ways.collect();
    match ways[..] {
        [] => Verdict::choice(GUESSES, "none", sentence),
        [(only, _)] => Verdict::choice(GUESSES, only, sentence),
        // 하나를 고를 수 없으므로 맞고 틀림을 가리지 않음
        [(_, one), (_, other)] => ungraded(
            "둘이 같음",
            format!("'{one}', '{other}': 둘 다 가장 나음. {sentence}"),
        ),
        _ => ungraded(
            "셋 다 같음",
            format!("세 차례가 모두 가장 나음. {sentence}"),
        ),
    }
}

fn ratio(permille: u64) -> Cell {
    Cell::fixed(permille as f64 / 1_000.0, 3)
}

fn days(half: u64) -> Cell {
    Cell::fixed(half as f64 / 2.0, 1)
}

fn function_table(case: &Case, best: u32) -> Table {
    let total = case.total() as f64;
    let rows = case.functions.iter().enumerate().map(|(i, each)| {
        let picked = if best >> i & 1 == 1 { "고침" } else { "" };
        vec![
            NAMES[i].into(),
            Cell::fixed(each.time as f64 * 100.0 / total, 1),
            each.k.into(),
            days(each.cost),
            ratio(case.speedup(1 << i)),
            case.limit(i).map_or("끝없음".into(), ratio),
            Cell::fixed(case.rate(i), 1),
            picked.into(),
        ]
    });
    Table {
        title: "함수마다: 혼자 고치면 전체가 몇 배 빨라지는가".into(),
        badge: Badge::Model,
        columns: vec![
            Column::text("함수"),
            Column::number("몫", "%"),
            Column::number("그 함수", "배"),
            Column::number("비용", "인일"),
            Column::number("전체", "배"),
            Column::number("전체의 한계", "배"),
            Column::number("인일당 줄어드는 시간", "%"),
            Column::text("가장 나은 묶음"),
        ],
        rows: rows.collect(),
    }
}

fn strategy_table(case: &Case, budget: u64, best: u32) -> Table {
    let row = |name: &str, set: u32| {
        vec![
            name.into(),
            named(set).into(),
            days(cost(&case.functions, set)),
            ratio(case.speedup(set)),
        ]
    };
    let strategies = case.strategies(budget).into_iter();
    let labels = GUESSES.iter().zip(strategies);
    let rows = labels.map(|((_, label), (_, set))| row(label, set));
    Table {
        title: format!("예산 {}인일로 고른 묶음", days(budget).text),
        badge: Badge::Model,
        columns: vec![
            Column::text("고르는 방법"),
            Column::text("고친 함수"),
            Column::number("비용", "인일"),
            Column::number("전체", "배"),
        ],
        rows: rows
            .chain([
                row("64가지를 모두 따짐", best),
                row("예산 없이 모두 고침", 63),
            ])
            .collect(),
    }
}

/// 한 함수만 k배 빠르게 할 때의 전체. k는 1에서 100까지.
fn curves(case: &Case) -> Chart {
    const K: [u64; 13] = [1, 2, 3, 4, 5, 7, 10, 14, 20, 30, 50, 70, 100];
    let total = case.total() as f64;
    let series = case.functions.iter().zip(NAMES).map(|(each, name)| {
        let share = each.time as f64 / total;
        let points = K.map(|k| {
            let k = k as f64;
            Point::from((k, 1.0 / (1.0 - share + share / k)))
        });
        Series { name: name.into(), shape: Shape::Line, points: points.into() }
    });
    Chart {
        title: "한 함수만 빠르게 하면".into(),
        badge: Badge::Model,
        x: Axis::log("그 함수가 빨라진 배수", "배"),
        y: Axis::linear("전체가 빨라진 배수", "배"),
        series: series.collect(),
        marks: Vec::new(),
    }
}

/// 예산마다의 가장 나은 배수.
fn frontier(case: &Case, budget: u64) -> Chart {
    let last = cost(&case.functions, 63).max(budget);
    let points = (0..=last).map(|budget| {
        let set = best(&case.functions, budget, |_| {});
        let speedup = case.speedup(set) as f64 / 1_000.0;
        Point::from((budget as f64 / 2.0, speedup))
    });
    Chart {
        title: "예산을 늘리면: 가장 나은 묶음의 배수".into(),
        badge: Badge::Model,
        x: Axis::linear("예산", "인일"),
        y: Axis::linear("전체가 빨라진 배수", "배"),
        series: vec![Series {
            name: "가장 나은 묶음".into(),
            shape: Shape::Step,
            points: points.collect(),
        }],
        marks: vec![Mark {
            axis: AxisName::X,
            at: budget as f64 / 2.0,
            label: "지금의 예산".into(),
        }],
    }
}

fn replay(case: &Case, budget: u64) -> Trace {
    let mut frames: Vec<Frame> = Vec::new();
    let before = after(&case.functions, case.scale, 0);
    let times = |after: u128| times((before * 1_000 / after) as u64);
    let mut fastest = "없음".to_owned();
    best(&case.functions, budget, |step| {
        let (tag, set, cost, result, tone) = match step {
            Step::Over { set, cost } => {
                ("over", set, cost, "예산을 넘음".to_owned(), Tone::Dead)
            }
            Step::Worse { set, cost, after } => {
                let result = format!("{}: 더 낫지 않음", times(after));
                ("worse", set, cost, result, Tone::Seen)
            }
            Step::Better { set, cost, after } => {
                fastest = format!("{} ({})", times(after), named(set));
                let result = format!("{}: 지금까지 가장 나음", times(after));
                ("better", set, cost, result, Tone::Hit)
            }
        };
        let cost = days(cost).text;
        let picked = (0..6).filter(|i| set >> i & 1 == 1);
        let cells = picked.map(|i| LaneCell {
            at: i,
            text: NAMES[i as usize].into(),
            tone,
        });
        frames.push(Frame {
            step: tag.into(),
            say: format!("{} 고치기, {cost}인일: {result}", named(set)),
            counters: vec![
                ("비용".into(), format!("{cost}인일")),
                ("예산".into(), format!("{}인일", days(budget).text)),
                ("가장 나음".into(), fastest.clone()),
            ],
            lanes: vec![Lane {
                label: "고치는 함수".into(),
                size: 6,
                cells: cells.collect(),
                group: 0,
            }],
            jumps: Vec::new(),
        });
    });
    Trace {
        title: "여섯 함수의 묶음 64가지".into(),
        badge: Badge::Model,
        frames,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn int(pairs: &[(&str, &str)], key: &str) -> u64 {
        run_with("amdahl_gain", pairs).int(key).unwrap()
    }

    /// 손으로 셈한 기본값: 나·다를 고치면 250/4 + 150/10이 남음.
    #[test]
    fn the_default_beats_every_rule_of_thumb() {
        assert_eq!(int(&[], "best_set"), 0b000110);
        assert_eq!(int(&[], "best_cost"), 9);
        // 1000 / (400 + 62.5 + 15 + 100 + 60 + 40) = 1.47601…
        assert_eq!(int(&[], "best_speedup"), 1_476);
        // 가만: 1000 / 800
        assert_eq!(int(&[], "share_speedup"), 1_250);
        // 마(7)와 다(3): 1000 / (1000 − 57 − 135) = 1.2376…
        assert_eq!(int(&[], "speed_speedup"), 1_237);
        // 다(3)와 라(2): 1000 / (1000 − 135 − 90) = 1.2903…
        assert_eq!(int(&[], "rate_speedup"), 1_290);
        let verdict = run_with("amdahl_gain", &[]).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("none"));
    }

    /// 여럿이 가장 나은 배수에 닿으면 하나를 정답이라 하지 않음.
    #[test]
    fn ties_are_not_graded() {
        let tell = |pairs: &[(&str, &str)]| {
            run_with("amdahl_gain", pairs).verdict.unwrap()
        };
        for (budget, headline) in [
            ("0", "고를 것이 없음"),
            ("1", "고를 것이 없음"),
            ("2", "셋 다 같음"),
            ("60", "셋 다 같음"),
        ] {
            let verdict = tell(&[("budget", budget)]);
            assert_eq!(verdict.headline, headline, "{budget}");
            assert!(verdict.is_pending());
        }
        let verdict = tell(&[("budget", "6")]);
        assert_eq!(verdict.headline, "둘이 같음");
        assert!(verdict.sentence.starts_with(
            "'가장 많이 빨라지는 함수부터', '인일당 이득이 큰 함수부터': \
             둘 다 가장 나음."
        ));
        // 라만 고칠 수 있으나 고쳐도 그대로
        let verdict = tell(&[("budget", "2"), ("k4", "1")]);
        assert_eq!(verdict.headline, "빨라지지 않음");
    }

    /// 셋째 자리까지 같아도 더 남기는 방법은 가장 나은 것이 아님.
    #[test]
    fn a_tie_in_the_shown_digits_is_not_a_tie() {
        let given = [
            ("profile", "given"),
            ("time1", "1000000"),
            ("time2", "4"),
            ("time3", "3"),
            ("time4", "0"),
            ("time5", "0"),
            ("time6", "0"),
            ("cost1", "2"),
            ("cost2", "8"),
            ("cost3", "6"),
        ];
        assert_eq!(int(&given, "share_speedup"), int(&given, "rate_speedup"));
        let verdict = run_with("amdahl_gain", &given).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("share"));
    }

    /// 명세의 더 해 보기: 20%를 끝없이 빠르게 해도 1.25배.
    #[test]
    fn a_fifth_of_the_time_is_worth_a_quarter() {
        let given = [
            ("profile", "given"),
            ("time1", "20"),
            ("time2", "80"),
            ("time3", "0"),
            ("time4", "0"),
            ("time5", "0"),
            ("time6", "0"),
            ("k1", "100"),
        ];
        let report = run_with("amdahl_gain", &given);
        let Some(lab::report::Answer::Exact(limits)) =
            report.answers.get("limits")
        else {
            unreachable!()
        };
        assert_eq!(limits, "1250 5000 1000 1000 1000 1000");
        // 100배도 1 / (0.8 + 0.002) = 1.2468…
        let case = Case::new(&Params::read(&report.params).unwrap());
        assert_eq!(case.speedup(1), 1_246);
    }

    #[test]
    fn money_never_makes_it_worse() {
        let case = Case::new(&Params::default());
        let speed =
            |budget| case.speedup(best(&case.functions, budget, |_| {}));
        let speeds: Vec<u64> = (0..=40).map(speed).collect();
        assert!(speeds.is_sorted());
        assert_eq!(speeds[0], 1_000);
        assert_eq!(speeds[40], case.speedup(63));
    }

    /// 어림짐작으로 고른 것은 모두 따진 것보다 나을 수 없음.
    #[test]
    fn greedy_never_beats_the_search() {
        let mut rng = lab::rng::SplitMix64::new(7);
        for _ in 0..200 {
            let functions = std::array::from_fn(|_| Function {
                time: rng.below(1_000) + 1,
                k: rng.below(100) + 1,
                cost: rng.below(60) + 1,
            });
            let scale = functions.iter().fold(1, |n, each| lcm(n, each.k));
            let case = Case { functions, scale };
            let budget = rng.below(120);
            let best = case.speedup(best(&functions, budget, |_| {}));
            for (_, set) in case.strategies(budget) {
                assert!(cost(&functions, set) <= budget);
                assert!(case.speedup(set) <= best);
            }
        }
    }

    /// 가장 큰 값에서도 넘치지 않음: 서로소인 배수 여섯.
    #[test]
    fn the_largest_numbers_fit() {
        let mut pairs = vec![("profile", "given"), ("budget", "400")];
        for (name, k) in [
            ("k1", "100"),
            ("k2", "99"),
            ("k3", "97"),
            ("k4", "91"),
            ("k5", "89"),
            ("k6", "83"),
        ] {
            pairs.push((name, k));
        }
        for name in ["time1", "time2", "time3", "time4", "time5", "time6"] {
            pairs.push((name, "1000000000"));
        }
        // 6 / (1/100 + 1/99 + 1/97 + 1/91 + 1/89 + 1/83) = 92.75…
        assert_eq!(int(&pairs, "all_speedup") / 10, 9_275);
    }

    #[test]
    fn refuses_a_program_that_takes_no_time() {
        let names = ["time1", "time2", "time3", "time4", "time5", "time6"];
        let zeros = names.map(|name| (name, "0"));
        let pairs = zeros.into_iter().chain([("profile", "given")]);
        let wrong = Params::table().parse(pairs, Scope::Browser);
        assert_eq!(wrong.unwrap_err().field(), Some("time1"));
    }
}
