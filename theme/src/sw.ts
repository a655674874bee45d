// 서비스 워커: 정적 호스트를 대신해 머리글을 붙이고, 받은 것을 오프라인에
// 쓰도록 간직함.

declare const self: ServiceWorkerGlobalScope;
export {};

const CACHE = "lab";

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

/** 이름에 내용의 해시가 든 폴더: 안의 파일은 바뀌지 않음. */
const BUNDLE = /\/_assets\/([0-9a-f]{16})\//;

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) =>
  event.waitUntil(self.clients.claim()),
);
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  // 로컬 실험실의 요청은 간직할 것이 아님
  if (pathname.startsWith("/_lab/")) return;
  event.respondWith(answer(request, BUNDLE.exec(pathname)?.[1]));
});

async function answer(request: Request, hash?: string): Promise<Response> {
  // 간직하는 곳이 열리지 않아도 쪽은 보여야 함
  const cache = await caches.open(CACHE).catch(() => undefined);
  const kept = await cache
    ?.match(request, { ignoreSearch: true })
    .catch(() => undefined);
  if (kept && hash) return kept;
  try {
    const fresh = await fetch(request);
    if (fresh.status === 0) return fresh;
    const signed = sign(fresh);
    if (cache && fresh.status === 200) {
      if (hash) await forgetOthers(cache, hash);
      await cache.put(request, signed.clone());
    }
    return signed;
  } catch {
    return kept ?? sign(new Response(OFFLINE, OFFLINE_INIT));
  }
}

const OFFLINE = "연결되어 있지 않고, 이 쪽은 받아 둔 적이 없음";
const OFFLINE_INIT = {
  status: 503,
  headers: { "Content-Type": "text/plain; charset=utf-8" },
};

function sign(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) {
    headers.set(name, value);
  }
  const { status, statusText } = response;
  const body = [204, 304].includes(status) ? null : response.body;
  return new Response(body, { status, statusText, headers });
}

/** 지난 묶음을 지움. 묶음 하나에 Pyodide까지 들어 있음. */
async function forgetOthers(cache: Cache, hash: string): Promise<void> {
  for (const request of await cache.keys()) {
    const other = BUNDLE.exec(request.url)?.[1];
    if (other && other !== hash) await cache.delete(request);
  }
}
