use super::*;
use crate::import::{self, Request};
use crate::profile::SHIPPED;

fn import(text: &str, vocabulary: Vocabulary) -> Resolved {
    let request = Request { vocabulary, file: "file", text, profile: "imported.toml", extends: None };
    let imported = import::import(&request).unwrap();
    assert_eq!(imported.report.count("unclear") + imported.report.unclear.len(), 0, "{}", imported.report);
    imported.checked.unwrap_or_else(|errors| panic!("{errors:?}\n{}", imported.text))
}

/// The definitions alone.
fn definitions(header: &str) -> Vec<&str> {
    header.lines().filter(|line| line.starts_with("#define ")).collect()
}

/// Export, import, export: nothing changes any more, and what lwIP has a macro for never did.
fn round_trip(profile: &Resolved) {
    let header = lwipopts(profile);
    let back = import(&header, Vocabulary::Lwip);
    let again = lwipopts(&back);
    assert_eq!(definitions(&again), definitions(&header), "{}", profile.name);
    let third = import(&again, Vocabulary::Lwip);
    let values =
        |p: &Resolved| p.settings.iter().map(|s| (s.option.key.clone(), s.value.clone())).collect::<Vec<_>>();
    assert_eq!(values(&third), values(&back), "{}", profile.name);
    for setting in profile.settings.iter().filter(|setting| setting.active && has_name(setting)) {
        let same = back.setting(&setting.option.key).unwrap();
        match conversion(setting.option).unit {
            // Counted in whole packets there.
            Some(_) => assert!(same.active, "{}: {}", profile.name, setting.option.key),
            None => assert_eq!(same.value, setting.value, "{}: {}", profile.name, setting.option.key),
        }
    }
}

#[test]
fn shipped_profiles_survive_the_round_trip() {
    for (name, _) in SHIPPED {
        round_trip(&Resolved::load(name, &[]).unwrap());
    }
    round_trip(&Resolved::from_text("none", "", &[]).unwrap());
}

#[test]
fn esp_idf_settings_survive_the_round_trip() {
    for preset in include_str!("../../tests/facts/iperf.txt").split("== ").skip(1) {
        round_trip(&import(preset.split_once('\n').unwrap().1, Vocabulary::EspIdf));
    }
    round_trip(&import(include_str!("../../tests/facts/sdkconfig"), Vocabulary::EspIdf));
}

#[test]
fn the_header_says_what_the_profile_says() {
    let text = "memory = \"heap\"\ntimers = \"periodic\"\nudp = false\n[tcp]\nmss = 1000\nbacklog = 3\n[icmp]\necho = false";
    let header = lwipopts(&Resolved::from_text("some", text, &[]).unwrap());
    for line in [
        "#define MEMP_MEM_MALLOC 1 /* memory */",
        "#define ESP_LWIP_DNS_TIMERS_ONDEMAND 0 /* timers */",
        "#define LWIP_UDP 0 /* udp.enabled */",
        "#define TCP_MSS 1000 /* tcp.mss */",
        "#define TCP_WND 4000 /* tcp.wnd */",
        "#define TCP_LISTEN_BACKLOG 1 /* tcp.backlog */",
        "#define TCP_DEFAULT_LISTEN_BACKLOG 3 /* tcp.backlog */",
        " * icmp.echo = false",
    ] {
        let found = header.lines().any(|found| found.split_whitespace().eq(line.split_whitespace()));
        assert!(found, "{line}\n{header}");
    }
    assert!(!header.contains("MEMP_NUM_UDP_PCB"), "UDP is off");
    assert_eq!(header.matches("#define LWIP_SOCKET ").count(), 1);
    assert!(header.starts_with("/* lwIP options of the profile some;"));
}

#[test]
fn hooks_are_functions_of_the_application() {
    let profile = Resolved::from_text("some", "[hooks]\ntcp_isn = true", &[]).unwrap();
    let header = lwipopts(&profile);
    assert!(header.contains("#define LWIP_HOOK_TCP_ISN lwip_hook_tcp_isn "), "{header}");
    assert!(!header.contains("LWIP_HOOK_IP4_INPUT"), "{header}");
    round_trip(&profile);
    let text = "#define LWIP_HOOK_IP4_INPUT(p, netif) drop_some(p)\n";
    assert_eq!(import(text, Vocabulary::Lwip).setting("hooks.ip4_input").unwrap().value, Value::Bool(true));
}
