//! 기록된 결과: 스크립트가 없어도 보이는 표.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use rust_lab::lab::report::{Badge, Cell, Chart, Column, Table};
use rust_lab::lab::{Entry, Report, View, format};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Context;
use crate::highlight::escape;
use crate::preprocess::MEASURED;

/// `data/measured/<이름>.json`.
#[derive(Deserialize)]
pub struct Recorded {
    machine: String,
    /// 이 항목이 생기기 전의 기록에는 없음.
    #[serde(default)]
    cpu_flags: Vec<String>,
    /// 제 것이 없을 때, 같은 기계의 다른 기록들이 말하는 것.
    #[serde(skip)]
    other_flags: Vec<String>,
    compiler: String,
    date: String,
    commit: String,
    command: String,
    report: Report,
    /// 같은 매개변수로 돌린 대응물. 없는 실험도 있음.
    python: Option<Counterpart>,
    numpy: Option<String>,
    /// 책 안의 원본 JSON으로 가는 길.
    #[serde(skip)]
    raw: String,
}

#[derive(Deserialize)]
struct Counterpart {
    params: Value,
    answers: Value,
    checksum: Option<String>,
    #[serde(default)]
    timings: Vec<Value>,
    /// 이름과 바이트. 없는 실험이 많음.
    #[serde(default)]
    sizes: BTreeMap<String, u64>,
    /// 잰 것에 덧붙인 말.
    #[serde(default)]
    notes: Vec<String>,
    env: Runtime,
}

#[derive(Deserialize)]
struct Runtime {
    runtime: String,
    version: String,
}

impl Recorded {
    pub fn load(page: &Context, entry: &Entry) -> Result<Option<Self>> {
        let path = format!("data/measured/{}.json", entry.name);
        let Ok(text) = fs::read_to_string(page.root.join(&path)) else {
            return Ok(None);
        };
        let mut recorded: Self = serde_json::from_str(&text)
            .with_context(|| format!("{path}을 읽지 못함"))?;
        recorded.raw =
            format!("{}{}/{}.json", page.to_root, MEASURED, entry.name);
        if recorded.cpu_flags.is_empty() {
            recorded.other_flags =
                flags_of(&recorded.machine, cpus(page.root));
        }
        Ok(Some(recorded))
    }

    pub fn html(&self) -> String {
        let id = format!("{}-origin", self.report.name);
        let table = |each: &Table| table(each, &id);
        let views: String =
            self.report.views.iter().map(|each| view(each, &table)).collect();
        let sizes = self.python.as_ref().and_then(Counterpart::sizes);
        let measured =
            self.report.views.iter().any(measured) || sizes.is_some();
        let machine = match measured {
            true => self.machine.as_str(),
            false => "정확한 값과 모형이라 기계와 상관없음",
        };
        let sizes = sizes.as_ref().map(table).unwrap_or_default();
        let notes = self.python.as_ref().map(Counterpart::notes);
        let notes = notes.unwrap_or_default();
        let origin = self.origin(&id, machine, measured);
        let commit: String = self.commit.chars().take(8).collect();
        format!(
            "<details class=\"lab-part lab-recorded\" open><summary>기록된 \
             결과 <span class=\"lab-hint\">{0} · <time datetime=\"{1}\">{1}\
             </time></span></summary>{views}{sizes}{notes}<p class=\"lab-hint\">\
             <code>{2}</code> · 커밋 {3}</p></details>{origin}",
            escape(machine),
            escape(&self.date),
            shell_words(&self.command),
            escape(&commit),
        )
    }

    /// 수의 출처: 기록에 있는 것만 말함.
    fn origin(&self, id: &str, machine: &str, measured: bool) -> String {
        let env = &self.report.env;
        let python =
            self.python.as_ref().map(|Counterpart { env, .. }| {
                format!("{} {}", env.runtime, env.version)
            });
        let flags = match (&self.cpu_flags[..], &self.other_flags[..]) {
            _ if !measured => None,
            ([], []) => None,
            ([], other) => Some(format!(
                "{} (같은 기계의 다른 기록에서)",
                other.join(" ")
            )),
            (own, _) => Some(own.join(" ")),
        };
        let rows = [
            ("기계", Some(machine.to_owned())),
            ("CPU 명령", flags),
            ("빌드", Some(format!("{}, {}", env.build, env.simd))),
            ("컴파일러", Some(self.compiler.clone())),
            ("파이썬", python),
            ("NumPy", self.numpy.clone()),
            ("날짜", Some(self.date.clone())),
            ("커밋", Some(self.commit.clone())),
        ];
        let rows = rows.iter().filter_map(|(label, text)| {
            let text = escape(text.as_deref()?);
            Some(format!("<div><dt>{label}</dt><dd>{text}</dd></div>"))
        });
        format!(
            "<aside class=\"lab-origin\" id=\"{id}\" popover role=\"note\" \
             aria-label=\"이 수의 출처\"><dl>{}<div><dt>명령</dt><dd><code>\
             {}</code></dd></div></dl><p><a href=\"{}\">원본 JSON</a></p>\
             </aside>",
            rows.collect::<String>(),
            shell_words(&self.command),
            escape(&self.raw),
        )
    }

    /// 페이지가 세 구현을 견줄 때 쓰는 것만.
    pub fn data(&self) -> Value {
        let charts: Vec<&Chart> = self
            .report
            .views
            .iter()
            .filter_map(|view| match view {
                View::Chart(chart) => Some(chart),
                _ => None,
            })
            .filter(|chart| chart.badge == Badge::Measured)
            .collect();
        let native = json!({
            "title": "네이티브 · 기록",
            "outcome": {
                "params": self.report.params,
                "answers": self.report.answers,
                "checksum": self.report.checksum,
                "charts": charts,
                "timings": [],
            },
        });
        let python = self.python.as_ref().map(Counterpart::data);
        let columns: Vec<Value> =
            std::iter::once(native).chain(python).collect();
        json!({
            "machine": self.machine,
            "date": self.date,
            "columns": columns,
        })
    }
}

impl Counterpart {
    /// 여러 줄인 것은 프로파일이나 바이트코드의 표라 줄을 그대로 둠.
    fn notes(&self) -> String {
        let note = |text: &String| match text.trim_end().split_once('\n') {
            Some((head, rest)) => format!(
                "<p class=\"lab-hint\">파이썬 · {}</p><pre class=\"lab-output\" \
                 tabindex=\"0\" role=\"region\" aria-label=\"{0}\">{}</pre>",
                escape(head.trim_end_matches(':')),
                escape(rest)
            ),
            None => {
                format!("<p class=\"lab-hint\">파이썬 · {}</p>", escape(text))
            }
        };
        self.notes.iter().map(note).collect()
    }

    /// 파이썬의 객체가 차지한 바이트: 작은 것부터.
    fn sizes(&self) -> Option<Table> {
        let Runtime { runtime, version } = &self.env;
        let mut sizes: Vec<(&String, u64)> =
            self.sizes.iter().map(|(name, &bytes)| (name, bytes)).collect();
        sizes.sort_by_key(|&(_, bytes)| bytes);
        let row = |(name, bytes): (&String, u64)| {
            vec![
                Cell { text: name.clone(), value: None },
                Cell { text: format::int(bytes), value: Some(bytes as f64) },
            ]
        };
        (!sizes.is_empty()).then(|| Table {
            title: format!("파이썬에서 잰 크기: {runtime} {version}"),
            badge: Badge::Measured,
            columns: vec![
                Column::text("객체"),
                Column::number("크기", "바이트"),
            ],
            rows: sizes.into_iter().map(row).collect(),
        })
    }

    fn data(&self) -> Value {
        let Runtime { runtime, version } = &self.env;
        json!({
            "title": format!("{runtime} {version} · 기록"),
            "outcome": {
                "params": self.params,
                "answers": self.answers,
                "checksum": self.checksum,
                "charts": [],
                "timings": self.timings,
            },
        })
    }
}

/// 기계에 따라 달라지는 볼 것인가.
fn measured(view: &View) -> bool {
    let badge = match view {
        View::Table(each) => each.badge,
        View::Chart(each) => each.badge,
        View::Trace(each) => each.badge,
        View::Timeline(each) => each.badge,
        View::Tree(each) => each.badge,
        View::Image(each) => each.badge,
        View::Text(each) => each.badge,
        View::Machine(_) => Badge::Measured,
        View::Note(_) => return false,
    };
    badge == Badge::Measured
}

fn view(view: &View, table: &dyn Fn(&Table) -> String) -> String {
    match view {
        View::Table(each) => table(each),
        // 잰 그림은 같은 값의 표와 함께 옴. 나머지 그림은 기록하지 않음
        View::Chart(_)
        | View::Trace(_)
        | View::Timeline(_)
        | View::Tree(_)
        | View::Image(_) => String::new(),
        View::Machine(machine) => table(&machine.table()),
        View::Text(text) => format!(
            "<figure class=\"lab-view\">{}<pre><code>{}</code></pre>\
             </figure>",
            caption(&text.title, text.badge, ""),
            escape(&text.lines.join("\n"))
        ),
        View::Note(note) => {
            format!("<p class=\"lab-note\">{}</p>", escape(&note.text))
        }
    }
}

fn caption(title: &str, badge: Badge, after: &str) -> String {
    let class = match badge {
        Badge::Exact => "lab-exact",
        Badge::Model => "lab-model",
        Badge::Measured => "lab-measured",
    };
    format!(
        "<figcaption class=\"lab-caption\"><span class=\"lab-badge {class}\">\
         {}</span><b>{}</b>{after}</figcaption>",
        badge.label(),
        escape(title)
    )
}

/// `origin`은 이 표의 수가 어디에서 왔는지 말하는 창의 id.
fn table(table: &Table, origin: &str) -> String {
    let align = |column: Option<&Column>| match column {
        Some(column) if column.numeric => " class=\"lab-num\"",
        _ => "",
    };
    let head: String = table
        .columns
        .iter()
        .map(|column| {
            let unit = match &column.unit {
                Some(unit) => format!(
                    " <span class=\"lab-unit\">{}</span>",
                    escape(unit)
                ),
                None => String::new(),
            };
            format!(
                "<th scope=\"col\"{}>{}{unit}</th>",
                align(Some(column)),
                escape(&column.label)
            )
        })
        .collect();
    let row = |cells: &Vec<Cell>| -> String {
        let cells = cells.iter().enumerate().map(|(i, cell)| {
            let class = align(table.columns.get(i));
            let text = escape(&cell.text);
            match i {
                0 => format!("<th scope=\"row\"{class}>{text}</th>"),
                _ => format!("<td{class}>{text}</td>"),
            }
        });
        format!("<tr>{}</tr>", cells.collect::<String>())
    };
    let rows: String = table.rows.iter().map(row).collect();
    let origin = format!(
        "<button type=\"button\" class=\"lab-link\" \
         popovertarget=\"{origin}\" aria-label=\"{}: 출처\">출처</button>",
        escape(&table.title)
    );
    format!(
        "<figure class=\"lab-view lab-view-table\">{}\
         <div class=\"lab-scroll\" tabindex=\"0\" role=\"group\" \
         aria-label=\"{}\"><table class=\"lab-table\"><thead>\
         <tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></figure>",
        caption(&table.title, table.badge, &origin),
        escape(&table.title)
    )
}

/// 줄을 바꾸는 자리가 낱말 사이뿐인 명령: `--json`이 `--`에서 끊기지 않음.
fn shell_words(command: &str) -> String {
    let word = |word: &str| match word.starts_with('-') {
        true => format!("<span>{}</span>", escape(word)),
        false => escape(word),
    };
    command.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// 기록 하나가 제 기계를 말하는 부분.
#[derive(Deserialize)]
struct Cpu {
    machine: String,
    #[serde(default)]
    cpu_flags: Vec<String>,
}

fn cpus(root: &Path) -> impl Iterator<Item = Cpu> {
    let files = fs::read_dir(root.join("data/measured"));
    files.into_iter().flatten().flatten().filter_map(|file| {
        serde_json::from_slice(&fs::read(file.path()).ok()?).ok()
    })
}

/// 같은 이름의 기계를 말하는 기록들의 CPU 명령. 서로 다르면 비어 있음.
fn flags_of(machine: &str, cpus: impl Iterator<Item = Cpu>) -> Vec<String> {
    let all: BTreeSet<Vec<String>> = cpus
        .filter(|cpu| cpu.machine == machine && !cpu.cpu_flags.is_empty())
        .map(|cpu| cpu.cpu_flags)
        .collect();
    match all.len() {
        1 => all.into_iter().flatten().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn html(name: &str) -> String {
        let root = crate::book::root().unwrap();
        let entry = rust_lab::find(name).unwrap();
        let page = Context {
            root: &root,
            folder: Path::new(entry.chapter),
            to_root: "../".to_owned(),
            label: String::new(),
        };
        Recorded::load(&page, entry).unwrap().unwrap().html()
    }

    /// 잰 것이 없는데 기계를 적으면 잰 것으로 읽힘.
    #[test]
    fn only_measured_results_name_the_machine() {
        let alone = html("scale_out");
        assert!(alone.contains("기계와 상관없음"), "{alone}");
        assert!(!alone.contains("논리 코어"), "{alone}");
        assert!(html("distinct_count").contains("논리 코어"));
    }

    /// 기록에 없는 것은 지어내지 않고, 원본은 책 안에 있음.
    #[test]
    fn the_origin_says_what_the_record_holds() {
        let text = html("distinct_count");
        let (_, origin) = text.split_once("<aside").unwrap();
        for part in
            ["rustc 1.", "CPython 3.", "cargo run", "논리 코어", "<dt>날짜"]
        {
            assert!(origin.contains(part), "{part}: {origin}");
        }
        let raw = "href=\"../_assets/measured/distinct_count.json\"";
        assert!(origin.contains(raw), "{origin}");
        let mut old: Value = serde_json::from_str(OLD).unwrap();
        let bare: Recorded = serde_json::from_value(old.clone()).unwrap();
        assert!(!bare.origin("x", "기계", true).contains("CPU 명령"));
        let other = Recorded { other_flags: vec!["fma".into()], ..bare };
        let shown = other.origin("x", "기계", true);
        assert!(shown.contains("fma (같은 기계의 다른 기록에서)"), "{shown}");
        assert!(!other.origin("x", "기계", false).contains("CPU 명령"));
        old["cpu_flags"] = json!(["avx2", "fma"]);
        let full: Recorded = serde_json::from_value(old).unwrap();
        let shown = full.origin("x", "기계", true);
        assert!(shown.contains("<dd>avx2 fma</dd>"), "{shown}");
    }

    /// 기계 하나의 기록들이 말이 다르면 어느 것도 빌려 오지 않음.
    #[test]
    fn flags_are_borrowed_where_all_records_agree() {
        let flags = |machine: &str, records: &[(&str, &[&str])]| {
            let cpus = records.iter().map(|(machine, flags)| Cpu {
                machine: machine.to_string(),
                cpu_flags: flags.iter().map(|f| f.to_string()).collect(),
            });
            flags_of(machine, cpus)
        };
        let mut records: Vec<(&str, &[&str])> =
            vec![("갑", &["avx2"]), ("을", &["neon"]), ("갑", &[])];
        assert_eq!(flags("갑", &records), ["avx2"]);
        assert!(flags("병", &records).is_empty());
        records.push(("갑", &["avx2", "fma"]));
        assert!(flags("갑", &records).is_empty());
    }

    /// `cpu_flags`와 `numpy`가 생기기 전의 기록.
    const OLD: &str = r#"{
        "machine": "기계", "compiler": "rustc", "date": "2026-11-22",
        "commit": "0", "command": "cargo run", "python": null,
        "report": {"schema": 1, "name": "x", "params": {}, "answers": {},
            "checksum": null, "verdict": null, "views": [], "notes": [],
            "env": {"runtime": "native", "version": "0.1.0", "cpu": "",
                "threads": 1, "simd": "SSE2", "clock_step_ns": 1.0,
                "build": "release"}}
    }"#;

    #[test]
    fn sizes_in_python_are_a_table() {
        let html = html("distinct_count");
        let at = |text: &str| html.find(text).expect(text);
        let title = at("파이썬에서 잰 크기: CPython");
        let small = at("<th scope=\"row\">레지스터의 bytearray</th>");
        let large = at("<td class=\"lab-num\">4,194,520</td>");
        assert!(title < small && small < large);
    }
}
