//! 같은 버퍼, 다른 모양: 모양·걸음·시작만으로 뷰와 복사를 가리고, 그 배열을
//! 차례로 읽을 때 어느 주소를 밟는지 셈.
//!
//! 규칙은 NumPy 2.4.6의 것이고, 무작위 연산 사슬로 NumPy와 견줌
//! (`tests/reality/test_matrices.py`).

use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series, Shape,
    Table, Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 전치는 공짜인데 그다음에 훑는 일은 비싸지는가?",
    prediction: Prediction {
        text: "a.T, [::-1], .reshape(3, 4), .ravel()을 차례로 이어 부름. \
               이 네 연산 가운데 값을 새 버퍼에 옮기는 것은 몇 개일까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: None,
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("0", "없음 (모두 뷰)"),
    ("1", "1개"),
    ("2", "2개"),
    ("3", "3개"),
    ("4", "4개"),
];

lab::choices! {
    /// 배열 하나를 받아 배열 하나를 내는 연산.
    pub enum Op {
        None = "none", "하지 않음";
        Transpose = "transpose", "a.T";
        Step = "step", "a[..., ::2]";
        Reverse = "reverse", "a[::-1]";
        Broadcast = "broadcast", "np.broadcast_to(a[:1], a.shape)";
        Reshape = "reshape", "a.reshape(a.shape[::-1])";
        Ravel = "ravel", "a.ravel()";
        Fancy = "fancy", "a.take(range(len(a)), axis=0)";
        Contiguous = "contiguous", "np.ascontiguousarray(a)";
    }
}

/// 원소의 수의 한도.
const MOST: u64 = 4_096;

lab::params! {
    /// f64 배열 하나와 차례로 적용할 연산.
    pub struct Params {
        first: u64 = 3, int("첫 축의 길이").range(1, MOST);
        second: u64 = 4, int("둘째 축의 길이").range(1, MOST);
        third: u64 = 0, int("셋째 축의 길이").range(0, MOST)
            .hint("0이면 2차원");
        op1: Op = Op::Transpose, choice("첫 연산");
        op2: Op = Op::Reverse, choice("둘째 연산");
        op3: Op = Op::Reshape, choice("셋째 연산");
        op4: Op = Op::Ravel, choice("넷째 연산");
    }
    check = check;
}

impl Params {
    fn shape(&self) -> Vec<u64> {
        let axes = [self.first, self.second, self.third];
        axes.into_iter().filter(|len| *len > 0).collect()
    }

    fn ops(&self) -> impl Iterator<Item = Op> {
        let ops = [self.op1, self.op2, self.op3, self.op4];
        ops.into_iter().filter(|op| *op != Op::None)
    }
}

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    let cells: u64 = p.shape().iter().product();
    if cells > MOST {
        return Err(Failure::param(
            "first",
            format!(
                "모양(first, second, third)의 값 '{}': 원소가 {}개임. \
                 1–{}개 범위여야 함",
                tuple(&p.shape()),
                format::int(cells),
                format::int(MOST)
            ),
        ));
    }
    Ok(())
}

/// f64 하나의 바이트.
const ITEM: i64 = 8;
/// 캐시 라인의 바이트.
const LINE: u64 = 64;

/// 버퍼 하나를 보는 방법.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    pub shape: Vec<u64>,
    /// 축마다 다음 원소까지, 바이트. 음수이거나 0일 수 있음.
    pub strides: Vec<i64>,
    /// 첫 원소의 자리: 버퍼의 처음에서 몇 바이트.
    pub offset: i64,
    /// 버퍼에 든 원소의 수.
    pub buffer: u64,
}

/// 커널이 지나가는 순간.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    Read { at: u64, index: &'a [u64] },
    Carry { axis: usize },
}

// ANCHOR: kernel
impl Layout {
    /// 마지막 축이 이어진 새 버퍼.
    pub fn new(shape: &[u64]) -> Self {
        let mut step = ITEM;
        let strides = shape.iter().rev().map(|len| {
            let stride = step;
            step *= *len as i64;
            stride
        });
        let mut strides: Vec<i64> = strides.collect();
        strides.reverse();
        let buffer = shape.iter().product();
        Layout { shape: shape.to_vec(), strides, offset: 0, buffer }
    }

    /// 연산 하나. 값을 새 버퍼에 옮겨야 했으면 참을 함께 돌려줌.
    pub fn apply(&self, op: Op) -> (Self, bool) {
        let mut view = self.clone();
        let last = view.shape.len() - 1;
        match op {
            Op::None => {}
            Op::Transpose => {
                view.shape.reverse();
                view.strides.reverse();
            }
            Op::Step => {
                view.shape[last] = view.shape[last].div_ceil(2);
                view.strides[last] *= 2;
            }
            Op::Reverse => {
                view.offset += view.strides[0] * (view.shape[0] as i64 - 1);
                view.strides[0] = -view.strides[0];
            }
            Op::Broadcast => view.strides[0] = 0,
            Op::Reshape => {
                view.shape.reverse();
                return self.reshape(&view.shape);
            }
            Op::Ravel => {
                let flat = [self.shape.iter().product()];
                // reshape와 달리 이어진 배열만 뷰로 펼침
                return match self.is_contiguous() {
                    true => self.reshape(&flat),
                    false => (Layout::new(&flat), true),
                };
            }
            Op::Fancy => return (Layout::new(&self.shape), true),
            Op::Contiguous if !self.is_contiguous() => {
                return (Layout::new(&self.shape), true);
            }
            Op::Contiguous => {}
        }
        (view, false)
    }

    /// 걸음으로 나타낼 수 있으면 뷰, 없으면 복사.
    fn reshape(&self, shape: &[u64]) -> (Self, bool) {
        match self.regroup(shape) {
            Some(strides) => {
                (Layout { shape: shape.to_vec(), strides, ..*self }, false)
            }
            None => (Layout::new(shape), true),
        }
    }

    /// 이웃한 축이 고른 걸음으로 이어지면 한 토막으로 합치고, 새 모양의
    /// 축이 토막을 나누어떨어지게 자르는지 뒤에서부터 봄.
    fn regroup(&self, shape: &[u64]) -> Option<Vec<i64>> {
        let mut runs: Vec<(u64, i64)> = Vec::new();
        for (len, stride) in self.axes() {
            match runs.last_mut() {
                Some(run) if run.1 == stride * len as i64 => {
                    *run = (run.0 * len, stride);
                }
                _ => runs.push((len, stride)),
            }
        }
        let mut strides = Vec::new();
        let (mut left, mut stride) = (1, ITEM);
        for len in shape.iter().rev() {
            if left == 1 && *len > 1 {
                (left, stride) = runs.pop()?;
            }
            if left % len != 0 {
                return None;
            }
            strides.push(stride);
            left /= len;
            stride *= *len as i64;
        }
        strides.reverse();
        Some(strides)
    }

    /// 길이가 1인 축은 걸음이 쓰이지 않으므로 뺌.
    fn axes(&self) -> impl Iterator<Item = (u64, i64)> {
        let axes = self.shape.iter().copied().zip(self.strides.clone());
        axes.filter(|(len, _)| *len > 1)
    }

    fn is_contiguous(&self) -> bool {
        let dense = Layout::new(&self.shape);
        self.axes().eq(dense.axes())
    }

    /// 마지막 축이 가장 빨리 도는 차례로 모든 원소의 주소를 밟음.
    pub fn walk(&self, mut watch: impl FnMut(Step)) {
        let mut index = vec![0; self.shape.len()];
        let mut at = self.offset;
        'next: loop {
            watch(Step::Read { at: at as u64, index: &index }); // step: read
            for axis in (0..self.shape.len()).rev() {
                index[axis] += 1;
                at += self.strides[axis];
                if index[axis] < self.shape[axis] {
                    continue 'next;
                }
                // 축의 끝: 처음으로 되감고 앞 축을 한 칸 올림
                at -= self.strides[axis] * index[axis] as i64;
                index[axis] = 0;
                watch(Step::Carry { axis }); // step: carry
            }
            return;
        }
    }
}
// ANCHOR_END: kernel

/// 한 번 훑는 동안의 발자국. 버퍼는 라인의 처음에서 시작한다고 봄.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tread {
    /// 주소의 합, 바이트.
    pub sum: u64,
    /// 서로 다른 라인.
    pub lines: u64,
    /// 바로 앞에 읽은 것과 다른 라인으로 건너간 횟수. 첫 라인도 셈.
    pub moves: u64,
}

impl Tread {
    pub fn of(layout: &Layout) -> Self {
        let mut tread = Tread::default();
        let lines = (layout.buffer * ITEM as u64).div_ceil(LINE);
        let mut seen = vec![false; lines as usize];
        let mut last = None;
        layout.walk(|step| {
            let Step::Read { at, .. } = step else { return };
            let line = at / LINE;
            tread.sum += at;
            tread.moves += u64::from(last != Some(line));
            tread.lines += u64::from(!seen[line as usize]);
            seen[line as usize] = true;
            last = Some(line);
        });
        tread
    }
}

/// 연산을 하나씩 적용한 자취. 첫 줄은 처음 배열임.
fn chain(p: &Params) -> Vec<(Op, Layout, bool)> {
    let mut rows = vec![(Op::None, Layout::new(&p.shape()), false)];
    for op in p.ops() {
        let (layout, copied) = rows[rows.len() - 1].1.apply(op);
        rows.push((op, layout, copied));
    }
    rows
}

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let rows = chain(p);
    let copies = rows.iter().filter(|(.., copied)| *copied).count() as u64;
    let (_, end, _) = &rows[rows.len() - 1];
    let tread = Tread::of(end);
    let mut words = end.shape.clone();
    words.extend(end.strides.iter().map(|stride| *stride as u64));
    words.extend([end.offset as u64, copies, tread.sum]);
    let mut report = Report::default()
        .answer("shape", tuple(&end.shape).as_str())
        .answer("strides", tuple(&end.strides).as_str())
        .answer("offset", end.offset as u64)
        .answer("copies", copies)
        .answer("kinds", kinds(&rows).as_str())
        .answer("address_sum", tread.sum)
        .answer("lines", tread.lines)
        .answer("line_moves", tread.moves)
        .checksum(&words)
        .view(View::Table(table(&rows)))
        .view(View::Trace(replay(&rows)))
        .view(View::Chart(path(&rows)));
    let (_, worst, _) = &rows[worst(&rows)];
    let mut steps = 0;
    worst.walk(|_| steps += 1);
    if steps > MAX_FRAMES {
        report.notes.push(format!(
            "단계 재생은 처음 {}장면까지만 담음",
            format::int(MAX_FRAMES as u64)
        ));
    }
    Ok(report)
}

/// NumPy가 찍는 모양: `(3, 4)`, `(12,)`.
fn tuple<T: ToString>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(T::to_string).collect();
    match items.as_slice() {
        [one] => format!("({one},)"),
        many => format!("({})", many.join(", ")),
    }
}

fn kind(copied: bool) -> &'static str {
    if copied { "복사" } else { "뷰" }
}

/// 연산마다 뷰인지 복사인지.
fn kinds(rows: &[(Op, Layout, bool)]) -> String {
    let kinds = rows.iter().skip(1).map(|(.., copied)| kind(*copied));
    kinds.collect::<Vec<_>>().join(" ")
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let rows = chain(&p);
    let say = |(op, _, copied): &(Op, Layout, bool)| {
        format!("{} {}", op.label(), kind(*copied))
    };
    let steps: Vec<String> = rows.iter().skip(1).map(say).collect();
    let sentence = match steps.is_empty() {
        true => "연산이 없어 옮긴 값도 없음.".to_owned(),
        false => format!("{}.", steps.join(" → ")),
    };
    let copies = report.int("copies").unwrap_or(0);
    Verdict::choice(GUESSES, &copies.to_string(), sentence)
}

fn table(rows: &[(Op, Layout, bool)]) -> Table {
    let row = |(op, layout, copied): &(Op, Layout, bool)| {
        let tread = Tread::of(layout);
        let first = *op == Op::None;
        vec![
            if first { "처음 배열" } else { op.label() }.into(),
            tuple(&layout.shape).into(),
            tuple(&layout.strides).into(),
            Cell::from(layout.offset as u64),
            if first { "–" } else { kind(*copied) }.into(),
            tread.lines.into(),
            tread.moves.into(),
        ]
    };
    Table {
        title: "연산마다의 모양과 걸음".into(),
        badge: Badge::Exact,
        columns: vec![
            Column::text("연산"),
            Column::text("모양"),
            Column::text("걸음(바이트)"),
            Column::number("시작", "바이트"),
            Column::text("뷰/복사"),
            Column::number("밟는 라인", "개"),
            Column::number("라인을 옮긴 횟수", "번"),
        ],
        rows: rows.iter().map(row).collect(),
    }
}

/// 차례로 읽을 때 라인을 가장 많이 옮기는 자리. 여럿이면 나중 것.
fn worst(rows: &[(Op, Layout, bool)]) -> usize {
    let moves = |at: &usize| Tread::of(&rows[*at].1).moves;
    (0..rows.len()).max_by_key(moves).unwrap_or(0)
}

/// 배열의 이름: 어느 연산까지 한 것인가.
fn name(rows: &[(Op, Layout, bool)], at: usize) -> String {
    match at {
        0 => "처음 배열".to_owned(),
        at => format!("{}까지 한 배열", rows[at].0.label()),
    }
}

/// 그래프의 점의 한도: 더 많으면 점이 서로를 가림.
const POINTS: usize = 256;

/// 읽는 차례와 밟는 주소: 처음 배열과, 라인을 가장 많이 옮기는 배열.
fn path(rows: &[(Op, Layout, bool)]) -> Chart {
    let series = |at: usize| {
        let mut points = Vec::new();
        rows[at].1.walk(|step| {
            if let Step::Read { at, .. } = step
                && points.len() < POINTS
            {
                points.push((points.len() as f64, at as f64).into());
            }
        });
        Series { name: name(rows, at), shape: Shape::Dot, points }
    };
    let mut both = vec![series(0)];
    if worst(rows) > 0 {
        both.push(series(worst(rows)));
    }
    let reads = |at: usize| rows[at].1.shape.iter().product::<u64>();
    let title = match reads(0).max(reads(worst(rows))) > POINTS as u64 {
        true => format!("차례로 읽을 때 밟는 주소: 처음 {POINTS}번"),
        false => "차례로 읽을 때 밟는 주소".to_owned(),
    };
    Chart {
        title,
        badge: Badge::Exact,
        x: Axis::linear("읽는 차례(0부터)", "번째"),
        y: Axis::linear("버퍼 안의 주소", "바이트"),
        series: both,
        marks: Vec::new(),
    }
}

/// 재생 하나의 장면 한도.
const MAX_FRAMES: usize = 2_000;
/// 이보다 많은 칸은 버퍼만 점으로 그림.
const BOXES: u64 = 64;
/// 이보다 많은 행은 격자로 그리지 않음.
const GRID_ROWS: usize = 8;

/// 버퍼의 띠와, 배열의 행마다 한 줄. 지금 읽는 원소를 두 곳에서 짚음.
fn replay(rows: &[(Op, Layout, bool)]) -> Trace {
    let (_, layout, _) = &rows[worst(rows)];
    let mut addresses = Vec::new();
    layout.walk(|step| {
        if let Step::Read { at, .. } = step {
            addresses.push(at);
        }
    });
    let wide = *layout.shape.last().unwrap_or(&1) as usize;
    let small = addresses.len() as u64 <= BOXES
        && addresses.len().div_ceil(wide) <= GRID_ROWS;
    let (mut frames, mut done, mut moves) = (Vec::new(), 0, 0);
    layout.walk(|step| {
        if frames.len() >= MAX_FRAMES {
            return;
        }
        let (say, tag) = match step {
            Step::Read { at, index } => {
                let near = done > 0 && addresses[done - 1] / LINE == at / LINE;
                moves += u64::from(!near);
                done += 1;
                let index = tuple(index);
                (format!("읽음: {index}, 버퍼의 {at}바이트"), "read")
            }
            Step::Carry { axis } => {
                (format!("{axis}번 축의 끝: 처음으로 되감음"), "carry")
            }
        };
        let now = done - 1;
        let mut lanes = vec![strip(layout, &addresses[..done])];
        if small {
            lanes.extend(grid(&addresses, wide, now));
        }
        frames.push(Frame {
            step: tag.into(),
            say,
            counters: vec![
                ("주소".into(), format!("{}바이트", addresses[now])),
                ("라인을 옮긴 횟수".into(), format!("{moves}번")),
            ],
            lanes,
            jumps: match done {
                0 | 1 => Vec::new(),
                _ => vec![(slot(addresses[now - 1]), slot(addresses[now]))],
            },
        });
    });
    Trace {
        title: format!("{}을 차례로 읽기", name(rows, worst(rows))),
        badge: Badge::Exact,
        frames,
    }
}

/// 주소가 가리키는 원소의 번호.
fn slot(address: u64) -> u64 {
    address / ITEM as u64
}

fn strip(layout: &Layout, read: &[u64]) -> Lane {
    let now = read.last().copied();
    let cell = |at: u64| LaneCell {
        at,
        text: at.to_string(),
        tone: match at * ITEM as u64 {
            address if Some(address) == now => Tone::Now,
            address if read.contains(&address) => Tone::Seen,
            _ => Tone::Plain,
        },
    };
    // 큰 버퍼는 읽은 칸만 점으로 보임
    let cells: Vec<u64> = match layout.buffer <= BOXES {
        true => (0..layout.buffer).collect(),
        false => now.map(slot).into_iter().collect(),
    };
    Lane {
        label: "버퍼".into(),
        size: layout.buffer,
        cells: cells.into_iter().map(cell).collect(),
        group: LINE / ITEM as u64,
    }
}

fn grid(addresses: &[u64], wide: usize, now: usize) -> Vec<Lane> {
    let rows = addresses.chunks(wide).enumerate();
    rows.map(|(row, line)| Lane {
        label: format!("배열의 {row}번 행"),
        size: wide as u64,
        cells: line
            .iter()
            .enumerate()
            .map(|(column, address)| LaneCell {
                at: column as u64,
                text: slot(*address).to_string(),
                tone: match row * wide + column {
                    order if order == now => Tone::Now,
                    order if order < now => Tone::Seen,
                    _ => Tone::Plain,
                },
            })
            .collect(),
        group: 0,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 연산을 차례로: 마지막 모양, 걸음, 시작, 연산마다의 뷰/복사.
    fn after(shape: &[u64], ops: &[Op]) -> (Layout, String) {
        let mut layout = Layout::new(shape);
        let mut kinds = String::new();
        for op in ops {
            let (next, copied) = layout.apply(*op);
            kinds.push(if copied { 'c' } else { 'v' });
            layout = next;
        }
        (layout, kinds)
    }

    #[test]
    fn strides_of_the_spec() {
        let rows: [(&[Op], &[i64], i64); 5] = [
            (&[], &[32, 8], 0),
            (&[Op::Transpose], &[8, 32], 0),
            (&[Op::Step], &[32, 16], 0),
            (&[Op::Reverse], &[-32, 8], 64),
            (&[Op::Broadcast], &[0, 8], 0),
        ];
        for (ops, strides, offset) in rows {
            let (layout, kinds) = after(&[3, 4], ops);
            assert_eq!(layout.strides, strides, "{ops:?}");
            assert_eq!(layout.offset, offset, "{ops:?}");
            assert!(!kinds.contains('c'), "{ops:?}");
        }
    }

    /// 값은 NumPy 2.4.6에서 본 것.
    #[test]
    fn reshape_copies_only_when_it_must() {
        use Op::*;
        let rows: [(&[Op], &[i64], &str); 9] = [
            (&[Reshape], &[24, 8], "v"),
            (&[Transpose, Reshape], &[32, 8], "vc"),
            (&[Step, Reshape], &[48, 16], "vv"),
            (&[Reverse, Reshape], &[24, 8], "vc"),
            (&[Ravel], &[8], "v"),
            (&[Step, Ravel], &[8], "vc"),
            (&[Contiguous], &[32, 8], "v"),
            (&[Transpose, Contiguous], &[24, 8], "vc"),
            (&[Fancy], &[32, 8], "c"),
        ];
        for (ops, strides, kinds) in rows {
            let (layout, got) = after(&[3, 4], ops);
            assert_eq!(layout.strides, strides, "{ops:?}");
            assert_eq!(got, kinds, "{ops:?}");
        }
    }

    /// 곱셈으로 셈한 주소와 걸음을 더해 간 주소가 같아야 함.
    #[test]
    fn the_walk_equals_the_formula() {
        for ops in [
            vec![],
            vec![Op::Transpose, Op::Step],
            vec![Op::Reverse, Op::Transpose],
            vec![Op::Broadcast, Op::Transpose, Op::Reverse],
        ] {
            let (layout, _) = after(&[3, 4, 5], &ops);
            let mut count = 0;
            layout.walk(|step| {
                let Step::Read { at, index } = step else { return };
                let terms = index.iter().zip(&layout.strides);
                let sum: i64 = terms.map(|(i, s)| *i as i64 * s).sum();
                assert_eq!(at as i64, layout.offset + sum);
                count += 1;
            });
            assert_eq!(count, layout.shape.iter().product::<u64>());
        }
    }

    #[test]
    fn a_transposed_walk_moves_at_every_read() {
        let square = Layout::new(&[64, 64]);
        let want =
            Tread { sum: 8 * (4_095 * 4_096 / 2), lines: 512, moves: 512 };
        assert_eq!(Tread::of(&square), want);
        let (turned, _) = square.apply(Op::Transpose);
        assert_eq!(Tread::of(&turned), Tread { moves: 4_096, ..want });
    }

    #[test]
    fn the_default_chain_copies_once() {
        let report = run_with("stride_views", &[]);
        assert_eq!(report.int("copies"), Some(1));
        assert_eq!(report.verdict.unwrap().choice.as_deref(), Some("1"));
    }

    /// 정사각형을 뒤집은 모양은 같은 모양이라 복사는 그다음에 일어남.
    #[test]
    fn a_square_is_copied_by_ravel() {
        use Op::*;
        let ops = [Transpose, Reverse, Reshape, Ravel];
        assert_eq!(after(&[64, 64], &ops).1, "vvvc");
        assert_eq!(after(&[32, 128], &ops).1, "vvcv");
    }

    #[test]
    fn the_chart_stops_before_the_dots_overlap() {
        for (side, dots) in [("16", 256), ("17", POINTS)] {
            let pairs = [("first", side), ("second", side)];
            let report = run_with("stride_views", &pairs);
            let chart = report.views.iter().find_map(|view| match view {
                View::Chart(chart) => Some(chart),
                _ => None,
            });
            let chart = chart.unwrap();
            assert_eq!(chart.title.ends_with("처음 256번"), side == "17");
            for series in &chart.series {
                assert_eq!(series.points.len(), dots);
            }
        }
    }

    #[test]
    fn refuses_too_many_cells() {
        let table = Params::table();
        let pairs = [("first", "64"), ("second", "65")];
        assert!(table.parse(pairs, Scope::Native).is_err());
    }
}
