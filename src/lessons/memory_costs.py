"""사건 하나의 ps. `data/lessons_memory.py`가 씀: 고치지 않음."""

COSTS = {
    "time/list": 9_813,
    "time/array_q": 22_973,
    "time/array_i": 20_282,
    "time/file": 29_095,
    "user/list": 26_887,
    "user/array_i": 35_659,
    "user/file": 41_852,
    "kind/list": 55_974,
    "kind/codes": 44_377,
    "kind/file": 45_480,
    "seen/set": 114_213,
    "seen/sketch": 2_802_918,
}
