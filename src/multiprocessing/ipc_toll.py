"""ipc_toll: 메시지가 몇 바이트가 되고, 건네는 데 얼마나 걸리는가."""

from __future__ import annotations

import json
import pickle
import sys
from array import array
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum
from lab.rng import MASK

ITEM_BYTES = 32


# ANCHOR: kernel
def message(shape, size):
    """건네는 것: 바이트 한 덩어리, 또는 작은 객체 여럿."""
    if shape == "flat":
        return (bytes(range(251)) * (size // 251 + 1))[:size]
    return [
        {"id": i % 1_000, "name": f"n{i % 10}", "x": i / 4}
        for i in range(max(size // ITEM_BYTES, 1))
    ]


def json_size(shape, sent):
    """빈칸 없는 JSON의 길이."""
    if shape == "nested":
        return len(json.dumps(sent, separators=(",", ":")))
    # json은 bytes를 받지 않아 정수의 리스트로 적음: 괄호 둘과 쉼표
    digits = sum(sent.count(b) * len(str(b)) for b in range(251))
    return 2 + len(sent) - 1 + digits
# ANCHOR_END: kernel


def word_sum(data):
    """8바이트씩 리틀 엔디언 정수로 읽은 합. 모자라면 0을 채움."""
    words = array("Q", data + b"\0" * (-len(data) % 8))
    if sys.byteorder == "big":
        words.byteswap()
    return sum(words) & MASK


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("ipc_toll", given)
    sent = message(p["shape"], p["bytes"])
    pickled = pickle.dumps(sent, protocol=5)
    answers = {
        "pickle_bytes": len(pickled),
        "pickle_sum": word_sum(pickled),
        "json_bytes": json_size(p["shape"], sent),
    }
    return {
        "answers": {k: str(v) for k, v in answers.items()},
        "checksum": checksum([p["bytes"], *answers.values()]),
    }


def echo_pipe(end):
    """받은 것을 그대로 돌려줌."""
    for received in iter(end.recv, None):
        end.send(received)


def echo_queue(inbox, outbox):
    for received in iter(inbox.get, None):
        outbox.put(received)


def echo_shared(end, name):
    """자리는 함께 보고, 차례만 파이프로 알림."""
    from multiprocessing import shared_memory

    block = shared_memory.SharedMemory(name)
    for size in iter(end.recv, None):
        end.send(block.buf[size - 1])
    block.close()


def timings(p: dict) -> dict:
    """pickle만, 그리고 자식 프로세스와 오가는 세 길."""
    sent = message(p["shape"], p["bytes"])
    pickled = pickle.dumps(sent, protocol=5)
    works = {
        "pickle.dumps": (lambda: pickle.dumps(sent, protocol=5), 1),
        "pickle.loads": (lambda: pickle.loads(pickled), 1),
    }
    try:
        import multiprocessing
        from multiprocessing import shared_memory

        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        inbox, outbox = context.Queue(), context.Queue()
        signal, far = context.Pipe()
        block = shared_memory.SharedMemory(create=True, size=len(pickled))
    except (ImportError, OSError, RuntimeError) as problem:
        note = f"프로세스를 만들 수 없어 pickle만 잼: {problem}"
        return {"timings": measure.interleaved(works), "notes": [note]}

    def pipe():
        ours.send(sent)
        return ours.recv()

    def queue():
        inbox.put(sent)
        return outbox.get()

    def shared():
        if p["shape"] == "flat":
            block.buf[: len(sent)] = sent
            signal.send(len(sent))
        else:
            data = pickle.dumps(sent, protocol=5)
            block.buf[: len(data)] = data
            signal.send(len(data))
        return signal.recv()

    works["Pipe"] = (pipe, 1)
    works["Queue"] = (queue, 1)
    works["SharedMemory"] = (shared, 1)
    jobs = {
        echo_pipe: (theirs,),
        echo_queue: (inbox, outbox),
        echo_shared: (far, block.name),
    }
    children = [
        context.Process(target=job, args=args, daemon=True)
        for job, args in jobs.items()
    ]
    try:
        for child in children:
            child.start()
        assert pipe() == queue() == sent
        shared()
        return {"timings": measure.interleaved(works)}
    finally:
        for end in (ours, signal):
            end.send(None)
        inbox.put(None)
        for child in children:
            child.join()
        block.close()
        block.unlink()


def main() -> None:
    cli.main("ipc_toll", run, timings)


if __name__ == "__main__":
    main()
