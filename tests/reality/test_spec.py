"""명세의 기준값. 파이썬 쪽이 스스로 어긋나지 않게 지킴."""

from __future__ import annotations

import unittest

import facts  # noqa: F401

from dicts import dict_layout, dict_probe, set_probe, tombstone_churn
from intro import first_run
from lab.checksum import checksum
from lab.params import ParamError
from lab.rng import SplitMix64


class Core(unittest.TestCase):
    def test_random_stream(self):
        stream = SplitMix64(42)
        first = [f"{stream.next():016x}" for _ in range(3)]
        want = "bdd732262feb6e95 28efe333b266f103 47526757130f9f52"
        self.assertEqual(first, want.split())

    def test_checksum(self):
        self.assertEqual(checksum([]), "cbf29ce484222325")
        self.assertEqual(checksum([0, 1, 2]), "70c9b82103059f06")

    def test_refusal_names_value_and_range(self):
        for run, given, words in (
            (dict_probe.run, {"n": 0}, ("(n)", "'0'", "1–")),
            (dict_probe.run, {"n": "많이"}, ("(n)", "'많이'", "정수")),
            (dict_probe.run, {"keys": "x"}, ("(keys)", "'x'", "few_low")),
            (dict_probe.run, {"load_num": 3}, ("'3/3'", "0.4–0.9")),
            (tombstone_churn.run, {"api": "popitem"}, ("popitem", "lifo")),
            (
                dict_probe.make_keys,
                {"keys": "shift", "n": 2**18, "shift": 46},
                ("shift", "'46'", "131,072개"),
            ),
        ):
            with self.subTest(given), self.assertRaises(ParamError) as caught:
                run(given)
            for word in words:
                self.assertIn(word, str(caught.exception))

    def test_integers_as_rust_reads_them(self):
        for text in ("1000", "1_000", "1,000", "1e3", 1000):
            result = dict_probe.run({"n": text, "keys": "seq"})
            self.assertEqual(result["answers"]["sum_hit"], "1000")


class Anchors(unittest.TestCase):
    def check(self, run, given, answers, expected=None):
        with self.subTest(given):
            result = run(given)
            got = {key: int(result["answers"][key]) for key in answers}
            self.assertEqual(got, answers)
            if expected:
                self.assertEqual(result["checksum"], expected)

    def test_dict_probe(self):
        names = "slots", "sum_hit", "max_hit", "sum_miss", "max_miss"
        for keys, shift, row, expected in (
            ("seq", 12, (1000, 1, 1877, 13), "36ee6ecb6bf14ad0"),
            ("random", 12, (1388, 7, 1976, 16), "c1088ce3e5133900"),
            ("shift", 4, (1990, 6, 1959, 11), None),
            ("shift", 12, (4016, 15, 1979, 10), "41e1e7adab356f1b"),
            ("shift", 16, (3965, 6, 1904, 12), None),
            ("shift", 32, (8070, 22, 1958, 11), "69de9f7d813b3a08"),
        ):
            answers = dict(zip(names, (2048, *row))) | {"resizes": 8}
            given = {"keys": keys, "shift": shift}
            self.check(dict_probe.run, given, answers, expected)
        self.check(
            dict_probe.run,
            {"n": 100_000, "keys": "seq"},
            {"slots": 262_144, "sum_hit": 100_000, "baseline_hit": 100_000},
            "d32ab2e95cab2ebd",
        )

    def test_set_probe(self):
        for keys, shift, hit, miss, jumps in (
            ("seq", 12, 1000, 9678, 866),
            ("random", 12, 1477, 2366, 9),
            ("shift", 4, 4416, 3093, 0),
            ("shift", 12, 20887, 2543, 58),
            ("shift", 32, 59891, 2779, 76),
        ):
            given = {"n": 1_000, "keys": keys, "shift": shift}
            answers = {"slots": 2048, "hit_slots": hit, "miss_slots": miss}
            answers["miss_jumps"] = jumps
            self.check(set_probe.run, given, answers)

    def test_dict_layout(self):
        for width, keys, five, six in (
            (64, "int", 224, 352),
            (64, "str", 184, 272),
            (32, "int", 128, 196),
            (32, "str", 108, 156),
        ):
            given = {"keys": keys, "width": width, "n": 5}
            answers = {"bytes": five, "at_5": five, "at_6": six}
            self.check(dict_layout.run, given, answers)
        for n, keys, total in (
            (682, "int", 18_512),
            (682, "str", 13_056),
            (11, "str", 464),
            (86, "int", 4_688),
        ):
            given = {"keys": keys, "width": 64, "n": n}
            self.check(dict_layout.run, given, {"bytes": total})

    def test_tombstone_churn(self):
        self.check(
            tombstone_churn.run,
            {"size": 1_000, "rounds": 10_000},
            {"slots": 4096, "rebuilds": 6, "holes_walked": 8_032_101},
        )

    def test_first_run(self):
        self.check(
            first_run.run,
            {"n": 3, "seed": 42},
            {
                "sum": 0xBDD73226 + 0x28EFE333 + 0x47526757,
                "max": 0xBDD73226,
                "xor": 0xBDD73226 ^ 0x28EFE333 ^ 0x47526757,
            },
        )


if __name__ == "__main__":
    unittest.main()
