//! 답을 아는 병렬 문제: N-여왕을 처음 몇 줄의 자리로 나눔.

use rayon::prelude::*;

use super::bins::bars;
use lab::measure::{Case, compare};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Mark,
    Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 처음 몇 줄만 나눠도 잘 나뉘는가?",
    prediction: Prediction {
        text: "첫 줄의 자리로만 나눌 때와 두 줄의 자리로 나눌 때, 작업의 \
               크기가 더 고른 쪽과 일꾼들이 더 빨리 끝내는 쪽은?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|_, ctx| measure(ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("1/1", "고른 쪽도 빠른 쪽도 한 줄"),
    ("2/1", "고른 쪽은 두 줄, 빠른 쪽은 한 줄"),
    ("2/2", "고른 쪽도 빠른 쪽도 두 줄"),
    ("1/2", "고른 쪽은 한 줄, 빠른 쪽은 두 줄"),
];

lab::params! {
    /// n × n 판에 서로 잡지 못하게 여왕 n개를 놓음.
    pub struct Params {
        n: u32 = 10, int("판의 한 변").unit("칸")
            .browser(4, 12).native(4, 16);
        depth: u32 = 2, int("나누는 줄의 수").unit("줄").range(0, 4)
            .hint("이만큼의 줄을 채운 판 하나가 작업 하나임");
        workers: u32 = 4, int("일꾼의 수").unit("명").range(1, 64);
    }
    check = check;
}

fn check(_: &Params, _: Scope) -> Result<(), Failure> {
    Ok(())
}

/// 가장 깊게 나누는 줄의 수.
const DEEPEST: usize = 4;

/// 채운 줄까지의 판. 비트 하나가 열 하나이고, 대각선은 줄마다 한 칸씩
/// 밀어 지금 줄에서 잡히는 열로 바꿔 둠.
#[derive(Clone, Copy, Debug, Default)]
pub struct Board {
    columns: u32,
    left: u32,
    right: u32,
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Place { row: u32, column: u32 },
    Stuck { row: u32 },
    Found,
}

/// 센 것: 해와, 지나간 판의 수(시작한 판도 셈).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub solutions: u64,
    pub boards: u64,
}

// ANCHOR: kernel
/// 판 하나에서 시작해 끝까지 셈.
pub fn solve(n: u32, board: Board, watch: &mut impl FnMut(Step)) -> Count {
    let mut count = Count { solutions: 0, boards: 1 };
    let row = board.columns.count_ones();
    if row == n {
        watch(Step::Found);
        count.solutions = 1; // step: found
        return count;
    }
    let mut free = board.free(n);
    if free == 0 {
        watch(Step::Stuck { row }); // step: stuck
    }
    while free != 0 {
        let bit = free & free.wrapping_neg();
        free ^= bit;
        watch(Step::Place { row, column: bit.trailing_zeros() });
        let below = solve(n, board.place(bit), watch); // step: place
        count.solutions += below.solutions;
        count.boards += below.boards;
    }
    count
}

impl Board {
    /// 다음 줄에서 아무도 잡지 않는 열.
    fn free(self, n: u32) -> u32 {
        !(self.columns | self.left | self.right) & ((1 << n) - 1)
    }

    fn place(self, bit: u32) -> Board {
        Board {
            columns: self.columns | bit,
            left: (self.left | bit) << 1,
            right: (self.right | bit) >> 1,
        }
    }

    /// 다음 줄에 놓은 판들, 왼쪽 열부터.
    fn children(self, n: u32) -> impl Iterator<Item = Board> {
        let mut free = self.free(n);
        std::iter::from_fn(move || {
            let bit = free & free.wrapping_neg();
            free ^= bit;
            (bit != 0).then(|| self.place(bit))
        })
    }
}

/// 처음 `depth`줄을 채운 판들.
pub fn tasks(n: u32, depth: u32) -> Vec<Board> {
    (0..depth).fold(vec![Board::default()], |boards, _| {
        boards.into_iter().flat_map(|board| board.children(n)).collect()
    })
}

/// 작업들을 스레드에 나눠 세고 더함.
pub fn solve_split(n: u32, depth: u32) -> Count {
    let parts = tasks(n, depth);
    let counts = parts.par_iter().map(|board| solve(n, *board, &mut |_| {}));
    counts.reduce(Count::default, |a, b| Count {
        solutions: a.solutions + b.solutions,
        boards: a.boards + b.boards,
    })
}
// ANCHOR_END: kernel

/// 깊이마다의 작업의 크기(지나간 판의 수)와 해의 수.
struct Split {
    solutions: u64,
    costs: [Vec<u64>; DEEPEST + 1],
}

impl Split {
    /// 가장 깊게 나눈 작업만 풀고, 얕은 작업은 그 합에 제 판을 더함.
    fn of(n: u32) -> Self {
        let mut levels = vec![vec![Board::default()]];
        for depth in 0..DEEPEST {
            let next = levels[depth].iter().flat_map(|b| b.children(n));
            let next = next.collect();
            levels.push(next);
        }
        let leaves: Vec<Count> = levels[DEEPEST]
            .par_iter()
            .map(|board| solve(n, *board, &mut |_| {}))
            .collect();
        let mut costs: [Vec<u64>; DEEPEST + 1] = Default::default();
        costs[DEEPEST] = leaves.iter().map(|leaf| leaf.boards).collect();
        for depth in (0..DEEPEST).rev() {
            let mut below = costs[depth + 1].iter();
            let cost = |board: &Board| {
                let count = board.children(n).count();
                1 + below.by_ref().take(count).sum::<u64>()
            };
            costs[depth] = levels[depth].iter().map(cost).collect();
        }
        let solutions = leaves.iter().map(|leaf| leaf.solutions).sum();
        Split { solutions, costs }
    }

    /// 모든 판의 수: 나누지 않았을 때의 일.
    fn boards(&self) -> u64 {
        self.costs[0][0]
    }

    /// 끝나는 때. 작업을 만들며 지나간 판은 혼자서 지나감.
    fn finish(&self, depth: usize, workers: u32) -> u64 {
        let costs = &self.costs[depth];
        let alone = self.boards() - costs.iter().sum::<u64>();
        alone + makespan(costs, workers)
    }
}

/// 차례대로, 먼저 비는 일꾼에게 주었을 때 마지막 일꾼이 끝나는 때.
fn makespan(costs: &[u64], workers: u32) -> u64 {
    let mut clocks = vec![0; workers as usize];
    for cost in costs {
        // 일꾼은 하나 이상이라 늘 있음
        if let Some(first) = clocks.iter_mut().min_by_key(|at| **at) {
            *first += cost;
        }
    }
    clocks.into_iter().max().unwrap_or(0)
}

fn largest(costs: &[u64]) -> u64 {
    costs.iter().copied().max().unwrap_or(0)
}

/// 가장 큰 작업이 평균의 몇 배인가.
fn unevenness(tasks: u64, largest: u64, total: u64) -> f64 {
    largest as f64 * tasks as f64 / total as f64
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 1, "모든 판 세기")?;
    let split = Split::of(p.n);
    let costs = &split.costs[p.depth as usize];
    let (count, big) = (costs.len() as u64, largest(costs));
    let boards = split.boards();
    let mut report = Report::default()
        .answer("solutions", split.solutions)
        .answer("boards", boards)
        .answer("tasks", count)
        .answer("largest", big)
        .answer("finish", split.finish(p.depth as usize, p.workers));
    for depth in [1, 2] {
        let costs = &split.costs[depth];
        let facts = [
            ("tasks", costs.len() as u64),
            ("total", costs.iter().sum()),
            ("largest", largest(costs)),
            ("finish", split.finish(depth, p.workers)),
        ];
        report = facts.into_iter().fold(report, |report, (name, value)| {
            report.answer(&format!("{name}_{depth}"), value)
        });
    }
    Ok(report
        .checksum(&[split.solutions, boards, count, big])
        .view(View::Table(summary(p, &split)))
        .view(View::Chart(speedups(p, &split)))
        .view(View::Chart(sizes(p, costs)))
        .view(View::Trace(replay(p))))
}

fn verdict(report: &Report) -> Verdict {
    let int = |name: &str, depth: u32| {
        report.int(&format!("{name}_{depth}")).unwrap_or(1)
    };
    let uneven = |depth| {
        unevenness(
            int("tasks", depth),
            int("largest", depth),
            int("total", depth),
        )
    };
    let pick = |two: bool| if two { "2" } else { "1" };
    let even = pick(uneven(2) < uneven(1));
    let (one, two) = (int("finish", 1), int("finish", 2));
    let fast = pick(two < one);
    let sentence = format!(
        "가장 큰 작업은 한 줄일 때 평균의 {}배, 두 줄일 때 {}배임. \
         끝나는 때는 판 {}개와 {}개를 지난 뒤임.",
        format::fixed(uneven(1), 2),
        format::fixed(uneven(2), 2),
        format::int(one),
        format::int(two),
    );
    let guess = format!("{even}/{fast}");
    let verdict = Verdict::choice(GUESSES, &guess, sentence);
    if one == two {
        let headline = "빠르기는 같음".into();
        return Verdict { headline, choice: None, ..verdict };
    }
    verdict
}

fn summary(p: &Params, split: &Split) -> Table {
    let row = |(depth, costs): (usize, &Vec<u64>)| {
        let (count, total) = (costs.len() as u64, costs.iter().sum());
        let span = split.finish(depth, p.workers);
        vec![
            (depth as u64).into(),
            count.into(),
            costs.iter().copied().min().unwrap_or(0).into(),
            largest(costs).into(),
            Cell::fixed(unevenness(count, largest(costs), total), 2),
            span.into(),
            Cell::fixed(split.boards() as f64 / span as f64, 2),
        ]
    };
    Table {
        title: format!(
            "{}-여왕: 해 {}개, 지나간 판 {}개를 일꾼 {}명에게",
            p.n,
            format::int(split.solutions),
            format::int(split.boards()),
            p.workers
        ),
        badge: Badge::Model,
        columns: vec![
            Column::number("나눈 줄", "줄"),
            Column::number("작업", "개"),
            Column::number("가장 작은 작업", "판"),
            Column::number("가장 큰 작업", "판"),
            Column::number("가장 큰 것 / 평균", "배"),
            Column::number("끝나는 때", "판"),
            Column::number("속도 향상", "배"),
        ],
        rows: split.costs.iter().enumerate().map(row).collect(),
    }
}

fn speedups(p: &Params, split: &Split) -> Chart {
    let alone = split.boards() as f64;
    let line = |workers: u32| Series {
        name: format!("일꾼 {workers}명"),
        shape: Shape::Line,
        points: (0..=DEEPEST)
            .map(|depth| {
                let span = split.finish(depth, workers) as f64;
                (depth as f64, alone / span).into()
            })
            .collect(),
    };
    let mut crowds = vec![2, 8, 16, p.workers];
    crowds.sort_unstable();
    crowds.dedup();
    Chart {
        title: "나누는 줄의 수와 속도 향상".into(),
        badge: Badge::Model,
        x: Axis::linear("나누는 줄", "줄"),
        y: Axis::linear("속도 향상", "배"),
        series: crowds.into_iter().map(line).collect(),
        marks: Vec::new(),
    }
}

/// 크기의 막대의 수.
const BINS: u64 = 24;

fn sizes(p: &Params, costs: &[u64]) -> Chart {
    let (points, width) = bars(costs, largest(costs), BINS);
    let mean = costs.iter().sum::<u64>() as f64 / costs.len() as f64;
    Chart {
        title: format!("{}줄로 나눈 작업의 크기", p.depth),
        badge: Badge::Exact,
        x: Axis::linear("작업의 크기", "판"),
        y: Axis::linear("작업의 수", "개"),
        series: vec![Series {
            name: format!("폭 {}판마다", format::int(width)),
            shape: Shape::Bar,
            points,
        }],
        marks: vec![Mark {
            axis: AxisName::X,
            at: mean,
            label: format!("평균 {}", format::fixed(mean, 1)),
        }],
    }
}

/// 재생하는 판의 크기: 여섯이면 첫 해까지 서른 번 남짓 놓음.
const REPLAY: u32 = 6;

/// 첫 해를 찾을 때까지.
fn replay(p: &Params) -> Trace {
    let n = p.n.min(REPLAY);
    let mut queens: Vec<u32> = Vec::new();
    let mut frames: Vec<Frame> = Vec::new();
    let mut found = false;
    solve(n, Board::default(), &mut |step| {
        if found {
            return;
        }
        let (tag, say) = match step {
            Step::Place { row, column } => {
                queens.truncate(row as usize);
                queens.push(column);
                ("place", format!("{row}번 줄의 {column}번 칸에 놓음"))
            }
            Step::Stuck { row } => {
                ("stuck", format!("{row}번 줄에는 놓을 자리가 없어 물러남"))
            }
            Step::Found => {
                found = true;
                ("found", "모든 줄에 놓았음: 해 하나".to_owned())
            }
        };
        let task = &queens[..queens.len().min(p.depth as usize)];
        frames.push(Frame {
            step: tag.to_owned(),
            say,
            counters: vec![("작업".into(), format!("{task:?}"))],
            lanes: (0..n).map(|row| lane(n, row, &queens)).collect(),
            jumps: Vec::new(),
        });
    });
    Trace {
        title: format!("{n}-여왕의 첫 해까지"),
        badge: Badge::Exact,
        frames,
    }
}

/// 판의 한 줄: 놓은 여왕과, 위의 여왕이 잡는 칸.
fn lane(n: u32, row: u32, queens: &[u32]) -> Lane {
    let attacked = |column: u32| {
        queens.iter().zip(0..row).any(|(&queen, above)| {
            queen == column || queen.abs_diff(column) == row - above
        })
    };
    let cell = |column: u32| {
        let (text, tone) = match queens.get(row as usize) {
            Some(&queen) if queen == column => {
                let last = row as usize + 1 == queens.len();
                ("여", if last { Tone::Now } else { Tone::Plain })
            }
            _ if attacked(column) => ("×", Tone::Dead),
            _ => return None,
        };
        Some(LaneCell { at: column.into(), text: text.into(), tone })
    };
    Lane {
        label: format!("{row}번 줄"),
        size: n.into(),
        cells: (0..n).filter_map(cell).collect(),
        group: 0,
    }
}

/// 재는 판의 한 변: 한 스레드로도 수십 ms임. 더 작은 나무는 되풀이하는 동안
/// 분기 예측기가 외워, 코어마다 반씩 나누면 판 하나도 싸짐.
const MEASURED: u32 = 12;

fn measure(ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let n = MEASURED;
    let alone = || solve(n, Board::default(), &mut |_| {});
    let boards = alone().boards;
    let mut cases =
        vec![Case::new("한 스레드", boards, || alone().solutions)];
    for depth in 1..=DEEPEST as u32 {
        let name = format!("스레드 {}개, {depth}줄로 나눔", ctx.threads());
        let split = move || solve_split(n, depth).solutions;
        cases.push(Case::new(&name, boards, split));
    }
    let title = format!("{n}-여왕의 해를 모두 세기");
    compare(ctx, &title, "판 하나", cases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn all(n: u32) -> Count {
        solve(n, Board::default(), &mut |_| {})
    }

    #[test]
    fn known_counts() {
        let known = [
            (4, 2),
            (5, 10),
            (6, 4),
            (7, 40),
            (8, 92),
            (9, 352),
            (10, 724),
            (11, 2_680),
            (12, 14_200),
            (13, 73_712),
            (14, 365_596),
        ];
        for (n, solutions) in known {
            assert_eq!(solve_split(n, 3).solutions, solutions, "{n}");
        }
    }

    #[test]
    fn every_depth_counts_the_same() {
        for n in 4..=9 {
            let split = Split::of(n);
            let (whole, boards) = (all(n), split.boards());
            assert_eq!(
                (split.solutions, boards),
                (whole.solutions, whole.boards)
            );
            for depth in 0..=DEEPEST as u32 {
                let part = solve_split(n, depth);
                assert_eq!(part.solutions, whole.solutions);
                let costs = &split.costs[depth as usize];
                assert_eq!(part.boards, costs.iter().sum::<u64>());
            }
        }
    }

    /// 세 줄의 순열을 모두 만들어 서로 잡는지 보는 느린 세기.
    #[test]
    fn a_brute_force_agrees() {
        fn place(n: u32, queens: &mut Vec<u32>) -> u64 {
            let row = queens.len() as u32;
            if row == n {
                return 1;
            }
            let safe = |column: u32, queens: &[u32]| {
                queens.iter().zip(0..row).all(|(&queen, above)| {
                    queen != column && queen.abs_diff(column) != row - above
                })
            };
            let mut found = 0;
            for column in 0..n {
                if safe(column, queens) {
                    queens.push(column);
                    found += place(n, queens);
                    queens.pop();
                }
            }
            found
        }
        for n in 4..=8 {
            assert_eq!(place(n, &mut Vec::new()), all(n).solutions);
        }
    }

    #[test]
    fn anchors_of_ten_queens() {
        let report = run_with("nqueens_split", &[]);
        let int = |key| report.int(key).unwrap();
        assert_eq!(int("solutions"), 724);
        assert_eq!(int("boards"), 35_539);
        assert_eq!((int("tasks_1"), int("largest_1")), (10, 3_724));
        assert_eq!((int("tasks_2"), int("largest_2")), (72, 648));
        // 첫 판 하나와 10,493, 첫 판과 첫 줄의 판 열 개와 9,026
        assert_eq!((int("finish_1"), int("finish_2")), (10_494, 9_037));
        let verdict = report.verdict.as_ref().unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("1/2"));
    }

    #[test]
    fn one_worker_takes_the_sum() {
        assert_eq!(makespan(&[5, 1, 7], 1), 13);
        assert_eq!(makespan(&[5, 1, 7], 2), 8);
        assert_eq!(makespan(&[5, 1, 7], 64), 7);
    }
}
