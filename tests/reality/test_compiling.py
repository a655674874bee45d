"""컴파일 장의 모형과 지금 돌고 있는 인터프리터."""

from __future__ import annotations

import dis
import math
import sys
import unittest
from types import FunctionType

from facts import VERSION

from compiling import expr_jit, type_specialize
from compiling.type_specialize import FLOAT, GENERIC, INT, OTHER, Site

VALUES = {INT: 7, FLOAT: 7.5, OTHER: []}
FORMS = {
    "BINARY_OP": GENERIC,
    "BINARY_OP_ADD_INT": INT,
    "BINARY_OP_ADD_FLOAT": FLOAT,
}


def add(a):
    return a + a


def fresh():
    """아무것도 배우지 않은 함수."""
    return FunctionType(add.__code__.replace(), {})


def real(function) -> tuple[int, int]:
    """덧셈 명령의 모양과 그 곁의 카운터."""
    for each in dis.get_instructions(function, adaptive=True):
        if each.opname.startswith("BINARY_OP"):
            cache = function.__code__._co_code_adaptive[each.offset + 2 :]
            return FORMS[each.opname], int.from_bytes(
                cache[:2], sys.byteorder
            )
    raise AssertionError("덧셈 명령이 없음")


@unittest.skipIf(VERSION < (3, 12), "3.12부터의 카운터를 흉내 냄")
class Specialize(unittest.TestCase):
    """실행마다 명령의 모양과 카운터의 16비트가 모형과 같음."""

    def follow(self, stream):
        function, site = fresh(), Site()
        changes = []
        for at, kind in enumerate(stream, 1):
            before = site.form
            function(VALUES[kind])
            site.execute(kind)
            self.assertEqual(
                real(function), (site.form, site.counter()), f"{at}번째"
            )
            if site.form != before:
                changes.append(at)
        return changes

    def test_alternating(self):
        changes = self.follow([INT, FLOAT] * 250)
        self.assertEqual(changes, [2, 107, 212, 317, 422])

    def test_one_type(self):
        self.assertEqual(self.follow([INT] * 60), [2])

    def test_floats_after_ints(self):
        changes = self.follow([INT] * 500 + [FLOAT] * 500)
        self.assertEqual(changes, [2, 553])

    def test_no_specialized_form(self):
        self.assertEqual(self.follow([OTHER] * 600), [])

    def test_ints_then_no_specialized_form(self):
        changes = self.follow([INT, INT] + [OTHER] * 300)
        self.assertEqual(changes, [2, 55])

    def test_drawn(self):
        for seed in range(3):
            p = {"stream": "random", "p": 30, "seed": seed}
            p |= {"length": 600, "k": 1}
            self.follow(type_specialize.kinds(p))


class Expressions(unittest.TestCase):
    """검사한 나무를 파이썬의 컴파일러에 넘겨도 같은 값임."""

    TEXTS = [
        "x*x*0.5 + 3*x - 1",
        "sel(x<0, -x, sqrt(x))/(x-1)",
        "--x - -(2/x)",
    ]
    VALUES = [0.0, -0.0, 1.0, -1.5, 1e308, 5e-324, math.inf, math.nan]

    def test_engines_agree(self):
        for text in self.TEXTS:
            tree = expr_jit.Reader(text).read()
            engines = [make(tree) for make in expr_jit.ENGINES.values()]
            for x in self.VALUES:
                bits = {expr_jit.bits(f(x)) for f in engines}
                self.assertEqual(len(bits), 1, f"{text}: {x}")

    def test_only_the_grammar_passes(self):
        for text in [
            "__import__('os')",
            "x.real",
            "x**2",
            "x if x else 1",
            "sqrt(x,)",
            "0x10",
            "1j",
            "1e999",
            "+x",
            "x<1",
            "(" * 300,
            "x # 주석",
            "lambda: x",
        ]:
            with self.assertRaises(expr_jit.params.ParamError, msg=text):
                expr_jit.Reader(text).read()


if __name__ == "__main__":
    unittest.main()
