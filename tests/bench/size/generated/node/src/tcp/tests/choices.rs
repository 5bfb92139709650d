//! What connections and listeners choose: the version, the interface, address and port, hops and class.

use super::script::{PEER_IP, Script};
use crate::Error;
use crate::addr::{socket, v4};
use crate::testing::OWN_IP;
use crate::wire::tcp::flags;

/// RFC 9293 §3.9.1.1: an active open can name its own address and port.
#[test]
fn a_connection_has_the_address_and_port_that_it_asked_for() {
    let mut s = Script::new();
    let remote = socket(v4(PEER_IP), 80);
    let handle = s.stack.tcp_connect_from(v4(OWN_IP), 4321, remote, s.now).unwrap();
    assert_eq!(s.one().header.src, 4321);
    assert_eq!(s.stack.tcp_connect_from(v4(OWN_IP), 4321, remote, s.now), Err(Error::InUse));
    assert_eq!(s.stack.tcp_connect_from(v4(OWN_IP), s.local_port, remote, s.now), Err(Error::InUse));
    s.stack.tcp_abort(handle).unwrap();
    let foreign = v4([127, 0, 0, 1].into());
    assert_eq!(s.stack.tcp_connect_from(foreign, 0, remote, s.now), Err(Error::Route), "never on the wire");
}

/// RFC 3493 §5.3: a listener without IPv4 leaves the port to another; one of both versions takes both.
#[test]
fn a_listener_takes_the_versions_that_it_wants() {
    use crate::Binding;
    use crate::addr::ANY;
    let mut s = Script::new();
    s.stack.tcp_close_listener(s.listener).unwrap();
    s.listener = s.stack.tcp_listen(Binding::ANY.v6only(), s.local_port).unwrap();
    s.send(flags::SYN, &[]);
    assert_eq!(s.one().header.flags, flags::RST | flags::ACK);
    let remote = socket(v4(PEER_IP), 80);
    assert_eq!(s.stack.tcp_connect_from(Binding::ANY.v6only(), 0, remote, s.now), Err(Error::Value));
    assert_eq!(s.stack.tcp_listen(ANY, s.local_port), Err(Error::InUse));
    s.stack.tcp_close_listener(s.listener).unwrap();
    s.listener = s.stack.tcp_listen(v4(crate::addr::Ip4::UNSPECIFIED), s.local_port).unwrap();
    let handle = s.open(&[]);
    let remote = s.stack.tcp_remote(handle).unwrap();
    assert_eq!(remote, socket(v4(PEER_IP), s.peer_port), "as an address of IPv4 (RFC 3493 §3.7)");
}
