//! Taking established connections out of a listener's backlog.

use super::pcb::Flags;
use super::{TcpHandle, TcpListener};
use crate::{Binding, Error, Stack};

impl<H: crate::Hooks> Stack<H> {
    /// Listens on an address ([`ANY`](crate::addr::ANY) for all of this host) and `port`, with the profile's backlog; a
    /// [`Binding`] says more.
    ///
    /// # Errors
    /// [`Error::Value`] for port 0, [`Error::InUse`], or [`Error::Memory`] when all listeners of the profile are open.
    pub fn tcp_listen(&mut self, binding: impl Into<Binding>, port: u16) -> Result<TcpListener, Error> {
        self.tcp_open(binding.into(), port)
    }

    fn tcp_open(&mut self, binding: Binding, port: u16) -> Result<TcpListener, Error> {
        if port == 0 {
            return Err(Error::Value);
        }
        if self.tcp.listeners.iter().any(|listener| listener.conflicts(&binding, port)) {
            return Err(Error::InUse);
        }
        let mut free = self.tcp.listeners.iter_mut().enumerate();
        let (index, listener) = free.find(|(_, listener)| listener.is_free()).ok_or(Error::Memory)?;
        listener.open(binding, port, crate::config::TCP_BACKLOG);
        Ok(TcpListener { index: index as u8, generation: listener.generation() })
    }

    /// The next established connection of the backlog.
    ///
    /// # Errors
    /// [`Error::Handle`]; [`Error::WouldBlock`] when there is none.
    pub fn tcp_accept(&mut self, listener: TcpListener) -> Result<TcpHandle, Error> {
        self.tcp_listener(listener)?;
        let mut pcbs = self.tcp.pcbs.iter_mut().enumerate();
        let waiting = pcbs.find(|(_, pcb)| {
            pcb.flags.has(Flags::UNACCEPTED) && pcb.listener == listener.index && pcb.is_synchronized()
        });
        let (index, pcb) = waiting.ok_or(Error::WouldBlock)?;
        pcb.flags.clear(Flags::UNACCEPTED);
        self.tcp.events |= pcb.events != 0;
        if let Some(listener) = self.tcp.listeners.get_mut(usize::from(listener.index)) {
            listener.taken();
        }
        Ok(self.tcp.handle(index))
    }

    /// Stops listening; connections that were not accepted are reset.
    ///
    /// # Errors
    /// [`Error::Handle`].
    pub fn tcp_close_listener(&mut self, listener: TcpListener) -> Result<(), Error> {
        self.tcp_listener(listener)?;
        for index in 0..crate::config::TCP_PCBS {
            let pcb = self.tcp.pcbs.get(index);
            if pcb.is_some_and(|pcb| pcb.flags.has(Flags::UNACCEPTED) && pcb.listener == listener.index) {
                self.tcp_drop(index);
            }
        }
        if let Some(listener) = self.tcp.listeners.get_mut(usize::from(listener.index)) {
            listener.close();
        }
        Ok(())
    }

    fn tcp_listener(&self, handle: TcpListener) -> Result<(), Error> {
        let listener = self.tcp.listeners.get(usize::from(handle.index));
        let open = listener.is_some_and(|l| !l.is_free() && l.generation() == handle.generation);
        if open { Ok(()) } else { Err(Error::Handle) }
    }
}
