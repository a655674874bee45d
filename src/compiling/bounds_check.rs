//! 경계 검사를 없애는 길: 색인, 이터레이터, 덩이, 검사 없음.

use std::hint::black_box;

use lab::measure::{Case, Timings, interleave};
use lab::report::{Badge, Column, Table, Verdict};
use lab::rng::SplitMix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 어떤 경계 검사는 거저이고 어떤 것은 시간을 두 배로 \
               만드는가?",
    prediction: Prediction {
        text: "커널 넷을 색인과 이터레이터로 씀. 색인으로 쓴 것이 가장 크게 \
               느려지는 커널은 어느 것일까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::None(
        "파이썬의 색인은 언제나 검사함: 끌 수 있는 스위치가 없어 견줄 것이 \
         없음",
    ),
    bench: Bench::Group,
    memory_mib: 128,
};

const GUESSES: &[(&str, &str)] = &[
    ("dot", "두 배열의 내적"),
    ("add", "두 배열의 원소별 합"),
    ("histogram", "바이트의 도수"),
    ("prefix", "누적 합"),
];

lab::choices! {
    /// 같은 커널을 쓰는 법.
    pub enum Style {
        Index = "index", "색인";
        Iterator = "iterator", "이터레이터";
        Chunks = "chunks", "as_chunks";
        Unchecked = "unchecked", "get_unchecked";
    }
}

lab::params! {
    /// 자료의 길이와, 정확한 답을 셈할 방법.
    pub struct Params {
        n: u64 = 100_000, int("원소의 수").unit("개")
            .browser(1, 1_000_000).native(1, 10_000_000).log();
        style: Style = Style::Index, choice("쓰는 법")
            .hint("어느 것이든 답은 같음");
        seed: u64 = 42, int("씨앗");
    }
    check = |_: &Params, _| Ok(());
}

/// 커널들이 함께 쓰는 자료. 길이는 모두 같음.
pub struct Data {
    pub left: Vec<i64>,
    pub right: Vec<i64>,
    pub bytes: Vec<u8>,
}

impl Data {
    pub fn new(n: u64, seed: u64) -> Self {
        let mut rng = SplitMix64::new(seed);
        let mut take = || (0..n).map(|_| rng.next_u64() as i64).collect();
        let (left, right): (Vec<i64>, Vec<i64>) = (take(), take());
        let bytes = left.iter().map(|x| (x >> 56) as u8).collect();
        Data { left, right, bytes }
    }
}

/// 덩이 하나의 원소.
const CHUNK: usize = 8;

// ANCHOR: kernel
/// 내적, 2^64로 나눈 나머지. `n`은 두 배열의 길이까지.
pub fn dot(a: &[i64], b: &[i64], n: usize, style: Style) -> i64 {
    let term =
        |sum: i64, (x, y): (&i64, &i64)| sum.wrapping_add(x.wrapping_mul(*y));
    match style {
        Style::Index => {
            let mut sum = 0;
            for i in 0..n {
                sum = term(sum, (&a[i], &b[i]));
            }
            sum
        }
        Style::Iterator => a[..n].iter().zip(&b[..n]).fold(0, term),
        Style::Chunks => {
            let (a, a_rest) = a[..n].as_chunks::<CHUNK>();
            let (b, b_rest) = b[..n].as_chunks::<CHUNK>();
            let mut lanes = [0; CHUNK];
            for (a, b) in a.iter().zip(b) {
                for i in 0..CHUNK {
                    lanes[i] = term(lanes[i], (&a[i], &b[i]));
                }
            }
            let sum = lanes.into_iter().fold(0, i64::wrapping_add);
            a_rest.iter().zip(b_rest).fold(sum, term)
        }
        Style::Unchecked => {
            assert!(n <= a.len() && n <= b.len());
            let mut sum = 0;
            for i in 0..n {
                // SAFETY: i < n이고 n은 두 길이를 넘지 않음
                let pair = unsafe { (a.get_unchecked(i), b.get_unchecked(i)) };
                sum = term(sum, pair);
            }
            sum
        }
    }
}

/// 원소별 합. `out`의 앞 `n`칸을 채움.
pub fn add(a: &[i64], b: &[i64], out: &mut [i64], n: usize, style: Style) {
    match style {
        Style::Index => {
            for i in 0..n {
                out[i] = a[i].wrapping_add(b[i]);
            }
        }
        Style::Iterator => {
            let pairs = a[..n].iter().zip(&b[..n]);
            for (out, (a, b)) in out[..n].iter_mut().zip(pairs) {
                *out = a.wrapping_add(*b);
            }
        }
        Style::Chunks => {
            let (a, a_rest) = a[..n].as_chunks::<CHUNK>();
            let (b, b_rest) = b[..n].as_chunks::<CHUNK>();
            let (outs, out_rest) = out[..n].as_chunks_mut::<CHUNK>();
            for (out, (a, b)) in outs.iter_mut().zip(a.iter().zip(b)) {
                for i in 0..CHUNK {
                    out[i] = a[i].wrapping_add(b[i]);
                }
            }
            let pairs = a_rest.iter().zip(b_rest);
            for (out, (a, b)) in out_rest.iter_mut().zip(pairs) {
                *out = a.wrapping_add(*b);
            }
        }
        Style::Unchecked => {
            assert!(n <= a.len() && n <= b.len() && n <= out.len());
            for i in 0..n {
                // SAFETY: i < n이고 n은 세 길이를 넘지 않음
                unsafe {
                    let (a, b) = (*a.get_unchecked(i), *b.get_unchecked(i));
                    *out.get_unchecked_mut(i) = a.wrapping_add(b);
                }
            }
        }
    }
}

/// 바이트마다 나온 횟수. 바이트는 256보다 작으므로 `counts`의 검사는 어느
/// 쪽에서나 컴파일러가 지움.
pub fn histogram(bytes: &[u8], n: usize, style: Style) -> [u64; 256] {
    let mut counts = [0; 256];
    match style {
        Style::Index => {
            for i in 0..n {
                counts[bytes[i] as usize] += 1;
            }
        }
        Style::Iterator => {
            for byte in &bytes[..n] {
                counts[*byte as usize] += 1;
            }
        }
        Style::Chunks => {
            let (chunks, rest) = bytes[..n].as_chunks::<CHUNK>();
            for chunk in chunks {
                for byte in chunk {
                    counts[*byte as usize] += 1;
                }
            }
            for byte in rest {
                counts[*byte as usize] += 1;
            }
        }
        Style::Unchecked => {
            assert!(n <= bytes.len());
            for i in 0..n {
                // SAFETY: i < n이고 n은 길이를 넘지 않음
                let byte = unsafe { *bytes.get_unchecked(i) };
                counts[byte as usize] += 1;
            }
        }
    }
    counts
}

/// 앞에서부터 더해 온 합. `out`의 앞 `n`칸을 채움.
pub fn prefix(values: &[i64], out: &mut [i64], n: usize, style: Style) {
    let mut sum: i64 = 0;
    match style {
        Style::Index => {
            for i in 0..n {
                sum = sum.wrapping_add(values[i]);
                out[i] = sum;
            }
        }
        Style::Iterator => {
            for (value, out) in values[..n].iter().zip(&mut out[..n]) {
                sum = sum.wrapping_add(*value);
                *out = sum;
            }
        }
        Style::Chunks => {
            let (chunks, rest) = values[..n].as_chunks::<CHUNK>();
            let (outs, out_rest) = out[..n].as_chunks_mut::<CHUNK>();
            for (chunk, out) in chunks.iter().zip(outs) {
                for i in 0..CHUNK {
                    sum = sum.wrapping_add(chunk[i]);
                    out[i] = sum;
                }
            }
            for (value, out) in rest.iter().zip(out_rest) {
                sum = sum.wrapping_add(*value);
                *out = sum;
            }
        }
        Style::Unchecked => {
            assert!(n <= values.len() && n <= out.len());
            for i in 0..n {
                // SAFETY: i < n이고 n은 두 길이를 넘지 않음
                unsafe {
                    sum = sum.wrapping_add(*values.get_unchecked(i));
                    *out.get_unchecked_mut(i) = sum;
                }
            }
        }
    }
}
// ANCHOR_END: kernel

// asm: 내적, 색인
#[inline(never)]
fn dot_index(a: &[i64], b: &[i64], n: usize) -> i64 {
    dot(a, b, n, Style::Index)
}

// asm: 내적, 이터레이터
#[inline(never)]
fn dot_iterator(a: &[i64], b: &[i64], n: usize) -> i64 {
    dot(a, b, n, Style::Iterator)
}

// asm: 원소별 합, 색인
#[inline(never)]
fn add_index(a: &[i64], b: &[i64], out: &mut [i64], n: usize) {
    add(a, b, out, n, Style::Index);
}

// asm: 원소별 합, 이터레이터
#[inline(never)]
fn add_iterator(a: &[i64], b: &[i64], out: &mut [i64], n: usize) {
    add(a, b, out, n, Style::Iterator);
}

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let (data, n) = (Data::new(p.n, p.seed), p.n as usize);
    let product = dot(&data.left, &data.right, n, p.style);
    let counts = histogram(&data.bytes, n, p.style);
    let mut sums = vec![0; n];
    prefix(&data.left, &mut sums, n, p.style);
    let fold = |sums: &[i64]| sums.iter().fold(0, |all, sum| all ^ sum);
    let folded = fold(&sums);
    add(&data.left, &data.right, &mut sums, n, p.style);
    let added = fold(&sums);
    let most = counts.iter().copied().max().unwrap_or(0);
    Ok(Report::default()
        .answer("dot", product.to_string().as_str())
        .answer("add_xor", added.to_string().as_str())
        .answer("most_common", most)
        .answer("prefix_xor", folded.to_string().as_str())
        .checksum(
            &[&[product as u64, added as u64, folded as u64][..], &counts[..]]
                .concat(),
        )
        .view(View::Table(checks(p))))
}

/// 원본에 적힌 대로의 검사. 컴파일러가 지우는 것까지 세지는 않음.
fn checks(p: &Params) -> Table {
    let row = |(name, slices): (&str, u64), style: Style| {
        let (each, once) = match style {
            Style::Index => (slices, 0),
            _ => (0, slices),
        };
        vec![
            name.into(),
            style.label().into(),
            each.into(),
            (each * p.n + once).into(),
        ]
    };
    let rows = KERNELS.iter().flat_map(|(_, name, slices)| {
        Style::ALL.map(|style| row((name, *slices), style))
    });
    Table {
        title: format!(
            "원소 {}개에서 원본에 적힌 경계 검사",
            format::int(p.n)
        ),
        badge: Badge::Exact,
        columns: vec![
            Column::text("커널"),
            Column::text("쓰는 법"),
            Column::number("원소마다", "번"),
            Column::number("모두", "번"),
        ],
        rows: rows.collect(),
    }
}

/// 커널의 값, 재는 것의 이름에 붙이는 말, 색인으로 짚는 배열의 수.
const KERNELS: [(&str, &str, u64); 4] = [
    ("dot", "내적", 2),
    ("add", "원소별 합", 3),
    ("histogram", "도수", 1),
    ("prefix", "누적 합", 2),
];

fn case_name(kernel: &str, style: Style) -> String {
    format!("{kernel}: {}", style.label())
}

/// 이터레이터에 견주어 색인이 가장 느려지는 커널. 느려진 것이 없으면 정답도
/// 없음: 원소가 몇 개뿐일 때.
fn verdict(report: &Report) -> Verdict {
    let slower = |kernel: &str| {
        let name = |style| case_name(kernel, style);
        let (index, plain) = (name(Style::Index), name(Style::Iterator));
        report.compared(&index, &plain)
    };
    let ratios: Option<Vec<_>> = KERNELS
        .iter()
        .map(|(value, name, _)| Some((*value, *name, slower(name)?)))
        .collect();
    let Some(ratios) = ratios else { return Verdict::pending() };
    let told: Vec<String> = ratios
        .iter()
        .map(|(_, name, ratio)| {
            format!("{name} {}배", format::significant(ratio.ratio))
        })
        .collect();
    let sentence =
        format!("이터레이터에 견준 색인의 시간: {}.", told.join(", "));
    let slowed =
        ratios.iter().filter(|(.., both)| both.clear && both.ratio > 1.0);
    match slowed.max_by(|a, b| a.2.ratio.total_cmp(&b.2.ratio)) {
        Some((value, ..)) => Verdict::choice(GUESSES, value, sentence),
        None => Verdict {
            headline: "구별할 수 없음".into(),
            sentence: format!("{sentence} 뚜렷이 느려진 커널이 없음."),
            ..Verdict::default()
        },
    }
}

/// 재는 것. 길이를 숨겨 컴파일러가 검사를 미리 풀지 못하게 함.
pub fn rivals(data: &Data) -> Vec<Case<'_>> {
    let n = data.left.len();
    let mut cases = Vec::new();
    for style in Style::ALL {
        let Data { left, right, bytes } = data;
        cases.push(Case::new(
            &case_name("내적", style),
            n as u64,
            move || {
                let n = black_box(n);
                let product = match style {
                    Style::Index => dot_index(left, right, n),
                    Style::Iterator => dot_iterator(left, right, n),
                    _ => dot(left, right, n, style),
                };
                product as u64
            },
        ));
        cases.push(Case::new(
            &case_name("도수", style),
            n as u64,
            move || histogram(bytes, black_box(n), style)[0],
        ));
        let mut out = vec![0; n];
        cases.push(Case::new(
            &case_name("원소별 합", style),
            n as u64,
            move || {
                let (out, n) = (black_box(&mut out), black_box(n));
                match style {
                    Style::Index => add_index(left, right, out, n),
                    Style::Iterator => add_iterator(left, right, out, n),
                    _ => add(left, right, out, n, style),
                }
                out[n - 1] as u64
            },
        ));
        let mut out = vec![0; n];
        cases.push(Case::new(
            &case_name("누적 합", style),
            n as u64,
            move || {
                prefix(left, black_box(&mut out), black_box(n), style);
                out[n - 1] as u64
            },
        ));
    }
    cases.sort_by_key(|case| {
        let kernel =
            |(_, name, _): &(&str, &str, u64)| case.name.starts_with(name);
        KERNELS.iter().position(kernel)
    });
    cases
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let data = Data::new(p.n, p.seed);
    let mut cases = rivals(&data);
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    // 커널마다 따로 견줌: 첫 방법이 기준이 됨
    let styles = Style::ALL.len();
    let views = timings.rows.chunks(styles).zip(KERNELS).flat_map(
        |(rows, (_, kernel, _))| {
            let part = Timings {
                rows: rows.to_vec(),
                clock_step_ns: timings.clock_step_ns,
            };
            part.views(&format!("{kernel}의 시간"), "원소 하나")
        },
    );
    Ok(views.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;
    use lab::measure::Timing;

    #[test]
    fn every_style_gives_the_same_answer() {
        for n in [1, 2, 7, 8, 9, 1_000] {
            let data = Data::new(n, 7);
            let n = n as usize;
            let answer = |style| {
                let mut sums = vec![0; n];
                prefix(&data.left, &mut sums, n, style);
                let mut added = vec![0; n];
                add(&data.left, &data.right, &mut added, n, style);
                (
                    added,
                    dot(&data.left, &data.right, n, style),
                    histogram(&data.bytes, n, style),
                    sums,
                )
            };
            let want = answer(Style::Index);
            assert_eq!(want.2.iter().sum::<u64>(), n as u64);
            for style in Style::ALL {
                assert_eq!(answer(style), want, "{style:?} {n}");
            }
        }
    }

    #[test]
    fn the_kernels_by_hand() {
        let (a, b) = ([1, -2, i64::MAX], [3, 5, 2]);
        let mut out = [0; 3];
        for style in Style::ALL {
            // 3 − 10 + (2^64 − 2) = −9
            assert_eq!(dot(&a, &b, 3, style), -9);
            prefix(&a, &mut out, 3, style);
            assert_eq!(out, [1, -1, i64::MAX - 1]);
            add(&a, &b, &mut out, 3, style);
            assert_eq!(out, [4, 3, i64::MIN + 1]);
            let counts = histogram(&[7, 0, 7, 255], 3, style);
            assert_eq!([counts[0], counts[7], counts[255]], [1, 2, 0]);
        }
    }

    /// 잘못된 길이는 어느 쪽에서나 멈춤: 검사를 없앤 것도 먼저 확인함.
    #[test]
    fn a_wrong_length_stops_every_style() {
        for style in Style::ALL {
            let call = || dot(&[1, 2], &[3], 2, style);
            assert!(std::panic::catch_unwind(call).is_err(), "{style:?}");
        }
    }

    /// 커널마다 색인의 시간을 이터레이터의 몇 배로 둔 정답.
    fn told(ratios: [f64; 4]) -> Verdict {
        let views =
            KERNELS.iter().zip(ratios).flat_map(|((_, name, _), x)| {
                let row = |(style, ns)| {
                    Timing::new(&case_name(name, style), vec![ns; 7], 1)
                };
                let rows = [(Style::Index, 2.0 * x), (Style::Iterator, 2.0)];
                let rows = rows.map(row).into();
                Timings { rows, clock_step_ns: 1.0 }.views("", "")
            });
        verdict(&Report { views: views.collect(), ..Report::default() })
    }

    #[test]
    fn a_kernel_that_is_not_slower_is_not_the_answer() {
        assert_eq!(told([1.0, 1.5, 1.0, 2.0]).choice.unwrap(), "prefix");
        for ratios in [[1.0; 4], [0.5, 1.0, 0.5, 0.8]] {
            assert!(told(ratios).is_pending());
        }
    }

    #[test]
    fn index_checks_every_element() {
        let report = run_with("bounds_check", &[("n", "1000")]);
        let View::Table(table) = &report.views[0] else { panic!() };
        let total = |at: usize| table.rows[at][3].value;
        assert_eq!(total(0), Some(2_000.0));
        assert_eq!(total(1), Some(2.0));
        assert_eq!(total(4), Some(3_000.0));
        assert_eq!(total(8), Some(1_000.0));
    }
}
