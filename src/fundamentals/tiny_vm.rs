//! 작은 파이썬 가상 머신: 같은 프로그램을 나무를 걸어서, 바이트코드로,
//! 특수화하며, 기계어로 실행함.
//!
//! 흉내 내는 것은 CPython의 스택 기계, 작은 정수의 재사용, 타입마다의 연산
//! 표, PEP 659의 특수화임. 연산의 뜻은 파이썬과 같되 정수는 i64까지임.

use std::cell;
use std::fmt;
use std::hint::black_box;
use std::ops::RangeInclusive;
use std::rc::Rc;

use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series, Shape,
    Table, Text, Tone, Trace, Tree, TreeNode, TreeShape, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 t += i*i 한 줄이 기계어 몇 개가 아니라 수십 단계가 되는가?",
    prediction: Prediction {
        text: "바이트코드로 돌릴 때 반복 한 바퀴(t += i*i)의 디스패치는 \
               몇 번일까?",
        ask: Ask::Number { unit: "번" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 200_000)]),
    bench: Bench::Group,
    memory_mib: 64,
};

lab::choices! {
    /// 실행할 프로그램.
    pub enum Program {
        SumSquares = "sum_squares", "제곱의 합";
        Poly = "poly", "다항식";
        Branchy = "branchy", "갈라지는 반복문";
    }
}

lab::choices! {
    /// 실행하는 방법.
    pub enum Mode {
        Tree = "tree", "나무 걷기";
        Stack = "stack", "스택 바이트코드";
        Special = "special", "특수화";
        Native = "native", "기계어(Rust)";
    }
}

lab::params! {
    /// 프로그램 하나를 한 방법으로.
    pub struct Params {
        program: Program = Program::SumSquares, choice("프로그램");
        n: u64 = 100_000, int("반복의 수").unit("바퀴")
            .range(1, 1_000_000).log();
        mode: Mode = Mode::Stack, choice("방법")
            .hint("답과 체크섬에 적을 방법. 표에는 넷이 모두 나옴");
        turns: u64 = 4, int("재생할 반복의 수").unit("바퀴")
            .range(1, 200)
            .hint("단계 재생만 이만큼 도는 짧은 프로그램을 씀");
    }
    check = |_: &Params, _| Ok(());
}

/// 두 값을 받는 연산.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Add,
    Sub,
    Mul,
    /// 나누는 수는 양수여야 함.
    Mod,
    Eq,
}

impl Op {
    fn sign(self) -> &'static str {
        match self {
            Op::Add => "+",
            Op::Sub => "-",
            Op::Mul => "*",
            Op::Mod => "%",
            Op::Eq => "==",
        }
    }
}

/// 지역 변수의 번호: [`NAMES`]의 차례.
pub type Slot = u8;

/// 변수 0은 인자임.
const NAMES: [&str; 4] = ["n", "t", "i", "x"];
fn name(slot: Slot) -> &'static str {
    NAMES[usize::from(slot)]
}

const N: Slot = 0;
const T: Slot = 1;
const I: Slot = 2;
const X: Slot = 3;

/// 식의 구문 나무.
#[derive(Clone, Debug)]
pub enum Expr {
    /// 작은 정수만: 미리 만들어 둔 것이라 상자가 없음.
    Const(i16),
    Name(Slot),
    Binary(Op, Box<Expr>, Box<Expr>),
}

/// 문장의 구문 나무.
#[derive(Clone, Debug)]
pub enum Stmt {
    Assign(Slot, Expr),
    /// `for slot in range(limit)`.
    For(Slot, Expr, Vec<Stmt>),
    If(Expr, Vec<Stmt>, Vec<Stmt>),
}

/// 함수 하나: 몸을 실행하고 식의 값을 돌려줌.
#[derive(Clone, Debug)]
pub struct Function {
    pub body: Vec<Stmt>,
    pub result: Expr,
}

fn binary(op: Op, a: Expr, b: Expr) -> Expr {
    Expr::Binary(op, Box::new(a), Box::new(b))
}

/// `t += value`는 `t = t + value`와 같음.
fn update(op: Op, value: Expr) -> Stmt {
    Stmt::Assign(T, binary(op, Expr::Name(T), value))
}

impl Program {
    /// 파이썬으로 적은 것.
    fn source(self) -> &'static [&'static str] {
        match self {
            Program::SumSquares => &[
                "def f(n):",
                "    t = 0",
                "    for i in range(n):",
                "        t += i * i",
                "    return t",
            ],
            Program::Poly => &[
                "def f(n):",
                "    t = 0",
                "    for i in range(n):",
                "        x = i % 100",
                "        t += (3 * x + 2) * x + 1",
                "    return t",
            ],
            Program::Branchy => &[
                "def f(n):",
                "    t = 0",
                "    for i in range(n):",
                "        if i % 3 == 0:",
                "            t += i",
                "        else:",
                "            t -= 1",
                "    return t",
            ],
        }
    }

    /// `source`의 구문 나무.
    pub fn function(self) -> Function {
        use Expr::{Const, Name};
        let body = match self {
            Program::SumSquares => {
                vec![update(Op::Add, binary(Op::Mul, Name(I), Name(I)))]
            }
            Program::Poly => {
                let slope = binary(Op::Mul, Const(3), Name(X));
                let factor = binary(Op::Add, slope, Const(2));
                let curve = binary(Op::Mul, factor, Name(X));
                vec![
                    Stmt::Assign(X, binary(Op::Mod, Name(I), Const(100))),
                    update(Op::Add, binary(Op::Add, curve, Const(1))),
                ]
            }
            Program::Branchy => {
                let third = binary(Op::Mod, Name(I), Const(3));
                vec![Stmt::If(
                    binary(Op::Eq, third, Const(0)),
                    vec![update(Op::Add, Name(I))],
                    vec![update(Op::Sub, Const(1))],
                )]
            }
        };
        let start = Stmt::Assign(T, Const(0));
        Function {
            body: vec![start, Stmt::For(I, Name(N), body)],
            result: Name(T),
        }
    }

    /// 같은 계산을 Rust로. 컴파일러가 반복문을 식으로 바꾸기도 함.
    pub fn native(self, n: i64) -> i64 {
        let mut t = 0;
        match self {
            Program::SumSquares => {
                for i in 0..n {
                    t += i * i;
                }
            }
            Program::Poly => {
                for i in 0..n {
                    let x = i % 100;
                    t += (3 * x + 2) * x + 1;
                }
            }
            Program::Branchy => {
                for i in 0..n {
                    if i % 3 == 0 {
                        t += i;
                    } else {
                        t -= 1;
                    }
                }
            }
        }
        t
    }
}

/// 실행을 멈춘 까닭.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trap {
    /// 결과가 i64를 넘음.
    Overflow,
    /// 나누는 수가 양수가 아님.
    Divisor,
    /// 이 타입에는 없는 연산.
    Type,
    /// 값을 주지 않은 변수를 읽음.
    Unbound(Slot),
}

impl From<Trap> for Failure {
    fn from(trap: Trap) -> Self {
        Failure::Unavailable(match trap {
            Trap::Overflow => "계산의 결과가 i64를 넘음".into(),
            Trap::Divisor => "나누는 수가 양수가 아님".into(),
            Trap::Type => "이 타입의 값에는 없는 연산임".into(),
            Trap::Unbound(slot) => {
                format!("값을 주지 않은 변수를 읽음: {}", name(slot))
            }
        })
    }
}

/// 바이트코드의 명령.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Const(i16),
    Load(Slot),
    Store(Slot),
    Binary(Op),
    /// 특수화한 `Binary`: 두 값이 모두 정수라고 짐작함.
    BinaryInt(Op),
    /// 스택의 상한을 0부터 도는 이터레이터로 바꿈.
    Range,
    /// 다음 값을 쌓음. 끝났으면 이터레이터를 치우고 뜀.
    Next(usize),
    Jump(usize),
    JumpUnless(usize),
    Return,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Code::Const(n) => write!(f, "CONST {n}"),
            Code::Load(slot) => write!(f, "LOAD {}", name(*slot)),
            Code::Store(slot) => write!(f, "STORE {}", name(*slot)),
            Code::Binary(op) => write!(f, "BINARY {}", op.sign()),
            Code::BinaryInt(op) => write!(f, "BINARY_INT {}", op.sign()),
            Code::Range => f.write_str("RANGE"),
            Code::Next(to) => write!(f, "NEXT (끝나면 {to}번으로)"),
            Code::Jump(to) => write!(f, "JUMP {to}"),
            Code::JumpUnless(to) => write!(f, "JUMP_UNLESS {to}"),
            Code::Return => f.write_str("RETURN"),
        }
    }
}

/// 구문 나무를 스택 기계의 명령으로.
pub fn compile(function: &Function) -> Vec<Code> {
    let mut code = Vec::new();
    statements(&function.body, &mut code);
    expression(&function.result, &mut code);
    code.push(Code::Return);
    code
}

fn statements(body: &[Stmt], code: &mut Vec<Code>) {
    for stmt in body {
        match stmt {
            Stmt::Assign(slot, value) => {
                expression(value, code);
                code.push(Code::Store(*slot));
            }
            Stmt::For(slot, limit, body) => {
                expression(limit, code);
                code.push(Code::Range);
                let top = code.len();
                // 뛸 곳은 몸을 다 놓은 다음에야 앎
                code.push(Code::Next(0));
                code.push(Code::Store(*slot));
                statements(body, code);
                code.push(Code::Jump(top));
                code[top] = Code::Next(code.len());
            }
            Stmt::If(test, yes, no) => {
                expression(test, code);
                let branch = code.len();
                code.push(Code::JumpUnless(0));
                statements(yes, code);
                let skip = code.len();
                code.push(Code::Jump(0));
                code[branch] = Code::JumpUnless(code.len());
                statements(no, code);
                code[skip] = Code::Jump(code.len());
            }
        }
    }
}

fn expression(expr: &Expr, code: &mut Vec<Code>) {
    match expr {
        Expr::Const(n) => code.push(Code::Const(*n)),
        Expr::Name(slot) => code.push(Code::Load(*slot)),
        Expr::Binary(op, a, b) => {
            expression(a, code);
            expression(b, code);
            code.push(Code::Binary(*op));
        }
    }
}

/// 실행기가 지나가는 순간.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// 다음 명령이나 마디의 처리 코드로 넘어감.
    Dispatch,
    /// 값의 타입이나 담긴 모양을 봄.
    Check,
    /// 힙에 상자를 할당함.
    Box,
    Push,
    Pop,
    /// 명령 하나를 마침: 그 번호와 마친 다음의 모습.
    Done {
        at: usize,
        ran: Code,
        vm: &'a Vm,
    },
}

/// 힙에 놓이는 객체.
#[derive(Debug)]
pub enum Object {
    Int(i64),
    Bool(bool),
    /// 도는 중인 이터레이터.
    Range {
        next: cell::Cell<i64>,
        limit: i64,
    },
}

/// 값은 늘 객체를 가리킴. 복사하면 참조 횟수가 하나 늚.
pub type Value = Rc<Object>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Int,
    Bool,
    Range,
}

impl Object {
    fn kind(&self) -> Type {
        match self {
            Object::Int(_) => Type::Int,
            Object::Bool(_) => Type::Bool,
            Object::Range { .. } => Type::Range,
        }
    }

    /// 정수면 그 값.
    fn int(&self) -> Option<i64> {
        match self {
            Object::Int(n) => Some(*n),
            _ => None,
        }
    }

    fn truth(&self) -> bool {
        !matches!(self, Object::Bool(false) | Object::Int(0))
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Object::Int(n) => write!(f, "{n}"),
            Object::Bool(true) => f.write_str("True"),
            Object::Bool(false) => f.write_str("False"),
            Object::Range { .. } => f.write_str("range"),
        }
    }
}

/// 미리 만들어 두는 정수. CPython 3.14까지의 범위.
const SMALL: RangeInclusive<i64> = -5..=256;

/// 미리 만들어 둔 객체. 나머지 정수는 그때그때 상자를 할당함.
#[derive(Debug)]
struct Ready {
    small: Vec<Value>,
    bools: [Value; 2],
}

impl Ready {
    fn new() -> Self {
        Ready {
            small: SMALL.map(|n| Rc::new(Object::Int(n))).collect(),
            bools: [false, true].map(|b| Rc::new(Object::Bool(b))),
        }
    }

    fn int<W: FnMut(Step)>(&self, n: i64, watch: &mut W) -> Value {
        let at = usize::try_from(n.wrapping_sub(*SMALL.start()));
        match at.ok().and_then(|at| self.small.get(at)) {
            Some(value) => value.clone(),
            None => {
                watch(Step::Box);
                Rc::new(Object::Int(n))
            }
        }
    }

    fn bool(&self, truth: bool) -> Value {
        self.bools[usize::from(truth)].clone()
    }
}

type Slots = [Option<Value>; NAMES.len()];

fn load(slots: &Slots, slot: Slot) -> Result<Value, Trap> {
    slots[usize::from(slot)].clone().ok_or(Trap::Unbound(slot))
}

/// 나무를 걸으며 실행함.
pub fn walk<W: FnMut(Step)>(
    function: &Function,
    n: i64,
    watch: &mut W,
) -> Result<Value, Trap> {
    let ready = Ready::new();
    let mut slots = Slots::default();
    slots[usize::from(N)] = Some(ready.int(n, &mut |_| {}));
    walk_body(&function.body, &mut slots, &ready, watch)?;
    evaluate(&function.result, &slots, &ready, watch)
}

fn walk_body<W: FnMut(Step)>(
    body: &[Stmt],
    slots: &mut Slots,
    ready: &Ready,
    watch: &mut W,
) -> Result<(), Trap> {
    for stmt in body {
        watch(Step::Dispatch);
        match stmt {
            Stmt::Assign(slot, value) => {
                slots[usize::from(*slot)] =
                    Some(evaluate(value, slots, ready, watch)?);
            }
            Stmt::For(slot, limit, body) => {
                let limit = evaluate(limit, slots, ready, watch)?;
                watch(Step::Check);
                for i in 0..limit.int().ok_or(Trap::Type)? {
                    slots[usize::from(*slot)] = Some(ready.int(i, watch));
                    walk_body(body, slots, ready, watch)?;
                }
            }
            Stmt::If(test, yes, no) => {
                let test = evaluate(test, slots, ready, watch)?;
                watch(Step::Check);
                let body = if test.truth() { yes } else { no };
                walk_body(body, slots, ready, watch)?;
            }
        }
    }
    Ok(())
}

fn evaluate<W: FnMut(Step)>(
    expr: &Expr,
    slots: &Slots,
    ready: &Ready,
    watch: &mut W,
) -> Result<Value, Trap> {
    watch(Step::Dispatch);
    match expr {
        Expr::Const(n) => Ok(ready.int(i64::from(*n), watch)),
        Expr::Name(slot) => load(slots, *slot),
        Expr::Binary(op, a, b) => {
            let a = evaluate(a, slots, ready, watch)?;
            let b = evaluate(b, slots, ready, watch)?;
            generic(*op, &a, &b, ready, watch)
        }
    }
}

/// 함수 하나를 실행하는 동안의 모습.
#[derive(Debug)]
pub struct Vm {
    code: Vec<Code>,
    /// 명령마다 특수화할 때까지 실행한 횟수.
    seen: Vec<u32>,
    /// 특수화하는가.
    specialize: bool,
    slots: Slots,
    stack: Vec<Value>,
    ready: Ready,
}

/// 이만큼 실행한 명령을 특수화함.
const WARMUP: u32 = 2;

// ANCHOR: kernel
impl Vm {
    pub fn new(code: Vec<Code>, specialize: bool) -> Self {
        Vm {
            seen: vec![0; code.len()],
            code,
            specialize,
            slots: Slots::default(),
            stack: Vec::new(),
            ready: Ready::new(),
        }
    }

    /// 해석 고리: 명령을 하나씩 꺼내 그 처리 코드로 넘어감.
    pub fn run<W: FnMut(Step)>(
        &mut self,
        n: i64,
        watch: &mut W,
    ) -> Result<Value, Trap> {
        self.slots[usize::from(N)] = Some(self.ready.int(n, &mut |_| {}));
        let mut pc = 0;
        loop {
            let (at, ran) = (pc, self.code[pc]);
            watch(Step::Dispatch);
            pc += 1;
            match ran {
                Code::Const(n) => {
                    let value = self.ready.int(i64::from(n), watch);
                    self.push(value, watch); // step: const
                }
                Code::Load(slot) => {
                    let value = load(&self.slots, slot)?;
                    self.push(value, watch); // step: load
                }
                Code::Store(slot) => {
                    let value = self.pop(watch);
                    self.slots[usize::from(slot)] = Some(value); // step: store
                }
                Code::Binary(op) => {
                    let (b, a) = (self.pop(watch), self.pop(watch));
                    let result = generic(op, &a, &b, &self.ready, watch)?;
                    self.push(result, watch); // step: generic
                    self.seen[at] += 1;
                    let ints = a.int().is_some() && b.int().is_some();
                    if self.specialize && ints && self.seen[at] >= WARMUP {
                        self.code[at] = Code::BinaryInt(op);
                    }
                }
                Code::BinaryInt(op) => {
                    let (b, a) = (self.pop(watch), self.pop(watch));
                    watch(Step::Check);
                    watch(Step::Check);
                    let result = match (a.int(), b.int()) {
                        (Some(a), Some(b)) => {
                            int_op(op, a, b, &self.ready, watch)?
                        } // step: special
                        _ => {
                            // 짐작이 틀렸으니 되돌리고 다시 셈
                            (self.code[at], self.seen[at]) =
                                (Code::Binary(op), 0);
                            generic(op, &a, &b, &self.ready, watch)?
                        }
                    };
                    self.push(result, watch);
                }
                Code::Range => {
                    let limit = self.pop(watch);
                    watch(Step::Check);
                    let limit = limit.int().ok_or(Trap::Type)?;
                    let range =
                        Object::Range { next: cell::Cell::new(0), limit };
                    self.push(Rc::new(range), watch); // step: range
                }
                Code::Next(exit) => {
                    watch(Step::Check);
                    match self.stack.last().map(|top| &**top) {
                        Some(Object::Range { next, limit })
                            if next.get() < *limit =>
                        {
                            let value = self.ready.int(next.get(), watch);
                            next.set(next.get() + 1);
                            self.push(value, watch); // step: next
                        }
                        _ => {
                            self.pop(watch);
                            pc = exit;
                        }
                    }
                }
                Code::Jump(to) => pc = to, // step: jump
                Code::JumpUnless(to) => {
                    let test = self.pop(watch);
                    watch(Step::Check);
                    if !test.truth() {
                        pc = to; // step: jump
                    }
                }
                Code::Return => {
                    let result = self.pop(watch); // step: return
                    watch(Step::Done { at, ran, vm: self });
                    return Ok(result);
                }
            }
            watch(Step::Done { at, ran, vm: self });
        }
    }

    fn push<W: FnMut(Step)>(&mut self, value: Value, watch: &mut W) {
        watch(Step::Push);
        self.stack.push(value);
    }

    fn pop<W: FnMut(Step)>(&mut self, watch: &mut W) -> Value {
        watch(Step::Pop);
        match self.stack.pop() {
            Some(value) => value,
            None => unreachable!("컴파일한 코드는 쌓은 만큼만 꺼냄"),
        }
    }
}

type Run<W> = fn(Op, &Object, &Object, &Ready, &mut W) -> Result<Value, Trap>;

/// 두 타입을 보고 할 일을 고른 다음에야 값을 꺼내 계산함.
fn generic<W: FnMut(Step)>(
    op: Op,
    a: &Object,
    b: &Object,
    ready: &Ready,
    watch: &mut W,
) -> Result<Value, Trap> {
    watch(Step::Check);
    watch(Step::Check);
    let run: Run<W> = match (a.kind(), b.kind()) {
        (Type::Int, Type::Int) => ints,
        (Type::Bool, Type::Bool) => bools,
        _ => return Err(Trap::Type),
    };
    run(op, a, b, ready, watch)
}

fn ints<W: FnMut(Step)>(
    op: Op,
    a: &Object,
    b: &Object,
    ready: &Ready,
    watch: &mut W,
) -> Result<Value, Trap> {
    watch(Step::Check);
    watch(Step::Check);
    let (a, b) = a.int().zip(b.int()).ok_or(Trap::Type)?;
    int_op(op, a, b, ready, watch)
}

/// 넘치면 멈추고, 결과가 작은 정수가 아니면 상자에 담음.
fn int_op<W: FnMut(Step)>(
    op: Op,
    a: i64,
    b: i64,
    ready: &Ready,
    watch: &mut W,
) -> Result<Value, Trap> {
    let result = match op {
        Op::Add => a.checked_add(b),
        Op::Sub => a.checked_sub(b),
        Op::Mul => a.checked_mul(b),
        Op::Mod if b <= 0 => return Err(Trap::Divisor),
        Op::Mod => Some(a.rem_euclid(b)),
        Op::Eq => return Ok(ready.bool(a == b)),
    };
    Ok(ready.int(result.ok_or(Trap::Overflow)?, watch))
}
// ANCHOR_END: kernel

/// 참·거짓에는 `==`만 있음.
fn bools<W: FnMut(Step)>(
    op: Op,
    a: &Object,
    b: &Object,
    ready: &Ready,
    watch: &mut W,
) -> Result<Value, Trap> {
    watch(Step::Check);
    watch(Step::Check);
    match op {
        Op::Eq => Ok(ready.bool(a.truth() == b.truth())),
        _ => Err(Trap::Type),
    }
}

/// 한 번 실행하는 동안 센 것.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub dispatch: u64,
    pub checks: u64,
    pub boxes: u64,
    pub push: u64,
    pub pop: u64,
}

impl Tally {
    fn count(&mut self, step: Step) {
        match step {
            Step::Dispatch => self.dispatch += 1,
            Step::Check => self.checks += 1,
            Step::Box => self.boxes += 1,
            Step::Push => self.push += 1,
            Step::Pop => self.pop += 1,
            Step::Done { .. } => {}
        }
    }

    /// 이름과 센 수, 표에 나오는 차례대로.
    fn named(&self) -> [(&'static str, u64); 5] {
        [
            ("디스패치", self.dispatch),
            ("타입 검사", self.checks),
            ("상자 할당", self.boxes),
            ("push", self.push),
            ("pop", self.pop),
        ]
    }
}

/// 한 방법으로 실행함. 정수가 아닌 결과를 내는 프로그램은 없음.
pub fn execute<W: FnMut(Step)>(
    mode: Mode,
    program: Program,
    n: i64,
    watch: &mut W,
) -> Result<i64, Trap> {
    let function = program.function();
    let result = match mode {
        Mode::Native => return Ok(program.native(n)),
        Mode::Tree => walk(&function, n, watch)?,
        Mode::Stack => Vm::new(compile(&function), false).run(n, watch)?,
        Mode::Special => Vm::new(compile(&function), true).run(n, watch)?,
    };
    result.int().ok_or(Trap::Type)
}

fn tally(
    mode: Mode,
    program: Program,
    n: u64,
) -> Result<(i64, Tally), Failure> {
    let mut tally = Tally::default();
    let watch = &mut |step: Step| tally.count(step);
    let result = execute(mode, program, n as i64, watch)?;
    Ok((result, tally))
}

/// 모든 방법, 느릴 것 같은 것부터.
pub const MODES: [Mode; 4] =
    [Mode::Tree, Mode::Stack, Mode::Special, Mode::Native];

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let mut tallies = Vec::new();
    let (mut result, mut ours) = (0, Tally::default());
    for (done, mode) in MODES.into_iter().enumerate() {
        ctx.progress(done as u64, MODES.len() as u64, mode.label())?;
        let (value, tally) = tally(mode, p.program, p.n)?;
        tallies.push(tally);
        if mode == p.mode {
            (result, ours) = (value, tally);
        }
    }
    let Tally { dispatch, checks, boxes, push, pop } = ours;
    let code = compile(&p.program.function());
    Ok(Report::default()
        .answer("result", result.to_string().as_str())
        .answer("dispatch", dispatch)
        .answer("checks", checks)
        .answer("boxes", boxes)
        .answer("push", push)
        .answer("pop", pop)
        .checksum(&[result as u64, dispatch, checks, boxes, push, pop])
        .view(View::Table(summary(p, &tallies)))
        .view(View::Chart(per_turn(p, &tallies)))
        .view(View::Tree(outline(p.program)))
        .view(View::Text(listing(p.program, &code)))
        .view(View::Trace(replay(p, &code, false)?))
        .view(View::Trace(replay(p, &code, true)?)))
}

/// 바이트코드의 디스패치에서 준비와 마무리를 뺀, 한 바퀴의 몫. 예측은
/// 바이트코드를 물으므로 고른 방법과 상관없음.
fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let idle = tally(Mode::Stack, p.program, 0).unwrap_or_default().1;
    let all = dispatches(report, Mode::Stack).unwrap_or(0);
    let turn = per_loop(&p, Mode::Stack, all);
    let mut sentence = format!(
        "{}, {} {}바퀴에 {}번이고, 그 가운데 {}번은 준비와 마무리임.",
        Mode::Stack.label(),
        p.program.label(),
        format::int(p.n),
        format::int(all),
        idle.dispatch
    );
    match p.mode {
        Mode::Stack => {}
        Mode::Native => sentence.push_str(
            " 고른 방법은 기계어라 해석할 것이 없고 디스패치도 없음.",
        ),
        Mode::Tree | Mode::Special => {
            let all = report.int("dispatch").unwrap_or(0);
            let turn = per_loop(&p, p.mode, all);
            let label = p.mode.label();
            let more = format!(" 고른 방법({label}): 한 바퀴에 {turn}번.");
            sentence.push_str(&more);
        }
    }
    Verdict::number(format!("한 바퀴에 {turn}번"), turn, sentence)
}

/// 표에서 읽은, 한 방법의 디스패치.
fn dispatches(report: &Report, mode: Mode) -> Option<u64> {
    let row = report.views.iter().find_map(|view| {
        let View::Table(table) = view else { return None };
        // 시간의 표에도 같은 이름이 있음
        let counted = table.badge == Badge::Model;
        let mut rows = table.rows.iter().filter(|_| counted);
        rows.find(|row| row[0].text == mode.label())
    })?;
    row.get(1)?.value.map(|count| count as u64)
}

/// 디스패치 `all`번에서 준비와 마무리를 뺀 한 바퀴의 몫, 소수 둘째 자리까지.
fn per_loop(p: &Params, mode: Mode, all: u64) -> f64 {
    let idle = tally(mode, p.program, 0).unwrap_or_default().1;
    let turn = all.saturating_sub(idle.dispatch) as f64 / p.n as f64;
    (turn * 100.0).round() / 100.0
}

fn summary(p: &Params, tallies: &[Tally]) -> Table {
    let mut columns = vec![Column::text("방법")];
    let names = Tally::default().named();
    columns.extend(names.map(|(name, _)| Column::number(name, "번")));
    columns.push(Column::number("한 바퀴의 합", "번"));
    let row = |(mode, tally): (&Mode, &Tally)| {
        let counts = tally.named().map(|(_, count)| count);
        let sum: u64 = counts.iter().sum();
        let mut row = vec![mode.label().into()];
        row.extend(counts.map(Cell::from));
        row.push(Cell::fixed(sum as f64 / p.n as f64, 1));
        row
    };
    Table {
        title: format!(
            "{} {}바퀴를 도는 동안 센 것",
            p.program.label(),
            format::int(p.n)
        ),
        badge: Badge::Model,
        columns,
        rows: MODES.iter().zip(tallies).map(row).collect(),
    }
}

fn per_turn(p: &Params, tallies: &[Tally]) -> Chart {
    let point = |kind: usize| {
        move |(i, tally): (usize, &Tally)| {
            let count = tally.named()[kind].1 as f64;
            (i as f64, count / p.n as f64).into()
        }
    };
    let names = Tally::default().named().into_iter().enumerate();
    Chart {
        title: "한 바퀴에 하는 일".into(),
        badge: Badge::Model,
        x: Axis::category("방법", MODES.map(Mode::label)),
        y: Axis::linear("한 바퀴에", "번"),
        series: names
            .map(|(kind, (name, _))| Series {
                name: name.into(),
                shape: Shape::Stack,
                points: tallies.iter().enumerate().map(point(kind)).collect(),
            })
            .collect(),
        marks: Vec::new(),
    }
}

fn outline(program: Program) -> Tree {
    let function = program.function();
    let mut roots: Vec<TreeNode> = function.body.iter().map(stmt).collect();
    roots.push(node("반환", vec![expr(&function.result)]));
    Tree {
        title: format!("{}의 구문 나무", program.label()),
        badge: Badge::Model,
        unit: String::new(),
        shape: TreeShape::Outline,
        roots,
    }
}

fn node(label: impl Into<String>, children: Vec<TreeNode>) -> TreeNode {
    TreeNode::new(label, 0.0, children)
}

fn stmt(stmt: &Stmt) -> TreeNode {
    let all = |body: &[Stmt]| body.iter().map(self::stmt).collect();
    match stmt {
        Stmt::Assign(slot, value) => {
            node(format!("대입: {}", name(*slot)), vec![expr(value)])
        }
        Stmt::For(slot, limit, body) => node(
            format!("반복: {}", name(*slot)),
            vec![node("상한", vec![expr(limit)]), node("몸", all(body))],
        ),
        Stmt::If(test, yes, no) => node(
            "조건",
            vec![
                expr(test),
                node("참이면", all(yes)),
                node("거짓이면", all(no)),
            ],
        ),
    }
}

fn expr(expr: &Expr) -> TreeNode {
    match expr {
        Expr::Const(n) => node(format!("상수 {n}"), Vec::new()),
        Expr::Name(slot) => node(format!("이름 {}", name(*slot)), Vec::new()),
        Expr::Binary(op, a, b) => {
            node(op.sign(), vec![self::expr(a), self::expr(b)])
        }
    }
}

fn listing(program: Program, code: &[Code]) -> Text {
    let source = program.source().iter().map(|line| (*line).to_owned());
    let code =
        code.iter().enumerate().map(|(at, code)| format!("{at:>2}  {code}"));
    Text {
        title: "소스와 바이트코드".into(),
        badge: Badge::Model,
        lines: source.chain([String::new()]).chain(code).collect(),
    }
}

/// 재생은 이 장면 수에서 멈춤.
const MAX_FRAMES: usize = 2_000;
/// 재생에 보이는 스택의 깊이. 어느 프로그램도 넘지 않음.
const DEPTH: u64 = 6;

fn replay(
    p: &Params,
    code: &[Code],
    specialize: bool,
) -> Result<Trace, Failure> {
    let mut frames = Vec::new();
    let mut tally = Tally::default();
    let mut full = false;
    let watch = &mut |step: Step| {
        tally.count(step);
        let Step::Done { at, ran, vm } = step else { return };
        full = frames.len() == MAX_FRAMES;
        if full {
            return;
        }
        let counters = tally.named().into_iter();
        frames.push(Frame {
            step: tag(ran).to_owned(),
            say: format!("{at}번 {ran}: {}", told(at, ran, vm)),
            counters: counters
                .map(|(name, count)| (name.to_owned(), format::int(count)))
                .collect(),
            lanes: vec![code_lane(vm, at), stack_lane(vm), slot_lane(vm, ran)],
            jumps: Vec::new(),
        });
    };
    Vm::new(code.to_vec(), specialize).run(p.turns as i64, watch)?;
    let mode = if specialize { Mode::Special } else { Mode::Stack };
    let cut = match full {
        true => format!(", 앞의 {}장면", format::int(MAX_FRAMES as u64)),
        false => String::new(),
    };
    Ok(Trace {
        title: format!("{}: {}바퀴{cut}", mode.label(), p.turns),
        badge: Badge::Model,
        frames,
    })
}

fn tag(code: Code) -> &'static str {
    match code {
        Code::Const(_) => "const",
        Code::Load(_) => "load",
        Code::Store(_) => "store",
        Code::Binary(_) => "generic",
        Code::BinaryInt(_) => "special",
        Code::Range => "range",
        Code::Next(_) => "next",
        Code::Jump(_) | Code::JumpUnless(_) => "jump",
        Code::Return => "return",
    }
}

/// 명령 하나가 한 일. 모습은 마친 다음의 것임.
fn told(at: usize, ran: Code, vm: &Vm) -> String {
    let top = match vm.stack.last().map(|top| &**top) {
        Some(Object::Int(n)) if !SMALL.contains(n) => format!("{n}(상자)"),
        Some(value) => value.to_string(),
        None => "없음".into(),
    };
    let turned = match vm.code[at] == ran {
        true => "",
        false => ". 두 번째라 다음부터는 특수화한 명령을 씀",
    };
    match ran {
        Code::Const(_) => "상수를 쌓음".into(),
        Code::Load(slot) => format!("{}의 값을 쌓음: {top}", name(slot)),
        Code::Store(slot) => format!("꺼낸 값을 {}에 둠", name(slot)),
        Code::Binary(_) => {
            format!("타입을 보고 할 일을 골라 계산함: {top}{turned}")
        }
        Code::BinaryInt(_) => {
            format!("둘 다 정수인지만 보고 바로 계산함: {top}")
        }
        Code::Range => "꺼낸 상한으로 이터레이터를 쌓음".into(),
        Code::Next(_) if !vm.stack.is_empty() => {
            format!("이터레이터의 다음 값을 쌓음: {top}")
        }
        Code::Next(_) => "끝났으므로 이터레이터를 치우고 뜀".into(),
        Code::Jump(to) => format!("{to}번으로 뜀"),
        Code::JumpUnless(to) => format!("거짓이면 {to}번으로 뜀"),
        Code::Return => "꺼낸 값을 돌려줌".into(),
    }
}

/// 칸에 들어가게 줄인 명령.
fn code_lane(vm: &Vm, now: usize) -> Lane {
    let cell = |(at, code): (usize, &Code)| LaneCell {
        at: at as u64,
        text: match code {
            Code::Const(n) => n.to_string(),
            Code::Load(slot) => format!("←{}", name(*slot)),
            Code::Store(slot) => format!("→{}", name(*slot)),
            Code::Binary(op) => op.sign().into(),
            Code::BinaryInt(op) => format!("{}int", op.sign()),
            Code::Range => "RANGE".into(),
            Code::Next(_) => "NEXT".into(),
            Code::Jump(to) => format!("J {to}"),
            Code::JumpUnless(to) => format!("JU {to}"),
            Code::Return => "RET".into(),
        },
        tone: match code {
            _ if at == now => Tone::Now,
            Code::BinaryInt(_) => Tone::Hit,
            _ => Tone::Plain,
        },
    };
    Lane {
        label: "바이트코드(← 읽기, → 쓰기)".into(),
        size: vm.code.len() as u64,
        cells: vm.code.iter().enumerate().map(cell).collect(),
        group: 0,
    }
}

fn stack_lane(vm: &Vm) -> Lane {
    let cell = |(at, value): (usize, &Value)| LaneCell {
        at: at as u64,
        text: value.to_string(),
        tone: match at + 1 == vm.stack.len() {
            true => Tone::Now,
            false => Tone::Plain,
        },
    };
    Lane {
        label: "값 스택(오른쪽이 꼭대기)".into(),
        size: DEPTH,
        cells: vm.stack.iter().enumerate().map(cell).collect(),
        group: 0,
    }
}

fn slot_lane(vm: &Vm, ran: Code) -> Lane {
    let cell = |(at, value): (usize, &Option<Value>)| {
        let text = value.as_ref()?.to_string();
        let tone = match ran {
            Code::Store(slot) if usize::from(slot) == at => Tone::Hit,
            Code::Load(slot) if usize::from(slot) == at => Tone::Now,
            _ => Tone::Plain,
        };
        Some(LaneCell { at: at as u64, text, tone })
    };
    let cells = vm.slots.iter().enumerate().filter_map(cell);
    Lane {
        label: format!("지역 변수({})", NAMES.join(", ")),
        size: NAMES.len() as u64,
        cells: cells.collect(),
        group: 0,
    }
}

/// 더 늘려도 한 바퀴의 시간은 그대로이고, 적으면 시작하는 값(작은 정수와
/// 바이트코드를 마련하기)이 섞이므로 늘 이만큼 돎.
const MEASURED: u64 = 100_000;

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let n = MEASURED;
    // 실패하는 프로그램의 시간은 재지 않음
    tally(p.mode, p.program, n)?;
    let cases = MODES.into_iter().map(|mode| {
        let work = move || {
            let (program, n) = black_box((p.program, n as i64));
            execute(mode, program, n, &mut |_| {}).unwrap_or(0) as u64
        };
        Case::new(mode.label(), n, work)
    });
    let title = format!("{} {}바퀴", p.program.label(), format::int(n));
    let mut views = compare(ctx, &title, "한 바퀴", cases.collect())?;
    if p.n < n {
        views.push(note(format!(
            "시간은 {}바퀴로 잼: 바퀴가 적으면 시작하는 값이 한 바퀴에 섞임",
            format::int(n)
        )));
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    const PROGRAMS: [Program; 3] =
        [Program::SumSquares, Program::Poly, Program::Branchy];

    fn counts(pairs: &[(&str, &str)]) -> [u64; 5] {
        let report = run_with("tiny_vm", pairs);
        ["dispatch", "checks", "boxes", "push", "pop"]
            .map(|key| report.int(key).unwrap())
    }

    /// 제곱의 합 100,000바퀴를 손으로 센 것.
    #[test]
    fn anchors_of_the_sum_of_squares() {
        let n = 100_000;
        // i가 257인 바퀴부터 i를, 17부터 i*i를, 9부터 t를 상자에 담음
        let boxes = (n - 257) + (n - 17) + (n - 9);
        let stack = [9 * n + 7, 9 * n + 2, boxes, 6 * n + 4, 6 * n + 4];
        assert_eq!(counts(&[]), stack);
        let [dispatch, checks, boxes, push, pop] = stack;
        let fewer = checks - 2 * 2 * (n - 2);
        assert_eq!(
            counts(&[("mode", "special")]),
            [dispatch, fewer, boxes, push, pop]
        );
        let tree = [6 * n + 5, 8 * n + 1, boxes, 0, 0];
        assert_eq!(counts(&[("mode", "tree")]), tree);
        assert_eq!(counts(&[("mode", "native")]), [0; 5]);
    }

    #[test]
    fn the_default_prediction_is_nine_dispatches() {
        let verdict = run_with("tiny_vm", &[]).verdict.unwrap();
        assert_eq!(verdict.number, Some(9.0));
        let one = run_with("tiny_vm", &[("n", "1"), ("program", "poly")]);
        assert_eq!(one.verdict.unwrap().number, Some(19.0));
    }

    /// 물은 것은 바이트코드라, 어느 방법을 골라도 정답은 같음.
    #[test]
    fn the_prediction_is_about_bytecode_in_every_mode() {
        for (mode, want) in [
            ("tree", "고른 방법(나무 걷기): 한 바퀴에 6번."),
            ("stack", "준비와 마무리임."),
            ("special", "고른 방법(특수화): 한 바퀴에 9번."),
            ("native", "디스패치도 없음."),
        ] {
            let pairs = [("mode", mode), ("n", "10")];
            let verdict = run_with("tiny_vm", &pairs).verdict.unwrap();
            assert_eq!(verdict.number, Some(9.0), "{mode}");
            assert_eq!(verdict.headline, "한 바퀴에 9번");
            assert!(verdict.sentence.ends_with(want), "{mode}");
        }
    }

    #[test]
    fn every_mode_gives_the_same_result() {
        for program in PROGRAMS {
            for n in [0, 1, 2, 3, 100, 5_000] {
                let want = program.native(n);
                for mode in MODES {
                    let got = execute(mode, program, n, &mut |_| {});
                    assert_eq!(got, Ok(want), "{program:?} {mode:?} {n}");
                }
            }
        }
    }

    /// 닫힌 식: 0²+…+(n−1)².
    #[test]
    fn the_largest_sum_fits() {
        let n: i64 = 1_000_000;
        let want = (n - 1) * n * (2 * n - 1) / 6;
        assert_eq!(Program::SumSquares.native(n), want);
    }

    /// 세 해석기로 실행한 결과. 서로 같아야 함.
    fn interpret(function: &Function, n: i64) -> Result<String, Trap> {
        let text = |value: Result<Value, Trap>| value.map(|v| v.to_string());
        let tree = text(walk(function, n, &mut |_| {}));
        for specialize in [false, true] {
            let mut vm = Vm::new(compile(function), specialize);
            assert_eq!(text(vm.run(n, &mut |_| {})), tree);
        }
        tree
    }

    fn function(body: Vec<Stmt>, result: Expr) -> Function {
        Function { body, result }
    }

    #[test]
    fn traps_stop_every_interpreter() {
        use Expr::{Const, Name};
        let double = Stmt::Assign(T, binary(Op::Mul, Name(T), Const(2)));
        let start = Stmt::Assign(T, Const(1));
        let body = vec![start, Stmt::For(I, Name(N), vec![double])];
        let powers = function(body, Name(T));
        let top = (1u64 << 62).to_string();
        assert_eq!(interpret(&powers, 62), Ok(top));
        assert_eq!(interpret(&powers, 63), Err(Trap::Overflow));
        let result = |expr| function(Vec::new(), expr);
        let zero = result(binary(Op::Mod, Name(N), Const(0)));
        assert_eq!(interpret(&zero, 7), Err(Trap::Divisor));
        assert_eq!(interpret(&result(Name(X)), 7), Err(Trap::Unbound(X)));
        let truth = binary(Op::Eq, Name(N), Name(N));
        let mixed = result(binary(Op::Add, truth, Const(1)));
        assert_eq!(interpret(&mixed, 7), Err(Trap::Type));
    }

    /// 정수만 보던 ==이 참·거짓을 만나면 일반 명령으로 돌아감.
    #[test]
    fn a_wrong_guess_is_undone() {
        use Expr::{Const, Name};
        let same = binary(Op::Eq, Name(X), Name(X));
        let count = Stmt::If(same, vec![update(Op::Add, Const(1))], vec![]);
        let fourth = || binary(Op::Eq, Name(I), Const(4));
        let swap = Stmt::Assign(X, fourth());
        let turn = vec![count, Stmt::If(fourth(), vec![swap], vec![])];
        let body = vec![
            Stmt::Assign(T, Const(0)),
            Stmt::Assign(X, Const(0)),
            Stmt::For(I, Name(N), turn),
        ];
        let function = function(body, Name(T));
        assert_eq!(interpret(&function, 8), Ok("8".into()));
        let mut changes = Vec::new();
        let mut vm = Vm::new(compile(&function), true);
        let equal = Code::Binary(Op::Eq);
        let at = vm.code.iter().position(|code| *code == equal).unwrap();
        vm.run(8, &mut |step| {
            if let Step::Done { at: now, vm, .. } = step
                && now == at
            {
                changes.push(vm.code[at] == equal);
            }
        })
        .unwrap();
        // 두 번 보고 특수화, 여섯 번째에 되돌림
        let want = [true, false, false, false, false, true, true, true];
        assert_eq!(changes, want);
    }

    #[test]
    fn frames_stop_at_the_cap_and_say_so() {
        let pairs = [("program", "poly"), ("turns", "200"), ("n", "10")];
        let report = run_with("tiny_vm", &pairs);
        let traces = report.views.iter().filter_map(|view| match view {
            View::Trace(trace) => Some(trace),
            _ => None,
        });
        for trace in traces {
            assert_eq!(trace.frames.len(), MAX_FRAMES);
            assert!(trace.title.contains("앞의 2,000장면"));
            let deep = |frame: &Frame| frame.lanes[1].cells.len() as u64;
            assert!(trace.frames.iter().all(|f| deep(f) <= DEPTH));
        }
    }
}
