//! `cargo book new <장> <이름>`: 실험의 뼈대를 있어야 할 모든 자리에 놓음.
//!
//! 뼈대는 그대로 돌아가는 작은 실험임: 돌려 보고 나서 고쳐 나감.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

const RUST: &str = include_str!("../template/experiment.rs");
const PYTHON: &str = include_str!("../template/experiment.py");
const EXAMPLE: &str = include_str!("../template/example.rs");
const TARGET: &str =
    "\n[[example]]\nname = \"NAME\"\npath = \"../../examples/NAME.rs\"\n";
const BENCH: &str = include_str!("../template/bench.rs");
const PROSE: &str = include_str!("../template/README.md");

pub fn main(root: &Path, args: &[String]) -> Result<()> {
    let [chapter, name] = args else {
        bail!("쓰는 법: cargo book new <장> <이름>. 예: new dicts set_probe");
    };
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if !name.starts_with(|c: char| c.is_ascii_lowercase())
        || !name.chars().all(|c| fits(c) || c == '_')
    {
        bail!("{name}: 영문 소문자로 시작하고 소문자·숫자·_만 써야 함");
    }
    if rust_lab::find(name).is_some() {
        bail!("{name}: 이미 있는 실험임");
    }
    let folder = root.join("src").join(chapter);
    let module = folder.join("lib.rs");
    if !module.exists() {
        bail!("src/{chapter}: 실험이 있는 장이 아님 (lib.rs가 없음)");
    }

    let fill = |template: &str| {
        template.replace("NAME", name).replace("CHAPTER", chapter)
    };
    let create = |path: &Path, template: &str| {
        fs::write(path, fill(template))
            .with_context(|| format!("{}: 쓰지 못함", path.display()))
    };
    create(&folder.join(format!("{name}.rs")), RUST)?;
    create(&folder.join(format!("{name}.py")), PYTHON)?;
    create(&root.join(format!("examples/{name}.rs")), EXAMPLE)?;
    edit(&module, |text| register(text, name))?;
    edit(&folder.join("Cargo.toml"), |text| {
        Some(text.to_owned() + &fill(TARGET))
    })?;
    edit(&root.join(format!("benches/{chapter}.rs")), |text| {
        let text = call(text, name)?;
        Some(text + &fill(BENCH))
    })?;
    edit(&folder.join("README.md"), |text| {
        // 정리 앞이 본문의 끝임
        let at = text.find("\n## 정리").unwrap_or(text.len());
        Some(format!("{}{}{}", &text[..at], fill(PROSE), &text[at..]))
    })?;
    println!(
        "{name}의 뼈대를 놓음. 다음 차례:\n  \
         1. src/{chapter}/{name}.rs의 질문·예측·매개변수·커널을 고침\n  \
         2. src/{chapter}/{name}.py를 같은 답이 되게 고침\n  \
         3. cargo book golden {name}\n  \
         4. cargo run --release --example {name} -- --python\n  \
         5. src/{chapter}/README.md의 글을 고침\n  \
         6. cargo book record {name}\n  \
         7. cargo book test --quick"
    );
    Ok(())
}

fn edit(
    path: &Path,
    change: impl FnOnce(&str) -> Option<String>,
) -> Result<()> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("{}: 읽지 못함", path.display()))?;
    let text = change(&text).with_context(|| {
        format!("{}: 끼워 넣을 자리를 찾지 못함", path.display())
    })?;
    Ok(fs::write(path, text)?)
}

/// `chapter! { "장": a, b, }`의 끝에 더함.
fn register(text: &str, name: &str) -> Option<String> {
    let start = text.find("chapter! {")?;
    let end = start + text[start..].find('}')?;
    let list = text[..end].trim_end();
    // 빈 장에는 `"장":`만 있음
    let comma = if list.ends_with([',', ':']) { "" } else { "," };
    Some(format!("{list}{comma} {name},\n{}", &text[end..]))
}

/// `define`의 끝에 부르는 줄을 더함.
fn call(text: &str, name: &str) -> Option<String> {
    let start = text.find("pub fn define(")?;
    let end = start + text[start..].find("\n}")?;
    Some(format!("{}\n    {name}(c);{}", &text[..end], &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_after_the_last_experiment() {
        let text = "lab::chapter! {\n    \"dicts\": dict_probe,\n}\n";
        assert_eq!(
            register(text, "x").unwrap(),
            "lab::chapter! {\n    \"dicts\": dict_probe, x,\n}\n"
        );
        let empty = "lab::chapter! {\n    \"lists\":\n}\n";
        let first = "lab::chapter! {\n    \"lists\": x,\n}\n";
        assert_eq!(register(empty, "x").unwrap(), first);
        assert!(register("mod a;", "x").is_none());
    }

    #[test]
    fn calls_the_bench_from_define() {
        let text = "pub fn define(c: &mut C) {\n    a(c);\n}\n\nfn a() {}\n";
        let got = call(text, "b").unwrap();
        assert!(got.contains("    a(c);\n    b(c);\n}\n"));
    }
}
