//! 브라우저 시험이 여는 두 서버: 격리된 것과, 머리글 없는 정적 호스트.

use std::net::TcpListener;
use std::path::Path;

use anyhow::Result;
use axum::Router;
use rust_lab::lab::Entry;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tower_http::services::ServeDir;

use crate::local::{LIMITS, Local};
use crate::{serve, test};

/// 살아 있는 동안 두 주소가 열려 있음.
pub struct Hosts {
    /// `cargo book serve`와 같은 머리글: SIMD와 스레드.
    pub isolated: String,
    /// 보통의 정적 호스트처럼 하위 경로에, 머리글 없이.
    pub plain: String,
    _runtime: Runtime,
    _reload: watch::Sender<u32>,
}

impl Hosts {
    pub fn start(root: &Path) -> Result<Self> {
        let book = &root.join("book");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        let (reload, changed) = watch::channel(0);
        let open = |app: Router| -> Result<u16> {
            let listener = TcpListener::bind(("127.0.0.1", 0))?;
            listener.set_nonblocking(true)?;
            let port = listener.local_addr()?.port();
            runtime.spawn(async move {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                axum::serve(listener, app).await
            });
            Ok(port)
        };
        let local = Local::new(root, built, LIMITS)?;
        let isolated = open(serve::router(book, changed, local))?;
        let below = Router::new().nest_service("/notes", ServeDir::new(book));
        let plain = open(below)?;
        Ok(Hosts {
            isolated: format!("http://127.0.0.1:{isolated}/"),
            plain: format!("http://127.0.0.1:{plain}/notes/"),
            _runtime: runtime,
            _reload: reload,
        })
    }
}

/// 앞의 확인이 이미 빌드한 예제.
fn built(root: &Path, entry: &Entry) -> Result<Vec<String>> {
    test::whole(root, &["build", "--example", entry.name])
}
