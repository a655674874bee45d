"""prime_search: 소수를 나눠 찾고, 찾으면 알리고 멈춤."""

from __future__ import annotations

import os
import sys
from math import isqrt
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum


# ANCHOR: kernel
def is_prime(p):
    """(소수인가, 나눗셈의 수). 2로, 다음에는 홀수 d로 d ≤ p / d인 동안."""
    if p % 2 == 0:
        return p == 2, 1
    d = 3
    while True:
        quotient, rest = divmod(p, d)
        if quotient < d or rest == 0:
            return quotient < d, (d - 1) // 2 + 1
        d += 2


def has_divisor(p):
    """제곱이 p를 넘지 않는 2와 홀수로 나눠 봄."""
    root = isqrt(p)
    if root >= 2 and p % 2 == 0:
        return True
    return any(p % d == 0 for d in range(3, root + 1, 2))
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("prime_search", given)
    lo, n = p["lo"], p["n"]
    if p["chunk_len"] > n:
        raise params.ParamError(
            f"덩어리(chunk_len)의 값 '{p['chunk_len']}': 수의 개수(n)인"
            f" {n:,}보다 클 수 없음. 1–{n:,} 범위여야 함"
        )
    if p["task"] == "any_divisor":
        answers = {"has_divisor": int(has_divisor(lo))}
    else:
        found = [(number, *is_prime(number)) for number in range(lo, lo + n)]
        primes = [number for number, prime, _ in found if prime]
        answers = {
            "count": len(primes),
            "sum": sum(primes),
            "divisions": sum(work for _, _, work in found),
        }
    return {
        "answers": {k: str(v) for k, v in answers.items()},
        "checksum": checksum(answers.values()),
    }


def count(span):
    """덩어리 하나의 소수."""
    return sum(is_prime(p)[0] for p in range(*span))


FLAG = None


def adopt(flag):
    """일꾼이 시작할 때 깃발을 받음."""
    global FLAG
    FLAG = flag


def count_watching(span, every):
    """2 다음의 나눗셈 every번에 한 번 깃발을 봄."""
    primes, left = 0, every
    for p in range(*span):
        d, quotient = 2, p // 2
        while quotient >= d and quotient * d != p:
            d += 1 + (d > 2)
            quotient = p // d
            left -= 1
            if left == 0:
                if FLAG.value:
                    return primes
                left = every
        primes += quotient < d
    return primes


def queued(tasks, results):
    """수 하나씩 큐로 받아, 받은 것마다 답함."""
    for p in iter(tasks.get, None):
        results.put(is_prime(p)[0])


def timings(p: dict) -> dict:
    """덩어리로, 수 하나씩 큐로, 공유 깃발을 보며."""
    lo, n = p["lo"], min(p["n"], 2_000)
    length, every = p["chunk_len"], p["check_every"]
    works = {"한 프로세스": (lambda: count((lo, lo + n)), n)}
    try:
        import multiprocessing

        flag = multiprocessing.Value("b", 0)
        tasks, results = multiprocessing.Queue(), multiprocessing.Queue()
        pool = multiprocessing.Pool(
            os.cpu_count(), initializer=adopt, initargs=(flag,)
        )
    except (ImportError, OSError, RuntimeError) as problem:
        note = f"프로세스를 만들 수 없어 한 프로세스만 잼: {problem}"
        return {"timings": measure.interleaved(works), "notes": [note]}
    adopt(flag)
    workers = os.cpu_count() or 1
    spans = [(at, min(at + length, lo + n)) for at in range(lo, lo + n, length)]
    spans_one = [(at, at + 1) for at in range(lo, lo + n)]

    def one_by_one():
        for number in range(lo, lo + n):
            tasks.put(number)
        return sum(results.get() for _ in range(n))

    works[f"프로세스 {workers}개, 덩어리 {length}개"] = (
        lambda: sum(pool.map(count, spans, chunksize=1)),
        n,
    )
    works[f"프로세스 {workers}개, 수 하나씩"] = (
        lambda: sum(pool.map(count, spans_one, chunksize=1)),
        n,
    )
    works["한 프로세스, 공유 깃발을 매번 봄"] = (
        lambda: count_watching((lo, lo + n), 1),
        n,
    )
    works[f"한 프로세스, 공유 깃발을 {every}번에 한 번"] = (
        lambda: count_watching((lo, lo + n), every),
        n,
    )
    works[f"프로세스 {workers}개, 큐로 수 하나씩"] = (one_by_one, n)
    helpers = [
        multiprocessing.Process(
            target=queued, args=(tasks, results), daemon=True
        )
        for _ in range(workers)
    ]
    with pool:
        for helper in helpers:
            helper.start()
        try:
            answers = {work() for work, _ in works.values()}
            assert len(answers) == 1, answers
            return {"timings": measure.interleaved(works)}
        finally:
            for _ in helpers:
                tasks.put(None)
            for helper in helpers:
                helper.join()


def main() -> None:
    cli.main("prime_search", run, timings)


if __name__ == "__main__":
    main()
