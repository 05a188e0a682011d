import Glibc
import Replication

/// Whole files that are copied, named and synced, so that a crash leaves the old or the new.
package enum DurableFile {
    /// Bytes that are copied at a time.
    private static let pieceByteCount = 1 << 20

    /// Copies a file that nobody writes to, with the permission for its owner alone, and syncs it.
    ///
    /// - Throws: `FileFailure`; a file that is there already is replaced.
    package static func copy(_ path: String, to target: String) throws(FileFailure) {
        let source = open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw .last("Reading", path) }
        defer { close(source) }
        let file = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .last("Writing", target) }
        defer { close(file) }
        var piece = [UInt8](repeating: 0, count: pieceByteCount)
        while true {
            let count = read(source, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .last("Reading", path) }
            if count == 0 { break }
            guard PrivateFile.writeAll(Array(piece[..<count]), to: file) else {
                throw .last("Writing", target)
            }
        }
        guard fsync(file) == 0 else { throw .last("Writing", target) }
    }

    /// Gives the file at `path` a second name, or a copy where the file system knows no second
    /// names; the name must be free.
    ///
    /// - Throws: `FileFailure`.
    package static func keep(_ path: String, as name: String) throws(FileFailure) {
        if link(path, name) == 0 { return }
        guard errno != EEXIST else { throw .last("Naming", name) }
        try copy(path, to: name)
    }

    /// Puts the file at `path` in the place of `target`, in one step.
    ///
    /// - Throws: `FileFailure`; nothing has changed then.
    package static func replace(_ target: String, with path: String) throws(FileFailure) {
        guard rename(path, target) == 0 else { throw .last("Replacing", target) }
        try PrivateFile.synchronizeDirectory(of: target)
    }

    /// Removes the file at `path` if there is one.
    ///
    /// - Throws: `FileFailure`.
    package static func remove(_ path: String) throws(FileFailure) {
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw .last("Removing", path)
    }

    /// The bytes of the file at `path`; nil when there is none.
    package static func byteCount(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }
}
