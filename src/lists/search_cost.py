"""search_cost: 몇 번만 찾을 때는 왜 정렬이 손해인가."""

from __future__ import annotations

import sys
from bisect import bisect_left
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dicts.dict_probe import DictModel
from lab import cli, measure, params, rng
from lab.checksum import checksum


# ANCHOR: kernel
def linear(items, key):
    """앞에서부터 하나씩. (찾았는가, 살펴본 수)를 돌려줌."""
    for looks, item in enumerate(items, 1):
        if item == key:
            return True, looks
    return False, len(items)


def binary(items, key):
    """정렬된 목록을 반씩 버림."""
    lo, hi, looks = 0, len(items), 0
    while lo < hi:
        middle = lo + (hi - lo) // 2
        looks += 1
        if items[middle] == key:
            return True, looks
        if key < items[middle]:
            hi = middle
        else:
            lo = middle + 1
    return False, looks


def eytzinger(tree, key):
    """1번이 뿌리이고 k번의 자식이 2k, 2k+1번인 나무를 내려감."""
    at, looks = 1, 0
    while at < len(tree):
        looks += 1
        if tree[at] == key:
            return True, looks
        at = 2 * at + (key > tree[at])
    return False, looks


def merge_sort(items):
    """반씩 정렬해 앞에서부터 합침. (정렬된 목록, 비교한 수)를 돌려줌."""
    if len(items) < 2:
        return items, 0
    half = len(items) // 2
    left, before = merge_sort(items[:half])
    right, after = merge_sort(items[half:])
    merged, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        if right[j] < left[i]:
            merged.append(right[j])
            j += 1
        else:
            merged.append(left[i])
            i += 1
    # 하나를 옮길 때마다 한 번 견주었음
    compares = before + after + len(merged)
    return merged + left[i:] + right[j:], compares
# ANCHOR_END: kernel


def layout(items):
    """정렬된 목록을 나무의 차례로. 0번은 비워 둠."""
    tree, rest = [None] * (len(items) + 1), iter(items)

    def place(at):
        if at < len(tree):
            place(2 * at)
            tree[at] = next(rest)
            place(2 * at + 1)

    place(1)
    return tree


def hashed(items):
    """사전 모형과, 넣으면서 살펴본 칸."""
    model, looks = DictModel(), 0
    for key in items:
        looks += model.find(key)[1]
        model.insert(key)
    return model, looks


def draw(p: dict) -> tuple[list[int], list[tuple[int, int | None]]]:
    """섞인 목록과, 질의마다 (수, 목록에서의 자리)."""
    n, stream = p["n"], rng.SplitMix64(p["seed"])
    items = [stream.next() for _ in range(n)]
    pick, queries = rng.SplitMix64(rng.mix64(p["seed"])), []
    for _ in range(p["queries"]):
        if pick.below(100) < p["hit_pct"]:
            at = pick.below(n)
            queries.append((items[at], at))
        else:
            queries.append((stream.next(), None))
    return items, queries


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("search_cost", given)
    items, queries = draw(p)
    sorted_items, compares = merge_sort(items)
    half = [binary(sorted_items, key) for key, _ in queries]
    # 선형 탐색이 살펴보는 수는 자리에서 바로 나옴
    line = [
        (at is not None, p["n"] if at is None else at + 1)
        for _, at in queries
    ]
    method = p["method"]
    if method == "linear":
        prep, results = 0, line
    elif method == "binary":
        prep, results = compares, half
    elif method == "eytzinger":
        tree = layout(sorted_items)
        prep, results = compares, [eytzinger(tree, key) for key, _ in queries]
    else:
        model, prep = hashed(items)
        spots = [model.find(key) for key, _ in queries]
        results = [(model.index[i] >= 0, looks) for i, looks in spots]
    if not p["sorted_once"]:
        prep *= p["queries"]
    exact = {
        "prep": prep,
        "query": sum(looks for _, looks in results),
        "found": sum(found for found, _ in results),
    }
    linear_query = sum(looks for _, looks in line)
    binary_query = sum(looks for _, looks in half)
    crossover = 0
    if p["sorted_once"] and linear_query > binary_query:
        saved = linear_query - binary_query
        crossover = compares * p["queries"] // saved + 1
    more = {
        "max_query": max(looks for _, looks in results),
        "sort": compares,
        "linear_query": linear_query,
        "binary_query": binary_query,
        "crossover": crossover,
    }
    return {
        "answers": {key: str(v) for key, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


def timings(p: dict) -> dict:
    """진짜 in, bisect, set의 질의와 준비."""
    items, queries = draw(p)
    most = max(1, min(1_000, 2_000_000 // p["n"]))
    keys = [key for key, _ in queries[:most]]
    ordered, bag = sorted(items), set(items)

    def bisected():
        for key in keys:
            at = bisect_left(ordered, key)
            at < len(ordered) and ordered[at] == key

    def every(container):
        for key in keys:
            key in container

    works = {
        "질의: key in list": (lambda: every(items), len(keys)),
        "질의: bisect_left": (bisected, len(keys)),
        "질의: key in set": (lambda: every(bag), len(keys)),
        "준비: sorted": (lambda: sorted(items), len(items)),
        "준비: set": (lambda: set(items), len(items)),
    }
    return {
        "timings": measure.interleaved(works),
        "sizes": {"list": sys.getsizeof(items), "set": sys.getsizeof(bag)},
    }


def main() -> None:
    cli.main("search_cost", run, timings)


if __name__ == "__main__":
    main()
