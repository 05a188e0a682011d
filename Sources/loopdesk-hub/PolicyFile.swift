import Foundation
import Terminal
import TicketPolicy

/// Policy files as operators hand them over.
enum PolicyFile {
    /// The text of the file, or of the built-in profile of this name where there is no such file;
    /// `-` reads the standard input.
    ///
    /// - Throws: `HubFailure` when it cannot be read or is too large to be one.
    static func read(_ path: String) throws -> String {
        if Profile.builtInNames.contains(path), !FileManager.default.fileExists(atPath: path) {
            return try Profile.builtInText(path)
        }
        let handle = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
        guard let handle,
            let data = try? handle.read(upToCount: Profile.fileByteCountMax + 1)
        else {
            throw HubFailure(
                .refused, zh: "无法读取文件 \(path)。", en: "The file \(path) cannot be read.")
        }
        guard data.count <= Profile.fileByteCountMax else {
            throw HubFailure(
                .refused, zh: "\(path) 太大，不是规则文件。",
                en: "\(path) is too large to be a policy file.")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw HubFailure(
                .refused, zh: "\(path) 不是 UTF-8 文本。", en: "\(path) is not UTF-8 text.")
        }
        return text
    }

    /// The profile in the text.
    ///
    /// - Throws: `ProfileError` with every problem and its place.
    static func profile(_ yaml: String, file: String) throws(ProfileError) -> Profile {
        try Profile(yaml: yaml, file: file)
    }
}
