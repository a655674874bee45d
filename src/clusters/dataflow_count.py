"""dataflow_count: 낱말을 Counter로 세고, 워커 사이에 오갈 레코드를 셈함."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from clusters.zipf import Zipf
from lab import cli, measure, params
from lab.checksum import checksum
from lab.rng import SplitMix64, mix64

# 레코드 하나: (낱말의 번호, 수)
Record = tuple[int, int]


# ANCHOR: kernel
def words(line: int, zipf: Zipf) -> list[int]:
    """줄 번호만으로 정해지는 낱말 4–12개."""
    rng = SplitMix64(mix64(line))
    return [zipf.draw(rng) for _ in range(4 + rng.below(9))]


def lines_of(worker: int, peers: int, lines: int, zipf: Zipf) -> list[int]:
    """워커 하나가 맡은 줄의 낱말을 차례로."""
    mine = range(worker, lines, peers)
    return [word for line in mine for word in words(line, zipf)]


def row(given: list[int], peers: int, combine: bool) -> list[int]:
    """한 워커가 다른 워커마다 보내는 레코드의 수."""
    sent = [0] * peers
    for word in set(given) if combine else given:
        sent[mix64(word) % peers] += 1
    return sent


def count(parts: list[list[int]]) -> Counter:
    """모두 모아 셈."""
    counts = Counter()
    for part in parts:
        counts.update(part)
    return counts
# ANCHOR_END: kernel


def across(matrix: list[list[int]]) -> int:
    """남에게 간 것: 대각선을 뺀 합."""
    own = sum(row[worker] for worker, row in enumerate(matrix))
    return sum(map(sum, matrix)) - own


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("dataflow_count", given)
    peers, zipf = p["virtual_peers"], Zipf(p["vocab"], p["zipf"])
    parts = [
        lines_of(worker, peers, p["lines"], zipf) for worker in range(peers)
    ]
    counts = count(parts)
    plain = [row(part, peers, False) for part in parts]
    combined = [row(part, peers, True) for part in parts]
    sent = combined if p["combine"] else plain
    answers = {
        "words": sum(counts.values()),
        "distinct": len(counts),
        "top": max(counts.values()),
        "sent": sum(map(sum, plain)),
        "sent_combined": sum(map(sum, combined)),
        "across": across(plain),
        "across_combined": across(combined),
        "busiest": max(map(sum, zip(*sent))),
    }
    vector = [answers["words"], answers["distinct"], answers["sent"]]
    vector += [answers["sent_combined"], across(plain), across(combined)]
    vector += [n for each in sent for n in each]
    vector += [counts[word] for word in range(p["vocab"])]
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum(vector),
    }


# 잴 때의 줄: 여러 번 되풀이하므로 적게 잡음
MEASURED = 2_000


def share(
    worker: int, peers: int, lines: int, zipf: Zipf
) -> list[list[Record]]:
    """한 프로세스의 몫: 먼저 합치고, 받을 프로세스마다 갈라 놓음."""
    out: list[list[Record]] = [[] for _ in range(peers)]
    for word, n in Counter(lines_of(worker, peers, lines, zipf)).items():
        out[mix64(word) % peers].append((word, n))
    return out


def merge(parts: list[list[Record]]) -> Counter:
    """받은 것을 더함."""
    counts = Counter()
    for part in parts:
        for word, n in part:
            counts[word] += n
    return counts


def timings(p: dict) -> dict:
    """혼자 세기와, 네이티브에서는 프로세스로 나눠 세기."""
    lines, zipf = min(p["lines"], MEASURED), Zipf(p["vocab"], p["zipf"])
    expected = count([lines_of(0, 1, lines, zipf)])
    total = sum(expected.values())

    def alone():
        return count([lines_of(0, 1, lines, zipf)])

    works = {"Counter, 한 프로세스": (alone, total)}
    if params.HERE == "browser":
        why = "페이지의 파이썬에는 프로세스가 없어 혼자 세는 것만 잼"
        return {"timings": measure.interleaved(works), "notes": [why]}

    # 페이지의 파이썬은 이 모듈을 쓸 수 없으므로 여기서 불러옴
    import multiprocessing

    workers = max(2, os.cpu_count() or 1)

    def spread(pool):
        jobs = [(worker, workers, lines, zipf) for worker in range(workers)]
        parts = pool.starmap(share, jobs, chunksize=1)
        mine = pool.map(merge, [list(each) for each in zip(*parts)])
        counts = Counter()
        for part in mine:
            counts.update(part)
        return counts

    context = multiprocessing.get_context("spawn")
    with context.Pool(workers) as pool:
        assert spread(pool) == expected
        works[f"multiprocessing, 프로세스 {workers}개"] = (
            lambda: spread(pool),
            total,
        )
        return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("dataflow_count", run, timings)


if __name__ == "__main__":
    main()
