//! 내 시계의 눈금: 시계를 거푸 읽어 값이 몇 ns씩 뛰는지 봄.

use lab::measure::quantile;
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Series, Shape, Table, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 0.00 ms라고 나오는가?",
    prediction: Prediction {
        text: "시계를 쉬지 않고 거푸 읽음. 앞의 읽기와 다른 값이 나오는 것은 \
               몇 번에 한 번쯤일까?",
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

const GUESSES: &[(&str, &str)] = &[
    ("1", "매번"),
    ("10", "10번에 한 번"),
    ("100", "100번에 한 번"),
    ("1000", "1,000번에 한 번"),
    ("10000", "10,000번에 한 번"),
];

lab::params! {
    /// 시계를 읽는 횟수.
    pub struct Params {
        samples: u64 = 100_000, int("시계를 읽는 횟수").unit("번")
            .browser(200, 200_000).native(200, 2_000_000).log()
            .hint("눈금이 거친 시계에서는 많이 읽어야 눈금이 여러 번 보임");
    }
    check = |_: &Params, _: Scope| Ok(());
}

// ANCHOR: kernel
/// 시계를 `count`번 거푸 읽음. 읽기 말고는 아무것도 하지 않음.
pub fn readings(count: u64, mut now: impl FnMut() -> f64) -> Vec<f64> {
    (0..count).map(|_| now()).collect()
}

/// 이웃한 두 읽기의 차이를 셋으로 나눔.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Steps {
    /// 앞으로 간 폭, ns. 작은 것부터.
    pub forward: Vec<f64>,
    /// 값이 그대로인 읽기.
    pub still: u64,
    /// 뒤로 간 읽기: 단조 시계에는 없어야 함.
    pub back: u64,
}

pub fn steps(readings: &[f64]) -> Steps {
    let mut steps = Steps::default();
    for pair in readings.windows(2) {
        let delta = pair[1] - pair[0];
        if delta > 0.0 {
            steps.forward.push(delta);
        } else if delta < 0.0 {
            steps.back += 1;
        } else {
            steps.still += 1;
        }
    }
    steps.forward.sort_by(f64::total_cmp);
    steps
}

/// 눈금이 `step`일 때 표본 하나가 이보다 길어야 함, ns.
pub fn sample_ns(step: f64) -> f64 {
    (step * 200.0).max(200_000.0)
}

/// `work` ns짜리 일을 표본 하나에 몇 번 하는가: 두 배씩 늘림.
pub fn batch(step: f64, work: f64) -> u64 {
    let mut batch = 1;
    while batch as f64 * work < sample_ns(step) {
        batch *= 2;
    }
    batch
}
// ANCHOR_END: kernel

/// 규칙을 보이는 표의 일, ns.
const WORK: f64 = 300.0;

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    // 이름과 ns: 시계마다의 눈금은 기기에서 잰 것이 아니라 보기임
    let clocks = [
        ("40 ns", 40.0),
        ("5 µs", 5e3),
        ("20 µs", 2e4),
        ("100 µs", 1e5),
        ("1 ms", 1e6),
    ];
    let rows = clocks.iter().map(|(name, step)| {
        let batch = batch(*step, WORK);
        vec![
            (*name).into(),
            format::time(sample_ns(*step)).into(),
            batch.into(),
            Cell::fixed(step / (batch as f64 * WORK) * 100.0, 2),
        ]
    });
    let rule = Table {
        title: "눈금이 정하는 묶음: 300 ns짜리 일을 잰다면".into(),
        badge: Badge::Exact,
        columns: vec![
            Column::text("시계의 눈금"),
            Column::text("표본 하나는 적어도"),
            Column::number("한 묶음의 일", "번"),
            Column::number("눈금 하나의 오차", "%"),
        ],
        rows: rows.collect(),
    };
    Ok(Report::default()
        .answer("samples", p.samples)
        .checksum(&[p.samples])
        .view(View::Table(rule)))
}

const SMALLEST: &str = "가장 작은 눈금";
const READ: &str = "읽음";
const FORWARD: &str = "앞으로 감";

fn verdict(report: &Report) -> Verdict {
    let counted = |name: &str| {
        let tables = report.views.iter().filter_map(|view| match view {
            View::Table(table) => Some(table),
            _ => None,
        });
        let mut rows = tables.flat_map(|table| &table.rows);
        rows.find(|row| row[0].text == name).and_then(|row| row[1].value)
    };
    let (Some(read), Some(forward), Some(step)) =
        (counted(READ), counted(FORWARD), report.time(SMALLEST))
    else {
        return Verdict::pending();
    };
    let each = (read - 1.0) / forward;
    let sentence = format!(
        "{}번 읽어 {}번 움직였고, 한 번에 움직인 가장 작은 폭은 {}임. 이보다 \
         짧은 일은 0이거나 눈금 하나로 읽힘.",
        format::fixed(read, 0),
        format::fixed(forward, 0),
        format::time(step)
    );
    let mut verdict = Verdict::ratio(GUESSES, each, sentence);
    verdict.headline = match each {
        each if each < 1.5 => "거의 매번".into(),
        _ => format!("{}번에 한 번", format::fixed(each, 0)),
    };
    verdict
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    ctx.progress(0, 1, "시계 읽기")?;
    let readings = readings(p.samples, || ctx.now_ns());
    let steps = steps(&readings);
    let env = ctx.env();
    let Some(smallest) = steps.forward.first() else {
        return Ok(vec![note(format!(
            "시계를 {}번 읽는 동안 값이 한 번도 움직이지 않음: \
             횟수를 늘려야 눈금이 보임",
            format::int(p.samples)
        ))]);
    };
    // 브라우저의 눈금은 실수라 5,000 ns가 4,999.99…로 오기도 함
    let smallest = whole(*smallest);
    let spent = readings[readings.len() - 1] - readings[0];
    let each = spent / (p.samples - 1) as f64;
    Ok(vec![
        View::Chart(histogram(&steps)),
        View::Table(sizes(&steps, smallest, each)),
        View::Table(moves(p, &steps)),
        note(isolation(&env.runtime, env.threads)),
    ])
}

fn sizes(steps: &Steps, smallest: f64, each: f64) -> Table {
    let row = |name: &str, ns: f64| {
        let cell = Cell { text: format::significant(ns), value: Some(ns) };
        vec![name.into(), cell, format::time(ns).into()]
    };
    let longest = steps.forward[steps.forward.len() - 1];
    Table {
        title: "시계가 한 번에 움직인 폭".into(),
        badge: Badge::Measured,
        columns: vec![
            Column::text("무엇"),
            Column::number("값", "ns"),
            Column::text("읽기 쉽게"),
        ],
        rows: vec![
            row(SMALLEST, smallest),
            row("폭의 중앙값", quantile(&steps.forward, 0.5)),
            row("가장 긴 틈", longest),
            row("시계 한 번 읽기", each),
            row("권하는 표본의 길이", sample_ns(smallest)),
        ],
    }
}

fn moves(p: &Params, steps: &Steps) -> Table {
    let row = |name: &str, count: u64| vec![name.into(), count.into()];
    Table {
        title: match steps.back {
            0 => "뒤로 간 적이 없음: 단조 시계임".into(),
            _ => "뒤로 간 적이 있음: 단조 시계가 아님".to_owned(),
        },
        badge: Badge::Measured,
        columns: vec![Column::text("무엇"), Column::number("횟수", "번")],
        rows: vec![
            row(READ, p.samples),
            row("값이 그대로임", steps.still),
            row(FORWARD, steps.forward.len() as u64),
            row("뒤로 감", steps.back),
        ],
    }
}

/// 1–2–5로 나눈 폭마다의 횟수. 드문 긴 틈도 보이게 로그 축의 점으로 그림.
fn histogram(steps: &Steps) -> Chart {
    let bins = bins(&steps.forward);
    let names = bins
        .iter()
        .map(|(low, high, _)| format!("{}–{}", short(*low), short(*high)));
    let points = bins.iter().enumerate().filter(|(_, bin)| bin.2 > 0);
    Chart {
        title: "움직인 폭의 분포".into(),
        badge: Badge::Measured,
        x: Axis::log("횟수", "번"),
        y: Axis::category("폭", names),
        series: vec![Series {
            name: "앞으로 간 읽기".into(),
            shape: Shape::Dot,
            points: points
                .map(|(i, bin)| (bin.2 as f64, i as f64).into())
                .collect(),
        }],
        marks: Vec::new(),
    }
}

/// 딱 떨어지는 경계이므로 소수점이 필요 없음.
fn short(ns: f64) -> String {
    match ns {
        ns if ns < 1e3 => format!("{ns} ns"),
        ns if ns < 1e6 => format!("{} µs", ns / 1e3),
        _ => format!("{} ms", ns / 1e6),
    }
}

/// 눈금의 단위는 1 ns임.
fn whole(ns: f64) -> f64 {
    ns.round().max(1.0)
}

/// (부터, 앞까지, 횟수). 첫 칸과 끝 칸은 비어 있지 않음.
fn bins(forward: &[f64]) -> Vec<(f64, f64, u64)> {
    let (Some(first), Some(last)) = (forward.first(), forward.last()) else {
        return Vec::new();
    };
    let mut edges = vec![1.0];
    let mut at = 0;
    while edges[edges.len() - 1] <= whole(*last) {
        at += 1;
        edges.push([1.0, 2.0, 5.0][at % 3] * 10f64.powi(at as i32 / 3));
    }
    edges
        .windows(2)
        .filter(|edge| edge[1] > whole(*first))
        .map(|edge| {
            let inside = |ns: &&f64| {
                let ns = whole(**ns);
                edge[0] <= ns && ns < edge[1]
            };
            let count = forward.iter().filter(inside).count();
            (edge[0], edge[1], count as u64)
        })
        .collect()
}

/// 격리 여부는 스레드의 수로 앎: 공유 메모리가 있어야 스레드가 있음.
fn isolation(runtime: &str, threads: u32) -> String {
    if runtime != "wasm" {
        return "교차 출처 격리는 브라우저의 상태이므로 여기에는 없음: \
                운영체제의 시계를 바로 읽음"
            .into();
    }
    match threads {
        0 | 1 => "스레드가 하나뿐임: 교차 출처 격리되지 않았거나 코어가 \
                  하나임. 격리되지 않은 페이지의 시계는 크롬에서 100 µs, \
                  Firefox에서 1 ms까지 거칢"
            .into(),
        _ => format!(
            "교차 출처 격리된 페이지임: 공유 메모리가 있어 스레드 {threads}개를 \
             쓰고, 시계의 눈금이 고움"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;
    use lab::Host;
    use lab::measure::{Case, interleave};
    use lab::report::Env;
    use std::sync::Mutex;

    /// `step` 단위로만 읽히고 읽을 때마다 `tick`씩 가는 시계.
    struct Coarse {
        now: Mutex<f64>,
        tick: f64,
        step: f64,
    }

    impl Host for Coarse {
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
            Env {
                clock_step_ns: self.step,
                runtime: "wasm".into(),
                build: "wasm".into(),
                ..Env::default()
            }
        }
    }

    #[test]
    fn the_only_exact_answer_is_the_number_of_readings() {
        let report = run_with("timer_probe", &[("samples", "200")]);
        assert_eq!(report.int("samples"), Some(200));
        assert_eq!(report.answers.len(), 1);
        assert!(report.verdict.unwrap().is_pending());
    }

    /// 표에 적은 묶음은 책의 측정기가 실제로 고르는 묶음임.
    #[test]
    fn the_table_is_what_the_meter_does() {
        for (step, want) in
            [(40.0, 1_024), (5e3, 4_096), (1e5, 131_072), (1e6, 1_048_576)]
        {
            let clock = Coarse { now: Mutex::new(0.0), tick: 0.0, step };
            let ctx = Ctx::new(&clock, Scope::Browser);
            let work = || {
                *clock.now.lock().unwrap() += WORK;
                1
            };
            let mut cases = vec![Case::new("일", 1, work)];
            let timings = interleave(&ctx, &mut cases).unwrap().unwrap();
            assert_eq!(timings.rows[0].batch, batch(step, WORK));
            assert_eq!(batch(step, WORK), want);
        }
    }

    #[test]
    fn a_coarse_clock_is_seen_through() {
        let clock = Coarse { now: Mutex::new(0.0), tick: 1e3, step: 1e5 };
        let ctx = &mut Ctx::new(&clock, Scope::Browser);
        let views = measure(&Params { samples: 10_000 }, ctx).unwrap();
        let mut report = run(&Params { samples: 10_000 }, ctx).unwrap();
        report.views.extend(views);
        assert_eq!(report.time(SMALLEST), Some(1e5));
        let verdict = verdict(&report);
        // 1 µs마다 읽으면 100 µs에 한 번 움직임
        assert_eq!(verdict.choice.as_deref(), Some("100"));
        assert!(verdict.sentence.contains("100 µs"), "{}", verdict.sentence);
        assert!(report.views.iter().any(|view| matches!(
            view, View::Note(note) if note.text.contains("1 ms까지"))));
    }

    #[test]
    fn a_stopped_clock_says_so() {
        let clock = Coarse { now: Mutex::new(0.0), tick: 0.0, step: 1.0 };
        let ctx = &mut Ctx::new(&clock, Scope::Browser);
        let views = measure(&Params { samples: 200 }, ctx).unwrap();
        assert!(matches!(&views[..], [View::Note(_)]));
    }

    #[test]
    fn steps_back_are_counted() {
        let steps = steps(&[5.0, 5.0, 9.0, 7.0, 8.0]);
        assert_eq!(steps.forward, [1.0, 4.0]);
        assert_eq!((steps.still, steps.back), (1, 1));
    }

    #[test]
    fn bins_hold_every_step() {
        let forward = [19.999, 20.0, 40.0, 49.0, 4_999.99, 5e5];
        let bins = bins(&forward);
        assert_eq!(bins[0], (20.0, 50.0, 4));
        assert_eq!(bins.iter().map(|bin| bin.2).sum::<u64>(), 6);
        assert!(bins.contains(&(5e3, 1e4, 1)));
        assert_eq!(bins.last().unwrap().1, 1e6);
    }
}
