//! 당길 때마다 드는 값: 같은 합을 멈췄다 가는 함수로 구함.

use std::hint::black_box;

use lab::measure::{Case, compare};
use lab::report::{
    Badge, Column, Frame, Lane, LaneCell, Table, Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 제너레이터가 리스트보다 느릴 때가 있는가?",
    prediction: Prediction {
        text: "파이썬에서 항목이 n개일 때(기본값은 10) \
               sum([x * x for x in range(n)])과 대괄호를 뺀 것 가운데 \
               어느 쪽이 빠를까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 500_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("list", "리스트 내포"),
    ("generator", "제너레이터 식"),
    ("same", "5% 안에서 같음"),
];

lab::params! {
    /// 0부터 n - 1까지의 제곱을 더함.
    pub struct Params {
        n: u64 = 10, int("항목의 수").unit("개").range(1, 1_000_000).log();
        depth: u64 = 3, int("제너레이터의 겹").unit("겹").range(1, 8);
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// `depth`겹째(1이 가장 안쪽)의 프레임에 들어감.
    Resume { depth: u64 },
    /// 값을 내주고 멈추거나, 끝남.
    Give { depth: u64, value: Option<u64> },
}

impl Step {
    fn tag(self) -> &'static str {
        match self {
            Step::Resume { .. } => "resume",
            Step::Give { .. } => "give",
        }
    }
}

// ANCHOR: kernel
/// 제너레이터를 손으로 풀어 쓴 것: 멈춘 자리와 지역 변수가 값 하나임.
#[derive(Clone, Copy, Debug)]
enum State {
    Start,
    Gave(u64),
    Done,
}

#[derive(Clone, Debug)]
pub struct Squares {
    n: u64,
    state: State,
}

impl Squares {
    pub fn new(n: u64) -> Self {
        Squares { n, state: State::Start }
    }
}

impl Iterator for Squares {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let at = match self.state {
            State::Start => 0,
            State::Gave(at) => at + 1,
            State::Done => return None,
        };
        if at == self.n {
            self.state = State::Done;
            return None;
        }
        self.state = State::Gave(at);
        Some(square(at))
    }
}

/// 겹친 제너레이터를 한 번 당김: 안을 재개해 받은 것을 그대로 내줌.
pub fn pull(
    inner: &mut Squares,
    depth: u64,
    watch: &mut impl FnMut(Step),
) -> Option<u64> {
    watch(Step::Resume { depth }); // step: resume
    let value = match depth {
        1 => inner.next(),
        _ => pull(inner, depth - 1, watch),
    };
    watch(Step::Give { depth, value }); // step: give
    value
}

/// 바깥에서 읽은 값인 셈 침: 컴파일러가 합을 공식으로 바꾸지 못함.
fn square(at: u64) -> u64 {
    let x = black_box(at);
    x.wrapping_mul(x)
}
// ANCHOR_END: kernel

/// 겹친 제너레이터로 구한 합.
pub fn total(p: &Params, mut watch: impl FnMut(Step)) -> u64 {
    let (mut inner, mut sum) = (Squares::new(p.n), 0u64);
    while let Some(value) = pull(&mut inner, p.depth, &mut watch) {
        sum = sum.wrapping_add(value);
    }
    sum
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 1, "당기기")?;
    let mut resumes = 0;
    let sum = total(p, |step| {
        resumes += u64::from(matches!(step, Step::Resume { .. }));
    });
    let mut report = Report::default()
        .answer("sum", sum)
        .answer("resumes", resumes)
        .checksum(&[sum, resumes])
        .view(View::Table(summary(p, resumes)))
        .view(View::Trace(replay(p)));
    if cfg!(target_family = "wasm") {
        let why = "스레드와 채널은 터미널에서만 잼";
        report = report.view(note(why));
    }
    Ok(report)
}

const LIST: &str = "sum([...]) 리스트 내포";
const GENERATOR: &str = "sum(...) 제너레이터 식";

fn verdict(report: &Report) -> Verdict {
    let (Some(list), Some(generator)) =
        (report.time(LIST), report.time(GENERATOR))
    else {
        return Verdict::pending_python();
    };
    let choice = match generator / list {
        ratio if ratio > 1.05 => "list",
        ratio if ratio < 0.95 => "generator",
        _ => "same",
    };
    Verdict::choice(
        GUESSES,
        choice,
        format!(
            "이 파이썬에서 항목 하나에 리스트 내포 {}, 제너레이터 식 {}.",
            format::time(list),
            format::time(generator)
        ),
    )
}

fn summary(p: &Params, resumes: u64) -> Table {
    let row = |name: String, resumes: u64, kept: u64| {
        vec![name.into(), resumes.into(), kept.into()]
    };
    Table {
        title: format!("항목 {}개의 합에 드는 것", format::int(p.n)),
        badge: Badge::Exact,
        columns: vec![
            Column::text("파이썬의 표현"),
            Column::number("제너레이터 재개", "번"),
            Column::number("쌓는 항목", "개"),
        ],
        rows: vec![
            row("리스트 내포".into(), 0, p.n),
            row("제너레이터 식".into(), p.n + 1, 0),
            row(format!("제너레이터 {}겹", p.depth), resumes, 0),
        ],
    }
}

/// 재생하는 항목의 수.
const REPLAY_ITEMS: u64 = 3;

fn replay(p: &Params) -> Trace {
    let n = REPLAY_ITEMS.min(p.n);
    let small = Params { n, ..p.clone() };
    let (mut frames, mut resumes) = (Vec::new(), 0);
    total(&small, |step| {
        let (Step::Resume { depth } | Step::Give { depth, .. }) = step;
        // 줄의 칸 번호: 0이 가장 바깥
        let at = p.depth - depth;
        let (say, text, tone) = match step {
            Step::Resume { .. } => {
                resumes += 1;
                let say = format!("{at}번 프레임에 들어감");
                (say, "들어감".into(), Tone::Now)
            }
            Step::Give { value: Some(value), .. } => {
                let say = format!("{at}번이 값을 내주고 멈춤: {value}");
                (say, value.to_string(), Tone::Hit)
            }
            Step::Give { value: None, .. } => {
                (format!("{at}번이 끝남"), "끝".into(), Tone::Hit)
            }
        };
        // 바깥의 프레임은 안의 값을 기다리는 중임
        let mut cells: Vec<LaneCell> = (0..at)
            .map(|at| LaneCell {
                at, text: "기다림".into(), tone: Tone::Seen
            })
            .collect();
        cells.push(LaneCell { at, text, tone });
        frames.push(Frame {
            step: step.tag().into(),
            say,
            counters: vec![("재개".into(), format!("{resumes}번"))],
            lanes: vec![Lane {
                label: "프레임: 바깥(0번) → 안".into(),
                size: p.depth,
                cells,
                group: 0,
            }],
            jumps: Vec::new(),
        });
    });
    Trace {
        title: format!("항목 {n}개, {}겹", p.depth),
        badge: Badge::Exact,
        frames,
    }
}

fn by_index(n: u64) -> u64 {
    let (mut sum, mut i) = (0u64, 0);
    while i < n {
        sum = sum.wrapping_add(square(i));
        i += 1;
    }
    sum
}

fn by_chain(n: u64) -> u64 {
    (0..n).map(square).fold(0, u64::wrapping_add)
}

fn by_machine(n: u64) -> u64 {
    Squares::new(n).fold(0, u64::wrapping_add)
}

/// 겹마다 간접 호출 하나.
fn by_dyn(n: u64, depth: u64) -> u64 {
    let mut items: Box<dyn Iterator<Item = u64>> = Box::new(Squares::new(n));
    for _ in 1..depth {
        items = Box::new(items.map(black_box));
    }
    items.fold(0, u64::wrapping_add)
}

/// 만드는 스레드와 더하는 스레드를 채널로 이음.
#[cfg(not(target_family = "wasm"))]
fn by_channel(n: u64) -> u64 {
    let (send, receive) = std::sync::mpsc::sync_channel(64);
    std::thread::spawn(move || {
        for value in Squares::new(n) {
            if send.send(value).is_err() {
                return;
            }
        }
    });
    receive.into_iter().fold(0, u64::wrapping_add)
}

/// 재는 방법들. 모두 같은 합을 돌려주어야 함.
pub fn rivals(p: &Params) -> Vec<Case<'static>> {
    let Params { n, depth } = *p;
    let case = |name: &str, work: fn(u64) -> u64| {
        Case::new(name, n, move || work(black_box(n)))
    };
    vec![
        case("색인 반복문", by_index),
        case("이터레이터 사슬", by_chain),
        case("손으로 쓴 상태 기계", by_machine),
        Case::new(&format!("dyn 이터레이터 {depth}겹"), n, move || {
            by_dyn(black_box(n), depth)
        }),
        #[cfg(not(target_family = "wasm"))]
        case("스레드와 채널", by_channel),
    ]
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    compare(ctx, "Rust에서 같은 합을 구하는 시간", "항목 하나", rivals(p))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 항목마다 한 번, 끝을 알리려고 한 번, 겹마다.
    #[test]
    fn every_layer_is_resumed_once_more_than_there_are_items() {
        for (n, depth, want) in [("10", "1", 11), ("10", "3", 33)] {
            let pairs = [("n", n), ("depth", depth)];
            let report = run_with("generator_resume", &pairs);
            assert_eq!(report.int("resumes"), Some(want));
            assert_eq!(report.int("sum"), Some(285));
        }
    }

    #[test]
    fn rivals_agree() {
        for (n, depth) in [(1, 1), (10, 3), (1_000, 8)] {
            let p = Params { n, depth };
            for mut rival in rivals(&p) {
                let sum = (rival.run)();
                assert_eq!(sum, total(&p, |_| {}), "{}", rival.name);
            }
        }
    }

    /// 다 쓴 상태 기계는 계속 비어 있음.
    #[test]
    fn a_finished_machine_stays_finished() {
        let mut squares = Squares::new(2);
        let got: Vec<u64> = squares.by_ref().collect();
        assert_eq!(got, [0, 1]);
        assert_eq!((squares.next(), squares.next()), (None, None));
    }

    #[test]
    fn the_prediction_waits_for_python() {
        let report = run_with("generator_resume", &[]);
        assert!(report.verdict.unwrap().is_pending());
    }
}
