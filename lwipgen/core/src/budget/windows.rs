//! Windows of a TCP connection: what every one is sure of, what one can have, and the rate that allows.

use serde::Serialize;

use crate::selection::Selection;

use super::{Line, constant};

/// Windows of a TCP connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Windows {
    /// Connections that the profile has control blocks for.
    pub pcbs: u64,
    /// Connections that the pool gives the guaranteed windows at once.
    pub guaranteed_connections: u64,
    /// Bytes that the peer may send.
    pub receive: Window,
    /// Bytes that may be sent.
    pub send: Window,
    /// Window over round-trip time: no connection is faster.
    pub ceilings: Vec<Ceiling>,
}

/// One direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Window {
    /// What every guaranteed connection has, whatever the others do.
    pub guaranteed: u64,
    /// What one can have while the others keep to the guaranteed.
    pub maximum: u64,
}

/// Bytes a second at a round-trip time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ceiling {
    /// Round-trip time.
    pub rtt_ms: u64,
    /// Bytes a second received.
    pub receive: Window,
    /// Bytes a second sent.
    pub send: Window,
}

pub(super) fn windows(selection: &Selection) -> Option<Windows> {
    let get = |name| constant(selection, name);
    let pcbs = get("TCP_PCBS")?;
    let block = get("PBUF_BLOCK_SIZE")?.max(1);
    let pool = get("PBUF_POOL_SIZE")?.saturating_sub(get("PBUF_RESERVE")?);
    let (wnd_min, snd_min) = (get("TCP_WND_MIN")?, get("TCP_SND_BUF_MIN")?);
    let (wnd_blocks, snd_blocks) = (wnd_min.div_ceil(block), snd_min.div_ceil(block));
    let each = (wnd_blocks + snd_blocks).max(1);
    let connections = pcbs.min(pool / each);
    // What no connection is sure of is lent to the one that asks for it.
    let spare = pool - connections * each;
    let receive = Window { guaranteed: wnd_min, maximum: get("TCP_WND")?.min((wnd_blocks + spare) * block) };
    let send = Window { guaranteed: snd_min, maximum: get("TCP_SND_BUF")?.min((snd_blocks + spare) * block) };
    let ceiling = |rtt_ms| Ceiling { rtt_ms, receive: receive.at(rtt_ms), send: send.at(rtt_ms) };
    Some(Windows {
        pcbs,
        guaranteed_connections: connections,
        receive,
        send,
        ceilings: [1, 10, 100].map(ceiling).to_vec(),
    })
}

impl Window {
    fn at(self, rtt_ms: u64) -> Window {
        Window { guaranteed: self.guaranteed * 1000 / rtt_ms, maximum: self.maximum * 1000 / rtt_ms }
    }
}

/// UDP connections × control block + TCP connections × (send window + receive window + control block).
pub(super) fn esp_idf_peak(selection: &Selection, lines: &[Line]) -> u64 {
    let control_blocks = |name: &str| {
        let line = lines.iter().find(|line| line.name == name);
        line.map_or((0, 0), |line| (line.count, line.size))
    };
    let get = |name| constant(selection, name).unwrap_or(0);
    let (udp, udp_size) = control_blocks("udp.pcbs");
    let (tcp, tcp_size) = control_blocks("tcp.pcbs");
    udp * udp_size + tcp * (get("TCP_SND_BUF") + get("TCP_WND") + tcp_size)
}
