// 주소의 #이 실험과 매개변수를 담음: #dict_probe?n=5000&keys=seq

import type { Texts } from "./form";

/** 실험의 이름은 식별자라 풀 것이 없음: 아무 글이어도 오류가 없음. */
export function readHash(): { name: string; values: Texts } | null {
  const [name, query = ""] = location.hash.slice(1).split("?", 2);
  if (!name) return null;
  return { name, values: Object.fromEntries(new URLSearchParams(query)) };
}

export function linkTo(name: string, values: Texts): string {
  const query = new URLSearchParams(values).toString();
  const url = new URL(location.href);
  url.hash = query === "" ? name : `${name}?${query}`;
  return url.href;
}

/** 기록을 늘리지 않고 주소만 바꿈. 너무 잦으면 던지는 브라우저가 있음. */
export function showInBar(name: string, values: Texts): void {
  try {
    history.replaceState(history.state, "", linkTo(name, values));
  } catch {
    // 주소만 늦음: 다음에 바꿀 때 맞음
  }
}
