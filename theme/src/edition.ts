// 판(build) 하나를 받아 둔 것. 서비스 워커와 쪽이 함께 씀.
//
// 판마다 캐시가 하나이고, 목록과 해시가 같은 파일만 들어감: 어느 순간에
// 끊겨도 다른 판의 것과 섞이지 않음. 있는 파일이 곧 받은 만큼임.

/** xtask/src/render.rs가 쓰는 모양. */
export interface List {
  id: string;
  parts: Files;
  pages: Files;
  rest: Files;
}

type Files = Record<string, Entry>;
export type Entry = [hash: string, bytes: number];

export const LIST = "_assets/files.json";
/** 이 머리글을 단 요청은 서비스 워커가 답하지 않음. */
export const FROM_SERVER = "Lab-From-Server";
/** 쪽보다 쪽이 부르는 것이 먼저임: 있는 쪽은 온전하게 보임. */
export const TEXT = ["parts", "pages"] as const;
export const ALL = [...TEXT, "rest"] as const;
export type Group = (typeof ALL)[number];

/** 이름에 내용의 해시가 든 파일: 어느 판에서나 같은 것임. */
export const NAMED_BY_CONTENT =
  /^_assets\/[0-9a-f]{16}\/|-[0-9a-f]{8}\.(?:css|js|svg)$/;

/** 한 출처의 다른 책이나 다른 앱과 섞이지 않게 뿌리를 붙임. */
const prefix = (root: string): string => `lab ${new URL(root).pathname} `;
export const cacheName = (root: string, id: string): string =>
  prefix(root) + id;

export async function cacheNames(root: string): Promise<string[]> {
  const names = await caches.keys();
  return names.filter((name) => name.startsWith(prefix(root)));
}

/** 내용이 목록의 것과 같으면 간직할 응답. 다르면 `null`. */
export async function genuine(
  response: Response,
  [hash, bytes]: Entry,
): Promise<Response | null> {
  const body = await response.arrayBuffer();
  if (body.byteLength !== bytes || (await digest(body)) !== hash) return null;
  const type = response.headers.get("Content-Type") ?? "";
  return new Response(body, { headers: { "Content-Type": type } });
}

async function digest(body: ArrayBuffer): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", body);
  const bytes = [...new Uint8Array(hash, 0, 8)];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Edition {
  private constructor(
    readonly name: string,
    readonly cache: Cache,
    readonly list: List,
    private readonly root: string,
    private readonly have: Set<string>,
  ) {}

  /** 받기 시작한 것. 목록도 받지 못했으면 `null`. */
  static async open(root: string, name: string): Promise<Edition | null> {
    const cache = await caches.open(name);
    const answer = await cache.match(root + LIST);
    if (!answer) return null;
    const list = (await answer.json()) as List;
    const keys = await cache.keys();
    const have = new Set(keys.map(({ url }) => url.slice(root.length)));
    return new Edition(name, cache, list, root, have);
  }

  /** 오래된 것부터. */
  static async all(root: string): Promise<Edition[]> {
    const names = await cacheNames(root);
    const opened = names.map((each) => Edition.open(root, each));
    const all = await Promise.all(opened);
    return all.filter((edition) => edition !== null);
  }

  has(path: string): boolean {
    return this.have.has(path);
  }

  match(path: string): Promise<Response | undefined> {
    return this.cache.match(this.root + path);
  }

  async put(path: string, response: Response): Promise<void> {
    await this.cache.put(this.root + path, response);
    this.have.add(path);
  }

  files(groups: readonly Group[]): [path: string, entry: Entry][] {
    return groups.flatMap((group) => Object.entries(this.list[group]));
  }

  missing(groups: readonly Group[]): [path: string, entry: Entry][] {
    return this.files(groups).filter(([path]) => !this.has(path));
  }

  holds(groups: readonly Group[]): boolean {
    return this.missing(groups).length === 0;
  }
}
