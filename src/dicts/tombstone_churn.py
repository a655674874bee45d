"""tombstone_churn: 크기가 그대로인 사전이 왜 이사를 하고 느려지는가."""

from __future__ import annotations

import sys
from collections import OrderedDict, deque
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum


# ANCHOR: kernel
EMPTY, DUMMY = -1, -2


class ChurnDict:
    """지울 수 있는 사전: 인덱스 표에는 묘비가, 항목 배열에는 구멍이 남음."""

    def __init__(self):
        self.entries = []
        self.alive = bytearray()  # 항목마다 1은 산 것, 0은 구멍
        self.rebuilds = self.holes_walked = self.probes = 0
        self.use_slots(8)

    def use_slots(self, slots):
        self.index = [EMPTY] * slots
        self.usable = slots * 2 // 3 - len(self.entries)

    def path(self, key):
        mask = len(self.index) - 1
        i, perturb = key & mask, key
        while True:
            yield i
            perturb >>= 5
            i = (i * 5 + perturb + 1) & mask

    def find(self, key):
        """묘비는 건너뛰며 찾음: 묘비에서 멈추면 뒤에 있는 키를 놓침."""
        for i in self.path(key):
            self.probes += 1
            at = self.index[i]
            if at == EMPTY or at != DUMMY and self.entries[at] == key:
                return i

    def free_slot(self, key):
        """빈자리든 묘비든 처음 만나는 곳에 넣음."""
        return next(i for i in self.path(key) if self.index[i] < 0)

    def insert(self, key):
        self.find(key)
        if self.usable == 0:
            self.rebuild()
        self.index[self.free_slot(key)] = len(self.entries)
        self.entries.append(key)
        self.alive.append(1)
        self.usable -= 1  # 지워도 돌려주지 않으므로 언젠가 0이 됨

    def delete(self, key):
        i = self.find(key)
        self.alive[self.index[i]] = 0
        self.index[i] = DUMMY

    def first(self):
        """next(iter(d)): 앞에서부터 구멍을 하나씩 지나침."""
        at = self.alive.find(1)
        self.holes_walked += at
        return self.entries[at]

    def last(self):
        """next(reversed(d)): 뒤에서부터 구멍을 하나씩 지나침."""
        at = self.alive.rfind(1)
        self.holes_walked += len(self.entries) - 1 - at
        return self.entries[at]

    def popitem(self):
        """마지막 것을 꺼내고 항목 배열의 끝을 당김: 구멍이 남지 않음."""
        i = self.find(self.last())
        at, self.index[i] = self.index[i], DUMMY
        del self.entries[at:], self.alive[at:]

    def rebuild(self):
        """구멍을 없애며 다시 쌓음. 크기는 남은 항목의 세 배로 정함."""
        self.rebuilds += 1
        self.entries = [k for k, a in zip(self.entries, self.alive) if a]
        self.alive = bytearray(b"\1") * len(self.entries)
        slots = 8
        while slots < len(self.entries) * 3:
            slots *= 2
        self.use_slots(slots)
        for at, key in enumerate(self.entries):
            self.index[self.free_slot(key)] = at
# ANCHOR_END: kernel


def check(p: dict) -> None:
    if p["api"] == "popitem" and p["pattern"] != "lifo":
        raise params.ParamError(
            "지울 키를 얻는 법(api)의 값 'popitem': 마지막 항목만 꺼냄."
            " 지우는 차례(pattern)가 '새것부터'(lifo)여야 함"
        )


def churn(model: ChurnDict, p: dict) -> None:
    """한 회에 하나를 지우고 하나를 넣음."""
    size, pattern, api = p["size"], p["pattern"], p["api"]
    stream = rng.SplitMix64(p["seed"])
    known = deque(range(size))  # deque라면 넣은 순서를, random이라면 산 키를
    for fresh in range(size, size + p["rounds"]):
        if pattern == "same_key":
            victim = fresh = 0
        elif pattern == "random":
            pick = stream.below(size)
            victim, known[pick] = known[pick], fresh
        elif api == "deque":
            victim = known.popleft() if pattern == "fifo" else known.pop()
            known.append(fresh)
        elif api == "next_iter":
            victim = model.first() if pattern == "fifo" else model.last()
        if api == "popitem":
            model.popitem()
        else:
            model.delete(victim)
        model.insert(fresh)


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("tombstone_churn", given)
    check(p)
    model = ChurnDict()
    for key in range(p["size"]):
        model.insert(key)
    model.rebuilds = model.probes = 0  # 채우는 동안의 일은 세지 않음
    churn(model, p)
    exact = {
        "rebuilds": model.rebuilds,
        "holes_walked": model.holes_walked,
        "sum_probes": model.probes,
        "slots": len(model.index),
    }
    more = {
        "holes": len(model.entries) - p["size"],
        "usable": model.usable,
    }
    return {
        "answers": {k: str(v) for k, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


def timings(p: dict) -> dict:
    """오래된 것부터 지우는 세 방법과 popitem의 진짜 시간."""
    size, rounds = p["size"], max(p["rounds"], 1)
    plain, ordered = dict.fromkeys(range(size)), OrderedDict()
    queued, order = dict.fromkeys(range(size)), deque(range(size))
    stack = dict.fromkeys(range(size))
    for key in range(size):
        ordered[key] = None
    heads = {name: size for name in ("plain", "ordered", "queued", "stack")}

    def fresh_keys(name):
        start = heads[name]
        heads[name] = start + rounds
        return range(start, start + rounds)

    def next_iter():
        for key in fresh_keys("plain"):
            del plain[next(iter(plain))]
            plain[key] = None

    def ordered_popitem():
        for key in fresh_keys("ordered"):
            ordered.popitem(last=False)
            ordered[key] = None

    def with_deque():
        for key in fresh_keys("queued"):
            del queued[order.popleft()]
            queued[key] = None
            order.append(key)

    def popitem():
        for key in fresh_keys("stack"):
            stack.popitem()
            stack[key] = None

    works = {
        "del d[next(iter(d))]": (next_iter, rounds),
        "OrderedDict.popitem(last=False)": (ordered_popitem, rounds),
        "dict + deque": (with_deque, rounds),
        "dict.popitem()": (popitem, rounds),
    }
    return {
        "timings": measure.interleaved(works),
        "sizes": {"dict": sys.getsizeof(plain)},
    }


def main() -> None:
    cli.main("tombstone_churn", run, timings)


if __name__ == "__main__":
    main()
