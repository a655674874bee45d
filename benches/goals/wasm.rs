//! WASM의 목표: 같은 실험을 이 프로그램과 Node의 WASM 모듈에서 번갈아 잼.
//!
//! 실험이 스스로 재는 방법들의 이름으로 짝을 지으므로 따로 쓴 커널이 없음.
//! 모듈은 `cargo book bench`가 먼저 만듦.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rust_lab::cli::Native;
use rust_lab::lab::{Ctx, Entry, Scope, Values};
use serde_json::{Value, json};

use crate::goal::Row;

/// 두 쪽을 번갈아 재는 판의 수.
const ROUNDS: usize = 7;

struct WasmGoal {
    experiment: &'static str,
    flags: &'static [(&'static str, &'static str)],
    title: &'static str,
    rows: &'static [RowGoal],
}

/// WASM에서 잰 `fast`를 무엇과 견주는가.
struct RowGoal {
    name: &'static str,
    fast: &'static str,
    slow: Against,
    at_least: f64,
}

#[derive(Clone, Copy)]
enum Against {
    /// 이 프로그램의 같은 이름.
    Native,
    /// WASM의 다른 이름.
    Wasm(&'static str),
}

const GOALS: &[WasmGoal] = &[
    WasmGoal {
        experiment: "ooo_pipeline",
        flags: &[],
        title: "실수의 합, 캐시 안",
        rows: &[
            RowGoal {
                name: "sum_native",
                fast: "누산기 8개",
                slow: Against::Native,
                at_least: 0.85,
            },
            RowGoal {
                name: "sum_lanes",
                fast: "누산기 8개",
                slow: Against::Wasm("누산기 1개"),
                at_least: 1.6,
            },
        ],
    },
    WasmGoal {
        experiment: "dict_probe",
        flags: &[],
        title: "섞인 순서로 있는 키 찾기",
        rows: &[RowGoal {
            name: "look_up",
            fast: "hashbrown (곱셈 해시)",
            slow: Against::Native,
            at_least: 0.6,
        }],
    },
    WasmGoal {
        experiment: "julia",
        flags: &[],
        title: "줄리아 집합",
        rows: &[
            RowGoal {
                name: "julia_scalar",
                fast: "스칼라",
                slow: Against::Native,
                at_least: 0.85,
            },
            RowGoal {
                name: "julia_simd",
                fast: "SIMD f64×2, 벡터 4개",
                slow: Against::Native,
                at_least: 0.85,
            },
            RowGoal {
                name: "julia_lanes",
                fast: "SIMD f64×2, 벡터 4개",
                slow: Against::Wasm("스칼라"),
                at_least: 2.3,
            },
        ],
    },
    WasmGoal {
        experiment: "diffusion",
        flags: &[],
        title: "확산, 캐시 안",
        rows: &[
            RowGoal {
                name: "diffusion_native",
                fast: "캐시에 담아 여러 스텝씩",
                slow: Against::Native,
                at_least: 0.85,
            },
            RowGoal {
                name: "diffusion_lanes",
                fast: "캐시에 담아 여러 스텝씩",
                slow: Against::Wasm("식 그대로, 이웃은 %로"),
                at_least: 1.5,
            },
        ],
    },
    WasmGoal {
        experiment: "monte_carlo_pi",
        flags: &[],
        title: "점을 던져 세는 π",
        rows: &[
            RowGoal {
                name: "pi_native",
                fast: "for 문",
                slow: Against::Native,
                at_least: 0.85,
            },
            RowGoal {
                name: "pi_lanes_native",
                fast: "벡터와 스칼라를 함께",
                slow: Against::Native,
                at_least: 0.85,
            },
            RowGoal {
                name: "pi_lanes",
                fast: "벡터와 스칼라를 함께",
                slow: Against::Wasm("for 문"),
                at_least: 1.4,
            },
        ],
    },
    WasmGoal {
        experiment: "prime_search",
        flags: &[],
        title: "u32에 드는 소수 세기",
        rows: &[RowGoal {
            name: "primes_native",
            fast: "한 스레드",
            slow: Against::Native,
            at_least: 0.85,
        }],
    },
];

/// 모듈이나 Node가 없으면 까닭을 말하고 빈 결과를 줌.
pub fn measure(words: &[&String]) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    let mut node = None;
    for goal in GOALS {
        let entry = rust_lab::find(goal.experiment)
            .ok_or_else(|| format!("{}: 없는 실험임", goal.experiment))?;
        let id = format!("wasm/{}", entry.name);
        if !crate::chosen(&id, words) {
            continue;
        }
        if !module(entry).exists() {
            eprintln!("▹ {id}: 건너뜀, 모듈은 `cargo book bench`가 만듦");
            continue;
        }
        eprintln!("▸ {id}");
        if node.is_none() {
            node = Some(Node::start()?);
        }
        if let Some(node) = &mut node {
            rows.extend(goal.measure(entry, node)?);
        }
    }
    Ok(rows)
}

fn modules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/wasm/out")
}

fn module(entry: &Entry) -> PathBuf {
    modules().join(entry.chapter).join("lab_bg.wasm")
}

impl WasmGoal {
    fn measure(
        &self,
        entry: &'static Entry,
        node: &mut Node,
    ) -> Result<Vec<Row>, String> {
        let flags = self.flags.iter().copied();
        let values = entry
            .table()
            .parse(flags, Scope::Browser)
            .map_err(|failure| failure.to_string())?;
        let (mut native, mut wasm) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            native.push(here(entry, &values)?);
            wasm.push(node.measure(entry, &values)?);
        }
        let row = |goal: &RowGoal| {
            let fast = times(&wasm, goal.fast)?;
            let (name, slow) = match goal.slow {
                Against::Native => ("네이티브", times(&native, goal.fast)?),
                Against::Wasm(name) => (name, times(&wasm, name)?),
            };
            Ok(Row::new(
                "wasm",
                goal.name,
                self.title,
                goal.at_least,
                ("WASM", fast),
                (name, slow),
            ))
        };
        self.rows.iter().map(row).collect()
    }
}

/// 이 프로그램에서 잰 볼 것.
fn here(entry: &Entry, values: &Values) -> Result<Value, String> {
    let host = Native::new(false);
    let views = entry
        .measure(values, &mut Ctx::new(&host, Scope::Browser))
        .map_err(|failure| failure.to_string())?;
    serde_json::to_value(views).map_err(|error| error.to_string())
}

/// 판마다, 이 이름으로 잰 항목 하나의 ns.
fn times(rounds: &[Value], name: &str) -> Result<Vec<f64>, String> {
    let one = |views: &Value| {
        let tables = views.as_array()?.iter().filter_map(|view| {
            (view["badge"] == "measured").then_some(view["rows"].as_array()?)
        });
        let row = tables.flatten().find(|row| row[0]["text"] == name)?;
        row[1]["value"].as_f64()
    };
    rounds
        .iter()
        .map(|views| one(views).ok_or(format!("'{name}'을 재지 않았음")))
        .collect()
}

/// WASM 모듈을 올린 Node 하나. 끝까지 살아 있음.
struct Node {
    child: Child,
    ask: ChildStdin,
    replies: BufReader<ChildStdout>,
}

impl Node {
    fn start() -> Result<Self, String> {
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("goals/wasm.mjs");
        let mut child = Command::new("node")
            .arg(script)
            .arg(modules())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("node를 시작하지 못함: {error}"))?;
        let (Some(ask), Some(replies)) =
            (child.stdin.take(), child.stdout.take())
        else {
            return Err("node와 이어지지 않음".into());
        };
        Ok(Node { child, ask, replies: BufReader::new(replies) })
    }

    fn measure(
        &mut self,
        entry: &Entry,
        values: &Values,
    ) -> Result<Value, String> {
        let what = json!({
            "chapter": entry.chapter,
            "name": entry.name,
            "params": values,
        });
        let mut reply = String::new();
        writeln!(self.ask, "{what}")
            .and_then(|()| self.replies.read_line(&mut reply))
            .map_err(|error| format!("node가 끊김: {error}"))?;
        let mut reply: Value = serde_json::from_str(&reply)
            .map_err(|_| format!("node의 답을 읽지 못함: {reply}"))?;
        match reply.get_mut("ok") {
            Some(views) => Ok(views.take()),
            None => Err(format!("{}: {reply}", entry.name)),
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
