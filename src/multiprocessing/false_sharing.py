"""false_sharing: 서로 다른 변수가 같은 캐시 라인에 놓였을 때."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, params
from lab.checksum import checksum


# ANCHOR: kernel
LINE = 64


class Caches:
    """코어마다의 캐시: 라인마다 코어의 상태 M, E, S. 없으면 I임."""

    def __init__(self) -> None:
        self.lines = {}
        self.accesses = self.hits = self.invalidations = 0

    def touch(self, core, line, writes):
        """코어 하나가 라인 하나를 읽거나 씀."""
        states = self.lines.setdefault(line, {})
        mine = states.get(core)
        self.accesses += 1
        if mine in ("M", "E") or mine == "S" and not writes:
            if writes:
                states[core] = "M"
            self.hits += 1
            return
        others = [other for other in states if other != core]
        if writes:
            self.invalidations += len(others)
            states.clear()
            states[core] = "M"
        else:
            states.update(dict.fromkeys(others, "S"))
            states[core] = "S" if others else "E"


def play(p, spacing):
    """코어들이 돌아가며 제 계수기를 다룸."""
    caches = Caches()
    for _ in range(p["rounds"]):
        for core in range(p["cores"]):
            writes = p["access"] == "write" or (
                p["access"] == "one_writer" and core == 0
            )
            for _ in range(p["burst"]):
                caches.touch(core, core * spacing // LINE, writes)
    return caches
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("false_sharing", given)
    caches = play(p, int(p["spacing"]))
    exact = {
        "accesses": caches.accesses,
        "hits": caches.hits,
        "invalidations": caches.invalidations,
    }
    more = {
        "packed": play(p, 8).invalidations,
        "padded": play(p, 64).invalidations,
    }
    return {
        "answers": {k: str(v) for k, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


def main() -> None:
    cli.main("false_sharing", run)


if __name__ == "__main__":
    main()
