//! 앞에 넣는 값: 한 자리를 비우려고 옮기는 원소를 셈.
//!
//! 리스트의 규칙은 CPython 3.14 `Objects/listobject.c`의 `ins1`, deque의
//! 규칙은 `Modules/_collectionsmodule.c`의 `deque_insert`와
//! `_deque_rotate`, 고리 버퍼의 규칙은 Rust 표준 라이브러리의
//! `VecDeque::insert`가 문서에 적은 것.

use std::collections::VecDeque;
use std::hint::black_box;

use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Point, Series,
    Shape, Table, Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 앞에 넣는 일은 점점 느려지는가?",
    prediction: Prediction {
        text: "빈 리스트에 insert(0, x)를 5,000번 하면 원소를 모두 몇 번 \
               옮길까?",
        ask: Ask::Number { unit: "번" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

lab::choices! {
    /// 넣는 자리.
    pub enum Place {
        Front = "front", "맨 앞";
        Middle = "middle", "가운데";
        Back = "back", "맨 뒤";
    }
}

impl Place {
    /// 원소가 `len`개일 때의 번호.
    fn at(self, len: u64) -> u64 {
        match self {
            Place::Front => 0,
            Place::Middle => len / 2,
            Place::Back => len,
        }
    }
}

/// 견주는 구조.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 줄지은 배열: `list`, `Vec`.
    Array,
    /// 고리 버퍼: `VecDeque`.
    Ring,
    /// 64개짜리 블록의 사슬: `collections.deque`.
    Blocks,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Array, Kind::Ring, Kind::Blocks];

    fn label(self) -> &'static str {
        match self {
            Kind::Array => "배열 (list, Vec)",
            Kind::Ring => "고리 버퍼 (VecDeque)",
            Kind::Blocks => "블록 사슬 (deque)",
        }
    }
}

lab::params! {
    /// 빈 것에 `n`번 넣음.
    pub struct Params {
        n: u64 = 5_000, int("넣는 횟수").unit("번")
            .browser(100, 100_000).native(100, 10_000_000).log();
        place: Place = Place::Front, choice("넣는 자리");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// `from`번을 한 칸 뒤로.
    Shift { from: usize },
    /// `at`번에 넣음.
    Put { at: usize },
}

// ANCHOR: kernel
/// 뒤에서부터 한 칸씩 밀어 자리를 비우고 넣음.
pub fn insert(
    items: &mut Vec<u64>,
    at: usize,
    item: u64,
    mut watch: impl FnMut(&[u64], Step),
) {
    items.push(item);
    for from in (at..items.len() - 1).rev() {
        items[from + 1] = items[from]; // step: shift
        watch(items, Step::Shift { from });
    }
    items[at] = item; // step: put
    watch(items, Step::Put { at });
}

/// `len`개의 `at`번에 하나 넣을 때 옮기는 원소.
pub fn moved(kind: Kind, len: u64, at: u64) -> u64 {
    let nearer = |len: u64| at.min(len - at);
    match kind {
        // 뒤의 것을 모두 한 칸씩
        Kind::Array => len - at,
        // 가까운 끝의 것만
        Kind::Ring => nearer(len),
        // 돌려서 끝에 넣고 다시 돌림
        Kind::Blocks if at == len => 0,
        Kind::Blocks => nearer(len) + nearer(len + 1),
    }
}
// ANCHOR_END: kernel

/// `n`번 넣는 동안의 합. `after`에 넣은 수와 그때까지의 합을 알림.
fn total(
    kind: Kind,
    place: Place,
    n: u64,
    mut after: impl FnMut(u64, u64),
) -> u64 {
    let mut sum = 0;
    for len in 0..n {
        sum += moved(kind, len, place.at(len));
        after(len + 1, sum);
    }
    sum
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 1, "옮긴 원소 세기")?;
    let sums = Kind::ALL.map(|kind| total(kind, p.place, p.n, |_, _| {}));
    let [array, ring, blocks] = sums;
    Ok(Report::default()
        .answer("list_moves", array)
        .answer("ring_moves", ring)
        .answer("deque_moves", blocks)
        .checksum(&[p.n, array, ring, blocks])
        .view(View::Table(summary(p)))
        .view(View::Chart(growth(p)))
        .view(View::Trace(replay(p))))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let moves = report.int("list_moves").unwrap_or(0);
    let sentence = format!(
        "{}에 {}번 넣으면 리스트는 원소를 {}번 옮김: 한 번에 평균 {}번임.",
        p.place.label(),
        format::int(p.n),
        format::int(moves),
        format::fixed(moves as f64 / p.n as f64, 1)
    );
    let headline = format!("{}번", format::int(moves));
    Verdict::number(headline, moves as f64, sentence)
}

fn summary(p: &Params) -> Table {
    let row = |kind: Kind| {
        let sums =
            Place::ALL.map(|place| total(kind, place, p.n, |_, _| {}).into());
        std::iter::once(Cell::from(kind.label())).chain(sums).collect()
    };
    let column = |place: Place| Column::number(place.label(), "번");
    Table {
        title: format!("{}번 넣으며 옮긴 원소", format::int(p.n)),
        badge: Badge::Model,
        columns: std::iter::once(Column::text("구조"))
            .chain(Place::ALL.map(column))
            .collect(),
        rows: Kind::ALL.map(row).into(),
    }
}

/// 그래프의 점.
const POINTS: u64 = 100;

fn growth(p: &Params) -> Chart {
    let line = |kind: Kind| {
        let mut points: Vec<Point> = vec![(0.0, 0.0).into()];
        let every = (p.n / POINTS).max(1);
        total(kind, p.place, p.n, |count, sum| {
            if count.is_multiple_of(every) || count == p.n {
                points.push((count as f64, sum as f64).into());
            }
        });
        Series { name: kind.label().into(), shape: Shape::Line, points }
    };
    Chart {
        title: format!("{}에 넣을 때 옮긴 원소의 합", p.place.label()),
        badge: Badge::Model,
        x: Axis::linear("넣은 횟수", "번"),
        y: Axis::linear("옮긴 원소", "번"),
        series: Kind::ALL.map(line).into(),
        marks: Vec::new(),
    }
}

/// 재생하는 횟수.
const REPLAY: u64 = 7;

fn replay(p: &Params) -> Trace {
    let mut items = Vec::new();
    let mut frames = Vec::new();
    let mut moves = 0;
    for item in 1..=REPLAY {
        let at = p.place.at(items.len() as u64) as usize;
        insert(&mut items, at, item, |items, step| {
            let (tag, say, now, tone) = match step {
                Step::Shift { from } => {
                    moves += 1;
                    let say = format!("{from}번을 {}번으로 밂", from + 1);
                    ("shift", say, from + 1, Tone::Now)
                }
                Step::Put { at } => {
                    ("put", format!("{at}번에 넣음: {item}"), at, Tone::Hit)
                }
            };
            let cells = items.iter().enumerate().map(|(i, each)| LaneCell {
                at: i as u64,
                text: each.to_string(),
                tone: if i == now { tone } else { Tone::Plain },
            });
            let jump = match step {
                Step::Shift { from } => vec![(from as u64, from as u64 + 1)],
                Step::Put { .. } => Vec::new(),
            };
            frames.push(Frame {
                step: tag.into(),
                say,
                counters: vec![("옮긴 원소".into(), format!("{moves}번"))],
                lanes: vec![Lane {
                    label: "배열".into(),
                    size: REPLAY,
                    cells: cells.collect(),
                    group: 0,
                }],
                jumps: jump,
            });
        });
    }
    Trace {
        title: format!("배열의 {}에 {REPLAY}번 넣기", p.place.label()),
        badge: Badge::Exact,
        frames,
    }
}

/// 하나씩 넣은 `Vec`.
pub fn fill_vec(place: Place, n: u64) -> Vec<u64> {
    let mut items = Vec::new();
    for len in 0..n {
        items.insert(place.at(len) as usize, black_box(len));
    }
    items
}

/// 하나씩 넣은 `VecDeque`.
pub fn fill_ring(place: Place, n: u64) -> VecDeque<u64> {
    let mut items = VecDeque::new();
    for len in 0..n {
        items.insert(place.at(len) as usize, black_box(len));
    }
    items
}

/// 뒤에 모두 넣고 한 번 뒤집음: 앞에 넣은 것과 같은 배열.
pub fn fill_reversed(n: u64) -> Vec<u64> {
    let mut items = fill_vec(Place::Back, n);
    items.reverse();
    items
}

/// 재는 횟수의 한도: 배열은 제곱으로 늘어남.
const MEASURED: u64 = 20_000;

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let (n, place) = (p.n.min(MEASURED), p.place);
    let mut cases = vec![
        Case::new("Vec::insert", n, move || fill_vec(place, n)[0]),
        Case::new("VecDeque::insert", n, move || fill_ring(place, n)[0]),
    ];
    if place == Place::Front {
        let run = move || fill_reversed(n)[0];
        cases.push(Case::new("push한 뒤 reverse", n, run));
    }
    let title = format!("{}에 {}번 넣기", place.label(), format::int(n));
    let mut views = compare(ctx, &title, "한 번", cases)?;
    if n < p.n {
        views.push(note(format!("시간은 {}번까지만 잼.", format::int(n))));
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn moves(pairs: &[(&str, &str)]) -> [u64; 3] {
        let report = run_with("front_insert", pairs);
        ["list_moves", "ring_moves", "deque_moves"]
            .map(|key| report.int(key).unwrap())
    }

    /// n(n − 1) / 2.
    #[test]
    fn anchors_of_the_spec() {
        assert_eq!(moves(&[]), [12_497_500, 0, 0]);
        assert_eq!(moves(&[("place", "back")]), [0, 0, 0]);
        // 가운데: 배열은 절반, deque는 두 번 돌려 배열의 두 배쯤
        let [array, ring, blocks] = moves(&[("place", "middle")]);
        assert_eq!(array, (0..5_000u64).map(|n| n - n / 2).sum::<u64>());
        assert_eq!(ring, (0..5_000u64).map(|n| n / 2).sum::<u64>());
        assert_eq!(blocks, (0..5_000u64).map(|n| n / 2 * 2).sum::<u64>());
    }

    #[test]
    fn the_default_prediction() {
        let verdict = run_with("front_insert", &[]).verdict.unwrap();
        assert_eq!(verdict.number, Some(12_497_500.0));
    }

    /// 진짜로 민 횟수가 식과 같고, 표준 라이브러리와 같은 배열이 됨.
    #[test]
    fn shifting_is_the_formula() {
        for place in Place::ALL {
            let (mut items, mut shifts) = (Vec::new(), 0);
            for len in 0..200 {
                let at = place.at(len) as usize;
                insert(&mut items, at, len, |_, step| {
                    shifts += u64::from(matches!(step, Step::Shift { .. }));
                });
            }
            assert_eq!(shifts, total(Kind::Array, place, 200, |_, _| {}));
            assert_eq!(items, fill_vec(place, 200));
            assert_eq!(fill_ring(place, 200), items);
        }
        assert_eq!(fill_reversed(200), fill_vec(Place::Front, 200));
    }
}
