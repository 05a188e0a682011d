import CSodium

/// The one-time start of libsodium, which every function of this target passes through.
enum SodiumLibrary {
    /// Zero after the first start, one if somebody else had started the library before.
    private static let initializationResult: Int32 = sodium_init()

    /// Starts the library if nobody has.
    ///
    /// It fails only when the kernel gives no randomness, and then no key or identifier may be
    /// made: going on would be worse than stopping.
    static func ensureInitialized() {
        precondition(initializationResult >= 0, "libsodium found no source of randomness")
    }
}

/// Whether two byte strings are equal, in a time that does not depend on where they differ.
///
/// Their lengths are not secret and are compared first.
package func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && sodium_memcmp(left, right, left.count) == 0
}
