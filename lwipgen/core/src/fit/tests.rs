//! What is found fits, and nothing larger does: compared with trying every value.

use super::*;
use crate::layout::Target;

fn option(key: &str) -> &'static Opt {
    options().get(key).unwrap()
}

fn goal(ram: u64, maximize: &[&str], keep: &[&str]) -> Goal {
    let options = |keys: &[&str]| keys.iter().map(|key| option(key)).collect();
    Goal { ram, maximize: options(maximize), keep: options(keep) }
}

fn total(resolved: &Resolved, changes: &[(&'static Opt, Value)]) -> Option<u64> {
    let selection = resolved.variant(changes).selection()?;
    Some(Pricer::new(Target::RISCV32).total(&selection).unwrap())
}

fn load(name: &str, sets: &[&str]) -> Resolved {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    Resolved::load(name, &sets).unwrap()
}

fn value(fit: &Fit, key: &str) -> i64 {
    match fit.changes.iter().find(|(option, _)| option.key == key) {
        Some((_, Value::Number(value))) => *value,
        _ => panic!("{key} is not changed: {fit:?}"),
    }
}

#[test]
fn a_window_grows_with_the_pool_until_one_block_more_would_not_fit() {
    let pricer = Pricer::new(Target::RISCV32);
    let resolved = load("iot-sensor", &[]);
    let block = resolved.profile.pbuf.block_size.get() + 1;
    for ram in [24 << 10, 40 << 10] {
        let fit = fit(&pricer, &resolved, &goal(ram, &["tcp.wnd"], &[])).unwrap();
        assert_eq!(total(&resolved, &fit.changes), Some(fit.total));
        assert!(fit.total <= ram && fit.total + block > ram, "{fit:?}");
        // One byte more needs a block more.
        let more: Vec<_> = fit
            .changes
            .iter()
            .map(|(option, value)| match value {
                Value::Number(value) if option.key == "tcp.wnd" => (*option, Value::Number(value + 1)),
                value => (*option, value.clone()),
            })
            .collect();
        assert_eq!(total(&resolved, &more), None);
    }
}

#[test]
fn the_search_finds_what_trying_every_value_finds() {
    let pricer = Pricer::new(Target::RISCV32);
    let resolved = load("udp-beacon", &[]);
    for ram in [2_300, 2_777, 3_000] {
        let found = fit(&pricer, &resolved, &goal(ram, &["arp.table_size"], &[])).unwrap();
        let Kind::Number(number) = &option("arp.table_size").kind else { panic!() };
        let fits = |size: &i64| {
            let total = total(&resolved, &[(option("arp.table_size"), Value::Number(*size))]);
            total.is_some_and(|total| total <= ram)
        };
        let best = number.range.clone().filter(fits).max().unwrap();
        let now = resolved.setting("arp.table_size").unwrap().value.clone();
        let found = if found.changes.is_empty() { now } else { found.changes[0].1.clone() };
        assert_eq!(found, Value::Number(best), "{ram}");
    }
}

#[test]
fn a_profile_that_is_too_large_shrinks_and_keeps_as_much_as_fits() {
    let pricer = Pricer::new(Target::RISCV32);
    let resolved = load("iot-sensor", &[]);
    let ram = 16 << 10;
    assert!(total(&resolved, &[]).unwrap() > ram);
    let fit = fit(&pricer, &resolved, &goal(ram, &["tcp.wnd"], &[])).unwrap();
    assert!(fit.total <= ram);
    assert!(value(&fit, "pbuf.pool_size") < resolved.profile.pbuf.pool_size.get().cast_signed());
    assert_eq!(total(&resolved, &fit.changes), Some(fit.total));
}

#[test]
fn what_is_kept_is_kept_and_several_grow_together() {
    let pricer = Pricer::new(Target::RISCV32);
    let resolved = load("iot-sensor", &[]);
    let kept = fit(&pricer, &resolved, &goal(40 << 10, &["tcp.wnd"], &["pbuf.pool_size"])).unwrap();
    assert!(kept.changes.iter().all(|(option, _)| option.key == "tcp.wnd"));
    let both = fit(&pricer, &resolved, &goal(40 << 10, &["tcp.wnd", "tcp.snd_buf"], &[])).unwrap();
    assert_eq!(value(&both, "tcp.wnd"), value(&both, "tcp.snd_buf"));
}

#[test]
fn values_are_multiples_of_what_the_model_wants() {
    let pricer = Pricer::new(Target::RISCV32);
    let resolved = load("udp-beacon", &[]);
    let fit = fit(&pricer, &resolved, &goal(4000, &["pbuf.block_size"], &[])).unwrap();
    let size = value(&fit, "pbuf.block_size");
    assert_eq!(size % 4, 0);
    assert!(total(&resolved, &[(option("pbuf.block_size"), Value::Number(size + 4))]).unwrap() > 4000);
}

#[test]
fn what_cannot_be_is_said() {
    let pricer = Pricer::new(Target::RISCV32);
    let resolved = load("udp-beacon", &[]);
    let refused = |ram, key| fit(&pricer, &resolved, &goal(ram, &[key], &[])).unwrap_err();
    assert!(matches!(refused(100, "udp.pcbs"), FitError::TooSmall(total) if total > 100));
    assert_eq!(refused(4096, "ipv4.enabled"), FitError::NotANumber(option("ipv4.enabled")));
    assert_eq!(refused(4096, "tcp.wnd"), FitError::Inactive(option("tcp.wnd")));
}
