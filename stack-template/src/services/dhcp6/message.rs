//! Messages of stateless DHCPv6: the request, and what is to be read of a reply (RFC 8415 §8, §21).

/// Types of messages.
const INFORMATION_REQUEST: u8 = 11;
pub(super) const REPLY: u8 = 7;
/// Codes of options.
pub(super) mod option {
    pub const CLIENT_ID: u16 = 1;
    pub const SERVER_ID: u16 = 2;
    pub const REQUEST: u16 = 6;
    pub const ELAPSED_TIME: u16 = 8;
    pub const STATUS: u16 = 13;
    pub const DNS_SERVERS: u16 = 23;
    pub const DOMAIN_LIST: u16 = 24;
    #[cfg(feature = "dhcp6-ntp")]
    pub const SNTP_SERVERS: u16 = 31;
    pub const REFRESH_TIME: u16 = 32;
    pub const INF_MAX_RT: u16 = 83;
}

/// What is asked for.
#[cfg(feature = "dhcp6-ntp")]
const WANTED: [u16; 5] = [
    option::DNS_SERVERS,
    option::DOMAIN_LIST,
    option::REFRESH_TIME,
    option::INF_MAX_RT,
    option::SNTP_SERVERS,
];
/// What is asked for.
#[cfg(not(feature = "dhcp6-ntp"))]
const WANTED: [u16; 4] = [option::DNS_SERVERS, option::DOMAIN_LIST, option::REFRESH_TIME, option::INF_MAX_RT];

/// Bytes of a request: header, identifier, elapsed time, what is wanted.
const REQUEST_LEN: usize = 4 + 14 + 6 + 4 + 2 * WANTED.len();

/// The identifier of a client by its hardware address, DUID-LL (RFC 8415 §11.4).
pub(super) fn duid(mac: [u8; 6]) -> [u8; 10] {
    let [a, b, c, d, e, f] = mac;
    [0, 3, 0, 1, a, b, c, d, e, f]
}

/// An Information-request (RFC 8415 §18.2.6); `elapsed` is in hundredths of a second.
pub(super) fn request(xid: [u8; 3], mac: [u8; 6], elapsed: u16) -> [u8; REQUEST_LEN] {
    let mut out = [0; REQUEST_LEN];
    let head = [INFORMATION_REQUEST, xid[0], xid[1], xid[2]];
    let [[c0, c1], [e0, e1], [r0, r1]] =
        [option::CLIENT_ID, option::ELAPSED_TIME, option::REQUEST].map(u16::to_be_bytes);
    let ([t0, t1], len) = (elapsed.to_be_bytes(), 2 * WANTED.len() as u8);
    let bytes = (head.into_iter())
        .chain([c0, c1, 0, 10])
        .chain(duid(mac))
        .chain([e0, e1, 0, 2, t0, t1, r0, r1, 0, len])
        .chain(WANTED.into_iter().flat_map(u16::to_be_bytes));
    for (to, from) in out.iter_mut().zip(bytes) {
        *to = from;
    }
    out
}

/// The options of a message.
#[derive(Clone, Copy)]
pub(super) struct Options<'a>(&'a [u8]);

impl<'a> Options<'a> {
    /// Refused as a whole when one reaches beyond the end.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = split(rest)?.2;
        }
        Some(Self(bytes))
    }

    /// The body of the first option of that code.
    pub fn find(mut self, code: u16) -> Option<&'a [u8]> {
        self.find_map(|(this, body)| (this == code).then_some(body))
    }

    /// The number that is the whole body of that option.
    pub fn seconds(self, code: u16) -> Option<u32> {
        self.find(code)?.try_into().ok().map(u32::from_be_bytes)
    }
}

impl<'a> Iterator for Options<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (code, body, rest) = split(self.0)?;
        self.0 = rest;
        Some((code, body))
    }
}

/// Code and body of the first option, and what follows it.
fn split(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let ([c0, c1, l0, l1], rest) = bytes.split_first_chunk()?;
    let (body, rest) = rest.split_at_checked(u16::from_be_bytes([*l0, *l1]).into())?;
    Some((u16::from_be_bytes([*c0, *c1]), body, rest))
}
