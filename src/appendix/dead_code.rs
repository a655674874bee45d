//! 사라진 반복문: 같은 반복을 다섯 가지로 재어, 컴파일러가 지우거나 식으로
//! 바꾼 것을 알아봄.

use std::hint::black_box;

use lab::measure::{Case, Timings, interleave};
use lab::report::{Badge, Cell, Column, Table, Verdict};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 0 ns가 나오는가?",
    prediction: Prediction {
        text: "제곱을 10만 번 더하고 결과를 버리면 한 번에 몇 ns일까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

/// 값은 ns.
const GUESSES: &[(&str, &str)] = &[
    ("0", "0.02 ns보다 짧음"),
    ("0.25", "0.25 ns 안팎"),
    ("1", "1 ns 안팎"),
    ("4", "4 ns 안팎"),
];

lab::params! {
    /// 되풀이하는 횟수.
    pub struct Params {
        n: u64 = 100_000, int("반복").unit("번")
            .browser(1_000, 1_000_000).native(1_000, 100_000_000).log()
            .hint("횟수가 상수인 판만은 언제나 100,000번임");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 소스에 적힌 횟수.
pub const CONSTANT: u64 = 100_000;
const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

// ANCHOR: kernel
// asm: 결과를 버림
#[inline(never)]
pub fn discarded(n: u64) -> u64 {
    let mut sum: u64 = 0;
    for i in 0..n {
        sum = sum.wrapping_add(i.wrapping_mul(i));
    }
    // 더한 것을 아무도 보지 않음
    let _ = sum;
    n
}

// asm: 횟수가 상수
#[inline(never)]
pub fn constant() -> u64 {
    let mut sum: u64 = 0;
    for i in 0..CONSTANT {
        sum = sum.wrapping_add(i.wrapping_mul(i));
    }
    sum
}

// asm: 횟수는 실행할 때 정함
#[inline(never)]
pub fn runtime(n: u64) -> u64 {
    let mut sum: u64 = 0;
    for i in 0..n {
        sum = sum.wrapping_add(i.wrapping_mul(i));
    }
    sum
}

// asm: 반복마다 black_box
#[inline(never)]
pub fn opaque(n: u64) -> u64 {
    let mut sum: u64 = 0;
    for i in 0..n {
        let i = black_box(i);
        sum = sum.wrapping_add(i.wrapping_mul(i));
    }
    sum
}

// asm: 앞의 답을 써야 하는 반복
#[inline(never)]
pub fn chained(n: u64) -> u64 {
    let mut sum: u64 = 0;
    for i in 0..n {
        sum = (sum ^ i).wrapping_mul(ODD);
    }
    sum
}
// ANCHOR_END: kernel

/// `0² + 1² + … + (n − 1)²`을 곱셈 몇 번으로. 컴파일러가 찾아내는 식임.
pub fn formula(n: u64) -> u64 {
    whole(n) as u64
}

/// 넘쳐도 버리지 않은 합.
fn whole(n: u64) -> u128 {
    let n = u128::from(n);
    n * n.saturating_sub(1) * (2 * n).saturating_sub(1) / 6
}

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let (squares, chain) = (runtime(p.n), chained(p.n));
    let row = |name: &str, sum: u64| vec![name.into(), sum.into()];
    // 반복문은 64비트에서 넘친 자리를 버림
    let sum = match whole(p.n) > u128::from(u64::MAX) {
        true => "합을 2의 64제곱으로 나눈 나머지",
        false => "합",
    };
    let table = Table {
        title: format!("반복 {}번의 답", format::int(p.n)),
        badge: Badge::Exact,
        columns: vec![Column::text("셈하는 법"), Column::number(sum, "")],
        rows: vec![
            row("반복문", squares),
            row("반복마다 black_box", opaque(p.n)),
            row("닫힌 식 n(n−1)(2n−1)/6", formula(p.n)),
        ],
    };
    Ok(Report::default()
        .answer("squares", squares)
        .answer("chain", chain)
        .checksum(&[squares, chain])
        .view(View::Table(table)))
}

/// 재는 것: 이름과 함수. 함수 포인터를 가려 부르는 쪽에서 펼치지 못하게 함.
pub fn rivals(n: u64) -> Vec<Case<'static>> {
    type Loop = fn(u64) -> u64;
    let case = |name: &str, each: Loop| {
        Case::new(name, n, move || black_box(each)(black_box(n)))
    };
    let fixed = || black_box(constant as fn() -> u64)();
    vec![
        case(OPAQUE, opaque),
        case("앞의 답을 써야 하는 반복", chained),
        case(DISCARDED, discarded),
        Case::new("횟수가 상수", CONSTANT, fixed),
        case("횟수는 실행할 때 정함", runtime),
    ]
}

const OPAQUE: &str = "반복마다 black_box";
const DISCARDED: &str = "결과를 버림";

/// 이보다 짧으면 반복마다 일했을 수 없음: 5 GHz에서 한 사이클은 0.2 ns이고
/// 한 사이클에 8개씩 더해도 0.025 ns임.
const POSSIBLE: f64 = 0.02;

fn verdict(report: &Report) -> Verdict {
    let Some(ns) = report.time(DISCARDED) else {
        return Verdict::pending();
    };
    let distance = |text: &str| {
        let guess = text.parse::<f64>().unwrap_or(f64::INFINITY);
        (guess / ns).ln().abs()
    };
    // 첫 고르기의 글은 경계를 말하므로 경계보다 짧을 때만 맞음
    let choice = match ns < POSSIBLE {
        true => "0",
        false => GUESSES[1..]
            .iter()
            .map(|(value, _)| *value)
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
            .unwrap_or("0"),
    };
    let kept = report.time(OPAQUE).unwrap_or(f64::NAN);
    Verdict {
        headline: match ns < POSSIBLE {
            true => format!("{POSSIBLE} ns보다 짧음"),
            false => format::time(ns),
        },
        sentence: format!(
            "반복을 지우지 못하게 하면 {}임.",
            format::time(kept)
        ),
        choice: Some(choice.into()),
        ..Verdict::default()
    }
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let Some(timings) = interleave(ctx, &mut rivals(p.n))? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let mut views = timings.views("반복 하나의 시간", "반복 하나");
    views.push(View::Table(judged(&timings)));
    Ok(views)
}

fn judged(timings: &Timings) -> Table {
    let rows = timings.rows.iter().map(|row| {
        let possible = row.median >= POSSIBLE;
        let per_second = 1.0 / row.median.max(1e-9);
        vec![
            row.name.as_str().into(),
            Cell {
                text: format::significant(per_second),
                value: Some(per_second),
            },
            match possible {
                true => "그럴 수 있음".into(),
                false => "불가능: 반복하지 않은 것임".into(),
            },
        ]
    });
    Table {
        title: format!("한 번이 {POSSIBLE} ns보다 짧으면 의심함"),
        badge: Badge::Measured,
        columns: vec![
            Column::text("방법"),
            Column::number("1초에", "10억 번"),
            Column::text("판정"),
        ],
        rows: rows.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    #[test]
    fn every_spelling_adds_the_same_squares() {
        for n in [0, 1, 2, 10, 1_000] {
            let slow = (0..n).map(|i| i * i).sum::<u64>();
            for sum in [runtime(n), opaque(n), formula(n)] {
                assert_eq!(sum, slow, "{n}");
            }
            assert_eq!(discarded(n), n);
        }
        assert_eq!(constant(), runtime(CONSTANT));
        // 10만 · 99,999 · 199,999 / 6
        assert_eq!(constant(), 333_328_333_350_000);
    }

    #[test]
    fn the_answers() {
        let report = run_with("dead_code", &[("n", "1000")]);
        assert_eq!(report.int("squares"), Some(332_833_500));
        assert_eq!(report.int("chain"), Some(chained(1_000)));
        assert!(report.verdict.unwrap().is_pending());
    }

    /// 64비트에 다 담기지 않는 합은 나머지라고 적음.
    #[test]
    fn a_sum_over_64_bits_is_called_a_remainder() {
        let label = |n: &str| {
            let report = run_with("dead_code", &[("n", n)]);
            let View::Table(table) = &report.views[0] else { panic!() };
            assert_eq!(table.rows[0][1].text, table.rows[2][1].text);
            table.columns[1].label.clone()
        };
        assert_eq!(label("1000000"), "합");
        assert!(label("4000000").contains("나머지"));
    }

    /// '0.02 ns보다 짧음'은 정말로 짧을 때만 정답임.
    #[test]
    fn the_first_choice_is_a_bound() {
        let choice = |ns: f64| {
            let cell = Cell { text: String::new(), value: Some(ns) };
            let table = Table {
                title: String::new(),
                badge: Badge::Measured,
                columns: vec![
                    Column::text("방법"),
                    Column::number("중앙값", "ns"),
                ],
                rows: vec![vec![DISCARDED.into(), cell]],
            };
            verdict(&Report::default().view(View::Table(table))).choice
        };
        for (ns, want) in [
            (0.0, "0"),
            (3e-5, "0"),
            (0.03, "0.25"),
            (0.3, "0.25"),
            (3.0, "4"),
        ] {
            assert_eq!(choice(ns).as_deref(), Some(want), "{ns}");
        }
    }

    #[test]
    fn the_chain_by_hand() {
        assert_eq!(chained(1), 0);
        assert_eq!(chained(2), ODD);
        assert_eq!(chained(3), (ODD ^ 2).wrapping_mul(ODD));
    }
}
