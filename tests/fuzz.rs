//! 글을 읽는 쪽은 무엇을 주어도 패닉하지 않음: 읽거나, 까닭을 말하고 거절함.
//!
//! 더 오래 하려면: `FUZZ_TIMES=100 cargo test --test fuzz`. 실패가 말한
//! 씨앗에서 다시 시작하려면 `FUZZ_SEED`.

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use rust_lab::cli::counterpart::Theirs;
use rust_lab::cli::{self, Native};
use rust_lab::compiling::emit;
use rust_lab::compiling::expr::{self, Expr};
use rust_lab::compiling::expr_jit::{closure, flatten, interpret, walk};
use rust_lab::lab::host::Quiet;
use rust_lab::lab::measure::{Case, interleave};
use rust_lab::lab::rng::SplitMix64;
use rust_lab::lab::{Ctx, Entry, Failure, Kind, Report, Scope};
use rust_lab::lessons::case_quadratic_load as loader;
use rust_lab::profiling::log_pipeline as log;
use serde_json::json;

/// 어느 문법에서나 탈이 나기 쉬운 토막.
const HOSTILE: [&str; 28] = [
    "-",
    "+",
    "0",
    "00",
    "-0",
    "1e309",
    "1e-400",
    "NaN",
    "inf",
    "٣",
    "%",
    "'",
    "\"",
    "\\",
    "=",
    ",",
    ":",
    " ",
    "\n",
    "\0",
    "가",
    "🦀",
    "\u{202e}",
    "18446744073709551616",
    "99999999999999999999999999999999999999999999",
    "null",
    "__proto__",
    "../",
];
const LONGEST: usize = 4_096;

fn pick<'a, T>(rng: &mut SplitMix64, items: &'a [T]) -> &'a T {
    &items[rng.below(items.len() as u64) as usize]
}

/// 본보기 하나를 몇 군데 망가뜨림.
fn broken(
    rng: &mut SplitMix64,
    corpus: &[impl AsRef<[u8]>],
    words: &[&str],
) -> Vec<u8> {
    let mut text = pick(rng, corpus).as_ref().to_vec();
    for _ in 0..1 + rng.below(4) {
        let at = rng.below(text.len() as u64 + 1) as usize;
        let most = (text.len() - at).min(16) as u64;
        let end = at + rng.below(most + 1) as usize;
        match rng.below(7) {
            0 if at < text.len() => text[at] ^= 1 << rng.below(8),
            0 | 1 => {
                let word = pick(rng, words).bytes();
                text.splice(at..at, word);
            }
            2 => {
                let word = pick(rng, &HOSTILE).bytes();
                text.splice(at..end, word);
            }
            3 => {
                let again = text[at..end].repeat(1 + rng.below(40) as usize);
                text.splice(at..at, again);
            }
            4 => drop(text.drain(at..end)),
            5 => text.truncate(at),
            _ => {
                let other = pick(rng, corpus).as_ref();
                let from = rng.below(other.len() as u64 + 1) as usize;
                text.splice(at.., other[from..].iter().copied());
            }
        }
        text.truncate(LONGEST);
    }
    text
}

fn from_env(name: &str) -> u64 {
    let text = std::env::var(name).unwrap_or_else(|_| "1".into());
    text.parse().unwrap_or_else(|_| panic!("{name}={text}: 정수가 아님"))
}

/// 망가진 글마다 `work`. 실패하면 그 씨앗과 글을 말함.
fn fuzz(
    rounds: u64,
    corpus: &[impl AsRef<[u8]>],
    words: &[&str],
    work: impl Fn(&mut SplitMix64, &[u8]),
) {
    let first = from_env("FUZZ_SEED");
    for seed in first..first + rounds * from_env("FUZZ_TIMES") {
        let mut rng = SplitMix64::new(seed);
        let text = broken(&mut rng, corpus, words);
        let run = AssertUnwindSafe(|| work(&mut rng, &text));
        if let Err(panic) = catch_unwind(run) {
            eprintln!("FUZZ_SEED={seed}, 글: \"{}\"", text.escape_ascii());
            resume_unwind(panic);
        }
    }
}

fn is_korean(text: &str) -> bool {
    text.chars().any(|c| ('가'..='힣').contains(&c))
}

/// 결과의 비트. NaN은 모두 같음.
fn bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}

const POINTS: [f64; 6] = [-2.0, -0.0, 0.5, 1e300, f64::INFINITY, f64::NAN];

/// 엔진마다 같은 비트.
fn engines_agree(tree: &Expr, compile: bool) {
    let (mut code, mut stack) = (Vec::new(), Vec::new());
    flatten(tree, &mut code);
    let closure = closure(tree);
    for x in POINTS {
        let want = bits(walk(tree, x));
        assert_eq!(bits(interpret(&code, &mut stack, x)), want, "{x}");
        assert_eq!(bits(closure(x)), want, "{x}");
    }
    assert!(!emit::disassemble(&emit::module(tree)).is_empty());
    #[cfg(feature = "compiling")]
    if compile {
        use rust_lab::compiling::expr_jit::Machine;
        let ctx = Ctx::new(&Quiet, Scope::Native);
        let machine = Machine::new(tree, &ctx).unwrap();
        let mut whole = POINTS;
        machine.whole(&POINTS, &mut whole);
        for (x, y) in POINTS.into_iter().zip(whole) {
            let want = bits(walk(tree, x));
            assert_eq!(bits(machine.single(x)), want, "{x}");
            assert_eq!(bits(y), want, "{x}");
        }
    }
    #[cfg(not(feature = "compiling"))]
    let _ = compile;
}

#[test]
fn expressions_mean_the_same_everywhere() {
    let corpus = [
        "x*x*0.5 + 3*x - 1",
        "sqrt(1 - x*x)",
        "sel(x<0, -x, x/3)",
        "1/x - 1/(x+1)",
        "((((x*2+1)*x+3)*x+5)*x+7)*x+9",
        "--1.5e3 * .25 / sel(sqrt(x)<1,sel(x<-1,2,3),4)",
    ];
    let words = ["x", "1", ".5", "e9", "(", ")", "<", "sel(", "sqrt(", "--"];
    fuzz(20_000, &corpus, &words, |rng, text| {
        let text = String::from_utf8_lossy(text);
        let tree = match expr::parse(&text) {
            Ok(tree) => tree,
            Err(wrong) => {
                assert!(wrong.at <= text.chars().count());
                assert!(is_korean(&wrong.why));
                return assert!(wrong.explain(&text).contains('^'));
            }
        };
        engines_agree(&tree, rng.below(100) == 0);
        // 괄호를 빠짐없이 적은 글은 한도를 넘을 수 있음
        let written = tree.to_string();
        match expr::parse(&written) {
            Ok(again) => assert_eq!(again.to_string(), written),
            Err(wrong) => {
                let limit = ["넘음", "까지만"];
                assert!(limit.iter().any(|l| wrong.why.contains(l)));
            }
        }
    });
}

/// 모든 실험의 칸과, 그 칸이 받는 글 몇 가지.
fn fields() -> Vec<(&'static Entry, &'static str, Vec<String>)> {
    let texts = |entry: &'static Entry| {
        entry.table().fields.into_iter().map(move |field| {
            let mut texts = vec![field.default.to_string()];
            match field.kind {
                Kind::Int { browser, native, .. } => {
                    let ends = [browser.0, browser.1, native.0, native.1];
                    texts.extend(ends.map(|n| n.to_string()));
                    texts.push("1_0e2".into());
                }
                Kind::Real { span: (low, high) } => {
                    texts.extend([low, high].map(|x| x.to_string()));
                }
                Kind::Bool => texts.push("on".into()),
                Kind::Choice { choices } => {
                    texts.extend(choices.iter().map(|c| c.value.into()));
                }
                Kind::Text { examples, .. } => {
                    texts.extend(examples.iter().map(ToString::to_string));
                }
            }
            (entry, field.name, texts)
        })
    };
    rust_lab::entries().flat_map(texts).collect()
}

/// 거절은 그 실험의 칸 하나를 이름으로 말함.
fn names_a_field(entry: &Entry, failure: &Failure) {
    let Failure::Param { field, message } = failure else {
        panic!("{failure:?}");
    };
    assert!(entry.table().field(field).is_some(), "{failure:?}");
    assert!(message.contains(field.as_str()), "{failure:?}");
    assert!(is_korean(message), "{failure:?}");
}

/// 칸 하나에 아무 글: 받으면 플래그로 적어도 같은 값이고, 거절하면 이름을
/// 말함.
#[test]
fn parameters_are_read_or_named() {
    for (entry, name, corpus) in fields() {
        fuzz(150, &corpus, &HOSTILE, |rng, text| {
            let text = String::from_utf8_lossy(text);
            let scope = *pick(rng, &[Scope::Browser, Scope::Native]);
            let table = entry.table();
            let values = match table.parse([(name, &*text)], scope) {
                Ok(values) => values,
                Err(failure) => return names_a_field(entry, &failure),
            };
            let flags = table.flags(&values);
            let pairs = flags.iter().map(|flag| {
                flag[2..].split_once('=').expect("이름과 값의 사이")
            });
            assert_eq!(table.parse(pairs, scope).as_ref(), Ok(&values));
        });
    }
}

/// 뜻을 스스로 읽는 글 칸은 받은 글로 끝까지 돎.
#[test]
fn texts_that_are_accepted_run() {
    for (name, field, small) in
        [("expr_jit", "expr", "n"), ("scaling_law", "points", "")]
    {
        let entry = rust_lab::find(name).unwrap();
        let corpus = fields()
            .into_iter()
            .find(|each| each.0.name == name && each.1 == field)
            .map(|(_, _, texts)| texts)
            .unwrap();
        let words = ["x", "2:1.9", "8:", "9999", ".001", "("];
        fuzz(300, &corpus, &words, |_, text| {
            let text = String::from_utf8_lossy(text);
            let pairs = [(field, &*text), (small, "50")];
            let pairs = pairs.into_iter().filter(|pair| !pair.0.is_empty());
            match entry.table().parse(pairs, Scope::Native) {
                Ok(values) => {
                    let mut ctx = Ctx::new(&Quiet, Scope::Native);
                    let report = entry.run(&values, &mut ctx).unwrap();
                    assert!(
                        !cli::render::report(entry, &report, true).is_empty()
                    );
                }
                Err(failure) => names_a_field(entry, &failure),
            }
        });
    }
}

/// 운영체제의 글은 유니코드가 아닐 수 있음.
fn argument(text: &[u8]) -> OsString {
    #[cfg(unix)]
    return std::os::unix::ffi::OsStringExt::from_vec(text.to_vec());
    #[cfg(not(unix))]
    return String::from_utf8_lossy(text).into_owned().into();
}

#[test]
fn command_lines_are_read_or_refused() {
    for entry in rust_lab::entries() {
        let table = entry.table();
        let mut corpus = vec!["--json\n--measure\n--steps".to_owned()];
        for field in &table.fields {
            let name = field.name.replace('_', "-");
            corpus.push(format!("--{name}\n{}", field.default));
            corpus.push(format!("--progress\n--{name}={}", field.default));
        }
        corpus.extend(table.words.map(|w| w.sample.replace(' ', "\n")));
        let words = ["\n", "--", "=", "\n-", "-w", "-h", "--help", "--python"];
        fuzz(300, &corpus, &words, |_, text| {
            let args = text.split(|byte| *byte == b'\n').map(argument);
            match cli::parse(entry, args) {
                Ok(None) => {}
                Ok(Some(read)) => {
                    let flags = table.flags(&read.values).into_iter();
                    let again = cli::parse(entry, flags.map(OsString::from));
                    assert_eq!(again.unwrap().unwrap().values, read.values);
                }
                Err(message) => assert!(is_korean(&message), "{message}"),
            }
        });
    }
}

/// 시간을 묻는 예측과, 파이썬의 단이 놓이는 사다리까지.
fn reports() -> impl Iterator<Item = (&'static Entry, Report)> {
    ["first_run", "namespace_lookup"].into_iter().map(|name| {
        let entry = rust_lab::find(name).unwrap();
        let host = Native::new(false);
        let mut ctx = Ctx::new(&host, Scope::Native);
        let values = entry.table().defaults();
        let mut report = entry.run(&values, &mut ctx).unwrap();
        let mut cases = vec![Case::new("Rust", 1, || 1)];
        let timings = interleave(&ctx, &mut cases).unwrap().unwrap();
        report.views.extend(timings.ladder("사다리", "일", None));
        (entry, report)
    })
}

/// 독자가 고친 파이썬의 출력: 읽히면 견주고 그릴 수 있음.
#[test]
fn any_python_output_is_compared_and_drawn() {
    for (entry, report) in reports() {
        let ns = json!({ "median": 12.5, "p10": 11, "p90": 1e6 });
        let corpus = [json!({
            "answers": report.answers,
            "checksum": report.checksum,
            "timings": [
                { "name": "for 문", "ns": ns },
                { "name": "map", "ns": ns },
            ],
            "notes": ["말"],
            "version": "3.14",
        })
        .to_string()];
        let words = ["null", "-1", "0", "1e300", "[]", "{}", "\"", "],", "e9"];
        fuzz(1_000, &corpus, &words, |_, text| {
            let Ok(theirs) = serde_json::from_slice::<Theirs>(text) else {
                return;
            };
            theirs.agrees(&report);
            let mut joined = report.clone();
            theirs.join(entry, &mut joined);
            assert!(!cli::render::report(entry, &joined, false).is_empty());
            assert!(!cli::render::comparison(&report, &theirs).is_empty());
        });
    }
}

/// 망가진 로그에도 보고서는 하나: 방법이 달라도 같은 글.
#[test]
fn a_broken_log_has_one_report() {
    let corpus = ["09:00:00.012 가온0 조회 12 /상품/0/\n\
         09:00:00.041 나래1 검색 7 /게시판/1?쪽=2\n\
         09:00:01.007 가온0 삭제 199 /상품/0\n"];
    let words = ["\n", " ", "/", "?", "  ", " 18446744073709551615 "];
    fuzz(5_000, &corpus, &words, |_, text| {
        let text = String::from_utf8_lossy(text);
        let with = |dedupe, render, topk| {
            let how = log::How { dedupe, render, topk, k: 2 };
            log::pipeline(&text, how, |_| {})
        };
        use log::{Dedupe, Render, Topk};
        let slow = with(Dedupe::List, Render::Concat, Topk::Sort);
        assert_eq!(slow, with(Dedupe::Set, Render::Join, Topk::Heap));
    });
}

/// 망가진 목록에도 읽은 것은 하나이고, 끝이 있음.
#[test]
fn a_broken_list_loads_the_same() {
    let params = loader::Params {
        entries: 5,
        entry_bytes: 40,
        ..loader::Params::default()
    };
    let corpus = [loader::text(&params)];
    let words = ["{", "}", ":", ":\"", "\0", "{\"k\":\"", ",\"p\":9"];
    fuzz(5_000, &corpus, &words, |_, text| {
        let read = |dedupe| {
            let strlen = loader::real_strlen;
            let rest = loader::load(text, true, dedupe, strlen, |_| Ok(()));
            let loaded = rest.unwrap();
            assert!(loaded.keys.len() <= text.len());
            (loaded.keys, loaded.prices)
        };
        assert_eq!(read(loader::Dedupe::List), read(loader::Dedupe::Hash));
    });
}
