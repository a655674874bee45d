//! 우리 컴퓨터 안의 서버와 손님: 127.0.0.1 밖으로는 아무것도 보내지 않음.
//!
//! 요청은 번호 4바이트, 답은 그 번호의 본문. 서버는 빈 포트에 열리고
//! [`Server`]를 버리면 닫힘.

use std::io::{Error, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::crawl::body;
use lab::Failure;
use lab::checksum::fnv1a;

/// 한꺼번에 받는 연결의 수.
pub const CONNECTIONS: usize = 1_024;

/// 스레드 하나짜리 실행기.
pub fn runtime() -> Result<Runtime, Failure> {
    Builder::new_current_thread().enable_all().build().map_err(failed)
}

fn failed(error: Error) -> Failure {
    Failure::Unavailable(format!("127.0.0.1의 서버와 이어지지 않음: {error}"))
}

/// 서버가 요청 하나에 하는 일.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// 처리하는 시간.
    pub delay: Duration,
    /// 한꺼번에 처리하는 요청의 수.
    pub servers: usize,
    /// 답의 길이.
    pub body: usize,
}

/// 다른 스레드에서 도는 서버.
pub struct Server {
    pub addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start(service: Service) -> Result<Self, Failure> {
        let runtime = runtime()?;
        let listener = {
            let _inside = runtime.enter();
            listen().map_err(failed)?
        };
        let addr = listener.local_addr().map_err(failed)?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, service) => {}
                    _ = stopped => {}
                }
            });
        });
        Ok(Server { addr, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // 서버가 먼저 끝났으면 들을 쪽이 없음
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// 빈 포트에서 들음. 한꺼번에 여는 연결이 밀리면 1초 뒤에야 다시 오므로
/// 기다리는 줄도 연결의 수만큼 둠.
fn listen() -> Result<TcpListener, Error> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    socket.listen(CONNECTIONS as u32)
}

async fn accept(listener: TcpListener, service: Service) {
    let gate = Arc::new(Semaphore::new(service.servers));
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut clients = JoinSet::new();
    while let Ok(seat) = Arc::clone(&room).acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else { break };
        let gate = Arc::clone(&gate);
        clients.spawn(async move {
            let _seat = seat;
            // 손님이 연결을 닫으면 오류로 끝남
            let _ = answer(stream, &gate, service).await;
        });
    }
}

async fn answer(
    mut stream: tokio::net::TcpStream,
    gate: &Semaphore,
    service: Service,
) -> Result<(), Error> {
    stream.set_nodelay(true)?;
    loop {
        let request = stream.read_u32_le().await?;
        let permit = gate.acquire().await;
        sleep(service.delay).await;
        drop(permit);
        stream.write_all(&body(request.into(), service.body)).await?;
    }
}

/// 손님이 받은 것.
pub struct Fetched {
    /// 요청의 차례대로, 본문의 지문과 걸린 시간.
    pub replies: Vec<(u64, Duration)>,
    pub spent: Duration,
}

impl Fetched {
    fn collect(
        start: Instant,
        mut replies: Vec<(u32, u64, Duration)>,
    ) -> Self {
        let spent = start.elapsed();
        replies.sort_unstable_by_key(|(request, ..)| *request);
        let replies = replies.into_iter();
        let replies = replies.map(|(_, print, time)| (print, time)).collect();
        Fetched { replies, spent }
    }
}

/// 손님이 보낼 것.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    pub addr: SocketAddr,
    pub requests: u32,
    /// 한꺼번에 보내는 수이자 연결의 수.
    pub window: usize,
    /// 망의 지연: 우리 컴퓨터 안에는 없으므로 손님이 보내기 전에 기다림.
    pub latency: Duration,
    pub body: usize,
}

/// 스레드 하나에서 `window`개의 작업이 남은 요청을 나눠 당김.
pub async fn fetch(visit: Visit) -> Result<Fetched, Failure> {
    let next = Arc::new(AtomicU32::new(0));
    let start = Instant::now();
    let mut workers = JoinSet::new();
    for _ in 0..visit.window.min(visit.requests as usize) {
        let next = Arc::clone(&next);
        workers.spawn(async move {
            let mut stream =
                tokio::net::TcpStream::connect(visit.addr).await?;
            stream.set_nodelay(true)?;
            let mut buffer = vec![0; visit.body];
            let mut replies = Vec::new();
            loop {
                let request = next.fetch_add(1, Ordering::Relaxed);
                if request >= visit.requests {
                    return Ok(replies);
                }
                let from = Instant::now();
                if !visit.latency.is_zero() {
                    sleep(visit.latency).await;
                }
                stream.write_u32_le(request).await?;
                stream.read_exact(&mut buffer).await?;
                let print = fnv1a(buffer.iter().copied());
                replies.push((request, print, from.elapsed()));
            }
        });
    }
    let mut replies = Vec::new();
    while let Some(done) = workers.join_next().await {
        let done = done.map_err(Error::other).and_then(|done| done);
        replies.extend(done.map_err(failed)?);
    }
    Ok(Fetched::collect(start, replies))
}

/// 같은 모양으로 기다리기만 함: 입출력이 없을 때의 바닥.
pub async fn idle(requests: u32, window: usize, delay: Duration) -> Duration {
    let next = Arc::new(AtomicU32::new(0));
    let start = Instant::now();
    let mut workers = JoinSet::new();
    for _ in 0..window.min(requests as usize) {
        let next = Arc::clone(&next);
        workers.spawn(async move {
            while next.fetch_add(1, Ordering::Relaxed) < requests {
                sleep(delay).await;
            }
        });
    }
    workers.join_all().await;
    start.elapsed()
}

/// 스레드마다 연결 하나. `window`가 1이면 하나씩 차례로임.
pub fn fetch_blocking(visit: Visit) -> Result<Fetched, Failure> {
    let next = AtomicU32::new(0);
    let start = Instant::now();
    let work = || -> Result<Vec<(u32, u64, Duration)>, Error> {
        let mut stream = TcpStream::connect(visit.addr)?;
        stream.set_nodelay(true)?;
        let mut buffer = vec![0; visit.body];
        let mut replies = Vec::new();
        loop {
            let request = next.fetch_add(1, Ordering::Relaxed);
            if request >= visit.requests {
                return Ok(replies);
            }
            let from = Instant::now();
            stream.write_all(&request.to_le_bytes())?;
            stream.read_exact(&mut buffer)?;
            let print = fnv1a(buffer.iter().copied());
            replies.push((request, print, from.elapsed()));
        }
    };
    let count = visit.window.min(visit.requests as usize);
    let replies = std::thread::scope(|scope| {
        let mut threads = Vec::new();
        for _ in 0..count {
            let builder = std::thread::Builder::new().stack_size(1 << 16);
            threads.push(builder.spawn_scoped(scope, work)?);
        }
        let mut all = Vec::new();
        for thread in threads {
            let panicked = |_| Error::other("스레드가 멈춤");
            all.extend(thread.join().map_err(panicked)??);
        }
        Ok(all)
    });
    Ok(Fetched::collect(start, replies.map_err(failed)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 두 손님이 받은 것은 본문의 지문 그대로임.
    #[test]
    fn both_clients_bring_every_body_in_order() {
        let service =
            Service { delay: Duration::from_millis(1), servers: 4, body: 20 };
        let server = Server::start(service).unwrap();
        let visit = Visit {
            addr: server.addr,
            requests: 20,
            window: 6,
            latency: Duration::ZERO,
            body: 20,
        };
        let want: Vec<u64> = (0..20).map(|i| fnv1a(body(i, 20))).collect();
        let prints = |fetched: Fetched| -> Vec<u64> {
            fetched.replies.iter().map(|(print, _)| *print).collect()
        };
        let fetched = runtime().unwrap().block_on(fetch(visit)).unwrap();
        assert_eq!(prints(fetched), want);
        assert_eq!(prints(fetch_blocking(visit).unwrap()), want);
    }
}
