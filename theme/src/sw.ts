// 서비스 워커: 정적 호스트를 대신해 머리글을 붙이고, 서버가 없으면 받아 둔
// 판을 보여 줌. 받아 두는 일은 쪽이 함: offline.ts.

import {
  ALL,
  cacheName,
  cacheNames,
  Edition,
  FROM_SERVER,
  genuine,
  LIST,
  type List,
  NAMED_BY_CONTENT,
  TEXT,
} from "./edition";
import { OTHER_EDITION } from "./protocol";

declare const self: ServiceWorkerGlobalScope;

/** xtask/src/serve.rs의 것과 같음: 작업자는 제 응답의 정책을 따름. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": POLICY,
};

const ROOT = self.registration.scope;

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) =>
  event.waitUntil(self.clients.claim()),
);
self.addEventListener("message", (event) =>
  event.waitUntil(forgetOthers(event.data as string)),
);
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { method, mode, headers } = request;
  const url = new URL(request.url);
  if (method !== "GET" || headers.has("Range")) return;
  if (!url.href.startsWith(ROOT)) return;
  // 로컬 실험실의 요청은 간직할 것이 아님
  if (url.pathname.startsWith("/_lab/")) return;
  // 쪽이 받아 두려고 부르는 것은 서버의 것이어야 함
  if (headers.has(FROM_SERVER)) return;
  const path = (url.origin + url.pathname)
    .slice(ROOT.length)
    .replace(/(^|\/)$/, "$1index.html");
  const id = url.searchParams.get("b");
  const answer = id
    ? fromEdition(request, path, id)
    : NAMED_BY_CONTENT.test(path)
      ? byContent(request, path, event)
      : latest(request, path, mode === "navigate");
  event.respondWith(answer.then(sign));
});

/** 이만큼 답이 없으면 받아 둔 것을 보임, ms. */
const PATIENCE_MS = 4000;

/** 서버의 것이 먼저. 서버가 답하지 못하면 받아 둔 판의 것. */
async function latest(
  request: Request,
  path: string,
  reading: boolean,
): Promise<Response> {
  // 브라우저가 간직한 지난 판의 쪽을 보이지 않게 함
  const init: RequestInit = reading ? { cache: "no-cache" } : {};
  const asked = fetch(request, init).catch(() => undefined);
  const late = new Promise<undefined>((resolve) =>
    setTimeout(resolve, PATIENCE_MS),
  );
  const fresh = await Promise.race([asked, late]);
  // 0은 다른 주소로 보내는 답
  if (fresh?.ok || fresh?.status === 0) return fresh;
  return (await offline(path)) ?? (await asked) ?? missing(NEVER_KEPT);
}

/** 받아 둔 판 가운데 가장 많이, 그다음으로 가장 늦게 받은 것에서. */
async function offline(path: string): Promise<Response | undefined> {
  const late = (await editions()).reverse();
  const from =
    late.find((edition) => edition.holds(ALL)) ??
    late.find((edition) => edition.holds(TEXT)) ??
    late.find((edition) => edition.has(path));
  return from?.match(path);
}

/** 어느 판의 쪽이 부르든 같은 파일. 처음 받은 것은 간직함. */
async function byContent(
  request: Request,
  path: string,
  event: FetchEvent,
): Promise<Response> {
  const kept = await caches.match(ROOT + path).catch(() => undefined);
  if (kept) return kept;
  const fresh = await fetch(request).catch(() => missing(UNREACHABLE));
  if (fresh.ok) event.waitUntil(keep(path, fresh.clone()).catch(() => {}));
  return fresh;
}

/** 자리가 모자라 간직하지 못해도 쪽은 그대로임. */
async function keep(path: string, response: Response): Promise<void> {
  for (const edition of (await editions()).reverse()) {
    const found = edition.files(ALL).find(([each]) => each === path);
    const copy = found && (await genuine(response, found[1]));
    if (copy) return edition.put(path, copy);
  }
}

/** 이름이 같아도 판마다 다른 파일: 그 판의 것이 아니면 주지 않음. */
async function fromEdition(
  request: Request,
  path: string,
  id: string,
): Promise<Response> {
  const cacheNamed = { cacheName: cacheName(ROOT, id) };
  const find = (what: string) =>
    caches.match(ROOT + what, cacheNamed).catch(() => undefined);
  const kept = await find(path);
  if (kept) return kept;
  const fresh = await fetch(request).catch(() => missing(UNREACHABLE));
  const list = (await (await find(LIST))?.json()) as List | undefined;
  const entry = list?.parts[path] ?? list?.pages[path] ?? list?.rest[path];
  if (!fresh.ok || !entry) return fresh;
  const own = await genuine(fresh, entry);
  return own ?? missing("다른 판의 파일임", OTHER_EDITION);
}

const NEVER_KEPT = "연결되어 있지 않고, 이 쪽은 받아 둔 적이 없음";
const UNREACHABLE = "연결되어 있지 않고, 이 파일은 받아 둔 적이 없음";

const missing = (text: string, status = 503): Response =>
  new Response(text, {
    status,
    headers: { "Content-Type": "text/plain; charset=utf-8" },
  });

function sign(response: Response): Response {
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) {
    headers.set(name, value);
  }
  const { status, statusText } = response;
  const body = [204, 304].includes(status) ? null : response.body;
  return new Response(body, { status, statusText, headers });
}

/** 간직하는 곳이 열리지 않아도 쪽은 보여야 함. */
const editions = (): Promise<Edition[]> => Edition.all(ROOT).catch(() => []);

/**
 * 지난 판을 지움. 지난 판만큼 받은 뒤여야 하고, 그 판의 쪽일 수 있는 다른
 * 탭이 열려 있으면 다음으로 미룸.
 */
async function forgetOthers(id: string): Promise<void> {
  const type = "window";
  const open = await self.clients.matchAll({ type, includeUncontrolled: true });
  if (open.filter(({ url }) => url.startsWith(ROOT)).length > 1) return;
  const all = await editions();
  const name = cacheName(ROOT, id);
  const current = all.find((edition) => edition.name === name);
  if (!current?.holds(TEXT)) return;
  const whole = all.filter((edition) => edition.holds(ALL));
  const kept = current.holds(ALL) ? [] : whole.map((edition) => edition.name);
  for (const other of await cacheNames(ROOT)) {
    if (other !== name && !kept.includes(other)) await caches.delete(other);
  }
}
