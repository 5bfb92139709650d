//! What every member is put through.

mod dhcp6;
mod forward;
mod groups;
mod path;
mod slaac;
mod source;
pub mod tcp;

use crate::board::{Board, Counters, Member};
use crate::setting::{Family, Setting};
use crate::tools;
use lwipgen_tests::{Failure, run};
use nix::sys::signal::Signal;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

/// A test of a member.
pub type Case = fn(&Setting) -> Result<(), Failure>;

/// A case, and who is put through it.
pub struct Line {
    pub name: &'static str,
    /// The program that it needs, or none (`""`).
    pub tool: &'static str,
    /// Whether it is for the tests' own profiles, too.
    pub own_too: bool,
    pub needs: fn(&Member, Family) -> bool,
    pub case: Case,
}

/// All cases, the long ones first.
pub const LINES: &[Line] = &[
    line("tcp_echo_through_faults", "", has_listeners::<1>, tcp::echo_through_faults),
    line("idle_makes_no_wake_up", "", is_any, idle_makes_no_wake_up),
    line("slaac_network_is_renumbered", "radvd", slaac::applies, slaac::network_is_renumbered),
    line("slaac_router_takes_its_leave", "radvd", slaac::applies, slaac::router_takes_its_leave),
    line("slaac_address_and_servers_are_used", "radvd", slaac::applies, slaac::address_and_servers_are_used),
    line("slaac_duplicate_is_found", "radvd", slaac::applies, slaac::duplicate_is_found),
    line("path_of_tcp_through_a_narrow_link", "radvd", path::is_found, path::tcp_through_a_narrow_link),
    line("path_of_udp_through_a_narrow_link", "radvd", path::is_found, path::udp_through_a_narrow_link),
    line("groups_are_told_to_a_switch", "bridge", groups::applies, groups::are_told_to_a_switch),
    line(
        "groups_are_told_to_an_older_switch",
        "bridge",
        groups::applies,
        groups::are_told_to_an_older_switch,
    ),
    own_too("groups_are_told_in_an_older_version", "bridge", groups::is_older, groups::are_told_to_a_switch),
    own_too(
        "groups_are_told_in_an_older_version_to_an_older_switch",
        "bridge",
        groups::is_older,
        groups::are_told_to_an_older_switch,
    ),
    line("forward_pings", "ping", forward::applies, forward::pings),
    line("forward_tcp_into_a_narrow_link", "", forward::applies, forward::tcp_into_a_narrow_link),
    line("forward_tells_what_does_not_fit", "ping", forward::applies, forward::tells_what_does_not_fit),
    line("forward_tells_that_hops_are_over", "ping", forward::applies, forward::tells_that_hops_are_over),
    line("forward_tells_where_no_way_leads", "ping", forward::applies, forward::tells_where_no_way_leads),
    own_too("forward_not", "ping", forward::is_off, forward::not),
    line("dhcp6_servers_are_learned", "dnsmasq", dhcp6::applies, dhcp6::servers_are_learned),
    own_too("slaac_identifier_is_stable", "radvd", slaac::is_opaque, slaac::identifier_is_stable),
    own_too("slaac_not", "radvd", slaac::is_off, slaac::not),
    own_too("fragmented_pings_not", "ping", path::reassembles_not, path::fragmented_pings_not),
    own_too("fragmented_datagrams_not", "", path::reassembles_not, path::fragmented_datagrams_not),
    line("fragmented_pings", "ping", path::fragments, path::fragmented_pings),
    line("fragmented_datagrams", "", path::fragments, path::fragmented_datagrams),
    line("ping_loses_none", "ping", is_any, ping_loses_none),
    line("socat", "socat", has_listeners::<1>, tools::socat),
    line("curl", "curl", has_listeners::<3>, tools::curl),
    line("udp_echo", "", is_any, udp_echo),
    line("udp_answers_from_the_address_asked", "", source::is_chosen, source::answers_from_the_address_asked),
    own_too("udp_answers_from_the_address_asked_not", "", source::is_not, source::answers_from_another),
    line("udp_closed_port", "", is_any, udp_closed_port),
    line("sigterm_ends_it", "", is_any, sigterm_ends_it),
    line("pcap_holds_what_passed", "", is_any, pcap_holds_what_passed),
    line("tcp_echo", "", has_listeners::<1>, tcp::echo),
    line("tcp_closed_port", "", has_listeners::<1>, tcp::closed_port),
    line("tcp_connections_at_once", "", has_listeners::<1>, tcp::connections_at_once),
    line("tcp_connections_in_turn", "", has_listeners::<1>, tcp::connections_in_turn),
    line("tcp_reset_by_peer", "", has_listeners::<1>, tcp::reset_by_peer),
    line("tcp_discard", "", has_listeners::<2>, tcp::discard),
    line("tcp_chargen", "", has_listeners::<3>, tcp::chargen),
];

const fn line(
    name: &'static str,
    tool: &'static str,
    needs: fn(&Member, Family) -> bool,
    case: Case,
) -> Line {
    Line { name, tool, own_too: false, needs, case }
}

/// A case that shipped profiles alone do not show: mostly that without an option an exchange ends otherwise.
const fn own_too(
    name: &'static str,
    tool: &'static str,
    needs: fn(&Member, Family) -> bool,
    case: Case,
) -> Line {
    Line { name, tool, own_too: true, needs, case }
}

fn is_any(_: &Member, _: Family) -> bool {
    true
}

fn has_listeners<const COUNT: u64>(member: &Member, _: Family) -> bool {
    member.number("TCP_LISTEN_PCBS") >= COUNT
}

/// No case waits longer for anything.
pub const PATIENCE: Duration = Duration::from_secs(150);

pub fn text(error: impl std::fmt::Display) -> Failure {
    error.to_string()
}

/// Random bytes, the same for the same seed.
pub fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    fastrand::Rng::with_seed(seed).fill(&mut bytes);
    bytes
}

/// Pings; what is said must have `answers` and nothing that came twice.
fn ping(address: &str, arguments: &[&str], answers: &str) -> Result<(), Failure> {
    let output = run(Command::new("ping").args(arguments).arg(address))?;
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    if said.contains(answers) && !said.contains("duplicates") {
        return Ok(());
    }
    Err(format!("{address} {arguments:?}: not `{answers}`:\n{said}"))
}

/// Waits until an address answers: IPv6 checks it first.
fn reached(address: &str) -> Result<(), Failure> {
    let mut last = Ok(());
    for _ in 0..15 {
        last = ping(address, &["-c", "1", "-W", "1"], "1 received");
        if last.is_ok() {
            break;
        }
    }
    last
}

pub fn ping_loses_none(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&[])?;
    let address = board.address.to_string();
    ping(&address, &["-c", "1000", "-i", "0.002"], "1000 received, 0% packet loss")?;
    // One that the interface just carries, of a size that comes in several blocks.
    ping(&address, &["-c", "1", "-s", &setting.payload_max().to_string()], "1 received")?;
    let counters = board.stop()?;
    if counters["frames_in"] < 1000 { Err(format!("{counters:?}")) } else { Ok(()) }
}

pub fn udp_echo(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&[])?;
    let socket = setting.udp(&board, 7)?;
    for (round, size) in [0, 1, setting.payload_max().into()].into_iter().cycle().take(30).enumerate() {
        let sent = noise(round as u64, size);
        socket.send(&sent).map_err(text)?;
        let mut received = [0; 2000];
        let len = socket.recv(&mut received).map_err(|error| format!("{size} bytes: {error}"))?;
        if received[..len] != sent {
            return Err(format!("{size} bytes came back as {len} others"));
        }
    }
    board.stop().map(|_| ())
}

pub fn udp_closed_port(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&[])?;
    let socket = setting.udp(&board, 4)?;
    socket.send(b"anybody?").map_err(text)?;
    match socket.recv(&mut [0; 10]) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => board.stop().map(|_| ()),
        other => Err(format!("{other:?}")),
    }
}

pub fn sigterm_ends_it(setting: &Setting) -> Result<(), Failure> {
    let mut board = setting.start(&[])?;
    let first = board.counters()?;
    let last = board.end(Signal::SIGTERM)?;
    let signals = |counters: &Counters| counters["wakeups_signal"];
    if (signals(&first), signals(&last)) == (1, 2) { Ok(()) } else { Err(format!("{first:?} {last:?}")) }
}

pub fn pcap_holds_what_passed(setting: &Setting) -> Result<(), Failure> {
    let file = setting.file("pcap");
    let board = setting.start(&["--pcap", &file])?;
    let socket = setting.udp(&board, 7)?;
    socket.send(b"to be captured").map_err(text)?;
    socket.recv(&mut [0; 100]).map_err(text)?;
    let counters = board.stop()?;
    let capture = std::fs::read(&file).map_err(text)?;
    let bytes = counters["bytes_in"] + counters["bytes_out"];
    let frames = counters["frames_in"] + counters["frames_out"];
    let seen = capture.windows(14).filter(|window| window == b"to be captured").count();
    let expected = 24 + 16 * frames + bytes;
    if capture.len() as u64 == expected && seen == 2 {
        Ok(())
    } else {
        Err(format!("{} bytes, not {expected}; seen {seen} times", capture.len()))
    }
}

/// With a connection that stands and is silent, if there is TCP, nothing wakes the program by the clock.
pub fn idle_makes_no_wake_up(setting: &Setting) -> Result<(), Failure> {
    let seconds = match std::env::var("LWIPGEN_IDLE_SECONDS") {
        Ok(seconds) => seconds.parse().map_err(|_| format!("LWIPGEN_IDLE_SECONDS={seconds} is no number"))?,
        Err(_) => 10,
    };
    let mut board = setting.start(&[])?;
    let connection = if setting.member.has("tcp") { Some(spoken_with(&board)?) } else { None };
    let socket = setting.udp(&board, 7)?;
    socket.send(b"x").map_err(text)?;
    socket.recv(&mut [0; 10]).map_err(text)?;
    // Delayed acknowledgements and the like are through by then, and three solicitations of routers, four seconds
    // apart (RFC 4861 §6.3.7).
    sleep(Duration::from_secs(if setting.member.has("ipv6") { 16 } else { 1 }));
    let before = board.counters()?;
    sleep(Duration::from_secs(seconds));
    let after = board.counters()?;
    for kind in ["wakeups_timer", "wakeups_fault", "wakeups_room"] {
        if after[kind] != before[kind] {
            return Err(format!("{kind} in {seconds} s: {}", after[kind] - before[kind]));
        }
    }
    if after["wakeups_signal"] != before["wakeups_signal"] + 1 {
        return Err(format!("wake-ups are not counted: {before:?} {after:?}"));
    }
    if let Some(mut connection) = connection {
        exchange(&mut connection)?;
    }
    board.stop().map(|_| ())
}

fn spoken_with(board: &Board) -> Result<TcpStream, Failure> {
    let mut connection = tcp::connect(board, 7)?;
    exchange(&mut connection)?;
    Ok(connection)
}

fn exchange(connection: &mut TcpStream) -> Result<(), Failure> {
    let mut answer = [0; 5];
    connection.write_all(b"hello").map_err(text)?;
    connection.read_exact(&mut answer).map_err(text)?;
    if answer == *b"hello" { Ok(()) } else { Err(format!("{answer:?}")) }
}
