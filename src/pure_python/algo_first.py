"""algo_first: 같은 답을 얻는 세 가지 길의 일의 양."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dicts.dict_probe import EMPTY, DictModel
from lab import cli, measure, params, rng
from lab.checksum import checksum

SIZES = 10, 32, 100, 316, 1_000, 3_162
# 모든 쌍을 보는 방법은 파이썬에서 오래 걸려 이 크기까지만 잼
MOST_QUADRATIC = 1_000


class Problem:
    """수의 열과 찾을 것. 찾는 문제의 짝은 하나뿐임."""

    def __init__(self, task, n, seed):
        self.dup, self.counts = task == "dup", task == "count_pairs"
        stream = rng.SplitMix64(seed)
        if self.counts:
            values = list(range(2 * n))
            stream.shuffle(values)
            self.values, self.target, self.partner = values[:n], 2 * n - 1, 0
            return
        self.values = list(range(0, 2 * n, 2))
        stream.shuffle(self.values)
        self.partner = stream.below(n - 1)
        twin = self.values[self.partner]
        self.values[-1] = twin if self.dup else 2 * n + 1
        self.target = twin + self.values[-1]

    def want(self, value):
        """짝이 될 값."""
        return value if self.dup else self.target - value


# ANCHOR: kernel
def quadratic(problem):
    """모든 쌍을 봄. 답과 비교의 수."""
    values, pairs, work = problem.values, 0, 0
    for j, value in enumerate(values):
        want = problem.want(value)
        for i in range(j):
            if values[i] == want:
                if not problem.counts:
                    return min(want, value), work + i + 1
                pairs += 1
        work += j
    return pairs, work


def merge_sort(values):
    """아래에서 위로 합치는 병합 정렬과 비교의 수."""
    work, width = 0, 1
    while width < len(values):
        merged = []
        for start in range(0, len(values), 2 * width):
            middle = start + width
            left = values[start:middle]
            right = values[middle : middle + width]
            i = j = 0
            while i < len(left) and j < len(right):
                work += 1
                if left[i] <= right[j]:
                    merged.append(left[i])
                    i += 1
                else:
                    merged.append(right[j])
                    j += 1
            merged += left[i:] + right[j:]
        values, width = merged, 2 * width
    return values, work


def sort(problem):
    """줄을 세운 다음 한 번 훑음. 합은 양 끝에서 안으로 좁혀 감."""
    values, work = merge_sort(problem.values)
    low, pairs = 0, 0
    high = 1 if problem.dup else len(values) - 1
    while low < high < len(values):
        work += 1
        a, b = values[low], values[high]
        gap = a - b if problem.dup else a + b - problem.target
        if gap == 0:
            if not problem.counts:
                return a, work
            pairs, low, high = pairs + 1, low + 1, high - 1
        elif gap > 0:
            high -= 1
        else:
            low, high = low + 1, high + problem.dup
    return pairs, work


def hashed(problem):
    """지나온 값을 사전에 적어 두고, 짝이 거기 있는지 물음."""
    seen, pairs, work = DictModel(), 0, 0
    for value in problem.values:
        want = problem.want(value)
        slot, probes = seen.find(want)
        work += probes
        if seen.index[slot] != EMPTY:
            if not problem.counts:
                return min(want, value), work
            pairs += 1
        work += seen.find(value)[1]
        seen.insert(value)
    return pairs, work
# ANCHOR_END: kernel


def quadratic_work(problem) -> int:
    """돌려 보지 않고 셈한 비교의 수."""
    n = len(problem.values)
    if problem.counts:
        return n * (n - 1) // 2
    return (n - 1) * (n - 2) // 2 + problem.partner + 1


ALGOS = {"quadratic": quadratic, "sort": sort, "hash": hashed}


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("algo_first", given)
    if p["algo"] == "quadratic" and p["n"] > 200_000:
        raise params.ParamError(
            f"수의 개수(n)의 값 '{p['n']}': algo가 quadratic이면"
            " 10–200,000개 범위여야 함"
        )
    problem = Problem(p["task"], p["n"], p["seed"])
    exact = {
        "answer": ALGOS[p["algo"]](problem)[0],
        "quadratic_work": quadratic_work(problem),
        "sort_work": sort(problem)[1],
        "hash_work": hashed(problem)[1],
    }
    return {
        "answers": {k: str(v) for k, v in exact.items()},
        "checksum": checksum(exact.values()),
    }


def real_hash(problem):
    """진짜 set으로, 흔히 쓰는 모양대로 푼 것."""
    seen, pairs, target = set(), 0, problem.target
    if problem.dup:
        for value in problem.values:
            if value in seen:
                return value
            seen.add(value)
    for value in problem.values:
        if target - value in seen:
            if not problem.counts:
                return min(target - value, value)
            pairs += 1
        seen.add(value)
    return pairs


def timings(p: dict) -> dict:
    """진짜 set과 모든 쌍의 시간을 크기마다."""
    hashes, squares = {}, {}
    for n in SIZES:
        problem = Problem(p["task"], n, p["seed"])
        assert real_hash(problem) == hashed(problem)[0]
        hashes[f"파이썬 해시 {n:,}개"] = (
            lambda problem=problem: real_hash(problem),
            n,
        )
        if n <= MOST_QUADRATIC:
            squares[f"파이썬 제곱 {n:,}개"] = (
                lambda problem=problem: quadratic(problem),
                n,
            )
    # 그래프의 위에서부터: 방법마다 모임
    return {"timings": measure.interleaved(squares | hashes)}


def main() -> None:
    cli.main("algo_first", run, timings)


if __name__ == "__main__":
    main()
