//! 실험 카드의 정적 HTML. 스크립트 없이도, 종이에서도 글로 읽혀야 함.

mod exercise;
mod form;
mod machine;
mod recorded;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use rust_lab::lab::{Ask, Bench, Entry, Python};
use serde::Serialize;
use serde_json::{Value, json};

use crate::highlight::escape;
use crate::{example, page, params};
use recorded::Recorded;

pub use exercise::exercise;

/// 카드가 놓인 쪽의 사정.
pub struct Context<'a> {
    /// 저장소의 뿌리.
    pub root: &'a Path,
    /// 장의 폴더 이름.
    pub folder: &'a Path,
    /// 쪽에서 책의 뿌리로: `../`.
    pub to_root: String,
    /// `실험 4-1`.
    pub label: String,
}

/// 「왜 그런가」의 마크다운 앞과 뒤에 놓을 HTML.
pub struct Card {
    pub head: String,
    pub tail: String,
}

/// 실험 하나의 카드.
pub fn experiment(name: &str, page: &Context) -> Result<Card> {
    let entry = rust_lab::find(name)
        .with_context(|| format!("`{name}`: 등록되지 않은 실험"))?;
    // 쪽은 자기 장의 WASM만 내려받음
    if page.folder != Path::new(entry.chapter) {
        bail!("`{name}`: {}의 실험이라 이 장에 놓을 수 없음", entry.chapter);
    }
    let recorded = Recorded::load(page, entry)?;
    let head = [
        opening(entry, page),
        prediction(entry),
        form::html(entry),
        bar(entry),
        results(recorded.as_ref()),
        "<details class=\"lab-part lab-why\" open>\
         <summary>왜 그런가</summary>"
            .to_owned(),
    ];
    let tail = [
        "</details>".to_owned(),
        "<div class=\"lab-part lab-replay\" hidden></div>\
         <div class=\"lab-part lab-timing\" hidden></div>"
            .to_owned(),
        implementations(entry, page)?,
        sources(entry, page)?,
        data(entry, page, recorded.as_ref())?,
        "</section>".to_owned(),
    ];
    Ok(Card { head: head.concat(), tail: tail.concat() })
}

fn opening(entry: &Entry, page: &Context) -> String {
    let name = entry.name;
    format!(
        "<section class=\"card lab-card\" id=\"{name}\" \
         data-chapter=\"{}\" aria-labelledby=\"{name}-question\">\
         <header class=\"lab-part lab-head\"><p class=\"lab-eyebrow\">\
         <span>{}</span> <code>{name}</code></p>\
         <p class=\"lab-question\" role=\"heading\" aria-level=\"3\" \
         id=\"{name}-question\">{}</p></header>",
        entry.chapter,
        escape(&page.label),
        escape(entry.experiment.question),
    )
}

fn prediction(entry: &Entry) -> String {
    let ask = &entry.experiment.prediction;
    let radio = |value: &str, label: &str| {
        format!(
            "<label><input type=\"radio\" name=\"{}-prediction\" \
             value=\"{}\">{}</label>",
            entry.name,
            escape(value),
            escape(label)
        )
    };
    let (unit, items, choices) = match ask.ask {
        Ask::Choices(choices) => {
            let all = choices.iter().map(|(value, label)| radio(value, label));
            ("", String::new(), all.collect())
        }
        Ask::Number { unit } => (
            unit,
            String::new(),
            format!(
                "<label class=\"lab-guess\"><input type=\"text\" \
                 inputmode=\"decimal\" autocomplete=\"off\" \
                 aria-label=\"내 예측\">{}</label>",
                escape(unit)
            ),
        ),
        Ask::Order(items) => {
            ("", order(items), radio("order", "이 차례로 예측"))
        }
    };
    format!(
        "<fieldset class=\"lab-part lab-predict\" data-unit=\"{}\">\
         <legend><span class=\"lab-step\">예측</span> {}</legend>{items}\
         <div class=\"lab-choices\">{choices}{}</div></fieldset>",
        escape(unit),
        escape(ask.text),
        radio("", "건너뛰기"),
    )
}

/// 차례를 맞힐 항목. 옮기는 버튼은 스크립트가 놓음.
fn order(items: &[(&str, &str)]) -> String {
    let items: String = items
        .iter()
        .map(|(value, label)| {
            let (value, label) = (escape(value), escape(label));
            format!("<li data-value=\"{value}\"><span>{label}</span></li>")
        })
        .collect();
    format!("<ol class=\"lab-order\">{items}</ol>")
}

fn bar(entry: &Entry) -> String {
    format!(
        "<div class=\"lab-part lab-bar\">\
         <div class=\"lab-buttons\">\
         <button type=\"button\" class=\"primary lab-run\" disabled \
         aria-describedby=\"{0}-gate\">실행</button>\
         <button type=\"button\" class=\"lab-stop\" disabled>중지</button>\
         <button type=\"button\" class=\"lab-reset\">처음으로</button>\
         <button type=\"button\" class=\"lab-share\">링크 복사</button>\
         <span class=\"lab-status\" role=\"status\"></span></div>\
         <p class=\"lab-hint lab-gate\" id=\"{0}-gate\">\
         예측을 고르거나 건너뛰면 실행할 수 있음</p>\
         <p class=\"lab-hint\">메모리 {1} MiB까지</p>\
         <progress class=\"lab-meter\" max=\"1\" aria-label=\"진행\" \
         hidden></progress></div>",
        entry.name, entry.experiment.memory_mib
    )
}

fn results(recorded: Option<&Recorded>) -> String {
    let record = match recorded {
        Some(recorded) => recorded.html(),
        None => "<p class=\"lab-part lab-recorded lab-hint\">기록된 결과가 \
                 아직 없음. 실행하면 이 기기의 결과가 나옴.</p>"
            .to_owned(),
    };
    format!(
        "<div class=\"lab-part lab-results\" hidden></div>{record}\
         <div class=\"lab-part lab-verdict\" aria-live=\"polite\" hidden>\
         </div>"
    )
}

fn implementations(entry: &Entry, page: &Context) -> Result<String> {
    let name = entry.name;
    let python = match entry.experiment.python {
        Python::None(reason) => {
            format!("<p>Python 대응물이 없음: {}</p>", escape(reason))
        }
        _ => {
            let start = format!("python3 src/{}/{name}.py", entry.chapter);
            format!("<p>터미널에서는:</p>{}", command(&start, "", ""))
        }
    };
    let bench = match entry.experiment.bench {
        Bench::Group => format!(
            "<p>Criterion으로 재려면:</p>{}",
            shell("", &format!("cargo bench -- {name}"))
        ),
        Bench::None(reason) => {
            format!("<p>벤치마크가 없음: {}</p>", escape(reason))
        }
    };
    Ok(format!(
        "<div class=\"lab-part lab-implementations\">{}{}{}{}{}</div>",
        panel(
            "compare",
            "세 구현",
            "<div class=\"lab-compare\"><p>같은 매개변수의 답과 체크섬이 \
             Rust(네이티브), Rust(WASM), Python에서 같아야 함. 실행하면 \
             여기에서 견줌.</p></div>",
        ),
        panel("code", "코드", &source::html(entry, page)?),
        machine::html(entry, page)?,
        panel("python", "Python 고쳐 보기", &python),
        panel(
            "native",
            "내 컴퓨터",
            &format!(
                "<p>저장소를 내려받은 폴더에서 실행하고, 나온 글을 붙이면 \
                 나란히 견줌.</p>{}{bench}",
                command(
                    &example::command(page.root, entry)?,
                    " --",
                    &format!("{} --json --measure", sample(entry)),
                )
            ),
        ),
    ))
}

fn panel(kind: &str, title: &str, body: &str) -> String {
    format!(
        "<div class=\"lab-panel\" data-panel=\"{kind}\">\
         <p class=\"lab-panel-title\">{title}</p>{body}</div>"
    )
}

/// 폼의 값에 따라 플래그가 붙는 명령: 시작, 플래그 앞의 구분, 꼬리.
fn command(start: &str, separator: &str, tail: &str) -> String {
    let attributes = format!(
        " data-start=\"{start}\" data-separator=\"{separator}\" \
         data-tail=\"{tail}\""
    );
    let separator = if tail.is_empty() { "" } else { separator };
    shell(&attributes, &format!("{start}{separator}{tail}"))
}

fn shell(attributes: &str, text: &str) -> String {
    format!(
        "<p class=\"lab-shell\"{attributes}><code>{}</code> \
         <button type=\"button\" class=\"lab-link lab-copy\">복사</button>\
         </p>",
        escape(text)
    )
}

/// NumPy로 쓴 판이 있을 자리.
pub fn numpy_file(root: &Path, entry: &Entry) -> PathBuf {
    root.join(format!("src/{}/{}_numpy.py", entry.chapter, entry.name))
}

fn sources(entry: &Entry, page: &Context) -> Result<String> {
    let to = format!("{}{}/{}", page.to_root, entry.chapter, entry.name);
    let name = entry.name;
    let mut python = match entry.experiment.python {
        Python::None(_) => String::new(),
        _ => format!(" · <a href=\"{to}.py\"><code>{name}.py</code></a>"),
    };
    if numpy_file(page.root, entry).exists() {
        python += &format!(
            " · <a href=\"{to}_numpy.py\"><code>{name}_numpy.py</code></a>"
        );
    }
    Ok(format!(
        "<footer class=\"lab-part lab-foot\"><p>원본 \
         <a href=\"{to}.rs\"><code>{name}.rs</code></a>{python}</p>{}\
         </footer>",
        command(&example::command(page.root, entry)?, " --", &sample(entry))
    ))
}

/// 엔진이 읽는 말: 카드의 명령은 그 보기로 시작함.
fn sample(entry: &Entry) -> String {
    let words = entry.table().words;
    words.map_or_else(String::new, |words| format!(" {}", words.sample))
}

/// 페이지의 스크립트가 읽는 자료.
fn data(
    entry: &Entry,
    page: &Context,
    recorded: Option<&Recorded>,
) -> Result<String> {
    #[derive(Serialize)]
    struct Data<'a> {
        name: &'a str,
        chapter: &'a str,
        measures: bool,
        python: Value,
        table: String,
        library: Vec<String>,
        /// NumPy 판이 있으면, 페이지가 그것을 돌릴 수 있는가.
        numpy: Option<bool>,
        recorded: Option<Value>,
    }
    let python = match entry.experiment.python {
        Python::Same => json!({ "kind": "same" }),
        Python::UpTo(limits) => {
            let limits: serde_json::Map<_, _> = limits
                .iter()
                .map(|(name, most)| (name.to_string(), json!(most)))
                .collect();
            json!({ "kind": "up_to", "limits": limits })
        }
        Python::None(reason) => json!({ "kind": "none", "reason": reason }),
    };
    let data = Data {
        name: entry.name,
        chapter: entry.chapter,
        measures: entry.experiment.measure.is_some(),
        python,
        table: params::render(entry)?,
        library: library(&page.root.join("src"), entry)?,
        numpy: numpy_file(page.root, entry)
            .exists()
            .then(|| page::has_numpy(page.root)),
        recorded: recorded.map(Recorded::data),
    };
    Ok(script(&serde_json::to_string(&data)?))
}

/// `<`가 없으면 태그로 읽힐 일도 없음.
fn script(json: &str) -> String {
    format!(
        "<script type=\"application/json\" class=\"lab-data\">{}</script>",
        json.replace('<', "\\u003c")
    )
}

/// Python 대응물이 들여오는 파일과, 그것이 다시 들여오는 파일.
fn library(src: &Path, entry: &Entry) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for file in fs::read_dir(src.join("lab"))? {
        let name = file?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".py") {
            files.push(format!("lab/{name}"));
        }
    }
    files.sort();
    let mut waiting = vec![format!("{}/{}.py", entry.chapter, entry.name)];
    while let Some(file) = waiting.pop() {
        for file in imports(src, &file)? {
            if !files.contains(&file) {
                files.push(file.clone());
                waiting.push(file);
            }
        }
    }
    Ok(files)
}

/// 이 파일이 `from 장.이름 import …`로 들여오는 파일. 대응물이 없는 실험도
/// 있음.
fn imports(src: &Path, file: &str) -> Result<Vec<String>> {
    let path = src.join(file);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(path)?;
    let modules = text.lines().filter_map(|line| {
        line.trim_start().strip_prefix("from ")?.split_whitespace().next()
    });
    let files =
        modules.map(|module| format!("{}.py", module.replace('.', "/")));
    // 곁의 글: Path(__file__).with_name("endings.txt")
    let beside = text.split("with_name(\"").skip(1).filter_map(|rest| {
        let name = rest.split('"').next()?;
        Some(format!("{}/{name}", Path::new(file).parent()?.display()))
    });
    let files = files.chain(beside);
    Ok(files.filter(|file| src.join(file).is_file()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 들여오는 파일이 하나라도 빠지면 페이지의 Python이 멈춤.
    #[test]
    fn the_library_follows_imports() {
        let src = crate::book::root().unwrap().join("src");
        let of = |name| library(&src, rust_lab::find(name).unwrap()).unwrap();
        let files = of("heap_topk");
        for file in
            ["lab/cli.py", "pure_python/algo_first.py", "dicts/dict_probe.py"]
        {
            assert!(files.iter().any(|each| each == file), "{file}");
        }
        let files = of("word_automaton");
        assert!(files.iter().any(|file| file == "memory/endings.txt"));
        let alone = of("string_build");
        assert!(alone.iter().all(|file| file.starts_with("lab/")));
    }
}
