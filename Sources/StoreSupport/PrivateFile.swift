import Glibc

/// A file or directory could not be made or read.
package struct FileFailure: Error {
    package var message: String

    /// Reads `errno`, so it must be made directly after the call that failed.
    package static func last(_ action: String, _ path: String) -> FileFailure {
        let reason = String(cString: strerror(errno))
        return FileFailure(
            message: "\(action) \(path) failed: \(reason). Check the disk and the permissions.")
    }
}

/// Files that nobody else may read, written whole or not at all.
package enum PrivateFile {
    /// Replaces the file at `path`: after a crash it holds the old or the new content, durably.
    ///
    /// - Throws: `FileFailure`.
    package static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(FileFailure) {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .last("Writing", path) }
        let isWritten = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
        let failure = FileFailure.last("Writing", path)
        close(descriptor)
        guard isWritten else {
            unlink(temporary)
            throw failure
        }
        guard rename(temporary, path) == 0 else { throw .last("Writing", path) }
        try synchronizeDirectory(of: path)
    }

    /// Makes the directory for this user alone, with the directories above it.
    ///
    /// - Throws: `FileFailure`; a directory that is there already is left as it is.
    package static func makeDirectory(_ path: String) throws(FileFailure) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw .last("Making the directory", path)
        }
        try makeDirectory(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .last("Making the directory", path)
        }
    }

    package static func isPrivateDirectory(_ path: String) -> Bool {
        isPrivate(path, kind: S_IFDIR)
    }

    package static func isPrivateFile(_ path: String) -> Bool { isPrivate(path, kind: S_IFREG) }

    private static func isPrivate(_ path: String, kind: mode_t) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return status.st_mode & (S_IFMT | 0o077) == kind && status.st_uid == geteuid()
    }

    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            offset += count
        }
        return true
    }

    /// Makes the content of the file at `path` durable.
    ///
    /// - Throws: `FileFailure`.
    package static func synchronize(_ path: String) throws(FileFailure) {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("Opening", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last("Writing", path) }
    }

    /// Makes what was named or removed in the directory of `path` durable.
    ///
    /// - Throws: `FileFailure`.
    package static func synchronizeDirectory(of path: String) throws(FileFailure) {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("Opening the directory of", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last("Writing the directory of", path) }
    }
}
