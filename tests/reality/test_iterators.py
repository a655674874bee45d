"""이터레이터 장의 모형과 지금 돌고 있는 인터프리터."""

from __future__ import annotations

import itertools
import statistics
import sys
import unittest

from facts import VERSION, WIDTH

from iterators import (
    generator_resume,
    lazy_pipeline,
    stream_memory,
    window_stats,
)
from lab import params
from lab.measure import traced_peak

# (판, 포인터 폭) → 가장 단순한 제너레이터 객체의 바이트
GENERATOR = {
    ((3, 11), 64): 176,
    ((3, 12), 64): 176,
    ((3, 13), 64): 176,
    ((3, 14), 32): 92,
}


def trivial():
    yield 1


class Objects(unittest.TestCase):
    @unittest.skipUnless((VERSION, WIDTH) in GENERATOR, "표에 없는 판임")
    def test_generator_size(self):
        size = GENERATOR[VERSION, WIDTH]
        self.assertEqual(sys.getsizeof(trivial()), size)

    def test_range_does_not_grow(self):
        small, large = range(10), range(10**9)
        self.assertEqual(sys.getsizeof(small), sys.getsizeof(large))

    def test_list_and_tee_requests(self):
        head, pointer, integer, block = stream_memory.SIZES[WIDTH]
        self.assertEqual(sys.getsizeof([]), head)
        for n in (1, 2, 999, 1_000):
            slots = (n + 1) // 2 * 2
            size = sys.getsizeof([*range(n)])
            self.assertEqual(size, head + pointer * slots)
        self.assertLessEqual(sys.getsizeof(1 << 20), integer)
        cells = itertools._tee_dataobject(iter([]), [], None)
        self.assertEqual(sys.getsizeof(cells), block)


class Memory(unittest.TestCase):
    """tracemalloc이 본 것과 모형. 고정 비용은 모형에 없음."""

    FIXED = 1_500

    def check(self, way, n, chunk, gap):
        work = stream_memory.WAYS[way]
        work(n, chunk, gap)
        real = traced_peak(work, n, chunk, gap)
        model = stream_memory.peak_bytes(way, n, chunk, gap, WIDTH)
        with self.subTest(way=way, n=n, chunk=chunk, gap=gap):
            self.assertGreaterEqual(real, model)
            self.assertLessEqual(real, model + self.FIXED)

    def test_list(self):
        for n in (1_000, 20_001):
            self.check("list", n, 1, 0)

    def test_generator(self):
        for n in (1_000, 50_000):
            self.check("generator", n, 1, 0)

    def test_chunks(self):
        for chunk in (37, 100, 1_000, 20_000):
            self.check("chunks", 20_000, chunk, 0)

    def test_tee(self):
        for gap in (0, 100, 1_000, 20_000):
            self.check("tee", 20_000, 1, gap)


class Item:
    """만들어지고 사라지는 때를 세는 항목."""

    live = peak = 0

    def __init__(self):
        Item.live += 1
        Item.peak = max(Item.peak, Item.live)

    def __del__(self):
        Item.live -= 1


def fresh(count):
    for _ in range(count):
        yield Item()


def remade(items):
    for item in items:
        yield Item()


@unittest.skipUnless(
    sys.implementation.name == "cpython", "참조 횟수로 셈하는 구현에서만"
)
class Liveness(unittest.TestCase):
    """진짜 항목은 모형보다 하나 많음: 새것을 받고 나서 옛것을 놓음."""

    def peak(self, consume):
        Item.live = Item.peak = 0
        consume()
        self.assertEqual(Item.live, 0)
        return Item.peak

    def model(self, depth, mode, n):
        stages = {f"stage{i}": "none" for i in range(1, 5)}
        stages |= {f"stage{i}": "map" for i in range(1, depth + 1)}
        given = {"n": n, "mode": mode} | stages
        return int(lazy_pipeline.run(given)["answers"]["peak"])

    def test_lazy(self):
        for depth in (1, 2, 4):
            for n in (10, 300):

                def consume():
                    items = fresh(n)
                    for _ in range(depth):
                        items = remade(items)
                    for _ in items:
                        pass

                real = self.peak(consume)
                self.assertEqual(real, self.model(depth, "lazy", n) + 1)

    def test_eager(self):
        def consume():
            a = list(fresh(300))
            b = [Item() for _ in a]
            c = [Item() for _ in b]
            del a, b, c

        self.assertEqual(self.peak(consume), self.model(2, "eager", 300))


class Resumes(unittest.TestCase):
    """프로파일러는 제너레이터의 재개를 호출로 셈."""

    def test_layers(self):
        for n, depth in ((10, 1), (10, 3), (50, 8)):
            calls = 0

            def count(frame, event, _):
                nonlocal calls
                names = ("squares", "layer")
                calls += event == "call" and frame.f_code.co_name in names

            sys.setprofile(count)
            try:
                generator_resume.nested(n, depth)
            finally:
                sys.setprofile(None)
            given = {"n": n, "depth": depth}
            model = generator_resume.run(given)["answers"]["resumes"]
            self.assertEqual(calls, int(model))


class Protocol(unittest.TestCase):
    def test_exhaustion_is_silent(self):
        items = (x for x in [1, 2])
        self.assertEqual([list(items), list(items)], [[1, 2], []])

    def test_zip_of_one_iterator_makes_pairs(self):
        it = iter(range(6))
        self.assertEqual([*zip(it, it)], [(0, 1), (2, 3), (4, 5)])

    def test_zip_loses_what_it_pulled(self):
        short, long = iter([1]), iter([10, 20, 30])
        self.assertEqual([*zip(long, short)], [(10, 1)])
        self.assertEqual(next(long), 30)

    def test_groupby_needs_sorted_input(self):
        keys = [key for key, _ in itertools.groupby("aabba")]
        self.assertEqual(keys, ["a", "b", "a"])

    def test_late_binding(self):
        n = 2
        items = (x * n for x in [1, 2, 3])
        n = 10
        self.assertEqual(list(items), [10, 20, 30])

    def test_first_source_is_evaluated_at_once(self):
        with self.assertRaises(NameError):
            (x for x in missing)  # noqa: F821
        (x for _ in [0] for x in missing)  # noqa: F821

    def test_return_value_of_a_generator(self):
        def inner():
            yield 1
            return "끝"

        def outer(seen):
            seen.append((yield from inner()))

        seen = []
        self.assertEqual(list(outer(seen)), [1])
        self.assertEqual(seen, ["끝"])

    def test_stop_iteration_inside_is_an_error(self):
        def wrong():
            yield next(iter([]))

        with self.assertRaises(RuntimeError):
            list(wrong())


class Anchors(unittest.TestCase):
    def test_textbook_variance(self):
        for seed, want in ((42, -8064.0), (1, 1792.0)):
            given = {"spikes": 0, "seed": seed, "n": 100_000}
            answers = window_stats.run(given)["answers"]
            self.assertEqual(answers["naive"]["value"], want)

    def test_sound_ways_to_a_variance(self):
        p = params.fill("window_stats", {"n": 20_000})
        xs = list(window_stats.values(p))
        truth = window_stats.exact(xs)
        self.assertEqual(statistics.pvariance(xs), truth)
        shifted = window_stats.naive(x - xs[0] for x in xs)
        self.assertAlmostEqual(shifted, truth, delta=1e-12)

    def test_lazy_peak(self):
        answers = lazy_pipeline.run({"n": 1_000})["answers"]
        self.assertEqual(answers["lazy_peak"], "4")


if __name__ == "__main__":
    unittest.main()
