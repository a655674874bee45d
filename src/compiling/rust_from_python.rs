//! 파이썬과 Rust 사이를 오가는 값: 한 번에 얼마나, 어떤 모양으로.
//!
//! 파이썬에서 부르는 시간은 `rust_from_python.py --measure`가 잼. 그쪽이
//! 부르는 것은 `rust_from_python/`의 크레이트이고, 커널은 같은 파일임.

use lab::checksum::fnv;
use lab::measure::{Case, compare};
use lab::report::{Badge, Column, Table, Verdict};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    View, format, note,
};

#[path = "rust_from_python/src/kernel.rs"]
pub mod kernel;

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 한 번 부르는 값이 아니라 한 번에 얼마나 넘기는지가 \
               중요한가?",
    prediction: Prediction {
        text: "float n개짜리 리스트를 PyO3 함수의 Vec<f64>로 받아 새 \
               리스트로 돌려줌. 버퍼 두 개를 넘기는 것보다 메모리를 몇 \
               바이트 더 잡을까? 포인터 8, f64 8, float 객체 24바이트로 셈.",
        ask: Ask::Number { unit: "바이트" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 200_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

lab::choices! {
    /// 파이썬이 커널을 부르는 길.
    pub enum Way {
        Ctypes = "ctypes", "ctypes, 버퍼";
        Pyo3 = "pyo3", "PyO3, 리스트";
        Pyo3Buffer = "pyo3_buffer", "PyO3, 버퍼";
        Pure = "pure", "순수 파이썬, 리스트";
    }
}

lab::params! {
    /// 한 번 부를 때 넘기는 것.
    pub struct Params {
        n: u64 = 1_000, int("한 번에 넘기는 원소").unit("개")
            .browser(1, 1_000_000).native(1, 10_000_000).log();
        way: Way = Way::Pyo3Buffer, choice("부르는 길");
        copies: bool = false, flag("자료가 리스트에 있음")
            .hint("끄면 자료가 이미 버퍼에 있고 결과도 버퍼에 둠");
    }
    check = |_: &Params, _| Ok(());
}

/// 이웃과의 차이를 받는 비율.
pub const RATE: f64 = 0.25;

/// 2^-20의 배수라 어디서나 같은 값.
pub fn values(n: u64) -> Vec<f64> {
    let unit = 1.0 / f64::from(1 << 20);
    let at = |i: u64| (i.wrapping_mul(0x9E37_79B1) & 0xF_FFFF) as f64;
    (0..n).map(|i| at(i) * unit).collect()
}

// ANCHOR: kernel
/// 버퍼를 빌려 씀: 복사가 없음.
pub fn borrowed(src: &[f64], dst: &mut [f64]) {
    kernel::diffuse(src, dst, RATE);
}

/// 원소를 옮겨 담아 부르고 결과를 새로 담아 돌려줌: 리스트를 받는 길에서
/// 파이썬 객체를 뺀 나머지.
pub fn copied(src: &[f64]) -> Vec<f64> {
    let row: Vec<f64> = src.to_vec();
    let mut out = vec![0.0; row.len()];
    kernel::diffuse(&row, &mut out, RATE);
    out
}
// ANCHOR_END: kernel

/// 한 번 부르는 동안 값을 담으려고 하는 일. 리스트와 버퍼의 머리, 계산
/// 도중의 객체는 세지 않음.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Toll {
    /// 값을 꺼내려고 들여다본 float 객체.
    pub read: u64,
    /// 새로 만든 float 객체.
    pub made: u64,
    /// 새로 잡은 바이트.
    pub bytes: u64,
}

const POINTER: u64 = 8;
const F64: u64 = 8;
const FLOAT_OBJECT: u64 = 24;

impl Toll {
    /// 64비트 CPython에서 원소 `n`개를 넘기는 값.
    pub fn of(way: Way, n: u64, copies: bool) -> Self {
        let list = |made: u64| n * POINTER + made * FLOAT_OBJECT;
        match way {
            // 양 끝은 받은 객체를 그대로 둠
            Way::Pure => {
                let made = n.saturating_sub(2);
                Toll { read: 0, made, bytes: list(made) }
            }
            Way::Ctypes | Way::Pyo3Buffer if !copies => Toll::default(),
            // 들어갈 버퍼와 나올 버퍼를 만들고, 나온 것을 리스트로 되돌림
            _ => Toll { read: n, made: n, bytes: 2 * n * F64 + list(n) },
        }
    }
}

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let src = values(p.n);
    let mut dst = vec![0.0; src.len()];
    borrowed(&src, &mut dst);
    let toll = Toll::of(p.way, p.n, p.copies);
    let bits: Vec<u64> = dst.iter().map(|x| x.to_bits()).collect();
    let mixed = kernel::mix_sum(p.n);
    Ok(Report::default()
        .answer("objects_read", toll.read)
        .answer("objects_made", toll.made)
        .answer("bytes", toll.bytes)
        .answer("mix_sum", mixed)
        .checksum(&[p.n, toll.read, toll.made, toll.bytes, fnv(&bits), mixed])
        .view(View::Table(tolls(p))))
}

fn verdict(report: &Report) -> Verdict {
    let n = Params::read(&report.params).unwrap_or_default().n;
    let list = Toll::of(Way::Pyo3, n, true).bytes;
    let sentence = format!(
        "원소마다 Vec 둘에 8 + 8, 리스트에 8, float 객체에 24, 모두 \
         48바이트이고 원소가 {}개임. 버퍼를 빌리는 쪽은 0바이트.",
        format::int(n)
    );
    let headline = format!("{}바이트", format::int(list));
    Verdict::number(headline, list as f64, sentence)
}

fn tolls(p: &Params) -> Table {
    let row = |way: Way| {
        let toll = Toll::of(way, p.n, p.copies);
        let here = if way == p.way { " ←" } else { "" };
        vec![
            format!("{}{here}", way.label()).into(),
            toll.read.into(),
            toll.made.into(),
            toll.bytes.into(),
        ]
    };
    Table {
        title: format!(
            "한 번 불러 원소 {}개를 넘기는 값: 자료는 {}에 있음",
            format::int(p.n),
            if p.copies { "모두 리스트" } else { "이름에 적은 곳" }
        ),
        badge: Badge::Model,
        columns: vec![
            Column::text("부르는 길"),
            Column::number("꺼내 읽은 float", "개"),
            Column::number("새로 만든 float", "개"),
            Column::number("새로 잡은 메모리", "바이트"),
        ],
        rows: Way::ALL.map(row).to_vec(),
    }
}

/// 재는 것: 파이썬을 뺀 Rust만의 시간.
pub fn rivals(src: &[f64]) -> Vec<Case<'_>> {
    let n = src.len() as u64;
    let mut dst = vec![0.0; src.len()];
    vec![
        Case::new("Rust: 버퍼를 빌림", n, move || {
            borrowed(std::hint::black_box(src), &mut dst);
            dst[0].to_bits()
        }),
        Case::new("Rust: 담아 가고 담아 옴", n, move || {
            copied(std::hint::black_box(src))[0].to_bits()
        }),
    ]
}

const FROM_PYTHON: &str = "파이썬에서 부르는 시간은 이 컴퓨터의 파이썬만 잼: \
     python3 src/compiling/rust_from_python.py --measure";

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let src = values(p.n);
    let title = "파이썬을 뺀 커널의 시간";
    let mut views = compare(ctx, title, "원소 하나", rivals(&src))?;
    views.push(note(FROM_PYTHON));
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    #[test]
    fn the_kernel_by_hand() {
        let mut out = [0.0; 4];
        kernel::diffuse(&[0.0, 4.0, 0.0, 2.0], &mut out, 0.25);
        assert_eq!(out, [0.0, 2.0, 1.5, 2.0]);
        assert_eq!(kernel::mix_sum(1), 0xe220_a839_7b1d_cdaf);
        for n in 0..3 {
            let src = values(n);
            assert_eq!(copied(&src), src);
        }
    }

    #[test]
    fn both_ways_agree() {
        for n in [0, 1, 2, 3, 1_000] {
            let src = values(n);
            let mut dst = vec![0.0; src.len()];
            borrowed(&src, &mut dst);
            assert_eq!(dst, copied(&src));
        }
    }

    /// 사전 실험의 섞기와 같은 값.
    #[test]
    fn mixes_like_the_dict_model() {
        use lab::rng::mix64;
        let want = (0..1_000).map(mix64).fold(0, u64::wrapping_add);
        assert_eq!(kernel::mix_sum(1_000), want);
    }

    #[test]
    fn a_list_costs_forty_eight_bytes_an_item() {
        let report = run_with("rust_from_python", &[("way", "pyo3")]);
        assert_eq!(report.int("bytes"), Some(48_000));
        assert_eq!(report.int("objects_made"), Some(1_000));
        assert_eq!(report.verdict.unwrap().number, Some(48_000.0));
        let report = run_with("rust_from_python", &[("way", "ctypes")]);
        assert_eq!(report.int("bytes"), Some(0));
        let pairs = [("way", "ctypes"), ("copies", "true")];
        let report = run_with("rust_from_python", &pairs);
        assert_eq!(report.int("bytes"), Some(48_000));
        let report = run_with("rust_from_python", &[("way", "pure")]);
        assert_eq!(report.int("bytes"), Some(8 * 1_000 + 24 * 998));
    }
}
