// 브라우저와 Node에 있는 것만 씀. 스레드 풀의 워커에서도 불림:
// 거기에는 페이지의 워커가 심어 둔 전역이 없음.

export function now() {
  return performance.now();
}

export function cpu() {
  const cores = globalThis.navigator?.hardwareConcurrency;
  return cores ? `논리 코어 ${cores}개` : "알 수 없음";
}

export function progress(fraction, label) {
  globalThis.__labProgress?.(fraction, label);
}

export function failed(run, text) {
  const channel = new BroadcastChannel("lab-panic");
  channel.postMessage({ run, text });
  channel.close();
}

// 힙을 더 쓸 수 없을 때 불리므로 문장을 이쪽에서 만듦.
export function outOfMemory(run, bytes) {
  const size = (bytes / 2 ** 20).toFixed(1);
  failed(run, `메모리가 모자람: ${size} MiB를 더 얻지 못함`);
}
