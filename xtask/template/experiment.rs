//! 한 줄로: 이 실험이 무엇을 보이는가.

use lab::measure::{Case, compare};
use lab::report::{Badge, Column, Table, Verdict};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 …인가?",
    prediction: Prediction {
        text: "난수 n개의 합은 평균의 몇 배일까?",
        ask: Ask::Number { unit: "배" },
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
    /// 매개변수.
    pub struct Params {
        n: u64 = 1_000, int("항목의 수").unit("개")
            .browser(1, 100_000).native(1, 100_000_000).log();
        seed: u64 = 42, int("씨앗");
    }
    check = check;
}

fn check(_: &Params, _: Scope) -> Result<(), Failure> {
    Ok(())
}

// ANCHOR: kernel
/// 난수 `n`개의 위쪽 32비트를 더함.
pub fn sum(n: u64, seed: u64) -> u64 {
    let mut rng = SplitMix64::new(seed);
    (0..n).fold(0, |sum, _| sum + (rng.next_u64() >> 32))
}
// ANCHOR_END: kernel

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let sum = sum(p.n, p.seed);
    let table = Table {
        title: "결과".into(),
        badge: Badge::Exact,
        columns: vec![
            Column::number("항목", "개"),
            Column::number("합", ""),
        ],
        rows: vec![vec![p.n.into(), sum.into()]],
    };
    Ok(Report::default()
        .answer("n", p.n)
        .answer("sum", sum)
        .checksum(&[p.n, sum])
        .view(View::Table(table)))
}

fn verdict(report: &Report) -> Verdict {
    let n = report.int("n").unwrap_or(0);
    let headline = format!("{n}배");
    Verdict::number(headline, n as f64, "합은 평균과 항목 수의 곱임.")
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let cases = vec![Case::new("더하기", p.n, || sum(p.n, p.seed))];
    compare(ctx, "난수 더하기", "항목 하나", cases)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_sums_to_zero() {
        assert_eq!(sum(0, 42), 0);
    }
}
