//! 처음은 느리다: 첫 200묶음의 시간을 하나하나 적음.

use std::hint::black_box;
use std::mem::MaybeUninit;

use lab::measure::quantile;
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Mark, Series, Shape, Table,
    Verdict,
};
use lab::rng::mix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 첫 번째 실행은 느린가?",
    prediction: Prediction {
        text: "새로 할당한 메모리를 100묶음에 나눠 채우고 처음부터 다시 \
               채움. 몇 번째 묶음부터 안정될까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 128,
};

const GUESSES: &[(&str, &str)] = &[
    ("1", "처음부터"),
    ("2", "2–20번째"),
    ("21", "21–90번째"),
    ("91", "91–110번째: 두 바퀴째부터"),
    ("111", "그 뒤이거나 끝까지 안정되지 않음"),
];

lab::params! {
    /// 묶음 하나의 크기.
    pub struct Params {
        mixes: u64 = 50_000, int("묶음 하나의 계산").unit("번")
            .browser(1_000, 100_000).native(1_000, 1_000_000).log()
            .hint("수를 섞는 횟수. 시계의 눈금보다 훨씬 길어야 함");
        pages: u64 = 64, int("묶음 하나가 채우는 메모리").unit("페이지")
            .browser(16, 256).native(16, 1_024)
            .hint("한 페이지는 4 KiB. 모두 100묶음에 한 바퀴임");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 그리는 묶음의 수.
pub const BATCHES: usize = 200;
/// 메모리 한 바퀴의 묶음.
const LAP: usize = BATCHES / 2;
/// 한 페이지의 8바이트 칸.
const PAGE: usize = 512;

// ANCHOR: kernel
/// 계산만 하는 묶음: 섞은 수를 모두 xor함.
#[inline(never)]
pub fn compute(count: u64, seed: u64) -> u64 {
    (0..count).fold(0, |all, i| all ^ mix64(seed << 32 ^ i))
}

/// 같은 답을 뒤에서부터. 잴 때만 부르므로 첫 부름까지 차가운 코드로 남음.
#[inline(never)]
pub fn compute_cold(count: u64, seed: u64) -> u64 {
    (0..count).rev().fold(0, |all, i| all ^ mix64(seed << 32 ^ i))
}

/// `batch`번째 조각을 채움. 한 바퀴를 돌면 처음 조각으로 돌아옴.
pub fn fill<T: Copy>(buffer: &mut [T], batch: usize, chunk: usize, value: T) {
    let from = batch % LAP * chunk;
    black_box(&mut buffer[from..from + chunk]).fill(value);
}

fn median(part: &[f64]) -> f64 {
    let mut sorted = part.to_vec();
    sorted.sort_by(f64::total_cmp);
    quantile(&sorted, 0.5)
}

/// 안정된 첫 묶음: 여기서부터 열 개의 중앙값이 마지막 50개의 중앙값의
/// 1.2배, 또는 그보다 눈금 둘 큰 값을 넘지 않음. 끝까지 없으면 `None`.
pub fn settled(times: &[f64], step: f64) -> Option<usize> {
    let last = median(&times[times.len().checked_sub(50)?..]);
    let goal = (last * 1.2).max(last + 2.0 * step);
    let starts = 0..=times.len() - 50;
    starts
        .into_iter()
        .find(|at| median(&times[*at..*at + 10]) <= goal && times[*at] <= goal)
}
// ANCHOR_END: kernel

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    // 답에는 앞의 몇 묶음이면 됨: 파이썬도 곧 끝나야 함
    let sums: Vec<u64> =
        (0..CHECKED).map(|batch| compute(p.mixes, batch)).collect();
    let filled = p.pages * PAGE as u64 * LAP as u64;
    let table = Table {
        title: format!("묶음 {BATCHES}개가 하는 일"),
        badge: Badge::Exact,
        columns: vec![
            Column::text("묶음의 종류"),
            Column::text("묶음 하나"),
            Column::text("모두"),
        ],
        rows: vec![
            vec![
                "계산만".into(),
                format!("{}번 섞음", format::int(p.mixes)).into(),
                format!("{}번", format::int(p.mixes * BATCHES as u64)).into(),
            ],
            vec![
                "메모리 채우기".into(),
                format::bytes(p.pages * 4_096).into(),
                format!("{} 두 바퀴", format::bytes(filled * 8)).into(),
            ],
        ],
    };
    Ok(Report::default()
        .answer("first", sums[0])
        .answer("second", sums[1])
        .answer("cells", filled)
        .checksum(&[&sums[..], &[filled]].concat())
        .view(View::Table(table)))
}

/// 답을 견주는 묶음의 수.
const CHECKED: u64 = 3;

const SETTLED: &str = "안정되기까지";

fn verdict(report: &Report) -> Verdict {
    let found = report.views.iter().find_map(|view| match view {
        View::Table(table) if table.title == SETTLED => {
            table.rows.iter().find(|row| row[0].text == MEMORY)
        }
        _ => None,
    });
    let Some(row) = found else { return Verdict::pending() };
    let choice = match row[3].value {
        Some(at) if at < 2.0 => "1",
        Some(at) if at <= 20.0 => "2",
        Some(at) if at <= 90.0 => "21",
        Some(at) if at <= 110.0 => "91",
        _ => "111",
    };
    let sentence = match row[3].value {
        Some(_) => format!(
            "첫 묶음은 안정된 뒤의 {}배, 안정된 묶음은 {}.",
            row[2].text, row[3].text
        ),
        None => format!(
            "첫 묶음은 마지막 50개의 중앙값의 {}배, 끝까지 안정되지 않음.",
            row[2].text
        ),
    };
    Verdict::choice(GUESSES, choice, sentence)
}

const COMPUTE: &str = "계산만";
const MEMORY: &str = "메모리 채우기";

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    ctx.progress(0, 2, "첫 묶음부터 재기")?;
    let time = |run: &mut dyn FnMut(usize) -> u64| -> Vec<f64> {
        (0..BATCHES)
            .map(|batch| {
                let start = ctx.now_ns();
                black_box(run(batch));
                ctx.now_ns() - start
            })
            .collect()
    };
    let compute = time(&mut |batch| {
        compute_cold(black_box(p.mixes), black_box(batch as u64))
    });
    ctx.progress(1, 2, "메모리 채우기")?;
    let chunk = p.pages as usize * PAGE;
    // 할당만 한 메모리는 처음 쓸 때에야 실제로 주어짐
    let mut buffer = Box::<[u64]>::new_uninit_slice(chunk * LAP);
    let memory = time(&mut |batch| {
        let value = batch as u64;
        fill(&mut buffer, batch, chunk, MaybeUninit::new(value));
        value
    });

    let step = ctx.env().clock_step_ns;
    if step <= 0.0 || median(&compute) < step * 10.0 {
        return Ok(vec![note(format!(
            "해상도 부족: 묶음 하나가 시계 눈금 {}의 열 배보다 짧아 시간을 \
             표시하지 않음. '묶음 하나의 계산'을 늘리면 됨",
            format::time(step)
        ))]);
    }
    // 첫 바퀴의 계단은 이보다 몇 배 길므로 눈금 둘이면 보임
    if median(&memory[LAP..]) < step * 2.0 {
        return Ok(vec![note(format!(
            "해상도 부족: 데워진 메모리를 채우는 묶음이 시계 눈금 {}의 두 \
             배보다 짧아 시간을 표시하지 않음. '묶음 하나가 채우는 메모리'를 \
             늘리면 됨",
            format::time(step)
        ))]);
    }
    Ok(vec![
        View::Chart(curve("계산만 되풀이한 묶음", &compute, step)),
        View::Chart(curve("새 메모리를 채운 묶음", &memory, step)),
        View::Table(summary(&[(COMPUTE, &compute), (MEMORY, &memory)], step)),
        note(
            "이미 한 번 실행했다면 코드와 메모리가 데워져 있음: 차가운 처음을 \
             다시 보려면 페이지를 새로 열거나 터미널에서 다시 실행함",
        ),
    ])
}

fn curve(title: &str, times: &[f64], step: f64) -> Chart {
    let points = times
        .iter()
        .enumerate()
        .map(|(i, ns)| ((i + 1) as f64, ns.max(step) / 1e3).into());
    let marks = settled(times, step).map(|at| Mark {
        axis: AxisName::X,
        at: (at + 1) as f64,
        label: "안정".into(),
    });
    Chart {
        title: title.into(),
        badge: Badge::Measured,
        x: Axis::linear("묶음의 차례", "번째"),
        y: Axis::log("묶음 하나의 시간", "µs"),
        series: vec![Series {
            name: "묶음".into(),
            shape: Shape::Line,
            points: points.collect(),
        }],
        marks: marks.into_iter().collect(),
    }
}

fn summary(curves: &[(&str, &[f64])], step: f64) -> Table {
    let rows = curves.iter().map(|(name, times)| {
        let steady = median(&times[times.len() - 50..]);
        let ratio = times[0] / steady;
        vec![
            (*name).into(),
            Cell {
                text: format!(
                    "{} → {}",
                    format::time(times[0]),
                    format::time(steady)
                ),
                value: None,
            },
            Cell { text: format::significant(ratio), value: Some(ratio) },
            match settled(times, step) {
                Some(at) => Cell {
                    text: format!("{}번째부터", at + 1),
                    value: Some((at + 1) as f64),
                },
                None => "안정되지 않음".into(),
            },
        ]
    });
    Table {
        title: SETTLED.into(),
        badge: Badge::Measured,
        columns: vec![
            Column::text("묶음의 종류"),
            Column::text("첫 묶음 → 마지막 50개의 중앙값"),
            Column::number("비", "배"),
            Column::text("안정된 묶음"),
        ],
        rows: rows.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    #[test]
    fn both_directions_agree() {
        for count in [0, 1, 7, 1_000] {
            assert_eq!(compute(count, 5), compute_cold(count, 5));
        }
        assert_eq!(compute(2, 0), mix64(0) ^ mix64(1));
    }

    #[test]
    fn the_second_lap_returns_to_the_first_piece() {
        let mut buffer = vec![0; LAP * 4];
        for batch in 0..LAP {
            fill(&mut buffer, batch, 4, batch + 1);
        }
        assert!(!buffer.contains(&0));
        fill(&mut buffer, LAP, 4, LAP + 1);
        assert_eq!(buffer[3], LAP + 1);
        assert_eq!(buffer[4], 2);
    }

    #[test]
    fn a_step_is_found_where_it_is() {
        let flat = vec![1.0; BATCHES];
        assert_eq!(settled(&flat, 0.0), Some(0));
        let mut step = flat.clone();
        step[..LAP].fill(5.0);
        assert_eq!(settled(&step, 0.0), Some(LAP));
        let mut first = flat;
        first[0] = 9.0;
        assert_eq!(settled(&first, 0.0), Some(1));
        let rising: Vec<f64> = (0..BATCHES).map(|i| i as f64).collect();
        assert_eq!(settled(&rising[..40], 0.0), None);
        // 눈금 둘까지의 차이는 같은 시간임
        let ticks: Vec<f64> = (0..BATCHES)
            .map(|i| if i % 2 == 0 { 20.0 } else { 15.0 })
            .collect();
        assert_eq!(settled(&ticks, 5.0), Some(0));
    }

    /// 안정되지 않은 곡선에는 '안정된 뒤'가 없음.
    #[test]
    fn an_unsettled_curve_has_no_steady_part() {
        let told = |times: &[f64]| {
            let table = summary(&[(MEMORY, times)], 1.0);
            verdict(&Report::default().view(View::Table(table)))
        };
        // 마지막 50개에 들어선 다음에야 빨라짐
        let mut times = vec![900.0; BATCHES];
        times[BATCHES - 49..].fill(100.0);
        let never = told(&times);
        assert_eq!(never.choice.as_deref(), Some("111"));
        assert!(never.sentence.contains("9.00배, 끝까지 안정되지 않음"));
        times[LAP..].fill(100.0);
        let settled = told(&times);
        assert_eq!(settled.choice.as_deref(), Some("91"));
        assert!(settled.sentence.contains("안정된 묶음은 101번째부터"));
    }

    #[test]
    fn the_answers() {
        let report = run_with("warmup_curve", &[("mixes", "1000")]);
        assert_eq!(report.int("first"), Some(compute(1_000, 0)));
        // 64페이지 · 512칸 · 100묶음
        assert_eq!(report.int("cells"), Some(3_276_800));
        assert!(report.verdict.unwrap().is_pending());
    }
}
