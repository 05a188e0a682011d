/// What `hub.json` says: nothing in it is secret.
struct HubSettings: Codable, Equatable {
    /// The form of the file.
    static let currentFormat = 1

    var format = HubSettings.currentFormat
    /// What people call this hub.
    var name: String
    /// Where replicas connect for sync.
    var listen: String
    /// Where replicas connect for the feed.
    var feed: String
    /// The host by which replicas know this machine; invites carry it.
    var advertise: String
}

/// A `tcp://HOST:PORT` address.
struct TCPEndpoint: Equatable {
    var host: String
    /// Nil lets the kernel choose (`*` or `0`).
    var port: Int?

    /// Reads the text form; nil for anything else.
    init?(_ text: String) {
        guard text.hasPrefix("tcp://"), let colon = text.lastIndex(of: ":") else { return nil }
        let start = text.index(text.startIndex, offsetBy: 6)
        guard start < colon else { return nil }
        host = String(text[start..<colon])
        let port = text[text.index(after: colon)...]
        guard port != "*" && port != "0" else { return }
        guard let number = UInt16(port) else { return nil }
        self.port = Int(number)
    }

    init(host: String, port: Int?) {
        self.host = host
        self.port = port
    }

    var text: String { "tcp://\(host):\(port.map(String.init) ?? "*")" }

    /// The port alone, for clients that know the host (the welcome's form).
    var anyHostText: String { TCPEndpoint(host: "*", port: port).text }

    var isWildcard: Bool { ["0.0.0.0", "*", "[::]"].contains(host) }
}
