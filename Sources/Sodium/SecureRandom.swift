import CSodium

/// Randomness that nobody can guess, from the kernel.
package enum SecureRandom {
    /// `count` random bytes; `count` must not be negative.
    package static func bytes(count: Int) -> [UInt8] {
        precondition(count >= 0, "asked for \(count) random bytes")
        SodiumLibrary.ensureInitialized()
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            if let start = buffer.baseAddress { randombytes_buf(start, count) }
            initializedCount = count
        }
    }

    /// 128 random bits, the material of identifiers.
    package static func uint128() -> UInt128 {
        var value: UInt128 = 0
        SodiumLibrary.ensureInitialized()
        randombytes_buf(&value, MemoryLayout<UInt128>.size)
        return value
    }

    /// The same source for the standard library's shuffles and ranges.
    package struct Generator: RandomNumberGenerator, Sendable {
        /// A generator; it has no state, so all are alike.
        package init() {}

        /// 64 fresh random bits.
        package mutating func next() -> UInt64 {
            var value: UInt64 = 0
            SodiumLibrary.ensureInitialized()
            randombytes_buf(&value, MemoryLayout<UInt64>.size)
            return value
        }
    }
}
