//! Memory of a connection: the minimum it was promised, and what it borrows from the rest of the pool.
//!
//! A byte that was advertised lies in a block that is taken or promised, so it can always be stored.

use super::Tcp;
use super::pcb::{Flags, Pcb, window};
use crate::config::{BlockIndex, TCP_SND_BUF, TCP_WND};
use crate::pbuf::{Claim, Pool, RX_MIN_BLOCKS, TX_MIN_BLOCKS};

impl Tcp {
    /// Promises the minimum to a new connection; `false` when the pool cannot.
    pub(super) fn back(&mut self, index: usize, pool: &mut Pool) -> bool {
        let Some(pcb) = self.pcbs.get_mut(index).filter(|_| pool.back()) else { return false };
        pcb.rx_quota = RX_MIN_BLOCKS as BlockIndex;
        pcb.tx_quota = TX_MIN_BLOCKS as BlockIndex;
        pcb.flags.set(Flags::BACKED);
        true
    }

    /// Gives back all memory and promises of a connection.
    pub(super) fn unback(&mut self, index: usize, pool: &mut Pool) {
        let Some(pcb) = self.pcbs.get_mut(index).filter(|pcb| pcb.flags.has(Flags::BACKED)) else { return };
        pcb.rx.clear(pool, Claim::Promised);
        pcb.tx.clear(pool, Claim::Promised);
        pool.unback(usize::from(pcb.rx_quota) + usize::from(pcb.tx_quota));
        pcb.rx_quota = 0;
        pcb.tx_quota = 0;
        pcb.flags.clear(Flags::BACKED);
    }
}

impl Pcb {
    /// Bytes that the peer was allowed to send and has not.
    pub(super) fn rcv_window(&self) -> usize {
        self.rcv_adv.since(self.rcv_nxt)
    }

    /// Moves the right edge of the receive window as far as the application's reading and the pool allow.
    pub(super) fn advertise(&mut self, pool: &mut Pool) -> usize {
        let held = self.rcv_window();
        if !self.flags.has(Flags::FIN_RECEIVED) && self.flags.has(Flags::BACKED) {
            self.rx_quota += pool.promise(self.rx_wanted());
            let offer = self.offer(usize::from(self.rx_quota));
            // The silly window: less than a segment is not worth telling (RFC 9293 §3.8.6.2.2).
            let step = self.mss_or(TCP_WND).min(self.rx.capacity_of(usize::from(self.rx_quota)) / 2);
            if offer >= held + step.max(1) {
                self.rcv_adv = self.rcv_nxt.after(offer);
            }
            self.shed(pool);
        }
        self.rcv_window()
    }

    /// The window that `quota` blocks can hold beside what is not yet read.
    fn offer(&self, quota: usize) -> usize {
        let room = self.rx.capacity_of(quota).saturating_sub(self.rx.len()).min(self.unfilled());
        let mss = self.mss_or(TCP_WND);
        // Whole segments, unless it is all there is: a remainder would come as a segment of its own.
        if room < mss || room == self.max_window() { room } else { room - room.checked_rem(mss).unwrap_or(0) }
    }

    /// Blocks to borrow for a full window: none while the application has more to read than the minimum holds and is
    /// still sending, for then it is the send queue that needs them.
    fn rx_wanted(&self) -> usize {
        if self.rx.blocks() > RX_MIN_BLOCKS && !self.tx.is_empty() {
            return 0;
        }
        self.rx.blocks_for(self.rx.len() + self.unfilled()).saturating_sub(usize::from(self.rx_quota))
    }

    /// What the largest window leaves beside the data that is not yet read.
    fn unfilled(&self) -> usize {
        self.max_window().saturating_sub(self.rx.len())
    }

    /// The largest window that the header can carry.
    fn max_window(&self) -> usize {
        #[cfg(feature = "tcp-wnd-scale")]
        return TCP_WND.min(0xffff << self.rcv_shift);
        #[cfg(not(feature = "tcp-wnd-scale"))]
        TCP_WND
    }

    fn mss_or(&self, other: usize) -> usize {
        if self.mss == 0 { other } else { usize::from(self.mss) }
    }

    /// Whether the application's reading has opened the window so far that the peer should know (RFC 9293 §3.8.6.2.2).
    pub(super) fn should_update(&self, pool: &Pool) -> bool {
        if self.flags.has(Flags::FIN_RECEIVED) {
            return false;
        }
        let quota = usize::from(self.rx_quota) + pool.lendable().min(self.rx_wanted());
        let (mss, capacity) = (usize::from(self.mss), self.rx.capacity_of(quota).min(self.max_window()));
        let step = if capacity >= 4 * mss { 2 * mss } else { mss.min(capacity / 2) };
        self.offer(quota) >= self.rcv_window() + step.max(1)
    }

    /// Gives promises back that neither stored data, nor the advertised window, nor the minimum needs.
    pub(super) fn shed(&mut self, pool: &mut Pool) {
        let minimum = if self.flags.has(Flags::FIN_RECEIVED) { 0 } else { RX_MIN_BLOCKS };
        let needed = self.rx.blocks_for(self.rx.len() + self.rcv_window());
        let keep = needed.max(minimum).max(self.rx.blocks());
        let excess = usize::from(self.rx_quota).saturating_sub(keep);
        pool.unpromise(excess);
        self.rx_quota -= excess as BlockIndex;
    }

    /// Bytes that the send queue takes now, with what it can borrow.
    pub(super) fn send_room(&self, pool: &Pool) -> usize {
        let capacity = self.tx.capacity_of(usize::from(self.tx_quota) + pool.lendable());
        capacity.min(TCP_SND_BUF).saturating_sub(self.tx.len())
    }

    /// Borrows what `len` more bytes in the send queue need; gives how many of them it takes.
    pub(super) fn send_reserve(&mut self, pool: &mut Pool, len: usize) -> usize {
        let len = len.min(TCP_SND_BUF.saturating_sub(self.tx.len()));
        let wanted = self.tx.blocks_for(self.tx.len() + len).saturating_sub(usize::from(self.tx_quota));
        self.tx_quota += pool.promise(wanted);
        len.min(self.tx.capacity_of(usize::from(self.tx_quota)).saturating_sub(self.tx.len()))
    }

    /// Drops acknowledged bytes from the send queue and gives back what was borrowed for them.
    pub(super) fn send_release(&mut self, pool: &mut Pool, len: usize) {
        self.tx.drop_front(pool, len, Claim::Promised);
        self.tx.reset_if_empty(pool, Claim::Promised);
        let excess = usize::from(self.tx_quota).saturating_sub(self.tx.blocks().max(TX_MIN_BLOCKS));
        pool.unpromise(excess);
        self.tx_quota -= excess as BlockIndex;
    }

    /// Takes the peer's window as it stands in a segment.
    pub(super) fn set_snd_wnd(&mut self, bytes: usize) {
        self.snd_wnd = window(bytes);
        self.snd_wnd_max = self.snd_wnd_max.max(self.snd_wnd);
    }
}
