//! 로지스틱 사상의 갈림: 다음 값이 앞 값에 매인 반복을 r마다 나란히 돌림.
//!
//! 곱셈과 뺄셈만 쓰므로 어디서나, 어느 폭에서나 비트까지 같음.

use std::array;
use std::hint::black_box;

use rayon::prelude::*;
use wide::f64x2;

use super::lanes::{FLIGHT, Lanes, Widest};
use lab::checksum::fnv;
use lab::measure::{Case, interleave};
use lab::report::{
    Badge, Cell, Column, Image, Palette, Raster, Table, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, View,
    format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 이 반복은 NumPy로 한 번에 못 하는가?",
    prediction: Prediction {
        text: "r 두 개를 한 벡터에 담고 벡터 넷을 번갈아 돌려 그림에 쓸 \
               값까지 남김. r을 하나씩 돌며 남기는 것의 몇 배 빠를까?",
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
    &[("1", "1배"), ("2", "2배"), ("4", "4배"), ("8", "8배")];

lab::params! {
    /// r의 눈금과, 버리고 남기는 반복.
    pub struct Params {
        rs: u64 = 600, int("r의 수").unit("개").range(100, 2_000);
        warm: u64 = 500, int("버리는 반복").unit("번").range(100, 2_000);
        keep: u64 = 100, int("남기는 반복").unit("번").range(10, 500);
    }
    check = |_: &Params, _| Ok(());
}

/// r의 범위. 왼쪽 끝은 들어가고 오른쪽 끝은 들어가지 않음.
const LOW: f64 = 2.5;
const HIGH: f64 = 4.0;
/// 처음 값.
const START: f64 = 0.5;
/// 가장 넓은 벡터 여럿이 끝을 넘어 읽어도 되는 여유.
const PADDING: usize = 8 * FLIGHT;

/// r의 눈금 `count`개와, 벡터가 넘쳐 읽을 여유.
pub fn axis(count: usize) -> Vec<f64> {
    let at = |i| LOW + ((HIGH - LOW) * i as f64) / count as f64;
    (0..count.next_multiple_of(PADDING)).map(at).collect()
}

// ANCHOR: kernel
/// 다음 값. 괄호의 차례가 답의 비트를 정함.
#[inline]
fn next(r: f64, x: f64) -> f64 {
    (r * x) * (1.0 - x)
}

/// r 하나: `warm`번 버리고, 이어지는 값으로 `kept`를 채움.
pub fn orbit(r: f64, warm: u64, kept: &mut [f64]) {
    let mut x = START;
    for _ in 0..warm {
        x = next(r, x);
    }
    for out in kept {
        x = next(r, x);
        *out = x;
    }
}

/// r `LANES × F`개를 함께. `kept`에는 반복마다 레인의 값이 차례로 놓임.
pub fn orbits<V: Lanes, const F: usize>(
    rs: &[f64],
    warm: u64,
    kept: &mut [f64],
) {
    let one = V::splat(1.0);
    let r: [V; F] = array::from_fn(|v| V::load(&rs[v * V::LANES..]));
    let mut x = [V::splat(START); F];
    let mut step = || {
        for (x, r) in x.iter_mut().zip(r) {
            *x = (r * *x) * (one - *x);
        }
        x
    };
    for _ in 0..warm {
        step();
    }
    for out in kept.chunks_exact_mut(V::LANES * F) {
        for (x, out) in step().into_iter().zip(out.chunks_mut(V::LANES)) {
            x.store(out);
        }
    }
}
// ANCHOR_END: kernel

/// r마다 한 줄씩, 남긴 값. 스칼라로.
pub fn table_scalar(p: &Params) -> Vec<f64> {
    let keep = p.keep as usize;
    let mut kept = vec![0.0; p.rs as usize * keep];
    let rows = kept.chunks_mut(keep).zip(axis(p.rs as usize));
    rows.for_each(|(row, r)| orbit(r, p.warm, row));
    kept
}

/// 같은 표를 벡터로. 반복이 먼저 놓인 것을 r이 먼저가 되게 옮겨 적음.
pub fn table_simd<V: Lanes, const F: usize>(p: &Params) -> Vec<f64> {
    let (count, keep) = (p.rs as usize, p.keep as usize);
    let (rs, width) = (axis(count), V::LANES * F);
    let mut kept = vec![0.0; count * keep];
    let mut block = vec![0.0; keep * width];
    for (rows, rs) in kept.chunks_mut(width * keep).zip(rs.chunks(width)) {
        orbits::<V, F>(rs, p.warm, &mut block);
        for (lane, row) in rows.chunks_mut(keep).enumerate() {
            for (out, step) in row.iter_mut().zip(block.chunks(width)) {
                *out = step[lane];
            }
        }
    }
    kept
}

/// r을 스레드에 나눠 맡김.
pub fn table_parallel(p: &Params) -> Vec<f64> {
    let keep = p.keep as usize;
    let mut kept = vec![0.0; p.rs as usize * keep];
    let rows = kept.par_chunks_mut(keep).zip(axis(p.rs as usize));
    rows.for_each(|(row, r)| orbit(r, p.warm, row));
    kept
}

/// 이만큼 가까우면 같은 값으로 봄.
const SAME: f64 = 1e-9;
/// 알아보는 가장 긴 주기.
const LONGEST: usize = 8;

/// 남긴 값이 되풀이되는 주기. [`LONGEST`]까지에서 못 찾으면 `None`.
fn period(kept: &[f64]) -> Option<usize> {
    (1..=LONGEST).find(|period| {
        let pairs = kept.iter().zip(&kept[*period..]);
        pairs.into_iter().all(|(a, b)| (a - b).abs() < SAME)
    })
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 2, "r마다 반복하기")?;
    let kept = table_simd::<Widest, FLIGHT>(p);
    let rows = || kept.chunks(p.keep as usize);
    let mut periods = [0; LONGEST + 1];
    for row in rows() {
        periods[period(row).unwrap_or(0)] += 1;
    }
    let [other, one, two, _, four, .., eight] = periods;
    let bits: Vec<u64> = kept.iter().map(|x| x.to_bits()).collect();
    Ok(Report::default()
        .answer("period_1", one)
        .answer("period_2", two)
        .answer("period_4", four)
        .answer("period_8", eight)
        .answer("no_period", other)
        .checksum(&[p.rs, p.warm, p.keep, fnv(&bits)])
        .view(View::Image(diagram(p, &kept)))
        .view(View::Table(doubling(p, &kept, &periods))))
}

/// 그림의 너비와 높이, 칸. r의 수와 상관없이 화면에 그대로 놓이는 크기임.
const COLUMNS: usize = 480;
const ROWS: usize = 320;

/// 세로로 x, 가로로 r. 칸에 들른 횟수가 많을수록 밝음. r이 칸보다 많으면
/// 한 칸의 r들을 고르게 합치고, 적으면 옆 칸에 되풀이함.
fn diagram(p: &Params, kept: &[f64]) -> Image {
    let (count, keep) = (p.rs as usize, p.keep as usize);
    let mut pixels = vec![0u8; COLUMNS * ROWS];
    for column in 0..COLUMNS {
        let first = column * count / COLUMNS;
        let last = ((column + 1) * count / COLUMNS).max(first + 1);
        let mut visits = [0u64; ROWS];
        for x in &kept[first * keep..last * keep] {
            // x는 0과 1 사이이고, 위가 1임
            let at = ((1.0 - x) * ROWS as f64) as usize;
            visits[at.min(ROWS - 1)] += 1;
        }
        let most = ((last - first) * keep) as f64;
        for (row, visits) in visits.into_iter().enumerate() {
            // 되풀이하는 궤도와 흩어지는 궤도가 함께 보이도록 제곱근으로
            let share = (visits as f64 / most).sqrt();
            pixels[row * COLUMNS + column] = (share * 255.0) as u8;
        }
    }
    Image {
        title: format!(
            "x ← r·x·(1 − x)가 들르는 값: 가로는 r = {LOW}–{HIGH}, \
             세로는 x = 0–1(위가 1), 색은 들른 횟수의 제곱근"
        ),
        badge: Badge::Exact,
        width: COLUMNS as u32,
        height: ROWS as u32,
        palette: Palette::Heat,
        low: 0.0,
        high: p.keep as f64,
        unit: "번".into(),
        frames: vec![Raster::new("들른 횟수", &pixels)],
        alt: "왼쪽에서는 값 하나로 모이던 선이 둘, 넷으로 갈라지다가 오른쪽 \
              에서 띠로 흩어지고, 그 사이에 좁은 창이 있음"
            .into(),
        explore: None,
    }
}

/// 주기마다: r의 수와, 그 주기가 처음 나오는 r.
fn doubling(p: &Params, kept: &[f64], periods: &[u64]) -> Table {
    let rs = axis(p.rs as usize);
    let rows = || kept.chunks(p.keep as usize);
    let row = |(name, at): (String, usize)| {
        let found = |row: &[f64]| period(row).unwrap_or(0) == at;
        let first = rows().position(found);
        let first = first.map_or("–".into(), |i| Cell::fixed(rs[i], 4));
        vec![name.into(), periods[at].into(), first]
    };
    let names = (1..=LONGEST).map(|period| (format!("주기 {period}"), period));
    let other = (format!("{LONGEST}까지에서 못 찾음"), 0);
    Table {
        title: format!("마지막 {}번의 주기", p.keep),
        badge: Badge::Exact,
        columns: vec![
            Column::text("되풀이"),
            Column::number("r의 수", "개"),
            Column::number("처음 나오는 r", ""),
        ],
        rows: names
            .chain([other])
            .filter(|(_, at)| periods[*at] > 0)
            .map(row)
            .collect(),
    }
}

const SCALAR: &str = "r 하나씩";
const PAIRS: &str = "f64×2, 벡터 4개";

fn verdict(report: &Report) -> Verdict {
    let Some(both) = report.compared(SCALAR, PAIRS) else {
        return Verdict::pending();
    };
    let sentence = format!(
        "반복 한 번에 하나씩은 {}, f64 두 개짜리 벡터 넷은 {}.",
        format::time(both.slow),
        format::time(both.fast)
    );
    Verdict::compared(GUESSES, &both, sentence)
}

/// 표를 채우는 방법.
pub type Fill = fn(&Params) -> Vec<f64>;

/// 재는 것: 이름과 방법.
pub const RIVALS: [(&str, Fill); 4] = [
    (SCALAR, table_scalar),
    ("f64×2, 벡터 1개", table_simd::<f64x2, 1>),
    (PAIRS, table_simd::<f64x2, FLIGHT>),
    ("가장 넓은 벡터 4개", table_simd::<Widest, FLIGHT>),
];

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let items = p.rs * (p.warm + p.keep);
    let mut rivals = RIVALS.to_vec();
    if Widest::LANES == 2 {
        rivals.pop();
    }
    let threads = ctx.threads();
    let name = format!("r 하나씩, 스레드 {threads}개");
    if threads > 1 {
        rivals.push((&name, table_parallel));
    }
    let mut cases: Vec<Case> = rivals
        .into_iter()
        .map(|(name, fill)| {
            Case::new(name, items, move || fill(black_box(p))[0].to_bits())
        })
        .collect();
    Ok(match interleave(ctx, &mut cases)? {
        Some(timings) => timings.views("같은 표를 채우는 시간", "반복 한 번"),
        None => vec![note("해상도 부족: 시간 비교를 표시하지 않음")],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;
    use wide::{f64x4, f64x8};

    #[test]
    fn every_way_fills_the_same_table() {
        for (rs, warm, keep) in [(100, 100, 10), (333, 101, 13)] {
            let p = Params { rs, warm, keep };
            let bits = |fill: Fill| -> Vec<u64> {
                fill(&p).iter().map(|x| x.to_bits()).collect()
            };
            let want = bits(table_scalar);
            for (name, fill) in RIVALS {
                assert_eq!(bits(fill), want, "{name}");
            }
            assert_eq!(bits(table_parallel), want);
            assert_eq!(bits(table_simd::<f64x4, FLIGHT>), want);
            assert_eq!(bits(table_simd::<f64x8, 1>), want);
        }
    }

    /// 고정점 1 − 1/r. r = 2.5이면 0.6.
    #[test]
    fn a_small_r_settles() {
        let mut kept = [0.0; 20];
        orbit(2.5, 200, &mut kept);
        assert!((kept[19] - 0.6).abs() < 1e-12);
        assert_eq!(period(&kept), Some(1));
        // 3 < r < 1 + √6에서는 둘 사이를 오감
        orbit(3.2, 500, &mut kept);
        assert_eq!(period(&kept), Some(2));
        orbit(3.5, 500, &mut kept);
        assert_eq!(period(&kept), Some(4));
        // 주기 3의 창은 r = 1 + √8 ≈ 3.8284에서 열림
        orbit(3.83, 1_000, &mut kept);
        assert_eq!(period(&kept), Some(3));
        orbit(3.9, 1_000, &mut kept);
        assert_eq!(period(&kept), None);
    }

    /// 갈림은 r = 3, 1 + √6 = 3.449, 3.544에서 일어남. 그 바로 앞에서는
    /// 느리게 모여 아직 주기가 보이지 않음. 남은 9개는 주기 3, 5, 6의 창임.
    #[test]
    fn the_default_diagram() {
        let report = run_with("bifurcation", &[]);
        let keys =
            ["period_1", "period_2", "period_4", "period_8", "no_period"];
        let found = keys.map(|key| report.int(key).unwrap());
        assert_eq!(found, [186, 172, 35, 6, 192]);
        assert_eq!(600 - found.iter().sum::<u64>(), 9);
    }
}
