"""tuple_freelist: 버린 튜플의 메모리는 어디로 가는가."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum


# ANCHOR: kernel
class FreeLists:
    """길이별 자유 목록. 메모리는 할당한 차례의 번호로만 나타냄."""

    def __init__(self, maxlen=20, cap=2_000):
        self.stacks = [[] for _ in range(maxlen)]
        self.cap = cap
        self.mallocs = self.hits = self.kept = self.frees = 0

    def make(self, length):
        """튜플 하나의 메모리. 마지막에 버린 것을 먼저 꺼냄."""
        if length <= len(self.stacks) and self.stacks[length - 1]:
            self.hits += 1
            return self.stacks[length - 1].pop()
        self.mallocs += 1
        return self.mallocs - 1

    def discard(self, length, block):
        """튜플 하나를 버림. 더미가 찼거나 너무 길면 돌려줌."""
        if length <= len(self.stacks):
            stack = self.stacks[length - 1]
            if len(stack) < self.cap:
                stack.append(block)
                self.kept += 1
                return
        self.frees += 1
# ANCHOR_END: kernel


def play(p: dict, length: int) -> FreeLists:
    """정해진 차례로 만들고 버림."""
    lists = FreeLists(p["maxlen"], p["cap"])
    stream, workload = rng.SplitMix64(p["seed"]), p["workload"]
    pile = 1 if workload == "ping_pong" else p["pile"]
    left = p["n"]
    while left:
        live = []
        for _ in range(min(pile, left)):
            size = length
            if workload == "mixed":
                size = 1 + stream.below(length)
            live.append((size, lists.make(size)))
        for size, block in live:
            lists.discard(size, block)
        left -= len(live)
    return lists


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("tuple_freelist", given)
    lists = play(p, p["length"])
    exact = {
        "mallocs": lists.mallocs,
        "hits": lists.hits,
        "kept": lists.kept,
        "frees": lists.frees,
    }
    more = {
        "mallocs_inside": play(p, p["maxlen"]).mallocs,
        "mallocs_outside": play(p, p["maxlen"] + 1).mallocs,
    }
    return {
        "answers": {key: str(v) for key, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


def real_free_lists() -> dict[int, int]:
    """진짜 인터프리터의 자유 목록: 길이 → 쌓인 수.

    sys._debugmallocstats는 C의 표준 오류에 적으므로 잠시 파일로 돌림.
    """
    with tempfile.TemporaryFile() as out:
        sys.stderr.flush()
        saved = os.dup(2)
        try:
            os.dup2(out.fileno(), 2)
            sys._debugmallocstats()
        finally:
            os.dup2(saved, 2)
            os.close(saved)
        out.seek(0)
        text = out.read().decode()
    found = re.findall(r"(\d+) free (\d+)-sized", text)
    return {int(length): int(count) for count, length in found}


def drop(length: int, count: int) -> None:
    """튜플 count개를 만들었다 한꺼번에 버림."""
    live = [tuple([None] * length) for _ in range(count)]
    live.clear()


def timings(p: dict) -> dict:
    """진짜 튜플과 리스트를 만들고 버리는 시간."""
    turns = range(min(p["n"], 100_000))
    short, long = list(range(20)), list(range(21))

    def tuples():
        for i in turns:
            (i, i, i)

    def lists():
        for i in turns:
            [i, i, i]

    def constants():
        for _ in turns:
            (1, 2, 3)

    def copied(items):
        for _ in turns:
            tuple(items)

    works = {
        "(i, i, i)": tuples,
        "[i, i, i]": lists,
        "(1, 2, 3): 상수": constants,
        "tuple(길이 20)": lambda: copied(short),
        "tuple(길이 21)": lambda: copied(long),
    }
    return {
        "timings": measure.interleaved(
            {name: (work, len(turns)) for name, work in works.items()}
        ),
        "sizes": {
            "(i, i, i)": sys.getsizeof((0, 0, 0)),
            "[i, i, i]": sys.getsizeof([turns, turns, turns]),
        },
        "notes": [
            f"길이 {length}인 튜플 {p['pile']:,}개를 버린 뒤 자유 목록에"
            f" 있는 것: {kept}"
            for length, kept in now_kept(p["pile"]).items()
        ],
    }


def now_kept(pile: int) -> dict[int, str]:
    """버린 뒤 길이마다 쌓여 있는 수."""
    kept = {}
    for length in (3, 20, 21):
        drop(length, pile)
        count = real_free_lists().get(length)
        kept[length] = "목록이 없음" if count is None else f"{count:,}개"
    return kept


def main() -> None:
    cli.main("tuple_freelist", run, timings)


if __name__ == "__main__":
    main()
