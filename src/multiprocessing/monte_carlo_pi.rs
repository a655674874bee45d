//! 몇 명이 세어도 같은 수: 점을 던져 원주율을 어림하는 여섯 가지 방식.
//!
//! 난수는 일꾼이 아니라 덩어리에 딸림. 그래서 누가 몇 명이서 세든 맞힌
//! 수가 하나도 다르지 않음.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;

use rayon::prelude::*;
use wide::u64x2;

use lab::measure::{Case, interleave};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Point, Series, Shape, Table, Verdict,
};
use lab::rng::{SplitMix64, mix64};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 일꾼을 늘려도 답이 한 비트도 변하지 않아야 하는가?",
    prediction: Prediction {
        text: "점을 100배로 늘리면 원주율의 오차는 어떻게 될까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("points", 2_000_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("1", "그대로"),
    ("10", "10분의 1"),
    ("30", "30분의 1"),
    ("100", "100분의 1"),
];

lab::choices! {
    /// 덩어리를 세는 방식.
    pub enum Mode {
        Objects = "objects", "점마다 객체";
        Scalar = "scalar", "for 문";
        Lanes = "lanes", "벡터와 스칼라를 함께";
        Rayon = "rayon", "스레드(rayon)";
        Messages = "messages", "스레드와 메시지";
        Shared = "shared", "스레드와 공유 변수";
    }
}

lab::params! {
    /// 정사각형에 점을 던져 사분원 안에 든 것을 셈.
    pub struct Params {
        points: u64 = 1_000_000, int("점의 수").unit("개")
            .browser(1_000, 5_000_000).native(1_000, 1_000_000_000).log();
        seed: u64 = 42, int("씨앗");
        workers: u64 = 2, int("일꾼의 수").unit("명").range(1, 16);
        mode: Mode = Mode::Rayon, choice("세는 방식")
            .hint("앞의 셋은 혼자서 셈");
    }
    check = check;
}

fn check(_: &Params, _: Scope) -> Result<(), Failure> {
    Ok(())
}

/// 덩어리 하나의 점. 일꾼의 수와 상관없이 늘 이만큼씩 나눔.
pub const CHUNK: u64 = 65_536;

/// x² + y²가 이보다 작으면 안쪽: 좌표는 31비트 정수임.
const RADIUS2: u64 = 1 << 62;
/// SplitMix64가 한 번에 더하는 수: 상태는 세는 수(카운터)일 뿐임.
const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

// ANCHOR: kernel
/// 점 `n`개 가운데 사분원 안에 든 것.
pub fn scalar(seed: u64, n: u64) -> u64 {
    let mut rng = SplitMix64::new(seed);
    let mut throw = || {
        let (x, y) = (rng.next_u64() >> 33, rng.next_u64() >> 33);
        // 합은 2^63보다 작아서 62번 비트가 곧 '바깥'임
        1 - ((x * x + y * y) >> 62)
    };
    let mut hits = 0;
    // 한 바퀴에 넷씩: WASM 엔진은 바퀴마다 멈추라는 말이 있는지 보고
    // 64비트 상수를 다시 만듦
    for _ in 0..n / 4 {
        hits += throw() + throw() + throw() + throw();
    }
    for _ in 0..n % 4 {
        hits += throw();
    }
    hits
}

/// 같은 수를, 한 걸음에 벡터로 점 둘과 스칼라로 점 둘을 섞어 셈.
///
/// 상태가 카운터라 몇 번째 점이든 앞의 점 없이 만들 수 있음.
fn mixed(seed: u64, n: u64) -> u64 {
    let at = |draw: u64| seed.wrapping_add(GAMMA.wrapping_mul(draw));
    // 점 넷이면 난수 여덟
    let step = at(8).wrapping_sub(seed);
    let rounds = n / 4;
    let mut pair = u64x2::new([at(1), at(3)]);
    let mut singles = [at(4), at(6)];
    let (mut missed, mut missed_singles) = (u64x2::splat(0), 0);
    for _ in 0..rounds {
        let x = draw_pair(pair);
        let y = draw_pair(pair + u64x2::splat(GAMMA));
        missed += (x * x + y * y) >> 62;
        pair += u64x2::splat(step);
        for single in &mut singles {
            let mut rng = SplitMix64::new(*single);
            let (x, y) = (rng.next_u64() >> 33, rng.next_u64() >> 33);
            missed_singles += (x * x + y * y) >> 62;
            *single = single.wrapping_add(step);
        }
    }
    let done = 4 * rounds;
    let missed: u64 = missed.to_array().iter().sum();
    let rest = scalar(at(2 * done), n - done);
    done - missed - missed_singles + rest
}

/// 두 상태의 난수, 위의 31비트. 마지막 `z ^ (z >> 31)`은 아래의 33비트만
/// 바꾸므로 할 것이 없음.
fn draw_pair(state: u64x2) -> u64x2 {
    let z = (state ^ (state >> 30)) * u64x2::splat(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)) * u64x2::splat(0x94D0_49BB_1331_11EB);
    z >> 33
}

/// 빌드마다 가장 빠른 것. 재어서 고름.
pub fn lanes(seed: u64, n: u64) -> u64 {
    if cfg!(any(target_feature = "avx2", target_family = "wasm")) {
        // 컴파일러가 for 문의 네 점을 벡터로 묶은 것이 더 빠름
        scalar(seed, n)
    } else {
        mixed(seed, n)
    }
}
// ANCHOR_END: kernel

/// 점 하나를 힙의 객체로.
struct Dot {
    x: u64,
    y: u64,
}

/// 점을 모두 객체로 만들어 늘어놓은 다음에 셈.
pub fn objects(seed: u64, n: u64) -> u64 {
    let mut rng = SplitMix64::new(seed);
    let mut draw = || rng.next_u64() >> 33;
    let dots: Vec<Box<Dot>> =
        (0..n).map(|_| Box::new(Dot { x: draw(), y: draw() })).collect();
    let dots = black_box(&dots).iter();
    dots.filter(|dot| dot.x * dot.x + dot.y * dot.y < RADIUS2).count() as u64
}

/// 번호가 `at`인 덩어리. 마지막 덩어리는 짧을 수 있음.
fn chunk(p: &Params, at: u64, count: fn(u64, u64) -> u64) -> u64 {
    let n = CHUNK.min(p.points - at * CHUNK);
    count(mix64(p.seed.wrapping_add(at)), n)
}

/// 고른 방식으로 모든 덩어리를 셈.
pub fn hits(p: &Params) -> u64 {
    let chunks = p.points.div_ceil(CHUNK);
    let alone = |count: fn(u64, u64) -> u64| {
        (0..chunks).map(|at| chunk(p, at, count)).sum()
    };
    match p.mode {
        Mode::Objects => alone(objects),
        Mode::Scalar => alone(scalar),
        Mode::Lanes => alone(lanes),
        Mode::Rayon => (0..p.workers)
            .into_par_iter()
            .map(|id| dealt(p, id, chunks).sum::<u64>())
            .sum(),
        Mode::Messages => messages(p, chunks),
        Mode::Shared => shared(p, chunks),
    }
}

/// 일꾼 하나가 돌아가며 받은 덩어리들의 답.
fn dealt(
    p: &Params,
    id: u64,
    chunks: u64,
) -> impl Iterator<Item = u64> + use<'_> {
    let mine = (id..chunks).step_by(p.workers as usize);
    mine.map(|at| chunk(p, at, lanes))
}

/// 덩어리마다 답을 보내고, 받은 쪽이 더함.
fn messages(p: &Params, chunks: u64) -> u64 {
    let (send, receive) = mpsc::channel();
    rayon::scope(|scope| {
        for id in 0..p.workers {
            let send = send.clone();
            scope.spawn(move |_| {
                // 받는 쪽은 모두 끝난 뒤에 읽으므로 끊겨 있을 수 없음
                for hits in dealt(p, id, chunks) {
                    let _ = send.send(hits);
                }
            });
        }
    });
    drop(send);
    receive.iter().sum()
}

/// 다음 덩어리의 번호와 합을 변수 둘로 나눠 가짐.
fn shared(p: &Params, chunks: u64) -> u64 {
    let (next, sum) = (AtomicU64::new(0), AtomicU64::new(0));
    rayon::scope(|scope| {
        for _ in 0..p.workers {
            scope.spawn(|_| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= chunks {
                        break;
                    }
                    let hits = chunk(p, at, lanes);
                    sum.fetch_add(hits, Ordering::Relaxed);
                }
            });
        }
    });
    sum.into_inner()
}

/// 견주는 방법: 일꾼마다 난수기를 하나씩 주고 점을 나눠 맡김.
fn seeded_by_worker(p: &Params, workers: u64) -> u64 {
    let cut = |id: u64| p.points * id / workers;
    let part = |id| {
        let seed = mix64(p.seed.wrapping_add(id));
        lanes(seed, cut(id + 1) - cut(id))
    };
    (0..workers).map(part).sum()
}

/// 맞힌 수로 어림한 원주율.
fn pi(hits: u64, points: u64) -> f64 {
    4.0 * hits as f64 / points as f64
}

/// 맞힌 비율로 셈한 원주율의 표준 오차.
fn standard_error(hits: u64, points: u64) -> f64 {
    let share = hits as f64 / points as f64;
    4.0 * (share * (1.0 - share) / points as f64).sqrt()
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 1, "점 세기")?;
    let hits = hits(p);
    Ok(Report::default()
        .answer("points", p.points)
        .answer("hits", hits)
        .checksum(&[p.points, hits])
        .view(View::Table(summary(p, hits)))
        .view(View::Table(crowds(p)))
        .view(View::Chart(convergence(p, ctx)?)))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(1);
    let (hits, points) = (int("hits"), int("points"));
    let now = standard_error(hits, points);
    let then = standard_error(100 * hits, 100 * points);
    let sentence = format!(
        "표준 오차는 점의 수의 제곱근에 반비례함: {}개에 {}, 그 100배에 \
         {}. 이번 실행은 {}만큼 어긋났음.",
        format::int(points),
        format::fixed(now, 6),
        format::fixed(then, 6),
        format::fixed((pi(hits, points) - std::f64::consts::PI).abs(), 6)
    );
    let headline = format!("{}분의 1", format::fixed(now / then, 0));
    Verdict { headline, ..Verdict::ratio(GUESSES, now / then, sentence) }
}

fn summary(p: &Params, hits: u64) -> Table {
    let error = pi(hits, p.points) - std::f64::consts::PI;
    let row = |label: &str, value: Cell| vec![label.into(), value];
    Table {
        title: format!("점 {}개를 던짐", format::int(p.points)),
        badge: Badge::Exact,
        columns: vec![Column::text("지표"), Column::number("값", "")],
        rows: vec![
            row("덩어리(개)", p.points.div_ceil(CHUNK).into()),
            row("안에 든 점(개)", hits.into()),
            row("어림한 원주율", Cell::fixed(pi(hits, p.points), 6)),
            row("참값과의 차이", Cell::fixed(error, 6)),
            row("표준 오차", Cell::fixed(standard_error(hits, p.points), 6)),
        ],
    }
}

/// 표와 그래프에 쓰는 점은 많아야 이만큼.
const SHOWN_POINTS: u64 = 1 << 22;

/// 세는 방식과 일꾼의 수를 바꿔도 같은가. 씨앗을 일꾼에게 주면 달라짐.
fn crowds(p: &Params) -> Table {
    let points = p.points.min(CHUNK * 4);
    let few = |mode, workers| Params { points, mode, workers, ..p.clone() };
    let mut columns = vec![Column::number("일꾼", "명")];
    columns.extend(Mode::ALL.map(|mode| Column::number(mode.label(), "")));
    columns.push(Column::number("일꾼마다 씨앗", ""));
    let row = |workers: u64| {
        let counts = Mode::ALL.map(|mode| hits(&few(mode, workers)).into());
        let mut row = vec![workers.into()];
        row.extend(counts);
        row.push(seeded_by_worker(&few(p.mode, workers), workers).into());
        row
    };
    Table {
        title: format!("처음 {}개에서 안에 든 점", format::int(points)),
        badge: Badge::Exact,
        columns,
        rows: [1, 2, 3, 8, 16].map(row).into(),
    }
}

/// 점이 늘면서 줄어드는 오차.
fn convergence(p: &Params, ctx: &Ctx) -> Result<Chart, Failure> {
    let shown = p.points.min(SHOWN_POINTS);
    let (mut done, mut inside) = (0, 0);
    let (mut actual, mut theory) = (Vec::new(), Vec::new());
    let mut draw = |points: u64, hits: u64| {
        let error = (pi(hits, points) - std::f64::consts::PI).abs();
        let n = points as f64;
        actual.push(Point::from((n, error)));
        theory.push(Point::from((n, 1.64 / n.sqrt())));
    };
    // 첫 덩어리 안에서는 두 배씩, 그 뒤로는 덩어리마다
    for power in 6..16 {
        if 1 << power < shown {
            draw(1 << power, scalar(mix64(p.seed), 1 << power));
        }
    }
    while done < shown {
        ctx.progress(done, shown, "오차 그리기")?;
        inside += chunk(p, done / CHUNK, lanes);
        done = (done + CHUNK).min(p.points);
        draw(done, inside);
    }
    let series = |name: &str, shape, points| Series {
        name: name.into(),
        shape,
        points,
    };
    Ok(Chart {
        title: "점의 수와 오차".into(),
        badge: Badge::Exact,
        x: Axis::log("점의 수", "개"),
        y: Axis::log("원주율과의 차이", ""),
        series: vec![
            series("이번 실행", Shape::Dot, actual),
            series("표준 오차 1.64/√점", Shape::Line, theory),
        ],
        marks: Vec::new(),
    })
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let threads = p.workers.min(ctx.threads() as u64);
    let points = p.points.min(SHOWN_POINTS);
    let p = Params { points, workers: threads, ..p.clone() };
    let modes = Mode::ALL.map(|mode| Params { mode, ..p.clone() });
    let mut cases: Vec<Case> = modes
        .iter()
        .map(|p| {
            let name = match p.mode {
                Mode::Objects | Mode::Scalar | Mode::Lanes => {
                    p.mode.label().to_owned()
                }
                mode => format!("{} {threads}개", mode.label()),
            };
            Case::new(&name, points, || hits(p))
        })
        .collect();
    // 첫 방법이 기준임: 객체가 아니라 for 문과 견줌
    cases.swap(0, 1);
    let mut views = match interleave(ctx, &mut cases)? {
        Some(timings) => timings.ladder("점을 던져 세기", "점 하나", None),
        None => vec![note("해상도 부족: 시간 비교를 표시하지 않음")],
    };
    if threads < 2 {
        let why = "스레드가 하나라 나눠 세는 이득이 보이지 않음";
        views.push(note(why));
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 나머지가 남는 수까지, 섞어 센 것은 하나씩 센 것과 같음.
    #[test]
    fn every_shape_counts_what_the_loop_counts() {
        for n in [0, 1, 2, 3, 7, 8, 9, 1_000, CHUNK - 1, CHUNK] {
            for seed in [0, 42, u64::MAX] {
                let want = scalar(seed, n);
                assert_eq!(objects(seed, n), want, "{n}");
                assert_eq!(mixed(seed, n), want, "{n}");
                assert_eq!(lanes(seed, n), want, "{n}");
            }
        }
    }

    #[test]
    fn hits_depend_on_neither_mode_nor_workers() {
        // 덩어리 셋과 조금 더
        let points = ("points", "200000");
        let want = run_with("monte_carlo_pi", &[points, ("mode", "scalar")]);
        for mode in Mode::ALL {
            for workers in ["1", "3", "16"] {
                let value = mode.value().to_string();
                let pairs =
                    [points, ("mode", value.as_str()), ("workers", workers)];
                let got = run_with("monte_carlo_pi", &pairs);
                assert_eq!(got.answers, want.answers, "{value} {workers}");
                assert_eq!(got.checksum, want.checksum);
            }
        }
    }

    #[test]
    fn a_seed_per_worker_changes_the_count() {
        let p = Params { points: 200_000, ..Params::default() };
        let [one, two, three] =
            [1, 2, 3].map(|workers| seeded_by_worker(&p, workers));
        assert!(one != two && two != three && one != three);
    }

    #[test]
    fn the_error_is_within_a_few_standard_errors() {
        let report = run_with("monte_carlo_pi", &[]);
        let hits = report.int("hits").unwrap();
        assert_eq!(hits, 785_870);
        assert_eq!(report.checksum.as_deref(), Some("a854d9ce0c929006"));
        let error = pi(hits, 1_000_000) - std::f64::consts::PI;
        let standard = standard_error(hits, 1_000_000);
        assert!((standard - 1.64e-3).abs() < 1e-5);
        assert!(error.abs() < 4.0 * standard);
    }

    #[test]
    fn the_prediction_is_a_tenth() {
        let verdict = run_with("monte_carlo_pi", &[]).verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("10"));
        assert_eq!(verdict.headline, "10분의 1");
    }
}
