"""case_quadratic_load: 값마다 남은 길이를 다시 재는 파서."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum

FRAME = 34


def make_text(p: dict) -> bytes:
    """항목이 늘어선 글. 키는 모두 다르고, 끝에 0 바이트가 하나 있음."""
    stream = rng.SplitMix64(p["seed"])
    pad = "x" * (p["entry_bytes"] - FRAME)
    entries = []
    for i in range(p["entries"]):
        key = (i + 1) * 0x9E37_79B1 & 0xFFFF_FFFF
        price = 10_000 + stream.below(90_000)
        entries.append(f'{{"k":"{key:08x}","p":{price},"n":"{pad}"}}')
    return f"[{','.join(entries)}]\0".encode()


# ANCHOR: kernel
def load(text: bytes, cache_length: bool, dedupe: str, strlen) -> dict:
    """글을 처음부터 읽음. strlen은 at부터 끝까지의 길이를 재 줌."""
    keys, prices, seen = [], [], set()
    rescanned = compared = 0
    end = None
    at = text.find(b"{")
    while at >= 0:
        at += 1
        fields = []
        for _ in range(3):
            if end is None or not cache_length:
                rest = strlen(text, at)
                rescanned += rest
                end = at + rest
            start = text.index(b":", at, end) + 1
            if text[start] == ord('"'):
                stop = text.index(b'"', start + 1, end)
                fields.append(text[start + 1 : stop])
                at = stop + 1
            else:
                stop = text.index(b",", start, end)
                fields.append(text[start:stop])
                at = stop
        key = int(fields[0], 16)
        if dedupe == "list":
            # 키는 모두 다르므로 끝까지 견줌
            compared += len(keys)
            known = key in keys
        else:
            compared += 1
            known = key in seen
            seen.add(key)
        if not known:
            keys.append(key)
            prices.append(int(fields[1]))
        at = text.find(b"{", at)
    return {
        "keys": keys,
        "prices": prices,
        "rescanned": rescanned,
        "compared": compared,
    }
# ANCHOR_END: kernel


def real_strlen(text: bytes, at: int) -> int:
    """0 바이트까지 정말로 훑음(C의 memchr)."""
    return text.index(0, at) - at


def known_strlen(text: bytes, at: int) -> int:
    """훑지 않고 같은 답: 세기만 할 때 씀."""
    return len(text) - 1 - at


def run(given: dict) -> dict:
    p = params.fill("case_quadratic_load", given)
    text = make_text(p)
    ours = load(text, p["cache_length"], p["dedupe"], known_strlen)
    slow = load(text, False, "list", known_strlen)
    total = sum(ours["prices"])
    print_ = int(checksum(ours["keys"] + ours["prices"]), 16)
    answers = {
        "bytes": len(text) - 1,
        "entries": len(ours["keys"]),
        "rescanned": ours["rescanned"],
        "compared": ours["compared"],
        "slow_rescanned": slow["rescanned"],
        "slow_compared": slow["compared"],
        "sum": total,
    }
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum(
            [print_, ours["rescanned"], ours["compared"], total]
        ),
    }


def timings(p: dict) -> dict:
    """파이썬에서도 길이를 정말로 다시 잼."""
    n = min(p["entries"], 2_000)
    text = make_text({**p, "entries": n})

    def work(cache, dedupe):
        return lambda: load(text, cache, dedupe, real_strlen)

    return {
        "timings": measure.interleaved(
            {
                "파이썬: 둘 다 그대로": (work(False, "list"), n),
                "파이썬: 중복 검사만 고침": (work(False, "hash"), n),
                "파이썬: 길이만 기억함": (work(True, "list"), n),
                "파이썬: 둘 다 고침": (work(True, "hash"), n),
            }
        ),
        "notes": [f"항목 {n:,}개로 줄여서 잼"] if n < p["entries"] else [],
    }


def main() -> None:
    cli.main("case_quadratic_load", run, timings)


if __name__ == "__main__":
    main()
