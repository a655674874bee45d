"""nqueens_split: 답을 아는 문제를 처음 몇 줄의 자리로 나눔."""

from __future__ import annotations

import heapq
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum


# ANCHOR: kernel
DEEPEST = 4


def place(n, board):
    """다음 줄에 놓은 판들, 왼쪽 열부터. 판은 잡히는 열의 비트 셋임."""
    columns, left, right = board
    free = (1 << n) - 1 & ~(columns | left | right)
    while free:
        bit = free & -free
        free ^= bit
        yield columns | bit, (left | bit) << 1, (right | bit) >> 1


def solve(n, board):
    """(해, 지나간 판). 시작한 판도 셈."""
    if board[0] == (1 << n) - 1:
        return 1, 1
    solutions, boards = 0, 1
    for child in place(n, board):
        more, passed = solve(n, child)
        solutions += more
        boards += passed
    return solutions, boards


def tasks(n, depth):
    """처음 depth줄을 채운 판들."""
    boards = [(0, 0, 0)]
    for _ in range(depth):
        boards = [child for board in boards for child in place(n, board)]
    return boards


def finish(boards, costs, workers):
    """끝나는 때: 나누는 일은 혼자, 작업은 차례대로 먼저 비는 일꾼이 함."""
    clocks = [0] * workers
    for cost in costs:
        heapq.heapreplace(clocks, clocks[0] + cost)
    return boards - sum(costs) + max(clocks)
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("nqueens_split", given)
    n = p["n"]
    leaves = [solve(n, board) for board in tasks(n, DEEPEST)]
    costs = {DEEPEST: [boards for _, boards in leaves]}
    # 얕은 작업의 크기는 그 아래의 합에 제 판을 더한 것임
    for depth in reversed(range(DEEPEST)):
        below = iter(costs[depth + 1])
        costs[depth] = [
            1 + sum(next(below) for _ in place(n, board))
            for board in tasks(n, depth)
        ]
    chosen = costs[p["depth"]]
    exact = {
        "solutions": sum(solutions for solutions, _ in leaves),
        "boards": costs[0][0],
        "tasks": len(chosen),
        "largest": max(chosen),
    }
    boards = exact["boards"]
    more = {"finish": finish(boards, chosen, p["workers"])}
    for depth in 1, 2:
        more[f"tasks_{depth}"] = len(costs[depth])
        more[f"total_{depth}"] = sum(costs[depth])
        more[f"largest_{depth}"] = max(costs[depth])
        more[f"finish_{depth}"] = finish(boards, costs[depth], p["workers"])
    return {
        "answers": {k: str(v) for k, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


# 잴 때의 판: 여러 번 되풀이하므로 작게 잡음
MEASURED = 9


def timings(p: dict) -> dict:
    """혼자 세기와, 네이티브에서는 프로세스로 나눠 세기."""
    n = min(p["n"], MEASURED)
    whole, boards = solve(n, (0, 0, 0))
    works = {"혼자": (lambda: solve(n, (0, 0, 0)), boards)}
    if params.HERE == "browser":
        why = "페이지의 파이썬에는 프로세스가 없어 혼자 세는 것만 잼"
        return {"timings": measure.interleaved(works), "notes": [why]}

    # 페이지의 파이썬은 이 모듈을 쓸 수 없으므로 여기서 불러옴
    import multiprocessing

    workers = min(p["workers"], multiprocessing.cpu_count())
    with multiprocessing.get_context("spawn").Pool(workers) as pool:

        def split(depth):
            pieces = [(n, board) for board in tasks(n, depth)]
            return lambda: pool.starmap(solve, pieces, chunksize=1)

        for depth in 1, 2, 3:
            work = split(depth)
            assert sum(solutions for solutions, _ in work()) == whole
            name = f"프로세스 {workers}개, {depth}줄로 나눔"
            works[name] = (work, boards)
        return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("nqueens_split", run, timings)


if __name__ == "__main__":
    main()
