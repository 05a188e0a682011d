/// Where a started hub can be reached, with the ports that the kernel chose.
package struct HubEndpoints: Sendable, Equatable {
    /// The sync socket's address.
    package let sync: String
    /// The feed socket's address.
    package let feed: String
    /// The admin socket's path, if there is one.
    package let localSocketPath: String?
}
