import Foundation
import Terminal

/// What is piped into a verb.
enum StandardInput {
    /// Everything up to the end, without white space at its end.
    ///
    /// - Throws: `CommandFailure` when it is larger than `byteCountMax` or not UTF-8.
    static func text(byteCountMax: Int) throws -> String {
        var data = Data()
        while let chunk = try FileHandle.standardInput.read(upToCount: 64 * 1024), !chunk.isEmpty {
            data += chunk
            guard data.count <= byteCountMax else {
                throw CommandFailure(
                    .refused, zh: "标准输入超过 \(byteCountMax) 字节。",
                    en: "The standard input is longer than \(byteCountMax) bytes.")
            }
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CommandFailure(
                .refused, zh: "标准输入不是 UTF-8 文本。", en: "The standard input is not UTF-8.")
        }
        let end = text.lastIndex { !$0.isWhitespace }
        return end.map { String(text[...$0]) } ?? ""
    }
}
