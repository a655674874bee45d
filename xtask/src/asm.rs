//! 커널의 기계어를 `data/asm/<이름>.json`에 남김: `cargo book record`의 일부.
//!
//! 원본에서 `// asm: 라벨`을 단 함수마다, 기본 빌드와 이 컴퓨터에 맞춘
//! 빌드의 어셈블리는 cargo-show-asm이, WASM의 글은 wasmprinter가 만듦.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use rust_lab::lab::Entry;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{sh, wasm};

const TOOL: &str = "cargo-show-asm";

/// 실험 하나의 기록.
#[derive(Debug, Serialize, Deserialize)]
pub struct Record {
    pub compiler: String,
    /// 이 컴퓨터에 맞춘 빌드가 어느 프로세서의 것인가.
    pub cpu: String,
    /// `2026-11-22`, UTC.
    pub date: String,
    pub commit: String,
    pub functions: Vec<Function>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Function {
    pub label: String,
    /// 실험의 파일 안에서의 이름.
    pub name: String,
    /// 기본 빌드, 이 컴퓨터에 맞춘 빌드, WASM.
    pub base: Vec<String>,
    pub cpu: Vec<String>,
    pub wasm: Vec<String>,
}

impl Record {
    fn path(root: &Path, name: &str) -> PathBuf {
        root.join("data/asm").join(format!("{name}.json"))
    }

    /// 기록이 없으면 `None`.
    pub fn load(root: &Path, name: &str) -> Result<Option<Record>> {
        let path = Record::path(root, name);
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path)?;
        let record = serde_json::from_str(&text);
        Ok(Some(record.with_context(|| path.display().to_string())?))
    }
}

/// 표시를 단 함수가 있으면 그 기계어를 남김.
pub fn record(root: &Path, entry: &Entry) -> Result<()> {
    let source = format!("src/{}/{}.rs", entry.chapter, entry.name);
    let marked = marked(&fs::read_to_string(root.join(source))?);
    if marked.is_empty() {
        return Ok(());
    }
    let tool = tool(root)?;
    wasm::build(&root.join("target/wasm/out"), Some(entry.chapter))?;
    let module = fs::read(wasm::module(entry.chapter))?;
    let text = wasmprinter::print_bytes(module)?;
    let functions = marked
        .into_iter()
        .map(|(label, name)| {
            let path = format!("{}::{}::{name}", entry.chapter, entry.name);
            Ok(Function {
                base: native(root, &tool, entry.chapter, &path, None)?,
                cpu: native(
                    root,
                    &tool,
                    entry.chapter,
                    &path,
                    Some("native"),
                )?,
                wasm: wasm_text(&text, &path)
                    .with_context(|| format!("{path}: WASM에 없음"))?,
                label,
                name,
            })
        })
        .collect::<Result<_>>()?;
    let record = Record {
        compiler: sh::ask("rustc", &["--version"]).context("rustc가 없음")?,
        cpu: rust_lab::cli::cpu_name(),
        date: OffsetDateTime::now_utc().date().to_string(),
        commit: sh::ask("git", &["rev-parse", "--short", "HEAD"])
            .unwrap_or_default(),
        functions,
    };
    let path = Record::path(root, entry.name);
    fs::create_dir_all(root.join("data/asm"))?;
    Ok(fs::write(path, serde_json::to_string_pretty(&record)? + "\n")?)
}

/// `// asm: 라벨`과 그 아래 함수의 이름.
fn marked(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut label = None;
    for line in source.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("// asm: ") {
            label = Some(text.to_owned());
        }
        let name = line.split_once("fn ").map(|(_, rest)| {
            rest.split(['(', '<']).next().unwrap_or(rest).to_owned()
        });
        if let (Some(_), Some(name)) = (&label, name) {
            found.extend(label.take().map(|label| (label, name)));
        }
    }
    found
}

/// 없으면 target 안에 설치함.
fn tool(root: &Path) -> Result<PathBuf> {
    let home = root.join("target/tools");
    let program =
        home.join(format!("bin/cargo-asm{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        sh::step(&format!("{TOOL} 설치"), || {
            let mut cargo = Command::new("cargo");
            cargo.args(["install", "--locked", TOOL, "--root"]).arg(&home);
            sh::run(TOOL, "네트워크를 확인함", &mut cargo)
        })?;
    }
    Ok(program)
}

fn native(
    root: &Path,
    tool: &Path,
    chapter: &str,
    path: &str,
    cpu: Option<&str>,
) -> Result<Vec<String>> {
    let mut command = Command::new(tool);
    command
        .args(["asm", "--package", chapter, "--lib", "--release"])
        .args(["--simplify", "--color", path, "0"])
        .current_dir(root);
    if let Some(cpu) = cpu {
        // 기본 빌드를 다시 컴파일하지 않도록 따로 둠
        command
            .env("CARGO_TARGET_DIR", root.join("target/cpu"))
            .env("RUSTFLAGS", format!("-Ctarget-cpu={cpu}"));
    }
    let fix = format!("{path}에 #[inline(never)]가 있어야 함");
    let text = sh::run(path, &fix, &mut command)?;
    Ok(tidy(&text))
}

/// 색을 빼고, 이 컴퓨터의 길이 남지 않게 함.
fn tidy(text: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter == '\x1b' {
            letters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(letter);
        }
    }
    plain
        .lines()
        .map(|line| line.trim_end().replace('\t', " "))
        .filter(|line| !line.is_empty())
        .collect()
}

/// 함수 하나의 글. 이름에는 컴파일러가 붙인 꼬리가 있음.
fn wasm_text(module: &str, path: &str) -> Option<Vec<String>> {
    let is_function = |line: &&str| {
        line.strip_prefix("  (func $")
            .map(|rest| rest.trim_start_matches('"'))
            .and_then(|rest| rest.split([' ', '"', '(']).next())
            .is_some_and(|name| {
                let name = rustc_demangle::demangle(name);
                format!("{name:#}") == path
            })
    };
    let mut lines = module.lines().skip_while(|line| !is_function(line));
    let head = lines.next()?;
    let mut text = vec![head.trim().to_owned()];
    text.extend(
        lines
            .take_while(|line| !line.starts_with("  (") && *line != "  )")
            .map(|line| line.strip_prefix("    ").unwrap_or(line).to_owned()),
    );
    Some(text)
}

/// 한 번에 여러 값을 다루는 명령인가.
pub fn is_vector(line: &str) -> bool {
    let line = line.trim();
    let word = line.split_whitespace().next().unwrap_or("");
    if ["v128.", "f64x2.", "f32x4.", "i64x2.", "i32x4.", "i16x8.", "i8x16."]
        .iter()
        .any(|prefix| word.starts_with(prefix))
    {
        return true;
    }
    let wide = ["xmm", "ymm", "zmm"].iter().any(|name| line.contains(name));
    let name = word.strip_prefix('v').unwrap_or(word);
    let packed = name.ends_with("pd")
        || name.ends_with("ps")
        || name.starts_with('p')
        || name.starts_with("movdq")
        || name.starts_with("broadcast");
    wide && packed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_name_the_next_function() {
        let source = "// asm: 스칼라\n#[inline(never)]\npub fn scalar(n: u64) \
                      {}\nfn other() {}\n// asm: 둘씩\nfn two<T>() {}\n";
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let expected = vec![pair("스칼라", "scalar"), pair("둘씩", "two")];
        assert_eq!(marked(source), expected);
    }

    #[test]
    fn packed_instructions_are_vectors() {
        for line in ["mulpd xmm0, xmm1", " vaddpd ymm0, ymm1, ymm2"] {
            assert!(is_vector(line), "{line}");
        }
        for line in ["paddq xmm0, xmm1", "f64x2.mul", "v128.load offset=8"] {
            assert!(is_vector(line), "{line}");
        }
        for line in ["mulsd xmm0, xmm1", "push rbx", "f64.mul", ".LBB0_1:"] {
            assert!(!is_vector(line), "{line}");
        }
    }

    #[test]
    fn a_function_ends_where_the_next_begins() {
        let module = "(module\n  (func $_RNvCa_1a1b (;0;) (type 0)\n    \
                      i32.const 1\n  )\n  (func $b (;1;)\n    nop\n  )\n)\n";
        let name = rustc_demangle::demangle("_RNvCa_1a1b");
        let text = wasm_text(module, &format!("{name:#}"));
        assert_eq!(text.map(|text| text.len()), Some(2));
    }
}
