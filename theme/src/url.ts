// 주소의 #이 실험과 매개변수를 담음: #dict_probe?n=5000&keys=seq

import type { Texts } from "./form";

export function readHash(): { name: string; values: Texts } | null {
  const [name, query = ""] = location.hash.slice(1).split("?", 2);
  if (!name) return null;
  const values = Object.fromEntries(new URLSearchParams(query));
  return { name: decodeURIComponent(name), values };
}

export function linkTo(name: string, values: Texts): string {
  const query = new URLSearchParams(values).toString();
  const url = new URL(location.href);
  url.hash = query === "" ? name : `${name}?${query}`;
  return url.href;
}

/** 기록을 늘리지 않고 주소만 바꿈. */
export function showInBar(name: string, values: Texts): void {
  history.replaceState(history.state, "", linkTo(name, values));
}
