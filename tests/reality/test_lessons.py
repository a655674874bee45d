"""현업에서 얻은 교훈: 크기의 식과 re의 답을 진짜 파이썬과 견줌."""

from __future__ import annotations

import array
import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from lessons import case_memory_budget as budget
from lessons import case_regex_trim as trim

WIDE = sys.maxsize > 2**32


@unittest.skipUnless(WIDE, "64비트 CPython의 크기임")
class Sizes(unittest.TestCase):
    def test_columns(self):
        n = 10_000
        of = budget.column_bytes
        time, user, kind, _ = of(("list", "array_i", "codes", "set"), n, 100)
        # 정수 객체는 28이나 32바이트이고 16바이트 단위로 할당됨
        times = [2**40 + i for i in range(n)]
        self.assertEqual(sys.getsizeof(list(range(n))), 56 + 8 * n)
        self.assertIn(sys.getsizeof(times[0]), (28, 32))
        self.assertEqual(time, 56 + 40 * n)
        self.assertEqual(user, sys.getsizeof(array.array("I", list(range(n)))))
        self.assertEqual(kind - 800, sys.getsizeof(bytes(n)))
        time, *_ = of(("array_q", "array_i", "codes", "set"), n, 100)
        self.assertEqual(time, sys.getsizeof(array.array("q", times)))

    def test_sets(self):
        seen = set()
        for i in range(60_000):
            seen.add(i)
            if i < 2_000 or i % 997 == 0:
                slots = budget.set_slots(i + 1)
                self.assertEqual(sys.getsizeof(seen), 216 + 16 * slots)


class Trim(unittest.TestCase):
    def test_the_pattern_means_the_same(self):
        pattern = re.compile("^ +| +$")
        for text in ["", " ", "a", " a ", "  a  b  ", "a b", "   "]:
            for method in ["trim_regex", "two_step", "nfa", "linear_scan"]:
                start, end = trim.trim(method, text, [0, 0])
                kept = text[start : max(start, end)]
                self.assertEqual(kept, pattern.sub("", text))
                self.assertEqual(kept, text.strip(" "))

    def test_one_start_is_enough(self):
        """앞을 보고 시작하거나 뱉지 않아도 떼는 것은 같음."""
        patterns = ["^ +|(?<! ) +$"]
        if sys.version_info >= (3, 11):
            patterns += ["^ +|(?<! ) ++$", "^ +| ++$", "^ +|(?> +)$"]
        for text in ["", " ", "a", " a ", "  a  b  ", "a b", "   "]:
            for pattern in patterns:
                self.assertEqual(re.sub(pattern, "", text), text.strip(" "))


if __name__ == "__main__":
    unittest.main()
