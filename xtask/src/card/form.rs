//! 매개변수 폼. 범위는 페이지의 것을 보임.

use rust_lab::lab::params::{Field, Kind};
use rust_lab::lab::{Entry, Scope, Value, format};

use crate::highlight::escape;

/// 값이 이보다 넓게 퍼지면 고른 눈금의 슬라이더로는 맞출 수 없음.
const WIDEST_SLIDER: u64 = 10_000;
/// 이보다 긴 수는 이름 옆의 칸에 들어가지 않음: 4,294,967,295의 글자 수.
const WIDEST_NUMBER: usize = 13;
/// 로그 슬라이더의 눈금 수.
const LOG_STEPS: u32 = 1_000;

pub fn html(entry: &Entry) -> String {
    let table = entry.table();
    let fields: String =
        table.fields.iter().map(|each| field(entry.name, each)).collect();
    format!(
        "<form class=\"lab-part lab-params\" novalidate \
         autocomplete=\"off\"><p class=\"lab-step\">매개변수</p>\
         <div class=\"lab-fields\">{fields}</div></form>"
    )
}

fn field(experiment: &str, field: &Field) -> String {
    let id = format!("{experiment}-{}", field.name);
    let about = format!("aria-describedby=\"{id}-hint {id}-error\"");
    let (extra, control) = match &field.kind {
        Kind::Int { browser, log, .. } => {
            number(field, &id, &about, *browser, *log)
        }
        Kind::Real { span: (low, high) } => {
            let control = line(field, &id, &about, "decimal", "");
            let span = format!(" data-low=\"{low}\" data-high=\"{high}\"");
            (span, control)
        }
        Kind::Text { limit, examples } => {
            let options: String = examples
                .iter()
                .map(|text| {
                    format!("<option value=\"{}\"></option>", escape(text))
                })
                .collect();
            let more = format!(
                " maxlength=\"{limit}\" list=\"{id}-list\" \
                 spellcheck=\"false\" autocapitalize=\"off\""
            );
            let control = line(field, &id, &about, "text", &more);
            let control = format!(
                "{control}<datalist id=\"{id}-list\">{options}</datalist>"
            );
            (" data-text".to_owned(), control)
        }
        Kind::Bool => {
            let on = field.default == Value::Bool(true);
            let checked = if on { " checked" } else { "" };
            let name = field.name;
            let control = format!(
                "<input type=\"checkbox\" id=\"{id}\" \
                 name=\"{name}\"{checked} {about}>"
            );
            (String::new(), control)
        }
        Kind::Choice { choices } => {
            let options: String = choices
                .iter()
                .map(|choice| {
                    let chosen = field.default.to_string() == choice.value;
                    format!(
                        "<option value=\"{}\"{}>{}</option>",
                        escape(choice.value),
                        if chosen { " selected" } else { "" },
                        escape(choice.label)
                    )
                })
                .collect();
            let name = field.name;
            let control = format!(
                "<select id=\"{id}\" name=\"{name}\" {about}>{options}\
                 </select>"
            );
            (String::new(), control)
        }
    };
    format!(
        "<div class=\"lab-field\" data-name=\"{}\" data-default=\"{}\"\
         {extra}><label for=\"{id}\">{}</label>{control}\
         <p class=\"lab-hint\" id=\"{id}-hint\">{}</p>\
         <p class=\"lab-error\" id=\"{id}-error\" role=\"alert\" hidden></p>\
         </div>",
        field.name,
        escape(&field.default.to_string()),
        escape(field.label),
        escape(&hint(field)),
    )
}

fn hint(field: &Field) -> String {
    let mut parts = Vec::new();
    if !matches!(field.kind, Kind::Bool | Kind::Choice { .. }) {
        parts.push(field.range_text(Scope::Browser));
    }
    if let Kind::Int { log: true, .. } = field.kind {
        parts.push("로그 눈금".to_owned());
    }
    if !field.hint.is_empty() {
        parts.push(field.hint.to_owned());
    }
    parts.join(" · ")
}

/// 글자를 적는 한 줄.
fn line(
    field: &Field,
    id: &str,
    about: &str,
    mode: &str,
    more: &str,
) -> String {
    format!(
        "<input type=\"text\" inputmode=\"{mode}\" id=\"{id}\" \
         name=\"{}\" value=\"{}\"{more} {about}>",
        field.name,
        escape(&field.default.to_string()),
    )
}

fn number(
    field: &Field,
    id: &str,
    about: &str,
    (low, high): (u64, u64),
    log: bool,
) -> (String, String) {
    let value = match field.default {
        Value::Int(n) => n,
        _ => low,
    };
    let kind = if log { " data-log" } else { "" };
    let long = match format::int(high).len() > WIDEST_NUMBER {
        true => " data-long",
        false => "",
    };
    let extra = format!(
        " data-numeric data-low=\"{low}\" data-high=\"{high}\"{kind}{long}"
    );
    let slider = if log || high - low <= WIDEST_SLIDER {
        let (min, max, at) = match log {
            true => (0, u64::from(LOG_STEPS), position(value, low, high)),
            false => (low, high, value),
        };
        format!(
            "<input type=\"range\" min=\"{min}\" max=\"{max}\" \
             value=\"{at}\" aria-label=\"{} 슬라이더\">",
            escape(field.label)
        )
    } else {
        String::new()
    };
    let control = format!(
        "<input type=\"text\" inputmode=\"numeric\" id=\"{id}\" \
         name=\"{}\" value=\"{}\" {about}>{slider}",
        field.name,
        format::int(value)
    );
    (extra, control)
}

/// 로그 눈금에서의 자리.
fn position(value: u64, low: u64, high: u64) -> u64 {
    let base = low.max(1) as f64;
    if (value as f64) < base {
        return 0;
    }
    let share = (value as f64 / base).ln() / (high as f64 / base).ln();
    (share * f64::from(LOG_STEPS)).round() as u64
}
