"""dict_probe: CPython 사전은 키를 몇 번 만에 찾는가."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum


# ANCHOR: kernel
EMPTY = -1


class DictModel:
    """사전의 뼈대: 인덱스 표(index)가 순서대로 쌓인 키(entries)를 가리킴."""

    def __init__(self, probe="cpython", perturb_shift=5, load=(2, 3)):
        self.perturbed = probe == "cpython"
        self.jump = 1 if probe == "linear" else 5
        self.perturb_shift = perturb_shift
        self.load = load
        self.resizes = 0
        self.entries = []
        self.use_slots(8)

    def use_slots(self, slots):
        num, den = self.load
        self.index = [EMPTY] * slots
        self.usable = slots * num // den - len(self.entries)

    def path(self, key):
        """이 키가 차례로 들르는 자리. perturb가 위쪽 비트를 끌어내림."""
        mask = len(self.index) - 1
        perturb = key if self.perturbed else 0
        i = key & mask
        while True:
            yield i
            perturb >>= self.perturb_shift
            i = (i * self.jump + perturb + 1) & mask

    def find(self, key):
        """키가 있거나 있어야 할 자리와, 거기까지 들여다본 자리의 수."""
        for probes, i in enumerate(self.path(key), 1):
            at = self.index[i]
            if at == EMPTY or self.entries[at] == key:
                return i, probes

    def insert(self, key):
        i, _ = self.find(key)
        if self.index[i] != EMPTY:
            return
        if self.usable == 0:
            self.resize()
            i, _ = self.find(key)
        self.index[i] = len(self.entries)
        self.entries.append(key)
        self.usable -= 1

    def resize(self):
        """항목 수의 세 배를 담는 2의 거듭제곱으로 옮김. 순서는 그대로임."""
        self.resizes += 1
        slots = 8
        while slots < len(self.entries) * 3:
            slots *= 2
        self.use_slots(slots)
        for at, key in enumerate(self.entries):
            i, _ = self.find(key)
            self.index[i] = at
# ANCHOR_END: kernel


def make_keys(p: dict) -> list[int]:
    """키 가족. 모두 서로 다른 64비트 값임."""
    n = p["n"]
    if p["keys"] == "random":
        stream = rng.SplitMix64(p["seed"])
        return [stream.next() for _ in range(n)]
    if p["keys"] == "shift":
        most = (2**63 - 1 >> p["shift"]) + 1
        if n > most:
            raise params.ParamError(
                f"shift의 값 '{p['shift']}': 키가 63비트를 넘음."
                f" 이 shift에서는 키의 수가 {most:,}개 이하여야 함"
            )
        return [i << p["shift"] for i in range(n)]
    if p["keys"] == "few_low_bits":
        return [(i >> 3) << 20 | i & 7 for i in range(n)]
    return list(range(n))


def absent_keys(keys: list[int]) -> list[int]:
    """표에 없는 키를 키마다 하나씩."""
    return [rng.mix64(key ^ 0xABCDEF) for key in keys]


def check(p: dict) -> None:
    """성기면 이사해도 자리가 늘지 않고, 가득 차면 없는 키를 못 찾음."""
    num, den = p["load_num"], p["load_den"]
    if not 0.4 <= num / den <= 0.9:
        raise params.ParamError(
            f"최대 적재율(load_num/load_den)의 값 '{num}/{den}':"
            " 0.4–0.9 범위를 벗어남"
        )
    # perturb가 없으면 모든 키가 한 줄을 이루어 일이 n²에 비례함
    limit = 4_000 if params.HERE == "browser" else 200_000
    if p["probe"] != "cpython" and p["n"] > limit:
        raise params.ParamError(
            f"키의 수(n)의 값 '{p['n']}': 이 탐사 규칙에서는 1–{limit:,}개"
            " 범위여야 함"
        )


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("dict_probe", given)
    check(p)
    keys = make_keys(p)
    load = p["load_num"], p["load_den"]
    model = DictModel(p["probe"], p["perturb_shift"], load)
    for key in keys:
        model.insert(key)
    hit = [model.find(key)[1] for key in keys]
    miss = [model.find(key)[1] for key in absent_keys(keys)]
    exact = {
        "slots": len(model.index),
        "sum_hit": sum(hit),
        "max_hit": max(hit),
        "sum_miss": sum(miss),
        "max_miss": max(miss),
    }
    # 연속 정수는 서로 다른 자리에서 시작하므로 언제나 한 번에 찾음
    more = {"resizes": model.resizes, "baseline_hit": p["n"]}
    return {
        "answers": {k: str(v) for k, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


def timings(p: dict) -> dict:
    """진짜 dict의 조회 시간과 크기."""
    keys = make_keys(p)
    real = dict.fromkeys(keys)
    # 만든 순서로 찾으면 키 객체가 캐시에 줄지어 있어 실제보다 빠름
    rng.SplitMix64(p["seed"]).shuffle(keys)
    absent = absent_keys(keys)

    def look_up(wanted):
        for key in wanted:
            key in real

    works = {
        "dict 적중": (lambda: look_up(keys), len(keys)),
        "dict 실패": (lambda: look_up(absent), len(keys)),
    }
    return {
        "timings": measure.interleaved(works),
        "sizes": {"dict": sys.getsizeof(real)},
    }


def main() -> None:
    cli.main("dict_probe", run, timings)


if __name__ == "__main__":
    main()
