//! 더하기와 이어 붙이기: 문자열을 조립하며 복사하는 바이트.
//!
//! 두 배로 늘리는 규칙은 Rust `String`의 것과 같음
//! (`alloc/src/raw_vec`의 `grow_amortized`).

use std::hint::black_box;

use lab::measure::{Case, compare};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Mark,
    Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 문자열을 더할수록 느려지는가?",
    prediction: Prediction {
        text: "10바이트 조각 2,000개를 매번 새 버퍼에 복사하며 더하면, \
               모두 몇 바이트를 복사할까?",
        ask: Ask::Number { unit: "바이트" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 256,
};

lab::params! {
    /// 길이가 같은 조각을 하나씩 이어 붙임.
    pub struct Params {
        pieces: u64 = 2_000, int("조각의 수").unit("개")
            .range(10, 100_000).log();
        piece: u64 = 10, int("조각의 길이").unit("바이트")
            .range(1, 1_000).log();
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 자리가 모자랄 때 얼마나 잡는가.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// 꼭 필요한 만큼의 새 버퍼.
    Exact,
    /// 두 배.
    Double,
    /// 처음에 모두.
    Ahead,
}

const RULES: [(&str, Rule); 3] = [
    ("매번 새 버퍼", Rule::Exact),
    ("두 배씩 늘리기", Rule::Double),
    ("미리 잡기 (join)", Rule::Ahead),
];

/// 가장 작은 버퍼, 바이트.
const MIN_CAPACITY: u64 = 8;

/// 조립하는 동안 한 일.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// 복사한 바이트. 있던 것을 옮긴 것과 조각을 적은 것의 합.
    pub copied: u64,
    /// 잡은 버퍼의 수.
    pub buffers: u64,
    /// 마지막 버퍼의 크기, 바이트.
    pub capacity: u64,
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Move { len: u64, capacity: u64 },
    Write { len: u64, capacity: u64 },
}

// ANCHOR: kernel
/// 길이 `piece`인 조각 `pieces`개를 이어 붙임.
pub fn build(
    rule: Rule,
    pieces: u64,
    piece: u64,
    mut watch: impl FnMut(Work, Step),
) -> Work {
    let mut work = Work::default();
    let mut len = 0;
    for _ in 0..pieces {
        let need = len + piece;
        if need > work.capacity {
            work.capacity = match rule {
                Rule::Exact => need,
                Rule::Double => need.max(2 * work.capacity).max(MIN_CAPACITY),
                Rule::Ahead => pieces * piece,
            };
            work.buffers += 1;
            work.copied += len; // step: move
            watch(work, Step::Move { len, capacity: work.capacity });
        }
        work.copied += piece; // step: write
        len = need;
        watch(work, Step::Write { len, capacity: work.capacity });
    }
    work
}
// ANCHOR_END: kernel

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let works =
        RULES.map(|(_, rule)| build(rule, p.pieces, p.piece, |_, _| {}));
    let [exact, double, ahead] = works;
    Ok(Report::default()
        .answer("concat_copied", exact.copied)
        .answer("grow_copied", double.copied)
        .answer("join_copied", ahead.copied)
        .answer("concat_buffers", exact.buffers)
        .answer("grow_buffers", double.buffers)
        .answer("grow_capacity", double.capacity)
        .checksum(&[
            exact.copied,
            double.copied,
            ahead.copied,
            exact.buffers,
            double.buffers,
            double.capacity,
        ])
        .view(View::Table(summary(p, works)))
        .view(View::Chart(growth(p)))
        .view(View::Trace(replay(RULES[0])))
        .view(View::Trace(replay(RULES[1]))))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let int = |key| report.int(key).unwrap_or(0);
    let copied = int("concat_copied");
    let times = copied as f64 / int("join_copied").max(1) as f64;
    let sentence = format!(
        "{} × {} × {} / 2 바이트임. 미리 잡으면 {}바이트라 {}배 차이남.",
        format::int(p.piece),
        format::int(p.pieces),
        format::int(p.pieces + 1),
        format::int(int("join_copied")),
        format::significant(times)
    );
    let headline = format!("{}바이트", format::int(copied));
    Verdict::number(headline, copied as f64, sentence)
}

fn summary(p: &Params, works: [Work; 3]) -> Table {
    let total = p.pieces * p.piece;
    let row = |((name, _), work): ((&str, Rule), Work)| {
        vec![
            name.into(),
            work.copied.into(),
            Cell::fixed(work.copied as f64 / total as f64, 2),
            work.buffers.into(),
            work.capacity.into(),
        ]
    };
    Table {
        title: format!("{}바이트를 조립하는 세 가지 길", format::int(total)),
        badge: Badge::Exact,
        columns: vec![
            Column::text("방법"),
            Column::number("복사", "바이트"),
            Column::number("결과 한 바이트마다", "바이트"),
            Column::number("버퍼", "개"),
            Column::number("마지막 버퍼", "바이트"),
        ],
        rows: RULES.into_iter().zip(works).map(row).collect(),
    }
}

fn growth(p: &Params) -> Chart {
    let sizes: Vec<u64> = std::iter::successors(Some(10), |n| Some(n * 2))
        .take_while(|n| *n < p.pieces)
        .chain([p.pieces])
        .collect();
    let series = |(name, rule): (&str, Rule)| Series {
        name: name.into(),
        shape: Shape::Line,
        points: sizes
            .iter()
            .map(|n| {
                let work = build(rule, *n, p.piece, |_, _| {});
                (*n as f64, work.copied as f64).into()
            })
            .collect(),
    };
    Chart {
        title: "조각이 늘 때의 복사".into(),
        badge: Badge::Exact,
        x: Axis::log("조각의 수", "개"),
        y: Axis::log("복사한 양", "바이트"),
        series: RULES.map(series).into(),
        marks: vec![Mark {
            axis: AxisName::X,
            at: p.pieces as f64,
            label: format!("지금 {}개", format::int(p.pieces)),
        }],
    }
}

/// 재생하는 조각의 수와 길이.
const REPLAY: (u64, u64) = (8, 3);

fn replay((name, rule): (&str, Rule)) -> Trace {
    let (pieces, piece) = REPLAY;
    let mut frames = Vec::new();
    build(rule, pieces, piece, |work, step| {
        let (tag, say, len, capacity, fresh) = match step {
            Step::Move { len, capacity } => (
                "move",
                format!(
                    "자리가 모자람: {capacity}바이트를 잡고 {len}바이트를 옮김"
                ),
                len,
                capacity,
                0,
            ),
            Step::Write { len, capacity } => (
                "write",
                format!("조각 {piece}바이트를 적음"),
                len,
                capacity,
                len - piece,
            ),
        };
        let moved = matches!(step, Step::Move { .. });
        let cells = (0..len).map(|at| LaneCell {
            at,
            text: ((b'a' + (at / piece) as u8) as char).to_string(),
            tone: match at >= fresh {
                true if moved => Tone::Now,
                true => Tone::Hit,
                false => Tone::Plain,
            },
        });
        frames.push(Frame {
            step: tag.into(),
            say,
            counters: vec![
                ("복사".into(), format!("{}바이트", work.copied)),
                ("버퍼".into(), format!("{}개", work.buffers)),
            ],
            lanes: vec![Lane {
                label: "버퍼".into(),
                size: capacity,
                cells: cells.collect(),
                group: piece,
            }],
            jumps: Vec::new(),
        });
    });
    Trace {
        title: format!("{name}: {piece}바이트 조각 {pieces}개"),
        badge: Badge::Exact,
        frames,
    }
}

/// 매번 새 버퍼인 방법은 이만큼 복사하는 데까지만 잼, 바이트.
const MOST_COPIED: u64 = 1_000_000_000;

/// 조각을 이어 붙이는 방법. 결과의 길이를 돌려줌.
pub type Builder = fn(&str, u64) -> String;

/// 이름과 방법. 첫 방법만 매번 새 버퍼를 잡음.
pub const BUILDERS: [(&str, Builder); 5] = [
    ("format!", |piece, pieces| {
        (0..pieces).fold(String::new(), |s, _| format!("{s}{piece}"))
    }),
    ("s = s + piece", |piece, pieces| {
        (0..pieces).fold(String::new(), |s, _| s + piece)
    }),
    ("push_str", |piece, pieces| {
        let mut s = String::new();
        (0..pieces).for_each(|_| s.push_str(piece));
        s
    }),
    ("with_capacity", |piece, pieces| {
        let mut s = String::with_capacity(piece.len() * pieces as usize);
        (0..pieces).for_each(|_| s.push_str(piece));
        s
    }),
    ("concat", |piece, pieces| vec![piece; pieces as usize].concat()),
];

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let piece = &"x".repeat(p.piece as usize);
    let copied = build(Rule::Exact, p.pieces, p.piece, |_, _| {}).copied;
    let skip = usize::from(copied > MOST_COPIED);
    let case = |(name, builder): &(&str, Builder)| {
        let builder = *builder;
        Case::new(name, p.pieces, move || {
            let built = builder(black_box(piece), p.pieces);
            black_box(built).len() as u64
        })
    };
    let cases = BUILDERS[skip..].iter().map(case).collect();
    let mut views = compare(ctx, "조각을 붙이는 시간", "조각 하나", cases)?;
    if skip > 0 {
        views.push(note(format!(
            "format!은 {}바이트를 복사해야 해서 재지 않음. \
             {}바이트까지만 잼",
            format::int(copied),
            format::int(MOST_COPIED)
        )));
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 명세: 조각 2,000개, 10바이트. 매번 새 버퍼에 전체 복사.
    #[test]
    fn anchors_of_the_spec() {
        let report = run_with("string_build", &[]);
        assert_eq!(report.int("concat_copied"), Some(20_010_000));
        assert_eq!(report.int("join_copied"), Some(20_000));
        assert_eq!(report.verdict.unwrap().headline, "20,010,000바이트");
    }

    #[test]
    fn copying_sums_an_arithmetic_series() {
        for (n, m) in [(10, 1), (77, 13), (1_000, 1_000)] {
            let work = build(Rule::Exact, n, m, |_, _| {});
            assert_eq!(work.copied, m * n * (n + 1) / 2);
            assert_eq!((work.buffers, work.capacity), (n, n * m));
            // 두 배로 늘리면 옮긴 것은 결과의 두 배를 넘지 않음
            let work = build(Rule::Double, n, m, |_, _| {});
            assert!(work.copied < 3 * n * m);
        }
    }

    /// 두 배로 늘리는 규칙은 진짜 String과 한 바이트도 다르지 않음.
    #[test]
    fn doubling_is_what_string_does() {
        for m in [1, 3, 8, 10, 100] {
            let piece = "x".repeat(m);
            let mut s = String::new();
            build(Rule::Double, 500, m as u64, |work, step| {
                if let Step::Write { .. } = step {
                    s.push_str(&piece);
                    assert_eq!(s.capacity() as u64, work.capacity, "{m}");
                }
            });
        }
    }

    #[test]
    fn every_builder_builds_the_same() {
        let want = "ab".repeat(50);
        for (name, builder) in BUILDERS {
            assert_eq!(builder("ab", 50), want, "{name}");
        }
    }
}
