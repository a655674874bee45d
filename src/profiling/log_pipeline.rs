//! 느린 줄은 어디인가: 로그를 읽어 보고서를 쓰는 파이프라인을 재고,
//! 한 가지만 바꿔 다시 잼.

use std::collections::{HashMap, HashSet};

use super::log_text;
use super::profile::{ALL, Profile};
use lab::checksum::fnv1a;
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Point, Series,
    Shape, Table, Text, Tone, Trace, Tree, TreeNode, TreeShape, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 내가 의심한 줄이 아니라 다른 줄이 느린가?",
    prediction: Prediction {
        text: "이 설정(처음에는 리스트에서 찾기, 글에 하나씩 더하기, \
               모두 정렬)에서 어느 단계가 가장 오래 걸릴까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("parse", Stage::Parse.label()),
    ("normalise", Stage::Normalise.label()),
    ("dedupe", Stage::Dedupe.label()),
    ("aggregate", Stage::Aggregate.label()),
    ("topk", Stage::Topk.label()),
    ("render", Stage::Render.label()),
];

lab::choices! {
    /// 처음 보는 사용자인지 아는 방법.
    pub enum Dedupe {
        List = "list", "리스트에서 찾기";
        Set = "set", "셋에 묻기";
    }
}

lab::choices! {
    /// 조각을 한 글로 만드는 방법.
    pub enum Render {
        Concat = "concat", "글에 하나씩 더하기";
        Join = "join", "모아서 한 번에 잇기";
    }
}

lab::choices! {
    /// 상위 k개를 고르는 방법.
    pub enum Topk {
        Sort = "sort", "모두 정렬";
        Heap = "heap", "힙에 k개만";
    }
}

lab::params! {
    /// 로그 하나와, 그것을 다루는 방법.
    pub struct Params {
        lines: u64 = 5_000, int("로그의 줄").unit("줄")
            .browser(500, 50_000).native(500, 1_000_000).log();
        users: u64 = 2_000, int("사용자").unit("명").range(10, 20_000)
            .log().hint("앞 번호일수록 잦음. 모두 나오지는 않음");
        dedupe: Dedupe = Dedupe::List, choice("사용자 모으기");
        render: Render = Render::Concat, choice("보고서 쓰기");
        topk: Topk = Topk::Sort, choice("상위 고르기");
        k: u64 = 10, int("상위 몇 개").unit("개").range(1, 100);
        seed: u64 = 42, int("씨앗");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 파이프라인의 단계.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Parse,
    Normalise,
    Dedupe,
    Aggregate,
    Topk,
    Render,
}

/// 도는 차례대로.
pub const STAGES: [Stage; 6] = [
    Stage::Parse,
    Stage::Normalise,
    Stage::Dedupe,
    Stage::Aggregate,
    Stage::Topk,
    Stage::Render,
];

impl Stage {
    pub(super) const fn label(self) -> &'static str {
        match self {
            Stage::Parse => "줄 나누기",
            Stage::Normalise => "경로 다듬기",
            Stage::Dedupe => "사용자 모으기",
            Stage::Aggregate => "경로별 합계",
            Stage::Topk => "상위 고르기",
            Stage::Render => "보고서 쓰기",
        }
    }
}

/// 파이프라인이 지나가는 순간. 바이트는 UTF-8로 셈.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    Enter(Stage),
    Leave,
    /// 줄, 경로, 조각 하나를 마침.
    Item,
    /// 글을 훑음.
    Scan {
        bytes: usize,
    },
    /// 새 문자열에 씀.
    Copy {
        bytes: usize,
    },
    /// 모은 사용자의 `at`번째와 같은지 봄.
    Look {
        user: &'a str,
        at: usize,
    },
    /// 두 경로의 순위를 견줌.
    Compare,
    /// 해시 표에 물음.
    Probe {
        key: &'a str,
    },
    /// 처음 보는 사용자.
    New {
        user: &'a str,
    },
}

/// 방법 셋과 k.
#[derive(Clone, Copy, Debug)]
pub struct How {
    pub dedupe: Dedupe,
    pub render: Render,
    pub topk: Topk,
    pub k: usize,
}

// ANCHOR: kernel
struct Record<'a> {
    user: &'a str,
    path: &'a str,
    spent: u64,
}

/// 경로 하나의 합계.
#[derive(Clone, Copy)]
struct Row<'a> {
    path: &'a str,
    count: u64,
    spent: u64,
}

/// 로그를 읽어 보고서를 씀.
pub fn pipeline(log: &str, how: How, mut watch: impl FnMut(Step)) -> String {
    let watch = &mut watch;
    let records = staged(Stage::Parse, watch, |w| parse(log, w));
    let paths = staged(Stage::Normalise, watch, |w| normalise(&records, w));
    let users = staged(Stage::Dedupe, watch, |w| match how.dedupe {
        Dedupe::List => dedupe_list(&records, w),
        Dedupe::Set => dedupe_set(&records, w),
    });
    let rows =
        staged(Stage::Aggregate, watch, |w| aggregate(&records, &paths, w));
    let top = staged(Stage::Topk, watch, |w| match how.topk {
        Topk::Sort => merge_sort(rows, w),
        Topk::Heap => heap_top(&rows, how.k, w),
    });
    let top = &top[..how.k.min(top.len())];
    staged(Stage::Render, watch, |w| {
        render(how.render, records.len(), &users, top, w)
    })
}

/// 단계의 처음과 끝을 알림.
fn staged<T, W: FnMut(Step)>(
    stage: Stage,
    watch: &mut W,
    work: impl FnOnce(&mut W) -> T,
) -> T {
    watch(Step::Enter(stage));
    let done = work(watch);
    watch(Step::Leave);
    done
}

/// `시각 사용자 동작 밀리초 경로`.
fn parse<'a>(log: &'a str, watch: &mut impl FnMut(Step)) -> Vec<Record<'a>> {
    let records = log.lines().map(|line| {
        watch(Step::Scan { bytes: line.len() });
        let mut fields = line.split(' ').skip(1);
        let mut next = || fields.next().unwrap_or("");
        let (user, _, spent, path) = (next(), next(), next(), next());
        watch(Step::Item);
        Record { user, path, spent: spent.parse().unwrap_or(0) }
    });
    records.collect()
}

/// `?` 뒤와 맨 끝의 `/`를 뗀 새 문자열.
fn normalise(records: &[Record], watch: &mut impl FnMut(Step)) -> Vec<String> {
    let paths = records.iter().map(|record| {
        watch(Step::Scan { bytes: record.path.len() });
        let path = record.path.split('?').next().unwrap_or("");
        let path = path.trim_end_matches('/').to_owned();
        watch(Step::Copy { bytes: path.len() });
        watch(Step::Item);
        path
    });
    paths.collect()
}

/// 나온 차례대로 사용자를 모음: 모은 것을 처음부터 하나씩 견줌.
fn dedupe_list<'a>(
    records: &[Record<'a>],
    watch: &mut impl FnMut(Step),
) -> Vec<&'a str> {
    let mut users: Vec<&str> = Vec::new();
    for &Record { user, .. } in records {
        let known = users.iter().enumerate().any(|(at, other)| {
            watch(Step::Look { user, at });
            *other == user // step: look
        });
        if !known {
            users.push(user); // step: new
            watch(Step::New { user });
        }
        watch(Step::Item);
    }
    users
}

/// 같은 답, 다른 방법: 셋에 한 번 물음.
fn dedupe_set<'a>(
    records: &[Record<'a>],
    watch: &mut impl FnMut(Step),
) -> Vec<&'a str> {
    let (mut users, mut known) = (Vec::new(), HashSet::new());
    for &Record { user, .. } in records {
        watch(Step::Probe { key: user });
        let new = known.insert(user); // step: probe
        if new {
            users.push(user);
            watch(Step::New { user });
        }
        watch(Step::Item);
    }
    users
}

fn aggregate<'a>(
    records: &[Record],
    paths: &'a [String],
    watch: &mut impl FnMut(Step),
) -> Vec<Row<'a>> {
    let (mut rows, mut places) = (Vec::new(), HashMap::new());
    for (record, path) in records.iter().zip(paths) {
        watch(Step::Probe { key: path });
        let place = *places.entry(path.as_str()).or_insert_with(|| {
            rows.push(Row { path, count: 0, spent: 0 });
            rows.len() - 1
        });
        rows[place].count += 1;
        let spent = &mut rows[place].spent;
        *spent = spent.saturating_add(record.spent);
        watch(Step::Item);
    }
    rows
}

/// 걸린 시간의 합이 큰 것부터, 같으면 경로의 차례.
fn before(a: &Row, b: &Row) -> bool {
    (b.spent, a.path) < (a.spent, b.path)
}

fn merge_sort<'a>(
    mut rows: Vec<Row<'a>>,
    watch: &mut impl FnMut(Step),
) -> Vec<Row<'a>> {
    let mut width = 1;
    while width < rows.len() {
        let mut merged = Vec::with_capacity(rows.len());
        for pair in rows.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let ([a, lefts @ ..], [b, rights @ ..]) = (left, right) {
                watch(Step::Compare);
                if before(b, a) {
                    merged.push(*b);
                    right = rights;
                } else {
                    merged.push(*a);
                    left = lefts;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        rows = merged;
        width *= 2;
    }
    rows
}

/// 뿌리가 가장 뒤처진 힙에 k개만 둠.
fn heap_top<'a>(
    rows: &[Row<'a>],
    k: usize,
    watch: &mut impl FnMut(Step),
) -> Vec<Row<'a>> {
    let (first, rest) = rows.split_at(k.min(rows.len()));
    // 뒤처진 것부터 늘어놓은 배열은 이미 힙임
    let mut heap = merge_sort(first.to_vec(), watch);
    heap.reverse();
    for row in rest {
        watch(Step::Compare);
        if before(row, &heap[0]) {
            heap[0] = *row;
            sift_down(&mut heap, watch);
        }
    }
    merge_sort(heap, watch)
}

fn sift_down(heap: &mut [Row], watch: &mut impl FnMut(Step)) {
    let mut at = 0;
    loop {
        let mut last = at;
        for child in [2 * at + 1, 2 * at + 2] {
            if child < heap.len() {
                watch(Step::Compare);
                if before(&heap[last], &heap[child]) {
                    last = child;
                }
            }
        }
        if last == at {
            return;
        }
        heap.swap(at, last);
        at = last;
    }
}

fn render(
    how: Render,
    lines: usize,
    users: &[&str],
    top: &[Row],
    watch: &mut impl FnMut(Step),
) -> String {
    let head = format!("접속 {lines}줄, 사용자 {}명\n", users.len());
    let rows = top.iter().enumerate().map(|(i, row)| {
        let Row { path, count, spent } = row;
        format!("{}. {path} {count}회 {spent}ms\n", i + 1)
    });
    let users = users.iter().map(|user| format!("{user}\n"));
    let pieces: Vec<String> =
        std::iter::once(head).chain(rows).chain(users).collect();
    for piece in &pieces {
        watch(Step::Copy { bytes: piece.len() });
    }
    if how == Render::Join {
        let text = pieces.concat();
        watch(Step::Copy { bytes: text.len() });
        return text;
    }
    let mut text = String::new();
    for piece in &pieces {
        // 지금까지의 글을 통째로 새 문자열에 옮김
        text = [text.as_str(), piece].concat();
        watch(Step::Copy { bytes: text.len() });
        watch(Step::Item);
    }
    text
}
// ANCHOR_END: kernel

/// 단계 하나가 한 일.
#[derive(Clone, Copy, Debug, Default)]
struct Work {
    scanned: u64,
    compared: u64,
    probed: u64,
    copied: u64,
    /// 새로 만든 문자열.
    strings: u64,
}

impl Work {
    /// 바이트 하나도, 비교 한 번도, 조회 한 번도 1로 셈.
    fn total(self) -> u64 {
        self.scanned + self.compared + self.probed + self.copied
    }

    fn kinds(self) -> [(&'static str, u64); 4] {
        [
            ("바이트 읽기", self.scanned),
            ("비교", self.compared),
            ("해시 조회", self.probed),
            ("바이트 옮기기", self.copied),
        ]
    }
}

/// 그래프의 점의 수.
const CURVE_POINTS: usize = 200;

/// 실행 하나의 보고서 글과 단계마다 한 일.
struct Outcome {
    text: String,
    works: [Work; STAGES.len()],
    /// 서로 다른 사용자의 수.
    users: u64,
    /// 사용자 모으기에서 마친 줄과 그때까지의 작업량.
    curve: Vec<Point>,
}

impl Outcome {
    fn new(log: &str, how: How) -> Self {
        let mut works = [Work::default(); STAGES.len()];
        let (mut at, mut users) = (Stage::Parse, 0);
        let stride = log.lines().count().div_ceil(CURVE_POINTS).max(1);
        let (mut lines, mut curve) = (0, Vec::new());
        let text = pipeline(log, how, |step| {
            let work = &mut works[at as usize];
            match step {
                Step::Enter(stage) => at = stage,
                Step::Scan { bytes } => work.scanned += bytes as u64,
                Step::Copy { bytes } => {
                    work.copied += bytes as u64;
                    work.strings += 1;
                }
                Step::Look { .. } | Step::Compare => work.compared += 1,
                Step::Probe { .. } => work.probed += 1,
                Step::New { .. } => users += 1,
                Step::Item if at == Stage::Dedupe => {
                    lines += 1;
                    if lines % stride == 0 {
                        let total = work.total() as f64;
                        curve.push((lines as f64, total).into());
                    }
                }
                Step::Leave | Step::Item => {}
            }
        });
        Outcome { text, works, users, curve }
    }

    fn sum(&self, count: fn(&Work) -> u64) -> u64 {
        self.works.iter().map(count).sum()
    }
}

impl Params {
    pub fn how(&self) -> How {
        How {
            dedupe: self.dedupe,
            render: self.render,
            topk: self.topk,
            k: self.k as usize,
        }
    }

    /// 로그의 앞 `lines`줄.
    pub fn log(&self, lines: u64) -> String {
        log_text::generate(lines, self.users, self.seed)
    }
}

/// 한 가지만 바꾼 것: 단계, 지금 방법과 바꾼 방법의 이름, 바꾼 뒤.
pub(super) struct Swap {
    pub stage: Stage,
    pub now: &'static str,
    pub then: &'static str,
    pub how: How,
}

impl How {
    pub(super) fn swaps(self) -> [Swap; 3] {
        let dedupe = match self.dedupe {
            Dedupe::List => Dedupe::Set,
            Dedupe::Set => Dedupe::List,
        };
        let render = match self.render {
            Render::Concat => Render::Join,
            Render::Join => Render::Concat,
        };
        let topk = match self.topk {
            Topk::Sort => Topk::Heap,
            Topk::Heap => Topk::Sort,
        };
        let swap = |stage, now, then, how| Swap { stage, now, then, how };
        [
            swap(
                Stage::Dedupe,
                self.dedupe.label(),
                dedupe.label(),
                How { dedupe, ..self },
            ),
            swap(
                Stage::Render,
                self.render.label(),
                render.label(),
                How { render, ..self },
            ),
            swap(
                Stage::Topk,
                self.topk.label(),
                topk.label(),
                How { topk, ..self },
            ),
        ]
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 3, "로그 만들기")?;
    let log = p.log(p.lines);
    ctx.progress(1, 3, "한 일 세기")?;
    let now = Outcome::new(&log, p.how());
    ctx.progress(2, 3, "모두 바꿔서 세기")?;
    // 단계끼리 얽히지 않으므로 한꺼번에 바꿔도 단계마다의 몫은 같음
    let all = p.how().swaps();
    let [dedupe, render, topk] = all.map(|swap| swap.how);
    let then = How {
        dedupe: dedupe.dedupe,
        render: render.render,
        topk: topk.topk,
        k: p.k as usize,
    };
    let then = Outcome::new(&log, then);

    let [comparisons, probes, scanned, copied, strings] = [
        now.sum(|work| work.compared),
        now.sum(|work| work.probed),
        now.sum(|work| work.scanned),
        now.sum(|work| work.copied),
        now.sum(|work| work.strings),
    ];
    let hash = fnv1a(now.text.bytes());
    Ok(Report::default()
        .answer("report", format!("{hash:016x}").as_str())
        .answer("comparisons", comparisons)
        .answer("probes", probes)
        .answer("bytes_scanned", scanned)
        .answer("bytes_copied", copied)
        .answer("strings", strings)
        .answer("users_seen", now.users)
        .checksum(&[hash, comparisons, probes, scanned, copied])
        .view(View::Text(excerpt("로그의 앞 다섯 줄", &log, 5)))
        .view(View::Text(excerpt("보고서의 앞 여섯 줄", &now.text, 6)))
        .view(View::Table(work_table(&now)))
        .view(View::Tree(work_tree(&now)))
        .view(View::Table(swap_table(p, &now, &then)))
        .view(View::Chart(curves(p, &now, &then)))
        .view(View::Trace(replay(&log, Dedupe::List)))
        .view(View::Trace(replay(&log, Dedupe::Set))))
}

fn excerpt(title: &str, text: &str, lines: usize) -> Text {
    Text {
        title: title.into(),
        badge: Badge::Exact,
        lines: text.lines().take(lines).map(str::to_owned).collect(),
    }
}

fn work_table(now: &Outcome) -> Table {
    let total = now.sum(|work| work.total()).max(1);
    let rows = STAGES.iter().zip(&now.works).map(|(stage, work)| {
        vec![
            stage.label().into(),
            work.scanned.into(),
            work.compared.into(),
            work.probed.into(),
            work.copied.into(),
            work.strings.into(),
            Cell::fixed(work.total() as f64 * 100.0 / total as f64, 1),
        ]
    });
    Table {
        title: "단계마다 한 일".into(),
        badge: Badge::Exact,
        columns: vec![
            Column::text("단계"),
            Column::number("읽은 바이트", "B"),
            Column::number("비교", "번"),
            Column::number("해시 조회", "번"),
            Column::number("옮긴 바이트", "B"),
            Column::number("새 문자열", "개"),
            Column::number("작업량의 몫", "%"),
        ],
        rows: rows.collect(),
    }
}

/// 작업량의 플레임 그래프. 종류가 다른 일을 1로 더하므로 모형임.
fn work_tree(now: &Outcome) -> Tree {
    let most = now.works.iter().map(|work| work.total()).max();
    let stages = STAGES.iter().zip(&now.works).map(|(stage, work)| {
        let kinds = work.kinds().into_iter().filter(|(_, n)| *n > 0);
        let kinds =
            kinds.map(|(kind, n)| TreeNode::new(kind, n as f64, vec![]));
        let tone =
            if Some(work.total()) == most { Tone::Now } else { Tone::Plain };
        TreeNode::new(stage.label(), 0.0, kinds.collect()).tone(tone)
    });
    Tree {
        title: "작업량의 플레임 그래프: 바이트 하나, 비교 한 번, \
                조회 한 번을 모두 1로 셈"
            .into(),
        badge: Badge::Model,
        unit: "".into(),
        shape: TreeShape::Flame,
        roots: vec![TreeNode::new("파이프라인", 0.0, stages.collect())],
    }
}

fn swap_table(p: &Params, now: &Outcome, then: &Outcome) -> Table {
    let rows = p.how().swaps().map(|swap| {
        let [now, then] = [now, then]
            .map(|outcome| outcome.works[swap.stage as usize].total());
        vec![
            swap.stage.label().into(),
            swap.now.into(),
            now.into(),
            swap.then.into(),
            then.into(),
        ]
    });
    Table {
        title: "한 가지만 바꾸면: 그 단계의 작업량".into(),
        badge: Badge::Exact,
        columns: vec![
            Column::text("단계"),
            Column::text("지금"),
            Column::number("지금 작업량", ""),
            Column::text("바꾸면"),
            Column::number("바꾼 작업량", ""),
        ],
        rows: rows.into(),
    }
}

/// 줄을 읽어 나가며 쌓이는 사용자 모으기의 작업량.
fn curves(p: &Params, now: &Outcome, then: &Outcome) -> Chart {
    let [swap, ..] = p.how().swaps();
    let series = |name: &str, outcome: &Outcome| Series {
        name: name.into(),
        shape: Shape::Line,
        points: outcome.curve.clone(),
    };
    Chart {
        title: format!("{}: 줄이 늘 때의 작업량", swap.stage.label()),
        badge: Badge::Exact,
        x: Axis::linear("읽은 줄", "줄"),
        y: Axis::linear("비교와 해시 조회", "번"),
        series: vec![series(swap.now, now), series(swap.then, then)],
        marks: Vec::new(),
    }
}

/// 재생하는 줄의 수.
const REPLAY_LINES: usize = 14;

fn replay(log: &str, how: Dedupe) -> Trace {
    let head: String = log.split_inclusive('\n').take(REPLAY_LINES).collect();
    let records = parse(&head, &mut |_| {});
    let mut recorder = Recorder::default();
    let mut watch = |step: Step| recorder.record(step);
    match how {
        Dedupe::List => dedupe_list(&records, &mut watch),
        Dedupe::Set => dedupe_set(&records, &mut watch),
    };
    Trace {
        title: format!("앞의 {REPLAY_LINES}줄: {}", how.label()),
        badge: Badge::Exact,
        frames: recorder.frames,
    }
}

/// 장면을 모으는 기록기.
#[derive(Default)]
struct Recorder {
    frames: Vec<Frame>,
    users: Vec<String>,
    lines: u64,
    looks: u64,
}

impl Recorder {
    fn record(&mut self, step: Step) {
        let (tag, say, at) = match step {
            Step::Look { user, at } => {
                self.looks += 1;
                let other = &self.users[at];
                let same = if other == user { "같음" } else { "다름" };
                let place = at + 1;
                let say = format!("{user} 찾기: {place}번째 {other}, {same}");
                ("look", say, at)
            }
            Step::Probe { key } => {
                self.looks += 1;
                let at = self.users.iter().position(|user| user == key);
                let known = if at.is_some() { "있음" } else { "없음" };
                let say = format!("{key} 찾기: 해시로 물으니 {known}");
                ("probe", say, at.unwrap_or(usize::MAX))
            }
            Step::New { user } => {
                self.users.push(user.to_owned());
                let say = format!("처음 보는 {user}: 끝에 더함");
                ("new", say, self.users.len() - 1)
            }
            Step::Item => {
                self.lines += 1;
                return;
            }
            _ => return,
        };
        let tone = |i: usize| match (i == at, tag) {
            (true, "new") => Tone::Hit,
            (true, _) => Tone::Now,
            (false, "look") if i < at => Tone::Seen,
            _ => Tone::Plain,
        };
        let cells = self.users.iter().enumerate().map(|(i, user)| LaneCell {
            at: i as u64,
            text: user.clone(),
            tone: tone(i),
        });
        self.frames.push(Frame {
            step: tag.into(),
            say,
            counters: vec![
                ("마친 줄".into(), format!("{}줄", self.lines)),
                ("들여다봄".into(), format!("{}번", self.looks)),
                ("모은 사용자".into(), format!("{}명", self.users.len())),
            ],
            lanes: vec![Lane {
                label: "모은 사용자(나온 차례)".into(),
                size: REPLAY_LINES as u64,
                cells: cells.collect(),
                group: 0,
            }],
            jumps: Vec::new(),
        });
    }
}

fn verdict(report: &Report) -> Verdict {
    let times: Vec<(&str, &str, f64)> = GUESSES
        .iter()
        .filter_map(|(value, label)| {
            Some((*value, *label, report.time(label)?))
        })
        .collect();
    let slowest = times.iter().max_by(|a, b| a.2.total_cmp(&b.2));
    let Some((value, label, most)) = slowest else {
        return Verdict::pending();
    };
    let all = report.time(ALL).unwrap_or(*most);
    let sentence = format!(
        "{label}에 {}, 모두 {}의 {}%가 듦.",
        format::time(*most),
        format::time(all),
        format::fixed(most * 100.0 / all, 0)
    );
    Verdict::choice(GUESSES, value, sentence)
}

/// 잴 때의 줄: 여러 번 돌려야 하므로 이만큼까지만.
const MEASURED_LINES: (u64, u64) = (10_000, 20_000);

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let (browser, native) = MEASURED_LINES;
    let lines = p.lines.min(ctx.scope.pick(browser, native));
    let log = p.log(lines);
    let swaps = p.how().swaps();
    let Some(profile) = Profile::take(&log, p.how(), &swaps, ctx)? else {
        return Ok(vec![note("해상도 부족: 시간 비교를 표시하지 않음")]);
    };
    let mut views = Vec::new();
    if lines < p.lines {
        let lines = format::int(lines);
        views.push(note(format!("시간은 앞의 {lines}줄로 잼")));
    }
    views.extend(profile.views(&swaps));
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn ways() -> impl Iterator<Item = How> {
        let dedupes = [Dedupe::List, Dedupe::Set];
        let renders = [Render::Concat, Render::Join];
        let topks = [Topk::Sort, Topk::Heap];
        dedupes.into_iter().flat_map(move |dedupe| {
            renders.into_iter().flat_map(move |render| {
                let how = move |topk| How { dedupe, render, topk, k: 7 };
                topks.into_iter().map(how)
            })
        })
    }

    /// 여덟 길의 보고서가 모두 같음.
    #[test]
    fn every_way_writes_the_same_report() {
        let log = log_text::generate(700, 90, 7);
        let mut texts: Vec<String> =
            ways().map(|how| pipeline(&log, how, |_| {})).collect();
        assert_eq!(texts.len(), 8);
        texts.dedup();
        assert_eq!(texts.len(), 1);
    }

    /// 손으로 쓴 네 줄.
    #[test]
    fn a_small_log_is_counted_by_hand() {
        let log = "0 가 조회 30 /x/\n0 나 조회 5 /y\n0 가 조회 4 /x?쪽=2\n\
                   0 다 조회 9 /z\n";
        let how = How {
            dedupe: Dedupe::List,
            render: Render::Concat,
            topk: Topk::Sort,
            k: 2,
        };
        let got = Outcome::new(log, how);
        let want = "접속 4줄, 사용자 3명\n1. /x 2회 34ms\n2. /z 1회 9ms\n\
                    가\n나\n다\n";
        assert_eq!(got.text, want);
        // 나: 가와. 가: 가와. 다: 가, 나와
        assert_eq!(got.works[Stage::Dedupe as usize].compared, 4);
        assert_eq!(got.works[Stage::Aggregate as usize].probed, 4);
        // 줄의 글자와 다듬기 전 경로의 글자
        let lines = log.len() as u64 - 4;
        assert_eq!(got.works[Stage::Parse as usize].scanned, lines);
        assert_eq!(
            got.works[Stage::Normalise as usize].scanned,
            3 + 2 + 8 + 2
        );
        assert_eq!(got.works[Stage::Normalise as usize].copied, 8);
        // 조각 여섯을 한 번씩 쓰고, 자라는 글을 여섯 번 옮김
        let render = got.works[Stage::Render as usize];
        let mut grown = 0;
        let copied: usize = want
            .split_inclusive('\n')
            .map(|piece| {
                grown += piece.len();
                piece.len() + grown
            })
            .sum();
        assert_eq!((render.copied, render.strings), (copied as u64, 12));
    }

    /// 리스트의 비교는 나온 차례에서 바로 셈할 수 있음.
    #[test]
    fn list_comparisons_follow_first_places() {
        let log = log_text::generate(2_000, 300, 42);
        let records = parse(&log, &mut |_| {});
        let mut places: HashMap<_, u64> = HashMap::new();
        let mut want = 0;
        for record in &records {
            let next = places.len() as u64;
            want += match places.get(record.user) {
                Some(place) => place + 1,
                None => {
                    places.insert(record.user, next);
                    next
                }
            };
        }
        let mut seen = 0;
        dedupe_list(&records, &mut |step| {
            if let Step::Look { .. } = step {
                seen += 1;
            }
        });
        assert_eq!(seen, want);
    }

    #[test]
    fn both_ways_pick_the_same_top() {
        let paths: Vec<String> = (0..97).map(|i| format!("/{i}")).collect();
        let rows: Vec<Row> = paths
            .iter()
            .enumerate()
            .map(|(i, path)| Row {
                path,
                count: 1,
                spent: (i as u64 * 37) % 29,
            })
            .collect();
        let mut plain = rows.clone();
        plain.sort_by_key(|row| (u64::MAX - row.spent, row.path));
        for k in [1, 2, 10, 97, 200] {
            let heap = heap_top(&rows, k, &mut |_| {});
            let names = |rows: &[Row]| -> Vec<String> {
                rows.iter().map(|row| row.path.to_owned()).collect()
            };
            let k = k.min(97);
            assert_eq!(names(&heap), names(&plain[..k]));
            let sorted = merge_sort(rows.clone(), &mut |_| {});
            assert_eq!(names(&sorted), names(&plain));
        }
    }

    #[test]
    fn anchors_of_the_default_run() {
        let report = run_with("log_pipeline", &[]);
        for (key, want) in [
            ("comparisons", 1_108_487),
            ("probes", 5_000),
            ("bytes_scanned", 286_624),
            ("bytes_copied", 6_152_579),
            // 조각: 머리 하나, 상위 열, 사용자. 하나씩 더하므로 두 번씩 씀
            ("strings", 5_000 + 2 * (1 + 10 + 1_067)),
            ("users_seen", 1_067),
        ] {
            assert_eq!(report.int(key), Some(want), "{key}");
        }
        assert_eq!(report.checksum.as_deref(), Some("f1c7bd9fef4406c5"));
    }

    #[test]
    fn the_set_and_the_list_differ_only_in_their_own_stage() {
        let list = run_with("log_pipeline", &[]);
        let set = run_with("log_pipeline", &[("dedupe", "set")]);
        assert_eq!(list.answers["report"], set.answers["report"]);
        let int = |report: &Report, key| report.int(key).unwrap();
        let log = Params::default().log(5_000);
        let curve = Outcome::new(&log, Params::default().how()).curve;
        assert_eq!(curve.len(), CURVE_POINTS);
        let end = curve.last().unwrap();
        assert_eq!((end.x, end.y), (5_000.0, 1_106_920.0));
        assert_eq!(int(&set, "probes"), 10_000);
        assert_eq!(int(&list, "probes"), 5_000);
        assert_eq!(int(&list, "bytes_copied"), int(&set, "bytes_copied"));
    }
}
