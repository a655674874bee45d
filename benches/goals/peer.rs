//! 느린 쪽을 맡는 파이썬 하나. 끝까지 살아 있어 표본을 번갈아 잴 수 있음.
//!
//! 한 줄에 JSON 하나씩 주고받음: `peer.py`.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::goal::Spent;

pub struct Peer {
    pub version: String,
    /// 불러올 수 있는 NumPy의 판.
    pub numpy: Option<String>,
    pub numba: Option<String>,
    child: Child,
    ask: ChildStdin,
    replies: BufReader<ChildStdout>,
}

impl Peer {
    /// 실패하면 그 까닭.
    pub fn start() -> Result<Self, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("goals");
        // -P: 장의 이름이 표준 라이브러리를 가리지 않게 함
        let mut child = Command::new("python3")
            .arg("-P")
            .arg(folder.join("peer.py"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            // 부른 스레드의 CPU 시간만 재므로 BLAS도 그 스레드에서 일해야 함
            .env("OPENBLAS_NUM_THREADS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("python3를 시작하지 못함: {error}"))?;
        let (Some(ask), Some(replies)) =
            (child.stdin.take(), child.stdout.take())
        else {
            return Err("python3와 이어지지 않음".into());
        };
        let mut peer = Peer {
            version: String::new(),
            numpy: None,
            numba: None,
            child,
            ask,
            replies: BufReader::new(replies),
        };
        (peer.version, peer.numpy, peer.numba) = peer
            .ask(&json!(["versions"]))
            .map_err(|_| "python3 3.11 이상이 있어야 함".to_owned())?;
        Ok(peer)
    }

    /// `<장>.py`의 함수로 준비하고, 한 번 돌린 답.
    pub fn open(
        &mut self,
        chapter: &str,
        name: &str,
        items: u64,
    ) -> Result<u64, String> {
        self.ask(&json!(["open", chapter, name, items]))
    }

    pub fn time(&mut self, times: u64) -> Result<Spent, String> {
        let [cpu, wall] = self.ask(&json!(["time", times]))?;
        Ok(Spent { cpu, wall })
    }

    /// `<장>.py`의 함수가 셈한 바이트.
    pub fn bytes(
        &mut self,
        chapter: &str,
        name: &str,
        items: u64,
    ) -> Result<u64, String> {
        self.ask(&json!(["bytes", chapter, name, items]))
    }

    fn ask<T: DeserializeOwned>(&mut self, what: &Value) -> Result<T, String> {
        let mut reply = String::new();
        writeln!(self.ask, "{what}")
            .and_then(|()| self.replies.read_line(&mut reply))
            .map_err(|error| format!("파이썬 쪽이 끊김: {error}"))?;
        serde_json::from_str(&reply)
            .map_err(|_| format!("파이썬 쪽이 {what}에 답하지 않음: {reply}"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // 남은 표본을 기다릴 까닭이 없음
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
