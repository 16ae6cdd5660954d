//! Numbers as Java writes them.

/// Writes a JSON number as Jackson writes it after reading: an integer as it
/// is, anything with a point or an exponent as Java's `Double.toString`.
pub(crate) fn write_java_number(out: &mut String, text: &str) {
    if !text.contains(['.', 'e', 'E']) {
        out.push_str(if text == "-0" { "0" } else { text });
        return;
    }
    let value: f64 = text.parse().expect("a JSON number is a Rust float literal");
    if value.is_infinite() {
        // Jackson quotes what JSON cannot say.
        out.push_str(if value > 0.0 {
            "\"Infinity\""
        } else {
            "\"-Infinity\""
        });
        return;
    }
    out.push_str(&java_double(value));
}

/// `Double.toString` of a finite value.
fn java_double(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 || (1e-3..1e7).contains(&magnitude) {
        return format!("{value:?}");
    }
    // Rust's shortest form is "d.ddde-7" or "de-7"; Java always has a point.
    let text = format!("{value:e}");
    let (digits, exponent) = text
        .split_once('e')
        .expect("the exponent form has an exponent");
    let point = if digits.contains('.') { "" } else { ".0" };
    format!("{digits}{point}E{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut out = String::new();
        write_java_number(&mut out, text);
        assert_eq!(out, expected, "{text}");
    }

    #[test]
    fn numbers_are_written_as_java_writes_them() {
        check("1", "1");
        check("-0", "0");
        check("9007199254740993", "9007199254740993");
        check(
            "123456789012345678901234567890",
            "123456789012345678901234567890",
        );
        check("1.50", "1.5");
        check("1e3", "1000.0");
        check("1E-7", "1.0E-7");
        check("0.001", "0.001");
        check("0.00099", "9.9E-4");
        check("9999999.0", "9999999.0");
        check("1e7", "1.0E7");
        check("-1.25e+20", "-1.25E20");
        check("0.0", "0.0");
        check("-0.0", "-0.0");
        check("1e400", "\"Infinity\"");
        check("-1e400", "\"-Infinity\"");
    }
}
