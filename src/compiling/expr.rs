//! 식의 문법: 글자에서 구문 나무로. 틀리면 몇째 글자가 왜 틀렸는지 말함.
//!
//! ```text
//! 식   = 항 (('+' | '-') 항)*
//! 항   = 부호 (('*' | '/') 부호)*
//! 부호 = '-'* 값
//! 값   = 수 | 'x' | '(' 식 ')' | 'sqrt' '(' 식 ')'
//!      | 'sel' '(' 식 '<' 식 ',' 식 ',' 식 ')'
//! ```

use std::fmt;

use lab::report::TreeNode;

/// 마디의 수.
pub const MAX_NODES: usize = 200;
/// 나무의 깊이와 괄호의 겹. 나무를 걷는 재귀가 스택을 넘지 않게 함.
pub const MAX_DEPTH: usize = 40;
/// 글자의 수.
pub const MAX_CHARS: usize = 400;

/// 두 값을 받는 연산. 뜻은 IEEE 754 f64와 같음.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Add,
    Sub,
    Mul,
    Div,
}

impl Op {
    pub const ALL: [Op; 4] = [Op::Add, Op::Sub, Op::Mul, Op::Div];

    pub fn sign(self) -> char {
        match self {
            Op::Add => '+',
            Op::Sub => '-',
            Op::Mul => '*',
            Op::Div => '/',
        }
    }

    /// 명령의 이름: WASM과 Cranelift의 것과 비슷함.
    pub fn word(self) -> &'static str {
        match self {
            Op::Add => "add",
            Op::Sub => "sub",
            Op::Mul => "mul",
            Op::Div => "div",
        }
    }

    #[inline]
    pub fn apply(self, a: f64, b: f64) -> f64 {
        match self {
            Op::Add => a + b,
            Op::Sub => a - b,
            Op::Mul => a * b,
            Op::Div => a / b,
        }
    }
}

/// 구문 나무.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    Number(f64),
    X,
    Neg(Box<Expr>),
    Sqrt(Box<Expr>),
    Binary(Op, Box<Expr>, Box<Expr>),
    /// 첫째가 둘째보다 작으면 셋째, 아니면 넷째.
    Select(Box<[Expr; 4]>),
}

impl Expr {
    pub fn children(&self) -> Vec<&Expr> {
        match self {
            Expr::Number(_) | Expr::X => Vec::new(),
            Expr::Neg(a) | Expr::Sqrt(a) => vec![a],
            Expr::Binary(_, a, b) => vec![a, b],
            Expr::Select(parts) => parts.iter().collect(),
        }
    }

    /// 마디의 수.
    pub fn nodes(&self) -> u64 {
        1 + self.children().into_iter().map(Expr::nodes).sum::<u64>()
    }

    /// 잎까지 가장 긴 길의 마디 수.
    pub fn depth(&self) -> u64 {
        let below = self.children().into_iter().map(Expr::depth).max();
        1 + below.unwrap_or(0)
    }

    /// 화면의 나무.
    pub fn outline(&self) -> TreeNode {
        let label = match self {
            Expr::Number(value) => value.to_string(),
            Expr::X => "x".to_owned(),
            Expr::Neg(_) => "부호 −".to_owned(),
            Expr::Sqrt(_) => "sqrt".to_owned(),
            Expr::Binary(op, ..) => op.sign().to_string(),
            Expr::Select(_) => "sel: 첫째 < 둘째".to_owned(),
        };
        let children = self.children();
        let children = children.into_iter().map(Expr::outline).collect();
        TreeNode::new(label, 0.0, children)
    }
}

/// 다시 읽으면 같은 나무가 되는 글.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expr::Number(value) => write!(f, "{value}"),
            Expr::X => f.write_str("x"),
            Expr::Neg(a) => write!(f, "-({a})"),
            Expr::Sqrt(a) => write!(f, "sqrt({a})"),
            Expr::Binary(op, a, b) => write!(f, "({a}){}({b})", op.sign()),
            Expr::Select(parts) => {
                let [a, b, c, d] = &**parts;
                write!(f, "sel({a}<{b},{c},{d})")
            }
        }
    }
}

/// 읽지 못한 까닭과 자리.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// 몇째 글자인가, 0부터. 끝이면 글자의 수.
    pub at: usize,
    pub why: String,
}

/// 화살표 앞뒤로 보이는 글자의 수: 전화기의 한 줄에 들어가 접히지 않음.
const BEFORE: usize = 20;
const AFTER: usize = 12;

impl Wrong {
    /// 까닭과, 그 자리를 가리키는 두 줄. 자리 앞은 모두 문법에 맞는
    /// 아스키 글자라 한 칸씩임.
    pub fn explain(&self, text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let start = self.at.saturating_sub(BEFORE);
        let end = (self.at + AFTER).min(chars.len());
        let shown = chars[start..end].iter();
        let shown: String =
            shown.map(|c| if c.is_control() { '·' } else { *c }).collect();
        let caret = " ".repeat(self.at - start);
        format!("{}번째 글자: {}\n{shown}\n{caret}^", self.at + 1, self.why)
    }
}

/// 글자에서 나무로. 무엇을 주어도 나무 아니면 까닭이 나옴.
pub fn parse(text: &str) -> Result<Expr, Wrong> {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() > MAX_CHARS {
        let why = format!("{MAX_CHARS}자까지만 받음");
        return Err(Wrong { at: MAX_CHARS, why });
    }
    let mut parser = Parser { chars, at: 0, nodes: 0, parens: 0 };
    let (expr, _) = parser.sum()?;
    match parser.peek() {
        None => Ok(expr),
        Some(')') => parser.fail("짝이 없는 닫는 괄호임"),
        Some('<') => parser.fail("'<'는 sel의 첫 자리에만 씀"),
        Some(',') => parser.fail("','는 sel 안에서만 씀"),
        Some(c) if c.is_ascii_alphanumeric() || matches!(c, '.' | '(') => {
            parser.fail("앞의 값과 사이에 연산자가 없음")
        }
        Some(c) => parser.fail(&format!("쓸 수 없는 글자 '{}'", shown(c))),
    }
}

fn shown(c: char) -> String {
    if c.is_control() { c.escape_unicode().collect() } else { c.to_string() }
}

/// 나무와 그 깊이.
type Built = (Expr, usize);

struct Parser {
    chars: Vec<char>,
    at: usize,
    nodes: usize,
    parens: usize,
}

impl Parser {
    /// 다음 글자. 빈칸은 지나감.
    fn peek(&mut self) -> Option<char> {
        while matches!(self.chars.get(self.at), Some(' ' | '\t')) {
            self.at += 1;
        }
        self.chars.get(self.at).copied()
    }

    fn fail<T>(&self, why: &str) -> Result<T, Wrong> {
        Err(Wrong { at: self.at, why: why.to_owned() })
    }

    fn expect(&mut self, want: char) -> Result<(), Wrong> {
        if self.peek() == Some(want) {
            self.at += 1;
            return Ok(());
        }
        let why = match self.chars.get(self.at) {
            None => format!("'{want}'가 있어야 하는데 끝남"),
            Some(c) => {
                format!("'{want}'가 있어야 하는데 나온 글자: '{}'", shown(*c))
            }
        };
        self.fail(&why)
    }

    /// 마디 하나를 더함. 자리는 그 마디를 만든 글자.
    fn node(
        &mut self,
        at: usize,
        below: usize,
        expr: Expr,
    ) -> Result<Built, Wrong> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let why = format!("마디가 {MAX_NODES}개를 넘음");
            return Err(Wrong { at, why });
        }
        if below >= MAX_DEPTH {
            let why = format!("나무의 깊이가 {MAX_DEPTH}을 넘음");
            return Err(Wrong { at, why });
        }
        Ok((expr, below + 1))
    }

    fn sum(&mut self) -> Result<Built, Wrong> {
        let mut left = self.product()?;
        while let Some(sign @ ('+' | '-')) = self.peek() {
            let op = if sign == '+' { Op::Add } else { Op::Sub };
            left = self.binary(op, left, Parser::product)?;
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Built, Wrong> {
        let mut left = self.signed()?;
        while let Some(sign @ ('*' | '/')) = self.peek() {
            let op = if sign == '*' { Op::Mul } else { Op::Div };
            left = self.binary(op, left, Parser::signed)?;
        }
        Ok(left)
    }

    fn binary(
        &mut self,
        op: Op,
        (a, left): Built,
        right: fn(&mut Self) -> Result<Built, Wrong>,
    ) -> Result<Built, Wrong> {
        let at = self.at;
        self.at += 1;
        let (b, right) = right(self)?;
        let expr = Expr::Binary(op, Box::new(a), Box::new(b));
        self.node(at, left.max(right), expr)
    }

    fn signed(&mut self) -> Result<Built, Wrong> {
        let mut signs = Vec::new();
        while self.peek() == Some('-') {
            signs.push(self.at);
            self.at += 1;
        }
        let mut value = self.value()?;
        for at in signs.into_iter().rev() {
            let (expr, depth) = value;
            value = self.node(at, depth, Expr::Neg(Box::new(expr)))?;
        }
        Ok(value)
    }

    fn value(&mut self) -> Result<Built, Wrong> {
        match self.peek() {
            None => self.fail("값이 있어야 하는데 끝남"),
            Some('(') => {
                self.open()?;
                let inside = self.sum()?;
                self.close()?;
                Ok(inside)
            }
            Some('0'..='9' | '.') => self.number(),
            Some(c) if c.is_ascii_alphabetic() || c == '_' => self.named(),
            Some(c) => {
                let c = shown(c);
                self.fail(&format!("값이 있어야 하는데 나온 글자: '{c}'"))
            }
        }
    }

    fn open(&mut self) -> Result<(), Wrong> {
        self.expect('(')?;
        self.parens += 1;
        if self.parens > MAX_DEPTH {
            self.at -= 1;
            return self.fail(&format!("괄호가 {MAX_DEPTH}겹을 넘음"));
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Wrong> {
        self.parens -= 1;
        self.expect(')')
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.chars.get(self.at).is_some_and(char::is_ascii_digit) {
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self) -> Result<Built, Wrong> {
        let start = self.at;
        let mut digits = self.digits();
        if self.chars.get(self.at) == Some(&'.') {
            self.at += 1;
            digits += self.digits();
        }
        if digits == 0 {
            return self.fail("소수점 곁에 숫자가 없음");
        }
        if matches!(self.chars.get(self.at), Some('e' | 'E')) {
            self.at += 1;
            if matches!(self.chars.get(self.at), Some('+' | '-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return self.fail("지수에 숫자가 없음");
            }
        }
        let text: String = self.chars[start..self.at].iter().collect();
        let value: f64 = text.parse().unwrap_or(f64::INFINITY);
        if value.is_infinite() {
            let why = "f64로 나타낼 수 없이 큰 수임".to_owned();
            return Err(Wrong { at: start, why });
        }
        self.node(start, 0, Expr::Number(value))
    }

    fn named(&mut self) -> Result<Built, Wrong> {
        let start = self.at;
        let inside = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
        while self.chars.get(self.at).is_some_and(inside) {
            self.at += 1;
        }
        let name: String = self.chars[start..self.at].iter().collect();
        match name.as_str() {
            "x" => self.node(start, 0, Expr::X),
            "sqrt" => {
                self.open()?;
                let (a, depth) = self.sum()?;
                self.close()?;
                self.node(start, depth, Expr::Sqrt(Box::new(a)))
            }
            "sel" => {
                self.open()?;
                let (a, first) = self.sum()?;
                self.expect('<')?;
                let (b, second) = self.sum()?;
                self.expect(',')?;
                let (c, third) = self.sum()?;
                self.expect(',')?;
                let (d, fourth) = self.sum()?;
                self.close()?;
                let depth = first.max(second).max(third).max(fourth);
                let parts = Box::new([a, b, c, d]);
                self.node(start, depth, Expr::Select(parts))
            }
            _ => {
                let why = format!(
                    "모르는 이름 '{name}'. 쓸 수 있는 것: x, sqrt(), sel()"
                );
                Err(Wrong { at: start, why })
            }
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use lab::rng::SplitMix64;

    /// 깊이가 `depth`를 넘지 않는 아무 나무.
    pub fn random(rng: &mut SplitMix64, depth: u64) -> Expr {
        let pick = if depth <= 1 { rng.below(2) } else { rng.below(8) };
        let mut below = || Box::new(random(rng, depth - 1));
        match pick {
            0 => {
                const VALUES: [f64; 6] = [0.0, 1.0, 2.5, 1e-300, 1e300, 3.0];
                Expr::Number(VALUES[rng.below(6) as usize])
            }
            1 => Expr::X,
            2 => Expr::Neg(below()),
            3 => Expr::Sqrt(below()),
            4 => Expr::Select(Box::new([
                *below(),
                *below(),
                *below(),
                *below(),
            ])),
            _ => {
                let (a, b) = (below(), below());
                let op = Op::ALL[rng.below(4) as usize];
                Expr::Binary(op, a, b)
            }
        }
    }

    fn wrong(text: &str) -> (usize, String) {
        let wrong = parse(text).unwrap_err();
        (wrong.at, wrong.why)
    }

    #[test]
    fn precedence_is_pythons() {
        let same = |a: &str, b: &str| assert_eq!(parse(a), parse(b), "{a}");
        same("1+2*x", "1+(2*x)");
        same("1-2-x", "(1-2)-x");
        same("8/2/x", "(8/2)/x");
        same("-x*x", "(-x)*x");
        same("x--x", "x-(-x)");
        same(" 3 * x\t- 1 ", "3*x-1");
        same(".5+5.", "0.5+5");
        same("1e3", "1000");
        assert_eq!(parse("x*x*0.5 + 3*x - 1").unwrap().nodes(), 11);
    }

    #[test]
    fn errors_name_the_letter() {
        let rows: [(&str, usize, &str); 14] = [
            ("x*(x+1", 6, "')'가 있어야 하는데 끝남"),
            ("x+", 2, "값이 있어야 하는데 끝남"),
            ("", 0, "값이 있어야 하는데 끝남"),
            ("x*/2", 2, "값이 있어야 하는데 나온 글자: '/'"),
            ("2x", 1, "앞의 값과 사이에 연산자가 없음"),
            ("x)", 1, "짝이 없는 닫는 괄호임"),
            ("x<1", 1, "'<'는 sel의 첫 자리에만 씀"),
            ("sqrt x", 5, "'('가 있어야 하는데 나온 글자: 'x'"),
            ("sel(x,1,2)", 5, "'<'가 있어야 하는데 나온 글자: ','"),
            ("1+.", 3, "소수점 곁에 숫자가 없음"),
            ("1e+", 3, "지수에 숫자가 없음"),
            ("x+1e999", 2, "f64로 나타낼 수 없이 큰 수임"),
            ("x+가", 2, "값이 있어야 하는데 나온 글자: '가'"),
            ("x^2", 1, "쓸 수 없는 글자 '^'"),
        ];
        for (text, at, why) in rows {
            assert_eq!(wrong(text), (at, why.to_owned()), "{text}");
        }
        let (at, why) = wrong("1+sin(x)");
        assert_eq!(at, 2);
        assert!(why.starts_with("모르는 이름 'sin'"), "{why}");
    }

    #[test]
    fn the_caret_stands_under_the_letter() {
        let said = |text: &str| parse(text).unwrap_err().explain(text);
        assert_eq!(
            said("x*/2"),
            "3번째 글자: 값이 있어야 하는데 나온 글자: '/'\nx*/2\n  ^"
        );
        let long = format!("{}@{}", "x+".repeat(30), "x".repeat(30));
        let lines: Vec<String> =
            said(&long).lines().map(str::to_owned).collect();
        assert_eq!(lines[1].chars().nth(BEFORE), Some('@'));
        assert_eq!(lines[2], format!("{}^", " ".repeat(BEFORE)));
    }

    #[test]
    fn limits_hold_and_say_where() {
        let parens = "(".repeat(200);
        assert_eq!(wrong(&parens), (40, "괄호가 40겹을 넘음".into()));
        let minus = "-".repeat(41) + "x";
        assert_eq!(wrong(&minus).1, "나무의 깊이가 40을 넘음");
        let chain = "x+".repeat(60) + "x";
        assert_eq!(wrong(&chain), (79, "나무의 깊이가 40을 넘음".into()));
        let pairs = ["(x+x)"; 8].join("+");
        let many = vec![format!("({pairs})"); 7].join("*");
        assert_eq!(wrong(&many).1, "마디가 200개를 넘음");
        let long = " ".repeat(400) + "x";
        assert_eq!(wrong(&long), (400, "400자까지만 받음".into()));
        let deep = format!("{}x{}", "(".repeat(40), ")".repeat(40));
        assert_eq!(parse(&deep), Ok(Expr::X));
    }

    #[test]
    fn a_tree_reads_back_from_its_text() {
        let mut rng = SplitMix64::new(1);
        for _ in 0..500 {
            let expr = random(&mut rng, 4);
            let text = expr.to_string();
            match parse(&text) {
                Ok(again) => assert_eq!(again, expr, "{text}"),
                Err(wrong) => assert!(
                    text.len() > MAX_CHARS || wrong.why.contains("넘음"),
                    "{text}: {wrong:?}"
                ),
            }
        }
    }

    /// 아무 글자나 주어도 나무 아니면 까닭과 그 자리가 나옴.
    #[test]
    fn hostile_text_never_panics() {
        const PIECES: [&str; 24] = [
            "x", "1", "2.5", ".", "e", "+", "-", "*", "/", "(", ")", "<", ",",
            "sqrt(", "sel(", " ", "가", "\u{0}", "🦀", "1e308", "\n",
            "\u{202e}", "_", "))",
        ];
        let mut rng = SplitMix64::new(7);
        for round in 0..20_000 {
            let length = rng.below(if round % 50 == 0 { 400 } else { 20 });
            let text: String = (0..length)
                .map(|_| PIECES[rng.below(PIECES.len() as u64) as usize])
                .collect();
            if let Err(wrong) = parse(&text) {
                assert!(wrong.at <= text.chars().count(), "{text:?}");
                assert!(wrong.explain(&text).contains('^'));
            }
        }
    }
}
