//! Broken profiles: each file in `broken/` says in `# expect: LINE:COL: message` what is wrong with it.
//!
//! `BLESS=1 cargo test -p lwipgen-core --test broken` writes those lines anew; read them before you commit them.

use lwipgen_core::diagnostic::Diagnostic;
use lwipgen_core::profile::Resolved;
use lwipgen_core::rules::RULES;
use std::path::{Path, PathBuf};

const EXPECT: &str = "# expect: ";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken")
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
}

/// Places in the file itself without its name, places elsewhere relative to the folder.
fn shown(path: &Path, error: &Diagnostic) -> String {
    let message = error.to_string().replace(&format!("{}:", path.display()), "");
    message.replace(&format!("{}/", folder().display()), "")
}

fn errors(path: &Path) -> Vec<String> {
    let errors = Resolved::load(path.to_str().unwrap(), &[]).expect_err(path.to_str().unwrap());
    errors.iter().map(|error| shown(path, error)).collect()
}

fn bless(path: &Path) {
    let text = std::fs::read_to_string(path).unwrap();
    let body: String =
        text.lines().filter(|line| !line.starts_with(EXPECT)).map(|line| format!("{line}\n")).collect();
    // The lines of the header count too, so write as many as there will be before asking for the places.
    let header = |lines: &[String]| lines.iter().map(|line| format!("{EXPECT}{line}\n")).collect::<String>();
    std::fs::write(path, &body).unwrap();
    let blanks = vec![String::new(); errors(path).len()];
    std::fs::write(path, header(&blanks) + &body).unwrap();
    let lines = errors(path);
    std::fs::write(path, header(&lines) + &body).unwrap();
}

#[test]
fn each_broken_profile_is_refused_with_the_right_line_and_words() {
    let files = files();
    assert!(files.len() >= 40);
    for path in files {
        if std::env::var_os("BLESS").is_some() {
            bless(&path);
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let expected: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix(EXPECT)).collect();
        assert!(!expected.is_empty(), "{}", path.display());
        assert_eq!(errors(&path), expected, "{}", path.display());
    }
}

#[test]
fn each_rule_is_broken_by_some_profile() {
    let texts: String = files().iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for rule in RULES {
        assert!(texts.contains(&format!("[rule {}]", rule.name)), "no broken profile for rule {}", rule.name);
    }
}

#[test]
fn the_nearest_valid_value_mends_what_it_is_offered_for() {
    let mut offers = 0;
    for path in files() {
        for error in Resolved::load(path.to_str().unwrap(), &[]).unwrap_err() {
            let Some((words, offer)) = error.message.split_once("; nearest valid value: ") else { continue };
            let Some((offer, _)) = offer.split_once(" [rule ") else { continue };
            offers += 1;
            let rule = words.split(": ").next().unwrap_or(words);
            let mended = Resolved::load(path.to_str().unwrap(), &[offer.to_owned()]);
            let left = mended.err().unwrap_or_default();
            assert!(!left.iter().any(|error| error.message.starts_with(rule)), "{offer}: {left:?}");
        }
    }
    assert!(offers > RULES.len());
}

fn refused(name: &str, overrides: &[&str]) -> Vec<String> {
    let overrides: Vec<String> = overrides.iter().map(|written| (*written).to_owned()).collect();
    Resolved::load(name, &overrides).unwrap_err().iter().map(Diagnostic::to_string).collect()
}

#[test]
fn an_override_is_the_last_word_and_is_blamed() {
    assert_eq!(
        refused("minimal-v4", &["tcp.mss=1470"]),
        ["--set tcp.mss=1470: tcp.mss = 1470 is out of range 64 to 1460; nearest valid value: 1460"]
    );
    assert_eq!(
        refused("minimal-v4", &["netif.mtu = 1000"]),
        ["--set netif.mtu = 1000: tcp.mss must leave 40 bytes of netif.mtu to the IP and TCP headers: \
          tcp.mss = 1460, netif.mtu = 1000; nearest valid value: netif.mtu = 1500 [rule mss-fits-mtu]"]
    );
    assert_eq!(refused("minimal-v4", &["tcp.mss"]), ["--set tcp.mss: expected key=value"]);
    assert_eq!(
        refused("minimal-v4", &["tpc.mss=1"]),
        ["--set tpc.mss=1: unknown key `tpc.mss`; did you mean `tcp.mss`?"]
    );
    assert_eq!(
        refused("minimal-v4", &["tcp.wnd=4 * mms"]),
        ["--set tcp.wnd=4 * mms: tcp.wnd: unknown option `mms`; did you mean `tcp.mss`?"]
    );
}

#[test]
fn a_profile_that_cannot_be_read_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let binary = write("binary.toml", b"\xff\xfe");
    assert_eq!(refused(&binary, &[]), [format!("{binary}: {binary} is not UTF-8 text")]);
    let large = write("large.toml", &vec![b'#'; (1 << 20) + 1]);
    assert_eq!(
        refused(&large, &[]),
        [format!("{large}: {large} is larger than 1048576 bytes: not a profile")]
    );
    let folder = folder.path().to_str().unwrap();
    assert_eq!(refused(folder, &[]), [format!("{folder}: {folder} is not a file")]);
    assert_eq!(
        refused("minimal-v5", &[]),
        ["minimal-v5: there is no file minimal-v5; did you mean the shipped profile `minimal-v4`?"]
    );
}
