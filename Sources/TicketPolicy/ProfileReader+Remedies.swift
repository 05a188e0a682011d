import TicketModel

// What to write instead of a word that is not known.
extension ProfileReader {
    /// The most names that one remedy lists.
    private static let listedNameCountMax = 64
    /// For so many problems nearest words are looked for: a file with more is no slip of the pen.
    private static let nearestWordCountMax = 100

    /// The words, or the first of them.
    static func list(_ names: [String]) -> LocalizedText {
        let shown = names.prefix(listedNameCountMax).joined(separator: ", ")
        guard names.count > listedNameCountMax else { return LocalizedText(zh: shown, en: shown) }
        return LocalizedText(
            zh: "\(shown) 等 \(names.count) 个",
            en: "\(shown) and \(names.count - listedNameCountMax) more")
    }

    /// To write one of `names`; first the one that was probably meant.
    func choosing(_ word: String?, from names: [String]) -> LocalizedText {
        guard !names.isEmpty else {
            return LocalizedText(zh: "请去掉：没有可用的", en: "leave it out: there is none")
        }
        let known = Self.list(names)
        let all = LocalizedText(zh: "可用：\(known.zh)", en: "use one of: \(known.en)")
        guard problems.count < Self.nearestWordCountMax, let word,
            let nearest = NearestWord.find(word, in: names)
        else { return all }
        return LocalizedText(
            zh: "是否想写 \(nearest)？\(all.zh)", en: "did you mean \(nearest)? \(all.en)")
    }
}

/// The word that somebody probably meant to write.
enum NearestWord {
    /// Longer words are not compared; keys are shorter.
    private static let lengthMax = 64

    /// The name with the fewest slips between it and `word`, the first of several; nil if none is
    /// near: one slip in three letters at most, and never more than two.
    static func find(_ word: String, in names: [String]) -> String? {
        let written = letters(word)
        guard written.count <= lengthMax else { return nil }
        var best: (name: String, slips: Int)?
        for name in names {
            let meant = letters(name)
            let most = min(2, max(written.count, meant.count) / 3)
            let limit = min(most, best.map { $0.slips - 1 } ?? most)
            guard limit >= 0, meant.count <= lengthMax,
                abs(written.count - meant.count) <= limit
            else { continue }
            let slips = slips(from: written, to: meant)
            if slips <= limit { best = (name, slips) }
        }
        return best?.name
    }

    /// Case and the sign between words are no slips.
    private static func letters(_ word: String) -> [Unicode.Scalar] {
        word.lowercased().unicodeScalars.map { $0 == "-" || $0 == " " ? "_" : $0 }
    }

    /// Letters that are left out, too many, wrong, or two that changed places.
    private static func slips(from written: [Unicode.Scalar], to meant: [Unicode.Scalar]) -> Int {
        var before = [Int](repeating: 0, count: meant.count + 1)
        var above = Array(0...meant.count)
        for (row, letter) in written.enumerated() {
            var current = [row + 1]
            for (column, other) in meant.enumerated() {
                var least = min(
                    above[column] + (letter == other ? 0 : 1), above[column + 1] + 1,
                    current[column] + 1)
                if row > 0, column > 0, letter == meant[column - 1], written[row - 1] == other {
                    least = min(least, before[column - 1] + 1)
                }
                current.append(least)
            }
            (before, above) = (above, current)
        }
        return above[meant.count]
    }
}
