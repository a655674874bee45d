//! 끝이 같은 말들: 앞을 함께 쓰는 트라이, 끝까지 함께 쓰는 DAWG와 FST.
//!
//! DAWG는 차례로 온 말에서 바로 가장 작은 자동 기계를 만드는 방법
//! (Daciuk 외, 2000)으로 지음. `fst` 크레이트도 같은 방법을 쓰되, 견주어
//! 볼 마디를 다 기억하지 않음.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{BuildHasherDefault, DefaultHasher};

use fst::automaton::{Automaton as _, Str};
use fst::{IntoStreamer, Streamer};
use hashbrown::HashTable;

use super::counting::{Heap, held};
use super::words;
use lab::checksum::fnv1a;
use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Series, Shape,
    Table, Tone, Trace, Tree, TreeNode, TreeShape, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 집합보다 자동 기계가 작은가, 그리고 무엇을 잃는가?",
    prediction: Prediction {
        text: "어간만 담은 DAWG에, 어간마다 어미 24개를 모두 붙여 말을 \
               24배로 늘림. 마디의 수는 몇 배가 될까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("stems", 2_000)]),
    bench: Bench::Group,
    memory_mib: 192,
};

const GUESSES: &[(&str, &str)] =
    &[("1", "1배 (거의 그대로)"), ("2", "2배"), ("5", "5배"), ("24", "24배")];

lab::choices! {
    /// 말을 담는 구조.
    pub enum Repr {
        HashSet = "hash_set", "해시 셋";
        Sorted = "sorted_vec", "정렬한 배열";
        Trie = "trie", "트라이";
        Dawg = "dawg", "DAWG";
        FstSet = "fst_set", "fst의 Set";
        FstMap = "fst_map", "fst의 Map";
    }
}

lab::params! {
    /// 지어낸 어간에 진짜 어미를 붙인 말을 여섯 구조에 담음.
    pub struct Params {
        stems: u64 = 2_000, int("어간의 수").unit("개")
            .browser(10, 20_000).native(10, 200_000).log()
            .hint("말은 어간 × 어미. 20만 개면 메모리를 1 GiB쯤 씀");
        endings: u64 = words::MOST_ENDINGS, int("붙이는 어미의 수").unit("개")
            .range(1, words::MOST_ENDINGS);
        repr: Repr = Repr::Dawg, choice("찾는 데 쓸 구조")
            .hint("어느 것을 골라도 답은 같아야 함");
        queries: u64 = 10_000, int("찾을 말").unit("개")
            .range(100, 100_000).log().hint("절반쯤은 담지 않은 말");
        pick: u64 = 0, int("자동 완성할 어간").range(0, 199_999)
            .hint("그 어간의 앞 두 음절로 시작하는 말을 찾음");
        seed: u64 = 42, int("씨앗");
    }
    check = |_: &Params, _| Ok(());
}

/// 실험에 쓰는 말.
pub struct Corpus {
    pub stems: Vec<String>,
    /// 담을 말. 바이트의 차례임.
    pub words: Vec<String>,
    /// 찾을 말.
    pub queries: Vec<String>,
}

impl Corpus {
    pub fn new(p: &Params) -> Self {
        let every = words::stems(2 * p.stems, p.seed);
        let tails = words::endings(p.endings);
        let queries = words::queries(&every, &tails, p.queries, p.seed);
        let mut stems = every;
        stems.truncate(p.stems as usize);
        let words = words::join(&stems, &tails);
        Corpus { stems, words, queries }
    }
}

/// 짓는 동안의 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// 앞말과 여기까지 같음.
    Share { depth: usize },
    /// 새 글자로 길이 자람.
    Grow { depth: usize },
    /// 같은 모양의 마디가 이미 있어 그것을 씀.
    Reuse { depth: usize, node: u32 },
    /// 처음 보는 모양이라 남김.
    Keep { depth: usize, node: u32 },
}

impl Step {
    fn tag(self) -> &'static str {
        match self {
            Step::Share { .. } => "share",
            Step::Grow { .. } => "grow",
            Step::Reuse { .. } => "reuse",
            Step::Keep { .. } => "keep",
        }
    }
}

/// 얼린 자동 기계. 마디 i의 간선은 `first[i]`부터 `first[i + 1]` 앞까지.
///
/// 다음 마디의 번호는 늘 제 번호보다 작음: 아래부터 얼리기 때문임.
#[derive(Clone, Debug, Default)]
pub struct Automaton {
    first: Vec<u32>,
    /// 마디마다 한 비트: 말이 여기서 끝나는가.
    ends: Vec<u64>,
    labels: Vec<u8>,
    targets: Vec<u32>,
    root: u32,
}

/// 아직 자라는 마디.
#[derive(Default)]
struct Open {
    end: bool,
    labels: Vec<u8>,
    targets: Vec<u32>,
}

impl Open {
    fn hash(&self) -> u64 {
        let targets = self.targets.iter().flat_map(|each| each.to_le_bytes());
        let labels = self.labels.iter().copied();
        fnv1a(labels.chain(targets).chain([u8::from(self.end)]))
    }
}

/// 차례로 온 말로 자동 기계를 지음.
pub struct Builder {
    /// 모양이 같은 마디를 함께 쓰는가. 아니면 트라이가 됨.
    share: bool,
    /// 얼린 마디의 번호. 모양은 얼린 배열에 있음.
    register: HashTable<u32>,
    frozen: Automaton,
    /// 자라는 길, 뿌리부터.
    path: Vec<Open>,
    last: Vec<u8>,
}

// ANCHOR: kernel
impl Builder {
    /// 앞말보다 뒤의 말이어야 함.
    pub fn add(&mut self, word: &[u8], mut watch: impl FnMut(Step)) {
        let same = self.last.iter().zip(word).take_while(|(a, b)| a == b);
        let depth = same.count(); // step: share
        watch(Step::Share { depth });
        // 앞말에서 갈라진 가지는 더 자라지 않음: 이제 얼려도 됨
        self.freeze(depth, &mut watch);
        for label in &word[depth..] {
            if let Some(tip) = self.path.last_mut() {
                tip.labels.push(*label);
            }
            self.path.push(Open::default()); // step: grow
            watch(Step::Grow { depth: self.path.len() - 1 });
        }
        if let Some(tip) = self.path.last_mut() {
            tip.end = true;
        }
        self.last.clear();
        self.last.extend_from_slice(word);
    }

    /// `depth`보다 깊은 마디를 아래부터 얼림.
    fn freeze(&mut self, depth: usize, watch: &mut impl FnMut(Step)) {
        while self.path.len() > depth + 1 {
            let Some(open) = self.path.pop() else { return };
            let node = self.place(&open, watch);
            if let Some(parent) = self.path.last_mut() {
                parent.targets.push(node);
            }
        }
    }

    /// 같은 모양의 마디가 있으면 그 번호, 없으면 새 번호.
    fn place(&mut self, open: &Open, watch: &mut impl FnMut(Step)) -> u32 {
        let depth = self.path.len();
        let frozen = &self.frozen;
        let hash = open.hash();
        let found = self.register.find(hash, |at| frozen.is_like(*at, open));
        if let (true, Some(&node)) = (self.share, found) {
            watch(Step::Reuse { depth, node }); // step: reuse
            return node;
        }
        let node = self.frozen.push(open); // step: keep
        watch(Step::Keep { depth, node });
        if self.share {
            let frozen = &self.frozen;
            let rehash = |at: &u32| frozen.hash(*at);
            self.register.insert_unique(hash, node, rehash);
        }
        node
    }
}
// ANCHOR_END: kernel

impl Builder {
    pub fn new(share: bool) -> Self {
        Builder {
            share,
            register: HashTable::new(),
            frozen: Automaton { first: vec![0], ..Automaton::default() },
            path: vec![Open::default()],
            last: Vec::new(),
        }
    }

    pub fn finish(mut self, mut watch: impl FnMut(Step)) -> Automaton {
        self.freeze(0, &mut watch);
        let root = self.path.pop().unwrap_or_default();
        self.frozen.root = self.place(&root, &mut watch);
        let Automaton { first, ends, labels, targets, .. } = &mut self.frozen;
        first.shrink_to_fit();
        ends.shrink_to_fit();
        labels.shrink_to_fit();
        targets.shrink_to_fit();
        self.frozen
    }
}

impl Automaton {
    /// 차례로 늘어선 말에서.
    pub fn build<W: AsRef<[u8]>>(words: &[W], share: bool) -> Self {
        let mut builder = Builder::new(share);
        for word in words {
            builder.add(word.as_ref(), |_| {});
        }
        builder.finish(|_| {})
    }

    pub fn nodes(&self) -> u64 {
        self.first.len() as u64 - 1
    }

    pub fn edges(&self) -> u64 {
        self.labels.len() as u64
    }

    fn span(&self, node: u32) -> std::ops::Range<usize> {
        let at = node as usize;
        self.first[at] as usize..self.first[at + 1] as usize
    }

    fn is_end(&self, node: u32) -> bool {
        self.ends[node as usize / 64] >> (node % 64) & 1 == 1
    }

    fn is_like(&self, node: u32, open: &Open) -> bool {
        let span = self.span(node);
        self.is_end(node) == open.end
            && self.labels[span.clone()] == open.labels
            && self.targets[span] == open.targets
    }

    fn hash(&self, node: u32) -> u64 {
        let span = self.span(node);
        let open = Open {
            end: self.is_end(node),
            labels: self.labels[span.clone()].to_vec(),
            targets: self.targets[span].to_vec(),
        };
        open.hash()
    }

    fn push(&mut self, open: &Open) -> u32 {
        let node = self.nodes() as u32;
        if node.is_multiple_of(64) {
            self.ends.push(0);
        }
        if let Some(bits) = self.ends.last_mut() {
            *bits |= u64::from(open.end) << (node % 64);
        }
        self.labels.extend_from_slice(&open.labels);
        self.targets.extend_from_slice(&open.targets);
        self.first.push(self.labels.len() as u32);
        node
    }

    // ANCHOR: walk
    /// 글자를 따라간 마디. 길이 끊기면 `None`.
    pub fn walk(&self, word: &[u8]) -> Option<u32> {
        word.iter().try_fold(self.root, |at, label| {
            let span = self.span(at);
            let i = self.labels[span.clone()].iter().position(|l| l == label);
            Some(self.targets[span.start + i?])
        })
    }

    pub fn contains(&self, word: &[u8]) -> bool {
        self.walk(word).is_some_and(|at| self.is_end(at))
    }
    // ANCHOR_END: walk

    /// 마디마다 거기서 시작하는 말의 수.
    fn words_below(&self) -> Vec<u64> {
        let mut below = Vec::with_capacity(self.nodes() as usize);
        for node in 0..self.nodes() as u32 {
            let next = &self.targets[self.span(node)];
            let sum: u64 = next.iter().map(|at| below[*at as usize]).sum();
            below.push(sum + u64::from(self.is_end(node)));
        }
        below
    }

    /// `node`에서 시작하는 끝말을 차례대로 많아야 `most`개.
    fn tails(&self, node: u32, most: usize) -> Vec<Vec<u8>> {
        let (mut out, mut waiting) = (Vec::new(), vec![(node, Vec::new())]);
        while let Some((at, tail)) = waiting.pop() {
            if out.len() == most {
                break;
            }
            for edge in self.span(at).rev() {
                let mut longer: Vec<u8> = tail.clone();
                longer.push(self.labels[edge]);
                waiting.push((self.targets[edge], longer));
            }
            if self.is_end(at) {
                out.push(tail);
            }
        }
        out
    }

    /// 힙의 바이트.
    pub fn bytes(&self) -> u64 {
        frozen_bytes(self.nodes(), self.edges())
    }
}

/// 마디에 4바이트와 한 비트, 간선에 5바이트.
fn frozen_bytes(nodes: u64, edges: u64) -> u64 {
    4 * (nodes + 1) + 8 * nodes.div_ceil(64) + 5 * edges
}

/// 64비트의 `Box<str>` 하나: 포인터와 길이.
pub const BOXED: u64 = 16;

/// hashbrown의 표: 8분의 7까지 채우는 2의 거듭제곱 칸, 칸마다 제어
/// 바이트 하나, 끝에 한 묶음(SSE2에서 16바이트) 더.
pub fn table_bytes(n: u64) -> u64 {
    let slots = (n * 8 / 7).max(1).next_power_of_two();
    slots * (BOXED + 1) + 16
}

pub type Words = HashSet<Box<str>, BuildHasherDefault<DefaultHasher>>;

/// 여섯 구조를 모두 담은 것.
pub struct Rivals {
    pub set: Words,
    pub sorted: Vec<Box<str>>,
    pub trie: Automaton,
    pub dawg: Automaton,
    pub fst_set: fst::Set<Vec<u8>>,
    pub fst_map: fst::Map<Vec<u8>>,
    /// 짓는 동안의 힙, 구조마다. 세는 할당기가 없으면 비어 있음.
    pub heaps: Vec<Heap>,
}

fn broken(error: fst::Error) -> Failure {
    Failure::Unavailable(format!("fst를 짓지 못함: {error}"))
}

/// 말을 차례로 넣어 지은 것. 남는 자리는 돌려줌.
pub fn fst_set(words: &[String]) -> Result<fst::Set<Vec<u8>>, Failure> {
    let mut builder = fst::SetBuilder::memory();
    builder.extend_iter(words).map_err(broken)?;
    let mut bytes = builder.into_inner().map_err(broken)?;
    bytes.shrink_to_fit();
    fst::Set::new(bytes).map_err(broken)
}

/// 말마다 몇 번째인지도 담은 것.
pub fn fst_map(words: &[String]) -> Result<fst::Map<Vec<u8>>, Failure> {
    let mut builder = fst::MapBuilder::memory();
    builder.extend_iter(words.iter().zip(0..)).map_err(broken)?;
    let mut bytes = builder.into_inner().map_err(broken)?;
    bytes.shrink_to_fit();
    fst::Map::new(bytes).map_err(broken)
}

/// 꼭 들어갈 만큼만 잡은 해시 셋.
pub fn hash_set(words: &[String]) -> Words {
    let mut set =
        Words::with_capacity_and_hasher(words.len(), Default::default());
    set.extend(words.iter().map(|word| word.as_str().into()));
    set
}

pub fn sorted(words: &[String]) -> Vec<Box<str>> {
    words.iter().map(|word| word.as_str().into()).collect()
}

impl Rivals {
    pub fn new(words: &[String]) -> Result<Self, Failure> {
        let mut heaps = Vec::new();
        let mut keep = |heap: Option<Heap>| heaps.extend(heap);
        let (set, heap) = held(|| hash_set(words));
        keep(heap);
        let (sorted, heap) = held(|| sorted(words));
        keep(heap);
        let (trie, heap) = held(|| Automaton::build(words, false));
        keep(heap);
        let (dawg, heap) = held(|| Automaton::build(words, true));
        keep(heap);
        let (fst_set, heap) = held(|| fst_set(words));
        keep(heap);
        let (fst_map, heap) = held(|| fst_map(words));
        keep(heap);
        let (fst_set, fst_map) = (fst_set?, fst_map?);
        Ok(Rivals { set, sorted, trie, dawg, fst_set, fst_map, heaps })
    }

    pub fn contains(&self, repr: Repr, word: &str) -> bool {
        match repr {
            Repr::HashSet => self.set.contains(word),
            Repr::Sorted => {
                let found =
                    self.sorted.binary_search_by(|each| (**each).cmp(word));
                found.is_ok()
            }
            Repr::Trie => self.trie.contains(word.as_bytes()),
            Repr::Dawg => self.dawg.contains(word.as_bytes()),
            Repr::FstSet => self.fst_set.contains(word),
            Repr::FstMap => self.fst_map.contains_key(word),
        }
    }

    pub fn hits(&self, repr: Repr, queries: &[String]) -> u64 {
        queries.iter().filter(|word| self.contains(repr, word)).count() as u64
    }
}

/// 여섯 구조의 바이트. 앞의 넷은 64비트의 식, fst는 지은 것의 길이.
pub fn bytes(words: &[String], rivals: &Rivals) -> [u64; 6] {
    let n = words.len() as u64;
    let text: u64 = words.iter().map(|word| word.len() as u64).sum();
    [
        text + table_bytes(n),
        text + BOXED * n,
        rivals.trie.bytes(),
        rivals.dawg.bytes(),
        rivals.fst_set.as_fst().as_bytes().len() as u64,
        rivals.fst_map.as_fst().as_bytes().len() as u64,
    ]
}

/// 자동 완성의 답.
struct Completion {
    prefix: String,
    count: u64,
    shown: Vec<String>,
}

/// 화면에 보이는 말의 수.
const SHOWN: usize = 8;

fn complete(p: &Params, corpus: &Corpus, dawg: &Automaton) -> Completion {
    let stem = &corpus.stems[(p.pick % p.stems) as usize];
    let prefix: String = stem.chars().take(2).collect();
    let Some(node) = dawg.walk(prefix.as_bytes()) else {
        return Completion { prefix, count: 0, shown: Vec::new() };
    };
    let text =
        |tail: Vec<u8>| format!("{prefix}{}", String::from_utf8_lossy(&tail));
    let shown = dawg.tails(node, SHOWN).into_iter().map(text).collect();
    let count = dawg.words_below()[node as usize];
    Completion { prefix, count, shown }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 5, "말 만들기")?;
    let corpus = Corpus::new(p);
    ctx.progress(1, 5, "여섯 구조에 담기")?;
    let rivals = Rivals::new(&corpus.words)?;
    ctx.progress(3, 5, "찾기")?;
    let hits = rivals.hits(p.repr, &corpus.queries);
    let completion = complete(p, &corpus, &rivals.dawg);
    let mut alone = corpus.stems.clone();
    alone.sort_unstable();
    alone.dedup();
    let alone = Automaton::build(&alone, true);
    ctx.progress(4, 5, "어미를 하나씩 늘리기")?;
    let (nodes, edges) = (rivals.dawg.nodes(), rivals.dawg.edges());
    let words = corpus.words.len() as u64;
    let bytes = bytes(&corpus.words, &rivals);
    Ok(Report::default()
        .answer("words", words)
        .answer("nodes", nodes)
        .answer("edges", edges)
        .answer("hits", hits)
        .answer("stem_nodes", alone.nodes())
        .answer("trie_nodes", rivals.trie.nodes())
        .answer("completions", completion.count)
        .checksum(&[words, nodes, edges, hits])
        .view(View::Table(summary(p, words, &rivals, bytes)))
        .view(note(FST_WIDTH))
        .view(View::Chart(per_word(words, bytes)))
        .view(View::Chart(growth(p, &corpus.stems)))
        .view(View::Table(completed(words, &completion)))
        .view(View::Tree(drawing(p, &corpus.stems)))
        .view(View::Trace(replay())))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(1);
    let (alone, nodes) = (int("stem_nodes"), int("nodes"));
    let sentence = format!(
        "어간만 담으면 마디 {}개, 어미를 붙인 말 {}개를 담으면 {}개.",
        format::int(alone),
        format::int(int("words")),
        format::int(nodes)
    );
    Verdict::ratio(GUESSES, nodes as f64 / alone as f64, sentence)
}

/// 기억해 둔 마디의 자리를 고르는 해시를 `fst`가 포인터의 폭으로 자름.
pub(super) const FST_WIDTH: &str = "fst의 바이트는 포인터의 폭에 따라 \
     다름: 64비트인 네이티브와 32비트인 WASM의 것이 몇 퍼센트까지 갈림. 담긴 \
     말은 같음";

fn summary(p: &Params, n: u64, rivals: &Rivals, bytes: [u64; 6]) -> Table {
    let none = || Cell::from("–");
    let graph = |automaton: &Automaton| {
        [automaton.nodes().into(), automaton.edges().into()]
    };
    let rows = Repr::ALL.into_iter().zip(bytes).map(|(repr, bytes)| {
        let here = if repr == p.repr { " ←" } else { "" };
        let [nodes, edges] = match repr {
            Repr::Trie => graph(&rivals.trie),
            Repr::Dawg => graph(&rivals.dawg),
            _ => [none(), none()],
        };
        let prefix = match repr {
            Repr::HashSet => "모두 훑음",
            _ => "됨",
        };
        let grow = match repr {
            Repr::HashSet | Repr::Trie => "됨",
            Repr::Sorted => "뒤를 다 밂",
            _ => "다시 지음",
        };
        vec![
            format!("{}{here}", repr.label()).into(),
            bytes.into(),
            Cell::fixed(bytes as f64 / n as f64, 2),
            nodes,
            edges,
            prefix.into(),
            grow.into(),
        ]
    });
    let mut table = Table {
        title: format!(
            "같은 말 {}개를 담은 여섯 구조 (간선 하나가 UTF-8 1바이트)",
            format::int(n)
        ),
        badge: Badge::Exact,
        columns: vec![
            Column::text("구조"),
            Column::number("크기", "바이트"),
            Column::number("말 하나", "바이트"),
            Column::number("마디", "개"),
            Column::number("간선", "개"),
            Column::text("접두 검색"),
            Column::text("말 더하기"),
        ],
        rows: rows.collect(),
    };
    if !rivals.heaps.is_empty() {
        table.columns.push(Column::number("할당기가 센 크기", "바이트"));
        for (row, heap) in table.rows.iter_mut().zip(&rivals.heaps) {
            row.push(heap.live.into());
        }
    }
    table
}

fn per_word(n: u64, bytes: [u64; 6]) -> Chart {
    let points = bytes
        .iter()
        .enumerate()
        .map(|(i, bytes)| (i as f64, *bytes as f64 / n as f64).into());
    Chart {
        title: "말 하나에 드는 바이트".into(),
        badge: Badge::Exact,
        x: Axis::category("구조", Repr::ALL.map(Repr::label)),
        y: Axis::linear("말 하나", "바이트"),
        series: vec![Series {
            name: "말 하나".into(),
            shape: Shape::Bar,
            points: points.collect(),
        }],
        marks: Vec::new(),
    }
}

/// 어미를 하나씩 늘려 볼 때 쓰는 어간은 많아야 이만큼.
const GROWTH_STEMS: usize = 200;

fn growth(p: &Params, stems: &[String]) -> Chart {
    let stems = &stems[..stems.len().min(GROWTH_STEMS)];
    let mut lines: [Vec<_>; 3] = Default::default();
    for count in 1..=p.endings {
        let words = words::join(stems, &words::endings(count));
        let dawg = Automaton::build(&words, true);
        let trie = Automaton::build(&words, false);
        let sizes = [words.len() as u64, trie.nodes(), dawg.nodes()];
        for (line, size) in lines.iter_mut().zip(sizes) {
            line.push((count as f64, size as f64).into());
        }
    }
    let names = ["말의 수", "트라이의 마디", "DAWG의 마디"];
    let series = names.into_iter().zip(lines).map(|(name, points)| Series {
        name: name.into(),
        shape: Shape::Line,
        points,
    });
    let stems = format::int(stems.len() as u64);
    Chart {
        title: format!("어미를 하나씩 늘리면 (어간 {stems}개)"),
        badge: Badge::Exact,
        x: Axis::linear("어미의 수", "개"),
        y: Axis::linear("개수", "개"),
        series: series.collect(),
        marks: Vec::new(),
    }
}

/// 글에 붙는 조사 '로'나 '으로': 받침이 없거나 ㄹ이면 '로'.
fn with(text: &str) -> &'static str {
    let tail = |last: char| (last as u32).saturating_sub('가' as u32) % 28;
    match text.chars().last().map_or(0, tail) {
        0 | 8 => "로",
        _ => "으로",
    }
}

fn completed(n: u64, completion: &Completion) -> Table {
    let Completion { prefix, count, shown } = completion;
    let more = count - shown.len() as u64;
    let mut list = shown.join(", ");
    if more > 0 {
        list += &format!(" … 외 {}개", format::int(more));
    }
    let row = |name: &str, value: Cell| vec![name.into(), value];
    Table {
        title: format!("자동 완성: '{prefix}'{} 시작하는 말", with(prefix)),
        badge: Badge::Exact,
        columns: vec![Column::text("지표"), Column::text("값")],
        rows: vec![
            row("찾은 말(개)", (*count).into()),
            row("찾은 말", list.into()),
            row("DAWG가 따라간 간선(개)", (prefix.len() as u64).into()),
            row("해시 셋이 훑는 말(개)", n.into()),
        ],
    }
}

/// 그림에 담는 어간과 어미: 함께 쓰는 자리까지 한눈에 들어올 만큼.
const DRAWN_STEMS: usize = 3;
const DRAWN_ENDINGS: u64 = 6;

/// 그림과 재생은 음절을 글자 하나로 봄: 서로 다른 음절에 차례대로 번호를
/// 붙여 바이트 하나로 씀.
struct Syllables {
    letters: Vec<char>,
    words: Vec<Vec<u8>>,
}

impl Syllables {
    fn new(words: &[String]) -> Self {
        let all: BTreeSet<char> =
            words.iter().flat_map(|word| word.chars()).collect();
        let letters: Vec<char> = all.into_iter().collect();
        let number: BTreeMap<char, u8> =
            letters.iter().copied().zip(0..).collect();
        let code =
            |word: &String| word.chars().map(|each| number[&each]).collect();
        let words = words.iter().map(code).collect();
        Syllables { letters, words }
    }

    fn letter(&self, label: u8) -> char {
        self.letters[label as usize]
    }
}

fn drawing(p: &Params, stems: &[String]) -> Tree {
    let tails = words::endings(p.endings.min(DRAWN_ENDINGS));
    // 짧은 어간부터: 나무가 낮아짐
    let mut stems: Vec<&String> = stems.iter().collect();
    stems.sort_by_key(|stem| stem.len());
    let stems: Vec<String> =
        stems.into_iter().take(DRAWN_STEMS).cloned().collect();
    let words = words::join(&stems, &tails);
    let syllables = Syllables::new(&words);
    let dawg = Automaton::build(&syllables.words, true);
    let mut seen = BTreeSet::new();
    Tree {
        title: format!(
            "음절로 지은 DAWG: 말 {}개, 마디 {}개. ●는 말의 끝, =은 이미 \
             그린 마디",
            words.len(),
            dawg.nodes()
        ),
        badge: Badge::Exact,
        unit: String::new(),
        shape: TreeShape::Outline,
        roots: branches(&dawg, dawg.root, &syllables, &mut seen),
    }
}

fn branches(
    dawg: &Automaton,
    node: u32,
    syllables: &Syllables,
    seen: &mut BTreeSet<u32>,
) -> Vec<TreeNode> {
    let branch = |edge: usize| {
        let (label, to) = (dawg.labels[edge], dawg.targets[edge]);
        let end = if dawg.is_end(to) { " ●" } else { "" };
        let letter = syllables.letter(label);
        if dawg.span(to).is_empty() {
            return TreeNode::new(format!("{letter}{end}"), 0.0, Vec::new())
                .tone(Tone::Hit);
        }
        if !seen.insert(to) {
            let text = format!("{letter}{end} = {to}번 마디");
            return TreeNode::new(text, 0.0, Vec::new()).tone(Tone::Seen);
        }
        let below = branches(dawg, to, syllables, seen);
        TreeNode::new(format!("{letter}{end} → {to}번 마디"), 0.0, below)
    };
    dawg.span(node).map(branch).collect()
}

/// 재생하는 말: 이어 보기 쉽게 진짜 동사로.
const REPLAY_STEMS: [&str; 3] = ["가", "먹", "자"];
const REPLAY_TAILS: [&str; 5] = ["고", "고서", "는데", "는지", "던지"];

fn replay() -> Trace {
    let stems = REPLAY_STEMS.map(str::to_owned);
    let words = words::join(&stems, &REPLAY_TAILS);
    let syllables = Syllables::new(&words);
    let mut recorder = Recorder::new(&syllables);
    let mut builder = Builder::new(true);
    for (word, text) in syllables.words.iter().zip(&words) {
        recorder.begin(text, word);
        builder.add(word, |step| recorder.record(step));
    }
    recorder.begin("(끝)", &[]);
    builder.finish(|step| recorder.record(step));
    Trace {
        title: format!(
            "음절로 DAWG 짓기: 동사 {}개 × 어미 {}개",
            REPLAY_STEMS.len(),
            REPLAY_TAILS.len()
        ),
        badge: Badge::Exact,
        frames: recorder.frames,
    }
}

/// 장면을 모으는 기록기.
struct Recorder<'a> {
    syllables: &'a Syllables,
    frames: Vec<Frame>,
    text: String,
    word: Vec<u8>,
    /// 자라는 길의 글자.
    path: Vec<u8>,
    /// 얼린 마디로 들어가는 글자, 번호대로.
    kept: Vec<String>,
    words: u64,
    reused: u64,
}

/// 재생의 줄에 놓는 칸의 수.
const PATH_CELLS: u64 = 4;
const KEPT_CELLS: u64 = 16;

impl<'a> Recorder<'a> {
    fn new(syllables: &'a Syllables) -> Self {
        Recorder {
            syllables,
            frames: Vec::new(),
            text: String::new(),
            word: Vec::new(),
            path: Vec::new(),
            kept: Vec::new(),
            words: 0,
            reused: 0,
        }
    }

    fn begin(&mut self, text: &str, word: &[u8]) {
        self.text = text.to_owned();
        self.word = word.to_vec();
        self.words += u64::from(!word.is_empty());
    }

    /// 얼리는 마디를 길에서 떼어 내고 그 이름을 말함.
    fn drop_tip(&mut self) -> String {
        match self.path.pop() {
            Some(label) => {
                format!("'{}' 끝의 마디", self.syllables.letter(label))
            }
            None => "뿌리".to_owned(),
        }
    }

    fn record(&mut self, step: Step) {
        let (say, now, tone) = match step {
            Step::Share { depth } => {
                let same: String = self.word[..depth]
                    .iter()
                    .map(|label| self.syllables.letter(*label))
                    .collect();
                let say = match depth {
                    0 => format!("{}: 앞말과 같은 앞부분이 없음", self.text),
                    _ => format!("{}: 앞말과 '{same}'까지 같음", self.text),
                };
                (say, None, Tone::Plain)
            }
            Step::Grow { depth } => {
                let label = self.word[depth - 1];
                self.path.push(label);
                let letter = self.syllables.letter(label);
                (format!("길이 자람: '{letter}'"), None, Tone::Plain)
            }
            Step::Reuse { node, .. } => {
                let tip = self.drop_tip();
                self.reused += 1;
                let say =
                    format!("{tip} 얼림: {node}번과 같은 모양이라 그것을 씀");
                (say, Some(node), Tone::Hit)
            }
            Step::Keep { node, .. } => {
                let letter =
                    self.path.last().map_or("뿌리".into(), |label| {
                        self.syllables.letter(*label).to_string()
                    });
                self.kept.push(letter);
                let tip = self.drop_tip();
                let say = format!(
                    "{tip} 얼림: 처음 보는 모양이라 {node}번으로 남김"
                );
                (say, Some(node), Tone::Now)
            }
        };
        self.frames.push(Frame {
            step: step.tag().into(),
            say,
            counters: vec![
                ("말".into(), format!("{}개", self.words)),
                ("남긴 마디".into(), format!("{}개", self.kept.len())),
                ("함께 쓴 마디".into(), format!("{}번", self.reused)),
            ],
            lanes: vec![self.path_lane(step), self.kept_lane(now, tone)],
            jumps: Vec::new(),
        });
    }

    fn path_lane(&self, step: Step) -> Lane {
        let last = self.path.len().checked_sub(1);
        let grown = matches!(step, Step::Grow { .. });
        let cell = |(at, label): (usize, &u8)| LaneCell {
            at: at as u64,
            text: self.syllables.letter(*label).to_string(),
            tone: match Some(at) == last && grown {
                true => Tone::Now,
                false => Tone::Plain,
            },
        };
        Lane {
            label: "자라는 길".into(),
            size: PATH_CELLS,
            cells: self.path.iter().enumerate().map(cell).collect(),
            group: 0,
        }
    }

    fn kept_lane(&self, now: Option<u32>, tone: Tone) -> Lane {
        let cell = |(at, text): (usize, &String)| LaneCell {
            at: at as u64,
            text: text.clone(),
            tone: if now == Some(at as u32) { tone } else { Tone::Plain },
        };
        Lane {
            label: "남긴 마디(들어오던 글자)".into(),
            size: KEPT_CELLS,
            cells: self.kept.iter().enumerate().map(cell).collect(),
            group: 0,
        }
    }
}

/// 앞말로 시작하는 말의 수를 `fst`로.
pub fn fst_prefix(set: &fst::Set<Vec<u8>>, prefix: &str) -> u64 {
    let automaton = Str::new(prefix).starts_with();
    let mut stream = set.search(automaton).into_stream();
    let mut count = 0;
    while stream.next().is_some() {
        count += 1;
    }
    count
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    ctx.progress(0, 1, "여섯 구조에 담기")?;
    let corpus = Corpus::new(p);
    let rivals = Rivals::new(&corpus.words)?;
    let (words, queries) = (&corpus.words, &corpus.queries);
    let case = |repr: Repr| {
        let rivals = &rivals;
        Case::new(repr.label(), p.queries, move || rivals.hits(repr, queries))
    };
    let mut views =
        compare(ctx, "말 찾기", "찾기 한 번", Repr::ALL.map(case).into())?;
    let prefix = complete(p, &corpus, &rivals.dawg).prefix;
    let (prefix, rivals) = (prefix.as_str(), &rivals);
    let cases = vec![
        Case::new("해시 셋을 모두 훑기", 1, move || {
            let set = &rivals.set;
            set.iter().filter(|word| word.starts_with(prefix)).count() as u64
        }),
        Case::new("정렬한 배열의 두 경계", 1, move || {
            let start = words.partition_point(|word| word.as_str() < prefix);
            let within = |word: &String| word.starts_with(prefix);
            words[start..].partition_point(within) as u64
        }),
        Case::new("fst의 접두 검색", 1, move || {
            fst_prefix(&rivals.fst_set, prefix)
        }),
    ];
    let title = format!("'{prefix}'{} 시작하는 말 세기", with(prefix));
    views.extend(compare(ctx, &title, "질의 하나", cases)?);
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    #[test]
    fn the_default_run_by_hand() {
        let report = run_with("word_automaton", &[]);
        let int = |key| report.int(key).unwrap();
        assert_eq!(int("words"), 47_976);
        assert_eq!(int("nodes"), 5_597);
        assert_eq!(int("edges"), 7_636);
        assert_eq!(int("hits"), 5_010);
        assert_eq!(int("stem_nodes"), 5_532);
        assert_eq!(int("trie_nodes"), 195_492);
        assert_eq!(int("completions"), 24);
        assert_eq!(report.checksum.as_deref(), Some("4c0cd32ae6376b4a"));
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("1"));
        assert_eq!(verdict.headline, "1.01배");
    }

    #[test]
    fn every_structure_finds_the_same_words() {
        for (stems, endings, seed) in [(10, 1, 1), (150, 24, 2), (40, 7, 3)] {
            let p = Params {
                stems,
                endings,
                seed,
                queries: 500,
                ..Params::default()
            };
            let corpus = Corpus::new(&p);
            let rivals = Rivals::new(&corpus.words).unwrap();
            let naive = |word: &&String| corpus.words.contains(*word);
            let found = corpus.queries.iter().filter(naive).count() as u64;
            for repr in Repr::ALL {
                let hits = rivals.hits(repr, &corpus.queries);
                assert_eq!(hits, found, "{repr:?}");
                let mut words = corpus.words.iter();
                assert!(words.all(|word| rivals.contains(repr, word)));
            }
        }
    }

    /// 정의대로 센 가장 작은 마디의 수: 뒤에 올 수 있는 끝말의 집합이
    /// 서로 다른 앞말의 수.
    #[test]
    fn the_dawg_is_minimal() {
        let p = Params { stems: 30, endings: 9, ..Params::default() };
        let words = Corpus::new(&p).words;
        let mut tails: BTreeMap<&[u8], BTreeSet<&[u8]>> = BTreeMap::new();
        for word in &words {
            for cut in 0..=word.len() {
                let (head, tail) = word.as_bytes().split_at(cut);
                tails.entry(head).or_default().insert(tail);
            }
        }
        let trie = Automaton::build(&words, false);
        assert_eq!(trie.nodes(), tails.len() as u64);
        assert_eq!(trie.edges(), trie.nodes() - 1);
        let shapes: BTreeSet<_> = tails.values().collect();
        let dawg = Automaton::build(&words, true);
        assert_eq!(dawg.nodes(), shapes.len() as u64);
    }

    #[test]
    fn completions_are_a_prefix_scan() {
        for pick in [0, 7, 63] {
            let p = Params { stems: 64, pick, ..Params::default() };
            let corpus = Corpus::new(&p);
            let dawg = Automaton::build(&corpus.words, true);
            let got = complete(&p, &corpus, &dawg);
            let scan: Vec<&String> = corpus
                .words
                .iter()
                .filter(|word| word.starts_with(&got.prefix))
                .collect();
            assert_eq!(got.count, scan.len() as u64);
            let first: Vec<&String> = got.shown.iter().collect();
            assert_eq!(first, scan[..SHOWN.min(scan.len())]);
            let set = fst_set(&corpus.words).unwrap();
            assert_eq!(fst_prefix(&set, &got.prefix), got.count);
        }
    }

    #[test]
    fn the_particle_follows_the_last_consonant() {
        for (text, want) in
            [("란턴", "으로"), ("덜릴", "로"), ("가", "로"), ("", "로")]
        {
            assert_eq!(with(text), want, "{text}");
        }
    }

    #[test]
    fn the_map_keeps_the_order() {
        let p = Params { stems: 20, ..Params::default() };
        let words = Corpus::new(&p).words;
        let map = fst_map(&words).unwrap();
        assert_eq!(map.get(&words[17]), Some(17));
    }
}
