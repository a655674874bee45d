// 교차 출처 격리: 서버가 머리글을 보내지 않으면 서비스 워커가 대신 붙임.

import { bookRoot } from "./data";
import { threadProblem } from "./runner";

const TRIED = "lab-isolation-tried";
const WAIT_MS = 3000;

/** 한 스레드로 도는 까닭. 여러 스레드로 돌면 `null`. */
export function whyOneThread(): string | null {
  if (crossOriginIsolated) return threadProblem();
  const why = navigator.serviceWorker
    ? "서버가 COOP·COEP 머리글을 보내지 않고, 서비스 워커도 아직 붙지 않음"
    : "서버가 COOP·COEP 머리글을 보내지 않고, 서비스 워커를 쓸 수 없음";
  return `격리되지 않은 페이지 (${why})`;
}

/** 서비스 워커를 등록하고, 격리될 수 있으면 한 번만 다시 읽음. */
export async function isolate(): Promise<void> {
  if (!navigator.serviceWorker) return;
  const registered = navigator.serviceWorker
    .register(new URL("sw.js", bookRoot()))
    .then(() => navigator.serviceWorker.ready)
    .catch(() => null);
  if (crossOriginIsolated || triedBefore()) return;
  const late = new Promise<null>((resolve) =>
    setTimeout(resolve, WAIT_MS, null),
  );
  if (await Promise.race([registered, late])) {
    location.reload();
    await new Promise(() => {});
  }
}

/** 다시 읽기가 끝없이 되풀이되지 않게 함. 적을 수 없으면 시도하지 않음. */
function triedBefore(): boolean {
  try {
    if (sessionStorage.getItem(TRIED)) return true;
    sessionStorage.setItem(TRIED, "1");
    return false;
  } catch {
    return true;
  }
}
