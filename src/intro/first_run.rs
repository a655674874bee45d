//! 같은 값, 다른 시간: 정수만 쓰는 계산 하나를 세 실행 환경에서 돌림.

use lab::measure::{Case, compare};
use lab::report::{
    Badge, Column, Frame, Lane, LaneCell, Table, Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 같은 계산이 파이썬·WASM·네이티브에서 같은 값인데 \
               다른 시간이 걸리는가?",
    prediction: Prediction {
        text: "순수 파이썬은 WASM보다 몇 배쯤 느릴까?",
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

const GUESSES: &[(&str, &str)] =
    &[("2", "2배"), ("10", "10배"), ("50", "50배"), ("200", "200배 이상")];

lab::params! {
    /// 난수 `n`개를 하나씩 접음.
    pub struct Params {
        n: u64 = 50_000, int("난수의 수").unit("개")
            .browser(1, 2_000_000).native(1, 100_000_000).log();
        seed: u64 = 42, int("씨앗");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 난수를 하나로 접은 세 가지. 하나만 어긋나도 셋 가운데 하나는 달라짐.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    pub sum: u64,
    pub max: u64,
    pub xor: u64,
}

/// 커널이 지나가는 순간.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Add { state: u64 },
    Mix { z: u64 },
    Keep { x: u64 },
    Fold { so_far: Folded },
}

// ANCHOR: kernel
/// 난수 n개의 위쪽 32비트에서 합, 최댓값, 배타적 논리합을 구함.
pub fn fold(n: u64, seed: u64, mut watch: impl FnMut(Step)) -> Folded {
    let mut out = Folded::default();
    let mut state = seed;
    for _ in 0..n {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15); // step: add
        watch(Step::Add { state });
        let mut z = state ^ (state >> 30);
        z = z.wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31; // step: mix
        watch(Step::Mix { z });
        let x = z >> 32; // step: keep
        watch(Step::Keep { x });
        out.sum = out.sum.wrapping_add(x);
        out.max = out.max.max(x);
        out.xor ^= x; // step: fold
        watch(Step::Fold { so_far: out });
    }
    out
}
// ANCHOR_END: kernel

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let Folded { sum, max, xor } = fold(p.n, p.seed, |_| {});
    Ok(Report::default()
        .answer("sum", sum)
        .answer("max", max)
        .answer("xor", xor)
        .checksum(&[p.n, sum, max, xor])
        .view(View::Table(summary(sum, max, xor)))
        .view(View::Trace(replay(p))))
}

fn summary(sum: u64, max: u64, xor: u64) -> Table {
    let row = |label: &str, value: u64| {
        vec![label.into(), value.into(), format!("{value:016x}").into()]
    };
    Table {
        title: "어디서 돌려도 같아야 하는 값".into(),
        badge: Badge::Exact,
        columns: vec![
            Column::text("값"),
            Column::number("십진", ""),
            Column::number("16진", ""),
        ],
        rows: vec![
            row("합", sum),
            row("최댓값", max),
            row("배타적 논리합", xor),
        ],
    }
}

/// 단계 재생이 보이는 난수의 수.
const REPLAY: u64 = 4;

fn replay(p: &Params) -> Trace {
    let mut frames = Vec::new();
    let (mut state, mut z) = (p.seed, None);
    let mut folded = Folded::default();
    fold(p.n.min(REPLAY), p.seed, |step| {
        let number = frames.len() / 4 + 1;
        let (tag, say) = match step {
            Step::Add { state: next } => {
                (state, z) = (next, None);
                ("add", "상태에 정해진 홀수를 더함. 넘친 자리는 버림".into())
            }
            Step::Mix { z: mixed } => {
                z = Some(mixed);
                ("mix", "밀고, 곱하고, 겹쳐서 64비트를 고르게 섞음".into())
            }
            Step::Keep { x } => {
                ("keep", format!("위쪽 절반만 남김: {}", format::int(x)))
            }
            Step::Fold { so_far } => {
                folded = so_far;
                ("fold", "합, 최댓값, 배타적 논리합에 반영함".into())
            }
        };
        let mut lanes = vec![digits("상태", state, Tone::Plain)];
        if let Some(z) = z {
            let high = match step {
                Step::Mix { .. } => Tone::Now,
                _ => Tone::Hit,
            };
            lanes.push(digits("섞은 값", z, high));
        }
        frames.push(Frame {
            step: tag.to_owned(),
            say: format!("{number}번째 난수: {say}"),
            counters: vec![
                ("합".into(), format::int(folded.sum)),
                ("최댓값".into(), format::int(folded.max)),
                ("배타적 논리합".into(), format::int(folded.xor)),
            ],
            lanes,
            jumps: Vec::new(),
        });
    });
    Trace {
        title: "난수를 만들어 접는 한 걸음씩".into(),
        badge: Badge::Exact,
        frames,
    }
}

/// 64비트를 16진 열여섯 자리로. 위쪽 여덟 자리에 `high`를 칠함.
fn digits(label: &str, word: u64, high: Tone) -> Lane {
    let cells = (0..16).map(|at| LaneCell {
        at,
        text: format!("{:x}", word >> (60 - 4 * at) & 0xf),
        tone: if at < 8 { high } else { Tone::Plain },
    });
    Lane { label: label.into(), size: 16, cells: cells.collect(), group: 8 }
}

const OURS: &str = "Rust";
/// Python 대응물이 잰 것의 이름.
const THEIRS: &str = "순수 파이썬";

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let work = || fold(p.n, p.seed, |_| {}).sum;
    let cases = vec![Case::new(OURS, p.n, work)];
    compare(ctx, "난수 하나를 만들어 접기", "난수 하나", cases)
}

/// 배수는 두 실행 환경의 시간이 모두 있어야 나옴. 한 환경의 정확한
/// 부분에서는 계산할 수 없고, 다른 기기의 기록은 이 기기의 답이 아님.
fn verdict(report: &Report) -> Verdict {
    let (Some(ours), Some(theirs)) = (report.time(OURS), report.time(THEIRS))
    else {
        return Verdict::pending_python();
    };
    let here = match report.env.runtime.as_str() {
        "wasm" => "WASM",
        _ => "네이티브 Rust",
    };
    let sentence = format!(
        "난수 하나에 {here} {}, 순수 파이썬 {}. 이 배수는 이 기기에서만 \
         유효함.",
        format::time(ours),
        format::time(theirs)
    );
    Verdict::ratio(GUESSES, theirs / ours, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab::host::Quiet;
    use lab::measure::{PythonSpread, PythonTiming, python_views};
    use lab::rng::SplitMix64;

    fn report(n: &str) -> Report {
        let values = Params::table().parse([("n", n)], Scope::Native);
        let entry = crate::find("first_run");
        let mut ctx = Ctx::new(&Quiet, Scope::Native);
        entry.run(&values.unwrap(), &mut ctx).unwrap()
    }

    #[test]
    fn anchors_of_the_spec() {
        let rows = [
            (
                "50000",
                [107_425_316_926_202, 4_294_962_729, 4_243_281_416],
                "a8ddd85d9ac394cb",
            ),
            (
                "3",
                [5_068_389_552, 3_184_996_902, 3_530_208_834],
                "f5bde9af23d92150",
            ),
        ];
        for (n, [sum, max, xor], checksum) in rows {
            let report = report(n);
            assert_eq!(report.int("sum"), Some(sum));
            assert_eq!(report.int("max"), Some(max));
            assert_eq!(report.int("xor"), Some(xor));
            assert_eq!(report.checksum.as_deref(), Some(checksum));
        }
    }

    #[test]
    fn the_kernel_draws_from_the_shared_generator() {
        let mut rng = SplitMix64::new(7);
        fold(100, 7, |step| {
            if let Step::Mix { z } = step {
                assert_eq!(z, rng.next_u64());
            }
        });
    }

    #[test]
    fn the_replay_stops_after_a_few_numbers() {
        let count = |n| match &report(n).views[1] {
            View::Trace(trace) => trace.frames.len(),
            other => panic!("{other:?}"),
        };
        assert_eq!(count("50000"), 16);
        assert_eq!(count("3"), 12);
    }

    #[test]
    fn the_prediction_waits_for_both_times() {
        let entry = crate::find("first_run");
        let mut report = report("3");
        assert_eq!(report.verdict, Some(verdict(&Report::default())));
        for (name, ns) in [(OURS, 2.0), (THEIRS, 130.0)] {
            let spread = PythonSpread { median: ns, p10: ns, p90: ns };
            let timing = PythonTiming { name: name.into(), ns: spread };
            report.views.extend(python_views(&[timing]));
        }
        entry.judge(&mut report);
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.headline, "65.0배");
        assert_eq!(verdict.choice.as_deref(), Some("50"));
    }
}
