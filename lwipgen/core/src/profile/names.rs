//! What somebody may have meant by a key that does not exist.

use crate::options::options;
use strsim::osa_distance;

/// Words that people type for a key on a command line, and the key.
const ALIASES: [(&str, &str); 4] = [
    ("tcp.window", "tcp.wnd"),
    ("tcp.min_window", "tcp.wnd_min"),
    ("tcp.send_buffer", "tcp.snd_buf"),
    ("tcp.min_send_buffer", "tcp.snd_buf_min"),
];

/// The key that is meant by what somebody typed.
pub(crate) fn meant(key: &str) -> &str {
    ALIASES.iter().find(|(alias, _)| *alias == key).map_or(key, |(_, key)| key)
}

/// The key nearest to a wrong one; names of lwIP and ESP-IDF and names without their group are understood too.
pub(crate) fn nearest_key(wrong: &str) -> Option<&'static str> {
    let table = options();
    let options = table.all.iter().flat_map(|option| {
        let aliases = [Some(option.name()), option.lwip.as_deref(), option.esp_idf.as_deref()];
        let names = aliases.into_iter().flatten().filter(|name| *name != "enabled");
        names.chain([option.key.as_str()]).map(|name| (name, option.key.as_str()))
    });
    let options = options.chain(ALIASES);
    let groups = table.groups.iter().map(|group| (group.key.as_str(), group.key.as_str()));
    nearest(wrong, [("extends", "extends")].into_iter().chain(groups).chain(options))
}

/// The word nearest to a wrong one.
pub(crate) fn nearest_word<'a>(wrong: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    nearest(wrong, words.map(|word| (word, word)))
}

fn nearest<'a>(wrong: &str, candidates: impl Iterator<Item = (&'a str, &'a str)>) -> Option<&'a str> {
    // Comparing costs the product of the lengths, and no name is that long.
    if wrong.len() > 64 {
        return None;
    }
    let distance = |name: &str| match name.strip_prefix(wrong) {
        // A name cut short is nearly as good as the name.
        Some(_) if wrong.len() > 2 => 1,
        _ => osa_distance(name, wrong),
    };
    let distances = candidates.map(|(name, meant)| (distance(name), meant));
    let (distance, meant) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= wrong.chars().count() / 3).then_some(meant)
}

#[cfg(test)]
mod tests {
    use super::{ALIASES, meant, nearest_key as nearest};
    use crate::options::options;

    #[test]
    fn aliases_mean_options_and_are_none() {
        for (alias, key) in ALIASES {
            assert!(options().get(key).is_some() && options().get(alias).is_none(), "{alias}");
        }
        assert_eq!((meant("tcp.window"), meant("tcp.wnd"), meant("x")), ("tcp.wnd", "tcp.wnd", "x"));
    }

    #[test]
    fn slips_forgotten_groups_and_foreign_names() {
        assert_eq!(nearest("tcp.wmd"), Some("tcp.wnd"));
        assert_eq!(nearest("tpc"), Some("tcp"));
        assert_eq!(nearest("mss"), Some("tcp.mss"));
        assert_eq!(nearest("tcp.TCP_MSS"), None);
        assert_eq!(nearest("TCP_MSS"), Some("tcp.mss"));
        assert_eq!(nearest("CONFIG_LWIP_MAX_ACTIVE_TCP"), Some("tcp.pcbs"));
        assert_eq!(nearest("extend"), Some("extends"));
        assert_eq!(nearest("arp.table"), Some("arp.table_size"));
        assert_eq!(nearest("tcp.window"), Some("tcp.wnd"));
        assert_eq!(nearest("weather"), None);
        assert_eq!(nearest(&"m".repeat(100_000)), None);
    }
}
