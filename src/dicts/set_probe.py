"""set_probe: 셋은 왜 멀리 뛰기 전에 옆칸을 먼저 보는가."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dicts.dict_probe import EMPTY, DictModel, absent_keys, make_keys
from lab import cli, measure, params
from lab.checksum import checksum
from lab.rng import SplitMix64

LINE = 64
SET_SLOT = 16
DICT_ENTRY = 24


# ANCHOR: kernel
class SetModel:
    """셋의 뼈대: 키가 표에 바로 놓이고, 뛰기 전에 이웃을 훑음."""

    def __init__(self, near=9, perturb_shift=5):
        self.near = near
        self.perturb_shift = perturb_shift
        self.table = [None] * 8
        self.fill = 0

    def find(self, key):
        """키가 있거나 있어야 할 자리와, 거기까지 훑은 (처음, 끝) 구간들."""
        table, runs = self.table, []
        mask = len(table) - 1
        i, perturb = key & mask, key
        while True:
            last = i + self.near if i + self.near <= mask else i
            for at in range(i, last + 1):
                if table[at] is None or table[at] == key:
                    runs.append((i, at))
                    return at, runs
            runs.append((i, last))
            perturb >>= self.perturb_shift
            i = (i * 5 + perturb + 1) & mask

    def add(self, key):
        at, _ = self.find(key)
        if self.table[at] is not None:
            return
        self.table[at] = key
        self.fill += 1
        if self.fill * 5 >= (len(self.table) - 1) * 3:
            self.resize()

    def resize(self):
        """네 배(크면 두 배)보다 큰 2의 거듭제곱으로. 자리 순서대로 옮김."""
        most = self.fill * (2 if self.fill > 50_000 else 4)
        slots = 8
        while slots <= most:
            slots *= 2
        old, self.table = self.table, [None] * slots
        for key in old:
            if key is not None:
                self.table[self.find(key)[0]] = key
# ANCHOR_END: kernel


def set_lines(runs: list[tuple[int, int]]) -> int:
    """훑은 구간이 걸친 서로 다른 캐시 라인의 수."""
    per_line = LINE // SET_SLOT
    lines: set[int] = set()
    for first, last in runs:
        lines.update(range(first // per_line, last // per_line + 1))
    return len(lines)


def dict_lines(model: DictModel, key: int) -> tuple[int, int]:
    """같은 키를 dict에서 찾을 때의 탐사 수와 캐시 라인 수."""
    slots = len(model.index)
    width = 1 if slots <= 1 << 7 else 2 if slots <= 1 << 15 else 4
    index_lines: set[int] = set()
    entry_lines: set[int] = set()
    for probes, i in enumerate(model.path(key), 1):
        index_lines.add(i * width // LINE)
        at = model.index[i]
        if at == EMPTY:
            break
        entry_lines.add(at * DICT_ENTRY // LINE)
        if model.entries[at] == key:
            break
    return probes, len(index_lines) + len(entry_lines)


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("set_probe", given)
    keys = make_keys(p)
    model = SetModel(p["linear_probes"], p["perturb_shift"])
    beside = DictModel("cpython", p["perturb_shift"])
    for key in keys:
        model.add(key)
        beside.insert(key)
    exact = {"slots": len(model.table)}
    more = {"dict_slots": len(beside.index)}
    lines = 0
    for kind, wanted in ("hit", keys), ("miss", absent_keys(keys)):
        found = [model.find(key)[1] for key in wanted]
        examined = [sum(b - a + 1 for a, b in runs) for runs in found]
        in_dict = [dict_lines(beside, key) for key in wanted]
        exact[f"{kind}_slots"] = sum(examined)
        exact[f"{kind}_jumps"] = sum(len(runs) - 1 for runs in found)
        more[f"max_{kind}"] = max(examined)
        more[f"{kind}_lines"] = sum(map(set_lines, found))
        more[f"dict_{kind}"] = sum(probes for probes, _ in in_dict)
        more[f"dict_{kind}_lines"] = sum(touched for _, touched in in_dict)
        lines += more[f"{kind}_lines"]
    exact["lines"] = lines
    return {
        "answers": {k: str(v) for k, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


def timings(p: dict) -> dict:
    """진짜 set과 dict의 조회 시간과 크기."""
    keys = make_keys(p)
    as_set, as_dict = set(), {}
    for key in keys:
        as_set.add(key)
        as_dict[key] = None
    # 만든 순서로 찾으면 키 객체가 캐시에 줄지어 있어 실제보다 빠름
    SplitMix64(p["seed"]).shuffle(keys)
    absent = absent_keys(keys)

    def look_up(table, wanted):
        for key in wanted:
            key in table

    works = {
        f"{name} {kind}": (
            lambda table=table, wanted=wanted: look_up(table, wanted),
            len(keys),
        )
        for kind, wanted in (("적중", keys), ("실패", absent))
        for name, table in (("set", as_set), ("dict", as_dict))
    }
    return {
        "timings": measure.interleaved(works),
        "sizes": {
            "set": sys.getsizeof(as_set),
            "dict": sys.getsizeof(as_dict),
        },
    }


def main() -> None:
    cli.main("set_probe", run, timings)


if __name__ == "__main__":
    main()
