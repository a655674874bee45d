//! 식에서 WASM 모듈로, 그리고 그 바이트를 다시 글로.

use wasm_encoder::{
    BlockType, CodeSection, ExportKind, ExportSection, Function,
    FunctionSection, ImportSection, InstructionSink, MemArg, MemArgTarget,
    MemoryType, Module, TypeSection, ValType,
};

use super::expr::{Expr, Op};

/// 페이지의 공유 메모리가 커질 수 있는 한도, 64 KiB 페이지. 가져오는 쪽이
/// 더 작게 말하면 연결되지 않음.
const MAX_PAGES: u64 = 16_384;

/// 내보내는 함수: `f(x) -> f64`와 `loop(in, out, len)`.
pub const EXPORTS: [&str; 2] = ["f", "loop"];

/// 값 하나(f64)를 셈하는가, 둘(f64x2)을 한꺼번에 셈하는가.
#[derive(Clone, Copy)]
enum Width {
    One,
    Two,
}

/// 모듈의 바이트.
pub fn module(expr: &Expr) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::F64], [ValType::F64]);
    types.ty().function([ValType::I32; 3], []);

    let mut imports = ImportSection::new();
    let memory = MemoryType {
        minimum: 1,
        maximum: Some(MAX_PAGES),
        memory64: false,
        shared: true,
        page_size_log2: None,
    };
    imports.import("env", "memory", memory);

    let mut functions = FunctionSection::new();
    functions.function(0).function(1);

    let mut exports = ExportSection::new();
    for (index, name) in (0..).zip(EXPORTS) {
        exports.export(name, ExportKind::Func, index);
    }

    let mut code = CodeSection::new();
    code.function(&single(expr)).function(&whole(expr));

    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&exports)
        .section(&code);
    module.finish()
}

/// `f(x)`.
fn single(expr: &Expr) -> Function {
    let mut function = Function::new([]);
    let mut sink = function.instructions();
    value(expr, Width::One, 0, &mut sink);
    sink.end();
    function
}

/// `loop(in, out, len)`: 둘씩 셈하고, 하나가 남으면 `f`를 부름.
fn whole(expr: &Expr) -> Function {
    const IN: u32 = 0;
    const OUT: u32 = 1;
    const LEN: u32 = 2;
    const PAIR: u32 = 3;
    let at = MemArg {
        offset: 0,
        // 정렬은 힌트일 뿐임: 어긋난 주소에서도 뜻은 같음
        align: 3,
        target: MemArgTarget::Memory(0),
        ordering: None,
    };
    let mut function = Function::new([(1, ValType::V128)]);
    let mut sink = function.instructions();
    sink.block(BlockType::Empty).loop_(BlockType::Empty);
    sink.local_get(LEN).i32_const(2).i32_lt_u().br_if(1);
    sink.local_get(IN).v128_load(at).local_set(PAIR);
    sink.local_get(OUT);
    value(expr, Width::Two, PAIR, &mut sink);
    sink.v128_store(at);
    for pointer in [IN, OUT] {
        sink.local_get(pointer).i32_const(16).i32_add().local_set(pointer);
    }
    sink.local_get(LEN).i32_const(2).i32_sub().local_set(LEN);
    sink.br(0).end().end();
    sink.local_get(LEN).if_(BlockType::Empty);
    sink.local_get(OUT).local_get(IN).f64_load(at).call(0);
    sink.f64_store(at).end().end();
    function
}

/// 식의 값을 스택에 쌓는 명령들. `x`는 지역 변수의 번호.
fn value(expr: &Expr, width: Width, x: u32, sink: &mut InstructionSink) {
    use Width::{One, Two};
    if let Expr::Select(parts) = expr {
        let [a, b, yes, no] = &**parts;
        for each in [yes, no, a, b] {
            value(each, width, x, sink);
        }
        match width {
            One => sink.f64_lt().select(),
            Two => sink.f64x2_lt().v128_bitselect(),
        };
        return;
    }
    for child in expr.children() {
        value(child, width, x, sink);
    }
    match (expr, width) {
        (Expr::Number(value), One) => sink.f64_const((*value).into()),
        (Expr::Number(value), Two) => {
            let bits = u128::from(value.to_bits());
            sink.v128_const((bits << 64 | bits) as i128)
        }
        (Expr::X, _) => sink.local_get(x),
        (Expr::Neg(_), One) => sink.f64_neg(),
        (Expr::Neg(_), Two) => sink.f64x2_neg(),
        (Expr::Sqrt(_), One) => sink.f64_sqrt(),
        (Expr::Sqrt(_), Two) => sink.f64x2_sqrt(),
        (Expr::Binary(Op::Add, ..), One) => sink.f64_add(),
        (Expr::Binary(Op::Add, ..), Two) => sink.f64x2_add(),
        (Expr::Binary(Op::Sub, ..), One) => sink.f64_sub(),
        (Expr::Binary(Op::Sub, ..), Two) => sink.f64x2_sub(),
        (Expr::Binary(Op::Mul, ..), One) => sink.f64_mul(),
        (Expr::Binary(Op::Mul, ..), Two) => sink.f64x2_mul(),
        (Expr::Binary(Op::Div, ..), One) => sink.f64_div(),
        (Expr::Binary(Op::Div, ..), Two) => sink.f64x2_div(),
        (Expr::Select(_), _) => sink,
    };
}

/// 코드의 바이트마다: 자리, 바이트, 명령의 이름.
pub fn disassemble(module: &[u8]) -> Vec<String> {
    let mut reader = Reader { bytes: module, at: 8 };
    let mut lines = Vec::new();
    while reader.at < module.len() {
        let id = reader.byte();
        let size = reader.number() as usize;
        if id == CODE_SECTION {
            for index in 0..reader.number() as usize {
                function(index, &mut reader, &mut lines);
            }
        } else {
            reader.at += size;
        }
    }
    lines
}

const CODE_SECTION: u8 = 10;
const FUNCTIONS: [&str; 2] =
    ["f(x: f64) -> f64", "loop(in: i32, out: i32, len: i32)"];

fn function(index: usize, reader: &mut Reader, lines: &mut Vec<String>) {
    lines.push(format!("함수 {index}: {}", FUNCTIONS[index]));
    let size = reader.number() as usize;
    let end = reader.at + size;
    for _ in 0..reader.number() {
        let (count, kind) = (reader.number(), reader.byte());
        let kind = if kind == 0x7b { "v128" } else { "?" };
        lines.push(format!("        지역 변수 {count}개: {kind}"));
    }
    let mut indent = 0;
    while reader.at < end {
        let start = reader.at;
        let (name, operand) = reader.instruction();
        if name == "end" && indent > 0 {
            indent -= 1;
        }
        let bytes: Vec<String> = reader.bytes[start..reader.at]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        // 상수의 바이트는 열을 밀어내므로 앞의 셋만
        let bytes = match bytes.len() {
            0..=5 => bytes.join(" "),
            _ => format!("{} …", bytes[..3].join(" ")),
        };
        let pad = "  ".repeat(indent);
        let line = format!("{start:>5}  {bytes:<15} {pad}{name} {operand}");
        lines.push(line.trim_end().to_owned());
        if matches!(name, "block" | "loop" | "if") {
            indent += 1;
        }
    }
}

/// 뒤에 무엇이 따라오는가.
#[derive(Clone, Copy)]
enum Operand {
    None,
    /// 블록의 타입: 여기서는 늘 빈 것.
    Block,
    /// 번호 하나.
    Index,
    /// 정렬과 거리.
    Memory,
    Float,
    Vector,
}

/// (앞에 붙는 0xfd인가, 번호, 이름, 따라오는 것): 우리가 내는 명령 전부.
const OPCODES: &[(bool, u64, &str, Operand)] = {
    use Operand::{Block, Float, Index, Memory, None, Vector};
    &[
        (false, 0x02, "block", Block),
        (false, 0x03, "loop", Block),
        (false, 0x04, "if", Block),
        (false, 0x0b, "end", None),
        (false, 0x0c, "br", Index),
        (false, 0x0d, "br_if", Index),
        (false, 0x10, "call", Index),
        (false, 0x1b, "select", None),
        (false, 0x20, "local.get", Index),
        (false, 0x21, "local.set", Index),
        (false, 0x2b, "f64.load", Memory),
        (false, 0x39, "f64.store", Memory),
        (false, 0x41, "i32.const", Index),
        (false, 0x44, "f64.const", Float),
        (false, 0x49, "i32.lt_u", None),
        (false, 0x63, "f64.lt", None),
        (false, 0x6a, "i32.add", None),
        (false, 0x6b, "i32.sub", None),
        (false, 0x9a, "f64.neg", None),
        (false, 0x9f, "f64.sqrt", None),
        (false, 0xa0, "f64.add", None),
        (false, 0xa1, "f64.sub", None),
        (false, 0xa2, "f64.mul", None),
        (false, 0xa3, "f64.div", None),
        (true, 0x00, "v128.load", Memory),
        (true, 0x0b, "v128.store", Memory),
        (true, 0x0c, "v128.const", Vector),
        (true, 0x49, "f64x2.lt", None),
        (true, 0x52, "v128.bitselect", None),
        (true, 0xed, "f64x2.neg", None),
        (true, 0xef, "f64x2.sqrt", None),
        (true, 0xf0, "f64x2.add", None),
        (true, 0xf1, "f64x2.sub", None),
        (true, 0xf2, "f64x2.mul", None),
        (true, 0xf3, "f64x2.div", None),
    ]
};

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> u8 {
        let byte = self.bytes[self.at];
        self.at += 1;
        byte
    }

    /// 7비트씩 적은 정수(LEB128). 우리가 내는 상수는 모두 0–63이라 부호가
    /// 있는 것도 같은 모양임.
    fn number(&mut self) -> u64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return value;
            }
            shift += 7;
        }
    }

    fn float(&mut self) -> f64 {
        let bytes = std::array::from_fn(|_| self.byte());
        f64::from_le_bytes(bytes)
    }

    fn instruction(&mut self) -> (&'static str, String) {
        let first = self.byte();
        let wide = first == 0xfd;
        let code = if wide { self.number() } else { first.into() };
        let known = OPCODES.iter().find(|(v, c, ..)| (*v, *c) == (wide, code));
        let Some((_, _, name, operand)) = known else {
            return ("?", format!("{code:#x}"));
        };
        let operand = match operand {
            Operand::None => String::new(),
            Operand::Block => {
                self.byte();
                String::new()
            }
            Operand::Index => self.number().to_string(),
            Operand::Memory => {
                self.number();
                self.number();
                String::new()
            }
            Operand::Float => self.float().to_string(),
            Operand::Vector => {
                let (low, _) = (self.float(), self.float());
                format!("{low} {low}")
            }
        };
        (name, operand)
    }
}

#[cfg(test)]
mod tests {
    use super::super::expr::parse;
    use super::*;

    /// 명령마다 이름과 피연산자.
    fn names(text: &str) -> Vec<String> {
        let lines = disassemble(&module(&parse(text).unwrap()));
        let name = |line: String| {
            line.chars().skip(23).collect::<String>().trim().to_owned()
        };
        lines.into_iter().map(name).collect()
    }

    #[test]
    fn the_module_is_a_module() {
        let bytes = module(&parse("x").unwrap());
        assert_eq!(&bytes[..8], b"\0asm\x01\0\0\0");
    }

    #[test]
    fn every_instruction_of_f_in_order() {
        let text = "-sqrt(x)*2+sel(x<1,x/3,4-x)";
        let names = names(text);
        let end = names.iter().position(|name| name == "end").unwrap();
        let want = [
            "local.get 0",
            "f64.sqrt",
            "f64.neg",
            "f64.const 2",
            "f64.mul",
            "local.get 0",
            "f64.const 3",
            "f64.div",
            "f64.const 4",
            "local.get 0",
            "f64.sub",
            "local.get 0",
            "f64.const 1",
            "f64.lt",
            "select",
            "f64.add",
            "end",
        ];
        assert_eq!(names[1..=end], want);
    }

    #[test]
    fn the_loop_works_on_pairs() {
        let names = names("-sqrt(x)*2+sel(x<1,x/3,4-x)");
        for name in ["v128.const 2 2", "f64x2.lt", "v128.bitselect"] {
            assert!(names.iter().any(|each| each == name), "{name}");
        }
        assert!(!names.iter().any(|name| name.starts_with('?')));
    }
}
