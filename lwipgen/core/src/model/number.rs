//! The two kinds of numbers that become a `usize` in the template: counts of things and sizes in bytes.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $format:literal, $types:tt) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(u32);

        impl $name {
            /// The number, wide enough to compute with.
            #[must_use]
            pub fn get(self) -> u64 {
                u64::from(self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": $types, "format": $format, "minimum": 0, "maximum": u32::MAX })
            }
        }
    };
}

number!(
    /// How many of something there are: a table's length, for instance.
    Count,
    "count",
    "integer"
);

number!(
    /// Bytes; in a profile a number or an expression such as `"40 KiB"` or `"4 * mss"`.
    Size,
    "size",
    ["integer", "string"]
);
