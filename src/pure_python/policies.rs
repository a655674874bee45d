//! LRU와 견주는 다섯 정책. 모두 실패하면 반드시 넣고, 찬 다음에만 쫓아냄.
//!
//! 키는 0부터 빽빽한 번호이고, `request`는 적중인지를 돌려줌.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use lab::rng::{SplitMix64, mix64};

/// 먼저 들어온 것을 쫓아냄. 적중해도 차례는 그대로임.
pub struct Fifo {
    room: usize,
    inside: Vec<bool>,
    queue: VecDeque<u32>,
}

impl Fifo {
    pub fn new(room: usize, keys: usize) -> Self {
        Fifo { room, inside: vec![false; keys], queue: VecDeque::new() }
    }

    pub fn request(&mut self, key: u32) -> bool {
        if self.inside[key as usize] {
            return true;
        }
        if self.queue.len() == self.room
            && let Some(victim) = self.queue.pop_front()
        {
            self.inside[victim as usize] = false;
        }
        self.queue.push_back(key);
        self.inside[key as usize] = true;
        false
    }
}

/// 들어온 뒤로 가장 적게 찾은 것을, 같으면 가장 오래 찾지 않은 것을 쫓아냄.
pub struct Lfu {
    room: usize,
    len: usize,
    /// 들어온 뒤로 찾은 횟수와 마지막으로 찾은 때. 없으면 횟수가 0.
    used: Vec<(u32, u32)>,
    /// 낡은 것이 섞여 있음: 꺼낼 때 `used`와 견주어 버림.
    heap: BinaryHeap<Reverse<(u32, u32, u32)>>,
}

impl Lfu {
    pub fn new(room: usize, keys: usize) -> Self {
        Lfu { room, len: 0, used: vec![(0, 0); keys], heap: BinaryHeap::new() }
    }

    pub fn request(&mut self, key: u32, now: usize) -> bool {
        let hit = self.used[key as usize].0 > 0;
        if !hit && self.len == self.room {
            self.evict();
        }
        self.len += usize::from(!hit);
        let (count, last) = &mut self.used[key as usize];
        (*count, *last) = (*count + 1, now as u32);
        self.heap.push(Reverse((*count, *last, key)));
        hit
    }

    fn evict(&mut self) {
        while let Some(Reverse((count, last, key))) = self.heap.pop() {
            if self.used[key as usize] == (count, last) {
                self.used[key as usize] = (0, 0);
                self.len -= 1;
                return;
            }
        }
    }
}

/// 아무 자리나 골라 그 자리의 것을 쫓아냄.
pub struct Random {
    room: usize,
    inside: Vec<bool>,
    slots: Vec<u32>,
    rng: SplitMix64,
}

impl Random {
    pub fn new(room: usize, keys: usize, seed: u64) -> Self {
        // 요청을 뽑는 난수와 겹치지 않게 함
        let rng = SplitMix64::new(mix64(seed));
        Random { room, inside: vec![false; keys], slots: Vec::new(), rng }
    }

    pub fn request(&mut self, key: u32) -> bool {
        if std::mem::replace(&mut self.inside[key as usize], true) {
            return true;
        }
        if self.slots.len() < self.room {
            self.slots.push(key);
            return false;
        }
        let slot = self.rng.below(self.room as u64) as usize;
        let victim = std::mem::replace(&mut self.slots[slot], key);
        self.inside[victim as usize] = false;
        false
    }
}

/// 작은 대기열(S), 큰 대기열(M), 쫓겨난 키의 명부(G).
/// Yang 외, "FIFO queues are all you need for cache eviction" (SOSP 2023).
pub struct S3Fifo {
    room: usize,
    /// S가 이만큼 차면 S에서, 아니면 M에서 쫓아냄.
    small: usize,
    s: VecDeque<u32>,
    m: VecDeque<u32>,
    /// 쫓겨난 때와 키. 다시 들어온 키는 낡은 채로 남음.
    ghosts: VecDeque<(u32, u32)>,
    ghost_count: usize,
    place: Vec<Place>,
    /// 들어온 뒤로 다시 찾은 횟수, 3까지.
    again: Vec<u8>,
    clock: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Out,
    Inside,
    /// G에 이 번호로 적힘.
    Ghost(u32),
}

/// 다시 찾은 횟수는 2비트에 적음.
const AGAIN_MAX: u8 = 3;

impl S3Fifo {
    pub fn new(room: usize, keys: usize) -> Self {
        S3Fifo {
            room,
            small: (room / 10).max(1),
            s: VecDeque::new(),
            m: VecDeque::new(),
            ghosts: VecDeque::new(),
            ghost_count: 0,
            place: vec![Place::Out; keys],
            again: vec![0; keys],
            clock: 0,
        }
    }

    pub fn request(&mut self, key: u32) -> bool {
        if self.place[key as usize] == Place::Inside {
            let again = &mut self.again[key as usize];
            *again = (*again + 1).min(AGAIN_MAX);
            return true;
        }
        if self.s.len() + self.m.len() == self.room {
            self.evict();
        }
        // 쫓아내는 동안 명부에서 밀려났을 수 있으므로 이제 봄
        if let Place::Ghost(_) = self.place[key as usize] {
            self.ghost_count -= 1;
            self.m.push_back(key);
        } else {
            self.s.push_back(key);
        }
        self.place[key as usize] = Place::Inside;
        self.again[key as usize] = 0;
        false
    }

    /// 하나가 나갈 때까지 되풀이함.
    fn evict(&mut self) {
        loop {
            if self.s.len() >= self.small {
                let Some(key) = self.s.pop_front() else { return };
                if self.again[key as usize] <= 1 {
                    self.bury(key);
                    return;
                }
                self.again[key as usize] = 0;
                self.m.push_back(key);
            } else {
                let Some(key) = self.m.pop_front() else { return };
                if self.again[key as usize] == 0 {
                    self.place[key as usize] = Place::Out;
                    return;
                }
                self.again[key as usize] -= 1;
                self.m.push_back(key);
            }
        }
    }

    /// 키만 명부에 적음. 명부의 길이는 M의 몫과 같음.
    fn bury(&mut self, key: u32) {
        self.place[key as usize] = Place::Ghost(self.clock);
        self.ghosts.push_back((self.clock, key));
        self.clock += 1;
        self.ghost_count += 1;
        while self.ghost_count > self.room - self.small {
            let Some((stamp, old)) = self.ghosts.pop_front() else { return };
            if self.place[old as usize] == Place::Ghost(stamp) {
                self.place[old as usize] = Place::Out;
                self.ghost_count -= 1;
            }
        }
    }
}

/// 가장 나중에 다시 찾을 것을 쫓아냄. 미래를 알아야 하므로 상한으로만 씀.
pub struct Belady {
    room: usize,
    len: usize,
    inside: Vec<bool>,
    /// 키마다 다음에 찾을 때.
    next: Vec<u32>,
    /// 낡은 것이 섞여 있음: 꺼낼 때 `next`와 견주어 버림.
    heap: BinaryHeap<(u32, u32)>,
}

impl Belady {
    pub fn new(room: usize, keys: usize) -> Self {
        Belady {
            room,
            len: 0,
            inside: vec![false; keys],
            next: vec![0; keys],
            heap: BinaryHeap::new(),
        }
    }

    pub fn request(&mut self, key: u32, next: u32) -> bool {
        let hit = self.inside[key as usize];
        if !hit && self.len == self.room {
            self.evict();
        }
        self.len += usize::from(!hit);
        self.inside[key as usize] = true;
        self.next[key as usize] = next;
        self.heap.push((next, key));
        hit
    }

    fn evict(&mut self) {
        while let Some((next, key)) = self.heap.pop() {
            let fresh = self.next[key as usize] == next;
            if fresh && self.inside[key as usize] {
                self.inside[key as usize] = false;
                self.len -= 1;
                return;
            }
        }
    }
}
