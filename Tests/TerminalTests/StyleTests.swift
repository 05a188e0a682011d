import Terminal
import Testing

@Suite struct StyleTests {
    @Test func `a style surrounds its text only where colour is on`() {
        #expect(Painter(isEnabled: true).paint("超时", .alarm) == "\u{1B}[1;31m超时\u{1B}[0m")
        #expect(Painter(isEnabled: true).paint("x", .quiet) == "\u{1B}[2mx\u{1B}[0m")
        #expect(Painter(isEnabled: false).paint("超时", .alarm) == "超时")
        #expect(Painter(isEnabled: true).paint("超时", .plain) == "超时")
        #expect(Painter(isEnabled: true).paint("", .alarm) == "")
    }

    @Test(arguments: [
        (ColorMode.auto, [:], true, true), (.auto, [:], false, false),
        (.auto, ["NO_COLOR": "1"], true, false), (.auto, ["NO_COLOR": ""], true, true),
        (.auto, ["TERM": "dumb"], true, false), (.auto, ["TERM": "xterm"], true, true),
        (.always, ["NO_COLOR": "1", "TERM": "dumb"], false, true), (.never, [:], true, false),
    ])
    func `the flag decides, then the environment, then the stream`(
        mode: ColorMode, environment: [String: String], isTerminal: Bool, isEnabled: Bool
    ) {
        let painter = Painter(mode: mode, environment: environment, isTerminal: isTerminal)
        #expect(painter.isEnabled == isEnabled)
    }

    @Test(
        arguments: [
            (120, [:], 120), (nil, ["COLUMNS": "100"], 100), (120, ["COLUMNS": "100"], 120),
            (nil, [:], 80), (nil, ["COLUMNS": "wide"], 80), (nil, ["COLUMNS": "-4"], 80),
            (nil, ["COLUMNS": "999999999"], columnCountMax),
        ] as [(Int?, [String: String], Int)])
    func `the width is the terminal's, else stated, else usual`(
        reported: Int?, environment: [String: String], expected: Int
    ) {
        #expect(columnCount(reported: reported, environment: environment) == expected)
    }
}
