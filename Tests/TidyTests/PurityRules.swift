/// What the pure targets may not call, and what to do instead.
enum PurityRules {
    static let targets: Set = ["TicketModel", "TicketPolicy", "Replication", "Wire"]

    private static let clock = "take the time as a Timestamp parameter"
    private static let randomness = "take the random bits or the id as a parameter"
    private static let file = "take the bytes as a parameter; stores and executables read files"
    private static let concurrency = "return an action and let the owner of the machine perform it"
    private static let lock = "be a value and let the owner serialise access"
    private static let output = "return the text or throw; executables print"

    private static let banned: [(pattern: Pattern, replacement: String)] = [
        (Pattern(#"(?<![\w.])Date\(\)"#), clock),
        (
            Pattern(#"(?<![\w.])(?:Date|DispatchTime|ContinuousClock|SuspendingClock)\.now\b"#),
            clock
        ),
        (Pattern(#"(?<![\w)\]?!])\.now\b"#), clock),
        (Pattern(#"\b(?:ContinuousClock|SuspendingClock|clock_gettime|gettimeofday)\b"#), clock),
        (Pattern(#"\bUUID\(\)"#), randomness),
        (Pattern(#"\.random\(|\brandomElement\b|\.shuffled?\("#), randomness),
        (Pattern(#"\b(?:SystemRandomNumberGenerator|SecureRandom)\b|\.generate\("#), randomness),
        (Pattern(#"\b(?:FileManager|FileHandle|fopen)\b|contentsOf(?:File)?:"#), file),
        (Pattern(#"\b(?:ProcessInfo|getenv)\b"#), "take the setting as a parameter"),
        (Pattern(#"\bTask(?:\.\w+)?[ \t]*(?:\{|\()|\bawait\b|\basync\b"#), concurrency),
        (Pattern(#"\bactor[ \t]+[A-Z]\w*[ \t\n]*[:<{]"#), concurrency),
        (Pattern(#"\b(?:Thread|DispatchQueue|OperationQueue)\b"#), concurrency),
        (Pattern(#"\b(?:Mutex|NSLock|NSRecursiveLock|Atomic|pthread_\w+)\b"#), lock),
        (Pattern(#"(?<![\w.])(?:print|debugPrint|dump|NSLog)\("#), output),
    ]

    static func check(_ file: SourceFile) -> [Finding] {
        guard let target = file.target, targets.contains(target), !file.isGenerated else {
            return []
        }
        return banned.flatMap { pattern, replacement in
            file.matches(pattern).map { text, line, _ in
                file.finding(line: line, "`\(text)` in pure \(target): \(replacement)")
            }
        }
    }
}
