//! 정렬하면 왜 빨라지나: 조건문의 결과를 2비트 카운터로 짐작해 봄.
//!
//! 진짜 CPU의 예측기는 지나온 결과의 무늬까지 기억함. 이 모형은 그 가운데
//! 작은 부품 하나임.

use std::hint::black_box;

use lab::measure::{Case, Ratio, interleave, paired_ratio};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series, Shape,
    Table, Tone, Trace, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 정렬된 데이터의 조건문이 빠른가?",
    prediction: Prediction {
        text: "임계값 128에서 무작위 바이트의 예측 실패율은?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, _| Ok(run(&Params::read(values)?)),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] =
    &[("1", "1%쯤"), ("10", "10%쯤"), ("25", "25%쯤"), ("50", "50%쯤")];

lab::params! {
    /// 바이트를 임계값과 견주는 조건문 하나.
    pub struct Params {
        n: u64 = 10_000, int("바이트의 수").unit("개")
            .range(1_000, 1_000_000).log();
        threshold: u64 = 128, int("임계값").range(0, 256)
            .hint("바이트가 이 값 이상이면 참. 0이면 늘 참, 256이면 늘 거짓");
        seed: u64 = 42, int("씨앗");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 고른 바이트 `n`개.
pub fn bytes(n: u64, seed: u64) -> Vec<u8> {
    let mut rng = SplitMix64::new(seed);
    (0..n).map(|_| rng.below(256) as u8).collect()
}

/// 커널이 지나가는 순간: 바이트 하나의 짐작과 결과.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub counter: u8,
    pub value: u8,
    pub guess: bool,
    pub taken: bool,
}

/// 조건문 하나를 되풀이한 결과.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// 참이었던 횟수.
    pub taken: u64,
    /// 짐작이 틀린 횟수.
    pub missed: u64,
}

// ANCHOR: kernel
/// 0–3을 오가는 카운터 하나로 짐작함: 2 이상이면 참이라고 봄.
pub fn predict(
    bytes: &[u8],
    threshold: u64,
    mut watch: impl FnMut(Step),
) -> Outcome {
    let mut counter = 1;
    let mut outcome = Outcome::default();
    for value in bytes.iter().copied() {
        let guess = counter >= 2;
        let taken = u64::from(value) >= threshold;
        watch(Step { counter, value, guess, taken });
        outcome.taken += u64::from(taken);
        outcome.missed += u64::from(guess != taken); // step: miss
        // 끝에서는 머무름: 한 번 어긋나도 짐작을 바로 뒤집지 않음
        let up = (counter + 1).min(3);
        let down = counter.saturating_sub(1);
        counter = if taken { up } else { down }; // step: learn
    }
    outcome
}

/// 참인 바이트의 합. 컴파일러가 분기를 없애지 못하게 함.
pub fn sum_branch(bytes: &[u8], threshold: u64) -> u64 {
    let mut sum = 0;
    for value in bytes {
        if u64::from(*value) >= threshold {
            sum = black_box(sum + u64::from(*value));
        }
    }
    sum
}

/// 같은 합. 분기를 남길지는 컴파일러가 정함.
pub fn sum_plain(bytes: &[u8], threshold: u64) -> u64 {
    let mut sum = 0;
    for value in bytes {
        if u64::from(*value) >= threshold {
            sum += u64::from(*value);
        }
    }
    sum
}

/// 같은 합. 참을 1, 거짓을 0으로 곱하므로 갈라질 곳이 없음.
pub fn sum_multiply(bytes: &[u8], threshold: u64) -> u64 {
    let mut sum = 0;
    for value in bytes {
        let value = u64::from(*value);
        sum += value * u64::from(value >= threshold);
    }
    sum
}
// ANCHOR_END: kernel

/// 같은 합을 구하는 세 방법: 이름과 함수.
pub const SUMS: [(&str, Sum); 3] = [
    ("분기를 남김", sum_branch),
    ("if 그대로", sum_plain),
    ("곱해서 더함", sum_multiply),
];

/// 임계값 이상인 바이트의 합.
pub type Sum = fn(&[u8], u64) -> u64;

fn run(p: &Params) -> Report {
    let random = bytes(p.n, p.seed);
    let mut sorted = random.clone();
    sorted.sort_unstable();
    let shuffled = predict(&random, p.threshold, |_| {});
    let ordered = predict(&sorted, p.threshold, |_| {});
    let sum = sum_plain(&random, p.threshold);
    let exact =
        [p.n, p.threshold, shuffled.taken, shuffled.missed, ordered.missed];
    Report::default()
        .answer("taken", shuffled.taken)
        .answer("missed_random", shuffled.missed)
        .answer("missed_sorted", ordered.missed)
        .answer("sum", sum)
        .checksum(&exact)
        .view(View::Table(summary(p.n, shuffled, ordered)))
        .view(View::Chart(sweep(p, &random)))
        .view(View::Trace(replay(p, "무작위", &random)))
        .view(View::Trace(replay(p, "정렬", around(&sorted, p.threshold))))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(0);
    let n = match report.params.get("n") {
        Some(lab::Value::Int(n)) => *n,
        _ => 1,
    };
    let percent = int("missed_random") as f64 * 100.0 / n as f64;
    let sentence = format!(
        "{}번 가운데 무작위는 {}번, 정렬하면 {}번 틀림.",
        format::int(n),
        format::int(int("missed_random")),
        format::int(int("missed_sorted"))
    );
    Verdict {
        headline: format!("{}%", format::fixed(percent, 1)),
        number: Some(percent),
        // 한 번도 안 틀려도 '1%쯤'에 가까움
        ..Verdict::ratio(GUESSES, percent.max(0.5), sentence)
    }
}

fn summary(n: u64, random: Outcome, sorted: Outcome) -> Table {
    let row = |name: &str, outcome: Outcome| {
        let percent = outcome.missed as f64 * 100.0 / n as f64;
        vec![
            name.into(),
            n.into(),
            outcome.taken.into(),
            outcome.missed.into(),
            Cell::fixed(percent, 2),
        ]
    };
    Table {
        title: "2비트 카운터의 짐작".into(),
        badge: Badge::Model,
        columns: vec![
            Column::text("데이터"),
            Column::number("조건문", "번"),
            Column::number("참", "번"),
            Column::number("틀린 짐작", "번"),
            Column::number("실패율", "%"),
        ],
        rows: vec![row("무작위", random), row("정렬", sorted)],
    }
}

/// 임계값을 바꿔 가며 본 실패율. 이론값은 카운터의 정상 상태에서 나옴.
fn sweep(p: &Params, random: &[u8]) -> Chart {
    let point = |threshold: u64| {
        let missed = predict(random, threshold, |_| {}).missed;
        (threshold as f64, missed as f64 * 100.0 / p.n as f64).into()
    };
    let others = (0..=256).step_by(8).filter(|at| *at != p.threshold);
    let theory = (0..=256).step_by(8).map(|threshold| {
        let no = threshold as f64 / 256.0;
        let yes = 1.0 - no;
        let missed = yes * no / (yes * yes + no * no);
        (threshold as f64, missed * 100.0).into()
    });
    let series = |name: &str, shape, points| Series {
        name: name.into(),
        shape,
        points,
    };
    // 선을 긋고 글을 붙이면 봉우리의 점들이 가려짐
    let now = format!("지금 임계값 {}", p.threshold);
    Chart {
        title: "임계값과 무작위 데이터의 실패율".into(),
        badge: Badge::Model,
        x: Axis::linear("임계값", ""),
        y: Axis::linear("실패율", "%"),
        series: vec![
            series(&now, Shape::Dot, vec![point(p.threshold)]),
            series("셈한 값", Shape::Dot, others.map(point).collect()),
            series("이론값", Shape::Line, theory.collect()),
        ],
        marks: Vec::new(),
    }
}

/// 재생하는 바이트의 수.
const WATCHED: usize = 48;

/// 정렬된 데이터에서 답이 뒤집히는 자리의 앞뒤.
fn around(sorted: &[u8], threshold: u64) -> &[u8] {
    let turn = sorted.partition_point(|byte| u64::from(*byte) < threshold);
    let last = sorted.len().saturating_sub(WATCHED);
    &sorted[turn.saturating_sub(WATCHED / 2).min(last)..]
}

fn replay(p: &Params, name: &str, bytes: &[u8]) -> Trace {
    let bytes = &bytes[..WATCHED.min(bytes.len())];
    let mut frames = Vec::new();
    let mut cells: Vec<LaneCell> = Vec::new();
    let mut missed = 0;
    predict(bytes, p.threshold, |step| {
        let wrong = step.guess != step.taken;
        missed += u64::from(wrong);
        let answer = |yes| if yes { "참" } else { "거짓" };
        if let Some(last) = cells.last_mut() {
            last.tone = match last.tone {
                Tone::Hit => Tone::Seen,
                tone => tone,
            };
        }
        cells.push(LaneCell {
            at: cells.len() as u64,
            text: step.value.to_string(),
            tone: if wrong { Tone::Dead } else { Tone::Hit },
        });
        let states = (0..4).map(|state| LaneCell {
            at: state,
            text: state.to_string(),
            tone: match state == u64::from(step.counter) {
                true => Tone::Now,
                false => Tone::Plain,
            },
        });
        frames.push(Frame {
            step: if wrong { "miss" } else { "learn" }.into(),
            say: format!(
                "{}: 짐작은 {}, 답은 {}{}",
                step.value,
                answer(step.guess),
                answer(step.taken),
                if wrong { ". 틀림" } else { "" }
            ),
            counters: vec![
                ("본 것".into(), format::int(cells.len() as u64)),
                ("틀린 것".into(), format::int(missed)),
            ],
            lanes: vec![
                Lane {
                    label: "카운터 (2 이상이면 참)".into(),
                    size: 4,
                    cells: states.collect(),
                    group: 2,
                },
                Lane {
                    label: "바이트".into(),
                    size: WATCHED as u64,
                    cells: cells.clone(),
                    group: 0,
                },
            ],
            jumps: Vec::new(),
        });
    });
    Trace {
        title: format!("{name} 데이터: 바이트 {}개", frames.len()),
        badge: Badge::Model,
        frames,
    }
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let random = bytes(p.n, p.seed);
    let mut sorted = random.clone();
    sorted.sort_unstable();
    let (random, sorted) = (&random, &sorted);
    let mut cases: Vec<Case> = SUMS
        .into_iter()
        .flat_map(|(name, sum)| {
            [("무작위", random), ("정렬", sorted)].map(|(order, bytes)| {
                let work = move || sum(black_box(bytes), p.threshold);
                Case::new(&format!("{name}, {order}"), p.n, work)
            })
        })
        .collect();
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let rows = &timings.rows;
    let gain =
        |at: usize| paired_ratio(&rows[at + 1].samples, &rows[at].samples);
    let mut views = timings.views("임계값 이상인 바이트의 합", "바이트 하나");
    views.push(note(kept(gain(0), gain(2))));
    Ok(views)
}

/// 정렬이 이만큼도 못 벌면 그 코드에는 분기가 남지 않았다고 봄.
const KEPT: f64 = 1.2;

/// 컴파일러가 분기를 남겼는지를 시간에서 읽음.
fn kept(branch: Ratio, plain: Ratio) -> String {
    let verdict = if branch.median < KEPT {
        // 답이 한쪽뿐이거나 예측기가 다 외우면 남은 분기도 느려지지 않음
        "분기를 남겨도 정렬의 이득이 1.2배에 못 미쳐, 'if 그대로'에 분기가 \
         남았는지는 이 데이터로 알 수 없음: 바이트를 늘리거나 임계값을 \
         128에 가깝게 해 볼 것"
    } else if plain.median >= KEPT {
        "이 빌드의 컴파일러는 'if 그대로'에 분기를 남김"
    } else {
        "이 빌드의 컴파일러는 'if 그대로'의 분기를 없앰"
    };
    format!(
        "정렬해서 빨라진 배수: 분기를 남기면 {}배, if 그대로는 {}배. {}.",
        format::significant(branch.median),
        format::significant(plain.median),
        verdict
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    #[test]
    fn anchors_of_the_spec() {
        for (threshold, taken, random) in [
            ("128", Some(5_022), 4_897),
            ("230", None, 1_108),
            ("252", None, 176),
        ] {
            let report =
                run_with("branch_predict", &[("threshold", threshold)]);
            if let Some(taken) = taken {
                assert_eq!(report.int("taken"), Some(taken));
            }
            assert_eq!(report.int("missed_random"), Some(random));
            assert_eq!(report.int("missed_sorted"), Some(2));
        }
    }

    #[test]
    fn the_default_prediction_is_a_coin() {
        let verdict = run_with("branch_predict", &[]).verdict.unwrap();
        assert_eq!(verdict.headline, "49.0%");
        assert_eq!(verdict.choice.as_deref(), Some("50"));
        let never = [("threshold", "256")];
        let verdict = run_with("branch_predict", &never).verdict.unwrap();
        assert_eq!(verdict.headline, "0.0%");
        assert_eq!(verdict.choice.as_deref(), Some("1"));
    }

    /// 카운터를 손으로 따라감: 1 → 2 → 3 → 3 → 2 → 3.
    #[test]
    fn a_full_counter_forgives_one_surprise() {
        let bytes = [9, 9, 9, 0, 9];
        let mut counters = Vec::new();
        let outcome = predict(&bytes, 5, |step| counters.push(step.counter));
        assert_eq!(counters, [1, 2, 3, 3, 2]);
        assert_eq!(outcome, Outcome { taken: 4, missed: 2 });
    }

    #[test]
    fn the_three_sums_agree() {
        let bytes = bytes(3_000, 7);
        for threshold in [0, 1, 100, 128, 255, 256] {
            let want: u64 = bytes
                .iter()
                .map(|byte| u64::from(*byte))
                .filter(|value| *value >= threshold)
                .sum();
            for (name, sum) in SUMS {
                assert_eq!(sum(&bytes, threshold), want, "{name}");
            }
        }
    }
}
