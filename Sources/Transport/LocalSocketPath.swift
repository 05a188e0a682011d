import Glibc

/// The file of the local admin socket: only its user may reach it.
struct LocalSocketPath {
    /// What the kernel's socket address holds, less the closing zero.
    static let pathByteCountMax = 107

    let path: String

    /// - Throws: `TransportError` (`invalidEndpoint`) unless it is absolute and short enough.
    init(_ path: String) throws(TransportError) {
        guard path.hasPrefix("/"), path.utf8.count <= Self.pathByteCountMax else {
            throw TransportError(
                .invalidEndpoint,
                "The local socket path must be absolute and at most \(Self.pathByteCountMax) bytes "
                    + "long: \(path); choose another directory")
        }
        self.path = path
    }

    var endpoint: String { "ipc://\(path)" }

    /// Binds in a private directory, replacing the socket file of a process that is gone.
    ///
    /// libzmq would remove a live server's file too, so the path is tried first.
    ///
    /// - Throws: `TransportError`: `unsafeLocalPath`, `addressInUse`, `invalidEndpoint`.
    func bind(_ socket: ZeroMQSocket) throws(TransportError) {
        try secureDirectory()
        try removeStaleFile()
        try socket.bind(endpoint)
        guard chmod(path, 0o600) == 0 else { throw .last("Protecting \(path)") }
    }

    private var directory: String {
        let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return parent.joined(separator: "/")
    }

    private func secureDirectory() throws(TransportError) {
        var status = stat()
        if mkdir(directory, 0o700) != 0 && errno != EEXIST {
            throw .last("Making the directory \(directory)")
        }
        guard lstat(directory, &status) == 0 else { throw .last("Reading \(directory)") }
        let isPrivate = status.st_mode & (S_IFMT | 0o077) == S_IFDIR && status.st_uid == geteuid()
        guard isPrivate else {
            throw TransportError(
                .unsafeLocalPath,
                "The local socket's directory \(directory) must be a directory of this user that "
                    + "nobody else can enter; run: chmod 700 \(directory)")
        }
    }

    private func removeStaleFile() throws(TransportError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw TransportError(
                .unsafeLocalPath, "\(path) exists and is not a socket; move it or choose another")
        }
        guard !hasListener() else {
            throw TransportError(
                .addressInUse, "Another process listens on \(path); stop it first")
        }
        unlink(path)
    }

    /// Whether a process accepts connections on the path now.
    func hasListener() -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { Glibc.close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, length) == 0
            }
        }
    }
}
