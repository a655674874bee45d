//! 무엇과 비교했나: 여러 빌드의 가상 머신을 재어 둔 기록에서 기준선만 바꾸며
//! 이득을 다시 셈.

use std::collections::BTreeMap;

use serde::Deserialize;

use lab::measure::quantile;
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Mark, Point, Series, Shape,
    Table, Verdict,
};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 빨라졌다는 말이 기준선을 바꾸면 사라지는가?",
    prediction: Prediction {
        text: "opt-level 3으로 빌드한 특수화 가상 머신이 opt-level 1로 빌드한 \
               스택 기계보다 빨랐음. 기준선을 나머지 열아홉 가지로 하나씩 \
               바꾸면 그 이득은 어디까지 내려갈까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: None,
    python: Python::Same,
    bench: Bench::None(
        "재어 둔 기록을 다시 셈하는 실험이라 잴 것이 없음: 기록은 \
         data/lessons_baseline.py가 만듦",
    ),
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("10", "10%쯤은 남음"),
    ("0", "0%쯤: 없어짐"),
    ("-5", "5%쯤 손해"),
    ("-15", "15%쯤 손해"),
];

lab::choices! {
    /// 같은 원본을 컴파일한 방법.
    pub enum Build {
        O1 = "o1", "opt-level 1";
        Os = "os", "opt-level s";
        O2 = "o2", "opt-level 2";
        O3 = "o3", "opt-level 3";
        Cgu1 = "cgu1", "3 + codegen-units 1";
        Lto = "lto", "3 + LTO";
        Native = "native", "3 + LTO + native";
    }
}

lab::choices! {
    /// 가상 머신의 방법.
    pub enum Mode {
        Tree = "tree", "나무 걷기";
        Stack = "stack", "스택";
        Special = "special", "특수화";
    }
}

lab::params! {
    /// 견줄 둘과 쓸 표본.
    pub struct Params {
        our_build: Build = Build::O3, choice("우리: 빌드");
        our_mode: Mode = Mode::Special, choice("우리: 방법");
        base_build: Build = Build::O1, choice("기준선: 빌드");
        base_mode: Mode = Mode::Stack, choice("기준선: 방법");
        samples: u64 = 21, int("쓸 표본").unit("개").range(3, 21)
            .hint("기록한 차례로 앞에서부터");
        resamples: u64 = 500, int("다시 뽑는 횟수").unit("번")
            .range(100, 2_000);
        seed: u64 = 42, int("씨앗").range(0, 1_000_000);
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// `data/lessons_baseline.py`가 남긴 기록. 한 바퀴의 ps.
#[derive(Debug, Deserialize)]
struct Recorded {
    machine: String,
    compiler: String,
    date: String,
    command: String,
    what: String,
    samples: BTreeMap<String, Vec<u64>>,
}

const RECORDED: &str =
    include_str!("../../data/measured/lessons_baseline.json");

impl Recorded {
    fn load() -> Result<Self, Failure> {
        serde_json::from_str(RECORDED).map_err(|error| {
            Failure::Unavailable(format!("기록을 읽지 못함: {error}"))
        })
    }

    fn of(&self, which: Which, most: u64) -> Result<&[u64], Failure> {
        let name = which.key();
        let samples = self.samples.get(&name);
        let samples = samples.and_then(|all| all.get(..most as usize));
        samples.ok_or_else(|| {
            Failure::Unavailable(format!("{name}: 기록이 모자람"))
        })
    }
}

/// 잰 것 하나: 빌드와 방법.
type Pair = (Build, Mode);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Which(Pair);

impl Which {
    fn all() -> impl Iterator<Item = Which> {
        let of = |build| Mode::ALL.map(|mode| Which((build, mode)));
        Build::ALL.into_iter().flat_map(of)
    }

    fn key(self) -> String {
        format!("{}/{}", self.0.0.value(), self.0.1.value())
    }

    fn label(self) -> String {
        format!("{}, {}", self.0.1.label(), self.0.0.label())
    }
}

/// 기준선의 시간을 우리 시간으로 나눈 것. 1보다 크면 우리가 빠름.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ratio {
    median: f64,
    low: f64,
    high: f64,
}

// ANCHOR: kernel
/// 짝마다의 비의 중앙값과, 짝을 다시 뽑아 얻은 95% 구간.
fn compare(ours: &[u64], base: &[u64], resamples: u64, seed: u64) -> Ratio {
    let pairs = ours.iter().zip(base);
    let ratios: Vec<f64> =
        pairs.map(|(ours, base)| *base as f64 / *ours as f64).collect();
    let mut rng = SplitMix64::new(seed);
    let n = ratios.len() as u64;
    let medians = (0..resamples).map(|_| {
        let draw = (0..n).map(|_| ratios[rng.below(n) as usize]);
        median(draw.collect())
    });
    let mut medians: Vec<f64> = medians.collect();
    medians.sort_by(f64::total_cmp);
    Ratio {
        low: quantile(&medians, 0.025),
        high: quantile(&medians, 0.975),
        median: median(ratios),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    quantile(&values, 0.5)
}
// ANCHOR_END: kernel

impl Ratio {
    fn gain(ratio: f64) -> f64 {
        (ratio - 1.0) * 100.0
    }

    /// `+12.3% (11.8–12.9)`.
    fn told(self) -> String {
        if self.low <= 1.0 && self.high >= 1.0 {
            return "구별할 수 없음".into();
        }
        let [median, low, high] =
            [self.median, self.low, self.high].map(Self::gain);
        let sign = if median > 0.0 { "+" } else { "" };
        format!(
            "{sign}{}% ({} ~ {})",
            format::fixed(median, 1),
            format::fixed(low, 1),
            format::fixed(high, 1)
        )
    }
}

/// 백만분율의 내림.
fn ppm(ratio: f64) -> u64 {
    (ratio * 1e6).floor() as u64
}

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let recorded = Recorded::load()?;
    let ours = Which((p.our_build, p.our_mode));
    let base = Which((p.base_build, p.base_mode));
    let chosen = against(p, &recorded, base)?;
    let all = against_all(p, &recorded)?;
    let medians = || all.iter().map(|(_, ratio)| ratio.median);
    let most = medians().fold(0.0, f64::max);
    let least = medians().fold(f64::MAX, f64::min);
    let words = [chosen.median, chosen.low, chosen.high, most, least];
    let Recorded { machine, date, command, compiler, what, .. } = &recorded;
    Ok(Report::default()
        .answer("ratio_ppm", ppm(chosen.median))
        .answer("low_ppm", ppm(chosen.low))
        .answer("high_ppm", ppm(chosen.high))
        .answer("most_ppm", ppm(most))
        .answer("least_ppm", ppm(least))
        .checksum(&words.map(f64::to_bits))
        .view(note(format!(
            "이 기기가 아니라 {machine}에서 {date}에 잰 기록임: {what} \
             ({command}, {compiler})"
        )))
        .view(View::Table(claim(ours, base, chosen, &all)))
        .view(View::Chart(spread(ours, base, &all)))
        .view(View::Table(times(&recorded, p.samples)?)))
}

/// 우리를 기준선 하나와 견줌.
fn against(
    p: &Params,
    recorded: &Recorded,
    base: Which,
) -> Result<Ratio, Failure> {
    let ours = recorded.of(Which((p.our_build, p.our_mode)), p.samples)?;
    let base = recorded.of(base, p.samples)?;
    Ok(compare(ours, base, p.resamples, p.seed))
}

/// 우리를 뺀 모두와 견준 것. 이득이 작은 것부터.
fn against_all(
    p: &Params,
    recorded: &Recorded,
) -> Result<Vec<(Which, Ratio)>, Failure> {
    let ours = Which((p.our_build, p.our_mode));
    let mut all: Vec<(Which, Ratio)> = Which::all()
        .filter(|base| *base != ours)
        .map(|base| Ok((base, against(p, recorded, base)?)))
        .collect::<Result<_, Failure>>()?;
    all.sort_by(|a, b| a.1.median.total_cmp(&b.1.median));
    Ok(all)
}

fn claim(
    ours: Which,
    base: Which,
    chosen: Ratio,
    all: &[(Which, Ratio)],
) -> Table {
    let row = |what: &str, base: Which, ratio: Ratio| {
        vec![what.into(), base.label().into(), ratio.told().into()]
    };
    let mut rows = vec![row("고른 기준선", base, chosen)];
    let (worst, best) = (all.first(), all.last());
    rows.extend(best.map(|(base, r)| row("이득이 가장 큰", *base, *r)));
    rows.extend(worst.map(|(base, r)| row("이득이 가장 작은", *base, *r)));
    Table {
        title: format!("{}의 이득", ours.label()),
        badge: Badge::Measured,
        columns: vec![
            Column::text("주장"),
            Column::text("기준선"),
            Column::text("이득 (95% 구간)"),
        ],
        rows,
    }
}

fn spread(ours: Which, base: Which, all: &[(Which, Ratio)]) -> Chart {
    let point = |(i, (_, ratio)): (usize, &(Which, Ratio))| Point {
        x: Ratio::gain(ratio.median),
        y: i as f64,
        low: Some(Ratio::gain(ratio.low)),
        high: Some(Ratio::gain(ratio.high)),
    };
    let series = |name: &str, chosen: bool| Series {
        name: name.into(),
        shape: Shape::Dot,
        points: all
            .iter()
            .enumerate()
            .filter(|(_, (each, _))| (*each == base) == chosen)
            .map(point)
            .collect(),
    };
    let names = all.iter().map(|(each, _)| each.label());
    let mut shown = vec![series("다른 기준선과 95% 구간", false)];
    if base != ours {
        shown.push(series("고른 기준선", true));
    }
    Chart {
        title: "기준선을 바꾸면 이득은".into(),
        badge: Badge::Measured,
        x: Axis::linear("이득", "%"),
        y: Axis::category("기준선", names),
        series: shown,
        marks: vec![Mark {
            axis: AxisName::X, at: 0.0, label: "같음".into()
        }],
    }
}

fn times(recorded: &Recorded, samples: u64) -> Result<Table, Failure> {
    let row = |build: Build| -> Result<Vec<Cell>, Failure> {
        let mut row = vec![build.label().into()];
        for mode in Mode::ALL {
            let all = recorded.of(Which((build, mode)), samples)?;
            let ns = all.iter().map(|ps| *ps as f64 / 1_000.0).collect();
            row.push(Cell::fixed(median(ns), 1));
        }
        Ok(row)
    };
    let mut columns = vec![Column::text("빌드")];
    columns.extend(Mode::ALL.map(|mode| Column::number(mode.label(), "ns")));
    Ok(Table {
        title: "한 바퀴의 중앙값".into(),
        badge: Badge::Measured,
        columns,
        rows: Build::ALL.into_iter().map(row).collect::<Result<_, _>>()?,
    })
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let found = Recorded::load().and_then(|all| against_all(&p, &all));
    let Some((base, least)) = found.ok().and_then(|all| all.first().copied())
    else {
        return Verdict::pending();
    };
    let gain = Ratio::gain(least.median);
    let distance =
        |value: &str| (value.parse().unwrap_or(f64::MAX) - gain).abs();
    let values = GUESSES.iter().map(|(value, _)| *value);
    let nearest = values.min_by(|a, b| distance(a).total_cmp(&distance(b)));
    let sentence = format!(
        "{}의 이득이 가장 작은 기준선은 {}임: {}.",
        Which((p.our_build, p.our_mode)).label(),
        base.label(),
        least.told()
    );
    Verdict {
        headline: format!("{}%", format::fixed(gain, 1)),
        sentence,
        choice: nearest.map(str::to_owned),
        ..Verdict::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    #[test]
    fn the_record_is_whole() {
        let recorded = Recorded::load().unwrap();
        assert_eq!(recorded.samples.len(), 21);
        for which in Which::all() {
            let all = recorded.of(which, 21).unwrap();
            assert_eq!(all.len(), 21);
            assert!(all.iter().all(|ps| *ps > 0));
        }
    }

    /// 페이지의 파이썬이 읽는 것과 같은 기록이어야 함.
    #[test]
    fn the_python_copy_is_the_same() {
        let recorded = Recorded::load().unwrap();
        let python = include_str!("baseline_samples.py");
        let numbers: Vec<u64> = python
            .lines()
            .filter(|line| line.starts_with("        "))
            .flat_map(|line| line.split(','))
            .filter_map(|word| word.trim().parse().ok())
            .collect();
        let names: Vec<&str> = python
            .lines()
            .filter_map(|line| line.trim().strip_suffix("\": ["))
            .map(|name| name.trim_start_matches('"'))
            .collect();
        assert_eq!(names.len(), 21);
        for (name, samples) in names.iter().zip(numbers.chunks(21)) {
            assert_eq!(recorded.samples[*name], samples, "{name}");
        }
    }

    #[test]
    fn equal_samples_gain_nothing() {
        let same = [70_000, 71_000, 69_500];
        let ratio = compare(&same, &same, 100, 1);
        assert_eq!((ratio.median, ratio.low, ratio.high), (1.0, 1.0, 1.0));
        assert_eq!(ratio.told(), "구별할 수 없음");
        let half = same.map(|ps| ps * 2);
        let ratio = compare(&same, &half, 100, 1);
        assert_eq!(ratio.told(), "+100.0% (100.0 ~ 100.0)");
    }

    /// 손으로 셈한 중앙값: 비 1.5, 1, 2의 가운데.
    #[test]
    fn the_median_is_of_pairs() {
        let ratio = compare(&[10, 10, 10], &[15, 10, 20], 200, 7);
        assert_eq!(ratio.median, 1.5);
        assert!(ratio.low >= 1.0 && ratio.high <= 2.0);
    }

    #[test]
    fn the_baseline_decides_the_gain() {
        let report = run_with("case_baseline", &[]);
        let [most, least] =
            ["most_ppm", "least_ppm"].map(|key| report.int(key).unwrap());
        let chosen = report.int("ratio_ppm").unwrap();
        assert!(least <= chosen && chosen <= most);
        assert!(most > 1_000_000, "{most}");
        let verdict = report.verdict.unwrap();
        assert!(verdict.choice.is_some());
        let gain = (least as f64 / 1e6 - 1.0) * 100.0;
        assert!(verdict.headline.starts_with(&format::fixed(gain, 1)));
    }
}
