//! Budgets of a small stack of our own, every number computed by hand.

use super::*;
use crate::selection::Constant;

const LIB: &str = "mod config; mod pool; mod tcp; mod stack; pub use stack::Stack;\n";
const POOL: &str = r#"
use crate::config::*;
#[repr(C)] pub struct Pool { blocks: Blocks, next: [u8; crate::config::PBUF_POOL_SIZE], free: u8 }
#[repr(C)] struct Blocks {
    #[cfg(feature = "memory-static")]
    bytes: [[u8; crate::config::PBUF_BLOCK_SIZE]; crate::config::PBUF_POOL_SIZE],
    #[cfg(feature = "memory-heap")]
    bytes: [Option<Box<[u8; crate::config::PBUF_BLOCK_SIZE]>>; crate::config::PBUF_POOL_SIZE],
}
"#;
const TCP: &str = r#"
use crate::config::TCP_PCBS;
#[repr(C)] pub struct Tcp { pcbs: [Pcb; TCP_PCBS], ready: u8, limit: Limit }
#[repr(C)] struct Pcb { una: u32, state: State, mac: [u8; 6] }
#[repr(u8)] enum State { Closed, Open }
#[repr(C)] struct Limit { since: u32, sent: u16 }
"#;
const STACK: &str = r#"
#[repr(C)]
pub struct Stack {
    pool: crate::pool::Pool,
    #[cfg(feature = "tcp")]
    tcp: crate::tcp::Tcp,
    random: Random,
    id: u16,
}
#[repr(C)] struct Random { key: [u32; 4] }
"#;

fn template() -> Template {
    let files = [
        ("Cargo.toml", "[features]\ntcp = []\nmemory-static = []\nmemory-heap = []\n"),
        ("src/lib.rs", LIB),
        ("src/config.rs", ""),
        ("src/pool.rs", POOL),
        ("src/tcp.rs", TCP),
        ("src/stack.rs", STACK),
    ];
    Template { files: files.map(|(path, text)| (path.to_owned(), text.to_owned())).into() }
}

fn selection(features: &[&str]) -> Selection {
    let constant = |(name, value): (&str, u64)| Constant {
        name: name.to_owned(),
        ty: "usize",
        value,
        doc: String::new(),
    };
    let mut constants = vec![("PBUF_POOL_SIZE", 70), ("PBUF_BLOCK_SIZE", 512), ("PBUF_RESERVE", 2)];
    if features.contains(&"tcp") {
        constants.extend([
            ("TCP_PCBS", 3),
            ("TCP_WND", 20_000),
            ("TCP_WND_MIN", 1460),
            ("TCP_SND_BUF", 5840),
            ("TCP_SND_BUF_MIN", 1024),
        ]);
    }
    Selection {
        name: "small".to_owned(),
        features: features.iter().map(|name| (*name).to_owned()).collect(),
        constants: constants.into_iter().map(constant).collect(),
        aliases: Vec::new(),
    }
}

fn of(features: &[&str]) -> Budget {
    budget(&template(), &selection(features), Target::RISCV32).expect("a budget")
}

fn told(budget: &Budget) -> Vec<(&str, &str, u64, u64, u64)> {
    budget.lines.iter().map(|l| (l.name.as_str(), l.ty.as_str(), l.count, l.size, l.bytes)).collect()
}

#[test]
fn tables_are_lines_and_all_lines_add_up() {
    let budget = of(&["tcp", "memory-static"]);
    assert_eq!(
        told(&budget),
        [
            ("pool.blocks", "[u8; 512]", 70, 512, 35_840),
            ("pool.next", "u8", 70, 1, 70),
            ("pool state", "Pool (rest)", 1, 1, 1),
            ("tcp.pcbs", "Pcb", 3, 12, 36),
            ("tcp state", "Tcp (rest)", 1, 9, 9),
            ("random", "Random", 1, 16, 16),
            ("stack state", "Stack (rest)", 1, 2, 2),
            // Before `tcp` 1, in it 3, behind `id` 2.
            ("padding", "between fields", 1, 6, 6),
        ]
    );
    assert_eq!(budget.stack_bytes, 35_980);
    assert_eq!(budget.total_bytes, 35_980);
    assert_eq!(budget.lines.iter().map(|line| line.bytes).sum::<u64>(), budget.total_bytes);
}

#[test]
fn the_heap_counts_at_its_peak() {
    let budget = of(&["memory-heap"]);
    assert_eq!(budget.stack_bytes, 70 * 4 + 70 + 1 + 1 + 16 + 2 + 2);
    assert_eq!(budget.total_bytes, budget.stack_bytes + 35_840);
    assert_eq!(told(&budget).last(), Some(&("heap, at its peak", "[u8; 512]", 70, 512, 35_840)));
    assert_eq!(budget.windows, None);
}

#[test]
fn windows_are_what_the_pool_can_promise() {
    let windows = of(&["tcp", "memory-static"]).windows.expect("windows");
    // 68 blocks; 3 + 2 for each of three connections; 53 to lend.
    assert_eq!((windows.pcbs, windows.guaranteed_connections), (3, 3));
    assert_eq!(windows.receive, Window { guaranteed: 1460, maximum: 20_000 });
    assert_eq!(windows.send, Window { guaranteed: 1024, maximum: 5840 });
    assert_eq!(windows.ceilings[1].receive, Window { guaranteed: 146_000, maximum: 2_000_000 });
    let mut small = selection(&["tcp", "memory-static"]);
    small.constants[0].value = 13;
    let windows = windows::windows(&small).expect("windows");
    assert_eq!(windows.guaranteed_connections, 2);
    assert_eq!(windows.receive.maximum, (3 + 1) * 512);
    assert_eq!(windows.send.maximum, (2 + 1) * 512);
}

#[test]
fn esp_idf_keeps_every_window_in_full() {
    assert_eq!(of(&["tcp", "memory-static"]).esp_idf_peak_bytes, 3 * (20_000 + 5840 + 12));
}

#[test]
fn the_report_reads_well() {
    let mut budget = of(&["tcp", "memory-static"]);
    budget.levers = vec![
        Lever { set: "pbuf.pool_size=35".to_owned(), now: "70".to_owned(), saves: 17_955 },
        Lever { set: "tcp.enabled=false".to_owned(), now: "true".to_owned(), saves: 48 },
    ];
    insta::assert_snapshot!("text", render(&budget, Format::Text).expect("text"));
    insta::assert_snapshot!("markdown", render(&budget, Format::Markdown).expect("markdown"));
    let json: serde_json::Value =
        serde_json::from_str(&render(&budget, Format::Json).expect("json")).expect("valid JSON");
    assert_eq!(json["stack_bytes"], 35_980);
    assert_eq!(json["lines"][3]["type"], "Pcb");
    let text = render(&budget, Format::Text).expect("text");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}
