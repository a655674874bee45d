// 페이지의 꾸러미와 소스를 시험에서 씀.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const THEME = new URL("../theme/", import.meta.url);
export const fromTheme = createRequire(new URL("package.json", THEME));

/** `theme/src`에서 읽는 `contents`를 한 글로 묶음. */
export async function bundle(contents, options) {
  const { outputFiles } = await fromTheme("esbuild").build({
    stdin: {
      contents,
      loader: "ts",
      resolveDir: fileURLToPath(new URL("src", THEME)),
    },
    bundle: true,
    write: false,
    ...options,
  });
  return outputFiles[0].text;
}

/** 묶어서 여기로 들여옴. */
export async function load(contents) {
  const text = await bundle(contents, { format: "esm" });
  const code = Buffer.from(text).toString("base64");
  return import(`data:text/javascript;base64,${code}`);
}
