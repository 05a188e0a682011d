import Terminal
import Testing

@Suite struct PrintableTests {
    @Test(arguments: [
        ("plain 退货 👨‍👩‍👧", "plain 退货 👨‍👩‍👧"), ("a\u{1B}[2Jb", "a␛[2Jb"), ("bell\u{7}", "bell␇"),
        ("\u{9B}31m", "\u{FFFD}31m"), ("a\nb\r\nc\rd", "a↵b↵c↵d"), ("a\tb", "a b"),
        ("\u{202E}evil", "\u{FFFD}evil"), ("\u{2066}x\u{2069}", "\u{FFFD}x\u{FFFD}"),
        ("\u{7F}", "␡"), ("\u{2028}", "↵"), ("tag\u{E0041}", "tag\u{FFFD}"), ("", ""),
        ("\u{0}", "␀"),
    ])
    func `one line cannot steer a terminal`(text: String, expected: String) {
        #expect(printable(text) == expected)
    }

    @Test func `what was made safe stays as it is`() {
        for value in UInt32(0)...0x2100 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let once = printable(String(Character(scalar)))
            #expect(printable(once) == once)
            #expect(!once.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F) ~= $0.value })
        }
    }

    @Test(arguments: [
        ("one\ntwo", ["one", "two"]), ("one\r\ntwo\r\n", ["one", "two"]), ("", []),
        ("\n", [""]), ("a\n\nb", ["a", "", "b"]), ("x\u{1B}[A\ny", ["x␛[A", "y"]),
    ])
    func `a longer text keeps its lines and nothing else`(text: String, expected: [String]) {
        #expect(printableLines(text) == expected)
    }
}
