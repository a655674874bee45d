"""lazy_pipeline: 같은 파이프라인을 즉시, 지연, 묶음으로 흘려 봄."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum

EVERYTHING = sys.maxsize


class Watch:
    """사건과 살아 있는 항목을 적는 관찰자."""

    def __init__(self, depth):
        self.log = []
        self.calls = [0] * depth
        self.live = self.peak = self.outputs = self.first = 0

    def hold(self, count):
        self.live += count
        self.peak = max(self.peak, self.live)

    def call(self, number, item):
        self.log += number, item
        self.calls[number - 1] += 1
        self.first += not self.outputs


# ANCHOR: kernel
def source(n, watch):
    for item in range(n):
        watch.log += 0, item
        watch.hold(1)
        yield item
        watch.live -= 1


def stage(number, work, items, watch):
    """지연: 하나를 당겨, 나온 것을 하나씩 내주고 멈춤."""
    for item in items:
        watch.call(number, item)
        made = work(item)
        watch.hold(len(made))
        yield from made
        watch.live -= len(made)


def source_blocks(n, size, watch):
    for start in range(0, n, size):
        block = range(start, min(start + size, n))
        for item in block:
            watch.log += 0, item
            watch.hold(1)
        yield block
        watch.live -= len(block)


def stage_blocks(number, work, blocks, size, watch):
    """묶음: 한 묶음을 다 처리하고, 나온 것을 다시 묶음으로 끊어 내줌."""
    for block in blocks:
        out = []
        for item in block:
            watch.call(number, item)
            made = work(item)
            watch.hold(len(made))
            out += made
        for at in range(0, len(out), size):
            yield out[at : at + size]
        watch.live -= len(out)


def flow(works, n, size, take, watch):
    """묶음이 1이면 제너레이터를 그대로 쌓음. 결과의 합을 돌려줌."""
    if size == 1:
        items = source(n, watch)
        for number, work in enumerate(works, 1):
            items = stage(number, work, items, watch)
    else:
        blocks = source_blocks(n, size, watch)
        for number, work in enumerate(works, 1):
            blocks = stage_blocks(number, work, blocks, size, watch)
        items = (item for block in blocks for item in block)
    total = 0
    for item in islice(items, take):
        watch.log += 9, item
        watch.outputs += 1
        total += item
    return total
# ANCHOR_END: kernel


def make_works(p: dict) -> list:
    """단계마다 항목 하나로 만드는 것들: 0개, 1개, 2개."""

    def keep(number):
        def work(x):
            return [x] * (rng.mix64(x ^ number) % 100 < p["keep_pct"])

        return work

    names = [p[f"stage{i}"] for i in range(1, 5)]
    make = {
        "map": lambda number: lambda x: [x * 3 + 1],
        "filter": keep,
        "flat": lambda number: lambda x: [x * 2, x * 2 + 1],
    }
    used = [name for name in names if name != "none"]
    return [make[name](number) for number, name in enumerate(used, 1)]


def check(p: dict) -> None:
    names = [p[f"stage{i}"] for i in range(1, 5)]
    if set(names) == {"none"}:
        raise params.ParamError(
            "단계(stage1)의 값 'none': 단계가 하나는 있어야 함"
        )
    if p["take"] > p["n"]:
        raise params.ParamError(
            f"가져갈 결과의 수(take)의 값 '{p['take']:,}': 항목의 수를 넘지"
            f" 않는 0–{p['n']:,}개 범위여야 함"
        )
    flats = names.count("flat")
    limit = (2_000_000 if params.HERE == "browser" else 20_000_000) >> flats
    if p["n"] > limit:
        raise params.ParamError(
            f"항목의 수(n)의 값 '{p['n']:,}': flat이 {flats}개이면"
            f" 1–{limit:,}개 범위여야 함"
        )


def watched(p: dict, mode: str, n: int) -> tuple[Watch, int]:
    works = make_works(p)
    watch = Watch(len(works))
    sizes = {"eager": EVERYTHING, "lazy": 1, "chunked": p["chunk"]}
    take = p["take"] or EVERYTHING
    return watch, flow(works, n, sizes[mode], take, watch)


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("lazy_pipeline", given)
    check(p)
    watch, total = watched(p, p["mode"], p["n"])
    peaks = {"lazy": watch.peak, "eager": watch.peak}
    for mode in {"lazy", "eager"} - {p["mode"]}:
        peaks[mode] = watched(p, mode, p["n"])[0].peak
    log = watched(p, p["mode"], min(p["replay"], p["n"]))[0].log
    calls = {f"calls_{i}": c for i, c in enumerate(watch.calls, 1)}
    more = {
        "peak": watch.peak,
        "first": watch.first,
        "sum": total,
    }
    answers = calls | more
    answers |= {f"{mode}_peak": peak for mode, peak in peaks.items()}
    answers |= {"outputs": watch.outputs, "log": checksum(log)}
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum([*watch.calls, watch.peak, watch.first, total]),
    }


def timings(p: dict) -> dict:
    """관찰자 없이: 같은 일을 리스트 내포와 제너레이터 식으로."""
    n = p["n"]

    def lists():
        a = [x * 3 + 1 for x in range(n)]
        b = [x for x in a if x % 2]
        return sum([x * 3 + 1 for x in b])

    def generators():
        a = (x * 3 + 1 for x in range(n))
        b = (x for x in a if x % 2)
        return sum(x * 3 + 1 for x in b)

    works = {"리스트 셋 (즉시)": (lists, n), "제너레이터 셋": (generators, n)}
    return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("lazy_pipeline", run, timings)


if __name__ == "__main__":
    main()
