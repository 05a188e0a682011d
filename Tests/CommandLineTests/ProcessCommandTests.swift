import Foundation
import Testing
import TicketPolicy

/// The verbs of the process with their refusals, as people at one counter use them without a
/// connection: lina is a clerk, B07 a handler, zhao a supervisor.
@Suite struct ProcessCommandTests {
    /// What the policy asks for besides the built-in profile.
    private static let approvals = """

        approvals:
          plan: {zh: 方案审批, en: approval of the plan, of: plan, by: [supervisor],
              before: [resolve]}
          customer: {zh: 客户确认方案, en: consent of the customer, of: plan, by: [clerk],
              before: [resolve]}
          review: {zh: 结果审核, en: review, of: resolution, by: [supervisor], before: [verify]}
        """

    /// Command lines by turns, as `Counter.run` takes them.
    private static let lines = [
        "3: approve N1", "3: approve N1 --step plan --as zhao", "2: approve N1 --step other",
        "3: resolve N1 --solution 已更换 --as B07",
        "classify N1", "3: classify N1 --audit", "3: classify N1 --category rumour",
        "3: classify N1 --with 法务部",
        "classify N1 --category attitude --priority urgent --with 技术部 --tag 安全 --audit --as zhao",
        "2: classify N1", "classify N1 --category product", "classify N1 --category attitude",
        "classify N1 --with 仓储部", "classify N1 --without 仓储部",
        "2: plan N1", "2: plan N1 更换主板 --kind magic", "2: plan N1 更换主板 --eta someday",
        "plan N1 更换主板 --kind external --eta 2030-03-10T18:00:00+08:00 --as B07", "show N1",
        "2: approve N1", "3: approve N1 --step plan --as B07", "3: approve N1 --step plan",
        "2: approve N1 --step plan --reject --as zhao",
        "approve N1 --step plan --reject --reason 太贵 --as zhao",
        "approve N1 --as lina", "3: approve N1", "3: resolve N1 --solution 已更换 --as B07",
        "plan N1 更换电源 --kind immediate --as B07", "approve N1 --step plan --as zhao",
        "approve N1 --reason 电话确认",
        "3: resume N1", "2: pause N1", "2: pause N1 --for weather",
        "pause N1 --for supplier --note 等配件 --as B07", "show N1",
        "progress N1 --done 配件已到 --as B07", "3: resume N1 --as B07",
        "pause N1 --for customer --as B07", "list --status paused",
        "resume N1 --note 客户已送来 --as B07",
        "2: meeting N1", "3: meeting N1 无 --with 法务部",
        "meeting N1 技术部周三前检测 --with 技术部 --with 仓储部 --as zhao",
        "2: promise N1 someday", "3: promise N1 2020-03-10T18:00:00+08:00",
        "3: promise N1 2130-03-10T18:00:00+08:00", "promise N1 +2h --remark 两小时内修好",
        "2: contact N1", "contact N1 已告知客户", "2: urge N1", "urge N1 --reason 客户再次来电",
        "2: verdict N1 maybe --reason 可行", "2: verdict N1 adopted",
        "3: verdict N1 not_adopted --reason 成本过高 --as zhao", "classify N2 --kind suggestion",
        "verdict N2 not_adopted --reason 成本过高 --as zhao", "2: set N1 plan 退款",
        "2: set N1 class_stage 3", "resolve N1 --solution 已更换电源 --as B07",
        "3: verify N1 --solved", "2: verify N1", "2: verify N1 --solved --unsolved",
        "2: verify --solved", "2: verify N1 --solved --local", "2: verify N1 --unsolved",
        "verify N1 --unsolved --remark 又不亮了 --eta 2030-03-10T18:00:00+08:00",
        "resolve N1 --solution 已换新机 --as zhao", "approve N1 --as zhao",
        "verify N1 --solved --remark 可以了", "2: rate N1 happy", "2: rate N1 satisfied --score 11",
        "3: rate N1 satisfied --as B07", "3: rate N1 satisfied --as zhao",
        "2: rate N1 satisfied --eta +2h",
        "rate N1 unsatisfied --remark 太吵 --eta 2030-03-11T18:00:00+08:00",
        "resolve N1 --solution 已换静音款 --as zhao", "rate N1 remarks --remark 希望送货上门",
        "rate N1 satisfied --score 9 --remark 换得很快", "show N1", "list",
        "close N1", "rate N1 unsatisfied --remark 又坏了", "verify --local",
    ]

    @Test("each verb and each refusal reads as agreed", arguments: ["en", "zh"])
    func verbsReadAsAgreed(language: String) async throws {
        let counter = try await counter()
        var snapshot = Snapshot("process.\(language)")
        for line in Self.lines {
            try await counter.run(line, ["--lang", language], into: &snapshot)
        }
        try snapshot.check(Masks(path: counter.folder.path, numbers: []))
    }

    @Test("scripts read how far the process has come") func scriptsReadTheProcess() async throws {
        let counter = try await counter()
        var snapshot = Snapshot("process.json")
        for line in [
            "plan N1 更换主板 --as B07", "approve N1 --step plan --as zhao",
            "pause N1 --for customer", "promise N1 +2h",
            "classify N1 --with 技术部 --kind suggestion", "verdict N1 adopted --reason 可行",
            "verify N1 --unsolved --remark 不亮",
        ] {
            try await counter.run(line, ["--json"])
        }
        for line in [
            "show N1", "3: approve N2", "3: approve N2 --step plan --as zhao", "3: resume N2",
        ] {
            try await counter.run(line, ["--json"], into: &snapshot)
        }
        try snapshot.check(Masks(path: counter.folder.path, numbers: []))
    }

    private func counter() async throws -> Counter {
        let folder = try Folder()
        let policy = try folder.write(
            Profile.builtInText("basic") + Self.approvals, to: "policy.yaml")
        return try await Counter(in: folder, policy: policy)
    }
}
