"""tiny_vm: 같은 함수를 구문 나무로, 스택 바이트코드로, 특수화하며 실행함."""

from __future__ import annotations

import ast
import dis
import io
import operator
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum

SOURCES = {
    "sum_squares": """\
def f(n):
    t = 0
    for i in range(n):
        t += i * i
    return t
""",
    "poly": """\
def f(n):
    t = 0
    for i in range(n):
        x = i % 100
        t += (3 * x + 2) * x + 1
    return t
""",
    "branchy": """\
def f(n):
    t = 0
    for i in range(n):
        if i % 3 == 0:
            t += i
        else:
            t -= 1
    return t
""",
}


# ANCHOR: kernel
WARMUP = 2  # 이만큼 실행한 명령을 특수화함
OPS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Mod: operator.mod,
    ast.Eq: operator.eq,
}


def parts(node):
    """두 값을 받는 식이면 (연산, 왼쪽, 오른쪽)."""
    match node:
        case ast.BinOp(left=a, op=op, right=b):
            return OPS[type(op)], a, b
        case ast.Compare(left=a, ops=[op], comparators=[b]):
            return OPS[type(op)], a, b


def desugar(stmt):
    """t += e를 t = t + e로."""
    name = ast.Name(stmt.target.id)
    return ast.Assign([name], ast.BinOp(name, stmt.op, stmt.value))


def compile_body(body, code):
    """문장을 스택 기계의 명령으로. 명령은 [이름, 인자, 실행한 횟수]임."""
    for stmt in body:
        match stmt:
            case ast.AugAssign():
                compile_body([desugar(stmt)], code)
            case ast.Assign(targets=[name], value=value):
                compile_expr(value, code)
                code.append(["store", name.id, 0])
            case ast.For(target=name, iter=ast.Call(args=[limit])):
                compile_expr(limit, code)
                code.append(["range", None, 0])
                top = len(code)
                code.append(["next", None, 0])
                code.append(["store", name.id, 0])
                compile_body(stmt.body, code)
                code.append(["jump", top, 0])
                code[top][1] = len(code)
            case ast.If(test=test):
                compile_expr(test, code)
                branch = len(code)
                code.append(["jump_unless", None, 0])
                compile_body(stmt.body, code)
                skip = len(code)
                code.append(["jump", None, 0])
                code[branch][1] = len(code)
                compile_body(stmt.orelse, code)
                code[skip][1] = len(code)
            case ast.Return(value=value):
                compile_expr(value, code)
                code.append(["return", None, 0])


def compile_expr(node, code):
    match node:
        case ast.Constant(value=value):
            code.append(["const", value, 0])
        case ast.Name(id=name):
            code.append(["load", name, 0])
        case _:
            op, a, b = parts(node)
            compile_expr(a, code)
            compile_expr(b, code)
            code.append(["binary", op, 0])


class Machine:
    """실행하며 센 것. 정수의 결과는 i64를 넘을 수 없음."""

    def __init__(self):
        self.dispatch = self.checks = self.boxes = self.push = self.pop = 0

    def new(self, value):
        """값을 만듦: -5..256 밖의 정수는 상자를 할당함."""
        if not -5 <= value <= 256:
            if not -(2**63) <= value < 2**63:
                raise OverflowError("계산의 결과가 i64를 넘음")
            self.boxes += 1
        return value

    def binary(self, op, a, b, checks=4):
        """타입 둘을 보고, 두 값을 꺼내서 계산함. 특수화하면 짐작만 확인함."""
        self.checks += checks
        return self.new(op(a, b))

    def run(self, code, n, specialize):
        """해석 고리: 명령을 하나씩 꺼내 그 처리 코드로 넘어감."""
        names, stack, pc = {"n": n}, [], 0
        while True:
            instruction = code[pc]
            name, arg, _ = instruction
            self.dispatch += 1
            pc += 1
            if name == "load":
                self.push += 1
                stack.append(names[arg])
            elif name == "store":
                self.pop += 1
                names[arg] = stack.pop()
            elif name == "binary" or name == "binary_int":
                self.pop += 2
                b, a = stack.pop(), stack.pop()
                checks = 4 if name == "binary" else 2
                self.push += 1
                stack.append(self.binary(arg, a, b, checks))
                instruction[2] += 1
                if specialize and instruction[2] == WARMUP:
                    instruction[0] = "binary_int"
            elif name == "next":
                self.checks += 1
                value = next(stack[-1], None)
                if value is None:
                    self.pop += 1
                    stack.pop()
                    pc = arg
                else:
                    self.push += 1
                    stack.append(self.new(value))
            elif name == "jump":
                pc = arg
            elif name == "jump_unless":
                self.pop += 1
                self.checks += 1
                if not stack.pop():
                    pc = arg
            elif name == "const":
                self.push += 1
                stack.append(arg)
            elif name == "range":
                self.pop += 1
                self.checks += 1
                self.push += 1
                stack.append(iter(range(stack.pop())))
            else:
                self.pop += 1
                return stack.pop()

    def walk(self, body, names):
        """나무를 걸으며 실행함. return을 만나면 그 값을 돌려줌."""
        for stmt in body:
            if isinstance(stmt, ast.AugAssign):
                stmt = desugar(stmt)
            if isinstance(stmt, ast.Return):
                return self.evaluate(stmt.value, names)
            self.dispatch += 1
            match stmt:
                case ast.Assign(targets=[name], value=value):
                    names[name.id] = self.evaluate(value, names)
                case ast.For(target=name, iter=ast.Call(args=[limit])):
                    limit = self.evaluate(limit, names)
                    self.checks += 1
                    for i in range(limit):
                        names[name.id] = self.new(i)
                        self.walk(stmt.body, names)
                case ast.If(test=test):
                    test = self.evaluate(test, names)
                    self.checks += 1
                    self.walk(stmt.body if test else stmt.orelse, names)

    def evaluate(self, node, names):
        self.dispatch += 1
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return names[name]
        op, a, b = parts(node)
        a, b = self.evaluate(a, names), self.evaluate(b, names)
        return self.binary(op, a, b)
# ANCHOR_END: kernel


def real(program: str):
    """진짜 파이썬 함수. 특수화한 적 없는 새것임."""
    space: dict = {}
    exec(SOURCES[program], space)
    return space["f"]


def execute(program: str, n: int, mode: str) -> tuple[int, Machine]:
    machine = Machine()
    body = ast.parse(SOURCES[program]).body[0].body
    if mode == "native":
        return real(program)(n), machine
    if mode == "tree":
        return machine.walk(body, {"n": n}), machine
    code: list = []
    compile_body(body, code)
    return machine.run(code, n, mode == "special"), machine


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("tiny_vm", given)
    result, machine = execute(p["program"], p["n"], p["mode"])
    exact = {"result": result} | vars(machine)
    return {
        "answers": {k: str(v) for k, v in exact.items()},
        "checksum": checksum(exact.values()),
    }


def listing(f) -> list[str]:
    """지금의 바이트코드. adaptive=True라 특수화한 명령이 그대로 보임."""
    text = io.StringIO()
    dis.dis(f, file=text, adaptive=True)
    return [line.rstrip() for line in text.getvalue().splitlines()]


def timings(p: dict) -> dict:
    """방법마다 한 바퀴의 시간과, 진짜 함수가 특수화되기 전과 뒤."""
    program, n = p["program"], min(p["n"], 10_000)
    f = real(program)
    before = listing(f)
    f(n)
    f(n)
    after = listing(f)
    works = {
        f"우리 {mode}": (lambda mode=mode: execute(program, n, mode), n)
        for mode in ("tree", "stack", "special")
    }
    works["진짜 파이썬"] = (lambda: f(n), n)
    version = ".".join(map(str, sys.version_info[:3]))
    notes = [
        "\n".join([f"파이썬 {version}의 바이트코드, {when}:", *lines])
        for when, lines in (("부르기 전", before), ("두 번 부른 뒤", after))
    ]
    return {"timings": measure.interleaved(works), "notes": notes}


def main() -> None:
    cli.main("tiny_vm", run, timings)


if __name__ == "__main__":
    main()
