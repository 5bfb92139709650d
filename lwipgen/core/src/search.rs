//! Finding options by words: in keys, help, and the names of lwIP and ESP-IDF.

use crate::options::{Opt, options};
use crate::profile::Limits;

/// The options in which every word of `query` occurs, those that bear them in a name first.
#[must_use]
pub fn search(query: &str) -> Vec<&'static Opt> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(usize, &Opt)> =
        options().all.iter().filter_map(|option| rank(option, &words).map(|rank| (rank, option))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, option)| option).collect()
}

/// The keys of the table `[budget]` in which, or in whose help, every word of `query` occurs.
#[must_use]
pub fn limits(query: &str) -> Vec<(String, &'static str)> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let holds = |key: &str, help: &str| {
        words.iter().all(|word| key.contains(word.as_str()) || help.to_lowercase().contains(word.as_str()))
    };
    Limits::keys().filter(|(key, help)| holds(key, help)).collect()
}

/// Whether every word of `query` occurs in the option.
#[must_use]
pub fn matches(option: &Opt, query: &str) -> bool {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    rank(option, &words).is_some()
}

/// The place of the word that is hardest to find: 0 key, 1 other names, 2 help.
fn rank(option: &Opt, words: &[String]) -> Option<usize> {
    let group = option.group().and_then(|group| options().group(group));
    let other = [option.lwip.as_deref(), option.esp_idf.as_deref()];
    let names: String = other.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let help = format!("{} {}", option.help, group.map_or("", |group| group.help.as_str()));
    let places = [option.key.to_lowercase(), names.to_lowercase(), help.to_lowercase()];
    words
        .iter()
        .map(|word| places.iter().position(|place| place.contains(word.as_str())))
        .try_fold(0, |worst, place| place.map(|place| worst.max(place)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(query: &str) -> Vec<&str> {
        search(query).into_iter().map(|option| option.key.as_str()).collect()
    }

    #[test]
    fn keys_then_names_then_help() {
        assert_eq!(keys("wnd")[..2], ["tcp.wnd", "tcp.wnd_min"]);
        assert_eq!(keys("CONFIG_LWIP_MAX_ACTIVE_TCP"), ["tcp.pcbs"]);
        assert_eq!(keys("tcp_snd_buf"), ["tcp.snd_buf"]);
        assert!(keys("ping").contains(&"icmp.echo"));
        assert_eq!(keys("echo ping"), ["icmp.echo"]);
        assert_eq!(keys("weather"), [""; 0]);
    }

    #[test]
    fn limits_are_found_too() {
        let keys = |query| limits(query).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        assert_eq!(keys("budget"), ["budget.warn", "budget.max", "budget.chip"]);
        assert_eq!(keys("chip ram"), ["budget.chip"]);
        assert_eq!(keys("tcp"), [""; 0]);
    }
}
