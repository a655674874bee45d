// 실험 노트가 놓이는 곳: 이 브라우저의 localStorage.
//
// 기록 하나가 키 하나임: 두 탭이 함께 적어도 읽고 고쳐 쓰는 사이가 없으므로
// 서로의 것을 지우지 않고, 쪽을 떠나는 순간에도 적을 수 있음.

import { parsers, type Book, type Kinds } from "./schema";

const ROOT = "lab-book/";
const CHANGED = "lab-book-changed";

type Kind = keyof Kinds;
const KINDS = Object.keys(parsers) as Kind[];

/** 한 종류 안에서 기록을 가리키는 이름. */
const names: { [K in Kind]: (value: Kinds[K]) => string } = {
  entry: ({ id }) => id,
  read: ({ page, id }) => `${page}#${id}`,
  last: () => "",
  machine: () => "",
};

const keyOf = <K extends Kind>(kind: K, value: Kinds[K]): string =>
  `${ROOT}${kind}/${names[kind](value)}`;

/** 읽을 수 없는 기록은 없는 것임. */
function parsed<K extends Kind>(kind: K, json: string | null): Kinds[K] | null {
  try {
    return json === null ? null : parsers[kind](JSON.parse(json), kind);
  } catch {
    return null;
  }
}

function keys(kind: Kind | "" = ""): string[] {
  try {
    const start = ROOT + kind;
    return Object.keys(localStorage).filter((key) => key.startsWith(start));
  } catch {
    return [];
  }
}

export function all<K extends Kind>(kind: K): Kinds[K][] {
  return keys(kind).flatMap(
    (key) => parsed(kind, localStorage.getItem(key)) ?? [],
  );
}

/** 하나뿐인 것: 마지막 자리, 기억한 기기. */
export const one = <K extends "last" | "machine">(kind: K): Kinds[K] | null =>
  all(kind)[0] ?? null;

/** 적지 못했으면 `false`: 저장소가 막혔거나 가득 참. */
export function put<K extends Kind>(kind: K, value: Kinds[K]): boolean {
  return change(() => write(kind, value));
}

export function remove<K extends Kind>(kind: K, value: Kinds[K]): boolean {
  return change(() => localStorage.removeItem(keyOf(kind, value)));
}

export function eraseAll(): boolean {
  return change(() => keys().forEach((key) => localStorage.removeItem(key)));
}

function write<K extends Kind>(kind: K, value: Kinds[K]): void {
  localStorage.setItem(keyOf(kind, value), JSON.stringify(value));
}

function change(work: () => void): boolean {
  try {
    work();
  } catch {
    return false;
  }
  dispatchEvent(new Event(CHANGED));
  return true;
}

/** 이 탭이나 다른 탭이 노트를 고칠 때마다. */
export function onChange(work: () => void): void {
  addEventListener(CHANGED, work);
  addEventListener("storage", ({ key }) => {
    if (key === null || key.startsWith(ROOT)) work();
  });
}

/** 적을 수 있는가. */
export function usable(): boolean {
  try {
    const probe = `${ROOT}probe`;
    localStorage.setItem(probe, probe);
    localStorage.removeItem(probe);
    return true;
  } catch {
    return false;
  }
}

export function dump(): Book {
  return {
    entry: all("entry"),
    read: all("read"),
    last: all("last"),
    machine: all("machine"),
  };
}

/**
 * 가져온 것을 지금 것에 합치거나 지금 것과 바꿈. 다 적지 못하면 처음으로
 * 되돌리고 `false`.
 */
export function load(book: Book, replace: boolean): boolean {
  const old = keys();
  const before = old.map((key) => [key, localStorage.getItem(key)!] as const);
  const fresh = new Set<string>();
  const done = change(() => {
    for (const kind of KINDS) take(kind, book[kind], replace, fresh);
    if (!replace) return;
    for (const key of old) if (!fresh.has(key)) localStorage.removeItem(key);
  });
  if (done) return true;
  change(() => {
    for (const key of fresh) localStorage.removeItem(key);
    for (const [key, json] of before) localStorage.setItem(key, json);
  });
  return false;
}

function take<K extends Kind>(
  kind: K,
  values: Kinds[K][],
  replace: boolean,
  fresh: Set<string>,
): void {
  for (const value of values) {
    const key = keyOf(kind, value);
    const mine = parsed(kind, localStorage.getItem(key));
    if (!replace && mine && !better[kind](value, mine)) continue;
    fresh.add(key);
    write(kind, value);
  }
}

/** 합칠 때 가져온 것이 지금 것을 이기는가. */
const later = (theirs: { date: string }, mine: { date: string }): boolean =>
  theirs.date > mine.date;
const better: { [K in Kind]: (theirs: Kinds[K], mine: Kinds[K]) => boolean } = {
  entry: (theirs, mine) => mine.answer === null && theirs.answer !== null,
  read: later,
  last: later,
  machine: later,
};
