//! 실험이 있어야 할 모든 자리에 있는가. 없는 것은 까닭이 선언되어야 함.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use rust_lab::lab::host::Quiet;
use rust_lab::lab::{
    Ask, Bench, Ctx, Entry, Kind, Python, Report, Scope, View,
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn source(entry: &Entry, extension: &str) -> PathBuf {
    Path::new("src")
        .join(entry.chapter)
        .join(format!("{}.{extension}", entry.name))
}

/// 돌려 볼 실험들. 뼈대의 시험은 새 실험의 이름만 말함: 나머지는 이미 봄.
fn runnable() -> impl Iterator<Item = &'static Entry> {
    let only = std::env::var("REGISTRY_ONLY").ok();
    rust_lab::entries()
        .filter(move |entry| only.as_deref().is_none_or(|n| n == entry.name))
}

/// 실험마다 기본값으로 한 번씩.
static DEFAULTS: LazyLock<Vec<(&Entry, Report)>> = LazyLock::new(|| {
    let run = |entry: &'static Entry| {
        let mut ctx = Ctx::new(&Quiet, Scope::Browser);
        let report = entry.run(&entry.table().defaults(), &mut ctx).unwrap();
        (entry, report)
    };
    let all: Vec<_> = runnable().map(run).collect();
    assert!(!all.is_empty(), "돌려 본 실험이 없음");
    all
});

/// 까닭은 문장이어야 함: 빈 말로 빠져나갈 수 없음.
fn is_reason(text: &str) -> bool {
    text.chars().count() >= 10
}

/// 폴더에 있는 파일의 이름에서 확장자를 뺀 것.
fn stems(folder: &str) -> BTreeSet<String> {
    fs::read_dir(root().join(folder))
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            path.file_stem().unwrap().to_string_lossy().into_owned()
        })
        .collect()
}

#[test]
fn every_experiment_has_its_files() {
    for entry in rust_lab::entries() {
        let name = entry.name;
        let example = read(format!("examples/{name}.rs"));
        let main = format!("main({}::ENTRIES, \"{name}\")", entry.chapter);
        assert!(example.contains(&main), "{name}");
        assert!(read(source(entry, "rs")).contains("// ANCHOR: kernel"));
        match entry.experiment.python {
            Python::None(why) => assert!(is_reason(why), "{name}"),
            _ => {
                let python = read(source(entry, "py"));
                assert!(python.contains("# ANCHOR: kernel"), "{name}");
                assert!(
                    root().join(format!("data/golden/{name}.json")).exists(),
                    "{name}: cargo book golden {name}"
                );
            }
        }
        match entry.experiment.bench {
            Bench::None(why) => assert!(is_reason(why), "{name}"),
            Bench::Group => {
                let benches = read(format!("benches/{}.rs", entry.chapter));
                assert!(benches.contains(&format!("fn {name}(")), "{name}");
                assert!(benches.contains(&format!("    {name}(c);")));
            }
        }
    }
}

#[test]
fn every_experiment_is_told_in_the_prose() {
    for entry in rust_lab::entries() {
        let name = entry.name;
        let prose = read(format!("src/{}/README.md", entry.chapter));
        assert!(
            prose.contains(&format!("{{{{#experiment {name}}}}}")),
            "{name}: 실험 카드가 없음"
        );
        assert!(prose.contains(&format!("`{name}`")), "{name}: 글이 없음");
        let open = format!("<!-- why {name} -->");
        let why = prose
            .split_once(&open)
            .and_then(|(_, rest)| rest.split_once("<!-- /why -->"))
            .map(|(why, _)| why.trim());
        assert!(why.is_some_and(is_reason), "{name}: 왜 그런가가 없음");
    }
}

#[test]
fn nothing_is_left_behind() {
    let names: BTreeSet<String> =
        rust_lab::entries().map(|entry| entry.name.to_owned()).collect();
    for folder in ["examples", "data/golden", "data/params"] {
        let extra: Vec<_> =
            stems(folder).difference(&names).cloned().collect();
        assert!(extra.is_empty(), "{folder}: {extra:?}");
    }
    assert_eq!(names.len(), rust_lab::entries().count(), "이름이 겹침");
}

#[test]
fn declarations_make_sense() {
    // 터미널이 모든 예제에서 쓰는 이름
    const COMMON: [&str; 6] =
        ["help", "json", "measure", "progress", "python", "steps"];
    for entry in rust_lab::entries() {
        let name = entry.name;
        assert!(entry.experiment.question.starts_with('왜'), "{name}");
        assert!(entry.experiment.question.ends_with('?'), "{name}");
        if let Ask::Choices(items) | Ask::Order(items) =
            entry.experiment.prediction.ask
        {
            assert!(items.len() >= 2, "{name}");
        }
        let table = entry.table();
        for scope in [Scope::Browser, Scope::Native] {
            let defaults: Vec<(&str, String)> = table
                .fields
                .iter()
                .map(|field| (field.name, field.default.to_string()))
                .collect();
            let pairs = defaults.iter().map(|(n, v)| (*n, v.as_str()));
            let parsed = table.parse(pairs, scope);
            assert_eq!(parsed.unwrap(), table.defaults(), "{name}");
        }
        for field in &table.fields {
            assert!(!field.label.is_empty(), "{name}.{}", field.name);
            assert!(!COMMON.contains(&field.name), "{name}.{}", field.name);
            if let Kind::Int { browser, native, log } = field.kind {
                assert!(native.0 <= browser.0 && browser.1 <= native.1);
                assert!(browser.0 < browser.1, "{name}.{}", field.name);
                let many = browser.1 / browser.0.max(1) >= 100;
                assert!(!log || many, "{name}.{}: 로그가 뜻 없음", field.name);
            }
        }
    }
}

#[test]
fn the_default_run_answers_its_prediction() {
    for (entry, report) in &*DEFAULTS {
        assert!(!report.views.is_empty(), "{}", entry.name);
        assert!(!report.answers.is_empty(), "{}", entry.name);
        let Some(verdict) = &report.verdict else { continue };
        assert!(!verdict.sentence.is_empty(), "{}", entry.name);
        // 시간을 묻는 예측만 재기 전에는 정답이 없음
        if verdict.is_pending() {
            assert!(entry.experiment.measure.is_some(), "{}", entry.name);
            continue;
        }
        match entry.experiment.prediction.ask {
            Ask::Choices(choices) => {
                let choice = verdict.choice.as_deref().unwrap();
                assert!(choices.iter().any(|(value, _)| *value == choice));
            }
            Ask::Order(items) => {
                let asked = items.iter().map(|(value, _)| *value);
                let order = verdict.order.as_ref().unwrap();
                assert!(
                    !asked.clone().eq(order.iter().map(String::as_str)),
                    "{}: 물은 차례가 곧 정답임",
                    entry.name
                );
                let asked: BTreeSet<&str> = asked.collect();
                let order = order.iter().map(String::as_str);
                assert_eq!(asked, order.collect(), "{}", entry.name);
            }
            Ask::Number { .. } => assert!(verdict.number.is_some()),
        }
    }
}

/// 재생의 장면과 원본의 `// step:` 표시가 서로를 빠짐없이 가리킴.
#[test]
fn trace_steps_and_source_lines_match() {
    for (entry, report) in &*DEFAULTS {
        let text = read(source(entry, "rs"));
        let kernel = text
            .split_once("// ANCHOR: kernel")
            .and_then(|(_, rest)| rest.split_once("// ANCHOR_END: kernel"))
            .map(|(kernel, _)| kernel)
            .unwrap();
        let marked: BTreeSet<&str> = kernel
            .lines()
            .filter_map(|line| line.split_once("// step: "))
            // 재생이 가리킬 코드가 표시와 같은 줄에 있어야 함
            .inspect(|(code, tag)| assert!(!code.trim().is_empty(), "{tag}"))
            .map(|(_, tag)| tag.trim())
            .collect();
        let played: BTreeSet<&str> = report
            .views
            .iter()
            .filter_map(|view| match view {
                View::Trace(trace) => Some(&trace.frames),
                _ => None,
            })
            .flatten()
            .map(|frame| frame.step.as_str())
            .collect();
        assert_eq!(marked, played, "{}", entry.name);
    }
}
