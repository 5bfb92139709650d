//! The TAP device (TUN when the stack has no Ethernet): frames from and to the kernel, never waiting.

use nix::libc::{self, IFNAMSIZ, c_char, ifreq};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;

/// An open device.
pub struct Tap(File);

/// What became of a frame that was to be sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Sent {
    /// The kernel has it.
    Whole,
    /// The kernel's queue is full; the device becomes writable later.
    Full,
    /// The interface is down or the kernel has no memory: the frame is lost, as on any wire.
    Lost,
}

mod ioctl {
    // TUNSETIFF is _IOW('T', 202, int) by its number, yet takes a struct ifreq.
    nix::ioctl_write_ptr_bad!(
        tun_set_iff,
        nix::request_code_write!('T', 202, size_of::<nix::libc::c_int>()),
        nix::libc::ifreq
    );
}

impl Tap {
    /// Attaches to the device `name`, which is made if it does not exist.
    pub fn open(name: &str) -> io::Result<Self> {
        if name.is_empty() || name.len() >= IFNAMSIZ || name.contains('\0') {
            return Err(io::Error::new(ErrorKind::InvalidInput, "not a name of an interface"));
        }
        let kind = if cfg!(feature = "ethernet") { libc::IFF_TAP } else { libc::IFF_TUN };
        let mut request = ifreq {
            ifr_name: [0; IFNAMSIZ],
            ifr_ifru: libc::__c_anonymous_ifr_ifru { ifru_flags: (kind | libc::IFF_NO_PI) as i16 },
        };
        for (place, byte) in request.ifr_name.iter_mut().zip(name.bytes()) {
            *place = byte as c_char;
        }
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).custom_flags(libc::O_NONBLOCK).open("/dev/net/tun")?;
        // SAFETY: the descriptor is open, and the request is a whole `ifreq` that outlives the call.
        unsafe { ioctl::tun_set_iff(file.as_raw_fd(), &raw const request) }?;
        Ok(Self(file))
    }

    /// Reads the next frame to the start of `buffer`; gives its length, `None` when none has come.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        loop {
            match (&self.0).read(buffer) {
                Ok(len) => return Ok(Some(len)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Hands a frame to the kernel.
    pub fn send(&self, frame: &[u8]) -> io::Result<Sent> {
        loop {
            match (&self.0).write(frame) {
                Ok(_) => return Ok(Sent::Whole),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Sent::Full),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error)
                    if matches!(error.raw_os_error(), Some(libc::EIO | libc::ENOBUFS | libc::ENOMEM)) =>
                {
                    return Ok(Sent::Lost);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl AsFd for Tap {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixDatagram;

    /// A device whose other end the test holds: datagrams behave as frames do, a full queue among them.
    pub fn pair() -> (Tap, UnixDatagram) {
        let (device, wire) = UnixDatagram::pair().unwrap_or_else(|error| panic!("{error}"));
        for end in [&device, &wire] {
            end.set_nonblocking(true).unwrap_or_else(|error| panic!("{error}"));
        }
        (Tap(File::from(OwnedFd::from(device))), wire)
    }

    #[test]
    fn frames_pass_whole_and_nothing_waits() {
        let (tap, wire) = pair();
        let mut buffer = [0; 100];
        assert_eq!(tap.receive(&mut buffer).ok(), Some(None));
        assert_eq!(wire.send(b"there").ok(), Some(5));
        assert_eq!(tap.receive(&mut buffer).ok(), Some(Some(5)));
        assert_eq!(tap.send(b"back").ok(), Some(Sent::Whole));
        assert_eq!(wire.recv(&mut buffer).ok(), Some(4));
        assert_eq!(&buffer[..5], b"backe");
    }

    #[test]
    fn a_full_queue_is_told() {
        let (tap, wire) = pair();
        let full = (0..10_000).find(|_| tap.send(&[0; 1500]).ok() == Some(Sent::Full));
        assert!(full.is_some());
        while wire.recv(&mut [0; 1500]).is_ok() {}
        assert_eq!(tap.send(&[0; 1500]).ok(), Some(Sent::Whole));
    }

    #[test]
    fn a_name_that_no_interface_can_have_is_refused() {
        for name in ["", "sixteen-letters-", "a\0b"] {
            let error = Tap::open(name).err().map(|error| error.kind());
            assert_eq!(error, Some(ErrorKind::InvalidInput), "{name:?}");
        }
    }
}
