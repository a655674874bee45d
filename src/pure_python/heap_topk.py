"""heap_topk: 가장 큰 k개를 얻는 세 가지 길의 비교 횟수."""

from __future__ import annotations

import heapq
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum
from pure_python.algo_first import merge_sort

# 교차점을 찾는 크기. 섞인 값이면 n이 커도 50–60%에 머묾
CROSSOVER_SIZE = 2_000


def make_values(n: int, order: str, seed: int) -> list[int]:
    """0부터 n - 1까지를 정해진 차례로."""
    values = list(range(n))
    if order == "random":
        rng.SplitMix64(seed).shuffle(values)
    elif order == "down":
        values.reverse()
    return values


# ANCHOR: kernel
def descending(values):
    """큰 것부터. 값과 비교의 수."""
    ordered, compares = merge_sort(values)
    return ordered[::-1], compares


def by_sort(values, k):
    """모두 정렬하고 앞을 자름."""
    ordered, compares = descending(values)
    return ordered[:k], compares


def sift(heap, start, value):
    """빈자리를 작은 자식 쪽으로 바닥까지 내리고, 거기서 새 값을 올림."""
    at, size, compares = start, len(heap), 0
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size:
            compares += 1
            child += not heap[child] < heap[child + 1]
        heap[at] = heap[child]
        at = child
    while at > start:
        parent = (at - 1) // 2
        compares += 1
        if not value < heap[parent]:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = value
    return compares


def by_heap(values, k):
    """크기 k의 힙을 들고 한 번 훑음."""
    heap = values[:k]
    compares = len(values) - k
    for at in range(k // 2 - 1, -1, -1):
        compares += sift(heap, at, heap[at])
    for value in values[k:]:
        if heap[0] < value:
            compares += sift(heap, 0, value)
    ordered, more = descending(heap)
    return ordered, compares + more


def by_select(values, k):
    """셋의 가운데 값으로 갈라 가며 앞의 k개를 모은 다음 정렬함."""
    values, compares = values[:], 0
    low, high = 0, len(values) - 1
    while low < high:
        middle = low + (high - low) // 2
        pivot = sorted((values[low], values[middle], values[high]))[1]
        compares += 3
        i, j = low, high
        while True:
            start = i - j
            while values[i] > pivot:
                i += 1
            while values[j] < pivot:
                j -= 1
            # 나아간 칸마다 한 번, 멈춘 자리에서 한 번씩
            compares += i - j - start + 2
            if i >= j:
                break
            values[i], values[j] = values[j], values[i]
            i, j = i + 1, j - 1
        if k <= i:
            high = i - 1
        elif k > j + 1:
            low = j + 1
        else:
            break
    ordered, more = descending(values[:k])
    return ordered, compares + more
# ANCHOR_END: kernel


def crossover(values: list[int]) -> int:
    """힙이 정렬보다 많이 견주는 첫 퍼센트. 끝까지 없으면 101."""
    n = len(values)
    most = by_sort(values, n)[1]
    low, high = 1, 101
    while low < high:
        percent = (low + high) // 2
        if by_heap(values, max(n * percent // 100, 1))[1] > most:
            high = percent
        else:
            low = percent + 1
    return low


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("heap_topk", given)
    n, k = p["n"], p["k"]
    if k > n:
        raise params.ParamError(
            f"얻을 수(k)의 값 '{k}': 1–{n:,}개 범위여야 함 (값의 수까지)"
        )
    values = make_values(n, p["order"], p["seed"])
    few = make_values(min(n, CROSSOVER_SIZE), p["order"], p["seed"])
    top, heap = by_heap(values, k)
    exact = {
        "kth": top[-1],
        "sum": sum(top),
        "sort_compares": by_sort(values, k)[1],
        "heap_compares": heap,
        "select_compares": by_select(values, k)[1],
        "crossover_percent": crossover(few),
    }
    return {
        "answers": {name: str(v) for name, v in exact.items()},
        "checksum": checksum(exact.values()),
    }


def timings(p: dict) -> dict:
    """진짜 sorted와 heapq의 시간."""
    values, k = make_values(p["n"], p["order"], p["seed"]), p["k"]
    works = {
        "sorted": lambda: sorted(values, reverse=True)[:k],
        "heapq.nlargest": lambda: heapq.nlargest(k, values),
    }
    return {
        "timings": measure.interleaved(
            {name: (work, len(values)) for name, work in works.items()}
        )
    }


def main() -> None:
    cli.main("heap_topk", run, timings)


if __name__ == "__main__":
    main()
