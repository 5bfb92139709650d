//! What changes make of texts, and what they leave alone.

use super::*;

const FILE: &str = "\
#:schema ./profile.schema.json
description = \"A node.\"
extends = \"minimal-v4\"

# Two ports are open.
[udp]
pcbs = 2 # discovery and time

[tcp]
# Most links here have little room.
mss = 536
wnd = \"2 * mss\"
";

fn file(text: &str) -> ProfileFile {
    ProfileFile { path: "node.toml".to_owned(), text: text.to_owned() }
}

fn set(text: &str, assignments: &[&str]) -> String {
    let changes: Vec<Change> = assignments.iter().map(|written| Change::set(written).unwrap()).collect();
    file(text).changed(&changes).unwrap()
}

fn unset(text: &str, keys: &[&str]) -> String {
    let changes: Vec<Change> = keys.iter().map(|key| Change::unset(key).unwrap()).collect();
    file(text).changed(&changes).unwrap()
}

#[test]
fn a_value_is_replaced_where_it_stands() {
    let changed = set(FILE, &["udp.pcbs=3", "tcp.mss=600"]);
    assert_eq!(
        difference(FILE, &changed),
        ["-pcbs = 2 # discovery and time", "+pcbs = 3 # discovery and time", "-mss = 536", "+mss = 600"]
    );
}

#[test]
fn a_new_value_joins_its_group_or_starts_it() {
    assert_eq!(difference(FILE, &set(FILE, &["tcp.backlog=2"])), ["+backlog = 2"]);
    assert_eq!(difference(FILE, &set(FILE, &["arp.table_size=4"])), ["+", "+[arp]", "+table_size = 4"]);
    assert_eq!(set("", &["arp.table_size=4"]), "[arp]\ntable_size = 4\n");
    assert_eq!(difference(FILE, &set(FILE, &["memory=heap"])), ["+memory = \"heap\""]);
}

#[test]
fn what_is_inherited_is_not_written() {
    // `minimal-v4` has four endpoints and a window of four segments.
    assert_eq!(difference(FILE, &set(FILE, &["tcp.wnd=4 * mss"])), ["-wnd = \"2 * mss\""]);
    assert_eq!(set(FILE, &["tcp.pcbs=4", "arp.table_size=8"]), FILE);
    assert_eq!(difference(FILE, &set(FILE, &["udp.pcbs=4"])), ["-[udp]", "-pcbs = 2 # discovery and time"]);
}

#[test]
fn unsetting_takes_the_comment_right_above_along() {
    assert_eq!(
        difference(FILE, &unset(FILE, &["tcp.mss"])),
        ["-# Most links here have little room.", "-mss = 536"]
    );
    assert_eq!(unset(FILE, &["tcp.pcbs", "arp.table_size"]), FILE);
    let changed = unset(
        "#:schema ./s.json\n# For all.\n\n# Of this.\nmemory = \"heap\"\ntimers = \"periodic\"\n",
        &["memory"],
    );
    assert_eq!(changed, "#:schema ./s.json\n# For all.\n\ntimers = \"periodic\"\n");
}

#[test]
fn a_switch_may_be_short() {
    let short = set(FILE, &["stats.enabled=true"]);
    assert_eq!(difference(FILE, &short), ["+stats = true"]);
    assert_eq!(unset(&short, &["stats"]), FILE);
    assert_eq!(difference(FILE, &set(FILE, &["tcp=false"])), ["+enabled = false"]);
    assert_eq!(set("tcp = false\n", &["tcp=true"]), "");
    let spread = set("tcp = false\n", &["tcp.pcbs=2"]);
    assert_eq!(spread, "\n[tcp]\nenabled = false\npcbs = 2\n");
}

#[test]
fn inline_tables_and_dotted_keys_stay_what_they_are() {
    assert_eq!(set("tcp = { mss = 536, pcbs = 2 }\n", &["tcp.pcbs=3"]), "tcp = { mss = 536, pcbs = 3 }\n");
    assert_eq!(set("tcp.mss = 536\n", &["tcp.pcbs=3"]), "tcp.mss = 536\ntcp.pcbs = 3\n");
    assert_eq!(unset("tcp.mss = 536\ntcp.pcbs = 3\n", &["tcp.mss"]), "tcp.pcbs = 3\n");
}

#[test]
fn every_option_can_be_set_and_unset() {
    for option in &options().all {
        let number = |number: &crate::options::Number| {
            let values = [4, 5].map(|steps| Value::Number(number.range.start() + steps * number.step));
            values.into_iter().find(|value| *value != option.default).unwrap()
        };
        let word = |words: &[(String, String)]| {
            let mut values = words.iter().map(|(word, _)| Value::Text(word.clone()));
            values.find(|value| *value != option.default).unwrap()
        };
        let value = match &option.kind {
            crate::options::Kind::Bool => Value::Bool(option.default != Value::Bool(true)),
            crate::options::Kind::Number(kind) => number(kind),
            crate::options::Kind::Choice(words) => word(words),
            crate::options::Kind::Text => Value::Text("said \"so\"".to_owned()),
        };
        let plain = file("");
        let changed = plain.changed(&[Change::Set(option, value.clone())]).unwrap();
        assert_ne!(changed, "", "{}", option.key);
        let read = file(&changed);
        assert_eq!(read.changed(&[Change::Set(option, value)]).unwrap(), changed);
        assert_eq!(read.changed(&[Change::Unset(option)]).unwrap().trim(), "", "{}", option.key);
    }
}

#[test]
fn limits_are_set_like_options() {
    let limited = set(FILE, &["budget.max=40 KiB", "budget.warn=30000"]);
    assert_eq!(difference(FILE, &limited), ["+", "+[budget]", "+max = \"40 KiB\"", "+warn = 30000"]);
    let limits = file(&limited).with_text(&limited).unwrap().limits();
    assert_eq!((limits.max.unwrap().bytes, limits.warn.unwrap().bytes), (40960, 30000));
    assert_eq!(unset(&limited, &["budget.warn", "budget.max"]), FILE);
    let wrong = set(FILE, &["budget.chip=z80"]);
    assert!(file(&wrong).with_text(&wrong).is_err());
}

#[test]
fn unknown_keys_and_wrong_types_are_refused() {
    assert!(Change::unset("tcp.wmd").unwrap_err().contains("did you mean `tcp.wnd`"));
    assert!(Change::set("tcp.mss=many").unwrap_err()[0].message.contains("expected a whole number"));
    assert!(file("[tcp").changed(&[]).is_err());
    assert!(ProfileFile::open("minimal-v4").unwrap_err().contains("--from minimal-v4"));
    assert!(ProfileFile::open("no/such.toml").unwrap_err().contains("no file"));
}

#[test]
fn the_changed_text_is_checked_as_a_whole() {
    let file = file(FILE);
    let broken = set(FILE, &["tcp.mss=20"]);
    assert!(file.with_text(&broken).unwrap_err()[0].to_string().starts_with("node.toml:11:7: tcp.mss = 20"));
    assert_eq!(file.with_text(FILE).unwrap().name, "node");
}

#[test]
fn a_file_is_replaced_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("node.toml");
    fs::write(&path, FILE).unwrap();
    let mut file = ProfileFile::open(path.to_str().unwrap()).unwrap();
    file.write("memory = \"heap\"\n".to_owned()).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), file.text);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_somebody_else_wrote_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("node.toml");
    fs::write(&path, FILE).unwrap();
    let mut file = ProfileFile::open(path.to_str().unwrap()).unwrap();
    fs::write(&path, "memory = \"arena\"\n").unwrap();
    assert!(file.write(String::new()).unwrap_err().contains("has changed since it was read"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "memory = \"arena\"\n");
}

#[cfg(unix)]
#[test]
fn a_link_and_the_rights_of_the_file_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("node.toml"), folder.path().join("link.toml"));
    fs::write(&path, FILE).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&path, &link).unwrap();
    ProfileFile::open(link.to_str().unwrap()).unwrap().write("tcp = false\n".to_owned()).unwrap();
    assert!(link.is_symlink());
    assert_eq!(fs::read_to_string(&path).unwrap(), "tcp = false\n");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn line_ends_of_windows_stay() {
    let changed = set("[tcp]\r\nmss = 536\r\npcbs = 2\r\n", &["tcp.mss=600"]);
    assert_eq!(changed, "[tcp]\r\nmss = 600\r\npcbs = 2\r\n");
}
