use super::*;
use crate::profile::SHIPPED;

fn import_with(vocabulary: Vocabulary, text: &str, extends: Option<&str>) -> Imported {
    let profile = "imported.toml";
    import(&Request { vocabulary, file: "file", text, profile, extends }).unwrap()
}

fn sdkconfig(text: &str) -> Imported {
    import_with(Vocabulary::EspIdf, text, None)
}

fn lwipopts(text: &str) -> Imported {
    import_with(Vocabulary::Lwip, text, None)
}

/// The lines of a profile without its description.
fn said(imported: &Imported) -> Vec<&str> {
    let lines = imported.text.lines().map(|line| line.split(" # ").next().unwrap_or_default());
    lines.filter(|line| !line.is_empty() && !line.starts_with("description")).collect()
}

fn verdict<'a>(imported: &'a Imported, name: &str) -> &'a Verdict {
    &imported
        .report
        .entries
        .iter()
        .find(|entry| entry.name == name)
        .unwrap_or_else(|| panic!("{name}"))
        .verdict
}

#[test]
fn a_configuration_of_defaults_is_an_empty_profile() {
    let imported = sdkconfig(include_str!("../../tests/facts/sdkconfig"));
    assert_eq!(said(&imported), [""; 0], "a default that is not ESP-IDF's needs an `x-why` in the model");
    assert!(imported.checked.is_ok());
    // What a file does not say has ESP-IDF's default, as if it were said.
    assert_eq!(sdkconfig("CONFIG_LWIP_IP_DEFAULT_TTL=64\n").text, imported.text);
    let report = &imported.report;
    assert_eq!((report.count("taken"), report.count("unclear"), report.unclear.len()), (0, 0, 0));
    assert!(report.count("default") > 20 && report.count("unneeded") > 20 && report.others > 5);
    for word in ["unsupported", "default", "unneeded"] {
        assert!(report.count(word) > 0, "{word}");
    }
    let names: std::collections::BTreeSet<&str> = report.entries.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(names.len(), report.entries.len(), "one verdict for each name");
    let bridge = Verdict::Unsupported { feature: "bridge".to_owned() };
    assert_eq!(verdict(&imported, "CONFIG_LWIP_BRIDGEIF_MAX_PORTS"), &bridge);
    assert_eq!(verdict(&imported, "CONFIG_LWIP_CHECKSUM_CHECK_IP").word(), "ours");
}

#[test]
fn the_iperf_settings_of_esp_idf_give_profiles_that_pass() {
    let presets = include_str!("../../tests/facts/iperf.txt").split("== ").skip(1);
    let mut tested = 0;
    for preset in presets {
        let (name, text) = preset.split_once('\n').unwrap();
        let imported = sdkconfig(text);
        let resolved = imported.checked.as_ref().unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
        let number = |symbol: &str| {
            text.lines().find_map(|line| line.strip_prefix(symbol)?.strip_prefix('=')?.parse().ok())
        };
        if let Some(wnd) = number("CONFIG_LWIP_TCP_WND_DEFAULT") {
            assert_eq!(resolved.profile.tcp.wnd.get(), wnd, "{name}");
            assert_eq!(
                Some(resolved.profile.tcp.snd_buf.get()),
                number("CONFIG_LWIP_TCP_SND_BUF_DEFAULT"),
                "{name}"
            );
        }
        if let Some(datagrams) = number("CONFIG_LWIP_UDP_RECVMBOX_SIZE") {
            assert_eq!(resolved.profile.udp.rx_queue.get(), datagrams * 1493, "{name}");
        }
        assert_eq!(imported.report.count("unclear"), 0, "{name}");
        tested += 1;
    }
    assert_eq!(tested, 12);
}

#[test]
fn what_the_file_fixes_and_a_rule_refuses_is_explained() {
    let imported = sdkconfig("CONFIG_LWIP_TCP_SND_BUF_DEFAULT=2000\n");
    assert_eq!(said(&imported), ["[tcp]", "snd_buf = 2000"]);
    let errors = imported.checked.unwrap_err();
    assert_eq!(errors.len(), 1);
    let message = errors[0].to_string();
    assert!(message.starts_with("imported.toml:4:11: tcp.snd_buf must be at least 2 * tcp.mss"), "{message}");
    assert!(message.contains("nearest valid value: tcp.snd_buf = 2880"), "{message}");
}

#[test]
fn what_the_file_leaves_open_gives_way() {
    let imported = sdkconfig("CONFIG_LWIP_TCP_RTO_TIME=200\n");
    assert_eq!(said(&imported), ["[tcp]", "rto_initial_ms = 200", "rto_min_ms = 200"]);
    assert!(imported.checked.is_ok());
    let rule = "tcp.rto_min_ms must be at most tcp.rto_initial_ms".to_owned();
    let option = "tcp.rto_min_ms = 200".to_owned();
    assert_eq!(verdict(&imported, "tcp.rto_min_ms"), &Verdict::Changed { option, rule });
    // lwIP keeps what it sends elsewhere, so its pool may grow here; what else the header says stays.
    let imported = lwipopts(
        "#define PBUF_POOL_SIZE 4\n#define PBUF_POOL_BUFSIZE 1024\n#define TCP_MSS 1460\n#define TCP_SND_BUF 5840",
    );
    let resolved = imported.checked.as_ref().unwrap();
    assert!(resolved.profile.pbuf.pool_size.get() > 4);
    assert_eq!(resolved.profile.tcp.snd_buf.get(), 5840);
    assert!(matches!(verdict(&imported, "PBUF_POOL_SIZE"), Verdict::Changed { .. }));
}

#[test]
fn values_that_follow_from_others_are_not_said() {
    let imported = sdkconfig(
        "CONFIG_LWIP_TCP_MSS=1460\nCONFIG_LWIP_TCP_WND_DEFAULT=5840\nCONFIG_LWIP_TCP_SND_BUF_DEFAULT=5760\n",
    );
    assert_eq!(said(&imported), ["[tcp]", "mss = 1460", "snd_buf = 5760"]);
    assert_eq!(verdict(&imported, "CONFIG_LWIP_TCP_WND_DEFAULT"), &Verdict::Default { remark: None });
}

#[test]
fn values_out_of_range_become_the_nearest_and_that_is_said() {
    let imported = sdkconfig("CONFIG_LWIP_MAX_ACTIVE_TCP=1024\nCONFIG_LWIP_TCP_OOSEQ_MAX_PBUFS=0\n");
    assert_eq!(said(&imported), ["[tcp]", "pcbs = 253", "ooseq_ranges = 16"]);
    let Verdict::Taken { remark: Some(remark), .. } = verdict(&imported, "CONFIG_LWIP_MAX_ACTIVE_TCP") else {
        panic!()
    };
    assert_eq!(remark, "the nearest to 1024: 1 to 253 are allowed");
}

#[test]
fn what_is_off_needs_nothing() {
    let imported = lwipopts("#define LWIP_TCP 0\n#define TCP_MSS 1000\n#define LWIP_UDP 0\n");
    assert!(said(&imported).contains(&"tcp = false") && said(&imported).contains(&"udp = false"));
    assert_eq!(verdict(&imported, "TCP_MSS"), &Verdict::Unneeded { why: "tcp.enabled is off".to_owned() });
    assert!(!imported.text.contains("[tcp]"));
    assert!(imported.checked.is_ok());
}

#[test]
fn a_header_means_what_lwip_makes_of_it() {
    let imported = lwipopts(include_str!("../../tests/facts/lwipopts.h"));
    let profile = &imported.checked.as_ref().unwrap().profile;
    assert_eq!((profile.tcp.mss, profile.tcp.wnd.get(), profile.tcp.snd_buf.get()), (1460, 2920, 2920));
    assert_eq!((profile.tcp.pcbs.get(), profile.tcp.listen_pcbs.get(), profile.udp.pcbs.get()), (6, 2, 6));
    assert_eq!(
        (profile.tcp.backlog, profile.tcp.keepalive, profile.tcp.keepalive_idle_ms),
        (3, true, 60_000)
    );
    assert_eq!((profile.pbuf.pool_size.get(), profile.pbuf.block_size.get()), (8, 1524));
    assert_eq!((profile.arp.queue_size.get(), profile.udp.rx_queue.get()), (2 * 1520, 4 * 1493));
    assert!(!profile.checksum.gen_tcp && !profile.checksum.check_ip && profile.checksum.check_icmp);
    assert!(profile.tcp.ooseq && !profile.stats.enabled);
    // Not in the header, so lwIP's default.
    assert_eq!(
        (profile.tcp.rto_initial_ms, profile.tcp.syn_retries, profile.tcp.delayed_ack_ms),
        (3000, 6, 250)
    );
    let unclear: Vec<&Entry> =
        imported.report.entries.iter().filter(|e| e.verdict.word() == "unclear").collect();
    assert_eq!(unclear.len(), 1);
    assert_eq!((unclear[0].name.as_str(), unclear[0].line), ("TCP_MSL", Some(72)));
    assert_eq!(
        verdict(&imported, "IP_DEBUG"),
        &Verdict::Unsupported { feature: "trace messages".to_owned() }
    );
    assert!(matches!(verdict(&imported, "TCP_DEBUG"), Verdict::Default { .. }));
    assert!(matches!(verdict(&imported, "MEM_SIZE"), Verdict::Unneeded { .. }));
    let nobody = Verdict::Unsupported { feature: "nothing known by this name".to_owned() };
    assert_eq!(verdict(&imported, "BOARD_LED"), &nobody);
    assert!(imported.report.entries.iter().all(|entry| entry.name != "BOARD_CONNECTIONS"));
    let text = imported.report.to_string();
    assert!(text.contains("\nNot understood:\n  file:72: TCP_MSL: `board_msl` is not defined\n"), "{text}");
}

#[test]
fn what_is_not_known_is_not_taken() {
    let imported =
        lwipopts("#include \"board.h\"\n#ifdef BIG\n#define TCP_WND 9000\n#endif\n#define TCP_MSS 1000\n");
    assert_eq!(said(&imported), ["[tcp]", "mss = 1000"]);
    assert!(matches!(verdict(&imported, "TCP_WND"), Verdict::Unclear { .. }));
    assert_eq!(imported.report.unclear.len(), 1);
    assert_eq!(imported.report.unclear[0].0, 1);
}

#[test]
fn a_profile_may_build_on_another() {
    let with_ipv4 = |name: &&str| Resolved::load(name, &[]).unwrap().profile.ipv4.enabled;
    for name in SHIPPED.iter().map(|(name, _)| *name).filter(with_ipv4) {
        let imported = import_with(Vocabulary::EspIdf, "CONFIG_LWIP_IP_DEFAULT_TTL=99\n", Some(name));
        assert_eq!(
            said(&imported),
            [format!("extends = \"{name}\""), "[ipv4]".to_owned(), "ttl = 99".to_owned()]
        );
        assert!(imported.checked.is_ok(), "{name}");
    }
    // On another profile lwIP's defaults do not count.
    let imported = import_with(Vocabulary::Lwip, "#define TCP_MSS 1200\n", Some("minimal-v4"));
    assert_eq!(said(&imported), ["extends = \"minimal-v4\"", "[tcp]", "mss = 1200"]);
    let request = Request {
        vocabulary: Vocabulary::Lwip,
        file: "f",
        text: "",
        profile: "p.toml",
        extends: Some("nobody"),
    };
    assert!(import(&request).is_err());
}

#[test]
fn behind_each_value_stands_where_it_comes_from() {
    let imported = sdkconfig("# CONFIG_LWIP_TIMERS_ONDEMAND is not set\nCONFIG_TCP_MSS=1200\n");
    assert_eq!(
        imported.text,
        "description = \"Imported from file.\"\ntimers = \"periodic\" # CONFIG_LWIP_TIMERS_ONDEMAND\n\n\
         [tcp]\nmss = 1200 # CONFIG_LWIP_TCP_MSS\nwnd = 5760 # CONFIG_LWIP_TCP_WND_DEFAULT\n\
         snd_buf = 5760 # CONFIG_LWIP_TCP_SND_BUF_DEFAULT\n"
    );
    assert!(matches!(verdict(&imported, "CONFIG_TCP_MSS"), Verdict::Taken { .. }));
}

#[test]
fn a_limit_of_its_own_is_no_loss_where_all_are_the_same() {
    let imported = lwipopts("#define TCP_TTL 255\n#define UDP_TTL 64\n");
    assert_eq!(verdict(&imported, "TCP_TTL"), &Verdict::Default { remark: None });
    assert!(matches!(verdict(&imported, "UDP_TTL"), Verdict::Unsupported { .. }));
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let refused = |vocabulary, text| {
        let request = Request { vocabulary, file: "some/file", text, profile: "p.toml", extends: None };
        import(&request).unwrap_err()[0].to_string()
    };
    assert_eq!(
        refused(Vocabulary::EspIdf, include_str!("../../tests/facts/lwipopts.h")),
        "some/file: nothing in it is a setting of ESP-IDF, such as CONFIG_LWIP_TCP_MSS=1440"
    );
    assert_eq!(
        refused(Vocabulary::Lwip, include_str!("../../tests/facts/sdkconfig")),
        "some/file: nothing in it is a definition, such as #define TCP_MSS 1460"
    );
    assert!(refused(Vocabulary::Lwip, "").contains("nothing in it"));
}
