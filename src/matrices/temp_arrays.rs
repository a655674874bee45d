//! 식 하나에 몇 번 훑나: 같은 식을 임시 배열로, 제자리로, 토막으로, 한 번에.

use std::hint::black_box;

use lab::checksum::fnv1a;
use lab::measure::{Case, Timing, Timings, interleave};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Point, Series,
    Shape, Table, Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 NumPy 식보다 합쳐진 반복문이 더 빠를 수 있는가?",
    prediction: Prediction {
        text: "원소 50만 개의 a*b + c*d를 연산마다 새 배열에 담으면, \
               반복문 하나로 합친 것의 몇 배가 걸릴까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 100_000)]),
    bench: Bench::Group,
    memory_mib: 448,
};

const GUESSES: &[(&str, &str)] =
    &[("1", "1배 (같음)"), ("2", "2배"), ("4", "4배"), ("8", "8배")];

lab::choices! {
    /// 계산할 식.
    pub enum Expr {
        Products = "products", "a*b + c*d";
        Square = "square", "(a - b)*(a - b)";
        Blend = "blend", "a*0.5 + b*0.25 + c*0.25";
    }
}

lab::choices! {
    /// 식을 계산하는 방법.
    pub enum Mode {
        Temps = "temps", "임시 배열";
        InPlace = "inplace", "제자리(out=)";
        Fused = "fused", "합친 반복문";
        Chunked = "chunked", "토막";
    }
}

lab::params! {
    /// 식 하나와 계산하는 방법.
    pub struct Params {
        n: u64 = 500_000, int("원소의 수").unit("개")
            .browser(1_000, 4_000_000).native(1_000, 16_000_000).log();
        expr: Expr = Expr::Products, choice("식");
        mode: Mode = Mode::Temps, choice("방법");
        chunk: u64 = 4_096, int("토막의 길이").unit("개")
            .range(256, 65_536).log().hint("토막으로 계산할 때만 씀");
    }
    check = |_: &Params, _| Ok(());
}

impl Params {
    fn task<'a>(&self, inputs: &'a Inputs) -> Task<'a> {
        Task { expr: self.expr, chunk: self.chunk as usize, inputs }
    }
}

/// f64 하나의 바이트.
const ITEM: u64 = 8;

/// 값 넷: a, b, c, d. 0 이상 1 미만이고 자리마다 다름.
pub type Inputs = [Vec<f64>; 4];

/// 서로 다른 홀수를 곱해 2^32로 나눈 나머지: 고르게 흩어짐.
const ODD: [u32; 4] = [0x9E37_79B1, 0x85EB_CA6B, 0xC2B2_AE35, 0x27D4_EB2F];

pub fn inputs(n: u64) -> Inputs {
    ODD.map(|odd| {
        let value = |i: u32| f64::from(i.wrapping_mul(odd)) / 4_294_967_296.0;
        (1..=n as u32).map(value).collect()
    })
}

/// 두 수의 연산.
#[derive(Clone, Copy, Debug)]
enum Sign {
    Add,
    Sub,
    Mul,
}

/// 식을 뒤에 붙는 연산자의 차례로 적은 것.
#[derive(Clone, Copy, Debug)]
enum Op {
    /// 입력 둘에서 새 배열 하나.
    Pair(Sign, usize, usize),
    /// 입력 하나와 수 하나에서 새 배열 하나.
    Scale(usize, f64),
    /// 마지막에 만든 배열 둘을 하나로.
    Join(Sign),
}

impl Expr {
    fn ops(self) -> &'static [Op] {
        use Op::*;
        use Sign::*;
        match self {
            Expr::Products => &[Pair(Mul, 0, 1), Pair(Mul, 2, 3), Join(Add)],
            Expr::Square => &[Pair(Sub, 0, 1), Pair(Sub, 0, 1), Join(Mul)],
            Expr::Blend => &[
                Scale(0, 0.5),
                Scale(1, 0.25),
                Join(Add),
                Scale(2, 0.25),
                Join(Add),
            ],
        }
    }

    /// 쓰는 입력의 수: a부터 차례로.
    fn arity(self) -> usize {
        match self {
            Expr::Products => 4,
            Expr::Square => 2,
            Expr::Blend => 3,
        }
    }
}

/// 배열의 이름: 입력은 0–3, 만든 배열은 4부터.
type Id = usize;
const FIRST: Id = 4;

/// 커널이 지나가는 순간. 길이는 원소의 수.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    Alloc {
        id: Id,
        len: usize,
    },
    /// 배열들을 읽어 배열 하나에 씀.
    Pass {
        reads: &'a [Id],
        write: Id,
        len: usize,
    },
    Free {
        id: Id,
    },
}

/// 만든 배열.
#[derive(Debug)]
pub struct Buffer {
    id: Id,
    pub values: Vec<f64>,
}

/// 식을 계산하는 자리. 다 쓴 버퍼가 모임.
struct Machine<'a, W> {
    /// 곧 버릴 배열에 덮어씀: `out=`, NumPy의 임시 재사용.
    in_place: bool,
    /// 다 쓴 버퍼를 모았다가 다시 씀.
    recycle: bool,
    pool: &'a mut Vec<Buffer>,
    made: usize,
    watch: W,
}

// ANCHOR: kernel
impl<W: FnMut(Step)> Machine<'_, W> {
    /// 빈 버퍼. 모아 둔 것이 있으면 그것을 씀.
    fn buffer(&mut self, len: usize) -> Buffer {
        if let Some(mut buffer) = self.pool.pop() {
            buffer.values.clear();
            return buffer;
        }
        let id = FIRST + self.made;
        self.made += 1;
        (self.watch)(Step::Alloc { id, len }); // step: alloc
        Buffer { id, values: Vec::with_capacity(len) }
    }

    fn release(&mut self, buffer: Buffer) {
        if self.recycle {
            self.pool.push(buffer);
        } else {
            (self.watch)(Step::Free { id: buffer.id }); // step: free
        }
    }

    fn evaluate(&mut self, mode: Mode, task: &Task) -> Buffer {
        let Task { expr, chunk, inputs } = *task;
        let inputs = inputs.each_ref().map(Vec::as_slice);
        match mode {
            Mode::Fused => self.fused(expr, &inputs),
            Mode::Chunked => self.by_chunks(expr, &inputs, chunk),
            _ => self.by_arrays(expr.ops(), &inputs).remove(0),
        }
    }

    fn passed(&mut self, reads: &[Id], out: &Buffer, len: usize) {
        let write = out.id;
        (self.watch)(Step::Pass { reads, write, len }); // step: pass
    }

    /// 배열 단위로: 연산마다 배열 전체를 한 번씩 훑음.
    fn by_arrays(&mut self, ops: &[Op], inputs: &[&[f64]; 4]) -> Vec<Buffer> {
        let len = inputs[0].len();
        let mut stack = Vec::new();
        for op in ops {
            match *op {
                Op::Pair(sign, l, r) => {
                    let mut out = self.buffer(len);
                    join(sign, inputs[l], inputs[r], &mut out.values);
                    self.passed(&[l, r], &out, len);
                    stack.push(out);
                }
                Op::Scale(l, k) => {
                    let mut out = self.buffer(len);
                    out.values.extend(inputs[l].iter().map(|l| l * k));
                    self.passed(&[l], &out, len);
                    stack.push(out);
                }
                Op::Join(sign) => {
                    let right = stack.remove(stack.len() - 1);
                    let left = stack.remove(stack.len() - 1);
                    stack.push(self.combine(sign, left, right));
                }
            }
        }
        stack
    }

    fn combine(
        &mut self,
        sign: Sign,
        mut left: Buffer,
        right: Buffer,
    ) -> Buffer {
        let (reads, len) = ([left.id, right.id], left.values.len());
        if self.in_place {
            join_in_place(sign, &mut left.values, &right.values);
            self.passed(&reads, &left, len);
            self.release(right);
            return left;
        }
        let mut out = self.buffer(len);
        join(sign, &left.values, &right.values, &mut out.values);
        self.passed(&reads, &out, len);
        self.release(left);
        self.release(right);
        out
    }

    /// 토막 단위로: 캐시에 드는 길이만큼 끊어 배열 단위로 계산함.
    fn by_chunks(
        &mut self,
        expr: Expr,
        inputs: &[&[f64]; 4],
        chunk: usize,
    ) -> Buffer {
        let len = inputs[0].len();
        let mut out = self.buffer(len);
        let Some((Op::Join(last), ops)) = expr.ops().split_last() else {
            return out;
        };
        for start in (0..len).step_by(chunk) {
            let range = start..len.min(start + chunk);
            let part = inputs.map(|values| &values[range.clone()]);
            let mut stack = self.by_arrays(ops, &part);
            // 마지막 연산은 토막의 버퍼를 거치지 않고 결과에 바로 씀
            let right = stack.remove(stack.len() - 1);
            let left = stack.remove(stack.len() - 1);
            join(*last, &left.values, &right.values, &mut out.values);
            self.passed(&[left.id, right.id], &out, range.len());
            self.release(left);
            self.release(right); // step: chunk
        }
        out
    }

    /// 원소 단위로: 한 번만 훑고, 중간값은 레지스터에만 있음.
    fn fused(&mut self, expr: Expr, inputs: &[&[f64]; 4]) -> Buffer {
        let [a, b, c, d] = *inputs;
        let mut out = self.buffer(a.len());
        let values = &mut out.values;
        match expr {
            Expr::Products => products(a, b, c, d, values),
            Expr::Square => {
                let rows = a.iter().zip(b);
                values.extend(rows.map(|(a, b)| (a - b) * (a - b)));
            }
            Expr::Blend => {
                let value = |a, b, c| a * 0.5 + b * 0.25 + c * 0.25;
                let rows = a.iter().zip(b).zip(c);
                values.extend(rows.map(|((a, b), c)| value(a, b, c)));
            }
        }
        self.passed(&[0, 1, 2, 3][..expr.arity()], &out, a.len());
        out // step: fused
    }
}

// asm: a*b + c*d를 합친 반복문
#[inline(never)]
pub fn products(
    a: &[f64],
    b: &[f64],
    c: &[f64],
    d: &[f64],
    out: &mut Vec<f64>,
) {
    let rows = a.iter().zip(b).zip(c.iter().zip(d));
    out.extend(rows.map(|((a, b), (c, d))| a * b + c * d));
}

// asm: 임시 배열의 연산 하나: 곱셈
#[inline(never)]
pub fn multiply(left: &[f64], right: &[f64], out: &mut Vec<f64>) {
    out.extend(left.iter().zip(right).map(|(l, r)| l * r));
}

/// 두 배열에서 새 배열로.
fn join(sign: Sign, left: &[f64], right: &[f64], out: &mut Vec<f64>) {
    let pairs = left.iter().zip(right);
    match sign {
        Sign::Add => out.extend(pairs.map(|(l, r)| l + r)),
        Sign::Sub => out.extend(pairs.map(|(l, r)| l - r)),
        Sign::Mul => multiply(left, right, out),
    }
}

/// 왼쪽 배열에 덮어씀.
fn join_in_place(sign: Sign, left: &mut [f64], right: &[f64]) {
    let pairs = left.iter_mut().zip(right);
    match sign {
        Sign::Add => pairs.for_each(|(l, r)| *l += r),
        Sign::Sub => pairs.for_each(|(l, r)| *l -= r),
        Sign::Mul => pairs.for_each(|(l, r)| *l *= r),
    }
}
// ANCHOR_END: kernel

/// NumPy가 곧 버릴 배열을 다시 쓰기 시작하는 크기, 바이트
/// (`temp_elide.c`의 `NPY_MIN_ELIDE_BYTES`).
const ELIDED_FROM: u64 = 256 * 1024;

fn is_elided(n: u64) -> bool {
    n * ITEM >= ELIDED_FROM
}

/// 표의 줄: 네 방법과, NumPy의 임시 재사용.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    Of(Mode),
    Elided,
}

impl Plan {
    const ALL: [Plan; 5] = [
        Plan::Of(Mode::Temps),
        Plan::Elided,
        Plan::Of(Mode::InPlace),
        Plan::Of(Mode::Chunked),
        Plan::Of(Mode::Fused),
    ];

    fn label(self) -> &'static str {
        match self {
            Plan::Of(mode) => mode.label(),
            Plan::Elided => "NumPy(임시 재사용)",
        }
    }

    /// 메모리를 새로 얻는 것까지 세는 계산.
    fn evaluate(self, task: &Task, watch: impl FnMut(Step)) -> Vec<f64> {
        let (mode, in_place, recycle) = match self {
            Plan::Of(Mode::Temps) => (Mode::Temps, false, false),
            Plan::Of(mode) => (mode, true, true),
            Plan::Elided => {
                let n = task.inputs[0].len() as u64;
                (Mode::Temps, is_elided(n), false)
            }
        };
        let pool = &mut Vec::new();
        let mut machine = Machine { in_place, recycle, pool, made: 0, watch };
        machine.evaluate(mode, task).values
    }
}

/// 계산할 것.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    pub expr: Expr,
    /// 토막의 길이, 원소의 수. 1 이상.
    pub chunk: usize,
    pub inputs: &'a Inputs,
}

/// 한 방법으로 계산함. `pool`에 모인 버퍼를 먼저 쓰고, 다 쓴 것을 거기에 모음.
pub fn evaluate(mode: Mode, task: &Task, pool: &mut Vec<Buffer>) -> Buffer {
    let in_place = mode != Mode::Temps;
    let watch = |_: Step| {};
    let mut machine =
        Machine { in_place, recycle: true, pool, made: 0, watch };
    machine.evaluate(mode, task)
}

/// 배열이 오간 양. 길이가 n인 배열만 셈: 토막의 버퍼는 캐시에 머무름.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    pub allocs: u64,
    pub read: u64,
    pub written: u64,
    /// 만든 배열이 한꺼번에 차지한 가장 큰 바이트.
    pub peak: u64,
    live: u64,
    /// 번호마다의 길이. 입력 넷이 먼저임.
    lens: Vec<usize>,
}

impl Traffic {
    fn new(n: u64) -> Self {
        Traffic { lens: vec![n as usize; FIRST], ..Traffic::default() }
    }

    fn see(&mut self, step: Step) {
        let n = self.lens[0];
        match step {
            Step::Alloc { id, len } => {
                self.lens.resize(self.lens.len().max(id + 1), 0);
                self.lens[id] = len;
                self.allocs += 1;
                self.live += len as u64 * ITEM;
                self.peak = self.peak.max(self.live);
            }
            Step::Pass { reads, write, len } => {
                let bytes = len as u64 * ITEM;
                let big = |id: &&Id| self.lens[**id] == n;
                self.read += reads.iter().filter(big).count() as u64 * bytes;
                self.written += u64::from(self.lens[write] == n) * bytes;
            }
            Step::Free { id } => self.live -= self.lens[id] as u64 * ITEM,
        }
    }

    /// 원소 하나에 오간 바이트.
    fn per_item(&self) -> f64 {
        (self.read + self.written) as f64 / self.lens[0] as f64
    }
}

fn bits(values: &[f64]) -> impl Iterator<Item = u64> {
    values.iter().map(|value| value.to_bits())
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let inputs = inputs(p.n);
    let mut rows = Vec::new();
    let (mut chosen, mut print) = (Traffic::default(), 0);
    for (done, plan) in Plan::ALL.into_iter().enumerate() {
        ctx.progress(done as u64, Plan::ALL.len() as u64, "계산하기")?;
        let mut traffic = Traffic::new(p.n);
        let see = |step: Step| traffic.see(step);
        let out = plan.evaluate(&p.task(&inputs), see);
        if plan == Plan::Of(p.mode) {
            print = fnv1a(bits(&out).flat_map(u64::to_le_bytes));
            chosen = traffic.clone();
        }
        rows.push((plan, traffic));
    }
    let Traffic { allocs, read, written, peak, .. } = chosen;
    let mut report = Report::default()
        .answer("allocs", allocs)
        .answer("bytes_read", read)
        .answer("bytes_written", written)
        .answer("peak_bytes", peak)
        .answer("bits", format!("{print:016x}").as_str())
        .checksum(&[p.n, allocs, read, written, peak, print])
        .view(View::Table(table(p, &rows)));
    // 고른 방법을 먼저
    let rest = Mode::ALL.into_iter().filter(|mode| *mode != p.mode);
    for mode in std::iter::once(p.mode).chain(rest) {
        let p = Params { mode, ..p.clone() };
        report = report.view(View::Trace(replay(&p)));
    }
    if !is_elided(p.n) {
        report.notes.push(format!(
            "NumPy는 배열이 {}(원소 {}개)부터 임시 배열을 다시 씀: 이 \
             크기에서는 '임시 배열'과 같음",
            format::bytes(ELIDED_FROM),
            format::int(ELIDED_FROM / ITEM)
        ));
    }
    Ok(report)
}

fn verdict(report: &Report) -> Verdict {
    let [temps, fused] = [Mode::Temps, Mode::Fused].map(Mode::label);
    let Some(both) = report.compared(temps, fused) else {
        return Verdict::pending();
    };
    let sentence = format!(
        "원소 하나에 임시 배열은 {}, 합친 반복문은 {} 걸림.",
        format::time(both.slow),
        format::time(both.fast)
    );
    Verdict::compared(GUESSES, &both, sentence)
}

fn table(p: &Params, rows: &[(Plan, Traffic)]) -> Table {
    let row = |(plan, traffic): &(Plan, Traffic)| {
        vec![
            plan.label().into(),
            traffic.allocs.into(),
            format::bytes(traffic.peak).into(),
            format::bytes(traffic.read).into(),
            format::bytes(traffic.written).into(),
            Cell::fixed(traffic.per_item(), 0),
        ]
    };
    Table {
        title: format!(
            "{}: 원소 {}개, 배열 하나 {}",
            p.expr.label(),
            format::int(p.n),
            format::bytes(p.n * ITEM)
        ),
        badge: Badge::Exact,
        columns: vec![
            Column::text("방법"),
            Column::number("만든 배열", "개"),
            Column::text("한꺼번에 차지한 것"),
            Column::text("배열에서 읽은 것"),
            Column::text("배열에 쓴 것"),
            Column::number("원소 하나에 오간 것", "바이트"),
        ],
        rows: rows.iter().map(row).collect(),
    }
}

/// 재생에 쓰는 원소와 토막: 토막이 둘임.
const SHOWN: u64 = 8;
const SHOWN_CHUNK: usize = 4;
/// 입력 넷과, 만드는 배열이 가장 많은 식의 다섯.
const MOST_ARRAYS: u64 = 9;

fn replay(p: &Params) -> Trace {
    let mut traffic = Traffic::new(SHOWN);
    let mut cells: Vec<LaneCell> = (0..p.expr.arity()).map(cell).collect();
    let mut frames = Vec::new();
    let watch = |step: Step| {
        traffic.see(step);
        for cell in &mut cells {
            if cell.tone != Tone::Dead {
                cell.tone = Tone::Plain;
            }
        }
        let mut mark = |id: Id, tone| {
            let at = id as u64;
            match cells.iter_mut().find(|cell| cell.at == at) {
                Some(cell) => cell.tone = tone,
                None => cells.push(LaneCell { at, text: name(id), tone }),
            }
        };
        let (tag, say) = match step {
            Step::Alloc { id, len } => {
                mark(id, Tone::Seen);
                let name = name(id);
                ("alloc", format!("원소 {len}개짜리 새 배열: {name}"))
            }
            Step::Pass { reads, write, len } => {
                reads.iter().for_each(|id| mark(*id, Tone::Now));
                mark(write, Tone::Hit);
                let reads: Vec<_> = reads.iter().map(|id| name(*id)).collect();
                let tag = match p.mode {
                    Mode::Fused => "fused",
                    Mode::Chunked if write == FIRST => "chunk",
                    _ => "pass",
                };
                let reads = reads.join(", ");
                let write = name(write);
                (tag, format!("원소 {len}개: 읽음 {reads} → 씀 {write}"))
            }
            Step::Free { id } => {
                mark(id, Tone::Dead);
                ("free", format!("다 쓴 배열을 버림: {}", name(id)))
            }
        };
        let count = |bytes: u64| format!("{bytes}바이트");
        frames.push(Frame {
            step: tag.into(),
            say,
            counters: vec![
                ("배열에서 읽은 것".into(), count(traffic.read)),
                ("배열에 쓴 것".into(), count(traffic.written)),
                ("차지한 것".into(), count(traffic.live)),
            ],
            lanes: vec![Lane {
                label: "배열".into(),
                size: MOST_ARRAYS,
                cells: cells.clone(),
                group: 0,
            }],
            jumps: Vec::new(),
        });
    };
    let inputs = inputs(SHOWN);
    let task = Task { chunk: SHOWN_CHUNK, ..p.task(&inputs) };
    Plan::Of(p.mode).evaluate(&task, watch);
    Trace {
        title: format!(
            "원소 {SHOWN}개로 계산하기: {}, {}",
            p.expr.label(),
            p.mode.label()
        ),
        badge: Badge::Exact,
        frames,
    }
}

fn cell(id: Id) -> LaneCell {
    LaneCell { at: id as u64, text: name(id), tone: Tone::Plain }
}

/// 입력은 a–d, 만든 배열은 t1부터.
fn name(id: Id) -> String {
    match id.checked_sub(FIRST) {
        None => ["a", "b", "c", "d"][id].to_owned(),
        Some(made) => format!("t{}", made + 1),
    }
}

/// 재는 일 하나: 전에 쓴 메모리를 다시 써서 훑는 시간만 남김. 만든 배열을
/// 통째로 가려 지워지지 않게 함.
fn case<'a>(mode: Mode, task: Task<'a>) -> Case<'a> {
    let mut pool = Vec::new();
    Case::new(mode.label(), task.inputs[0].len() as u64, move || {
        let out = black_box(evaluate(mode, black_box(&task), &mut pool));
        let first = out.values[0].to_bits();
        pool.push(out);
        first
    })
}

/// 임시 배열마다 메모리를 새로 얻는 일.
fn fresh<'a>(task: Task<'a>) -> Case<'a> {
    let name = "임시 배열(매번 새 메모리)";
    Case::new(name, task.inputs[0].len() as u64, move || {
        let temps = Plan::Of(Mode::Temps);
        black_box(temps.evaluate(black_box(&task), |_| {}))[0].to_bits()
    })
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let inputs = inputs(p.n);
    let mut cases =
        Vec::from(Mode::ALL.map(|mode| case(mode, p.task(&inputs))));
    cases.push(fresh(p.task(&inputs)));
    let Some(timings) = interleave(ctx, &mut cases)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let title = format!("{}: 방법마다의 시간", p.expr.label());
    let mut views = timings.ladder(&title, "원소 하나", None);
    // 저마다 쥐고 있던 배열을 놓고 나서 더 잼
    drop(cases);
    views.push(View::Table(bandwidth(p, &inputs, &timings)));
    views.extend(sweep(p, ctx)?);
    Ok(views)
}

/// 오간 바이트를 시간으로 나눈 것.
fn bandwidth(p: &Params, inputs: &Inputs, timings: &Timings) -> Table {
    let row = |(mode, timing): (Mode, &Timing)| {
        let mut traffic = Traffic::new(p.n);
        let see = |step: Step| traffic.see(step);
        let task = p.task(inputs);
        Plan::Of(mode).evaluate(&task, see);
        // 1바이트/ns = 1GB/s
        let speed = traffic.per_item() / timing.median;
        vec![
            mode.label().into(),
            Cell::fixed(traffic.per_item(), 0),
            Cell { text: format::significant(speed), value: Some(speed) },
        ]
    };
    Table {
        title: "오간 바이트 ÷ 시간".into(),
        badge: Badge::Measured,
        columns: vec![
            Column::text("방법"),
            Column::number("원소 하나에 오간 것", "바이트"),
            Column::number("실효 대역폭", "GB/s"),
        ],
        rows: Mode::ALL.into_iter().zip(&timings.rows).map(row).collect(),
    }
}

/// 크기를 바꾸며 잴 때의 첫 크기와, 다음 크기까지의 배수.
const SMALLEST: u64 = 1_000;
const GROWTH: u64 = 4;

/// 크기마다의 시간: 배열들이 캐시를 벗어나는 자리가 보임.
fn sweep(p: &Params, ctx: &Ctx) -> Result<Vec<View>, Failure> {
    let sizes = std::iter::successors(Some(SMALLEST), |n| Some(n * GROWTH));
    let mut lines = Mode::ALL.map(|_| Vec::new());
    let mut rows = Vec::new();
    for n in sizes.take_while(|n| *n <= p.n) {
        let inputs = inputs(n);
        let mut cases = Mode::ALL.map(|mode| case(mode, p.task(&inputs)));
        let Some(timings) = interleave(ctx, &mut cases)? else {
            return Ok(Vec::new());
        };
        let kib = (n * ITEM * (p.expr.arity() as u64 + 1)) as f64 / 1024.0;
        let mut row = vec![n.into(), Cell::fixed(kib, 0)];
        for (line, timing) in lines.iter_mut().zip(&timings.rows) {
            line.push(Point {
                x: kib,
                y: timing.median,
                low: Some(timing.p10),
                high: Some(timing.p90),
            });
            row.push(Cell {
                text: format::significant(timing.median),
                value: Some(timing.median),
            });
        }
        rows.push(row);
    }
    let series = Mode::ALL.iter().zip(lines).map(|(mode, points)| Series {
        name: mode.label().into(),
        shape: Shape::Line,
        points,
    });
    let title = "입력과 결과의 크기와 원소 하나의 시간";
    let chart = Chart {
        title: title.into(),
        badge: Badge::Measured,
        x: Axis::log("입력과 결과의 크기", "KiB"),
        y: Axis::log("원소 하나의 시간", "ns"),
        series: series.collect(),
        marks: Vec::new(),
    };
    let mut columns =
        vec![Column::number("원소의 수", "개"), Column::number("크기", "KiB")];
    let modes = Mode::ALL.iter();
    columns.extend(modes.map(|mode| Column::number(mode.label(), "ns")));
    let table =
        Table { title: title.into(), badge: Badge::Measured, columns, rows };
    Ok(vec![View::Chart(chart), View::Table(table)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn plain(expr: Expr, [a, b, c, d]: &Inputs) -> Vec<u64> {
        let value = |i: usize| match expr {
            Expr::Products => a[i] * b[i] + c[i] * d[i],
            Expr::Square => (a[i] - b[i]) * (a[i] - b[i]),
            Expr::Blend => a[i] * 0.5 + b[i] * 0.25 + c[i] * 0.25,
        };
        (0..a.len()).map(|i| value(i).to_bits()).collect()
    }

    #[test]
    fn every_plan_gives_the_same_bits() {
        let inputs = inputs(1_003);
        for expr in Expr::ALL {
            let want = plain(expr, &inputs);
            for plan in Plan::ALL {
                for chunk in [256, 4_096usize] {
                    let task = Task { expr, chunk, inputs: &inputs };
                    let out = plan.evaluate(&task, |_| {});
                    assert!(bits(&out).eq(want.iter().copied()), "{plan:?}");
                }
            }
        }
    }

    /// 두 번째와 세 번째는 앞에서 모은 버퍼에 씀.
    #[test]
    fn recycled_buffers_give_the_same_bits() {
        let inputs = inputs(1_003);
        for expr in Expr::ALL {
            let task = Task { expr, chunk: 256, inputs: &inputs };
            let want = plain(expr, &inputs);
            for mode in Mode::ALL {
                let mut pool = Vec::new();
                for _ in 0..3 {
                    let out = evaluate(mode, &task, &mut pool);
                    let got = bits(&out.values);
                    assert!(got.eq(want.iter().copied()), "{mode:?}");
                    pool.push(out);
                }
            }
        }
    }

    /// NumPy가 임시를 다시 쓰는 가장 작은 크기.
    const N: u64 = ELIDED_FROM / ITEM;

    fn traffic(n: u64, expr: Expr, plan: Plan) -> Traffic {
        let inputs = inputs(n);
        let mut traffic = Traffic::new(n);
        let task = Task { expr, chunk: 256, inputs: &inputs };
        let see = |step: Step| traffic.see(step);
        plan.evaluate(&task, see);
        traffic
    }

    /// 명세: 임시 둘, 읽기 여섯, 쓰기 셋.
    #[test]
    fn the_counts_of_the_spec() {
        let rows = [
            (Expr::Products, Plan::Of(Mode::Temps), 3, 6, 3, 3),
            (Expr::Products, Plan::Elided, 2, 6, 3, 2),
            (Expr::Products, Plan::Of(Mode::InPlace), 2, 6, 3, 2),
            (Expr::Products, Plan::Of(Mode::Fused), 1, 4, 1, 1),
            (Expr::Square, Plan::Of(Mode::Temps), 3, 6, 3, 3),
            (Expr::Square, Plan::Elided, 2, 6, 3, 2),
            (Expr::Square, Plan::Of(Mode::Fused), 1, 2, 1, 1),
            (Expr::Blend, Plan::Of(Mode::Temps), 5, 7, 5, 3),
            (Expr::Blend, Plan::Elided, 3, 7, 5, 2),
            (Expr::Blend, Plan::Of(Mode::InPlace), 2, 7, 5, 2),
            (Expr::Blend, Plan::Of(Mode::Fused), 1, 3, 1, 1),
        ];
        for (expr, plan, allocs, read, written, peak) in rows {
            let got = traffic(N, expr, plan);
            let array = N * ITEM;
            assert_eq!(got.allocs, allocs, "{expr:?} {plan:?}");
            assert_eq!(got.read, read * array, "{expr:?} {plan:?}");
            assert_eq!(got.written, written * array, "{expr:?} {plan:?}");
            assert_eq!(got.peak, peak * array, "{expr:?} {plan:?}");
        }
    }

    /// 256 KiB보다 작으면 NumPy도 임시 배열을 모두 만듦.
    #[test]
    fn small_arrays_are_not_elided() {
        for expr in Expr::ALL {
            let [temps, elided] = [Plan::Of(Mode::Temps), Plan::Elided]
                .map(|plan| traffic(N - 1, expr, plan));
            assert_eq!(temps, elided, "{expr:?}");
        }
        let notes = |n: &str| run_with("temp_arrays", &[("n", n)]).notes;
        assert_eq!(notes("32767").len(), 1);
        assert!(notes("32768").is_empty());
    }

    /// 토막은 합친 반복문만큼만 배열을 오감: 토막의 버퍼는 따로임.
    #[test]
    fn chunks_move_what_the_fused_loop_moves() {
        for expr in Expr::ALL {
            let fused = traffic(N, expr, Plan::Of(Mode::Fused));
            let mut chunked = traffic(N, expr, Plan::Of(Mode::Chunked));
            assert_eq!(chunked.peak, fused.peak + 2 * 256 * ITEM);
            assert_eq!(chunked.allocs, 3);
            if let Expr::Square = expr {
                // 식을 그대로 두 번 계산하므로 입력도 두 번 읽음
                chunked.read /= 2;
            }
            assert_eq!(chunked.read, fused.read);
            assert_eq!(chunked.written, fused.written);
        }
    }

    #[test]
    fn nothing_is_known_before_measuring() {
        let report = run_with("temp_arrays", &[("n", "1000")]);
        assert_eq!(report.int("allocs"), Some(3));
        assert_eq!(report.int("bytes_read"), Some(48_000));
        assert!(report.verdict.unwrap().is_pending());
    }
}
