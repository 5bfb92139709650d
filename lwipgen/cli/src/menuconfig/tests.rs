//! The menu driven by keys and read from its frames, 80 by 24.

use super::*;
use lwipgen_core::edit::difference;
use lwipgen_core::menu::Page;
use lwipgen_core::options::options;
use lwipgen_core::profile::Resolved;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

/// Windows above 64 KiB need wider fields, so that RAM changes with the window.
const NODE: &str = "\
description = \"A node.\"
extends = \"throughput\"

[tcp]
# Links here are long.
wnd_scale = true
wnd_shift = 2
wnd = 32_768 # enough for most
";

struct Run {
    menu: Menu,
    path: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

impl Run {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("node.toml");
        std::fs::write(&path, text).unwrap();
        let file = ProfileFile::open(path.to_str().unwrap()).unwrap();
        let menu = Menu::open(file, Chip::find("esp32c6"), Pricer::new(Target::RISCV32)).ok().unwrap();
        Self { menu, path, _folder: folder }
    }

    fn press(&mut self, keys: &str) -> &mut Self {
        keys.chars().for_each(|letter| self.menu.key(Key::Char(letter)));
        self
    }

    fn hit(&mut self, key: Key) -> &mut Self {
        self.menu.key(key);
        self
    }

    /// Puts the cursor on an option by searching for its key.
    fn at(&mut self, key: &str) -> &mut Self {
        self.press("/").press(key).hit(Key::Enter);
        assert_eq!(self.menu.option().map(|option| option.key.as_str()), Some(key));
        self
    }

    fn terminal(&self, theme: Theme) -> Terminal<TestBackend> {
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        terminal.draw(|frame| draw(frame, &self.menu, theme)).unwrap();
        terminal
    }

    fn frame(&self) -> String {
        let terminal = self.terminal(Theme { color: true });
        let buffer = terminal.backend().buffer();
        let path = self.path.to_str().unwrap();
        let line = |y| (0..80).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        (0..24).map(line).collect::<Vec<_>>().join("\n").replace(path, "node.toml")
    }

    /// The frame without the numbers that follow from the sizes of the stack's types: those are compared with the
    /// budget, and change with every field of the stack.
    fn picture(&self) -> String {
        let lines = self.frame();
        let sizes = |(y, line): (usize, &str)| {
            if y < 21 && !line.contains("bytes of RAM") { line.to_owned() } else { without_numbers(line) }
        };
        lines.lines().enumerate().map(sizes).collect::<Vec<_>>().join("\n")
    }

    fn total(&self) -> u64 {
        let line = self.frame().lines().find(|line| line.starts_with(" RAM ")).unwrap().to_owned();
        line.split(' ').nth(2).unwrap().parse().unwrap()
    }

    fn saved(&self) -> String {
        std::fs::read_to_string(&self.path).unwrap()
    }
}

fn without_numbers(line: &str) -> String {
    let mut text = String::new();
    for letter in line.chars() {
        if !letter.is_ascii_digit() {
            text.push(letter);
        } else if !text.ends_with('#') {
            text.push('#');
        }
    }
    text
}

/// What `lwipgen budget` prints as the total of a text.
fn budget(text: &str) -> u64 {
    let selection = Resolved::from_text("node", text, &[]).unwrap().selection();
    Pricer::new(Target::RISCV32).budget(&selection).unwrap().total_bytes
}

#[test]
fn search_change_see_the_price_be_refused_save() {
    let mut run = Run::new(NODE);
    insta::assert_snapshot!("opened", run.picture());
    let before = run.total();
    assert_eq!(before, budget(NODE));

    run.press("/wnd");
    insta::assert_snapshot!("search", run.picture());
    run.hit(Key::Enter).hit(Key::Enter).press("98304");
    insta::assert_snapshot!("typing", run.picture());
    run.hit(Key::Enter);
    insta::assert_snapshot!("changed", run.picture());
    let changed = NODE.replace("32_768", "98304");
    assert_ne!(budget(&changed), before);
    assert_eq!(run.total(), budget(&changed));
    assert_eq!(i128::from(run.menu.change()), i128::from(run.total()) - i128::from(before));

    run.hit(Key::Enter).press("999999").hit(Key::Enter);
    insta::assert_snapshot!("refused", run.picture());
    assert_eq!(run.total(), budget(&changed));
    run.hit(Key::Escape).hit(Key::Escape);

    assert_eq!(run.saved(), NODE);
    run.press("S");
    insta::assert_snapshot!("saved", run.picture());
    assert_eq!(
        difference(NODE, &run.saved()),
        ["-wnd = 32_768 # enough for most", "+wnd = 98304 # enough for most"]
    );
    run.press("Q");
    assert_eq!(*run.menu.mode(), Mode::Done);
}

#[test]
fn the_nearest_value_of_a_refusal_is_taken_and_the_next_is_not() {
    let mut run = Run::new(NODE);
    run.at("tcp.wnd").hit(Key::Enter).press("9999999").hit(Key::Enter);
    let Mode::Page(Page { lines, .. }) = run.menu.mode().clone() else { panic!("not refused") };
    let nearest = lines.iter().find(|(title, _)| title == "nearest").unwrap().1.clone();
    let nearest: u64 = nearest.rsplit(' ').next().unwrap().parse().unwrap();
    run.hit(Key::Escape).hit(Key::Escape);
    let value = |run: &Run| run.menu.setting(run.menu.option().unwrap()).unwrap().value.bare();
    run.hit(Key::Enter).press(&nearest.to_string()).hit(Key::Enter);
    assert_eq!(value(&run), nearest.to_string());
    run.press("+");
    assert!(matches!(run.menu.mode(), Mode::Page(page) if page.title == "Refused"));
    assert_eq!(value(&run), nearest.to_string());
}

/// With one version of IP off, what belongs to it says so; turned on, it says what it is about.
#[test]
fn what_cannot_be_chosen_says_why() {
    let row = |run: &Run, key: &str| {
        let frame = run.frame();
        frame
            .lines()
            .skip(1)
            .find(|line| line.contains(key))
            .unwrap_or_else(|| panic!("{key}: {frame}"))
            .to_owned()
    };
    let mut run = Run::new("extends = \"ipv6-only\"\n");
    for (key, needs) in
        [("arp.table_size", "ipv4.enabled"), ("icmp.echo", "ipv4.enabled"), ("ipv4.ttl", "ipv4.enabled")]
    {
        run.at(key);
        let line = row(&run, key);
        assert!(line.starts_with('-') && line.contains(&format!("needs {needs}")), "{line}");
        assert!(run.frame().contains(&format!("{needs} = true enables it")));
        run.hit(Key::Escape);
    }
    run.at("ipv6.hop_limit");
    assert!(!row(&run, "ipv6.hop_limit").contains("needs"));
    run.hit(Key::Escape).at("ipv4.enabled").press(" ").hit(Key::Escape).at("icmp.echo");
    assert!(!row(&run, "icmp.echo").contains("needs"));
    run.hit(Key::Escape).at("ipv6.enabled").press(" ").hit(Key::Escape).at("ipv6.hop_limit");
    assert!(row(&run, "ipv6.hop_limit").contains("needs ipv6.enabled"));
}

#[test]
fn groups_fold_and_unfold_and_escape_comes_back_to_the_same_row() {
    let mut run = Run::new(NODE);
    let icmp = run.menu.rows().iter().position(|row| row.key() == "icmp").unwrap();
    (0..icmp).for_each(|_| run.menu.key(Key::Char('j')));
    run.hit(Key::Enter);
    insta::assert_snapshot!("unfolded", run.picture());
    run.hit(Key::Down).hit(Key::Down);
    let here = run.menu.rows()[run.menu.cursor()].key();
    run.press("/mtu").hit(Key::Escape);
    assert_eq!(run.menu.rows()[run.menu.cursor()].key(), here);
    run.hit(Key::Left);
    assert_eq!(run.menu.rows()[run.menu.cursor()].key(), "icmp");
    run.press("/mtu").hit(Key::Enter).hit(Key::Escape);
    assert_eq!(run.menu.rows()[run.menu.cursor()].key(), "netif.mtu");
    assert!(run.menu.is_unfolded("netif"));
    run.press("/weather").hit(Key::Enter);
    assert_eq!(run.menu.rows()[run.menu.cursor()].key(), "netif.mtu");
    assert!(run.frame().contains("no option has to do with `weather`"));
}

#[test]
fn switches_words_and_numbers_change_and_reset() {
    let mut run = Run::new(NODE);
    run.at("stats.enabled").press(" ");
    assert_eq!(run.menu.changes(), ["+stats = true"]);
    run.press("R");
    assert!(!run.menu.is_changed());
    run.at("memory").press(" ");
    assert_eq!(run.menu.changes(), ["+memory = \"heap\""]);
    run.press("  ");
    assert!(!run.menu.is_changed());
    run.at("tcp.pcbs").press("+");
    assert_eq!(run.menu.changes(), ["+pcbs = 5"]);
    run.press("-");
    assert!(!run.menu.is_changed());
    run.at("tcp.wnd").press("R");
    assert_eq!(run.menu.changes(), ["-wnd = 32_768 # enough for most"]);
    run.hit(Key::Enter).press("8 * mss").hit(Key::Enter);
    assert_eq!(run.menu.changes(), ["-wnd = 32_768 # enough for most", "+wnd = \"8 * mss\""]);
}

#[test]
fn every_step_that_is_priced_costs_that_much() {
    let mut run = Run::new(NODE);
    for key in ["tcp.pcbs", "pbuf.pool_size", "arp.enabled", "tcp.ooseq", "udp.pcbs"] {
        run.at(key);
        let line = run.menu.price_line();
        let before = run.total();
        let boolean = matches!(options().get(key).unwrap().kind, lwipgen_core::options::Kind::Bool);
        run.press(if boolean { " " } else { "+" });
        let change = run.total().abs_diff(before);
        assert!(change > 0 && line.contains(&format!(" {change} B")), "{key}: {line}, {change}");
    }
}

#[test]
fn what_has_no_effect_says_what_would_enable_it() {
    let mut run = Run::new("extends = \"minimal-v4\"\n");
    run.at("tcp.wnd_shift");
    assert!(run.menu.price_line().contains("tcp.wnd_scale = true enables it"));
    run.press(" ");
    insta::assert_snapshot!("unavailable", run.picture());
    assert!(!run.menu.is_changed());
}

#[test]
fn help_diff_and_leaving_are_pages() {
    let mut run = Run::new(NODE);
    run.at("tcp.pcbs").press("?");
    insta::assert_snapshot!("help", run.picture());
    run.hit(Key::Escape).press("+D");
    insta::assert_snapshot!("diff", run.picture());
    run.hit(Key::Escape).press("Q");
    insta::assert_snapshot!("leaving", run.picture());
    run.hit(Key::Escape);
    assert_eq!(*run.menu.mode(), Mode::Browse);
    run.press("Qn");
    assert_eq!((run.menu.mode(), run.saved().as_str()), (&Mode::Done, NODE));

    let mut run = Run::new(NODE);
    run.at("tcp.pcbs").press("+Qy");
    assert_eq!(*run.menu.mode(), Mode::Done);
    assert_eq!(difference(NODE, &run.saved()), ["+pcbs = 5"]);
}

#[test]
fn a_limit_that_is_exceeded_is_on_the_screen() {
    let mut run = Run::new(&format!("{NODE}\n[budget]\nmax = {}\n", budget(NODE)));
    assert!(!run.frame().contains("TOO MUCH"));
    run.at("tcp.pcbs").press("+");
    assert!(run.frame().contains("TOO MUCH"));
}

#[test]
fn without_colour_nothing_is_coloured_and_the_letters_are_the_same() {
    let mut run = Run::new(NODE);
    run.at("tcp.wnd").press("?");
    let (plain, colored) = (run.terminal(Theme { color: false }), run.terminal(Theme { color: true }));
    let (plain, colored) = (plain.backend().buffer(), colored.backend().buffer());
    assert!(plain.content().iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    assert!(colored.content().iter().any(|cell| cell.fg != Color::Reset));
    for (a, b) in plain.content().iter().zip(colored.content()) {
        assert_eq!(a.symbol(), b.symbol());
    }
}

#[test]
fn any_keys_on_any_row_leave_a_frame_that_can_be_drawn() {
    let mut run = Run::new(NODE);
    let keys = [
        Key::Char(' '),
        Key::Enter,
        Key::Char('+'),
        Key::Char('-'),
        Key::Escape,
        Key::Char('?'),
        Key::Down,
        Key::Char('x'),
        Key::Char('R'),
        Key::Char('D'),
        Key::Backspace,
        Key::Char('/'),
        Key::Char('a'),
        Key::Enter,
        Key::Right,
        Key::End,
        Key::PageUp,
        Key::Left,
        Key::Home,
        Key::PageDown,
        Key::Escape,
    ];
    let mut state: u32 = 1;
    for _ in 0..600 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        run.hit(keys[(state >> 16) as usize % keys.len()]);
        if *run.menu.mode() == Mode::Leave {
            run.hit(Key::Escape);
        }
        run.terminal(Theme { color: true });
        assert!(run.menu.cursor() < run.menu.rows().len().max(1));
    }
    for (width, height) in [(0, 0), (1, 1), (20, 5), (200, 60)] {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, &run.menu, Theme { color: true })).unwrap();
    }
}
