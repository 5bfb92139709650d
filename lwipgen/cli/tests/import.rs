//! `import` and `export` as a user sees them.

use std::path::Path;
use std::process::{Command, Output};

fn lwipgen(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lwipgen")).current_dir(folder).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn the_profile_goes_to_stdout_and_the_report_to_stderr() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("sdkconfig"),
        "CONFIG_LWIP_IP_DEFAULT_TTL=99\nCONFIG_LWIP_BRIDGEIF_MAX_PORTS=7\n",
    )
    .unwrap();
    let output = lwipgen(folder.path(), &["import", "sdkconfig", "sdkconfig"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        text(&output.stdout),
        "description = \"Imported from sdkconfig.\"\n\n[ipv4]\nttl = 99 # CONFIG_LWIP_IP_DEFAULT_TTL\n"
    );
    let report = text(&output.stderr);
    assert!(report.starts_with("sdkconfig: 1 taken, 1 not supported\n"), "{report}");
    assert!(report.contains("  ipv4.ttl = 99 (line 1: CONFIG_LWIP_IP_DEFAULT_TTL = 99)\n"), "{report}");
    assert!(report.contains("  bridge:\n    CONFIG_LWIP_BRIDGEIF_MAX_PORTS = 7\n"), "{report}");
}

#[test]
fn an_imported_profile_is_a_profile() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("base.toml"), "extends = \"minimal-v4\"\n").unwrap();
    std::fs::create_dir(folder.path().join("out")).unwrap();
    std::fs::write(folder.path().join("lwipopts.h"), "#define TCP_MSS 1200\n#define TCP_WND (6 * TCP_MSS)\n")
        .unwrap();
    let import = ["import", "lwipopts", "lwipopts.h", "--from", "base.toml", "--out", "out/mine.toml"];
    let output = lwipgen(folder.path(), &import);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    let written = std::fs::read_to_string(folder.path().join("out/mine.toml")).unwrap();
    assert!(written.contains("extends = \"../base.toml\"") && written.contains("wnd = 7200"), "{written}");
    assert_eq!(lwipgen(folder.path(), &["check", "out/mine.toml"]).status.code(), Some(0));
    let header = lwipgen(folder.path(), &["export", "lwipopts", "out/mine.toml"]);
    assert_eq!(header.status.code(), Some(0));
    assert!(text(&header.stdout).contains("#define TCP_WND 7200"));
    let output = lwipgen(folder.path(), &["export", "lwipopts", "out/mine.toml", "--out", "out/lwipopts.h"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(std::fs::read(folder.path().join("out/lwipopts.h")).unwrap(), header.stdout);
}

#[test]
fn a_profile_that_breaks_a_rule_is_written_and_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("old"), "CONFIG_TCP_SND_BUF_DEFAULT=2000\n").unwrap();
    let output =
        lwipgen(folder.path(), &["import", "sdkconfig", "old", "--out", "small.toml", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(folder.path().join("small.toml").is_file());
    let said = text(&output.stderr);
    assert!(said.contains("small.toml:4:11: tcp.snd_buf must be at least 2 * tcp.mss"), "{said}");
    assert!(said.contains("nearest valid value: tcp.snd_buf = 2880"), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["entries"][0]["verdict"], "taken");
    assert_eq!(
        lwipgen(folder.path(), &["import", "sdkconfig", "old", "--format", "json"]).status.code(),
        Some(2)
    );
}

#[test]
fn files_that_cannot_be_read_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("binary"), [0xff, 0xfe]).unwrap();
    for arguments in [
        &["import", "sdkconfig", "nothing"][..],
        &["import", "lwipopts", "binary"],
        &["import", "sdkconfig", "binary", "--from", "nobody"],
        &["export", "lwipopts", "nobody"],
        &["export", "lwipopts", "full", "--out", "no/such/folder"],
    ] {
        let output = lwipgen(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert_ne!(text(&output.stderr), "", "{arguments:?}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
}
