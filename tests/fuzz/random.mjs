// 씨앗이 정하는 난수와, 그것으로 망가뜨린 글과 자료.

/** mulberry32: `[0, 1)`의 수를 내는 함수. */
function mulberry(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Random {
  constructor(seed) {
    this.unit = mulberry(seed);
  }

  below(bound) {
    return Math.floor(this.unit() * bound);
  }

  pick(items) {
    return items[this.below(items.length)];
  }

  /** 열에 `tenths`번 참. */
  often(tenths) {
    return this.unit() * 10 < tenths;
  }
}

/** 어느 글에서나 탈이 나기 쉬운 토막. */
const PIECES = [
  ..."%#?&=+.,:'\"\\<>/[]{}\n\0가🦀",
  "%zz", "%ff", "%00", "\ud800", "\u202e", "__proto__", "constructor", "null",
  "-1", "1e309", "9".repeat(40), "javascript:", "<script>",
];

const LONGEST = 20_000;

/** 글을 몇 군데 망가뜨림. */
export function brokenText(random, corpus) {
  let text = random.pick(corpus);
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    const at = random.below(text.length + 1);
    const end = at + random.below(Math.min(16, text.length - at) + 1);
    const [before, part, after] = [
      text.slice(0, at),
      text.slice(at, end),
      text.slice(end),
    ];
    const other = random.pick(corpus);
    text = random.pick([
      () => before + random.pick(PIECES) + part + after,
      () => before + random.pick(PIECES) + after,
      () => before + part.repeat(1 + random.below(40)) + after,
      () => before + after,
      () => before,
      () => before + other.slice(random.below(other.length + 1)),
    ])().slice(0, LONGEST);
  }
  return text;
}

const VALUES = [
  null, true, false, 0, -0, -1, 0.5, 1e18, 1e300, 2 ** 53, "", "1", "가", {},
  [], [null], [[]], { value: "1", tolerance: 1 }, { length: 1e9 },
  "x".repeat(3000),
];
const KEYS = ["__proto__", "constructor", "toString", "length", "", "가", "n"];

/** 자료의 모든 자리: 담은 것과 이름. */
function places(value) {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key) => [
    [value, key],
    ...places(value[key]),
  ]);
}

/** `__proto__`도 그저 이름인 칸. */
const put = (holder, key, value) =>
  Object.defineProperty(holder, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });

/** 문법은 맞고 모양이 어긋난 JSON. 가끔은 글까지 망가뜨림. */
export function brokenJson(random, corpus) {
  const root = { value: JSON.parse(random.pick(corpus)) };
  for (let left = random.below(4); left > 0; left -= 1) {
    const all = places(root);
    const [holder, key] = random.pick(all);
    const [from, name] = random.pick(all);
    const value = structuredClone(from[name]);
    random.pick([
      () => put(holder, key, structuredClone(random.pick(VALUES))),
      () => put(holder, key, structuredClone(random.pick(VALUES))),
      () => put(holder, key, value),
      () => holder !== root && delete holder[key],
      () => Array.isArray(holder) || put(holder, random.pick(KEYS), value),
      () => Array.isArray(holder) && holder.push(value, ...holder),
    ])();
  }
  const text = JSON.stringify(root.value) ?? "";
  return random.often(2) ? brokenText(random, [text]) : text;
}
