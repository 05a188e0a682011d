import CFileBirth

/// Which file lies at a path, and when it was made: a copy of it is another file, whatever it is
/// called and whatever its other times say.
package struct FileBirth: Hashable, Sendable {
    /// The number of the file on its file system.
    package var inode: UInt64
    /// The time of birth, in seconds since 1970; 0 where the file system does not keep it.
    package var seconds: Int64
    /// The rest of it.
    package var nanoseconds: UInt32

    /// - Returns: nil when there is no such file, or it may not be looked at.
    package init?(ofFileAt path: String) {
        var (inode, seconds, nanoseconds) = (UInt64(0), Int64(0), UInt32(0))
        guard file_birth(path, &inode, &seconds, &nanoseconds) == 0 else { return nil }
        (self.inode, self.seconds, self.nanoseconds) = (inode, seconds, nanoseconds)
    }
}
