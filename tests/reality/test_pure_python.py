"""캐시의 모형과 진짜 functools.lru_cache, 센 바이트코드와 진짜 CPython."""

from __future__ import annotations

import dis
import gc
import heapq
import sys
import tracemalloc
import unittest
import weakref
from functools import lru_cache
from typing import NamedTuple

from facts import VERSION, WIDTH

from pure_python import heap_topk, idiom_race, memo_lru, string_build

PATTERNS = "loop", "zipf0", "zipf1", "zipf2", "scan_mix"
# (판, 포인터 폭) → ASCII, Latin-1, 한글, 그림 문자 열 자의 바이트
STRINGS = {
    ((3, 11), 64): (59, 83, 94, 116),
    ((3, 13), 64): (51, 67, 78, 100),
    ((3, 14), 32): (31, 39, 50, 72),
}
# (판, 포인터 폭) → 슬롯, NamedTuple, 보통, __dict__를 읽은 것의 바이트
OBJECTS = {
    ((3, 11), 64): (48, 64, 88, 152),
    ((3, 12), 64): (48, 64, 80, 144),
    ((3, 13), 64): (48, 64, 88, 152),
}


def requests(pattern, count, universe, cycle):
    shape = {
        "pattern": pattern,
        "requests": count,
        "universe": universe,
        "cycle": cycle,
    }
    return memo_lru.make_requests({"seed": 42} | shape)


class LruCache(unittest.TestCase):
    def check(self, keys, room):
        info = memo_lru.real_hits(keys, room)
        hits = memo_lru.lru(keys, room, 0)
        self.assertEqual((info.hits, info.misses), (hits, len(keys) - hits))
        # 쫓아낸 것은 실패 가운데 지금 들어 있지 않은 것
        self.assertEqual(
            info.misses - info.currsize, max(info.misses - room, 0)
        )

    def test_every_pattern_and_capacity(self):
        for pattern in PATTERNS:
            for room in (1, 2, 7, 50, 99, 100, 101, 500, 5_000):
                with self.subTest(pattern=pattern, room=room):
                    keys = requests(pattern, 5_000, 1_000, 101)
                    self.check(keys, room)

    def test_the_default_run(self):
        keys = requests("loop", 20_000, 1_000, 101)
        self.assertEqual(memo_lru.real_hits(keys, 100).hits, 0)
        self.assertEqual(memo_lru.real_hits(keys, 101).hits, 19_899)

    def test_a_method_cache_keeps_its_objects(self):
        class Reader:
            @lru_cache
            def read(self):
                return 1

        reader = Reader()
        reader.read()
        alive = weakref.ref(reader)
        del reader
        gc.collect()
        self.assertIsNotNone(alive())
        Reader.read.cache_clear()
        gc.collect()
        self.assertIsNone(alive())

    def test_arguments_spelled_differently_are_different_keys(self):
        look_up = lru_cache(lambda a, b=0: a + b)
        look_up(1)
        look_up(1, 0)
        look_up(a=1)
        self.assertEqual(look_up.cache_info().misses, 3)

    def test_int_and_float_share_an_entry_unless_typed(self):
        for typed, misses in ((False, 1), (True, 2)):
            # 인자가 둘이어야 키가 튜플이 됨
            look_up = lru_cache(typed=typed)(lambda a, b: a)
            look_up(1, 2)
            look_up(1.0, 2)
            self.assertEqual(look_up.cache_info().misses, misses)


class S3Fifo(unittest.TestCase):
    def follow(self, pattern):
        """본문이 말하는 수: M에서의 적중, M에 든 두 길, M에서 나간 것."""
        cache, at_main, again, ghost, out = memo_lru.S3Fifo(100), 0, 0, 0, []
        used = {}
        for key in requests(pattern, 20_000, 1_000, 101):
            small, main = set(cache.s), set(cache.m)
            if cache.request(key):
                at_main += key in main
                used[key] = True
                continue
            for new in set(cache.m) - main:
                again += new in small
                ghost += new not in small
                used[new] = False
            out += (used[old] for old in main - set(cache.m))
        return at_main, again, ghost, len(out), out.count(False)

    def test_the_loop_stays_in_the_main_queue(self):
        at_main, _, _, out, unused = self.follow("loop")
        self.assertEqual((at_main, out, unused), (17_177, 872, 451))

    def test_most_come_back_through_the_ghosts(self):
        _, again, ghost, _, _ = self.follow("scan_mix")
        self.assertEqual((again, ghost), (25, 377))


class Counted:
    """몇 번 견주었는지 세는 값."""

    compares = 0

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        Counted.compares += 1
        return self.value < other.value


class Heap(unittest.TestCase):
    def test_comparisons_equal_the_real_heapq(self):
        for order in ("random", "up", "down"):
            for n, k in ((100, 1), (100, 7), (500, 64), (500, 500)):
                with self.subTest(order=order, n=n, k=k):
                    self.check(heap_topk.make_values(n, order, 42), k)

    def check(self, values, k):
        Counted.compares = 0
        first, *rest = (Counted(value) for value in values)
        heap = [first, *rest[: k - 1]]
        heapq.heapify(heap)
        for item in rest[k - 1 :]:
            if heap[0] < item:
                heapq.heapreplace(heap, item)
        left = [item.value for item in heap]
        top, compares = heap_topk.by_heap(values, k)
        last_sort = heap_topk.descending(left)[1]
        self.assertEqual(Counted.compares, compares - last_sort)
        self.assertEqual(sorted(left, reverse=True), top)


@unittest.skipUnless(
    VERSION in {(3, 11), (3, 14)}, "이 판의 바이트코드는 표에 없음"
)
class Opcodes(unittest.TestCase):
    def test_every_idiom(self):
        tasks = idiom_race.OPCODES["".join(map(str, VERSION))]
        for task, want in tasks.items():
            got = tuple(idiom_race.opcodes_each(task))
            self.assertEqual(got, want, task)


class Strings(unittest.TestCase):
    @unittest.skipUnless((VERSION, WIDTH) in STRINGS, "크기 표에 없는 판")
    def test_the_widest_character_sets_the_width(self):
        texts = "a" * 10, "é" * 10, "가" * 10, "😀" * 10
        sizes = tuple(map(sys.getsizeof, texts))
        self.assertEqual(sizes, STRINGS[VERSION, WIDTH])

    def test_every_way_builds_the_same_string(self):
        pieces = [str(i) for i in range(1_000)]
        want = "".join(pieces)
        self.assertEqual(string_build.add_local(pieces), want)
        self.assertEqual(string_build.add_aliased(pieces), want)
        self.assertEqual(string_build.Page().add(pieces), want)
        self.assertEqual(string_build.write(pieces), want)

    @unittest.skipUnless(VERSION in {(3, 11), (3, 14)}, "다른 판의 명령 이름")
    def test_only_the_lonely_local_grows_in_place(self):
        for build, name in (
            (string_build.add_local, "BINARY_OP_INPLACE_ADD_UNICODE"),
            (string_build.Page().add, "BINARY_OP_ADD_UNICODE"),
        ):
            for _ in range(100):
                build(["x"] * 100)
            code = dis.get_instructions(build, adaptive=True)
            self.assertIn(name, [step.opname for step in code])


@unittest.skipUnless((VERSION, WIDTH) in OBJECTS, "크기 표에 없는 판")
class Objects(unittest.TestCase):
    def test_bytes_of_each(self):
        class Plain:
            def __init__(self):
                self.x = self.y = 0

        class Named(NamedTuple):
            x: int = 0
            y: int = 0

        class Slotted:
            __slots__ = "x", "y"

            def __init__(self):
                self.x = self.y = 0

        def opened():
            plain = Plain()
            vars(plain)
            return plain

        makes = Slotted, Named, Plain, opened
        self.assertEqual(tuple(map(self.each, makes)), OBJECTS[VERSION, WIDTH])

    def each(self, make):
        """만든 것 하나의 바이트. 클래스의 첫 객체들은 더 커서 먼저 만듦."""
        for _ in range(100):
            make()
        kept = [None] * 10_000
        tracemalloc.start()
        for i in range(len(kept)):
            kept[i] = make()
        total, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return round(total / len(kept))

    def test_the_dict_of_a_new_class_shrinks_as_objects_are_made(self):
        class Plain:
            def __init__(self):
                self.x = self.y = 0

        sizes = [sys.getsizeof(Plain().__dict__) for _ in range(30)]
        self.assertEqual(sizes[:26], list(range(296, 88, -8)))
        self.assertEqual(set(sizes[26:]), {88})


class Sums(unittest.TestCase):
    def test_float_sum_is_compensated_since_3_12(self):
        exact = sum([0.1] * 10) == 1.0
        self.assertEqual(exact, VERSION >= (3, 12))


if __name__ == "__main__":
    unittest.main()
