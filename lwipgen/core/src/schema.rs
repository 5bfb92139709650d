//! The JSON schema of profile files, for editors that check and complete while one writes.

use crate::options;
use crate::profile::limits_schema;
use serde_json::{Value as Json, json};

/// The schema, derived from the model: nothing is required, and a group with a switch may be `true` or `false`.
#[must_use]
pub fn profile_schema() -> Json {
    let mut schema = options::schema();
    relax(&mut schema);
    let Some(properties) = schema.get_mut("properties").and_then(Json::as_object_mut) else { return schema };
    for (key, property) in properties.iter_mut() {
        let Some(group) = options::options().group(key) else { continue };
        relax(property);
        if group.switch {
            let table = property.take();
            *property = json!({ "description": group.help, "anyOf": [{ "type": "boolean" }, table] });
        }
    }
    let extends = json!({
        "type": "string",
        "description": "A profile that this one changes: a file, relative to this one, or the name of a shipped profile.",
    });
    properties.insert("extends".to_owned(), extends);
    properties.insert("budget".to_owned(), limits_schema());
    schema
}

fn relax(schema: &mut Json) {
    if let Some(object) = schema.as_object_mut() {
        object.remove("required");
        object.insert("additionalProperties".to_owned(), Json::Bool(false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_beside_the_profiles_is_this_one() {
        let written = include_str!("../../../profiles/profile.schema.json");
        let expected = format!("{:#}\n", profile_schema());
        assert!(written == expected, "run `lwipgen schema --out profiles/profile.schema.json`");
    }

    #[test]
    fn groups_are_tables_and_with_a_switch_also_true_or_false() {
        let schema = profile_schema();
        let group = |key: &str| schema["properties"][key].clone();
        assert_eq!(group("tcp")["anyOf"][0], json!({ "type": "boolean" }));
        assert_eq!(group("tcp")["anyOf"][1]["properties"]["mss"]["maximum"], 1460);
        assert_eq!(group("pbuf")["additionalProperties"], false);
        assert!(!schema.to_string().contains("\"required\""));
    }
}
