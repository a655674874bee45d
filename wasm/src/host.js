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

export function instantiate(bytes, names, memory, table) {
  try {
    // 공유 메모리 위의 바이트는 컴파일러가 받지 않음
    const module = new WebAssembly.Module(bytes.slice());
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const wanted = names.split(",");
    const first = table.grow(wanted.length);
    wanted.forEach((name, i) => table.set(first + i, exports[name]));
    return Uint32Array.from(wanted, (_, i) => first + i);
  } catch (error) {
    throw String(error?.message ?? error);
  }
}

export const addOne = (sum, item) => sum + item;

// 눈금 100 µs인 시계로도 잴 수 있는 길이
const CROSS_MS = 20;

/** 걸린 시간(ns)과 합. */
function timed(pass) {
  const start = performance.now();
  for (let passes = 1; ; passes += 1) {
    const sum = pass();
    const elapsed = performance.now() - start;
    if (elapsed >= CROSS_MS) return [(elapsed * 1e6) / passes, sum];
  }
}

export function crossElements(table, slot, items) {
  const add = table.get(slot);
  const own = new Float64Array(items);
  return timed(() => {
    let sum = 0;
    for (let i = 0; i < own.length; i += 1) sum = add(sum, own[i]);
    return sum;
  });
}

export function crossBatches(table, slot, memory, at, items, batch, copy) {
  const addAll = table.get(slot);
  const own = new Float64Array(items);
  const place = new Float64Array(memory.buffer, at, batch);
  return timed(() => {
    let sum = 0;
    for (let i = 0; i < own.length; i += batch) {
      const size = Math.min(batch, own.length - i);
      if (copy) place.set(own.subarray(i, i + size));
      sum = addAll(sum, copy ? at : at + 8 * i, size);
    }
    return sum;
  });
}
