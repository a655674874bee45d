"""expr_jit: 식 하나를 나무, 바이트코드, 클로저, 파이썬의 컴파일러로."""

from __future__ import annotations

import ast
import math
import re
import struct
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum
from lab.rng import MASK

MAX_NODES = 200
MAX_DEPTH = 40
NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
NAN = 0x7FF8_0000_0000_0000

Function = Callable[[float], float]


# ANCHOR: kernel
def div(a: float, b: float) -> float:
    """IEEE 754의 나눗셈. 파이썬의 /는 0으로 나누면 예외를 냄."""
    if b:
        return a / b
    if math.isnan(a) or not a:
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def sqrt(a: float) -> float:
    """IEEE 754의 제곱근. math.sqrt는 음수에서 예외를 냄."""
    return math.nan if a < 0 else math.sqrt(a)


APPLY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": div,
    "neg": lambda a: -a,
    "sqrt": sqrt,
    "sel": lambda a, b, c, d: c if a < b else d,
}


def walk(tree: tuple, x: float) -> float:
    """나무 걷기: 마디마다 이름으로 할 일을 찾음."""
    kind, *parts = tree
    if kind == "x":
        return x
    if kind == "number":
        return parts[0]
    return APPLY[kind](*[walk(part, x) for part in parts])


def flatten(tree: tuple, code: list) -> list:
    """스택 기계의 명령: (할 일, 꺼낼 값의 수)."""
    kind, *parts = tree
    if kind in ("x", "number"):
        code.append((None, parts[0] if parts else None))
        return code
    for part in parts:
        flatten(part, code)
    code.append((APPLY[kind], len(parts)))
    return code


def stacked(tree: tuple) -> Function:
    code = flatten(tree, [])

    def interpret(x):
        stack = []
        for apply, operand in code:
            if apply is None:
                stack.append(x if operand is None else operand)
            else:
                taken = stack[-operand:]
                del stack[-operand:]
                stack.append(apply(*taken))
        return stack[0]

    return interpret


def closure(tree: tuple) -> Function:
    """마디마다 함수 하나. 무엇인지 가리는 일은 만들 때 한 번만 함."""
    kind, *parts = tree
    if kind == "x":
        return lambda x: x
    if kind == "number":
        value = parts[0]
        return lambda x: value
    apply = APPLY[kind]
    match [closure(part) for part in parts]:
        case [a]:
            return lambda x: apply(a(x))
        case [a, b]:
            return lambda x: apply(a(x), b(x))
        case [a, b, c, d]:
            return lambda x: apply(a(x), b(x), c(x), d(x))


def compiled(tree: tuple) -> Function:
    """파이썬의 컴파일러에 넘김. 독자의 글이 아니라 검사한 나무를 줌."""
    body = ast.parse("lambda x: 0", mode="eval")
    body.body.body = syntax(tree)
    code = compile(ast.fix_missing_locations(body), "<식>", "eval")
    return eval(code, {"__builtins__": {}, "div": div, "sqrt": sqrt})
# ANCHOR_END: kernel


def syntax(tree: tuple) -> ast.expr:
    """우리 나무를 파이썬의 구문 나무로."""
    kind, *parts = tree
    if kind == "x":
        return ast.Name("x", ast.Load())
    if kind == "number":
        return ast.Constant(parts[0])
    below = [syntax(part) for part in parts]
    if kind == "neg":
        return ast.UnaryOp(ast.USub(), below[0])
    if kind == "sel":
        test = ast.Compare(below[0], [ast.Lt()], [below[1]])
        return ast.IfExp(test, below[2], below[3])
    if kind in ("sqrt", "/"):
        name = "sqrt" if kind == "sqrt" else "div"
        return ast.Call(ast.Name(name, ast.Load()), below, [])
    [op] = [op for op, sign in SIGNS.items() if sign == kind]
    return ast.BinOp(below[0], op(), below[1])


ENGINES = {
    "tree": lambda tree: lambda x: walk(tree, x),
    "stack": stacked,
    "closures": closure,
    "jit": compiled,
}


class Reader:
    """파이썬의 파서가 읽은 나무에서 우리 문법만 받아들임."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.nodes = 0

    def refuse(self, at: int, why: str):
        caret = " " * at + "^"
        raise params.ParamError(
            f"식(expr)의 {at + 1}번째 글자: {why}\n{self.text}\n{caret}"
        )

    def read(self) -> tuple:
        """문법에 없는 글자는 파이썬의 파서에 보이지 않음."""
        if bad := re.search(r"[^\w .+\-*/()<,\t]|[^\x00-\x7f]|_", self.text):
            self.refuse(bad.start(), f"쓸 수 없는 글자 '{bad[0]}'")
        if bad := re.search(r",\s*\)", self.text):
            self.refuse(bad.start(), "','의 뒤에 값이 없음")
        depth = 0
        for at, letter in enumerate(self.text):
            depth += (letter == "(") - (letter == ")")
            if depth > MAX_DEPTH:
                self.refuse(at, f"괄호가 {MAX_DEPTH}겹을 넘음")
        try:
            body = ast.parse(self.text.strip(), mode="eval").body
        except (SyntaxError, MemoryError, RecursionError) as error:
            at = (getattr(error, "offset", None) or 1) - 1
            self.refuse(at, "여기서 식을 읽을 수 없음")
        tree, _ = self.node(body)
        return tree

    def node(self, node: ast.expr) -> tuple[tuple, int]:
        """(나무, 깊이). 자식이 먼저, 자신이 나중."""
        at = node.col_offset
        match node:
            case ast.Name("x"):
                made = ("x",)
                below = []
            case ast.Constant():
                made = ("number", self.number(node))
                below = []
            case ast.UnaryOp(ast.USub(), inner):
                below = [self.node(inner)]
                made = ("neg",)
            case ast.BinOp(left, op, right) if type(op) in SIGNS:
                below = [self.node(left), self.node(right)]
                made = (SIGNS[type(op)],)
            case ast.Call(ast.Name("sqrt"), [inner], []):
                below = [self.node(inner)]
                made = ("sqrt",)
            case ast.Call(
                ast.Name("sel"),
                [ast.Compare(a, [ast.Lt()], [b]), c, d],
                [],
            ):
                below = [self.node(each) for each in (a, b, c, d)]
                made = ("sel",)
            case _:
                self.refuse(at, "쓸 수 있는 것: 수, x, + - * /, sqrt, sel")
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.refuse(at, f"마디가 {MAX_NODES}개를 넘음")
        depth = 1 + max((deep for _, deep in below), default=0)
        if depth > MAX_DEPTH:
            self.refuse(at, f"나무의 깊이가 {MAX_DEPTH}을 넘음")
        return (*made, *(tree for tree, _ in below)), depth

    def number(self, node: ast.Constant) -> float:
        text = ast.get_source_segment(self.text.strip(), node)
        if not NUMBER.fullmatch(text):
            self.refuse(node.col_offset, f"수가 아님: {text}")
        value = float(text)
        if math.isinf(value):
            self.refuse(node.col_offset, "f64로 나타낼 수 없이 큰 수임")
        return value


def depth_of(tree: tuple) -> int:
    below = [depth_of(part) for part in tree[1:] if isinstance(part, tuple)]
    return 1 + max(below, default=0)


def bits(value: float) -> int:
    """결과의 비트. NaN은 어디서 왔든 하나로 봄."""
    if math.isnan(value):
        return NAN
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def points(p: dict) -> list[float]:
    lo, n = p["lo"], p["n"]
    width = p["hi"] - lo
    return [lo + width * i / n for i in range(n)]


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("expr_jit", given)
    reader = Reader(p["expr"])
    tree = reader.read()
    f = ENGINES[p["engine"]](tree)
    # 내장 sum은 3.12부터 반올림을 보정하므로 쓰지 않음
    total = 0.0
    nans = infinities = 0
    fold = 0xCBF2_9CE4_8422_2325
    for x in points(p):
        value = f(x)
        total += value
        nans += math.isnan(value)
        infinities += math.isinf(value)
        fold = (fold ^ bits(value)) * 0x100_0000_01B3 & MASK
    answers = {
        "nodes": str(reader.nodes),
        "depth": str(depth_of(tree)),
        "sum_bits": f"{bits(total):016x}",
        "nans": str(nans),
        "infinities": str(infinities),
    }
    vector = [p["n"], bits(total), nans, fold]
    return {"answers": answers, "checksum": checksum(vector)}


def timings(p: dict) -> dict:
    """파이썬의 엔진마다: 원소 하나, 그리고 준비 한 번."""
    tree = Reader(p["expr"]).read()
    xs = points(p | {"n": min(p["n"], 1_000)})
    names = params.labels("expr_jit", "engine")
    names["jit"] = "compile()"

    def all_of(f):
        for x in xs:
            f(x)

    works = {}
    for engine, make in ENGINES.items():
        f = make(tree)
        works[names[engine]] = lambda f=f: all_of(f), len(xs)
    works["compile() 준비"] = lambda: compiled(tree), 1
    return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("expr_jit", run, timings)


if __name__ == "__main__":
    main()
