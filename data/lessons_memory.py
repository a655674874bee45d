"""case_memory_budget의 자료: 담는 방법마다 사건 하나에 드는 시간.

    python3 data/lessons_memory.py

사건 20만 건을 담아 놓고 물음에 답하는 데 쓴 CPU 시간을 번갈아 재어, 사건 하나의
ps로 `data/measured/lessons_memory_costs.json`에 남김. 페이지의 파이썬이 읽을
`src/lessons/memory_costs.py`도 함께 씀.
"""

from __future__ import annotations

import array
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from time import process_time_ns

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from lab.rng import SplitMix64, mix64

EVENTS = 200_000
USERS = 20_000
CHUNK = 65_536
ROUNDS = 5
BLOOM_BITS = USERS * 10
HASHES = 7


def chunks(path: str, kind: str):
    """파일을 조각마다 읽어 배열로 냄."""
    with open(path, "rb") as file:
        while True:
            part = array.array(kind)
            part.frombytes(file.read(CHUNK * part.itemsize))
            if not part:
                return
            yield part


def sum_chunks(path: str, kind: str) -> int:
    return sum(sum(part) for part in chunks(path, kind))


def count_chunks(path: str) -> int:
    counts = Counter()
    for part in chunks(path, "B"):
        counts.update(part.tobytes())
    return counts.total()


def touch(ids) -> int:
    """쓰는 곳으로 하나씩 건네기."""
    count = 0
    for _ in ids:
        count += 1
    return count


def touch_chunks(path: str) -> int:
    return sum(touch(part) for part in chunks(path, "I"))


def into_set(ids) -> int:
    seen = set()
    add = seen.add
    for each in ids:
        add(each)
    return len(seen)


def into_sketch(ids) -> int:
    """블룸 필터와 하이퍼로그로그에 함께 넣음."""
    bloom = bytearray(BLOOM_BITS // 8 + 1)
    registers = bytearray(1 << 14)
    count = 0
    for each in ids:
        h = mix64(each)
        a, b = h & 0xFFFF_FFFF, h >> 32 | 1
        for i in range(HASHES):
            bit = (a + i * b) % BLOOM_BITS
            bloom[bit >> 3] |= 1 << (bit & 7)
        rest = h << 14 & 0xFFFF_FFFF_FFFF_FFFF
        rank = 65 - rest.bit_length()
        slot = h >> 50
        if rank > registers[slot]:
            registers[slot] = rank
        count += 1
    return count


def cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def main() -> None:
    rng = SplitMix64(42)
    names = [f"종류{i}" for i in range(10)]
    times = [1_700_000_000_000 + i * 3 for i in range(EVENTS)]
    users = [10_000 + rng.below(USERS) for _ in range(EVENTS)]
    codes = [rng.below(10) for _ in range(EVENTS)]
    kinds = [names[code] for code in codes]
    time_q = array.array("q", times)
    time_i = array.array("I", [each - times[0] for each in times])
    user_i = array.array("I", users)
    kind_b = bytes(codes)
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for name, column in [("q", time_q), ("I", user_i)]:
            paths[name] = os.path.join(folder, name)
            with open(paths[name], "wb") as file:
                column.tofile(file)
        paths["B"] = os.path.join(folder, "B")
        Path(paths["B"]).write_bytes(kind_b)
        works = {
            "time/list": lambda: sum(times),
            "time/array_q": lambda: sum(time_q),
            "time/array_i": lambda: sum(time_i),
            "time/file": lambda: sum_chunks(paths["q"], "q"),
            "user/list": lambda: touch(users),
            "user/array_i": lambda: touch(user_i),
            "user/file": lambda: touch_chunks(paths["I"]),
            "kind/list": lambda: Counter(kinds).total(),
            "kind/codes": lambda: Counter(kind_b).total(),
            "kind/file": lambda: count_chunks(paths["B"]),
            "seen/set": lambda: into_set(users),
            "seen/sketch": lambda: into_sketch(users),
        }
        samples = {name: [] for name in works}
        for _ in range(ROUNDS):
            for name, work in works.items():
                start = process_time_ns()
                work()
                samples[name].append(process_time_ns() - start)
    costs = {
        name: int(statistics.median(each)) * 1_000 // EVENTS
        for name, each in samples.items()
    }
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.strip()
    now = datetime.datetime.now(datetime.timezone.utc)
    record = {
        "machine": f"{cpu()}, 논리 코어 {os.cpu_count()}개, "
        f"{platform.system().lower()}",
        "python": platform.python_version(),
        "date": now.date().isoformat(),
        "commit": commit,
        "command": "python3 data/lessons_memory.py",
        "what": f"사건 {EVENTS:,}건, 사건 하나의 CPU 시간(ps), "
        f"{ROUNDS}번의 중앙값",
        "costs": costs,
    }
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    (ROOT / "data/measured/lessons_memory_costs.json").write_text(text)
    rows = "".join(f'    "{name}": {ps:_},\n' for name, ps in costs.items())
    (ROOT / "src/lessons/memory_costs.py").write_text(
        '"""사건 하나의 ps. `data/lessons_memory.py`가 씀: 고치지 않음."""\n'
        f"\nCOSTS = {{\n{rows}}}\n"
    )


if __name__ == "__main__":
    main()
