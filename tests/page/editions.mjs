// 판을 갈아 끼우고, 고장 내고, 멈출 수 있는 정적 호스트.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";

const BOOK = new URL("../../book/", import.meta.url);
const PREFIX = "/notes/";
const LIST = "_assets/files.json";
const GROUPS = ["parts", "pages", "rest"];
const CHAPTERS = ["intro", "dicts", "lists"];
const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** 지금 만들어져 있는 책. */
export function first() {
  const file = (path) => readFileSync(new URL(path, BOOK));
  const list = shortened(JSON.parse(file(LIST)));
  const { hash } = JSON.parse(file("_assets/current.json"));
  const listed = Buffer.from(JSON.stringify(list));
  const read = (path) => (path === LIST ? listed : file(path));
  return { id: list.id, bundle: hash, list, read };
}

/** 장이 몇이든 받고 갈아타는 일은 같음: 몇 장만 남긴 목록. */
function shortened(list) {
  const chapters = Object.keys(list.pages)
    .map((path) => path.split("/"))
    .filter((parts) => parts.length > 1)
    .map(([folder]) => folder);
  const left = chapters.filter((chapter) => !CHAPTERS.includes(chapter));
  const out = new Set(["measured", ...left]);
  const short = { ...list };
  for (const group of GROUPS) {
    const files = Object.entries(list[group]);
    short[group] = Object.fromEntries(
      files.filter(([path]) => !path.split("/").some((part) => out.has(part))),
    );
  }
  return short;
}

/** 글과 파이썬과 묶음의 이름이 바뀐 다음 판. 지난 묶음은 서버에 없음. */
export function second(before) {
  const id = "b".repeat(16);
  const bundle = "b".repeat(16);
  const renamed = (text) =>
    text.replaceAll(before.id, id).replaceAll(before.bundle, bundle);
  const change = (path, body) => {
    if (path.endsWith(".html")) {
      return Buffer.from(renamed(`${body}`).replace("</h1>", " 둘째 판</h1>"));
    }
    return path.endsWith(".py") ? Buffer.from(`${body}\n# 둘째 판\n`) : body;
  };
  const files = new Map();
  const list = { id };
  for (const group of GROUPS) {
    list[group] = {};
    for (const [path, entry] of Object.entries(before.list[group])) {
      const body = before.read(path);
      const changed = change(path, body);
      const hash = createHash("sha256").update(changed).digest("hex");
      const same = changed === body;
      files.set(renamed(path), changed);
      list[group][renamed(path)] = same
        ? entry
        : [hash.slice(0, 16), changed.length];
    }
  }
  files.set("sw.js", before.read("sw.js"));
  files.set(LIST, Buffer.from(JSON.stringify(list)));
  const read = (path) => {
    const body = files.get(path);
    if (!body) throw new Error(path);
    return body;
  };
  return { id, bundle, list, read };
}

export class Host {
  /** 지금 내보내는 판. */
  edition;
  /** 내보낸 파일들. */
  sent = [];
  /** 답하기 전에 부름. 상태를 돌려주면 그것으로 답하고 끝냄. */
  before = async () => undefined;
  #server = createServer((request, response) =>
    this.#answer(request.url, response),
  );
  #port = 0;
  #gone = false;

  constructor(edition) {
    this.edition = edition;
    this.#server.on("connection", (socket) => this.#gone && socket.destroy());
  }

  get base() {
    return `http://127.0.0.1:${this.#port}${PREFIX}`;
  }

  async open() {
    await new Promise((open) => this.#server.listen(0, "127.0.0.1", open));
    this.#port = this.#server.address().port;
  }

  /** 닿지 않게 함. 문을 닫지는 않음: 그사이 번호를 남에게 빼앗길 수 있음. */
  stop() {
    this.#gone = true;
    this.#server.closeAllConnections();
  }

  start() {
    this.#gone = false;
  }

  async close() {
    const closed = new Promise((done) => this.#server.close(done));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(url, response) {
    const { pathname } = new URL(url, "http://host");
    const path = decodeURI(pathname.slice(PREFIX.length)) || "index.html";
    const refused = await this.before(path);
    if (refused) return response.writeHead(refused).end();
    try {
      const body = this.edition.read(path);
      const type = TYPES[extname(path)] ?? "application/octet-stream";
      response.writeHead(200, { "Content-Type": type }).end(body);
      this.sent.push(path);
    } catch {
      response.writeHead(404).end();
    }
  }
}
