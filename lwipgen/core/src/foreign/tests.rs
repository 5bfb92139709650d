use super::*;
use crate::c_expr::{self, Macro, Macros};
use std::collections::{BTreeMap, BTreeSet};

/// Every name of the vocabularies, where it is defined, and its kind.
fn known() -> BTreeMap<&'static str, (&'static str, &'static str)> {
    let lines = include_str!("../../tests/facts/names.txt").lines().filter(|line| !line.starts_with('#'));
    let fields = lines.map(|line| line.split(' ').collect::<Vec<_>>());
    fields.map(|fields| (fields[0], (fields[1], fields[2]))).collect()
}

/// Names of the rows that say why a name is no option.
fn refused() -> Vec<&'static str> {
    let unneeded = TABLE.unneeded.iter().map(|row| row.names.as_str());
    let unsupported = TABLE.unsupported.iter().map(|row| row.names.as_str());
    unneeded.chain(unsupported).flat_map(str::split_whitespace).collect()
}

fn option(key: &str) -> &'static Opt {
    options().get(key).unwrap()
}

struct Defaults;

impl Macros for Defaults {
    fn get(&self, name: &str) -> Macro<'_> {
        default(name, Vocabulary::Lwip).map_or(Macro::Undefined, Macro::Text)
    }
}

#[test]
fn every_name_has_an_answer() {
    let known = known();
    let origin = |origin: &str| known.values().filter(|(from, _)| *from == origin).count();
    assert_eq!(origin("esp-idf"), 197, "198 entries, of which two share a name");
    assert_eq!(origin("opt.h"), 332 + 13);
    assert!(known.len() > 900);
    for (name, (origin, _)) in known {
        let asked = if origin == "renamed" { renamed(name).unwrap() } else { name };
        assert!(answer(asked).is_some(), "{name} ({origin}) has no answer");
    }
}

#[test]
fn no_row_is_stale() {
    let known = known();
    let mut seen = BTreeSet::new();
    for name in refused() {
        assert!(known.contains_key(name), "{name} is no name of lwIP or ESP-IDF");
        assert!(seen.insert(name), "{name} stands twice in names.toml");
    }
    for (old, new) in &TABLE.renames {
        assert!(known.contains_key(old.as_str()) && known.contains_key(new.as_str()), "{old} → {new}");
    }
    for row in &TABLE.unsupported {
        let names: Vec<&str> = row.names.split_whitespace().collect();
        assert!(row.off.iter().all(|name| names.contains(&name.as_str())), "{}", row.feature);
        let same = row.same.as_deref().map(answer);
        assert!(same.is_none_or(|same| matches!(same, Some(Answer::Option(_)))), "{}", row.feature);
    }
}

#[test]
fn what_the_model_takes_up_leaves_the_table() {
    let taken = |name: &&str| matches!(answer(name), Some(Answer::Option(_)));
    let besides = TABLE.besides.keys().map(String::as_str);
    let taken: Vec<&str> = refused().into_iter().chain(besides).filter(taken).collect();
    assert!(taken.is_empty(), "options of the model now: remove {taken:?} from lwipgen/core/data/names.toml");
}

#[test]
fn names_of_the_model_exist() {
    let known = known();
    for option in &options().all {
        for name in [&option.lwip, &option.esp_idf].into_iter().flatten() {
            assert!(
                known.contains_key(name.as_str()),
                "{}: {name} is no name of lwIP or ESP-IDF",
                option.key
            );
        }
    }
}

#[test]
fn conversions_are_about_options_and_agree_with_the_model() {
    for row in &TABLE.convert {
        let option = options().get(&row.key).unwrap_or_else(|| panic!("{} is no option", row.key));
        let mut names = BTreeSet::new();
        for vocabulary in [Vocabulary::EspIdf, Vocabulary::Lwip] {
            let expression = expression(option, vocabulary).unwrap_or_default();
            names.extend(identifiers(expression));
        }
        assert!(row.define.keys().all(|name| names.contains(name.as_str())), "{}", row.key);
        if matches!(option.kind, Kind::Choice(_)) {
            let Kind::Choice(words) = &option.kind else { unreachable!() };
            assert!(
                words.iter().all(|(word, _)| row.words.contains_key(word)),
                "{}: a word without a value",
                row.key
            );
        }
        if let Some(unit) = &row.unit {
            let unit = crate::profile::Resolved::from_text("unit", "", &[]).unwrap().compute(unit);
            assert!(unit.is_some_and(|unit| unit > 0), "{}", row.key);
        }
    }
    for option in &options().all {
        let named = option.lwip.is_some() || option.esp_idf.is_some();
        if named && matches!(option.kind, Kind::Choice(_)) {
            assert!(!conversion(option).words.is_empty(), "{}: which word is which value?", option.key);
        }
    }
}

#[test]
fn every_conversion_converts_both_ways() {
    let packet = 1520;
    let cases: &[(&str, i128, Value, i64)] = &[
        ("memory", 0, Value::Text("static".to_owned()), 0),
        ("memory", 1, Value::Text("heap".to_owned()), 1),
        ("timers", 0, Value::Text("periodic".to_owned()), 0),
        ("timers", 1, Value::Text("on-demand".to_owned()), 1),
        ("pbuf.pool_size", 16, Value::Number(16), 16),
        ("netif.loopback_queue", 8, Value::Text("8 * (netif.mtu + 20)".to_owned()), 8),
        ("arp.queue_size", 3, Value::Text("3 * (netif.mtu + 20)".to_owned()), 3),
        ("reassembly.enabled", 1, Value::Bool(true), 1),
        ("reassembly.memory", 10, Value::Text("10 * (netif.mtu)".to_owned()), 10),
        ("pmtu.enabled", 1, Value::Bool(true), 1),
        ("pmtu.table_size", 10, Value::Number(10), 10),
        ("udp.rx_queue", 6, Value::Text("6 * (netif.mtu - 7)".to_owned()), 6),
        ("ipv6.dad_attempts", 1, Value::Number(1), 1),
        ("nd6.table_size", 10, Value::Number(10), 10),
        ("nd6.queue_size", 3, Value::Text("3 * (netif.mtu + 20)".to_owned()), 3),
        ("nd6.prefixes", 5, Value::Number(5), 5),
        ("nd6.routers", 3, Value::Number(3), 3),
        ("nd6.router_solicitations", 3, Value::Number(3), 3),
        ("hooks.ip4_route", 1, Value::Bool(true), 1),
        ("tcp.backlog", 6, Value::Number(6), 6),
        ("tcp.delayed_ack_ms", 250, Value::Number(250), 250),
        ("tcp.ooseq_ranges", 4, Value::Number(4), 4),
        ("tcp.ooseq_ranges", 0, Value::Number(16), 16),
    ];
    for (key, number, value, back) in cases {
        let conversion = conversion(option(key));
        assert_eq!(conversion.import(option(key), *number), Ok(Some(value.clone())), "{key}");
        let (resolved, unit) = match (&conversion.unit, value) {
            (Some(unit), Value::Text(formula)) => {
                let profile = crate::profile::Resolved::from_text("case", "", &[]).unwrap();
                (Value::Number(profile.compute(formula).unwrap()), profile.compute(unit))
            }
            _ => (value.clone(), None),
        };
        assert_eq!(conversion.export(&resolved, unit), *back, "{key}");
    }
    for row in &TABLE.convert {
        assert!(cases.iter().any(|(key, ..)| *key == row.key), "the conversion of {} has no case", row.key);
    }
    let arp = conversion(option("arp.queue_size"));
    assert_eq!(arp.export(&Value::Number(packet - 1), Some(packet)), 1, "a queue holds at least one packet");
    assert_eq!(conversion(option("memory")).export(&Value::Text("arena".to_owned()), None), 0);
    assert_eq!(conversion(option("udp.rx_queue")).import(option("udp.rx_queue"), 0), Ok(None));
    assert!(arp.import(option("arp.queue_size"), 0x10000).is_err());
    assert!(conversion(option("memory")).import(option("memory"), 2).is_err());
    assert!(conversion(option("tcp.mss")).import(option("tcp.mss"), -1).is_err());
}

#[test]
fn switches_and_several_macros() {
    let said = |key, value| macros(option(key), value);
    assert_eq!(said("tcp.enabled", 1), [("LWIP_TCP", "1".to_owned())]);
    assert_eq!(
        said("arp.queue_size", 2),
        [("ARP_QUEUEING", "1".to_owned()), ("ARP_QUEUE_LEN", "2".to_owned())]
    );
    assert!(said("icmp.echo", 1).is_empty());
}

#[test]
fn defaults_have_values() {
    let [esp_idf, lwip] = &*DEFAULTS;
    assert!(esp_idf.len() == 187 && lwip.len() > 300);
    for name in lwip.keys() {
        let value = c_expr::evaluate(name, &Defaults);
        assert!(value.is_ok(), "{name}: {value:?}");
    }
    for (name, text) in esp_idf {
        assert!(known().contains_key(name.as_str()), "{name}");
        let value = c_expr::evaluate(text, &Defaults);
        assert!(value.is_ok() || text.starts_with('"'), "{name}: {value:?}");
    }
    assert_eq!(c_expr::evaluate("TCP_SND_QUEUELEN", &Defaults), Ok(8));
    assert_eq!(c_expr::evaluate("TCP_FAST_INTERVAL", &Defaults), Ok(250));
}
