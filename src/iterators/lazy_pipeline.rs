//! 누가 언제 일하나: 같은 파이프라인을 즉시, 지연, 묶음으로 흘려 봄.
//!
//! 사건의 차례는 파이썬 제너레이터 사슬과 같음: 대응물이 진짜 제너레이터임.
//! 살아 있는 항목의 수는 모형임: 파이썬은 새 항목을 받고 나서 옛 항목을
//! 놓으므로 순간적으로 하나가 더 삶.

use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Chart, Column, Frame, Lane, LaneCell, Point, Series, Shape,
    Span, Table, TimeLane, Timeline, Tone, Trace, Verdict,
};
use lab::rng::mix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, checksum, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 지연 파이프라인은 첫 결과가 빠르고 메모리가 작은가?",
    prediction: Prediction {
        text: "지연으로 흘리면 동시에 살아 있는 항목은 가장 많을 때 \
               몇 개일까? (옛 항목을 놓은 다음 새 항목을 받는다고 침)",
        ask: Ask::Number { unit: "개" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 500_000)]),
    bench: Bench::Group,
    memory_mib: 160,
};

lab::choices! {
    /// 단계 하나가 하는 일.
    pub enum Stage {
        Map = "map", "map: 3배 하고 1 더하기";
        Filter = "filter", "filter: 일부만 통과";
        Flat = "flat", "flat: 하나를 둘로";
        None = "none", "없음";
    }
}

lab::choices! {
    /// 평가하는 방식.
    pub enum Mode {
        Eager = "eager", "즉시";
        Lazy = "lazy", "지연";
        Chunked = "chunked", "묶음";
    }
}

lab::params! {
    /// 0, 1, 2, …를 네 단계까지 통과시켜 더함.
    pub struct Params {
        n: u64 = 100_000, int("항목의 수").unit("개")
            .browser(1, 1_000_000).native(1, 10_000_000).log();
        replay: u64 = 12, int("재생할 항목의 수").unit("개").range(1, 200);
        stage1: Stage = Stage::Map, choice("첫째 단계");
        stage2: Stage = Stage::Filter, choice("둘째 단계");
        stage3: Stage = Stage::Map, choice("셋째 단계");
        stage4: Stage = Stage::None, choice("넷째 단계");
        keep_pct: u64 = 50, int("filter가 통과시키는 비율").unit("%")
            .range(0, 100);
        take: u64 = 0, int("가져갈 결과의 수").unit("개")
            .range(0, 10_000_000).hint("0이면 끝까지");
        mode: Mode = Mode::Lazy, choice("평가 방식");
        chunk: u64 = 16, int("묶음의 크기").unit("개").range(1, 1_000)
            .hint("묶음 방식에만 씀");
    }
    check = check;
}

fn check(p: &Params, scope: Scope) -> Result<(), Failure> {
    let stages = p.stages();
    if stages.is_empty() {
        let why = "단계(stage1)의 값 'none': 단계가 하나는 있어야 함";
        return Err(Failure::param("stage1", why.to_owned()));
    }
    if p.take > p.n {
        let (take, n) = (format::int(p.take), format::int(p.n));
        return Err(Failure::param(
            "take",
            format!(
                "가져갈 결과의 수(take)의 값 '{take}': \
                 항목의 수를 넘지 않는 0–{n}개 범위여야 함"
            ),
        ));
    }
    let flats = stages.iter().filter(|each| **each == Stage::Flat).count();
    let limit = scope.pick(2_000_000, 20_000_000) >> flats;
    if p.n > limit {
        let (n, limit) = (format::int(p.n), format::int(limit));
        return Err(Failure::param(
            "n",
            format!(
                "항목의 수(n)의 값 '{n}': flat이 {flats}개이면 \
                 1–{limit}개 범위여야 함"
            ),
        ));
    }
    Ok(())
}

impl Params {
    fn stages(&self) -> Vec<Stage> {
        [self.stage1, self.stage2, self.stage3, self.stage4]
            .into_iter()
            .filter(|stage| *stage != Stage::None)
            .collect()
    }

    /// 한 번에 흘리는 항목의 수. 이것 하나가 세 방식을 가름.
    fn block(&self, mode: Mode) -> usize {
        match mode {
            Mode::Eager => usize::MAX,
            Mode::Lazy => 1,
            Mode::Chunked => self.chunk as usize,
        }
    }
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    Make {
        item: u64,
    },
    /// `stage`번째(0부터) 단계가 `item`으로 `made`를 만듦.
    Call {
        stage: usize,
        item: u64,
        made: &'a [u64],
    },
    Out {
        item: u64,
    },
    /// `lane`의 묶음을 놓음. 0은 원천의 것.
    Free {
        lane: usize,
        count: usize,
    },
}

impl Step<'_> {
    fn tag(self) -> &'static str {
        match self {
            Step::Make { .. } => "make",
            Step::Call { .. } => "call",
            Step::Out { .. } => "out",
            Step::Free { .. } => "free",
        }
    }
}

impl Stage {
    /// 항목 하나로 만든 것을 `out`에 쌓음. `number`는 1부터 센 단계.
    fn apply(self, number: u64, keep_pct: u64, item: u64, out: &mut Vec<u64>) {
        match self {
            Stage::Map => out.push(triple(item)),
            Stage::Filter if keeps(number, keep_pct, item) => out.push(item),
            Stage::Flat => out.extend(split(item)),
            Stage::Filter | Stage::None => {}
        }
    }
}

fn triple(item: u64) -> u64 {
    item * 3 + 1
}

fn split(item: u64) -> [u64; 2] {
    [item * 2, item * 2 + 1]
}

/// 통과시킬지는 항목과 단계의 번호만으로 정해짐.
fn keeps(number: u64, keep_pct: u64, item: u64) -> bool {
    mix64(item ^ number) % 100 < keep_pct
}

/// 흐르는 중인 파이프라인.
pub struct Pipeline<'a, W> {
    stages: &'a [Stage],
    keep_pct: u64,
    /// 묶음의 크기: 1이면 지연, 끝없으면 즉시.
    block: usize,
    /// 더 가져갈 결과의 수.
    wanted: u64,
    sum: u64,
    /// 다 쓴 묶음의 메모리.
    spare: Vec<Vec<u64>>,
    watch: W,
}

// ANCHOR: kernel
impl<W: FnMut(Step)> Pipeline<'_, W> {
    /// 원천에서 한 묶음씩 만들어 끝까지 보냄. 결과의 합을 돌려줌.
    fn run(&mut self, n: u64) -> u64 {
        let mut items = 0..n;
        while self.wanted > 0 && !items.is_empty() {
            let mut block = self.spare.pop().unwrap_or_default();
            for item in items.by_ref().take(self.block) {
                (self.watch)(Step::Make { item });
                block.push(item); // step: make
            }
            self.send(0, &block);
            self.free(0, block);
        }
        self.sum
    }

    /// 한 묶음을 다 처리한 다음, 나온 것을 다시 묶음으로 끊어 보냄.
    fn send(&mut self, stage: usize, block: &[u64]) {
        let Some(work) = self.stages.get(stage) else {
            return self.deliver(block);
        };
        let mut out = self.spare.pop().unwrap_or_default();
        for &item in block {
            let from = out.len();
            work.apply(stage as u64 + 1, self.keep_pct, item, &mut out);
            let made = &out[from..];
            (self.watch)(Step::Call { stage, item, made }); // step: call
        }
        for part in out.chunks(self.block) {
            self.send(stage + 1, part);
            if self.wanted == 0 {
                break;
            }
        }
        self.free(stage + 1, out);
    }

    /// 맨 끝: 가져갈 만큼만 더함.
    fn deliver(&mut self, block: &[u64]) {
        for &item in block.iter().take(self.wanted as usize) {
            self.sum += item; // step: out
            self.wanted -= 1;
            (self.watch)(Step::Out { item });
        }
    }

    /// 묶음은 거기서 나온 것이 다 쓰일 때까지 살아 있음.
    fn free(&mut self, lane: usize, mut block: Vec<u64>) {
        (self.watch)(Step::Free { lane, count: block.len() });
        block.clear(); // step: free
        self.spare.push(block);
    }
}
// ANCHOR_END: kernel

/// 이 방식으로 `n`개를 흘리고 결과의 합을 돌려줌.
pub fn flow(p: &Params, mode: Mode, n: u64, watch: impl FnMut(Step)) -> u64 {
    let stages = p.stages();
    Pipeline {
        stages: &stages,
        keep_pct: p.keep_pct,
        block: p.block(mode),
        // wasm32의 usize로도 옮길 수 있는 끝없음
        wanted: if p.take == 0 { u64::from(u32::MAX) } else { p.take },
        sum: 0,
        spare: Vec::new(),
        watch,
    }
    .run(n)
}

/// 같은 단계를 쌓은 진짜 Rust 이터레이터.
pub fn chain(p: &Params, n: u64) -> Box<dyn Iterator<Item = u64>> {
    let keep_pct = p.keep_pct;
    let mut items: Box<dyn Iterator<Item = u64>> = Box::new(0..n);
    for (number, stage) in (1..).zip(p.stages()) {
        items = match stage {
            Stage::Map => Box::new(items.map(triple)),
            Stage::Filter => Box::new(
                items.filter(move |item| keeps(number, keep_pct, *item)),
            ),
            Stage::Flat => Box::new(items.flat_map(split)),
            Stage::None => items,
        };
    }
    match p.take {
        0 => items,
        take => Box::new(items.take(take as usize)),
    }
}

/// 세는 것.
#[derive(Clone, Debug, Default)]
struct Tally {
    calls: [u64; 4],
    live: u64,
    peak: u64,
    outputs: u64,
    /// 첫 결과가 나오기까지의 호출. 결과가 없으면 모든 호출.
    first: u64,
}

impl Tally {
    fn visit(&mut self, step: Step) {
        match step {
            Step::Make { .. } => self.live += 1,
            Step::Call { stage, made, .. } => {
                self.calls[stage] += 1;
                self.live += made.len() as u64;
                if self.outputs == 0 {
                    self.first += 1;
                }
            }
            Step::Out { .. } => self.outputs += 1,
            Step::Free { count, .. } => self.live -= count as u64,
        }
        self.peak = self.peak.max(self.live);
    }

    fn total(&self) -> u64 {
        self.calls.iter().sum()
    }
}

/// 방식 하나의 결과.
struct Outcome {
    mode: Mode,
    tally: Tally,
    sum: u64,
}

fn outcome(p: &Params, mode: Mode) -> Outcome {
    let mut tally = Tally::default();
    let sum = flow(p, mode, p.n, |step| tally.visit(step));
    Outcome { mode, tally, sum }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let mut all = Vec::new();
    for (i, mode) in Mode::ALL.into_iter().enumerate() {
        ctx.progress(i as u64, 6, "세 방식으로 흘리기")?;
        all.push(outcome(p, mode));
    }
    let peak = |mode: Mode| {
        let found = all.iter().find(|each| each.mode == mode);
        found.map_or(0, |each| each.tally.peak)
    };
    let (lazy, eager) = (peak(Mode::Lazy), peak(Mode::Eager));
    let mut report = Report::default()
        .answer("lazy_peak", lazy)
        .answer("eager_peak", eager)
        .answer("log", log(p).as_str());
    if let Some(Outcome { tally, sum, .. }) =
        all.iter().find(|each| each.mode == p.mode)
    {
        let calls = &tally.calls[..p.stages().len()];
        for (number, count) in (1..).zip(calls) {
            report = report.answer(&format!("calls_{number}"), *count);
        }
        report = report
            .answer("peak", tally.peak)
            .answer("first", tally.first)
            .answer("outputs", tally.outputs)
            .answer("sum", *sum)
            .checksum(&[calls, &[tally.peak, tally.first, *sum]].concat());
    }
    ctx.progress(3, 6, "살아 있는 항목 그리기")?;
    let other = match p.mode {
        Mode::Lazy => Mode::Eager,
        _ => Mode::Lazy,
    };
    Ok(report
        .view(View::Table(summary(p, &all)))
        .view(View::Timeline(timeline(p, p.mode)))
        .view(View::Timeline(timeline(p, other)))
        .view(View::Chart(curves(p, &all)))
        .view(View::Trace(replay(p))))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(0);
    let (lazy, eager) = (int("lazy_peak"), int("eager_peak"));
    Verdict::number(
        format!("{}개", format::int(lazy)),
        lazy as f64,
        format!(
            "같은 일을 즉시 평가하면 {}개가 한꺼번에 살아 있음.",
            format::int(eager)
        ),
    )
}

/// 재생하는 크기의 사건을 (자리, 항목)으로 늘어놓아 접은 것.
fn log(p: &Params) -> String {
    let mut words = Vec::new();
    flow(p, p.mode, p.replay.min(p.n), |step| match step {
        Step::Make { item } => words.extend([0, item]),
        Step::Call { stage, item, .. } => {
            words.extend([stage as u64 + 1, item]);
        }
        Step::Out { item } => words.extend([9, item]),
        Step::Free { .. } => {}
    });
    checksum::hex(&words)
}

fn summary(p: &Params, all: &[Outcome]) -> Table {
    let rows = all.iter().map(|Outcome { mode, tally, .. }| {
        let mut name = mode.label().to_owned();
        if *mode == Mode::Chunked {
            name = format!("{name} {}개", format::int(p.chunk));
        }
        let first = match tally.outputs {
            0 => "없음".into(),
            _ => tally.first.into(),
        };
        vec![
            name.into(),
            tally.total().into(),
            tally.peak.into(),
            first,
            tally.outputs.into(),
        ]
    });
    Table {
        title: format!("항목 {}개를 흘린 결과", format::int(p.n)),
        badge: Badge::Model,
        columns: vec![
            Column::text("방식"),
            Column::number("호출", "번"),
            Column::number("최대 생존 항목", "개"),
            Column::number("첫 결과까지 호출", "번"),
            Column::number("결과", "개"),
        ],
        rows: rows.collect(),
    }
}

/// 방식마다 그리는 점의 수.
const CURVE_POINTS: u64 = 240;

/// 호출이 쌓이는 동안 살아 있는 항목: 구간마다 가장 많을 때.
fn curves(p: &Params, all: &[Outcome]) -> Chart {
    let series = all.iter().map(|Outcome { mode, tally, .. }| {
        let stride = tally.total().div_ceil(CURVE_POINTS).max(1);
        let (mut points, mut most) = (Vec::<Point>::new(), 1);
        let mut now = Tally::default();
        flow(p, *mode, p.n, |step| {
            now.visit(step);
            most = most.max(now.live);
            let calls = now.total();
            if matches!(step, Step::Call { .. })
                && calls.is_multiple_of(stride)
            {
                points.push((calls as f64, most as f64).into());
                most = 1;
            }
        });
        Series { name: mode.label().into(), shape: Shape::Line, points }
    });
    Chart {
        title: "호출이 쌓이는 동안 살아 있는 항목".into(),
        badge: Badge::Model,
        x: Axis::linear("지금까지의 호출", "번"),
        y: Axis::log("살아 있는 항목", "개"),
        series: series.collect(),
        marks: Vec::new(),
    }
}

/// 단계의 이름: `2 filter`.
fn lane_name(p: &Params, lane: usize) -> String {
    match lane.checked_sub(1).and_then(|at| p.stages().get(at).copied()) {
        Some(stage) => format!("{lane} {}", stage.value()),
        None => "원천".into(),
    }
}

/// 시간표에 담는 사건의 수.
const MAX_EVENTS: usize = 600;

fn timeline(p: &Params, mode: Mode) -> Timeline {
    let depth = p.stages().len();
    let names = (0..=depth).map(|lane| lane_name(p, lane));
    let mut lanes: Vec<TimeLane> = names
        .chain(["결과".into()])
        .map(|label| TimeLane { label, spans: Vec::new() })
        .collect();
    let mut at = 0;
    flow(p, mode, p.replay.min(p.n), |step| {
        let (lane, label, tone) = match step {
            Step::Make { item } => (0, item.to_string(), Tone::Plain),
            Step::Call { stage, made: [], .. } => {
                (stage + 1, "버림".into(), Tone::Dead)
            }
            Step::Call { stage, item, .. } => {
                (stage + 1, item.to_string(), Tone::Seen)
            }
            Step::Out { item } => (depth + 1, item.to_string(), Tone::Hit),
            Step::Free { .. } => return,
        };
        if at < MAX_EVENTS {
            let (from, to) = (at as f64, at as f64 + 1.0);
            let span = Span::new(from, to, label, tone);
            lanes[lane].spans.push(span);
        }
        at += 1;
    });
    let most = format::int(MAX_EVENTS as u64);
    let cut = match at > MAX_EVENTS {
        true => format!(" (처음 {most}사건만)"),
        false => String::new(),
    };
    Timeline {
        title: format!("누가 언제 일하나: {}{cut}", mode.label()),
        badge: Badge::Exact,
        axis: "사건의 차례".into(),
        unit: "번째".into(),
        lanes,
    }
}

/// 재생에 담는 장면의 수.
const MAX_FRAMES: usize = 400;

fn replay(p: &Params) -> Trace {
    let n = p.replay.min(p.n);
    let mut lanes = vec![Vec::new(); p.stages().len() + 1];
    let (mut frames, mut tally) = (Vec::new(), Tally::default());
    let mut sum = 0;
    let mut cut = false;
    flow(p, p.mode, n, |step| {
        tally.visit(step);
        let (lane, now, say) = match step {
            Step::Make { item } => {
                lanes[0].push(item);
                (0, Some(item), format!("원천이 만든 항목: {item}"))
            }
            Step::Call { stage, item, made } => {
                lanes[stage + 1].extend(made);
                let name = lane_name(p, stage + 1);
                let say = match made {
                    [] => format!("{name}: {item} 버림"),
                    [one] if *one == item => format!("{name}: {item} 통과"),
                    [one] => format!("{name}: {item} → {one}"),
                    _ => format!("{name}: {item}에서 {}개가 나옴", made.len()),
                };
                (stage, Some(item), say)
            }
            Step::Out { item } => {
                sum += item;
                let say = format!("결과에 더함: {item}, 합 {sum}");
                (lanes.len() - 1, Some(item), say)
            }
            Step::Free { lane, count } => {
                lanes[lane].clear();
                if count == 0 {
                    return;
                }
                let name = lane_name(p, lane);
                (lane, None, format!("{name}: 다 쓴 항목 {count}개를 놓음"))
            }
        };
        if frames.len() == MAX_FRAMES {
            cut = true;
            return;
        }
        frames.push(Frame {
            step: step.tag().into(),
            say,
            counters: vec![
                ("호출".into(), format!("{}번", tally.total())),
                ("살아 있음".into(), format!("{}개", tally.live)),
                ("결과".into(), format!("{}개", tally.outputs)),
            ],
            lanes: draw(p, &lanes, lane, now),
            jumps: Vec::new(),
        });
    });
    let cut = match cut {
        true => format!(", 처음 {MAX_FRAMES}장면"),
        false => String::new(),
    };
    Trace {
        title: format!("{}: 항목 {n}개{cut}", p.mode.label()),
        badge: Badge::Model,
        frames,
    }
}

/// 지금 살아 있는 항목을 줄마다 그림. `now`는 `lane`에서 만지는 항목.
fn draw(
    p: &Params,
    lanes: &[Vec<u64>],
    lane: usize,
    now: Option<u64>,
) -> Vec<Lane> {
    let each = lanes.iter().enumerate().map(|(at, items)| {
        let cells = items.iter().enumerate().map(|(i, item)| LaneCell {
            at: i as u64,
            text: item.to_string(),
            tone: match at == lane && Some(*item) == now {
                true => Tone::Now,
                false => Tone::Plain,
            },
        });
        Lane {
            label: lane_name(p, at),
            size: (items.len() as u64).max(1),
            cells: cells.collect(),
            group: 0,
        }
    });
    each.collect()
}

/// 재는 방법들. 모두 같은 합을 돌려주어야 함.
pub fn rivals(p: &Params) -> Vec<Case<'_>> {
    let n = p.n;
    let mode =
        |name, mode| Case::new(name, n, move || flow(p, mode, n, |_| {}));
    vec![
        mode("우리 커널: 즉시", Mode::Eager),
        mode("우리 커널: 지연", Mode::Lazy),
        mode("우리 커널: 묶음", Mode::Chunked),
        Case::new("Rust 이터레이터 (dyn)", n, move || chain(p, n).sum()),
    ]
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    compare(ctx, "같은 파이프라인을 흘리는 시간", "항목 하나", rivals(p))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::run_with;

    fn ints(pairs: &[(&str, &str)], keys: &[&str]) -> Vec<u64> {
        let report = run_with("lazy_pipeline", pairs);
        keys.iter().map(|key| report.int(key).unwrap()).collect()
    }

    /// 지연은 단계마다 하나와 원천의 하나. n과 상관없음.
    #[test]
    fn lazy_holds_one_item_per_stage() {
        for n in ["1000", "100000"] {
            assert_eq!(ints(&[("n", n)], &["lazy_peak"]), [4]);
        }
        let one = [("stage2", "none"), ("stage3", "none")];
        assert_eq!(ints(&one, &["lazy_peak"]), [2]);
        // flat은 둘을 한꺼번에 만들므로 하나가 더 있음
        assert_eq!(ints(&[("stage2", "flat")], &["lazy_peak"]), [5]);
    }

    /// 즉시는 단계마다 리스트 하나: 원천 n, map n, 남은 것 둘.
    #[test]
    fn eager_holds_every_list() {
        let keys = ["calls_1", "calls_2", "calls_3", "eager_peak", "outputs"];
        let [first, second, kept, peak, outputs] =
            ints(&[("mode", "eager")], &keys)[..]
        else {
            unreachable!()
        };
        assert_eq!((first, second), (100_000, 100_000));
        assert_eq!(outputs, kept);
        assert_eq!(peak, 200_000 + 2 * kept);
        assert_eq!(kept, 50_168);
    }

    /// 하나만 가져가면 지연은 그 하나에 필요한 만큼만 부름.
    #[test]
    fn taking_one_calls_only_what_it_needs() {
        let keys = ["calls_1", "calls_2", "calls_3", "first"];
        let pairs = [("take", "1"), ("keep_pct", "100")];
        assert_eq!(ints(&pairs, &keys), [1, 1, 1, 3]);
        let eager = [("take", "1"), ("keep_pct", "100"), ("mode", "eager")];
        let n = 100_000;
        assert_eq!(ints(&eager, &keys), [n, n, n, 3 * n]);
        let chunked =
            [("take", "1"), ("keep_pct", "100"), ("mode", "chunked")];
        assert_eq!(ints(&chunked, &keys), [16, 16, 16, 48]);
    }

    /// 세 방식과 진짜 이터레이터의 합이 같음.
    #[test]
    fn every_way_agrees_with_real_iterators() {
        for stages in [
            [Stage::Map, Stage::Filter, Stage::Map, Stage::None],
            [Stage::Flat, Stage::Filter, Stage::Flat, Stage::Map],
            [Stage::Filter, Stage::Filter, Stage::None, Stage::Flat],
        ] {
            for take in [0, 1, 7, 500] {
                let [stage1, stage2, stage3, stage4] = stages;
                let p = Params {
                    n: 1_000,
                    stage1,
                    stage2,
                    stage3,
                    stage4,
                    take,
                    ..Params::default()
                };
                let sum: u64 = chain(&p, p.n).sum();
                for mode in Mode::ALL {
                    assert_eq!(flow(&p, mode, p.n, |_| {}), sum);
                }
                for mut rival in rivals(&p) {
                    assert_eq!((rival.run)(), sum, "{}", rival.name);
                }
            }
        }
    }

    /// 지연 방식의 사건은 Rust 이터레이터가 당기는 차례와 같음.
    #[test]
    fn lazy_events_are_those_of_pulling() {
        let p = Params { n: 50, take: 9, ..Params::default() };
        let events = RefCell::new(Vec::new());
        let note = |place: usize, item: u64| {
            events.borrow_mut().push((place, item));
        };
        let real = (0..p.n)
            .inspect(|item| note(0, *item))
            .inspect(|item| note(1, *item))
            .map(triple)
            .inspect(|item| note(2, *item))
            .filter(|item| keeps(2, p.keep_pct, *item))
            .inspect(|item| note(3, *item))
            .map(triple)
            .take(9);
        real.for_each(|item| note(9, item));
        let mut ours = Vec::new();
        flow(&p, Mode::Lazy, p.n, |step| match step {
            Step::Make { item } => ours.push((0, item)),
            Step::Call { stage, item, .. } => ours.push((stage + 1, item)),
            Step::Out { item } => ours.push((9, item)),
            Step::Free { .. } => {}
        });
        assert_eq!(ours, *events.borrow());
    }

    /// 사슬이 들고 다니는 것은 범위의 두 수뿐임.
    #[test]
    fn adapters_add_no_bytes() {
        let chain = (0..10u64)
            .map(|x| x * 3 + 1)
            .filter(|x| x % 2 == 1)
            .map(|x| x * 3 + 1);
        assert_eq!(size_of_val(&chain), 16);
    }

    #[test]
    fn a_huge_chunk_is_eager_and_one_is_lazy() {
        let peaks = |chunk: &str| {
            let pairs = [("n", "900"), ("mode", "chunked"), ("chunk", chunk)];
            ints(&pairs, &["peak", "lazy_peak", "eager_peak"])
        };
        let [peak, lazy, _] = peaks("1")[..] else { unreachable!() };
        assert_eq!(peak, lazy);
        let [peak, _, eager] = peaks("1000")[..] else { unreachable!() };
        assert_eq!(peak, eager);
    }

    #[test]
    fn refuses_bad_combinations() {
        let table = Params::table();
        let none = ["stage1", "stage2", "stage3"].map(|name| (name, "none"));
        let bad: [(&[(&str, &str)], &str); 3] = [
            (&none, "stage1"),
            (&[("take", "11"), ("n", "10")], "take"),
            (&[("n", "1000000"), ("stage1", "flat"), ("stage2", "flat")], "n"),
        ];
        for (pairs, field) in bad {
            let parsed = table.parse(pairs.iter().copied(), Scope::Browser);
            assert_eq!(parsed.unwrap_err().field(), Some(field));
        }
    }

    /// 가장 긴 재생도 한도 안에서 끝나고, 잘렸음을 말함.
    #[test]
    fn long_replays_say_that_they_are_cut() {
        let flat = ["stage1", "stage2", "stage3", "stage4"];
        let mut pairs = flat.map(|name| (name, "flat")).to_vec();
        pairs.extend([("n", "200"), ("replay", "200")]);
        let report = run_with("lazy_pipeline", &pairs);
        for view in &report.views {
            match view {
                View::Trace(trace) => {
                    assert_eq!(trace.frames.len(), MAX_FRAMES);
                    assert!(trace.title.contains("처음 400장면"));
                }
                View::Timeline(time) => {
                    assert!(time.title.contains("처음 600사건만"));
                }
                _ => {}
            }
        }
    }
}
