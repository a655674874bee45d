//! 프로세스와 그 자손: 운영체제가 한도를 지켜 주지 않는 곳에서도 봄.

use std::collections::HashSet;
use std::future::pending;
use std::time::{Duration, Instant};

use sysinfo::{Pid, Process, ProcessRefreshKind, ProcessesToUpdate, System};
use tokio::process::Child;
use tokio::time::sleep;

/// 메모리를 다시 볼 때까지.
const LOOK: Duration = Duration::from_millis(250);
/// 한 번 보는 데 든 시간의 이만큼은 쉼: 프로세스가 많은 컴퓨터에서도 재는 것을
/// 한 코어의 1%보다 많이 빼앗지 않음.
const REST: u32 = 100;
const LONGEST: Duration = Duration::from_secs(2);

pub struct Tree {
    root: Option<Pid>,
    system: System,
}

impl Tree {
    pub fn of(child: &Child) -> Self {
        Tree { root: child.id().map(Pid::from_u32), system: System::new() }
    }

    /// 지금 살아 있는 뿌리와 자손.
    fn members(&mut self) -> Vec<&Process> {
        let what = ProcessRefreshKind::nothing().with_memory();
        self.system.refresh_processes_specifics(
            ProcessesToUpdate::All,
            true,
            what.without_tasks(),
        );
        let all = self.system.processes();
        let mut found: HashSet<Pid> = self.root.into_iter().collect();
        // 한 번에 한 세대씩, 더 없을 때까지
        loop {
            let known = found.len();
            let ours = all.values().filter(|each| {
                each.parent().is_some_and(|parent| found.contains(&parent))
            });
            let next: Vec<Pid> = ours.map(Process::pid).collect();
            found.extend(next);
            if found.len() == known {
                break;
            }
        }
        found.iter().filter_map(|id| all.get(id)).collect()
    }

    /// 프로세스 하나가 물리 메모리를 `limit`바이트보다 많이 쓸 때까지. 한도가
    /// 없으면 보지 않음.
    pub async fn outgrows(mut self, limit: Option<u64>) -> u64 {
        let Some(most) = limit else { return pending().await };
        loop {
            let start = Instant::now();
            if self.members().iter().any(|each| each.memory() > most) {
                return most;
            }
            let rest = start.elapsed() * REST;
            sleep(rest.clamp(LOOK, LONGEST)).await;
        }
    }

    /// 한 번만: 끝난 뒤에는 남이 그 번호를 쓸 수 있음.
    #[cfg(not(unix))]
    pub fn kill(&mut self) {
        for each in self.members() {
            each.kill();
        }
        self.root = None;
    }
}
