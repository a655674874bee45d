//! `cargo book new <장> <이름>`: 실험의 뼈대를 있어야 할 모든 자리에 놓음.
//!
//! 뼈대는 그대로 돌아가는 작은 실험임: 돌려 보고 나서 고쳐 나감.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::sh;

const RUST: &str = include_str!("../template/experiment.rs");
const PYTHON: &str = include_str!("../template/experiment.py");
const EXAMPLE: &str = include_str!("../template/example.rs");
const TARGET: &str =
    "\n[[example]]\nname = \"NAME\"\npath = \"../../examples/NAME.rs\"\n";
const BENCH: &str = include_str!("../template/bench.rs");
const PROSE: &str = include_str!("../template/README.md");

/// 모듈의 이름이 되지 못하는 Rust의 말: 모든 판의 것과 남겨 둔 것.
const RUST_WORDS: &str = "abstract as async await become box break const \
    continue crate do dyn else enum extern false final fn for gen if impl in \
    let loop macro match mod move mut override priv pub ref return self \
    static struct super trait true try type typeof unsafe unsized use \
    virtual where while yield";
const PYTHON_WORDS: &str = "and as assert async await break class continue \
    def del elif else except finally for from global if import in is lambda \
    nonlocal not or pass raise return try while with yield";
/// 크레이트의 뿌리에 두면 남의 것을 가리거나, cargo가 제 것으로 쓰는 이름.
const TAKEN: &str = "std core alloc proc_macro test str build deps examples \
    incremental lab cli rust_lab benches wasm xtask";

pub fn main(root: &Path, args: &[String]) -> Result<()> {
    let [chapter, name] = args else {
        return Err(sh::misuse(
            "쓰는 법: cargo book new <장> <이름>. 예: new dicts set_probe",
        ));
    };
    let plan = plan(root, chapter, name)?;
    let before: Vec<_> =
        plan.iter().map(|(path, _)| (path, fs::read(path).ok())).collect();
    for (path, text) in &plan {
        if let Err(error) = fs::write(path, text) {
            // 반쯤 놓인 뼈대는 다음에 새로 놓지도 못함
            for (path, text) in before {
                let _ = match text {
                    Some(text) => fs::write(path, text),
                    None => fs::remove_file(path),
                };
            }
            let context = format!("{}: 쓰지 못함", path.display());
            return Err(error).context(context);
        }
    }
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

/// 쓸 파일 모두와 그 글. 거절하면 아무것도 쓰지 않은 채이도록 먼저 다 정함.
fn plan(
    root: &Path,
    chapter: &str,
    name: &str,
) -> Result<Vec<(PathBuf, String)>> {
    if let Some(why) = refused(name) {
        bail!("{name}: {why}");
    }
    let folder = Path::new("src").join(chapter);
    let module = folder.join("lib.rs");
    // 실험이 없는 크레이트나 다른 길로 적은 폴더에는 이 말이 없음
    let listed = format!("\"{chapter}\":");
    let text = fs::read_to_string(root.join(&module));
    if !text.is_ok_and(|text| text.contains(&listed)) {
        bail!("src/{chapter}: 실험이 있는 장이 아님");
    }

    let fill = |template: &str| {
        template.replace("NAME", name).replace("CHAPTER", chapter)
    };
    let mut files = Vec::new();
    for (path, template) in [
        (folder.join(format!("{name}.rs")), RUST),
        (folder.join(format!("{name}.py")), PYTHON),
        (Path::new("examples").join(format!("{name}.rs")), EXAMPLE),
    ] {
        if root.join(&path).exists() {
            bail!("{}: 이미 있는 파일임", path.display());
        }
        files.push((root.join(path), fill(template)));
    }
    let read = |path: &Path| {
        fs::read_to_string(root.join(path))
            .with_context(|| format!("{}: 읽지 못함", path.display()))
    };
    let mut edit = |path: PathBuf, text: Option<String>| {
        let text = text.with_context(|| {
            format!("{}: 끼워 넣을 자리를 찾지 못함", path.display())
        })?;
        files.push((root.join(path), text));
        anyhow::Ok(())
    };
    let bench = Path::new("benches").join(format!("{chapter}.rs"));
    for path in [&module, &bench] {
        if mentions(&read(path)?, name) {
            bail!("{name}: {}이(가) 이미 쓰는 이름임", path.display());
        }
    }
    edit(module.clone(), register(&read(&module)?, name))?;
    let called = call(&read(&bench)?, name);
    edit(bench, called.map(|text| text + &fill(BENCH)))?;
    let manifest = folder.join("Cargo.toml");
    let text = read(&manifest)?;
    edit(manifest, Some(text + &fill(TARGET)))?;
    let readme = folder.join("README.md");
    let text = read(&readme)?;
    // 정리 앞이 본문의 끝임
    let at = text.find("\n## 정리").unwrap_or(text.len());
    let (body, rest) = text.split_at(at);
    edit(readme, Some(format!("{body}{}{rest}", fill(PROSE))))?;
    Ok(files)
}

/// 실험의 이름으로 쓸 수 없으면 그 까닭.
fn refused(name: &str) -> Option<&'static str> {
    let fits =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_lowercase())
        || !name.chars().all(fits)
    {
        return Some("영문 소문자로 시작하고 소문자·숫자·_만 써야 함");
    }
    // `<이름>_numpy.py`는 그 실험의 NumPy 판이고, numpy.py는 NumPy를 가림
    if name.ends_with("_numpy") || ["numpy", "numba"].contains(&name) {
        return Some("NumPy로 쓴 판의 이름임");
    }
    let among = |words: &str| words.split_whitespace().any(|w| w == name);
    // 실험의 폴더가 앞서므로, 같은 이름의 표준 모듈은 아무도 부르지 못하게 됨
    let standard = || {
        let list = "import sys; print(*sys.stdlib_module_names)";
        sh::ask("python3", &["-c", list]).is_some_and(|list| among(&list))
    };
    if among(RUST_WORDS) {
        Some("Rust의 예약어임")
    } else if among(PYTHON_WORDS) {
        Some("Python의 예약어임")
    } else if among(TAKEN) || rust_lab::chapters().any(|each| each == name) {
        Some("Rust나 이 책의 크레이트가 쓰는 이름임")
    } else if rust_lab::find(name).is_some() {
        Some("이미 있는 실험임")
    } else if standard() {
        Some("Python 표준 라이브러리의 이름임")
    } else {
        None
    }
}

/// 글에 그 이름이 낱말로 있는가.
fn mentions(text: &str, name: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| word == name)
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
    /// 장 하나만 있는 저장소.
    struct Tree(PathBuf);

    impl Tree {
        fn new(name: &str) -> Self {
            let id = std::process::id();
            let root =
                std::env::temp_dir().join(format!("lab-new-{id}-{name}"));
            let tree = Tree(root);
            let module = "mod draw;\n\nlab::chapter! {\n    \"a\": old,\n}\n";
            let bench = "pub fn define(c: &mut Criterion) {\n    old(c);\n}\n";
            tree.write("src/a/lib.rs", module);
            tree.write("src/a/Cargo.toml", "[package]\n");
            tree.write("src/a/README.md", "# 가\n\n## 정리\n");
            tree.write("src/lab/lib.rs", "macro_rules! chapter {}\n");
            tree.write("benches/a.rs", bench);
            tree.write("examples/old.rs", "");
            tree
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.0.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn files(&self) -> Vec<(PathBuf, String)> {
            let paths = crate::page::tree(&self.0).unwrap().into_values();
            let read = |path| fs::read_to_string(path).unwrap();
            paths.map(|path| (path.clone(), read(path))).collect()
        }

        fn make(&self, chapter: &str, name: &str) -> Result<()> {
            main(&self.0, &[chapter.to_owned(), name.to_owned()])
        }

        /// 까닭을 말하고 아무것도 쓰지 않음.
        fn refuses(&self, chapter: &str, name: &str, why: &str) {
            let before = self.files();
            let error = self.make(chapter, name).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
            assert_eq!(self.files(), before, "{chapter} {name}");
        }
    }

    impl Drop for Tree {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_new_experiment_is_in_every_place() {
        let tree = Tree::new("fine");
        tree.make("a", "fresh_one").unwrap();
        let files = tree.files();
        let has = |path: &str, part: &str| {
            let path = tree.0.join(path);
            files.iter().any(|(p, text)| *p == path && text.contains(part))
        };
        assert!(has("src/a/fresh_one.rs", "EXPERIMENT"));
        assert!(has("src/a/fresh_one.py", "\"fresh_one\""));
        assert!(has("examples/fresh_one.rs", "a::ENTRIES"));
        assert!(has("src/a/lib.rs", "\"a\": old, fresh_one,"));
        assert!(has("src/a/Cargo.toml", "name = \"fresh_one\""));
        assert!(has("benches/a.rs", "    fresh_one(c);\n}"));
        assert!(has("src/a/README.md", "{{#experiment fresh_one}}"));
        // 두 번째는 앞의 것을 덮으려는 것임
        tree.refuses("a", "fresh_one", "이미 있는 파일임");
    }

    #[test]
    fn no_file_is_overwritten() {
        for file in ["src/a/mine.rs", "src/a/mine.py", "examples/mine.rs"] {
            let tree = Tree::new("overwrite");
            tree.write(file, "소중한 것");
            tree.refuses("a", "mine", &format!("{file}: 이미 있는 파일임"));
        }
        Tree::new("lib").refuses("a", "lib", "src/a/lib.rs");
    }

    #[test]
    fn a_refusal_leaves_nothing() {
        let tree = Tree::new("refused");
        for chapter in ["lab", ".", "none", "../src/a"] {
            tree.refuses(chapter, "my_probe", "실험이 있는 장이 아님");
        }
        tree.refuses("a", "draw", "이미 쓰는 이름임");
        tree.refuses("a", "define", "이미 쓰는 이름임");
        // 마지막에 고칠 파일이 잘못되어도
        tree.write("src/a/lib.rs", "// \"a\": 자리가 없음\n");
        tree.refuses("a", "my_probe", "끼워 넣을 자리를 찾지 못함");
        fs::remove_file(tree.0.join("src/a/README.md")).unwrap();
        tree.write("src/a/lib.rs", "lab::chapter! {\n    \"a\":\n}\n");
        tree.refuses("a", "my_probe", "README.md: 읽지 못함");
    }

    #[test]
    fn words_of_the_languages_are_no_names() {
        for (name, why) in [
            ("fn", "Rust"),
            ("gen", "Rust"),
            ("self", "Rust"),
            ("async", "Rust"),
            ("lambda", "Python"),
            ("std", "쓰는 이름"),
            ("test", "쓰는 이름"),
            ("lab", "쓰는 이름"),
            ("dicts", "쓰는 이름"),
            ("dict_probe", "이미 있는 실험"),
            ("Upper", "소문자"),
            ("1st", "소문자"),
            ("", "소문자"),
        ] {
            let told = refused(name);
            assert!(told.is_some_and(|w| w.contains(why)), "{name} {told:?}");
        }
        assert_eq!(refused("fn_probe"), None);
        // 표준 모듈의 이름은 Python에게 물음
        if sh::ask("python3", &["--version"]).is_some() {
            assert!(refused("pathlib").is_some());
        }
    }
}
