//! 보고서를 터미널 글로. 볼 것의 종류마다 함수 하나.

use std::borrow::Borrow;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table as Grid};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::counterpart::Theirs;
use lab::report::{
    Badge, Cell, Chart, Frame, Image, Scale, Series, Shape, Span, Table,
    TimeLane, Timeline, Tone, Trace, Tree, TreeNode, TreeShape,
};
use lab::{Entry, Report, View, format};

/// 그림의 너비와 높이, 글자.
const WIDTH: usize = 56;
const HEIGHT: usize = 12;
/// 막대그래프의 가장 많은 줄.
const MAX_BARS: usize = 40;
/// 플레임 그래프의 막대의 너비.
const FLAME: usize = 24;
/// 시간 그림의 너비, 한 단위의 가장 많은 칸.
const COLUMNS: usize = 80;
const MAX_CELLS: f64 = 8.0;
/// 시간 그림과 나무의 가장 많은 줄, 줄 이름의 너비.
const MAX_LANES: usize = 32;
const MAX_NODES: usize = 48;
const MAX_LABEL: usize = 24;
/// 한 무늬의 이름이 이보다 많으면 풀이가 되지 못함.
const MAX_NAMES: usize = 6;
/// 묶음을 가르는 글자: 색이 없어도 읽힘.
const BARS: [char; 5] = ['█', '░', '▓', '▒', '■'];
/// 옅은 것부터 짙은 것까지.
const SHADES: [char; 10] = [' ', '.', ':', '-', '=', '+', '*', '#', '%', '@'];
const IMAGE_COLUMNS: usize = 72;
const POINTS: [char; 6] = ['●', '○', '▲', '□', '◆', '☆'];

/// 보고서 전체. 단계 재생은 길어서 `steps`일 때만 글로 보임.
pub fn report(entry: &Entry, report: &Report, steps: bool) -> String {
    let mut out = format!("{}\n\n", entry.experiment.question);
    let flags = entry.table().flags(&report.params);
    if !flags.is_empty() {
        out.push_str(&format!("매개변수: {}\n\n", flags.join(" ")));
    }
    for view in &report.views {
        if matches!(view, View::Trace(_)) && !steps {
            continue;
        }
        out.push_str(&self::view(view));
        out.push('\n');
    }
    if let Some(verdict) = &report.verdict {
        let asked = if flags.is_empty() { "" } else { "(처음 값)" };
        out.push_str(&format!(
            "예측{asked}: {}\n정답: {}. {}\n\n",
            entry.experiment.prediction.text,
            verdict.headline,
            verdict.sentence
        ));
    }
    for note in &report.notes {
        out.push_str(&format!("※ {note}\n"));
    }
    let env = &report.env;
    if let Some(checksum) = &report.checksum {
        out.push_str(&format!("체크섬 {checksum}\n"));
    }
    out.push_str(&format!(
        "{} · 스레드 {} · {} · 시계 {} · {} 빌드\n",
        env.cpu,
        env.threads,
        env.simd,
        format::time(env.clock_step_ns),
        env.build
    ));
    out
}

fn view(view: &View) -> String {
    match view {
        View::Table(table) => self::table(table),
        View::Chart(chart) => self::chart(chart),
        View::Trace(trace) => self::trace(trace),
        View::Timeline(timeline) => self::timeline(timeline),
        View::Tree(tree) => self::tree(tree),
        View::Image(image) => self::image(image),
        View::Machine(machine) => self::table(&machine.table()),
        View::Text(text) => {
            let lines = text.lines.join("\n  ");
            format!("{}  {lines}\n", heading(&text.title, text.badge))
        }
        View::Note(note) => format!("{}\n", note.text),
    }
}

fn heading(title: &str, badge: Badge) -> String {
    format!("[{}] {title}\n", badge.label())
}

fn grid(header: Vec<String>) -> Grid {
    let mut grid = Grid::new();
    grid.load_style(UTF8_FULL_CONDENSED.with_rounded_corners())
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header);
    grid
}

fn table(table: &Table) -> String {
    let header = table.columns.iter().map(|column| match &column.unit {
        Some(unit) => format!("{}({unit})", column.label),
        None => column.label.clone(),
    });
    let mut grid = grid(header.collect());
    for row in &table.rows {
        grid.add_row(row.iter().map(|cell: &Cell| cell.text.clone()));
    }
    for (i, column) in table.columns.iter().enumerate() {
        if let (true, Some(column)) = (column.numeric, grid.column_mut(i)) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{}{grid}\n", heading(&table.title, table.badge))
}

/// Rust와 Python의 답을 나란히.
pub fn comparison(ours: &Report, theirs: &Theirs) -> String {
    let text = |answer: &lab::report::Answer| match answer {
        lab::report::Answer::Exact(text) => text.clone(),
        lab::report::Answer::Near { value, .. } => value.to_string(),
    };
    let header = ["답", "Rust", "Python", ""].map(str::to_owned);
    let mut grid = grid(header.to_vec());
    for (key, answer) in &ours.answers {
        let other = theirs.answers.get(key);
        let same = other.is_some_and(|other| answer.agrees(other));
        grid.add_row([
            key.clone(),
            text(answer),
            other.map_or_else(|| "없음".to_owned(), text),
            if same { "✔" } else { "✘" }.to_owned(),
        ]);
    }
    let sums = (ours.checksum.as_deref(), theirs.checksum.as_deref());
    if let (Some(a), Some(b)) = sums {
        let mark = if a == b { "✔" } else { "✘" };
        grid.add_row(["체크섬", a, b, mark]);
    }
    format!("{grid}\n")
}

fn chart(chart: &Chart) -> String {
    let mut out = heading(&chart.title, chart.badge);
    let shape = chart.series.first().map(|series| series.shape);
    out.push_str(&match shape {
        Some(Shape::Bar | Shape::Stack) => bars(chart),
        Some(Shape::Dot) if chart.y.scale == Scale::Category => dots(chart),
        Some(_) => plot(chart),
        None => String::new(),
    });
    for mark in &chart.marks {
        out.push_str(&format!("  ┊ {}\n", mark.label));
    }
    out
}

fn axis_title(axis: &lab::report::Axis) -> String {
    match axis.unit.as_str() {
        "" => axis.label.clone(),
        unit => format!("{}({unit})", axis.label),
    }
}

fn legend(series: &[impl Borrow<Series>], glyphs: &[char]) -> String {
    let names: Vec<String> = series
        .iter()
        .enumerate()
        .map(|(i, series)| {
            let name = &series.borrow().name;
            format!("{} {name}", glyphs[i % glyphs.len()])
        })
        .collect();
    format!("  {}\n", names.join("   "))
}

fn image(image: &Image) -> String {
    let mut out = heading(&image.title, image.badge);
    let (width, height) = (image.width as usize, image.height as usize);
    // 글자 하나는 폭의 두 배쯤 높음
    let columns = width.clamp(1, IMAGE_COLUMNS);
    let rows = (height * columns / width.max(1) / 2).max(1);
    let first_and_last = match image.frames.as_slice() {
        [] => vec![],
        [only] => vec![only],
        [first, .., last] => vec![first, last],
    };
    for frame in first_and_last {
        let pixels = frame.pixels();
        out.push_str(&format!("{}\n", frame.label));
        for row in 0..rows {
            let line: String = (0..columns)
                .map(|column| {
                    let (x, y) =
                        (column * width / columns, row * height / rows);
                    let shade =
                        pixels.get(y * width + x).copied().unwrap_or(0);
                    SHADES[usize::from(shade) * SHADES.len() / 256]
                })
                .collect();
            out.push_str(&format!("{line}\n"));
        }
    }
    let low = format::significant(image.low);
    let high = format::significant(image.high);
    let (blank, full) = (SHADES[0], SHADES[SHADES.len() - 1]);
    let unit = &image.unit;
    out.push_str(&format!("'{blank}' {low} – '{full}' {high} {unit}\n"));
    out
}

/// 가로 막대. 좌표마다 한 줄이고, 너무 많으면 이웃한 좌표를 몇 개씩 묶음.
fn bars(chart: &Chart) -> String {
    let (bars, lines): (Vec<&Series>, Vec<_>) = chart
        .series
        .iter()
        .partition(|s| matches!(s.shape, Shape::Bar | Shape::Stack));
    let stacked = bars.iter().any(|series| series.shape == Shape::Stack);
    let mut xs: Vec<f64> = bars
        .iter()
        .flat_map(|series| series.points.iter().map(|point| point.x))
        .collect();
    xs.sort_by(f64::total_cmp);
    xs.dedup();
    // 범주는 이웃해도 남남임
    let names = chart.x.categories.as_deref();
    let each = names.map_or(xs.len().div_ceil(MAX_BARS).max(1), |_| 1);
    let bins: Vec<&[f64]> = xs.chunks(each).collect();
    let mut sums = vec![vec![0.0; bins.len()]; bars.len()];
    for (sums, series) in sums.iter_mut().zip(&bars) {
        for point in &series.points {
            sums[xs.partition_point(|x| *x < point.x) / each] += point.y;
        }
    }
    let longest = (0..bins.len())
        .map(|bin| {
            let column = sums.iter().map(|sums| sums[bin]);
            match stacked {
                true => column.sum(),
                false => column.fold(0.0, f64::max),
            }
        })
        .fold(0.0, f64::max);
    let length = |y: f64| (y / longest * WIDTH as f64).round() as usize;
    let digits = digits(&xs);
    let name = |bin: &&[f64]| {
        let text = |x: &f64| format::fixed(*x, digits);
        match (names, bin) {
            (Some(names), [at, ..]) => {
                names.get(*at as usize).cloned().unwrap_or_default()
            }
            (_, [from, .., to]) => {
                format!("{}~{}{}", text(from), text(to), chart.x.unit)
            }
            (_, [x]) => format!("{}{}", text(x), chart.x.unit),
            (_, []) => String::new(),
        }
    };
    let rows: Vec<String> = bins.iter().map(name).collect();
    let label = rows.iter().map(|name| name.width()).max().unwrap_or(0);
    let mut out = legend(&bars, &BARS);
    for (bin, name) in rows.iter().enumerate() {
        let name = pad_left(name, label);
        if stacked {
            let bar: String = sums
                .iter()
                .enumerate()
                .map(|(i, sums)| {
                    BARS[i % BARS.len()].to_string().repeat(length(sums[bin]))
                })
                .collect();
            let total: f64 = sums.iter().map(|sums| sums[bin]).sum();
            out.push_str(&format!("  {name} │{bar} {}\n", number(total)));
            continue;
        }
        for (i, sums) in sums.iter().enumerate() {
            let head = if i == 0 { &name } else { &" ".repeat(label) };
            let bar =
                BARS[i % BARS.len()].to_string().repeat(length(sums[bin]));
            out.push_str(&format!("  {head} │{bar} {}\n", number(sums[bin])));
        }
    }
    out.push_str(&format!(
        "  {}: {}\n",
        axis_title(&chart.x),
        axis_title(&chart.y)
    ));
    if each > 1 {
        out.push_str(&format!("  ┊ 한 줄에 이웃한 막대 {each}개씩\n"));
    }
    // 선은 막대에 더할 수 없음
    for line in lines {
        out.push_str(&format!("  ┊ {}: 선은 페이지에서 그림\n", line.name));
    }
    out
}

/// 이웃한 좌표를 간격의 1 %까지 가르는 소수의 자리.
fn digits(xs: &[f64]) -> usize {
    let gaps = xs.windows(2).map(|pair| pair[1] - pair[0]);
    let gap = match gaps.fold(f64::INFINITY, f64::min) {
        gap if gap.is_finite() => gap,
        _ => 1.0,
    };
    let lost = |x: &f64, digits: i32| {
        let scale = 10_f64.powi(digits);
        ((x * scale).round() / scale - x).abs() > gap / 100.0
    };
    let fits = |digits: &i32| !xs.iter().any(|x| lost(x, *digits));
    (0..6).find(fits).unwrap_or(6) as usize
}

/// 범주마다 한 줄, 값은 점과 띠. 로그 축에 알맞음.
fn dots(chart: &Chart) -> String {
    let points = || chart.series.iter().flat_map(|series| &series.points);
    let low =
        points().map(|p| p.low.unwrap_or(p.x)).fold(f64::INFINITY, f64::min);
    let high = points().map(|p| p.high.unwrap_or(p.x)).fold(0.0, f64::max);
    if !low.is_finite() {
        return String::new();
    }
    let place = placer(low, high, chart.x.scale, WIDTH);
    let names = chart.y.categories.clone().unwrap_or_default();
    let label = names.iter().map(|name| name.width()).max().unwrap_or(0);
    let mut out = String::new();
    for point in points() {
        let name = names.get(point.y as usize).cloned().unwrap_or_default();
        let mut lane = vec![' '; WIDTH];
        let from = place(point.low.unwrap_or(point.x));
        let to = place(point.high.unwrap_or(point.x));
        // 독자가 고친 파이썬은 띠의 두 끝을 바꿔 낼 수 있음
        lane[from.min(to)..=from.max(to)].fill('─');
        lane[place(point.x)] = '●';
        let lane: String = lane.into_iter().collect();
        out.push_str(&format!(
            "  {} │{lane}│ {}\n",
            pad_right(&name, label),
            number(point.x)
        ));
    }
    let scale = match chart.x.scale {
        Scale::Log => ", 로그 눈금",
        _ => "",
    };
    out.push_str(&format!("  {}{scale}\n", axis_title(&chart.x)));
    out
}

/// 두 축이 모두 수인 그림.
fn plot(chart: &Chart) -> String {
    let points = || chart.series.iter().flat_map(|series| &series.points);
    let span = |value: fn(&lab::report::Point) -> f64| {
        let low = points().map(value).fold(f64::INFINITY, f64::min);
        let high = points().map(value).fold(f64::NEG_INFINITY, f64::max);
        (low, high)
    };
    let ((left, right), (low, high)) = (span(|p| p.x), span(|p| p.y));
    if !left.is_finite() {
        return String::new();
    }
    let column = placer(left, right, chart.x.scale, WIDTH);
    let row = placer(low, high, chart.y.scale, HEIGHT);
    let line = |y: f64| HEIGHT - 1 - row(y);
    let mut canvas = vec![vec![' '; WIDTH]; HEIGHT];
    // 첫 묶음이 맨 위에 보이게 뒤에서부터 그림
    for (i, series) in chart.series.iter().enumerate().rev() {
        for point in &series.points {
            canvas[line(point.y)][column(point.x)] = POINTS[i % POINTS.len()];
        }
    }
    let (top, bottom) = (number(high), number(low));
    let label = top.width().max(bottom.width());
    let mut out = legend(&chart.series, &POINTS);
    // 값이 하나뿐이면 두 끝이 같은 줄이므로 한 번만 씀
    for (i, cells) in canvas.into_iter().enumerate() {
        let name = match i {
            i if i == line(high) => &top,
            i if i == line(low) => &bottom,
            _ => "",
        };
        let cells: String = cells.into_iter().collect();
        out.push_str(&format!("  {} ┤{cells}\n", pad_left(name, label)));
    }
    let axis = if left == right {
        format!("{:─^WIDTH$}", number(left))
    } else {
        let (left, right) = (number(left), number(right));
        let gap = WIDTH.saturating_sub(left.width() + right.width());
        format!("{left}{}{right}", "─".repeat(gap))
    };
    out.push_str(&format!(
        "  {} └{axis}\n  가로 {}, 세로 {}\n",
        " ".repeat(label),
        axis_title(&chart.x),
        axis_title(&chart.y)
    ));
    out
}

/// 값을 `0..cells`의 칸으로 옮기는 함수.
fn placer(
    low: f64,
    high: f64,
    scale: Scale,
    cells: usize,
) -> impl Fn(f64) -> usize {
    let to = move |v: f64| match scale {
        Scale::Log => v.max(f64::MIN_POSITIVE).ln(),
        _ => v,
    };
    let (from, span) = (to(low), to(high) - to(low));
    move |v| {
        if span <= 0.0 {
            return cells / 2;
        }
        let at = (to(v) - from) / span * (cells - 1) as f64;
        (at.round().max(0.0) as usize).min(cells - 1)
    }
}

fn trace(trace: &Trace) -> String {
    let mut out = heading(&trace.title, trace.badge);
    for (i, frame) in trace.frames.iter().enumerate() {
        let Frame { say, counters, .. } = frame;
        let counters: Vec<String> = counters
            .iter()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        let counters = match counters.is_empty() {
            true => String::new(),
            false => format!("  [{}]", counters.join(" · ")),
        };
        out.push_str(&format!("  {:>3}. {say}{counters}\n", i + 1));
    }
    out
}

/// 이름이 들어가지 않는 구간은 무늬로만 보임.
fn timeline(timeline: &Timeline) -> String {
    let mut out = heading(&timeline.title, timeline.badge);
    let spans = || timeline.lanes.iter().flat_map(|lane| &lane.spans);
    let low = spans().map(|s| s.start).fold(f64::INFINITY, f64::min);
    let high = spans().map(|s| s.end).fold(f64::NEG_INFINITY, f64::max);
    if !low.is_finite() || !high.is_finite() {
        return out;
    }
    let shown = &timeline.lanes[..timeline.lanes.len().min(MAX_LANES)];
    let names: Vec<String> =
        shown.iter().map(|lane| cut(&lane.label, MAX_LABEL)).collect();
    let label = names.iter().map(|name| name.width()).max().unwrap_or(0);
    let width = COLUMNS - label - 4;
    // 한 단위가 한 칸보다 넓으면 단위를 칸의 경계에 맞춤
    let cells = match width as f64 / (high - low) {
        wide if wide >= 1.0 => wide.floor().min(MAX_CELLS),
        narrow => narrow,
    };
    for (lane, name) in shown.iter().zip(&names) {
        let strip = strip(lane, low, cells, width);
        out.push_str(&format!("  {} │{strip}\n", pad_right(name, label)));
    }
    let (from, to) = (number(low), number(high));
    let reach = ((high - low) * cells).round() as usize;
    let gap = reach.saturating_sub(from.width() + to.width()).max(1);
    out.push_str(&format!(
        "  {} └{from}{}{to}\n  가로 {}({})\n",
        " ".repeat(label),
        "─".repeat(gap),
        timeline.axis,
        timeline.unit
    ));
    if let more @ 1.. = timeline.lanes.len() - shown.len() {
        out.push_str(&format!("  … 외 {more}줄\n"));
    }
    out.push_str(&tones(shown));
    out
}

/// 줄 하나의 그림.
fn strip(lane: &TimeLane, low: f64, cells: f64, width: usize) -> String {
    let at = |t: f64| ((t - low) * cells).round() as usize;
    // 너비가 둘인 글자의 뒤 칸은 비워 둠
    let mut row: Vec<Option<char>> = vec![Some(' '); width];
    for span in &lane.spans {
        let from = at(span.start).min(width - 1);
        let to = at(span.end).clamp(from + 1, width);
        row[from..to].fill(Some(fill(span)));
        let widths = span.label.chars().filter_map(|c| Some((c, c.width()?)));
        let label: usize = widths.clone().map(|(_, wide)| wide).sum();
        if span.start == span.end || label > to - from {
            continue;
        }
        let mut place = from;
        for (c, wide) in widths.filter(|(_, wide)| *wide > 0) {
            row[place..place + wide].fill(None);
            row[place] = Some(c);
            place += wide;
        }
    }
    let row: String = row.into_iter().flatten().collect();
    row.trim_end().to_owned()
}

fn fill(span: &Span) -> char {
    if span.start == span.end { '◆' } else { tone(span.tone) }
}

/// 색이 없어도 뜻이 갈리는 무늬.
fn tone(tone: Tone) -> char {
    match tone {
        Tone::Plain => '█',
        Tone::Seen => '░',
        Tone::Now => '▓',
        Tone::Hit => '■',
        Tone::Dead => '·',
    }
}

/// 무늬마다 그것으로 그린 구간의 이름.
fn tones(lanes: &[TimeLane]) -> String {
    let mut names: Vec<(char, Vec<&str>)> = Vec::new();
    for span in lanes.iter().flat_map(|lane| &lane.spans) {
        let (mark, label) = (fill(span), span.label.as_str());
        match names.iter_mut().find(|(each, _)| *each == mark) {
            Some((_, list)) if list.contains(&label) => {}
            Some((_, list)) => list.push(label),
            None => names.push((mark, vec![label])),
        }
    }
    let names: Vec<String> = names
        .into_iter()
        .filter(|(_, list)| list.len() <= MAX_NAMES)
        .map(|(mark, list)| format!("{mark} {}", list.join("·")))
        .collect();
    format!("  {}\n", names.join("   "))
}

/// 들여 쓴 나무. 플레임 그래프는 마디마다 비율의 막대를 붙임.
fn tree(tree: &Tree) -> String {
    let mut lines = Vec::new();
    let total: f64 = tree.roots.iter().map(|root| root.value).sum();
    for root in &tree.roots {
        branch(tree, root, total, "", "", &mut lines);
    }
    let more = lines.len().saturating_sub(MAX_NODES);
    lines.truncate(MAX_NODES);
    let label = lines.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
    let mut out = heading(&tree.title, tree.badge);
    for (name, value) in lines {
        let line = format!("{}  {value}", pad_right(&name, label));
        out.push_str(&format!("  {}\n", line.trim_end()));
    }
    if more > 0 {
        out.push_str(&format!("  … 외 {more}줄\n"));
    }
    out
}

/// 마디 하나와 그 아래: 이름과 값의 글.
fn branch(
    tree: &Tree,
    node: &TreeNode,
    total: f64,
    head: &str,
    below: &str,
    lines: &mut Vec<(String, String)>,
) {
    let value = match tree.shape {
        TreeShape::Outline if tree.unit.is_empty() => String::new(),
        TreeShape::Outline => measure(node.value, &tree.unit),
        TreeShape::Flame => {
            let share = if total > 0.0 { node.value / total } else { 0.0 };
            let bar = tone(node.tone)
                .to_string()
                .repeat((share * FLAME as f64).round() as usize);
            let share = format::fixed(share * 100.0, 1);
            let value = measure(node.value, &tree.unit);
            format!("{share:>5}% {bar:<FLAME$} {value}")
        }
    };
    let label = cut(&node.label, WIDTH.saturating_sub(head.width()));
    lines.push((format!("{head}{label}"), value));
    for (i, child) in node.children.iter().enumerate() {
        let last = i + 1 == node.children.len();
        let (head, rest) =
            if last { ("└ ", "  ") } else { ("├ ", "│ ") };
        let (head, rest) =
            (format!("{below}{head}"), format!("{below}{rest}"));
        branch(tree, child, total, &head, &rest, lines);
    }
}

/// 단위를 붙인 수. 시간은 알맞은 단위로 바꿈.
fn measure(value: f64, unit: &str) -> String {
    match unit {
        "ns" => format::time(value),
        _ => format!("{}{unit}", number(value)),
    }
}

/// `width`칸을 넘는 글은 줄임.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        if out.width() + c.width().unwrap_or(0) + 1 > width {
            break;
        }
        out.push(c);
    }
    out + "…"
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return format::fixed(value, 0);
    }
    format::significant(value)
}

fn pad_left(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}

fn pad_right(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab::report::Axis;

    fn timeline_of(lanes: Vec<TimeLane>) -> Timeline {
        Timeline {
            title: "파이프라인".into(),
            badge: Badge::Model,
            axis: "시각".into(),
            unit: "사이클".into(),
            lanes,
        }
    }

    fn lane(label: &str, spans: Vec<Span>) -> TimeLane {
        TimeLane { label: label.into(), spans }
    }

    fn tree_of(shape: TreeShape, unit: &str) -> Tree {
        let leaf = |label, own| TreeNode::new(label, own, vec![]);
        let parse = TreeNode::new("읽기", 10.0, vec![leaf("나누기", 30.0)]);
        let hot = leaf("정렬", 50.0).tone(Tone::Seen);
        Tree {
            title: "나무".into(),
            badge: Badge::Model,
            unit: unit.into(),
            shape,
            roots: vec![TreeNode::new("main", 10.0, vec![parse, hot])],
        }
    }

    fn series(name: &str, shape: Shape, points: &[(f64, f64)]) -> Series {
        let points = points.iter().map(|point| (*point).into()).collect();
        Series { name: name.into(), shape, points }
    }

    fn chart_of(unit: &str, series: Vec<Series>) -> Chart {
        Chart {
            title: "분포".into(),
            badge: Badge::Exact,
            x: Axis::linear("오차", unit),
            y: Axis::linear("시도", "번"),
            series,
            marks: vec![],
        }
    }

    /// 음수도 소수도 제자리에, 이론의 선은 막대에 섞지 않음.
    #[test]
    fn bars_keep_the_coordinates_of_their_points() {
        let seen = [(-0.5, 28.0), (0.0, 56.0), (0.5, 14.0)];
        let theory = [(-0.5, 30.0), (-0.25, 40.0), (0.0, 50.0)];
        let all = vec![
            series("실험", Shape::Bar, &seen),
            series("이론", Shape::Line, &theory),
        ];
        let want = format!(
            "\
[정확] 분포
  █ 실험
  −0.5% │{} 28
   0.0% │{} 56
   0.5% │{} 14
  오차(%): 시도(번)
  ┊ 이론: 선은 페이지에서 그림
",
            "█".repeat(28),
            "█".repeat(56),
            "█".repeat(14)
        );
        assert_eq!(chart(&chart_of("%", all)), want);
    }

    /// 폭이 18인 막대 80개는 온전한 두 개씩 묶임.
    #[test]
    fn too_many_bars_merge_whole_neighbours() {
        let middle = |bin: u32| (f64::from(bin) * 18.0 + 9.5, 1.0);
        let points: Vec<_> = (0..80).map(middle).collect();
        let chart = chart_of("개", vec![series("수", Shape::Bar, &points)]);
        let text = bars(&chart);
        let rows: Vec<_> =
            text.lines().filter(|line| line.contains('│')).collect();
        assert_eq!(rows.len(), 40);
        assert!(rows.iter().all(|row| row.ends_with(" 2")), "{text}");
        assert!(rows[0].contains(" 9.5~27.5개 "), "{text}");
    }

    #[test]
    fn categories_never_merge() {
        let points: Vec<_> = (0..50).map(|i| (f64::from(i), 1.0)).collect();
        let mut chart = chart_of("", vec![series("수", Shape::Bar, &points)]);
        let names = (0..50).map(|i| format!("<{i}>"));
        chart.x = Axis::category("이름", names);
        assert!(bars(&chart).contains("<49> │"));
    }

    #[test]
    fn labels_have_the_digits_their_gaps_need() {
        assert_eq!(digits(&[7.0, 34.0, 61.0]), 0);
        assert_eq!(digits(&[104.5, 114.5]), 1);
        assert_eq!(digits(&[-0.8125, 0.0, 0.8125]), 2);
        assert_eq!(digits(&[3.0]), 0);
        assert_eq!(digits(&[]), 0);
    }

    #[test]
    fn a_flat_plot_names_its_value_once() {
        let flat = series("값", Shape::Line, &[(0.0, 77.0), (9.0, 77.0)]);
        let text = plot(&chart_of("", vec![flat]));
        assert_eq!(text.matches("77").count(), 1, "{text}");
        let line = text.lines().find(|line| line.contains("77"));
        assert!(line.is_some_and(|line| line.contains('●')), "{text}");
    }

    #[test]
    fn a_timeline_aligns_cycles_to_cells() {
        let stages = vec![
            Span::new(0.0, 1.0, "F", Tone::Plain),
            Span::new(1.0, 3.0, "실행", Tone::Now),
            Span::at(4.0, "표본", Tone::Hit),
        ];
        let late = vec![Span::new(2.0, 5.0, "대기", Tone::Dead)];
        let lanes = vec![lane("add", stages), lane("나눗셈", late)];
        let want = "\
[모형] 파이프라인
  add    │F███████실행▓▓▓▓▓▓▓▓▓▓▓▓        ◆
  나눗셈 │                대기····················
         └0──────────────────────────────────────5
  가로 시각(사이클)
  █ F   ▓ 실행   ◆ 표본   · 대기
";
        assert_eq!(timeline(&timeline_of(lanes)), want);
    }

    /// 칸보다 시각이 많아도, 값이 엉뚱해도 너비를 넘지 않음.
    #[test]
    fn a_timeline_stays_inside_the_terminal() {
        let far =
            |i: f64| Span::new(i * 1e9, i * 1e9 + 1.0, "명령", Tone::Hit);
        let many = (0..40).map(|i| lane(&"긴".repeat(i), vec![far(i as f64)]));
        let text = timeline(&timeline_of(many.collect()));
        assert!(text.contains("… 외 8줄"), "{text}");
        let strips = text.lines().filter(|line| line.contains('│'));
        assert!(strips.clone().all(|line| line.width() <= COLUMNS), "{text}");
        assert_eq!(strips.count(), MAX_LANES);

        let still = vec![lane("", vec![Span::at(3.0, "신호", Tone::Now)])];
        assert!(timeline(&timeline_of(still)).contains('◆'));
        let odd = vec![lane("", vec![Span::at(f64::NAN, "", Tone::Now)])];
        assert_eq!(timeline(&timeline_of(odd)), "[모형] 파이프라인\n");
    }

    #[test]
    fn a_flame_tree_shows_shares_of_the_total() {
        let want = "\
[모형] 나무
  main        100.0% ████████████████████████ 100번
  ├ 읽기       40.0% ██████████               40번
  │ └ 나누기   30.0% ███████                  30번
  └ 정렬       50.0% ░░░░░░░░░░░░             50번
";
        assert_eq!(tree(&tree_of(TreeShape::Flame, "번")), want);
        assert_eq!(tree_of(TreeShape::Flame, "번").roots[0].own(), 10.0);
    }

    #[test]
    fn an_outline_without_a_unit_shows_no_values() {
        let want = "\
[모형] 나무
  main
  ├ 읽기
  │ └ 나누기
  └ 정렬
";
        assert_eq!(tree(&tree_of(TreeShape::Outline, "")), want);
        let counted = tree(&tree_of(TreeShape::Outline, "번"));
        assert!(counted.contains("  └ 정렬      50번"), "{counted}");
    }

    #[test]
    fn long_trees_say_what_they_leave_out() {
        let leaves =
            (0..100).map(|i| TreeNode::new(i.to_string(), 1.0, vec![]));
        let roots = leaves.collect();
        let wide = Tree { roots, ..tree_of(TreeShape::Flame, "번") };
        assert!(tree(&wide).contains("… 외 52줄"));
        let empty = Tree { roots: vec![], ..wide };
        assert_eq!(tree(&empty), "[모형] 나무\n");
    }
}
