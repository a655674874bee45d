"""작은 가상 머신과 지금 돌고 있는 CPython의 바이트코드."""

from __future__ import annotations

import dis
import unittest

from facts import VERSION

from fundamentals.tiny_vm import SOURCES, Machine, execute, listing, real

MODES = ("tree", "stack", "special", "native")
# 3.14에서 두 번 부른 뒤의 반복문
LOOP = [
    "FOR_ITER_RANGE",
    "STORE_FAST",
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW",
    "LOAD_FAST_BORROW",
    "BINARY_OP_MULTIPLY_INT",
    "BINARY_OP_ADD_INT",
    "STORE_FAST",
    "JUMP_BACKWARD_NO_JIT",
]


def names(f) -> list[str]:
    return [each.opname for each in dis.get_instructions(f, adaptive=True)]


def loop(f) -> list[str]:
    """반복문 한 바퀴의 명령: FOR_ITER부터 뒤로 뛰는 곳까지."""
    every = names(f)
    first = next(
        i for i, name in enumerate(every) if name.startswith("FOR_ITER")
    )
    last = next(
        i for i, name in enumerate(every) if name.startswith("JUMP_BACKWARD")
    )
    return every[first : last + 1]


def plus():
    """a + b 하나뿐인 새 함수."""
    space: dict = {}
    exec("def plus(a, b):\n    return a + b\n", space)
    return space["plus"]


class TinyVm(unittest.TestCase):
    def test_every_mode_equals_the_real_function(self):
        for program in SOURCES:
            f = real(program)
            for n in (0, 1, 2, 3, 1_000):
                for mode in MODES:
                    with self.subTest(program=program, n=n, mode=mode):
                        result, _ = execute(program, n, mode)
                        self.assertEqual(result, f(n))

    def test_overflow_stops(self):
        machine = Machine()
        self.assertEqual(machine.new(2**63 - 1), 2**63 - 1)
        with self.assertRaises(OverflowError):
            machine.new(2**63)

    @unittest.skipUnless(VERSION == (3, 11), "명령을 짝짓지 않는 판에서만")
    def test_our_loop_is_as_long_as_311(self):
        # 3.12부터는 잇따른 읽기 둘이 명령 하나가 됨
        _, few = execute("sum_squares", 10, "stack")
        _, more = execute("sum_squares", 11, "stack")
        real_loop = loop(real("sum_squares"))
        self.assertEqual(len(real_loop), more.dispatch - few.dispatch)


class SmallIntegers(unittest.TestCase):
    def test_range_of_the_preallocated(self):
        for text in ("-5", "0", "256"):
            self.assertIs(int(text), int(text))
        for text in ("-6", "257"):
            if VERSION <= (3, 14):
                self.assertIsNot(int(text), int(text))


class Specialization(unittest.TestCase):
    @unittest.skipUnless(VERSION == (3, 14), "명령의 이름은 판마다 다름")
    def test_loop_before_and_after_two_calls(self):
        f = real("sum_squares")
        self.assertIn("BINARY_OP", loop(f))
        f(1_000)
        f(1_000)
        self.assertEqual(loop(f), LOOP)
        text = "\n".join(listing(f))
        self.assertIn("BINARY_OP_ADD_INT", text)

    @unittest.skipIf(VERSION < (3, 12), "3.11은 다른 셈을 씀")
    def test_two_to_specialize_and_53_to_change_one_s_mind(self):
        f = plus()
        f(1, 2)
        self.assertIn("BINARY_OP", names(f))
        f(1, 2)
        self.assertIn("BINARY_OP_ADD_INT", names(f))
        for _ in range(52):
            f(1.0, 2.0)
        self.assertIn("BINARY_OP_ADD_INT", names(f))
        f(1.0, 2.0)
        self.assertIn("BINARY_OP_ADD_FLOAT", names(f))


if __name__ == "__main__":
    unittest.main()
