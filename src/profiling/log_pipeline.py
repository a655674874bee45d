"""log_pipeline: 로그를 읽어 보고서를 쓰며 단계마다 한 일을 셈."""

from __future__ import annotations

import cProfile
import io
import pstats
import sys
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum, fnv1a

NAMES = (
    "가온 나래 다솜 라온 마루 바다 새벽 아라 "
    "이든 하늘 한별 해솔 도담 미르 보람 윤슬"
).split()
ACTIONS = "조회 검색 등록 수정 삭제".split()
SECTIONS = "상품 게시판 주문 검색 회원 공지 문의 장바구니".split()
PATHS = 240
NINE = 9 * 3_600_000
# 여러 번 돌려야 하므로 잴 때는 이만큼까지만
MEASURED_LINES = 5_000


class Zipf:
    """번호가 클수록 드문 고르기: k번째의 무게는 2^32 // k."""

    def __init__(self, n):
        self.upto = list(accumulate((1 << 32) // k for k in range(1, n + 1)))

    def draw(self, stream):
        return bisect_right(self.upto, stream.below(self.upto[-1]))


def generate(lines, users, seed):
    """접속 로그: 시각 사용자 동작 밀리초 경로."""
    stream = rng.SplitMix64(seed)
    people, paths = Zipf(users), Zipf(PATHS)
    log, now = [], NINE
    for _ in range(lines):
        now += stream.below(60)
        second, milli = divmod(now, 1_000)
        user = people.draw(stream)
        action = ACTIONS[stream.below(len(ACTIONS))]
        spent = 1 + stream.below(200)
        path = paths.draw(stream)
        # 같은 경로가 세 가지 꼴로 적힘
        shape = stream.below(4)
        tail = {0: "/"}.get(shape, "")
        if shape == 1:
            tail = f"?쪽={1 + stream.below(9)}"
        clock = f"{second // 3_600:02}:{second // 60 % 60:02}:{second % 60:02}"
        log.append(
            f"{clock}.{milli:03} {NAMES[user % 16]}{user} {action} {spent}"
            f" /{SECTIONS[path % 8]}/{path}{tail}\n"
        )
    return "".join(log)


# ANCHOR: kernel
def parse(log):
    """줄마다 (사용자, 경로, 밀리초)."""
    records = []
    for line in log.splitlines():
        _, user, _, spent, path = line.split(" ")
        records.append((user, path, int(spent)))
    return records


def normalise(records):
    """? 뒤와 맨 끝의 /를 뗀 새 문자열."""
    return [path.split("?", 1)[0].rstrip("/") for _, path, _ in records]


def dedupe_list(records):
    """나온 차례대로 모은 사용자와 비교의 수: 처음부터 하나씩 견줌."""
    users, compared = [], 0
    for user, _, _ in records:
        try:
            compared += users.index(user) + 1
        except ValueError:
            compared += len(users)
            users.append(user)
    return users, compared


def dedupe_set(records):
    """같은 답, 다른 방법: 셋에 한 번 물음."""
    users, known = [], set()
    for user, _, _ in records:
        if user not in known:
            known.add(user)
            users.append(user)
    return users, 0


def aggregate(records, paths):
    """경로마다 [횟수, 밀리초의 합]. 나온 차례임."""
    rows = {}
    for (_, _, spent), path in zip(records, paths):
        row = rows.setdefault(path, [0, 0])
        row[0] += 1
        row[1] += spent
    return [(path, *row) for path, row in rows.items()]


def before(a, b):
    """걸린 시간의 합이 큰 것부터, 같으면 경로의 차례."""
    return (b[2], a[0]) < (a[2], b[0])


def merge_sort(rows):
    compared, width = 0, 1
    while width < len(rows):
        merged = []
        for start in range(0, len(rows), 2 * width):
            left = rows[start : start + width]
            right = rows[start + width : start + 2 * width]
            i = j = 0
            while i < len(left) and j < len(right):
                compared += 1
                if before(right[j], left[i]):
                    merged.append(right[j])
                    j += 1
                else:
                    merged.append(left[i])
                    i += 1
            merged += left[i:] + right[j:]
        rows, width = merged, width * 2
    return rows, compared


def heap_top(rows, k):
    """뿌리가 가장 뒤처진 힙에 k개만 둠."""
    heap, compared = merge_sort(rows[:k])
    heap.reverse()  # 뒤처진 것부터 늘어놓은 배열은 이미 힙임
    for row in rows[k:]:
        compared += 1
        if before(row, heap[0]):
            heap[0] = row
            compared += sift_down(heap)
    heap, more = merge_sort(heap)
    return heap, compared + more


def sift_down(heap):
    at = compared = 0
    while True:
        last = at
        for child in (2 * at + 1, 2 * at + 2):
            if child < len(heap):
                compared += 1
                if before(heap[last], heap[child]):
                    last = child
        if last == at:
            return compared
        heap[at], heap[last] = heap[last], heap[at]
        at = last


def render(how, pieces):
    if how == "join":
        return "".join(pieces)
    text = ""
    for piece in pieces:
        text = text + piece
    return text


def pipeline(log, p):
    """보고서 글과, 세는 데 쓸 중간 결과."""
    records = parse(log)
    paths = normalise(records)
    dedupe = dedupe_list if p["dedupe"] == "list" else dedupe_set
    users, looks = dedupe(records)
    rows = aggregate(records, paths)
    if p["topk"] == "sort":
        top, compared = merge_sort(rows)
    else:
        top, compared = heap_top(rows, p["k"])
    pieces = [f"접속 {len(records)}줄, 사용자 {len(users)}명\n"]
    for i, (path, count, spent) in enumerate(top[: p["k"]], 1):
        pieces.append(f"{i}. {path} {count}회 {spent}ms\n")
    pieces += [f"{user}\n" for user in users]
    text = render(p["render"], pieces)
    return text, (records, paths, users, looks + compared, pieces)
# ANCHOR_END: kernel


def size(text):
    """UTF-8 바이트."""
    return len(text.encode())


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("log_pipeline", given)
    log = generate(p["lines"], p["users"], p["seed"])
    text, (records, paths, users, comparisons, pieces) = pipeline(log, p)
    lengths = [size(piece) for piece in pieces]
    # 하나씩 더하면 자라는 글을 매번 새 문자열로 옮김
    glued = list(accumulate(lengths))
    if p["render"] == "join":
        glued = glued[-1:]
    exact = {
        "comparisons": comparisons,
        "probes": p["lines"] * (1 + (p["dedupe"] == "set")),
        "bytes_scanned": size(log)
        - p["lines"]
        + sum(size(path) for _, path, _ in records),
        "bytes_copied": sum(map(size, paths)) + sum(lengths) + sum(glued),
    }
    report = fnv1a(text.encode())
    more = {
        "report": f"{report:016x}",
        "strings": len(paths) + len(lengths) + len(glued),
        "users_seen": len(users),
    }
    return {
        "answers": {k: str(v) for k, v in (exact | more).items()},
        "checksum": checksum([report, *exact.values()]),
    }


def profile(log: str, p: dict) -> cProfile.Profile:
    """표준 결정적 프로파일러로 한 번 돌림."""
    profiler = cProfile.Profile()
    profiler.runcall(pipeline, log, p)
    return profiler


def top_rows(profiler: cProfile.Profile, rows: int = 10) -> str:
    """자체 시간이 긴 것부터. 경로를 뗀 pstats의 표."""
    out = io.StringIO()
    stats = pstats.Stats(profiler, stream=out).strip_dirs()
    stats.sort_stats("tottime").print_stats(rows)
    lines = out.getvalue().splitlines()
    return "\n".join(line for line in lines if line.strip())


def timings(p: dict) -> dict:
    """지금과 한 가지만 바꾼 것의 시간, cProfile을 켠 시간과 그 표."""
    lines = min(p["lines"], MEASURED_LINES)
    log = generate(lines, p["users"], p["seed"])
    swaps = {
        "dedupe": {"list": "set", "set": "list"},
        "render": {"concat": "join", "join": "concat"},
        "topk": {"sort": "heap", "heap": "sort"},
    }
    works = {"지금": (lambda: pipeline(log, p), 1)}
    for field, other in swaps.items():
        then = p | {field: other[p[field]]}
        name = f"{field}={then[field]}"
        works[name] = (lambda then=then: pipeline(log, then), 1)
    works["cProfile을 켬"] = (lambda: profile(log, p), 1)
    return {
        "timings": measure.interleaved(works),
        "notes": [
            f"시간은 앞의 {lines:,}줄로 잼",
            f"cProfile의 앞 열 줄\n{top_rows(profile(log, p))}",
        ],
    }


def main() -> None:
    cli.main("log_pipeline", run, timings)


if __name__ == "__main__":
    main()
