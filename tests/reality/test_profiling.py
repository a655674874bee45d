"""프로파일링 장이 말하는 것과 지금 돌고 있는 CPython의 도구."""

from __future__ import annotations

import cProfile
import gc
import importlib.util
import pstats
import sys
import timeit
import unittest
from pathlib import Path

import facts  # noqa: F401  src를 찾을 길을 놓음

from lab.measure import traced_peak
from lab.params import fill

PROFILING = Path(__file__).resolve().parents[2] / "src/profiling"


def load(name: str):
    """3.15부터 표준 라이브러리에도 profiling이 있어 이름으로 들여오지 않음."""
    spec = importlib.util.spec_from_file_location(name, PROFILING / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


alloc_profile, log_pipeline = load("alloc_profile"), load("log_pipeline")

LINES = 500


class Deterministic(unittest.TestCase):
    def setUp(self):
        self.p = fill("log_pipeline", {"lines": LINES, "users": 100})
        self.log = log_pipeline.generate(LINES, 100, 42)

    def calls(self):
        """cProfile이 센 부름의 수: 함수 이름 → 횟수."""
        stats = pstats.Stats(log_pipeline.profile(self.log, self.p))
        return {name: row[0] for (_, _, name), row in stats.stats.items()}

    def test_counts_every_call(self):
        calls = self.calls()
        self.assertEqual(calls["parse"], 1)
        self.assertEqual(calls["dedupe_list"], 1)
        self.assertEqual(calls["<method 'index' of 'list' objects>"], LINES)
        split = calls["<method 'split' of 'str' objects>"]
        self.assertEqual(split, 2 * LINES)

    def test_two_events_a_call(self):
        """부를 때 하나, 돌아올 때 하나: 추적 모형이 셈하는 두 번임."""
        events = []

        def leaf():
            pass

        def outer():
            for _ in range(10):
                leaf()

        def note(frame, event, _):
            if frame.f_code in (leaf.__code__, outer.__code__):
                events.append(event)

        sys.setprofile(note)
        try:
            outer()
        finally:
            sys.setprofile(None)
        self.assertEqual(events.count("call"), 11)
        self.assertEqual(events.count("return"), 11)


class Counting(unittest.TestCase):
    def test_index_looks_at_each_place_once(self):
        """list.index는 찾은 자리까지 한 번씩만 견줌."""
        seen = 0

        class Name(str):
            __hash__ = str.__hash__

            def __eq__(self, other):
                nonlocal seen
                seen += 1
                return str.__eq__(self, other)

        names = [Name(f"가온{i}") for i in range(50)]
        self.assertEqual(names.index(Name("가온30")), 30)
        self.assertEqual(seen, 31)
        seen = 0
        with self.assertRaises(ValueError):
            names.index(Name("없음"))
        self.assertEqual(seen, 50)


class Hygiene(unittest.TestCase):
    def test_timeit_turns_off_the_collector(self):
        states = []
        timeit.timeit(lambda: states.append(gc.isenabled()), number=1)
        self.assertEqual(states, [False])
        self.assertTrue(gc.isenabled())

    def test_a_profiler_leaves_when_told(self):
        before = sys.getprofile()
        with cProfile.Profile():
            pass
        self.assertIs(sys.getprofile(), before)


class Memory(unittest.TestCase):
    """alloc_profile의 세 방법을 tracemalloc으로 봄."""

    P = {"lines": 5_000, "longest": 200, "seed": 42}
    # 고정 비용은 모형에 없음
    FIXED = 2_000

    def setUp(self):
        self.cuts = list(alloc_profile.spans(self.P))
        self.lengths = [end - start for start, end in self.cuts]

    def peak(self, name):
        way = alloc_profile.WAYS[name]
        way(self.cuts)
        return traced_peak(way, self.cuts)

    def test_every_way_gives_one_sum(self):
        sums = {way(self.cuts) for way in alloc_profile.WAYS.values()}
        self.assertEqual(len(sums), 1)

    def test_collecting_keeps_every_object_and_the_list(self):
        head = sys.getsizeof(b"")
        slots = []
        for _ in self.lengths:
            slots.append(None)
        model = sum(self.lengths) + head * len(slots) + sys.getsizeof(slots)
        real = self.peak("collect")
        self.assertGreaterEqual(real, model)
        self.assertLessEqual(real, model + self.FIXED)

    def test_the_others_hold_one_line(self):
        for name in ("stream", "reuse"):
            self.assertLessEqual(self.peak(name), 200 + self.FIXED, name)

    def test_a_slice_of_a_view_is_a_new_object(self):
        """작은 조각은 베낀 것보다도 큼."""
        piece = memoryview(bytearray(8))[:4]
        self.assertIsNot(piece[:], piece[:])
        self.assertGreater(sys.getsizeof(piece), sys.getsizeof(bytes(piece)))


if __name__ == "__main__":
    unittest.main()
