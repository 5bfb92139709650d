//! What a socket's choices mean for a packet that it sends.

use super::Pcb;
use crate::addr::Ip;
use crate::netif::Way;

impl Pcb {
    /// What a route to `dst` must keep to.
    pub(super) fn way(&self, dst: &Ip, scope: Option<u8>) -> Way {
        let netif = self.binding.netif();
        let _ = dst;
        Way { from: self.binding.source(), netif, scope }
    }
}
