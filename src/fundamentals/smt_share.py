"""smt_share: 두 스레드가 한 코어의 발행 칸을 나눠 쓰면 얼마나 빨라지는가."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, params, rng
from lab.checksum import checksum


# ANCHOR: kernel
class Thread:
    """스레드 하나의 남은 일."""

    def __init__(self, uops, stall_pct, seed):
        self.uops, self.stall_pct = uops, stall_pct
        self.group = 0  # 꺼낸 묶음에서 아직 발행하지 않은 연산
        self.stalls = False  # 이 묶음을 다 발행하면 멈추는가
        self.ready = 0  # 다시 발행할 수 있는 사이클
        self.rng = rng.SplitMix64(seed)

    def is_done(self):
        return self.uops + self.group == 0


def execute(threads, p):
    """스레드들이 한 코어에서 모두 끝나는 사이클과 쓴 칸의 수."""
    now = used = 0
    while left := [each for each in threads if not each.is_done()]:
        free = p["width"]
        # 먼저 고를 권리는 사이클마다 번갈아 가짐
        first = now % len(threads)
        for thread in threads[first:] + threads[:first]:
            if thread.is_done() or now < thread.ready or free == 0:
                continue
            if thread.group == 0:
                thread.group = min(p["ilp"], thread.uops)
                thread.uops -= thread.group
                thread.stalls = thread.rng.next() % 100 < thread.stall_pct
            count = min(free, thread.group)
            thread.group -= count
            free -= count
            used += count
            if thread.group == 0 and thread.stalls:
                alone = all(o.is_done() for o in threads if o is not thread)
                extra = 0 if alone else p["share_penalty_pct"]
                length = p["stall_len"] + p["stall_len"] * extra // 100
                thread.ready = now + 1 + length
        # 모두 멈춰 있으면 먼저 깨는 쪽까지 건너뜀
        waiting = [each.ready for each in left if not each.is_done()]
        now = max(min(waiting, default=0), now + 1)
    # 마지막 묶음 뒤의 멈춤도 시간임
    return max(now, *(each.ready for each in threads)), used
# ANCHOR_END: kernel


def make_threads(p: dict) -> list[Thread]:
    chances = (p["stall_pct_a"], p["stall_pct_b"])
    return [
        Thread(p["uops"], chance, p["seed"] + i)
        for i, chance in enumerate(chances)
    ]


def outcome(p: dict) -> tuple[int, int, int]:
    """차례로 돌린 사이클, 함께 돌린 사이클, 함께 돌 때 쓴 칸."""
    alone = sum(execute([thread], p)[0] for thread in make_threads(p))
    return alone, *execute(make_threads(p), p)


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("smt_share", given)
    if p["ilp"] > p["width"]:
        raise params.ParamError(
            f"묶음의 크기(ilp)의 값 '{p['ilp']}': 발행 폭이 {p['width']}이면"
            f" 1–{p['width']}개 범위여야 함"
        )
    exact = dict(zip(("t_seq", "t_smt", "slots_used"), outcome(p)))
    full = outcome(p | {"ilp": p["width"]})
    half = outcome(p | {"ilp": p["width"] // 2})
    more = {
        "full_seq": full[0],
        "full_smt": full[1],
        "half_seq": half[0],
        "half_smt": half[1],
    }
    return {
        "answers": {k: str(v) for k, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


def main() -> None:
    cli.main("smt_share", run)


if __name__ == "__main__":
    main()
