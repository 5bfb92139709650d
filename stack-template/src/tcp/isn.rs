//! Initial sequence numbers that only the seed's owner can predict (RFC 6528 §3).

use super::seq::Seq;
use crate::addr::{ADDR_LEN, Ip};
use crate::{Instant, Stack};

impl<H: crate::Hooks> Stack<H> {
    /// ISN = M + F(local, remote, secret), where M ticks every 4 µs.
    pub(super) fn tcp_isn(&mut self, local: &(Ip, u16), remote: &(Ip, u16), now: Instant) -> Seq {
        #[cfg(feature = "hooks-tcp-isn")]
        {
            let [local, remote] = [local, remote].map(|(ip, port)| crate::addr::socket(*ip, *port));
            if let Some(isn) = self.hooks.tcp_isn(local, remote, now) {
                return Seq(isn);
            }
        }
        let mut input = [u32::from(local.1) << 16 | u32::from(remote.1); 2 * ADDR_LEN / 4 + 1];
        let (here, rest) = input.split_at_mut(ADDR_LEN / 4);
        let (there, _) = rest.split_at_mut(ADDR_LEN / 4);
        here.copy_from_slice(local.0.words());
        there.copy_from_slice(remote.0.words());
        let f = self.random.hash(&input);
        Seq(f.wrapping_add(now.as_millis().wrapping_mul(250)))
    }
}

#[cfg(test)]
mod tests {
    use crate::Instant;
    use crate::addr::Ip;
    use crate::testing::stack;

    /// An address of the profile's that differs by `last`.
    fn own(last: u8) -> Ip {
        let mut octets = [0; crate::addr::ADDR_LEN];
        octets[octets.len() - 1] = last;
        Ip::read(&octets)
    }

    /// RFC 6528: monotonic for one pair of endpoints, unrelated for others and under another secret.
    #[test]
    fn numbers_grow_for_one_pair_and_differ_for_others() {
        let mut stack = stack([1; 16]);
        let (a, b) = ((own(1), 80), (own(2), 4000));
        let at = |ms| Instant::from_millis(ms);
        let first = stack.tcp_isn(&a, &b, at(0));
        assert_eq!(stack.tcp_isn(&a, &b, at(1000)).since(first), 250_000);
        assert_ne!(stack.tcp_isn(&a, &(b.0, 4001), at(0)), first);
        stack.set_seed([2; 16]);
        assert_ne!(stack.tcp_isn(&a, &b, at(0)), first);
    }

    /// Bug class 21: 10 000 numbers for neighbouring ports, no bit of which is constant or biased.
    #[test]
    fn every_bit_of_the_number_is_balanced() {
        let mut stack = stack([3; 16]);
        let mut ones = [0u32; 32];
        for port in 0..10_000u16 {
            let local = (own(1), 80);
            let isn = stack.tcp_isn(&local, &(own(2), port), Instant::from_millis(0));
            for (bit, count) in ones.iter_mut().enumerate() {
                *count += isn.0 >> bit & 1;
            }
        }
        assert!(ones.iter().all(|count| (4700..5300).contains(count)), "{ones:?}");
    }
}
