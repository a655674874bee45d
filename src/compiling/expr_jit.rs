//! 독자가 적은 식을 네 가지로 실행함: 나무를 걸어서, 바이트코드로, 클로저로,
//! 실행 중에 만든 기계어로.

#[cfg(all(feature = "compiling", not(target_family = "wasm")))]
pub use super::cranelift::Machine;
use super::emit;
use super::expr::{self, Expr, MAX_CHARS, Op};
#[cfg(not(all(feature = "compiling", not(target_family = "wasm"))))]
pub use super::imported::Machine;
use lab::measure::{Case, Timing, Timings, interleave};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Mark, Point, Series, Shape,
    Table, Text, Tree, TreeShape, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, experiment::note, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 한 번만 쓸 식은 컴파일하지 않는 편이 빠른가?",
    prediction: Prediction {
        text: "기계어로 바꾸는 데 든 시간을 나무 걷기에서 아낀 시간으로 \
               갚으려면 원소가 몇 개 있어야 할까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 200_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

/// 값은 갚는 데 드는 원소의 수.
const GUESSES: &[(&str, &str)] = &[
    ("10", "10개쯤"),
    ("100", "100개쯤"),
    ("1000", "1,000개쯤"),
    ("10000", "1만 개쯤"),
    ("100000", "10만 개쯤"),
    (NEVER, "아무리 많아도 못 갚음"),
];
const NEVER: &str = "never";

lab::choices! {
    /// 답을 셈할 엔진.
    pub enum Engine {
        Tree = "tree", "나무 걷기";
        Stack = "stack", "스택 바이트코드";
        Closures = "closures", "클로저";
        Jit = "jit", "기계어";
    }
}

lab::params! {
    /// 식 하나를 `lo`에서 `hi`까지의 점 n개에서 셈함.
    pub struct Params {
        expr: String = "x*x*0.5 + 3*x - 1".to_owned(), text("식")
            .limit(MAX_CHARS)
            .examples(&[
                "x*x*0.5 + 3*x - 1",
                "x",
                "sqrt(1 - x*x)",
                "sel(x<0, -x, x/3)",
                "1/x - 1/(x+1)",
                "((((x*2+1)*x+3)*x+5)*x+7)*x+9",
            ])
            .hint("수, x, + - * /, 괄호, sqrt(), sel(a<b, c, d)");
        n: u64 = 200_000, int("원소의 수").unit("개")
            .range(1, 5_000_000).log();
        lo: f64 = -2.0, real("x의 처음").span(-1e3, 1e3);
        hi: f64 = 2.0, real("x의 끝").span(-1e3, 1e3)
            .hint("끝은 들어가지 않음");
        engine: Engine = Engine::Closures, choice("답을 셈할 엔진")
            .hint("시간은 모든 엔진을 잼");
    }
    check = |p: &Params, _: Scope| read(p).map(drop);
}

/// 식을 읽음. 틀리면 몇째 글자인지 말함.
fn read(p: &Params) -> Result<Expr, Failure> {
    expr::parse(&p.expr).map_err(|wrong| {
        let why = wrong.explain(&p.expr);
        Failure::param("expr", format!("식(expr)의 {why}"))
    })
}

// ANCHOR: kernel
/// 나무 걷기: 마디마다 무엇인지 가려 재귀로 들어감.
pub fn walk(expr: &Expr, x: f64) -> f64 {
    match expr {
        Expr::Number(value) => *value,
        Expr::X => x,
        Expr::Neg(a) => -walk(a, x),
        Expr::Sqrt(a) => walk(a, x).sqrt(),
        Expr::Binary(op, a, b) => op.apply(walk(a, x), walk(b, x)),
        Expr::Select(parts) => {
            let [a, b, yes, no] = &**parts;
            let less = walk(a, x) < walk(b, x);
            walk(if less { yes } else { no }, x)
        }
    }
}

/// 스택 기계의 명령.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Code {
    Number(f64),
    X,
    Neg,
    Sqrt,
    Binary(Op),
    Select,
}

/// 나무를 명령의 줄로: 자식이 먼저, 자신이 나중.
pub fn flatten(expr: &Expr, code: &mut Vec<Code>) {
    for child in expr.children() {
        flatten(child, code);
    }
    code.push(match expr {
        Expr::Number(value) => Code::Number(*value),
        Expr::X => Code::X,
        Expr::Neg(_) => Code::Neg,
        Expr::Sqrt(_) => Code::Sqrt,
        Expr::Binary(op, ..) => Code::Binary(*op),
        Expr::Select(_) => Code::Select,
    });
}

/// 명령을 하나씩 꺼내 스택 위에서 실행함.
pub fn interpret(code: &[Code], stack: &mut Vec<f64>, x: f64) -> f64 {
    for each in code {
        let value = match each {
            Code::Number(value) => *value,
            Code::X => x,
            Code::Neg => -pop(stack),
            Code::Sqrt => pop(stack).sqrt(),
            Code::Binary(op) => {
                let b = pop(stack);
                op.apply(pop(stack), b)
            }
            Code::Select => {
                let (no, yes) = (pop(stack), pop(stack));
                let b = pop(stack);
                if pop(stack) < b { yes } else { no }
            }
        };
        stack.push(value);
    }
    pop(stack)
}

/// `flatten`이 낸 명령은 꺼내기 전에 늘 그만큼 쌓음.
fn pop(stack: &mut Vec<f64>) -> f64 {
    stack.pop().unwrap_or(f64::NAN)
}

/// 자식을 품은 함수.
pub type Closure = Box<dyn Fn(f64) -> f64>;

/// 마디마다 클로저 하나: 무엇인지 가리는 일은 만들 때 한 번만 함.
pub fn closure(expr: &Expr) -> Closure {
    match expr {
        Expr::Number(value) => {
            let value = *value;
            Box::new(move |_| value)
        }
        Expr::X => Box::new(|x| x),
        Expr::Neg(a) => {
            let a = closure(a);
            Box::new(move |x| -a(x))
        }
        Expr::Sqrt(a) => {
            let a = closure(a);
            Box::new(move |x| a(x).sqrt())
        }
        Expr::Binary(op, a, b) => {
            let (a, b) = (closure(a), closure(b));
            match op {
                Op::Add => Box::new(move |x| a(x) + b(x)),
                Op::Sub => Box::new(move |x| a(x) - b(x)),
                Op::Mul => Box::new(move |x| a(x) * b(x)),
                Op::Div => Box::new(move |x| a(x) / b(x)),
            }
        }
        Expr::Select(parts) => {
            let [a, b, yes, no] = parts.each_ref().map(closure);
            Box::new(move |x| if a(x) < b(x) { yes(x) } else { no(x) })
        }
    }
}
// ANCHOR_END: kernel

/// 한 번에 셈하는 원소의 수. 캐시에 머무르는 크기임.
const CHUNK: usize = 4_096;

/// i번째 점. 나누기를 마지막에 하여 어디서나 같은 비트가 나옴.
fn point(p: &Params, i: u64) -> f64 {
    p.lo + (p.hi - p.lo) * i as f64 / p.n as f64
}

/// 결과의 비트. NaN은 어디서 왔든 하나로 봄.
fn bits(value: f64) -> u64 {
    if value.is_nan() { 0x7ff8_0000_0000_0000 } else { value.to_bits() }
}

/// 결과의 열에서 남기는 것.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Total {
    /// 차례대로 더한 합.
    sum: f64,
    nans: u64,
    infinities: u64,
    /// 비트를 차례대로 접은 것.
    fold: u64,
}

impl Total {
    fn new() -> Self {
        let fold = 0xcbf2_9ce4_8422_2325;
        Total { sum: 0.0, nans: 0, infinities: 0, fold }
    }

    fn add(&mut self, value: f64) {
        self.sum += value;
        self.nans += u64::from(value.is_nan());
        self.infinities += u64::from(value.is_infinite());
        let mixed = self.fold ^ bits(value);
        self.fold = mixed.wrapping_mul(0x0000_0100_0000_01b3);
    }
}

/// 점의 열에서 결과의 열로.
pub type Apply<'a> = Box<dyn FnMut(&[f64], &mut [f64]) + 'a>;

/// 원소마다 부름.
fn each<'a>(mut f: impl FnMut(f64) -> f64 + 'a) -> Apply<'a> {
    Box::new(move |xs, out| {
        for (x, out) in xs.iter().zip(out) {
            *out = f(*x);
        }
    })
}

fn stacked(expr: &Expr) -> Apply<'static> {
    let (mut code, mut stack) = (Vec::new(), Vec::new());
    flatten(expr, &mut code);
    each(move |x| interpret(&code, &mut stack, x))
}

/// 기계어가 없으면 그 까닭.
fn machine(
    expr: &Expr,
    ctx: &Ctx,
) -> Result<Result<Machine, String>, Failure> {
    match Machine::new(expr, ctx) {
        Err(Failure::Unavailable(why)) => Ok(Err(why)),
        other => other.map(Ok),
    }
}

fn total(p: &Params, ctx: &Ctx, mut apply: Apply) -> Result<Total, Failure> {
    let mut total = Total::new();
    let mut out = [0.0; CHUNK];
    let mut xs = Vec::with_capacity(CHUNK);
    let mut done = 0;
    while done < p.n {
        ctx.progress(done, p.n, "셈하기")?;
        let end = p.n.min(done + CHUNK as u64);
        xs.clear();
        xs.extend((done..end).map(|i| point(p, i)));
        apply(&xs, &mut out);
        for value in &out[..xs.len()] {
            total.add(*value);
        }
        done = end;
    }
    Ok(total)
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let expr = read(p)?;
    let mut notes = Vec::new();
    let total = match p.engine {
        Engine::Tree => total(p, ctx, each(|x| walk(&expr, x)))?,
        Engine::Stack => total(p, ctx, stacked(&expr))?,
        Engine::Closures => total(p, ctx, each(closure(&expr)))?,
        Engine::Jit => match machine(&expr, ctx)? {
            Ok(machine) => {
                let apply =
                    |xs: &[f64], out: &mut [f64]| machine.whole(xs, out);
                total(p, ctx, Box::new(apply))?
            }
            Err(why) => {
                notes.push(note(format!("답은 클로저로 셈함. {why}")));
                total(p, ctx, each(closure(&expr)))?
            }
        },
    };
    let mut code = Vec::new();
    flatten(&expr, &mut code);
    let module = emit::module(&expr);
    let mut report = Report::default()
        .answer("nodes", expr.nodes())
        .answer("depth", expr.depth())
        .answer("sum_bits", format!("{:016x}", bits(total.sum)).as_str())
        .answer("nans", total.nans)
        .answer("infinities", total.infinities)
        .checksum(&[p.n, bits(total.sum), total.nans, total.fold])
        .view(View::Table(summary(&expr, &total, module.len())))
        .view(View::Tree(Tree {
            title: "구문 나무".into(),
            badge: Badge::Exact,
            unit: String::new(),
            shape: TreeShape::Outline,
            roots: vec![expr.outline()],
        }))
        .view(text("스택 바이트코드", listing(&code)))
        .view(text(
            "브라우저에 주는 WASM: 자리, 바이트, 명령",
            emit::disassemble(&module),
        ));
    #[cfg(all(feature = "compiling", not(target_family = "wasm")))]
    if let Ok(machine) = machine(&expr, ctx)? {
        report =
            report.view(text("Cranelift의 중간 표현: f", machine.ir.clone()));
    }
    report.views.extend(notes);
    Ok(report)
}

fn text(title: &str, lines: Vec<String>) -> View {
    View::Text(Text { title: title.into(), badge: Badge::Exact, lines })
}

fn summary(expr: &Expr, total: &Total, bytes: usize) -> Table {
    let row = |label: &str, cell: Cell| vec![label.into(), cell];
    Table {
        title: "식과 결과".into(),
        badge: Badge::Exact,
        columns: vec![Column::text("지표"), Column::number("값", "")],
        rows: vec![
            row("마디(개)", expr.nodes().into()),
            row("깊이(단)", expr.depth().into()),
            row("WASM 모듈(B)", (bytes as u64).into()),
            row("결과의 합", format!("{:?}", total.sum).into()),
            row("NaN인 결과(개)", total.nans.into()),
            row("무한대인 결과(개)", total.infinities.into()),
        ],
    }
}

fn listing(code: &[Code]) -> Vec<String> {
    let line = |(at, code): (usize, &Code)| {
        let code = match code {
            Code::Number(value) => format!("CONST {value}"),
            Code::X => "LOAD x".to_owned(),
            Code::Neg => "NEG".to_owned(),
            Code::Sqrt => "SQRT".to_owned(),
            Code::Binary(op) => op.word().to_uppercase(),
            Code::Select => "SELECT".to_owned(),
        };
        format!("{at:>3}  {code}")
    };
    code.iter().enumerate().map(line).collect()
}

/// 엔진 하나의 값: 모두 ns.
struct Cost {
    name: &'static str,
    timing: Timing,
    prepare: f64,
}

impl Cost {
    /// 나무 걷기보다 이 엔진이 유리해지는 원소의 수.
    fn break_even(&self, tree: &Cost) -> Option<f64> {
        let saved = tree.timing.median - self.timing.median;
        (saved > 0.0).then(|| self.prepare / saved)
    }

    fn total(&self, n: f64) -> f64 {
        self.prepare + n * self.timing.median
    }
}

/// 갚을 때까지의 원소: 딱 떨어지지 않으면 하나 더.
fn pieces(even: f64) -> String {
    format::int(even.ceil() as u64)
}

const TREE: &str = "나무 걷기";
const STACK: &str = "스택 바이트코드";
const CLOSURES: &str = "클로저";
const CALLS: &str = "기계어: 원소마다 부름";
const LOOP: &str = "기계어: 반복문째";
const MAKE_CODE: &str = "바이트코드 만들기";
const MAKE_CLOSURES: &str = "클로저 만들기";

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let expr = read(p)?;
    let machine = machine(&expr, ctx)?;
    let points = p.n.min(CHUNK as u64);
    let xs: Vec<f64> = (0..points).map(|i| point(p, i)).collect();
    let works = rivals(&expr, machine.as_ref().ok());
    let names: Vec<&'static str> =
        works.iter().map(|(name, _)| *name).collect();
    let mut cases: Vec<Case> = works
        .into_iter()
        .map(|(name, mut apply)| {
            let (xs, mut out) = (&xs, vec![0.0; xs.len()]);
            Case::new(name, points, move || {
                apply(xs, &mut out);
                bits(out[0])
            })
        })
        .collect();
    // 준비: 나무에서 실행할 수 있는 것까지. 식을 읽는 일은 모두에게 같음
    cases.push(Case::new(MAKE_CODE, 1, || {
        let mut code = Vec::new();
        flatten(&expr, &mut code);
        code.len() as u64
    }));
    cases.push(Case::new(MAKE_CLOSURES, 1, || {
        let made = closure(&expr);
        bits(std::hint::black_box(made)(1.0))
    }));
    let build = match &machine {
        Ok(_) => build_time(&expr, ctx)?,
        Err(_) => Some(0.0),
    };
    let mut views = match (interleave(ctx, &mut cases)?, build) {
        (Some(timings), Some(build)) => charts(p, &names, &timings, build),
        _ => vec![note("해상도 부족: 시간 비교를 표시하지 않음")],
    };
    if let Err(why) = &machine {
        views.push(note(why.as_str()));
    }
    Ok(views)
}

/// 기계어로 한 번 바꾸는 평균, ns. 시계가 거칠면 `None`.
fn build_time(expr: &Expr, ctx: &Ctx) -> Result<Option<f64>, Failure> {
    // 페이지에서는 만든 모듈이 함수 표에 남으므로 많이 만들지 않음
    const MOST: u32 = 256;
    let step = ctx.env().clock_step_ns;
    let mut count = 16;
    loop {
        ctx.progress(0, 1, "기계어로 바꾸기")?;
        let start = ctx.now_ns();
        for _ in 0..count {
            Machine::new(expr, ctx)?;
        }
        let spent = ctx.now_ns() - start;
        if spent >= step * 200.0 || count >= MOST {
            let mean = spent / f64::from(count);
            return Ok((spent >= step * 10.0).then_some(mean));
        }
        count *= 2;
    }
}

fn charts(
    p: &Params,
    names: &[&'static str],
    timings: &Timings,
    build: f64,
) -> Vec<View> {
    let time = |name: &str| timings.rows.iter().find(|row| row.name == name);
    let prepare = |name: &str| {
        let step = match name {
            STACK => MAKE_CODE,
            CLOSURES => MAKE_CLOSURES,
            CALLS | LOOP => return build,
            _ => return 0.0,
        };
        time(step).map_or(0.0, |row| row.median)
    };
    let costs: Vec<Cost> = names
        .iter()
        .filter_map(|name| {
            let timing = time(name)?.clone();
            Some(Cost { name, timing, prepare: prepare(name) })
        })
        .collect();
    vec![View::Table(cost_table(p, &costs)), View::Chart(cost_chart(&costs))]
}

fn cost_table(p: &Params, costs: &[Cost]) -> Table {
    let significant = |value: f64| Cell {
        text: format::significant(value),
        value: Some(value),
    };
    let rows = costs.iter().map(|cost| {
        let even = match cost.break_even(&costs[0]) {
            _ if cost.name == TREE => "기준".into(),
            None => "갚지 못함".into(),
            Some(n) => Cell { text: pieces(n), value: Some(n) },
        };
        let Timing { p10, p90, .. } = cost.timing;
        let text = format::significant;
        vec![
            cost.name.into(),
            significant(cost.timing.median),
            significant(cost.prepare / 1e3),
            even,
            format::time(cost.total(p.n as f64)).into(),
            format!("{}–{}", text(p10), text(p90)).into(),
        ]
    });
    let n = format::int(p.n);
    Table {
        title: "엔진마다의 준비와 실행".into(),
        badge: Badge::Measured,
        columns: vec![
            Column::text("엔진"),
            Column::number("원소당", "ns"),
            Column::number("준비", "µs"),
            Column::number("손익분기", "개"),
            Column::number(&format!("준비 + {n} × 원소당"), ""),
            Column::number("원소당 p10–p90", "ns"),
        ],
        rows: rows.collect(),
    }
}

fn cost_chart(costs: &[Cost]) -> Chart {
    let ns = (0..=24).map(|step| 10f64.powf(f64::from(step) / 4.0));
    let series = costs.iter().map(|cost| Series {
        name: cost.name.into(),
        shape: Shape::Line,
        points: ns
            .clone()
            .map(|n| Point::from((n, cost.total(n) / 1e3)))
            .collect(),
    });
    // 나머지 둘은 이 둘의 곁이라 이름이 겹침
    let named =
        costs.iter().filter(|cost| [CLOSURES, LOOP].contains(&cost.name));
    let marks = named.filter_map(|cost| {
        let at = cost.break_even(&costs[0])?;
        // 한 개도 안 되는 손익분기는 축의 밖임
        (1.0..=1e6).contains(&at).then(|| Mark {
            axis: AxisName::X,
            at,
            label: format!("{} {}", cost.name, pieces(at)),
        })
    });
    Chart {
        title: "준비까지 더한 시간: 잰 준비 + n × 잰 원소당".into(),
        badge: Badge::Measured,
        x: Axis::log("원소의 수", "개"),
        y: Axis::log("총시간", "µs"),
        series: series.collect(),
        marks: marks.collect(),
    }
}

fn verdict(report: &Report) -> Verdict {
    let cell = |name: &str, column: usize| {
        report.views.iter().find_map(|view| {
            let View::Table(table) = view else { return None };
            let measured = table.badge == Badge::Measured;
            let row = table.rows.iter().find(|row| row[0].text == name)?;
            if measured { row.get(column)?.value } else { None }
        })
    };
    let (Some(slow), Some(fast), Some(micros)) =
        (cell(TREE, 1), cell(LOOP, 1), cell(LOOP, 2))
    else {
        return Verdict::pending();
    };
    let text = format::significant;
    let costs = format!(
        "준비에 {} µs가 들고, 원소당 {} ns이던 것이 {} ns가 됨",
        text(micros),
        text(slow),
        text(fast)
    );
    let p = Params::read(&report.params).unwrap_or_default();
    let saved = slow - fast;
    if saved <= 0.0 {
        return unpaid(&costs, p.n);
    }
    let even = micros * 1e3 / saved;
    let ratio = Verdict::ratio(&GUESSES[..5], even, String::new());
    let sentence = format!("{costs}: 준비를 갚는 데 {}개.", pieces(even));
    let verdict = match ratio.choice {
        Some(choice) => Verdict::choice(GUESSES, &choice, sentence),
        // 모든 선택지에서 먼 수
        None => Verdict {
            headline: format!("{}개", pieces(even)),
            sentence,
            ..Verdict::default()
        },
    };
    Verdict { number: Some(even), ..verdict }
}

/// 잰 것으로는 아끼는 것이 없음. 묶음이 차지 않으면 한 번 부르는 값이 원소의
/// 값을 가리므로, 원소가 많을 때를 말하지 못함.
fn unpaid(costs: &str, n: u64) -> Verdict {
    if n >= CHUNK as u64 {
        let sentence = format!("{costs}: 아끼는 것이 없음.");
        return Verdict::choice(GUESSES, NEVER, sentence);
    }
    let n = format::int(n);
    Verdict {
        headline: format!("{n}개로는 아끼는 것 없음"),
        sentence: format!(
            "{costs}: 원소 {n}개로는 아끼는 것이 없음. 한 번 부르는 값이 섞인 \
             것이라, 원소를 {}개보다 많게 해야 정답이 나옴.",
            format::int(CHUNK as u64 - 1)
        ),
        ..Verdict::default()
    }
}

/// 시간을 견줄 엔진: 이름과, 점의 열에서 결과의 열을 셈하는 함수.
pub fn rivals<'a>(
    expr: &'a Expr,
    machine: Option<&'a Machine>,
) -> Vec<(&'static str, Apply<'a>)> {
    let mut works: Vec<(&'static str, Apply)> = vec![
        (TREE, each(|x| walk(expr, x))),
        (STACK, stacked(expr)),
        (CLOSURES, each(closure(expr))),
    ];
    if let Some(machine) = machine {
        works.push((CALLS, each(|x| machine.single(x))));
        works.push((LOOP, Box::new(|xs, out| machine.whole(xs, out))));
    }
    works
}

#[cfg(test)]
mod tests {
    use super::super::expr::tests::random;
    use super::*;
    use crate::run_with;
    use lab::host::Quiet;
    use lab::rng::SplitMix64;

    const HARD: [f64; 10] = [
        0.0,
        -0.0,
        1.0,
        -1.5,
        1e308,
        -1e308,
        5e-324,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];

    /// 아무 나무나, 까다로운 값에서, 모든 엔진의 비트가 같음.
    #[test]
    fn every_engine_gives_the_same_bits() {
        let ctx = Ctx::new(&Quiet, Scope::Native);
        let mut rng = SplitMix64::new(3);
        for _ in 0..200 {
            let expr = random(&mut rng, 5);
            let machine = Machine::new(&expr, &ctx).ok();
            let want = HARD.map(|x| bits(walk(&expr, x)));
            for (name, mut apply) in rivals(&expr, machine.as_ref()) {
                let mut out = [0.0; HARD.len()];
                apply(&HARD, &mut out);
                assert_eq!(out.map(bits), want, "{name}: {expr}");
            }
        }
    }

    #[test]
    fn the_engine_does_not_change_the_answer() {
        let one = |engine| {
            let text = "sel(x<0, sqrt(x), 1/(x-1))";
            let pairs = [("expr", text), ("engine", engine), ("n", "9999")];
            run_with("expr_jit", &pairs)
        };
        let tree = one("tree");
        assert_eq!(tree.int("nans"), Some(5_000));
        for engine in ["stack", "closures", "jit"] {
            let other = one(engine);
            assert_eq!(other.checksum, tree.checksum, "{engine}");
            assert_eq!(other.answers, tree.answers, "{engine}");
        }
    }

    #[test]
    fn division_by_zero_follows_ieee() {
        let pairs = [("expr", "1/(x-x)"), ("n", "10")];
        let report = run_with("expr_jit", &pairs);
        assert_eq!(report.int("infinities"), Some(10));
        let pairs = [("expr", "0/(x-x)"), ("n", "10")];
        let report = run_with("expr_jit", &pairs);
        assert_eq!(report.int("nans"), Some(10));
    }

    /// 하나를 잰 것으로 아무리 많아도 못 갚는다고 하지 않음.
    #[test]
    fn one_element_says_nothing_of_many() {
        let judged = |n: &str, fast: f64| {
            let pairs = [("expr", "x"), ("n", n)];
            let mut report = run_with("expr_jit", &pairs);
            let row = |name: &str, ns, micros| -> Vec<Cell> {
                vec![name.into(), Cell::fixed(ns, 2), Cell::fixed(micros, 2)]
            };
            report.views.push(View::Table(Table {
                title: String::new(),
                badge: Badge::Measured,
                columns: Vec::new(),
                rows: vec![row(TREE, 4.0, 0.0), row(LOOP, fast, 50.0)],
            }));
            verdict(&report)
        };
        let one = judged("1", 9.0);
        assert_eq!(one.headline, "1개로는 아끼는 것 없음");
        assert!(one.is_pending());
        let many = judged("5000", 9.0);
        assert_eq!(many.choice.as_deref(), Some(NEVER));
        let paid = judged("5000", 3.0);
        assert_eq!(paid.choice.as_deref(), Some("100000"));
        // 선택지보다 훨씬 많이 있어야 하면 그 수를 말함
        let far = judged("5000", 3.99);
        assert!(far.headline.starts_with("5,000,0"), "{}", far.headline);
    }

    #[test]
    fn a_wrong_expression_names_the_place() {
        let table = Params::table();
        let error = table.parse([("expr", "x*(x+1")], Scope::Native);
        let error = error.unwrap_err();
        assert_eq!(error.field(), Some("expr"));
        assert_eq!(
            error.to_string(),
            "식(expr)의 7번째 글자: ')'가 있어야 하는데 끝남\nx*(x+1\n      ^"
        );
    }

    #[test]
    fn the_break_even_is_preparation_over_savings() {
        let cost = |median, prepare| Cost {
            name: "",
            prepare,
            timing: Timing {
                name: String::new(),
                median,
                p10: median,
                p90: median,
                samples: Vec::new(),
                batch: 1,
            },
        };
        let tree = cost(40.0, 0.0);
        let even = cost(2.0, 500_000.0).break_even(&tree).unwrap();
        assert_eq!(even.round() as u64, 13_158);
        assert_eq!(cost(40.0, 1.0).break_even(&tree), None);
    }
}
