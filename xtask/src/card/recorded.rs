//! 기록된 결과: 스크립트가 없어도 보이는 표.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use rust_lab::lab::report::{Axis, Badge, Cell, Chart, Column, Point, Table};
use rust_lab::lab::{Entry, Report, View, format};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::highlight::escape;

/// `data/measured/<이름>.json`.
#[derive(Deserialize)]
pub struct Recorded {
    machine: String,
    date: String,
    commit: String,
    command: String,
    report: Report,
}

impl Recorded {
    pub fn load(root: &Path, entry: &Entry) -> Result<Option<Self>> {
        let path = format!("data/measured/{}.json", entry.name);
        let Ok(text) = fs::read_to_string(root.join(&path)) else {
            return Ok(None);
        };
        serde_json::from_str(&text)
            .with_context(|| format!("{path}을 읽지 못함"))
            .map(Some)
    }

    pub fn html(&self) -> String {
        let views: String = self.report.views.iter().map(view).collect();
        let commit: String = self.commit.chars().take(8).collect();
        format!(
            "<details class=\"lab-part lab-recorded\" open><summary>기록된 \
             결과 <span class=\"lab-hint\">{} · {}</span></summary>{views}\
             <p class=\"lab-hint\"><code>{}</code> · 커밋 {}</p></details>",
            escape(&self.machine),
            escape(&self.date),
            escape(&self.command),
            escape(&commit),
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
        json!({
            "machine": self.machine,
            "date": self.date,
            "params": self.report.params,
            "answers": self.report.answers,
            "checksum": self.report.checksum,
            "charts": charts,
            "timings": [],
        })
    }
}

fn view(view: &View) -> String {
    match view {
        View::Table(each) => table(each),
        View::Chart(chart) => table(&as_table(chart)),
        View::Trace(trace) => format!(
            "<p class=\"lab-note\">{}: 장면 {}개. 실행하면 한 단계씩 볼 수 \
             있음.</p>",
            escape(&trace.title),
            format::int(trace.frames.len() as u64)
        ),
        View::Text(text) => format!(
            "<figure class=\"lab-view\">{}<pre><code>{}</code></pre>\
             </figure>",
            caption(&text.title, text.badge),
            escape(&text.lines.join("\n"))
        ),
        View::Note(note) => {
            format!("<p class=\"lab-note\">{}</p>", escape(&note.text))
        }
    }
}

fn caption(title: &str, badge: Badge) -> String {
    let class = match badge {
        Badge::Exact => "lab-exact",
        Badge::Model => "lab-model",
        Badge::Measured => "lab-measured",
    };
    format!(
        "<figcaption class=\"lab-caption\"><span class=\"lab-badge {class}\">\
         {}</span><b>{}</b></figcaption>",
        badge.label(),
        escape(title)
    )
}

fn table(table: &Table) -> String {
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
    format!(
        "<figure class=\"lab-view\">{}<div class=\"lab-scroll\" \
         tabindex=\"0\" role=\"group\" aria-label=\"{}\">\
         <table class=\"lab-table\"><thead><tr>{head}</tr></thead>\
         <tbody>{rows}</tbody></table></div></figure>",
        caption(&table.title, table.badge),
        escape(&table.title)
    )
}

/// 그래프와 같은 내용의 표. 위치마다 한 줄, 묶음마다 한 열.
fn as_table(chart: &Chart) -> Table {
    let sideways = chart.y.categories.is_some();
    let (pos, val) = match sideways {
        true => (&chart.y, &chart.x),
        false => (&chart.x, &chart.y),
    };
    let at = |point: &Point| if sideways { point.y } else { point.x };
    let mut stops: Vec<f64> = chart
        .series
        .iter()
        .flat_map(|series| series.points.iter().map(at))
        .collect();
    stops.sort_by(f64::total_cmp);
    stops.dedup();
    let first = match pos.categories {
        Some(_) => Column::text(&pos.label),
        None => Column::number(&pos.label, &pos.unit),
    };
    let columns = std::iter::once(first)
        .chain(chart.series.iter().map(|series| {
            let label = match series.name.as_str() {
                "" => &val.label,
                name => name,
            };
            Column::number(label, &val.unit)
        }))
        .collect();
    let rows = stops
        .iter()
        .map(|&stop| {
            let value = |point: &Point| {
                let value = if sideways { point.x } else { point.y };
                spread(value, point)
            };
            let cells = chart.series.iter().map(|series| {
                let found = series.points.iter().find(|p| at(p) == stop);
                found.map_or("–".to_owned(), value).into()
            });
            std::iter::once(position(pos, stop)).chain(cells).collect()
        })
        .collect();
    let title = chart.title.clone();
    Table { title, badge: chart.badge, columns, rows }
}

fn position(axis: &Axis, stop: f64) -> Cell {
    let name = axis.categories.as_ref().and_then(|c| c.get(stop as usize));
    match name {
        Some(name) => name.as_str().into(),
        None => number(stop).into(),
    }
}

fn spread(value: f64, point: &Point) -> String {
    let value = number(value);
    match (point.low, point.high) {
        (Some(low), Some(high)) => {
            format!("{value} ({}–{})", number(low), number(high))
        }
        _ => value,
    }
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return format::fixed(value, 0);
    }
    format::significant(value)
}
