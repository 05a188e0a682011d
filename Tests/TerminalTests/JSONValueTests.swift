import Foundation
import Terminal
import Testing

@Suite struct JSONValueTests {
    static let ticket: JSONValue = [
        "number": "S042-17", "age": 12, "late": false, "tags": ["a", "退货"], "none": [:],
        "holder": .null,
    ]

    @Test func `members keep their order on one line`() {
        let expected =
            #"{"number":"S042-17","age":12,"late":false,"tags":["a","退货"],"none":{},"holder":null}"#
        #expect(Self.ticket.text() == expected)
    }

    @Test func `the pretty form breaks and indents`() {
        let expected = """
            {
              "number": "S042-17",
              "age": 12,
              "late": false,
              "tags": [
                "a",
                "退货"
              ],
              "none": {},
              "holder": null
            }
            """
        #expect(Self.ticket.text(pretty: true) == expected)
    }

    @Test(arguments: [
        (#"a"b\c"#, #""a\"b\\c""#), ("\n\r\t", #""\n\r\t""#),
        ("\u{0}\u{1B}[A", #""\u0000\u001b[A""#),
        ("\u{7F}\u{9B}", #""\u007f\u009b""#), ("\u{202E}", #""\u202e""#),
        ("\u{E0041}", #""\udb40\udc41""#), ("/é😀", #""/é😀""#),
    ])
    func `strings are escaped where JSON or a terminal needs it`(text: String, expected: String) {
        #expect(JSONValue.string(text).text() == expected)
    }

    @Test(arguments: [
        (JSONValue.integer(.min), "-9223372036854775808"), (.number(0.1), "0.1"),
        (.number(1e300), "1e+300"), (.number(.nan), "null"), (.number(-.infinity), "null"),
        (JSONValue(nil), "null"), (JSONValue("x"), #""x""#), (.array([]), "[]"),
    ])
    func `numbers and nothing have one form`(value: JSONValue, expected: String) {
        #expect(value.text() == expected)
    }

    @Test func `another reader gets back every character`() throws {
        let all = (UInt32(0)...0x2FF).compactMap(Unicode.Scalar.init).map { String(Character($0)) }
        for pretty in [false, true] {
            let text = JSONValue.array(all.map(JSONValue.string)).text(pretty: pretty)
            let read = try JSONDecoder().decode([String].self, from: Data(text.utf8))
            #expect(read == all)
        }
    }
}
