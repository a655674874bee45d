//! 이웃의 소음: 서로 다른 변수가 같은 캐시 라인에 놓였을 때.
//!
//! 코어마다의 캐시가 라인을 네 상태(MESI)로 들고 있는 모형과, 진짜
//! 스레드로 재는 것을 나란히 둠.

use std::sync::atomic::{AtomicU64, Ordering};

use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series, Shape,
    Table, Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 서로 다른 변수를 쓰는데 서로 느려지는가?",
    prediction: Prediction {
        text: "스레드마다 제 계수기에만 더함. 계수기의 간격을 8바이트에서 \
               64바이트로 벌리면 더하기 하나가 몇 배 빨라질까?",
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
    &[("1", "그대로"), ("2", "2배"), ("5", "5배"), ("20", "20배")];

lab::choices! {
    /// 이웃한 계수기의 주소가 떨어진 바이트.
    pub enum Spacing {
        B8 = "8", "8바이트";
        B16 = "16", "16바이트";
        B32 = "32", "32바이트";
        B64 = "64", "64바이트";
        B128 = "128", "128바이트";
    }
}

impl Spacing {
    pub fn bytes(self) -> u64 {
        8 << self as u64
    }
}

lab::choices! {
    /// 코어들이 제 계수기에 하는 일.
    pub enum Access {
        Write = "write", "모두 씀";
        OneWriter = "one_writer", "하나만 쓰고 나머지는 읽음";
        Read = "read", "모두 읽음";
    }
}

lab::params! {
    /// 코어마다 제 계수기만 다룸.
    pub struct Params {
        cores: u64 = 2, int("코어의 수").unit("개").range(2, 8);
        spacing: Spacing = Spacing::B8, choice("계수기의 간격");
        access: Access = Access::Write, choice("하는 일");
        rounds: u64 = 1_000, int("차례의 수").unit("번")
            .browser(1, 2_000).native(1, 10_000).log();
        burst: u64 = 1, int("한 차례에 잇따르는 횟수").unit("번")
            .range(1, 64).hint("다른 코어가 끼어들기 전까지");
    }
    check = check;
}

fn check(_: &Params, _: Scope) -> Result<(), Failure> {
    Ok(())
}

/// 캐시 라인의 바이트.
const LINE: u64 = 64;

/// 한 코어의 캐시가 들고 있는 라인의 상태.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// 나만 들고 있고 고쳤음.
    Modified,
    /// 나만 들고 있고 그대로임.
    Exclusive,
    /// 다른 코어도 들고 있을 수 있음.
    Shared,
    /// 들고 있지 않음.
    Invalid,
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Hit,
    Fetch,
    Upgrade,
}

/// 센 것.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub accesses: u64,
    /// 다른 캐시나 메모리에 묻지 않고 끝남.
    pub hits: u64,
    /// 쓰려고 다른 캐시에서 없앤 사본.
    pub invalidations: u64,
}

/// 코어마다의 캐시. `lines[라인][코어]`.
struct Caches {
    lines: Vec<Vec<State>>,
    tally: Tally,
}

impl Caches {
    fn new(p: &Params) -> Self {
        let span = (p.cores - 1) * p.spacing.bytes() + 8;
        let line = vec![State::Invalid; p.cores as usize];
        let lines = vec![line; span.div_ceil(LINE) as usize];
        Caches { lines, tally: Tally::default() }
    }

    // ANCHOR: kernel
    /// 코어 하나가 라인 하나를 읽거나 씀.
    fn touch(&mut self, core: usize, line: usize, writes: bool) -> Step {
        let states = &mut self.lines[line];
        let mine = states[core];
        let alone =
            |state| matches!(state, State::Modified | State::Exclusive);
        self.tally.accesses += 1;
        if alone(mine) || mine == State::Shared && !writes {
            if writes {
                states[core] = State::Modified;
            }
            self.tally.hits += 1;
            return Step::Hit; // step: hit
        }
        let mut others = 0;
        for (at, state) in states.iter_mut().enumerate() {
            if at != core && *state != State::Invalid {
                others += 1;
                *state = match writes {
                    true => State::Invalid,
                    false => State::Shared,
                };
            }
        }
        states[core] = match (writes, others) {
            (true, _) => State::Modified,
            (false, 0) => State::Exclusive,
            (false, _) => State::Shared,
        };
        if writes {
            self.tally.invalidations += others;
        }
        if mine == State::Shared {
            Step::Upgrade // step: upgrade
        } else {
            Step::Fetch // step: fetch
        }
    }
    // ANCHOR_END: kernel
}

/// 코어들이 돌아가며 제 계수기를 다룸.
fn play(
    p: &Params,
    mut watch: impl FnMut(&Caches, usize, bool, Step),
) -> Tally {
    let mut caches = Caches::new(p);
    for _ in 0..p.rounds {
        for core in 0..p.cores {
            let line = (core * p.spacing.bytes() / LINE) as usize;
            let writes = match p.access {
                Access::Write => true,
                Access::OneWriter => core == 0,
                Access::Read => false,
            };
            for _ in 0..p.burst {
                let step = caches.touch(core as usize, line, writes);
                watch(&caches, core as usize, writes, step);
            }
        }
    }
    caches.tally
}

fn at_spacing(p: &Params, spacing: Spacing) -> Tally {
    play(&Params { spacing, ..p.clone() }, |_, _, _, _| {})
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 1, "모형 돌리기")?;
    let tally = at_spacing(p, p.spacing);
    let Tally { accesses, hits, invalidations } = tally;
    Ok(Report::default()
        .answer("accesses", accesses)
        .answer("hits", hits)
        .answer("invalidations", invalidations)
        .answer("packed", at_spacing(p, Spacing::B8).invalidations)
        .answer("padded", at_spacing(p, Spacing::B64).invalidations)
        .checksum(&[accesses, hits, invalidations])
        .view(View::Table(spacings(p)))
        .view(View::Chart(curve(p)))
        .view(View::Trace(replay(p))))
}

fn verdict(report: &Report) -> Verdict {
    let [packed, padded] = [Spacing::B8, Spacing::B64].map(case_name);
    let Some(both) = report.compared(&packed, &padded) else {
        return Verdict::pending();
    };
    // 잰 것은 모두 쓰는 일이라, 고른 일과 상관없이 쓰는 모형과 견줌
    let p = Params::read(&report.params).unwrap_or_default();
    let p = Params { access: Access::Write, ..p };
    let count = |spacing| format::int(at_spacing(&p, spacing).invalidations);
    let sentence = format!(
        "더하기 하나가 {}에서 {}로 바뀜. '{}' 모형의 무효화는 {}번에서 \
         {}번임.",
        format::time(both.slow),
        format::time(both.fast),
        p.access.label(),
        count(Spacing::B8),
        count(Spacing::B64)
    );
    Verdict::compared(GUESSES, &both, sentence)
}

fn spacings(p: &Params) -> Table {
    let row = |spacing: Spacing| {
        let Tally { accesses, hits, invalidations } = at_spacing(p, spacing);
        let per = |count: u64| {
            Cell::fixed(count as f64 / accesses as f64 * 100.0, 2)
        };
        // 간격이 라인보다 넓으면 사이의 라인은 아무도 쓰지 않음
        let packed = (p.cores * spacing.bytes()).div_ceil(LINE);
        let lines = packed.min(p.cores);
        vec![
            spacing.bytes().into(),
            lines.into(),
            accesses.into(),
            per(hits),
            invalidations.into(),
            per(invalidations),
        ]
    };
    Table {
        title: format!("코어 {}개, 간격마다의 무효화", p.cores),
        badge: Badge::Model,
        columns: vec![
            Column::number("간격", "바이트"),
            Column::number("라인", "개"),
            Column::number("접근", "번"),
            Column::number("혼자 끝낸 접근", "%"),
            Column::number("무효화", "번"),
            Column::number("접근 100번마다", "번"),
        ],
        rows: Spacing::ALL.map(row).into(),
    }
}

fn curve(p: &Params) -> Chart {
    let mut bursts = vec![1, 4, 16, p.burst];
    bursts.sort_unstable();
    bursts.dedup();
    let line = |burst: u64| Series {
        name: format!("{burst}번씩 잇따라"),
        shape: Shape::Line,
        points: Spacing::ALL
            .iter()
            .map(|spacing| {
                let p = Params { burst, ..p.clone() };
                let tally = at_spacing(&p, *spacing);
                let per = tally.invalidations as f64 / tally.accesses as f64;
                (spacing.bytes() as f64, per * 100.0).into()
            })
            .collect(),
    };
    Chart {
        title: "계수기의 간격과 무효화".into(),
        badge: Badge::Model,
        x: Axis::log("계수기의 간격", "바이트"),
        y: Axis::linear("접근 100번마다의 무효화", "번"),
        series: bursts.into_iter().map(line).collect(),
        marks: Vec::new(),
    }
}

/// 하는 일마다 재생에 담는 장면의 수.
const FRAMES: usize = 16;

/// 고른 일부터 세 가지를 잇달아 보임.
fn replay(p: &Params) -> Trace {
    let rest = Access::ALL.into_iter().filter(|each| *each != p.access);
    let mut frames = Vec::new();
    for access in std::iter::once(p.access).chain(rest) {
        let end = frames.len() + FRAMES;
        let p = Params { access, ..p.clone() };
        play(&p, |caches, core, writes, step| {
            if frames.len() < end {
                frames.push(frame(&p, caches, core, writes, step));
            }
        });
    }
    Trace {
        title: format!("세 가지 일의 처음 {FRAMES}번"),
        badge: Badge::Model,
        frames,
    }
}

fn frame(
    p: &Params,
    caches: &Caches,
    core: usize,
    writes: bool,
    step: Step,
) -> Frame {
    let act = if writes { "에 씀" } else { "를 읽음" };
    let (tag, how) = match step {
        Step::Hit => ("hit", "제 캐시에서 끝남"),
        Step::Fetch => ("fetch", "라인을 가져옴"),
        Step::Upgrade => ("upgrade", "다른 사본을 없애고 혼자 가짐"),
    };
    let lane = |at: usize| Lane {
        label: format!("코어 {at}의 캐시"),
        size: caches.lines.len() as u64,
        cells: caches
            .lines
            .iter()
            .enumerate()
            .map(|(line, states)| {
                let (text, tone) = match states[at] {
                    State::Modified => ("M", Tone::Hit),
                    State::Exclusive => ("E", Tone::Plain),
                    State::Shared => ("S", Tone::Seen),
                    State::Invalid => ("I", Tone::Dead),
                };
                LaneCell { at: line as u64, text: text.into(), tone }
            })
            .collect(),
        group: 0,
    };
    let cores = caches.lines[0].len();
    let tally = caches.tally;
    Frame {
        step: tag.to_owned(),
        say: format!("코어 {core}: 제 계수기{act}. {how}"),
        counters: vec![
            ("하는 일".into(), p.access.label().into()),
            ("접근".into(), format!("{}번", tally.accesses)),
            ("무효화".into(), format!("{}번", tally.invalidations)),
        ],
        lanes: (0..cores).map(lane).collect(),
        jumps: Vec::new(),
    }
}

/// 라인의 처음에서 시작하는 16칸: 가장 넓은 간격의 한 걸음.
#[repr(align(128))]
#[derive(Default)]
struct Block([AtomicU64; 16]);

/// 풀의 스레드 `threads`개가 `spacing`만큼 떨어진 제 계수기에 더한 합.
pub fn count_apart(spacing: Spacing, threads: usize, adds: u64) -> u64 {
    let blocks: Vec<Block> = (0..threads).map(|_| Block::default()).collect();
    let slots: Vec<&AtomicU64> =
        blocks.iter().flat_map(|block| &block.0).collect();
    let apart = (spacing.bytes() / 8) as usize;
    rayon::broadcast(|context| {
        if context.index() < threads {
            let mine = slots[context.index() * apart];
            for _ in 0..adds {
                mine.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    slots.iter().map(|slot| slot.load(Ordering::Relaxed)).sum()
}

fn case_name(spacing: Spacing) -> String {
    format!("간격 {}바이트", spacing.bytes())
}

/// 스레드마다 더하는 횟수. 다투지 않아도 2 ms쯤이라, 늦게 깨어난 스레드도
/// 거의 내내 함께 돎.
const ADDS: u64 = 1_000_000;

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let threads = ctx.threads().min(p.cores as usize);
    if threads < 2 {
        let why = "스레드가 하나뿐이라 라인을 두고 다투지 않음: 모형만 보임";
        return Ok(vec![note(why)]);
    }
    let cases = Spacing::ALL.map(|spacing| {
        let run = move || count_apart(spacing, threads, ADDS);
        Case::new(&case_name(spacing), ADDS * threads as u64, run)
    });
    let title = format!("스레드 {threads}개가 저마다의 계수기에 더하기");
    let mut views = compare(ctx, &title, "더하기 하나", cases.into())?;
    views.push(note(
        "스레드들이 같은 물리 코어의 두 논리 CPU에 놓이거나, 다른 일로 바빠 \
         번갈아 돌면 다투지 않음: 그때는 간격을 벌려도 그대로임",
    ));
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn tally(pairs: &[(&str, &str)]) -> (u64, u64, u64) {
        let report = run_with("false_sharing", pairs);
        let int = |key| report.int(key).unwrap();
        (int("accesses"), int("hits"), int("invalidations"))
    }

    /// 둘이 번갈아 쓰면 첫 쓰기만 없앨 사본이 없음.
    #[test]
    fn neighbours_invalidate_every_write() {
        assert_eq!(tally(&[]), (2_000, 0, 1_999));
        assert_eq!(tally(&[("spacing", "32")]), (2_000, 0, 1_999));
        assert_eq!(tally(&[("spacing", "64")]), (2_000, 1_998, 0));
        assert_eq!(tally(&[("spacing", "128")]), (2_000, 1_998, 0));
        // 넷이어도 사본은 앞서 쓴 코어의 하나뿐임
        assert_eq!(tally(&[("cores", "4")]), (4_000, 0, 3_999));
        // 32바이트면 둘씩 두 라인
        let four = [("cores", "4"), ("spacing", "32")];
        assert_eq!(tally(&four), (4_000, 0, 3_998));
    }

    #[test]
    fn a_burst_pays_once() {
        let burst = [("burst", "10")];
        assert_eq!(tally(&burst), (20_000, 18_000, 1_999));
    }

    #[test]
    fn readers_do_not_disturb_each_other() {
        let read = [("access", "read"), ("cores", "4")];
        assert_eq!(tally(&read), (4_000, 3_996, 0));
        // 쓰는 코어는 차례마다 읽는 셋의 사본을 없앰
        let one = [("access", "one_writer"), ("cores", "4")];
        assert_eq!(tally(&one), (4_000, 0, 3 * 999));
    }

    /// 잰 것은 쓰는 일이라 정답의 모형도 쓰는 것임.
    #[test]
    fn measured_writes_are_told_with_the_writing_model() {
        let mut report = run_with("false_sharing", &[("access", "read")]);
        let row = |spacing, ns: f64| -> Vec<Cell> {
            vec![case_name(spacing).into(), Cell::fixed(ns, 1)]
        };
        report.views.push(View::Table(Table {
            title: String::new(),
            badge: Badge::Measured,
            columns: vec![Column::text(""), Column::number("", "ns")],
            rows: vec![row(Spacing::B8, 20.0), row(Spacing::B64, 5.0)],
        }));
        let said = verdict(&report).sentence;
        assert!(said.contains("무효화는 1,999번에서 0번"), "{said}");
    }

    #[test]
    fn every_counter_keeps_its_own_sum() {
        let threads = rayon::current_num_threads().min(2);
        for spacing in Spacing::ALL {
            let sum = count_apart(spacing, threads, 1_000);
            assert_eq!(sum, threads as u64 * 1_000);
        }
    }
}
