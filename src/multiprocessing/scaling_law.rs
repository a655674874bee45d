//! 코어를 늘릴 때의 세 법칙과, 잰 점에 맞춘 보편 확장성 법칙.
//!
//! 출처: Amdahl (1967), Gustafson (1988), Gunther의 보편 확장성 법칙(USL),
//! Karp와 Flatt (1990). 모두 사칙연산과 제곱근뿐이라 어디서나 같은 비트임.

use lab::measure::{Case, Timings, interleave, paired_ratio};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Mark, Point, Series, Shape,
    Table, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

use super::chunk_balance::real;

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 8개보다 16개가 느린가?",
    prediction: Prediction {
        text: "한 줄로만 할 수 있는 몫 σ = 5%, 둘씩 맞춰 보는 값 κ = 1%임. \
               코어가 몇 개일 때 가장 빠를까?",
        ask: Ask::Number { unit: "개" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

/// 기본값의 법칙을 소수 둘째 자리까지 적은 것: 8개까지만 잰 셈임.
const EIGHT: &str = "1:1 2:1.87 3:2.59 4:3.15 5:3.57 6:3.87 7:4.07 8:4.19";
const EXAMPLES: &[&str] = &[
    EIGHT,
    "1:1 2:1.95 3:2.8 4:3.6",
    "1:1 2:1.96 4:3.76 8:6.88 16:11.46 32:15.87",
    "1:1 2:2.02 4:4.2",
];

lab::params! {
    /// 법칙의 계수와, 맞출 점.
    pub struct Params {
        f: u64 = 50, int("직렬인 몫").unit("‰").range(0, 1_000)
            .hint("암달과 구스타프슨의 법칙");
        sigma: u64 = 50_000, int("다툼 σ").unit("ppm").range(0, 900_000)
            .hint("한 줄로 서는 몫: 락, 나눠 주는 한 사람");
        kappa: u64 = 10_000, int("맞춤 κ").unit("ppm").range(1, 100_000)
            .hint("둘씩 주고받는 몫: 캐시 라인, 합의");
        p: u64 = 64, int("코어").unit("개").range(2, 256).log();
        points: String = EIGHT.to_owned(), text("잰 점").limit(400)
            .examples(EXAMPLES)
            .hint("코어:배수를 빈칸으로 띄어 적음");
    }
    check = |p: &Params, _: Scope| parse(&p.points).map(|_| ());
}

/// `코어:배수`의 줄. 코어 2개 이상인 점이 서로 다른 코어로 둘은 있어야 함.
fn parse(text: &str) -> Result<Vec<(u64, f64)>, Failure> {
    let refuse = |what: String| Err(Failure::param("points", what));
    let mut points = Vec::new();
    for word in text.split_whitespace() {
        let Some(point) = parse_point(word) else {
            return refuse(format!(
                "잰 점(points)의 값 '{word}': 코어:배수 꼴이 아님. 코어는 \
                 1–9999인 정수, 배수는 0보다 크고 9999.999 이하여야 함"
            ));
        };
        points.push(point);
    }
    let mut cores: Vec<u64> =
        points.iter().map(|(p, _)| *p).filter(|p| *p > 1).collect();
    cores.sort_unstable();
    cores.dedup();
    if cores.len() < 2 {
        return refuse(format!(
            "잰 점(points)의 값 '{text}': 미지수가 둘이라 코어가 2개 이상인 \
             점이 서로 다른 코어로 둘은 있어야 함"
        ));
    }
    Ok(points)
}

/// `4:3.15`. 정수부 네 자리, 소수부 세 자리까지.
fn parse_point(word: &str) -> Option<(u64, f64)> {
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let (p, speedup) = word.split_once(':')?;
    let (whole, part) = speedup.split_once('.').unwrap_or((speedup, "0"));
    if !(digits(p, 4) && digits(whole, 4) && digits(part, 3)) {
        return None;
    }
    let (p, speedup) = (p.parse().ok()?, speedup.parse().ok()?);
    (p >= 1 && speedup > 0.0).then_some((p, speedup))
}

// ANCHOR: kernel
/// 암달: 일의 양이 그대로일 때. `f`는 직렬인 몫.
pub fn amdahl(f: f64, p: f64) -> f64 {
    1.0 / (f + (1.0 - f) / p)
}

/// 구스타프슨: 시간이 그대로이고 일이 코어만큼 늘 때.
pub fn gustafson(f: f64, p: f64) -> f64 {
    f + (1.0 - f) * p
}

/// 보편 확장성 법칙의 두 계수.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usl {
    /// 다툼: 한 줄로 서는 몫.
    pub sigma: f64,
    /// 맞춤: 둘씩 주고받는 몫.
    pub kappa: f64,
}

impl Usl {
    pub fn speedup(self, p: f64) -> f64 {
        let Usl { sigma, kappa } = self;
        p / (1.0 + sigma * (p - 1.0) + kappa * p * (p - 1.0))
    }

    /// 가장 빠른 코어의 수. 맞춘 κ가 0 이하라 최대점이 없으면 `None`.
    pub fn peak(self) -> Option<u64> {
        if self.kappa <= 0.0 {
            return None;
        }
        // 도함수가 0인 곳. 코어는 정수라 양옆을 견줌
        let at = ((1.0 - self.sigma).max(0.0) / self.kappa).sqrt();
        let low = (at as u64).max(1);
        let better = self.speedup((low + 1) as f64) > self.speedup(low as f64);
        Some(if better { low + 1 } else { low })
    }

    /// p / S − 1 = σ(p − 1) + κp(p − 1)은 두 계수에 대해 일차식임:
    /// 정규 방정식으로 바로 풂.
    pub fn fit(points: &[(u64, f64)]) -> Usl {
        let (mut aa, mut ab, mut bb) = (0.0, 0.0, 0.0);
        let (mut ay, mut by) = (0.0, 0.0);
        for &(p, speedup) in points {
            let p = p as f64;
            let (a, b, y) = (p - 1.0, p * (p - 1.0), p / speedup - 1.0);
            aa += a * a;
            ab += a * b;
            bb += b * b;
            ay += a * y;
            by += b * y;
        }
        let det = aa * bb - ab * ab;
        Usl {
            sigma: (ay * bb - by * ab) / det,
            kappa: (by * aa - ay * ab) / det,
        }
    }
}

/// 카프–플랫: 잰 배수가 말하는 직렬인 몫. 코어를 늘릴 때 자라면 직렬인
/// 일이 아니라 맞추는 값이 늘고 있다는 뜻임.
pub fn karp_flatt(p: f64, speedup: f64) -> f64 {
    (1.0 / speedup - 1.0 / p) / (1.0 - 1.0 / p)
}
// ANCHOR_END: kernel

impl Params {
    fn serial(&self) -> f64 {
        self.f as f64 / 1e3
    }

    fn usl(&self) -> Usl {
        Usl { sigma: self.sigma as f64 / 1e6, kappa: self.kappa as f64 / 1e6 }
    }
}

/// 백만분율로 반올림한 정수. 음수일 수도 있음.
fn ppm(x: f64) -> i64 {
    (x * 1e6 + 0.5).floor() as i64
}

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let (f, law, points) = (p.serial(), p.usl(), parse(&p.points)?);
    let fitted = Usl::fit(&points);
    let (n, peak) = (p.p as f64, law.peak().unwrap_or(1));
    let laws = [
        ("amdahl", amdahl(f, n)),
        ("gustafson", gustafson(f, n)),
        ("usl", law.speedup(n)),
        ("peak_speedup", law.speedup(peak as f64)),
    ];
    let mut words = vec![peak];
    let mut report = Report::default().answer("peak", peak);
    for (name, speedup) in laws {
        words.push(speedup.to_bits());
        report = report.answer(name, ppm(speedup).to_string().as_str());
    }
    // 최대점이 없으면 0
    let seen = fitted.peak().unwrap_or(0);
    words.extend([fitted.sigma.to_bits(), fitted.kappa.to_bits(), seen]);
    Ok(report
        .answer("fit_sigma", ppm(fitted.sigma).to_string().as_str())
        .answer("fit_kappa", ppm(fitted.kappa).to_string().as_str())
        .answer("fit_peak", seen)
        .checksum(&words)
        .view(View::Chart(curves(p, &points, fitted)))
        .view(View::Table(law_table(p, peak)))
        .view(View::Table(fit_table(&points, fitted))))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let (law, peak) = (p.usl(), report.int("peak").unwrap_or(0));
    let speedup = |p: u64| format::fixed(law.speedup(p as f64), 2);
    // 이웃한 두 정수가 똑같을 수 있음: p(p + 1) = (1 − σ) / κ일 때
    let next = peak + 1;
    let tied = law.speedup(next as f64) >= law.speedup(peak as f64);
    let also = match tied {
        true => format!("와 {}개에서 똑같이", format::int(next)),
        false => "에서".into(),
    };
    let sentence = format!(
        "코어 {}개{also} {}배가 끝임. 두 배인 {}개로 늘리면 {}배. 최대점은 \
         √((1 − σ) / κ) = {}.",
        format::int(peak),
        speedup(peak),
        format::int(peak * 2),
        speedup(peak * 2),
        format::fixed(((1.0 - law.sigma) / law.kappa).sqrt(), 1),
    );
    let headline = format!("{}개", format::int(peak));
    Verdict::number(headline, peak as f64, sentence)
}

fn curves(p: &Params, points: &[(u64, f64)], fitted: Usl) -> Chart {
    let line = |name: &str, law: &dyn Fn(f64) -> f64| Series {
        name: name.into(),
        shape: Shape::Line,
        points: (1..=p.p)
            .map(|cores| (cores as f64, law(cores as f64)))
            // 맞춘 계수가 음수면 법칙이 끊길 수 있음: 로그 축에 없는 값
            .filter(|(_, y)| *y > 0.0 && y.is_finite())
            .map(Point::from)
            .collect(),
    };
    let (f, law) = (p.serial(), p.usl());
    let measured = points.iter().filter(|(cores, _)| *cores <= p.p);
    let peak = law.peak().filter(|peak| *peak <= p.p);
    Chart {
        title: "코어를 늘리면 몇 배 빨라지는가".into(),
        badge: Badge::Model,
        x: Axis::log("코어", "개"),
        y: Axis::log("빨라진 배수", "배"),
        series: vec![
            line("구스타프슨", &|n| gustafson(f, n)),
            line("암달", &|n| amdahl(f, n)),
            line("USL", &|n| law.speedup(n)),
            line("잰 점에 맞춘 USL", &|n| fitted.speedup(n)),
            Series {
                name: "잰 점".into(),
                shape: Shape::Dot,
                points: measured
                    .map(|&(cores, speedup)| (cores as f64, speedup).into())
                    .collect(),
            },
        ],
        marks: peak
            .map(|peak| Mark {
                axis: AxisName::X,
                at: peak as f64,
                label: "USL의 최대점".into(),
            })
            .into_iter()
            .collect(),
    }
}

fn law_table(p: &Params, peak: u64) -> Table {
    let (f, law) = (p.serial(), p.usl());
    let doubling = std::iter::successors(Some(1), |cores| Some(cores * 2));
    let mut cores: Vec<u64> =
        doubling.take_while(|cores| *cores < p.p).collect();
    cores.extend([p.p, peak]);
    cores.sort_unstable();
    cores.dedup();
    let rows = cores.into_iter().map(|cores| {
        let n = cores as f64;
        let usl = law.speedup(n);
        vec![
            cores.into(),
            Cell::fixed(gustafson(f, n), 2),
            Cell::fixed(amdahl(f, n), 2),
            Cell::fixed(usl, 2),
            Cell::fixed(usl / n * 100.0, 1),
            if cores == peak { "최대점".into() } else { "".into() },
        ]
    });
    Table {
        title: "세 법칙".into(),
        badge: Badge::Model,
        columns: vec![
            Column::number("코어", "개"),
            Column::number("구스타프슨", "배"),
            Column::number("암달", "배"),
            Column::number("USL", "배"),
            Column::number("USL의 효율", "%"),
            Column::text(""),
        ],
        rows: rows.collect(),
    }
}

/// 잰 점마다의 효율과 카프–플랫, 그리고 맞춘 법칙이 말하는 값.
fn fit_table(points: &[(u64, f64)], fitted: Usl) -> Table {
    let rows = points.iter().map(|&(cores, speedup)| {
        let p = cores as f64;
        vec![
            cores.into(),
            Cell::fixed(speedup, 2),
            Cell::fixed(speedup / p * 100.0, 1),
            serial_cell(cores, speedup),
            Cell::fixed(fitted.speedup(p), 2),
        ]
    });
    Table {
        title: format!("잰 점에 맞춘 USL: {}", fitted.says()),
        badge: Badge::Model,
        columns: point_columns(),
        rows: rows.collect(),
    }
}

impl Usl {
    fn says(self) -> String {
        let percent = |x: f64| format!("{}%", format::fixed(x * 100.0, 2));
        let peak = match self.peak() {
            Some(peak) => format!("최대점 {}개", format::int(peak)),
            // 도함수의 부호는 1 − σ − κp²: 코어 하나에서부터 양수여야 함
            None if self.sigma + self.kappa < 1.0 => {
                "늘릴수록 빨라지기만 함".into()
            }
            None => "늘린다고 빨라지지는 않음".into(),
        };
        let (sigma, kappa) = (percent(self.sigma), percent(self.kappa));
        format!("σ = {sigma}, κ = {kappa}, {peak}")
    }
}

/// 코어 하나에서는 뜻이 없음.
fn serial_cell(cores: u64, speedup: f64) -> Cell {
    match cores {
        1 => "–".into(),
        _ => Cell::fixed(karp_flatt(cores as f64, speedup) * 100.0, 2),
    }
}

fn point_columns() -> Vec<Column> {
    vec![
        Column::number("코어", "개"),
        Column::number("잰 배수", "배"),
        Column::number("효율", "%"),
        Column::number("카프–플랫 직렬인 몫", "%"),
        Column::number("맞춘 USL", "배"),
    ]
}

/// 재는 일: 걸음 수의 합. 연산뿐이라 메모리가 한계가 되지 않음.
const ITEMS: u64 = 200_000;
const CHUNK: u64 = 256;
/// 이보다 많으면 두 배씩만 잼.
const EVERY: usize = 8;

fn measure(_: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let threads = ctx.threads();
    if threads == 1 {
        return Ok(vec![note(
            "쓸 수 있는 스레드가 하나라 잴 것이 없음. 페이지라면 교차 출처 \
             격리가 있어야 스레드가 생김.",
        )]);
    }
    let cores = (1..=threads)
        .filter(|p| *p <= EVERY || p.is_power_of_two() || *p == threads);
    let cores: Vec<u64> = cores.map(|p| p as u64).collect();
    let mut cases: Vec<Case> = cores
        .iter()
        .map(|p| {
            let work = move || real::dynamic(ITEMS, *p, CHUNK);
            Case::new(&format!("{p}개"), ITEMS, work)
        })
        .collect();
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let points = speedups(&cores, &timings);
    let mut views =
        timings.views("연산뿐인 일을 코어를 늘려 가며", "항목 하나");
    // 미지수가 둘이라 코어가 2개 이상인 점이 둘은 있어야 함
    let fitted = (cores.len() > 2).then(|| Usl::fit(&points));
    views.push(View::Table(measured_table(&points, fitted)));
    if fitted.is_none() {
        views.push(note(
            "코어가 2개뿐이라 σ와 κ를 가를 수 없음: 코어가 3개 이상이어야 \
             맞춤. 카프–플랫의 몫은 2개로도 나옴.",
        ));
    }
    Ok(views)
}

/// 번갈아 잰 짝에서 구한 배수.
fn speedups(cores: &[u64], timings: &Timings) -> Vec<(u64, f64)> {
    let alone = &timings.rows[0].samples;
    let rows = cores.iter().zip(&timings.rows);
    rows.map(|(p, row)| (*p, paired_ratio(&row.samples, alone).median))
        .collect()
}

fn measured_table(points: &[(u64, f64)], fitted: Option<Usl>) -> Table {
    let rows = points.iter().map(|&(cores, speedup)| {
        let p = cores as f64;
        vec![
            cores.into(),
            Cell::fixed(speedup, 2),
            Cell::fixed(speedup / p * 100.0, 1),
            serial_cell(cores, speedup),
            fitted.map_or("–".into(), |law| Cell::fixed(law.speedup(p), 2)),
        ]
    });
    Table {
        title: match fitted {
            Some(law) => format!("이 기기에서 잰 점: {}", law.says()),
            None => "이 기기에서 잰 점".into(),
        },
        badge: Badge::Measured,
        columns: point_columns(),
        rows: rows.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    }

    /// 손으로 셈한 값: 직렬 5%, 코어 20개.
    #[test]
    fn the_laws_by_hand() {
        // 1 / (0.05 + 0.95 / 20) = 1 / 0.0975
        near(amdahl(0.05, 20.0), 1.0 / 0.0975);
        // 0.05 + 0.95 · 20
        near(gustafson(0.05, 20.0), 19.05);
        // 4 / (1 + 0.15 + 0.12)
        let law = Usl { sigma: 0.05, kappa: 0.01 };
        near(law.speedup(4.0), 4.0 / 1.27);
        // 직렬 5%인 암달의 배수가 말하는 직렬인 몫은 5%
        near(karp_flatt(20.0, amdahl(0.05, 20.0)), 0.05);
    }

    /// 명세의 더 해 보기: √(0.98 / 0.0004) ≈ 49.5, 직렬 5%의 끝은 20배.
    #[test]
    fn the_exercises_of_the_specification() {
        let law = Usl { sigma: 0.02, kappa: 0.0004 };
        near((0.98_f64 / 0.0004).sqrt(), 49.497_474_683_058_33);
        // 49 · 50 = 0.98 / 0.0004라 둘이 똑같이 16.892: 작은 쪽을 냄
        assert_eq!(law.peak(), Some(49));
        assert!(amdahl(0.05, 1e9) > 19.99 && amdahl(0.05, 1e9) < 20.0);
    }

    /// 기본값: √(0.95 / 0.01) = 9.75, 10개에서 4.26배, 16개는 8개보다 느림.
    #[test]
    fn sixteen_cores_are_slower_than_eight() {
        let report = run_with("scaling_law", &[]);
        assert_eq!(report.int("peak"), Some(10));
        let law = Params::default().usl();
        // 8 / 1.91, 10 / 2.35, 16 / 4.15
        near(law.speedup(8.0), 8.0 / 1.91);
        near(law.speedup(10.0), 10.0 / 2.35);
        near(law.speedup(16.0), 16.0 / 4.15);
        assert_eq!(report.verdict.unwrap().number, Some(10.0));
    }

    /// 49개와 50개가 똑같이 빠르면 둘 다 말함.
    #[test]
    fn a_tie_of_two_neighbours_is_told() {
        let said = |pairs: &[(&str, &str)]| {
            run_with("scaling_law", pairs).verdict.unwrap().sentence
        };
        let tie = said(&[("sigma", "20000"), ("kappa", "400")]);
        assert!(tie.starts_with("코어 49개와 50개에서 똑같이"), "{tie}");
        assert!(said(&[]).starts_with("코어 10개에서 4.26배"));
    }

    /// 법칙에서 나온 점은 그 법칙으로 돌아감.
    #[test]
    fn a_fit_finds_the_law_it_came_from() {
        let law = Usl { sigma: 0.02, kappa: 0.0004 };
        let points: Vec<(u64, f64)> =
            (1..=32).map(|p| (p, law.speedup(p as f64))).collect();
        let fitted = Usl::fit(&points);
        near(fitted.sigma, law.sigma);
        near(fitted.kappa, law.kappa);
    }

    /// 소수 둘째 자리까지 적은 8개로도 최대점을 맞힘.
    #[test]
    fn eight_points_foretell_the_peak() {
        let report = run_with("scaling_law", &[]);
        assert_eq!(report.int("fit_peak"), Some(10));
    }

    /// 카프–플랫의 몫(USL에서는 σ + κp)이 줄어들면 κ가 음수라 최대점이 없음.
    #[test]
    fn faster_than_the_cores_has_no_peak() {
        let report = run_with("scaling_law", &[("points", "2:2.02 4:4.2")]);
        assert_eq!(report.int("fit_peak"), Some(0));
    }

    /// 최대점이 없다고 다 빨라지는 것은 아님: 느려지기만 한 점도 있음.
    #[test]
    fn no_peak_is_not_always_faster() {
        let says = |text: &str| Usl::fit(&parse(text).unwrap()).says();
        assert!(says("2:2.02 4:4.2").ends_with("빨라지기만 함"));
        for slower in ["1:1 2:0.8 4:0.728", "2:1 4:1"] {
            let said = says(slower);
            assert!(said.ends_with("빨라지지는 않음"), "{said}");
        }
    }

    #[test]
    fn refuses_points_that_cannot_be_fitted() {
        let wrong = |text: &str| {
            let parsed =
                Params::table().parse([("points", text)], Scope::Browser);
            let error = parsed.unwrap_err();
            assert_eq!(error.field(), Some("points"));
            error.to_string()
        };
        for text in ["2", "0:1 2:2", "2:0 3:1", "2:-1", "2:1e3 3:3", "2:nan"] {
            assert!(wrong(text).contains("코어:배수"), "{text}");
        }
        assert!(wrong("1:1 2:1.9 2:1.8").contains("서로 다른"));
        assert!(wrong("12345:1 2:2").contains("12345:1"));
    }

    #[test]
    fn every_example_is_accepted() {
        for text in EXAMPLES {
            assert!(parse(text).is_ok(), "{text}");
        }
    }
}
