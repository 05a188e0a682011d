import ArgumentParser
import Terminal
import TicketPolicy

extension PolicyCommand {
    /// `policy schema`: the grammar of policy files, for editors.
    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "输出规则文件的 JSON Schema，供编辑器使用。",
                en: "Prints the JSON Schema of policy files, for editors."),
            discussion: said(
                zh: """
                    不需要 Hub。把 Schema 放在规则文件旁，规则文件以下面这一行开头，
                    带有 YAML 语言服务的编辑器就能补全键、说明其用途并标出错误：

                    # yaml-language-server: $schema=policy.schema.json

                    loopdesk-hub policy schema > policy.schema.json

                    Schema 说明键、类型和可用的词；全面的检查用 policy check。
                    """,
                en: """
                    Without a hub. An editor with a YAML language server completes keys, says \
                    what they are for and marks mistakes once the schema lies beside the policy \
                    and the policy begins with this line:

                    # yaml-language-server: $schema=policy.schema.json

                    loopdesk-hub policy schema > policy.schema.json

                    The schema tells keys, types and words; policy check judges a file fully.
                    """))

        @OptionGroup var common: CommonOptions

        func run() throws { print(JSONValue(PolicySchema.document).text(pretty: true)) }
    }
}

extension JSONValue {
    init(_ value: PolicySchema.Value) {
        switch value {
        case .flag(let flag): self = .boolean(flag)
        case .integer(let number): self = .integer(number)
        case .text(let text): self = .string(text)
        case .list(let elements): self = .array(elements.map { JSONValue($0) })
        case .members(let members):
            self = .object(members.map { Member($0.name, JSONValue($0.value)) })
        }
    }
}
