/// Numbered texts: whatever a person types carries a number, so that it can be recognised in any
/// frame and any store, as canaries are in a mine.
enum Canary {
    private static let mark = Array("~q".utf8)
    private static let digitsCount = 6

    /// A text with its number.
    static func text(_ number: Int, _ word: String) -> String {
        let digits = String(number)
        return "~q" + String(repeating: "0", count: max(0, digitsCount - digits.count)) + digits
            + " \(word)"
    }

    /// The numbers of all texts in these bytes.
    static func numbers(in bytes: [UInt8]) -> [Int] {
        bytes.withUnsafeBufferPointer { buffer in
            var found: [Int] = []
            var index = 0
            let last = buffer.count - mark.count - digitsCount
            while index <= last {
                guard buffer[index] == mark[0], buffer[index + 1] == mark[1] else {
                    index += 1
                    continue
                }
                var number = 0
                var isNumber = true
                for digit in buffer[(index + 2)..<(index + 2 + digitsCount)] {
                    isNumber = isNumber && (48...57).contains(digit)
                    number = number * 10 + Int(digit) - 48
                }
                if isNumber { found.append(number) }
                index += 2
            }
            return found
        }
    }
}
