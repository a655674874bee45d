//! 한 번 재서는 모른다: 잡음의 모형에서 표본의 수와 오판의 확률.

use std::hint::black_box;

use concurrency::events::exp_q20;
use lab::measure::{Case, NO_DIFFERENCE, Timings, interleave, paired_ratio};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Mark, Point, Series, Shape,
    Table, Verdict,
};
use lab::rng::{SplitMix64, mix64};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 한 번 잰 값으로는 비교할 수 없는가?",
    prediction: Prediction {
        text: "A가 정말로 2% 빠름. 표본을 3개씩 재어 중앙값을 견주면 A가 \
               더 빠르지 않다고 나올 확률은 몇 %일까?",
        ask: Ask::Number { unit: "%" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

lab::params! {
    /// 잡음의 모양과 진짜 차이.
    pub struct Params {
        samples: u64 = 3, int("표본의 수").unit("개").range(1, 200)
            .hint("표와 표본 그림이 보일 수. 곡선은 1–200개를 모두 보임");
        gap: u64 = 20, int("진짜 차이").unit("‰").range(1, 500)
            .hint("B는 A보다 이만큼 느림. 20‰는 2%");
        jitter: u64 = 50, int("흔들림의 평균").unit("‰").range(0, 1_000)
            .hint("늘 더해지기만 하는, 지수 분포를 따르는 잡음");
        spikes: u64 = 20, int("튀는 표본").unit("‰").range(0, 500);
        spike: u64 = 1_000, int("튀는 크기").unit("‰").range(0, 10_000)
            .hint("1,000‰면 튄 표본은 두 배쯤 걸림");
        trials: u64 = 400, int("되풀이").unit("번")
            .browser(100, 2_000).native(100, 100_000)
            .hint("확률은 이만큼 되풀이해 틀린 횟수를 센 것");
        seed: u64 = 42, int("씨앗");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 곡선이 지나는 표본의 수.
pub const COUNTS: [u64; 14] =
    [1, 2, 3, 5, 7, 10, 15, 21, 30, 50, 75, 100, 150, 200];
const MOST: usize = 200;
/// 잡음이 없을 때 A의 시간, 모형의 단위.
const BASE: u64 = 10_000;

/// 표본을 한 수로 줄이는 법.
pub const STATISTICS: [&str; 4] = ["최솟값", "중앙값", "평균", "p95"];
const MEDIAN: usize = 1;

// ANCHOR: kernel
/// 잡음을 뽑음: 늘 조금 흔들리고, 가끔 크게 튐.
pub struct Noise {
    table: Vec<u32>,
    rng: SplitMix64,
    jitter: u64,
    spikes: u64,
    spike: u64,
}

impl Noise {
    pub fn new(p: &Params) -> Self {
        Noise {
            table: exp_q20(),
            rng: SplitMix64::new(p.seed),
            jitter: BASE / 1_000 * p.jitter,
            spikes: p.spikes,
            spike: BASE / 1_000 * p.spike,
        }
    }

    pub fn draw(&mut self) -> u64 {
        let exp = self.table[(self.rng.next_u64() >> 52) as usize];
        let jitter = (self.jitter * u64::from(exp)) >> 20;
        let spiked = self.rng.below(1_000) < self.spikes;
        jitter + if spiked { self.spike } else { 0 }
    }
}

/// 정렬한 표본의 대푯값과 그 배수. 나누지 않아야 정수로 남음.
pub fn statistic(sorted: &[u64], which: usize) -> (u64, u64) {
    let n = sorted.len();
    match which {
        0 => (sorted[0], 1),
        1 => (sorted[n / 2] + sorted[(n - 1) / 2], 2),
        2 => (sorted.iter().sum(), n as u64),
        _ => (sorted[(n * 95).div_ceil(100) - 1], 1),
    }
}

/// 대푯값 하나, 표본의 수 하나에서 틀린 횟수.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Errors {
    /// A가 정말 빠른데 더 빠르지 않다고 나옴.
    pub wrong: u64,
    /// 둘이 똑같은데 진짜 차이만큼 다르다고 나옴.
    pub phantom: u64,
}

/// `[대푯값][표본의 수]`마다의 오판. 같은 되풀이의 앞부분을 늘려 가며 봄.
pub fn misjudge(p: &Params, counts: &[u64]) -> Vec<Vec<Errors>> {
    let mut noise = Noise::new(p);
    let gap = i128::from(BASE / 1_000 * p.gap);
    let mut errors =
        vec![vec![Errors::default(); counts.len()]; STATISTICS.len()];
    let (mut a, mut b) = (vec![0; MOST], vec![0; MOST]);
    for _ in 0..p.trials {
        for (a, b) in a.iter_mut().zip(&mut b) {
            *a = noise.draw();
            *b = noise.draw();
        }
        for (i, count) in counts.iter().enumerate() {
            let (mut a, mut b) =
                (a[..*count as usize].to_vec(), b[..*count as usize].to_vec());
            a.sort_unstable();
            b.sort_unstable();
            for (which, errors) in errors.iter_mut().enumerate() {
                let (a, times) = statistic(&a, which);
                let (b, _) = statistic(&b, which);
                let apart = i128::from(b) - i128::from(a);
                let gap = gap * i128::from(times);
                errors[i].wrong += u64::from(apart + gap <= 0);
                errors[i].phantom += u64::from(apart.abs() >= gap);
            }
        }
    }
    errors
}
// ANCHOR_END: kernel

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let errors = misjudge(p, &COUNTS);
    let chosen: Vec<Errors> =
        misjudge(p, &[p.samples]).into_iter().map(|each| each[0]).collect();
    let all = errors.iter().flatten();
    let sums: Vec<u64> =
        all.flat_map(|each| [each.wrong, each.phantom]).collect();
    let enough = |which: usize| {
        let fits = |each: &Errors| each.wrong * 20 <= p.trials;
        let at = errors[which].iter().position(fits);
        at.map_or(0, |at| COUNTS[at])
    };
    Ok(Report::default()
        .answer("trials", p.trials)
        .answer("wrong_min", chosen[0].wrong)
        .answer("wrong_median", chosen[1].wrong)
        .answer("wrong_mean", chosen[2].wrong)
        .answer("wrong_p95", chosen[3].wrong)
        .answer("phantom_median", chosen[1].phantom)
        .answer("enough_min", enough(0))
        .answer("enough_median", enough(1))
        .answer("enough_mean", enough(2))
        .checksum(&sums)
        .view(View::Chart(strip(p)))
        .view(View::Table(table(p, &chosen, &enough)))
        .view(View::Chart(curve(p, &errors, |each| each.wrong)))
        .view(View::Chart(curve(p, &errors, |each| each.phantom))))
}

fn percent(count: u64, trials: u64) -> f64 {
    count as f64 / trials as f64 * 100.0
}

/// 첫 되풀이의 표본: 겹쳐 보이는 두 무리.
fn strip(p: &Params) -> Chart {
    let mut noise = Noise::new(p);
    let shift = [BASE, BASE + BASE / 1_000 * p.gap];
    let mut seen = [Vec::new(), Vec::new()];
    for _ in 0..p.samples {
        for (seen, base) in seen.iter_mut().zip(shift) {
            seen.push(base + noise.draw());
        }
    }
    let dots = seen.iter().enumerate().flat_map(|(row, values)| {
        values.iter().map(move |value| (*value as f64, row as f64).into())
    });
    let middle = seen.iter().enumerate().map(|(row, values)| {
        let mut sorted = values.clone();
        sorted.sort_unstable();
        let (sum, times) = statistic(&sorted, MEDIAN);
        Point {
            x: sum as f64 / times as f64,
            y: row as f64,
            low: Some(sorted[0] as f64),
            high: Some(sorted[sorted.len() - 1] as f64),
        }
    });
    Chart {
        title: format!("첫 되풀이의 표본 {}개씩", p.samples),
        badge: Badge::Model,
        x: Axis::linear("걸린 시간 (모형)", "단위"),
        y: Axis::category("방법", ["A", "B (정말로 느림)"]),
        series: vec![
            Series {
                name: "표본".into(),
                shape: Shape::Dot,
                points: dots.collect(),
            },
            Series {
                name: "중앙값과 최소–최대".into(),
                shape: Shape::Dot,
                points: middle.collect(),
            },
        ],
        marks: Vec::new(),
    }
}

fn table(
    p: &Params,
    chosen: &[Errors],
    enough: &dyn Fn(usize) -> u64,
) -> Table {
    let rows = STATISTICS.iter().zip(chosen).enumerate().map(
        |(which, (name, errors))| {
            vec![
                (*name).into(),
                Cell::fixed(percent(errors.wrong, p.trials), 1),
                Cell::fixed(percent(errors.phantom, p.trials), 1),
                match enough(which) {
                    0 => "200개로도 모자람".into(),
                    count => Cell {
                        text: format!("{count}개"),
                        value: Some(count as f64),
                    },
                },
            ]
        },
    );
    Table {
        title: format!(
            "표본 {}개씩 재어 견주기를 {}번",
            p.samples,
            format::int(p.trials)
        ),
        badge: Badge::Model,
        columns: vec![
            Column::text("견주는 값"),
            Column::number("A가 빠른 줄 모름", "%"),
            Column::number("같은데 다르다고 함", "%"),
            Column::text("5%만 틀리려면"),
        ],
        rows: rows.collect(),
    }
}

fn curve(
    p: &Params,
    errors: &[Vec<Errors>],
    which: fn(&Errors) -> u64,
) -> Chart {
    let shown = which(&Errors { wrong: 1, phantom: 0 }) == 1;
    let series = STATISTICS.iter().zip(errors).map(|(name, errors)| Series {
        name: (*name).into(),
        shape: Shape::Line,
        points: COUNTS
            .iter()
            .zip(errors)
            .map(|(count, each)| {
                (*count as f64, percent(which(each), p.trials)).into()
            })
            .collect(),
    });
    let gap = format::fixed(p.gap as f64 / 10.0, 1);
    Chart {
        title: match shown {
            true => format!("정말로 {gap}% 빠른 A를 몰라볼 확률"),
            false => format!("똑같은 둘을 {gap}% 이상 다르다고 할 확률"),
        },
        badge: Badge::Model,
        x: Axis::log("표본의 수", "개"),
        y: Axis::linear("틀릴 확률", "%"),
        series: series.collect(),
        marks: vec![Mark { axis: AxisName::Y, at: 5.0, label: "5%".into() }],
    }
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(0);
    let wrong = percent(int("wrong_median"), int("trials").max(1));
    let mean = percent(int("wrong_mean"), int("trials").max(1));
    Verdict::number(
        format!("{}%", format::fixed(wrong, 1)),
        wrong,
        format!(
            "{}번 되풀이해 중앙값이 {}번 틀림. 평균으로 견주면 {}%임.",
            format::int(int("trials")),
            format::int(int("wrong_median")),
            format::fixed(mean, 1)
        ),
    )
}

/// 재는 일: 섞은 수 `count`개의 합.
#[inline(never)]
pub fn work(count: u64, seed: u64) -> u64 {
    (0..count).fold(seed, |sum, i| sum.wrapping_add(mix64(sum ^ i)))
}

/// A의 일감.
const WORK: u64 = 2_000;

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let slower = WORK + WORK * p.gap / 1_000;
    let job = |count: u64| move || work(black_box(count), black_box(1));
    let mut cases = vec![
        Case::new("A", 1, job(WORK)),
        Case::new("A를 한 번 더 (똑같음)", 1, job(WORK)),
        Case::new(&format!("B (일이 {}‰ 많음)", p.gap), 1, job(slower)),
    ];
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    Ok(vec![
        View::Chart(dots(&timings)),
        View::Chart(intervals(&timings)),
        View::Table(judged(&timings)),
    ])
}

/// 잰 표본을 모두 찍음.
fn dots(timings: &Timings) -> Chart {
    let names = timings.rows.iter().map(|row| row.name.as_str());
    let points = timings.rows.iter().enumerate().flat_map(|(i, row)| {
        row.samples.iter().map(move |ns| (ns / 1e3, i as f64).into())
    });
    Chart {
        title: "번갈아 잰 표본 하나하나".into(),
        badge: Badge::Measured,
        x: Axis::linear("일 하나의 시간", "µs"),
        y: Axis::category("방법", names),
        series: vec![Series {
            name: "표본".into(),
            shape: Shape::Dot,
            points: points.collect(),
        }],
        marks: Vec::new(),
    }
}

/// 첫 방법과 견준 것: 표본 하나로 말할 뻔한 비와, 모두 써서 말하는 비.
fn intervals(timings: &Timings) -> Chart {
    let (first, rest) = (&timings.rows[0], &timings.rows[1..]);
    let names = rest.iter().map(|row| row.name.as_str());
    let all = rest.iter().enumerate().map(|(i, row)| {
        let ratio = paired_ratio(&first.samples, &row.samples);
        Point {
            x: ratio.median,
            y: i as f64,
            low: Some(ratio.low),
            high: Some(ratio.high),
        }
    });
    let single = rest.iter().enumerate().flat_map(|(i, row)| {
        let pairs = first.samples.iter().zip(&row.samples);
        pairs.map(move |(a, b)| (b / a, i as f64).into())
    });
    Chart {
        title: "A에 견준 비: 한 짝으로 말하면, 모두로 말하면".into(),
        badge: Badge::Measured,
        x: Axis::linear("A에 견준 시간의 비", "배"),
        y: Axis::category("방법", names),
        series: vec![
            Series {
                name: "표본 한 짝의 비".into(),
                shape: Shape::Dot,
                points: single.collect(),
            },
            Series {
                name: "중앙값과 95% 구간".into(),
                shape: Shape::Dot,
                points: all.collect(),
            },
        ],
        marks: vec![Mark {
            axis: AxisName::X, at: 1.0, label: "같음".into()
        }],
    }
}

fn judged(timings: &Timings) -> Table {
    let (first, rest) = (&timings.rows[0], &timings.rows[1..]);
    let rows = rest.iter().map(|row| {
        let ratio = paired_ratio(&first.samples, &row.samples);
        let pairs = first.samples.iter().zip(&row.samples);
        let singles: Vec<f64> = pairs.map(|(a, b)| b / a).collect();
        let low = singles.iter().copied().fold(f64::INFINITY, f64::min);
        let high = singles.iter().copied().fold(0.0, f64::max);
        let three = |x: f64| format::fixed(x, 3);
        let interval = format!("{}–{}", three(ratio.low), three(ratio.high));
        vec![
            row.name.as_str().into(),
            format!("{}–{}", three(low), three(high)).into(),
            Cell::fixed(ratio.median, 3),
            interval.into(),
            match ratio.is_clear() {
                false => NO_DIFFERENCE.into(),
                true if ratio.median > 1.0 => "A가 빠름".into(),
                true => "A가 느림".into(),
            },
        ]
    });
    Table {
        title: format!(
            "A와 견주기: 표본 {}개, 시계 눈금 {}",
            first.samples.len(),
            format::time(timings.clock_step_ns)
        ),
        badge: Badge::Measured,
        columns: vec![
            Column::text("방법"),
            Column::text("한 짝만 봤다면"),
            Column::number("비의 중앙값", "배"),
            Column::text("95% 구간"),
            Column::text("말할 수 있는 것"),
        ],
        rows: rows.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    #[test]
    fn three_samples_mislead_three_times_in_ten() {
        let report = run_with("bench_noise", &[]);
        let int = |key| report.int(key).unwrap();
        assert_eq!(int("wrong_min"), 81);
        assert_eq!(int("wrong_median"), 124);
        assert_eq!(int("wrong_mean"), 122);
        assert_eq!(int("wrong_p95"), 156);
        assert_eq!(int("phantom_median"), 228);
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.number, Some(31.0));
    }

    /// 파이썬으로 따로 만든 원형의 수.
    #[test]
    fn anchors_of_the_curve() {
        let errors = misjudge(&Params::default(), &COUNTS);
        let wrong = |which: usize| -> Vec<u64> {
            errors[which].iter().map(|each| each.wrong).collect()
        };
        assert_eq!(
            wrong(0),
            [145, 103, 81, 35, 13, 2, 0, 0, 0, 0, 0, 0, 0, 0]
        );
        assert_eq!(
            wrong(1),
            [145, 136, 124, 102, 102, 81, 62, 40, 25, 19, 4, 0, 0, 0]
        );
        let mean = wrong(2);
        assert_eq!((mean[8], mean[13]), (126, 34));
    }

    #[test]
    fn without_noise_one_sample_is_enough() {
        let quiet = [("jitter", "0"), ("spikes", "0"), ("samples", "1")];
        let report = run_with("bench_noise", &quiet);
        assert_eq!(report.int("wrong_median"), Some(0));
        assert_eq!(report.int("phantom_median"), Some(0));
        assert_eq!(report.int("enough_mean"), Some(1));
    }

    #[test]
    fn statistics_by_hand() {
        let five = [3, 4, 4, 5, 30];
        assert_eq!(statistic(&five, 0), (3, 1));
        assert_eq!(statistic(&five, 1), (8, 2));
        assert_eq!(statistic(&five, 2), (46, 5));
        assert_eq!(statistic(&five, 3), (30, 1));
        assert_eq!(statistic(&[1, 2], 1), (3, 2));
    }

    /// 하나뿐인 표본에서는 어느 대푯값이나 그 표본임.
    #[test]
    fn one_sample_is_every_statistic() {
        let errors = misjudge(&Params::default(), &[1]);
        assert!(errors.iter().all(|each| each == &errors[0]));
    }

    #[test]
    fn more_work_is_another_answer() {
        assert_eq!(work(0, 1), 1);
        assert_ne!(work(10, 1), work(11, 1));
    }
}
