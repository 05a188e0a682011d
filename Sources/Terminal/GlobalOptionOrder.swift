/// Lets the options that every verb takes stand before the verb as well.
package enum GlobalOptionOrder {
    private static let withValue: Set<String> = ["--home", "--as", "--lang", "--color"]

    /// The arguments without any global option.
    package static func without(_ arguments: [String]) -> [String] {
        var kept: [String] = []
        var rest = arguments[...]
        while let first = rest.popFirst() {
            let name = String(first.prefix { $0 != "=" })
            if withValue.contains(name) {
                if name == first { _ = rest.popFirst() }
            } else if first != "--json" {
                kept.append(first)
            }
        }
        return kept
    }

    /// The arguments with leading global options moved to the end, before any `--`.
    package static func moved(_ arguments: [String]) -> [String] {
        var leading: [String] = []
        var rest = arguments[...]
        while let first = rest.first {
            let name = String(first.prefix { $0 != "=" })
            if withValue.contains(name) {
                leading.append(rest.removeFirst())
                if name == first, let value = rest.popFirst() { leading.append(value) }
            } else if first == "--json" {
                leading.append(rest.removeFirst())
            } else {
                break
            }
        }
        // Nothing but options asks for the help, as nothing at all does.
        guard !rest.isEmpty else { return leading.isEmpty ? [] : ["--help"] + leading }
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return rest[..<end] + leading + rest[end...]
    }
}
