"""label_rounds: 가장 작은 번호를 이웃에게 알리기를 되풀이함."""

from __future__ import annotations

import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum
from lab.rng import SplitMix64, mix64

MOST = {"path": 3_000, "grid": 20_000}


def edges(p: dict) -> list[tuple[int, int]]:
    """이어진 두 점의 목록."""
    n, kind = p["nodes"], p["kind"]
    if kind == "path":
        return [(i - 1, i) for i in range(1, n)]
    if kind == "star":
        return [(i, n - 1) for i in range(n - 1)]
    if kind == "grid":
        width = math.isqrt(n)
        right = [(i, i + 1) for i in range(n - 1) if (i + 1) % width]
        return right + [(i, i + width) for i in range(n - width)]
    rng = SplitMix64(42)
    count = math.floor(n * p["degree"] / 2.0)
    pairs = [(rng.below(n), rng.below(n)) for _ in range(count)]
    return [(a, b) for a, b in pairs if a != b]


def neighbours(p: dict) -> list[list[int]]:
    """점마다의 이웃."""
    graph: list[list[int]] = [[] for _ in range(p["nodes"])]
    for a, b in edges(p):
        graph[a].append(b)
        graph[b].append(a)
    return graph


# ANCHOR: kernel
def spread(graph: list[list[int]]) -> tuple[list[int], list[int], int, int]:
    """번호, 점마다 알린 횟수, 번호가 바뀐 라운드, 오간 알림."""
    labels = list(range(len(graph)))
    told = [0] * len(graph)
    active, rounds, messages = labels[:], 0, 0
    while active:
        heard: dict[int, int] = {}
        for node in active:
            told[node] += 1
            label = labels[node]
            messages += len(graph[node])
            for other in graph[node]:
                if label < heard.get(other, labels[other]):
                    heard[other] = label
        for node, label in heard.items():
            labels[node] = label
        active = list(heard)
        rounds += bool(active)
    return labels, told, rounds, messages
# ANCHOR_END: kernel


def away(graph: list[list[int]], peers: int) -> list[int]:
    """점마다 다른 워커가 맡은 이웃의 수."""
    owners = [mix64(node) % peers for node in range(len(graph))]
    return [
        sum(owners[other] != owners[node] for other in others)
        for node, others in enumerate(graph)
    ]


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("label_rounds", given)
    most, nodes = MOST.get(p["kind"], p["nodes"]), p["nodes"]
    if nodes > most:
        label = params.labels("label_rounds", "kind")[p["kind"]]
        raise params.ParamError(
            f"점의 수(nodes)의 값 '{nodes:,}': 모양이 '{label}'이면"
            f" 10–{most:,}개 범위여야 함"
        )
    graph = neighbours(p)
    labels, told, rounds, messages = spread(graph)
    across = sum(
        times * n
        for times, n in zip(told, away(graph, p["virtual_peers"]))
    )
    sizes = [0] * len(graph)
    for label in labels:
        sizes[label] += 1
    components = sum(label == node for node, label in enumerate(labels))
    answers = {
        "rounds": rounds,
        "messages": messages,
        "across": across,
        "edges": sum(map(len, graph)) // 2,
        "components": components,
        "largest": max(sizes),
    }
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum([rounds, messages, components, across, *labels]),
    }


def union_find(pairs: list[tuple[int, int]], n: int) -> list[int]:
    """이음을 한 번 훑으며 덩어리를 합침."""
    parents = list(range(n))

    def root(node: int) -> int:
        while parents[node] != node:
            parents[node] = node = parents[parents[node]]
        return node

    for a, b in pairs:
        a, b = root(a), root(b)
        parents[max(a, b)] = min(a, b)
    return [root(node) for node in range(n)]


def timings(p: dict) -> dict:
    """라운드마다 알리기와, 한 번 훑기."""
    p = p | {"nodes": min(p["nodes"], 300)}
    graph, pairs, n = neighbours(p), edges(p), p["nodes"]
    assert spread(graph)[0] == union_find(pairs, n)
    works = {
        f"라운드마다, 점 {n}개": (lambda: spread(graph), n),
        f"합집합 찾기, 점 {n}개": (lambda: union_find(pairs, n), n),
    }
    return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("label_rounds", run, timings)


if __name__ == "__main__":
    main()
