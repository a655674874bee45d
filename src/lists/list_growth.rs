//! 리스트는 언제 이사하나: 초과 할당의 규칙 넷을 한 원소씩 따라감.
//!
//! 규칙의 출처는 CPython 3.14 `Objects/listobject.c`의 `list_resize`.

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
    question: "왜 append는 대부분 빠르다가 가끔 느린가?",
    prediction: Prediction {
        text: "빈 리스트에 append를 1,000번 하면, 더 큰 배열로 \
               이사하는 일은 몇 번 일어날까?",
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
    /// 배열이 꽉 찼을 때 새 용량을 정하는 규칙.
    pub enum Policy {
        Cpython = "cpython", "12.5%쯤 더 (CPython)";
        Double = "double", "두 배 (Rust의 Vec)";
        X15 = "x1_5", "1.5배";
        AddK = "add_k", "k칸씩";
    }
}

lab::params! {
    /// 빈 배열에 하나씩 넣었다가 하나씩 모두 뺌.
    pub struct Params {
        n: u64 = 1_000, int("append 횟수").unit("번")
            .browser(1, 1_000_000).native(1, 100_000_000).log();
        policy: Policy = Policy::Cpython, choice("늘리는 규칙");
        k: u64 = 1_000, int("k").unit("칸").range(1, 10_000).log()
            .hint("늘리는 규칙이 k칸씩일 때만 씀");
        trace: u64 = 50, int("표에 적을 이사").unit("번").range(1, 200)
            .hint("마지막 것부터 이만큼");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// 지금 용량에 들어맞음.
    Fit,
    /// `copied`개를 옮겨 `from`칸에서 `to`칸으로.
    Move { from: u64, to: u64, copied: u64 },
}

impl Step {
    fn tag(self) -> &'static str {
        match self {
            Step::Fit => "fit",
            Step::Move { .. } => "move",
        }
    }
}

/// 자라고 줄어드는 배열. 원소는 담지 않고 수만 셈.
#[derive(Clone, Copy, Debug)]
pub struct Growing {
    pub policy: Policy,
    /// [`Policy::AddK`]가 한 번에 더하는 칸.
    pub k: u64,
    pub size: u64,
    pub capacity: u64,
}

// ANCHOR: kernel
impl Growing {
    /// 크기를 `size`로 바꿈. 맞지 않으면 배열을 다시 할당함.
    pub fn resize(&mut self, size: u64, mut watch: impl FnMut(Step)) {
        let from = self.capacity;
        let fits = size <= from && (size >= from / 2 || !self.shrinks());
        let to = if fits { from } else { self.rule(size) };
        let copied = size.min(self.size);
        self.size = size; // step: fit
        if to == from {
            return watch(Step::Fit);
        }
        self.capacity = to; // step: move
        watch(Step::Move { from, to, copied });
    }

    /// `size`개를 담으려고 새로 잡는 용량.
    fn rule(&self, size: u64) -> u64 {
        match self.policy {
            Policy::Cpython if size == 0 => 0,
            Policy::Cpython => {
                let roomy = (size + (size >> 3) + 6) & !3;
                // 한꺼번에 많이 늘리면 여유를 두지 않음
                let jump = size.saturating_sub(self.size);
                if jump > roomy - size { (size + 3) & !3 } else { roomy }
            }
            Policy::Double => (self.capacity * 2).max(4),
            Policy::X15 => (self.capacity * 3 / 2).max(4),
            Policy::AddK => self.capacity + self.k,
        }
    }

    /// 절반도 차지 않으면 줄이는 규칙인가.
    fn shrinks(&self) -> bool {
        self.policy == Policy::Cpython
    }
}
// ANCHOR_END: kernel

impl Growing {
    pub fn new(policy: Policy, k: u64) -> Self {
        Growing { policy, k, size: 0, capacity: 0 }
    }
}

/// 이사 한 번.
#[derive(Clone, Copy, Debug)]
struct Move {
    number: u64,
    /// 이사한 뒤의 크기.
    size: u64,
    from: u64,
    to: u64,
    copied: u64,
}

/// 한쪽으로만 가는 동안의 이사.
#[derive(Default)]
struct Log {
    moves: u64,
    copies: u64,
    /// 마지막 몇 번.
    last: VecDeque<Move>,
    /// 그래프에 그릴 것: 크기가 0.5%쯤 커질 때마다.
    drawn: Vec<Move>,
    copies_at: Vec<Point>,
}

impl Log {
    fn record(&mut self, keep: u64, size: u64, step: Step) {
        let Step::Move { from, to, copied } = step else { return };
        self.moves += 1;
        self.copies += copied;
        let each = Move { number: self.moves, size, from, to, copied };
        self.last.push_back(each);
        if self.last.len() as u64 > keep {
            self.last.pop_front();
        }
        let next = self.drawn.last().map_or(0, |m| m.size + m.size / 200);
        if size > next || self.drawn.is_empty() {
            self.drawn.push(each);
            self.mark(size);
        }
    }

    /// 지금까지의 원소당 복사를 점으로. 로그 축이라 0은 그릴 수 없음.
    fn mark(&mut self, size: u64) {
        if self.copies > 0 {
            let each = self.copies as f64 / size as f64;
            self.copies_at.push((size as f64, each).into());
        }
    }

    fn table(&self, title: &str, badge: Badge) -> Table {
        let row = |m: &Move| {
            [m.number, m.size, m.from, m.to, m.copied].map(Cell::from).into()
        };
        Table {
            title: title.into(),
            badge,
            columns: vec![
                Column::number("이사", "번째"),
                Column::number("크기", "개"),
                Column::number("이전 용량", "칸"),
                Column::number("새 용량", "칸"),
                Column::number("옮긴 원소(많아야)", "개"),
            ],
            rows: self.last.iter().map(row).collect(),
        }
    }
}

/// 진행을 알리는 간격.
const REPORT_EVERY: u64 = 1 << 20;

/// `n`번 넣음.
fn grow(
    policy: Policy,
    p: &Params,
    ctx: &Ctx,
) -> Result<(Growing, Log), Failure> {
    let mut list = Growing::new(policy, p.k);
    let mut log = Log::default();
    for size in 1..=p.n {
        if size.is_multiple_of(REPORT_EVERY) {
            ctx.progress(size, p.n, policy.label())?;
        }
        list.resize(size, |step| log.record(p.trace, size, step));
    }
    log.mark(p.n);
    Ok((list, log))
}

/// 하나씩 빼서 비움.
fn drain(mut list: Growing, p: &Params, ctx: &Ctx) -> Result<Log, Failure> {
    let mut log = Log::default();
    for size in (0..p.n).rev() {
        if size.is_multiple_of(REPORT_EVERY) {
            ctx.progress(p.n - size, p.n, "하나씩 빼기")?;
        }
        list.resize(size, |step| log.record(p.trace, size, step));
    }
    Ok(log)
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let results: Vec<(Growing, Log)> = Policy::ALL
        .iter()
        .map(|policy| grow(*policy, p, ctx))
        .collect::<Result<_, _>>()?;
    let (list, log) = &results[p.policy as usize];
    let back = drain(*list, p, ctx)?;
    let badge = match p.policy {
        Policy::Cpython | Policy::Double => Badge::Exact,
        Policy::X15 | Policy::AddK => Badge::Model,
    };
    let shrinking = match back.moves {
        0 => note("하나씩 빼도 줄어드는 이사가 없음: 줄이는 규칙이 없음."),
        _ => {
            View::Table(back.table("하나씩 모두 뺄 때: 줄어드는 이사", badge))
        }
    };
    let title = match log.moves > p.trace {
        true => format!("넣을 때의 이사: 마지막 {}번", p.trace),
        false => "넣을 때의 이사".into(),
    };
    Ok(Report::default()
        .answer("moves", log.moves)
        .answer("copies", log.copies)
        .answer("final_capacity", list.capacity)
        .answer("shrinks", back.moves)
        .answer("shrink_copies", back.copies)
        .checksum(&[p.n, log.moves, log.copies, list.capacity])
        .view(View::Chart(steps(p, badge, log)))
        .view(View::Table(policies(p, &results)))
        .view(per_item(&results))
        .view(View::Table(log.table(&title, badge)))
        .view(shrinking)
        .view(View::Trace(replay(p, badge))))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let moves = report.int("moves").unwrap_or(0);
    let copies = report.int("copies").unwrap_or(0);
    let sentence = format!(
        "append {}번에 이사 {}번, 그때 옮겨 적은 원소는 많아야 {}개로 \
         원소당 {}개임.",
        format::int(p.n),
        format::int(moves),
        format::int(copies),
        format::fixed(copies as f64 / p.n as f64, 2)
    );
    Verdict::number(
        format!("{}번", format::int(moves)),
        moves as f64,
        sentence,
    )
}

/// 크기에 따른 용량: 계단과 대각선 사이가 노는 칸임.
fn steps(p: &Params, badge: Badge, log: &Log) -> Chart {
    let n = p.n as f64;
    let mut stairs: Vec<Point> = log
        .drawn
        .iter()
        .map(|m| (m.size as f64, m.to as f64).into())
        .collect();
    if let Some(last) = stairs.last().copied() {
        stairs.push(Point { x: n, ..last });
    }
    let series = |name: &str, shape, points| Series {
        name: name.into(),
        shape,
        points,
    };
    Chart {
        title: format!("용량의 계단: {}", p.policy.label()),
        badge,
        x: Axis::linear("크기", "개"),
        y: Axis::linear("용량", "칸"),
        series: vec![
            series("용량", Shape::Step, stairs),
            series(
                "쓰는 칸",
                Shape::Line,
                vec![(0.0, 0.0).into(), (n, n).into()],
            ),
        ],
        marks: Vec::new(),
    }
}

/// 네 규칙을 나란히.
fn policies(p: &Params, results: &[(Growing, Log)]) -> Table {
    let row = |(list, log): &(Growing, Log)| {
        let spare = (list.capacity - p.n) as f64 / list.capacity as f64;
        vec![
            match list.policy {
                Policy::AddK => format!("{}칸씩", format::int(p.k)).into(),
                policy => policy.label().into(),
            },
            log.moves.into(),
            log.copies.into(),
            Cell::fixed(log.copies as f64 / p.n as f64, 2),
            list.capacity.into(),
            Cell::fixed(100.0 * spare, 1),
        ]
    };
    Table {
        title: format!("append {}번: 규칙마다", format::int(p.n)),
        badge: Badge::Model,
        columns: vec![
            Column::text("규칙"),
            Column::number("이사", "번"),
            Column::number("옮긴 원소(많아야)", "개"),
            Column::number("원소당", "개"),
            Column::number("마지막 용량", "칸"),
            Column::number("노는 칸", "%"),
        ],
        rows: results.iter().map(row).collect(),
    }
}

fn per_item(results: &[(Growing, Log)]) -> View {
    let drawn = |series: &Series| !series.points.is_empty();
    let line = |(list, log): &(Growing, Log)| Series {
        name: list.policy.label().into(),
        shape: Shape::Line,
        points: log.copies_at.clone(),
    };
    let series: Vec<Series> = results.iter().map(line).filter(drawn).collect();
    if series.is_empty() {
        return note("첫 배열을 다 채우기 전이라 아직 옮긴 원소가 없음.");
    }
    View::Chart(Chart {
        title: "그때까지 옮긴 원소, 원소 하나에".into(),
        badge: Badge::Model,
        x: Axis::log("크기", "개"),
        y: Axis::log("원소당 복사", "개"),
        series,
        marks: Vec::new(),
    })
}

/// 재생하는 길이: 이사를 네 번 지나고, 빼면서 줄어듦까지 봄.
const REPLAY: u64 = 17;

fn replay(p: &Params, badge: Badge) -> Trace {
    let mut list = Growing::new(p.policy, p.k);
    let mut frames = Vec::new();
    let (mut moves, mut copies) = (0, 0);
    let there = 1..=REPLAY;
    let back = (1..REPLAY).rev();
    for size in there.chain(back) {
        let before = list;
        let mut happened = Step::Fit;
        list.resize(size, |step| happened = step);
        let grown = size > before.size;
        if let Step::Move { from, to, copied } = happened {
            moves += 1;
            copies += copied;
            let why = match (grown, from) {
                (true, 0) => "아직 배열이 없음".to_owned(),
                (true, _) => format!("{from}칸이 꽉 참"),
                (false, _) => format!("{size}개는 {from}칸의 절반이 안 됨"),
            };
            let say = format!("{why}: {to}칸을 새로 잡고 {copied}개를 옮김");
            frames.push(frame(
                happened,
                say,
                moves,
                copies,
                vec![
                    lane("옛 배열", from, copied, Tone::Dead),
                    lane("새 배열", to, copied, Tone::Now),
                ],
            ));
        }
        let say = match grown {
            true => format!("{size}번째를 넣음"),
            false => format!("하나를 빼서 {size}개가 남음"),
        };
        let mut array = lane("배열", list.capacity, size, Tone::Plain);
        if grown && let Some(cell) = array.cells.last_mut() {
            cell.tone = Tone::Hit;
        }
        frames.push(frame(Step::Fit, say, moves, copies, vec![array]));
    }
    Trace {
        title: format!("{REPLAY}개를 넣었다가 하나 남을 때까지 빼기"),
        badge,
        frames,
    }
}

fn frame(
    step: Step,
    say: String,
    moves: u64,
    copies: u64,
    lanes: Vec<Lane>,
) -> Frame {
    Frame {
        step: step.tag().to_owned(),
        say,
        counters: vec![
            ("이사".into(), format!("{moves}번")),
            ("옮긴 원소".into(), format!("{copies}개")),
        ],
        lanes,
        jumps: Vec::new(),
    }
}

fn lane(label: &str, size: u64, filled: u64, tone: Tone) -> Lane {
    let cells = (0..filled).map(|at| LaneCell {
        at,
        text: (at + 1).to_string(),
        tone,
    });
    Lane {
        label: format!("{label} {}칸", format::int(size)),
        size: size.max(1),
        cells: cells.collect(),
        group: 0,
    }
}

/// 이사하는 방법.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moving {
    /// 할당기에 맡김: 뒤가 비어 있으면 옮기지 않고 그 자리에서 늘림.
    Realloc,
    /// 새로 잡아 모두 옮김: CPython의 자유 스레드 빌드가 이렇게 함.
    Copy,
}

impl Moving {
    fn widen(self, items: &mut Vec<u64>, from: u64, to: u64) {
        match self {
            Moving::Realloc => items.reserve_exact((to - from) as usize),
            Moving::Copy => {
                let mut wider = Vec::with_capacity(to as usize);
                wider.extend_from_slice(items);
                *items = wider;
            }
        }
    }
}

/// 규칙대로 용량을 잡으며 진짜 `Vec`을 채움.
pub fn fill(policy: Policy, k: u64, n: u64, moving: Moving) -> Vec<u64> {
    let mut list = Growing::new(policy, k);
    let mut items = Vec::new();
    for i in 0..n {
        // 맞는 동안에는 규칙을 묻지 않아야 push의 비용만 남음
        if i == list.capacity {
            list.size = i;
            list.resize(i + 1, |step| {
                if let Step::Move { from, to, .. } = step {
                    moving.widen(&mut items, from, to);
                }
            });
        }
        items.push(black_box(i));
    }
    items
}

/// 표준 라이브러리의 `Vec`이 스스로 자람.
pub fn fill_std(n: u64) -> Vec<u64> {
    let mut items = Vec::new();
    for i in 0..n {
        items.push(black_box(i));
    }
    items
}

/// 미리 다 잡아 두면 이사가 없음.
pub fn fill_ready(n: u64) -> Vec<u64> {
    let mut items = Vec::with_capacity(n as usize);
    for i in 0..n {
        items.push(black_box(i));
    }
    items
}

/// 재는 길이의 한도. 더 크면 할당기가 운영체제와 주고받는 비용이 섞임.
const MEASURED: u64 = 8_000;
/// `k칸씩`이 이보다 많이 옮기면 재지 않음: 제곱으로 늘어남.
const MOST_COPIES: u64 = 50_000_000;

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let n = p.n.min(MEASURED);
    let sum = |items: Vec<u64>| black_box(&items)[items.len() - 1];
    let ours = |name: &str, policy, moving| {
        let k = p.k;
        Case::new(name, n, move || sum(fill(policy, k, n, moving)))
    };
    let (realloc, copy) = (Moving::Realloc, Moving::Copy);
    let mut cases = vec![
        Case::new("Vec::with_capacity: 이사 없음", n, || {
            sum(fill_ready(n))
        }),
        Case::new("Vec::push", n, || sum(fill_std(n))),
        ours("12.5%쯤씩: realloc", Policy::Cpython, realloc),
        ours("12.5%쯤씩: 모두 옮김", Policy::Cpython, copy),
        ours("1.5배씩: 모두 옮김", Policy::X15, copy),
        ours("두 배씩: 모두 옮김", Policy::Double, copy),
    ];
    let fits = n / p.k * n / 2 <= MOST_COPIES;
    if fits {
        cases.push(ours("k칸씩: realloc", Policy::AddK, realloc));
        cases.push(ours("k칸씩: 모두 옮김", Policy::AddK, copy));
    }
    let mut views = compare(ctx, "하나씩 넣기", "원소 하나", cases)?;
    if !fits {
        views.push(note(
            "k칸씩은 옮기는 원소가 제곱으로 늘어 재지 않음. \
             append 횟수를 줄이거나 k를 키우면 됨.",
        ));
    }
    if n < p.n {
        views.push(note(format!("시간은 {}개까지만 잼.", format::int(n))));
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 이사, 복사, 마지막 용량.
    fn grown(policy: &str, n: &str) -> [u64; 3] {
        let pairs = [("policy", policy), ("n", n), ("k", "1000")];
        let report = run_with("list_growth", &pairs);
        ["moves", "copies", "final_capacity"]
            .map(|key| report.int(key).unwrap())
    }

    #[test]
    fn anchors_of_the_spec() {
        let million = "1000000";
        assert_eq!(grown("cpython", "1000"), [28, 7_556, 1_100]);
        assert_eq!(grown("cpython", million), [86, 8_445_096, 1_056_084]);
        assert_eq!(grown("double", million), [19, 1_048_572, 1_048_576]);
        assert_eq!(grown("x1_5", million), [32, 2_099_747, 1_049_869]);
        let added = [1_000, 499_500_000, 1_000_000];
        assert_eq!(grown("add_k", million), added);
    }

    /// `list_resize`의 주석과, 진짜 리스트에서 본 용량.
    #[test]
    fn capacities_while_appending() {
        let mut list = Growing::new(Policy::Cpython, 0);
        let mut seen = Vec::new();
        for size in 1..=1_000 {
            list.resize(size, |step| {
                if let Step::Move { to, .. } = step {
                    seen.push(to);
                }
            });
        }
        let want = [
            4, 8, 16, 24, 32, 40, 52, 64, 76, 92, 108, 128, 148, 172, 200,
            232, 268, 308, 352, 400, 456, 520, 592, 672, 760, 860, 972, 1_100,
        ];
        assert_eq!(seen, want);
    }

    /// 52개에서 하나씩 빼면 25, 15, 9, 7, 5, 1, 0개에서 줄어듦.
    #[test]
    fn popping_shrinks_below_half() {
        let mut list = Growing::new(Policy::Cpython, 0);
        (1..=52).for_each(|size| list.resize(size, |_| {}));
        assert_eq!(list.capacity, 52);
        let mut seen = Vec::new();
        for size in (0..52).rev() {
            list.resize(size, |step| {
                if let Step::Move { from, to, .. } = step {
                    seen.push((size, from, to));
                }
            });
        }
        let want = [
            (25, 52, 32),
            (15, 32, 20),
            (9, 20, 16),
            (7, 16, 12),
            (5, 12, 8),
            (1, 8, 4),
            (0, 4, 0),
        ];
        assert_eq!(seen, want);
    }

    /// 빈 리스트에 한꺼번에 1,000개를 더하면 여유가 없음.
    #[test]
    fn a_big_jump_gets_no_spare_room() {
        let mut list = Growing::new(Policy::Cpython, 0);
        list.resize(1_000, |_| {});
        assert_eq!(list.capacity, 1_000);
        list.resize(1_001, |_| {});
        assert_eq!(list.capacity, 1_132);
    }

    /// 문서가 약속한 것은 아니지만, `Vec`은 두 배로 자람.
    #[test]
    fn a_vec_doubles() {
        let mut list = Growing::new(Policy::Double, 0);
        let mut items: Vec<u64> = Vec::new();
        for size in 1..=10_000 {
            items.push(size);
            list.resize(size, |_| {});
            assert_eq!(items.capacity() as u64, list.capacity);
        }
    }

    #[test]
    fn the_default_prediction_is_twenty_eight() {
        let verdict = run_with("list_growth", &[]).verdict.unwrap();
        assert_eq!(verdict.number, Some(28.0));
        assert!(verdict.sentence.contains("7,556개로 원소당 7.56개"));
    }

    #[test]
    fn every_way_of_filling_agrees() {
        let want: Vec<u64> = (0..5_000).collect();
        assert_eq!(fill_std(5_000), want);
        assert_eq!(fill_ready(5_000), want);
        for policy in Policy::ALL {
            for moving in [Moving::Realloc, Moving::Copy] {
                let items = fill(policy, 7, 5_000, moving);
                assert_eq!(items, want, "{policy:?} {moving:?}");
            }
        }
    }

    /// 한 칸씩 백만 번 늘려도 그래프는 몇천 점임.
    #[test]
    fn charts_stay_short() {
        let pairs = [("policy", "add_k"), ("k", "1"), ("n", "1000000")];
        let report = run_with("list_growth", &pairs);
        assert_eq!(report.int("copies"), Some(499_999_500_000));
        for view in &report.views {
            if let View::Chart(chart) = view {
                let long = chart.series.iter().map(|s| s.points.len()).max();
                assert!(long < Some(5_000), "{}", chart.title);
            }
        }
    }
}
