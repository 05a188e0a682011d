import Testing

/// What `loopdesk` says of itself, in both languages.
@Suite struct HelpSnapshotTests {
    private static let verbs = [
        "new", "list", "show", "accept", "refuse", "assign", "progress", "note", "set", "tag",
        "escalate", "resolve", "close", "reopen", "watch", "drafts", "log", "join", "sync",
        "status", "staff", "fields", "classify", "plan", "approve", "verify", "rate", "verdict",
        "urge", "pause", "resume", "meeting", "promise", "contact",
    ]

    @Test("the help of the program, of new and of watch reads as agreed", arguments: ["en", "zh"])
    func helpReadsAsAgreed(language: String) async throws {
        let folder = try Folder()
        var snapshot = Snapshot("help.\(language)")
        for verb in [[], ["new"], ["watch"], ["drafts"]] {
            let arguments = verb + ["--help", "--lang", language]
            snapshot.add(arguments, try await Tool.client.run(arguments, in: folder))
        }
        try snapshot.check(Masks(path: folder.path, numbers: []))
    }

    @Test("no line of help is wider than 100 characters", arguments: ["en", "zh"])
    func helpIsNarrow(language: String) async throws {
        let folder = try Folder()
        for verb in Self.verbs {
            let help = try await Tool.client.run([verb, "--help", "--lang", language], in: folder)
            #expect(help.status == 0)
            for line in help.output.split(separator: "\n") where line.count > 100 {
                Issue.record("\(verb): \(line.count) characters: \(line)")
            }
            let isChinese = help.output.hasPrefix("概述：")
            #expect(isChinese == (language == "zh"), "\(verb): \(help.output.prefix(40))")
        }
    }

    @Test("the version names the program") func versionNamesTheProgram() async throws {
        let folder = try Folder()
        var snapshot = Snapshot("version")
        snapshot.add(["--version"], try await Tool.client.run(["--version"], in: folder))
        try snapshot.check(Masks(path: folder.path, numbers: []))
    }

    @Test("a completion script is made for each shell", arguments: ["bash", "zsh", "fish"])
    func completionScriptIsMade(shell: String) async throws {
        let folder = try Folder()
        let ended = try await Tool.client.run(["--generate-completion-script", shell], in: folder)
        #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended)")
        for verb in Self.verbs { #expect(ended.output.contains(verb), "\(verb) in \(shell)") }
    }

    @Test("help of a verb is in the language that is asked for, before it or behind")
    func helpOfVerbKnowsLanguage() async throws {
        let folder = try Folder()
        for verb in ["merge", "drafts retry"].map({ $0.split(separator: " ").map(String.init) }) {
            let page = try await Tool.client.run(verb + ["--help", "--lang", "zh"], in: folder)
            #expect(page.status == 0 && page.output.hasPrefix("概述："), "\(page)")
            for arguments in [
                ["help"] + verb + ["--lang", "zh"], ["help"] + verb + ["--lang=zh"],
                ["--lang", "zh", "help"] + verb, ["help", "--lang", "zh"] + verb,
            ] {
                let help = try await Tool.client.run(arguments, in: folder)
                #expect(help.status == 0 && help.output == page.output, "\(arguments): \(help)")
            }
        }
        let unknown = try await Tool.client.run(["help", "merge", "--long", "zh"], in: folder)
        #expect(unknown.status == 2, "\(unknown)")
    }

    @Test("options alone show the help in the language that they ask for")
    func optionsAloneShowHelp() async throws {
        let folder = try Folder()
        let ended = try await Tool.client.run(["--lang", "zh"], in: folder)
        #expect(ended.status == 0 && ended.output.hasPrefix("概述："), "\(ended)")
    }
}
